"""How many an order, a customer or an hour, and how surely?

Garwood's exact interval of a Poisson count (1936, Biometrika 28:437), widened where events come in
clusters: the count is taken for as many independent events as vary as much.
"""

from __future__ import annotations

import math

from scipy import stats

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import check_level

METHOD = "Garwood's Poisson interval"


def interval(
    count: float, exposure: float, *, squares: float | None = None, level: float = 0.95
) -> Interval:
    """Events per unit of exposure.

    Parameters
    ----------
    count
        Events, whole.
    exposure
        What they are out of, taken as known.
    squares
        Sum over clusters of their squared counts; `count` where every event is one of its own.

    Returns
    -------
    Interval
        nan with a reason where there was nothing to be out of. `n` are the events.

    Raises
    ------
    ValueError
        Negative numbers.
    """
    check_level(level)
    if not (count >= 0 and exposure >= 0):
        raise ValueError(f"{count} events of {exposure}: neither is negative.")
    if exposure == 0:
        return undefined_interval("nothing to be out of", method=METHOD, n=count, level=level)
    wide = max(1.0, squares / count) if squares is not None and count else 1.0
    independent, tail = count / wide, (1 - level) / 2
    low = wide * float(stats.gamma.ppf(tail, independent)) if independent else 0.0
    high = wide * float(stats.gamma.isf(tail, independent + 1))
    se = math.sqrt(count * wide) / exposure
    return Interval(
        count / exposure, low / exposure, high / exposure, level, se, math.nan, count, METHOD
    )
