"""Leads and lags against statsmodels, exact distributions and planted drifts."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from toolkit.stats import event_study as es
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import before_and_after, difference_in_differences


def panel(rng, units=24, periods=8, effect=0.0, drift=0.0, first=5):
    treated = np.arange(units) % 2 == 0
    outcome = rng.normal(size=(units, 1)) + rng.normal(size=(units, periods))
    outcome += rng.normal(size=periods)
    time = np.arange(periods)
    outcome += treated[:, None] * (drift * time + effect * (time >= first))
    return outcome, treated


def test_leads_and_lags_are_the_two_way_regression_with_a_universal_base():
    outcome, treated = panel(np.random.default_rng(1))
    found = es.event_study(outcome, treated, 5, base=-2)
    unit, period = np.indices(outcome.shape).reshape(2, -1)
    others = [t for t in range(8) if t != 3]
    dummies = (period[:, None] == others).astype(float)
    design = np.hstack(
        [unit[:, None] == np.arange(24), dummies, dummies * treated[unit][:, None]]
    ).astype(float)
    oracle = sm.OLS(outcome.ravel(), design).fit()
    assert found.effect[others] == pytest.approx(oracle.params[-7:], rel=1e-8)
    assert found.effect[3] == 0 and found.se[3] == 0


def test_each_lag_is_a_two_sample_t_test():
    outcome, treated = panel(np.random.default_rng(2))
    found = es.event_study(outcome, treated, 5)
    change = outcome[:, 6] - outcome[:, 4]
    oracle = stats.ttest_ind(change[treated], change[~treated])
    assert found.effect[6] / found.se[6] == pytest.approx(oracle.statistic, rel=1e-10)
    assert found.df[6] == pytest.approx(22)  # equal arms: Bell-McCaffrey is n - 2


def test_the_joint_test_of_the_leads_is_hotellings():
    """Two equal samples: T squared with n - 2 degrees of freedom, by its textbook formula."""
    outcome, treated = panel(np.random.default_rng(3))
    found = es.lead_test(es.event_study(outcome, treated, 5))
    leads = outcome[:, :4] - outcome[:, [4]]
    a, b = leads[treated], leads[~treated]
    pooled = (np.cov(a.T) * 11 + np.cov(b.T) * 11) / 22
    gap = a.mean(0) - b.mean(0)
    t2 = gap @ np.linalg.solve(pooled * (2 / 12), gap)
    f = t2 * (22 - 4 + 1) / (22 * 4)
    assert found.method == "joint" and found.leads == 4
    assert found.statistic == pytest.approx(f, rel=1e-9)
    assert found.p_value == pytest.approx(stats.f.sf(f, 4, 19), rel=1e-9)


def test_false_alarms_of_the_lead_tests():
    """Parallel paths, 300 panels a design, seed 4: at most about 5 % (Monte Carlo sd 1.3 points)."""
    rng = np.random.default_rng(4)
    for units, method in ((24, "joint"), (6, "slope")):
        alarms = 0
        for _ in range(300):
            outcome, treated = panel(rng, units=units)
            test = es.lead_test(es.event_study(outcome, treated, 5))
            assert test.method == method
            alarms += test.p_value < 0.05
        assert alarms / 300 < 0.05 + 3 * 0.013
        assert alarms > 2


def test_a_planted_drift_is_seen_and_explains_the_effect():
    rng = np.random.default_rng(5)
    outcome, treated = panel(rng, units=400, drift=0.3)
    study = es.event_study(outcome, treated, 5)
    assert es.lead_test(study).p_value < 1e-6
    drift = es.pre_trend(study)
    assert drift.low < 0.3 < drift.high
    # the line carried on: mean of periods 5-7 less mean of 0-4 is 4 periods
    assert drift.explains == pytest.approx(0.3, abs=0.08)
    assert drift.effect == pytest.approx(1.2, abs=0.3)
    assert not drift.ruled_out
    assert es.breakdown(study).value < 1.2


def test_a_sudden_effect_is_not_explained_by_a_drift():
    outcome, treated = panel(np.random.default_rng(6), units=400, effect=3.0)
    study = es.event_study(outcome, treated, 5)
    drift = es.pre_trend(study)
    assert drift.ruled_out and drift.detectable < drift.explains
    strong = es.breakdown(study)
    assert strong.value > strong.with_error > 1


def test_the_mean_effect_is_the_difference_in_differences():
    outcome, treated = panel(np.random.default_rng(7), effect=1.0)
    value, se, _ = es.mean_effect(es.event_study(outcome, treated, 5))
    oracle = difference_in_differences(
        *before_and_after(outcome, np.arange(8) >= 5), treated, method="cr2"
    )
    assert (value, se) == pytest.approx((oracle.effect, oracle.se), rel=1e-10)


def test_the_breakdown_value_by_hand():
    """Gap 0, .5, -.1, 0 | 2, 4: largest change before .6, over two periods 1.5 times that."""
    gap = np.array([0, 0.5, -0.1, 0, 2.0, 4.0])
    outcome = np.vstack([gap, gap, 0 * gap, 0 * gap]) + np.array([[0.0], [1], [0], [1]])
    found = es.breakdown(es.event_study(outcome, np.array([1, 1, 0, 0]), 4))
    assert found.largest_before == pytest.approx(0.6)
    assert found.value == pytest.approx(3.0 / (0.6 * 1.5))


def test_what_cannot_be_is_named():
    outcome, treated = panel(np.random.default_rng(0))
    with pytest.raises(CannotBeEstimated, match="at least 2 periods before"):
        es.lead_test(es.event_study(outcome[:, 4:], treated, 1))
    with pytest.raises(CannotBeEstimated, match="before and after"):
        es.event_study(outcome, treated, 8)
    with pytest.raises(CannotBeEstimated, match="no treated or no untreated"):
        es.event_study(outcome, np.ones(24, dtype=bool), 5)
    with pytest.raises(ValueError, match="base 0"):
        es.event_study(outcome, treated, 5, base=0)
    with pytest.raises(CannotBeEstimated, match="one cluster alone"):
        es.event_study(outcome, np.arange(24) == 0, 5)
