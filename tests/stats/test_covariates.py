"""Covariate adjustment, against least squares, the bivariate closed form and simulation."""

from __future__ import annotations

import math

import numpy as np
import pytest
import statsmodels.api as sm

from toolkit.stats import covariates, means
from toolkit.stats.covariates import JointMoments, from_columns


def arms(seed, sizes=(400, 250), effect=0.5, rho=0.8):
    rng = np.random.default_rng(seed)
    made = []
    for number, n in enumerate(sizes):
        x = rng.normal(10, 2, n)
        other = rng.gamma(2, 1, n)
        noise = rng.normal(0, math.sqrt(1 - rho**2), n)
        made.append((rho * (x - 10) / 2 + 0.3 * other + noise + effect * number, x, other))
    return made


@pytest.mark.parametrize("columns", [1, 2])
def test_difference_is_the_least_squares_coefficient(columns):
    data = arms(1)
    found = covariates.adjust([from_columns(*arm[: columns + 1]) for arm in data])
    y = np.concatenate([arm[0] for arm in data])
    inside = np.concatenate([np.full(len(arm[0]), k) for k, arm in enumerate(data)])
    x = np.column_stack([np.concatenate([arm[k] for arm in data]) for k in range(1, columns + 1)])
    fit = sm.OLS(y, sm.add_constant(np.column_stack([inside, x]))).fit()
    difference = means.difference(*found.arms, equal_variance=True)
    assert difference.estimate == pytest.approx(fit.params[1], rel=1e-10)
    assert found.theta == pytest.approx(fit.params[2:], rel=1e-10)
    # Least squares also charges for the chance gap in the covariates between arms, a term
    # of the order 1 / n.
    assert difference.se == pytest.approx(fit.bse[1], rel=0.01)


def test_variance_saved_is_the_squared_correlation():
    # Deng et al. (2013), equation 4: the variance left is 1 - rho^2.
    joint = JointMoments(100_000, (5.0, 2.0), ((4.0, 2.4), (2.4, 2.25)))
    rho = 2.4 / math.sqrt(4 * 2.25)
    found = covariates.adjust([joint, joint])
    assert found.variance_saved == pytest.approx(rho**2, abs=2e-5)
    assert found.theta == pytest.approx((2.4 / 2.25,))


def test_useless_constant_and_repeated_covariates():
    rng = np.random.default_rng(2)
    y, x = rng.normal(size=(2, 500))
    plain = means.MeanMoments(500, y.mean(), y.var(ddof=1))
    flat = covariates.adjust([from_columns(y, np.full(500, 3.0))])
    assert flat.theta == (0.0,)
    assert flat.arms[0].mean == pytest.approx(plain.mean)
    assert flat.arms[0].variance == pytest.approx(plain.variance)
    once = covariates.adjust([from_columns(y + x, x)])
    # In pence and in pounds: the second column says nothing new.
    twice = covariates.adjust([from_columns(y + x, x, 100 * x)])
    assert twice.arms[0].variance == pytest.approx(once.arms[0].variance)
    assert twice.arms[0].mean == pytest.approx(once.arms[0].mean)
    useless = covariates.adjust([from_columns(y, x)])
    assert -0.01 < useless.variance_saved < 0.02


def test_no_covariate_changes_nothing():
    data = arms(3)
    found = covariates.adjust([from_columns(arm[0]) for arm in data])
    assert found.theta == () and found.variance_saved == pytest.approx(0.0)
    assert found.arms[0].mean == pytest.approx(data[0][0].mean())


def test_three_arms_share_one_slope():
    data = arms(4, sizes=(200, 300, 250))
    found = covariates.adjust([from_columns(*arm[:2]) for arm in data])
    y = np.concatenate([arm[0] - arm[0].mean() for arm in data])
    x = np.concatenate([arm[1] - arm[1].mean() for arm in data])
    assert found.theta[0] == pytest.approx((x @ y) / (x @ x))


def test_ratio_metric_by_linearisation():
    rng = np.random.default_rng(5)
    x = 1.0 + rng.poisson(3, 5000)
    rate = rng.beta(2, 3, 5000)
    y = rng.binomial(x.astype(int), rate).astype(float)
    before_x = 1.0 + rng.poisson(3, 5000)
    before_y = rng.binomial(before_x.astype(int), rate).astype(float)
    joint = from_columns(y, x, before_y, before_x).linearised((0, 1), (2, 3))
    ratio, before = y.sum() / x.sum(), before_y.sum() / before_x.sum()
    lines = (y - ratio * x) / x.mean(), (before_y - before * before_x) / before_x.mean()
    assert joint.means == pytest.approx((ratio, before))
    assert np.array(joint.covariance) == pytest.approx(np.cov(*lines), rel=1e-9)
    want = np.corrcoef(*lines)[0, 1] ** 2
    assert covariates.adjust([joint]).variance_saved == pytest.approx(want, abs=1e-3)


def test_impossible_moments_are_refused():
    with pytest.raises(ValueError, match="2 x 2"):
        JointMoments(10, (1.0, 2.0), ((1.0,),))
    with pytest.raises(ValueError, match="symmetric"):
        JointMoments(10, (1.0, 2.0), ((1.0, 0.5), (0.2, 1.0)))
    with pytest.raises(ValueError, match="two units"):
        JointMoments(1, (1.0,), ((0.0,),))
    with pytest.raises(ValueError, match="finite"):
        JointMoments(9, (1.0,), ((math.nan,),))
    with pytest.raises(ValueError, match="not negative"):
        JointMoments(9, (1.0,), ((-1.0,),))
    one, two = JointMoments(9, (1.0,), ((1.0,),)), from_columns([1.0, 2, 4], [1.0, 3, 2])
    with pytest.raises(ValueError, match="columns"):
        covariates.adjust([one, two])
    with pytest.raises(ValueError, match="too few"):
        covariates.adjust([from_columns([1.0, 2.0], [3.0, 1.0])])
    with pytest.raises(ValueError, match="empty"):
        from_columns([1.0, 2.0], [0.0, 0.0]).linearised((0, 1))


def test_adjusted_interval_holds_its_level_and_is_narrower():
    runs, truth, held, saved = 1500, 0.2, 0, []
    rng = np.random.default_rng(6)
    for _ in range(runs):
        made = []
        for number, n in enumerate((60, 90)):
            x = rng.normal(0, 1, n)
            made.append(from_columns(0.7 * x + rng.normal(0, 0.7, n) + truth * number, x))
        found = covariates.adjust(made)
        difference = means.difference(*found.arms)
        held += difference.low <= truth <= difference.high
        saved.append(found.variance_saved)
    assert held / runs == pytest.approx(0.95, abs=0.018)
    assert np.mean(saved) == pytest.approx(0.5, abs=0.02)
