"""How sure is a number made of several sums, each over the same groups of units?

Delete-a-group jackknife: the number is made again without each group, and what it moves says how
sure it is (Kott 2001, The delete-a-group jackknife, Journal of Official Statistics 17:521; Wolter
2007, Introduction to Variance Estimation, chapter 4). Groups are random, so units may have several rows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from toolkit.stats.limits import check_level, critical

FEWEST_GROUPS = 10
"""Fewer groups say little about the spread."""


def grouped_interval(
    sums: Mapping[str, Sequence[float]], formula: Callable[[Mapping[str, float]], float], *, level: float = 0.95
) -> tuple[float, float, float]:
    """A number made of sums, and the ends of its interval.

    Parameters
    ----------
    sums
        Name -> the sum in each group; all of the same length, in the same order of groups.
    formula
        Makes the number of the whole sums by name.

    Returns
    -------
    tuple
        Estimate, low, high: Student's t on groups - 1. The ends are nan below `FEWEST_GROUPS` groups
        in which anything stands, or where the formula has no value without one of them.
    """
    check_level(level)
    table = {name: np.asarray(values, float) for name, values in sums.items()}
    sizes = {v.shape for v in table.values()}
    if len(sizes) != 1 or len(next(iter(sizes))) != 1:
        raise ValueError("every sum has one number a group, in the same order.")
    whole = {name: float(v.sum()) for name, v in table.items()}
    estimate = float(formula(whole))
    used = np.flatnonzero(np.any([v != 0 for v in table.values()], axis=0))
    groups = used.size
    if groups < FEWEST_GROUPS or not math.isfinite(estimate):
        return estimate, math.nan, math.nan
    scale = groups / (groups - 1)  # the groups left stand for all
    without = np.array([formula({n: scale * (whole[n] - float(v[g])) for n, v in table.items()}) for g in used], float)
    if not np.isfinite(without).all():
        return estimate, math.nan, math.nan
    variance = (groups - 1) / groups * float(((without - without.mean()) ** 2).sum())
    reach = critical((1 - level) / 2, groups - 1) * math.sqrt(variance)
    return estimate, estimate - reach, estimate + reach
