"""How long does it take, when some are not finished yet?

Kaplan-Meier on counts by duration, which is what an engine gives of any number of rows. Where
nothing is open, quantiles and their intervals are order statistics.

Sources
-------
Kaplan & Meier (1958), JASA 53:457. Greenwood (1926). Brookmeyer & Crowley (1982), Biometrics 38:29,
with the log(-log) transformation of Borgan & Liestol (1990), Scandinavian J. Statistics 17:35.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import check_level, critical
from toolkit.stats.order_statistics import interval_of, needed

ORDER = "quantile, order statistics"
CENSORED = "quantile of Kaplan-Meier, log-log"


@dataclass(frozen=True)
class Durations:
    """Counts by duration.

    Attributes
    ----------
    times : array (k,)
        Distinct, rising, not negative.
    ended, still_open : array (k,)
        How many ended after that time; how many were still open then.
    """

    times: np.ndarray
    ended: np.ndarray
    still_open: np.ndarray

    @property
    def n(self) -> int:
        """All of them."""
        return int(self.ended.sum() + self.still_open.sum())


def durations(times: ArrayLike, ended: ArrayLike, still_open: ArrayLike) -> Durations:
    """Counts in any order, and times that repeat, as `Durations`.

    Raises
    ------
    ValueError
        Unequal lengths, negative or missing numbers.
    """
    t, e, o = (np.asarray(v, dtype=float) for v in (times, ended, still_open))
    if not len(t) == len(e) == len(o):
        raise ValueError("times and counts must be equally many.")
    for values in (t, e, o):
        if not (np.isfinite(values).all() and (values >= 0).all()):
            raise ValueError("times and counts must be known and not negative.")
    distinct, place = np.unique(t, return_inverse=True)
    return Durations(
        distinct, np.bincount(place, e, len(distinct)), np.bincount(place, o, len(distinct))
    )


def survival(of: Durations) -> tuple[np.ndarray, np.ndarray]:
    """Kaplan-Meier's share still open after each of `times`, and Greenwood's standard error.

    Those open at a time are at risk at it: they end later.
    """
    leaving = of.ended + of.still_open
    at_risk = np.cumsum(leaving[::-1])[::-1]
    share = np.cumprod(1 - of.ended / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = of.ended / (at_risk * (at_risk - of.ended))
        se = share * np.sqrt(np.cumsum(np.where(of.ended > 0, parts, 0.0)))
    return share, np.where(share > 0, se, 0.0)


def quantile(of: Durations, q: float, *, level: float = 0.95) -> Interval:
    """The time within which a share `q` ends, with its interval.

    Returns
    -------
    Interval
        `low` and `high` are nan with a reason where too few ended to bound it, the estimate too
        where fewer than `q` of them have. An upper end that is not reached is infinite.
    """
    check_level(level)
    check_level(q, "quantile")
    if not of.n:
        return undefined_interval("no rows", method=ORDER, n=0, level=level)
    if not of.still_open.any():
        asked = needed(of.n, q, level=level)
        upto = np.cumsum(of.ended)
        at = np.searchsorted(upto, np.array(asked.ranks) - 0.5)
        return interval_of(asked, dict(zip(asked.ranks, of.times[at].tolist(), strict=True)))
    share, se = survival(of)
    reached = np.flatnonzero(share <= 1 - q + 1e-12)
    if not len(reached):
        reason = "too few have ended to know"
        return undefined_interval(reason, method=CENSORED, n=of.n, level=level)
    estimate = float(of.times[reached[0]])
    low, high = _band(share, se, level)
    ends = [np.flatnonzero(curve <= 1 - q + 1e-12) for curve in (low, high)]
    first = float(of.times[ends[0][0]]) if len(ends[0]) else estimate
    last = float(of.times[ends[1][0]]) if len(ends[1]) else math.inf
    return Interval(
        estimate, min(first, estimate), max(last, estimate), level, math.nan, math.nan, of.n,
        CENSORED,
    )  # fmt: skip


def _band(share: np.ndarray, se: np.ndarray, level: float) -> tuple[np.ndarray, np.ndarray]:
    """Pointwise limits of the survival curve on the log(-log) scale."""
    k = critical((1 - level) / 2)
    low, high = share.copy(), share.copy()
    inside = (share > 0) & (share < 1)
    s, e = share[inside], se[inside]
    reach = k * e / np.abs(s * np.log(s))
    centre = np.log(-np.log(s))
    low[inside] = np.exp(-np.exp(centre + reach))
    high[inside] = np.exp(-np.exp(centre - reach))
    return low, high
