"""What is the net score (promoters minus detractors), and how surely?

Reichheld's net promoter score and every other "top minus bottom" of a question with levels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.stats.comparisons import Comparison, Interval, undefined, undefined_interval, wald
from toolkit.stats.limits import Limits, check_level

# Rocks (2016): three added answers, shared 3/4 to each end and the rest to the middle.
ADDED = 3.0
ADDED_EACH_END = 0.75


@dataclass(frozen=True)
class NetCounts:
    """How many answered at the top, in the middle and at the bottom."""

    top: float
    middle: float
    bottom: float

    def __post_init__(self) -> None:
        if min(self.top, self.middle, self.bottom) < 0:
            raise ValueError(
                f"counts {self.top}, {self.middle}, {self.bottom} must not be negative."
            )

    @property
    def n(self) -> float:
        """All answers."""
        return self.top + self.middle + self.bottom

    @property
    def value(self) -> float:
        """Net score in points, -100 to 100; nan of no answers."""
        return 100 * (self.top - self.bottom) / self.n if self.n else math.nan

    @property
    def se(self) -> float:
        """Standard error in points, multinomial, divisor n."""
        if not self.n:
            return math.nan
        net = (self.top - self.bottom) / self.n
        return 100 * math.sqrt(
            max((self.top + self.bottom) / self.n - net**2, 0.0) / self.n
        )


@dataclass(frozen=True)
class AdjustedWaldLimits(Limits):
    """Wald limits after three answers are added, clipped to -100 and 100."""

    counts: NetCounts

    def ends(self, k: float) -> tuple[float, float]:
        each = ADDED_EACH_END
        wider = NetCounts(
            self.counts.top + each,
            self.counts.middle + ADDED - 2 * each,
            self.counts.bottom + each,
        )
        return (
            max(-100.0, wider.value - k * wider.se),
            min(100.0, wider.value + k * wider.se),
        )


def interval(counts: NetCounts, *, level: float = 0.95) -> Interval:
    """What is the net score in points, and how surely?

    Adjusted Wald interval of Rocks (2016), "Interval Estimation for the Net Promoter Score",
    The American Statistician 70:365: 3 added to n, .75 of it to each end. `se` is that of the
    counts as they are. No answers give nan.
    """
    check_level(level)
    method = "net score, adjusted Wald"
    if counts.n == 0:
        return undefined_interval("no answers", method=method, n=0, level=level)
    limits = AdjustedWaldLimits(counts.value, counts)
    low, high = limits.at(level)
    return Interval(
        counts.value, low, high, level, counts.se, math.nan, counts.n, method, limits
    )


def difference(
    control: NetCounts,
    treatment: NetCounts,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """By how many points does the treatment's net score differ? Wald; null: difference = 0."""
    words = {
        "null": "difference of net scores = 0", "method": "net score, Wald", "level": level,
        "alternative": alternative,
    }  # fmt: skip
    if control.n == 0:
        return undefined("the control has no answers", **words)
    if treatment.n == 0:
        return undefined("the treatment has no answers", **words)
    return wald(
        treatment.value - control.value, math.hypot(control.se, treatment.se), **words
    )
