"""Differences of means and lifts, against published tests, scipy and simulated truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.weightstats import CompareMeans, DescrStatsW

from toolkit.stats import means
from toolkit.stats.means import MeanMoments, from_count, from_sums

# GrowthBook, packages/stats/tests/frequentist/test_tests.py: means .41 and .70, standard
# deviations 3.9 and 6.2, given here as sums.
GROWTHBOOK = from_sums(3407, 1396.87, 52377.9767), from_sums(3461, 2422.7, 134698.29)
# tea-tasting, tests/metrics/test_mean.py, orders per user.
TEA = (
    MeanMoments(53, 0.5660377358490566, 0.7888243831640053),
    MeanMoments(47, 0.3829787234042553, 0.5023126734505092),
)


def moments(values):
    return MeanMoments(len(values), float(np.mean(values)), float(np.var(values, ddof=1)))


def test_growthbook_difference():
    found = means.difference(*GROWTHBOOK)
    assert found.estimate == pytest.approx(0.29, abs=1e-12)
    assert found.se == pytest.approx(0.12478, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((0.04538, 0.53462), abs=5e-6)
    assert found.p_value == pytest.approx(0.02016, abs=5e-6)
    assert found.null == "difference = 0"


def test_growthbook_relative_lift_has_another_null_and_another_p():
    found = means.relative(*GROWTHBOOK)
    assert found.estimate == pytest.approx(0.70732, abs=5e-6)
    assert found.se == pytest.approx(0.37879, abs=5e-6)
    assert (found.low, found.high) == pytest.approx((-0.03526, 1.44989), abs=5e-6)
    assert found.p_value == pytest.approx(0.06191, abs=5e-6)
    assert found.null == "ratio of means = 1"


def test_tea_tasting_difference_and_log_lift():
    found = means.difference(*TEA)
    assert found.estimate == pytest.approx(-0.18305901244480127, abs=1e-14)
    assert (found.low, found.high) == pytest.approx((-0.5004359360, 0.1343179112), abs=5e-11)
    assert found.p_value == pytest.approx(0.2551230546709908, abs=1e-12)
    assert found.statistic == pytest.approx(-1.1447678040118034, abs=1e-12)
    lift = means.relative(*TEA, scale="log")
    assert lift.estimate == pytest.approx(-0.32340425531914896)
    assert (lift.low, lift.high) == pytest.approx((-0.6593351111, 0.3437892095), abs=5e-11)


def test_sleep_paired():
    # Student (1908); R: t.test(extra ~ group, data = sleep, paired = TRUE).
    first = np.array([0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0])
    second = np.array([1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4])
    found = means.paired(moments(first - second))
    assert found.statistic == pytest.approx(-4.0621, abs=5e-5)
    assert found.df == 9
    assert found.p_value == pytest.approx(0.002833, abs=5e-7)
    assert (found.low, found.high) == pytest.approx((-2.4598858, -0.7001142), abs=5e-8)


@pytest.mark.parametrize("alternative", ["two-sided", "greater", "less"])
@pytest.mark.parametrize("equal", [False, True])
def test_against_scipy_on_random_samples(alternative, equal):
    rng = np.random.default_rng(11)
    for _ in range(20):
        a = rng.gamma(2, 3, rng.integers(3, 60))
        b = rng.gamma(2, 4, rng.integers(3, 60))
        want = stats.ttest_ind(b, a, equal_var=equal, alternative=alternative)
        found = means.difference(
            moments(a), moments(b), alternative=alternative, equal_variance=equal
        )
        assert found.statistic == pytest.approx(want.statistic)
        assert found.df == pytest.approx(want.df)
        assert found.p_value == pytest.approx(want.pvalue)
        ends = want.confidence_interval(0.95)
        assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_against_statsmodels_at_another_level():
    rng = np.random.default_rng(12)
    a, b = rng.normal(5, 2, 40), rng.normal(6, 5, 25)
    want = CompareMeans(DescrStatsW(b), DescrStatsW(a)).tconfint_diff(0.1, usevar="unequal")
    found = means.difference(moments(a), moments(b)).at(0.9)
    assert (found.low, found.high) == pytest.approx(want)


@pytest.mark.parametrize(
    ("arm", "difference", "t", "df", "ends"),
    [
        ("Mens E-Mail", 0.7698271559, 5.30014, 36671.158, (0.4851397, 1.0545145)),
        ("Womens E-Mail", 0.4244122159, 3.25637, None, None),
    ],
)
def test_hillstrom_spend(shared_data, arm, difference, t, df, ends):
    # Hillstrom's MineThatData e-mail test, 64,000 customers.
    rows = pd.read_csv(shared_data / "experiments" / "hillstrom.csv")
    assert len(rows) == 64000
    control = moments(rows.loc[rows.segment == "No E-Mail", "spend"])
    found = means.difference(control, moments(rows.loc[rows.segment == arm, "spend"]))
    assert found.estimate == pytest.approx(difference, abs=5e-11)
    assert found.statistic == pytest.approx(t, abs=5e-6)
    if df is not None:
        assert found.df == pytest.approx(df, abs=5e-4)
        # The upper end is printed cut off, not rounded: the two printed ends are not the same
        # distance from the estimate.
        assert (found.low, found.high) == pytest.approx(ends, abs=1e-7)


def test_too_few_units_say_so():
    full = MeanMoments(10, 1.0, 1.0)
    one = means.difference(MeanMoments(1, 2.0, math.nan), full)
    assert one.reason == "the control has 1 unit, and a variance needs two"
    assert one.estimate == -1.0
    none = means.difference(full, MeanMoments(0, math.nan, math.nan))
    assert none.reason == "the treatment has 0 units, and a variance needs two"
    assert "0 units" in means.relative(MeanMoments(0, math.nan, math.nan), full).reason
    assert means.interval(MeanMoments(0, math.nan, math.nan)).reason == "no units"
    assert means.interval(MeanMoments(1, 3.0, math.nan)).estimate == 3.0
    assert "1 pairs" in means.paired(MeanMoments(1, 3.0, math.nan)).reason


def test_no_variance():
    flat = MeanMoments(10, 1.0, 0.0)
    assert "nothing varies" in means.difference(flat, MeanMoments(10, 2.0, 0.0)).reason
    # One arm that varies is enough, with that arm's degrees of freedom.
    half = means.difference(flat, MeanMoments(10, 2.0, 3.0))
    assert half.defined and half.df == pytest.approx(9)


def test_zero_control_mean_has_no_lift_but_a_difference():
    zero, other = MeanMoments(10, 0.0, 1.0), MeanMoments(10, 2.0, 1.0)
    assert "is 0" in means.relative(zero, other).reason
    assert means.difference(zero, other).defined


def test_negative_means_keep_positive_as_higher():
    found = means.relative(MeanMoments(900, -10.0, 4.0), MeanMoments(900, -8.0, 4.0))
    assert found.estimate == pytest.approx(0.2) and found.low > 0
    words = means.relative(
        MeanMoments(900, -10.0, 4.0), MeanMoments(900, -8.0, 4.0), scale="log"
    ).reason
    assert "positive" in words


def test_huge_samples_keep_their_digits():
    found = means.difference(MeanMoments(1e12, 1.0, 1.0), MeanMoments(1e12, 1.00005, 1.0))
    assert found.statistic == pytest.approx(5e-5 / math.sqrt(2e-12), rel=1e-9)
    assert 0 < found.p_value < 1e-250


@settings(deadline=None, derandomize=True)
@given(
    st.lists(st.floats(-1e3, 1e3), min_size=2, max_size=30),
    st.floats(-100, 100),
)
def test_sums_give_the_moments_of_the_values(values, shift):
    data = np.array(values) + shift
    found = from_sums(len(data), data.sum(), (data**2).sum())
    assert found.mean == pytest.approx(data.mean(), abs=1e-9)
    assert found.variance == pytest.approx(data.var(ddof=1), rel=1e-6, abs=1e-6)


def test_impossible_inputs_are_refused():
    with pytest.raises(ValueError, match="sum of squares"):
        from_sums(10, 100.0, 10.0)
    with pytest.raises(ValueError, match="not negative"):
        MeanMoments(10, 1.0, -1.0)
    with pytest.raises(ValueError, match="not negative"):
        MeanMoments(-1, 1.0, 1.0)
    with pytest.raises(ValueError, match="finite"):
        MeanMoments(3, math.nan, 1.0)
    assert from_sums(0, 0, 0).n == 0
    assert from_sums(1, 5, 25).mean == 5
    assert from_count(3, 4) == MeanMoments(4, 0.75, 0.1875)


def test_welch_holds_its_level_with_unequal_spread_and_size():
    rng = np.random.default_rng(5)
    runs, sizes, sds = 4000, (12, 60), (5.0, 1.0)
    a = rng.normal(0, sds[0], (runs, sizes[0]))
    b = rng.normal(1, sds[1], (runs, sizes[1]))
    held = 0
    for x, y in zip(a, b, strict=True):
        found = means.difference(moments(x), moments(y))
        held += found.low <= 1 <= found.high
    # Three binomial standard errors of 4,000 runs.
    assert held / runs == pytest.approx(0.95, abs=3 * math.sqrt(0.95 * 0.05 / runs))
    # The pooled variance would not: here it covers far too rarely.
    pooled = sum(
        (f := means.difference(moments(x), moments(y), equal_variance=True)).low <= 1 <= f.high
        for x, y in zip(a[:500], b[:500], strict=True)
    )
    assert pooled / 500 < 0.85


def test_lift_holds_its_level():
    rng = np.random.default_rng(6)
    runs, n, lift = 3000, 400, 0.1
    a = rng.exponential(5, (runs, n))
    b = rng.exponential(5 * (1 + lift), (runs, n))
    for scale in ("linear", "log"):
        held = 0
        for x, y in zip(a, b, strict=True):
            found = means.relative(moments(x), moments(y), scale=scale)
            held += found.low <= lift <= found.high
        assert held / runs == pytest.approx(0.95, abs=0.013)
