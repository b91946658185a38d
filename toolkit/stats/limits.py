"""Where do the ends of an interval lie at a level, and at which level does one touch a value?

A `Limits` is what an interval remembers of its data: the rule by which its ends move. Moving
them to another level gives corrected intervals; turning the rule round gives the p value of any
null, which then agrees with the interval at every level.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

from scipy import optimize, stats

ALTERNATIVES = ("two-sided", "greater", "less")
# Normal tails are below the smallest double beyond 38.6 standard errors.
FURTHEST = 45.0


def check_choice(value: str, choices: tuple[str, ...], name: str) -> None:
    """Refuse a word that is not one of the choices."""
    if value not in choices:
        raise ValueError(f"{name} is {value!r}; it must be one of {', '.join(choices)}.")


def check_level(level: float, name: str = "level") -> None:
    """Refuse a probability that is not strictly between 0 and 1."""
    if not 0 < level < 1:
        raise ValueError(f"{name} is {level!r}; it must lie strictly between 0 and 1.")


def tail(k: float, df: float = math.nan) -> float:
    """Probability above `k` under Student's t with `df` degrees of freedom (nan: normal)."""
    return float(stats.norm.sf(k) if _normal(df) else stats.t.sf(k, df))


def critical(probability: float, df: float = math.nan) -> float:
    """The value with `probability` above it under Student's t (`df` nan: normal)."""
    return float(stats.norm.isf(probability) if _normal(df) else stats.t.isf(probability, df))


def p_from_statistic(
    statistic: float, df: float = math.nan, alternative: str = "two-sided"
) -> float:
    """p of a normal or t statistic, by survival functions so that 1e-300 is not 0."""
    check_choice(alternative, ALTERNATIVES, "alternative")
    if alternative == "greater":
        return tail(statistic, df)
    if alternative == "less":
        return tail(-statistic, df)
    return min(1.0, 2 * tail(abs(statistic), df))


def _normal(df: float) -> bool:
    return math.isnan(df) or math.isinf(df)


@dataclass(frozen=True)
class Limits:
    """How the ends of an interval move with its level; subclasses give `ends`.

    `df` is that of the reference t distribution, nan for the normal.
    """

    estimate: float
    df: float = field(default=math.nan, kw_only=True)

    def ends(self, k: float) -> tuple[float, float]:
        """Both ends at `k` standard errors (k >= 0)."""
        raise TypeError(f"{type(self).__name__} does not say where its ends are.")

    def multiplier(self, alpha: float, sides: int) -> float:
        """The `k` whose interval misses with probability `alpha`."""
        return critical(alpha / sides, self.df)

    def chance(self, k: float, sides: int) -> float:
        """The reverse of `multiplier`: the p of an effect `k` standard errors away (k >= 0)."""
        return min(1.0, sides * tail(k, self.df))

    def at(self, level: float, alternative: str = "two-sided") -> tuple[float, float]:
        """Low and high end; a one-sided interval is infinite on its other side."""
        if alternative == "two-sided":
            return self.ends(self.multiplier(1 - level, 2))
        k = self.multiplier(1 - level, 1)
        if k < 0:  # a one-sided level below one half would turn the interval inside out
            raise ValueError(f"a one-sided interval needs a level of at least 0.5, not {level}.")
        low, high = self.ends(k)
        return (low, math.inf) if alternative == "greater" else (-math.inf, high)

    def distance(self, value: float) -> float:
        """How many `k` the estimate lies above (+) or below (-) a value."""
        if value == self.estimate:
            return 0.0
        side, sign = (0, 1.0) if value < self.estimate else (1, -1.0)

        def gap(k: float) -> float:
            return (self.ends(k)[side] - value) * sign

        if gap(FURTHEST) > 0:
            return sign * math.inf
        return sign * float(optimize.brentq(gap, 0.0, FURTHEST, xtol=1e-13, rtol=1e-14))

    def p_value(self, value: float, alternative: str = "two-sided") -> float:
        """The p of the null "effect = value" that agrees with this interval at every level."""
        k = self.distance(value)
        if alternative == "two-sided":
            return self.chance(abs(k), 2)
        k = k if alternative == "greater" else -k
        return self.chance(k, 1) if k >= 0 else 1 - self.chance(-k, 1)


@dataclass(frozen=True)
class WaldLimits(Limits):
    """estimate +- k se."""

    se: float

    def ends(self, k: float) -> tuple[float, float]:
        return self.estimate - k * self.se, self.estimate + k * self.se

    def distance(self, value: float) -> float:
        return (self.estimate - value) / self.se


@dataclass(frozen=True)
class LogLimits(Limits):
    """Symmetric for log(1 + estimate), as a ratio's interval should be."""

    log_se: float

    def ends(self, k: float) -> tuple[float, float]:
        centre = math.log1p(self.estimate)
        return _ratio_less_one(centre - k * self.log_se), _ratio_less_one(centre + k * self.log_se)

    def distance(self, value: float) -> float:
        if value <= -1:
            return math.inf
        return (math.log1p(self.estimate) - math.log1p(value)) / self.log_se


def _ratio_less_one(log: float) -> float:
    """``exp(log) - 1``, infinite where it exceeds every float: an interval that wide says nothing above."""
    try:
        return math.expm1(log)
    except OverflowError:
        return math.inf
