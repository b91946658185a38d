"""Did a ratio of two sums change: spend per order, minutes per call, on-time per delivery?

Numerator and denominator both vary between units, so the standard error comes from the delta
method: the unit's linearised value (y - R x) / mean(x) is as good as a plain mean.
Deng, Knoblich & Lu (2018), "Applying the Delta Method in Metric Analytics", KDD.

Clusters and buckets need no code of their own: give moments *between clusters* (their sums of
y and x, n = number of clusters); the test then has t with clusters - 1 degrees of freedom.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

from toolkit.stats import means
from toolkit.stats.comparisons import Comparison, Interval, undefined, undefined_interval
from toolkit.stats.means import MeanMoments


@dataclass(frozen=True)
class RatioMoments:
    """One sample's moments of a numerator y and a denominator x, per unit or per cluster.

    Parameters
    ----------
    n : float
        Independent units, clusters or buckets.
    mean_y, mean_x : float
        Means per unit; the ratio is mean_y / mean_x.
    variance_y, variance_x, covariance : float
        With divisor n - 1, between units; nan when `n` is below 2.
    """

    n: float
    mean_y: float
    mean_x: float
    variance_y: float
    variance_x: float
    covariance: float

    def __post_init__(self) -> None:
        if not self.n >= 0:
            raise ValueError(f"n is {self.n}; a count of units is not negative.")
        if self.variance_y < 0 or self.variance_x < 0:
            raise ValueError(
                f"variances {self.variance_y} and {self.variance_x} must not be negative."
            )
        bound = math.sqrt(self.variance_y) * math.sqrt(self.variance_x)
        if abs(self.covariance) > bound * (1 + 1e-9):
            raise ValueError(
                f"covariance {self.covariance} is larger than its variances allow ({bound})."
            )

    @property
    def missing(self) -> str | None:
        """Why there is no ratio; None when there is one."""
        if self.n == 0:
            return "no units"
        if self.mean_x == 0:
            return "the denominator is empty"
        return None

    def linearised(self) -> MeanMoments:
        """The ratio with the variance of a unit's linearised value, as moments of a mean.

        Raises ValueError where `missing` says there is no ratio.
        """
        if self.missing:
            raise ValueError(f"no ratio: {self.missing}.")
        ratio = self.mean_y / self.mean_x
        if self.n < 2:
            return MeanMoments(self.n, ratio, math.nan)
        variance = (
            self.variance_y - 2 * ratio * self.covariance + ratio**2 * self.variance_x
        ) / self.mean_x**2
        # y proportional to x leaves nothing but rounding, of either sign.
        scale = (self.variance_y + ratio**2 * self.variance_x) / self.mean_x**2
        return MeanMoments(self.n, ratio, variance if variance > 1e-14 * scale else 0.0)


def interval(sample: RatioMoments, *, level: float = 0.95) -> Interval:
    """What is the ratio, and how surely? Delta method with t on n - 1."""
    method = "ratio of means, delta method"
    if sample.missing:
        return undefined_interval(sample.missing, method=method, n=sample.n, level=level)
    found = means.interval(sample.linearised(), level=level)
    return Interval(
        found.estimate, found.low, found.high, level, found.se, found.df, found.n, method,
        found.limits, found.reason,
    )  # fmt: skip


def difference(
    control: RatioMoments,
    treatment: RatioMoments,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    equal_variance: bool = False,
) -> Comparison:
    """By how much does the treatment's ratio differ from the control's?

    Null: difference of ratios = 0. Degrees of freedom after Welch, or pooled. An arm with no
    units or an empty denominator gives nan with the reason.
    """
    words = {"null": "difference of ratios = 0", "level": level, "alternative": alternative}
    reason = _missing(control, treatment)
    if reason:
        return undefined(reason, method="ratio of means, delta method", **words)
    found = means.difference(
        control.linearised(), treatment.linearised(),
        level=level, alternative=alternative, equal_variance=equal_variance,
    )  # fmt: skip
    return replace(
        found, null=words["null"], method=f"ratio of means, delta method, {found.method}"
    )


def relative(
    control: RatioMoments,
    treatment: RatioMoments,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    equal_variance: bool = False,
    scale: str = "linear",
) -> Comparison:
    """By what share of the control's ratio does the treatment's differ?

    Null: ratio of ratios = 1. Delta method twice; `scale` as in `means.relative`.
    """
    words = {"null": "ratio of ratios = 1", "level": level, "alternative": alternative}
    reason = _missing(control, treatment)
    if reason:
        return undefined(reason, method="ratio of means, delta method", **words)
    found = means.relative(
        control.linearised(), treatment.linearised(),
        level=level, alternative=alternative, equal_variance=equal_variance, scale=scale,
    )  # fmt: skip
    return replace(found, null=words["null"], method=f"ratio of means, {found.method}")


def _missing(control: RatioMoments, treatment: RatioMoments) -> str | None:
    for name, arm in (("control", control), ("treatment", treatment)):
        if arm.missing:
            return f"{name}: {arm.missing}"
    return None
