"""What was found of complaints, as tables and as rows for charts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from toolkit.drawable import Line, Point, Row
from toolkit.language import Quantity, Sentence
from toolkit.service.asked import Aside
from toolkit.service.complaints.definition import Complaints
from toolkit.service.measured import Key, Measured
from toolkit.service.pareto import Kind, Pareto
from toolkit.service.views import View
from toolkit.service.waits import Wait
from toolkit.service.wording import names, plain
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Interval
from toolkit.stats.trend_tests import TrendTest

PROCESS = "toolkit_process"
"""The column of what went wrong, once it is named."""

ByGroup = Mapping[tuple[str, ...], Mapping[Key, Mapping[str, Measured]]]


@dataclass(frozen=True)
class Month:
    """Complaints of one month, and what they are counted against."""

    first: date
    count: int
    out_of: int
    rate: Interval


@dataclass(frozen=True, repr=False)
class Complained(Shown):
    """Complaints in the window.

    Attributes
    ----------
    overall
        Processes by share and place.
    split
        The same by region or the like; there all groups' claims hold together.
    shares
        Set of columns -> group -> ``favour`` (resolved in the customer's favour) and ``progress``.
    costs
        Likewise ``cost``: mean of a complaint that is decided, and the sum.
    waits
        Likewise how long until they are dealt with.
    rate
        Complaints by the hundred of what they are counted against; None where that is not declared.
    months, trend
        The same by month, and whether it drifts.
    """

    definition: Complaints
    overall: Pareto
    split: Mapping[str, Pareto]
    shares: ByGroup
    costs: ByGroup
    waits: Mapping[tuple[str, ...], Mapping[Key, Wait]]
    rate: Interval | None
    months: tuple[Month, ...]
    trend: TrendTest | None
    aside: tuple[Aside, ...] = ()

    def share(self, name: str, process: str | None = None) -> Measured | None:
        """``favour`` or ``progress`` of all, or of one process; None where it is not declared."""
        return _at(self.shares, name, process)

    def cost(self, process: str | None = None) -> Measured | None:
        """What a decided complaint cost."""
        return _at(self.costs, "cost", process)

    def wait(self, process: str | None = None) -> Wait | None:
        """How long until dealt with."""
        group = () if process is None else (PROCESS,)
        return self.waits.get(group, {}).get(() if process is None else (process,))

    @property
    def title(self) -> Sentence:
        """Of the chart and the table."""
        return Sentence("What customers complain about")

    def view(self) -> View:
        """Each process' share; those that may be first are coloured."""
        rows = tuple(
            Row(plain(k.name), k.share, "worse" if k.rank_low == 1 else "level") for k in self.overall.kinds
        )
        return View(self.title, rows, axis=Sentence("share of complaints"), reason=Sentence("There were no complaints."))

    def trend_view(self) -> View:
        """Complaints by the hundred, month by month."""
        if not self.months:
            reason = Sentence("What complaints are counted against is not declared: 'service.complaints.per'.")
            return View(Sentence("Complaints by the hundred"), reason=reason)
        name = Sentence("{units}", {"units": plain(self.definition.per.name)})
        points = tuple(Point(m.first, _quantity(m.rate, "number")) for m in self.months)
        title = Sentence("Complaints to a hundred {name}", {"name": name})
        return View(title, lines=(Line(Sentence("Complaints"), points),), table=self.months_grid())

    def grid(self) -> Grid:
        """One row a process: how many, and which may be first."""
        heads = (Sentence("Process"), Sentence("Complaints"), Sentence("Share"), Sentence("Adding up to"), Sentence("Rank"))
        rows = tuple((plain(k.name), k.count, k.share, Quantity(k.cumulative, "percent"), place(k)) for k in self.overall.kinds)
        note = Sentence(
            "All shares hold together, and so do all places: several at place 1 cannot be told apart."
        )
        return Grid(self.title, heads, rows, note)

    def dealt_grid(self) -> Grid:
        """One row a process: what became of complaints, and what they cost."""
        heads = (Sentence("Process"), Sentence("In the customer's favour"), Sentence("Cost each"), Sentence("Told of progress"))
        rows = []
        for process in (None, *(k.name for k in self.overall.kinds)):
            favour, progress = (self.share(name, process) for name in ("favour", "progress"))
            cost = self.cost(process)
            rows.append((
                _label(process), favour.quantity() if favour else None,
                cost.quantity(self.definition.currency) if cost else None, progress.quantity() if progress else None,
            ))  # fmt: skip
        return _filled(Sentence("What became of complaints"), heads, rows)

    def handled_grid(self) -> Grid:
        """One row a process: how long complaints take."""
        heads = (Sentence("Process"), Sentence("Half within"), Sentence("Nine in ten within"), Sentence("Within the promise"))
        rows = []
        for process in (None, *(k.name for k in self.overall.kinds)):
            wait = self.wait(process)
            kept = wait.kept.quantity() if wait and wait.kept.n else None
            times = (in_days(wait.hours()), in_days(wait.hours("slowest"))) if wait else (None, None)
            rows.append((_label(process), *times, kept))
        return _filled(Sentence("How long complaints take"), heads, rows)

    def split_grid(self) -> Grid:
        """What is first in each group."""
        heads = (Sentence("Group"), Sentence("Complaints"), Sentence("First, or may be"), Sentence("Its share"))
        rows = tuple(
            (plain(g), p.n, names([k.name for k in p.first]), p.kinds[0].share if p.kinds else None)
            for g, p in self.split.items()
        )
        note = Sentence("What is said of all groups holds together; groups of too few complaints are not shown.")
        return Grid(Sentence("The first cause of complaints by group"), heads, rows, note)

    def months_grid(self) -> Grid:
        """By month."""
        heads = (Sentence("Month"), Sentence("Complaints"), Sentence("Out of"), Sentence("By the hundred"))
        rows = tuple((m.first, m.count, m.out_of, _quantity(m.rate, "number")) for m in self.months)
        return Grid(Sentence("Complaints by month"), heads, rows)


def _label(process: str | None) -> str | Sentence:
    return Sentence("All together") if process is None else plain(process)


def _filled(title: Sentence, heads: tuple[Sentence, ...], rows: list[tuple]) -> Grid:
    """A table without the columns that nothing is declared for."""
    keep = [i for i in range(len(heads)) if i == 0 or any(r[i] is not None for r in rows)]
    return Grid(title, tuple(heads[i] for i in keep), tuple(tuple(r[i] for i in keep) for r in rows))


def place(kind: Kind) -> Sentence:
    """A place with those that chance allows."""
    values = {"low": kind.rank_low, "high": kind.rank_high}
    if kind.rank_low == kind.rank_high:
        return Sentence("{low}", values)
    return Sentence("{low} to {high}", values)


def in_days(hours: Quantity) -> Quantity:
    """Hours as days."""
    if not hours.known or hours.low is None:
        return Quantity(hours.value / 24, "days", reason=hours.reason)
    return Quantity(hours.value / 24, "days", hours.low / 24, hours.high / 24)


def _quantity(found: Interval, unit: str) -> Quantity:
    if math.isnan(found.estimate) or math.isnan(found.low):
        return Quantity(found.estimate, unit, reason=found.reason)
    return Quantity(found.estimate, unit, found.low, found.high)


def _at(found: ByGroup, name: str, process: str | None) -> Measured | None:
    for group, cells in found.items():
        if len(group) == (process is not None):
            return cells.get((process,) if process is not None else (), {}).get(name)
    return None
