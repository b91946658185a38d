"""Which values of a sorted column must the engine give, so that a quantile has its interval?

The column stays where it is: `needed` names the ranks, the engine gives the values at them, and
`interval_of` says what `quantiles.interval` would say of the whole column.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from scipy import stats

from toolkit.stats.comparisons import Interval, check_level, critical, undefined_interval
from toolkit.stats.quantiles import ranks

METHOD = "quantile, order statistics"


@dataclass(frozen=True)
class Needed:
    """Ranks, counted from 1, behind one quantile of `n` values.

    Attributes
    ----------
    around
        The two ranks the estimate lies between, and the weight of the upper one.
    ends
        The ranks that enclose the quantile at `level`; None where the values are too few.
    spread
        Two ranks about two standard errors away on either side.
    tails
        The probabilities beyond `spread`.
    """

    n: int
    quantile: float
    level: float
    around: tuple[int, int, float]
    ends: tuple[int, int] | None
    spread: tuple[int, int]
    tails: tuple[float, float]

    @property
    def ranks(self) -> tuple[int, ...]:
        """Every rank to ask for, in order, each once."""
        return tuple(sorted({*self.around[:2], *(self.ends or ()), *self.spread}))


def needed(n: int, quantile: float, *, level: float = 0.95) -> Needed:
    """Which ranks give the quantile, its interval and its standard error?

    Parameters
    ----------
    n
        Values in the column, missing ones left out; at least 1.
    quantile
        Between 0 and 1; interpolated as numpy's default does (Hyndman & Fan 1996, type 7).

    Notes
    -----
    Ends: Conover (1999), section 3.2. Standard error: Price & Bonett (2002), J. Stat. Comput.
    Simul. 72:119, generalised from the median.
    """
    check_level(level)
    check_level(quantile, "quantile")
    if n < 1:
        raise ValueError(f"n is {n}; ranks need at least one value.")
    place = (n - 1) * quantile
    lower = min(math.floor(place) + 1, n)
    found = ranks(n, quantile, level=level)
    half = 2 * math.sqrt(n * quantile * (1 - quantile))
    low = max(1, math.floor(n * quantile - half + 0.5))
    high = min(n, math.ceil(n * quantile + half + 0.5))
    below = stats.binom(n, quantile)
    return Needed(
        n, quantile, level,
        (lower, min(lower + 1, n), place - math.floor(place)),
        (found.low, found.high) if found.low >= 1 and found.high <= n else None,
        (low, high),
        (float(below.cdf(low - 1)), float(below.sf(high - 1))),
    )  # fmt: skip


def interval_of(asked: Needed, values: Mapping[int, float]) -> Interval:
    """The quantile's interval from the values at `asked.ranks`.

    Too few values for the level leave an end unbounded: nan with the reason.
    """
    lower, upper, weight = asked.around
    estimate = values[lower] + (values[upper] - values[lower]) * weight
    if asked.ends is None:
        reason = f"{asked.n} values are too few to bound this quantile at level {asked.level:g}"
        return undefined_interval(
            reason, method=METHOD, n=asked.n, estimate=estimate, level=asked.level
        )
    apart = critical(asked.tails[0]) + critical(asked.tails[1])
    wide = values[asked.spread[1]] - values[asked.spread[0]]
    se = wide / apart if math.isfinite(apart) and apart > 0 else math.nan
    low, high = (values[rank] for rank in asked.ends)
    # interpolation can step over an order statistic where values are tied or few
    return Interval(
        estimate, min(low, estimate), max(high, estimate), asked.level, se, math.nan, asked.n, METHOD
    )
