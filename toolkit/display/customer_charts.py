"""Charts of customers: what they bring, whether they stay. They receive rows and compute nothing."""

from __future__ import annotations

from collections.abc import Iterable

from toolkit.display.chart import Chart
from toolkit.display.charts import bars, dot_interval, line_over_time
from toolkit.display.rows import Line, Point, Row
from toolkit.language import Sentence
from toolkit.shown import Grid


def ranked(rows: Iterable[Row], title: Sentence) -> Chart | Grid:
    """Customers or kinds of customers by a number that is a count or a sum: bars from zero."""
    rows = _rows(rows)
    return bars(rows, title) if rows else _nothing(title)


def compared(rows: Iterable[Row], title: Sentence) -> Chart | Grid:
    """Estimates with their intervals, one under the other."""
    rows = _rows(rows)
    return dot_interval(rows, title, reference=None) if rows else _nothing(title)


def against_zero(rows: Iterable[Row], title: Sentence) -> Chart | Grid:
    """The same, with a line at zero."""
    rows = _rows(rows)
    return dot_interval(rows, title) if rows else _nothing(title)


def over_time(lines: Iterable[Line], title: Sentence) -> Chart | Grid:
    """Curves over time, each labelled at its end."""
    lines = tuple(Line(x.label, tuple(Point(p.day, p.quantity) for p in x.points), x.tone) for x in lines)
    return line_over_time(lines, title) if lines else _nothing(title)


def _rows(rows: Iterable[Row]) -> tuple[Row, ...]:
    return tuple(Row(r.label, r.quantity, r.tone) for r in rows)


def _nothing(title: Sentence) -> Grid:
    return Grid(title, (Sentence("Name"), Sentence("Value")), (), Sentence("There is nothing to show."))
