"""Did the change work alike in every declared group, and was anybody hurt?

The same difference in differences in each group (new and existing customers, plans, regions). A
group with an effect beside one without is no evidence that they differ: `p_same` is the test of
that. Harm is claimed for a group only after Holm's correction for having looked at all of them.

Sources
-------
Welch (1951), Biometrika 38, 330-336: equality of means with unequal variances.
Holm (1979), Scandinavian Journal of Statistics 6, 65-70.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import isfinite, nan

import numpy as np
from scipy import stats

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import Difference, difference_in_differences
from toolkit.stats.limits import check_choice
from toolkit.stats.multiplicity import adjusted

BETTER = ("higher", "lower")


@dataclass(frozen=True)
class OneEffect:
    """An effect found by any method: in its unit, with error, degrees of freedom and interval.

    Attributes
    ----------
    df
        Degrees of freedom of the error; infinite for a normal reference.
    n
        Of what it rests on.
    """

    effect: float
    se: float
    df: float
    low: float
    high: float
    p_value: float
    n: int


@dataclass(frozen=True)
class GroupEffect:
    """The effect in one group.

    Attributes
    ----------
    group
        Its label.
    difference
        The difference in differences, or the effect by another method; None where it could not
        be had.
    p_harm
        One-sided p-value of "not hurt", corrected by Holm over all groups; nan without an effect.
    hurt
        Whether harm is claimed.
    reason
        Why there is no effect; None where there is one.
    """

    group: object
    difference: Difference | OneEffect | None
    p_harm: float
    hurt: bool
    reason: str | None


@dataclass(frozen=True)
class EffectsByGroup:
    """Effects in all groups and whether they differ.

    Attributes
    ----------
    groups
        One `GroupEffect` a group, in the order of their labels.
    p_same
        p-value of "the effect is the same in every group"; nan with `reason` where not testable.
    statistic, df
        Welch's F and its two degrees of freedom.
    hurt
        Labels of the groups hurt.
    reason
        Why there is no test.
    """

    groups: tuple[GroupEffect, ...]
    p_same: float
    statistic: float
    df: tuple[float, float]
    hurt: tuple[object, ...]
    reason: str | None


def effects_by_group(
    before: np.ndarray,
    after: np.ndarray,
    treated: np.ndarray,
    group: np.ndarray,
    *,
    better: str = "higher",
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    alpha: float = 0.05,
    seed: int = 0,
) -> EffectsByGroup:
    """The difference in differences in each group.

    Parameters
    ----------
    before, after, treated, clusters, weights
        Shape (n,), as in `toolkit.stats.differences.difference_in_differences`.
    group
        Shape (n,): each unit's group, known before the change.
    better
        Whether ``"higher"`` or ``"lower"`` values of the outcome are better.
    alpha
        Chance of claiming harm for any group when none was hurt; intervals are at 1 - alpha.
    seed
        Of random draws.
    """
    check_choice(better, BETTER, "better")
    before, after = np.asarray(before, dtype=float), np.asarray(after, dtype=float)
    treated, group = np.asarray(treated, dtype=bool), np.asarray(group)
    clusters = np.arange(len(group)) if clusters is None else np.asarray(clusters)
    found = []
    for label in np.unique(group):
        rows = group == label
        try:
            effect = difference_in_differences(
                before[rows], after[rows], treated[rows], clusters=clusters[rows],
                weights=None if weights is None else np.asarray(weights)[rows],
                level=1 - alpha, seed=seed,
            )
            found.append(GroupEffect(label.item(), effect, nan, False, None))
        except CannotBeEstimated as error:
            found.append(GroupEffect(label.item(), None, nan, False, str(error)))
    labels = {name: np.unique(clusters[group == name]) for name in np.unique(group)}
    shared = len(np.unique(clusters)) < sum(len(v) for v in labels.values())
    return judge_groups(tuple(found), better=better, alpha=alpha, independent=not shared)


def judge_groups(
    effects: tuple[GroupEffect, ...],
    *,
    better: str = "higher",
    alpha: float = 0.05,
    independent: bool = True,
) -> EffectsByGroup:
    """Who was hurt, and do the groups differ? For effects already estimated.

    Parameters
    ----------
    effects
        One a group; their `p_harm` and `hurt` are made anew.
    better, alpha
        As in `effects_by_group`.
    independent
        Whether no cluster has units in two groups; otherwise their effects go together and the
        test of sameness is not made.
    """
    check_choice(better, BETTER, "better")
    sign = -1.0 if better == "higher" else 1.0
    one_sided = [_p_harm(e.difference, sign) for e in effects]
    corrected = adjusted(one_sided, "holm") if effects else np.array([])
    judged = tuple(
        replace(e, p_harm=float(p), hurt=bool(p <= alpha))
        for e, p in zip(effects, corrected, strict=True)
    )
    p_same, statistic, df, reason = _same(judged, independent)
    hurt = tuple(e.group for e in judged if e.hurt)
    return EffectsByGroup(judged, p_same, statistic, df, hurt, reason)


def _p_harm(difference: Difference | OneEffect | None, sign: float) -> float:
    """One-sided p-value of harm: half the two-sided one where the effect points to harm."""
    if difference is None or not isfinite(difference.p_value):
        return nan
    half = difference.p_value / 2
    return half if sign * difference.effect > 0 else 1 - half


def _same(
    effects: tuple[GroupEffect, ...], independent: bool
) -> tuple[float, float, tuple[float, float], str | None]:
    """Welch's F that all effects are equal."""
    none = (nan, nan)
    usable = [e.difference for e in effects if e.difference is not None]
    usable = [d for d in usable if isfinite(d.se) and d.se > 0]
    k = len(usable)
    if k < 2:
        return nan, nan, none, "fewer than two groups have an effect with a standard error"
    if not independent:
        return nan, nan, none, "some clusters have units in several groups, so their effects mix"
    effect = np.array([d.effect for d in usable])
    weight = np.array([d.se**-2 for d in usable])
    free = np.array([_freedom(d) for d in usable])
    share = weight / weight.sum()
    gap = float(weight @ (effect - share @ effect) ** 2) / (k - 1)
    spread = float(np.sum((1 - share) ** 2 / free))
    statistic = gap / (1 + 2 * (k - 2) / (k**2 - 1) * spread)
    df = (float(k - 1), (k**2 - 1) / (3 * spread) if spread > 0 else np.inf)
    if not isfinite(df[1]):
        return float(stats.chi2.sf(statistic * df[0], df[0])), statistic, df, None
    return float(stats.f.sf(statistic, *df)), statistic, df, None


def _freedom(d: Difference | OneEffect) -> float:
    if isfinite(d.df) or isinstance(d, OneEffect):
        return d.df
    # the wild bootstrap has no degrees of freedom of its own: clusters less the two means
    return d.treated_clusters + d.control_clusters - 2
