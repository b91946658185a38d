"""Shares, against published numbers, statsmodels, scipy and simulated truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import (
    confint_proportions_2indep,
    proportion_confint,
    proportions_ztest,
)

from toolkit.stats import shares
from toolkit.stats.shares import Share

# tea-tasting, tests/metrics: 19 of 53 in the control, 13 of 47 in the treatment.
TEA = Share(19, 53), Share(13, 47)


@pytest.mark.parametrize(
    ("test", "p"),
    [
        ("pooled", 0.3809096823),
        ("yates", 0.5083165530),
        ("fisher", 0.3999948918),
        ("boschloo", 0.4000169399),
    ],
)
def test_tea_tasting_p_values_and_newcombe_interval(test, p):
    found = shares.difference(*TEA, test=test)
    assert found.p_value == pytest.approx(p, abs=1e-10)
    assert (found.low, found.high) == pytest.approx((-0.2539847, 0.1003460), abs=5e-8)


@pytest.mark.parametrize(
    ("treatment", "control", "low", "high"),
    [
        # Newcombe (1998), Statistics in Medicine 17:873, table II, method 10.
        ((56, 70), (48, 80), 0.0524, 0.3339),
        ((9, 10), (3, 10), 0.1705, 0.8090),
        ((5, 56), (0, 29), -0.0381, 0.1926),
        ((0, 10), (0, 20), -0.1611, 0.2775),
        ((0, 10), (0, 10), -0.2775, 0.2775),
        ((10, 10), (0, 20), 0.6791, 1.0000),
        ((10, 10), (0, 10), 0.6075, 1.0000),
    ],
)
def test_newcombe_table(treatment, control, low, high):
    found = shares.difference(Share(*control), Share(*treatment))
    assert (found.low, found.high) == pytest.approx((low, high), abs=5.1e-5)


@pytest.mark.parametrize(
    ("count", "n", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17:857, table I, method 3.
    [(81, 263, 0.255289, 0.366210), (0, 20, 0, 0.161125), (15, 148, 0.0624, 0.1605),
     (1, 29, 0.0061, 0.1718)],
)  # fmt: skip
def test_wilson(count, n, low, high):
    found = shares.interval(Share(count, n))
    close = 5e-7 if n in (263, 20) else 5.1e-5
    assert (found.low, found.high) == pytest.approx((low, high), abs=close)


@pytest.mark.parametrize(
    ("arm", "metric", "difference"),
    [
        ("Mens E-Mail", "visit", 0.0765895637),
        ("Mens E-Mail", "conversion", 0.0068050065),
        ("Womens E-Mail", "visit", 0.0452331066),
        ("Womens E-Mail", "conversion", 0.0031110575),
    ],
)
def test_hillstrom(shared_data, arm, metric, difference):
    rows = pd.read_csv(shared_data / "experiments" / "hillstrom.csv")
    count = rows.groupby("segment")[metric].agg(["sum", "size"])
    control, treatment = (Share(*count.loc[name]) for name in ("No E-Mail", arm))
    found = shares.difference(control, treatment)
    assert found.estimate == pytest.approx(difference, abs=5e-11)
    if (arm, metric) == ("Mens E-Mail", "visit"):
        assert (round(100 * control.value, 3), round(100 * treatment.value, 3)) == (10.617, 18.276)
        assert found.statistic == pytest.approx(22.48604, abs=5e-6)
        assert (found.low, found.high) == pytest.approx((0.0699533, 0.0832267), abs=5e-8)
        assert 0 < found.p_value < 1e-100
    if (arm, metric) == ("Mens E-Mail", "conversion"):
        assert found.statistic == pytest.approx(7.38511, abs=5e-6)
    if (arm, metric) == ("Womens E-Mail", "visit"):
        assert round(100 * treatment.value, 3) == 15.140


def random_pairs(seed, runs=60):
    rng = np.random.default_rng(seed)
    for _ in range(runs):
        n = rng.integers(5, 400, 2)
        x = [rng.integers(1, size) for size in n]
        yield Share(x[0], n[0]), Share(x[1], n[1])


def test_against_statsmodels():
    for c, t in random_pairs(3):
        pair = (t.count, t.n, c.count, c.n)
        z, p = proportions_ztest([t.count, c.count], [t.n, c.n])
        found = shares.difference(c, t)
        assert (found.statistic, found.p_value) == pytest.approx((z, p))
        want = confint_proportions_2indep(*pair, method="newcomb", compare="diff")
        assert (found.low, found.high) == pytest.approx(want)
        want = confint_proportions_2indep(*pair, method="log", compare="ratio")
        lift = shares.relative(c, t, method="log")
        assert (1 + lift.low, 1 + lift.high) == pytest.approx(want)
        want = proportion_confint(t.count, t.n, method="wilson")
        own = shares.interval(t)
        assert (own.low, own.high) == pytest.approx(want)


def test_koopman_against_statsmodels():
    for c, t in random_pairs(4):
        want = confint_proportions_2indep(
            t.count, t.n, c.count, c.n, method="score", compare="ratio", correction=False
        )
        found = shares.relative(c, t)
        assert (1 + found.low, 1 + found.high) == pytest.approx(want, rel=1e-5)


def test_koopman_and_the_pooled_z_are_one_test():
    # At a ratio of 1 the score statistic is the pooled z (Koopman 1984).
    for c, t in random_pairs(5):
        assert shares.relative(c, t).statistic == pytest.approx(shares.pooled_z(c, t), abs=1e-9)


def test_koopman_published_example():
    # Koopman (1984), Biometrics 40:513, section 5: 36/40 v 16/80, 95 % 2.940 to 7.152.
    found = shares.relative(Share(16, 80), Share(36, 40))
    assert (1 + found.low, 1 + found.high) == pytest.approx((2.940, 7.152), abs=0.01)


def test_one_sided_tests_against_scipy():
    table = [[13, 19], [34, 34]]
    for side in ("greater", "less"):
        found = shares.difference(*TEA, test="fisher", alternative=side)
        assert found.p_value == pytest.approx(stats.fisher_exact(table, side).pvalue)
    less = shares.difference(*TEA, alternative="less")
    assert less.p_value == pytest.approx(0.3809096823 / 2, abs=1e-10)
    assert less.low == -math.inf


def test_yates_against_the_corrected_chi_square():
    for c, t in random_pairs(6, 20):
        table = [[t.count, c.count], [t.n - t.count, c.n - c.count]]
        want = stats.chi2_contingency(table, correction=True)
        found = shares.difference(c, t, test="yates")
        assert found.statistic**2 == pytest.approx(want.statistic, abs=1e-9)
        assert found.p_value == pytest.approx(want.pvalue)


def test_none_and_all():
    none, some, every = Share(0, 50), Share(5, 50), Share(50, 50)
    assert shares.interval(none).low == 0.0
    assert shares.interval(every).high == 1.0
    assert shares.difference(none, none).p_value == 1.0
    assert shares.difference(every, every).p_value == 1.0
    assert "no unit of the control" in shares.relative(none, some).reason
    down = shares.relative(some, none)
    assert (down.estimate, down.low) == (-1.0, -1.0) and -1 < down.high < 1
    assert "logarithm" in shares.relative(some, none, method="log").reason
    assert "nothing varies" in shares.relative(every, every).reason
    up = shares.relative(some, every)
    assert up.low > 1 and up.high > 9


def test_no_units_say_which_arm():
    empty, full = Share(0, 0), Share(3, 9)
    assert shares.difference(empty, full).reason == "the control has no units"
    assert shares.relative(full, empty).reason == "the treatment has no units"
    assert shares.interval(empty).reason == "no units"


def test_impossible_counts_are_refused():
    for count, n in ((9, 8), (-1, 8), (0.5, 8), (3, 8.5)):
        with pytest.raises(ValueError):
            Share(count, n)
    with pytest.raises(ValueError, match="pooled, yates, fisher, boschloo"):
        shares.difference(*TEA, test="barnard")
    with pytest.raises(ValueError, match="too long"):
        shares.difference(Share(10, 5000), Share(20, 5000), test="boschloo")


def test_only_zeros_and_ones_are_a_share():
    assert shares.zero_one_problem(10, 4, 6) is None
    assert shares.zero_one_problem(10, 4, 5) == "1 of 10 values are neither 0 nor 1"
    with pytest.raises(ValueError):
        shares.zero_one_problem(10, 8, 6)


def test_huge_counts():
    found = shares.difference(Share(10**9, 10**10), Share(10**9 + 10**6, 10**10))
    assert found.low < 1e-4 < found.high
    assert 1e-130 < found.p_value < 1e-100
    assert found.p_against(0.0) == pytest.approx(found.p_value, rel=0.05)


@pytest.mark.parametrize(("p", "q", "n"), [(0.02, 0.05, 80), (0.3, 0.5, 40), (0.5, 0.97, 60)])
def test_newcombe_and_koopman_hold_their_level(p, q, n):
    # Exact coverage: every outcome weighed by its probability, no chance involved.
    x = np.arange(n + 1)
    weights = np.outer(stats.binom.pmf(x, n, p), stats.binom.pmf(x, n, q))
    difference = ratio = 0.0
    for a in x:
        for b in x:
            if weights[a, b] < 1e-5:
                continue
            c, t = Share(a, n), Share(b, n)
            found = shares.difference(c, t)
            difference += weights[a, b] * (found.low <= q - p <= found.high)
            # No success in the control leaves the ratio unbounded, so nothing is missed.
            lift = shares.relative(c, t)
            ratio += weights[a, b] * (not lift.defined or lift.low <= q / p - 1 <= lift.high)
    assert 0.935 < difference / weights[weights >= 1e-5].sum() < 0.99
    assert 0.935 < ratio / weights[weights >= 1e-5].sum() < 0.99
