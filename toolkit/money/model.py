"""The plan's money over time as a function of its uncertain numbers. Costs from the ledger, benefits from what was measured, over time.

Signs: received is positive, paid negative. Timing: the flows of a month fall on its first day;
month 0 is the first in which the plan costs something. Benefits are measured effect x rows touched
x worth of a unit; those to date are spread evenly over the days since the change, those to come run
on at the same pace for changes that are kept. Costs are the ledger's actuals, and its plan for months
to come. Return to date (ROI) is not discounted: benefits so far, on all costs the plan has or will have.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from toolkit.language import Sentence
from toolkit.money.definition import Benefit, PlanReturn
from toolkit.money.ledger import month_index
from toolkit.stats.cash_flows import discount_factors, rate_of_period
from toolkit.stats.scenarios import Estimated, Fixed, Judged, Spread

COSTS = ("cost_spent", "cost_coming")
BENEFITS = ("benefit_seen", "benefit_coming")
SHARED = "shared"
"""Stands for a change's name in the costs that serve all."""


@dataclass(frozen=True)
class Term:
    """One uncertain number of the return: of which change, which part it plays, where it comes from."""

    change: str
    part: str
    spread: Spread
    unit: str
    label: Sentence


@dataclass(frozen=True)
class Line:
    """One line of the plan over time.

    Attributes
    ----------
    kind
        ``benefit_seen``, ``benefit_coming``, ``cost_spent``, ``cost_coming``.
    of
        Positions of the terms it is the product of.
    profile
        Money of each month (T,) for a product of 1; costs are negative.
    """

    change: str
    kind: str
    of: tuple[int, ...]
    profile: np.ndarray


@dataclass(frozen=True, eq=False)
class Model:
    """The plan's return as a function of its uncertain numbers."""

    terms: tuple[Term, ...]
    lines: tuple[Line, ...]
    start: date
    monthly_rate: float

    def amounts(self, numbers: np.ndarray) -> np.ndarray:
        """The size of each line in each scenario: (n, terms) -> (n, lines)."""
        return np.stack([numbers[:, list(line.of)].prod(axis=1) for line in self.lines], axis=1)

    @property
    def profiles(self) -> np.ndarray:
        """Shape (lines, months)."""
        return np.stack([line.profile for line in self.lines])

    def chosen(self, kinds: Sequence[str], change: str | None = None) -> np.ndarray:
        """Which lines are of these kinds, of one change or of all: 0 and 1, shape (lines,)."""
        return np.array([line.kind in kinds and change in (None, line.change) for line in self.lines], float)

    def sums(self, numbers: np.ndarray, kinds: Sequence[str], change: str | None = None) -> np.ndarray:
        """Undiscounted sum of lines in each scenario, (n,)."""
        return self.amounts(numbers) @ (self.profiles.sum(axis=1) * self.chosen(kinds, change))

    def roi(self, numbers: np.ndarray, change: str | None = None) -> np.ndarray:
        """Benefits to date on all costs, less 1; nan where nothing is paid."""
        costs = -self.sums(numbers, COSTS, change)
        gained = self.sums(numbers, ("benefit_seen",), change)
        return np.divide(gained, costs, out=np.full_like(gained, math.nan), where=costs > 0) - 1

    def npv(self, numbers: np.ndarray, change: str | None = None) -> np.ndarray:
        """Present value over the horizon in each scenario, (n,)."""
        kinds = ("benefit_seen", "benefit_coming", *COSTS)
        factors = self.profiles @ discount_factors(self.monthly_rate, self.profiles.shape[1])
        return self.amounts(numbers) @ (factors * self.chosen(kinds, change))

    def flows(self, numbers: np.ndarray, change: str | None = None) -> np.ndarray:
        """Money of each month, (n, months)."""
        kinds = ("benefit_seen", "benefit_coming", *COSTS)
        return (self.amounts(numbers) * self.chosen(kinds, change)) @ self.profiles





@dataclass(frozen=True, eq=False)
class Costs:
    """What a change costs by month, hours priced: spent and to come (T,); hours in all, money alone."""

    spent: np.ndarray
    coming: np.ndarray
    hours: float
    money: float
    declared: bool = False

    @property
    def total(self) -> float:
        """In all, before any correction of hopes."""
        return float(self.spent.sum() + self.coming.sum())


def counted(benefit: Benefit) -> bool:
    """Whether anything can be said of what it brings: a worth, and an effect or a promise."""
    return benefit.value is not None and math.isfinite(benefit.spread.middle)


def costs_of(rows: pd.DataFrame | None, d: PlanReturn) -> tuple[date, dict[str, Costs]]:
    """The first month of the plan, and the costs of each change (and of what is shared) from it on.

    `rows` is the ledger; a change that is no component of it has its declared costs, in the month in
    which it was announced.
    """
    names = [b.name for b in d.benefits]
    frame = None if rows is None else rows[rows["component"].isin([*names, *d.shared])]
    firsts = [] if frame is None else list(frame["month"])
    declared = [b for b in d.benefits if frame is None or b.name not in set(frame["component"])]
    firsts += [(b.announced or b.since).replace(day=1) for b in d.benefits if b in declared or not firsts]
    start = min(firsts) if firsts else d.until.replace(day=1)
    last = max([d.until, *firsts])
    months = max(d.horizon, int(month_index([last], start)[0]) + 1)
    out = {}
    for name in [*names, SHARED]:
        mine = None if frame is None else frame[frame["component"].isin(d.shared if name == SHARED else [name])]
        if mine is not None and len(mine):
            out[name] = _booked(mine, start, months)
    for b in declared:
        at, total = int(month_index([b.announced or b.since], start)[0]), np.zeros(months)
        total[min(max(at, 0), months - 1)] = b.declared_cost + b.declared_hours * (d.hour_rate or 0.0)
        out[b.name] = Costs(total, np.zeros(months), b.declared_hours, b.declared_cost, True)
    return start, out


def _booked(rows: pd.DataFrame, start: date, months: int) -> Costs:
    known = rows["known"].to_numpy(bool)
    at = month_index(rows["month"], start)
    spent, coming = np.zeros(months), np.zeros(months)
    filled = rows.fillna({c: 0.0 for c in rows.columns if c.startswith(("planned_", "actual_"))})
    money = np.where(known, filled["actual_money"], filled["planned_money"])
    labour = np.where(known, filled["actual_labour"], filled["planned_labour"])
    hours = np.where(known, filled["actual_hours"], filled["planned_hours"])
    np.add.at(spent, at[known], (money + labour)[known])
    np.add.at(coming, at[~known], (money + labour)[~known])
    return Costs(spent, coming, float(hours.sum()), float(money.sum()))


def model_of(d: PlanReturn, start: date, costs: dict[str, Costs]) -> Model:
    """Terms and lines of every change that can be counted, and of its costs."""
    terms: list[Term] = []
    lines: list[Line] = []
    months = max([d.horizon, *(c.spent.size for c in costs.values())])
    overrun = _overrun(d, terms)
    for b in d.benefits:
        if not counted(b):
            continue
        effect = _added(terms, Term(b.name, "effect", b.spread, b.effect.unit, Sentence("{change}: effect", {"change": b.label})))
        worth = _added(terms, Term(b.name, "value", b.value, d.currency, Sentence("{change}: worth of a unit", {"change": b.label})))
        seen, coming = _touched(b, d, start, months)
        lines.append(Line(b.name, "benefit_seen", (effect, worth), seen))
        if coming.any():
            pace = _added(terms, Term(b.name, "pace", _pace(b, d), "percent", Sentence("{change}: pace to come", {"change": b.label})))
            lines.append(Line(b.name, "benefit_coming", (effect, worth, pace), coming * (1 - d.bias_benefits)))
    left_out = {b.name for b in d.benefits if not counted(b)}
    for name, cost in costs.items():
        if name in left_out:
            continue
        lines.append(Line(name, "cost_spent", (), -cost.spent))
        if cost.coming.any():
            lines.append(Line(name, "cost_coming", overrun, -cost.coming))
    return Model(tuple(terms), tuple(lines), start, rate_of_period(d.yearly_rate))


def _added(terms: list[Term], term: Term) -> int:
    terms.append(term)
    return len(terms) - 1


def _overrun(d: PlanReturn, terms: list[Term]) -> tuple[int, ...]:
    if not d.bias_costs:
        return ()
    spread = Judged(1.0, 1 + d.bias_costs, 1 + 2 * d.bias_costs)
    return (_added(terms, Term("", "overrun", spread, "percent", Sentence("Costs to come, against their plan"))),)


def _pace(b: Benefit, d: PlanReturn) -> Spread:
    """Rows to come against rows so far: counts vary as Poisson's do."""
    if b.touched <= 0:
        return Fixed(1.0)
    reach = 1.959964 / math.sqrt(b.touched)
    return Estimated(1.0, max(0.0, 1 - reach), 1 + reach, 0.95)


def _touched(b: Benefit, d: PlanReturn, start: date, months: int) -> tuple[np.ndarray, np.ndarray]:
    """Rows touched by month: so far, by the days of each month under the change; and to come."""
    seen, coming = np.zeros(months), np.zeros(months)
    days = (d.until - b.since).days + 1
    if days <= 0:
        return seen, coming
    day = b.since
    each = b.touched / days
    while day <= d.until:
        after = (day.replace(day=1) + timedelta(days=32)).replace(day=1)
        end = min(after, d.until + timedelta(days=1))
        at = int(month_index([day], start)[0])
        if 0 <= at < months:
            seen[at] += each * (end - day).days
        day = end
    if b.kept:
        first = int(month_index([d.until + timedelta(days=1)], start)[0])
        coming[first : d.horizon] = each * 365.25 / 12
    return seen, coming
