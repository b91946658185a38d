"""BG/NBD, against Fader, Hardie & Lee (2005), its closed forms where they are stable, and planted truth."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from buyers import draw_buyers, later_purchases
from scipy import optimize, special, stats

from toolkit.stats import bg_nbd

PAPER = np.log([0.243, 4.414, 0.793, 2.426])


@pytest.fixture(scope="module")
def cdnow(shared_data):
    table = pd.read_csv(shared_data / "customers" / "cdnow_customers_summary.csv")
    return bg_nbd.cells(table.frequency, table.recency, table["T"])


def test_cdnow_as_the_paper_prints_it(cdnow):
    # Fader, Hardie & Lee (2005), table 2
    assert cdnow.n == 2357
    found = bg_nbd.fit(cdnow)
    assert found.values == pytest.approx((0.243, 4.414, 0.793, 2.426), abs=5e-4)
    assert found.log_likelihood == pytest.approx(-9582.4, abs=0.05)
    assert found.converged and found.agreed == found.starts == 3
    assert found.distance < 1e-6 and found.gradient < 1e-8


def test_the_papers_customer(cdnow):
    # Fader, Hardie & Lee (2005), section 4 and the authors' spreadsheet: x 2, t_x 30.43, T 38.86
    one = bg_nbd.cells([2], [30.43], [38.86])
    assert bg_nbd.expected_purchases(PAPER, one, 39)[0] == pytest.approx(1.226, abs=5e-4)
    found = bg_nbd.fit(cdnow)
    assert bg_nbd.expected_purchases(found.logs, one, 39)[0] == pytest.approx(1.226, abs=5e-4)


def by_hypergeometric(r, alpha, a, b, x, recency, age, ahead):
    """Equation (10) as printed."""
    z = ahead / (alpha + age + ahead)
    kept = ((alpha + age) / (alpha + age + ahead)) ** (r + x)
    top = (a + b + x - 1) / (a - 1) * (1 - kept * special.hyp2f1(r + x, b + x, a + b + x - 1, z))
    gone = (x > 0) * a / (b + x - 1) * ((alpha + age) / (alpha + recency)) ** (r + x)
    return top / (1 + gone)


@pytest.mark.parametrize("ahead", [0.5, 10.0, 300.0])
@pytest.mark.parametrize("x", [0, 1, 7])
@pytest.mark.parametrize("shape", [(0.243, 4.414, 0.793, 2.426), (2.0, 9.0, 0.3, 1.9), (0.6, 2.0, 3.0, 9.0)])
def test_expected_purchases_are_equation_ten_where_that_is_stable(x, ahead, shape):
    recency, age = (0.0, 38.0) if x == 0 else (30.0, 38.0)
    one = bg_nbd.cells([x], [recency], [age])
    found = bg_nbd.expected_purchases(np.log(shape), one, ahead)[0]
    assert found == pytest.approx(by_hypergeometric(*shape, x, recency, age, ahead), rel=1e-6)


@pytest.mark.parametrize("ahead", [1.0, 39.0])
def test_discounting_at_zero_changes_nothing_and_a_rate_takes_the_integral(ahead):
    one = bg_nbd.cells([3], [20.0], [38.0])
    plain = bg_nbd.expected_purchases(PAPER, one, ahead)[0]
    assert bg_nbd.expected_purchases(PAPER, one, ahead, discount=1e-12)[0] == pytest.approx(plain, rel=1e-9)
    steps = np.linspace(0, ahead, 2001)
    running = np.array([bg_nbd.expected_purchases(PAPER, one, s)[0] for s in steps])
    middle = (steps[1:] + steps[:-1]) / 2
    assert bg_nbd.expected_purchases(PAPER, one, ahead, discount=0.01)[0] == pytest.approx(
        float((np.diff(running) * np.exp(-0.01 * middle)).sum()), rel=1e-6
    )


def test_no_number_is_negative_or_missing_where_the_printed_formula_breaks():
    rng = np.random.default_rng(2)
    age = rng.uniform(1, 500, 300)
    x = np.floor(rng.exponential(60, 300))
    data = bg_nbd.Cells(x, np.where(x > 0, age * rng.uniform(0.01, 1, 300), 0), age, np.ones(300))
    for shape in [(0.3, 4, 1.0, 2.0), (0.3, 4, 1 + 1e-10, 2.0), (5, 0.01, 0.02, 30), (0.01, 300, 40, 0.05)]:
        for ahead in (1e-6, 1.0, 1e4):
            found = bg_nbd.expected_purchases(np.log(shape), data, ahead)
            assert np.isfinite(found).all() and (found >= 0).all()
        shares = bg_nbd.still_active(np.log(shape), data)
        assert ((shares >= 0) & (shares <= 1)).all()


def test_new_customers_are_those_not_yet_observed():
    just_in = bg_nbd.cells([0], [0.0], [0.0])
    for ahead in (1.0, 50.0):
        assert bg_nbd.expected_of_new(PAPER, [ahead])[0] == pytest.approx(
            bg_nbd.expected_purchases(PAPER, just_in, ahead)[0], rel=1e-10
        )


def test_the_gradient_is_that_of_the_likelihood():
    rng = np.random.default_rng(8)
    data = bg_nbd.cells(*draw_buyers(rng, 300, 0.5, 6, 0.8, 2.5, 40)[:3])
    likelihood = bg_nbd._Likelihood(data)
    logs = np.log([0.3, 4.0, 0.7, 2.0])
    for i, slope in enumerate(likelihood(logs)[1]):
        move = np.eye(4)[i] * 1e-6
        assert slope == pytest.approx((likelihood(logs + move)[0] - likelihood(logs - move)[0]) / 2e-6, rel=1e-5)


def test_cells_count_what_rows_list():
    rng = np.random.default_rng(9)
    x, recency, age, *_ = draw_buyers(rng, 4000, 0.5, 6, 0.8, 2.5, 40)
    recency = np.ceil(recency)
    rows = bg_nbd.Cells(x, recency, age, np.ones(4000))
    few = bg_nbd.cells(x, recency, age)
    assert len(few.x) < 600 and few.n == 4000
    assert bg_nbd.log_likelihood(few, 0.3, 4, 0.7, 2) == pytest.approx(bg_nbd.log_likelihood(rows, 0.3, 4, 0.7, 2))
    assert bg_nbd.fit(few).values == pytest.approx(bg_nbd.fit(rows).values, rel=1e-5)


def test_planted_parameters_lie_in_their_intervals_as_often_as_they_say():
    rng = np.random.default_rng(10)
    truth = {"r": 0.5, "alpha": 6.0, "a": 0.8, "b": 2.5}
    held = {name: 0 for name in truth}
    future, runs = 0, 120
    wanted = float(bg_nbd.expected_of_new(np.log(list(truth.values())), [52.0])[0])
    for _ in range(runs):
        age = np.ceil(rng.uniform(30, 52, 2500))
        x, recency, age, *_ = draw_buyers(rng, 2500, *truth.values(), age)
        found = bg_nbd.fit(bg_nbd.cells(x, np.ceil(recency * 7) / 7, age))
        assert found.converged
        for name, value in truth.items():
            interval = found.interval(name)
            held[name] += interval.low <= value <= interval.high
        interval = found.of(lambda logs: float(bg_nbd.expected_of_new(logs, [52.0])[0]))
        future += interval.low <= wanted <= interval.high
    # binomial error of a share of .95 in 120 is .02
    assert all(0.88 <= h / runs for h in held.values()), held
    assert 0.89 <= future / runs


def test_what_is_expected_happens():
    rng = np.random.default_rng(11)
    shape = (0.9, 5.0, 0.9, 3.0)
    x, recency, age, active, rate, leave = draw_buyers(rng, 200_000, *shape, 30.0)
    data = bg_nbd.Cells(x, recency, age, np.ones(len(x)))
    assert bg_nbd.still_active(np.log(shape), data).mean() == pytest.approx(active.mean(), abs=0.004)
    bought = later_purchases(rng, 26.0, active, rate, leave)
    expected = bg_nbd.expected_purchases(np.log(shape), data, 26.0)
    for rows in (x == 0, x == 1, x >= 4):
        error = bought[rows].std() / math.sqrt(rows.sum())
        assert abs(expected[rows].mean() - bought[rows].mean()) < 4 * error


def test_where_the_data_cannot_tell_it_says_so():
    once = bg_nbd.fit(bg_nbd.cells(np.zeros(50), np.zeros(50), np.full(50, 20.0)))
    assert once.reason == "nobody bought a second time" and math.isnan(once["r"])
    assert "too few" in bg_nbd.fit(bg_nbd.cells([1, 2], [1, 2], [3, 3])).reason
    assert bg_nbd.fit(bg_nbd.cells([], [], [])).reason == "there are no customers"
    assert not once.interval("r").defined


def test_customers_who_never_leave_are_negative_binomial():
    rng = np.random.default_rng(12)
    rate = rng.gamma(2.0, 1 / 4.0, 3000)
    x = rng.poisson(rate * 50)
    last = np.where(x > 0, 50 * rng.random(3000) ** (1 / np.maximum(x, 1)), 0.0)
    found = bg_nbd.fit(bg_nbd.cells(x, last, np.full(3000, 50.0)))
    assert found.edge == "nobody is seen to leave for good" and found.converged
    assert math.isnan(found.interval("a").estimate) and found.interval("a").reason == found.edge
    # r by the negative binomial of the counts alone (scipy), and x are all that is expected of the future
    def unlikely(logs):
        r, alpha = np.exp(logs)
        return -stats.nbinom.logpmf(x, r, alpha / (alpha + 50)).sum()

    best = optimize.minimize(unlikely, np.log([1.0, 1.0]), method="Nelder-Mead", options={"xatol": 1e-8, "fatol": 1e-8})
    assert found.values[:2] == pytest.approx(np.exp(best.x), rel=1e-4)
    one = bg_nbd.cells([7], [1.0], [50.0])
    assert bg_nbd.still_active(found.logs, one)[0] == pytest.approx(1)
    r, alpha = found.values[:2]
    assert bg_nbd.expected_purchases(found.logs, one, 10)[0] == pytest.approx((r + 7) / (alpha + 50) * 10)
    assert found.of(lambda logs: float(bg_nbd.expected_purchases(logs, one, 10)[0])).defined


def test_cells_that_cannot_be_are_refused_with_every_reason():
    with pytest.raises(ValueError) as refused:
        bg_nbd.cells([1, 2, 0, 1, 1.5, math.nan], [9, 3, 2, 0, 1, 1], [5, -1, 5, 5, 5, 5])
    said = str(refused.value)
    for rule in ("after the end", "times must be 0 or more", "the last one is the first", "comes after",
                 "whole numbers", "is missing"):  # fmt: skip
        assert f"1 cells: {'a number ' if rule == 'is missing' else ''}" in said and rule in said
    with pytest.raises(ValueError, match="time ahead"):
        bg_nbd.expected_purchases(PAPER, bg_nbd.cells([0], [0], [3]), -1)


def test_many_cells_are_as_likely_as_their_parts():
    """A sum over customers: two halves add up, whatever cells are looked at together."""
    rng = np.random.default_rng(11)
    n = 100_000
    x = rng.integers(0, 30, n).astype(float)
    age = rng.uniform(30, 150, n)
    recency = np.where(x > 0, age * rng.uniform(0.05, 1, n), 0.0)
    whole = bg_nbd.Cells(x, recency, age, rng.integers(1, 5, n).astype(float))
    halves = [bg_nbd.Cells(whole.x[s], whole.recency[s], whole.age[s], whole.counts[s]) for s in (slice(0, 7), slice(7, n))]
    for shape in ((0.24, 4.41, 0.79, 2.43), (2.0, 30.0, 0.05, 9.0)):
        added = sum(bg_nbd.log_likelihood(half, *shape) for half in halves)
        assert bg_nbd.log_likelihood(whole, *shape) == pytest.approx(added, rel=1e-12)


def test_cells_of_one_age_are_expected_as_each_by_itself():
    data = bg_nbd.Cells(
        np.array([2.0, 2, 0, 5, 2]), np.array([10.0, 30, 0, 30, 10]), np.array([40.0, 40, 40, 40, 31]), np.ones(5)
    )
    for discount in (0.0, 0.002):
        together = bg_nbd.expected_purchases(PAPER, data, 39, discount=discount)
        for i in range(5):
            one = bg_nbd.Cells(*(c[i : i + 1] for c in (data.x, data.recency, data.age, data.counts)))
            assert together[i] == pytest.approx(bg_nbd.expected_purchases(PAPER, one, 39, discount=discount)[0], rel=1e-12)


def test_every_kth_cell_is_the_same_whatever_order_they_stand_in():
    rng = np.random.default_rng(5)
    data = bg_nbd.cells(rng.integers(1, 9, 4000), rng.integers(1, 40, 4000), np.full(4000, 50))
    mixed = rng.permutation(len(data.x))
    other = bg_nbd.Cells(*(c[mixed] for c in (data.x, data.recency, data.age, data.counts)))
    for one, two in zip(*((d.x, d.recency, d.age) for d in (bg_nbd.thinned(data, 50), bg_nbd.thinned(other, 50))), strict=True):
        assert (one == two).all()
