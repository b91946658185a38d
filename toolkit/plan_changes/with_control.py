"""Those touched against those not touched: difference in differences by unit, errors clustered.

Every unit is brought to one value a period by the delta method, so that the mean over an arm is
exactly that arm's ratio of sums, and a unit not seen in a period counts as what it is: nothing of
nothing. Paths, leads and the two-wave comparison then all come from the same rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from toolkit.language import Quantity, Sentence, term
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Alternative, Fitted, PathPoint
from toolkit.plan_changes.one_series import series_alternatives
from toolkit.plan_changes.reading import CannotBeJudged, Panel
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import Difference, difference_in_differences, ratio_before_and_after
from toolkit.stats.event_study import EventStudy, event_study
from toolkit.stats.group_time_effects import Aggregate, aggregate, group_time_effects
from toolkit.stats.groups import OneEffect
from toolkit.stats.limits import critical
from toolkit.stats.two_way_effects import two_way_effect


@dataclass(frozen=True, eq=False)
class Compared:
    """What the checks of a comparison look into.

    Attributes
    ----------
    outcome
        Rows by period (R, T), linearised; nan in periods in which an arm was not seen.
    before, after
        Each row's value before and after (R,).
    study
        Leads and lags; None where they cannot be had.
    """

    difference: Difference
    outcome: np.ndarray = field(repr=False)
    before: np.ndarray = field(repr=False)
    after: np.ndarray = field(repr=False)
    panel: Panel = field(repr=False)
    study: EventStudy | None = field(default=None, repr=False)


def linearised(panel: Panel, other: bool = False) -> np.ndarray:
    """Each row's value by period (R, T): the arm's ratio plus what the row adds to it.

    Arms are the groups of rows that the change reached at the same time. nan where an arm's
    denominator is empty.
    """
    num, den = (panel.other_num, panel.other_den) if other else (panel.num, panel.den)
    out = np.full(num.shape, np.nan)
    for start in np.unique(panel.first):
        arm = panel.first == start
        total = den[arm].sum(axis=0)
        with np.errstate(divide="ignore", invalid="ignore"):
            value = num[arm].sum(axis=0) / total
            out[arm] = value + (num[arm] - value * den[arm]) / (total / arm.sum())
    return np.where(np.isfinite(out), out, np.nan)


def two_waves(panel: Panel, other: bool = False, level: float = 0.95, method: str = "auto") -> tuple:
    """Each row's value before and after, and the difference in differences of them."""
    num, den = (panel.other_num, panel.other_den) if other else (panel.num, panel.den)
    after = panel.after
    sums = [a[:, w].sum(axis=1) for w in (~after, after) for a in (num, den)]
    before, later = ratio_before_and_after(*sums, panel.treated)
    found = difference_in_differences(
        before, later, panel.treated, clusters=_codes(panel), level=level, method=method)
    return before, later, found


def _codes(panel: Panel) -> np.ndarray:
    return np.unique(panel.label.astype(str), return_inverse=True)[1]


def compared(panel: Panel, definition: PlanChange, why: Sentence) -> Fitted:
    """The effect on those touched, beyond what happened to the others.

    Raises
    ------
    CannotBeJudged
        An arm is empty before or after the change.
    """
    asked, panel = panel, _seen_in_both(panel)
    try:
        before, after, found = two_waves(panel, level=definition.level)
    except CannotBeEstimated as error:
        raise CannotBeJudged(Sentence("{reason}", {"reason": str(error)})) from None
    outcome = linearised(panel)
    study = _study(panel, outcome, definition.level)
    details = Compared(found, outcome, before, after, panel, study)
    return Fitted(
        "difference", _label(found, definition, panel), why, "control", found.effect, found.low, found.high,
        found.p_value, found.se, found.treated_before, found.treated_after, *_rests_on(definition, panel), found.df, path=_path(panel, study, found, definition),
        others=tuple(_others(panel, definition, found)), details=details, numbers={
            "control_before": found.control_before, "control_after": found.control_after,
            "periods_left_out": len(asked.periods) - len(panel.periods), "treated_clusters": found.treated_clusters, "control_clusters": found.control_clusters,
        },
        counted=float(panel.den[np.ix_(panel.treated, panel.after)].sum()),
    )  # fmt: skip


def _seen_in_both(panel: Panel) -> Panel:
    """Only periods in which both arms were seen."""
    arms = [panel.den[a].sum(axis=0) != 0 for a in (panel.treated, ~panel.treated)]
    kept = arms[0] & arms[1]
    after = panel.after
    for wave, name in ((~after, "before"), (after, "after")):
        if not (kept & wave).any():
            raise CannotBeJudged(Sentence(
                "in no period {name} the change were both the touched and the others seen", {"name": name}))
    return panel.kept(columns=kept)


def _study(panel: Panel, outcome: np.ndarray, level: float) -> EventStudy | None:
    try:
        return event_study(outcome, panel.treated, panel.change, clusters=_codes(panel), level=level)
    except CannotBeEstimated:
        return None


def _rests_on(definition: PlanChange, panel: Panel) -> tuple[int, str | Sentence]:
    """How many of what the effect rests on."""
    if panel.basis == "buckets":
        return int(panel.rows.sum()), Sentence("rows, in {n} buckets of units", {"n": definition.buckets})
    return len(panel.first), "units" if definition.errors_by else "rows"


def _label(found: Difference, definition: PlanChange, panel: Panel) -> Sentence:
    labels = {
        "welch": "difference in differences, errors by {by}",
        "cr2": "difference in differences, errors clustered by {by}",
        "cr1": "difference in differences, errors clustered by {by}",
        "cr2_exact": "difference in differences, few clusters of {by}, exact reference",
        "wild_bootstrap": "difference in differences, wild bootstrap by {by}",
        "permutation": "difference in differences, permutation of {by}",
    }
    by = term(definition.errors_by or "row")
    if panel.basis == "buckets":
        by = Sentence("{by} in {n} buckets", {"by": by, "n": definition.buckets})
    return Sentence(labels[found.method], {"by": by})


def _path(
    panel: Panel, study: EventStudy | None, found: Difference, definition: PlanChange
) -> tuple[PathPoint, ...]:
    """The touched, and what they would have been had they changed as the others did."""
    observed, other = panel.series(True), panel.series(False)
    shift = np.nanmean(observed[~panel.after]) - np.nanmean(other[~panel.after])
    out = []
    for t, period in enumerate(panel.periods):
        low = high = math.nan
        if study is not None and panel.after[t]:
            weights = np.where(study.before, -1.0 / study.before.sum(), 0.0)
            weights[t] += 1.0
            value, se, df = study.combination(weights)
            half = se * critical((1 - definition.level) / 2, df)
            low, high = observed[t] - value - half, observed[t] - value + half
        without = other[t] + shift
        if math.isfinite(low):
            low, high = min(low, without), max(high, without)
        out.append(PathPoint(period.start, float(observed[t]), float(without), low, high))
    return tuple(out)


def _others(panel: Panel, definition: PlanChange, found: Difference):
    """Every other method that applies."""
    for method, label in (
        ("cr1", "the same, Stata's cluster errors"), ("cr2", "the same, small-sample cluster errors"),
        ("wild_bootstrap", "the same, wild cluster bootstrap"),
    ):  # fmt: skip
        if method == found.method or (method == "wild_bootstrap" and len(set(panel.label)) > 100):
            continue
        try:
            other = two_waves(panel, level=definition.level, method=method)[2]
        except CannotBeEstimated:
            continue
        yield _difference(method, Sentence(label), other)
    yield from _balanced(panel, definition)
    try:
        fixed = two_way_effect(linearised(panel), panel.treated[:, None] & panel.after[None, :], clusters=_codes(panel))
        low, high = fixed.fit.interval(definition.level)
        yield Alternative("two_way", Sentence("two-way fixed effects, every period alike"), fixed.fit.estimate, low, high,
                          fixed.fit.p_value, {"se": fixed.fit.se})  # fmt: skip
    except CannotBeEstimated:
        pass
    yield from series_alternatives(panel, definition)
    yield Alternative("before_after", Sentence("before and after of the touched alone"), found.treated_after - found.treated_before)
    yield Alternative("after_only", Sentence("touched against others after the change"), found.treated_after - found.control_after)


def _balanced(panel: Panel, definition: PlanChange):
    """The mean over units seen in both waves, each counting once."""
    if panel.basis != "units":
        return
    with np.errstate(divide="ignore", invalid="ignore"):
        waves = [panel.num[:, w].sum(axis=1) / panel.den[:, w].sum(axis=1) for w in (~panel.after, panel.after)]
    try:
        found = difference_in_differences(*waves, panel.treated, clusters=_codes(panel), level=definition.level)
    except CannotBeEstimated:
        return
    yield _difference("balanced", Sentence("units seen before and after, each counting once"), found)
    means = difference_in_differences(
        *waves, panel.treated, clusters=_codes(panel), level=definition.level, units="all", method="cr1")
    yield _difference("four_means", Sentence("four means of units, Stata's cluster errors"), means)


def _difference(name: str, label: Sentence, d: Difference) -> Alternative:
    return Alternative(name, label, d.effect, d.low, d.high, d.p_value, {"se": d.se, "df": d.df})


def staggered(panel: Panel, definition: PlanChange, why: Sentence) -> Fitted:
    """Group-time effects where units got the change on different days.

    Raises
    ------
    CannotBeJudged
        Nobody was treated after the first period, or there is nobody to compare with.
    """
    outcome, labels = linearised(panel), _codes(panel)
    try:
        cells = group_time_effects(outcome, panel.first, clusters=labels)
        total: Aggregate = aggregate(cells, "simple", level=definition.level)
        by_event = aggregate(cells, "dynamic", level=definition.level)
    except CannotBeEstimated as error:
        raise CannotBeJudged(Sentence("{reason}", {"reason": str(error)})) from None
    fixed = two_way_effect(outcome, np.arange(outcome.shape[1])[None, :] >= panel.first[:, None], clusters=labels)
    low, high = fixed.fit.interval(definition.level)
    others = [
        Alternative("two_way", Sentence("two-way fixed effects: a contrast only, {share} of its weights are negative",
                    {"share": Quantity(fixed.negative_weight, "percent")}), fixed.fit.estimate, low, high, fixed.fit.p_value,
                    {"se": fixed.fit.se, "negative_weight": fixed.negative_weight}),
        Alternative("by_event_time", Sentence("mean over the time since the change"), by_event.effect, by_event.low,
                    by_event.high, by_event.p_value, {"se": by_event.se}),
    ]  # fmt: skip
    under = np.arange(outcome.shape[1])[None, :] >= panel.first[:, None]
    treated = panel.treated[:, None]
    level = [float(panel.num[m].sum() / panel.den[m].sum()) for m in (treated & ~under, treated & under)]
    return Fitted(
        "staggered", Sentence("group-time effects against those not reached yet, errors clustered by {by}", {
            "by": definition.errors_by or "row"}), why, "control", total.effect, total.low, total.high, total.p_value,
        total.se, *level, *_rests_on(definition, panel), total.df, others=tuple(others),
        details=(cells, by_event), counted=float(panel.den[under & treated].sum()),
        path=_staggered_path(panel, total),
    )  # fmt: skip


def group_time_total(panel: Panel, definition: PlanChange) -> OneEffect:
    """The group-time effects of one group of rows, added up.

    Raises
    ------
    CannotBeEstimated
        Nobody of the group was reached after the first period, or nobody is left to compare with.
    """
    cells = group_time_effects(linearised(panel), panel.first, clusters=_codes(panel))
    total = aggregate(cells, "simple", level=definition.level)
    return OneEffect(total.effect, total.se, total.df, total.low, total.high, total.p_value, int(panel.treated.sum()))


def _staggered_path(panel: Panel, total: Aggregate) -> tuple[PathPoint, ...]:
    observed = panel.series(True)
    under = (np.arange(len(panel.periods))[None, :] >= panel.first[panel.treated][:, None])
    den = panel.den[panel.treated]
    share = (den * under).sum(axis=0) / np.where(den.sum(axis=0) > 0, den.sum(axis=0), np.nan)
    return tuple(
        PathPoint(p.start, *map(float, (o, o - total.effect * s, o - total.high * s, o - total.low * s)))
        for p, o, s in zip(panel.periods, observed, share, strict=True)
    )
