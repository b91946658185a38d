"""Durations with what is still open, against published curves, statsmodels and order statistics."""

from __future__ import annotations

import math

import numpy as np
import pytest
from statsmodels.duration.survfunc import SurvfuncRight

from toolkit.stats import quantiles
from toolkit.stats.durations import durations, quantile, survival


def of(times, status):
    """Durations of single rows; status 1 where ended."""
    status = np.asarray(status)
    return durations(times, status, 1 - status)


def test_bewicks_curve():
    # Bewick, Cheek & Ball (2004), Critical Care 8:389: 1 1 4 5 6+ 9 9+ 22
    made = of([1, 1, 4, 5, 6, 9, 9, 22], [1, 1, 1, 1, 0, 1, 0, 1])
    share, _ = survival(made)
    at = dict(zip(made.times, share, strict=True))
    assert [at[t] for t in (1, 4, 5, 9, 22)] == pytest.approx([0.75, 0.625, 0.5, 1 / 3, 0.0])


def sample(seed, n=400):
    rng = np.random.default_rng(seed)
    waits, cut = rng.exponential(10, n), rng.exponential(25, n)
    return np.ceil(np.minimum(waits, cut)), (waits <= cut).astype(int)


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("q", [0.25, 0.5, 0.9])
def test_quantiles_and_their_ends_are_statsmodels(seed, q):
    times, status = sample(seed)
    found, other = quantile(of(times, status), q), SurvfuncRight(times, status)
    assert found.estimate == other.quantile(q)
    with np.errstate(divide="ignore", invalid="ignore"):  # theirs, where nobody or everybody is left
        low, high = other.quantile_ci(q, method="cloglog")
    assert (found.low, found.high) == (low, high)


def test_nothing_open_is_order_statistics():
    values = np.random.default_rng(3).integers(1, 500, 211).astype(float)
    found, other = quantile(of(values, np.ones(211, int)), 0.9), quantiles.interval(values, 0.9)
    assert (found.estimate, found.low, found.high) == (other.estimate, other.low, other.high)


def test_counts_say_what_rows_say():
    times, status = sample(11)
    cells, place = np.unique(times, return_inverse=True)
    made = durations(cells, np.bincount(place, status), np.bincount(place, 1 - status))
    assert quantile(made, 0.5) == quantile(of(times, status), 0.5)


def test_intervals_hold_the_true_median():
    held = 0
    for seed in range(300):
        times, status = sample(1000 + seed, 80)
        found = quantile(of(times, status), 0.5)
        # times are rounded up, so the true median lies in (6, 7]
        held += found.low <= 7 and found.high >= 7
    assert held / 300 >= 0.93


def test_too_few_ended_is_not_known_and_too_few_to_bound_is_open():
    found = quantile(of([1, 2, 3, 4], [1, 0, 0, 0]), 0.5)
    assert math.isnan(found.estimate) and found.reason
    wide = quantile(of([1, 2, 3, 4, 5, 6], [1, 1, 1, 0, 0, 0]), 0.5)
    assert wide.estimate == 3 and wide.high == math.inf


def test_no_rows_have_a_reason():
    assert quantile(durations([], [], []), 0.5).reason == "no rows"


@pytest.mark.parametrize("bad", [([1.0], [1], []), ([-1.0], [1], [0]), ([math.nan], [1], [0])])
def test_nonsense_is_refused(bad):
    with pytest.raises(ValueError):
        durations(*bad)
