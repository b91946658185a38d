"""What a chart of the service is given: rows already computed, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.drawable import Line, Mark, Row
from toolkit.language import Sentence
from toolkit.shown import Grid


@dataclass(frozen=True)
class View:
    """What to draw.

    Attributes
    ----------
    title
        What it shows.
    rows
        Estimates with their intervals, in one unit.
    lines
        Instead: series over time.
    marks
        Levels to measure against.
    axis
        What is measured.
    table
        The data table, where it says more than the rows.
    reason
        Why there is nothing to draw, where there is not.
    """

    title: Sentence
    rows: tuple[Row, ...] = ()
    lines: tuple[Line, ...] = ()
    marks: tuple[Mark, ...] = ()
    axis: Sentence | None = None
    table: Grid | None = None
    reason: Sentence | None = None
