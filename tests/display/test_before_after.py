"""The chart of a dated change takes an analysis' own rows, and says so where nothing was measured."""

from __future__ import annotations

import math
from datetime import date

from toolkit.display import charts
from toolkit.display.chart import Chart
from toolkit.drawable import Change, Line, Point
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid


def line(value: float, tone: str) -> Line:
    days = [date(2026, m, 1) for m in (1, 2, 3)]
    return Line(Sentence("a line"), tuple(Point(d, Quantity(value, "hours")) for d in days), tone)


def test_both_lines_and_the_change_are_drawn():
    made = charts.before_after([line(2.0, "past"), line(1.0, "us")], Sentence("t"), events=[Change(date(2026, 2, 1), "New")])
    assert isinstance(made, Chart)
    text = str(made.spec)
    assert "New" in text and {2.0, 1.0} <= {d["value"] for layer in made.spec["layer"] for d in layer["data"]["values"] if "value" in d}


def test_nothing_measured_is_said():
    made = charts.before_after([line(math.nan, "us")], Sentence("t"))
    assert isinstance(made, Grid) and "Nothing was measured" in made.text()
    assert isinstance(charts.before_after([], Sentence("t")), Grid)
