"""Which forecasts can be made from a series' past as weighted sums of it?

Every method here is linear: the forecast h periods ahead is a fixed weighted sum of the past, so
thousands of series are forecast by one matrix product. Only the past counts: the one-period-ahead
forecast of each period uses nothing later.

Sources
-------
Hyndman & Athanasopoulos (2021), Forecasting: Principles and Practice, 3rd ed., chapters 5 and 8:
mean, drift, simple exponential smoothing, damped trend, and the variances of their errors.
Assimakopoulos & Nikolopoulos (2000), International Journal of Forecasting 16, 521-530, and
Hyndman & Billah (2003), 19, 287-290: the theta method is smoothing with half the trend.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np

# Weights of the newest period; a finer grid changes forecasts by less than their rounding.
LEVEL_WEIGHTS = (0.03, 0.08, 0.15, 0.25, 0.4, 0.6, 0.85)
TREND_WEIGHTS = (0.02, 0.06)
DAMPING = (
    0.9  # between .8 and .98, where estimates of it usually lie (Hyndman & Athanasopoulos, 8.2)
)
WARM_UP = 4


@dataclass(frozen=True)
class Filter:
    """One method with its constants, for series of one length.

    Attributes
    ----------
    family : str
        The method; members differ in their constants only.
    ahead : ndarray (periods, horizon)
        Weights of the past in each forecast.
    one_ahead : ndarray (periods, periods)
        Column t holds the weights of the periods before t in the forecast of t.
    growth : ndarray (horizon,)
        Variance of the error h periods ahead, in units of one period ahead.
    constants : int
        How many were, or are, estimated from the series.
    """

    family: str
    ahead: np.ndarray = field(repr=False)
    one_ahead: np.ndarray = field(repr=False)
    growth: np.ndarray = field(repr=False)
    constants: int

    def __post_init__(self) -> None:
        if np.any(np.tril(self.one_ahead)[np.tril_indices(len(self.one_ahead))] != 0):
            raise ValueError("a forecast of a period uses nothing from that period on")


@lru_cache(maxsize=128)
def filters(periods: int, horizon: int) -> tuple[Filter, ...]:
    """Every method for series of that length, without season."""
    return (
        _mean(periods, horizon),
        _drift(periods, horizon),
        *(_smoothing(periods, horizon, a, 0.0) for a in LEVEL_WEIGHTS),
        *(_smoothing(periods, horizon, a, b) for a in LEVEL_WEIGHTS[1:] for b in TREND_WEIGHTS),
        *(_theta(periods, horizon, a) for a in LEVEL_WEIGHTS[1::2]),
    )


@lru_cache(maxsize=128)
def seasonal_naive(periods: int, horizon: int, season: int) -> Filter:
    """The same place in the last season."""
    ahead = np.zeros((periods, horizon))
    for h in range(horizon):
        ahead[periods - season + h % season, h] = 1
    one = np.eye(periods, k=season)
    growth = 1.0 + np.arange(horizon) // season
    return Filter("seasonal naive", ahead, one, growth, 0)


def _mean(n: int, horizon: int) -> Filter:
    steps = np.arange(n)
    one = np.triu(np.ones((n, n)), k=1) / np.maximum(steps, 1)
    return Filter("mean", np.full((n, horizon), 1 / n), one, np.full(horizon, (1 + 1 / n)), 1)


def _drift(n: int, horizon: int) -> Filter:
    h = np.arange(1, horizon + 1)
    ahead = np.zeros((n, horizon))
    ahead[-1], ahead[0] = 1 + h / (n - 1), -h / (n - 1)
    one = np.zeros((n, n))
    t = np.arange(2, n)
    one[t - 1, t], one[0, t] = 1 + 1 / (t - 1), -1 / (t - 1)
    one[0, 1] = 1
    return Filter("drift", ahead, one, h * (1 + h / (n - 1)), 1)


def _smoothing(n: int, horizon: int, a: float, b: float) -> Filter:
    """Exponential smoothing of the level and, with `b`, of a damped trend."""
    first = min(WARM_UP, n)
    level = np.where(np.arange(n) < first, 1 / first, 0.0)
    trend = np.zeros(n)
    one = np.zeros((n, n))
    for t in range(n):
        expected = level + DAMPING * trend
        if t >= first:
            one[:, t] = expected
        miss = -expected
        miss[t] += 1
        level, trend = expected + a * miss, DAMPING * trend + (b * miss if b else 0.0)
    h = np.arange(1, horizon + 1)
    reach = np.cumsum(DAMPING**h)
    ahead = level[:, None] + trend[:, None] * reach
    response = a + b * np.concatenate([[0.0], reach[:-1]])
    growth = (
        1 + np.concatenate([[0.0], np.cumsum(response[1:] ** 2)]) if horizon > 1 else np.ones(1)
    )
    family, constants = ("damped trend", 3) if b else ("level", 2)
    return Filter(family, ahead, np.triu(one, k=1), growth, constants)


def _theta(n: int, horizon: int, a: float) -> Filter:
    base = _smoothing(n, horizon, a, 0.0)
    h = np.arange(1, horizon + 1)
    more = h - 1 + (1 - (1 - a) ** n) / a
    ahead = base.ahead + 0.5 * _slope(n, n)[:, None] * more
    one = base.one_ahead.copy()
    for t in range(WARM_UP, n):
        one[:, t] += 0.5 * _slope(t, n) * (1 - (1 - a) ** t) / a
    # the slope's own error: its variance times the square of how far it is carried
    own = 0.25 * more**2 * 12 / (n * (n**2 - 1.0))
    return Filter("theta", ahead, np.triu(one, k=1), base.growth + own, 3)


def _slope(used: int, n: int) -> np.ndarray:
    """Least-squares slope of the first `used` of n periods, as weights."""
    t = np.arange(used) - (used - 1) / 2
    return np.concatenate([t / (t @ t), np.zeros(n - used)])
