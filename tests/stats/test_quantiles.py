"""Order-statistic intervals, against printed tables, exact binomials and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.stats import quantiles


@pytest.mark.parametrize(
    ("n", "low", "high", "coverage"),
    [
        # Ranks of the 95 % interval of a median, Conover (1999) and Altman et al. (2000),
        # "Statistics with Confidence", table 18.4: n 10 ranks 2, 9; n 20 ranks 6, 15.
        (6, 1, 6, 0.969), (10, 2, 9, 0.979), (15, 4, 12, 0.965), (20, 6, 15, 0.959),
        (30, 10, 21, 0.957), (50, 18, 33, 0.967), (100, 40, 61, 0.965),
    ],
)  # fmt: skip
def test_ranks_of_the_median(n, low, high, coverage):
    found = quantiles.ranks(n, 0.5)
    assert (found.low, found.high) == (low, high)
    assert found.coverage == pytest.approx(coverage, abs=5.1e-4)


@pytest.mark.parametrize("quantile", [0.1, 0.5, 0.9, 0.95])
@pytest.mark.parametrize("n", [30, 101, 1000])
def test_ranks_are_the_narrowest_with_both_tails_small(n, quantile):
    found = quantiles.ranks(n, quantile, level=0.9)
    count = stats.binom(n, quantile)
    # P(X_(low) above the quantile) = P(count below it < low), and the mirror image.
    assert count.cdf(found.low - 1) <= 0.05 < count.cdf(found.low)
    if found.high <= n:
        assert count.sf(found.high - 1) <= 0.05 < count.sf(found.high - 2)
    assert found.coverage >= 0.9


def test_a_tail_used_up_exactly_is_used():
    # Two values enclose the median half of the time; both tails are a quarter to the digit.
    found = quantiles.ranks(2, 0.5, level=0.5)
    assert (found.low, found.high, found.coverage) == (1, 2, pytest.approx(0.5))


def test_normal_ranks_are_near_the_exact_ones():
    exact = quantiles.ranks(400_000, 0.9)
    near = quantiles.ranks(400_000, 0.9, method="normal")
    assert abs(exact.low - near.low) <= 1 and abs(exact.high - near.high) <= 1


def test_too_few_values_for_a_far_quantile():
    assert quantiles.ranks(20, 0.95).high == 21
    found = quantiles.interval(np.arange(20.0), 0.95)
    assert "too few" in found.reason and found.estimate == pytest.approx(18.05)
    assert quantiles.interval([], 0.5).reason == "no values"
    assert "too few" in quantiles.interval([3.0], 0.5).reason
    other = quantiles.interval(np.arange(200.0), 0.5)
    assert quantiles.difference(found, other).reason.startswith("control: 20 values")


def test_interval_is_two_order_statistics():
    values = np.random.default_rng(1).permutation(np.arange(1.0, 101.0))
    found = quantiles.interval(values, 0.5)
    assert (found.low, found.high) == (40.0, 61.0)
    assert found.estimate == 50.5


def test_price_and_bonett_standard_error_of_a_median():
    # Price & Bonett (2002): c = (n + 1) / 2 - sqrt(n), spread of X_(c) and X_(n-c+1) over
    # twice the z of their exact tail P(count <= c - 1). n = 25: c = 8, tail P(B <= 7).
    values = np.sort(np.random.default_rng(2).exponential(size=25))
    z = stats.norm.isf(stats.binom.cdf(7, 25, 0.5))
    want = (values[17] - values[7]) / (2 * z)
    assert quantiles.interval(values, 0.5).se == pytest.approx(want)


def test_standard_error_tends_to_the_density_formula():
    # sqrt(q (1 - q) / n) / f: for the exponential the density at quantile q is 1 - q.
    values = np.random.default_rng(3).exponential(size=200_000)
    for q in (0.5, 0.9):
        want = math.sqrt(q * (1 - q) / 200_000) / (1 - q)
        assert quantiles.interval(values, q).se == pytest.approx(want, rel=0.15)


def test_woodruff_levels_and_design_effect():
    se = quantiles.share_se(0.5, 400, design_effect=4)
    assert se == pytest.approx(0.05)
    low, high = quantiles.levels_around(0.5, se)
    assert (low, high) == pytest.approx((0.5 - 1.959964 * 0.05, 0.5 + 1.959964 * 0.05))
    wider = quantiles.levels_around(0.5, se, df=4)
    assert wider[1] - 0.5 == pytest.approx(stats.t.ppf(0.975, 4) * 0.05)
    assert quantiles.levels_around(0.99, 0.05)[1] == 1.0
    found = quantiles.from_levels(10.0, 8.0, 12.0, 400)
    assert found.se == pytest.approx(4 / (2 * 1.959964))
    assert quantiles.from_levels(math.nan, 8.0, 12.0, 0).reason == "no values"


def test_wrong_input():
    with pytest.raises(ValueError, match="nan"):
        quantiles.interval([1.0, math.nan], 0.5)
    with pytest.raises(ValueError, match="quantile"):
        quantiles.interval([1.0, 2.0], 95)
    with pytest.raises(ValueError, match="positive"):
        quantiles.levels_around(0.5, 0.0)
    with pytest.raises(ValueError, match="at least one"):
        quantiles.ranks(0, 0.5)


def test_ties_do_not_push_the_estimate_out():
    found = quantiles.interval([1.0] * 40 + [2.0] * 40, 0.5)
    assert (found.low, found.high) == (1.0, 2.0)
    flat = quantiles.interval([3.0] * 80, 0.5)
    assert "nothing varies" in quantiles.difference(flat, flat).reason


def test_relative_of_zero_quantiles():
    zero = quantiles.interval(np.r_[np.zeros(80), np.arange(20.0)], 0.5)
    some = quantiles.interval(np.arange(1.0, 101.0), 0.5)
    assert "is 0" in quantiles.relative(zero, some).reason
    lift = quantiles.relative(some, quantiles.interval(np.arange(1.0, 101.0) * 2, 0.5))
    assert lift.estimate == pytest.approx(1.0) and lift.defined


@pytest.mark.parametrize("quantile", [0.5, 0.9])
def test_difference_of_quantiles_holds_its_level(quantile):
    rng = np.random.default_rng(15)
    runs, truth = 700, -math.log(1 - quantile) * 1.0
    held = one = 0
    for _ in range(runs):
        a = quantiles.interval(rng.exponential(1, 200), quantile)
        b = quantiles.interval(rng.exponential(2, 150), quantile)
        found = quantiles.difference(a, b)
        held += found.low <= truth <= found.high
        one += a.low <= truth <= a.high
    assert 0.925 < held / runs < 0.985
    assert 0.935 < one / runs < 0.99
