"""Lifetime value of data that cannot tell: named reasons, counts, and never a silent zero."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.customers import lifetime
from toolkit.problems import Refused


def bought(rows):
    frame = pd.DataFrame(rows, columns=["customer_id", "ordered_at", "amount"])
    return frame.assign(ordered_at=pd.to_datetime(frame.ordered_at))


def concluded(found):
    checks = lifetime.check(found)
    return checks, lifetime.conclude(found, checks)


def test_one_order_a_customer_for_everybody():
    rows = bought([(c, f"2025-{1 + c % 12:02d}-10", 20.0) for c in range(200)])
    found = lifetime.estimate(rows, lifetime.Purchases(ends=date(2025, 12, 31)))
    assert math.isnan(found.everybody.there.estimate)
    checks, findings = concluded(found)
    assert findings[0].verdict == "no_data" and math.isnan(findings[0].estimate)
    assert "nobody bought a second time" in findings[0].sentence.text()
    assert "nobody bought a second time" in [c.detail.text() for c in checks.failed]


def test_a_cohort_of_one():
    found = lifetime.estimate(bought([(1, "2025-01-10", 20.0), (1, "2025-05-10", 30.0)]), lifetime.Purchases())
    _, findings = concluded(found)
    assert findings[0].verdict == "no_data" and findings[0].n == 1
    one = pd.DataFrame({"customer_id": [1, 1], "term": [1, 2], "renewed": [1, 0]})
    _, findings = concluded(lifetime.estimate(one, lifetime.Renewals(value=5.0)))
    assert findings[0].verdict == "no_data"


def test_nothing_at_all():
    found = lifetime.estimate(bought([]).astype({"customer_id": "int64", "amount": float}), lifetime.Purchases())
    checks, findings = concluded(found)
    assert findings[0].verdict == "no_data" and "no customers" in findings[0].sentence.text()
    found.grid().text(), found.simple.text(), found.holdout.grid().text(), found.aside_grid().text()


def test_every_row_that_is_set_aside_is_counted_by_its_reason():
    good = [(c, f"2025-{1 + (c + k) % 12:02d}-{1 + c % 27:02d}", 20.0 + c % 7) for c in range(100) for k in range(1 + c % 3)]
    bad = [(None, "2025-03-03", 5.0), (3, None, 5.0), (3, "2026-02-01", 5.0), (4, "2025-03-03", -5.0),
           (5, "2025-03-03", 0.0), (6, "2025-03-03", None), (7, "2025-03-03", 9.0)]  # fmt: skip
    rows = bought(good + bad)
    rows["status"] = ["ok"] * (len(good) + len(bad) - 1) + ["cancelled"]
    found = lifetime.estimate(rows, lifetime.Purchases(ends=date(2025, 12, 31), cancelled="status = 'cancelled'"))
    aside = {s.why.text(): s.count for s in found.set_aside}
    assert aside == {
        "Rows set aside: no customer": 1, "Rows set aside: no day": 1,
        "Rows after the end of the period, not counted": 1, "Rows set aside: the amount is negative": 1,
        "Rows set aside: the amount is 0": 1, "Rows set aside: the amount is missing": 1,
        "Rows of cancelled orders, left out": 1,
    }  # fmt: skip
    assert found.everybody.n == 100
    assert set(aside) <= {c.name.text() for c in lifetime.check(found)}


def test_customers_that_cannot_be_are_set_aside_with_their_reason():
    table = pd.DataFrame({
        "x": [1.0, 2, -1, 1.5, None, 0, 1, 3], "t_x": [9.0, 2, 0, 1, 1, 2, 0, 4], "T": [5.0] * 8,
        "zbar": [4.0, -3, 1, 2, 2, 0, 2, 5],
    })  # fmt: skip
    found = lifetime.estimate(table, lifetime.Summary(frequency="x", recency="t_x", age="T", spend="zbar"))
    said = {s.why.text(): s.count for s in found.set_aside}
    assert said == {
        "Customers set aside: a number is missing": 1,
        "Customers set aside: repeat purchases are no whole number of 0 or more": 2,
        "Customers set aside: the last purchase is after the end of observation": 1,
        "Customers set aside: a last purchase later than the first, but no repeat": 1,
        "Customers set aside: a repeat purchase at the time of the first": 1,
        "Customers set aside: the mean amount is not above 0": 1,
    }  # fmt: skip
    assert found.everybody.n == 1


def test_several_currencies_are_refused_with_their_rows():
    rows = bought([(c, "2025-03-03", 5.0) for c in range(10)]).assign(currency=["EUR"] * 7 + ["USD"] * 3)
    with pytest.raises(Refused) as refused:
        lifetime.estimate(rows, lifetime.Purchases(currency_column="currency"))
    assert "several currencies" in str(refused.value) and "USD: 3 rows" in str(refused.value)


def test_wrong_columns_and_sql_are_said_at_once():
    rows = bought([(1, "2025-03-03", 5.0)])
    with pytest.raises(Refused) as refused:
        lifetime.estimate(rows, lifetime.Purchases(customer="kunde", amount="amnt * 2", cancelled="status ="))
    assert len(refused.value.problems) >= 3
    assert "Did you mean 'amount'" in str(refused.value)
    with pytest.raises(TypeError):
        lifetime.estimate(rows)


def decisions(term, n, kept):
    rows = [(f"{t}-{i}", t, int(i < k)) for t, m, k in zip(term, n, kept, strict=True) for i in range(m)]
    return pd.DataFrame(rows, columns=["customer_id", "term", "renewed"])


@pytest.mark.parametrize(
    ("kept", "why"), [((40, 40), "nobody has left"), ((0, 0), "everybody left")], ids=["nobody left", "everybody left"]
)
def test_nobody_and_everybody_left(kept, why):
    found = lifetime.estimate(decisions([1, 2], [40, 40], kept), lifetime.Renewals(value=9.0))
    _, findings = concluded(found)
    assert findings[0].verdict == "no_data" and why in findings[0].sentence.text()
    assert not found.everybody.point.defined


def test_decisions_that_cannot_be_are_set_aside_with_their_reason():
    rows = decisions([1, 2, 3], [60, 40, 30], [40, 30, 25])
    odd = pd.DataFrame({
        "customer_id": [None, "a", "b", "c", "1-0"], "term": [1, 0, 1.5, 1, 1], "renewed": [1, 1, 1, 2, 1],
    })  # fmt: skip
    found = lifetime.estimate(pd.concat([rows, odd]), lifetime.Renewals(value=9.0))
    said = {s.why.text(): s.count for s in found.set_aside}
    assert said == {
        "Decisions set aside: no customer": 1,
        "Decisions set aside: the term is no whole number of 1 or more": 2,
        "Decisions set aside: renewed is neither 0 nor 1": 1,
        "Decisions set aside: the same customer and term again": 1,
    }  # fmt: skip
    assert found.fit.fit.n == 130


def test_a_segment_too_small_to_tell_is_no_data_and_the_others_stay():
    rng = np.random.default_rng(61)
    rows = decisions([1, 2, 3], [600, 400, 300], [400, 300, 250])
    rows["kind"] = np.where(rng.random(len(rows)) < 0.5, "homes", "firms")
    rows.loc[0, "kind"] = "lone"
    found = lifetime.estimate(rows, lifetime.Renewals(value=9.0, segment="kind"))
    values = {v.segment: v for v in found.values}
    assert not values["lone"].there.defined and values["homes"].there.defined
    failed = {c.name.text(): c.detail.text() for c in lifetime.check(found).failed}
    assert "lone" in failed["Every segment can be valued"]
    assert found.rows[-1].tone == "unknown" or any(r.tone == "unknown" for r in found.rows)


def test_definitions_that_cannot_be_are_refused():
    with pytest.raises(ValueError, match="discount.*horizon"):
        lifetime.Purchases(discount=2, horizon_years=-1)
    with pytest.raises(ValueError, match="margin"):
        lifetime.Summary(margin=3)
    with pytest.raises(ValueError, match="terms a year"):
        lifetime.Renewals(terms_a_year=0)
