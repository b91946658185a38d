"""Survey means against R's package survey 4 (its own api data) and closed forms."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.stats.survey_design import (
    Design,
    covariance_of_totals,
    group_means,
    kish,
    lonely_strata,
)
from toolkit.stats.weighting import post_stratified


@pytest.fixture(scope="module")
def stratified(shared_data):
    return pd.read_csv(shared_data / "satisfaction/oracle_apistrat.csv")


@pytest.fixture(scope="module")
def clustered(shared_data):
    return pd.read_csv(shared_data / "satisfaction/oracle_apiclus1.csv")


def one(rows):
    return np.zeros(len(rows))


def test_strata_and_finite_population_as_r_survey_has_them(stratified):
    # svymean(~api00, svydesign(id = ~1, strata = ~stype, weights = ~pw, fpc = ~fpc), deff = TRUE)
    design = Design(stratified.pw, strata=stratified.stype, population=stratified.fpc)
    found = group_means(stratified.api00, one(stratified), design)
    assert found.mean[0] == pytest.approx(662.2873632, abs=5e-8)
    assert found.se[0] == pytest.approx(9.4089408, abs=5e-8)
    assert found.design_effect[0] == pytest.approx(1.2045, abs=5e-5)
    assert found.n_effective[0] == pytest.approx(168.581, abs=5e-4)
    assert found.df[0] == 197


def test_without_a_finite_population_the_error_is_larger(stratified):
    design = Design(stratified.pw, strata=stratified.stype)
    found = group_means(stratified.api00, one(stratified), design)
    assert found.se[0] == pytest.approx(9.5361323, abs=5e-8)


def test_clusters_as_r_survey_has_them(clustered):
    design = Design(clustered.pw, clusters=clustered.dnum, population=clustered.fpc)
    found = group_means(clustered.api00, one(clustered), design)
    assert found.mean[0] == pytest.approx(644.169399, abs=5e-7)
    assert found.se[0] == pytest.approx(23.542241, abs=5e-7)
    assert found.design_effect[0] == pytest.approx(9.34587, abs=5e-6)
    assert found.df[0] == 14


def test_post_stratified_error_as_in_r_survey(clustered):
    # survey's vignette: svymean(~api00, postStratify(dclus1, ~stype, ...)): 642.31, SE 23.921
    made = post_stratified(clustered.pw, clustered.stype, {"E": 4421, "H": 755, "M": 1018})
    design = Design(made.weights, clusters=clustered.dnum, population=clustered.fpc)
    margins = (clustered.stype.to_numpy(),)
    found = group_means(clustered.api00, one(clustered), design, margins=margins,
                        base_weights=clustered.pw)
    assert found.mean[0] == pytest.approx(642.31, abs=5e-3)
    assert found.se[0] == pytest.approx(23.921, abs=6e-4)


def test_a_group_is_a_part_of_the_whole_design(stratified):
    # a part's share and mean are ratios: the same numbers by statsmodels-free linear algebra
    design = Design(stratified.pw, strata=stratified.stype)
    award = stratified.awards.to_numpy()
    found = group_means(stratified.api00, award, design)
    w, y = stratified.pw.to_numpy(), stratified.api00.to_numpy(float)
    for g, label in enumerate(found.groups):
        rows = award == label
        mean = np.average(y[rows], weights=w[rows])
        z = np.where(rows, w * (y - mean) / w[rows].sum(), 0.0)
        variance = sum(
            len(part) * z[part].var(ddof=1)
            for part in (np.flatnonzero(stratified.stype == s) for s in "EHM")
        )
        assert found.mean[g] == pytest.approx(mean, rel=1e-12)
        assert found.se[g] == pytest.approx(np.sqrt(variance), rel=1e-12)


def test_two_stages_are_the_textbooks_two_stage_variance():
    # Cochran (1977), section 10.3, equal clusters: (1-f1) s1^2 / n + f1 (1-f2) s2^2 / (n m)
    rng = np.random.default_rng(3)
    n, m, many, each = 6, 5, 20, 12
    values = rng.normal(size=(n, m)) + rng.normal(size=(n, 1))
    clusters = np.column_stack([np.repeat(np.arange(n), m), np.arange(n * m)])
    population = np.column_stack([np.full(n * m, many), np.full(n * m, each)])
    design = Design(np.full(n * m, many * each / (n * m)), clusters=clusters, population=population)
    found = group_means(values.ravel(), np.zeros(n * m), design)
    f1, f2 = n / many, m / each
    first = (1 - f1) * values.mean(axis=1).var(ddof=1) / n
    second = f1 * (1 - f2) * values.var(axis=1, ddof=1).mean() / (n * m)
    assert found.se[0] ** 2 == pytest.approx(first + second, rel=1e-12)


def test_groups_that_share_clusters_go_together():
    # everybody rates both companies: the variance of the gap is that of paired differences
    rng = np.random.default_rng(4)
    person = rng.normal(size=40)
    a, b = person + rng.normal(size=40), person + rng.normal(size=40)
    values, groups = np.concatenate([a, b]), np.repeat(["a", "b"], 40)
    design = Design(np.ones(80), clusters=np.tile(np.arange(40), 2))
    found = group_means(values, groups, design)
    assert found.se_of_difference(0, 1) == pytest.approx((a - b).std(ddof=1) / np.sqrt(40), rel=1e-12)


def test_a_missing_answer_is_left_out_and_its_cluster_still_counts_as_drawn():
    values = np.array([1.0, 2.0, 3.0, np.nan])
    found = group_means(values, np.zeros(4), Design(np.ones(4)))
    assert found.mean[0] == 2.0 and found.n[0] == 3 and found.df[0] == 2
    # R's na.rm: three influences and a zero, n / (n - 1) of four
    assert found.se[0] == pytest.approx(np.sqrt(4 / 3 * 2) / 3, rel=1e-12)


def test_kish_by_hand():
    assert kish([1, 1, 1, 1]) == 4
    assert kish([1, 3]) == pytest.approx(16 / 10)


@pytest.mark.parametrize("weights", [[1, 0], [1, -2], [1, np.nan]])
def test_weights_that_cannot_be(weights):
    with pytest.raises(ValueError, match="1 of 2 weights are missing, zero or negative"):
        Design(np.array(weights, dtype=float))


def test_lonely_clusters_are_refused_adjusted_or_certain():
    strata = np.array(["a", "a", "a", "b"])
    scores = np.array([[1.0], [2.0], [4.0], [9.0]])
    with pytest.raises(ValueError, match="1 strata have one cluster"):
        covariance_of_totals(scores, Design(np.ones(4), strata=strata))
    assert lonely_strata(Design(np.ones(4), strata=strata)) == ("b",)
    apart = 3 * np.var([1, 2, 4], ddof=1)
    sure = covariance_of_totals(scores, Design(np.ones(4), strata=strata, lonely="certainty"))
    wide = covariance_of_totals(scores, Design(np.ones(4), strata=strata, lonely="adjust"))
    assert sure[0, 0] == pytest.approx(apart)
    assert wide[0, 0] == pytest.approx(apart + (9 - 4.0) ** 2)


def test_more_drawn_than_there_are_is_refused():
    design = Design(np.ones(3), population=np.full(3, 2))
    with pytest.raises(ValueError, match="more clusters were drawn"):
        group_means([1.0, 2, 3], np.zeros(3), design)


def test_intervals_of_a_clustered_population_cover():
    # 400 clusters with a mean of their own, 12 drawn with 6 answers each: t with 11 df
    rng = np.random.default_rng(8)
    from scipy import stats

    hits, runs = 0, 1500
    clusters = np.repeat(np.arange(12), 6)
    for _ in range(runs):
        y = rng.normal(size=12)[clusters] + rng.normal(size=72)
        found = group_means(y, np.zeros(72), Design(np.ones(72), clusters=clusters))
        hits += abs(found.mean[0]) <= stats.t.isf(0.025, found.df[0]) * found.se[0]
    assert abs(hits / runs - 0.95) < 0.02
