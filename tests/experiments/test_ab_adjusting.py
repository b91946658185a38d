"""Units' histories taken out and strata weighed alike: against least squares, and when not to."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.formula.api as smf
from two_arm_tables import declared

from toolkit import experiments
from toolkit.experiments import Metric
from toolkit.experiments.adjusting import AdjustedArms
from toolkit.stats.means import MeanMoments


def history(seed: int = 1, n: int = 800, lift: float = 0.3) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    before = rng.gamma(2, 3, n)
    visits = rng.poisson(3, n).astype(float)
    region = rng.choice(["north", "south", "west"], n, p=[0.5, 0.3, 0.2])
    arm = rng.choice(["a", "b"], n)
    level = pd.Series(region).map({"north": 0.0, "south": 4.0, "west": 9.0}).to_numpy()
    y = before + 0.5 * visits + level + rng.normal(0, 1, n) + lift * (arm == "b")
    return pd.DataFrame({"arm": arm, "y": y, "before": before, "visits": visits, "region": region})


def test_the_adjusted_difference_is_the_least_squares_coefficient():
    table = history()
    effects = experiments.estimate(table, declared(covariates=["before", "visits"]))
    found = effects.of("y")
    fit = smf.ols("y ~ C(arm) + before + visits", table).fit(cov_type="HC2")
    assert found.difference.estimate == pytest.approx(fit.params["C(arm)[T.b]"], rel=1e-9)
    assert found.difference.se == pytest.approx(fit.bse["C(arm)[T.b]"], rel=0.01)
    assert effects.used == "before, visits"
    assert found.unadjusted.estimate == pytest.approx(table.groupby("arm").y.mean().diff().iloc[-1])


def test_the_variance_saved_is_that_of_the_difference():
    found = experiments.estimate(history(), declared(covariates=["before"])).of("y")
    assert found.variance_saved == pytest.approx(1 - (found.difference.se / found.unadjusted.se) ** 2)
    assert 0.3 < found.variance_saved < 0.9
    plain = experiments.estimate(history(), declared()).of("y")
    assert np.isnan(plain.variance_saved) and plain.difference is plain.unadjusted


def test_the_adjusted_relative_change_of_a_share_is_on_the_log_scale():
    """exp(log of the ratio -+ t times the root of the two squared relative errors), by least squares."""
    rng = np.random.default_rng(4)
    table = history(4, 2000).assign(hit=lambda t: rng.random(2000) < 0.02 + 0.01 * t.before)
    found = experiments.estimate(table.astype({"hit": int}), declared(Metric("hit", role="primary"), covariates=["before"]))
    relative, levels = found.of("hit").relative, []
    centred = table.assign(before=table.before - table.before.mean(), hit=table.hit.astype(float))
    fit = smf.ols("hit ~ 0 + C(arm) + before", centred).fit()
    for arm in "ab":
        rest = fit.resid[table.arm == arm]
        levels.append((fit.params[f"C(arm)[{arm}]"], rest.std(ddof=1) / np.sqrt(len(rest))))
    (base, base_se), (level, level_se) = levels
    step = 1.9612 * np.hypot(base_se / base, level_se / level)
    assert relative.estimate == pytest.approx(level / base - 1, rel=1e-6)
    assert np.log1p([relative.low, relative.high]) == pytest.approx(np.log(level / base) + [-step, step], rel=2e-3)
    assert relative.method.startswith("delta method")


@pytest.mark.parametrize(("scale", "holds"), [("log", True), ("linear", False)])
def test_a_rare_share_needs_the_log_scale(scale, holds):
    """Five cases expected an arm: the straight interval holds the truth too rarely."""
    rng = np.random.default_rng(6)
    n, times, covered = 650, 1500, 0
    for _ in range(times):
        both = [MeanMoments(n, p, p * (1 - p) * n / (n - 1)) for p in rng.binomial(n, 0.008, 2).clip(1) / n]
        found = AdjustedArms(*both, "nothing").relative(0.95, scale)
        covered += found.low <= 0 <= found.high
    error = np.sqrt(0.05 * 0.95 / times)
    assert (covered / times >= 0.95 - 3 * error) == holds


def test_a_useless_covariate_saves_nothing():
    table = history().assign(noise=np.random.default_rng(9).normal(size=800))
    found = experiments.estimate(table, declared(covariates=["noise"])).of("y")
    assert abs(found.variance_saved) < 0.02


def test_missing_covariates_keep_their_rows():
    """A flag beside a filled-in value is the missing-indicator adjustment of least squares."""
    table = history()
    table.loc[::7, "before"] = np.nan
    found = experiments.estimate(table, declared(covariates=["before"])).of("y")
    filled = table.assign(gone=table.before.isna().astype(int), before=table.before.fillna(0))
    fit = smf.ols("y ~ C(arm) + before + gone", filled).fit()
    assert found.difference.estimate == pytest.approx(fit.params["C(arm)[T.b]"], rel=1e-9)
    assert found.before.n + found.after.n == 800


def test_strata_are_weighed_alike():
    """Difference of means within strata, weighed by the strata's shares of everybody."""
    table = history()
    effects = experiments.estimate(table, declared(strata="region"))
    means = table.groupby(["region", "arm"]).y.mean().unstack()
    shares = table.region.value_counts(normalize=True)
    assert effects.of("y").difference.estimate == pytest.approx(((means.b - means.a) * shares).sum())
    assert effects.of("y").variance_saved > 0.3 and effects.used == "the mix of region"


def test_strata_and_covariates_together_beat_either():
    table = history()
    both = experiments.estimate(table, declared(strata="region", covariates=["before", "visits"])).of("y")
    for alone in ({"strata": "region"}, {"covariates": ["before", "visits"]}):
        assert both.difference.se < experiments.estimate(table, declared(**alone)).of("y").difference.se
    fit = smf.ols("y ~ C(arm) + before + visits + C(region)", table).fit()
    assert both.difference.estimate == pytest.approx(fit.params["C(arm)[T.b]"], abs=0.02)


def test_a_stratum_too_small_joins_another():
    table = history()
    table.loc[0, "region"] = "island"
    found = experiments.estimate(table, declared(strata="region")).of("y")
    assert found.difference.reason is None and found.variance_saved > 0.3


def test_a_ratio_can_be_adjusted():
    rng = np.random.default_rng(3)
    n = 2000
    habit = rng.gamma(3, 1, n)
    orders = 1 + rng.poisson(habit)
    spend = orders * (10 + 3 * habit + rng.normal(0, 2, n))
    table = pd.DataFrame({"arm": rng.choice(["a", "b"], n), "spend": spend, "orders": orders, "habit": habit})
    metric = Metric("per", "spend", "orders", role="primary")
    found = experiments.estimate(table, declared(metric, covariates=["habit"])).of("per")
    assert found.kind == "ratio" and found.variance_saved > 0.2
    assert found.difference.estimate == pytest.approx(found.unadjusted.estimate, abs=3 * found.unadjusted.se)


def test_buckets_adjust_as_units_do():
    rng = np.random.default_rng(4)
    before = rng.gamma(2, 3, 8000)
    table = pd.DataFrame({"who": np.arange(8000).repeat(2), "before": before.repeat(2)})
    table["arm"] = np.where(table.who % 2, "b", "a")
    table["y"] = table.before + rng.normal(0, 2, len(table))
    exact = experiments.estimate(table, declared(unit="who", covariates=["before"])).of("y")
    bucket = experiments.estimate(table, declared(unit="who", covariates=["before"], exact_units=10)).of("y")
    assert bucket.difference.estimate == pytest.approx(exact.difference.estimate, abs=0.5 * exact.difference.se)
    assert bucket.difference.se == pytest.approx(exact.difference.se, rel=4 / np.sqrt(2 * 255))
    assert bucket.variance_saved == pytest.approx(exact.variance_saved, abs=0.15)


@pytest.mark.parametrize("how", ["changed by the test", "part of a metric"])
def test_what_may_have_been_measured_after_assignment_is_not_used(how):
    table = history()
    metric = Metric("y", role="primary")
    if how == "changed by the test":
        table["after"] = table.before + 2.0 * (table.arm == "b")
    else:
        table["after"] = table.before
        metric = Metric("y", "y + 0 * after", role="primary")
    effects = experiments.estimate(table, declared(metric, covariates=["after"]))
    assert effects.of("y").difference is effects.of("y").unadjusted
    failed = [str(c.name) for c in experiments.check(effects).failed]
    assert failed == ["What is adjusted for or split by was known before assignment"]


def test_a_stratum_the_test_changed_is_not_used():
    table = history()
    rng = np.random.default_rng(1)
    table["plan"] = np.where((table.arm == "b") & (rng.random(800) < 0.4), "gold", "basic")
    effects = experiments.estimate(table, declared(strata="plan"))
    assert effects.of("y").difference is effects.of("y").unadjusted and effects.not_used


def test_the_best_arm_is_reckoned_with_the_adjusted_answer():
    found = experiments.estimate(history(lift=0.2), declared(covariates=["before", "visits"], strata="region")).of("y")
    z = found.difference.estimate / found.difference.se
    from scipy.stats import norm

    assert found.best == pytest.approx(norm.cdf(z), abs=0.02)
