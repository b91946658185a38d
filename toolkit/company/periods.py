"""Which days are the third quarter? Weeks, months, quarters and years, calendar or fiscal.

Conventions
-----------
A fiscal year is named for the calendar year in which it *ends*: with ``fiscal_year_starts: 4``,
2026Q1 is April to June 2025 and 2026 ends on 31 March 2026 (as pandas' ``Q-MAR`` and most company
accounts name it). Months and weeks are always calendar ones. Weeks are ISO 8601: they begin on
Monday, and 2026W01 is the week that holds the year's first Thursday, so it may begin in December.
"""

from __future__ import annotations

import re
from calendar import month_name
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from functools import total_ordering
from typing import Literal

from toolkit.problems import Problem, Refused

Kind = Literal["week", "month", "quarter", "year"]
KINDS: tuple[Kind, ...] = ("week", "month", "quarter", "year")
FORMS = "a quarter 2026Q3, a month 2026-09, a year 2026, an ISO week 2026W05, or 'latest'"

_FIRST_YEAR, _LAST_YEAR = 1900, 2200
_MONTHS = {"month": 1, "quarter": 3, "year": 12}
_WRITTEN: dict[Kind, re.Pattern[str]] = {
    "quarter": re.compile(r"([0-9]{4})[- ]?[Qq]([0-9]{1,2})"),
    "week": re.compile(r"([0-9]{4})[- ]?[Ww]([0-9]{1,2})"),
    "month": re.compile(r"([0-9]{4})-([0-9]{1,2})"),
    "year": re.compile(r"([0-9]{4})()"),
}


@total_ordering
@dataclass(frozen=True)
class Period:
    """A week, month, quarter or year.

    Attributes
    ----------
    kind
        ``week``, ``month``, ``quarter`` or ``year``.
    year
        Its year: of the ISO week, of the calendar for months, of accounts for quarters and years.
    number
        Which one of the year, from 1; 1 for a year.
    fiscal_year_starts
        The month (1-12) in which quarters and years begin; always 1 for weeks and months.
    """

    kind: Kind
    year: int
    number: int = 1
    fiscal_year_starts: int = 1

    def __post_init__(self):
        if self.kind not in KINDS:
            raise ValueError(f"{self.kind!r} is no kind of period; choices: {', '.join(KINDS)}")
        if not 1 <= self.fiscal_year_starts <= 12:
            raise ValueError(f"a year starts in a month 1 to 12, not {self.fiscal_year_starts}")
        if not _FIRST_YEAR <= self.year <= _LAST_YEAR:
            raise ValueError(f"years lie between {_FIRST_YEAR} and {_LAST_YEAR}, not {self.year}")
        if not 1 <= self.number <= count(self.kind, self.year):
            raise ValueError(_too_many(self.kind, self.year))
        if self.kind in ("week", "month"):
            object.__setattr__(self, "fiscal_year_starts", 1)

    @classmethod
    def parse(cls, text: str, fiscal_year_starts: int = 1, *, place: str = "period") -> Period:
        """The period that is written as 2026Q3, 2026-09, 2026 or 2026W05.

        Raises
        ------
        Refused
            With the value, the rule and the forms; `place` says where it was written.
        """
        written = str(text).strip()
        for kind, pattern in _WRITTEN.items():
            if found := pattern.fullmatch(written):
                year, number = int(found[1]), int(found[2] or 1)
                try:
                    return cls(kind, year, number, fiscal_year_starts)
                except ValueError as error:
                    rule = f"is no period: {error}"
                    raise Refused(Problem(place, rule, value=written)) from None
        raise Refused(Problem(place, f"is no period; write {FORMS}", value=written))

    @classmethod
    def of(cls, day: date, kind: Kind, fiscal_year_starts: int = 1) -> Period:
        """The period of a kind that holds `day`."""
        if kind == "week":
            year, week, _ = day.isocalendar()
            return cls(kind, year, week)
        if kind == "month":
            return cls(kind, day.year, day.month)
        months = day.year * 12 + day.month - fiscal_year_starts
        year = months // 12 + (fiscal_year_starts > 1)
        number = months % 12 // 3 + 1 if kind == "quarter" else 1
        return cls(kind, year, number, fiscal_year_starts)

    @classmethod
    def latest(cls, kind: Kind, as_of: date, fiscal_year_starts: int = 1) -> Period:
        """The last period of a kind that is over by the end of `as_of`."""
        return cls.of(as_of + timedelta(days=1), kind, fiscal_year_starts).previous()

    @property
    def start(self) -> date:
        """Its first day."""
        if self.kind == "week":
            return date.fromisocalendar(self.year, self.number, 1)
        return _month(self._first_month)

    @property
    def end(self) -> date:
        """The first day after it."""
        if self.kind == "week":
            return self.start + timedelta(days=7)
        return _month(self._first_month + _MONTHS[self.kind])

    @property
    def last_day(self) -> date:
        """Its last day."""
        return self.end - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days it has."""
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """For people: ``Q3 2026``, ``Q3 FY2026``, ``September 2026``, ``Week 5 of 2026``."""
        year = f"{'FY' if self.fiscal_year_starts > 1 else ''}{self.year}"
        return {
            "week": f"Week {self.number} of {year}",
            "month": f"{month_name[min(self.number, 12)]} {year}",
            "quarter": f"Q{self.number} {year}",
            "year": year,
        }[self.kind]

    def previous(self, steps: int = 1) -> Period:
        """The period so many before it; a negative number goes forward."""
        if self.kind == "week":
            return self.of(self.start - timedelta(weeks=steps), "week")
        first = _month(self._first_month - steps * _MONTHS[self.kind])
        return self.of(first, self.kind, self.fiscal_year_starts)

    def next(self) -> Period:
        """The period after it."""
        return self.previous(-1)

    def same_last_year(self) -> Period:
        """The same period one year before; of week 53, week 52 where that year has no 53rd."""
        number = min(self.number, count(self.kind, self.year - 1))
        return Period(self.kind, self.year - 1, number, self.fiscal_year_starts)

    def holds(self, day: date) -> bool:
        """Whether `day` lies in it."""
        return self.start <= day < self.end

    def complete(self, as_of: date) -> bool:
        """Whether it is over by the end of `as_of`, the last day the data covers."""
        return self.last_day <= as_of

    def parts(self, kind: Kind) -> tuple[Period, ...]:
        """The shorter periods of a kind that begin in it: the three months of a quarter."""
        first = self.of(self.start, kind, self.fiscal_year_starts)
        first = first if first.start >= self.start else first.next()
        last = self.of(self.last_day, kind, self.fiscal_year_starts)
        return tuple(span(first, last))

    def __str__(self) -> str:
        return {
            "week": f"{self.year:04d}W{self.number:02d}",
            "month": f"{self.year:04d}-{self.number:02d}",
            "quarter": f"{self.year:04d}Q{self.number}",
            "year": f"{self.year:04d}",
        }[self.kind]

    def __lt__(self, other: object) -> bool:
        if not isinstance(other, Period):
            return NotImplemented
        mine = (self.start, self.end, self.kind, self.fiscal_year_starts)
        return mine < (other.start, other.end, other.kind, other.fiscal_year_starts)

    @property
    def _first_month(self) -> int:
        """Months since year 0."""
        year = self.year - (self.fiscal_year_starts > 1)
        return year * 12 + self.fiscal_year_starts - 1 + (self.number - 1) * _MONTHS[self.kind]


def resolve(
    text: str,
    as_of: date,
    fiscal_year_starts: int = 1,
    *,
    kind: Kind = "quarter",
    place: str = "period",
) -> Period:
    """The period a person asks for: one of the written forms, or ``latest``.

    Parameters
    ----------
    text
        2026Q3, 2026-09, 2026, 2026W05, or ``latest``: the last complete period of `kind`.
    as_of
        The last day the data covers.

    Raises
    ------
    Refused
        Where it is no period.
    """
    if str(text).strip().lower() == "latest":
        return Period.latest(kind, as_of, fiscal_year_starts)
    return Period.parse(text, fiscal_year_starts, place=place)


def span(first: Period, last: Period) -> Iterator[Period]:
    """Every period of one kind from `first` to `last`, both included."""
    if (first.kind, first.fiscal_year_starts) != (last.kind, last.fiscal_year_starts):
        raise ValueError(f"{first} and {last} are not of one kind")
    while first <= last:
        yield first
        first = first.next()


def count(kind: Kind, year: int) -> int:
    """How many periods of a kind a year has; ISO years have 52 or 53 weeks."""
    if kind == "week":
        return date(year, 12, 28).isocalendar().week  # 28 December is always in the last week
    return 12 // _MONTHS[kind]


def _too_many(kind: Kind, year: int) -> str:
    return {
        "week": f"{year} has weeks 1 to {count('week', year)}",
        "month": "a year has months 01 to 12",
        "quarter": "a year has quarters 1 to 4",
        "year": "a year has no parts here",
    }[kind]


def _month(months: int) -> date:
    return date(months // 12, months % 12 + 1, 1)
