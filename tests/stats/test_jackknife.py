from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.jackknife import grouped_interval


def test_of_a_sum_it_is_the_interval_of_a_mean_times_n():
    # the jackknife of a total equals s * sqrt(n) (Wolter 2007, 4.2)
    values = np.random.default_rng(2).normal(5, 2, 40)
    estimate, low, high = grouped_interval({"x": values}, lambda s: s["x"])
    reach = stats.t.ppf(0.975, 39) * values.std(ddof=1) * math.sqrt(40)
    assert estimate == pytest.approx(values.sum())
    assert (high - low) / 2 == pytest.approx(reach)


def test_intervals_of_a_ratio_hold_its_truth():
    rng, held = np.random.default_rng(7), 0
    for _ in range(600):
        den = rng.gamma(4, 1, 64)
        num = 3 * den + rng.normal(0, 1, 64)
        _, low, high = grouped_interval({"n": num, "d": den}, lambda s: s["n"] / s["d"], level=0.9)
        held += low <= 3 <= high
    assert 0.87 <= held / 600 <= 0.93


def test_few_groups_or_a_formula_without_value_have_no_interval():
    assert math.isnan(grouped_interval({"x": [1.0] * 5}, lambda s: s["x"])[1])
    estimate, low, _ = grouped_interval({"x": [1.0] * 20}, lambda s: math.nan)
    assert math.isnan(estimate) and math.isnan(low)
    with pytest.raises(ValueError, match="one number a group"):
        grouped_interval({"x": [1.0], "y": [1.0, 2.0]}, lambda s: 1.0)
