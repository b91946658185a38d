"""The exact reference against Student's t and simulation; permutations against enumeration."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.cluster_errors import CannotBeEstimated, cluster_sums, clustered_estimate
from toolkit.stats.few_clusters import cluster_permutation, exact_reference

EFFECT = np.array([0.0, 1.0])


def two_arms(changes, treated):
    design = np.column_stack([np.ones(len(treated)), treated])
    return cluster_sums(changes, design, np.arange(len(treated)))


def test_equal_arms_give_students_t():
    """With equal arms CR2 is the pooled error and its reference t with n - 2."""
    changes = np.random.default_rng(1).normal(size=8) + 3 * (np.arange(8) < 4)
    found = exact_reference(two_arms(changes, np.arange(8) < 4), EFFECT)
    oracle = stats.ttest_ind(changes[:4], changes[4:])
    assert found.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    interval = oracle.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((interval.low, interval.high), rel=1e-6)


def test_a_far_tail_keeps_its_digits():
    changes = np.r_[[1.0, 2, 3, 4], [-1.0, 0, 1, 2]] * 1e-6 + np.repeat([1.0, 0], 4)
    found = exact_reference(two_arms(changes, np.arange(8) < 4), EFFECT)
    oracle = stats.ttest_ind(changes[:4], changes[4:]).pvalue
    assert 0 < found.p_value < 1e-30
    assert found.p_value == pytest.approx(oracle, rel=1e-6)


@pytest.mark.parametrize("arms", [(2, 4), (3, 9), (2, 38)])
def test_unequal_arms_against_simulation(arms):
    """The 5 % point of |t|, 200,000 draws, seed 2: exceeded in 5 % (Monte Carlo sd .05 points)."""
    rng = np.random.default_rng(2)
    treated = np.repeat([True, False], arms)
    sums = two_arms(rng.normal(size=sum(arms)), treated)
    found = exact_reference(sums, EFFECT)
    critical = (found.high - found.low) / 2 / clustered_estimate(sums, EFFECT).se
    a, b = (rng.normal(size=(200_000, n)) for n in arms)
    error = np.sqrt(a.var(axis=1, ddof=1) / arms[0] + b.var(axis=1, ddof=1) / arms[1])
    beyond = np.mean(np.abs(a.mean(axis=1) - b.mean(axis=1)) > critical * error)
    assert beyond == pytest.approx(0.05, abs=0.002)


def test_one_treated_cluster_is_its_rank():
    rng = np.random.default_rng(3)
    changes = np.r_[4.0, rng.normal(size=24)]
    treated = np.arange(25) == 0
    found = cluster_permutation(changes, treated)
    assert found.p_value == 1 / 25 == found.smallest_p
    assert found.low < found.estimate < found.high < np.inf
    # a value is inside exactly where fewer than 24 of 25 are less extreme than the treated one
    for null, inside in ((found.low - 1e-6, False), (found.low + 1e-6, True)):
        gap = abs(changes[0] - null - changes[1:].mean())
        shifted = np.r_[changes[0] - null, changes[1:]]
        others = [abs(shifted[i] - np.delete(shifted, i).mean()) for i in range(25)]
        assert (np.mean(np.array(others) >= gap - 1e-12) > 0.05) == inside


def test_the_p_value_is_the_enumeration_of_welchs_t():
    """Twenty samples, seed 4: arms of 2 and 6, so that the two errors weigh differently."""
    rng = np.random.default_rng(4)
    treated = np.arange(8) < 2
    arms = [np.isin(np.arange(8), c) for c in combinations(range(8), 2)]
    for _ in range(20):
        changes = rng.normal(size=8) + treated
        found = cluster_permutation(changes, treated)

        def t(arm, changes=changes):
            return abs(stats.ttest_ind(changes[arm], changes[~arm], equal_var=False).statistic)

        oracle = np.mean([t(arm) >= t(treated) - 1e-12 for arm in arms])
        assert found.p_value == pytest.approx(oracle)
        assert found.assignments == 28 and found.enumerated


def test_random_assignments_repeat_with_their_seed():
    rng = np.random.default_rng(5)
    changes, treated = rng.normal(size=24), np.arange(24) < 10
    found = cluster_permutation(changes, treated, seed=1, draws=999)
    assert found == cluster_permutation(changes, treated, seed=1, draws=999)
    assert not found.enumerated and found.assignments == 999


def test_false_claims_of_the_permutation():
    """1 of 20 treated, 2,000 samples, seed 6: 5 % exactly (Monte Carlo sd .5 points)."""
    rng = np.random.default_rng(6)
    treated = np.arange(20) == 7
    draws = rng.standard_t(3, size=(2000, 20))
    claims = np.mean([
        np.sum(np.abs(d - d.mean()) >= abs(d[7] - d.mean())) / 20 <= 0.05 for d in draws
    ])  # fmt: skip
    found = np.mean([cluster_permutation(d, treated).p_value <= 0.05 for d in draws[:200]])
    assert claims == pytest.approx(0.05, abs=0.015)
    assert found == pytest.approx(0.05, abs=0.046)


def test_too_few_clusters_say_how_many_would_do():
    with pytest.raises(CannotBeEstimated, match="1 of 6 clusters treated.*20 clusters would"):
        cluster_permutation(np.arange(6.0), np.arange(6) == 0)
    with pytest.raises(CannotBeEstimated, match="3 of 6 clusters treated.*7 clusters would"):
        cluster_permutation(np.arange(6.0), np.arange(6) < 3)
    with pytest.raises(CannotBeEstimated, match="treated and untreated"):
        cluster_permutation(np.arange(6.0), np.zeros(6, dtype=bool))
