"""A test whose outcomes stand in another table: from CSV files and a params file to findings, by hand.

Eight customers by name carry the cases; the rest are many enough for the methods. What each customer
counts is worked out with pandas, row by row of the rule, from the files as they are written.
"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit import experiments, open_company

PARAMS = """
version: 1
company: {id: shop, name: Shop, currency: EUR, as_of: 2026-03-31}
folder: .
tables:
  mailed:
    path: mailed.csv
    columns:
      customer_id: {type: text, required: true}
      arm: {type: category, values: [none, mail], required: true}
      sent_on: {type: date, required: true}
  orders:
    path: orders.csv
    time: ordered_on
    columns:
      customer_id: {from: buyer, type: text, required: true}
      ordered_on: {type: date, required: true}
      amount: {type: money, currency: EUR}
      status: {type: category, values: [paid, open], required: true}
kpis:
  order_value:
    label: Spend an order
    table: orders
    numerator: amount
    where: status = 'paid'
    unit: customer_id
    format: money
  paid_share:
    label: Orders paid
    table: orders
    numerator: case when status = 'paid' then 1 else 0 end
    unit: customer_id
    format: percent
tests:
  mail:
    label: Spring mail
    table: mailed
    unit: customer_id
    arm: arm
    control: none
    arms: {none: 1, mail: 1}
    assigned_at: sent_on
    metrics:
      - {kpi: order_value, role: primary, per_unit: true, within_days: 28}
      - {kpi: order_value, within_days: 28}
      - {kpi: paid_share, within_days: 28}
"""

NAMED_MAILED = """\
c-none,mail,2026-02-01
c-one,mail,2026-02-01
c-edges,mail,2026-02-01
c-early,none,2026-02-01
c-open,none,2026-02-01
c-blank,none,2026-02-01
c-last,none,2026-03-04
c-late,none,2026-03-05
"""
NAMED_ORDERS = """\
c-one,2026-02-10,50.00,paid
c-edges,2026-02-01,10.00,paid
c-edges,2026-02-28,20.00,paid
c-edges,2026-03-01,400.00,paid
c-early,2026-01-31,300.00,paid
c-open,2026-02-05,200.00,open
c-blank,2026-02-05,,paid
c-last,2026-03-31,7.00,paid
c-late,2026-03-06,900.00,paid
c-nobody,2026-02-05,800.00,paid
"""
SUMS = {
    "c-none": (0, 0),  # not one order: counts 0 of a customer, and no order
    "c-one": (50, 1),
    "c-edges": (30, 2),  # the day of the mail and the 28th day count, the day after does not
    "c-early": (0, 0),  # bought before the mail
    "c-open": (0, 0),  # not paid
    "c-blank": (0, 0),  # an order of unknown amount is in neither sum
    "c-last": (7, 1),  # its 28 days end with the last day of the data
}
"""What each named customer counts; c-late's days are not over, so it counts nowhere."""


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    home = tmp_path_factory.mktemp("shop")
    rng = np.random.default_rng(11)
    n = 600
    arms = np.where(np.arange(n) % 2, "mail", "none")
    sent = pd.Timestamp("2026-01-15") + pd.to_timedelta(rng.integers(0, 60, n), "D")
    mailed = "".join(f"m{i},{arms[i]},{sent[i].date()}\n" for i in range(n))
    buyers = rng.integers(0, 450, 1800)  # a quarter of them never buys
    days = pd.Timestamp("2026-01-10") + pd.to_timedelta(rng.integers(0, 80, 1800), "D")
    amounts = rng.gamma(2, 20 + 8 * (buyers % 2)).round(2)
    status = rng.choice(["paid", "open"], 1800, p=[0.8, 0.2])
    orders = "".join(
        f"m{b},{d.date()},{a:.2f},{s}\n" for b, d, a, s in zip(buyers, days, amounts, status, strict=True)
    )
    (home / "mailed.csv").write_text("customer_id,arm,sent_on\n" + NAMED_MAILED + mailed)
    (home / "orders.csv").write_text("buyer,ordered_on,amount,status\n" + NAMED_ORDERS + orders)
    (home / "shop.yaml").write_text(PARAMS)
    return home


@pytest.fixture(scope="module")
def effects(folder):
    return experiments.estimate(open_company(str(folder / "shop.yaml"), "2026Q1").test("mail"))


@pytest.fixture(scope="module")
def by_customer(folder) -> pd.DataFrame:
    """Arm, spend, paid orders and orders of each customer whose 28 days are over."""
    mailed = pd.read_csv(folder / "mailed.csv", parse_dates=["sent_on"])
    orders = pd.read_csv(folder / "orders.csv", parse_dates=["ordered_on"])
    rows = []
    for who in mailed.itertuples():
        if who.sent_on + pd.Timedelta(days=27) > pd.Timestamp("2026-03-31"):
            continue
        own = orders[orders.buyer == who.customer_id]
        age = (own.ordered_on - who.sent_on).dt.days
        own = own[(age >= 0) & (age < 28)]
        paid = own[(own.status == "paid") & own.amount.notna()]
        rows.append((who.customer_id, who.arm, paid.amount.sum(), len(paid), (own.status == "paid").sum(), len(own)))
    return pd.DataFrame(rows, columns=["who", "arm", "spend", "sales", "paid", "orders"]).set_index("who")


def test_the_hand_count_is_right_about_the_named(by_customer):
    found = {who: tuple(by_customer.loc[who, ["spend", "sales"]]) for who in SUMS}
    assert found == SUMS
    assert "c-late" not in by_customer.index


def test_each_customer_counts_what_it_did_in_its_own_days(folder, by_customer):
    study = open_company(str(folder / "shop.yaml"), "2026Q1").test("mail")
    found = study.table.to_pandas().set_index("customer_id")
    name = "order_value_28_days"
    for who, (spend, sales) in SUMS.items():
        assert (found.loc[who, f"{name}__sum"], found.loc[who, f"{name}__count"]) == (spend, sales)
    assert math.isnan(found.loc["c-late", f"{name}__sum"])
    known = found[found[f"{name}__sum"].notna()]
    assert set(known.index) == set(by_customer.index) and len(found) == 608
    pd.testing.assert_series_equal(
        known[f"{name}__sum"], by_customer.spend.loc[known.index], check_names=False, check_dtype=False
    )


def test_spend_a_customer_is_a_mean_over_all_of_them(effects, by_customer):
    """Welch's test by scipy, on every customer's sum with its zeros."""
    mail, none = (by_customer.spend[by_customer.arm == arm] for arm in ("mail", "none"))
    found = effects.of("order_value_per_unit_28_days")
    oracle = stats.ttest_ind(mail, none, equal_var=False)
    ci = oracle.confidence_interval(0.95)
    assert found.kind == "mean" and (found.before.n, found.after.n) == (len(none), len(mail))
    assert found.difference.estimate == pytest.approx(mail.mean() - none.mean())
    assert (found.difference.low, found.difference.high) == pytest.approx((ci.low, ci.high))
    assert found.difference.p_value == pytest.approx(oracle.pvalue)
    assert found.metric.title == "Spend an order, per customer assigned"


def test_spend_an_order_is_a_ratio_with_errors_by_customer(folder, effects, by_customer):
    """The delta method by hand: residuals of each customer over all orders.

    A customer not counted yet has 0 of 0 and so no residual; it only stands in n / (n - 1).
    """
    mailed = pd.read_csv(folder / "mailed.csv").arm.value_counts()
    found = effects.of("order_value_28_days")
    variance = 0.0
    for arm, level in (("none", found.before), ("mail", found.after)):
        own = by_customer[by_customer.arm == arm]
        ratio = own.spend.sum() / own.sales.sum()
        residual = own.spend - ratio * own.sales
        n = mailed[arm]
        variance += n / (n - 1) * (residual**2).sum() / own.sales.sum() ** 2
        assert level.value.estimate == pytest.approx(ratio)
    assert found.kind == "ratio" and found.difference.se == pytest.approx(math.sqrt(variance))


def test_a_share_of_another_tables_rows_is_no_share_of_customers(effects, by_customer):
    found = effects.of("paid_share")
    totals = by_customer.groupby("arm")[["paid", "orders"]].sum()
    assert found.kind == "ratio" and found.unit == "points"
    assert found.after.value.estimate == pytest.approx(totals.paid["mail"] / totals.orders["mail"])


def test_who_is_not_counted_yet_is_said_once(effects, by_customer):
    said = [c for c in experiments.check(effects) if "do not count yet" in str(c.detail)]
    late = 608 - len(by_customer)
    assert late > 10 and len(said) == 1 and said[0].passed is None
    assert str(said[0].detail).startswith(f"{late} customers assigned less than 28 days")
    assert set(said[0].numbers.values()) == {late}


def test_findings_name_both_tables(effects):
    findings = experiments.conclude(effects, experiments.check(effects))
    assert {f.source for f in findings} == {"mailed, orders"}
    assert findings[0].n == 608 and findings[0].n_unit == "customers"
