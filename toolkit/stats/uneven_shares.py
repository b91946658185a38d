"""Is something seen more often in one place than in all others together?

Each place's share is an interval on effective rows (`clustered_shares`); a place and the rest are
compared by the method that recovers variances from two intervals (Newcombe 1998, method 10;
Zou & Donner 2008), with the error divided among all comparisons (Bonferroni), so that together
they hold with the level asked for.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.stats.clustered_shares import interval
from toolkit.stats.comparisons import Interval
from toolkit.stats.limits import check_level


@dataclass(frozen=True)
class Sums:
    """Sums over the clusters of one place, as an engine gives them.

    Attributes
    ----------
    count, rows
        Rows that have it, of rows.
    squares, products, sizes
        Over clusters: the sums of counts squared, of counts times rows, and of rows squared. Where
        every row is a cluster: ``count, count, rows``.
    """

    count: float
    rows: float
    squares: float
    products: float
    sizes: float

    def __post_init__(self) -> None:
        if not 0 <= self.count <= self.rows:
            raise ValueError(f"{self.count} of {self.rows}: the count must lie between 0 and the rows.")

    def plus(self, other: Sums) -> Sums:
        """Both places together; clusters are taken as lying in one place each."""
        return Sums(
            self.count + other.count, self.rows + other.rows, self.squares + other.squares,
            self.products + other.products, self.sizes + other.sizes,
        )  # fmt: skip

    def share(self, level: float) -> Interval:
        """The share with its interval; nan with a reason of no rows and of one cluster."""
        if self.rows == 0:
            return interval(0, 0, math.nan, 0, level=level)
        clusters = self.rows**2 / self.sizes if self.sizes > 0 else math.nan
        ratio = self.count / self.rows
        spread = max(self.squares - 2 * ratio * self.products + ratio**2 * self.sizes, 0.0)
        small = clusters / (clusters - 1) if 1 < clusters < self.rows else 1.0
        return interval(self.count, self.rows, math.sqrt(spread * small) / self.rows, clusters, level=level)


@dataclass(frozen=True)
class Uneven:
    """One place against all others.

    Attributes
    ----------
    share
        Its own share.
    difference, low, high
        Its share less that of the others; nan where one of them has no interval.
    reason
        Why there is none.
    """

    share: Interval
    difference: float
    low: float
    high: float
    reason: str | None = None


def against_the_rest(places: Sequence[Sums], *, level: float = 0.95, comparisons: int | None = None) -> tuple[Uneven, ...]:
    """Where is it seen more often than elsewhere?

    Parameters
    ----------
    places
        One a place.
    level
        At which all differences hold together.
    comparisons
        How many are made in all; as many as there are places where absent.

    Returns
    -------
    tuple of Uneven
        In the order of `places`; each own share has `level` by itself.

    Raises
    ------
    ValueError
        `level` is no level.

    Sources
    -------
    Newcombe (1998), Statistics in Medicine 17:873. Zou & Donner (2008), Statistics in Medicine
    27:1693.
    """
    check_level(level)
    each = 1 - (1 - level) / max(comparisons or len(places), 1)
    found = []
    for i, place in enumerate(places):
        rest = Sums(0, 0, 0, 0, 0)
        for j, other in enumerate(places):
            rest = rest if i == j else rest.plus(other)
        mine, theirs = place.share(each), rest.share(each)
        reason = mine.reason or theirs.reason
        if reason is not None:
            found.append(Uneven(place.share(level), math.nan, math.nan, math.nan, reason))
            continue
        step = mine.estimate - theirs.estimate
        low = step - math.hypot(mine.estimate - mine.low, theirs.high - theirs.estimate)
        high = step + math.hypot(mine.high - mine.estimate, theirs.estimate - theirs.low)
        found.append(Uneven(place.share(level), step, low, high))
    return tuple(found)
