"""Against Newcombe's printed example, and false claims where all places are alike."""

from __future__ import annotations

import numpy as np
import pytest

from toolkit.stats.uneven_shares import Sums, against_the_rest


def rows(count: float, n: float) -> Sums:
    return Sums(count, n, count, count, n)


def test_two_places_are_newcombe_s_example():
    """Newcombe (1998), Statistics in Medicine 17:873, table II (a): 56/70 and 48/80, method 10."""
    first, second = against_the_rest([rows(56, 70), rows(48, 80)], level=0.95, comparisons=1)
    assert first.difference == pytest.approx(0.2)
    assert (first.low, first.high) == (pytest.approx(0.0524, abs=5e-5), pytest.approx(0.3339, abs=5e-5))
    assert (second.low, second.high) == (pytest.approx(-0.3339, abs=5e-5), pytest.approx(-0.0524, abs=5e-5))


def test_nothing_against_something_is_newcombe_s_example_too():
    """Table II (h): 10/10 and 0/20."""
    found = against_the_rest([rows(10, 10), rows(0, 20)], level=0.95, comparisons=1)[0]
    assert (found.low, found.high) == (pytest.approx(0.6791, abs=5e-5), pytest.approx(1.0, abs=5e-5))


def test_rows_of_one_customer_are_no_more_than_one():
    ten_each = Sums(40, 400, 400, 400, 4000)  # 4 of 40 customers, all of their 10 rows
    alone = rows(4, 40)
    clustered, plain = ten_each.share(0.95), alone.share(0.95)
    assert clustered.estimate == plain.estimate
    assert clustered.high - clustered.low == pytest.approx(plain.high - plain.low, rel=0.1)


def test_more_comparisons_make_wider_intervals():
    few = against_the_rest([rows(30, 300), rows(20, 300)], comparisons=2)[0]
    many = against_the_rest([rows(30, 300), rows(20, 300)], comparisons=40)[0]
    assert many.low < few.low and many.high > few.high
    assert many.share == few.share


def test_one_place_or_an_empty_one_has_no_difference():
    (alone,) = against_the_rest([rows(3, 10)])
    assert np.isnan(alone.difference) and alone.reason == "no rows"
    assert against_the_rest([]) == ()


def test_no_share_is_above_all():
    with pytest.raises(ValueError, match="between 0 and the rows"):
        rows(3, 2)


@pytest.mark.parametrize(("share", "sizes"), [(0.02, (400, 900, 1500, 2500)), (0.1, (150, 200, 300))])
def test_places_that_are_alike_are_seldom_told_apart(share, sizes):
    """2,000 draws: a false claim of any place in at most 5 % (and three standard errors)."""
    rng = np.random.default_rng(20261)
    draws = rng.binomial(sizes, share, size=(2000, len(sizes)))
    claimed = sum(
        any(u.low > 0 for u in against_the_rest([rows(float(c), n) for c, n in zip(row, sizes, strict=True)])) for row in draws
    )
    assert claimed / 2000 <= 0.05 + 3 * (0.05 * 0.95 / 2000) ** 0.5


def test_a_place_that_is_worse_is_found():
    rng = np.random.default_rng(7)
    found = 0
    for _ in range(200):
        counts = [float(rng.binomial(n, p)) for n, p in ((1000, 0.09), (1500, 0.03), (2000, 0.03))]
        judged = against_the_rest([rows(c, n) for c, n in zip(counts, (1000, 1500, 2000), strict=True)])
        found += judged[0].low > 0 and not any(u.low > 0 for u in judged[1:])
    assert found >= 190
