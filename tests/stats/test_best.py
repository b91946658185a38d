"""The chance to be best, against closed forms, exact sums and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from scipy.special import betaln

from toolkit.stats.best import best_of_means, best_of_shares
from toolkit.stats.shares import Share


def test_two_means_in_closed_form():
    gap, spread = 0.7, math.hypot(1.0, 2.0)
    found = best_of_means([1.0, 1.7], [1.0, 2.0])
    assert found.probability[1] == pytest.approx(stats.norm.cdf(gap / spread), abs=1e-10)
    assert sum(found.probability) == pytest.approx(1.0)
    # E max(0, N(gap, spread)), the loss of staying with the first.
    u = gap / spread
    want = spread * stats.norm.pdf(u) + gap * stats.norm.cdf(u)
    assert found.expected_loss[0] == pytest.approx(want, abs=1e-9)
    assert found.expected_loss[1] == pytest.approx(want - gap, abs=1e-9)


def test_very_unequal_errors():
    found = best_of_means([0.0, 1.0], [1.0, 1e-6])
    assert found.probability[0] == pytest.approx(stats.norm.sf(1), abs=1e-9)


def test_equal_arms_share_alike():
    assert best_of_means([3.0] * 5, [0.2] * 5).probability == pytest.approx([0.2] * 5)
    # The expected maximum of three standard normals is 3 / (2 sqrt(pi)).
    loss = best_of_means([0.0] * 3, [1.0] * 3).expected_loss
    assert loss == pytest.approx([1.5 / math.sqrt(math.pi)] * 3, abs=1e-9)


def test_lower_is_better_mirrors():
    up = best_of_means([1.0, 2.0, 2.5], [1.0, 0.5, 1.5])
    down = best_of_means([-1.0, -2.0, -2.5], [1.0, 0.5, 1.5], better="lower")
    assert down.probability == pytest.approx(up.probability)
    assert down.expected_loss == pytest.approx(up.expected_loss)


def exact(a, b, c, d):
    """P(Beta(c, d) > Beta(a, b)) for whole numbers (Miller 2015, "Formulas for Bayesian A/B")."""
    i = np.arange(c)
    logs = betaln(a + i, b + d) - np.log(d + i) - betaln(1 + i, d) - betaln(a, b)
    return float(np.exp(logs).sum())


def test_two_shares_in_closed_form():
    for c, t in [((19, 53), (13, 47)), ((3, 10), (9, 10)), ((1000, 9000), (1080, 9100))]:
        found = best_of_shares([Share(*c), Share(*t)])
        want = exact(1 + c[0], 1 + c[1] - c[0], 1 + t[0], 1 + t[1] - t[0])
        assert found.probability[1] == pytest.approx(want, abs=1e-9)
        low = best_of_shares([Share(*c), Share(*t)], better="lower")
        assert low.probability[0] == pytest.approx(want, abs=1e-9)


def test_four_arms_against_draws():
    rng = np.random.default_rng(26)
    means, ses = np.array([1.0, 1.2, 0.9, 1.1]), np.array([0.2, 0.1, 0.4, 0.05])
    draws = rng.normal(means, ses, (400_000, 4))
    found = best_of_means(means.tolist(), ses.tolist())
    chance = np.bincount(draws.argmax(axis=1), minlength=4) / len(draws)
    assert found.probability == pytest.approx(chance, abs=0.003)
    loss = draws.max(axis=1).mean() - draws.mean(axis=0)
    assert found.expected_loss == pytest.approx(loss, abs=0.003)


def test_hopeless_arms_and_tiny_losses():
    found = best_of_means([0.0, 10.0], [1.0, 1.0])
    assert 0 < found.probability[0] < 1e-11
    assert 0 <= found.expected_loss[1] < 1e-11
    assert found.expected_loss[0] == pytest.approx(10.0, abs=1e-8)


def test_one_arm_is_the_best():
    found = best_of_means([3.0], [1.0])
    assert found.probability == pytest.approx((1.0,))
    assert found.expected_loss == pytest.approx((0.0,), abs=1e-9)


def test_all_or_none_and_no_units():
    found = best_of_shares([Share(0, 10), Share(10, 10)])
    assert found.probability[1] == pytest.approx(exact(1, 11, 11, 1), abs=1e-9)
    # Nobody asked: the uniform prior, against which 8 of 8 wins in 9 of 10 draws.
    assert best_of_shares([Share(0, 0), Share(8, 8)]).probability[1] == pytest.approx(0.9)


def test_arms_without_spread_say_so():
    found = best_of_means([1.0, 2.0], [0.1, 0.0])
    assert "arm 1" in found.reason and math.isnan(found.probability[0])
    assert "arm 0" in best_of_means([math.nan, 2.0], [0.1, 0.1]).reason


def test_wrong_input():
    with pytest.raises(ValueError, match="equally many"):
        best_of_means([1.0], [])
    with pytest.raises(ValueError, match="negative"):
        best_of_means([1.0], [-1.0])
    with pytest.raises(ValueError, match="no arms"):
        best_of_shares([])
    with pytest.raises(ValueError, match="higher, lower"):
        best_of_means([1.0], [1.0], better="best")
