"""How many units does a test need, and what could a test of this size have seen?

Sizes are real numbers of units in the control arm; the treatment has `ratio` times as many.
Round up when ordering. `alpha` is the chance of a false claim, two-sided unless said.
As R's power.prop.test and power.t.test with strict = FALSE: the far tail is not counted.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from scipy import optimize, stats

from toolkit.stats.limits import check_level, critical

SIDES = (1, 2)
# The noncentral t is the normal to eight digits there, and slow.
NORMAL_FROM = 1e6


def _check(sides: int, ratio: float, **probabilities: float) -> None:
    if sides not in SIDES:
        raise ValueError(f"sides is {sides!r}; a test has 1 or 2.")
    if not (math.isfinite(ratio) and ratio > 0):
        raise ValueError(f"ratio is {ratio}; the arms' sizes have a ratio above 0.")
    for name, value in probabilities.items():
        check_level(value, name)


def power_of_shares(
    control: float,
    treatment: float,
    n_control: float,
    *,
    ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """How likely is a test of this size to see a change from one share to another?

    Pooled z (Fleiss, Levin & Paik 2003, chapter 4, no continuity correction).
    """
    _check(sides, ratio, alpha=alpha)
    for name, share in (("control", control), ("treatment", treatment)):
        if not 0 <= share <= 1:
            raise ValueError(f"the {name}'s share is {share}; a share lies between 0 and 1.")
    if n_control <= 0:
        raise ValueError(f"n_control is {n_control}; it must be above 0.")
    middle = (control + ratio * treatment) / (1 + ratio)
    under_null = math.sqrt(middle * (1 - middle) * (1 + 1 / ratio))
    under_effect = math.sqrt(control * (1 - control) + treatment * (1 - treatment) / ratio)
    reach = math.sqrt(n_control) * abs(treatment - control)
    gap = critical(alpha / sides) * under_null - reach
    if under_effect == 0:
        return 1.0 if gap < 0 else 0.0
    return float(stats.norm.sf(gap / under_effect))


def size_for_shares(
    control: float,
    treatment: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """How many control units let the test see this change of a share with this power?"""
    _check(sides, ratio, alpha=alpha, power=power)
    if control == treatment:
        raise ValueError(f"both shares are {control}: no size sees no change.")
    return _solve(
        lambda n: power_of_shares(
            control, treatment, n, ratio=ratio, alpha=alpha, sides=sides
        ) - power,
        1e-6,
    )  # fmt: skip


def visible_change_of_share(
    control: float,
    n_control: float,
    *,
    power: float = 0.8,
    ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
    direction: str = "increase",
) -> float:
    """What is the smallest change of a share this test would have seen with this power?

    In points, signed by `direction` ("increase" or "decrease"); nan when even the change to 1
    or 0 would have been missed.
    """
    _check(sides, ratio, alpha=alpha, power=power)
    if direction not in ("increase", "decrease"):
        raise ValueError(f"direction is {direction!r}; it must be increase or decrease.")
    edge = 1.0 if direction == "increase" else 0.0

    def gap(treatment: float) -> float:
        found = power_of_shares(
            control, treatment, n_control, ratio=ratio, alpha=alpha, sides=sides
        )
        return found - power

    if control == edge or gap(edge) < 0:
        return math.nan
    return float(optimize.brentq(gap, control, edge, xtol=1e-14, rtol=1e-12)) - control


def power_of_means(
    difference: float,
    sd: float,
    n_control: float,
    *,
    sd_treatment: float | None = None,
    ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """How likely is a test of this size to see this difference of means?

    Noncentral t. `sd` per unit in each arm (`sd_treatment` if it differs: then Welch's degrees
    of freedom); for a ratio metric the root of its linearised variance
    (`ratios.RatioMoments.linearised`), after CUPED the root of the adjusted one.
    """
    _check(sides, ratio, alpha=alpha)
    other = sd if sd_treatment is None else sd_treatment
    if not (sd > 0 and other > 0):
        raise ValueError(f"standard deviations {sd} and {other} must be above 0.")
    n_treatment = n_control * ratio
    if min(n_control, n_treatment) <= 1:
        raise ValueError(f"{n_control} and {n_treatment} units: each arm needs more than one.")
    a, b = sd**2 / n_control, other**2 / n_treatment
    df = (
        n_control + n_treatment - 2
        if sd_treatment is None
        else (a + b) ** 2 / (a**2 / (n_control - 1) + b**2 / (n_treatment - 1))
    )
    reach = abs(difference) / math.sqrt(a + b)
    edge = critical(alpha / sides, df)
    if df > NORMAL_FROM or reach > 30:
        return float(stats.norm.sf(edge - reach))
    return float(stats.nct.sf(edge, df, reach))


def size_for_means(
    difference: float,
    sd: float,
    *,
    power: float = 0.8,
    sd_treatment: float | None = None,
    ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """How many control units let the test see this difference of means with this power?"""
    _check(sides, ratio, alpha=alpha, power=power)
    if difference == 0:
        raise ValueError("the difference is 0: no size sees no change.")
    return _solve(
        lambda n: power_of_means(
            difference, sd, n, sd_treatment=sd_treatment, ratio=ratio, alpha=alpha, sides=sides
        ) - power,
        (1 + 1e-3) * max(1.0, 1 / ratio),
    )  # fmt: skip


def visible_difference_of_means(
    sd: float,
    n_control: float,
    *,
    power: float = 0.8,
    sd_treatment: float | None = None,
    ratio: float = 1.0,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """What is the smallest difference of means this test would have seen with this power?"""
    _check(sides, ratio, alpha=alpha, power=power)
    unit = sd / math.sqrt(n_control)
    found = _solve(
        lambda d: power_of_means(
            d * unit, sd, n_control, sd_treatment=sd_treatment, ratio=ratio, alpha=alpha,
            sides=sides,
        ) - power,
        0.0,
    )  # fmt: skip
    return found * unit


def visible_difference(
    se: float, *, power: float = 0.8, alpha: float = 0.05, sides: int = 2
) -> float:
    """What is the smallest effect an estimate with this standard error would have shown?

    (z of alpha + z of power) se (Bloom 1995), for any method with a standard error.
    """
    _check(sides, 1.0, alpha=alpha, power=power)
    if not se > 0:
        raise ValueError(f"standard error is {se}; it must be above 0.")
    return (critical(alpha / sides) + critical(1 - power)) * se


def more_units_for_half_width(n: float, half_width: float, target: float) -> float:
    """How many more units bring the interval's half-width to a target? 0 when it is there."""
    if not (n > 0 and half_width >= 0 and target > 0):
        raise ValueError(
            f"n {n} and target {target} must be above 0, half-width {half_width} not below."
        )
    return max(0.0, n * ((half_width / target) ** 2 - 1))


def more_units_for_effect(
    n: float,
    se: float,
    effect: float,
    *,
    power: float = 0.8,
    alpha: float = 0.05,
    sides: int = 2,
) -> float:
    """How many more units let a test that has `n` and this standard error see this effect?

    0 when it already can; the split between arms stays.
    """
    if effect == 0:
        raise ValueError("the effect is 0: no size sees no change.")
    visible = visible_difference(se, power=power, alpha=alpha, sides=sides)
    return more_units_for_half_width(n, visible, abs(effect))


def _solve(gap: Callable[[float], float], start: float) -> float:
    """Where a growing function crosses 0, from `start` on."""
    if gap(start) >= 0:
        return start
    high = max(2.0, 2 * start)
    while gap(high) < 0:
        start, high = high, high * 4
        if high > 1e18:
            raise ValueError("no size below 1e18 reaches this power.")
    return float(optimize.brentq(gap, start, high, xtol=1e-10, rtol=1e-13))
