"""Kaplan-Meier, against Bewick et al. (2004), R's aml example, the Telco data and planted truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from toolkit.stats.survival import kaplan_meier, log_rank

# Miller (1997), Survival Analysis; R survival::aml, remission of leukaemia in weeks.
KEPT_ON = [9, 13, 13, 18, 23, 28, 31, 34, 45, 48, 161]
KEPT_ON_ENDED = [1, 1, 0, 1, 1, 0, 1, 1, 0, 1, 0]
STOPPED = [5, 5, 8, 8, 12, 16, 23, 27, 30, 33, 43, 45]
STOPPED_ENDED = [1, 1, 1, 1, 1, 0, 1, 1, 1, 1, 1, 1]


def test_bewick_cheek_and_ball():
    # Bewick, Cheek & Ball (2004), Statistics review 12, Critical Care 8:389: 1 1 4 5 6+ 9 9+ 22
    found = kaplan_meier([1, 1, 4, 5, 6, 9, 9, 22], [1, 1, 1, 1, 0, 1, 0, 1])
    assert found.times.tolist() == [1, 4, 5, 9, 22]
    assert found.survival == pytest.approx([0.75, 0.625, 0.5, 1 / 3, 0], abs=1e-12)
    assert (found.n, found.events) == (8, 6)


def test_aml_as_r_prints_it():
    # R: survfit(Surv(time, status) ~ x, data = aml)
    found = kaplan_meier(KEPT_ON, KEPT_ON_ENDED)
    assert found.survival == pytest.approx([0.909, 0.818, 0.716, 0.614, 0.491, 0.368, 0.184], abs=5e-4)
    assert found.se == pytest.approx([0.0867, 0.1163, 0.1397, 0.1526, 0.1642, 0.1627, 0.1535], abs=5e-5)
    assert found.median().estimate == 31


def test_log_rank_of_aml_as_r_prints_it():
    # R: survdiff(Surv(time, status) ~ x, data = aml): chisq 3.4 on 1 df, p 0.0653; expected 10.69, 7.31
    found = log_rank([(KEPT_ON, KEPT_ON_ENDED, None), (STOPPED, STOPPED_ENDED, None)])
    assert found.p_value == pytest.approx(0.0653, abs=5e-5)
    assert (found.statistic, found.df) == (pytest.approx(3.396, abs=5e-4), 1)
    assert found.observed == (7, 11)
    assert found.expected == pytest.approx((10.69, 7.31), abs=5e-3)


@pytest.mark.parametrize("share", [0.25, 0.5, 0.6])
def test_quantiles_and_their_ends_are_statsmodels(share):
    theirs = SurvfuncRight(KEPT_ON, KEPT_ON_ENDED)
    found = kaplan_meier(KEPT_ON, KEPT_ON_ENDED).quantile(share)
    assert found.estimate == theirs.quantile(share)
    low, high = theirs.quantile_ci(share, method="cloglog")
    assert found.low == low
    assert found.high == (high if math.isfinite(high) else math.inf)


def test_telco_customers_after_one_and_six_years(shared_data):
    telco = pd.read_csv(shared_data / "customers" / "telco_churn.csv")
    assert (len(telco), (telco.TotalCharges.str.strip() == "").sum()) == (7043, 11)
    left = telco.Churn == "Yes"
    assert left.mean() == pytest.approx(0.2654, abs=5e-5)
    found = kaplan_meier(telco.tenure, left)
    assert found.at(12).estimate == pytest.approx(0.8432, abs=5e-5)
    assert found.at(72).estimate == pytest.approx(0.5928, abs=5e-5)


def test_counts_stand_for_so_many_units():
    long = kaplan_meier(np.repeat([1, 3, 3, 7], [5, 2, 4, 9]), np.repeat([1, 1, 0, 0], [5, 2, 4, 9]))
    short = kaplan_meier([1, 3, 3, 7], [1, 1, 0, 0], [5, 2, 4, 9])
    assert short.survival == pytest.approx(long.survival)
    assert short.se == pytest.approx(long.se)
    assert short.at_risk.tolist() == [20, 15]


def test_without_censoring_greenwood_is_the_binomial_error():
    found = kaplan_meier([1, 2, 3, 4, 5, 6, 7, 8], np.ones(8))
    share = found.survival[:-1]
    assert found.se[:-1] == pytest.approx(np.sqrt(share * (1 - share) / 8))


def test_restricted_mean_is_the_mean_of_shortened_durations():
    durations = np.array([1.0, 2, 2, 5, 9, 11])
    found = kaplan_meier(durations, np.ones(6)).restricted_mean(6.0)
    cut = np.minimum(durations, 6)
    assert found.estimate == pytest.approx(cut.mean())
    assert found.se == pytest.approx(cut.std() / math.sqrt(6))  # Greenwood divides by n


def test_beyond_what_was_seen_there_is_no_number():
    found = kaplan_meier([3, 5, 8], [1, 0, 0])
    assert math.isnan(found.at(9).estimate) and "8" in found.at(9).reason
    assert math.isnan(found.median().estimate)
    assert math.isnan(found.restricted_mean(9).estimate)
    assert found.at(2).estimate == 1 and "nothing" in found.at(2).reason


def test_nobody_ended_everybody_ended_nobody_there():
    nobody = kaplan_meier([3, 5], [0, 0])
    assert nobody.at(4).estimate == 1 and not nobody.at(4).defined
    everybody = kaplan_meier([3, 3], [1, 1])
    assert everybody.at(4).estimate == 0 and everybody.at(40).estimate == 0
    empty = kaplan_meier([], [])
    assert math.isnan(empty.at(1).estimate) and empty.at(1).reason
    assert log_rank([([3], [0], None), ([4], [0], None)]).reason


def test_durations_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="2 durations are missing or below 0"):
        kaplan_meier([1, -1, math.nan], [1, 1, 1])
    with pytest.raises(ValueError, match="do not match"):
        kaplan_meier([1, 2], [1])
    with pytest.raises(ValueError, match="two groups"):
        log_rank([([1], [1], None)])


def test_intervals_hold_the_truth_as_often_as_they_say():
    """Exponential ends of rate .1, even censoring up to 20; truth exp(-.5) at time 5."""
    rng = np.random.default_rng(5)
    held = mean_held = 0
    for _ in range(800):
        ends, seen = rng.exponential(10, 60), rng.uniform(0, 20, 60)
        found = kaplan_meier(np.minimum(ends, seen), ends <= seen)
        at = found.at(5)
        held += at.low <= math.exp(-0.5) <= at.high
        mean = found.restricted_mean(5)
        mean_held += mean.low <= 10 * (1 - math.exp(-0.5)) <= mean.high
    # binomial error of a share of .95 in 800 is .008
    assert 0.925 <= held / 800 <= 0.975
    assert 0.92 <= mean_held / 800 <= 0.975


def test_log_rank_cries_as_often_as_it_says_when_nothing_differs():
    rng = np.random.default_rng(6)
    cried = 0
    for _ in range(600):
        ends, seen = rng.exponential(10, 90), rng.uniform(0, 20, 90)
        shown, ended = np.minimum(ends, seen), ends <= seen
        groups = [(shown[i::3], ended[i::3], None) for i in range(3)]
        cried += log_rank(groups).p_value < 0.05
    assert 0.03 <= cried / 600 <= 0.075
