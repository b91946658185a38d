"""How large is the range of k normal means, in units of their estimated standard error?

The upper tail is integrated by itself, so that a p of 1e-30 is not lost in 1 - (1 - p).

Source: Tukey (1953); Lund & Lund (1983), Applied Statistics 32, 204-210 (the double integral).
"""

from __future__ import annotations

import math

import numpy as np
from scipy import optimize, special

from toolkit.stats.limits import critical

_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(88)
_GRID = 48


def range_sf(q: float, k: int, df: float = math.inf) -> float:
    """P(range of k standard normals > q * s), s^2 an independent chi-square / df.

    Parameters
    ----------
    q : float
        0 or more; nan gives nan.
    k : int
        How many means, 2 or more.
    df : float
        Degrees of freedom of the standard error; infinite where it is known.
    """
    if k < 2 or not df > 0:
        raise ValueError(f"the range of {k} means with {df} degrees of freedom does not exist.")
    if math.isnan(q):
        return math.nan
    if q <= 0:
        return 1.0
    if math.isinf(q):
        return 0.0
    if math.isinf(df):
        return min(1.0, float(_normal_range_sf(np.array([q]), k)[0]))
    # the spread s: its logarithm is integrated over all that matters for this q
    def log_density(t: np.ndarray) -> np.ndarray:
        return (
            math.log(2) + df / 2 * math.log(df / 2) - special.gammaln(df / 2)
            + df * t - df / 2 * np.exp(2 * t)
        )  # fmt: skip

    grid = np.linspace(-40 / math.sqrt(df) - 3, math.log1p(12 / math.sqrt(df)), _GRID)
    with np.errstate(divide="ignore"):
        size = log_density(grid) + np.log(_normal_range_sf(q * np.exp(grid), k))
    matters = np.flatnonzero(size > size.max() - 36)
    low, high = grid[max(matters[0] - 1, 0)], grid[min(matters[-1] + 1, len(grid) - 1)]
    t = (low + high) / 2 + (high - low) / 2 * _NODES
    part = np.exp(log_density(t)) * _normal_range_sf(q * np.exp(t), k)
    return min(1.0, float((high - low) / 2 * (_WEIGHTS @ part)))


def range_critical(alpha: float, k: int, df: float = math.inf) -> float:
    """The q with `range_sf` of alpha."""
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is {alpha}; it must lie strictly between 0 and 1.")

    def gap(log_q: float) -> float:
        return math.log(range_sf(math.exp(log_q), k, df)) - math.log(alpha)

    # Bonferroni's bound lies just above; the logarithms are nearly a line from there
    single = critical(alpha / (k * (k - 1)), df)
    start = math.log(single * math.sqrt(2))
    found = optimize.root_scalar(gap, method="secant", x0=start, x1=start - 0.05, xtol=1e-12)
    return math.exp(found.root)


def _normal_range_sf(r: np.ndarray, k: int) -> np.ndarray:
    """P(range of k standard normals > r), by a difference of powers without cancellation.

    With the largest at z, all others lie below z, and not all of them above z - r.
    """
    r = np.maximum(r, 0.0)
    z = 9.0 * _NODES[None, :] + r[:, None] / 2
    below = special.ndtr(z)
    share = np.minimum(special.ndtr(z - r[:, None]) / np.maximum(below, 1e-300), 1.0)
    with np.errstate(divide="ignore"):
        some = -np.expm1((k - 1) * np.log1p(-share))
    density = np.exp(-z * z / 2) / math.sqrt(2 * math.pi)
    inside = 9.0 * k * (_WEIGHTS * density * below ** (k - 1) * some).sum(axis=1)
    return np.where(r <= 0, 1.0, np.minimum(inside, 1.0))
