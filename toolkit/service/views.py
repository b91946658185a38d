"""What a chart of the service is given: rows already computed, or the reason why there are none."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid


@dataclass(frozen=True)
class Row:
    """One thing with its number; `tone` says what the mark says about itself."""

    label: str | Sentence
    quantity: Quantity
    tone: str = "us"


@dataclass(frozen=True)
class Mark:
    """A level to measure against."""

    value: float
    label: Sentence


@dataclass(frozen=True)
class Point:
    """One period of a series."""

    day: date
    quantity: Quantity
    complete: bool = True
    tone: str | None = None


@dataclass(frozen=True)
class Line:
    """A series over time."""

    label: str | Sentence
    points: tuple[Point, ...]
    tone: str = "us"
    dots: bool = True


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
