"""Questions about money as values: the ledger, the plan's return, offers, vendors. They hold no data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.language import Quantity, Sentence
from toolkit.problems import Problem, Refused
from toolkit.stats.scenarios import Between, Estimated, Fixed, Judged, Spread

JUDGED = ("delivered", "on_track", "partly_delivered", "no_worthwhile_effect", "harm")
"""Verdicts on a plan change whose effect is known; any other leaves it unknown."""


@dataclass(frozen=True)
class Ledger:
    """Budgets: plan beside actual, a row a month and line.

    Attributes
    ----------
    table
        Its name in the params file.
    month, component, phase, department, planned, actual, planned_hours, actual_hours, done
        Columns.
    hour_rate
        What an hour costs: a column, a number, or None where there are no hours.
    later
        SQL: rows that are later costs.
    until
        The last day of the period: what is known by then counts as actual.
    labels
        Component -> what people call it.
    """

    month: str
    component: str
    planned: str
    actual: str
    until: date
    phase: str | None = None
    department: str | None = None
    planned_hours: str | None = None
    actual_hours: str | None = None
    done: str | None = None
    hour_rate: str | float | None = None
    later: str | None = None
    table: str = "budgets"
    currency: str = "EUR"
    period: str | None = None
    level: float = 0.9
    owner: str | None = None
    fiscal_year_starts: int = 1
    labels: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        problems = []
        if self.planned_hours and self.hour_rate is None:
            problems.append(Problem("money.budgets", "has hours without a rate: give 'hour_rate'"))
        if isinstance(self.hour_rate, float | int) and not self.hour_rate > 0:
            problems.append(Problem("money.budgets.hour_rate", "must be above 0", self.hour_rate))
        if not 0.5 < self.level < 1:
            problems.append(Problem("money.level", "must lie between 0.5 and 1", self.level))
        if problems:
            raise Refused(problems)

    @property
    def has_hours(self) -> bool:
        """Whether hours are planned and counted at all."""
        return self.planned_hours is not None


@dataclass(frozen=True)
class Benefit:
    """What one plan change brings: effect x rows it touched x what one unit is worth.

    Attributes
    ----------
    name, label, kpi
        The change's name, what people call it, and the KPI that was measured.
    effect
        As measured, in the KPI's unit; nan where it is not known.
    verdict
        Of the plan change's own finding.
    good
        1 where more of the KPI is better, -1 where less is.
    promised
        The promised effect, in the KPI's unit; nan where there is none.
    touched
        Rows the change touched from `since` to the end of the period.
    value
        What one unit is worth for one row; None where nobody said.
    value_source
        Where that comes from.
    since
        The first day under the change.
    kept
        Whether it goes on after this period: a change that is to be dropped brings no more.
    declared_cost, declared_hours
        What it was said to cost, used where the ledger has no component of its name; `announced`
        is when it began to cost.
    """

    name: str
    label: str
    kpi: str
    effect: Quantity
    verdict: str
    good: float
    touched: float
    since: date
    value: Spread | None = None
    value_source: str = ""
    promised: float = math.nan
    level: float = 0.95
    df: float = math.nan
    kept: bool = True
    announced: date | None = None
    declared_cost: float = 0.0
    declared_hours: float = 0.0
    method: str | Sentence = ""

    @property
    def known(self) -> bool:
        """Whether its effect is judged and its worth is said."""
        return self.verdict in JUDGED and self.effect.known and self.effect.low is not None and self.value is not None

    @property
    def why_unknown(self) -> Sentence | None:
        """Why it is not known; None where it is."""
        if self.known:
            return None
        if self.value is None:
            return Sentence("nobody said what a unit of {kpi} is worth", {"kpi": self.kpi})
        if self.verdict == "cannot_be_judged":
            return Sentence("its effect cannot be judged")
        return Sentence("its effect is not known yet")

    @property
    def spread(self) -> Spread:
        """The effect as scenarios draw it, turned so that more is better.

        Known: the estimate with its interval. Not known: anything from nothing to what was
        promised, or the own interval of the measurement where there is one. Never zero.
        """
        q = self.effect
        if q.known and q.low is not None:
            ends = sorted((self.good * q.low, self.good * q.high))
            return Estimated(self.good * q.value, *ends, self.level, self.df)
        if math.isfinite(self.promised):
            return Between(*sorted((0.0, self.good * self.promised)))
        return Fixed(math.nan)


@dataclass(frozen=True)
class PlanReturn:
    """What does the plan cost, and what does it bring?

    Attributes
    ----------
    benefits
        One a change of the plan.
    ledger
        Where costs stand; None where only declared costs are known.
    until
        The last day of the period.
    hour_rate
        What an hour costs where the ledger does not say.
    yearly_rate
        Discount rate of a year.
    horizon
        Months from the first one of the plan.
    bias_benefits, bias_costs
        Shares taken off what is to come, and put on what is to be spent.
    shared
        Components charged to the plan beside the changes' own.
    correlations
        Pairs of changes -> correlation of their effects.
    """

    benefits: tuple[Benefit, ...]
    until: date
    ledger: Ledger | None = None
    hour_rate: float | None = None
    yearly_rate: float = 0.08
    finance_rate: float | None = None
    reinvest_rate: float | None = None
    horizon: int = 36
    bias_benefits: float = 0.0
    bias_costs: float = 0.0
    shared: tuple[str, ...] = ()
    correlations: Mapping[tuple[str, str], float] = field(default_factory=dict)
    currency: str = "EUR"
    level: float = 0.9
    scenarios: int = 20_000
    seed: int = 1
    period: str | None = None
    owner: str | None = None

    def __post_init__(self) -> None:
        problems = []
        for key in ("yearly_rate", "finance_rate", "reinvest_rate"):
            rate = getattr(self, key)
            if rate is not None and not 0 <= rate <= 1:
                problems.append(Problem(f"money.{key}", "must lie between 0 and 1: 0.08 is 8 % a year", rate))
        names = [b.name for b in self.benefits]
        for pair in self.correlations:
            for name in pair:
                if name not in names:
                    problems.append(Problem("money.together", "is no change with a benefit", name, tuple(names)))
        if any(b.declared_hours for b in self.benefits) and self.hour_rate is None:
            problems.append(Problem("money.hour_rate", "is missing: changes cost hours, and hours have no rate"))
        if problems:
            raise Refused(problems)


@dataclass(frozen=True)
class WorstCases:
    """Unlikely events that would cost a lot: a row each, chance a year and cost at low, likely, high."""

    name: str
    chance: tuple[str, str, str]
    cost: tuple[str, str, str]
    label: str | None = None
    table: str = "worst_cases"
    years: float = 3.0
    currency: str = "EUR"


@dataclass(frozen=True)
class Pilot:
    """How an offer is tried: what one taker brings in a year, and how many it could be offered to."""

    margin: float
    customers: int


@dataclass(frozen=True)
class Offers:
    """Ideas for offers: columns of what is hoped of each, and how risk and demand are counted."""

    name: str
    margin: tuple[str, str, str]
    setup: str
    setup_hours: str | None = None
    origin: str | None = None
    wanted: str | None = None
    failure_chance: str | None = None
    failure_loss: str | None = None
    asked: Mapping[str, int] = field(default_factory=dict)
    months: int = 12
    pilots: Mapping[str, Pilot] = field(default_factory=dict)
    hour_rate: float | None = None
    loss_accepted: float = 0.2
    bias: float = 0.0
    bias_costs: float = 0.0
    power: float = 0.8
    table: str = "offers"
    currency: str = "EUR"
    level: float = 0.9
    scenarios: int = 20_000
    seed: int = 1
    min_cell: int = 1
    period: str | None = None
    owner: str | None = None

    def __post_init__(self) -> None:
        if self.setup_hours and self.hour_rate is None:
            raise Refused(Problem("money.offers", "has hours without a rate: give 'hour_rate'"))


@dataclass(frozen=True)
class Vendors:
    """Choices of vendors: columns of choice, criterion, weight and score; of cost, hours and months."""

    choice: str
    criterion: str
    weight: str
    score: str
    kind: str | None = None
    cost: str | None = None
    hours: str | None = None
    months: str | None = None
    hour_rate: float | None = None
    table: str = "vendors"
    currency: str = "EUR"
    seed: int = 1
    period: str | None = None
    owner: str | None = None

    def __post_init__(self) -> None:
        if self.hours and self.hour_rate is None:
            raise Refused(Problem("money.vendors", "has hours without a rate: give 'hour_rate'"))


def spread_of(low: float, likely: float, high: float) -> Spread:
    """A judgement as a spread; one number where the three agree."""
    return Fixed(likely) if low == high else Judged(low, likely, high)
