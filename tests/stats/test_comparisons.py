"""The two result types: their invariants, their levels, and what is undefined."""

from __future__ import annotations

import math
import pickle
from dataclasses import FrozenInstanceError

import pytest
from scipy import stats

from toolkit.stats import means, shares
from toolkit.stats.comparisons import (
    Comparison,
    Interval,
    relative_effect,
    undefined,
    wald,
)
from toolkit.stats.limits import WaldLimits

NAN = math.nan


def test_at_another_level_moves_only_the_ends():
    first = wald(2.0, 1.0, df=10)
    other = first.at(0.99)
    assert (other.level, other.estimate, other.p_value) == (0.99, 2.0, first.p_value)
    assert other.high == pytest.approx(2 + stats.t.ppf(0.995, 10))
    assert other.at(0.95) == first


def test_results_are_frozen_and_travel_between_processes():
    found = shares.difference(shares.Share(19, 53), shares.Share(13, 47))
    travelled = pickle.loads(pickle.dumps(found)).at(0.9)
    assert (travelled.low, travelled.high) == (found.at(0.9).low, found.at(0.9).high)
    with pytest.raises(FrozenInstanceError):
        found.low = 0.0


def test_missing_numbers_need_a_reason():
    with pytest.raises(ValueError, match="reason"):
        Comparison(NAN, NAN, NAN, 0.95, NAN, NAN, NAN, NAN, "difference = 0", "Welch's t")
    with pytest.raises(ValueError, match="reason"):
        Interval(1.0, NAN, NAN, 0.95, NAN, NAN, 3, "mean")
    found = undefined("no units", null="difference = 0", method="Welch's t")
    assert not found.defined
    assert math.isnan(found.p_against(0.0))
    assert found.at(0.9).level == 0.9


def test_estimate_outside_its_interval_is_refused():
    with pytest.raises(ValueError, match="outside its interval"):
        Comparison(5.0, 1.0, 2.0, 0.95, 1.0, 1.0, NAN, 0.3, "difference = 0", "made up")


@pytest.mark.parametrize("level", [0, 1, 95, -0.1, NAN])
def test_levels_outside_zero_and_one_are_refused(level):
    with pytest.raises(ValueError, match="between 0 and 1"):
        wald(1.0, 1.0, level=level)


def test_unknown_alternative_names_the_choices():
    with pytest.raises(ValueError, match="two-sided, greater, less"):
        wald(1.0, 1.0, alternative="bigger")


def test_no_spread_is_undefined_and_says_so():
    found = wald(1.0, 0.0)
    assert "nothing varies" in found.reason
    assert (found.estimate, found.se) == (1.0, 0.0)
    assert math.isnan(found.low) and math.isnan(found.p_value)


def test_interval_without_limits_says_it_needs_data():
    with pytest.raises(ValueError, match="needs its data again"):
        Interval(1.0, 0.0, 2.0, 0.95, 0.5, NAN, 9, "quantile").at(0.9)


def test_relative_effect_of_zero_and_negative_values():
    zero = relative_effect(0.0, 1.0, 3.0, 1.0)
    assert "is 0" in zero.reason
    # From -100 to -50 the value is higher by half of what it was.
    loss = relative_effect(-100.0, 5.0, -50.0, 5.0)
    assert loss.estimate == 0.5 and loss.low > 0
    mirrored = relative_effect(100.0, 5.0, 50.0, 5.0)
    assert (loss.low, loss.high) == pytest.approx((-mirrored.high, -mirrored.low))
    assert "positive" in relative_effect(-1.0, 0.1, 2.0, 0.1, scale="log").reason


def test_wald_limits_agree_with_a_one_sample_interval():
    sample = means.MeanMoments(12, 3.0, 4.0)
    assert means.interval(sample).at(0.8).low == WaldLimits(3.0, sample.se, df=11).at(0.8)[0]
