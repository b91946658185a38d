"""What do several t distributions, each believed to a degree, say together?

The distribution of an effect whose nuisance parameter (an autocorrelation, say) is integrated
over a grid is a mixture of t distributions: mean, interval and p-value of that mixture, for many
series at once.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy import special

# Of one standard error: the last Newton step; its error is about the square of that.
QUANTILE_PRECISION = 1e-5
# Cubic interpolation of the t distribution between this many points errs by less than 1e-9 up to
# thousands of degrees of freedom, at a tenth of the time of the incomplete beta function.
TABLE_POINTS = 4001


@dataclass(frozen=True)
class MixtureSummary:
    """Mean, standard deviation, equal-tailed interval, two-sided p-value: (series, contrasts)."""

    mean: np.ndarray
    sd: np.ndarray
    low: np.ndarray
    high: np.ndarray
    p_value: np.ndarray

    def __post_init__(self) -> None:
        if np.any(self.low > self.high):
            raise ValueError("an interval's lower end lies above its upper end")


def mixture_of_t(
    centre: np.ndarray,
    spread: np.ndarray,
    weight: np.ndarray,
    freedom: int,
    level: float,
    against: np.ndarray | float = 0.0,
) -> MixtureSummary:
    """Summarise mixtures of t distributions.

    Parameters
    ----------
    centre, spread : array (series, components, contrasts)
        Location and scale of each component.
    weight : array (series, components)
        Probability of each component; sums to one.
    freedom : int
        Degrees of freedom of all components, 3 or more.
    level : float
        Coverage of the interval.
    against : array (series, contrasts) or float
        The value whose p-value is asked for.

    Raises
    ------
    ValueError
        Fewer than 3 degrees of freedom: the mixture has no finite variance to report.
    """
    if freedom < 3:
        raise ValueError(f"{freedom} degrees of freedom; at least 3 are needed")
    w = weight[:, :, None]
    mean = (w * centre).sum(axis=1)
    inflation = freedom / (freedom - 2)
    variance = (w * (inflation * spread**2 + (centre - mean[:, None]) ** 2)).sum(axis=1)
    standard = (centre - np.broadcast_to(against, mean.shape)[:, None]) / spread
    # Each tail by itself, so that a p-value of 1e-30 does not drown in 1 - (1 - p).
    smaller = special.stdtr(freedom, -np.abs(standard))
    positive = standard > 0
    below = (w * np.where(positive, smaller, 1 - smaller)).sum(axis=1)
    above = (w * np.where(positive, 1 - smaller, smaller)).sum(axis=1)
    table = _t_table(freedom)
    low, high = (
        sign * _upper_quantile(sign * centre, spread, w, freedom, (1 - level) / 2, table)
        for sign in (-1.0, 1.0)
    )
    return MixtureSummary(
        mean=mean, sd=np.sqrt(variance), low=low, high=high,
        p_value=np.minimum(1.0, 2 * np.minimum(below, above)),
    )


def _upper_quantile(centre, spread, w, freedom, tail, table):
    """The point that each mixture exceeds with probability `tail`, by safeguarded Newton."""
    reach = -special.stdtrit(freedom, tail)
    # The mixture's quantile lies between the smallest and the largest of its components'.
    quantiles = np.where(w > 0, centre + reach * spread, np.nan)
    low, high = np.nanmin(quantiles, axis=1), np.nanmax(quantiles, axis=1)
    middle = (w * centre).sum(axis=1)
    deviation = np.sqrt((w * (spread**2 + (centre - middle[:, None]) ** 2)).sum(axis=1))
    x = np.clip(middle + reach * deviation, low, high)
    per_unit = w / spread
    for _ in range(100):
        exceeds, density = _t_upper_tail((x[:, None] - centre) / spread, freedom, table)
        excess = (w * exceeds).sum(axis=1) - tail
        low, high = np.where(excess > 0, x, low), np.where(excess > 0, high, x)
        # between components far apart and very narrow the density is 0: halve there
        slope = (per_unit * density).sum(axis=1)
        newton = x + excess / np.where(slope > 0, slope, 1.0)
        inside = (slope > 0) & (newton >= low) & (newton <= high)
        step = np.where(inside, newton, (low + high) / 2)
        done = np.all(np.abs(step - x) <= QUANTILE_PRECISION * deviation)
        x = step
        if done:
            break
    return x


@lru_cache(maxsize=256)
def _t_table(freedom: int):
    """Tail probability and its slope on an even grid of s = z / sqrt(freedom + z^2)."""
    s = np.linspace(-1.0, 1.0, TABLE_POINTS)
    inner = s[1:-1]
    tail = np.empty(TABLE_POINTS)
    tail[0], tail[-1] = 1.0, 0.0
    tail[1:-1] = special.stdtr(freedom, -inner * np.sqrt(freedom / (1 - inner**2)))
    constant = np.exp(special.gammaln((freedom + 1) / 2) - special.gammaln(freedom / 2))
    constant /= np.sqrt(np.pi)
    slope = -constant * (1 - s**2) ** (freedom / 2 - 1) * (s[1] - s[0])
    return tail, slope, constant


def _t_upper_tail(z, freedom, table):
    """P(T > z) by cubic Hermite interpolation, and the density at z."""
    tail, slope, constant = table
    s = z / np.sqrt(freedom + z * z)
    place = (s + 1) * ((TABLE_POINTS - 1) / 2)
    node = np.minimum(place.astype(np.intp), TABLE_POINTS - 2)
    u = place - node
    left, right = tail[node], tail[node + 1]
    rise_left, rise_right = slope[node], slope[node + 1]
    bend = 3 * (right - left) - 2 * rise_left - rise_right
    twist = rise_left + rise_right - 2 * (right - left)
    probability = left + u * (rise_left + u * (bend + u * twist))
    density = constant / np.sqrt(freedom) * (1 - s * s) ** ((freedom + 1) / 2)
    return probability, density
