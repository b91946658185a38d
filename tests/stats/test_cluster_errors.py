"""CR0, CR1 and CR2 errors against statsmodels, brute force over rows, and Welch."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm

from toolkit.stats.cluster_errors import (
    CannotBeEstimated,
    ClusterSums,
    cluster_sums,
    clustered_estimate,
    quadratic_form,
)


def rows(seed=1, n=60, groups=9):
    rng = np.random.default_rng(seed)
    cluster = rng.integers(0, groups, n)
    design = np.column_stack([np.ones(n), cluster < 4, rng.normal(size=n)])
    return rng.normal(size=n) + rng.normal(size=groups)[cluster], design, cluster


def by_rows(y, design, cluster, contrast):
    """CR2 and Bell-McCaffrey from their N x N definition (Imbens & Kolesar 2016, section 4)."""
    bread = np.linalg.inv(design.T @ design)
    hat = design @ bread @ design.T
    residual = y - hat @ y
    variance, columns = 0.0, []
    for label in np.unique(cluster):
        own = cluster == label
        value, vector = np.linalg.eigh(np.eye(own.sum()) - hat[np.ix_(own, own)])
        root = vector @ np.diag(value**-0.5) @ vector.T
        side = root @ design[own] @ bread @ contrast
        variance += (side @ residual[own]) ** 2
        columns.append((np.eye(len(y)) - hat)[:, own] @ side)
    form = np.array(columns) @ np.array(columns).T
    return np.sqrt(variance), np.trace(form) ** 2 / np.sum(form**2)


@pytest.mark.parametrize("contrast", [[0, 1, 0], [0, 0, 1], [1, 0.5, -1]])
def test_cr2_is_its_definition_over_rows(contrast):
    y, design, cluster = rows()
    found = clustered_estimate(cluster_sums(y, design, cluster), np.array(contrast))
    se, df = by_rows(y, design, cluster, np.array(contrast))
    assert (found.se, found.df) == pytest.approx((se, df), rel=1e-10)


def test_cr1_and_cr0_are_statsmodels():
    y, design, cluster = rows()
    for errors, correction in (("CR1", True), ("CR0", False)):
        oracle = sm.OLS(y, design).fit(
            cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": correction}
        )
        for column in range(3):
            found = clustered_estimate(
                cluster_sums(y, design, cluster), np.eye(3)[column], errors
            )
            assert found.estimate == pytest.approx(oracle.params[column], rel=1e-10)
            assert found.se == pytest.approx(oracle.bse[column], rel=1e-10)


def test_weights_are_weighted_least_squares():
    y, design, cluster = rows(2)
    weights = np.random.default_rng(3).uniform(0.5, 2, len(y))
    oracle = sm.WLS(y, design, weights).fit(
        cov_type="cluster", cov_kwds={"groups": cluster, "use_correction": False}
    )
    found = clustered_estimate(
        cluster_sums(y, design, cluster, weights), np.array([0, 1, 0]), "CR0"
    )
    assert found.estimate == pytest.approx(oracle.params[1], rel=1e-10)
    assert found.se == pytest.approx(oracle.bse[1], rel=1e-10)


def test_two_samples_give_welchs_error_and_the_known_degrees_of_freedom():
    """Bell & McCaffrey for a difference of two means of n1 and n0 rows, in closed form."""
    y = np.random.default_rng(4).normal(size=9)
    treated = np.arange(9) < 3
    design = np.column_stack([np.ones(9), treated])
    found = clustered_estimate(cluster_sums(y, design, np.arange(9)), np.array([0, 1]))
    assert found.se**2 == pytest.approx(y[:3].var(ddof=1) / 3 + y[3:].var(ddof=1) / 6)
    df = (1 / 3 + 1 / 6) ** 2 / ((1 / 3) ** 2 / 2 + (1 / 6) ** 2 / 5)
    assert found.df == pytest.approx(df)
    assert found.scores @ found.scores == pytest.approx(found.se**2)


def test_cr2_is_unbiased_when_rows_are_independent():
    """The form's eigenvalues sum to the variance of the estimate itself."""
    y, design, cluster = rows(5)
    form, variance = quadratic_form(cluster_sums(y, design, cluster), np.array([0, 1, 0]))
    assert np.trace(form) == pytest.approx(variance, rel=1e-10)


def test_sums_may_be_added_up_before():
    """Two engines' rows of one cluster, summed apart, give the same estimate."""
    y, design, cluster = rows(6)
    whole = cluster_sums(y, design, cluster)
    half = np.arange(len(y)) % 2 == 0
    parts = [cluster_sums(y[s], design[s], cluster[s]) for s in (half, ~half)]
    added = ClusterSums(
        parts[0].gram + parts[1].gram, parts[0].cross + parts[1].cross, whole.rows
    )
    a, b = (clustered_estimate(s, np.array([0, 1, 0]), "CR1") for s in (whole, added))
    assert (a.estimate, a.se) == pytest.approx((b.estimate, b.se), rel=1e-12)


def test_what_cannot_be_is_named():
    y, design, cluster = rows()
    with pytest.raises(CannotBeEstimated, match="collinear"):
        clustered_estimate(
            cluster_sums(y, np.c_[design, design[:, 1]], cluster), np.array([0, 1, 0, 0])
        )
    with pytest.raises(CannotBeEstimated, match="one cluster alone"):
        design[:, 1] = cluster == 2
        clustered_estimate(cluster_sums(y, design, cluster), np.array([0, 1, 0]))
    with pytest.raises(CannotBeEstimated, match="at least 2 clusters"):
        cluster_sums(y, design, np.zeros(len(y)))
    with pytest.raises(ValueError, match="CR0, CR1, CR2"):
        clustered_estimate(cluster_sums(y, design, cluster), np.array([0, 1, 0]), "HC3")
    with pytest.raises(ValueError, match="same length"):
        cluster_sums(y[1:], design, cluster)
    with pytest.raises(ValueError, match="not be negative"):
        cluster_sums(y, design, cluster, -np.ones(len(y)))


@pytest.mark.parametrize("sizes", [[6] * 10, [6] * 9 + [2], [1, 1]], ids=["a whole panel", "one smaller", "a row each"])
def test_sums_are_the_products_over_each_clusters_rows(sizes):
    """X_g' W X_g and X_g' W y by their definition, rows in no order, whether clusters are of one size or not."""
    rng = np.random.default_rng(7)
    cluster = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
    n = len(cluster)
    y, design, weights = rng.normal(size=n), rng.normal(size=(n, 4)), rng.uniform(0.5, 2, n)
    found = cluster_sums(y, design, cluster, weights)
    for g in range(len(sizes)):
        x, w = design[cluster == g], weights[cluster == g]
        np.testing.assert_allclose(found.gram[g], x.T @ np.diag(w) @ x, rtol=1e-12, atol=1e-13)
        np.testing.assert_allclose(found.cross[g], x.T @ (w * y[cluster == g]), rtol=1e-12, atol=1e-13)
