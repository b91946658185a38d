"""Counts against Bernal, Cummins & Gasparrini's tutorial, statsmodels, and simulation."""

import csv

import numpy as np
import pytest
import statsmodels.api as sm

from toolkit.stats.counts import poisson_many, poisson_regression, rate_ratio
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


def test_many_fits_are_as_each_alone_and_a_runaway_takes_no_other_along():
    rng = np.random.default_rng(45)
    x = np.column_stack([np.ones(30), np.arange(30), np.arange(30) >= 20]).astype(float)
    exposure = rng.uniform(50, 90, 30)
    counts = rng.poisson(0.4 * exposure, (5, 30)).astype(float)
    counts[2, 20:] = 0
    coefficients, expected = poisson_many(counts, x, np.log(exposure))
    assert np.isnan(coefficients[2]).all() and np.isnan(expected[2]).all()
    for k in (0, 1, 3, 4):
        alone = poisson_regression(counts[k], x, exposure)
        np.testing.assert_allclose(coefficients[k], alone.coefficients, rtol=1e-9, atol=1e-12)
        np.testing.assert_allclose(expected[k], alone.fitted, rtol=1e-9)
