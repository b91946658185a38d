"""Charts of how the service runs: what is there is drawn, what is not says why.

intervals   shares and times with their intervals
over_time   series
"""

from __future__ import annotations

from typing import Protocol

from toolkit.display import charts
from toolkit.display.chart import Chart
from toolkit.display.rows import Line, Mark, Point, Row
from toolkit.language import Sentence
from toolkit.shown import Grid


class Drawable(Protocol):
    """What is drawn: title, rows or lines, levels to measure against, and why there is nothing."""

    title: Sentence
    rows: tuple
    lines: tuple
    marks: tuple
    axis: Sentence | None
    table: Grid | None
    reason: Sentence | None


def intervals(view: Drawable) -> Chart | Grid:
    """Estimates with their intervals; a grid that says why where there are none."""
    if not any(r.quantity.known for r in view.rows):
        return _empty(view)
    rows = tuple(Row(r.label, r.quantity, r.tone) for r in view.rows)
    marks = tuple(Mark(m.value, m.label) for m in view.marks)
    return charts.dot_interval(rows, view.title, reference=None, marks=marks, axis=view.axis, table=view.table)


def over_time(view: Drawable) -> Chart | Grid:
    """Series over time; a grid that says why where there are none."""
    if not any(p.quantity.known for line in view.lines for p in line.points):
        return _empty(view)
    lines = tuple(
        Line(line.label, tuple(Point(p.day, p.quantity, p.complete, p.tone) for p in line.points), line.tone, line.dots)
        for line in view.lines
    )
    marks = tuple(Mark(m.value, m.label) for m in view.marks)
    return charts.line_over_time(lines, view.title, marks=marks, axis=view.axis, table=view.table)


def _empty(view: Drawable) -> Grid:
    reason = view.reason or Sentence("Nothing was measured.")
    return Grid(view.title, (Sentence("Why nothing is drawn"),), ((reason,),))
