"""AR(1) regression against closed forms, brute force and simulated truth."""

import numpy as np
import pytest
from scipy import integrate, stats

from toolkit.stats.autoregression import (
    PRIOR_ABOVE,
    PRIOR_BELOW,
    ar1_regression,
    simulated_errors,
    whiten,
    whitened_residuals,
)


def straight_line(periods):
    return np.column_stack([np.ones(periods), np.arange(periods)])


def brute_force_cdf(y, x, times, contrast, at):
    """P(contrast < at), rho integrated by adaptive quadrature with dense covariance matrices."""
    distance = np.abs(np.subtract.outer(times, times))
    n, p = x.shape

    def parts(rho):
        covariance = np.where(distance == 0, 1.0, np.power(rho, distance))
        inverse = np.linalg.inv(covariance)
        information = x.T @ inverse @ x
        beta = np.linalg.solve(information, x.T @ inverse @ y)
        rest = y - x @ beta
        squares = rest @ inverse @ rest
        log_likelihood = -0.5 * (
            np.linalg.slogdet(covariance)[1] + np.linalg.slogdet(information)[1]
            + (n - p) * np.log(squares))
        spread = np.sqrt(squares / (n - p) * contrast @ np.linalg.solve(information, contrast))
        prior = (1 + rho) ** (PRIOR_BELOW - 1) * (1 - rho) ** (PRIOR_ABOVE - 1)
        return np.exp(log_likelihood) * prior, stats.t(n - p, contrast @ beta, spread).cdf(at)

    # rho = 1 - s^4 takes the prior's pole at 1 away, which plain quadrature would miss.
    total = [0.0, 0.0]
    for which in (0, 1):
        def integrand(s, which=which):
            weight, below = parts(1 - s**4)
            return weight * (below if which else 1.0) * 4 * s**3
        total[which] = integrate.quad(integrand, 1e-3, 1.999**0.25, limit=400)[0]
    return total[1] / total[0]


@pytest.mark.parametrize("rho", [0.0, 0.6])
def test_interval_and_p_value_agree_with_brute_force_integration(rho):
    times = np.arange(14)
    x, contrast = straight_line(14), np.array([0.0, 1.0])
    y = simulated_errors(times, rho, 1, seed=5)[0] + 0.1 * times
    fit = ar1_regression(y, x, contrast)
    assert brute_force_cdf(y, x, times, contrast, fit.low[0, 0]) == pytest.approx(0.025, abs=3e-4)
    assert brute_force_cdf(y, x, times, contrast, fit.high[0, 0]) == pytest.approx(0.975, abs=3e-4)
    below = brute_force_cdf(y, x, times, contrast, 0.0)
    assert fit.p_value[0, 0] == pytest.approx(2 * min(below, 1 - below), abs=1e-3)


def test_gaps_are_exact():
    times = np.arange(16)
    y = simulated_errors(times, 0.5, 1, seed=6)[0]
    y[[4, 5, 11]] = np.nan
    x, contrast = straight_line(16), np.array([0.0, 1.0])
    fit = ar1_regression(y, x, contrast)
    seen = np.isfinite(y)
    below = brute_force_cdf(y[seen], x[seen], times[seen], contrast, fit.high[0, 0])
    assert below == pytest.approx(0.975, abs=3e-4)
    dropped = ar1_regression(y[seen], x[seen], contrast, times=times[seen])
    assert dropped.high[0, 0] == pytest.approx(fit.high[0, 0], rel=1e-3)
    closed_up = ar1_regression(y[seen], x[seen], contrast)
    assert closed_up.high[0, 0] != pytest.approx(fit.high[0, 0], rel=1e-3)


def test_whitening_makes_the_covariance_the_identity():
    times = np.array([0, 1, 2, 5, 6, 9])
    rho = np.array([-0.4, 0.7])
    for value, whitener in zip(rho, whiten(np.eye(6), times, rho), strict=True):
        covariance = np.power(value, np.abs(np.subtract.outer(times, times)))
        np.testing.assert_allclose(whitener @ covariance @ whitener.T, np.eye(6), atol=1e-12)


def test_many_series_give_what_each_gives_alone():
    y = simulated_errors(np.arange(30), 0.4, 6, seed=7)
    y[2, 8] = np.nan
    x, contrasts = straight_line(30), np.eye(2)
    together = ar1_regression(y, x, contrasts)
    for row, series in enumerate(y):
        alone = ar1_regression(series, x, contrasts)
        for name in ("estimate", "low", "high", "p_value"):
            np.testing.assert_allclose(
                getattr(together, name)[row], getattr(alone, name)[0], rtol=1e-7)


def test_scale_and_shift_move_the_answer_along():
    y = simulated_errors(np.arange(40), 0.5, 3, seed=8)
    x, contrast = straight_line(40), np.array([0.0, 1.0])
    plain = ar1_regression(y, x, contrast)
    moved = ar1_regression(1e6 + 1e-3 * y, x, contrast)
    np.testing.assert_allclose(moved.low, 1e-3 * plain.low, rtol=1e-5)
    np.testing.assert_allclose(moved.p_value, plain.p_value, rtol=1e-5)


def test_weights_are_a_change_of_units_of_each_period():
    y = simulated_errors(np.arange(25), 0.3, 1, seed=9)[0]
    x, weights = straight_line(25), np.linspace(1, 4, 25)
    contrast = np.array([0.0, 1.0])
    weighted = ar1_regression(y, x, contrast, weights=weights)
    root = np.sqrt(weights)
    by_hand = ar1_regression(y * root, x * root[:, None], contrast)
    assert weighted.high[0, 0] == pytest.approx(by_hand.high[0, 0], rel=1e-9)


def test_tiny_p_values_do_not_become_zero():
    x = np.column_stack([np.ones(120), np.arange(120) >= 60]).astype(float)
    y = simulated_errors(np.arange(120), 0.0, 1, seed=10)[0] + 40 * x[:, 1]
    p_value = ar1_regression(y, x, np.array([0.0, 1.0])).p_value[0, 0]
    assert 0 < p_value < 1e-12


def test_rho_and_innovations_are_found_in_a_long_series():
    y = 3.0 * simulated_errors(np.arange(2000), 0.7, 1, seed=11)[0]
    x = straight_line(2000)
    fit = ar1_regression(y, x, np.array([0.0, 1.0]))
    assert fit.rho_low[0] < 0.7 < fit.rho_high[0]
    assert fit.rho[0] == pytest.approx(0.7, abs=0.05)
    assert fit.innovation_sd[0] == pytest.approx(3.0, rel=0.05)
    left = whitened_residuals(y, x, fit.coefficients[0], fit.rho[0])
    assert np.corrcoef(left[1:], left[:-1])[0, 1] == pytest.approx(0.0, abs=0.06)
    assert left.std() == pytest.approx(3.0, rel=0.05)


def test_a_series_without_an_answer_says_why_and_the_others_go_on():
    y = simulated_errors(np.arange(12), 0.2, 3, seed=12)
    y[0] = 5.0
    y[1, 4:] = np.nan
    fit = ar1_regression(y, straight_line(12), np.array([0.0, 1.0]))
    assert "does not vary" in fit.reasons[0]
    assert "4 periods are measured" in fit.reasons[1]
    assert fit.reasons[2] is None
    assert np.isnan(fit.estimate[:2]).all() and np.isfinite(fit.estimate[2]).all()
    assert np.isnan(fit.rho[0]) and np.isnan(fit.low[1, 0])


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"design": np.ones((12, 2))}, "told apart"),
        ({"design": np.ones((11, 1))}, "one row for each period"),
        ({"times": np.arange(12)[::-1]}, "increasing"),
        ({"weights": np.zeros(12)}, "positive"),
        ({"level": 95}, "between 0 and 1"),
        ({"contrasts": np.ones(3)}, "contrast"),
    ],
)
def test_bad_input_is_named(change, says):
    good = {"outcomes": np.arange(12.0) ** 2, "design": straight_line(12),
            "contrasts": np.array([0.0, 1.0])}
    with pytest.raises(ValueError, match=says):
        ar1_regression(**(good | change))
