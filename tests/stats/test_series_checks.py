"""Each check fails where its trouble was planted and seldom where it was not."""

import numpy as np
import pytest

from toolkit.stats import series_checks
from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.interrupted import interrupted_design, interrupted_series

DESIGN = interrupted_design(60, 48, season=12)


def noise(seed, count=1, rho=0.3):
    return simulated_errors(DESIGN.times, rho, count, seed)


def fitted(y):
    return interrupted_series(y, DESIGN)


def test_a_change_on_another_date_is_found():
    y = noise(91)[0] + 6.0 * (DESIGN.times >= 24)
    check = series_checks.fake_dates(fitted(y))
    assert check.passed is False and " 24 " in check.detail
    assert check.number < check.limit == 0.05


def test_a_pattern_the_model_does_not_know_is_left_over():
    y = noise(92)[0] + 3.0 * np.cos(2 * np.pi * DESIGN.times / 5)
    assert series_checks.autocorrelation_left(fitted(y)).passed is False


def test_a_change_after_an_extreme_is_named_with_the_effect_without_it():
    y = noise(93, rho=0.0)[0] - 6.0 * ((DESIGN.times >= 45) & (DESIGN.times < 48))
    result = fitted(y)
    check = series_checks.made_after_extreme(result)
    assert check.passed is False and "below the usual" in check.detail


def test_an_effect_of_one_wild_period_is_named():
    y = noise(94)[0]
    y[50] += 15
    check = series_checks.leave_one_out(fitted(y))
    assert check.passed is False and "at 50" in check.detail


def test_what_the_design_decides():
    y = noise(95)[0]
    result = fitted(y)
    assert series_checks.enough_periods(result).passed is True
    assert series_checks.enough_periods(result, after=13).number == pytest.approx(12 / 13)
    assert series_checks.enough_periods(result, after=13).passed is False
    assert series_checks.season_covered(result).number == 4.0
    short = interrupted_design(30, 20, season=12)
    assert series_checks.season_covered(interrupted_series(y[:30], short)).passed is False
    without = interrupted_series(y[:30], interrupted_design(30, 20))
    assert series_checks.season_covered(without).passed is None
    assert series_checks.promise_visible(result, 50.0).passed is True
    assert series_checks.promise_visible(result, -0.05).passed is False


def test_no_check_invents_an_answer():
    result = fitted(np.full(60, 3.0))
    for check in (series_checks.fake_dates, series_checks.autocorrelation_left,
                  series_checks.made_after_extreme, series_checks.leave_one_out):
        assert check(result).passed is None
    assert series_checks.promise_visible(result, 1.0).passed is None


@pytest.mark.parametrize(
    "check", [series_checks.fake_dates, series_checks.made_after_extreme,
              series_checks.leave_one_out])
def test_false_alarms_are_as_rare_as_stated(check):
    """80 series; two Monte Carlo errors of 5 % are 5 points."""
    alarms = [check(fitted(y)) for y in noise(96, count=80)]
    stated = alarms[0].false_alarm_rate
    assert np.mean([alarm.passed is False for alarm in alarms]) <= stated + 0.055
