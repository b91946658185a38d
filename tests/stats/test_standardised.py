"""Indirect standardisation by hand, and false claims about colleagues who are all alike."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.stats.ranks import rank_intervals
from toolkit.stats.standardised import indirect


def test_a_hard_mix_is_allowed_for():
    # two strata: of 100 easy ones 90 are kept, of 100 hard ones 30; each keeps what all keep
    kept = [[81, 3], [9, 27]]
    n = [[90, 10], [10, 90]]
    found = indirect(kept, n)
    assert found.raw == pytest.approx([0.84, 0.36])
    # expected by hand: (90 x .9 + 10 x .3) / 100 = .84 and (10 x .9 + 90 x .3) / 100 = .36
    assert found.expected == pytest.approx([0.84, 0.36])
    assert found.value == pytest.approx([0.6, 0.6])
    assert found.overall == pytest.approx(0.6)
    # variance of the count by hand: 90 x .9 x .1 + 10 x .3 x .7 = 10.2, over 84 expected, times .6
    assert found.se[0] == pytest.approx(np.sqrt(10.2) / 84 * 0.6)


def test_alike_colleagues_are_rarely_told_apart():
    rng = np.random.default_rng(2)
    wrong = 0
    for _ in range(200):
        n = rng.integers(5, 60, (8, 3))
        found = indirect(rng.binomial(n, [0.9, 0.6, 0.3]), n)
        ranks = rank_intervals(found.value, found.se, draws=2000)
        wrong += ranks.surely_better.any()
    assert wrong / 200 <= 0.09  # 5 % promised; two standard errors above that are 8 %


def test_somebody_without_work_is_not_known():
    found = indirect([[5, 0], [0, 0]], [[10, 0], [0, 0]])
    assert np.isnan(found.value[1]) and np.isnan(found.raw[1])


@pytest.mark.parametrize("kept, n", [([[3]], [[2]]), ([[-1]], [[2]]), ([[1, 2]], [[3]])])
def test_nonsense_is_refused(kept, n):
    with pytest.raises(ValueError):
        indirect(kept, n)
