"""Trend tests against pyMannKendall's and SciPy's results."""

import csv
import warnings

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.trend_tests import hamed_rao, mann_kendall, sen_slope


def test_the_nile(shared_data):
    """pyMannKendall 1.4 (Hussain & Mahmud 2019, JOSS 4, 1556) on R's `Nile`."""
    with open(shared_data / "plan_changes" / "Nile.csv") as file:
        flow = [float(row["flow"]) for row in csv.DictReader(file)]
    plain, corrected = mann_kendall(flow), hamed_rao(flow)
    assert plain.s == -1387
    assert plain.z == pytest.approx(-4.12807, abs=5e-6)
    assert corrected.z == pytest.approx(-2.81998, abs=5e-6)
    assert corrected.p_value == pytest.approx(0.004803, abs=5e-7)


def test_s_and_slope_against_scipy():
    x = np.random.default_rng(71).integers(0, 9, 40).astype(float)
    found = mann_kendall(x)
    tau_b = stats.kendalltau(np.arange(40), x).statistic
    _, ties = np.unique(x, return_counts=True)
    pairs = 40 * 39 / 2
    in_ties = (ties * (ties - 1) / 2).sum()
    assert found.s == pytest.approx(tau_b * np.sqrt(pairs * (pairs - in_ties)))
    assert sen_slope(x) == pytest.approx(stats.theilslopes(x).slope)


def test_the_variance_is_exact_for_all_orders_of_four():
    """The mean of S squared over all 24 orders of four values is its variance."""
    from itertools import permutations

    squares = [mann_kendall(order).s ** 2 for order in permutations([1.0, 2.0, 3.0, 4.0])]
    assert mann_kendall([1.0, 3.0, 2.0, 4.0]).variance == pytest.approx(np.mean(squares))


def test_correction_calms_false_trends():
    x = simulated_errors(np.arange(80), 0.5, 300, seed=72)
    plain = np.mean([mann_kendall(row).p_value < 0.05 for row in x])
    corrected = np.mean([hamed_rao(row).p_value < 0.05 for row in x])
    assert plain > 0.15 and corrected < plain - 0.05


def test_no_answer_has_a_reason():
    assert "all values are equal" in mann_kendall(np.ones(9)).reason
    assert "at least 4" in mann_kendall([1.0, np.nan, 2.0]).reason
    assert "gaps" in hamed_rao([1.0, np.nan, 2.0, 3.0, 1.0]).reason


def test_a_straight_line_has_nothing_that_resembles_its_neighbours():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = hamed_rao(3.0 + 0.5 * np.arange(20))
    plain = mann_kendall(3.0 + 0.5 * np.arange(20))
    assert found.variance_factor == 1 and found.z == plain.z and found.slope == pytest.approx(0.5)
