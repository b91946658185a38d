"""The other usual methods against published numbers and statsmodels."""

import csv

import numpy as np
import pytest
import statsmodels.api as sm

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.interrupted import interrupted_design
from toolkit.stats.method_spread import (
    counterfactual_from_before,
    gls_ar1,
    newey_west,
    ordinary_least_squares,
    prais_winsten,
    structural_level_season,
)


def columns(path, *names):
    with open(path) as file:
        rows = list(csv.DictReader(file))
    return [np.array([float(row[name]) for row in rows]) for name in names]


@pytest.fixture(scope="module")
def seat_belts(shared_data):
    drivers, petrol, law, rear = columns(
        shared_data / "plan_changes" / "Seatbelts.csv", "drivers", "PetrolPrice", "law", "rear")
    design = interrupted_design(192, 169, season=12, covariates=np.log(petrol))
    return np.log(drivers), design, law, np.log(petrol), rear


def test_seat_belts_least_squares_and_newey_west(seat_belts):
    """Harvey & Durbin (1986) data, R's `Seatbelts`: lm and sandwich's NeweyWest, 12 lags."""
    y, design, *_ = seat_belts
    contrast = design.contrast("level")
    plain = ordinary_least_squares(y, design.matrix, contrast)
    assert plain.estimate[0] == pytest.approx(-0.1451647, abs=5e-8)
    assert plain.standard_error[0] == pytest.approx(0.0219083, abs=5e-8)
    robust = newey_west(y, design.matrix, contrast, lags=12)
    assert robust.standard_error[0] == pytest.approx(0.0316095, abs=5e-8)


def test_seat_belts_gls_and_structural(seat_belts):
    """R's nlme::gls with corAR1 by maximum likelihood; level + seasonal structural model."""
    y, design, law, petrol, rear = seat_belts
    found = gls_ar1(y, design.matrix, design.contrast("level"))
    assert found.estimate[0] == pytest.approx(-0.15174, abs=5e-6)
    structural = structural_level_season(y, law, season=12, covariates=petrol)
    assert structural.estimate[0] == pytest.approx(-0.2359, abs=5e-5)
    assert (rear[law == 0].mean(), rear[law == 1].mean()) == pytest.approx(
        (400.32, 407.74), abs=5e-3)


def test_the_counterfactual_of_causal_impacts_own_example(shared_data):
    """CausalImpact's vignette: 70 periods before, +10 planted."""
    y, x = columns(shared_data / "plan_changes" / "causalimpact_vignette.csv", "y", "x1")
    assert y[70:].mean() == pytest.approx(117.0485, abs=5e-5)
    design = interrupted_design(100, 70, trend=False, covariates=x)
    found = counterfactual_from_before(y, design)
    assert found.estimate[0] == pytest.approx(10.456, abs=5e-4)
    assert found.low[0] < 10 < found.high[0]


def test_against_statsmodels():
    design = interrupted_design(60, 48, season=12)
    y = simulated_errors(design.times, 0.5, 3, seed=51)
    contrast = design.contrast("level")
    plain = ordinary_least_squares(y, design.matrix, contrast)
    robust = newey_west(y, design.matrix, contrast, lags=3)
    where = design.terms.index("level change")
    for row, series in enumerate(y):
        theirs = sm.OLS(series, design.matrix).fit()
        assert plain.p_value[row] == pytest.approx(theirs.pvalues[where], rel=1e-8)
        np.testing.assert_allclose(
            [plain.low[row], plain.high[row]], theirs.conf_int()[where], rtol=1e-8)
        hac = sm.OLS(series, design.matrix).fit(cov_type="HAC", cov_kwds={"maxlags": 3})
        assert robust.p_value[row] == pytest.approx(hac.pvalues[where], rel=1e-8)


def test_prais_winsten_is_least_squares_of_the_transformed_series():
    design = interrupted_design(40, 30)
    y = simulated_errors(design.times, 0.6, 1, seed=52)
    found = prais_winsten(y, design.matrix, design.contrast("level"), bias_corrected=False)
    rho = found.rho[0]
    rest = y[0] - design.matrix @ np.linalg.lstsq(design.matrix, y[0], rcond=None)[0]
    assert rho == pytest.approx(rest[1:] @ rest[:-1] / (rest @ rest))

    def transformed(values):
        first = np.sqrt(1 - rho**2) * values[:1]
        return np.concatenate([first, values[1:] - rho * values[:-1]])

    theirs = sm.OLS(transformed(y[0]), transformed(design.matrix)).fit()
    where = design.terms.index("level change")
    assert found.estimate[0] == pytest.approx(theirs.params[where], rel=1e-8)
    assert found.p_value[0] == pytest.approx(theirs.pvalues[where], rel=1e-8)


def test_the_bias_of_rho_is_taken_out():
    design = interrupted_design(60, 48, season=12)
    y = simulated_errors(design.times, 0.5, 1500, seed=53)
    contrast = design.contrast("level")
    plain = prais_winsten(y, design.matrix, contrast, bias_corrected=False).rho.mean()
    corrected = prais_winsten(y, design.matrix, contrast).rho.mean()
    assert plain < 0.43
    assert corrected == pytest.approx(0.5, abs=0.05)


def test_bad_input_is_named():
    design = interrupted_design(30, 20)
    with pytest.raises(ValueError, match="gap"):
        ordinary_least_squares(
            np.full(30, np.nan), design.matrix, design.contrast("level"))
    with pytest.raises(ValueError, match="lags is 30"):
        newey_west(np.arange(30.0), design.matrix, design.contrast("level"), lags=30)
