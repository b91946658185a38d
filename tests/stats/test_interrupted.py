"""Interrupted series: planted truth, counterfactuals, calibration, and the design's rules."""

import numpy as np
import pytest

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.interrupted import (
    interrupted_design,
    interrupted_many,
    interrupted_series,
)

ROUGH_SEASON = 3.0 * np.random.default_rng(99).standard_normal(12)


def planted(before, after, rho, count, seed, seasonal):
    periods = np.arange(before + after)
    noise = simulated_errors(periods, rho, count, seed)
    return noise + (ROUGH_SEASON[periods % 12] if seasonal else 0.0)


@pytest.mark.parametrize("seasonal", [False, True])
@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6, 0.8])
@pytest.mark.parametrize(("before", "after"), [(24, 8), (24, 12), (48, 12), (104, 26)])
def test_false_claims_and_coverage_where_nothing_happened(before, after, rho, seasonal):
    y = planted(before, after, rho, 1500, seed=20 + before + after, seasonal=seasonal)
    design = interrupted_design(before + after, before, season=12 if seasonal else None)
    fit = interrupted_many(y, design)
    claims = np.mean(fit.p_value < 0.05)
    covered = np.mean((fit.low <= 0) & (fit.high >= 0))
    # The limits are 7 % and 93 to 97 %; two Monte Carlo errors of 1,500 series beside them.
    assert claims <= 0.07 + 0.011
    assert 0.93 - 0.011 <= covered <= 0.97 + 0.011


@pytest.mark.parametrize("rho", [0.0, 0.6, 0.8])
@pytest.mark.parametrize(("before", "after"), [(24, 12), (48, 12)])
@pytest.mark.parametrize("effect", ["level", "mean", "end"])
def test_intervals_of_every_effect_where_the_slope_may_change(before, after, rho, effect):
    """With the prior that suits a level, mean and end cover 97 to 99 % at rho .6."""
    y = planted(before, after, rho, 1500, seed=60 + before, seasonal=False)
    fit = interrupted_many(
        y, interrupted_design(before + after, before, slope_change=True), effect=effect)
    covered = np.mean((fit.low <= 0) & (fit.high >= 0))
    assert 0.93 - 0.011 <= covered <= 0.97 + 0.011


def test_power_is_not_bought_with_blindness():
    design = interrupted_design(60, 48, season=12)
    y = planted(48, 12, 0.3, 1000, seed=31, seasonal=True) + 3.0 * design.after
    assert np.mean(interrupted_many(y, design).p_value < 0.05) > 0.9


@pytest.mark.parametrize(("effect", "truth"), [("level", -4.0), ("mean", -1.25), ("end", 1.5)])
def test_each_effect_is_the_planted_one(effect, truth):
    design = interrupted_design(60, 48, season=12, slope_change=True)
    ramp = design.after * (-4.0 + 0.5 * (design.times - 48))
    y = planted(48, 12, 0.3, 400, seed=32, seasonal=True) + 10 + 0.2 * design.times + ramp
    fit = interrupted_many(y, design, effect=effect)
    error = fit.estimate.std() / np.sqrt(400)
    assert fit.estimate.mean() == pytest.approx(truth, abs=4 * error)
    assert 0.92 <= np.mean((fit.low <= truth) & (truth <= fit.high)) <= 0.98


def test_the_counterfactual_is_the_series_without_its_effect():
    design = interrupted_design(48, 36, season=12)
    without = 50 + 0.3 * design.times + ROUGH_SEASON[design.times % 12]
    noise = 0.2 * simulated_errors(design.times, 0.4, 1, seed=33)[0]
    result = interrupted_series(without + 7 * design.after + noise, design)
    inside = (result.counterfactual_low < without[36:]) & (
        without[36:] < result.counterfactual_high)
    assert inside.all()
    np.testing.assert_allclose(
        result.fitted[36:], result.counterfactual + result.estimate, rtol=1e-9)
    assert result.cumulative == pytest.approx(12 * result.estimate)
    assert result.cumulative_low == pytest.approx(12 * result.low, rel=1e-6)
    assert (result.n_before, result.n_after, result.n_missing) == (36, 12, 0)
    assert result.low < 7 < result.high
    assert result.coefficients["level change"] == pytest.approx(result.estimate)


def test_another_dated_change_gets_its_own_step():
    design = interrupted_design(60, 40, other_changes=(20, 50))
    y = planted(40, 20, 0.2, 300, seed=34, seasonal=False)
    y = y + 5 * (design.times >= 20) + 2 * design.after - 9 * (design.times >= 50)
    fit = interrupted_many(y, design)
    assert fit.estimate.mean() == pytest.approx(2.0, abs=4 * fit.estimate.std() / np.sqrt(300))


def test_gaps_leave_the_truth_covered():
    design = interrupted_design(60, 48, season=12)
    y = planted(48, 12, 0.5, 600, seed=35, seasonal=True) + 2.0 * design.after
    gone = np.random.default_rng(36).integers(0, 48, size=5)
    y[:, gone] = np.nan
    y[:, 50] = np.nan
    fit = interrupted_many(y, design)
    assert 0.925 <= np.mean((fit.low <= 2) & (2 <= fit.high)) <= 0.98
    assert interrupted_series(y[0], design).n_missing == len(set(gone)) + 1


def test_a_season_needs_two_whole_ones_before():
    assert interrupted_design(40, 24, season=12).season == 12
    short = interrupted_design(40, 23, season=12)
    assert short.season is None
    assert "24" not in short.season_left_out and "2 whole seasons of 12" in short.season_left_out


@pytest.mark.parametrize(("season", "terms"), [(12, 11), (4, 3), (7, 6), (52, 12), (2, 1)])
def test_the_season_takes_every_degree_of_freedom_up_to_the_sixth_harmonic(season, terms):
    design = interrupted_design(4 * season + 12, 3 * season + 6, season=season)
    assert sum(name.startswith("season") for name in design.terms) == terms


def test_no_answer_has_a_reason():
    design = interrupted_design(36, 24, season=12)
    after_missing = np.concatenate([np.random.default_rng(1).normal(size=24), np.full(12, np.nan)])
    result = interrupted_series(after_missing, design)
    assert result.reason is not None and np.isnan(result.estimate)
    assert np.isnan(result.counterfactual).all() and np.isnan(result.cumulative)
    assert "does not vary" in interrupted_series(np.full(36, 4.0), design).reason


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        ((30, 30), "runs from 0 to 29"),
        ((30, 0), "a period before"),
        ((30, 99), "runs from 0 to 29"),
    ],
)
def test_a_change_outside_the_series_is_refused(arguments, says):
    with pytest.raises(ValueError, match=says):
        interrupted_design(*arguments)


def test_changes_at_one_position_cannot_be_told_apart():
    with pytest.raises(ValueError, match="cannot be told apart"):
        interrupted_design(30, 20, other_changes=(20,))
    with pytest.raises(ValueError, match="outside the series"):
        interrupted_design(30, 20, other_changes=(30,))
    with pytest.raises(ValueError, match="choose one of level, mean, end"):
        interrupted_design(30, 20).contrast("total")
