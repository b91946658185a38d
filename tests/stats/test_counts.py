"""Counts against Bernal, Cummins & Gasparrini's tutorial, statsmodels, and simulation."""

import csv

import numpy as np
import pytest
import statsmodels.api as sm

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.counts import interrupted_counts, poisson_regression, rate_ratio
from toolkit.stats.interrupted import interrupted_design


@pytest.fixture(scope="module")
def sicily(shared_data):
    with open(shared_data / "plan_changes" / "sicily.csv") as file:
        rows = list(csv.DictReader(file))
    return {name: np.array([float(row[name]) for row in rows])
            for name in ("aces", "stdpop", "smokban")}


def test_sicily_poisson_and_quasi_poisson(sicily):
    """Bernal, Cummins & Gasparrini (2017), IJE 46, 348-355: smoking ban and coronary events."""
    design = interrupted_design(len(sicily["aces"]), int(np.argmax(sicily["smokban"])))
    fit = poisson_regression(sicily["aces"], design.matrix, sicily["stdpop"])
    plain = rate_ratio(fit, design.contrast("level"), overdispersed=False)
    wide = rate_ratio(fit, design.contrast("level"))
    found = (plain.estimate, plain.low, plain.high)
    assert found == pytest.approx((0.8944, 0.8647, 0.9251), abs=5e-5)
    assert (wide.low, wide.high) == pytest.approx((0.8392, 0.9532), abs=5e-5)
    assert fit.dispersion == pytest.approx(3.5592, abs=5e-5)


def test_sicily_with_two_harmonics(sicily):
    """The same tutorial's seasonal model."""
    design = interrupted_design(len(sicily["aces"]), 36, season=12, harmonics=2)
    fit = poisson_regression(sicily["aces"], design.matrix, sicily["stdpop"])
    ratio = rate_ratio(fit, design.contrast("level"))
    found = (ratio.estimate, ratio.low, ratio.high)
    assert found == pytest.approx((0.8851, 0.8394, 0.9332), abs=5e-5)
    assert fit.dispersion == pytest.approx(2.2622, abs=5e-5)
    integrated = interrupted_counts(sicily["aces"], design, exposure=sicily["stdpop"])
    assert integrated.high < 1
    assert integrated.estimate == pytest.approx(ratio.estimate, rel=0.02)


def test_regression_against_statsmodels_glm():
    rng = np.random.default_rng(41)
    x = np.column_stack([np.ones(50), rng.standard_normal((50, 2))])
    exposure = rng.uniform(10, 50, 50)
    counts = rng.poisson(exposure * np.exp(x @ [-1.0, 0.3, -0.4])).astype(float)
    counts[3] = 0
    theirs = sm.GLM(counts, x, family=sm.families.Poisson(), exposure=exposure).fit()
    ours = poisson_regression(counts, x, exposure)
    np.testing.assert_allclose(ours.coefficients, theirs.params, rtol=1e-7)
    # statsmodels stops iterating at 1e-8 of the deviance.
    np.testing.assert_allclose(ours.covariance, theirs.cov_params(), rtol=1e-5)
    assert ours.deviance == pytest.approx(theirs.deviance, rel=1e-9)
    assert ours.dispersion == pytest.approx(theirs.pearson_chi2 / 47, rel=1e-9)


@pytest.mark.parametrize(("rho", "limit"), [(0.0, 0.10), (0.8, 0.10)])
def test_false_claims_where_nothing_happened(rho, limit):
    """120 series of overdispersed autocorrelated counts; two Monte Carlo errors are 4 points."""
    design = interrupted_design(60, 48, season=12)
    noise = simulated_errors(design.times, rho, 120, seed=42) * np.sqrt(1 - rho**2)
    counts = np.random.default_rng(43).poisson(40 * np.exp(0.15 * noise))
    claims = [interrupted_counts(row, design).p_value < 0.05 for row in counts]
    assert np.mean(claims) <= limit
    halved = np.where(design.after, counts // 2, counts)
    assert np.mean([interrupted_counts(row, design).p_value < 0.05 for row in halved[:20]]) > 0.8


def test_few_counts_have_no_answer_but_a_reason():
    design = interrupted_design(40, 30)
    counts = np.random.default_rng(44).poisson(0.8, 40)
    result = interrupted_counts(counts, design)
    assert np.isnan(result.estimate) and "counts a period" in result.reason


@pytest.mark.parametrize(
    ("counts", "exposure", "says"),
    [
        ([-1.0, *[5.0] * 9], None, "negative"),
        ([5.0] * 10, [0.0] * 10, "exposure must be positive"),
        ([0.0] * 5 + [9.0] * 5, None, "does not settle"),
    ],
)
def test_bad_input_is_named(counts, exposure, says):
    x = np.column_stack([np.ones(10), np.arange(10) >= 5]).astype(float)
    with pytest.raises(ValueError, match=says):
        poisson_regression(counts, x, exposure)
