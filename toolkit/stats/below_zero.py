"""Which of very many means lie below zero, so that few of those named are named wrongly?

Most of the means lie far above zero, where a test against zero is hopelessly cautious. So only the
estimates below zero are looked at, and their one-sided p-values are taken as given that they are
below 1/2 (Zhao, Small & Su 2019, "Multiple testing when many p-values are uniformly conservative",
JASA 114:1291): twice the one-sided p, which is the two-sided p. Over those, the false discovery rate
is controlled adaptively (Storey, Taylor & Siegmund 2004, JRSS B 66:187, with lambda 1/2).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import stats

from toolkit.stats.limits import check_level

LAMBDA = 0.5
"""Conditional p-values above it estimate how many hypotheses are true."""
SIDE = 0.05
"""Chance that a named mean's interval lies below zero though the mean does not."""


@dataclass(frozen=True, eq=False)
class Below:
    """Which means lie below zero.

    Attributes
    ----------
    named : ndarray of bool
        At most a share `false_share` of them is expected to be wrong, and the interval of each lies
        below zero.
    p, q : ndarray
        One-sided p of each mean; the smallest share of false ones at which it would be named. nan
        for estimates of 0 and more, which are never named.
    low, high : ndarray
        Student's t interval of each mean; each end is passed with probability `SIDE`.
    looked_at : int
        Estimates below zero.
    true_share : float
        Estimated share of means, among those looked at, that do not lie below zero.
    """

    named: np.ndarray
    p: np.ndarray
    q: np.ndarray
    low: np.ndarray
    high: np.ndarray
    looked_at: int
    true_share: float
    false_share: float


def below_zero(
    means: Sequence[float], variances: Sequence[float], counts: Sequence[float], *, false_share: float = 0.05
) -> Below:
    """Which of the means lie below zero?

    Parameters
    ----------
    means, variances, counts : arrays of shape (m,)
        Of each unit's own observations: their mean, sample variance (divisor n - 1) and number, 2
        at least. Those of estimates above zero may be left out: they change nothing.
    false_share : float
        Of those named, the share that may be wrong in the long run.

    Raises
    ------
    ValueError
        Arrays of unlike length, missing values, negative variances, fewer than two observations.
    """
    check_level(false_share, "false_share")
    m, v, n = (np.asarray(a, dtype=float) for a in (means, variances, counts))
    if not (m.shape == v.shape == n.shape) or m.ndim != 1:
        raise ValueError("means, variances and counts are of one length.")
    if not (np.isfinite(m).all() and np.isfinite(v).all() and np.isfinite(n).all()):
        raise ValueError("means, variances and counts must not be missing.")
    if (v < 0).any() or (n < 2).any():
        raise ValueError("variances are 0 or more, and each mean is of two observations at least.")
    se = np.sqrt(v / n)
    with np.errstate(divide="ignore", invalid="ignore"):
        t = np.where(se > 0, m / se, np.where(m < 0, -np.inf, np.inf))
    p = np.where(m < 0, stats.t.cdf(t, n - 1), math.nan)
    half = stats.t.isf(SIDE, n - 1) * se
    looked = np.flatnonzero(m < 0)
    q = np.full(m.shape, math.nan)
    true_share = math.nan
    if len(looked):
        given = np.minimum(2 * p[looked], 1.0)
        true_share = min(1.0, (1 + int((given > LAMBDA).sum())) / (len(given) * (1 - LAMBDA)))
        order = np.argsort(given, kind="stable")
        rising = given[order] * len(given) * true_share / np.arange(1, len(given) + 1)
        q[looked[order]] = np.minimum(np.minimum.accumulate(rising[::-1])[::-1], 1.0)
    named = (m < 0) & (np.nan_to_num(q, nan=2.0) <= false_share) & (m + half < 0)
    return Below(named, p, q, m - half, m + half, len(looked), true_share, false_share)
