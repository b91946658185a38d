"""The ranks to ask an engine for give what the whole column would."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from toolkit.stats import order_statistics, quantiles


@pytest.mark.parametrize("quantile", [0.05, 0.5, 0.9, 0.99])
@pytest.mark.parametrize("n", [1, 2, 7, 40, 1001])
def test_as_the_whole_column_says(n, quantile):
    values = np.sort(np.random.default_rng(n).gamma(2, 3, n))
    asked = order_statistics.needed(n, quantile)
    found = order_statistics.interval_of(asked, {rank: float(values[rank - 1]) for rank in asked.ranks})
    whole = quantiles.interval(values, quantile)
    assert found.estimate == pytest.approx(np.quantile(values, quantile))
    for field in ("low", "high", "se"):
        assert getattr(found, field) == pytest.approx(getattr(whole, field), nan_ok=True)
    assert (found.reason is None) == (whole.reason is None)


def test_ends_are_those_of_scipy():
    values = np.sort(np.random.default_rng(1).normal(size=300))
    asked = order_statistics.needed(300, 0.75, level=0.9)
    found = order_statistics.interval_of(asked, {r: float(values[r - 1]) for r in asked.ranks})
    ends = stats.quantile_test(values, p=0.75).confidence_interval(0.9)
    assert (found.low, found.high) == pytest.approx((ends.low, ends.high))


def test_few_ranks_are_asked_for():
    assert len(order_statistics.needed(10**6, 0.5).ranks) <= 6


def test_too_few_values_say_so():
    asked = order_statistics.needed(3, 0.5)
    assert asked.ends is None
    found = order_statistics.interval_of(asked, {r: float(r) for r in asked.ranks})
    assert found.estimate == 2.0 and np.isnan(found.low) and "too few" in found.reason


@pytest.mark.parametrize(("n", "quantile"), [(0, 0.5), (5, 0.0), (5, 1.0)])
def test_what_should_not_be_asked(n, quantile):
    with pytest.raises(ValueError):
        order_statistics.needed(n, quantile)
