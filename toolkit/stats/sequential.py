"""What may be said of a test that is read before its end, and read again?

An asymptotic confidence sequence holds at all times at once: however often somebody looks, the
chance that it ever misses the truth stays at 1 - level. Waudby-Smith, Arbour, Sinha, Kennedy &
Ramdas, "Time-uniform central limit theory and asymptotic confidence sequences" (Annals of
Statistics 2024; arXiv:2103.06476), Robbins' normal mixture; two-sided their equation 9,
one-sided their appendix B.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.stats.comparisons import Comparison, from_limits, undefined
from toolkit.stats.limits import Limits, check_level

# Width is least near this many units; GrowthBook's published default.
TUNING = 5000.0


@dataclass(frozen=True)
class SequenceLimits(Limits):
    """estimate +- k se with a `k` that pays for every look; `rho` is fixed in advance."""

    se: float
    n: float
    rho: float

    @property
    def _information(self) -> float:
        return self.n * self.rho**2

    def ends(self, k: float) -> tuple[float, float]:
        return self.estimate - k * self.se, self.estimate + k * self.se

    def distance(self, value: float) -> float:
        return (self.estimate - value) / self.se

    def multiplier(self, alpha: float, sides: int) -> float:
        v = self._information
        mix = 0.5 * math.log1p(v) - math.log(alpha)
        # One side spends both tails on one; its "+ 1" is what the missing half leaves over.
        logs = mix if sides == 2 else math.log1p(math.exp(mix) / 2)
        return math.sqrt(2 * (v + 1) / v * logs)

    def chance(self, k: float, sides: int) -> float:
        v = self._information
        exponent = k * k * v / (2 * (v + 1))
        root = 0.5 * math.log1p(v)
        if sides == 2:
            return min(1.0, math.exp(root - exponent))
        if exponent > 700:
            return min(1.0, math.exp(root - exponent - math.log(2)))
        left = 2 * math.expm1(exponent)
        return 1.0 if left <= 0 else min(1.0, math.exp(root - math.log(left)))

    def p_value(self, value: float, alternative: str = "two-sided") -> float:
        k = self.distance(value)
        if alternative == "two-sided":
            return self.chance(abs(k), 2)
        k = k if alternative == "greater" else -k
        # An estimate on the null's side is no evidence at any look.
        return self.chance(k, 1) if k > 0 else 1.0


def rho_for(tuning: float, *, level: float = 0.95) -> float:
    """The mixture's rho that makes the sequence narrowest near `tuning` units."""
    check_level(level)
    if not tuning > 0:
        raise ValueError(f"tuning is {tuning}; it must be a number of units above 0.")
    spent = -2 * math.log(1 - level)
    return math.sqrt((spent + math.log(spent + 1)) / tuning)


def confidence_sequence(
    comparison: Comparison,
    n: float,
    *,
    level: float | None = None,
    tuning: float = TUNING,
) -> Comparison:
    """What does this comparison say if it may be read at any time?

    Parameters
    ----------
    comparison : Comparison
        Any with a standard error: a difference or a relative effect on the linear scale.
    n : float
        Units behind it, all arms of the comparison together.
    level : float, optional
        That of `comparison` if None. rho is tuned to it and kept by `.at`.
    tuning : float
        Units at which the sequence is narrowest; choose it before the first look, about the
        size the test is planned to have.

    Returns
    -------
    Comparison
        p is always valid: the chance that it is *ever* at or below alpha under the null is at
        most alpha. Asymptotic: the first look wants a few hundred units. No normal or t
        reference, so `df` is nan.
    """
    chosen = comparison.level if level is None else level
    rho = rho_for(tuning, level=chosen)
    words = {
        "null": comparison.null,
        "method": f"asymptotic confidence sequence on {comparison.method}",
        "level": chosen,
        "alternative": comparison.alternative,
    }
    if not n > 0:
        raise ValueError(f"n is {n}; it must be the number of units above 0.")
    if comparison.reason is not None:
        return undefined(
            comparison.reason, estimate=comparison.estimate, se=comparison.se, **words
        )
    if not (math.isfinite(comparison.se) and comparison.se > 0):
        return undefined(
            "a sequence needs a standard error above 0", estimate=comparison.estimate, **words
        )
    return from_limits(
        SequenceLimits(comparison.estimate, comparison.se, n, rho), se=comparison.se, **words
    )
