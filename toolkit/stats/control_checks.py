"""Should one believe an effect found by comparison with a control group?

Each check returns its number, its limit and how often it fails where nothing is wrong. A failed
check is a named reason for doubt, not a proof of error; None means that it does not apply here.

Sources
-------
Angrist & Pischke (2009), Mostly Harmless Econometrics, section 5.2: leads, placebo outcomes.
Roth (2022), AER: Insights 4(3), 305-322: what a passed test of leads is worth.
Kitagawa (1955), JASA 50(272), 1168-1194: the part of a difference that is mix.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import Difference, before_and_after, difference_in_differences
from toolkit.stats.event_study import EventStudy, lead_test, pre_trend
from toolkit.stats.limits import p_from_statistic

ALARM = 0.05
FAKE_DATES = 3
# Leaving out one cluster may take away this share of the effect before it hangs on that cluster.
LARGEST_LOSS = 0.5
# A shift of mix below this share of the effect is left alone even where it is certain.
SMALLEST_MIX = 0.1

# Share of panels in which a check fails where nothing is wrong, the largest over 6, 12 and 40
# clusters, half and a third treated, autocorrelation 0 and .6, rounded up: measured by
# `python benchmarks/calibrate_differences.py`, 1,000 panels a design (the untouched outcome 2,000:
# it is the false claims of the effects). One cluster: of effects that were claimed.
FALSE_ALARM_RATES = {
    "parallel before": 0.07,
    "fake dates before": 0.08,
    "no anticipation": 0.06,
    "untouched outcome": 0.07,
    "same mix": 0.06,
    "no single cluster decides": 0.01,
}


@dataclass(frozen=True)
class ControlCheck:
    """A named reason for doubt.

    Attributes
    ----------
    name
        A key of `FALSE_ALARM_RATES`.
    passed
        None: the check does not apply here, and `detail` says why.
    number, limit
        What was found and what it was held against; nan where it does not apply.
    detail
        The plain sentence.
    false_alarm_rate
        How often the check fails where nothing is wrong.
    """

    name: str
    passed: bool | None
    number: float
    limit: float
    detail: str
    false_alarm_rate: float

    def __post_init__(self) -> None:
        if self.name not in FALSE_ALARM_RATES:
            raise ValueError(f"no false-alarm rate was measured for a check named {self.name!r}")


def _check(name: str, passed: bool, number: float, limit: float, detail: str) -> ControlCheck:
    return ControlCheck(
        name, bool(passed), float(number), limit, detail, FALSE_ALARM_RATES[name]
    )


def _inapplicable(name: str, why: str) -> ControlCheck:
    return ControlCheck(name, None, nan, nan, why, FALSE_ALARM_RATES[name])


def parallel_before(study: EventStudy) -> ControlCheck:
    """Did both groups move alike before the change? Number: p-value of the leads.

    The sentence adds the drift that would explain the whole effect and whether it is ruled out: a
    passed test with a drift that is not ruled out proves little.
    """
    name = "parallel before"
    try:
        test, drift = lead_test(study), pre_trend(study)
    except CannotBeEstimated as error:
        return _inapplicable(name, str(error))
    ruled = "is ruled out" if drift.ruled_out else "cannot be ruled out"
    return _check(
        name, not test.p_value < ALARM, test.p_value, ALARM,
        f"the gap drifted by {drift.slope:.3g} a period before ({drift.low:.3g} to "
        f"{drift.high:.3g}); {drift.explains:.3g} a period would explain the whole effect and "
        f"{ruled}",
    )


def fake_dates(
    outcome: np.ndarray,
    treated: np.ndarray,
    first_after: int,
    *,
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    dates: int = FAKE_DATES,
    seed: int = 0,
) -> ControlCheck:
    """Would a change on a date when nothing happened have been found too?

    Difference in differences at evenly spread dates before the change, from periods before it
    only. Number: the smallest of their p-values times the number of dates.
    """
    name = "fake dates before"
    past = np.asarray(outcome, dtype=float)[:, :first_after]
    places = np.unique(np.linspace(2, first_after - 2, dates).round().astype(int))
    places = places[(places >= 2) & (places <= first_after - 2)]
    found = {}
    for place in places.tolist():
        after = np.arange(first_after) >= place
        try:
            found[place] = difference_in_differences(
                *before_and_after(past, after), treated, clusters=clusters, weights=weights,
                seed=seed,
            )
        except CannotBeEstimated:
            continue  # a date at which too few units were seen on both sides cannot alarm
    if not found:
        return _inapplicable(name, f"{first_after} periods before leave no fake date to compare")
    place, worst = min(found.items(), key=lambda item: item[1].p_value)
    number = min(1.0, worst.p_value * len(found))
    return _check(
        name, not number < ALARM, number, ALARM,
        f"of {len(found)} dates when nothing happened, the largest effect is {worst.effect:.3g} "
        f"({worst.low:.3g} to {worst.high:.3g}), {first_after - place} periods before the change",
    )


def anticipation(study: EventStudy, periods: int = 1) -> ControlCheck:
    """Did the treated react before the change? Number: p-value of the last periods before.

    The last `periods` before are compared with the earlier ones.
    """
    name = "no anticipation"
    last = study.before & (study.event_time >= -periods)
    earlier = study.before & ~last
    if not earlier.any():
        return _inapplicable(name, f"no periods lie before the last {periods} before the change")
    value, se, df = study.combination(last / last.sum() - earlier / earlier.sum())
    if not se > 0:
        return _inapplicable(name, "the periods before do not vary")
    p_value = p_from_statistic(value / se, df)
    return _check(
        name, not p_value < ALARM, p_value, ALARM,
        f"in the last {periods} before the change the gap was {value:.3g} off the earlier ones",
    )


def untouched_outcome(placebo: Difference) -> ControlCheck:
    """Did an outcome that the change should not touch move too? Number: its p-value."""
    name = "untouched outcome"
    if not np.isfinite(placebo.p_value):
        return _inapplicable(name, "the untouched outcome does not vary")
    return _check(
        name, not placebo.p_value < ALARM, placebo.p_value, ALARM,
        f"the outcome that should not move changed by {placebo.effect:.3g} "
        f"({placebo.low:.3g} to {placebo.high:.3g})",
    )


def mix_shift(counts: np.ndarray, values: np.ndarray, effect: float) -> ControlCheck:
    """Did the groups' mix of customers shift differently, and how much of the effect is that?

    Parameters
    ----------
    counts
        Shape (2, 2, S): units by arm (untreated, treated), wave (before, after) and stratum.
        The four samples are taken as independent.
    values
        Shape (S,): the outcome's mean in each stratum before the change, all arms together.
    effect
        The effect found, in the same unit.

    Returns
    -------
    ControlCheck
        Number: what the shift alone would have moved, as a share of the effect. It fails where
        that is above `SMALLEST_MIX` and more than chance explains.
    """
    name = "same mix"
    counts = np.asarray(counts, dtype=float)
    values = np.asarray(values, dtype=float)
    if counts.ndim != 3 or counts.shape[:2] != (2, 2) or counts.shape[2] != len(values):
        raise ValueError(f"counts must be 2 x 2 x {len(values)}, not {counts.shape}")
    size = counts.sum(axis=2)
    if (size < 2).any() or effect == 0 or not np.isfinite(effect):
        return _inapplicable(name, "an arm has fewer than 2 units in a wave, or there is no effect")
    shares = counts / size[:, :, None]
    means = shares @ values
    variance = (shares @ values**2 - means**2) / (size - 1)
    moved = float((means[1, 1] - means[1, 0]) - (means[0, 1] - means[0, 0]))
    se = float(np.sqrt(variance.sum()))
    p_value = p_from_statistic(moved / se) if se > 0 else 1.0
    number = abs(moved / effect)
    return _check(
        name, not (p_value < ALARM and number > SMALLEST_MIX), number, SMALLEST_MIX,
        f"the shift in mix alone would have moved the outcome by {moved:.3g}, against an effect of "
        f"{effect:.3g} (p {p_value:.2g})",
    )


def leave_one_cluster_out(
    before: np.ndarray,
    after: np.ndarray,
    treated: np.ndarray,
    found: Difference,
    *,
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> ControlCheck:
    """Does the effect hang on one cluster? Number: the share of it lost without that cluster.

    It applies where an effect was found (the interval is on one side of 0) and at least two
    clusters would be left in each arm.
    """
    name = "no single cluster decides"
    if found.low <= 0 <= found.high:
        return _inapplicable(name, "no effect was found that could hang on one cluster")
    if min(found.treated_clusters, found.control_clusters) < 3:
        return _inapplicable(name, "leaving one out needs at least 3 clusters in each arm")
    effects = effects_without_each(before, after, treated, clusters=clusters, weights=weights)
    worst = max(effects, key=lambda label: 1 - effects[label] / found.effect)
    number = 1 - effects[worst] / found.effect
    return _check(
        name, number <= LARGEST_LOSS, number, LARGEST_LOSS,
        f"without {worst} the effect is {effects[worst]:.3g} rather than {found.effect:.3g}",
    )


def effects_without_each(
    before: np.ndarray,
    after: np.ndarray,
    treated: np.ndarray,
    *,
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> dict[object, float]:
    """Cluster -> the difference in differences of units seen twice without that cluster."""
    change = np.asarray(after, dtype=float) - np.asarray(before, dtype=float)
    treated = np.asarray(treated, dtype=bool)
    clusters = np.arange(len(change)) if clusters is None else np.asarray(clusters)
    weights = np.ones(len(change)) if weights is None else np.asarray(weights, dtype=float)
    seen = np.isfinite(change) & (weights > 0)
    labels, code = np.unique(clusters[seen], return_inverse=True)
    out = np.zeros(len(labels))
    for sign, arm in ((1.0, treated[seen]), (-1.0, ~treated[seen])):
        weight = np.bincount(code, weights=weights[seen] * arm, minlength=len(labels))
        total = np.bincount(code, weights=(weights * change)[seen] * arm, minlength=len(labels))
        left = weight.sum() - weight
        out += sign * np.divide(
            total.sum() - total, left, out=np.full(len(labels), nan), where=left > 0
        )
    return dict(zip(labels.tolist(), out.tolist(), strict=True))
