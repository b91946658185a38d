"""Who comes back, on a table small enough to count by hand."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest
from customer_tables import BOUGHT, ENDS, LINES, WINDOW

from toolkit.customers import repeat
from toolkit.customers.definition import Bought, Window
from toolkit.problems import Refused


@pytest.fixture(scope="module")
def found():
    return repeat.estimate(LINES, repeat.Repeat(BOUGHT, WINDOW, within_days=60))


def test_only_customers_with_a_full_window_are_judged(found):
    assert (found.n, found.full) == (5, 4)  # E ordered five days before the end
    assert found.back.estimate == 2 / 4  # A and B; D came too late
    assert found.same.estimate == 1 / 4 and found.other.estimate == 1 / 4 and found.both.estimate == 0


def test_the_interval_is_wilsons(found):
    # Wilson (1927) by hand: 2 of 4 at 95 %
    z2 = 1.959963984540054**2
    half = math.sqrt(z2 * (0.25 / 4 + z2 / (4 * 16))) / (1 + z2 / 4)
    assert (found.back.low, found.back.high) == pytest.approx((0.5 - half, 0.5 + half))


def test_time_to_the_second_order_counts_everybody_as_long_as_seen(found):
    # at risk 5 at 36 days less E, seen for 5 days only: 4; then 3 at 40, then D's 139 days with C there
    assert found.curve.at(36).estimate == pytest.approx(3 / 4)
    assert found.curve.at(40).estimate == pytest.approx(3 / 4 * 2 / 3)
    assert found.curve.at(139).estimate == pytest.approx(3 / 4 * 2 / 3 * 1 / 2)


def test_what_is_no_purchase_is_counted_by_reason(found):
    assert {a.why: (a.rows, a.amount) for a in found.aside} == {
        "no_customer": (2, 8.0), "cancelled": (1, 10.0), "negative": (1, -30.0)}  # fmt: skip
    doubts = {c.name.text() for c in repeat.check(found).failed}
    assert doubts == {"Orders name their customer"}  # 2 orders beside 8


def test_returns_that_are_declared_are_called_so():
    bought = Bought("lines", "order_id", "day", amount="amount", returned="amount < 0")
    reasons = [a.why for a in repeat.estimate(LINES, repeat.Repeat(bought, WINDOW)).aside]
    assert reasons == ["no_customer", "returned"]


def test_cells_of_months_that_are_not_over_are_empty_and_not_0():
    def grid(ends):
        found = repeat.estimate(LINES, repeat.Repeat(BOUGHT, Window(ends)))
        return {c.month: c for c in found.every_cohort}

    january = grid(ENDS)[date(2026, 1, 1)]
    assert (january.size, january.active) == (3, (3, 1, 1, 0, 0, 0))
    assert january.share(3) == 0 and january.share(5) == 0  # June is over
    assert math.isnan(january.share(6))
    early = grid(date(2026, 6, 29))[date(2026, 1, 1)]
    assert math.isnan(early.share(5)) and early.share(4) == 0


def test_one_order_each_is_said_and_not_hidden():
    once = LINES[LINES.state == "done"].dropna().query("amount > 0").drop_duplicates("customer_id")
    found = repeat.estimate(once, repeat.Repeat(BOUGHT, WINDOW, within_days=60))
    assert found.back.estimate == 0 and found.back.high > 0.3
    assert math.isnan(found.curve.median().estimate)
    assert "Some customer came back" in {c.name.text() for c in repeat.check(found).failed}
    assert repeat.conclude(found, repeat.check(found))[0].verdict == "measured"


def test_a_cohort_of_one_is_named():
    found = repeat.estimate(LINES, repeat.Repeat(BOUGHT, WINDOW))
    said = {c.name.text(): c.detail.text() for c in repeat.check(found)}
    assert said["Cohorts are larger than one customer"] == "cohorts of a single customer: 2"


def test_nobody_with_a_full_window_is_no_data():
    found = repeat.estimate(LINES, repeat.Repeat(BOUGHT, WINDOW, within_days=400))
    assert math.isnan(found.back.estimate)
    assert repeat.conclude(found, repeat.check(found))[0].verdict == "no_data"


def test_a_currency_that_changes_halfway_is_refused_with_both_and_their_days():
    mixed = LINES.assign(money=["EUR"] * 9 + ["USD"] * 4)
    with pytest.raises(Refused) as refused:
        repeat.estimate(mixed, repeat.Repeat(Bought("lines", "order_id", "day", currency="money"), WINDOW))
    said = str(refused.value)
    assert "several currencies" in said and "EUR 9 rows" in said and "USD 4 rows from 2026-03-03" in said


def test_every_problem_is_said_at_once():
    wrong = Bought("lines", "order_no", "day", product="thing", amount="amountt", cancelled="state =")
    with pytest.raises(Refused) as refused:
        repeat.estimate(LINES, repeat.Repeat(wrong, WINDOW))
    said = str(refused.value)
    assert all(place in said for place in ("purchases.order", "purchases.product", "purchases.amount", "purchases.cancelled"))


def test_a_table_of_nothing_that_counts_is_refused():
    with pytest.raises(Refused, match="no order that counts"):
        repeat.estimate(LINES[LINES.state == "cancelled"], repeat.Repeat(BOUGHT, WINDOW))


def test_the_callers_table_is_left_as_it_was():
    before = LINES.copy()
    repeat.estimate(LINES, repeat.Repeat(BOUGHT, WINDOW))
    pd.testing.assert_frame_equal(before, LINES)
