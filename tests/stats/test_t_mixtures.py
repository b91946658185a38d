"""Mixtures of t distributions against SciPy's own t and against root finding."""

import warnings

import numpy as np
import pytest
from scipy import optimize, stats

from toolkit.stats.t_mixtures import mixture_of_t


@pytest.mark.parametrize("freedom", [3, 10, 100, 3000])
def test_one_component_is_the_t_distribution(freedom):
    one = np.ones((1, 1, 1))
    summary = mixture_of_t(2 * one, 0.5 * one, np.ones((1, 1)), freedom, 0.9)
    expected = stats.t(freedom, 2, 0.5)
    assert summary.low[0, 0] == pytest.approx(expected.ppf(0.05), rel=1e-7)
    assert summary.high[0, 0] == pytest.approx(expected.ppf(0.95), rel=1e-7)
    assert summary.sd[0, 0] == pytest.approx(expected.std(), rel=1e-9)
    assert summary.p_value[0, 0] == pytest.approx(2 * stats.t(freedom).sf(4), rel=1e-9)


def test_a_mixture_far_from_any_t():
    centre = np.array([0.0, 5.0, 20.0])
    spread = np.array([1.0, 0.1, 3.0])
    weight = np.array([0.5, 0.3, 0.2])
    summary = mixture_of_t(centre[None, :, None], spread[None, :, None], weight[None], 7, 0.95)

    def below(at):
        return weight @ stats.t(7, centre, spread).cdf(at)

    for found, tail in ((summary.low, 0.025), (summary.high, 0.975)):
        exact = optimize.brentq(lambda at, tail=tail: below(at) - tail, -50, 80, xtol=1e-12)
        assert found[0, 0] == pytest.approx(exact, abs=1e-6)
    assert summary.mean[0, 0] == pytest.approx(weight @ centre)
    assert summary.p_value[0, 0] == pytest.approx(2 * below(0.0), rel=1e-9)


def test_components_without_weight_do_not_matter():
    centre, spread = np.array([[[0.0], [1e9]]]), np.ones((1, 2, 1))
    summary = mixture_of_t(centre, spread, np.array([[1.0, 0.0]]), 5, 0.95)
    assert summary.high[0, 0] == pytest.approx(stats.t(5).ppf(0.975), rel=1e-7)


def test_too_few_degrees_of_freedom_are_refused():
    one = np.ones((1, 1, 1))
    with pytest.raises(ValueError, match="at least 3"):
        mixture_of_t(one, one, np.ones((1, 1)), 2, 0.95)


def test_narrow_components_far_apart_have_a_quantile_without_a_warning():
    centre, spread = np.array([[[0.0], [100.0]]]), np.full((1, 2, 1), 1e-9)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        summary = mixture_of_t(centre, spread, np.array([[0.5, 0.5]]), 6, 0.2)
    # within the precision promised, a hundred-thousandth of the mixture's standard deviation of 50
    assert summary.low[0, 0] == pytest.approx(0.0, abs=1e-3)
    assert summary.high[0, 0] == pytest.approx(100.0, abs=1e-3)
