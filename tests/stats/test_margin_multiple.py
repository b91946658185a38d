"""The margin multiple, against its sum and planted truth."""

from __future__ import annotations

import math

import numpy as np
import pytest

from toolkit.stats.margin_multiple import margin_multiple


def test_it_is_the_sum_of_discounted_margins():
    years = np.arange(1, 3000)
    wanted = 50 * float((0.8**years / 1.1**years).sum())
    assert margin_multiple(50, 0, 800, 1000, 0.1).estimate == pytest.approx(wanted)
    # Gupta & Lehmann (2003), table of multiples: retention 80 %, discount 10 %: 2.67
    assert margin_multiple(1, 0, 80, 100, 0.1).estimate == pytest.approx(2.67, abs=0.005)


def test_the_interval_holds_the_truth_as_often_as_it_says():
    rng = np.random.default_rng(41)
    truth, held = 20 * 0.7 / (1.1 - 0.7), 0
    for _ in range(2000):
        margins = rng.gamma(2, 10, 400)
        found = margin_multiple(margins.mean(), margins.std(ddof=1) / 20, rng.binomial(400, 0.7), 400, 0.1)
        held += found.low <= truth <= found.high
    assert 0.935 <= held / 2000 <= 0.965


def test_what_has_no_value_says_why():
    assert "nobody could" in margin_multiple(5, 1, 0, 0, 0.1).reason
    assert "not positive" in margin_multiple(-5, 1, 3, 9, 0.1).reason
    gone = margin_multiple(5, 1, 0, 9, 0.1)
    assert gone.estimate == 0 and "nobody stayed" in gone.reason
    assert "everybody" in margin_multiple(5, 1, 9, 9, 0.1).reason
    assert math.isnan(margin_multiple(5, 1, 9, 9, 0.0).estimate)
    with pytest.raises(ValueError, match="between 0"):
        margin_multiple(5, 1, 10, 9, 0.1)
