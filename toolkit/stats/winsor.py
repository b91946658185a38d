"""Does one unit carry the result, and what is it with the extremes pulled in?

Heavy tails (one customer's order of the year) make a mean's interval honest but wide and the
estimate jumpy; the winsorised result beside it is a second opinion on *another* quantity, the
mean of capped values, never a replacement.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats import means
from toolkit.stats.limits import check_level
from toolkit.stats.means import MeanMoments


def cut_values(
    values: ArrayLike, *, upper: float | None = 0.99, lower: float | None = None
) -> tuple[float, float]:
    """Where to cut: quantiles over *both arms together*, so that both are cut alike.

    (-inf or low, high or inf). No values raise ValueError, as cuts of nothing mean nothing.
    """
    flat = np.asarray(values, dtype=float).ravel()
    if len(flat) == 0 or not np.isfinite(flat).all():
        raise ValueError("cuts need at least one value, all of them finite.")
    for name, quantile in (("upper", upper), ("lower", lower)):
        if quantile is not None:
            check_level(quantile, name)
    low = -math.inf if lower is None else float(np.quantile(flat, lower))
    high = math.inf if upper is None else float(np.quantile(flat, upper))
    if low > high:
        raise ValueError(f"lower cut {low} lies above the upper cut {high}.")
    return low, high


def winsorised(values: ArrayLike, low: float, high: float) -> MeanMoments:
    """Moments of one arm's values (shape (n,)) with those beyond the cuts set to the cuts."""
    flat = np.asarray(values, dtype=float).ravel()
    if low > high:
        raise ValueError(f"lower cut {low} lies above the upper cut {high}.")
    if np.isnan(flat).any():
        raise ValueError("values hold nan; drop or name them before.")
    if len(flat) == 0:
        return MeanMoments(0, math.nan, math.nan)
    cut = np.clip(flat, low, high)
    variance = float(cut.var(ddof=1)) if len(cut) > 1 else math.nan
    return MeanMoments(len(cut), float(cut.mean()), variance)


def without_one(sample: MeanMoments, value: float) -> MeanMoments:
    """Moments of a sample after one unit with this value is taken out, from moments alone."""
    if sample.n < 3:
        raise ValueError(f"{sample.n:g} units: taking one out leaves no variance.")
    n = sample.n - 1
    mean = sample.mean + (sample.mean - value) / n
    squares = (sample.n - 1) * sample.variance - (value - sample.mean) ** 2 * sample.n / n
    floor = -1e-9 * (sample.n - 1) * sample.variance
    if squares < floor:
        raise ValueError(f"{value} is further out than the variance {sample.variance} allows.")
    return MeanMoments(n, mean, max(squares, 0.0) / (n - 1))


@dataclass(frozen=True)
class Influence:
    """What the most influential single unit does to a difference of means.

    Attributes
    ----------
    arm : str
        "control" or "treatment".
    value : float
        The unit's value.
    share_of_total : float
        Its share of the arm's sum; nan when the sum is 0.
    with_it, without_it : float
        Difference of means with and without the unit.
    p_with, p_without : float
        p of Welch's test with and without it.
    carries : bool
        Whether the unit decides: without it the direction turns or p crosses 1 - level.
    """

    arm: str
    value: float
    share_of_total: float
    with_it: float
    without_it: float
    p_with: float
    p_without: float
    carries: bool
    reason: str | None = None


def one_unit(
    control: MeanMoments,
    treatment: MeanMoments,
    control_range: tuple[float, float],
    treatment_range: tuple[float, float],
    *,
    level: float = 0.95,
) -> Influence:
    """Does one unit carry the difference of means?

    Parameters
    ----------
    control, treatment : MeanMoments
        Per unit.
    control_range, treatment_range : tuple of float
        Smallest and largest unit of each arm: only those can move a mean most.

    Returns
    -------
    Influence
        Of the unit whose removal moves the difference most; a unit that decides comes before
        one that does not. Arms below three units: nan with the reason.
    """
    check_level(level)
    if min(control.n, treatment.n) < 3:
        nan = math.nan
        reason = "an arm has fewer than three units"
        return Influence("control", nan, nan, nan, nan, nan, nan, False, reason)
    whole = means.difference(control, treatment, level=level)
    found = []
    for arm, own, ends in (
        ("control", control, control_range),
        ("treatment", treatment, treatment_range),
    ):
        for value in sorted(set(ends)):
            rest = without_one(own, value)
            pair = (rest, treatment) if arm == "control" else (control, rest)
            other = means.difference(*pair, level=level)
            share = value / (own.n * own.mean) if own.mean else math.nan
            turns = other.estimate * whole.estimate < 0 and min(
                whole.p_value, other.p_value
            ) < 1 - level
            crosses = (other.p_value < 1 - level) != (whole.p_value < 1 - level)
            found.append(
                Influence(
                    arm, value, share, whole.estimate, other.estimate, whole.p_value,
                    other.p_value, bool(turns or crosses),
                )
            )  # fmt: skip
    return max(found, key=lambda i: (i.carries, abs(i.without_it - i.with_it)))


def influence(control: ArrayLike, treatment: ArrayLike, *, level: float = 0.95) -> Influence:
    """As `one_unit`, from arrays of shape (n,) with one value a unit."""
    arms = [np.asarray(arm, dtype=float).ravel() for arm in (control, treatment)]
    moments = [winsorised(arm, -math.inf, math.inf) for arm in arms]
    ranges = [
        (float(arm.min()), float(arm.max())) if len(arm) else (math.nan, math.nan)
        for arm in arms
    ]
    return one_unit(moments[0], moments[1], ranges[0], ranges[1], level=level)
