"""How sure is a share, when several rows belong to one customer or colleague?

Wilson's interval on the number of independent rows that carry as much as these do (Rao & Scott
1981's design effect in the score interval, as Korn & Graubard 1998 put it into Clopper-Pearson's).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.limits import check_level, critical
from toolkit.stats.shares import wilson_ends

METHOD = "Wilson score on effective rows"


@dataclass(frozen=True)
class _Worth:
    """A share of rows that need not be whole ones."""

    count: float
    n: float

    @property
    def value(self) -> float:
        return self.count / self.n


def interval(
    count: float, n: float, se: float, clusters: float, *, level: float = 0.95
) -> Interval:
    """What is the share, and how surely?

    Parameters
    ----------
    count, n
        Rows that have it, of rows.
    se
        Standard error of the share between clusters; nan where it is not known.
    clusters
        How many independent clusters count: ``n**2 / sum(rows of a cluster ** 2)``; `n` where every
        row is one.

    Returns
    -------
    Interval
        `n` of it are the rows. nan with a reason of no rows, and of one cluster, which shows no
        variation. Never narrower than Wilson's of `n` independent rows.

    Raises
    ------
    ValueError
        `count` is not between 0 and `n`.

    Sources
    -------
    Wilson (1927), JASA 22:209. Korn & Graubard (1998), Survey Methodology 24:193. Rao & Scott
    (1981), JASA 76:221.
    """
    check_level(level)
    if not 0 <= count <= n:
        raise ValueError(f"{count} of {n}: the count must lie between 0 and n.")
    if n == 0:
        return undefined_interval("no rows", method=METHOD, n=0, level=level)
    share = count / n
    if not clusters > 1:
        reason = "one cluster shows no variation"
        return undefined_interval(reason, method=METHOD, n=n, estimate=share, level=level)
    # all or none: nothing varies, and each cluster counts once
    worth = share * (1 - share) / se**2 if 0 < share < 1 and se > 0 else clusters
    worth = min(worth, n)
    # as many degrees of freedom as clusters; rows of their own need none, for p gives their variance
    # sums of an engine miss whole numbers by their last bits
    df = math.nan if clusters >= n * (1 - 1e-9) else clusters - 1
    low, high = wilson_ends(_Worth(share * worth, worth), critical((1 - level) / 2, df))
    return Interval(share, low, high, level, se, df, n, METHOD)


@dataclass(frozen=True)
class Shares:
    """Shares of one total, with their covariance between clusters.

    Attributes
    ----------
    counts : array (k,)
        Rows of each kind; their sum is the total.
    value : array (k,)
        Shares; they sum to 1.
    covariance : array (k, k)
    clusters : float
        Independent clusters that count.
    """

    counts: np.ndarray
    value: np.ndarray
    covariance: np.ndarray
    clusters: float

    @property
    def n(self) -> float:
        """Rows."""
        return float(self.counts.sum())

    def intervals(self, *, level: float = 0.95) -> tuple[Interval, ...]:
        """All shares at once: together they hold with `level`.

        Goodman's intervals (1965): Wilson's with the error divided among the shares; on effective
        rows where rows come in clusters.
        """
        each = 1 - (1 - level) / len(self.counts)
        se = np.sqrt(np.diag(self.covariance))
        return tuple(
            interval(float(c), self.n, float(s), self.clusters, level=each)
            for c, s in zip(self.counts, se, strict=True)
        )


def shares_of_total(counts: ArrayLike, together: ArrayLike | None = None) -> Shares:
    """Shares of one total, from sums that an engine can give.

    Parameters
    ----------
    counts : array (k,)
        Rows of each kind, whole and not all 0.
    together : array (k, k), optional
        Over clusters, the sum of rows of kind a times rows of kind b of the same cluster. Absent:
        every row is independent, and the covariance is the multinomial one.

    Raises
    ------
    ValueError
        Nothing to count, negative counts, or `together` whose rows do not fit.
    """
    x = np.asarray(counts, dtype=float)
    if x.ndim != 1 or not len(x) or (x < 0).any() or not x.sum() > 0:
        raise ValueError("counts are one row of numbers, not negative and not all 0.")
    q = np.diag(x) if together is None else np.asarray(together, dtype=float)
    if q.shape != (len(x), len(x)) or not np.allclose(q, q.T):
        raise ValueError(f"'together' is a symmetric table of {len(x)} by {len(x)}.")
    n = float(x.sum())
    p, rows, total = x / n, q.sum(axis=1), float(q.sum())
    covariance = (q - np.outer(p, rows) - np.outer(rows, p) + total * np.outer(p, p)) / n**2
    clusters = n**2 / total
    small = clusters / (clusters - 1) if together is not None and clusters > 1 else 1.0
    return Shares(x, p, covariance * small, clusters)
