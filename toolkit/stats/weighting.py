"""How should answers be weighted, so that they look like the people asked about?

Raking to known margins with convergence proved, weights held within bounds while they still meet
every margin, post-stratification, and the same mix for every group (direct standardisation).

Sources
-------
Deming & Stephan (1940), Annals of Mathematical Statistics 11, 427-444: iterative proportional
fitting. Ireland & Kullback (1968), Biometrika 55, 179-188: it minimises the discrimination
information. Deville, Sarndal & Sautory (1993), JASA 88, 1013-1020: raking with bounded weights.
Kitagawa (1964), Standardized comparisons in population research: direct standardisation.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.survey_design import kish

TOLERANCE = 1e-9
MOST_SWEEPS = 2_000


class CannotBeWeighted(ValueError):
    """The margins cannot be met; the sentence says which, and why."""


@dataclass(frozen=True)
class Raked:
    """Weights that meet every margin.

    Attributes
    ----------
    weights : array (n,)
        They add up to the sum of the weights given.
    sweeps : int
        How often all margins were gone through.
    gap : float
        The largest distance, over all levels of all margins, of a share from its target; at most
        the tolerance, which is the proof of convergence.
    trimmed : int
        Answers held at a bound.
    n_effective : float
        Kish's, of the new weights.
    """

    weights: np.ndarray
    sweeps: int
    gap: float
    trimmed: int
    n_effective: float


def rake(
    weights: ArrayLike,
    margins: Mapping[str, tuple[ArrayLike, Mapping[object, float]]],
    *,
    most: float | None = None,
    least: float | None = None,
    tolerance: float = TOLERANCE,
    sweeps: int = MOST_SWEEPS,
) -> Raked:
    """Weights nearest to those given whose shares are the margins'.

    Parameters
    ----------
    weights : array (n,)
        Finite and above 0.
    margins
        Name -> (label of each answer, label -> share or count). A margin's targets are taken in
        proportion.
    most, least
        Bounds of a weight, as multiples of the mean weight. The result is the nearest set of weights
        within them that meets all margins, not a raked one cut afterwards.
    tolerance
        The largest distance of a share from its target that counts as met.

    Raises
    ------
    CannotBeWeighted
        A level that nobody answered, an answer without a target, or no convergence: named.
    """
    start = np.asarray(weights, dtype=float)
    if not (np.isfinite(start) & (start > 0)).all() or not len(start):
        raise ValueError("weights must be finite and above 0.")
    if not margins:
        raise ValueError("raking needs at least one margin.")
    if most is not None and not most > 1:
        raise ValueError(f"most is {most}: the largest weight is more than 1 time the mean.")
    if least is not None and not 0 <= least < 1:
        raise ValueError(f"least is {least}: the smallest weight is less than 1 time the mean.")
    parts = _checked(margins, len(start))
    total = float(start.sum())
    bounds = None
    if most is not None or least is not None:
        mean = total / len(start)
        bounds = (mean * (least or 0.0), mean * (math.inf if most is None else most))
    factors = [np.ones(len(shares)) for _, _, _, shares in parts]
    w, gap, worst = start, math.inf, ""
    for sweep in range(1, sweeps + 1):
        with np.errstate(all="ignore"):
            for i, (_, code, _, shares) in enumerate(parts):
                free = start * _product(factors, parts, but=i)
                factors[i] = _factors(free, code, shares * total, bounds, factors[i])
            w = start * _product(factors, parts)
        if bounds is not None:
            w = np.clip(w, *bounds)
        if not (np.isfinite(w).all() and w.sum() > 0):
            break  # factors run away from each other where margins contradict
        gap, worst = _largest_gap(w, parts)
        if gap <= tolerance:
            held = 0 if bounds is None else int(((w <= bounds[0]) | (w >= bounds[1])).sum())
            return Raked(w, sweep, gap, held, kish(w))
    if bounds is not None:
        raise CannotBeWeighted(
            f"raking does not converge within the bounds of the weights: after {sweep} sweeps "
            f"{worst} is still off by {gap:.2g}"
        )
    raise CannotBeWeighted(
        f"raking does not converge: after {sweep} sweeps {worst} is still off by {gap:.2g}"
    )


def post_stratified(
    weights: ArrayLike, strata: ArrayLike, targets: Mapping[object, float]
) -> Raked:
    """Weights whose shares of strata are the targets'; errors as in `rake`."""
    return rake(weights, {"strata": (strata, targets)})


def standardised(
    weights: ArrayLike,
    groups: ArrayLike,
    strata: ArrayLike,
    reference: Mapping[object, float] | None = None,
) -> np.ndarray:
    """Weights that give every group the same mix of strata (direct standardisation).

    Parameters
    ----------
    weights, groups, strata : array (n,)
    reference
        Stratum -> share; the mix of all answers together, by their weights, where absent.

    Returns
    -------
    array (n,)
        Each group's weights add up to what they did.

    Raises
    ------
    CannotBeWeighted
        A group without answers in a stratum that has a share: all of them named.
    """
    w = np.asarray(weights, dtype=float)
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    labels, stratum = np.unique(np.asarray(strata), return_inverse=True)
    if reference is None:
        share = np.bincount(stratum, weights=w) / w.sum()
    else:
        ((_, _, levels, given),) = _checked({"strata": (strata, reference)}, len(w))
        by_level = dict(zip(levels, given, strict=True))
        share = np.array([by_level[str(v)] for v in labels.tolist()])
    cell = group * len(labels) + stratum
    held = np.bincount(cell, weights=w, minlength=len(names) * len(labels))
    held = held.reshape(len(names), len(labels))
    empty = [
        f"{names[g]} in {labels[s]}" for g, s in np.argwhere((held == 0) & (share > 0))
    ]
    if empty:
        raise CannotBeWeighted(
            f"the same mix cannot be given, because nobody answered about {', '.join(empty)}"
        )
    wanted = held.sum(axis=1, keepdims=True) * share
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(held > 0, wanted / held, 0.0)
    return w * factor.ravel()[cell]


def _checked(margins, n: int) -> list[tuple[str, np.ndarray, list, np.ndarray]]:
    """Name, code of each answer, labels, shares of each margin; or every problem of them."""
    wrong, parts = [], []
    for name, (given, targets) in margins.items():
        labels = [str(v) for v in np.asarray(given).tolist()]
        if len(labels) != n:
            raise ValueError(f"margin {name} has {len(labels)} labels for {n} answers.")
        wanted = {str(k): float(v) for k, v in targets.items()}
        if not wanted or any(not (math.isfinite(v) and v >= 0) for v in wanted.values()):
            raise ValueError(f"margin {name} needs shares that are finite and not negative.")
        total = sum(wanted.values())
        if not total > 0:
            raise ValueError(f"margin {name} has shares of 0 only.")
        there = set(labels)
        positive = {k for k, v in wanted.items() if v > 0}
        wrong += [f"nobody answered in level {v!r} of {name}" for v in wanted if v in positive - there]
        wrong += [f"level {v!r} of {name} has no target above 0" for v in sorted(there - positive)]
        names = [k for k in wanted if k in there]
        place = {k: i for i, k in enumerate(names)}
        if wrong:
            continue
        code = np.array([place[v] for v in labels], dtype=np.intp)
        parts.append((name, code, names, np.array([wanted[k] / total for k in names])))
    if wrong:
        raise CannotBeWeighted("; ".join(wrong))
    return parts


def _product(factors, parts, but: int | None = None) -> np.ndarray:
    found = np.ones(len(parts[0][1]))
    for i, (_, code, _, _) in enumerate(parts):
        if i != but:
            found = found * factors[i][code]
    return found


def _factors(free, code, wanted, bounds, before) -> np.ndarray:
    """The factor of each level that makes its weights add up to what is wanted."""
    held = np.bincount(code, weights=free, minlength=len(wanted))
    plain = wanted / held
    if bounds is None:
        return plain
    low, high = bounds
    found = before.copy()
    for level in range(len(wanted)):
        mine = free[code == level]
        if wanted[level] < low * len(mine) or wanted[level] > high * len(mine):
            found[level] = plain[level]  # cannot be met; the gap will say so
            continue
        found[level] = _bounded(mine, wanted[level], low, high)
    return found


def _bounded(mine: np.ndarray, wanted: float, low: float, high: float) -> float:
    """t with sum(clip(t * mine, low, high)) = wanted; the sum is piecewise linear in t."""
    ends = np.concatenate([low / mine, high / mine])
    ends = np.unique(ends[np.isfinite(ends) & (ends > 0)])
    sums = np.array([0.0])
    if len(ends):
        below = 0, len(ends)
        while below[0] < below[1]:
            middle = (below[0] + below[1]) // 2
            if np.clip(ends[middle] * mine, low, high).sum() < wanted:
                below = middle + 1, below[1]
            else:
                below = below[0], middle
        left = ends[below[0] - 1] if below[0] else 0.0
        right = ends[below[0]] if below[0] < len(ends) else math.inf
        inside = (low / mine <= left) & (high / mine >= right)
        sums = mine[inside]
        middle_point = left if math.isinf(right) else (left + right) / 2
        fixed = np.clip(middle_point * mine[~inside], low, high).sum()
        if sums.sum() > 0:
            return float((wanted - fixed) / sums.sum())
        return float(right if math.isfinite(right) else left)
    return float(wanted / mine.sum())


def _largest_gap(w: np.ndarray, parts) -> tuple[float, str]:
    gap, worst, total = -1.0, "", w.sum()
    for name, code, names, shares in parts:
        apart = np.abs(np.bincount(code, weights=w, minlength=len(shares)) / total - shares)
        level = int(apart.argmax())
        if apart[level] > gap:
            gap, worst = float(apart[level]), f"level {names[level]!r} of {name}"
    return gap, worst
