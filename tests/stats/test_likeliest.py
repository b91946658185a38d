"""The top of a likelihood, against families whose top and errors are known in closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats.likeliest import likeliest


def exponential(values):
    """Rate of an exponential: the top is 1 / mean, the log scale's error 1 / sqrt(n)."""
    def at(logs):
        rate = math.exp(logs[0])
        return len(values) * logs[0] - rate * values.sum(), np.array([len(values) - rate * values.sum()])

    return at


def test_exponential_rate_and_its_error():
    values = np.random.default_rng(1).exponential(4.0, 400)
    found = likeliest(["rate"], exponential(values), [[1.0], [0.01]], 400)
    assert found["rate"] == pytest.approx(1 / values.mean(), rel=1e-9)
    assert math.sqrt(found.covariance[0, 0]) == pytest.approx(1 / 20, rel=1e-5)
    assert found.converged and found.agreed == 2
    interval = found.interval("rate")
    assert math.log(interval.high / interval.low) == pytest.approx(2 * 1.959964 / 20, rel=1e-5)
    mean = found.of(lambda logs: math.exp(-logs[0]))
    assert mean.estimate == pytest.approx(values.mean())
    assert mean.low == pytest.approx(1 / interval.high, rel=1e-6)


def test_a_top_at_infinity_is_no_top():
    found = likeliest(["up"], lambda logs: (float(logs[0]), np.array([1.0])), [[1.0]], 10)
    assert "no top: up runs off" in found.reason
    assert not found.interval("up").defined


def test_a_ridge_is_told_from_a_top():
    # only the sum of the two logarithms matters
    def ridge(logs):
        gap = logs[0] + logs[1] - 1
        return -100 * gap**2, np.array([-200 * gap, -200 * gap])

    assert "flat" in likeliest(["a", "b"], ridge, [[1.0, 1.0]], 100).reason


def test_what_is_not_positive_has_no_interval():
    values = np.random.default_rng(1).exponential(4.0, 100)
    found = likeliest(["rate"], exponential(values), [[1.0]], 100)
    assert "positive" in found.of(lambda logs: -1.0).reason
    assert "positive" in found.of(lambda logs: math.nan).reason
