"""Which rows are asked about, and what was known by then.

Everything is judged as it stood at the end of the window: an answer that came later is not there
yet, so that an older period says the same however often it is run again.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from toolkit.kpis import queried
from toolkit.service.asked import settled


@dataclass(frozen=True)
class Window:
    """Days from `first` up to `end`, which is no longer within.

    Attributes
    ----------
    first, end
        `first` None: from the first row on.
    label
        Of the period, as findings carry it; None outside a company's periods.
    """

    first: date | None
    end: date
    label: str | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.first >= self.end:
            raise ValueError(f"a window has a day at least; got {self.first} to {self.end}")

    @property
    def last_day(self) -> date:
        """The last day within."""
        return self.end - timedelta(days=1)

    @property
    def now(self) -> datetime:
        """The moment everything is judged at."""
        return datetime(self.end.year, self.end.month, self.end.day)

    @property
    def days(self) -> int:
        """How long it is."""
        if self.first is None:
            raise ValueError("a window without a first day has no length")
        return (self.end - self.first).days

    def looking_back(self, months: int | None) -> Window:
        """So many months up to the same end; itself where `months` is None."""
        if months is None:
            return self
        return Window(months_before(self.end, months), self.end, self.label)


def months_before(end: date, months: int) -> date:
    """The same day so many months earlier, or that month's last day."""
    year, month = divmod(end.year * 12 + end.month - 1 - months, 12)
    return date(year, month + 1, min(end.day, monthrange(year, month + 1)[1]))


def within(table: ir.Table, time: str, window: Window, where: str | None = None) -> ir.Table:
    """The rows dated within the window for which `where` (SQL) holds."""
    if where:
        table = queried(table, "*", where)
    rows = table.filter(table[time] < ibis.literal(window.now))
    if window.first is not None:
        rows = rows.filter(rows[time] >= ibis.literal(_midnight(window.first)))
    return settled(rows)


def hours_between(start: ir.Value, end: ir.Value) -> ir.Value:
    """Hours from one moment to the other; negative where they run backwards."""
    seconds = as_moment(end).epoch_seconds() - as_moment(start).epoch_seconds()
    return seconds.cast("float64") / 3600.0  # some engines divide whole numbers by decimals of few digits


def as_moment(value: ir.Value) -> ir.Value:
    """A day as its first moment."""
    return value.cast("timestamp")


def known_by(value: ir.Value, window: Window) -> ir.Value:
    """A moment, empty where it lies after the window."""
    return ibis.cases((as_moment(value) < ibis.literal(window.now), as_moment(value)))


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)
