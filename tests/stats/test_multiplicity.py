"""Adjusted p values and intervals that agree with them."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from statsmodels.stats.multitest import multipletests

from toolkit.stats import multiplicity, shares
from toolkit.stats.comparisons import undefined, wald
from toolkit.stats.multiplicity import adjusted, adjusted_comparisons, interval_levels

SIX = [0.005, 0.06, 0.007, 0.04, 0.01, 0.03]
THEIRS = {
    "bonferroni": "bonferroni", "holm": "holm", "hommel": "hommel", "bh": "fdr_bh", "by": "fdr_by",
}  # fmt: skip


@pytest.mark.parametrize(
    ("method", "want"),
    [
        # R: p.adjust(c(.005, .06, .007, .04, .01, .03), method)
        ("holm", [0.03, 0.09, 0.035, 0.09, 0.04, 0.09]),
        ("bh", [0.02, 0.06, 0.02, 0.048, 0.02, 0.045]),
        ("hommel", [0.025, 0.06, 0.028, 0.06, 0.04, 0.06]),
    ],
)
def test_published(method, want):
    assert adjusted(SIX, method) == pytest.approx(want, abs=1e-12)


@pytest.mark.parametrize("method", multiplicity.METHODS)
def test_against_statsmodels(method):
    # Few vectors, for its Holm collects garbage on every call; rounded ones have ties.
    rng = np.random.default_rng(31)
    for places in (16, 16, 1, 2, 2):
        p = np.round(rng.uniform(size=rng.integers(1, 15)) ** 3, places)
        want = multipletests(p, method=THEIRS[method])[1]
        assert adjusted(p, method) == pytest.approx(want, abs=1e-12)


@settings(deadline=None, derandomize=True)
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=6))
def test_hommel_is_the_closed_simes_test(p):
    own = []
    for i in range(len(p)):
        worst = 0.0
        others = [k for k in range(len(p)) if k != i]
        for size in range(len(p)):
            for chosen in itertools.combinations(others, size):
                ranked = sorted([p[i], *(p[k] for k in chosen)])
                simes = min(len(ranked) * v / (r + 1) for r, v in enumerate(ranked))
                worst = max(worst, simes)
        own.append(min(worst, 1.0))
    assert adjusted(p, "hommel") == pytest.approx(own, abs=1e-12)


@settings(deadline=None, derandomize=True)
@given(p=st.lists(st.floats(0, 1), min_size=1, max_size=12))
def test_order_of_strictness(p):
    bonferroni, holm, hommel = (adjusted(p, m) for m in ("bonferroni", "holm", "hommel"))
    bh, by = adjusted(p, "bh"), adjusted(p, "by")
    slack = 1e-12
    assert (bonferroni >= holm - slack).all() and (holm >= hommel - slack).all()
    assert (hommel >= bh - slack).all() and (by >= bh - slack).all()
    assert (bh >= np.array(p) - slack).all()


def test_missing_p_values_are_not_looks():
    found = adjusted([0.01, math.nan, 0.04], "holm")
    assert found[[0, 2]] == pytest.approx([0.02, 0.04])
    assert math.isnan(found[1])
    assert adjusted([], "holm").shape == (0,)
    levels = interval_levels([0.01, math.nan, 0.04], "bh")
    assert levels.rejected == (True, False, True)


def test_tiny_p_values_stay_tiny():
    assert adjusted([1e-300, 0.5], "holm")[0] == pytest.approx(2e-300)


def test_wrong_input():
    with pytest.raises(ValueError, match="between 0 and 1"):
        adjusted([1.2])
    with pytest.raises(ValueError, match="holm"):
        adjusted([0.1], "sidak")
    with pytest.raises(ValueError, match="bonferroni, holm, bh, by"):
        interval_levels([0.1], "hommel")
    with pytest.raises(ValueError, match="one row"):
        adjusted([[0.1]])


def excludes(comparison):
    return not comparison.low <= comparison.null_value <= comparison.high


@pytest.mark.parametrize("method", multiplicity.INTERVAL_METHODS)
@settings(deadline=None, derandomize=True)
@given(
    z=st.lists(st.floats(-6, 6), min_size=1, max_size=12),
    df=st.sampled_from([math.nan, 5.0, 40.0]),
    alpha=st.sampled_from([0.01, 0.05, 0.2]),
)
def test_decision_and_interval_agree(method, z, df, alpha):
    found = adjusted_comparisons([wald(v, 1.0, df=df) for v in z], method, alpha=alpha)
    # A tie of p and threshold is decided by the last digit; real data never tie.
    assume(all(abs(one.p_adjusted - alpha) > 1e-9 for one in found))
    want = adjusted([wald(v, 1.0, df=df).p_value for v in z], method) <= alpha
    assert [one.rejected for one in found] == want.tolist()
    assert [excludes(one.comparison) for one in found] == want.tolist()


@pytest.mark.parametrize("method", multiplicity.INTERVAL_METHODS)
def test_decision_and_newcombe_interval_agree(method):
    rng = np.random.default_rng(16)
    for _ in range(60):
        made = [
            shares.difference(
                shares.Share(int(rng.binomial(200, 0.2)), 200),
                shares.Share(int(rng.binomial(150, p)), 150),
            )
            for p in rng.choice([0.2, 0.28, 0.33], 6)
        ]
        for one in adjusted_comparisons(made, method):
            assert excludes(one.comparison) == one.rejected
            assert one.comparison.p_value in [m.p_value for m in made]


def test_undefined_comparisons_pass_through():
    nothing = undefined("no units", null="difference = 0", method="Welch's t")
    found = adjusted_comparisons([wald(3.0, 1.0), nothing], "holm")
    assert found[0].rejected and found[0].comparison.level == pytest.approx(0.95)
    assert not found[1].rejected and math.isnan(found[1].p_adjusted)
    assert found[1].comparison.reason == "no units"


def test_levels_by_hand():
    # m 6, alpha .05: Bonferroni's .0083 takes .005 and .007; Holm goes on with .01 <= .05 / 4
    # and stops at .03 > .05 / 3.
    holm = interval_levels(SIX, "holm")
    assert holm.rejected == (True, False, True, False, True, False)
    wide, step = 1 - 0.05 / 6, 1 - 0.05 / 4
    assert holm.levels == pytest.approx((wide, wide, wide, wide, step, wide))
    # Benjamini-Hochberg takes five of six: 1 - .05 x 5 / 6 for all.
    assert interval_levels(SIX, "bh").levels == pytest.approx([1 - 0.05 * 5 / 6] * 6)
    assert interval_levels([0.5, 0.9], "bh").levels == pytest.approx([1 - 0.05 / 2] * 2)


def test_holm_keeps_the_family_and_bh_the_coverage_of_what_it_selects():
    rng = np.random.default_rng(17)
    runs, truth = 1500, np.array([0, 0, 0, 0, 3.0, 3.5, 5.0, 8.0])
    draws = truth + rng.normal(size=(runs, len(truth)))
    claims = misses = 0
    rates = []
    for row in draws:
        made = [wald(v, 1.0) for v in row]
        holm = adjusted_comparisons(made, "holm")
        claims += any(one.rejected for one in holm[:4])
        misses += any(
            not one.comparison.low <= t <= one.comparison.high
            for one, t in zip(holm, truth, strict=True)
        )
        chosen = [
            not one.comparison.low <= t <= one.comparison.high
            for one, t in zip(adjusted_comparisons(made, "bh"), truth, strict=True)
            if one.rejected
        ]
        rates.append(np.mean(chosen) if chosen else 0.0)
    noise = 3 * math.sqrt(0.05 * 0.95 / runs)
    assert claims / runs <= 0.05 + noise
    # Joint misses are bounded by twice alpha and here, with four nulls of eight, lie between.
    assert misses / runs <= 0.075 + noise
    assert np.mean(rates) <= 0.05 + 3 * np.std(rates) / math.sqrt(runs)
