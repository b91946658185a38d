"""What is asked of complaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.service.window import Window


@dataclass(frozen=True)
class Per:
    """What complaints are counted against: rows dated by `time`, called `name` ("orders")."""

    time: str
    where: str | None = None
    name: str = "orders"


@dataclass(frozen=True)
class Complaints:
    """Which columns tell what was complained about, and what became of it.

    Attributes
    ----------
    process
        A column, or SQL that names what went wrong.
    opened, resolved, unit, by, cost
        Columns; see the params' ``service.complaints``.
    in_favour, progress
        SQL: true, false, or empty where it is not decided.
    per
        Needs the table ``per`` beside the complaints.
    promise_days
        To be dealt with in so many days.
    owners
        Process -> who is to mend it.
    """

    process: str
    opened: str
    window: Window
    resolved: str | None = None
    where: str | None = None
    unit: str | None = None
    by: str | None = None
    per: Per | None = None
    in_favour: str | None = None
    cost: str | None = None
    progress: str | None = None
    promise_days: float | None = None
    owners: Mapping[str, str] = field(default_factory=dict)
    trend_months: int = 24
    currency: str = "EUR"
    level: float = 0.95
    min_cell: int = 10
    owner: str | None = None
    table: str = "complaints"

    def __post_init__(self) -> None:
        if self.trend_months < 8:
            raise ValueError("a trend needs 8 months or more")
