"""Present value, rates of return and payback, against published cases and numpy-financial."""

from __future__ import annotations

import math

import numpy as np
import numpy_financial as npf
import pytest

from toolkit.stats.cash_flows import (
    benefit_cost_ratio,
    irr,
    mirr,
    npv,
    payback,
    rate_of_period,
    roi,
)


def random_flows(n: int, seed: int) -> list[np.ndarray]:
    """Half investments (paid, then received), half anything at all."""
    rng = np.random.default_rng(seed)
    out = []
    for i in range(n):
        flows = rng.normal(0, 100, rng.integers(2, 25)).round(2)
        if i % 2:
            flows = np.abs(flows)
            flows[0] *= -5
        out.append(flows)
    return out


def test_published_present_value_and_rates():
    # numpy-financial's documentation of npv (first flow now) and irr
    assert round(npv(0.05, [-15000, 1500, 2500, 3500, 4500, 6000]), 2) == 122.89
    assert round(irr([-100, 39, 59, 55, 20]).rate, 5) == 0.28095


def test_several_rates_are_all_found_and_said():
    found = irr([-5, 10.5, 1, -8, 1])
    assert [round(r, 4) for r in found.rates] == [-0.8702, 0.0886, 0.7096]
    assert math.isnan(found.rate) and "3 rates" in found.reason


@pytest.mark.parametrize(
    ("flows", "why"),
    [([1, 2, 3], "only received"), ([-1, -2], "only paid"), ([0, 0], "every flow is 0"), ([-3, 1, -3], "no rate")],
)
def test_no_rate_is_said_with_its_reason(flows, why):
    found = irr(flows)
    assert found.rates == () and math.isnan(found.rate) and why in found.reason


def test_a_rate_that_only_touches_zero_is_found():
    # -1 + 2x - x^2 = -(1 - x)^2: a double root at rate 0, where values do not change sign
    assert irr([-1, 2, -1]).rates == (0.0,)


def test_two_rates_close_together_are_told_apart():
    # (x - 1/1.10)(x - 1/1.101) has exactly these two rates
    a, b = 1 / 1.10, 1 / 1.101
    assert irr([a * b, -(a + b), 1]).rates == pytest.approx((0.10, 0.101), abs=1e-9)


def test_ten_thousand_random_flows_agree_with_numpy_financial():
    for flows in random_flows(10_000, seed=3):
        assert npv(0.03, flows) == pytest.approx(npf.npv(0.03, flows), abs=1e-7)
        ours, theirs = mirr(flows, 0.07, 0.05), npf.mirr(flows, 0.07, 0.05)
        assert (math.isnan(ours) and math.isnan(theirs)) or ours == pytest.approx(theirs, abs=1e-9)
        found, one = irr(flows), npf.irr(flows)
        if math.isnan(one):
            assert found.rates == ()
        else:  # numpy-financial gives one of them: the one nearest to 0
            nearest = min(found.rates, key=abs)
            assert nearest == pytest.approx(one, rel=1e-7, abs=1e-7)


def test_every_rate_found_makes_the_flows_worth_nothing():
    for flows in random_flows(500, seed=5):
        for rate in irr(flows).rates:
            sizes = np.abs(flows) * (1 + rate) ** -np.arange(flows.size)
            assert abs(npv(rate, flows)) <= 1e-8 * sizes.sum()


def test_payback_interpolates_within_the_period():
    # 100 out, 50 + 30 back leaves 20 of the next 30
    assert payback([-100, 50, 30, 30]).periods == pytest.approx(2 + 20 / 30)
    assert payback([-100, 110], rate=0.1).periods == pytest.approx(1.0)


def test_payback_counts_when_it_stays():
    found = payback([-10, 5, 6, -5, 10])
    assert found.periods == pytest.approx(3.4) and found.falls_back


@pytest.mark.parametrize(("flows", "why"), [([5, 1], "nothing is laid out"), ([-5, 1], "does not come back")])
def test_payback_that_is_none_has_a_reason(flows, why):
    assert math.isnan(payback(flows).periods) and why in payback(flows).reason


def test_rates_below_minus_one_and_no_flows_are_refused():
    with pytest.raises(ValueError, match="above -1"):
        npv(-1, [1, 2])
    with pytest.raises(ValueError, match="above -1"):
        rate_of_period(-1.5)
    with pytest.raises(ValueError, match="no flows"):
        irr([])
    with pytest.raises(ValueError, match="no finite number"):
        npv(0.1, [1, math.nan])


def test_a_monthly_rate_compounds_to_the_yearly_one():
    assert (1 + rate_of_period(0.08)) ** 12 - 1 == pytest.approx(0.08)


def test_nothing_paid_has_no_return():
    assert math.isnan(roi(10, 0)) and math.isnan(benefit_cost_ratio(10, 0))
    assert roi(150, 100) == 0.5 and benefit_cost_ratio(150, 100) == 1.5
