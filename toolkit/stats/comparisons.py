"""What a statistical comparison says: its number, its interval, its null, its method.

Every two-sample function of `toolkit.stats` returns a `Comparison`, every one-sample
function an `Interval`. Both remember how their ends move with the level, so that an
interval corrected for several looks or several metrics costs no second pass over data.

Two rules hold everywhere. What cannot be computed from the data (an arm of one unit, a
lift over a mean of zero) is nan with a `reason`; what should never have been asked (a level
of 95, nine successes in eight trials) raises `ValueError`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

from toolkit.stats.limits import (
    ALTERNATIVES,
    Limits,
    LogLimits,
    WaldLimits,
    check_choice,
    check_level,
    critical,
    p_from_statistic,
)

# What the other methods need to make results of their own comes from one place.
__all__ = [
    "Comparison",
    "Interval",
    "check_choice",
    "check_level",
    "critical",
    "from_limits",
    "p_from_statistic",
    "relative_effect",
    "undefined",
    "undefined_interval",
    "wald",
]

SCALES = ("linear", "log")
_SCALE_METHOD = {"linear": "linear scale", "log": "log scale"}


@dataclass(frozen=True)
class Comparison:
    """One comparison of two samples, with its interval and the null its p belongs to.

    Attributes
    ----------
    estimate : float
        Treatment against control, in the metric's unit, or as a share of the control's value
        for relative effects (0.05 is 5 % more).
    low, high : float
        Ends of the interval at `level`; one is infinite when `alternative` is one-sided.
    se : float
        Standard error of `estimate`, on its own scale (not the one a test pools under the null).
    statistic, df, p_value : float
        The test of `null`; `df` is nan for the normal. The test may pool under the null where
        the interval does not (shares): `p_against(null_value)` is the p of the interval itself.
    null : str
        The null in words, such as "difference = 0".
    null_value : float
        The same on the scale of `estimate`.
    limits : Limits or None
        How the ends move with the level.
    reason : str or None
        Why numbers are nan. None when all are there.
    """

    estimate: float
    low: float
    high: float
    level: float
    se: float
    statistic: float
    df: float
    p_value: float
    null: str
    method: str
    null_value: float = 0.0
    alternative: str = "two-sided"
    limits: Limits | None = field(default=None, repr=False)
    reason: str | None = None

    def __post_init__(self) -> None:
        check_level(self.level)
        check_choice(self.alternative, ALTERNATIVES, "alternative")
        if not self.null or not self.method:
            raise ValueError("a comparison names its null and its method.")
        if self.se < 0:
            raise ValueError(f"standard error {self.se} is negative.")
        if not (math.isnan(self.p_value) or 0 <= self.p_value <= 1):
            raise ValueError(f"p value {self.p_value} is outside 0 to 1.")
        if any(map(math.isnan, (self.estimate, self.low, self.high, self.p_value))):
            if not self.reason:
                raise ValueError("a comparison with a missing number must say the reason.")
            return
        slack = 1e-9 * max(1.0, abs(self.estimate))
        if not self.low - slack <= self.estimate <= self.high + slack:
            raise ValueError(
                f"estimate {self.estimate} lies outside its interval {self.low} to {self.high}."
            )

    @property
    def defined(self) -> bool:
        """Whether the data allowed an interval and a test."""
        return self.reason is None

    def at(self, level: float) -> Comparison:
        """The same comparison with its interval at another level; the p stays."""
        check_level(level)
        if self.reason is not None:
            return replace(self, level=level)
        low, high = _limits(self).at(level, self.alternative)
        return replace(self, low=low, high=high, level=level)

    def p_against(self, value: float, alternative: str | None = None) -> float:
        """p of "effect = value" by inverting the interval; nan where it is undefined."""
        chosen = self.alternative if alternative is None else alternative
        check_choice(chosen, ALTERNATIVES, "alternative")
        if self.reason is not None:
            return math.nan
        return _limits(self).p_value(value, chosen)


@dataclass(frozen=True)
class Interval:
    """One estimate of one sample, with its interval.

    `n` counts the independent units (or clusters) behind it, `df` is nan for the normal.
    Some methods shrink (adjusted Wald), so at low levels `estimate` may lie outside.
    """

    estimate: float
    low: float
    high: float
    level: float
    se: float
    df: float
    n: float
    method: str
    limits: Limits | None = field(default=None, repr=False)
    reason: str | None = None

    def __post_init__(self) -> None:
        check_level(self.level)
        if self.low > self.high:
            raise ValueError(f"interval ends {self.low} and {self.high} are the wrong way round.")
        if self.se < 0 or self.n < 0:
            raise ValueError(f"se {self.se} and n {self.n} must not be negative.")
        if any(map(math.isnan, (self.estimate, self.low, self.high))) and not self.reason:
            raise ValueError("an interval with a missing number must say the reason.")

    @property
    def defined(self) -> bool:
        """Whether the data allowed an interval."""
        return self.reason is None

    def at(self, level: float) -> Interval:
        """The same estimate with its interval at another level."""
        check_level(level)
        if self.reason is not None:
            return replace(self, level=level)
        low, high = _limits(self).at(level)
        return replace(self, low=low, high=high, level=level)


def _limits(value: Comparison | Interval) -> Limits:
    if value.limits is None:
        raise ValueError(f"an interval by {value.method} needs its data again at another level.")
    return value.limits


def undefined(
    reason: str,
    *,
    null: str,
    method: str,
    estimate: float = math.nan,
    se: float = math.nan,
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """A comparison the data do not allow, saying why; what is known of it stays."""
    nan = math.nan
    return Comparison(
        estimate, nan, nan, level, se, nan, nan, nan, null, method,
        alternative=alternative, reason=reason,
    )  # fmt: skip


def undefined_interval(
    reason: str, *, method: str, n: float, estimate: float = math.nan, level: float = 0.95
) -> Interval:
    """An interval the data do not allow, saying why."""
    nan = math.nan
    return Interval(estimate, nan, nan, level, nan, nan, n, method, reason=reason)


def from_limits(
    limits: Limits,
    *,
    se: float,
    null: str,
    method: str,
    level: float = 0.95,
    alternative: str = "two-sided",
    statistic: float | None = None,
    p_value: float | None = None,
) -> Comparison:
    """A comparison with null value 0 from its limits.

    Without `statistic` and `p_value` both come from the limits themselves, so test and interval
    agree exactly.
    """
    check_level(level)
    check_choice(alternative, ALTERNATIVES, "alternative")
    low, high = limits.at(level, alternative)
    return Comparison(
        estimate=limits.estimate,
        low=low,
        high=high,
        level=level,
        se=se,
        statistic=limits.distance(0.0) if statistic is None else statistic,
        df=limits.df,
        p_value=limits.p_value(0.0, alternative) if p_value is None else p_value,
        null=null,
        method=method,
        alternative=alternative,
        limits=limits,
    )


def wald(
    estimate: float,
    se: float,
    *,
    df: float = math.nan,
    null: str = "difference = 0",
    method: str = "Wald",
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """A comparison from an estimate and its standard error; undefined when se is 0 or nan."""
    check_level(level)
    check_choice(alternative, ALTERNATIVES, "alternative")
    if se < 0:
        raise ValueError(f"standard error {se} is negative.")
    if not (math.isfinite(estimate) and math.isfinite(se) and se > 0):
        reason = (
            "nothing varies in either arm, so chance cannot be judged"
            if se == 0
            else "the estimate or its standard error is missing"
        )
        return undefined(
            reason, null=null, method=method, estimate=estimate, se=se, level=level,
            alternative=alternative,
        )  # fmt: skip
    return from_limits(
        WaldLimits(estimate, se, df=df),
        se=se, null=null, method=method, level=level, alternative=alternative,
    )  # fmt: skip


def relative_effect(
    control: float,
    control_se: float,
    treatment: float,
    treatment_se: float,
    *,
    df: float = math.nan,
    scale: str = "linear",
    null: str = "ratio = 1",
    method: str = "delta method",
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """How much higher is the treatment's value, as a share of the control's?

    (treatment - control) / abs(control) for two independent estimates, by the delta method
    (Deng, Knoblich & Lu 2018, KDD). `scale` "linear" gives the symmetric interval, "log" one
    that is symmetric for the logarithm of the ratio. Dividing by the absolute value keeps
    "positive = higher" for negative values such as losses. A control of 0 has no relative
    effect; the log scale needs both values positive: both give nan with the reason.
    """
    check_level(level)
    check_choice(scale, SCALES, "scale")
    words = {
        "null": null,
        "method": f"{method}, {_SCALE_METHOD[scale]}",
        "level": level,
        "alternative": alternative,
    }
    if control == 0:
        return undefined("the control's value is 0, so no change relative to it exists", **words)
    lift = (treatment - control) / abs(control)
    if scale == "linear":
        se = math.hypot(treatment_se / control, control_se * treatment / control**2)
        return wald(lift, se, df=df, **words)
    if not (control > 0 and treatment > 0):
        reason = "a ratio on the log scale needs both values positive"
        return undefined(reason, estimate=lift, **words)
    log_se = math.hypot(treatment_se / treatment, control_se / control)
    if not (math.isfinite(log_se) and log_se > 0):
        return wald(lift, log_se, **words)
    return from_limits(LogLimits(lift, log_se, df=df), se=(1 + lift) * log_se, **words)
