"""What an analysis hands to a chart: names, numbers and how they are meant, nothing drawn.

Results make these rows, charts draw them; neither knows the other.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.language import Quantity, Sentence

TONES = ("us", "better", "worse", "level", "rival", "past", "unknown")
"""What a mark says about itself: ``us`` the company; ``better`` and ``worse`` an effect in the good or
the bad direction; ``level`` an effect that may be either; ``rival`` and ``past`` for comparison;
``unknown`` no answer."""


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
        What the mark says about itself (`TONES`).
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
    """One cell of a table of gaps; its tone says whether it counts (`TONES`)."""

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
