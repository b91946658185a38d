"""Shares of rows in clusters, and all shares of one total, against published intervals and coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.stats.proportion import multinomial_proportions_confint

from toolkit.stats import shares
from toolkit.stats.clustered_shares import interval, shares_of_total


def test_rows_of_their_own_are_wilsons():
    p = 12 / 40
    found = interval(12, 40, math.sqrt(p * (1 - p) / 40), 40)
    other = shares.interval(shares.Share(12, 40))
    assert (found.low, found.high) == pytest.approx((other.low, other.high))


def test_goodmans_intervals():
    # the counts of Sison & Glaz (1995), JASA 90:366; Goodman's (1965) as statsmodels has them
    counts = [56, 72, 73, 59, 62, 87, 58]
    found = shares_of_total(counts).intervals(level=0.95)
    other = multinomial_proportions_confint(counts, 0.05, method="goodman")
    np.testing.assert_allclose([(i.low, i.high) for i in found], other, rtol=1e-10)


def test_covariance_is_the_multinomial_one():
    found = shares_of_total([20, 30, 50])
    p = np.array([0.2, 0.3, 0.5])
    np.testing.assert_allclose(found.covariance, (np.diag(p) - np.outer(p, p)) / 100, atol=1e-15)
    assert found.clusters == 100


def test_clusters_that_agree_count_once():
    # 50 customers with 4 complaints each, all of a kind: as sure as 50 rows
    kinds = np.array([20, 30])
    found = shares_of_total(kinds * 4, np.diag(kinds * 16))
    alone = shares_of_total(kinds)
    assert found.clusters == pytest.approx(50)
    np.testing.assert_allclose(found.covariance, alone.covariance * 50 / 49)


def customers(rng, n=150):
    """Complaints of two kinds by customers who differ in how many and of what kind."""
    each = rng.geometric(0.35, n)
    chance = rng.beta(1.2, 1.8, n)
    first = rng.binomial(each, chance)
    return first, each


def test_coverage_with_customers_who_complain_often():
    rng = np.random.default_rng(5)
    held = naive = 0
    for _ in range(400):
        first, each = customers(rng)
        total, count = each.sum(), first.sum()
        found = shares_of_total(
            [count, total - count],
            [[(first**2).sum(), (first * (each - first)).sum()], [(first * (each - first)).sum(), ((each - first) ** 2).sum()]],
        )
        se = math.sqrt(found.covariance[0, 0])
        alone = interval(count, total, se, found.clusters)
        held += alone.low <= 0.4 <= alone.high
        plain = shares.interval(shares.Share(int(count), int(total)))
        naive += plain.low <= 0.4 <= plain.high
    assert 0.92 <= held / 400 <= 0.985
    assert naive / 400 < 0.88  # what ignoring the clusters would do


def test_none_and_all_have_an_open_side_only():
    none = interval(0, 60, 0.0, 30)
    assert none.low == 0 and 0 < none.high < 0.15
    # as wide as if each of 30 clusters were one row, with Student's t
    assert none.high > shares.interval(shares.Share(0, 30)).high


def test_no_rows_and_one_cluster_say_why():
    assert interval(0, 0, math.nan, 0).reason == "no rows"
    assert interval(3, 5, math.nan, 1).reason == "one cluster shows no variation"


@pytest.mark.parametrize("bad", [[], [0, 0], [-1, 2]])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError):
        shares_of_total(bad)
