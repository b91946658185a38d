"""Do two judges agree, more than by chance?

Cohen's kappa with the standard error of Fleiss, Cohen & Everitt (1969), Psychological Bulletin
72:323.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import check_level, critical

METHOD = "Cohen's kappa"


def kappa(table: ArrayLike, *, level: float = 0.95) -> Interval:
    """Cohen's kappa: 0 is agreement by chance, 1 complete agreement.

    Parameters
    ----------
    table : array (k, k)
        Counts; rows by the first judge, columns by the second, categories in the same order.

    Returns
    -------
    Interval
        nan with a reason where nothing was judged, or both judges always said the same one thing.

    Raises
    ------
    ValueError
        The table is not square, or holds negative counts.
    """
    check_level(level)
    x = np.asarray(table, dtype=float)
    if x.ndim != 2 or x.shape[0] != x.shape[1] or (x < 0).any():
        raise ValueError("a table of agreement is square and its counts are not negative.")
    n = float(x.sum())
    if not n:
        return undefined_interval("nothing was judged by both", method=METHOD, n=0, level=level)
    p = x / n
    rows, columns = p.sum(axis=1), p.sum(axis=0)
    seen, chance = float(np.trace(p)), float(rows @ columns)
    if chance >= 1 - 1e-12:
        reason = "both always said the same one thing"
        return undefined_interval(reason, method=METHOD, n=n, level=level)
    value = (seen - chance) / (1 - chance)
    # the large-sample variance of their equation 13, for kappa not 0
    diagonal = np.diag(p) * (1 - (rows + columns) * (1 - value)) ** 2
    off = p * (columns[:, None] + rows[None, :]) ** 2
    np.fill_diagonal(off, 0.0)
    variance = diagonal.sum() + (1 - value) ** 2 * off.sum()
    variance -= (value - chance * (1 - value)) ** 2
    se = math.sqrt(max(variance, 0.0) / n) / (1 - chance)
    reach = critical((1 - level) / 2) * se
    return Interval(
        value, max(value - reach, -1.0), min(value + reach, 1.0), level, se, math.nan, n, METHOD
    )
