"""The wild cluster bootstrap against its enumeration row by row, and planted truth."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest
import statsmodels.api as sm

from toolkit.stats.cluster_errors import CannotBeEstimated, cluster_sums
from toolkit.stats.wild_bootstrap import wild_cluster_bootstrap

EFFECT = np.array([0.0, 1.0, 0.0])


def rows(seed, groups=7, n=42, effect=0.0):
    rng = np.random.default_rng(seed)
    cluster = np.arange(n) % groups
    design = np.column_stack([np.ones(n), cluster % 2 == 0, rng.normal(size=n)])
    y = rng.normal(size=n) + rng.normal(size=groups)[cluster] + effect * design[:, 1]
    return y, design, cluster


def enumerated(y, design, cluster, null):
    """Cameron, Gelbach & Miller 2008 step by step: 2**G refits with statsmodels."""
    options = {"cov_type": "cluster", "cov_kwds": {"groups": cluster}}

    def t(outcome, value):
        fit = sm.OLS(outcome, design).fit(**options)
        return (fit.params[1] - value) / fit.bse[1]

    rest = np.delete(design, 1, axis=1)
    restricted = sm.OLS(y - null * design[:, 1], rest).fit()
    fitted = y - restricted.resid
    observed = abs(t(y, null))
    draws = [
        abs(t(fitted + np.array(signs)[cluster] * restricted.resid, null))
        for signs in product((1.0, -1.0), repeat=cluster.max() + 1)
    ]
    return np.mean(np.array(draws) >= observed * (1 - 1e-9))


@pytest.mark.parametrize("null", [0.0, 0.7])
def test_the_p_value_is_the_enumeration_of_all_signs(null):
    y, design, cluster = rows(1)
    found = wild_cluster_bootstrap(cluster_sums(y, design, cluster), EFFECT, null=null)
    assert found.enumerated and found.draws == 2**7
    assert found.p_value == enumerated(y, design, cluster, null)


def test_the_interval_inverts_the_test():
    y, design, cluster = rows(2, groups=10, n=60, effect=1.0)
    sums = cluster_sums(y, design, cluster)
    found = wild_cluster_bootstrap(sums, EFFECT)
    width = found.high - found.low
    for end, outside in ((found.low, -1), (found.high, 1)):
        just_out = wild_cluster_bootstrap(sums, EFFECT, null=end + outside * 1e-6 * width)
        just_in = wild_cluster_bootstrap(sums, EFFECT, null=end - outside * 1e-6 * width)
        assert just_out.p_value <= 0.05 < just_in.p_value


def test_drawn_weights_repeat_with_their_seed_and_come_near_the_enumeration():
    y, design, cluster = rows(3, groups=12, n=72)
    sums = cluster_sums(y, design, cluster)
    exact = wild_cluster_bootstrap(sums, EFFECT)
    webb = wild_cluster_bootstrap(sums, EFFECT, weights="webb", draws=9999, seed=5)
    again = wild_cluster_bootstrap(sums, EFFECT, weights="webb", draws=9999, seed=5)
    assert webb == again and not webb.enumerated
    assert webb.p_value == pytest.approx(exact.p_value, abs=0.05)


def test_few_patterns_leave_the_interval_open():
    """Four clusters: the smallest p-value from signs is 2/16, so no value is ever rejected."""
    y, design, cluster = rows(4, groups=4, n=24)
    found = wild_cluster_bootstrap(
        cluster_sums(y, design[:, :2], cluster), EFFECT[:2], weights="rademacher"
    )
    assert (found.low, found.high) == (-np.inf, np.inf)


def test_planted_effects_are_covered():
    """12 clusters of unequal size, 500 samples, seed 6: 95 % of 500 is 475, sd 4.9."""
    rng = np.random.default_rng(6)
    cluster = np.repeat(np.arange(12), 2 + np.arange(12) % 4)
    design = np.column_stack([np.ones(len(cluster)), cluster < 6])
    covered = 0
    for _ in range(500):
        shock = rng.normal(size=12)
        y = 2.0 * design[:, 1] + shock[cluster] + rng.normal(size=len(cluster))
        found = wild_cluster_bootstrap(cluster_sums(y, design, cluster), EFFECT[:2])
        covered += found.low <= 2.0 <= found.high
    assert 460 <= covered <= 490


def test_few_treated_clusters_are_refused_by_name():
    y, design, cluster = rows(7)
    sums = cluster_sums(y, design, cluster)
    with pytest.raises(CannotBeEstimated, match="3 treated and 37 untreated"):
        wild_cluster_bootstrap(sums, EFFECT, clusters_by_arm=(3, 37))
    with pytest.raises(ValueError, match="auto, rademacher, webb"):
        wild_cluster_bootstrap(sums, EFFECT, weights="normal")
