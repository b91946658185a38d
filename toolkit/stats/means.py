"""Did the average per unit change, by how much, and by what share?

From n, mean and variance per arm (the engine's centred VAR_SAMP), never from rows.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.stats.comparisons import (
    Comparison,
    Interval,
    relative_effect,
    undefined,
    undefined_interval,
    wald,
)
from toolkit.stats.limits import WaldLimits, check_level


@dataclass(frozen=True)
class MeanMoments:
    """One sample's count, mean and sample variance.

    Parameters
    ----------
    n : float
        Independent units.
    mean : float
        nan when `n` is 0.
    variance : float
        With divisor n - 1, between units; nan when `n` is below 2.
    df : float, optional
        Degrees of freedom of `variance`, n - 1 unless given (buckets, strata, covariates).
    """

    n: float
    mean: float
    variance: float
    df: float | None = None

    def __post_init__(self) -> None:
        if not self.n >= 0:
            raise ValueError(f"n is {self.n}; a count of units is not negative.")
        if self.variance < 0:
            raise ValueError(f"variance is {self.variance}; a variance is not negative.")
        if self.n > 0 and not math.isfinite(self.mean):
            raise ValueError(f"the mean of {self.n} units is {self.mean}; it must be finite.")
        if self.df is not None and not self.df > 0:
            raise ValueError(f"df is {self.df}; degrees of freedom are positive.")

    @property
    def se(self) -> float:
        """Standard error of the mean; nan when fewer than two units."""
        return math.sqrt(self.variance / self.n) if self.n >= 2 else math.nan

    @property
    def degrees(self) -> float:
        """Degrees of freedom of the variance."""
        return self.n - 1 if self.df is None else self.df


def from_sums(n: float, total: float, total_of_squares: float) -> MeanMoments:
    """Moments from n, the sum and the sum of squares.

    For published sums only: the subtraction loses digits when the mean is large against the
    spread (about 2 log10(mean / sd) digits of 16). Own tables use centred variances.
    """
    if n == 0:
        return MeanMoments(0, math.nan, math.nan)
    mean = total / n
    if n < 2:
        return MeanMoments(n, mean, math.nan)
    variance = (total_of_squares - total * mean) / (n - 1)
    # Rounding can leave a hair below zero; anything more is a wrong input.
    if variance < -1e-9 * max(1.0, total_of_squares / n):
        raise ValueError(
            f"sum of squares {total_of_squares} is smaller than {n} values with sum {total} allow."
        )
    return MeanMoments(n, mean, max(variance, 0.0))


def from_count(count: float, n: float) -> MeanMoments:
    """Moments of 0/1 data with the plug-in variance p (1 - p), for relative and sequential use."""
    if n == 0:
        return MeanMoments(0, math.nan, math.nan)
    share = count / n
    return MeanMoments(n, share, share * (1 - share))


def thin_arm(control: MeanMoments, treatment: MeanMoments) -> str | None:
    """Why two arms cannot be compared: an arm with fewer than two units. None if they can."""
    if control.n == 1:
        return "the control has 1 unit, and a variance needs two"
    if control.n < 2:
        return f"the control has {control.n:g} units, and a variance needs two"
    if math.isnan(control.variance):
        return "the control's variance is missing"
    if treatment.n == 1:
        return "the treatment has 1 unit, and a variance needs two"
    if treatment.n < 2:
        return f"the treatment has {treatment.n:g} units, and a variance needs two"
    return "the treatment's variance is missing" if math.isnan(treatment.variance) else None


def welch_df(control: MeanMoments, treatment: MeanMoments) -> float:
    """Welch-Satterthwaite degrees of freedom of a difference of means (nan if nothing varies)."""
    a, b = control.se**2, treatment.se**2
    below = a**2 / control.degrees + b**2 / treatment.degrees
    return (a + b) ** 2 / below if below > 0 else math.nan


def pooled(control: MeanMoments, treatment: MeanMoments) -> tuple[MeanMoments, MeanMoments]:
    """Both arms with their common, pooled variance."""
    df = control.degrees + treatment.degrees
    variance = (
        control.degrees * control.variance + treatment.degrees * treatment.variance
    ) / df
    return (
        MeanMoments(control.n, control.mean, variance, df),
        MeanMoments(treatment.n, treatment.mean, variance, df),
    )


def interval(sample: MeanMoments, *, level: float = 0.95) -> Interval:
    """What is the average, and how surely? Student's t interval of one mean."""
    check_level(level)
    method = "mean, Student's t"
    if sample.n < 2:
        reason = "no units" if sample.n == 0 else "one unit has no variance"
        return undefined_interval(
            reason, method=method, n=sample.n, estimate=sample.mean, level=level
        )
    limits = WaldLimits(sample.mean, sample.se, df=sample.degrees)
    low, high = limits.at(level)
    return Interval(
        sample.mean, low, high, level, sample.se, sample.degrees, sample.n, method, limits
    )


def difference(
    control: MeanMoments,
    treatment: MeanMoments,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    equal_variance: bool = False,
) -> Comparison:
    """By how much does the treatment's mean differ from the control's?

    Welch's t (Welch 1947), or Student's with a pooled variance. Null: difference = 0.
    An arm below two units, or no variance in both, gives nan with the reason.
    """
    method = "Student's t, pooled variance" if equal_variance else "Welch's t"
    words = {
        "null": "difference = 0", "method": method, "level": level, "alternative": alternative,
    }  # fmt: skip
    reason = thin_arm(control, treatment)
    if reason:
        return undefined(reason, estimate=treatment.mean - control.mean, **words)
    estimate = treatment.mean - control.mean
    se, df = _spread(control, treatment, equal_variance)
    return wald(estimate, se, df=df, **words)


def relative(
    control: MeanMoments,
    treatment: MeanMoments,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    equal_variance: bool = False,
    scale: str = "linear",
) -> Comparison:
    """By what share of the control's mean does the treatment's differ?

    Delta method for a ratio of two independent means, Welch's degrees of freedom of the
    difference. Null: ratio of means = 1, which is another null than "difference = 0", with
    another p. `scale` "linear" is symmetric; "log" suits skewed lifts of positive means, with
    the degrees of freedom of the log means.
    """
    words = {
        "null": "ratio of means = 1", "method": "delta method", "level": level,
        "alternative": alternative,
    }  # fmt: skip
    reason = thin_arm(control, treatment)
    if reason:
        return undefined(reason, **words)
    if scale == "log" and control.mean > 0 and treatment.mean > 0:
        # The spread that counts there is that of the logarithms: variance / mean^2.
        logs = _log(control), _log(treatment)
        df = welch_df(*logs)
        if equal_variance:
            logs = pooled(*logs)
            df = logs[0].degrees
        errors = logs[0].se * control.mean, logs[1].se * treatment.mean
    else:
        arms = pooled(control, treatment) if equal_variance else (control, treatment)
        df = arms[0].degrees if equal_variance else welch_df(*arms)
        errors = arms[0].se, arms[1].se
    return relative_effect(
        control.mean, errors[0], treatment.mean, errors[1], df=df, scale=scale, **words
    )


def paired(
    changes: MeanMoments, *, level: float = 0.95, alternative: str = "two-sided"
) -> Comparison:
    """By how much did the same units change? Student's t on the moments of their differences."""
    words = {
        "null": "mean change = 0", "method": "paired t", "level": level, "alternative": alternative,
    }  # fmt: skip
    if changes.n < 2:
        reason = f"{changes.n:g} pairs, and a variance needs two"
        return undefined(reason, estimate=changes.mean, **words)
    return wald(changes.mean, changes.se, df=changes.degrees, **words)


def _log(sample: MeanMoments) -> MeanMoments:
    return MeanMoments(
        sample.n, math.log(sample.mean), sample.variance / sample.mean**2, sample.df
    )


def _spread(
    control: MeanMoments, treatment: MeanMoments, equal_variance: bool
) -> tuple[float, float]:
    if equal_variance:
        control, treatment = pooled(control, treatment)
        return math.hypot(control.se, treatment.se), control.degrees
    return math.hypot(control.se, treatment.se), welch_df(control, treatment)
