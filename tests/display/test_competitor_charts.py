"""Charts of competitors are drawn from what a comparison gives, or say that there is nothing."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace

import pytest

from toolkit.display import competitor_charts
from toolkit.display.chart import Chart
from toolkit.display.rows import Cell
from toolkit.display.theme import TONES
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid

TITLE = Sentence("We are behind")


def plain(**values):
    return SimpleNamespace(**values)


def test_a_comparisons_own_rows_are_enough():
    row = plain(label="us", quantity=Quantity(70.0, "score", 68.0, 72.0), tone="us")
    line = plain(label="b", tone="level", points=(plain(day=date(2026, 1, 1), quantity=row.quantity),))
    for chart in (
        competitor_charts.standings([row], TITLE),
        competitor_charts.gaps([row], TITLE, worthwhile=2.0),
        competitor_charts.drivers([row], TITLE),
        competitor_charts.over_waves([line], TITLE),
    ):
        assert isinstance(chart, Chart)


def test_nothing_to_draw_says_so():
    for builder in (competitor_charts.standings, competitor_charts.gaps, competitor_charts.drivers,
                    competitor_charts.over_waves, competitor_charts.heat):  # fmt: skip
        grid = builder([], TITLE)
        assert isinstance(grid, Grid) and "nothing to show" in grid.text()


def test_cells_are_coloured_only_where_they_count_and_names_stay_data():
    hostile = "</script>{{datum}}"
    cells = [
        Cell(hostile, "b", Quantity(-10.0, "score", -12.0, -8.0), "worse"),
        Cell(hostile, "c", Quantity(0.5, "score", -2.0, 3.0)),
    ]
    chart = competitor_charts.heat(cells, TITLE)
    rects = chart.spec["layer"][0]
    fills = dict(zip(*(rects["encoding"]["color"]["scale"][k] for k in ("domain", "range")), strict=True))
    assert fills["worse"] == TONES["worse"][0] and fills["level"] not in (TONES["worse"][0], TONES["better"][0])
    assert [d["tone"] for d in rects["data"]["values"]] == ["worse", "level"]
    names = chart.spec["layer"][-1]["data"]["values"]
    assert names == [{"row": 0, "label": hostile}]
    assert "b −10" in chart.alt.text() and "1 more in the table" in chart.alt.text()


def placed(label, across, up, tone="level"):
    return plain(label=label, across=Quantity(across, "percent", across - 0.03, across + 0.03),
                 up=Quantity(up, "score", up - 2.0, up + 2.0), tone=tone, said=Sentence("undetermined"))  # fmt: skip


def test_a_map_shows_both_intervals_of_each_point_and_the_lines():
    hostile = "</script>{{datum}}"
    points = [placed(hostile, 0.4, -5.0, "worse"), placed("Price", 0.1, 1.0), placed("Reach", 0.11, 1.2)]
    lines = Quantity(1 / 3, "percent"), Quantity(0.0, "score")
    chart = competitor_charts.importance(points, TITLE, lines=lines)
    layers = chart.spec["layer"]
    assert [layers[i]["data"]["values"][0]["at"] for i in (0, 1)] == pytest.approx([100 / 3, 0.0])
    for layer, axis in ((layers[2], "across"), (layers[3], "up")):
        for d in layer["data"]["values"]:
            assert d[f"{axis}_low"] < d[axis] < d[f"{axis}_high"]
    assert layers[4]["data"]["values"][0]["label"] == hostile and "Price" in chart.alt.text()
    # two names side by side do not stand on each other
    named = {d["label"]: (d["side"], d["dy"]) for d in layers[4]["data"]["values"]}
    assert named["Price"] != named["Reach"]
    assert isinstance(competitor_charts.importance([], TITLE, lines=lines), Grid)
