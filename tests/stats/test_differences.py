"""Difference in differences against Card & Krueger (1994) and closed forms."""

from __future__ import annotations

import csv

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import (
    before_and_after,
    difference_in_differences,
    method_for,
    ratio_before_and_after,
)


@pytest.fixture(scope="module")
def stores(shared_data):
    """Employment (full-time equivalents) before and after in 410 stores; New Jersey is treated."""
    with open(shared_data / "plan_changes" / "card_krueger_1994.csv", newline="") as file:
        rows = list(csv.DictReader(file))
    number = lambda text: float(text) if text else np.nan  # noqa: E731
    before = np.array([number(row["fte"]) for row in rows])
    after = np.array([number(row["fte2"]) for row in rows])
    return before, after, np.array([row["STATE"] == "1" for row in rows])


def test_card_krueger_four_means_and_their_difference(stores):
    """Table 3 of Card & Krueger 1994, AER 84(4): 23.33, 21.17, 20.44, 21.03, difference 2.76."""
    found = difference_in_differences(*stores, units="all", method="cr1")
    assert found.control_before == pytest.approx(23.3312, abs=5e-5)
    assert found.control_after == pytest.approx(21.1656, abs=5e-5)
    assert found.treated_before == pytest.approx(20.4394, abs=5e-5)
    assert found.treated_after == pytest.approx(21.0274, abs=5e-5)
    assert found.effect == pytest.approx(2.7536, abs=5e-5)
    assert found.se == pytest.approx(1.3066, abs=5e-5)  # clustered by store (Stata's CR1)


def test_card_krueger_balanced_stores(stores):
    """Table 3 of Card & Krueger 1994, row "balanced sample": 2.75 (1.34)."""
    found = difference_in_differences(*stores)
    assert (found.method, found.treated_units, found.control_units) == ("welch", 309, 75)
    assert found.effect == pytest.approx(2.75, abs=5e-5)
    assert found.se == pytest.approx(1.3423, abs=5e-5)


def test_cr2_of_single_stores_is_welchs_error(stores):
    """HC2 of a difference of two means is Welch's error (MacKinnon & White 1985): 1.3423."""
    found = difference_in_differences(*stores, method="cr2")
    assert found.effect == pytest.approx(2.75, abs=5e-5)
    assert found.se == pytest.approx(1.3423, abs=5e-5)


def test_the_default_for_all_stores_is_cr2(stores):
    found = difference_in_differences(*stores, units="all")
    assert found.method == "cr2"
    assert found.effect == pytest.approx(2.7536, abs=5e-5)


def test_welch_is_scipys(stores):
    before, after, treated = stores
    found = difference_in_differences(before, after, treated)
    change = after - before
    change, arm = change[np.isfinite(change)], treated[np.isfinite(change)]
    oracle = stats.ttest_ind(change[arm], change[~arm], equal_var=False)
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-12)
    interval = oracle.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-12)


def test_an_unbalanced_panel_of_means_is_a_ratio_with_denominator_where_seen(stores):
    before, after, treated = stores
    sums = [np.nan_to_num(before), np.isfinite(before), np.nan_to_num(after), np.isfinite(after)]
    found = difference_in_differences(*ratio_before_and_after(*sums, treated), treated)
    assert found.effect == pytest.approx(2.7536, abs=5e-5)
    assert found.control_before == pytest.approx(23.3312, abs=5e-5)
    # linearisation and the stacked regression agree on the error up to the n/(n-1) of the arms
    assert found.se == pytest.approx(1.3066, rel=0.01)


def test_weights_repeat_rows():
    """A unit of weight 2 gives the effect of the same unit listed twice in one cluster."""
    rng = np.random.default_rng(3)
    before, after = rng.normal(size=(2, 60))
    treated, weight = np.arange(60) < 30, 1 + np.arange(60) % 3
    weighted = difference_in_differences(
        before, after, treated, clusters=np.arange(60), weights=weight, method="cr1"
    )
    where = np.repeat(np.arange(60), weight)
    listed = difference_in_differences(
        before[where], after[where], treated[where], clusters=where, method="cr1"
    )
    assert weighted.effect == pytest.approx(listed.effect, rel=1e-12)
    # CR1's factor (N - 1)/(N - k) is the only thing that knows the number of rows
    rows = (60 - 1) / (60 - 2), (len(where) - 1) / (len(where) - 2)
    assert weighted.se**2 / rows[0] == pytest.approx(listed.se**2 / rows[1], rel=1e-12)


def test_two_clusters_of_stores_are_named_as_too_few(stores):
    """Clustered by state there is one treated and one untreated cluster: nothing can be said."""
    before, after, treated = stores
    with pytest.raises(CannotBeEstimated, match="1 of 2 clusters treated"):
        difference_in_differences(before, after, treated, clusters=treated)


@pytest.mark.parametrize(
    ("arms", "method"),
    [((1, 30), "permutation"), ((2, 4), "cr2_exact"), ((3, 37), "cr2_exact"),
     ((4, 8), "wild_bootstrap"), ((20, 20), "cr2"), ((13, 27), "cr2")],
)  # fmt: skip
def test_the_method_follows_the_number_of_clusters(arms, method):
    assert method_for(*arms)[0] == method
    rng = np.random.default_rng(5)
    treated = np.repeat([True, False], arms)
    clusters = np.repeat(np.arange(sum(arms)), 3)
    found = difference_in_differences(
        rng.normal(size=3 * sum(arms)), rng.normal(size=3 * sum(arms)), np.repeat(treated, 3),
        clusters=clusters,
    )
    assert found.method == method
    assert found.low < found.effect < found.high
    assert (found.p_value > 0.05) == (found.low <= 0 <= found.high)


def test_before_and_after_of_a_panel_with_holes():
    outcome = np.array([[1.0, 3, 5, 7], [np.nan, 2, 4, np.nan], [np.nan, np.nan, 1, 1]])
    before, after = before_and_after(outcome, np.array([False, False, True, True]))
    assert before[:2].tolist() == [2, 2] and np.isnan(before[2])
    assert after.tolist() == [6, 4, 1]


def test_everybody_treated_is_refused():
    with pytest.raises(CannotBeEstimated, match="no untreated unit"):
        difference_in_differences(np.zeros(4), np.ones(4), np.ones(4, dtype=bool))
    with pytest.raises(CannotBeEstimated, match="periods before and after"):
        before_and_after(np.ones((2, 3)), np.ones(3, dtype=bool))
    with pytest.raises(ValueError, match="welch, cr1"):
        difference_in_differences([0, 0, 0, 0], [1, 2, 3, 4], [1, 1, 0, 0], method="ols")
