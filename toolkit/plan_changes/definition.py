"""A plan change as a value: what it promised, whom it touched, what is measured.

It holds no data: it can be printed, kept, and used again on next month's table.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.company.periods import Period
from toolkit.kpis import Measure
from toolkit.language import Quantity
from toolkit.language.quantities import effect_unit, level_unit
from toolkit.problems import Problem, Refused

GRAINS = {"week": 52, "month": 12, "quarter": 4, "year": None}
"""Length of a period -> how many make a season of one year."""


@dataclass(frozen=True)
class OtherChange:
    """Another dated change, that may have moved the same KPI."""

    name: str
    label: str
    effective: date
    same_kpi: bool


@dataclass(frozen=True)
class Waves:
    """How to compare the waves of a survey: SQL of the answer; columns of weight, person, strata."""

    value: str
    weight: str | None = None
    person: str | None = None
    strata: tuple[str, ...] = ()


@dataclass(frozen=True)
class PlanChange:
    """A dated change of the plan and what it promised.

    Attributes
    ----------
    name, label
        The change's name and what people call it.
    measure
        The KPI's two sums.
    time
        SQL: the day of a row, most often a column.
    effective
        First day under the change.
    promised, worthwhile
        In the KPI's unit, with their sign; with `relative_promise` (`relative_worthwhile`) a share
        of the level before.
    better
        ``higher`` or ``lower``: which way is good.
    touched, control
        SQL: rows the change touches, and rows to compare with (all others where None). `touched`
        None: everybody. `without_control`: do not compare with others.
    adopted_at
        Column of the day each unit got the change, where days differ.
    unit, cluster
        Columns: whose rows belong together; who moves together. Errors are by the cluster.
    grain
        ``week``, ``month``, ``quarter`` or ``year``.
    as_of
        The last day of the data; later periods are not complete. The last row's day where None.
    scale
        ``plain`` or ``log``.
    counts
        The KPI is a count: summed by period, against its denominator where that is no 1.
    untouched_time
        SQL: the day of a row of the untouched outcome, where that lies in another table; only one
        series can be told so, not a comparison with others.
    quantile
        The KPI is a percentile, which has no sums by period.
    redefined
        Days on which the KPI's definition changed.
    others
        Other changes of the plan.
    exact_units
        Up to so many units (or clusters) each is a row of its own; beyond, they are put into
        `buckets`.
    """

    name: str
    measure: Measure
    time: str
    effective: date
    promised: float
    label: str = ""
    kpi_label: str = ""
    question: str | None = None
    note: str | None = None
    better: str = "higher"
    format: str = "number"
    currency: str = "EUR"
    worthwhile: float | None = None
    relative_promise: bool = False
    relative_worthwhile: bool = False
    announced: date | None = None
    due: date | None = None
    touched: str | None = None
    control: str | None = None
    without_control: bool = False
    adopted_at: str | None = None
    unit: str | None = None
    cluster: str | None = None
    grain: str = "month"
    fiscal_year_starts: int = 1
    since: date | None = None
    as_of: date | None = None
    scale: str = "plain"
    counts: bool = False
    quantile: float | None = None
    season: bool = True
    harmonics: int | None = None
    covariates: Mapping[str, str] = field(default_factory=dict)
    allow_gaps: bool = False
    segments: Mapping[str, str] = field(default_factory=dict)
    untouched: Measure | None = None
    untouched_label: str = ""
    untouched_time: str | None = None
    waves: Waves | None = None
    redefined: tuple[date, ...] = ()
    others: tuple[OtherChange, ...] = ()
    value_per_unit: float | None = None
    cost: float = 0.0
    level: float = 0.95
    min_cell: int = 10
    owner: str | None = None
    department: str | None = None
    period: str | None = None
    source: str = ""
    recorded_promise: str | None = None
    exact_units: int = 2_000
    buckets: int = 256

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise Refused(problems)

    def _problems(self) -> Iterator[Problem]:
        at = f"changes.{self.name}"
        if not (math.isfinite(self.promised) and self.promised != 0):
            yield Problem(f"{at}.promised", "must be a number other than 0", self.promised)
        if self.worthwhile is not None and not self.worthwhile * self.promised > 0:
            yield Problem(f"{at}.worthwhile", "must have the sign of the promise, and not be 0", self.worthwhile)
        if self.better not in ("higher", "lower"):
            yield Problem(f"{at}.better", "is none of the choices", self.better, ("higher", "lower"))
        elif self.promised and (self.promised > 0) != (self.better == "higher"):
            yield Problem(f"{at}.promised", f"promises the wrong way: '{self.better}' is better", self.promised)
        if self.grain not in GRAINS:
            yield Problem(f"{at}.period", "is none of the choices", self.grain, tuple(GRAINS))
        if self.scale not in ("plain", "log"):
            yield Problem(f"{at}.scale", "is none of the choices", self.scale, ("plain", "log"))
        if not 0.5 < self.level < 1:
            yield Problem(f"{at}.level", "must lie between 0.5 and 1", self.level)
        if self.untouched_time and self.compares:
            yield Problem(f"{at}.untouched_kpi", "must be on the table of the KPI where touched rows are compared with others")
        if self.touched and self.adopted_at:
            yield Problem(at, "has 'touched' and 'adopted_at': give one of them")

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.label or self.name

    @property
    def kpi(self) -> str:
        """The KPI's name for people."""
        return self.kpi_label or self.measure.name

    @property
    def good(self) -> float:
        """1 where more is better, -1 where less is."""
        return 1.0 if self.better == "higher" else -1.0

    @property
    def errors_by(self) -> str | None:
        """The column whose rows are not independent."""
        return self.cluster or self.unit

    @property
    def season_length(self) -> int | None:
        """Periods in a year, where a season is to be taken into the model."""
        return GRAINS[self.grain] if self.season else None

    @property
    def compares(self) -> bool:
        """Whether untouched rows are asked for."""
        return (self.touched is not None or self.adopted_at is not None) and not self.without_control

    @property
    def unit_of_level(self) -> str:
        """The unit of the KPI's own value."""
        return level_unit("number" if self.format == "count" else self.format, self.currency)

    def unit_of_effect(self, relative: bool) -> str:
        """The unit of the change in it."""
        if relative:
            return "relative"
        return effect_unit("number" if self.format == "count" else self.format, self.currency)

    def period_of(self, day: date) -> Period:
        """The period that holds a day."""
        return Period.of(day, self.grain, self.fiscal_year_starts)

    @property
    def promise_said(self) -> Quantity:
        """What was promised, in its own unit."""
        return Quantity(self.promised, self.unit_of_effect(self.relative_promise))

    @property
    def fingerprint(self) -> str:
        """Twelve hex digits that change with anything that was promised."""
        said = {
            "change": self.name, "kpi": self.measure.name, "numerator": self.measure.numerator,
            "denominator": self.measure.denominator, "where": self.measure.where,
            "effective": self.effective.isoformat(), "due": self.due.isoformat() if self.due else None,
            "touched": self.touched, "adopted_at": self.adopted_at, "promised": float(self.promised),
            "relative_promise": self.relative_promise,
            "worthwhile": None if self.worthwhile is None else float(self.worthwhile),
            "relative_worthwhile": self.relative_worthwhile, "better": self.better,
        }  # fmt: skip
        text = json.dumps(said, sort_keys=True, ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:12]
