"""Effects by declared group: sameness by Welch's F, harm by Holm."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.oneway import anova_oneway

from toolkit.stats.groups import effects_by_group, judge_groups


def units(rng, effects, n=120):
    """A unit's group, arm, before and after, with an effect a group."""
    group = np.arange(n) % len(effects)
    treated = (np.arange(n) // len(effects)) % 2 == 0
    before = rng.normal(size=n)
    after = before + rng.normal(size=n) + treated * np.asarray(effects)[group]
    return before, after, treated, group


def test_harm_in_one_group_is_claimed_and_only_there():
    found = effects_by_group(*units(np.random.default_rng(1), [1.5, -1.5, 0.0], n=600))
    assert found.hurt == (1,)
    assert found.p_same < 1e-6
    assert [g.group for g in found.groups] == [0, 1, 2]
    lower = effects_by_group(
        *units(np.random.default_rng(1), [1.5, -1.5, 0.0], n=600), better="lower"
    )
    assert lower.hurt == (0,)


def test_harm_is_corrected_by_holm():
    found = effects_by_group(*units(np.random.default_rng(2), [-0.4, -0.2, 0.1, 0.3]))
    two_sided = [(g.difference.p_value, g.difference.effect) for g in found.groups]
    one_sided = [p / 2 if effect < 0 else 1 - p / 2 for p, effect in two_sided]
    oracle = multipletests(one_sided, method="holm")[1]
    assert [g.p_harm for g in found.groups] == pytest.approx(oracle.tolist(), rel=1e-10)


def test_sameness_is_welchs_anova_when_the_control_never_moves():
    """With a control that changes by a constant the effects are means with their own variances."""
    rng = np.random.default_rng(3)
    changes = [rng.normal(m, s, size=n) for m, s, n in ((0, 1, 60), (0.3, 2, 80), (0.2, 1, 70))]
    before, after, treated, group = [], [], [], []
    for label, change in enumerate(changes):
        after += [*change, *(1e-9 * rng.normal(size=60))]
        treated += [True] * len(change) + [False] * 60
        group += [label] * (len(change) + 60)
    before = np.zeros(len(after))
    found = effects_by_group(before, np.array(after), np.array(treated), np.array(group))
    oracle = anova_oneway(changes, use_var="unequal")
    assert found.statistic == pytest.approx(oracle.statistic, rel=1e-6)
    assert found.p_same == pytest.approx(oracle.pvalue, rel=1e-6)


def test_false_claims_of_difference_and_of_harm():
    """The same effect everywhere, 500 samples, seed 4: 5 % (Monte Carlo sd 1 point)."""
    rng = np.random.default_rng(4)
    differ = hurt = 0
    for _ in range(500):
        found = effects_by_group(*units(rng, [0.0] * 3, n=240))
        differ += found.p_same <= 0.05
        hurt += bool(found.hurt)
    assert 0.02 <= differ / 500 <= 0.08
    assert 0.02 <= hurt / 500 <= 0.08


def test_a_group_without_controls_says_so_and_the_others_go_on():
    before, after, treated, group = units(np.random.default_rng(5), [0.0, 0.0, 0.0])
    treated = treated | (group == 2)
    found = effects_by_group(before, after, treated, group)
    assert found.groups[2].difference is None
    assert "no untreated unit" in found.groups[2].reason
    assert np.isnan(found.groups[2].p_harm) and not found.groups[2].hurt
    assert np.isfinite(found.p_same)


def test_clusters_across_groups_leave_sameness_untested():
    before, after, treated, group = units(np.random.default_rng(6), [0.0, 0.0], n=240)
    found = effects_by_group(before, after, treated, group, clusters=np.arange(240) // 4)
    assert np.isnan(found.p_same) and "several groups" in found.reason
    with pytest.raises(ValueError, match="higher, lower"):
        judge_groups((), better="more")
