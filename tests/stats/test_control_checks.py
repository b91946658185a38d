"""Reasons for doubt about a comparison with a control group: each fails where it should."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.stats import control_checks as checks
from toolkit.stats.differences import before_and_after, difference_in_differences
from toolkit.stats.event_study import event_study

FIRST = 8


def panel(rng, units=60, drift=0.0, effect=0.0, early=0.0):
    """60 units, 12 periods, change at 8; a drift, a reaction one period early, an effect."""
    treated = np.arange(units) % 2 == 0
    time = np.arange(12)
    outcome = rng.normal(size=(units, 1)) + rng.normal(size=(units, 12)) + rng.normal(size=12)
    path = drift * time + early * (time == FIRST - 1) + effect * (time >= FIRST)
    return outcome + treated[:, None] * path, treated


def test_a_drift_fails_parallel_and_the_fake_dates():
    outcome, treated = panel(np.random.default_rng(1), drift=0.4)
    found = checks.parallel_before(event_study(outcome, treated, FIRST))
    assert found.passed is False and found.number < 0.001 and "cannot be ruled out" in found.detail
    assert checks.fake_dates(outcome, treated, FIRST).passed is False


def test_a_clean_panel_passes():
    outcome, treated = panel(np.random.default_rng(2), effect=2.0)
    study = event_study(outcome, treated, FIRST)
    parallel = checks.parallel_before(study)
    assert parallel.passed and "is ruled out" in parallel.detail
    assert checks.fake_dates(outcome, treated, FIRST).passed
    assert checks.anticipation(study).passed


def test_a_reaction_before_the_date_fails_anticipation():
    outcome, treated = panel(np.random.default_rng(3), early=2.0)
    found = checks.anticipation(event_study(outcome, treated, FIRST))
    assert found.passed is False
    # the number is that of the difference in differences of the last period before
    oracle = difference_in_differences(
        outcome[:, :7].mean(axis=1), outcome[:, 7], treated, method="cr2"
    )
    assert found.number == pytest.approx(oracle.p_value, rel=0.2)


def test_an_untouched_outcome_that_moved_is_a_reason_for_doubt():
    rng = np.random.default_rng(4)
    after = np.arange(12) >= FIRST
    for effect, passed in ((0.0, True), (3.0, False)):
        outcome, treated = panel(rng, effect=effect)
        found = difference_in_differences(*before_and_after(outcome, after), treated)
        assert checks.untouched_outcome(found).passed is passed


def test_a_shift_of_mix_by_hand():
    """Treated: 50 to 80 % large (value 3, small 1), untreated stay: .3 * 2 = .6 moves by mix."""
    counts = np.array([[[500, 500], [500, 500]], [[500, 500], [200, 800]]])
    found = checks.mix_shift(counts, np.array([1.0, 3.0]), effect=1.2)
    assert found.passed is False
    assert found.number == pytest.approx(0.5)
    same = checks.mix_shift(np.full((2, 2, 2), 500), np.array([1.0, 3.0]), effect=1.2)
    assert same.passed and same.number == 0
    assert checks.mix_shift(counts, np.array([1.0, 3.0]), effect=0.0).passed is None


def test_one_cluster_that_carries_the_effect_is_named():
    rng = np.random.default_rng(5)
    cluster = np.repeat(np.arange(20), 5)
    treated = cluster < 10
    before = rng.normal(size=100) * 0.1
    spread = before + treated * 1.0 + rng.normal(size=100) * 0.1
    found = difference_in_differences(before, spread, treated, clusters=cluster)
    assert checks.leave_one_cluster_out(
        before, spread, treated, found, clusters=cluster
    ).passed
    one = before + (cluster == 7) * 10.0 + treated * 0.3
    carried = difference_in_differences(before, one, treated, clusters=cluster, level=0.5)
    check = checks.leave_one_cluster_out(before, one, treated, carried, clusters=cluster)
    assert check.passed is False and "without 7" in check.detail
    assert check.number == pytest.approx(1 - 0.3 / 1.3, abs=1e-9)


def test_effects_without_each_are_refits():
    rng = np.random.default_rng(6)
    before, after = rng.normal(size=(2, 30))
    cluster, weights = np.arange(30) // 5, rng.uniform(1, 2, 30)
    treated = np.arange(30) % 2 == 0
    found = checks.effects_without_each(
        before, after, treated, clusters=cluster, weights=weights
    )
    for label in range(6):
        rest = cluster != label
        oracle = difference_in_differences(
            before[rest], after[rest], treated[rest], weights=weights[rest], method="cr2"
        )
        assert found[label] == pytest.approx(oracle.effect, rel=1e-10)


def test_what_does_not_apply_says_why():
    outcome, treated = panel(np.random.default_rng(7))
    short = outcome[:, FIRST - 1 :]
    study = event_study(short, treated, 1)
    for check in (
        checks.parallel_before(study),
        checks.anticipation(study),
        checks.fake_dates(short, treated, 1),
    ):
        assert check.passed is None and check.detail and np.isnan(check.number)
    with pytest.raises(ValueError, match="false-alarm rate"):
        checks.ControlCheck("a feeling", True, 0.0, 0.0, "", 0.0)
