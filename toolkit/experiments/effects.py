"""What a test found: every metric in every arm against the control, with what is needed to decide."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.experiments.definition import Experiment, Metric, segment_words, spoken
from toolkit.experiments.reading import Reading
from toolkit.experiments.samples import Kind
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Comparison, Interval
from toolkit.stats.mixes import SameMix
from toolkit.stats.noninferiority import MarginTest
from toolkit.stats.sample_ratio import SampleRatio
from toolkit.stats.stratified import Interaction, Reversal


@dataclass(frozen=True)
class Level:
    """One metric in one arm.

    `value` is the estimate with its interval in the metric's own terms; `n` units count, and
    `missing` rows were left out; `called` is the arm's name for people.
    """

    metric: Metric
    arm: str
    kind: Kind
    value: Interval
    n: float
    missing: int
    unit: str
    control: bool
    segment: tuple[str, str] | None = None
    called: str = ""

    @property
    def quantity(self) -> Quantity:
        """Value, interval and unit."""
        return _quantity(self.value.estimate, self.value.low, self.value.high, self.unit, self.value.reason)



@dataclass(frozen=True)
class Effect:
    """One metric in one arm against the control.

    Attributes
    ----------
    segment
        (column, value); None over all units.
    kind
        How it is compared.
    before, after
        The control's and the arm's own level.
    difference, relative
        The main answer, at the test's level, each with its own null: adjusted where covariates or
        strata are declared, always-valid where the test still runs.
    unadjusted
        The difference as it is without covariates and strata; the same where none are used.
    at_end
        The difference as it would count if this were the one planned look; the same where it is.
    shown
        `difference` with the narrowest interval, at the test's level or wider, that agrees with
        the decision after the correction for many looks.
    corrected
        `difference` at the level of the correction.
    p_adjusted, agreed, correction
        The corrected p, whether the effect still counts, and by which method.
    margin
        Held against the margin of a guardrail or primary metric; None where there is none.
    p_harm
        One-sided p of "worse by the margin at most", corrected over guardrails and arms.
    best, loss
        Chance of being the best arm, and what choosing it is expected to cost if it is not.
    visible
        The smallest effect a test of this size and spread would have shown, at 80 % power.
    carried
        Whether a single unit decides what is told; None where that is not asked. Neither the unit's
        value nor the difference without it is kept: with the difference, either tells the other.
    winsorised
        Where a unit carries it, the difference with extremes pulled in, if in every arm nobody or at
        least `min_cell` units lie beyond the cut.
    """

    metric: Metric
    arm: str
    control: str
    kind: Kind
    before: Level
    after: Level
    difference: Comparison
    relative: Comparison
    unadjusted: Comparison
    at_end: Comparison
    unit: str
    segment: tuple[str, str] | None = None
    shown: Comparison | None = None
    corrected: Comparison | None = None
    p_adjusted: float = math.nan
    agreed: bool = False
    correction: str = "none"
    margin: MarginTest | None = None
    p_harm: float = math.nan
    best: float = math.nan
    best_of_control: float = math.nan
    loss: float = math.nan
    visible: float = math.nan
    carried: bool | None = None
    winsorised: Comparison | None = None

    @property
    def quantity(self) -> Quantity:
        """The difference as it is shown."""
        c = self.shown or self.difference
        return _quantity(c.estimate, c.low, c.high, self.unit, c.reason)

    @property
    def change(self) -> Quantity:
        """The relative change."""
        c = self.relative
        return _quantity(c.estimate, c.low, c.high, "relative", c.reason)

    @property
    def towards(self) -> float:
        """The difference, positive where it is better."""
        return self.difference.estimate * (1 if self.metric.better == "higher" else -1)

    @property
    def better(self) -> bool:
        """Shown to be better, after the correction."""
        return self.agreed and self.towards > 0

    @property
    def worse(self) -> bool:
        """Shown to be worse, after the correction."""
        return self.agreed and self.towards < 0

    @property
    def variance_saved(self) -> float:
        """The share of the variance of the difference that adjusting really saved."""
        if self.at_end is self.unadjusted or not self.unadjusted.se > 0:
            return math.nan
        return 1 - (self.at_end.se / self.unadjusted.se) ** 2


@dataclass(frozen=True)
class EffectRow:
    """An effect as a plain row, for charts and tables.

    `worthwhile` and `margin` are positive, in the unit of `quantity`.
    """

    metric: str
    arm: str
    role: str
    quantity: Quantity
    relative: Quantity
    before: Quantity
    after: Quantity
    better: str
    segment: tuple[str, str] | None
    worthwhile: float | None
    margin: float | None
    tone: str


@dataclass(frozen=True)
class LevelRow:
    """A metric in one arm as a plain row."""

    metric: str
    arm: str
    quantity: Quantity
    control: bool
    n: float
    missing: int

    @property
    def tone(self) -> str:
        """What its mark says: the control is what the others are held against."""
        return "unknown" if not self.quantity.known else "past" if self.control else "us"


@dataclass(frozen=True)
class Segmented:
    """One metric and arm over the values of one segment column.

    `interaction` asks whether the effect is the same in every segment (`p_adjusted` over all such
    questions), `reversal` whether pooling turns it round; `adjusted` is the effect with the segments
    weighed alike, and `risk_ratio` Mantel and Haenszel's for a share. `hidden` segments are not
    among `effects`: too few are in them to be shown.
    """

    metric: Metric
    arm: str
    column: str
    effects: tuple[Effect, ...]
    interaction: Interaction
    p_adjusted: float
    reversal: Reversal
    adjusted: Comparison
    risk_ratio: Comparison | None = None
    hidden: int = 0


@dataclass(frozen=True)
class Balance:
    """Whether something said to be known before assignment looks the same in every arm."""

    column: str
    role: str
    p_value: float
    shared_with: str | None

    @property
    def trusted(self) -> bool:
        """False where it differs between arms beyond chance (p < .001), or a metric uses it."""
        return self.shared_with is None and not self.p_value < 0.001


@dataclass(frozen=True, repr=False)
class Effects(Shown):
    """The result of a test.

    Attributes
    ----------
    effects
        Metrics in the order of the definition, arms within.
    levels
        Every metric in every arm.
    segments
        By segment column, metric and arm.
    sample_ratio
        Units by arm against the intended split.
    balances
        Covariates, strata and segments held against assignment.
    used
        What the main answers are adjusted for, in words; empty where nothing is.
    not_used
        Why a declared covariate or stratum is not used.
    missing
        Metric -> whether as many rows are missing in every arm.
    filter_mix, filter_before
        Whether `where` keeps the same share of every arm, and the split before it; None where there
        is no `where`.
    """

    definition: Experiment
    reading: Reading
    effects: tuple[Effect, ...]
    levels: tuple[Level, ...]
    segments: tuple[Segmented, ...]
    sample_ratio: SampleRatio
    balances: tuple[Balance, ...] = ()
    used: str = ""
    not_used: tuple[str, ...] = ()
    missing: dict[str, SameMix] = field(default_factory=dict)
    filter_mix: SameMix | None = None
    filter_before: SampleRatio | None = None

    def __iter__(self) -> Iterator[Effect]:
        return iter(self.effects)

    def of(self, metric: str, arm: str | None = None) -> Effect:
        """One effect by its metric's name; the arm where there are several."""
        found = [e for e in self.effects if e.metric.name == metric and arm in (None, e.arm)]
        if len(found) != 1:
            choices = ", ".join(f"{e.metric.name} in {e.arm}" for e in self.effects)
            raise KeyError(f"{metric!r} and arm {arm!r} name {len(found)} effects; there are {choices}")
        return found[0]

    @property
    def title(self) -> Sentence:
        """What a chart of the effects shows."""
        return Sentence("{test}: difference to {control}, with its interval", {
            "test": self.definition.title, "control": self.definition.called(self.definition.control)})

    @property
    def level_title(self) -> Sentence:
        """What a chart of the levels shows."""
        return Sentence("{test}: every measure in each arm", {"test": self.definition.title})

    def rows(self, role: str | None = None) -> tuple[EffectRow, ...]:
        """Every metric and arm as plain rows; of one role where given."""
        return tuple(_row(e) for e in self.effects if role in (None, e.metric.role))

    def level_rows(self) -> tuple[LevelRow, ...]:
        """Every metric in every arm as plain rows."""
        return tuple(
            LevelRow(v.metric.title, v.called, v.quantity, v.control, v.n, v.missing) for v in self.levels
        )

    def segment_rows(self, column: str | None = None, metric: str | None = None) -> tuple[EffectRow, ...]:
        """Every segment's effect as plain rows; of one column or metric where given."""
        return tuple(
            _row(e) for s in self.segments for e in s.effects
            if column in (None, s.column) and metric in (None, s.metric.name)
        )

    def grid(self) -> Grid:
        """One row a metric and arm."""
        rows = tuple(
            (e.metric.title, e.after.called, e.before.quantity, e.after.quantity, e.quantity, e.change,
             _ROLES[e.metric.role])
            for e in self.effects
        )
        heads = ("Metric", "Arm", "Control", "With it", "Difference", "Relative change", "Role")
        return Grid(
            Sentence("{test}: each arm against {control}", {
                "test": self.definition.title, "control": self.definition.called(self.definition.control)}),
            tuple(Sentence(h) for h in heads), rows, self._note(),
        )

    def segment_grid(self) -> Grid:
        """One row a segment, metric and arm."""
        rows = tuple(
            (*segment_words(*e.segment), e.metric.title, e.after.called, e.before.quantity,
             e.after.quantity, e.quantity)
            for s in self.segments for e in s.effects
        )
        heads = ("By", "Segment", "Metric", "Arm", "Control", "With it", "Difference")
        hidden = sum(s.hidden for s in {s.column: s for s in self.segments}.values())
        note = Sentence(
            "{hidden} segment is not shown: fewer than {least} units are in it, or it would tell of another.",
            {"hidden": hidden, "least": self.definition.min_cell},
            "{hidden} segments are not shown: fewer than {least} units are in them, or they would tell of others.", "hidden",
        )  # fmt: skip
        return Grid(Sentence("Each segment by itself"), tuple(Sentence(h) for h in heads), rows, note if hidden else None)

    def _note(self) -> Sentence | None:
        if self.used:
            return Sentence("Differences are adjusted for {used}.", {"used": spoken(self.used)})
        return None


_ROLES = {
    "primary": Sentence("decides"),
    "guardrail": Sentence("must not get worse"),
    "exploratory": Sentence("informs"),
}


def _row(e: Effect) -> EffectRow:
    margin = e.metric.margin
    if e.metric.relative_margin is not None:
        margin = e.metric.relative_margin * abs(e.before.value.estimate)
        margin = None if math.isnan(margin) else margin
    return EffectRow(
        e.metric.title, e.after.called, e.metric.role, e.quantity, e.change, e.before.quantity, e.after.quantity,
        e.metric.better, e.segment, e.metric.worthwhile, margin or None, _tone(e),
    )  # fmt: skip


def _tone(e: Effect) -> str:
    q = e.quantity
    if not q.known or q.low is None:
        return "level" if q.known else "unknown"
    low, high = (q.low, q.high) if e.metric.better == "higher" else (-q.high, -q.low)
    return "better" if low > 0 else "worse" if high < 0 else "level"


def _quantity(value: float, low: float, high: float, unit: str, reason: str | None) -> Quantity:
    if math.isnan(value) or math.isnan(low) or math.isnan(high):
        return Quantity(value, unit, reason=reason)
    return Quantity(value, unit, low, high)
