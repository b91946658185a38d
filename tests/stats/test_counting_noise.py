"""A slow part and counting noise: against dense generalised least squares on a finer grid."""

import numpy as np
import pytest
from scipy import stats

from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.counting_noise import TWO_PARTS, counting_noise_mixture


def example(periods=36, seed=51):
    rng = np.random.default_rng(seed)
    t = np.arange(periods)
    x = np.column_stack([np.ones(periods), t - 24.0, t >= 24]).astype(float)
    mean = 40 * np.exp(0.4 * np.sin(t / 3))
    slow = 0.2 * np.sqrt(1 - 0.7**2) * simulated_errors(t, 0.7, 1, seed)[0]
    return t, x, mean, 3 + slow + rng.standard_normal(periods) / np.sqrt(mean) - 0.15 * x[:, 2]


def by_hand(y, x, times, mean, contrast, points=400):
    """P(effect < 0) with every covariance written out and every component a t distribution.

    Midpoints of equally likely cells of rho, and of the share where there are two parts.
    """
    freedom = len(y) - x.shape[1]
    middle = (np.arange(points) + 0.5) / points
    one = 2 * stats.beta.ppf(middle, 0.5, 0.25) - 1
    fine = (np.arange(20_000) + 0.5) / 20_000
    density = (1 + fine) ** 2 * (1 - fine) ** -0.5
    two = np.interp(middle[::8], np.cumsum(density) / density.sum(), fine)
    shares = stats.beta.ppf((np.arange(24) + 0.5) / 24, 7, 1)
    readings = [(rho, 1.0, (1 - TWO_PARTS) / len(one)) for rho in one]
    readings += [(rho, s, TWO_PARTS / (len(two) * len(shares))) for rho in two for s in shares]
    distance = np.abs(np.subtract.outer(times, times))
    logs, below, means = [], [], []
    for rho, share, prior in readings:
        v = share * np.power(rho, distance) + (1 - share) * np.diag(mean.mean() / mean)
        inverse = np.linalg.inv(v)
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        rest = y - x @ beta
        squares = rest @ inverse @ rest
        scale = np.sqrt(squares / freedom * contrast @ np.linalg.inv(information) @ contrast)
        logs.append(np.log(prior) - 0.5 * (
            np.linalg.slogdet(v)[1] + np.linalg.slogdet(information)[1]
            + freedom * np.log(squares)))
        below.append(stats.t.cdf(0, freedom, contrast @ beta, scale))
        means.append(contrast @ beta)
    weight = np.exp(np.array(logs) - max(logs))
    weight /= weight.sum()
    return weight @ below, weight @ means


@pytest.mark.parametrize("gap", [None, slice(10, 12)])
def test_against_covariances_written_out(gap):
    """The grid is coarse beside this one: a hundredth of the p-value and of the effect."""
    t, x, mean, y = example()
    if gap is not None:
        t, x, mean, y = (np.delete(a, np.arange(36)[gap], axis=0) for a in (t, x, mean, y))
    contrast = np.array([0.0, 0.0, 1.0])
    summary, rho = counting_noise_mixture(y[None], x, mean[None], t, contrast, 0.95)
    below, effect = by_hand(y, x, t, mean, contrast)
    assert summary.p_value[0, 0] == pytest.approx(2 * min(below, 1 - below), rel=0.01)
    assert summary.mean[0, 0] == pytest.approx(effect, rel=0.01)
    assert 0 < rho[0] < 1


def test_many_series_are_as_each_alone():
    t, x, mean, _ = example()
    y = np.array([example(seed=seed)[3] for seed in range(40)])
    contrast = np.array([0.0, 0.0, 1.0])
    together = counting_noise_mixture(y, x, np.tile(mean, (40, 1)), t, contrast, 0.9)[0]
    for k in (0, 33, 39):
        alone = counting_noise_mixture(y[k:k + 1], x, mean[None], t, contrast, 0.9)[0]
        assert together.low[k, 0] == pytest.approx(alone.low[0, 0], rel=1e-6)
        assert together.p_value[k, 0] == pytest.approx(alone.p_value[0, 0], rel=1e-6)


def test_a_shift_of_the_series_shifts_the_answer_only():
    """A planted step and a trend on top change the effect by exactly the step."""
    t, x, mean, y = example()
    contrast = np.array([0.0, 0.0, 1.0])
    plain = counting_noise_mixture(y[None], x, mean[None], t, contrast, 0.95)[0]
    moved = counting_noise_mixture(
        (y + 5 + 0.3 * t - 0.4 * x[:, 2])[None], x, mean[None], t, contrast, 0.95)[0]
    assert moved.mean[0, 0] - plain.mean[0, 0] == pytest.approx(-0.4, abs=1e-9)
    assert moved.sd[0, 0] == pytest.approx(plain.sd[0, 0], rel=1e-7)
