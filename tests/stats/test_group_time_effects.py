"""Group-time effects by hand, against planted truth, and against two-way fixed effects."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.group_time_effects import aggregate, group_time_effects
from toolkit.stats.two_way_effects import two_way_effect

NEVER = np.inf


def cell(found, group, period):
    return float(found.effect[(found.group == group) & (found.period == period)][0])


def test_by_hand():
    """Six units, four periods, dates 1, 2 and never: Callaway & Sant'Anna 2021, equation 2.5."""
    outcome = np.array(
        [[1.0, 4, 6, 9], [3, 4, 8, 9], [2, 3, 7, 10], [0, 3, 5, 6], [1, 2, 3, 4], [5, 6, 9, 8]]
    )
    first = np.array([1, 1, 2, 2, NEVER, NEVER])
    never = group_time_effects(outcome, first, control="never")
    # group 1, period 1: (3 + 1)/2 - (1 + 1)/2 ; period 3: (8 + 6)/2 - (3 + 3)/2
    assert cell(never, 1, 1) == 1.0
    assert cell(never, 1, 3) == 4.0
    # group 2, period 2: (4 + 2)/2 - (1 + 3)/2 ; its lead, period 0 against 1: -(1 + 3)/2 + 1
    assert cell(never, 2, 2) == 1.0
    assert cell(never, 2, 0) == -1.0
    not_yet = group_time_effects(outcome, first, control="not_yet")
    # group 1, period 1 also has group 2 as control: 2 - (1 + 3 + 1 + 1)/4
    assert cell(not_yet, 1, 1) == 0.5
    assert cell(not_yet, 1, 3) == 4.0
    varying = group_time_effects(outcome, first, control="never", base="varying")
    assert cell(varying, 2, 1) == 1.0  # period 1 against 0: (1 + 3)/2 - 1

    # cells (1,1) 1, (1,2): (5 + 5)/2 - (2 + 4)/2 = 2, (1,3) 4, (2,2) 1, (2,3): (7 + 3)/2 - 2 = 3
    assert aggregate(never, "simple").effect == pytest.approx((1 + 2 + 4 + 1 + 3) / 5)
    dynamic = aggregate(never, "dynamic")
    assert dynamic.at.tolist() == [-2, 0, 1, 2]
    assert dynamic.effects == pytest.approx([-1.0, 1.0, 2.5, 4.0])
    assert dynamic.effect == pytest.approx(2.5)
    group = aggregate(never, "group")
    assert group.effects == pytest.approx([7 / 3, 2.0])
    assert group.effect == pytest.approx((7 / 3 + 2) / 2)
    calendar = aggregate(never, "calendar")
    assert calendar.effects == pytest.approx([1.0, 1.5, 3.5])


def test_two_groups_and_two_periods_are_welch():
    rng = np.random.default_rng(1)
    outcome = rng.normal(size=(30, 2))
    first = np.where(np.arange(30) < 12, 1, NEVER)
    found = group_time_effects(outcome, first)
    change = outcome[:, 1] - outcome[:, 0]
    oracle = stats.ttest_ind(change[:12], change[12:], equal_var=False)
    assert found.effect[0] / found.se[0] == pytest.approx(oracle.statistic, rel=1e-12)


def test_an_unseen_period_costs_only_the_cells_that_need_it():
    rng = np.random.default_rng(2)
    outcome = rng.normal(size=(12, 4))
    first = np.repeat([2, NEVER], 6)
    whole = group_time_effects(outcome, first)
    outcome[0, 3] = np.nan
    holed = group_time_effects(outcome, first)
    assert cell(holed, 2, 2) == cell(whole, 2, 2)
    change = outcome[:, 3] - outcome[:, 1]
    assert cell(holed, 2, 3) == pytest.approx(np.nanmean(change[:6]) - change[6:].mean())


def planted(rng, units=120):
    """Effects that grow, 1 a period since the date, and start at different dates."""
    first = rng.permutation(np.repeat([3, 5, NEVER], units // 3))
    outcome = rng.normal(size=(units, 1)) + rng.normal(size=8) + rng.normal(size=(units, 8))
    since = np.arange(8) - first[:, None] + 1
    return outcome + np.where(since > 0, since, 0), first


@pytest.mark.parametrize("control", ["never", "not_yet"])
def test_planted_effects_are_covered(control):
    """200 panels, seed 3: the dynamic effects 1..5 and the simple one, 95 % intervals."""
    rng = np.random.default_rng(3)
    hits = np.zeros(6)
    for _ in range(200):
        outcome, first = planted(rng)
        effects = group_time_effects(outcome, first, control=control)
        dynamic = aggregate(effects, "dynamic")
        late = dynamic.at >= 0
        truth = dynamic.at[late] + 1
        hits[:5] += (dynamic.lows[late] <= truth) & (truth <= dynamic.highs[late])
        simple = aggregate(effects)
        # group 3: 1..5 over five periods, group 5: 1..3 over three, equal sizes
        hits[5] += simple.low <= (15 + 6) / 8 <= simple.high
    # 95 % of 200 is 190, Monte Carlo sd 3.1
    assert (hits >= 178).all() and (hits <= 199).all()


@pytest.mark.parametrize("kind", ["simple", "dynamic", "group", "calendar"])
def test_the_errors_of_aggregates_are_the_jackknifes(kind):
    """Leaving out one unit at a time re-estimates cells and group sizes alike (Efron 1981)."""
    outcome, first = planted(np.random.default_rng(8), units=300)
    # effects that differ greatly, so that the error of the groups' estimated sizes counts
    outcome += 20.0 * (np.arange(8) >= 5) * (first == 5)[:, None]
    found = aggregate(group_time_effects(outcome, first), kind)
    left = []
    for unit in range(300):
        rest = np.arange(300) != unit
        left.append(aggregate(group_time_effects(outcome[rest], first[rest]), kind).effect)
    jackknife = np.sqrt(299 / 300 * np.sum((left - np.mean(left)) ** 2))
    assert found.se == pytest.approx(jackknife, rel=0.02)


def test_the_bands_hold_for_all_leads_and_lags_at_once():
    """No effect at all, 200 panels, seed 5: one band for seven event times, 95 %."""
    rng = np.random.default_rng(5)
    held = 0
    for draw in range(200):
        first = np.repeat([3, 5, NEVER], 30)
        outcome = rng.normal(size=(90, 8))
        found = aggregate(
            group_time_effects(outcome, first), "dynamic", draws=400, seed=draw
        )
        held += (np.abs(found.effects) <= found.band * found.ses).all()
        assert found.band > stats.norm.isf(0.025)
    assert 178 <= held <= 199


def test_two_way_effects_are_statsmodels_and_show_their_negative_weights():
    rng = np.random.default_rng(6)
    outcome, first = planted(rng, units=30)
    outcome[rng.random(outcome.shape) < 0.1] = np.nan
    treatment = (np.arange(8) >= first[:, None]).astype(float)
    found = two_way_effect(outcome, treatment, errors="CR0")
    unit, period = np.nonzero(np.isfinite(outcome))
    design = np.column_stack(
        [
            treatment[unit, period],
            unit[:, None] == np.arange(30),
            period[:, None] == np.arange(1, 8),
        ]
    ).astype(float)
    oracle = sm.OLS(outcome[unit, period], design).fit(
        cov_type="cluster", cov_kwds={"groups": unit, "use_correction": False}
    )
    assert found.fit.estimate == pytest.approx(oracle.params[0], rel=1e-9)
    assert found.fit.se == pytest.approx(oracle.bse[0], rel=1e-9)
    # growing effects with early adopters as controls: below the true mean effect (15 + 6)/8
    assert found.negative_weight > 0
    assert found.fit.estimate < 2.3
    one_date = two_way_effect(outcome, (np.arange(8) >= 3) * (first[:, None] == 3))
    assert one_date.negative_weight == pytest.approx(0.0, abs=0.05)


def test_early_adopters_as_controls_can_turn_the_sign():
    """Goodman-Bacon 2021: two dates, nobody never treated, fast growing effects."""
    first = np.repeat([1, 4], 10)
    since = np.clip(np.arange(6) - first[:, None] + 1, 0, None)
    outcome = 1.0 * since**2 + np.random.default_rng(0).normal(size=(20, 6)) * 0.01
    assert two_way_effect(outcome, (since > 0).astype(float)).fit.estimate < 0
    right = aggregate(group_time_effects(outcome, first))
    assert right.effect == pytest.approx((1 + 4 + 9) / 3, abs=0.02)


def test_what_cannot_be_is_named():
    outcome = np.random.default_rng(0).normal(size=(6, 4))
    with pytest.raises(CannotBeEstimated, match="nobody is treated"):
        group_time_effects(outcome, np.full(6, NEVER))
    with pytest.raises(CannotBeEstimated, match="no group and period"):
        group_time_effects(outcome, np.full(6, 2), control="never")
    alone = group_time_effects(outcome, np.array([2, *[NEVER] * 5]))
    assert np.isnan(alone.se).all() and np.isnan(aggregate(alone).p_value)
    with pytest.raises(ValueError, match="never, not_yet"):
        group_time_effects(outcome, np.full(6, 2), control="all")
