"""Targets by hand, and what luck alone would set."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.achievable_targets import achievable_target
from toolkit.stats.multiplicity import adjusted


def test_no_gap_that_is_shown_means_hold():
    found = achievable_target(70, 1, 500, [72, 69], [1, 1], [0.3, 0.9])
    assert found.kind == "hold" and found.value == 70 and found.reason == "no_gap"


def test_a_gap_larger_than_any_gain_sets_the_gain():
    found = achievable_target(60, 0.4, 900, [80, 62, 58], [0.4] * 3, [1e-9, 0.04, 0.04], gains=[(4.0, 0.5)])
    assert found.kind == "aim" and found.value == pytest.approx(64) and found.reason == "gain"
    assert found.visible == pytest.approx((stats.norm.isf(0.025) + stats.norm.isf(0.2)) * 0.4 * math.sqrt(2))


def test_a_step_the_next_wave_cannot_see_asks_for_answers():
    found = achievable_target(60, 2, 100, [80, 62, 58], [2] * 3, [1e-9, 1, 1], gains=[(4.0, 0.5)])
    assert found.kind == "aim_with_more_answers"
    # with so many answers the smallest visible change is the step
    se = 2 * math.sqrt(100 / found.answers)
    assert 2.8016 * se * math.sqrt(2) <= 4.0 < 2.8016 * 2 * math.sqrt(100 / (found.answers - 2)) * math.sqrt(2)


def test_the_rivals_luck_is_taken_out():
    found = achievable_target(70, 1, 500, [76, 70, 70, 70], [1.5] * 4, [0.001, 1, 1, 1])
    assert 70 < found.benchmark < 76 and found.value == pytest.approx(found.benchmark)


def test_never_gained_means_hold_and_lower_can_be_better():
    assert achievable_target(70, 1, 500, [80], [1], [1e-6], gains=[(-1.0, 0.2)]).reason == "never_gained"
    found = achievable_target(5.0, 0.1, 500, [3.0], [0.1], [1e-9], gains=[(-1.0, 0.1)], better="lower")
    assert found.kind == "aim" and found.value == pytest.approx(4.0)


def test_the_top_quartile_of_the_rivals():
    rivals = [70, 72, 74, 76, 78]
    found = achievable_target(60, 0.1, 5000, rivals, [0.1] * 5, [1e-9] * 5, benchmark="top_quartile")
    assert found.value == pytest.approx(76, abs=0.1) and found.rival is None


def test_five_equal_rivals_say_hold():
    rng = np.random.default_rng(1)
    runs, held = 2000, 0
    for _ in range(runs):
        x = rng.normal(70, 1, 6)
        p = 2 * stats.norm.sf(np.abs(x[1:] - x[0]) / math.sqrt(2))
        found = achievable_target(x[0], 1, 400, x[1:], np.ones(5), adjusted(p), gains=[(3.0, 1.0)])
        held += found.kind == "hold"
    assert held / runs >= 0.95
