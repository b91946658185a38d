"""Changes between survey waves: paired, standardised, and the part that is mix."""

from __future__ import annotations

import numpy as np
import pytest
import statsmodels.api as sm
from scipy import stats

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.waves import Wave, paired_change, standardised_change, wave_change

# Student (1908): hours of sleep gained by ten patients under two drugs (R's `sleep`)
FIRST = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
SECOND = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])


def test_repeated_respondents_are_students_paired_t():
    """R: t.test(extra ~ group, sleep, paired = TRUE): t -4.0621, df 9, p .002833."""
    people = np.arange(10)
    order = np.random.default_rng(0).permutation(10)
    found = paired_change(
        Wave(FIRST, people=people), Wave(SECOND[order], people=people[order])
    )
    assert found.comparison.statistic == pytest.approx(4.06213, abs=5e-6)
    assert found.comparison.df == 9
    assert found.comparison.p_value == pytest.approx(0.0028329, abs=5e-8)
    assert (found.method, found.n_both) == ("paired", 10)


def test_weighted_pairs_are_a_weighted_mean_with_a_robust_error():
    rng = np.random.default_rng(1)
    before, after, weights = rng.normal(size=30), rng.normal(size=30), rng.uniform(1, 3, 30)
    people = np.arange(30)
    found = paired_change(
        Wave(before, people=people), Wave(after, weights=weights, people=people)
    )
    oracle = sm.WLS(after - before, np.ones(30), weights).fit(cov_type="HC1")
    assert found.comparison.estimate == pytest.approx(oracle.params[0])
    assert found.comparison.se == pytest.approx(oracle.bse[0])


def test_one_stratum_is_welch():
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=40), rng.normal(1, 2, size=60)
    found = standardised_change(Wave(a), Wave(b))
    oracle = stats.ttest_ind(b, a, equal_var=False)
    assert found.comparison.p_value == pytest.approx(oracle.pvalue, rel=1e-9)
    assert found.mix == pytest.approx(0, abs=1e-12)


def waves(rng, change=0.0):
    """Happy young and unhappy old customers; more of the young answer the second time."""
    strata = np.repeat(["young", "old", "young", "old"], [100, 300, 300, 100])
    answers = np.where(strata == "young", 9.0, 6.0) + rng.normal(size=800)
    answers[400:] += change
    return Wave(answers[:400], strata=strata[:400]), Wave(answers[400:], strata=strata[400:])


def test_a_shift_of_mix_is_no_change():
    """Kitagawa 1955 by hand: shares .25 to .75, means 9 and 6, so the mix moves 1.5."""
    found = standardised_change(*waves(np.random.default_rng(3)))
    assert found.raw == pytest.approx(1.5, abs=0.2)
    assert found.mix == pytest.approx(1.5, abs=0.1)
    assert found.comparison.low < 0 < found.comparison.high
    assert found.reference == {"old": 0.5, "young": 0.5}
    assert found.shares_before == {"old": 0.75, "young": 0.25}


def test_the_reference_decides_the_mix():
    before = Wave([1.0, 3, 5, 7], strata=["a", "a", "b", "b"])
    after = Wave([2.0, 4, 9, 11, 10, 10], strata=["a", "a", "b", "b", "b", "b"])
    # changes: a 3 - 2 = 1, b 10 - 6 = 4
    for reference, effect in (("before", 2.5), ("after", 3.0), ({"a": 3, "b": 1}, 1.75)):
        found = standardised_change(before, after, reference=reference)
        assert found.comparison.estimate == pytest.approx(effect)


def test_planted_changes_are_covered():
    """600 pairs of waves, seed 4: 95 % is 570, Monte Carlo sd 5.3."""
    rng = np.random.default_rng(4)
    hits = 0
    for _ in range(600):
        found = standardised_change(*waves(rng, change=0.4)).comparison
        hits += found.low <= 0.4 <= found.high
    assert 554 <= hits <= 586


def test_the_method_follows_who_answered_again():
    rng = np.random.default_rng(5)
    people = np.arange(80)
    first = Wave(rng.normal(size=80), people=people)
    assert wave_change(first, Wave(rng.normal(size=80), people=people + 20)).method == "paired"
    found = wave_change(first, Wave(rng.normal(size=80), people=people + 60))
    assert (found.method, found.n_both) == ("standardised", 20)
    assert wave_change(first, Wave(rng.normal(size=80))).method == "standardised"


def test_what_cannot_be_is_named():
    with pytest.raises(CannotBeEstimated, match=r"merged: b \(1 and 2\), c \(0 and 2\)"):
        standardised_change(
            Wave([1.0, 2, 3], strata=["a", "a", "b"]),
            Wave([1.0, 2, 3, 4, 5, 6], strata=["a", "a", "b", "b", "c", "c"]),
        )
    with pytest.raises(CannotBeEstimated, match="no labels of people"):
        paired_change(Wave(FIRST), Wave(SECOND))
    with pytest.raises(CannotBeEstimated, match="at least 2 answers"):
        Wave([np.nan, 1.0])
    with pytest.raises(ValueError, match="more than once"):
        Wave([1.0, 2.0], people=[1, 1])
    with pytest.raises(ValueError, match="before, after, both"):
        standardised_change(Wave(FIRST), Wave(SECOND), reference="first")
