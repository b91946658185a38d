"""What a plan change did: the effect, what other methods say, the path, the groups; and their rows."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from toolkit.drawable import Change, Line, Mark, Point, Row
from toolkit.language import Quantity, Sentence
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.reading import Panel
from toolkit.shown import Grid, Shown

EVIDENCE = ("control", "series", "before_after", "none")


@dataclass(frozen=True)
class Alternative:
    """What another method says of the same change, in the unit of the effect.

    `name` is stable between runs; `numbers` holds what the method reports on its own scale.
    """

    name: str
    label: Sentence
    estimate: float
    low: float = math.nan
    high: float = math.nan
    p_value: float = math.nan
    numbers: Mapping[str, float] = field(default_factory=dict)

    def quantity(self, unit: str) -> Quantity:
        """With its interval where it has one."""
        return quantity(self.estimate, self.low, self.high, unit)


@dataclass(frozen=True)
class PathPoint:
    """One period: what was measured, and what would have been without the change.

    `without`, `low`, `high` are nan before the change for methods that claim nothing there.
    """

    day: date
    observed: float
    without: float = math.nan
    low: float = math.nan
    high: float = math.nan


@dataclass(frozen=True)
class GroupEffect:
    """The effect in one group, and whether harm is claimed for it (corrected by Holm)."""

    segment: str
    value: str
    estimate: float
    low: float
    high: float
    p_harm: float
    hurt: bool
    n: int
    reason: str | None = None


@dataclass(frozen=True)
class SegmentTest:
    """Whether the effect differs between the groups of a segment; p nan with a reason."""

    segment: str
    p_same: float
    reason: str | Sentence | None = None


@dataclass(frozen=True)
class Waiting:
    """What could be seen now, and how many more periods the promise needs.

    Attributes
    ----------
    visible
        The smallest effect that would have been seen with a probability of 80 %.
    more
        Further periods until an effect as large as promised would be seen; None where more
        periods alone will not do.
    judge_on
        The last day of that period.
    """

    visible: float
    more: int | None
    judge_on: date | None


@dataclass(frozen=True)
class Fitted:
    """What a method found, before it is put beside the promise.

    Attributes
    ----------
    method
        A stable key: ``difference``, ``staggered``, ``donors``, ``series``, ``counts``, ``short``,
        ``waves``.
    evidence
        One of `EVIDENCE`.
    relative
        Whether the effect is a share of what would have been.
    before
        The level before, of those touched.
    details
        What the checks look into: the fit itself.
    """

    method: str
    label: Sentence
    why: Sentence
    evidence: str
    estimate: float
    low: float
    high: float
    p_value: float
    se: float
    before: float
    after: float
    n: int
    n_unit: str | Sentence
    df: float = math.nan
    relative: bool = False
    signal: bool | None = None
    path: tuple[PathPoint, ...] = ()
    others: tuple[Alternative, ...] = ()
    details: object = field(default=None, repr=False)
    numbers: Mapping[str, float] = field(default_factory=dict)
    counted: float = math.nan


@dataclass(frozen=True, repr=False)
class PlanEffect(Shown):
    """What a plan change did to its KPI.

    Attributes
    ----------
    definition
        What was asked.
    fit
        The number with its interval, and how it was made; None where there is none, and `reason`
        says why.
    promised, worthwhile
        In the unit of the effect; nan where not given or not comparable.
    groups, segments
        The effect by declared group, and whether groups differ.
    waiting
        What could be seen, and when the promise can be judged; None without a fit.
    panel
        The sums behind it.
    mixes
        Segment -> rows by arm, wave and group (2, 2, S), and each group's level before (S,).
    """

    definition: PlanChange
    fit: Fitted | None
    promised: float
    worthwhile: float
    groups: tuple[GroupEffect, ...] = ()
    segments: tuple[SegmentTest, ...] = ()
    waiting: Waiting | None = None
    panel: Panel | None = field(default=None, repr=False)
    mixes: Mapping[str, tuple[np.ndarray, np.ndarray]] = field(default_factory=dict, repr=False)
    reason: Sentence | None = None

    def __post_init__(self) -> None:
        if (self.fit is None) == (self.reason is None):
            raise ValueError("a plan change has an effect, or a reason why it has none")

    @property
    def unit(self) -> str:
        """The unit of the effect."""
        return self.definition.unit_of_effect(bool(self.fit and self.fit.relative))

    @property
    def quantity(self) -> Quantity:
        """The effect with its interval."""
        if self.fit is None:
            return Quantity(math.nan, self.unit, reason=self.reason)
        if math.isnan(self.fit.estimate):
            return Quantity(math.nan, self.unit, reason="the series is too short to say")
        return quantity(self.fit.estimate, self.fit.low, self.fit.high, self.unit)

    @property
    def share(self) -> Quantity:
        """The share of the promise that came, with its interval."""
        if self.fit is None or not math.isfinite(self.promised) or math.isnan(self.fit.estimate):
            return Quantity(math.nan, "relative", reason="there is no effect to compare with the promise")
        ends = sorted((self.fit.low / self.promised, self.fit.high / self.promised))
        return quantity(self.fit.estimate / self.promised, *ends, "relative")

    @property
    def value(self) -> Quantity:
        """What the effect was worth so far, in the company's currency; nan where it is not known."""
        d = self.definition
        if self.fit is None or d.value_per_unit is None or math.isnan(self.fit.estimate):
            return Quantity(math.nan, d.currency, reason="what a unit of the KPI is worth was not given")
        each = d.good * d.value_per_unit
        amounts = [each * self._moved(e) for e in (self.fit.estimate, self.fit.low, self.fit.high)]
        return quantity(amounts[0], *sorted(amounts[1:]), d.currency)

    def _moved(self, effect: float) -> float:
        """The effect summed over all rows it touched so far, in the KPI's unit."""
        if not self.fit.relative:
            return effect * self.fit.counted
        if self.panel is None or effect <= -1:
            return math.nan
        total = float(self.panel.num[np.ix_(self.panel.treated, self.panel.after)].sum())
        return total * effect / (1 + effect)  # what came, less what would have come

    @property
    def tone(self) -> str:
        """Better or worse where the whole interval says so."""
        q = self.quantity
        if not q.known or q.low is None:
            return "unknown"
        low, high = (q.low, q.high) if self.definition.better == "higher" else (-q.high, -q.low)
        return "better" if low > 0 else "worse" if high < 0 else "level"

    @property
    def title(self) -> Sentence:
        """What the chart of the path shows."""
        d = self.definition
        if self.fit is None or not self.fit.path:
            return Sentence("{kpi} before and after {change}", {"kpi": d.kpi, "change": d.title})
        if self.fit.evidence == "before_after":
            return Sentence("{kpi} and its usual range before {change}", {"kpi": d.kpi, "change": d.title})
        return Sentence("{kpi} with {change}, and what it would have been without", {"kpi": d.kpi, "change": d.title})

    def lines(self) -> tuple[Line, ...]:
        """What was measured, and what would have been without the change."""
        unit, path = self.definition.unit_of_level, self._path()
        seen = tuple(Point(p.day, Quantity(p.observed, unit)) for p in path if math.isfinite(p.observed))
        other = tuple(Point(p.day, quantity(p.without, p.low, p.high, unit)) for p in path if math.isfinite(p.without))
        chart = self.fit is not None and self.fit.evidence == "before_after"
        said = Sentence("usual range") if chart else Sentence("without the change")
        lines = [Line(said, other, "past")] if other else []
        return (*lines, Line(Sentence("measured"), seen, "us")) if seen else tuple(lines)

    def _path(self) -> tuple[PathPoint, ...]:
        """The fit's, or without one what was measured of those touched."""
        if self.fit is not None:
            return self.fit.path
        if self.panel is None or not self.panel.treated.any():
            return ()
        values = self.panel.series(True)
        return tuple(PathPoint(p.start, float(v)) for p, v in zip(self.panel.periods, values, strict=True))

    def events(self) -> tuple[Change, ...]:
        """The change itself, its announcement, and other changes of the same KPI."""
        d = self.definition
        days = [r.day for line in self.lines() for r in line.points]
        if not days:
            return ()
        out = [Change(d.effective, d.title)]
        if d.announced and d.announced < d.effective:
            out.append(Change(d.announced, Sentence("announced")))
        out += [Change(o.effective, o.label) for o in d.others if o.same_kpi]
        return tuple(e for e in out if min(days) <= e.day <= max(days))

    def spread(self) -> tuple[Row, ...]:
        """The effect by every method that applies, the one believed first."""
        if self.fit is None:
            return (Row(self.definition.title, self.quantity, "unknown"),)
        own = Row(self.fit.label, self.quantity, self.tone)
        return (own, *(Row(a.label, a.quantity(self.unit), "rival") for a in self.fit.others))

    @property
    def spread_title(self) -> Sentence:
        """What the chart of the methods shows."""
        return Sentence("What each method says of {change}", {"change": self.definition.title})

    def marks(self) -> tuple[Mark, ...]:
        """Promised and worthwhile, in the unit of the effect."""
        out = []
        if math.isfinite(self.promised):
            out.append(Mark(self.promised, Sentence("promised")))
        if math.isfinite(self.worthwhile):
            out.append(Mark(self.worthwhile, Sentence("worthwhile")))
        return tuple(out)

    def grid(self) -> Grid:
        """The effect beside its promise."""
        d, unit = self.definition, self.unit
        rows: list[tuple] = [(Sentence("Effect"), self.quantity)]
        if self.fit is None:
            rows.append((Sentence("Why there is none"), self.reason))
        rows.append((Sentence("Promised"), d.promise_said))
        if math.isfinite(self.worthwhile):
            rows.append((Sentence("Worth having from"), Quantity(self.worthwhile, unit)))
        if self.fit is not None:
            level = d.unit_of_level
            rows += [
                (Sentence("Share of the promise"), self.share),
                (Sentence("Level before"), Quantity(self.fit.before, level)),
                (Sentence("Level after"), Quantity(self.fit.after, level)),
                (Sentence("Rests on"), Sentence("{n} {unit}", {"n": self.fit.n, "unit": self.fit.n_unit})),
                (Sentence("Method"), self.fit.label),
                (Sentence("Why this method"), self.fit.why),
            ]
        if self.value.known:
            rows.append((Sentence("Worth so far"), self.value))
        if d.cost:
            rows.append((Sentence("Cost so far"), Quantity(d.cost, d.currency)))
        return Grid(Sentence("{change}: {kpi}", {"change": d.title, "kpi": d.kpi}),
                    (Sentence("Part"), Sentence("Answer")), tuple(rows))  # fmt: skip

    def group_grid(self) -> Grid:
        """The effect in every declared group, and who was hurt."""
        rows = [
            (f"{g.segment}: {g.value}", quantity(g.estimate, g.low, g.high, self.unit),
             Sentence("hurt") if g.hurt else Sentence("{reason}", {"reason": g.reason}) if g.reason else Sentence("not hurt"))
            for g in self.groups
        ]  # fmt: skip
        note = [
            Sentence("By {segment} the effects differ (p {p}).", {"segment": s.segment, "p": Quantity(s.p_same, "number")})
            if s.p_same < 0.05 else
            Sentence("By {segment} the effects cannot be told apart.", {"segment": s.segment})
            if math.isfinite(s.p_same) else
            Sentence("By {segment} no test says whether effects differ: {why}.", {"segment": s.segment, "why": s.reason or ""})
            for s in self.segments
        ]  # fmt: skip
        said = None
        for sentence in reversed(note):
            said = sentence if said is None else Sentence("{first} {rest}", {"first": sentence, "rest": said})
        return Grid(Sentence("The effect by group"), (Sentence("Group"), Sentence("Effect"), Sentence("Harm")),
                    tuple(rows), said)  # fmt: skip


def quantity(value: float, low: float, high: float, unit: str) -> Quantity:
    """A number with its interval, where it has one."""
    if math.isnan(value):
        return Quantity(value, unit, reason="there is no answer")
    if math.isnan(low) or math.isnan(high):
        return Quantity(value, unit)
    return Quantity(value, unit, low, high)
