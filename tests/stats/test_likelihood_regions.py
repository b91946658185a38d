"""The likelihood region, against families whose profile likelihood is known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import optimize, stats

from toolkit.stats.likelihood_regions import region_outline

COVARIANCE = np.array([[4.0, 1.2], [1.2, 1.0]])


def normal(top, covariance=COVARIANCE):
    """Log-likelihood of two means whose estimates are normal."""
    precise = np.linalg.inv(covariance)

    def at(points):
        off = points - np.asarray(top)
        return -0.5 * np.einsum("ki,ij,kj->k", off, precise, off)

    return at


@pytest.mark.parametrize("level", [0.8, 0.95])
@pytest.mark.parametrize("weights", [(1.0, 0.0), (0.0, 1.0), (1.0, -2.0)])
def test_a_normal_likelihood_gives_the_wald_interval(level, weights):
    found = region_outline(normal((3.0, 5.0)), np.array([3.0, 5.0]), COVARIANCE, level=level) @ np.array(weights)
    centre, se = np.dot(weights, (3.0, 5.0)), math.sqrt(weights @ COVARIANCE @ np.array(weights))
    reach = stats.norm.isf((1 - level) / 2) * se
    assert found.max() - centre == pytest.approx(reach, rel=2e-3)
    assert centre - found.min() == pytest.approx(reach, rel=2e-3)


def test_rays_need_not_know_the_shape():
    """A covariance that is wrong only places the points elsewhere on the same outline."""
    found = region_outline(normal((3.0, 5.0)), np.array([3.0, 5.0]), np.diag([2.0, 3.0]))
    assert normal((3.0, 5.0))(found) == pytest.approx(-stats.chi2.isf(0.05, 1) / 2, rel=1e-9)


@pytest.mark.parametrize("least", [4.2, 5.0])
def test_the_region_ends_where_a_parameter_cannot_be(least):
    """The largest first parameter of an ellipse cut at the second: at the cut, or where it is widest."""
    found = region_outline(normal((3.0, 5.0)), np.array([3.0, 5.0]), COVARIANCE, least=least)
    assert found[:, 1].min() == pytest.approx(least)
    reach = math.sqrt(stats.chi2.isf(0.05, 1))
    assert found[:, 0].max() == pytest.approx(3.0 + 2 * reach, rel=2e-3)
    # along the cut: x given y is normal with slope 1.2 and variance 4 - 1.44
    off = least - 5.0
    left = 3.0 + 1.2 * off - math.sqrt((4 - 1.44) * (reach**2 - off**2))
    widest = 5.0 - 1.2 * reach / 2  # where the uncut ellipse is furthest left
    lowest = left if widest < least else 3.0 - 2 * reach
    assert found[:, 0].min() == pytest.approx(lowest, rel=2e-3)


def test_a_ratio_of_poisson_rates_is_the_binomial_likelihood_ratio():
    """With the sum profiled out, two Poisson counts are a binomial share of their sum."""
    first, second = 7, 19

    def poisson(points):
        return (points * (first, second) - np.exp(points)).sum(axis=1)

    found = region_outline(poisson, np.log([first, second]), np.diag([1 / first, 1 / second]))
    ratio = np.exp(found[:, 0] - found[:, 1])
    share = first / (first + second)

    def gap(p):
        return 2 * (stats.binom.logpmf(first, first + second, share) - stats.binom.logpmf(first, first + second, p)) \
            - stats.chi2.isf(0.05, 1)

    low, high = optimize.brentq(gap, 1e-6, share), optimize.brentq(gap, share, 1 - 1e-6)
    assert ratio.min() == pytest.approx(low / (1 - low), rel=5e-3)
    assert ratio.max() == pytest.approx(high / (1 - high), rel=5e-3)


def test_a_level_that_is_none_is_refused():
    with pytest.raises(ValueError, match="level"):
        region_outline(normal((0.0, 0.0)), np.zeros(2), COVARIANCE, level=95)
