from __future__ import annotations

from datetime import date

import pytest

from toolkit.display import money_charts
from toolkit.display.chart import Chart
from toolkit.drawable import Mark, Row
from toolkit.language import Quantity, Sentence
from toolkit.money.rows import BinRow, FlowRow, SpentRow, SwingRow
from toolkit.shown import Grid

TITLE = Sentence("What it shows")


def euros(value: float, *ends: float) -> Quantity:
    return Quantity(value, "EUR", *ends)


SPENT = [
    SpentRow(Sentence(panel), "Training", Quantity(100, unit), Quantity(120, unit), Quantity(150, unit))
    for panel, unit in (("Money", "EUR"), ("Hours", "hours"))
]
FLOWS = [FlowRow(date(2026, m, 1), f"{m}", euros(f), euros(b), m < 7) for m, f, b in ((1, -100, -100), (4, 150, 50), (7, 30, 80))]
SWINGS = [SwingRow(Sentence("Effect"), euros(-10), euros(40), Quantity(1, "hours"), Quantity(3, "hours"))]
BINS = [BinRow(-10, 0, 0.25), BinRow(0, 10, 0.75)]


def drawn() -> dict[str, Chart]:
    return {
        "spending": money_charts.spending(SPENT, TITLE),
        "cash_flow": money_charts.cash_flow(FLOWS, TITLE),
        "tornado": money_charts.tornado(SWINGS, TITLE, base=euros(15)),
        "distribution": money_charts.distribution(BINS, TITLE, unit="EUR", marks=[Mark(5, Sentence("95th percentile"))]),
        "worth": money_charts.worth([Row("Rent", euros(1, -2, 4), "level")], TITLE),
    }


@pytest.mark.parametrize("name", ["spending", "cash_flow", "tornado", "distribution", "worth"])
def test_each_is_drawn_with_its_words_and_its_table(name):
    chart = drawn()[name]
    assert chart.svg.startswith("<svg") and TITLE.text() in chart.alt.text()
    assert len(chart.table.rows) >= 1


def test_money_and_hours_are_two_panels_and_never_one_axis():
    spec = drawn()["spending"].spec
    assert len(spec["concat"]) == 2
    with pytest.raises(ValueError, match="one unit"):
        money_charts.cash_flow([FLOWS[0], FlowRow(date(2026, 9, 1), "9", Quantity(1, "hours"), euros(1), True)], TITLE)


def test_losses_are_orange_and_gains_blue():
    layers = drawn()["distribution"].spec["layer"]
    tones = [row["tone"] for row in layers[0]["data"]["values"]]
    assert tones == ["worse", "better"]
    flows = [row["tone"] for row in drawn()["cash_flow"].spec["layer"][0]["data"]["values"]]
    assert flows == ["worse", "better", "better"]


def test_what_is_still_to_come_is_pale():
    seen = [row["seen"] for row in drawn()["cash_flow"].spec["layer"][0]["data"]["values"]]
    assert seen[0] == seen[1] == 1.0 and seen[2] < 1.0


def test_a_tornado_meets_at_the_base_case():
    row = drawn()["tornado"].spec["layer"][0]["data"]["values"][0]
    assert (row["low"], row["middle"], row["high"]) == (-10, 15, 40)


def test_nothing_to_draw_is_a_grid_that_says_so():
    for empty in (
        money_charts.spending([], TITLE), money_charts.cash_flow([], TITLE), money_charts.tornado([], TITLE),
        money_charts.distribution([], TITLE, unit="EUR"), money_charts.worth([], TITLE),
    ):  # fmt: skip
        assert isinstance(empty, Grid) and "nothing to show" in empty.note.text()
