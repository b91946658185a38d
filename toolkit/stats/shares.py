"""Did a share of units (visited, paid on time, churned) change?

Counts in, never means: a share needs 0/1 data, and `zero_one_problem` says whether it is.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from scipy import optimize, stats

from toolkit.stats.comparisons import (
    Comparison,
    Interval,
    from_limits,
    undefined,
    undefined_interval,
)
from toolkit.stats.limits import (
    ALTERNATIVES,
    Limits,
    LogLimits,
    check_choice,
    check_level,
    p_from_statistic,
)

TESTS = ("pooled", "yates", "fisher", "boschloo")
_METHOD = {
    "pooled": "Newcombe interval, pooled z test", "yates": "Newcombe interval, Yates test",
    "fisher": "Newcombe interval, Fisher test", "boschloo": "Newcombe interval, Boschloo test",
}  # fmt: skip
# Boschloo's search over the nuisance share looks at every table: 500 an arm takes two seconds.
BOSCHLOO_MOST = 500


@dataclass(frozen=True)
class Share:
    """`count` of `n` units have the property; both whole numbers."""

    count: float
    n: float

    def __post_init__(self) -> None:
        if not (float(self.count).is_integer() and float(self.n).is_integer()):
            raise ValueError(f"{self.count} of {self.n}: a share counts whole units.")
        if not 0 <= self.count <= self.n:
            raise ValueError(f"{self.count} of {self.n}: the count must lie between 0 and n.")

    @property
    def value(self) -> float:
        """The share; nan of no units."""
        return self.count / self.n if self.n else math.nan

    @property
    def se(self) -> float:
        """Plug-in standard error sqrt(p (1 - p) / n)."""
        return math.sqrt(self.value * (1 - self.value) / self.n) if self.n else math.nan


def zero_one_problem(n: int, zeros: int, ones: int) -> str | None:
    """Why a column may not be called a share: values other than 0 and 1. None when it may."""
    if min(n, zeros, ones) < 0 or zeros + ones > n:
        raise ValueError(f"{zeros} zeros and {ones} ones do not fit into {n} values.")
    other = n - zeros - ones
    return None if other == 0 else f"{other} of {n} values are neither 0 nor 1"


def wilson_ends(share: Share, k: float) -> tuple[float, float]:
    """Wilson's score limits at `k` standard errors (Wilson 1927)."""
    n, p = share.n, share.value
    centre = p + k * k / (2 * n)
    half = k * math.sqrt(p * (1 - p) / n + k * k / (4 * n * n))
    below = 1 + k * k / n
    # At 0 and n the exact ends are 0 and 1; the formula leaves rounding there.
    low = 0.0 if share.count == 0 else (centre - half) / below
    high = 1.0 if share.count == share.n else (centre + half) / below
    return low, high


@dataclass(frozen=True)
class WilsonLimits(Limits):
    """Score limits of one share."""

    share: Share

    def ends(self, k: float) -> tuple[float, float]:
        return wilson_ends(self.share, k)


@dataclass(frozen=True)
class NewcombeLimits(Limits):
    """Newcombe's hybrid score limits of a difference of shares (his method 10)."""

    control: Share
    treatment: Share

    def ends(self, k: float) -> tuple[float, float]:
        c, t = self.control.value, self.treatment.value
        c_low, c_high = wilson_ends(self.control, k)
        t_low, t_high = wilson_ends(self.treatment, k)
        return (
            self.estimate - math.hypot(t - t_low, c_high - c),
            self.estimate + math.hypot(t_high - t, c - c_low),
        )


@dataclass(frozen=True)
class ScoreRatioLimits(Limits):
    """Koopman's score limits of a ratio of shares, as a lift (ratio - 1)."""

    control: Share
    treatment: Share

    def distance(self, value: float) -> float:
        return score_of_ratio(self.control, self.treatment, 1 + value)

    def ends(self, k: float) -> tuple[float, float]:
        if k == 0:
            return self.estimate, self.estimate
        return self._end(k), self._end(-k)

    def _end(self, k: float) -> float:
        """The lift at which the score is `k`; the score falls as the lift grows."""
        if k > 0 and self.treatment.count == 0:
            return -1.0
        centre = (self.treatment.count + 0.5) * (self.control.n + 0.5)
        centre /= (self.treatment.n + 0.5) * (self.control.count + 0.5)
        near = far = math.log(centre)
        step = -1.0 if k > 0 else 1.0

        def gap(log_ratio: float) -> float:
            return score_of_ratio(self.control, self.treatment, math.exp(log_ratio)) - k

        while gap(far) * step > 0:
            near, far, step = far, far + step, step * 2
            if abs(far) > 700:
                return math.inf if k < 0 else -1.0
        while gap(near) * step < 0:
            near -= step
        return math.expm1(optimize.brentq(gap, near, far, xtol=1e-14, rtol=1e-14))


def score_of_ratio(control: Share, treatment: Share, ratio: float) -> float:
    """Signed score statistic of "ratio of shares = ratio" (Koopman 1984; Nam 1995).

    With the shares' maximum likelihood under that ratio; at a ratio of 1 it is the pooled z.
    """
    if ratio <= 0:
        return math.inf if treatment.count else 0.0
    n = treatment.n + control.n
    a = n * ratio
    b = ratio * (treatment.n + control.count) + treatment.count + control.n
    c = treatment.count + control.count
    # The smaller root, in the form that does not cancel.
    p_control = 2 * c / (b + math.sqrt(max(b * b - 4 * a * c, 0.0)))
    p_treatment = min(ratio * p_control, 1.0)
    variance = (
        p_treatment * (1 - p_treatment) / treatment.n
        + ratio**2 * p_control * (1 - p_control) / control.n
    )
    gap = treatment.value - ratio * control.value
    if variance <= 0:
        return math.copysign(math.inf, gap) if gap else 0.0
    return gap / math.sqrt(variance)


def interval(share: Share, *, level: float = 0.95) -> Interval:
    """What is the share, and how surely? Wilson's score interval; no units give nan."""
    check_level(level)
    if share.n == 0:
        return undefined_interval("no units", method="Wilson score", n=0, level=level)
    limits = WilsonLimits(share.value, share)
    low, high = limits.at(level)
    return Interval(
        share.value, low, high, level, share.se, math.nan, share.n, "Wilson score", limits
    )


def pooled_z(control: Share, treatment: Share, *, correction: bool = False) -> float:
    """z of a difference of shares with the variance under "no difference".

    `correction` moves the difference by half a unit in each arm towards 0 (Yates 1934).
    nan when all or no units have the property, for then nothing varies.
    """
    total = (control.count + treatment.count) / (control.n + treatment.n)
    se = math.sqrt(total * (1 - total) * (1 / control.n + 1 / treatment.n))
    gap = treatment.value - control.value
    if correction:
        step = (1 / control.n + 1 / treatment.n) / 2
        gap = math.copysign(max(abs(gap) - step, 0.0), gap)
    return gap / se if se > 0 else math.nan


def difference(
    control: Share,
    treatment: Share,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    test: str = "pooled",
) -> Comparison:
    """By how many points does the treatment's share differ from the control's?

    Interval: Newcombe's hybrid score (Newcombe 1998, Statistics in Medicine 17:873, method 10).
    p of "difference = 0" by `test`: "pooled" z, "yates", "fisher" or "boschloo" (exact, at
    most 500 units an arm). Test and interval may differ at the border; `p_against(0)` gives
    the interval's own p. `statistic` is z, or the odds ratio for Fisher and Boschloo's own.
    """
    check_level(level)
    check_choice(alternative, ALTERNATIVES, "alternative")
    check_choice(test, TESTS, "test")
    words = {
        "null": "difference = 0", "method": _METHOD[test],
        "level": level, "alternative": alternative,
    }  # fmt: skip
    reason = _empty(control, treatment)
    if reason:
        return undefined(reason, **words)
    estimate = treatment.value - control.value
    statistic, p_value = _test(control, treatment, alternative, test)
    return from_limits(
        NewcombeLimits(estimate, control, treatment),
        se=math.hypot(control.se, treatment.se),
        statistic=statistic, p_value=p_value, **words,
    )  # fmt: skip


def relative(
    control: Share,
    treatment: Share,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    method: str = "score",
) -> Comparison:
    """By what share of the control's share does the treatment's differ (relative risk - 1)?

    Null: ratio of shares = 1. "score" (Koopman 1984) stays defined when one arm has no
    successes and agrees with the pooled z; "log" is the delta method on the logarithm (Katz
    et al. 1978) and needs successes in both arms. No success in the control leaves no ratio.
    """
    check_level(level)
    check_choice(alternative, ALTERNATIVES, "alternative")
    check_choice(method, ("score", "log"), "method")
    words = {
        "null": "ratio of shares = 1",
        "method": "relative risk, Koopman score" if method == "score" else "relative risk, log",
        "level": level, "alternative": alternative,
    }  # fmt: skip
    reason = _empty(control, treatment)
    if not reason and control.count == 0:
        reason = "no unit of the control has it, so no change relative to it exists"
    if reason:
        return undefined(reason, **words)
    lift = treatment.value / control.value - 1
    if control.count == control.n and treatment.count == treatment.n:
        return undefined("every unit of both arms has it: nothing varies", estimate=lift, **words)
    inside = (1 - control.value) / control.count
    if treatment.count == 0:
        if method == "log":
            return undefined("no success in an arm has no logarithm", estimate=lift, **words)
        return from_limits(ScoreRatioLimits(lift, control, treatment), se=math.nan, **words)
    log_se = math.sqrt(inside + (1 - treatment.value) / treatment.count)
    limits: Limits = (
        ScoreRatioLimits(lift, control, treatment)
        if method == "score"
        else LogLimits(lift, log_se)
    )
    return from_limits(limits, se=(1 + lift) * log_se, **words)


def _empty(control: Share, treatment: Share) -> str | None:
    if control.n == 0:
        return "the control has no units"
    return "the treatment has no units" if treatment.n == 0 else None


def _test(
    control: Share, treatment: Share, alternative: str, test: str
) -> tuple[float, float]:
    if test in ("pooled", "yates"):
        z = pooled_z(control, treatment, correction=test == "yates")
        # All or none in both arms: as far from evidence of a difference as can be.
        return (0.0, 1.0) if math.isnan(z) else (z, p_from_statistic(z, alternative=alternative))
    table = [
        [int(treatment.count), int(control.count)],
        [int(treatment.n - treatment.count), int(control.n - control.count)],
    ]
    if test == "fisher":
        found = stats.fisher_exact(table, alternative=alternative)
        return float(found.statistic), min(float(found.pvalue), 1.0)
    if max(control.n, treatment.n) > BOSCHLOO_MOST:
        raise ValueError(
            f"Boschloo's test of {int(control.n)} and {int(treatment.n)} units would take too "
            f"long; up to {BOSCHLOO_MOST} an arm, beyond that the pooled test is as good."
        )
    found = stats.boschloo_exact(table, alternative=alternative)
    return float(found.statistic), min(float(found.pvalue), 1.0)
