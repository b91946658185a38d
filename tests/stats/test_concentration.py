"""Concentration, against closed forms of known distributions and against resampling."""

from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats.concentration import gini, lorenz, top_share

# The example of R's ineq (help page of `Lc` and `Gini`).
INCOMES = [541, 1463, 2445, 3438, 4437, 5401, 6392, 8304, 11904, 22261]


def test_gini_is_half_the_relative_mean_difference():
    values = np.array(INCOMES, dtype=float)
    gaps = np.abs(values[:, None] - values[None, :]).mean()
    assert gini(values).estimate == pytest.approx(gaps / (2 * values.mean()))
    assert gini(values).estimate == pytest.approx(0.4620911, abs=5e-8)  # R: ineq::Gini(x)


def spread_evenly(quantile):
    """A million quantiles of a distribution: the distribution itself, nearly."""
    return quantile((np.arange(1_000_000) + 0.5) / 1_000_000)


@pytest.mark.parametrize(
    ("quantile", "index", "fifth"),
    [
        (lambda u: u, 1 / 3, 1 - 0.8**2),  # uniform
        (lambda u: -np.log1p(-u), 1 / 2, 0.2 * (1 - math.log(0.2))),  # exponential
        (lambda u: (1 - u) ** (-1 / 4), 1 / 7, 0.2 ** (3 / 4)),  # Pareto, shape 4
    ],
    ids=["uniform", "exponential", "pareto"],
)
def test_closed_forms(quantile, index, fifth):
    values = spread_evenly(quantile)
    assert gini(values).estimate == pytest.approx(index, abs=2e-4)
    assert top_share(values).estimate == pytest.approx(fifth, abs=2e-4)


def test_a_unit_across_the_line_counts_by_its_part():
    # the top fifth of seven units is 1.4 units: the largest and four tenths of the next
    assert top_share([1, 1, 1, 1, 1, 5, 10]).estimate == pytest.approx((10 + 0.4 * 5) / 20)


def test_counts_stand_for_so_many_units():
    values, counts = [1.0, 4.0, 9.0], [10, 5, 3]
    long = np.repeat(values, counts)
    for index in (gini, top_share):
        short, full = index(values, counts=counts), index(long)
        assert (short.estimate, short.se) == pytest.approx((full.estimate, full.se))


@pytest.mark.parametrize("index", [gini, top_share])
def test_linearised_error_is_that_of_resampling(index):
    rng = np.random.default_rng(3)
    values = rng.lognormal(0, 1, 2000)
    again = [index(rng.choice(values, len(values))).estimate for _ in range(600)]
    # the error of a standard deviation from 600 is 3 %
    assert index(values).se == pytest.approx(np.std(again), rel=0.1)


@pytest.mark.parametrize("index", [gini, top_share])
def test_intervals_hold_the_truth_as_often_as_they_say(index):
    """Exponential values: Gini 1/2, the top fifth holds .2 (1 - ln .2)."""
    rng = np.random.default_rng(4)
    truth = 0.5 if index is gini else 0.2 * (1 - math.log(0.2))
    found = [index(rng.exponential(1, 300)) for _ in range(1000)]
    held = np.mean([f.low <= truth <= f.high for f in found])
    assert 0.93 <= held <= 0.97


def test_lorenz_curve():
    curve = lorenz([1, 1, 2, 4])
    assert curve.at(0) == 0 and curve.at(1) == 1
    assert curve.at(0.5) == pytest.approx(2 / 8)
    assert curve.at(0.75) == pytest.approx(4 / 8)


def test_what_has_no_index_says_why():
    assert "negative" in gini([3, -1, 4]).reason
    assert "negative" in top_share([3, -1, 4]).reason
    assert "every value is 0" in gini([0, 0]).reason
    assert "no units" in gini([]).reason
    assert "too few" in gini([1, 2]).reason and gini([1, 2]).estimate == pytest.approx(1 / 6)
    assert "alike" in gini([2.0] * 9).reason
    with pytest.raises(ValueError, match="1 values are missing"):
        gini([1, math.nan])
    with pytest.raises(ValueError, match="nothing to share"):
        lorenz([0, 0])
