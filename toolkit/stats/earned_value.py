"""Is the work worth what was spent on it, and what will it cost in the end?

Earned value (ANSI/EIA-748; PMI, Practice Standard for Earned Value Management, 2nd ed. 2011). The
same arithmetic serves money and hours, each by itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from toolkit.stats.limits import check_level, critical

FEWEST_PERIODS = 3
"""Fewer periods have no spread to speak of."""


@dataclass(frozen=True)
class EarnedValue:
    """Plan, work done and what was spent, by one date.

    Attributes
    ----------
    planned, earned, actual
        To date: what the plan gave for the work due, what it gave for the work done, what was
        spent. One unit of money or hours.
    at_completion
        The plan for everything.
    cpi, spi
        Earned for one unit spent, and of the work due; below 1 is dearer, later. nan where
        nothing was spent or due.
    cpi_low, cpi_high
        Interval of `cpi` from its spread over the periods; nan below `FEWEST_PERIODS`.
    forecast, forecast_low, forecast_high
        What everything will have cost: spent, and the work left at the index reached so far.
    """

    planned: float
    earned: float
    actual: float
    at_completion: float
    cpi: float
    spi: float
    cpi_low: float
    cpi_high: float
    forecast: float
    forecast_low: float
    forecast_high: float
    level: float

    @property
    def cost_variance(self) -> float:
        """Earned less spent: below 0 is dearer than planned."""
        return self.earned - self.actual

    @property
    def schedule_variance(self) -> float:
        """Earned less due: below 0 is later than planned."""
        return self.earned - self.planned

    @property
    def variance_at_completion(self) -> float:
        """Plan less forecast: below 0 is over the budget."""
        return self.at_completion - self.forecast


def earned_value(
    planned: Sequence[float],
    done: Sequence[float],
    actual: Sequence[float],
    at_completion: float,
    *,
    level: float = 0.9,
) -> EarnedValue:
    """How do plan, work and spending stand, and where do they lead?

    Parameters
    ----------
    planned, done, actual
        By period up to now, in order: planned for the work due, share of that work that is done
        (0 to 1), spent.
    at_completion
        The plan for all periods, those to come included.

    Returns
    -------
    EarnedValue
        The forecast is `at_completion` / CPI: what is spent, and the work left at the index reached so
        far. Its interval is that of the CPI in the end: the logarithm of each period's index around that of the cumulative one, Student's t, narrowed
        as the work nears its end (Lipke, Zwikael, Henderson & Anbari 2009, Prediction of project
        outcome, International Journal of Project Management 27:400).

    Raises
    ------
    ValueError
        Lengths differ, a share outside 0 to 1, amounts below 0, or less planned in all than to date.
    """
    check_level(level)
    planned, done, actual = (np.asarray(x, float) for x in (planned, done, actual))
    if not planned.shape == done.shape == actual.shape or planned.ndim != 1:
        raise ValueError("planned, done and actual have one number a period each.")
    if ((done < 0) | (done > 1)).any():
        raise ValueError("the share of work done lies between 0 and 1.")
    if (planned < 0).any() or (actual < 0).any():
        raise ValueError("what is planned and spent is not below 0.")
    if at_completion < planned.sum() * (1 - 1e-9):
        raise ValueError("less is planned in all than for the time up to now.")
    earned_each = planned * done
    due, earned, spent = float(planned.sum()), float(earned_each.sum()), float(actual.sum())
    cpi = earned / spent if spent > 0 else math.nan
    spi = earned / due if due > 0 else math.nan
    low, high = _cpi_interval(earned_each, actual, cpi, at_completion, level)

    def forecast(index: float) -> float:
        return at_completion / index if index > 0 else math.nan

    return EarnedValue(due, earned, spent, float(at_completion), cpi, spi, low, high,
                       forecast(cpi), forecast(high), forecast(low), level)  # fmt: skip


def _cpi_interval(
    earned: np.ndarray, actual: np.ndarray, cpi: float, at_completion: float, level: float
) -> tuple[float, float]:
    both = (earned > 0) & (actual > 0)
    n = int(both.sum())
    if n < FEWEST_PERIODS or not cpi > 0:
        return math.nan, math.nan
    spread = np.log(earned[both] / actual[both]) - math.log(cpi)
    sd = math.sqrt(float((spread**2).sum()) / (n - 1))
    total = float(earned.sum())
    left = max(at_completion - total, 0.0)
    narrowed = math.sqrt(left / (at_completion - total / n))
    reach = critical((1 - level) / 2, n - 1) * sd / math.sqrt(n) * narrowed
    return cpi * math.exp(-reach), cpi * math.exp(reach)
