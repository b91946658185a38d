"""Breaks against strucchange's Nile, the F distribution, and simulation."""

import csv

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.change_points import one_break, several_breaks


@pytest.fixture(scope="module")
def nile(shared_data):
    with open(shared_data / "plan_changes" / "Nile.csv") as file:
        return np.array([float(row["flow"]) for row in csv.DictReader(file)])


def test_the_nile_has_one_break(nile):
    """Zeileis et al. (2003), CSDA 44, 109-123, and strucchange's example: 28, that is 1898."""
    found = one_break(nile)
    assert found.position == 28
    assert (found.before, found.after) == pytest.approx((1097.75, 849.97222), abs=5e-6)
    assert found.p_value < 0.001
    assert one_break(nile, autocorrelated=True).p_value < 0.01


def test_the_nile_by_segments(nile):
    """strucchange's summary(breakpoints(Nile ~ 1)): RSS, BIC and dates for 0 to 5 breaks."""
    found = several_breaks(nile)
    assert found.breaks == (28,)
    assert np.round(found.criteria).tolist() == [1318, 1270, 1276, 1285, 1292, 1311]
    assert np.round(found.sums_of_squares[:3]).tolist() == [2835157, 1597457, 1552924]
    # A break that earns instead of costing brings out the best segmentation of every size.
    assert several_breaks(nile, most=2, penalty=-1e6).breaks == (28, 83)
    assert several_breaks(nile, most=3, penalty=-1e6).breaks == (28, 68, 83)


def test_f_is_that_of_two_groups():
    x = np.random.default_rng(61).standard_normal(30) + (np.arange(30) >= 12) * 3
    found = one_break(x, simulations=99)
    assert found.f == pytest.approx(
        stats.f_oneway(x[:found.position], x[found.position:]).statistic, rel=1e-9)


@pytest.mark.parametrize(("rho", "autocorrelated", "limit"), [(0, False, 0.085), (0.5, True, 0.12)])
def test_significance_pays_for_having_looked_everywhere(rho, autocorrelated, limit):
    x = simulated_errors(np.arange(60), rho, 300, seed=62)
    claims = [one_break(row, autocorrelated=autocorrelated, simulations=199).p_value <= 0.05
              for row in x]
    assert np.mean(claims) <= limit


def test_two_planted_breaks_are_found():
    levels = np.repeat([0.0, 5.0, -5.0], 30)
    x = levels + np.random.default_rng(63).standard_normal(90)
    found = several_breaks(x)
    assert found.breaks == (30, 60)
    assert found.means == pytest.approx((0, 5, -5), abs=0.6)


def test_no_answer_has_a_reason():
    assert "all values are equal" in one_break(np.ones(20)).reason
    assert "periods" in one_break([1.0, 2.0, 3.0]).reason
    with pytest.raises(ValueError, match="gaps"):
        one_break([1.0, np.nan, 3.0])
