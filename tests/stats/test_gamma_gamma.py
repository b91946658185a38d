"""Gamma-gamma spend, against Fader & Hardie (2013) on CDNOW and planted truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from buyers import draw_means
from scipy import stats

from toolkit.stats import gamma_gamma


@pytest.fixture(scope="module")
def repeaters(shared_data):
    table = pd.read_csv(shared_data / "customers" / "cdnow_customers_summary_with_transactions.csv")
    return table[table.x > 0]


def test_cdnow_as_printed(repeaters):
    # Fader & Hardie (2013), brucehardie.com/notes/025: p 6.25, q 3.74, v 15.44 on 946 customers; the
    # file holds means rounded to the cent, hence one in the last digit of v
    assert len(repeaters) == 946
    found = gamma_gamma.fit(repeaters.x, repeaters.zbar)
    assert found.values == pytest.approx((6.25, 3.74, 15.44), abs=0.01)
    assert found.converged and found.agreed == 3


def test_expected_spend_as_the_note_prints_it():
    # the note: everybody's mean is p v / (q - 1); a customer of x 2, mean 22.35 comes near 24.66
    logs = np.log([6.25, 3.74, 15.44])
    found = gamma_gamma.expected_spend(logs, np.array([0, 2]), np.array([0, 22.35]))
    assert found[0] == pytest.approx(6.25 * 15.44 / 2.74)
    # a mixture of its own mean and everybody's, by how much was seen (equation 5)
    own = 2 * 6.25 / (2 * 6.25 + 3.74 - 1)
    assert found[1] == pytest.approx(own * 22.35 + (1 - own) * found[0])


def test_frequency_and_spend_correlate_as_scipy_says(repeaters):
    # the note: .11 on these customers
    found = gamma_gamma.independence(repeaters.x, repeaters.zbar)
    theirs = stats.pearsonr(repeaters.x, repeaters.zbar)
    assert found.estimate == pytest.approx(theirs.statistic) and round(found.estimate, 2) == 0.11
    ends = theirs.confidence_interval(0.95)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_counts_stand_for_so_many_customers(repeaters):
    few = repeaters.head(100)
    twice = gamma_gamma.fit(np.repeat(few.x, 2), np.repeat(few.zbar, 2))
    counted = gamma_gamma.fit(few.x, few.zbar, np.full(100, 2.0))
    assert counted.values == pytest.approx(twice.values, rel=1e-6)
    assert counted.covariance == pytest.approx(twice.covariance, rel=1e-4)


def test_the_likelihood_is_that_of_the_marginal_density():
    """Against the density of the mean integrated over a customer's own scale, numerically."""
    p, q, v = 2.0, 3.0, 5.0
    x, mean = 3.0, 2.5
    scales = np.linspace(1e-6, 12, 200_001)
    inside = stats.gamma.pdf(mean, p * x, scale=1 / (scales * x)) * stats.gamma.pdf(scales, q, scale=1 / v)
    value, slope = gamma_gamma._Likelihood(np.array([x]), np.array([mean]), np.array([1.0]))(np.log([p, q, v]))
    assert value == pytest.approx(math.log(np.trapezoid(inside, scales)), abs=1e-6)
    for i in range(3):
        move = np.eye(3)[i] * 1e-6
        one = gamma_gamma._Likelihood(np.array([x]), np.array([mean]), np.array([1.0]))
        up, down = one(np.log([p, q, v]) + move)[0], one(np.log([p, q, v]) - move)[0]
        assert slope[i] == pytest.approx((up - down) / 2e-6, rel=1e-5)


def test_everybodys_mean_lies_in_its_interval_as_often_as_it_says():
    rng = np.random.default_rng(21)
    held = 0
    for _ in range(300):
        x = 1.0 + rng.poisson(1.5, 500)
        found = gamma_gamma.fit(x, draw_means(rng, x, 4.0, 5.0, 40.0))
        mean = found.of(lambda logs: float(gamma_gamma.expected_spend(logs, 0, 0)))
        held += mean.low <= 4.0 * 40.0 / 4.0 <= mean.high
    assert 0.92 <= held / 300 <= 0.98


def test_what_cannot_be_fitted_says_why():
    assert "fewer than 10" in gamma_gamma.fit([1, 2], [3.0, 4.0]).reason
    assert "does not vary" in gamma_gamma.fit(np.ones(50), np.full(50, 9.0)).reason
    with pytest.raises(ValueError, match="1 entries have no purchase and 2 a mean that is not above 0"):
        gamma_gamma.fit([1, 0, 2], [0.0, 3.0, -4.0])
    assert gamma_gamma.independence([1, 2], [1, 2]).reason
    assert gamma_gamma.independence([1] * 9, range(1, 10)).reason


def test_a_mean_that_does_not_exist_is_not_a_number():
    heavy = np.log([2.0, 0.9, 5.0])
    found = gamma_gamma.expected_spend(heavy, np.array([0, 3]), np.array([0.0, 10.0]))
    assert math.isnan(found[0]) and found[1] > 0
