"""What is asked of contacts and their answers."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.service.window import Window

MEASURES = ("reply", "resolution")
"""The first reply, and when the matter was settled."""


@dataclass(frozen=True)
class Promises:
    """What was promised: columns of the table ``promises``, or numbers that hold everywhere.

    Attributes
    ----------
    department, channel
        Columns of that table; None of both where the numbers hold everywhere.
    reply_hours, resolution_hours, share
        Columns, or numbers.
    """

    department: str | None = None
    channel: str | None = None
    reply_hours: str | float | None = None
    resolution_hours: str | float | None = None
    share: str | float | None = None

    @property
    def in_table(self) -> bool:
        """Whether a table says it."""
        return any(isinstance(v, str) for v in (self.reply_hours, self.resolution_hours))


@dataclass(frozen=True)
class Staffing:
    """A queue and who answers it; see the params' ``service.answering.staffing``."""

    minutes: str
    agents: int
    where: str | None = None
    answer_within_seconds: float = 20.0
    share: float = 0.8
    days_a_week: int = 7


@dataclass(frozen=True)
class Answering:
    """Which columns tell when a contact began, was replied to and was settled.

    Attributes
    ----------
    opened, replied, resolved, department, channel, unit
        Columns; see the params' ``service.answering``.
    promises
        Needs the table ``promises`` beside the contacts, where a table says it.
    min_cell
        Groups of fewer contacts are not shown; a params file says 10.
    """

    opened: str
    window: Window
    replied: str | None = None
    resolved: str | None = None
    where: str | None = None
    department: str | None = None
    channel: str | None = None
    unit: str | None = None
    promises: Promises | None = None
    staffing: Staffing | None = None
    level: float = 0.95
    min_cell: int = 1
    owner: str | None = None
    table: str = "interactions"

    def __post_init__(self) -> None:
        if self.replied is None and self.resolved is None:
            raise ValueError("answers need the column of replies, or of when a matter was settled")

    @property
    def ends(self) -> dict[str, str]:
        """Measure -> the column that ends it."""
        given = dict(zip(MEASURES, (self.replied, self.resolved), strict=True))
        return {m: column for m, column in given.items() if column}

    @property
    def groups(self) -> list[tuple[str, ...]]:
        """Sets of columns to split by, the finest first, all together last."""
        both = tuple(c for c in (self.department, self.channel) if c)
        sets = [both] if len(both) == 2 else []
        return [*sets, *((c,) for c in both), ()]
