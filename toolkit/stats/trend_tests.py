"""Does a series drift up or down, whatever the shape of the drift?

Mann-Kendall's test of a monotone trend, its correction for autocorrelated series by Hamed and
Rao, and Sen's slope.

Sources
-------
Mann (1945), Econometrica 13, 245-259; Kendall (1975), Rank Correlation Methods, 4th ed.
Hamed & Rao (1998), Journal of Hydrology 204, 182-196. Sen (1968), JASA 63, 1379-1389.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats

# Hamed & Rao keep only the autocorrelations that leave this two-sided band.
AUTOCORRELATION_LEVEL = 0.95


@dataclass(frozen=True)
class TrendTest:
    """Mann-Kendall's S (rises less falls among all pairs), its test, and Sen's slope.

    `variance` is that of S without a trend; `variance_factor` what autocorrelation multiplied it
    by (1 without correction). `slope` is the median change per period. nan with `reason` where
    there is no answer.
    """

    s: float
    variance: float
    variance_factor: float
    z: float
    p_value: float
    slope: float
    n: int
    method: str
    reason: str | None = None


def mann_kendall(values: np.ndarray) -> TrendTest:
    """Test for a monotone trend in a series whose periods are independent.

    Parameters
    ----------
    values : array (periods,)
        In order of time; nan is left out (its place still counts for the slope).
    """
    return _trend_test(values, corrected=False)


def hamed_rao(values: np.ndarray) -> TrendTest:
    """Mann-Kendall's test with the variance corrected for autocorrelation at all lags.

    Gaps make the lags wrong: a series with nan inside gets nan and a reason.
    """
    return _trend_test(values, corrected=True)


def sen_slope(values: np.ndarray) -> float:
    """The median of the slopes between all pairs of periods (outcome's unit per period)."""
    x = np.asarray(values, dtype=float)
    early, late = np.triu_indices(len(x), k=1)
    slopes = (x[late] - x[early]) / (late - early)
    slopes = slopes[np.isfinite(slopes)]
    return float(np.median(slopes)) if len(slopes) else float("nan")


def _trend_test(values: np.ndarray, corrected: bool) -> TrendTest:
    x = np.asarray(values, dtype=float)
    if x.ndim != 1:
        raise ValueError("values must be one series")
    method = "Mann-Kendall" + (", Hamed-Rao" if corrected else "")
    seen = x[np.isfinite(x)]
    n = len(seen)
    reason = None
    if n < 4:
        reason = f"{n} measured periods; at least 4 are needed"
    elif corrected and n < len(x):
        reason = "the series has gaps, and autocorrelation needs its lags whole"
    elif np.all(seen == seen[0]):
        reason = "all values are equal"
    if reason:
        nan = float("nan")
        return TrendTest(nan, nan, nan, nan, nan, nan, n, method, reason)
    early, late = np.triu_indices(n, k=1)
    s = float(np.sign(seen[late] - seen[early]).sum())
    _, ties = np.unique(seen, return_counts=True)
    variance = (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
    slope = sen_slope(x)
    factor = _hamed_rao_factor(seen, slope) if corrected else 1.0
    if factor <= 0:
        nan = float("nan")
        return TrendTest(s, nan, factor, nan, nan, slope, n, method,
                         "the autocorrelations found leave no variance")
    z = (s - np.sign(s)) / np.sqrt(variance * factor)
    return TrendTest(s, float(variance), factor, float(z), float(2 * stats.norm.sf(abs(z))),
                     slope, n, method)


def _hamed_rao_factor(x: np.ndarray, slope: float) -> float:
    n = len(x)
    ranks = stats.rankdata(x - slope * np.arange(1, n + 1))
    centred = ranks - ranks.mean()
    if not centred.any():  # on a line: nothing is left that could resemble its neighbours
        return 1.0
    lags = np.arange(1, n)
    correlations = np.array([centred[:-k] @ centred[k:] for k in lags]) / (centred @ centred)
    bound = stats.norm.ppf((1 + AUTOCORRELATION_LEVEL) / 2) / np.sqrt(n)
    kept = np.where(np.abs(correlations) > bound, correlations, 0.0)
    weights = (n - lags) * (n - lags - 1) * (n - lags - 2)
    return float(1 + 2 / (n * (n - 1) * (n - 2)) * (weights * kept).sum())
