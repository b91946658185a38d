"""Season in and out: closed forms, honesty on short series, and what a level change does not do."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.stats.seasons import take_out

SEASON = np.array([0, -1, -1.5, -0.5, 0, 0.5, 0, 0.5, 0, 0.5, 1, 0.5])


def months(n: int) -> np.ndarray:
    return np.arange(n) % 12


def test_a_season_without_noise_is_found_exactly_on_any_straight_level():
    t = np.arange(48)
    found = take_out(3 + 0.2 * t + SEASON[months(48)], months(48))
    assert found.effects[0] == pytest.approx(SEASON - SEASON.mean(), abs=1e-10)
    assert found.adjusted[0] == pytest.approx(3 + 0.2 * t + SEASON.mean(), abs=1e-9)
    assert found.weight[0] == pytest.approx(1) and found.freedom[0] == pytest.approx(1 - 11 / 48)


def test_effects_of_balanced_years_are_the_means_by_month():
    # with whole years and no bend left to fit, least squares of dummies is the mean by month of
    # what a straight line leaves (Frisch-Waugh); checked against numpy's own least squares
    rng = np.random.default_rng(3)
    y = rng.normal(size=24) + 3 * SEASON[months(24)]
    found = take_out(y, months(24))
    t = np.arange(24)
    knots = np.maximum(t - 12, 0)
    design = np.column_stack([np.eye(12)[months(24)], t, knots])
    beta = np.linalg.lstsq(design, y, rcond=None)[0][:12]
    assert found.effects[0] == pytest.approx((beta - beta.mean()) * found.weight[0], abs=1e-9)


def test_weeks_have_a_curve_of_six_waves():
    weeks = np.arange(156) % 52
    turn = 2 * np.pi * np.arange(156) / 52
    curve = np.cos(turn) - 2 * np.sin(3 * turn) + 0.5 * np.cos(6 * turn)
    found = take_out(3 + 0.2 * np.arange(156) + curve, weeks, 52)
    assert found.effects[0] == pytest.approx(curve[:52], abs=1e-9)
    assert found.freedom[0] == pytest.approx(1 - 12 / 156)
    short = take_out(curve[:103], weeks[:103], 52)
    assert short.weight[0] == 0 and "two whole years" in short.reasons[0]


def test_weeks_without_a_season_keep_their_variation():
    x = np.random.default_rng(15).normal(size=(2000, 130))
    found = take_out(x, np.arange(130) % 52, 52)
    assert (found.weight > 0).mean() == pytest.approx(0.05, abs=0.015)  # 3 standard errors


def test_its_p_value_is_that_of_two_nested_regressions():
    import statsmodels.api as sm

    rng = np.random.default_rng(4)
    y = rng.normal(size=36) + SEASON[months(36)]
    t = np.arange(36.0)
    level = np.column_stack([np.ones(36), t, np.maximum(t - 12, 0), np.maximum(t - 24, 0)])
    full = np.column_stack([level, np.eye(12)[months(36)][:, 1:]])
    f, p, _ = sm.OLS(y, full).fit().compare_f_test(sm.OLS(y, level).fit())
    assert take_out(y, months(36)).p_value[0] == pytest.approx(p, rel=1e-8)


def test_where_there_is_no_season_little_is_taken_out():
    x = np.random.default_rng(5).normal(size=(4000, 36))
    found = take_out(x, months(36))
    assert (found.weight > 0).mean() == pytest.approx(0.05, abs=0.012)  # 3 standard errors


def test_a_step_in_the_level_is_no_season():
    x = np.random.default_rng(6).normal(size=(2000, 36))
    x[:, 17:] += 3
    assert (take_out(x, months(36)).weight > 0).mean() < 0.07


def test_less_than_two_years_have_no_season_and_say_so():
    x = np.random.default_rng(7).normal(size=(2, 23)) + 9 * SEASON[months(23)]
    found = take_out(x, months(23))
    assert (
        np.array_equal(found.adjusted, x)
        and found.reasons == ("a season needs two whole years",) * 2
    )


def test_gaps_are_fitted_around_and_stay_gaps():
    y = 3 + SEASON[months(60)] + np.random.default_rng(8).normal(0, 0.01, 60)
    y[[7, 30]] = np.nan
    found = take_out(y, months(60))
    assert np.isnan(found.adjusted[0]).sum() == 2
    assert found.effects[0] == pytest.approx(SEASON - SEASON.mean(), abs=0.02)


def test_equal_values_have_no_season():
    found = take_out(np.full((1, 36), 7.0), months(36))
    assert np.all(found.adjusted == 7.0) and np.isnan(found.p_value[0])


def test_places_must_fit():
    with pytest.raises(ValueError, match="place in the season"):
        take_out(np.ones((1, 5)), np.array([0, 1, 2, 3, 12]))


def test_a_dated_step_is_level_and_leaves_the_season_alone():
    y = 3 + SEASON[months(36)] + 8.0 * (np.arange(36) >= 18)
    found = take_out(y, months(36), stretches=(np.arange(36) >= 18)[None].astype(int))
    assert found.effects[0] == pytest.approx(SEASON - SEASON.mean(), abs=1e-8)


def test_effects_are_shrunk_by_how_much_of_them_is_noise():
    from scipy import stats

    x = np.random.default_rng(9).normal(size=(500, 36)) + 0.6 * SEASON[months(36)]
    found = take_out(x, months(36))
    df = 36 - 4 - 11  # a level that bends twice, and eleven effects
    f = stats.f.isf(found.p_value, 11, df)
    expected = np.where(found.p_value < 0.05, 1 - df / (df - 2) / f, 0)
    assert found.weight == pytest.approx(expected)
    assert 0 < np.median(found.weight[found.weight > 0]) < 0.9
