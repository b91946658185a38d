"""Ratios of sums, against tea-tasting, Hillstrom, least squares by cluster, and simulation."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm

from toolkit.stats import means, ratios
from toolkit.stats.means import MeanMoments
from toolkit.stats.ratios import RatioMoments

# tea-tasting, tests/metrics/test_mean.py: orders per session.
CONTROL = RatioMoments(
    53, 0.5660377358490566, 1.9811320754716981, 0.7888243831640053, 0.9804063860667634,
    0.39550072568940503,
)  # fmt: skip
TREATMENT = RatioMoments(
    47, 0.3829787234042553, 1.8936170212765957, 0.5023126734505092, 0.7927844588344127,
    0.15032377428307112,
)  # fmt: skip


def moments(y, x):
    matrix = np.cov(y, x)
    return RatioMoments(
        len(y), np.mean(y), np.mean(x), matrix[0, 0], matrix[1, 1], matrix[0, 1]
    )


def test_tea_tasting_pooled_one_sided():
    found = ratios.difference(CONTROL, TREATMENT, equal_variance=True, alternative="greater")
    assert found.estimate == pytest.approx(-0.0834670947, abs=5e-11)
    assert found.statistic == pytest.approx(-1.0794048813, abs=5e-11)
    assert found.p_value == pytest.approx(0.8584716348, abs=5e-11)
    assert found.low == pytest.approx(-0.21187246704, abs=5e-11)
    assert found.high == math.inf
    lift = ratios.relative(
        CONTROL, TREATMENT, equal_variance=True, alternative="greater", scale="log"
    )
    assert lift.estimate == pytest.approx(-0.2921348314606741)
    assert lift.low == pytest.approx(-0.5852384654, abs=5e-11)


def test_denominator_of_one_is_a_mean():
    a, b = RatioMoments(30, 4.0, 1.0, 9.0, 0.0, 0.0), RatioMoments(40, 5.0, 1.0, 16.0, 0.0, 0.0)
    plain = MeanMoments(30, 4.0, 9.0), MeanMoments(40, 5.0, 16.0)
    found, want = ratios.difference(a, b), means.difference(*plain)
    assert (found.low, found.high, found.p_value) == (want.low, want.high, want.p_value)
    assert ratios.interval(a).low == means.interval(plain[0]).low


def test_hillstrom_spend_per_order(shared_data):
    rows = pd.read_csv(shared_data / "experiments" / "hillstrom.csv")
    arms = {name: moments(g.spend, g.conversion) for name, g in rows.groupby("segment")}
    control, treatment = arms["No E-Mail"], arms["Mens E-Mail"]
    assert ratios.interval(control).estimate == pytest.approx(114.0027, abs=5e-5)
    assert ratios.interval(treatment).estimate == pytest.approx(113.5269, abs=5e-5)
    assert ratios.difference(control, treatment).p_value == pytest.approx(0.967, abs=5e-4)


def test_standard_error_is_that_of_least_squares_through_the_origin_by_unit():
    # The ratio is weighted least squares of y / x with weights x; its cluster-robust (HC0)
    # error is the delta method's with divisor n instead of n - 1.
    rng = np.random.default_rng(8)
    x = rng.integers(1, 9, 300).astype(float)
    y = 2 * x + rng.normal(0, 1, 300) * x**0.5 + rng.normal(0, 1, 300)
    fit = sm.WLS(y / x, np.ones(300), weights=x).fit(cov_type="HC0")
    found = ratios.interval(moments(y, x))
    assert found.estimate == pytest.approx(fit.params[0])
    assert found.se == pytest.approx(fit.bse[0] * math.sqrt(300 / 299))
    assert found.df == 299


def test_clusters_are_units_of_the_sums():
    # Cluster-robust least squares of rows on a constant, with the small-sample factor
    # G / (G - 1) (N - 1) / N of statsmodels taken out but for G / (G - 1).
    rng = np.random.default_rng(9)
    groups = np.repeat(np.arange(40), rng.integers(2, 20, 40))
    rows = rng.normal(3, 1, len(groups)) + rng.normal(0, 2, 40)[groups]
    fit = sm.OLS(rows, np.ones(len(rows))).fit(
        cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False}
    )
    y, x = np.bincount(groups, rows), np.bincount(groups).astype(float)
    found = ratios.interval(moments(y, x))
    assert found.estimate == pytest.approx(rows.mean())
    assert found.se == pytest.approx(fit.bse[0] * math.sqrt(40 / 39))
    assert (found.n, found.df) == (40, 39)


def test_empty_denominators_and_thin_arms_say_so():
    empty = RatioMoments(5, 0.0, 0.0, 0.0, 0.0, 0.0)
    nobody = RatioMoments(0, math.nan, math.nan, math.nan, math.nan, math.nan)
    assert ratios.interval(empty).reason == "the denominator is empty"
    assert ratios.difference(empty, TREATMENT).reason == "control: the denominator is empty"
    assert ratios.relative(CONTROL, nobody).reason == "treatment: no units"
    one = RatioMoments(1, 2.0, 4.0, math.nan, math.nan, math.nan)
    assert "1 unit" in ratios.difference(one, TREATMENT).reason
    with pytest.raises(ValueError, match="denominator is empty"):
        empty.linearised()


def test_proportional_numerator_does_not_vary():
    x = np.arange(1.0, 9.0)
    assert moments(0.3 * x, x).linearised().variance == 0.0


def test_impossible_moments_are_refused():
    with pytest.raises(ValueError, match="covariance"):
        RatioMoments(9, 1, 1, 1.0, 1.0, 1.5)
    with pytest.raises(ValueError, match="not be negative"):
        RatioMoments(9, 1, 1, -1.0, 1.0, 0.0)


def test_ratio_holds_its_level_where_rows_within_units_agree():
    rng = np.random.default_rng(10)
    runs, units, truth = 2000, 300, 0.4
    held = naive = 0
    for _ in range(runs):
        x = 1 + rng.poisson(3, units)
        rate = rng.beta(2, 3, units)
        y = rng.binomial(x, rate)
        found = ratios.interval(moments(y, x))
        held += found.low <= truth <= found.high
        p, n = y.sum() / x.sum(), x.sum()
        naive += abs(p - truth) <= 1.96 * math.sqrt(p * (1 - p) / n)
    assert held / runs == pytest.approx(0.95, abs=0.015)
    # Counting rows as independent would miss far more often.
    assert naive / runs < 0.9


def test_buckets_keep_their_coverage():
    # 64 buckets of units: t with 63 degrees of freedom for the same ratio.
    rng = np.random.default_rng(13)
    runs, units, buckets, truth = 1500, 1500, 64, 2.0
    held = 0
    for _ in range(runs):
        x = 1.0 + rng.poisson(2, units)
        y = truth * x + rng.normal(0, 2, units) * x
        place = rng.integers(0, buckets, units)
        found = ratios.interval(
            moments(np.bincount(place, y, buckets), np.bincount(place, x, buckets))
        )
        held += found.low <= truth <= found.high
    assert held / runs == pytest.approx(0.95, abs=0.018)
