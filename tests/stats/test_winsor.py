"""One unit's weight and winsorised moments, against scipy and recomputed samples."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.stats.mstats import winsorize

from toolkit.stats import means, winsor
from toolkit.stats.means import MeanMoments


def moments(values):
    return MeanMoments(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


@settings(deadline=None, derandomize=True)
@given(st.lists(st.floats(-1e4, 1e4), min_size=3, max_size=20))
def test_taking_one_out_is_recomputing_without_it(values):
    found = winsor.without_one(moments(values), values[0])
    rest = np.array(values[1:])
    assert found.n == len(rest)
    assert found.mean == pytest.approx(rest.mean(), abs=1e-6)
    assert found.variance == pytest.approx(rest.var(ddof=1), rel=1e-6, abs=1e-4)


def test_winsorised_against_scipy():
    values = np.random.default_rng(27).permutation(np.arange(1.0, 101.0) ** 3)
    theirs = np.asarray(winsorize(values, limits=(0.05, 0.05)))
    found = winsor.winsorised(values, theirs.min(), theirs.max())
    assert found.mean == pytest.approx(theirs.mean())
    assert found.variance == pytest.approx(theirs.var(ddof=1))


def test_cuts_are_quantiles_of_both_arms():
    values = np.arange(101.0)
    assert winsor.cut_values(values) == (-math.inf, 99.0)
    assert winsor.cut_values(values, upper=0.9, lower=0.1) == (10.0, 90.0)
    assert winsor.cut_values(values, upper=None) == (-math.inf, math.inf)


def test_one_order_of_the_year_carries_the_result():
    # By hand: 30 units of 1 and 2 alternating in both arms, and one unit of 500.
    plain = [1.0, 2.0] * 15
    found = winsor.influence(plain, [*plain, 500.0])
    assert (found.arm, found.value) == ("treatment", 500.0)
    assert found.share_of_total == pytest.approx(500 / 545)
    assert found.with_it == pytest.approx(545 / 31 - 1.5)
    assert found.without_it == pytest.approx(0.0)
    # With such an outlier the test sees nothing either way: the unit turns no decision.
    assert not found.carries


def test_an_outlier_that_hides_a_clear_result():
    rng = np.random.default_rng(28)
    control, treatment = rng.normal(10, 1, 200), rng.normal(11, 1, 200)
    treatment[0] = -190.0
    found = winsor.influence(control, treatment)
    assert found.carries and found.value == -190.0 and found.arm == "treatment"
    assert found.p_with > 0.05 > found.p_without
    cut = winsor.cut_values(np.r_[control, treatment], upper=0.99, lower=0.01)
    second = means.difference(
        winsor.winsorised(control, *cut), winsor.winsorised(treatment, *cut)
    )
    assert second.low > 0


def test_no_unit_carries_a_broad_result():
    rng = np.random.default_rng(29)
    found = winsor.influence(rng.normal(10, 1, 500), rng.normal(11, 1, 500))
    assert not found.carries
    assert found.with_it == pytest.approx(found.without_it, abs=0.02)


def test_from_moments_as_from_rows():
    rng = np.random.default_rng(30)
    a, b = rng.gamma(0.5, 10, 90), rng.gamma(0.5, 12, 80)
    whole = winsor.influence(a, b)
    found = winsor.one_unit(moments(a), moments(b), (a.min(), a.max()), (b.min(), b.max()))
    assert found == whole


def test_thin_and_wrong_input():
    assert "three units" in winsor.influence([1.0, 2.0], [1.0, 2.0, 3.0]).reason
    assert "three units" in winsor.influence([], [1.0, 2.0, 3.0]).reason
    assert winsor.winsorised([], 0, 1).n == 0
    assert math.isnan(winsor.winsorised([5.0], 0, 1).variance)
    with pytest.raises(ValueError, match="nan"):
        winsor.winsorised([math.nan], 0, 1)
    with pytest.raises(ValueError, match="above"):
        winsor.winsorised([1.0], 2, 1)
    with pytest.raises(ValueError, match="at least one value"):
        winsor.cut_values([])
    with pytest.raises(ValueError, match="upper"):
        winsor.cut_values([1.0], upper=99)
    with pytest.raises(ValueError, match="above the upper"):
        winsor.cut_values([1.0, 2.0, 3.0], upper=0.1, lower=0.9)
    with pytest.raises(ValueError, match="no variance"):
        winsor.without_one(MeanMoments(2, 1.0, 1.0), 1.0)
    with pytest.raises(ValueError, match="further out"):
        winsor.without_one(MeanMoments(5, 1.0, 1.0), 100.0)
