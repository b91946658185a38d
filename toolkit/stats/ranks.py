"""Which places in a ranking can be told from chance?

Confidence sets for ranks: for each one by itself (`marginal`) and for all together
(`simultaneous`), by one-sided tests of every ordered pair, stepped down.

All hold together with the level where companies tie. Where none do, only wrong directions are
errors, and the same tests hold more often: about 97.5 % where differences are next to nothing, and
ever nearer to 100 % the further apart the companies are. No method can have both at 95 %, because
no data tell a tie from the smallest difference.

Source
------
Mogstad, Romano, Shaikh & Wilhelm (2024), Review of Economic Studies 91, 476-518 (working paper
2023), as in R's package csranks: largest studentised difference, Gaussian bootstrap.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.limits import check_choice, check_level

DRAWS = 10_000
BETTER = ("higher", "lower")


@dataclass(frozen=True)
class RankIntervals:
    """Ranks with their intervals; rank 1 is best.

    Attributes
    ----------
    rank : array (p,)
        By the estimates; ties share the better rank.
    low, high : array (p,)
        Best and worst rank that the data allow, for each.
    surely_better : array (p, p) of bool
        Row is better than column in the confidence set behind the ranks (simultaneous ones only
        tell of all pairs at once).
    level : float
    simultaneous : bool
        Whether all hold together with that level, or each by itself.
    critical : float
        How many standard errors a difference had to exceed in the last step, of all pairs together;
        nan where each rank stands by itself.
    """

    rank: np.ndarray
    low: np.ndarray
    high: np.ndarray
    surely_better: np.ndarray
    level: float
    simultaneous: bool
    critical: float = math.nan

    def __post_init__(self) -> None:
        if (self.low > self.high).any():
            raise ValueError("the best rank allowed lies behind the worst.")


def rank_intervals(
    estimates: ArrayLike,
    covariance: ArrayLike,
    *,
    simultaneous: bool = True,
    better: str = "higher",
    df: float = math.inf,
    level: float = 0.95,
    draws: int = DRAWS,
    seed: int = 0,
) -> RankIntervals:
    """The ranks that the data allow.

    Parameters
    ----------
    estimates : array (p,)
        Finite.
    covariance : array (p, p) or (p,)
        Of the estimates; a row of standard errors where they are independent.
    simultaneous
        Whether all intervals shall hold together; else each by itself.
    better
        ``"higher"`` or ``"lower"``.
    df
        Of the standard errors: draws are divided by a common root of chi-square / df, so that few
        answers give wide ranks. Infinite for the normal, as in csranks.
    draws, seed
        Of the Gaussian draws.

    Raises
    ------
    ValueError
        Fewer than two estimates, numbers that are not finite, or two whose difference does not
        vary at all.
    """
    check_choice(better, BETTER, "better")
    check_level(level)
    x = np.asarray(estimates, dtype=float)
    sigma = np.asarray(covariance, dtype=float)
    if sigma.ndim == 1:
        sigma = np.diag(sigma**2)
    p = len(x)
    if p < 2 or sigma.shape != (p, p):
        raise ValueError(f"ranks need two or more estimates and their covariance; got {p}.")
    if not (np.isfinite(x).all() and np.isfinite(sigma).all()):
        raise ValueError("estimates and their covariance must be finite.")
    if not df > 0:
        raise ValueError(f"df is {df}; degrees of freedom are positive.")
    x = x if better == "higher" else -x
    se = np.sqrt(np.maximum(np.diag(sigma)[:, None] + np.diag(sigma)[None, :] - 2 * sigma, 0.0))
    off = ~np.eye(p, dtype=bool)
    if (se[off] <= 1e-14 * max(1.0, float(np.abs(x).max()))).any():
        raise ValueError("two estimates whose difference does not vary have no rank interval.")
    noise = _draws(sigma, df, draws, seed)
    se[~off] = 1.0
    apart = (x[:, None] - x[None, :]) / se
    if simultaneous:
        better_than, last = _stepped_down(apart, noise, se, level, off)
        low, high = 1 + better_than.sum(axis=0), p - better_than.sum(axis=1)
    else:
        told, last = _each(apart, noise, se, level), math.nan
        better_than = told > 0
        low, high = 1 + (told < 0).sum(axis=1), p - better_than.sum(axis=1)
    rank = 1 + (x[None, :] > x[:, None]).sum(axis=1)
    return RankIntervals(rank, low, high, better_than, level, simultaneous, last)


def _draws(sigma: np.ndarray, df: float, draws: int, seed: int) -> np.ndarray:
    values, vectors = np.linalg.eigh(sigma)
    root = vectors * np.sqrt(np.maximum(values, 0.0))
    rng = np.random.default_rng(seed)
    noise = rng.standard_normal((draws, len(sigma))) @ root.T
    if math.isfinite(df):
        noise /= np.sqrt(rng.chisquare(df, draws) / df)[:, None]
    return noise


def _stepped_down(
    apart: np.ndarray, noise: np.ndarray, se: np.ndarray, level: float, family: np.ndarray
) -> tuple[np.ndarray, float]:
    """Pairs of a family told apart, stepping down: (p, p), row better than column; the last border.

    The hypotheses are "row is no better than column" for every ordered pair: a pair told apart in
    one direction stays in the family in the other, so that wrong directions count as errors, too.
    """
    better = np.zeros(family.shape, dtype=bool)
    left = family.copy()
    while True:
        critical = _quantile_of_largest(noise, left, se, level)
        new = left & (apart > critical)
        if not new.any():
            return better, critical
        better |= new
        left &= ~new


def _each(apart: np.ndarray, noise: np.ndarray, se: np.ndarray, level: float) -> np.ndarray:
    """For each by itself, whom it can be told from: (p, p), +1 ahead of and -1 behind the column."""
    p = len(se)
    found = np.zeros((p, p), dtype=int)
    for j in range(p):
        mine = np.zeros((p, p), dtype=bool)
        mine[j] = mine[:, j] = np.arange(p) != j
        better, _ = _stepped_down(apart, noise, se, level, mine)
        found[j] = better[j].astype(int) - better[:, j]
    return found


def _quantile_of_largest(
    noise: np.ndarray, pairs: np.ndarray, se: np.ndarray, level: float
) -> float:
    """The level's quantile of the largest studentised difference over ordered pairs."""
    both = np.triu(pairs & pairs.T)
    each = np.ascontiguousarray(noise.T)  # a pair after the other, so that all draws of one stay at hand
    largest, apart = np.zeros(len(noise)), np.empty(len(noise))
    for chosen, two_sided in ((both, True), (pairs & ~both & ~both.T, False)):
        for first, second in np.argwhere(chosen):
            np.subtract(each[first], each[second], out=apart)
            apart /= se[first, second]
            np.maximum(largest, np.abs(apart, out=apart) if two_sided else apart, out=largest)
    return float(np.quantile(largest, level, method="higher"))
