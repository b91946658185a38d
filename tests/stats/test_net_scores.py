"""Net scores, against Rocks (2016) and the multinomial's closed form."""

from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats import net_scores
from toolkit.stats.net_scores import NetCounts


def test_rocks_adjusted_wald():
    # Rocks (2016), The American Statistician 70:365: add 3 to n, .75 to each end.
    found = net_scores.interval(NetCounts(60, 25, 15))
    assert found.estimate == 45
    assert found.se == pytest.approx(7.3993, abs=5e-5)
    assert (found.low, found.high) == pytest.approx((29.3431, 58.0355), abs=5e-5)


def test_all_promoters_are_clipped_at_a_hundred():
    found = net_scores.interval(NetCounts(10, 0, 0))
    assert (found.low, found.high) == (pytest.approx(47.5, abs=0.05), 100.0)
    mirrored = net_scores.interval(NetCounts(0, 0, 10))
    assert (mirrored.low, mirrored.high) == (-100.0, -found.low)


def test_standard_error_is_that_of_answers_scored_one_zero_minus_one():
    answers = np.repeat([100, 0, -100], [31, 22, 17])
    counts = NetCounts(31, 22, 17)
    assert counts.value == pytest.approx(answers.mean())
    assert counts.se == pytest.approx(answers.std() / math.sqrt(70))


def test_difference_adds_the_errors_in_quadrature():
    a, b = NetCounts(60, 25, 15), NetCounts(50, 30, 20)
    found = net_scores.difference(a, b)
    assert found.estimate == pytest.approx(-15)
    assert found.se == pytest.approx(math.sqrt(a.se**2 + b.se**2))


def test_no_answers_and_wrong_counts():
    empty = NetCounts(0, 0, 0)
    assert net_scores.interval(empty).reason == "no answers"
    found = net_scores.difference(empty, NetCounts(1, 1, 1))
    assert found.reason == "the control has no answers"
    with pytest.raises(ValueError, match="negative"):
        NetCounts(-1, 0, 0)


def test_small_samples_hold_their_level():
    rng = np.random.default_rng(14)
    draws = rng.multinomial(25, [0.6, 0.25, 0.15], 4000)
    held = 0
    for row in draws:
        found = net_scores.interval(NetCounts(*map(int, row)))
        held += found.low <= 45 <= found.high
    assert 0.935 < held / len(draws) < 0.97
