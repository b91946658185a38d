"""Rates of counted events against Garwood's published limits and coverage of clustered ones."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.stats.event_rates import interval


@pytest.mark.parametrize(
    ("count", "low", "high"),
    # Pearson & Hartley, Biometrika Tables for Statisticians I, table 40: 95 % limits of a Poisson count
    [(0, 0.0, 3.69), (1, 0.0253, 5.57), (5, 1.62, 11.67), (10, 4.80, 18.39), (30, 20.24, 42.83)],
)
def test_published_limits(count, low, high):
    found = interval(count, 1)
    assert (found.low, found.high) == (pytest.approx(low, abs=6e-3), pytest.approx(high, abs=6e-3))


def test_the_exposure_only_scales():
    assert interval(10, 4).high == pytest.approx(interval(10, 1).high / 4)


def test_coverage_where_events_come_in_clusters():
    rng = np.random.default_rng(8)
    held = naive = 0
    for _ in range(500):
        each = rng.geometric(0.4, rng.poisson(60))  # 2.5 events a cluster
        n, squares = int(each.sum()), int((each**2).sum())
        wide, plain = interval(n, 1, squares=squares), interval(n, 1)
        held += wide.low <= 150 <= wide.high
        naive += plain.low <= 150 <= plain.high
    assert 0.92 <= held / 500 <= 0.99
    assert naive / 500 < 0.8


def test_nothing_to_be_out_of_is_not_zero():
    found = interval(0, 0)
    assert np.isnan(found.estimate) and found.reason == "nothing to be out of"


def test_negative_counts_are_refused():
    with pytest.raises(ValueError):
        interval(-1, 1)
