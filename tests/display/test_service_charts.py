"""What is there is drawn; what is not says why, so that a page never fails on a part without rows."""

from __future__ import annotations

from datetime import date

from toolkit.display import service_charts
from toolkit.display.chart import Chart
from toolkit.drawable import Line, Mark, Point, Row
from toolkit.language import Quantity, Sentence
from toolkit.service.views import View
from toolkit.shown import Grid

TITLE = Sentence("Shares")


def test_rows_are_drawn_with_their_marks():
    rows = (Row("a", Quantity(0.5, "percent", 0.4, 0.6)), Row("b", Quantity(float("nan"), "percent", reason="no rows")))
    made = service_charts.intervals(View(TITLE, rows, marks=(Mark(0.9, Sentence("wanted")),)))
    assert isinstance(made, Chart)
    assert "wanted" in str(made.alt) and "no data" in str(made.alt)


def test_nothing_to_draw_says_why():
    reason = Sentence("No promise is declared.")
    for made in (service_charts.intervals(View(TITLE, reason=reason)), service_charts.over_time(View(TITLE, reason=reason))):
        assert isinstance(made, Grid) and "No promise is declared." in made.text()
    unknown = (Row("a", Quantity(float("nan"), "percent", reason="no rows")),)
    assert "Nothing was measured." in service_charts.intervals(View(TITLE, unknown)).text()


def test_a_series_brings_its_own_table():
    table = Grid(Sentence("By month"), (Sentence("Month"), Sentence("Out of")), ((date(2026, 8, 1), 500),))
    points = (Point(date(2026, 8, 1), Quantity(7.0)), Point(date(2026, 9, 1), Quantity(8.0)))
    made = service_charts.over_time(View(TITLE, lines=(Line("Complaints", points),), table=table))
    assert isinstance(made, Chart) and made.table is table
