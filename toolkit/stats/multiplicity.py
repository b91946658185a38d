"""With many metrics and arms looked at, which results still count, and how wide are they?

Holm keeps the chance of *any* false claim; Benjamini-Hochberg the share of false ones among
the claims. `adjusted_comparisons` gives intervals that agree with the adjusted decision: one
excludes its null exactly when its hypothesis is rejected.

p values of nan (no data) stay nan and do not count as looks.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.comparisons import Comparison
from toolkit.stats.limits import check_choice, check_level

METHODS = ("bonferroni", "holm", "hommel", "bh", "by")
INTERVAL_METHODS = ("bonferroni", "holm", "bh", "by")


def adjusted(p_values: ArrayLike, method: str = "holm") -> np.ndarray:
    """What is each p worth, given how many were looked at?

    Parameters
    ----------
    p_values : array of shape (m,)
        Between 0 and 1; nan is left out of the family.
    method : str
        "bonferroni"; "holm" (Holm 1979); "hommel" (Hommel 1988; tests independent or
        positively dependent) for the chance of any false claim. "bh" (Benjamini & Hochberg
        1995), "by" (Benjamini & Yekutieli 2001, any dependence) for the share of false claims.

    Returns
    -------
    array of shape (m,)
        Reject at alpha where the adjusted p is at most alpha.
    """
    check_choice(method, METHODS, "method")
    given = np.asarray(p_values, dtype=float)
    if given.ndim != 1:
        raise ValueError(f"p values come in one row, not in shape {given.shape}.")
    known = ~np.isnan(given)
    p = given[known]
    if ((p < 0) | (p > 1)).any():
        raise ValueError(f"p values must lie between 0 and 1: {p[(p < 0) | (p > 1)].tolist()}.")
    result = np.full(given.shape, math.nan)
    m = len(p)
    if m == 0:
        return result
    order = np.argsort(p, kind="stable")
    ranked = p[order]
    rank = np.arange(1, m + 1)
    if method == "bonferroni":
        steps = m * ranked
    elif method == "holm":
        steps = np.maximum.accumulate((m - rank + 1) * ranked)
    elif method == "hommel":
        steps = _hommel(ranked)
    else:
        factor = (1 / rank).sum() if method == "by" else 1.0
        steps = np.minimum.accumulate((factor * m / rank * ranked)[::-1])[::-1]
    back = np.empty(m)
    back[order] = np.minimum(steps, 1.0)
    result[known] = back
    return result


def _hommel(ranked: np.ndarray) -> np.ndarray:
    """Closed Simes test of sorted p by its definition.

    The adjusted p of a hypothesis is the largest Simes p over all sets that contain it; among
    sets of one size that is reached by the hypothesis with the largest p of all.
    """
    m = len(ranked)
    result = ranked.copy()
    for size in range(1, m + 1):
        top = ranked[m - size + 1 :]
        simes_of_top = (size * top / np.arange(2, size + 1)).min() if size > 1 else math.inf
        # Members below the set's other elements come first, with factor `size`.
        outside = np.minimum(size * ranked[: m - size + 1], simes_of_top)
        result[: m - size + 1] = np.maximum(result[: m - size + 1], outside)
        if size > 1:
            whole = (size * ranked[m - size :] / np.arange(1, size + 1)).min()
            result[m - size + 1 :] = np.maximum(result[m - size + 1 :], whole)
    return result


@dataclass(frozen=True)
class Levels:
    """Adjusted p, decision and interval level of each hypothesis, in the order given."""

    method: str
    alpha: float
    adjusted: tuple[float, ...]
    rejected: tuple[bool, ...]
    levels: tuple[float, ...]


def interval_levels(
    p_values: ArrayLike, method: str = "holm", *, alpha: float = 0.05
) -> Levels:
    """At which level does each interval agree with the adjusted decision?

    Provided p and interval are of the same test, the interval at the returned level excludes
    the null exactly where the hypothesis is rejected.

    "bonferroni": 1 - alpha / m for all, jointly right with probability 1 - alpha.
    "holm": the same, but what Holm rejects and Bonferroni does not gets its step level
    1 - alpha / (m - rank + 1), the widest that agrees. Each interval alone misses at most
    alpha of the time, a true null is excluded anywhere at most alpha of the time; jointly over
    all hypotheses the intervals miss less than 2 alpha of the time.
    "bh", "by": 1 - alpha R / m for R rejections (R at least 1; "by" divides alpha by the sum
    of 1/i): the false coverage rate of the selected intervals is at most alpha (Benjamini &
    Yekutieli 2005, JASA 100:71).
    """
    check_choice(method, INTERVAL_METHODS, "method")
    check_level(alpha, "alpha")
    given = np.asarray(p_values, dtype=float)
    changed = adjusted(given, method)
    known = ~np.isnan(given)
    rejected = known & (np.nan_to_num(changed, nan=2.0) <= alpha)
    m = max(1, int(known.sum()))
    spent = np.full(given.shape, alpha / m)
    if method == "holm":
        order = np.argsort(np.where(known, given, np.inf), kind="stable")
        step = np.empty(len(given))
        step[order] = alpha / np.maximum(m - np.arange(len(given)), 1)
        late = rejected & (given > alpha / m)
        spent[late] = step[late]
    elif method in ("bh", "by"):
        share = alpha / (1 / np.arange(1, m + 1)).sum() if method == "by" else alpha
        spent[:] = share * max(1, int(rejected.sum())) / m
    return Levels(
        method,
        alpha,
        tuple(changed.tolist()),
        tuple(bool(r) for r in rejected),
        tuple((1 - spent).tolist()),
    )


@dataclass(frozen=True)
class AdjustedComparison:
    """A comparison with its interval at the corrected level, its adjusted p and the decision."""

    comparison: Comparison
    p_adjusted: float
    rejected: bool
    method: str
    alpha: float


def adjusted_comparisons(
    comparisons: Sequence[Comparison], method: str = "holm", *, alpha: float = 0.05
) -> tuple[AdjustedComparison, ...]:
    """Which of these comparisons still count together, with intervals that say the same?

    The p adjusted is each interval's own (`p_against` its null value), so that a rejected
    hypothesis always has an interval without its null and no other has. For shares it may
    differ at the border from the pooled z's p in `comparison.p_value`.
    """
    own = [c.p_against(c.null_value) for c in comparisons]
    found = interval_levels(own, method, alpha=alpha)
    return tuple(
        AdjustedComparison(c.at(level), p, rejected, method, alpha)
        for c, p, rejected, level in zip(
            comparisons, found.adjusted, found.rejected, found.levels, strict=True
        )
    )
