"""How far are we ahead of or behind each rival, and who differs from whom?"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from toolkit.benchmarks.definition import Benchmark
from toolkit.benchmarks.standings import League, Standing
from toolkit.language import Quantity
from toolkit.stats import means
from toolkit.stats.comparisons import Comparison, wald
from toolkit.stats.means import MeanMoments
from toolkit.stats.multiplicity import adjusted, adjusted_comparisons
from toolkit.stats.pairwise import OverallTest, all_pairs, equal_means, hedges_g, letters


@dataclass(frozen=True)
class Gap:
    """We less one rival.

    Attributes
    ----------
    comparison
        At the comparison's level.
    shown
        With the interval that agrees with the decision.
    p_adjusted
        Holm's over all rivals.
    told
        Whether the two are told apart: after Holm's correction, and by the places that all
        companies may have together, so that one page never says both.
    size
        Hedges' g; None where an answer has no spread.
    sign
        +1 where more is better.
    """

    rival: str
    comparison: Comparison
    shown: Comparison
    p_adjusted: float
    told: bool
    size: Comparison | None
    unit: str
    sign: float

    @property
    def quantity(self) -> Quantity:
        """The gap as it is shown."""
        c = self.shown
        if c.reason is not None:
            return Quantity(math.nan, self.unit, reason=c.reason)
        return Quantity(c.estimate, self.unit, c.low, c.high)

    @property
    def verdict(self) -> str:
        """Ahead, behind, or not told apart."""
        if not self.told:
            return "cannot_be_told_apart"
        return "ahead" if self.sign * self.comparison.estimate > 0 else "behind"


@dataclass(frozen=True)
class Pairing:
    """Two companies, p over all pairs."""

    first: str
    second: str
    difference: Quantity
    p_value: float
    told: bool


@dataclass(frozen=True)
class Family:
    """All pairs of ranked companies by one method, and the letters read off them."""

    method: str
    pairs: tuple[Pairing, ...]
    letters: dict[str, str]


@dataclass(frozen=True)
class Pairs:
    """All pairs of ranked companies: by the family of tests that counts, and by others beside it."""

    family: Family
    others: tuple[Family, ...]
    overall: OverallTest

    @property
    def pairs(self) -> tuple[Pairing, ...]:
        """By the family that counts."""
        return self.family.pairs

    @property
    def letters(self) -> dict[str, str]:
        """Companies that share one cannot be told apart, by the family that counts."""
        return self.family.letters


def gaps(league: League, definition: Benchmark) -> tuple[Gap, ...]:
    """We against each ranked rival, in the order of the league; empty where we are not ranked."""
    us = league.get(definition.us)
    if us is None or not us.ranked:
        return ()
    rivals = [s for s in league.ranked if s.company != us.company]
    raw = [gap_of(league, us, s, definition) for s in rivals]
    found = []
    for s, c, a in zip(rivals, raw, adjusted_comparisons(raw, "holm", alpha=definition.alpha), strict=True):
        told = a.rejected and league.told_apart(us.company, s.company)
        shown = a.comparison
        if a.rejected and not told:
            # the interval of all pairs together, which is the wider one and holds 0
            shown = c.at(1 - c.limits.chance(league.ranks.critical, 2))
        found.append(Gap(
            s.company, c, shown, a.p_adjusted, told, _size(s, us), league.score.gap_unit, league.score.sign,
        ))  # fmt: skip
    return tuple(found)


def gap_of(league: League, us: Standing, rival: Standing, definition: Benchmark) -> Comparison:
    """Welch for simple samples; else by the design, with Satterthwaite's degrees of freedom."""
    if not league.designed:
        return means.difference(rival.moments, us.moments, level=definition.level)
    se = league.se_of_gap(us.company, rival.company)
    if league.together(us.company, rival.company):
        df = min(us.df, rival.df)
    else:
        df = means.welch_df(rival.moments, us.moments)
    return wald(us.value - rival.value, se, df=df, method="design-based, linearised", level=definition.level)


def pairs(league: League, definition: Benchmark) -> Pairs | None:
    """Every pair of ranked companies; None below two.

    Games-Howell and Tukey-Kramer for independent companies, the latter first where equal variances
    are declared; where companies share respondents or clusters, t tests by the design with Holm's
    correction.
    """
    listed = league.ranked
    if len(listed) < 2:
        return None
    names, moments = [s.company for s in listed], [s.moments for s in listed]
    if any(league.together(a, b) for i, a in enumerate(names) for b in names[i + 1 :]):
        at = [(i, j) for i in range(len(listed)) for j in range(i + 1, len(listed))]
        raw = [gap_of(league, listed[j], listed[i], definition) for i, j in at]
        holm = adjusted_comparisons(raw, "holm", alpha=definition.alpha)
        found = [(i, j, a.comparison, a.p_adjusted) for (i, j), a in zip(at, holm, strict=True)]
        method = "Holm over design-based t tests"
        families = [_family(method, found, names, league, definition)]
    else:
        families = []
        for method, title in (("games-howell", "Games-Howell"), ("tukey-kramer", "Tukey-Kramer")):
            every = all_pairs(moments, method, level=definition.level)
            found = [(p.first, p.second, p.comparison, p.comparison.p_value) for p in every]
            families.append(_family(title, found, names, league, definition))
        if definition.equal_variances:
            families.reverse()
    equal = equal_means(moments, welch=not definition.equal_variances)
    return Pairs(families[0], tuple(families[1:]), equal)


def _family(method: str, found, names: list[str], league: League, definition: Benchmark) -> Family:
    unit, listed = league.score.gap_unit, []
    differ = np.zeros((len(names), len(names)), dtype=bool)
    for i, j, c, p in found:
        told = bool(p <= definition.alpha)
        differ[i, j] = differ[j, i] = told
        q = Quantity(math.nan, unit, reason=c.reason) if c.reason else Quantity(c.estimate, unit, c.low, c.high)
        listed.append(Pairing(names[i], names[j], q, p, told))
    return Family(method, tuple(listed), dict(zip(names, letters(differ), strict=True)))


def corrected(p_values: Iterable[float], method: str) -> np.ndarray:
    """p values corrected together."""
    return adjusted(list(p_values), method)


def _size(rival: Standing, us: Standing) -> Comparison | None:
    parts = []
    for s in (rival, us):
        if not (s.n_effective >= 2 and math.isfinite(s.spread)):
            return None
        parts.append(MeanMoments(s.n_effective, s.value, s.spread**2))
    return hedges_g(*parts)
