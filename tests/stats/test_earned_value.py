from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.earned_value import earned_value


def test_the_fence_of_the_textbook():
    # Mulcahy, PMP Exam Prep: four sides of 1,000 a day each; at the end of day three two are complete
    # (1,000 and 1,200 spent), half of the third (600): PV 3,000, EV 2,500, AC 2,800, CPI .893,
    # SPI .833, EAC 4,479 (4,480 before CPI is rounded), CV -300, SV -500, VAC -479 (-480)
    found = earned_value([1000, 1000, 1000], [1, 1, 0.5], [1000, 1200, 600], 4000)
    assert (found.planned, found.earned, found.actual) == (3000, 2500, 2800)
    assert (round(found.cpi, 3), round(found.spi, 3)) == (0.893, 0.833)
    assert found.forecast == pytest.approx(4480) and found.variance_at_completion == pytest.approx(-480)
    assert (found.cost_variance, found.schedule_variance) == (-300, -500)


def test_the_interval_is_that_of_the_logarithms_around_the_cumulative_index():
    earned, spent = np.array([10.0, 12, 8, 11]), np.array([11.0, 12, 10, 10])
    found = earned_value(earned, [1] * 4, spent, 100, level=0.9)
    logs = np.log(earned / spent)
    centre = math.log(earned.sum() / spent.sum())
    sd = math.sqrt(((logs - centre) ** 2).sum() / 3)
    left = math.sqrt((100 - 41) / (100 - 41 / 4))  # Lipke et al. 2009, equation of the adjustment
    reach = stats.t.ppf(0.95, 3) * sd / 2 * left
    assert math.log(found.cpi_high / found.cpi) == pytest.approx(reach)
    assert found.forecast_low == pytest.approx(100 / found.cpi_high)


def test_finished_work_has_cost_what_it_has_cost():
    found = earned_value([10, 10, 10], [1, 1, 1], [12, 11, 9], 30)
    assert found.forecast == found.forecast_low == found.forecast_high == pytest.approx(32)


def test_nothing_spent_has_no_index():
    found = earned_value([0, 0], [0, 0], [0, 0], 10)
    assert math.isnan(found.cpi) and math.isnan(found.spi) and math.isnan(found.forecast)


@pytest.mark.parametrize(
    ("planned", "done", "actual", "whole", "rule"),
    [
        ([1, 2], [1], [1, 2], 5, "one number a period"),
        ([1], [1.2], [1], 5, "between 0 and 1"),
        ([1], [1], [-1], 5, "not below 0"),
        ([6], [1], [1], 5, "less is planned"),
    ],
)
def test_what_cannot_be_is_refused(planned, done, actual, whole, rule):
    with pytest.raises(ValueError, match=rule):
        earned_value(planned, done, actual, whole)


def test_intervals_of_the_final_cost_hold_it():
    # twenty months of equal plan; spending is noise around 1.2 times the plan; seen after ten
    rng, held = np.random.default_rng(4), 0
    runs = 1_000
    for _ in range(runs):
        spent = 1.2 * np.exp(rng.normal(0, 0.15, 20))
        found = earned_value(np.ones(10), np.ones(10), spent[:10], 20, level=0.9)
        held += found.forecast_low <= spent.sum() <= found.forecast_high
    assert 0.85 <= held / runs <= 0.95
