"""What the chart builders are given: plain rows, already computed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from toolkit.display.theme import TONES
from toolkit.language import Quantity, Sentence


@dataclass(frozen=True)
class Row:
    """One thing with its number.

    Attributes
    ----------
    label
        Its name, as the company writes it.
    quantity
        The number with its interval; nan draws as unknown, with its reason in words.
    tone
        What the mark says about itself (`theme.TONES`).
    """

    label: str | Sentence
    quantity: Quantity
    tone: str = "us"

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"{self.tone!r} is no tone; tones are {', '.join(TONES)}")


@dataclass(frozen=True)
class Mark:
    """A line to measure against: what was promised, what is worthwhile, how much worse is acceptable."""

    value: float
    label: Sentence


@dataclass(frozen=True)
class Cell:
    """One cell of a table of gaps; its tone says whether it counts (`theme.TONES`)."""

    row: str | Sentence
    column: str | Sentence
    quantity: Quantity
    tone: str = "level"


@dataclass(frozen=True)
class Point:
    """One period of a series.

    Attributes
    ----------
    complete
        False while it still runs or data is still coming in.
    tone
        Of its own, where it differs from its line's.
    """

    day: date
    quantity: Quantity
    complete: bool = True
    tone: str | None = None


@dataclass(frozen=True)
class Line:
    """A series over time, its points in order; `dots` is False where only the line is drawn."""

    label: str | Sentence
    points: tuple[Point, ...]
    tone: str = "us"
    dots: bool = True

    def __post_init__(self) -> None:
        if self.tone not in TONES:
            raise ValueError(f"{self.tone!r} is no tone; tones are {', '.join(TONES)}")
        days = [p.day for p in self.points]
        if days != sorted(set(days)):
            raise ValueError("the points of a line are in order of time, one a day at most")


@dataclass(frozen=True)
class Change:
    """A dated change of the plan, drawn as a thin labelled line."""

    day: date
    label: str | Sentence


@dataclass(frozen=True)
class Panel:
    """One series drawn by itself: its lines, the levels to measure against, the changes that touch it.

    `notes` stand under its title, a line each.
    """

    title: Sentence
    lines: tuple[Line, ...]
    marks: tuple[Mark, ...] = ()
    changes: tuple[Change, ...] = ()
    notes: tuple[Sentence, ...] = ()


@dataclass(frozen=True)
class Effect:
    """What one arm of a test did to one metric.

    Attributes
    ----------
    metric, arm
        Their labels.
    quantity
        The difference to control, with its interval.
    better
        ``higher`` or ``lower``: which way is good.
    worthwhile
        The smallest effect worth having, in the unit of `quantity`, positive.
    margin
        How much worse is acceptable, positive.
    """

    metric: str | Sentence
    arm: str
    quantity: Quantity
    better: str = "higher"
    worthwhile: float | None = None
    margin: float | None = None

    @property
    def tone(self) -> str:
        """Better or worse where the whole interval says so, level where it holds both."""
        q = self.quantity
        if not q.known or q.low is None:
            return "level" if q.known else "unknown"
        low, high = (q.low, q.high) if self.better == "higher" else (-q.high, -q.low)
        return "better" if low > 0 else "worse" if high < 0 else "level"


@dataclass(frozen=True)
class Level:
    """The value of one metric in one arm of a test."""

    metric: str | Sentence
    arm: str
    quantity: Quantity
    control: bool = False

    @property
    def tone(self) -> str:
        """Control is what it is compared with; an arm without a number is unknown."""
        if math.isnan(self.quantity.value):
            return "unknown"
        return "past" if self.control else "us"
