"""Scenarios of several uncertain numbers, against closed forms."""

from __future__ import annotations

import math

import numpy as np
import numpy_financial as npf
import pytest
from scipy import stats

from toolkit.stats.scenarios import (
    Between,
    Estimated,
    Fixed,
    Judged,
    draws,
    losses,
    present_values,
    simulated,
    swings,
)

N = 40_000


def test_each_spread_has_the_distribution_it_says():
    spreads = [Estimated(5, 3, 7, 0.95), Estimated(5, 3, 7, 0.9, df=4), Judged(1, 2, 6), Between(-1, 3)]
    x = draws(spreads, N, seed=1)
    sd = 2 / stats.norm.ppf(0.975)
    named = [
        stats.norm(5, sd), stats.t(4, 5, 2 / stats.t.ppf(0.95, 4)), stats.triang(0.2, 1, 5), stats.uniform(-1, 4),
    ]  # fmt: skip
    for column, law in zip(x.T, named, strict=True):
        assert stats.kstest(column, law.cdf).pvalue > 0.001
    assert [s.middle for s in spreads] == pytest.approx([5, 5, 3, 1])


def test_an_uneven_interval_keeps_both_its_ends():
    x = draws([Estimated(0, -1, 4, 0.9)], N, seed=3)[:, 0]
    assert np.quantile(x, [0.05, 0.95]) == pytest.approx([-1, 4], abs=0.1)


def test_the_same_seed_gives_the_same_and_a_fixed_number_does_not_move():
    spreads = [Fixed(3.0), Between(0, 1)]
    assert (draws(spreads, 100, 5) == draws(spreads, 100, 5)).all()
    assert (draws(spreads, 100, 5)[:, 0] == 3).all()


def test_declared_correlations_are_those_of_the_normal_scores():
    x = draws([Estimated(0, -1.96, 1.96), Between(0, 1), Fixed(2.0)], N, 7, {(0, 1): 0.6, (1, 2): 0.5})
    # Gaussian copula: Spearman's rho is 6/pi asin(rho/2) (Kruskal 1958)
    assert stats.spearmanr(x[:, 0], x[:, 1]).statistic == pytest.approx(6 / math.pi * math.asin(0.3), abs=0.02)
    assert (x[:, 2] == 2).all()


def test_correlations_that_cannot_hold_are_refused():
    three = [Between(0, 1)] * 3
    with pytest.raises(ValueError, match="cannot all hold"):
        draws(three, 10, 1, {(0, 1): 0.9, (1, 2): 0.9, (0, 2): -0.9})
    with pytest.raises(ValueError, match="no correlation"):
        draws(three, 10, 1, {(0, 1): 1.5})


@pytest.mark.parametrize("wrong", [(Judged, (3, 2, 1)), (Between, (2, 1)), (Estimated, (5, 6, 7))])
def test_ends_that_are_not_in_order_are_refused(wrong):
    kind, values = wrong
    with pytest.raises(ValueError):
        kind(*values)


def test_present_values_are_numpy_financials_line_by_line():
    rng = np.random.default_rng(9)
    amounts, profiles = rng.normal(100, 20, (50, 4)), rng.random((4, 36)) - 0.4
    found = present_values(amounts, profiles, 0.006)
    for row, value in zip(amounts, found, strict=True):
        assert value == pytest.approx(sum(npf.npv(0.006, a * p) for a, p in zip(row, profiles, strict=True)))


def test_the_simulated_mean_and_spread_are_those_of_the_sum():
    profiles = np.array([[-1.0, 0, 0], [0, 1.0, 1.0]])
    x = simulated([Fixed(100), Estimated(60, 60 - 19.6, 60 + 19.6)], profiles, 0.1, N, seed=11)
    factor = 1 / 1.1 + 1 / 1.21
    assert x.mean() == pytest.approx(-100 + 60 * factor, abs=0.3)
    assert x.std() == pytest.approx(10 * factor, rel=0.02)


def test_swings_and_switching_values_of_a_product_in_closed_form():
    spreads = [Judged(0, 10, 20), Fixed(3.0), Estimated(5, 4, 6, 0.9)]

    def outcome(x: np.ndarray) -> np.ndarray:
        return x[:, 0] * x[:, 1] - x[:, 2]

    found = swings(spreads, outcome, draws(spreads, N, 1), level=0.9)
    assert found[0].switching == pytest.approx(5 / 3)
    assert found[1].switching == pytest.approx(0.5)
    assert found[2].switching == pytest.approx(30.0)
    assert (found[2].at_low, found[2].at_high) == pytest.approx((26.0, 24.0))
    assert found[1].width == 0 and found[1].share == 0
    var0, var2 = 9 * 400 / 24, (1 / stats.norm.ppf(0.95)) ** 2  # triangular: (b - a)^2 / 24
    assert found[0].share == pytest.approx(var0 / (var0 + var2), abs=0.01)


def test_a_number_that_does_nothing_never_switches():
    found = swings([Between(0, 1), Between(1, 2)], lambda x: x[:, 1] + 1)
    assert math.isnan(found[0].switching) and found[0].width == 0


def test_losses_happen_as_often_as_their_yearly_chance_says():
    x = losses([Fixed(0.2), Fixed(0.0)], [Fixed(10.0), Fixed(5.0)], 3, N, seed=2)
    assert (x[:, 0] > 0).mean() == pytest.approx(1 - 0.8**3, abs=0.01)
    assert x[:, 0].mean() == pytest.approx(-3 * math.log(0.8) * 10, rel=0.02)
    assert (x[:, 1] == 0).all()
