"""The question as a value that holds no data: which KPIs, over which periods, towards what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from toolkit.company.goals import Goal, Overall
from toolkit.company.periods import KINDS, Kind, Period
from toolkit.kpis import Measure
from toolkit.language import Quantity
from toolkit.language.quantities import effect_unit, level_unit

CHARTS = ("auto", "published")


@dataclass(frozen=True)
class Wanted:
    """What a KPI shall reach.

    Attributes
    ----------
    level
        In the KPI's own unit; or `relative_change`, a share of the baseline.
    baseline, baseline_period
        What the change is counted from: a value, or the period (as written) that measured it.
    due
        Last day of the period that must show it.
    steps
        Levels on the way: (level, last day).
    """

    level: float | None = None
    relative_change: float | None = None
    baseline: float | None = None
    baseline_period: str | None = None
    due: date | None = None
    steps: tuple[tuple[float, date], ...] = ()
    owner: str | None = None
    reason: str | None = None

    def __post_init__(self) -> None:
        if (self.level is None) == (self.relative_change is None):
            raise ValueError("a target is a level or a relative change, one of them")


@dataclass(frozen=True)
class DatedChange:
    """A change of the plan; where `touches` says so, limits are calculated anew from it on."""

    day: date
    label: str
    touches: tuple[str, ...] = ()


@dataclass(frozen=True)
class Trend:
    """One KPI over time.

    Attributes
    ----------
    name, label
        The KPI's name and what people call it.
    measure
        Its two sums; for a quantile the numerator only.
    time
        The column that dates a row.
    every
        The length of one period.
    per
        ``day`` or ``period``: a volume, not a ratio. Over several periods it is the average of one.
    quantile
        Instead of a ratio: this quantile of the numerator.
    unit
        The column whose rows belong together.
    segments
        Columns to look at separately.
    settles_after
        Days until a row's outcome is known.
    recorded
        The column that says when a row came in.
    better
        ``higher`` or ``lower``.
    target
        What it shall reach.
    chart
        ``published`` for its own chart only; see `Trends`.
    source
        The table's name.
    about
        One of `toolkit.company.subjects.SUBJECTS`.
    """

    name: str
    measure: Measure
    time: str
    label: str = ""
    every: Kind = "month"
    per: str | None = None
    quantile: float | None = None
    unit: str | None = None
    segments: tuple[str, ...] = ()
    settles_after: int = 0
    recorded: str | None = None
    format: str = "number"
    currency: str = "EUR"
    better: str = "higher"
    target: Wanted | None = None
    chart: str = "auto"
    source: str = ""
    owner: str | None = None
    about: str | None = None

    def __post_init__(self) -> None:
        if self.every not in KINDS:
            raise ValueError(f"every is {self.every!r}; it must be one of {', '.join(KINDS)}")
        if self.chart not in CHARTS:
            raise ValueError(f"chart is {self.chart!r}; it must be 'auto' or 'published'")
        if self.better not in ("higher", "lower"):
            raise ValueError(f"better is {self.better!r}; it must be 'higher' or 'lower'")
        if self.per not in (None, "day", "period"):
            raise ValueError(f"per is {self.per!r}; it must be 'day' or 'period', or absent")

    @property
    def title(self) -> str:
        """What people call it."""
        return self.label or self.name

    @property
    def unit_shown(self) -> str:
        """The unit of its values."""
        return level_unit(self.format, self.currency)

    @property
    def unit_of_changes(self) -> str:
        """The unit of a difference between two of its values."""
        return effect_unit(self.format, self.currency)

    @property
    def higher(self) -> bool:
        """Whether more is better."""
        return self.better == "higher"

    def quantity(
        self,
        value: float,
        low: float | None = None,
        high: float | None = None,
        reason: str | None = None,
    ) -> Quantity:
        """A value of it, for people."""
        return Quantity(value, self.unit_shown, low, high, reason, self.counted_per)

    def change(
        self,
        value: float,
        low: float | None = None,
        high: float | None = None,
        reason: str | None = None,
    ) -> Quantity:
        """A difference between two of its values, for people."""
        return Quantity(value, self.unit_of_changes, low, high, reason, self.counted_per)

    @property
    def counted_per(self) -> str | None:
        """What a volume is counted against."""
        return {"day": "day", "period": self.every, None: None}[self.per]


@dataclass(frozen=True)
class Trends:
    """Several KPIs over time, up to one period.

    Attributes
    ----------
    kpis
        What is looked at.
    period
        The period that is judged, a quarter as a rule; what lies after it is left out.
    as_of
        The last day the data covers.
    fiscal_year_starts
        Month 1-12.
    time_zone
        Where tables hold moments with a zone: in which days begin.
    changes
        Dated changes of the plan.
    level
        Of intervals.
    chart
        ``auto`` allows for season and autocorrelation; ``published`` is the plain XmR, p or u
        chart, for all KPIs (a KPI's own `chart` says it for one).
    goals, targets
        Goals by name, and the targets of those that set their own.
    overall
        The one line over several KPIs.
    min_cell
        Segments of fewer rows than this in a period are not shown; a params file says 10.
    problems
        What could not be asked, in words.
    """

    kpis: tuple[Trend, ...]
    period: Period
    as_of: date
    fiscal_year_starts: int = 1
    time_zone: str = "UTC"
    changes: tuple[DatedChange, ...] = ()
    level: float = 0.95
    chart: str = "auto"
    goals: Mapping[str, Goal] = field(default_factory=dict)
    targets: Mapping[str, Wanted] = field(default_factory=dict)
    overall: Overall | None = None
    currency: str = "EUR"
    min_cell: int = 1
    problems: tuple[str, ...] = field(default=())

    def __post_init__(self) -> None:
        if self.chart not in CHARTS:
            raise ValueError(f"chart is {self.chart!r}; it must be 'auto' or 'published'")
        if len({k.name for k in self.kpis}) < len(self.kpis):
            raise ValueError("a KPI stands twice")

    def published(self, kpi: Trend) -> bool:
        """Whether a KPI's chart is the plain one: all are, or its own is."""
        return "published" in (self.chart, kpi.chart)

    def only(self, names: tuple[str, ...]) -> Trends:
        """The same for some of the KPIs."""
        return replace(self, kpis=tuple(k for k in self.kpis if k.name in names))

    def dues(self, kpi: Trend) -> tuple[date, ...]:
        """Every due day that needs a forecast of a KPI: of its own target and of its goals'."""
        wanted = [
            kpi.target,
            *(self.targets.get(n) for n, g in self.goals.items() if g.kpi == kpi.name),
        ]
        return tuple(w.due for w in wanted if w and w.due)

    def touching(self, kpi: str) -> tuple[DatedChange, ...]:
        """The changes that touch a KPI, in order of time."""
        return tuple(sorted((c for c in self.changes if kpi in c.touches), key=lambda c: c.day))
