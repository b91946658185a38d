"""What is asked of the places where customers meet the company."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.service.window import Window

SEEN = ("record", "observation", "survey")
"""Records are indirect; observation and surveys are direct."""


@dataclass(frozen=True)
class Touchpoint:
    """One thing that customers meet: `kept` (SQL) is true where it was as it should be.

    Attributes
    ----------
    by
        The column of departments; None for one line.
    wanted
        The share wanted; None where nothing is set.
    seen
        One of `SEEN`.
    table
        The name of its table among those given.
    """

    name: str
    label: str
    table: str
    kept: str
    time: str
    window: Window
    where: str | None = None
    by: str | None = None
    unit: str | None = None
    wanted: float | None = None
    seen: str = "record"

    def __post_init__(self) -> None:
        if self.seen not in SEEN:
            raise ValueError(f"{self.seen!r} is no way to see; ways are {', '.join(SEEN)}")


@dataclass(frozen=True)
class Outreach:
    """Contacts that the communication plan asks for; see the params' ``service.outreach``."""

    table: str
    due: str
    done: str
    window: Window
    where: str | None = None
    kind: str | None = None
    medium: str | None = None
    unit: str | None = None
    grace_days: int = 0
    automatic: str | None = None
    wanted: float | None = None


@dataclass(frozen=True)
class Requests:
    """Things asked for that are not offered."""

    table: str
    wanted: str
    time: str
    window: Window
    where: str | None = None
    unit: str | None = None


@dataclass(frozen=True)
class Surveys:
    """Satisfaction as asked; see the params' ``service.surveys``."""

    table: str
    score: str
    time: str
    window: Window
    where: str | None = None
    weight: str | None = None
    invited: str | None = None
    change: float | None = None
    split: str | None = None


@dataclass(frozen=True)
class Touchpoints:
    """All of it, each part where it is declared; groups of fewer rows than `min_cell` are not shown."""

    window: Window
    items: tuple[Touchpoint, ...] = ()
    outreach: Outreach | None = None
    requests: Requests | None = None
    surveys: Surveys | None = None
    level: float = 0.95
    min_cell: int = 1
    owner: str | None = None

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables it needs."""
        parts = (self.outreach, self.requests, self.surveys)
        return tuple(dict.fromkeys([i.table for i in self.items] + [p.table for p in parts if p]))
