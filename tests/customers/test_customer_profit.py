"""What customers bring net of what they cost, on a table small enough to count by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from toolkit.customers import costly, value
from toolkit.customers.definition import Bought, Flow, People, Window
from toolkit.findings import Findings
from toolkit.problems import Refused

SALES = pd.DataFrame(
    {
        "who": ["A", "A", "B", "C", "D", "E", None],
        "on": pd.to_datetime(["2026-01-05", "2026-02-05", "2026-01-09", "2026-03-01", "2026-03-02", "2025-12-31", "2026-03-03"]),
        "paid": [100.0, 60.0, 40.0, 30.0, 20.0, 999.0, 50.0],
        "cost": [40.0, 30.0, 10.0, 10.0, 5.0, 1.0, 5.0],
        "order": ["1", "2", "3", "4", "5", "6", "7"],
    }
)
CALLS = pd.DataFrame(
    {"who": ["A", "C", "C"], "on": pd.to_datetime(["2026-01-06", "2026-03-02", "2026-03-09"]), "minutes": [10, 30, 50]}
)
FLOWS = (
    Flow("sales", "sales", "revenue", "paid", "on", "who"),
    Flow("goods", "sales", "goods", "cost", "on", "who"),
    Flow("minutes", "calls", "serving", "0.5 * minutes", "on", "who"),
)
TABLES = {"sales": SALES, "calls": CALLS}
WINDOW = Window(date(2026, 3, 31), date(2026, 1, 1))


@pytest.fixture(scope="module")
def found():
    return value.estimate(TABLES, value.Profit(FLOWS, WINDOW, Bought("sales", "order", "on", "who"), top=3))


def test_net_value_is_revenue_less_goods_less_serving(found):
    assert [(c.customer, c.net) for c in found.most_profitable] == [("A", 85.0), ("B", 30.0), ("D", 15.0)]
    assert [(c.customer, c.revenue) for c in found.biggest] == [("A", 160.0), ("B", 40.0), ("C", 30.0)]
    assert found.most_profitable[0].serving == 5.0 and found.most_profitable[0].orders == 2
    assert found.total == {"revenue": 250.0, "goods": 95.0, "serving": 45.0}


def test_who_costs_more_is_counted_and_a_row_without_a_customer_is_set_aside(found):
    assert (found.n, found.losing, found.lost) == (4, 1, -20.0)  # C: 30 - 10 - 40
    assert {s.name: (s.unowned_rows, s.unowned) for s in found.streams} == {
        "sales": (1, 50.0), "goods": (1, 5.0), "minutes": (0, 0.0)}  # fmt: skip
    assert [c.name.text() for c in value.check(found).failed] == ["Money names its customer"]


def test_fifths_and_gini_are_those_of_the_lorenz_curve(found):
    # revenues 20 30 40 160: Gini = 2 sum(i x_i) / (n sum x) - (n + 1) / n
    gini = 2 * (1 * 20 + 2 * 30 + 3 * 40 + 4 * 160) / (4 * 250) - 5 / 4
    assert found.gini.estimate == pytest.approx(gini)
    assert sum(found.fifths) == pytest.approx(1) and found.fifths[0] == pytest.approx(0.8 * 160 / 250)


def test_the_priority_list_is_of_those_who_bring_most_and_return_most(found):
    assert [c.customer for c in found.priority] == ["A"]
    assert found.priority_share == pytest.approx(85 / 110)


def test_at_most_ten_customers_are_listed_and_nothing_else_of_a_person():
    with pytest.raises(ValueError, match="1 to 10"):
        value.Profit(FLOWS, WINDOW, top=11)


def test_one_customer_alone_has_no_interval_and_no_concentration():
    alone = {"sales": SALES[SALES.who == "B"], "calls": CALLS}
    said = value.estimate(alone, value.Profit(FLOWS[:2], WINDOW))
    findings = value.conclude(said, value.check(said))
    assert isinstance(findings, Findings) and findings[0].verdict == "no_data"


def test_problems_are_all_said_with_their_place():
    wrong = (Flow("sales", "sales", "revenue", "payed", "on", "who"), Flow("x", "calls", "serving", "minutes", "day", "who"))
    with pytest.raises(Refused) as refused:
        value.estimate(TABLES, value.Profit(wrong, WINDOW))
    assert "customers.money.sales.amount" in str(refused.value) and "customers.money.x.time" in str(refused.value)
    with pytest.raises(Refused, match="no amounts"):
        value.estimate(TABLES, value.Profit(FLOWS, Window(date(2020, 1, 31), date(2020, 1, 1))))


def test_months_without_money_count_as_0_and_months_run_while_a_customer_is_there():
    who = pd.DataFrame({"who": ["A"], "came": pd.to_datetime(["2026-01-01"]), "went": pd.to_datetime(["2026-06-15"])})
    paid = pd.DataFrame({"who": ["A"] * 3, "on": pd.to_datetime(["2026-01-09", "2026-01-20", "2026-04-02"]),
                         "net": [-4.0, -6.0, -20.0]})  # fmt: skip
    flows = (Flow("net", "paid", "revenue", "net", "on", "who"),)
    definition = costly.Costly(flows, Window(date(2026, 12, 31)), People("people", "who", "came", "went"), at_least_months=3)
    found = costly.estimate({"paid": paid, "people": who}, definition)
    # net by month: -10 0 0 -20 0 0
    months = pd.Series([-10.0, 0, 0, -20, 0, 0])
    assert (found.n, found.judged, found.looked_at) == (1, 1, 1)
    assert not found.flags  # -5 a month, t -1.46
    sure = costly.estimate({"paid": pd.concat([paid, _steady()]), "people": who}, definition)
    (flag,) = sure.flags
    months = months + [-100, -101, -99, -100, -101, -99]
    assert flag.months == 6 and flag.mean == pytest.approx(months.mean())
    half = 2.015048373 * months.std(ddof=1) / 6**0.5  # t, 5 degrees of freedom, one side 5 % (printed tables)
    assert (flag.low, flag.high) == pytest.approx((months.mean() - half, months.mean() + half), rel=1e-8)
    assert sure.stake.value == pytest.approx(-months.sum())


def _steady() -> pd.DataFrame:
    days = pd.to_datetime([f"2026-0{m}-15" for m in range(1, 7)])
    return pd.DataFrame({"who": "A", "on": days, "net": [-100.0, -101, -99, -100, -101, -99]})


def test_customers_seen_for_too_short_are_not_judged():
    flows = (Flow("net", "paid", "revenue", "net", "on", "who"),)
    found = costly.estimate({"paid": _steady()}, costly.Costly(flows, Window(date(2026, 6, 30)), at_least_months=12))
    assert found.judged == 0
    assert costly.conclude(found, costly.check(found))[0].verdict == "no_data"


def test_a_cost_that_is_not_declared_is_not_shown_as_0():
    found = value.estimate(SALES, value.Profit(FLOWS[:1], WINDOW))
    assert "Cost" not in found.big.text() and "Cost of what was sold" not in found.grid().text()
    said = value.conclude(found, value.check(found))
    assert any("before what it costs to serve" in f.sentence.text() for f in said)
    both = value.estimate(SALES, value.Profit(FLOWS[:2], WINDOW))
    assert "Cost of what was sold" in both.grid().text() and "Cost to serve" not in both.grid().text()
