"""Margins, against hand-computed one-sided tests and simulation at the border."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from toolkit.stats import means, shares
from toolkit.stats.comparisons import undefined, wald
from toolkit.stats.means import MeanMoments
from toolkit.stats.multiplicity import adjusted_comparisons
from toolkit.stats.noninferiority import against_margin
from toolkit.stats.shares import Share


@pytest.mark.parametrize(
    ("estimate", "better", "noninferior", "harmed"),
    [
        (0.0, "higher", True, False),
        (-0.5, "higher", False, False),
        (-2.0, "higher", False, True),
        (0.0, "lower", True, False),
        (0.5, "lower", False, False),
        (2.0, "lower", False, True),
        # Better by far: kept, whatever the direction says of its sign.
        (5.0, "higher", True, False),
        (-5.0, "lower", True, False),
    ],
)
def test_three_outcomes_in_both_directions(estimate, better, noninferior, harmed):
    found = against_margin(wald(estimate, 0.3), 0.8, better=better)
    assert (found.noninferior, found.harmed) == (noninferior, harmed)
    assert (found.p_noninferior < 0.025) == noninferior
    assert (found.p_harmed < 0.025) == harmed


def test_p_value_against_statsmodels():
    rng = np.random.default_rng(24)
    a, b = rng.normal(5, 2, 60), rng.normal(4.8, 3, 45)
    arms = [MeanMoments(len(v), v.mean(), v.var(ddof=1)) for v in (a, b)]
    found = against_margin(means.difference(*arms), 1.0, better="higher")
    theirs = CompareMeans(DescrStatsW(b), DescrStatsW(a))
    want = theirs.ttest_ind(alternative="larger", usevar="unequal", value=-1.0)[1]
    assert found.p_noninferior == pytest.approx(want)
    assert found.p_noninferior + found.p_harmed == pytest.approx(1.0)


def test_shares_use_their_own_interval():
    made = shares.difference(Share(90, 100), Share(88, 100))
    found = against_margin(made, 0.10, better="higher")
    touching = made.at(1 - 2 * found.p_noninferior)
    assert touching.low == pytest.approx(-0.10, abs=1e-9)


def test_flags_follow_a_corrected_interval():
    made = wald(-0.5, 0.2)
    assert against_margin(made, 1.0, better="higher").noninferior
    assert not against_margin(made.at(0.999), 1.0, better="higher").noninferior
    strict = adjusted_comparisons([made] * 20, "bonferroni")[0].comparison
    assert against_margin(strict, 1.0, better="higher").level == pytest.approx(0.9975)


def test_margin_zero_asks_for_harm_and_superiority():
    worse = against_margin(wald(-3.0, 1.0), 0.0, better="higher")
    assert worse.harmed and worse.p_harmed == pytest.approx(stats.norm.sf(3))


def test_no_interval_no_answer():
    nothing = undefined("the control has no units", null="difference = 0", method="Welch's t")
    found = against_margin(nothing, 1.0, better="higher")
    assert found.noninferior is None and found.harmed is None
    assert found.reason == "the control has no units" and math.isnan(found.p_harmed)


def test_wrong_input():
    with pytest.raises(ValueError, match="margin"):
        against_margin(wald(1.0, 1.0), -1.0, better="higher")
    with pytest.raises(ValueError, match="higher, lower"):
        against_margin(wald(1.0, 1.0), 1.0, better="up")
    with pytest.raises(ValueError, match="two-sided"):
        against_margin(wald(1.0, 1.0, alternative="less"), 1.0, better="higher")


def test_false_claims_at_the_border():
    # Truly worse by exactly the margin: either claim is wrong, each in 2.5 % of the tests.
    rng = np.random.default_rng(25)
    draws = -1.0 + 0.4 * rng.normal(size=8000)
    found = [against_margin(wald(float(d), 0.4), 1.0, better="higher") for d in draws]
    noise = 3 * math.sqrt(0.025 * 0.975 / 8000)
    assert np.mean([f.noninferior for f in found]) == pytest.approx(0.025, abs=noise)
    assert np.mean([f.harmed for f in found]) == pytest.approx(0.025, abs=noise)
