"""What does a customer spend at a purchase, when most have been seen to buy only a few times?

The gamma-gamma model of spend per transaction (Fader & Hardie 2013, "The Gamma-Gamma Model of
Monetary Value", brucehardie.com/notes/025; Colombo & Jiang 1999): a customer's purchases vary
around a mean of its own (gamma: shape `p`), the means vary between customers (`q`, `v`). What is
expected of a customer lies between its own mean and everybody's, nearer its own the more was seen.
It holds only where what customers spend has nothing to do with how often they buy: `independence`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from scipy import special

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.likeliest import Fit, likeliest
from toolkit.stats.limits import critical

NAMES = ("p", "q", "v")
METHOD = "Gamma-Gamma, maximum likelihood"
FEWEST = 10
"""Customers who came back, below which nothing is fitted."""


def fit(
    x: Sequence[float],
    mean: Sequence[float],
    counts: Sequence[float] | None = None,
    *,
    level: float = 0.95,
) -> Fit:
    """The parameters `p`, `q` and `v`.

    Parameters
    ----------
    x
        Purchases that `mean` is the mean of, 1 or more.
    mean
        A customer's mean spend at them, above 0, in one currency; `v` is in the same.
    counts
        Customers each entry stands for; 1 each where absent.

    Raises
    ------
    ValueError
        A mean that is not above 0, or of no purchase: those rows belong to no such model.
    """
    x, mean, counts = _checked(x, mean, counts)
    n = float(counts.sum())
    spread = len(np.unique(mean[counts > 0])) if n else 0
    if n < FEWEST or spread < 3:
        nan = math.nan
        reason = "fewer than 10 customers bought again" if n < FEWEST else "what customers spend does not vary"
        return Fit(NAMES, (nan,) * 3, nan, np.full((3, 3), nan), n, 0, nan, nan, 0, 0, level, reason)
    return likeliest(NAMES, _Likelihood(x, mean, counts), _starts(x, mean, counts), n, level=level)


class _Likelihood:
    """Equation (1a) of the note, summed; gamma functions once for each distinct x."""

    def __init__(self, x: np.ndarray, mean: np.ndarray, counts: np.ndarray):
        self.x, self.total, self.counts, self.n = x, x * mean, counts, float(counts.sum())
        self.xs, of_x = np.unique(x, return_inverse=True)
        self.with_x = np.bincount(of_x, weights=counts, minlength=len(self.xs))
        self.log_total = float((counts * x) @ np.log(self.total))  # sum of x ln(x z)
        self.log_mean = float(counts @ np.log(mean))

    def __call__(self, logs: np.ndarray) -> tuple[float, np.ndarray]:
        p, q, v = np.exp(logs)
        xs, with_x, n = self.xs, self.with_x, self.n
        log_all = np.log(v + self.total)
        weighed = self.counts * (p * self.x + q)
        value = (
            with_x @ (special.gammaln(p * xs + q) - special.gammaln(p * xs))
            + n * (q * math.log(v) - special.gammaln(q))
            + p * self.log_total - self.log_mean - weighed @ log_all
        )  # fmt: skip
        both = special.digamma(p * xs + q)
        slopes = np.array([
            (with_x * xs) @ (both - special.digamma(p * xs)) + self.log_total
            - (self.counts * self.x) @ log_all,
            with_x @ both + n * (math.log(v) - special.digamma(q)) - self.counts @ log_all,
            n * q / v - weighed @ (1 / (v + self.total)),
        ])  # fmt: skip
        return float(value), slopes * np.exp(logs)


def _starts(x: np.ndarray, mean: np.ndarray, counts: np.ndarray) -> list[tuple[float, float, float]]:
    middle = float((counts * mean).sum() / counts.sum())
    # everybody's mean is p v / (q - 1)
    return [(p, q, middle * (q - 1) / p) for p, q in ((5.0, 4.0), (1.0, 3.0), (20.0, 2.0))]


def expected_spend(logs: np.ndarray, x: np.ndarray, mean: np.ndarray) -> np.ndarray:
    """Mean spend at a future purchase of customers who bought `x` times at `mean`, equation (5).

    `x` 0 gives everybody's mean p v / (q - 1). nan where the model's mean does not exist (q at 1 or
    below, and too little seen of the customer).
    """
    p, q, v = np.exp(logs)
    x, mean = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
    down = p * x + q - 1
    held = np.where(x > 0, x * np.where(x > 0, mean, 0.0), 0.0)
    return np.where(down > 0, p * (v + held) / np.where(down > 0, down, 1.0), math.nan)


def independence(
    x: Sequence[float],
    mean: Sequence[float],
    counts: Sequence[float] | None = None,
    *,
    level: float = 0.95,
) -> Interval:
    """How does what customers spend go with how often they buy: Pearson's r, Fisher's interval."""
    x, mean, counts = _checked(x, mean, counts)
    n = float(counts.sum())
    words = {"method": "Pearson's r, Fisher's z", "n": n, "level": level}
    if n < 4:
        return undefined_interval("fewer than 4 customers bought again", **words)
    gaps = [c - (counts @ c) / n for c in (x, mean)]
    squares = [counts @ g**2 for g in gaps]
    if min(squares) <= 0:
        return undefined_interval("one of the two does not vary", **words)
    r = float(counts @ (gaps[0] * gaps[1]) / math.sqrt(squares[0] * squares[1]))
    centre, half = math.atanh(max(min(r, 1 - 1e-15), -1 + 1e-15)), critical((1 - level) / 2) / math.sqrt(n - 3)
    se = (1 - r**2) / math.sqrt(n - 3)
    return Interval(
        r, math.tanh(centre - half), math.tanh(centre + half), level, se, math.nan, n, words["method"]
    )


def _checked(x, mean, counts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    x, mean = np.asarray(x, dtype=float), np.asarray(mean, dtype=float)
    counts = np.ones(len(x)) if counts is None else np.asarray(counts, dtype=float)
    if not len(x) == len(mean) == len(counts):
        raise ValueError(f"{len(x)} purchases, {len(mean)} means and {len(counts)} counts do not match.")
    wrong = int((~(x >= 1)).sum()), int((~((mean > 0) & np.isfinite(mean))).sum())
    if any(wrong):
        raise ValueError(
            f"{wrong[0]} entries have no purchase and {wrong[1]} a mean that is not above 0."
        )
    return x, mean, counts
