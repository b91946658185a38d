"""Which of several groups differ, all pairs looked at, and which may share a letter?

Tukey-Kramer (equal variances) and Games-Howell (unequal) intervals that hold together, letters read
off the pairwise table and off nothing else, the overall tests that do *not* say which, and the size
of a difference in standard deviations.

Sources
-------
Tukey (1953); Kramer (1956), Biometrics 12, 307-310; Hayter (1984), Annals of Statistics 12, 61-75
(conservative with unequal n). Games & Howell (1976), Journal of Educational Statistics 1, 113-125.
Welch (1951), Biometrika 38, 330-336. Piepho (2004), Journal of Computational and Graphical
Statistics 13, 456-466 (letters). Hedges (1981), Journal of Educational Statistics 6, 107-128.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from string import ascii_lowercase

import numpy as np
from numpy.typing import ArrayLike
from scipy import special, stats

from toolkit.stats.comparisons import Comparison, from_limits, undefined, wald
from toolkit.stats.limits import Limits, check_choice, check_level
from toolkit.stats.means import MeanMoments, welch_df
from toolkit.stats.studentized_range import range_critical, range_sf

METHODS = ("tukey-kramer", "games-howell")


@dataclass(frozen=True)
class RangeLimits(Limits):
    """estimate +- q se / sqrt(2), q of the studentized range of `groups` means."""

    se: float
    groups: int = field(kw_only=True)

    def ends(self, k: float) -> tuple[float, float]:
        return self.estimate - k * self.se, self.estimate + k * self.se

    def multiplier(self, alpha: float, sides: int) -> float:
        if sides != 2:
            raise ValueError("all pairs together have two-sided intervals only.")
        df = math.inf if math.isnan(self.df) else self.df
        return range_critical(alpha, self.groups, df) / math.sqrt(2)

    def chance(self, k: float, sides: int) -> float:
        df = math.inf if math.isnan(self.df) else self.df
        return range_sf(abs(k) * math.sqrt(2), self.groups, df)

    def distance(self, value: float) -> float:
        return (self.estimate - value) / self.se


@dataclass(frozen=True)
class Pair:
    """Group `second` less group `first` (their places in the list given), p over all pairs."""

    first: int
    second: int
    comparison: Comparison


@dataclass(frozen=True)
class OverallTest:
    """Whether all means are equal; it never says which differ."""

    statistic: float
    df_between: float
    df_within: float
    p_value: float
    method: str
    reason: str | None = None


def all_pairs(
    groups: Sequence[MeanMoments], method: str = "games-howell", *, level: float = 0.95
) -> tuple[Pair, ...]:
    """Every pair of groups, intervals and p values that hold for all pairs together.

    Parameters
    ----------
    groups
        Independent samples; one with fewer than two units gives undefined pairs and does not count
        as a group.
    method
        ``"tukey-kramer"`` with one pooled variance, or ``"games-howell"`` with each group's own.
    """
    check_choice(method, METHODS, "method")
    check_level(level)
    usable = [g for g in groups if g.n >= 2 and math.isfinite(g.variance)]
    k = len(usable)
    df = sum(g.degrees for g in usable)
    pooled = sum(g.degrees * g.variance for g in usable) / df if df > 0 else math.nan
    found = []
    for a in range(len(groups)):
        for b in range(a + 1, len(groups)):
            pair = groups[a], groups[b]
            words = {"null": "difference = 0", "method": method, "level": level}
            if any(g.n < 2 or not math.isfinite(g.variance) for g in pair):
                reason = "a group has fewer than two units, and a variance needs two"
                found.append(Pair(a, b, undefined(reason, **words)))
                continue
            if method == "tukey-kramer":
                se, freedom = math.sqrt(pooled * (1 / pair[0].n + 1 / pair[1].n)), df
            else:
                se, freedom = math.hypot(pair[0].se, pair[1].se), welch_df(*pair)
            estimate = pair[1].mean - pair[0].mean
            if not se > 0:
                reason = "nothing varies in either group, so chance cannot be judged"
                found.append(Pair(a, b, undefined(reason, estimate=estimate, se=se, **words)))
                continue
            limits = RangeLimits(estimate, se, df=freedom, groups=max(k, 2))
            found.append(Pair(a, b, from_limits(limits, se=se, **words)))
    return tuple(found)


def equal_means(groups: Sequence[MeanMoments], *, welch: bool = True) -> OverallTest:
    """Are all means equal? Welch's F, or the classical one with a pooled variance."""
    method = "Welch's F" if welch else "one-way analysis of variance"
    usable = [g for g in groups if g.n >= 2 and math.isfinite(g.variance)]
    k = len(usable)
    if k < 2:
        return OverallTest(*[math.nan] * 4, method, "fewer than two groups have two units or more")
    n = np.array([g.n for g in usable], dtype=float)
    mean = np.array([g.mean for g in usable])
    variance = np.array([g.variance for g in usable])
    if not welch:
        within = float(sum(g.degrees for g in usable))
        spread = float(sum(g.degrees * g.variance for g in usable)) / within
        if not spread > 0:
            return OverallTest(*[math.nan] * 4, method, "nothing varies in any group")
        between = float(n @ (mean - n @ mean / n.sum()) ** 2) / (k - 1)
        statistic = between / spread
        p = float(stats.f.sf(statistic, k - 1, within))
        return OverallTest(statistic, k - 1, within, p, method)
    if not (variance > 0).all():
        return OverallTest(*[math.nan] * 4, method, "nothing varies in a group")
    weight = n / variance
    share = weight / weight.sum()
    gap = float(weight @ (mean - share @ mean) ** 2) / (k - 1)
    free = np.array([g.degrees for g in usable], dtype=float)
    uneven = float(np.sum((1 - share) ** 2 / free))
    statistic = gap / (1 + 2 * (k - 2) / (k**2 - 1) * uneven)
    within = (k**2 - 1) / (3 * uneven)
    return OverallTest(
        statistic, k - 1, within, float(stats.f.sf(statistic, k - 1, within)), method
    )


def letters(differ: ArrayLike, order: Sequence[int] | None = None) -> tuple[str, ...]:
    """Letters such that two groups share one exactly where they cannot be told apart.

    Parameters
    ----------
    differ : array (k, k) of bool
        Which pairs differ; symmetric.
    order
        Places from first to last, for whom the first letters are; as given where absent.

    Returns
    -------
    tuple of str
        For each group. Piepho's insert and absorb; beyond 26 letters, ``a1``, ``b1``, ...
    """
    apart = np.asarray(differ, dtype=bool)
    k = len(apart)
    if apart.shape != (k, k) or (apart != apart.T).any() or apart.diagonal().any():
        raise ValueError("differ is a square, symmetric table whose diagonal is False.")
    columns: list[frozenset[int]] = [frozenset(range(k))]
    for a, b in zip(*np.nonzero(np.triu(apart)), strict=True):
        split: list[frozenset[int]] = []
        for column in columns:
            split += [column - {a}, column - {b}] if {a, b} <= column else [column]
        split = list(dict.fromkeys(split))
        columns = [c for c in split if not any(c < other for other in split)]
    place = {g: i for i, g in enumerate(range(k) if order is None else order)}
    columns.sort(key=lambda c: sorted(place[g] for g in c))
    names = [
        ascii_lowercase[i % 26] + (str(i // 26) if i >= 26 else "") for i in range(len(columns))
    ]
    return tuple(
        "".join(name for name, c in zip(names, columns, strict=True) if g in c) for g in range(k)
    )


def hedges_g(
    control: MeanMoments, treatment: MeanMoments, *, level: float = 0.95
) -> Comparison:
    """How large is the difference in pooled standard deviations, corrected for small samples?

    Hedges (1981), exact correction; standard error and normal interval as in Borenstein et al.
    (2009), Introduction to Meta-Analysis, chapter 4.
    """
    check_level(level)
    words = {"null": "difference = 0", "method": "Hedges' g", "level": level}
    df = control.degrees + treatment.degrees
    if control.n < 2 or treatment.n < 2:
        return undefined("a group has fewer than two units", **words)
    pooled = (control.degrees * control.variance + treatment.degrees * treatment.variance) / df
    if not pooled > 0:
        return undefined("nothing varies in either group", **words)
    exact = math.exp(
        special.gammaln(df / 2) - special.gammaln((df - 1) / 2) - math.log(df / 2) / 2
    )
    d = (treatment.mean - control.mean) / math.sqrt(pooled)
    n1, n2 = control.n, treatment.n
    se = exact * math.sqrt((n1 + n2) / (n1 * n2) + d * d / (2 * (n1 + n2)))
    return wald(exact * d, se, **words)
