"""Which method the data call for, and that its numbers are those of an independent source."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.proportion import confint_proportions_2indep, proportions_ztest
from two_arm_tables import declared, shares, two_arms

from toolkit import experiments
from toolkit.experiments import Experiment, Metric


def effect(table, definition, metric, arm=None):
    return experiments.estimate(table, definition).of(metric, arm)


def test_a_share_is_newcombe_and_the_pooled_z():
    """19 of 53 and 13 of 47: tea-tasting's tests and statsmodels print these."""
    found = effect(shares((19, 53), (13, 47)), declared(Metric("hit", role="primary")), "hit")
    assert found.kind == "share" and found.unit == "points"
    d = found.difference
    assert d.p_value == pytest.approx(0.3809096823, abs=1e-10)
    assert (d.low, d.high) == pytest.approx((-0.2539847, 0.1003460), abs=1e-7)
    assert d.statistic == pytest.approx(proportions_ztest([13, 19], [47, 53])[0])
    assert (d.low, d.high) == pytest.approx(confint_proportions_2indep(13, 47, 19, 53, method="newcomb"))


def test_booleans_are_a_share():
    table = shares((19, 53), (13, 47)).assign(hit=lambda t: t.hit == 1)
    assert effect(table, declared(Metric("hit", role="primary")), "hit").kind == "share"


@pytest.mark.parametrize("third", [2, 0.5, -1])
def test_one_value_beside_0_and_1_makes_it_a_mean(third):
    table = shares((19, 53), (13, 47)).astype({"hit": float})
    table.loc[0, "hit"] = third
    found = effect(table, declared(Metric("hit", role="primary")), "hit")
    assert found.kind == "mean"
    a, b = (table.hit[table.arm == arm] for arm in "ab")
    welch = stats.ttest_ind(b, a, equal_var=False)
    assert found.difference.p_value == pytest.approx(welch.pvalue)


def test_a_mean_is_welch_and_names_both_nulls():
    table = two_arms(2, 301, lift=0.3)
    found = effect(table, declared(), "y")
    a, b = (table.y[table.arm == arm] for arm in "ab")
    welch = stats.ttest_ind(b, a, equal_var=False)
    ends = welch.confidence_interval()
    assert found.kind == "mean"
    assert (found.difference.low, found.difference.high) == pytest.approx((ends.low, ends.high))
    assert found.difference.df == pytest.approx(welch.df)
    assert found.difference.null == "difference = 0" and found.relative.null == "ratio of means = 1"
    assert found.relative.estimate == pytest.approx(b.mean() / a.mean() - 1)


def test_published_moments_of_a_mean_pass_through():
    """GrowthBook's published case: n 3407, sum 1396.87 … gives .29, .04538 to .53462, p .02016."""

    def with_moments(n: int, total: float, squares: float) -> np.ndarray:
        mean = total / n
        half = np.sqrt((squares - total * mean) / (n - 1) * (n - 1) / (2 * (n // 2)))
        values = np.full(n, mean)
        values[: n // 2] += half
        values[n // 2 : 2 * (n // 2)] -= half
        return values

    parts = {"a": with_moments(3407, 1396.87, 52377.9767), "b": with_moments(3461, 2422.7, 134698.29)}
    table = pd.concat([pd.DataFrame({"arm": arm, "y": v}) for arm, v in parts.items()])
    found = effect(table, declared(), "y")
    assert found.difference.estimate == pytest.approx(0.29, abs=1e-5)
    assert found.difference.se == pytest.approx(0.12478, abs=1e-5)
    assert (found.difference.low, found.difference.high) == pytest.approx((0.04538, 0.53462), abs=1e-5)
    assert found.difference.p_value == pytest.approx(0.02016, abs=1e-5)
    assert found.relative.p_value == pytest.approx(0.06191, abs=1e-5)


def test_missing_values_leave_both_sums():
    """Dropping the rows beforehand gives the same number: for a mean, a share and a filtered mean."""
    table = two_arms(3, 600, lift=0.2)
    rng = np.random.default_rng(3)
    table["hit"] = rng.binomial(1, 0.3, 600).astype(float)
    table["kept"] = rng.binomial(1, 0.7, 600)
    table.loc[rng.choice(600, 90, replace=False), ["y", "hit"]] = np.nan
    metrics = [Metric("y", role="primary"), Metric("hit"), Metric("some", "y", where="kept = 1")]
    found = experiments.estimate(table, declared(*metrics))
    for name, rows in (("y", table.dropna()), ("hit", table.dropna()), ("some", table[table.kept == 1].dropna())):
        column = "y" if name == "some" else name
        alone = effect(rows[["arm", column]], declared(Metric(column, role="primary")), column)
        for field in ("estimate", "low", "high", "p_value"):
            assert getattr(found.of(name).difference, field) == pytest.approx(
                getattr(alone.difference, field), rel=1e-9)  # fmt: skip
        assert found.of(name).before.missing == (table.arm == "a").sum() - (rows.arm == "a").sum()


def test_a_ratio_is_the_delta_method():
    """Published moments (tea-tasting): effect -.0834670947; here against the same by bootstrap-free algebra."""
    rng = np.random.default_rng(4)
    n = 500
    orders = rng.poisson(2, n)
    spend = orders * rng.gamma(2, 10, n)
    table = pd.DataFrame({"arm": rng.choice(["a", "b"], n), "orders": orders, "spend": spend})
    found = effect(table, declared(Metric("per", "spend", "orders", role="primary")), "per")
    ratios, errors = [], []
    for arm in "ab":
        t = table[table.arm == arm]
        r = t.spend.sum() / t.orders.sum()
        z = (t.spend - r * t.orders) / t.orders.mean()
        ratios.append(r)
        errors.append(z.std(ddof=1) / np.sqrt(len(t)))
    assert found.kind == "ratio"
    assert found.difference.estimate == pytest.approx(ratios[1] - ratios[0])
    assert found.difference.se == pytest.approx(np.hypot(*errors))


def test_several_rows_of_a_unit_are_one_unit():
    """The clustered error equals that of the linearised sums by unit, not that of rows."""
    rng = np.random.default_rng(5)
    units = np.arange(300)
    rows = rng.integers(1, 6, 300)
    table = pd.DataFrame({"customer_id": units.repeat(rows)})
    table["arm"] = np.where(table.customer_id % 2, "b", "a")
    table["late"] = (rng.normal(size=300).repeat(rows) + rng.normal(size=len(table)) * 0.3 > 0.5).astype(int)
    found = effect(table, declared(Metric("late", role="primary"), unit="customer_id"), "late")
    sums = table.groupby(["arm", "customer_id"]).late.agg(["sum", "count"])
    errors = []
    for arm in "ab":
        t = sums.loc[arm]
        r = t["sum"].sum() / t["count"].sum()
        errors.append(((t["sum"] - r * t["count"]) / t["count"].mean()).std(ddof=1) / np.sqrt(len(t)))
    assert found.kind == "ratio" and found.before.n == 150
    assert found.difference.se == pytest.approx(np.hypot(*errors))
    alone = effect(table, declared(Metric("late", role="primary")), "late")
    assert alone.difference.se < 0.8 * found.difference.se


def test_clusters_that_were_assigned_together_are_the_units():
    table = two_arms(6, 400).assign(shop=lambda t: t.index // 10 * 2 + (t.arm == "b"))
    found = experiments.estimate(table, declared(cluster="shop"))
    assert [a.units for a in found.reading.arms] == [40, 40]
    assert found.sample_ratio.counts == (40, 40)
    assert found.of("y").difference.df < 80


def test_a_percentile_by_order_statistics():
    """scipy's exact interval of one quantile (quantile_test) for each arm."""
    table = two_arms(7, 801, lift=1)
    found = effect(table, declared(Metric("p80", "y", quantile=0.8, role="primary")), "p80")
    for level, arm in ((found.before, "a"), (found.after, "b")):
        y = table.y[table.arm == arm]
        assert level.value.estimate == pytest.approx(np.quantile(y, 0.8))
        ends = stats.quantile_test(y, p=0.8).confidence_interval(0.95)
        assert (level.value.low, level.value.high) == pytest.approx((ends.low, ends.high))
    assert found.difference.low < 1 < found.difference.high


def test_a_percentile_of_clustered_rows_has_a_wider_interval():
    rng = np.random.default_rng(8)
    centre = rng.normal(0, 1, 200).repeat(10)
    table = pd.DataFrame({"who": np.arange(200).repeat(10), "y": centre + rng.normal(0, 0.2, 2000)})
    table["arm"] = np.where(table.who % 2, "b", "a")
    metric = Metric("half", "y", quantile=0.5, role="primary")
    by_unit = effect(table, declared(metric, unit="who"), "half")
    by_row = effect(table, declared(metric), "half")
    assert by_unit.difference.estimate == by_row.difference.estimate
    assert by_unit.difference.se > 2 * by_row.difference.se


def test_arms_are_compared_as_text():
    table = two_arms(9).assign(arm=lambda t: (t.arm == "b").astype(int))
    found = experiments.estimate(
        table, Experiment(arm="arm", control=0, arms={0: 1, 1: 1}, metrics=[Metric("y", role="primary")])
    )
    assert found.of("y").arm == "1" and found.of("y").before.n == 200


def test_beyond_the_limit_buckets_stand_for_units():
    """The estimate is the same; the error agrees within what 255 degrees of freedom allow."""
    rng = np.random.default_rng(10)
    table = pd.DataFrame({"who": np.arange(6000).repeat(2)})
    table["arm"] = np.where(table.who % 2, "b", "a")
    table["y"] = rng.gamma(2, 5, len(table))
    exact = effect(table, declared(unit="who"), "y")
    found = experiments.estimate(table, declared(unit="who", exact_units=100))
    assert found.reading.basis == "buckets" and found.sample_ratio.counts == (3000, 3000)
    assert found.of("y").difference.estimate == pytest.approx(exact.difference.estimate)
    # the root of a chi-square over its 255 degrees of freedom lies within 4 of its deviations
    assert found.of("y").difference.se == pytest.approx(exact.difference.se, rel=4 / np.sqrt(2 * 255))
    assert 200 < found.of("y").difference.df <= 510


def test_probability_of_being_best_adds_up_over_arms():
    found = effect(two_arms(11, lift=0.2), declared(), "y")
    assert found.best + found.best_of_control == pytest.approx(1)
    z = found.difference.estimate / found.difference.se
    assert found.best == pytest.approx(stats.norm.cdf(z), abs=1e-9)
