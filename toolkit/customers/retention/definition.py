"""What is asked: how long customers stay, by segment and by when they came."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

NOTEBOOK = "customer_value"
DAYS = {"day": 1.0, "week": 7.0, "month": 365.25 / 12}
"""How many days a unit of time has."""
COHORTS = ("month", "quarter", "year")


@dataclass(frozen=True, kw_only=True)
class Retention:
    """A row a customer or contract: when it began, and when it ended.

    Attributes
    ----------
    started, ended
        Columns of days; an empty `ended` is still there.
    tenure, left
        Instead of the two: a column of how long (in `time_unit`), and one that is true, 1 or "yes"
        where it ended.
    segment
        A column to tell customers apart by.
    group
        A column of groups (regions) within which, month by month, new customers are held against
        the existing ones who leave.
    ends
        Last day of observation; what ends later was still there. The last day in the table where None.
    time_unit
        ``day``, ``week`` or ``month``: what durations are told in.
    after
        After how many of them the share still there is told.
    cohort
        ``month``, ``quarter`` or ``year`` of the start.
    min_cell
        Segments and cohorts of fewer customers are not shown, nor those that would tell of them; a params file says 10.
    """

    started: str | None = "started_on"
    ended: str | None = "ended_on"
    tenure: str | None = None
    left: str | None = None
    segment: str | None = None
    group: str | None = None
    ends: date | None = None
    time_unit: str = "month"
    after: tuple[float, ...] = (3, 6, 12, 24)
    cohort: str = "quarter"
    where: str | None = None
    level: float = 0.95
    name: str = "retention"
    table: str = "table"
    period: str | None = None
    owner: str | None = None
    headline: bool = False
    min_cell: int = 1

    def __post_init__(self) -> None:
        wrong = []
        if bool(self.tenure) != bool(self.left):
            wrong.append("'tenure' needs 'left', and 'left' needs 'tenure'")
        if not self.tenure and not (self.started and self.ended):
            wrong.append("give 'started' and 'ended', or 'tenure' and 'left'")
        if self.time_unit not in DAYS:
            wrong.append(f"{self.time_unit!r} is no unit of time; units are {', '.join(DAYS)}")
        if self.cohort not in COHORTS:
            wrong.append(f"{self.cohort!r} is no cohort; cohorts are {', '.join(COHORTS)}")
        if not self.after or list(self.after) != sorted(set(self.after)) or self.after[0] <= 0:
            wrong.append("'after' is times above 0, in order")
        if not 0.5 < self.level < 1:
            wrong.append(f"a level lies between 0.5 and 1, not {self.level}")
        if wrong:
            raise ValueError("; ".join(wrong))

    @property
    def dated(self) -> bool:
        """Whether days are known, or only how long."""
        return self.tenure is None

    @property
    def columns(self) -> tuple[tuple[str, str], ...]:
        """Part of the definition -> column of the table."""
        names = ("started", "ended") if self.dated else ("tenure", "left")
        given = [(n, getattr(self, n)) for n in (*names, "segment", "group")]
        return tuple((n, c) for n, c in given if c is not None)

    @property
    def days_a_unit(self) -> float:
        """How many days a unit of time has."""
        return DAYS[self.time_unit]
