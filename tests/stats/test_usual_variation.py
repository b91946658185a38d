"""Charts of many series: the published cases, one series at a time, and what is promised of them.

XmR of single series, p and u charts are held against their sources in test_control_charts.py; here
the many-series version is held against them, and its allowance for autocorrelation is measured.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from toolkit.stats import control_charts as one
from toolkit.stats.seasons import take_out
from toolkit.stats.usual_variation import RULES, packed, run_length, usual_variation

DEVIATIONS = np.array([1, 2, 1, 2, 10, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1.0])


def steady(rho: float, number: int, periods: int, seed: int) -> np.ndarray:
    x = np.random.default_rng(seed).standard_normal((number, periods))
    for t in range(1, periods):
        x[:, t] = rho * x[:, t - 1] + np.sqrt(1 - rho**2) * x[:, t]
    return x


def signals(marks: np.ndarray) -> float:
    """Stretches of neighbouring marked points, a series."""
    any_rule = marks.any(axis=0)
    begins = any_rule.copy()
    begins[:, 1:] &= ~any_rule[:, :-1]
    return begins.sum(axis=1).mean()


def test_the_published_limits_of_screened_moving_ranges():
    # NHSRplotthedots, "Deviations from the SPC methodology": mean 1.9444, -.7156 and 4.6044
    found = usual_variation(DEVIATIONS, autocorrelated=False)
    assert found.centre[0] == pytest.approx(1.9444, abs=5e-5)
    assert found.centre[0] - 3 * found.sigma[0, 0] == pytest.approx(-0.7156, abs=5e-5)
    assert found.centre[0] + 3 * found.sigma[0, 0] == pytest.approx(4.6044, abs=5e-5)


def test_rrk_before_april_2018(shared_data):
    """NHSRplotthedots' vignette: type 1 breaches of RRK, n 24."""
    rows = pd.read_csv(
        shared_data / "plan_changes" / "nhsr_ae_attendances.csv", parse_dates=["period"]
    )
    rows = rows[(rows.org_code == "RRK") & (rows.type == "1") & (rows.period < "2018-04-01")]
    found = usual_variation(rows.sort_values("period").breaches.to_numpy(float))
    limits = found.centre[0] + np.array([-3, 3]) * found.sigma[0, 0]
    assert found.measured[0] == 24 and found.centre[0] == pytest.approx(1711.875)
    assert limits == pytest.approx([849.793, 2573.957], abs=5e-4)
    hints = {rule: np.flatnonzero(found.hints[i, 0]) + 1 for i, rule in enumerate(RULES)}
    assert list(hints["above"]) == [10]
    assert list(hints["run_below"]) == list(range(11, 19))
    assert not found.hints[
        [RULES.index(r) for r in ("below", "run_above", "rising", "falling")]
    ].any()


@pytest.mark.parametrize("gaps", [False, True])
def test_many_series_are_what_each_is_by_itself(gaps):
    rng = np.random.default_rng(11)
    x = steady(0.6, 60, 40, 12)
    if gaps:
        x[rng.random(x.shape) < 0.15] = np.nan
    found = usual_variation(x, autocorrelated=False)
    for i, row in enumerate(x):
        chart = one.xmr_chart(row)
        marks = one.signals(chart)
        assert found.centre[i] == pytest.approx(chart.centre)
        assert found.sigma[i, ~np.isnan(row)] == pytest.approx(chart.sigma[~np.isnan(row)])
        for at, rule in enumerate(RULES):
            assert np.array_equal(found.hints[at, i], getattr(marks, rule)), rule


def test_with_precision_it_is_laneys_p_prime_chart():
    rng = np.random.default_rng(13)
    n = rng.integers(200, 4000, 30)
    y = rng.binomial(n, np.clip(0.2 + rng.normal(0, 0.02, 30), 0, 1))
    chart = one.p_chart(y, n, screen=True)
    found = usual_variation((y / n)[None], precision=n[None].astype(float), autocorrelated=False)
    assert found.centre[0] == pytest.approx(chart.centre)
    # Wheeler's printed 2.66 here, 3 / 1.128 = 2.6596 there
    assert found.sigma[0] == pytest.approx(chart.sigma, rel=2e-4)


def test_and_laneys_u_prime_chart_of_rates():
    rng = np.random.default_rng(14)
    days = rng.integers(28, 32, 30).astype(float)
    y = rng.poisson(5 * days)
    chart = one.u_chart(y, days, screen=True)
    found = usual_variation((y / days)[None], precision=days[None], autocorrelated=False)
    assert found.sigma[0] == pytest.approx(chart.sigma, rel=2e-4)


def test_a_frozen_baseline_leaves_later_points_out():
    x = np.r_[steady(0, 1, 24, 15)[0], np.full(12, 5.0)]
    base = np.arange(36) < 24
    found, alone = usual_variation(x, baseline=base), usual_variation(x[:24])
    assert found.centre[0] == alone.centre[0] and found.rho[0] == alone.rho[0]
    assert found.marks[RULES.index("above"), 0, 24:].all()


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.6])
@pytest.mark.parametrize("season", [False, True])
def test_steady_series_give_no_more_signals_than_the_rules_promise(rho, season):
    promised = signals(usual_variation(steady(0, 4000, 36, 20), autocorrelated=False).hints)
    x = steady(rho, 4000, 36, 21)
    if season:
        x = x + np.tile([0, -1, -2, 0, 0, 1, 0, 1, 0, 1, 2, 3.0], 3)
    found = take_out(x, np.arange(36) % 12)
    told = usual_variation(found.adjusted, freedom=found.freedom)
    assert promised == pytest.approx(0.42, abs=0.04)  # docs/methods/trends.md
    assert signals(told.marks) <= promised


def test_without_the_allowance_autocorrelated_series_would_cry_out():
    x = steady(0.6, 1000, 36, 22)
    assert signals(usual_variation(x).hints) > 4 * signals(usual_variation(x).marks)


@pytest.mark.parametrize("step, months, least", [(3, 6, 0.75), (2, 12, 0.8), (1, 24, 0.45)])
def test_steps_are_told_in_time(step, months, least):
    x = steady(0, 400, 24 + months, 23)
    x[:, 24:] += step
    seen = np.zeros(len(x), dtype=bool)
    for end in range(25, 24 + months + 1):
        marks = usual_variation(x[:, :end]).marks[[0, 2, 4, 6]]
        seen |= marks[:, :, 24:].any(axis=(0, 2))
    assert seen.mean() > least


def test_a_step_does_not_pass_for_autocorrelation():
    x = steady(0, 3000, 36, 24)
    x[:, 24:] += 3
    usual = np.array([np.corrcoef(row[1:], row[:-1])[0, 1] for row in x])
    assert usual.mean() > 0.55  # what a step does to the usual estimate
    assert usual_variation(x).rho.mean() < 0.3


def test_the_length_of_a_run_is_as_rare_as_seven_heads():
    assert run_length(np.array([0.0]))[0] == 7
    lengths = run_length(np.linspace(0, 0.9, 10))
    assert np.all(np.diff(lengths) >= 0) and lengths[-1] > 20


def test_packing_keeps_order_and_place():
    x = np.array([[np.nan, 1, np.nan, 2, 3]])
    together, order = packed(x, np.isfinite(x))
    assert list(together[0][:3]) == [1, 2, 3] and list(order[0][:3]) == [1, 3, 4]


def test_too_few_or_equal_values():
    few = usual_variation(np.array([[5.0, np.nan, np.nan]]))
    assert np.isnan(few.sigma).all() and not few.any.any()
    same = usual_variation(np.full((1, 20), 5.0))
    assert same.centre[0] == 5 and not same.any.any()
