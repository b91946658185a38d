"""Did the treated change more than the others? Difference in differences by unit.

Each unit is reduced to its mean before and its mean after (`before_and_after`), so that errors
that are correlated in time cannot fool anybody (Bertrand, Duflo & Mullainathan 2004, section
IV.C), and so that an engine's sums by unit suffice. A ratio of two sums becomes one change a unit
by `ratio_before_and_after`. Where an engine returns no more than number, mean and variance of the
units' changes in each arm, `toolkit.stats.means.difference` of the two is the same comparison.

Which error is used follows the number of clusters (`method_for`); all are two-sided.

Sources
-------
Bertrand, Duflo & Mullainathan (2004), QJE 119(1), 249-275.
Card & Krueger (1994), AER 84(4), 772-793, table 3.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import nan

import numpy as np

from toolkit.stats.cluster_errors import (
    CannotBeEstimated,
    ClusterSums,
    cluster_sums,
    clustered_estimate,
)
from toolkit.stats.few_clusters import cluster_permutation, exact_reference
from toolkit.stats.limits import check_choice, check_level
from toolkit.stats.means import MeanMoments
from toolkit.stats.means import difference as mean_difference
from toolkit.stats.wild_bootstrap import FEWEST_TREATED, wild_cluster_bootstrap

METHODS = ("welch", "cr1", "cr2", "cr2_exact", "wild_bootstrap", "permutation")
UNITS = ("both", "all")
MANY_CLUSTERS = 40


@dataclass(frozen=True)
class Difference:
    """A difference in differences with its interval.

    Attributes
    ----------
    effect
        Change of the treated less change of the others, in the unit of the outcome.
    low, high, level
        The interval and its level.
    p_value
        Two-sided, of no effect.
    se, df
        Standard error and degrees of freedom; nan where the method has none (permutation), and df
        is nan for the wild bootstrap.
    treated_before, treated_after, control_before, control_after
        The four means.
    treated_units, control_units
        Units used.
    treated_clusters, control_clusters
        Clusters with at least one treated (untreated) unit.
    method
        One of `METHODS`.
    reason
        Why this method, as a clause.
    """

    effect: float
    low: float
    high: float
    level: float
    p_value: float
    se: float
    df: float
    treated_before: float
    treated_after: float
    control_before: float
    control_after: float
    treated_units: int
    control_units: int
    treated_clusters: int
    control_clusters: int
    method: str
    reason: str


def method_for(treated: int, control: int) -> tuple[str, str]:
    """The method that keeps its promises with so many treated and untreated clusters, and why.

    One cluster in an arm: permutation. Two or three: CR2 against its exact reference. Fewer than
    40 in all: wild cluster bootstrap. Otherwise CR2 with Bell-McCaffrey degrees of freedom.
    """
    fewest, total = min(treated, control), treated + control
    if fewest < 1:
        raise CannotBeEstimated(
            f"a difference in differences needs treated and untreated units; here are {treated} "
            f"treated and {control} untreated clusters"
        )
    if fewest == 1:
        return "permutation", f"{treated} treated and {control} untreated clusters"
    if fewest < FEWEST_TREATED:
        return "cr2_exact", f"only {fewest} clusters in one arm: their equal spread is assumed"
    if total < MANY_CLUSTERS:
        return "wild_bootstrap", f"{total} clusters, fewer than {MANY_CLUSTERS}"
    return "cr2", f"{total} clusters"


def before_and_after(
    outcome: np.ndarray, after: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Each unit's mean before and after, from a unit x period array.

    Parameters
    ----------
    outcome
        Shape (n, T); nan where a unit was not seen.
    after
        Shape (T,), True for periods after the change.

    Returns
    -------
    tuple
        Two arrays of shape (n,); nan for a unit not seen before (after).
    """
    outcome = np.asarray(outcome, dtype=float)
    after = np.asarray(after, dtype=bool)
    if outcome.ndim != 2 or outcome.shape[1] != len(after):
        raise ValueError(
            f"outcome must be units x {len(after)} periods, not of shape {outcome.shape}"
        )
    if after.all() or not after.any():
        raise CannotBeEstimated("there must be periods before and after the change")
    return _row_means(outcome[:, ~after]), _row_means(outcome[:, after])


def _row_means(values: np.ndarray) -> np.ndarray:
    seen = np.isfinite(values)
    count = seen.sum(axis=1)
    total = np.where(seen, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), nan)


def ratio_before_and_after(
    numerator_before: np.ndarray,
    denominator_before: np.ndarray,
    numerator_after: np.ndarray,
    denominator_after: np.ndarray,
    treated: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """A value before and after for each unit of a ratio of two sums, by the delta method.

    Their mean over an arm is exactly that arm's ratio, and their variance over units that of the
    ratio: feed them to `difference_in_differences` as before and after. A unit not seen in a wave
    has numerator and denominator 0 there and still counts: so an unbalanced panel of means is the
    ratio with denominator 1 where seen.

    Parameters
    ----------
    numerator_before, denominator_before, numerator_after, denominator_after
        Shape (n,): sums by unit.
    treated
        Shape (n,), boolean.
    """
    treated = np.asarray(treated, dtype=bool)
    waves = ((numerator_before, denominator_before), (numerator_after, denominator_after))
    values = np.zeros((2, len(treated)))
    for arm, name in ((treated, "treated"), (~treated, "untreated")):
        for wave, (numerator, denominator) in enumerate(waves):
            top = np.asarray(numerator, dtype=float)[arm]
            bottom = np.asarray(denominator, dtype=float)[arm]
            if not bottom.sum() > 0:
                when = ("before", "after")[wave]
                raise CannotBeEstimated(f"the {name} have an empty denominator {when} the change")
            ratio = top.sum() / bottom.sum()
            values[wave, arm] = ratio + (top - ratio * bottom) / bottom.mean()
    return values[0], values[1]


def difference_in_differences(
    before: np.ndarray,
    after: np.ndarray,
    treated: np.ndarray,
    *,
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    units: str = "both",
    method: str = "auto",
    level: float = 0.95,
    seed: int = 0,
) -> Difference:
    """The difference in differences of unit means.

    Parameters
    ----------
    before, after
        Shape (n,): each unit's mean before and after; nan where not seen.
    treated
        Shape (n,), boolean.
    clusters
        Shape (n,): labels of a coarser level within which units move together (team, region).
        None: each unit for itself.
    weights
        Shape (n,): weight of each unit. None: all 1.
    units
        ``"both"``: units seen before and after. ``"all"``: every unit counts in the wave it was
        seen in (four means).
    method
        ``"auto"`` (`method_for`) or one of `METHODS`.
    level, seed
        Of the interval; of the random draws.

    Raises
    ------
    CannotBeEstimated
        Where an arm is empty, or the method cannot serve so few clusters.
    """
    check_choice(units, UNITS, "units")
    check_level(level)
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    treated = np.asarray(treated, dtype=bool)
    n = len(treated)
    clusters = np.arange(n) if clusters is None else np.asarray(clusters)
    weights = np.ones(n) if weights is None else np.asarray(weights, dtype=float)
    if not len(before) == len(after) == len(clusters) == len(weights) == n:
        raise ValueError("before, after, treated, clusters and weights must have the same length")
    seen_before, seen_after = np.isfinite(before), np.isfinite(after)
    if units == "both":
        seen_before = seen_after = seen_before & seen_after
    used = (seen_before | seen_after) & (weights > 0)
    seen_before, seen_after = seen_before & used, seen_after & used
    change = after - before
    cells = _cell_means(before, after, treated, weights, seen_before, seen_after)
    if units == "both":
        design = np.column_stack([np.ones(used.sum()), treated[used]])
        sums = cluster_sums(change[used], design, clusters[used], weights[used])
        contrast = np.array([0.0, 1.0])
    else:
        y = np.r_[before[seen_before], after[seen_after]]
        arm = np.r_[treated[seen_before], treated[seen_after]].astype(float)
        wave = np.r_[np.zeros(seen_before.sum()), np.ones(seen_after.sum())]
        design = np.column_stack([np.ones(len(y)), arm, wave, arm * wave])
        sums = cluster_sums(
            y, design, np.r_[clusters[seen_before], clusters[seen_after]],
            np.r_[weights[seen_before], weights[seen_after]],
        )
        contrast = np.array([0.0, 0.0, 0.0, 1.0])
    arms = tuple(len(np.unique(clusters[used & side])) for side in (treated, ~treated))
    if method == "auto":
        method, reason = method_for(*arms)
        single = len(np.unique(clusters[used])) == used.sum() and np.ptp(weights[used]) == 0
        if method == "cr2" and single and units == "both":
            method = "welch"
    else:
        reason = "chosen by the caller"
    check_choice(method, METHODS, "method")
    if method == "permutation" and len(np.unique(clusters[used])) != sum(arms):
        raise CannotBeEstimated("a permutation needs clusters wholly treated or wholly untreated")
    counts = int((used & treated).sum()), int((used & ~treated).sum())
    if method == "welch":
        if counts != arms or np.ptp(weights[used]) > 0 or units != "both":
            raise CannotBeEstimated(
                "Welch's comparison is for independent, equally weighted units seen twice"
            )
        arms_moments = _moments(change[used & ~treated]), _moments(change[used & treated])
        plain = mean_difference(*arms_moments, level=level)
        if not plain.defined:
            raise CannotBeEstimated(plain.reason)
        answer = plain.estimate, plain.low, plain.high, plain.p_value, plain.se, plain.df
    else:
        answer = _answer(method, sums, contrast, arms, level, seed)
    effect, low, high, p_value, se, df = answer
    return Difference(
        effect, low, high, level, p_value, se, df, *cells, *counts, *arms, method, reason
    )


def _cell_means(before, after, treated, weights, seen_before, seen_after) -> tuple[float, ...]:
    out = []
    for arm, name in ((treated, "treated"), (~treated, "untreated")):
        for values, seen, when in ((before, seen_before, "before"), (after, seen_after, "after")):
            cell = arm & seen
            if not cell.any():
                raise CannotBeEstimated(f"no {name} unit was seen {when} the change")
            out.append(float(np.average(values[cell], weights=weights[cell])))
    return tuple(out)


def _moments(changes: np.ndarray) -> MeanMoments:
    variance = float(changes.var(ddof=1)) if len(changes) > 1 else nan
    return MeanMoments(len(changes), float(changes.mean()), variance)


def _answer(
    method: str, sums: ClusterSums, contrast: np.ndarray, arms: tuple[int, int], level: float,
    seed: int,
) -> tuple[float, float, float, float, float, float]:
    """Effect, low, high, p-value, se and df by one method."""
    if method == "permutation":
        # one change a cluster: its weighted mean; wholly treated clusters carry x = (1, 1)
        weight = sums.gram[:, 0, 0]
        if len(contrast) == 4:
            raise CannotBeEstimated("a permutation needs units seen before and after")
        arm = sums.gram[:, 0, 1] > 0
        few = cluster_permutation(
            sums.cross[:, 0] / weight, arm, weights=weight, level=level, seed=seed
        )
        return few.estimate, few.low, few.high, few.p_value, nan, nan
    fit = clustered_estimate(sums, contrast, "CR1" if method == "cr1" else "CR2")
    if method == "cr2_exact":
        few = exact_reference(sums, contrast, level=level)
        return few.estimate, few.low, few.high, few.p_value, fit.se, fit.df
    if method == "wild_bootstrap":
        wild = wild_cluster_bootstrap(
            sums, contrast, level=level, seed=seed, clusters_by_arm=arms
        )
        return wild.estimate, wild.low, wild.high, wild.p_value, fit.se, nan
    return fit.estimate, *fit.interval(level), fit.p_value, fit.se, fit.df
