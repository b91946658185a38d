"""What was found: survival curves by segment, the grid of cohorts, newcomers against existing ones."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from toolkit.customers.retention.definition import Retention
from toolkit.customers.retention.newcomers import Newcomers
from toolkit.customers.retention.reading import SetAside
from toolkit.drawable import Line, Point, Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Interval
from toolkit.stats.survival import LogRank, Survival

EVERYBODY = Sentence("Everybody")
_POINTS = 60


def share(found: Interval) -> Quantity:
    """A share for people; without an interval the share alone, or why there is none."""
    if math.isnan(found.estimate):
        return Quantity(math.nan, "percent", reason=found.reason)
    if math.isnan(found.low):
        return Quantity(found.estimate, "percent")
    return Quantity(found.estimate, "percent", found.low, found.high)


def length(found: Interval, unit: str) -> Quantity:
    """A duration for people, in days or weeks; months are plain numbers."""
    name = {"day": "days", "week": "weeks"}.get(unit, "number")
    if math.isnan(found.estimate) or math.isnan(found.low):
        return Quantity(found.estimate, name, reason=found.reason)
    return Quantity(found.estimate, name, found.low, found.high)


@dataclass(frozen=True)
class Stay:
    """How long customers of one segment stay.

    Attributes
    ----------
    segment
        None is everybody.
    curve
        In the definition's unit of time.
    """

    segment: str | None
    curve: Survival

    @property
    def label(self) -> str | Sentence:
        """Its name."""
        return EVERYBODY if self.segment is None else self.segment


@dataclass(frozen=True)
class Cohort:
    """Customers who began in one period.

    Attributes
    ----------
    kept
        After each of the definition's times; None where some have not been there that long.
    """

    label: str
    starts: date
    n: float
    kept: tuple[Interval | None, ...]


@dataclass(frozen=True, repr=False)
class Retained(Shown):
    """How long customers stay, with everything needed to believe or doubt it."""

    definition: Retention
    stays: tuple[Stay, ...]
    difference: LogRank | None
    by_cohort: tuple[Cohort, ...]
    newcomers: Newcomers | None
    set_aside: tuple[SetAside, ...]
    starts: date | None = None
    ends: date | None = None

    @property
    def everybody(self) -> Stay:
        """All customers together."""
        return self.stays[0]

    @property
    def mark(self) -> float:
        """The time that findings speak of: the latest of `after` that everybody's curve knows."""
        known = [t for t in self.definition.after if not math.isnan(self.everybody.curve.at(t).estimate)]
        return known[-1] if known else self.definition.after[0]

    @property
    def title(self) -> Sentence:
        """What a chart of the curves shows."""
        return Sentence("Of customers who begin today, the share still there, if they stay as others did")

    @property
    def rows(self) -> tuple[Row, ...]:
        """By segment: the share still there after `mark`, for a chart of dots."""
        return tuple(
            Row(s.label, share(s.curve.at(self.mark)),
                "unknown" if math.isnan(s.curve.at(self.mark).estimate) else "us")
            for s in self.stays
        )  # fmt: skip

    @property
    def rows_title(self) -> Sentence:
        """What a chart of `rows` shows."""
        return Sentence("Share still there after {time}", {"time": self.said(self.mark)})

    def said(self, time: float) -> Sentence:
        """A time in words."""
        values = {"n": f"{time:g}"}
        return {
            "day": Sentence("{n} days", values), "week": Sentence("{n} weeks", values),
            "month": Sentence("{n} months", values),
        }[self.definition.time_unit]  # fmt: skip

    @property
    def lines(self) -> tuple[Line, ...]:
        """The curves by segment, set out from the last day observed: where those who begin then will be."""
        start = self.ends or date(2000, 1, 1)
        chosen = self.stays[1:] or self.stays
        return tuple(Line(s.label, self._points(s.curve, start), "us", dots=False) for s in chosen)

    def _points(self, curve: Survival, start: date) -> tuple[Point, ...]:
        if not curve.n:
            return ()
        days = self.definition.days_a_unit
        whole = int(curve.last * days)
        steps = sorted({int(d) for d in np.linspace(0, whole, min(whole, _POINTS) + 1)})
        return tuple(Point(start + timedelta(days=d), share(curve.at(d / days))) for d in steps)

    @property
    def cohort_lines(self) -> tuple[Line, ...]:
        """A line for each time: the share still there after it, by when customers began."""
        out = []
        for i, time in enumerate(self.definition.after):
            points = tuple(
                Point(c.starts, share(c.kept[i])) for c in self.by_cohort if c.kept[i] is not None
            )
            if points:
                out.append(Line(Sentence("After {time}", {"time": self.said(time)}), points))
        return tuple(out)

    @property
    def cohort_title(self) -> Sentence:
        """What a chart of `cohort_lines` shows."""
        return Sentence("Share of customers still there, by when they began")

    @property
    def cohorts(self) -> Grid:
        """The grid of cohorts; cells that are not whole yet are empty."""
        heads = [Sentence("Began in"), Sentence("Customers")]
        heads += [Sentence("After {time}", {"time": self.said(t)}) for t in self.definition.after]
        rows = tuple(
            (c.label, Quantity(c.n, "count"), *(None if k is None else share(k) for k in c.kept))
            for c in self.by_cohort
        )
        note = Sentence("A cell is empty until all of its customers have been there that long.")
        return Grid(self.cohort_title, tuple(heads), rows, note)

    def grid(self) -> Grid:
        """One row a segment."""
        unit = self.definition.time_unit
        heads = [Sentence("Segment"), Sentence("Customers"), Sentence("Ended")]
        heads += [Sentence("After {time}", {"time": self.said(t)}) for t in self.definition.after]
        heads.append({
            "day": Sentence("Half have ended after, days"), "week": Sentence("Half have ended after, weeks"),
            "month": Sentence("Half have ended after, months"),
        }[unit])  # fmt: skip
        rows = tuple(
            (s.label, Quantity(s.curve.n, "count"), Quantity(s.curve.events, "count"),
             *(share(s.curve.at(t)) for t in self.definition.after), length(s.curve.median(), unit))
            for s in self.stays
        )  # fmt: skip
        return Grid(Sentence("Share of customers still there"), tuple(heads), rows,
                    Sentence("Kaplan-Meier: customers still there count for as long as they were seen."))  # fmt: skip

    def aside_grid(self) -> Grid:
        """What could not be used."""
        rows = tuple((s.why, s.count) for s in self.set_aside)
        note = None if rows else Sentence("Every row was used.")
        return Grid(Sentence("What could not be used"), (Sentence("Reason"), Sentence("Count")), rows, note)
