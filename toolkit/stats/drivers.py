"""How much of the differences in satisfaction goes with each attribute?

Each attribute's share of the explained variance, averaged over all orders in which attributes may
enter (LMG, the Shapley value of R^2), from a weighted covariance matrix; bootstrap intervals; and
how far attributes say the same thing (variance inflation, HTMT). Shares describe what goes together;
they never say what causes what.

Sources
-------
Lindeman, Merenda & Gold (1980), p. 119 ff; Gromping (2007), The American Statistician 61, 139-147
(estimation of relative importance; R's relaimpo). Efron & Tibshirani (1993), chapter 13 (percentile
intervals). Henseler, Ringle & Sarstedt (2015), Journal of the Academy of Marketing Science 43,
115-135 (HTMT).
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.limits import check_level

MOST_ATTRIBUTES = 16
DRAWS = 500


@dataclass(frozen=True)
class DriverShares:
    """Parts of R^2.

    Attributes
    ----------
    r2 : float
        Of all attributes together.
    part : array (p,)
        Each attribute's part; they add up to `r2`.
    share : array (p,)
        `part` / `r2`.
    low, high : array (p,)
        Bootstrap interval of `share`; nan without a bootstrap.
    rank_low, rank_high : array (p,)
        The same for its rank among the attributes, 1 the largest.
    level : float
    n : int
        Answers with every attribute and the outcome.
    draws : int
    """

    r2: float
    part: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray
    rank_low: np.ndarray
    rank_high: np.ndarray
    level: float
    n: int
    draws: int


def lmg(covariance: ArrayLike) -> np.ndarray:
    """Each attribute's part of R^2, averaged over all orders.

    Parameters
    ----------
    covariance : array (..., p + 1, p + 1)
        Of the attributes and, last, the outcome.

    Returns
    -------
    array (..., p)
        Adds up to R^2. Every one of the 2^p sets of attributes is visited once, by eliminating one
        attribute more from what is left of the matrix.
    """
    c = np.asarray(covariance, dtype=float)
    p = c.shape[-1] - 1
    if p < 1 or c.shape[-2] != p + 1:
        raise ValueError(f"a covariance matrix of attributes and outcome is square; got {c.shape}.")
    if p > MOST_ATTRIBUTES:
        raise ValueError(f"{p} attributes have {2**p:,} sets; at most {MOST_ATTRIBUTES} are looked at.")
    lead = c.shape[:-2]
    flat = c.reshape(-1, p + 1, p + 1)
    if not (flat[:, range(p + 1), range(p + 1)] > 0).all():
        raise ValueError("an attribute, or the outcome, does not vary.")
    root = np.sqrt(flat[:, range(p + 1), range(p + 1)])
    r = np.moveaxis(flat / root[:, :, None] / root[:, None, :], 0, -1)
    explained = np.zeros((2**p, flat.shape[0]))
    _explained(np.ascontiguousarray(r), 0, 0, explained)
    masks = np.arange(2**p)
    size = np.array([m.bit_count() for m in range(2**p)])
    chance = np.array([1 / (p * math.comb(p - 1, s)) for s in range(p)])
    parts = np.empty((p, flat.shape[0]))
    for j in range(p):
        without = masks[(masks >> j) & 1 == 0]
        gain = explained[without | (1 << j)] - explained[without]
        parts[j] = chance[size[without]] @ gain
    return np.moveaxis(parts, 0, -1).reshape(*lead, p)


def _explained(left: np.ndarray, first: int, mask: int, out: np.ndarray) -> None:
    """R^2 of every set that adds attributes from `first` on to `mask`.

    `left` is what the attributes of `mask` leave of the correlations of those from `first` on and
    of the outcome, shape (m + 1, m + 1, matrices).
    """
    m = left.shape[0] - 1
    for i in range(m):
        pivot = left[i, i]
        # what an attribute adds that others already say is nothing
        with np.errstate(divide="ignore", invalid="ignore"):
            scaled = np.where(pivot > 1e-12, left[i, i + 1 :] / pivot, 0.0)
        with_it = mask | (1 << (first + i))
        out[with_it] = out[mask] + scaled[-1] * left[i, -1]
        if i + 1 < m:
            rest = left[i + 1 :, i + 1 :] - left[i, i + 1 :][:, None] * scaled[None, :]
            _explained(rest, first + i + 1, with_it, out)


def driver_shares(
    attributes: ArrayLike,
    outcome: ArrayLike,
    *,
    weights: ArrayLike | None = None,
    clusters: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> DriverShares:
    """How much of the outcome's variance goes with each attribute.

    Parameters
    ----------
    attributes : array (n, p)
        Rows with a missing value anywhere are left out.
    outcome : array (n,)
    weights : array (n,), optional
    clusters : array (n,), optional
        What was drawn; whole clusters are drawn again. Answers by themselves where absent.
    level, draws, seed
        Of the percentile bootstrap; no intervals with 0 draws.

    Raises
    ------
    ValueError
        An attribute or the outcome with one value only, named by its place; too few answers.
    """
    check_level(level)
    x, y = np.asarray(attributes, dtype=float), np.asarray(outcome, dtype=float)
    w = np.ones(len(y)) if weights is None else np.asarray(weights, dtype=float)
    data = np.column_stack([x, y])
    keep = np.isfinite(data).all(axis=1) & (w > 0)
    data, w = data[keep], w[keep]
    n, p = len(data), data.shape[1] - 1
    if n < p + 2:
        raise ValueError(f"{n} answers are complete; {p} attributes need {p + 2} at least.")
    if still := [str(i + 1) for i in range(p) if np.ptp(data[:, i]) == 0]:
        raise ValueError(f"attributes with one value only: number {', '.join(still)}.")
    if np.ptp(data[:, -1]) == 0:
        raise ValueError("the outcome has one value only.")
    part = lmg(_covariances(data, w[None, :])[0])
    r2 = float(part.sum())
    nothing = np.full(p, math.nan)
    low = high = rank_low = rank_high = nothing
    if draws:
        group = None
        if clusters is not None:
            group = np.unique(np.asarray(clusters)[keep], return_inverse=True)[1]
        drawn = _redrawn(data, w, group, draws, np.random.default_rng(seed))
        parts = lmg(drawn)
        shares = parts / parts.sum(axis=1, keepdims=True)
        tails = [(1 - level) / 2, (1 + level) / 2]
        low, high = np.quantile(shares, tails, axis=0)
        ranks = 1 + (shares[:, None, :] > shares[:, :, None]).sum(axis=2)
        rank_low, rank_high = np.quantile(ranks, tails, axis=0, method="nearest")
    return DriverShares(
        r2, part, part / r2 if r2 > 0 else nothing, low, high, rank_low, rank_high, level, n, len(drawn)
        if draws else 0,
    )  # fmt: skip


def _covariances(data: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Weighted covariance matrices, one for each row of weights."""
    centred = data - data.mean(axis=0)
    found = np.empty((len(weights), data.shape[1], data.shape[1]))
    for i, w in enumerate(weights):
        total = w.sum()
        mean = w @ centred / total
        found[i] = (centred * w[:, None]).T @ centred / total - np.outer(mean, mean)
    return found


def _redrawn(data, w, group, draws, rng) -> np.ndarray:
    """Covariance matrices of samples drawn again; those in which something does not vary are left out."""
    if group is None and len(data) > 4 * draws:
        blocks = _moments(data, w, np.arange(len(data)), len(data), rng, draws)
    else:
        units = np.arange(len(data)) if group is None else group
        blocks = _moments(data, w, units, int(units.max()) + 1, rng, draws)
    diagonal = blocks[:, range(data.shape[1]), range(data.shape[1])]
    return blocks[(diagonal > 1e-12).all(axis=1)]


def _moments(data, w, units, count, rng, draws) -> np.ndarray:
    found = np.empty((draws, data.shape[1], data.shape[1]))
    centred = data - data.mean(axis=0)
    k = data.shape[1]
    first, second = np.triu_indices(k)
    # sums of products are linear in how often a unit was drawn: one product for all draws
    columns = np.column_stack([w, centred * w[:, None], (centred[:, first] * centred[:, second]) * w[:, None]])
    if count < len(data) or (units != np.arange(len(data))).any():
        columns = np.stack([np.bincount(units, weights=c, minlength=count) for c in columns.T], axis=1)
    block = max(1, 20_000_000 // count)
    for start in range(0, draws, block):
        many = min(block, draws - start)
        times = np.stack(
            [np.bincount(rng.integers(0, count, count), minlength=count) for _ in range(many)]
        )
        sums = times.astype(float) @ columns
        mean = sums[:, 1 : k + 1] / sums[:, :1]
        second_moment = np.empty((many, k, k))
        second_moment[:, first, second] = sums[:, k + 1 :] / sums[:, :1]
        second_moment[:, second, first] = second_moment[:, first, second]
        found[start : start + many] = second_moment - mean[:, :, None] * mean[:, None, :]
    return found


def inflation(correlation: ArrayLike) -> np.ndarray:
    """Variance inflation factor of each attribute, from their correlations; inf where redundant."""
    r = np.asarray(correlation, dtype=float)
    values, vectors = np.linalg.eigh(r)
    if values.min() <= 1e-12:
        return np.where((vectors[:, values <= 1e-12] ** 2).sum(axis=1) > 1e-9, math.inf, 1.0)
    return np.diag(np.linalg.inv(r)).copy()


def correlations(values: ArrayLike, weights: ArrayLike | None = None) -> np.ndarray:
    """Weighted correlation matrix of columns, over complete rows."""
    x = np.asarray(values, dtype=float)
    w = np.ones(len(x)) if weights is None else np.asarray(weights, dtype=float)
    keep = np.isfinite(x).all(axis=1) & (w > 0)
    if keep.sum() < 2:
        raise ValueError(f"{int(keep.sum())} rows are complete; correlations need 2.")
    (c,) = _covariances(x[keep], w[keep][None, :])
    root = np.sqrt(np.diag(c))
    if not (root > 0).all():
        raise ValueError("a column has one value only.")
    return c / np.outer(root, root)


def htmt(correlation: ArrayLike, constructs: Mapping[str, Sequence[int]]) -> dict[tuple[str, str], float]:
    """Do two groups of items measure different things?

    Parameters
    ----------
    correlation : array (k, k)
        Of all items.
    constructs
        Name -> places of its items.

    Returns
    -------
    dict
        Pair of names -> mean correlation between their items, by the geometric mean of those
        within each (absolute values, as in R's seminr and cSEM; a group of one item counts as 1).
        Above .85 or .90 the two are hardly told apart.
    """
    r = np.abs(np.asarray(correlation, dtype=float))
    names = list(constructs)
    within = {}
    for name in names:
        items = list(constructs[name])
        inner = r[np.ix_(items, items)][np.triu_indices(len(items), 1)]
        within[name] = float(inner.mean()) if len(items) > 1 else 1.0
    found = {}
    for i, a in enumerate(names):
        for b in names[i + 1 :]:
            between = float(r[np.ix_(list(constructs[a]), list(constructs[b]))].mean())
            scale = math.sqrt(within[a] * within[b])
            found[a, b] = between / scale if scale > 0 else math.inf
    return found
