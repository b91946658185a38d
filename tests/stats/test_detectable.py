"""The smallest visible effect is the one that is seen as often as promised."""

import numpy as np
import pytest

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.detectable import (
    smallest_visible_effect,
    visible_effect,
    wait_until_visible,
    with_more_periods,
)
from toolkit.stats.interrupted import interrupted_design, interrupted_many, interrupted_series


def noisy(design, rho, count, seed):
    return simulated_errors(design.times, rho, count, seed)


@pytest.mark.parametrize(("before", "after", "rho"), [(24, 8, 0.0), (48, 12, 0.6), (104, 26, 0.3)])
@pytest.mark.parametrize("power", [0.5, 0.8])
def test_the_effect_is_seen_with_the_stated_power(before, after, rho, power):
    design = interrupted_design(before + after, before, season=12)
    effect = smallest_visible_effect(
        design.matrix, design.contrast("level"), innovation_sd=2.0, rho=rho, power=power)
    y = 2.0 * noisy(design, rho, 1500, seed=81) + effect * design.after
    seen = np.mean(interrupted_many(y, design).p_value < 0.05)
    assert seen == pytest.approx(power, abs=0.06)


def test_independent_noise_and_many_periods_give_the_textbook_number():
    """Two groups of 200: (1.96 + 0.84) sqrt(2/200) = 0.2802; the unknown rho adds a little."""
    x = np.column_stack([np.ones(400), np.arange(400) >= 200]).astype(float)
    found = smallest_visible_effect(x, np.array([0.0, 1.0]), innovation_sd=1.0, rho=0.0)
    assert found == pytest.approx(0.2802, rel=0.12)


def test_waiting_long_enough_makes_the_promise_visible():
    design = interrupted_design(56, 48, season=12)
    result = interrupted_series(noisy(design, 0.2, 1, seed=82)[0], design)
    now = visible_effect(result)
    assert wait_until_visible(result, -1.01 * now).more == 0
    wait = wait_until_visible(result, 0.8 * now)
    assert wait.more > 0 and wait.visible_then <= 0.8 * now < wait.visible_now
    never = wait_until_visible(result, 0.01 * now, most=60)
    assert never.more is None and never.visible_then > 0.01 * now


def test_a_longer_design_is_the_design_of_a_longer_series():
    short = interrupted_design(40, 30, season=12, slope_change=True, other_changes=(10,))
    long = interrupted_design(47, 30, season=12, slope_change=True, other_changes=(10,))
    np.testing.assert_allclose(with_more_periods(short, 7).matrix, long.matrix, atol=1e-12)


def test_bad_input_is_named():
    design = interrupted_design(40, 30)
    contrast = design.contrast("level")
    with pytest.raises(ValueError, match="innovation_sd"):
        smallest_visible_effect(design.matrix, contrast, innovation_sd=0.0, rho=0.2)
    result = interrupted_series(noisy(design, 0.2, 1, seed=83)[0], design)
    with pytest.raises(ValueError, match="differ from zero"):
        wait_until_visible(result, 0.0)
    few = smallest_visible_effect(design.matrix[28:33], contrast, innovation_sd=1.0, rho=0.2)
    assert np.isnan(few)
