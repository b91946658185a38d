"""Sample ratio mismatch, against Kohavi, Tang & Xu, tea-tasting, Hillstrom and scipy."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.stats.sample_ratio import sample_ratio


@pytest.mark.parametrize(
    ("counts", "p", "close"),
    [
        ((44000, 45000), 0.00080228, 5e-9),
        ((600, 400), 2.5396e-10, 5e-15),
        # Kohavi, Tang & Xu (2020), chapter 21.
        ((821588, 815482), 1.82179e-6, 5e-12),
    ],
)
def test_published_mismatches(counts, p, close):
    found = sample_ratio(counts)
    assert found.p_value == pytest.approx(p, abs=close)
    assert found.passed is False


def test_hillstrom_three_arms(shared_data):
    rows = pd.read_csv(shared_data / "experiments" / "hillstrom.csv")
    found = sample_ratio(rows.segment.value_counts().tolist())
    assert found.p_value == pytest.approx(0.9037, abs=5e-5)
    assert found.df == 2 and found.passed is True


def test_tea_tasting_exact_and_normal():
    # tests/metrics/test_proportion.py: 53 against 47.
    exact = sample_ratio([53, 47], method="exact")
    assert exact.p_value == pytest.approx(0.6172994135892521)
    assert sample_ratio([53, 47]).p_value == pytest.approx(0.5485062355001472)


def test_the_intended_split_is_what_counts():
    assert sample_ratio([9500, 500], [95, 5]).p_value == pytest.approx(1.0)
    assert sample_ratio([9500, 500], [0.95, 0.05]).p_value == pytest.approx(1.0)
    # Equal arms are a mismatch when 95 to 5 was meant.
    assert sample_ratio([5000, 5000], [95, 5]).passed is False
    want = stats.chisquare([9400, 600], [9500, 500])
    assert sample_ratio([9400, 600], [95, 5]).p_value == pytest.approx(want.pvalue)


def test_few_units_are_counted_exactly():
    assert sample_ratio([3, 1]).method == "exact"
    assert sample_ratio([3, 1]).p_value == pytest.approx(stats.binomtest(3, 4, 0.5).pvalue)
    # Three arms, four units: all in one arm has probability 3 / 81.
    found = sample_ratio([4, 0, 0])
    assert found.method == "exact" and found.p_value == pytest.approx(3 / 81)
    # Against brute force over all assignments of six units to unequal arms.
    shares = np.array([0.5, 0.3, 0.2])
    own = stats.multinomial.pmf([1, 1, 4], 6, shares)
    want = sum(
        p
        for a in range(7)
        for b in range(7 - a)
        if (p := stats.multinomial.pmf([a, b, 6 - a - b], 6, shares)) <= own * (1 + 1e-9)
    )
    assert sample_ratio([1, 1, 4], shares).p_value == pytest.approx(want)


def test_nothing_to_judge():
    assert sample_ratio([0, 0]).passed is None
    assert sample_ratio([0, 0]).reason == "no units"
    assert "one arm" in sample_ratio([10]).reason
    assert math.isnan(sample_ratio([10]).p_value)


def test_an_empty_arm_is_a_mismatch():
    assert sample_ratio([1000, 0]).passed is False


@pytest.mark.parametrize(
    ("counts", "intended"),
    [([-1, 5], None), ([1.5, 5], None), ([5, 5], [1]), ([5, 5], [1, 0]), ([5, 5], [1, math.nan])],
)
def test_wrong_input(counts, intended):
    with pytest.raises(ValueError):
        sample_ratio(counts, intended)


def test_too_many_tables_are_refused_by_name():
    with pytest.raises(ValueError, match="too many"):
        sample_ratio([1000] * 6, method="exact")


def test_false_alarms_are_one_in_a_thousand():
    rng = np.random.default_rng(7)
    draws = rng.multinomial(9000, [0.5, 0.25, 0.25], 20_000)
    alarms = sum(sample_ratio(row.tolist(), [2, 1, 1]).passed is False for row in draws)
    # Poisson of mean 20: 99.9 % of the time between 7 and 37.
    assert 7 <= alarms <= 37
