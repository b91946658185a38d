"""Did the median, or the time nine in ten are served within, change?

Order statistics: no assumption about the shape, and no bootstrap. Where the rows lie in an
engine, ask it for the quantiles at `levels_around` and hand the values to `from_levels`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from toolkit.stats.comparisons import (
    Comparison,
    Interval,
    relative_effect,
    undefined,
    undefined_interval,
    wald,
)
from toolkit.stats.limits import check_choice, check_level, critical

# Beyond this the normal ranks are within one rank of the exact ones, and nothing is gained.
EXACT_MOST = 1_000_000


@dataclass(frozen=True)
class Ranks:
    """Which order statistics (counted from 1) enclose a quantile, and how often.

    `low` 0 or `high` n + 1 means that this end is not bounded by the sample.
    """

    low: int
    high: int
    coverage: float


def ranks(n: int, quantile: float, *, level: float = 0.95, method: str = "auto") -> Ranks:
    """Which order statistics enclose the quantile with at least this probability?

    Exact from the binomial distribution of the number of values below (Conover 1999, section
    3.2; Hahn & Meeker 1991, 5.2), each tail at most (1 - level) / 2, coverage as achieved.
    "normal" takes its approximation; "auto" does so above a million values.
    """
    check_level(level)
    check_level(quantile, "quantile")
    check_choice(method, ("auto", "exact", "normal"), "method")
    if n < 1:
        raise ValueError(f"n is {n}; ranks need at least one value.")
    tail = (1 - level) / 2
    if method == "normal" or (method == "auto" and n > EXACT_MOST):
        centre = n * quantile
        half = critical(tail) * math.sqrt(n * quantile * (1 - quantile))
        low = max(0, math.floor(centre - half))
        high = min(n + 1, math.ceil(centre + half) + 1)
        return Ranks(low, high, level)
    below = stats.binom(n, quantile)
    # Largest low with P(count < low) <= tail: the quantile function gives the first count
    # whose cumulative probability reaches the tail.
    low = int(below.ppf(tail))
    if below.cdf(low) <= tail:
        low += 1
    high = int(below.isf(tail)) + 1
    upper = 1.0 if high > n else float(below.cdf(high - 1))
    lower = 0.0 if low < 1 else float(below.cdf(low - 1))
    return Ranks(low, high, upper - lower)


def levels_around(
    quantile: float, share_se: float, *, level: float = 0.95, df: float = math.nan
) -> tuple[float, float]:
    """At which two quantile levels do the ends of the interval lie?

    Woodruff (1952): the interval of the share below the quantile, read off the distribution.
    `share_se` is the standard error of that share; for n independent values
    sqrt(q (1 - q) / n), with clusters that of the ratio (below / all) by the delta method
    between clusters, with `df` clusters - 1. Levels at or beyond 0 and 1 are clipped there.
    """
    check_level(level)
    check_level(quantile, "quantile")
    if not share_se > 0:
        raise ValueError(f"standard error of the share is {share_se}; it must be positive.")
    half = critical((1 - level) / 2, df) * share_se
    return max(0.0, quantile - half), min(1.0, quantile + half)


def share_se(quantile: float, n: float, *, design_effect: float = 1.0) -> float:
    """Standard error of the share below a quantile: sqrt(design effect q (1 - q) / n)."""
    check_level(quantile, "quantile")
    if not (n > 0 and design_effect > 0):
        raise ValueError(f"n {n} and design effect {design_effect} must be positive.")
    return math.sqrt(design_effect * quantile * (1 - quantile) / n)


def from_levels(
    estimate: float,
    low: float,
    high: float,
    n: float,
    *,
    level: float = 0.95,
    df: float = math.nan,
) -> Interval:
    """The interval of a quantile from the engine's values at `levels_around`.

    Its standard error is half the width in units of the critical value, as Woodruff's.
    """
    check_level(level)
    method = "quantile, Woodruff"
    if n == 0 or math.isnan(estimate):
        return undefined_interval("no values", method=method, n=n, level=level)
    se = (high - low) / (2 * critical((1 - level) / 2, df))
    return Interval(estimate, low, high, level, se, df, n, method)


def interval(
    values: ArrayLike, quantile: float, *, level: float = 0.95, design_effect: float = 1.0
) -> Interval:
    """What is the quantile, and how surely?

    Parameters
    ----------
    values : array of shape (n,)
        One value a row, finite; a nan raises.
    design_effect : float
        1 for independent rows; above it the ranks spread by its root (Woodruff 1952).

    Returns
    -------
    Interval
        Ends are order statistics; `se` is that of Price & Bonett (2002), from the achieved
        coverage of ranks about two standard errors away. Too few values for the level leave an
        end unbounded: nan with the reason.
    """
    check_level(level)
    check_level(quantile, "quantile")
    ordered = np.sort(np.asarray(values, dtype=float).ravel())
    n = len(ordered)
    if n and not np.isfinite(ordered).all():
        raise ValueError("values hold nan or infinity; drop or name them before.")
    method = "quantile, order statistics"
    if n == 0:
        return undefined_interval("no values", method=method, n=0, level=level)
    estimate = float(np.quantile(ordered, quantile))
    if design_effect == 1:
        found = ranks(n, quantile, level=level)
        low, high = found.low, found.high
    else:
        se_of_share = share_se(quantile, n, design_effect=design_effect)
        half = critical((1 - level) / 2) * se_of_share
        low = math.floor(n * (quantile - half))
        high = math.ceil(n * (quantile + half)) + 1
    if low < 1 or high > n:
        reason = f"{n} values are too few to bound this quantile at level {level:g}"
        return undefined_interval(reason, method=method, n=n, estimate=estimate, level=level)
    se = _standard_error(ordered, quantile) * math.sqrt(design_effect)
    ends = float(ordered[low - 1]), float(ordered[high - 1])
    # With ties or few values interpolation can step over an order statistic.
    return Interval(
        estimate, min(ends[0], estimate), max(ends[1], estimate), level, se, math.nan, n, method
    )


def _standard_error(ordered: np.ndarray, quantile: float) -> float:
    """Price & Bonett (2002), generalised from the median to any quantile.

    Spread of two order statistics about two standard errors apart on either side, divided by
    the normal quantiles of their exact tails.
    """
    n = len(ordered)
    half = 2 * math.sqrt(n * quantile * (1 - quantile))
    low = max(1, math.floor(n * quantile - half + 0.5))
    high = min(n, math.ceil(n * quantile + half + 0.5))
    below = stats.binom(n, quantile)
    tails = float(below.cdf(low - 1)), float(below.sf(high - 1))
    spread = critical(tails[0]) + critical(tails[1])
    if not (math.isfinite(spread) and spread > 0):
        return math.nan
    return float(ordered[high - 1] - ordered[low - 1]) / spread


def difference(
    control: Interval,
    treatment: Interval,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """By how much do the quantiles of two independent samples differ?

    From the two intervals of `interval` or `from_levels`: their standard errors added in
    quadrature (Price & Bonett 2002, "Distribution-free confidence intervals for difference and
    ratio of medians", J. Stat. Comput. Simul. 72:119). Null: difference of quantiles = 0.
    """
    words = {
        "null": "difference of quantiles = 0", "method": "order statistics, Price-Bonett",
        "level": level, "alternative": alternative,
    }  # fmt: skip
    reason = _missing(control, treatment)
    if reason:
        return undefined(reason, estimate=treatment.estimate - control.estimate, **words)
    return wald(
        treatment.estimate - control.estimate, math.hypot(control.se, treatment.se), **words
    )


def relative(
    control: Interval,
    treatment: Interval,
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
    scale: str = "log",
) -> Comparison:
    """By what share of the control's quantile does the treatment's differ?

    Null: ratio of quantiles = 1. "log" is Price & Bonett's interval of a ratio; "linear" the
    symmetric delta method, the only one for values of 0 and below.
    """
    words = {
        "null": "ratio of quantiles = 1", "method": "order statistics, Price-Bonett",
        "level": level, "alternative": alternative,
    }  # fmt: skip
    reason = _missing(control, treatment)
    if reason:
        return undefined(reason, **words)
    return relative_effect(
        control.estimate, control.se, treatment.estimate, treatment.se, scale=scale, **words
    )


def _missing(control: Interval, treatment: Interval) -> str | None:
    for name, arm in (("control", control), ("treatment", treatment)):
        if arm.reason:
            return f"{name}: {arm.reason}"
    return None
