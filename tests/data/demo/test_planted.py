"""The planted truths can be seen in the tables, within what chance allows."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.data.demo import truths
from toolkit.data.demo.aurora import MINUTE_COST, MONTH_SECONDS, MONTHS, SEGMENTS
from toolkit.data.demo.customers import draw_customers
from toolkit.data.demo.orders import draw_orders


def _near(values: pd.Series, truth: float, sigmas: float = 4.5) -> bool:
    error = values.std() / np.sqrt(values.count())
    return abs(values.mean() - truth) < sigmas * error


def test_first_renewals_are_as_planted(table, planted) -> None:
    rows = table("renewals").query("term == 1 and decided_on < @pd.Timestamp('2026-02-01').date()")
    for segment, rate in planted["retention"]["first_renewal_by_segment"].items():
        # 0.01 for the months' shocks, which the window averages but does not remove.
        mean = rows.loc[rows["segment"] == segment, "renewed"].mean()
        size = (rows["segment"] == segment).sum()
        assert abs(mean - rate) < 0.01 + 4 * np.sqrt(rate * (1 - rate) / size), segment


def test_later_renewals_are_likelier_because_the_restless_have_left(table) -> None:
    rows = table("renewals").query("contract_type == 'yearly' and segment == 'homes'")
    by_term = rows.groupby("term")["renewed"].mean()
    assert by_term[2] > by_term[1]


def test_late_deliveries_come_first_in_three_of_four_regions(table, planted) -> None:
    rows = table("complaints")
    counts = pd.crosstab(rows["region"], rows["process"])
    assert counts.idxmax(axis=1).to_dict() == planted["complaints"]["first_by_region"]
    assert sorted(planted["complaints"]["first_by_region"].values()).count("late_delivery") == 3
    assert rows["process"].value_counts().idxmax() == planted["complaints"]["worst"]
    for process, share in planted["complaints"]["shares"].items():
        assert rows["process"].eq(process).mean() == pytest.approx(share, abs=0.03)


def test_costly_customers_lose_money_and_the_others_do_not(table, planted) -> None:
    paid = table("payments").groupby("customer_id")[["amount", "line_cost"]].sum()
    minutes = table("interactions").groupby("customer_id")["minutes"].sum()
    given = table("complaints").groupby("customer_id")["compensation"].sum()
    net = paid["amount"] - paid["line_cost"]
    net = net.sub(minutes * MINUTE_COST, fill_value=0).sub(given, fill_value=0)
    costly = net.reindex(planted["costly_customers"]["ids"])
    others = net[[int(name[1:]) % 100 != 37 for name in net.index]]
    assert len(costly) > 100
    assert (costly < 0).mean() > 0.8
    assert (others < 0).mean() < 0.01
    assert costly.mean() < -200 < 100 < others.mean()


def test_satisfaction_in_the_panel_is_the_true_mean(table, planted) -> None:
    rows = table("surveys").query("frame == 'panel' and satisfaction > 0")
    for company, truth in planted["satisfaction"]["companies"].items():
        mine = rows[rows["company"] == company]
        expected = mine["wave"].map(truth["satisfaction_by_wave"])
        difference = (mine["satisfaction"] - expected) * mine["weight"]
        assert _near(difference, 0.0), company


def test_aurora_is_level_with_boreal_behind_celta_and_ahead_of_delta(planted) -> None:
    last = {
        name: values["satisfaction_last_wave"]
        for name, values in planted["satisfaction"]["companies"].items()
    }
    assert last["Aurora"] == pytest.approx(last["Boreal"], abs=0.01)
    assert last["Delta"] + 0.3 < last["Aurora"] < last["Celta"] - 0.3


def test_drivers_are_found_by_plain_regression(table, planted) -> None:
    rows = table("surveys").query("satisfaction > 0 and reliability > 0 and frame == 'panel'")
    drivers = planted["satisfaction"]["drivers"]
    design = np.column_stack([rows[list(drivers)], pd.get_dummies(rows["company"])]).astype(float)
    slopes = np.linalg.lstsq(design, rows["satisfaction"].to_numpy(float), rcond=None)[0][:7]
    # The ceiling at ten takes a little off every slope.
    assert np.allclose(slopes, list(drivers.values()), atol=0.05)
    order = [list(drivers)[i] for i in np.argsort(-slopes)]
    assert order[:3] == planted["satisfaction"]["drivers_in_order"][:3]


def test_win_rates_of_mature_leads(table, planted) -> None:
    rows = table("leads").query("created_at < '2026-04-01'")
    for source, rate in planted["leads"]["win_rate_by_source"].items():
        assert _near(rows.loc[rows["source"] == source, "won_at"].notna().astype(float), rate)


def test_the_day_four_in_five_were_active(table, planted) -> None:
    first = table("crm_logins").groupby("user_id")["logged_in_at"].min().dt.floor("D").sort_values()
    day = first.iloc[int(np.ceil(0.8 * len(table("crm_users")))) - 1]
    assert str(day.date()) == planted["crm_adoption"]["eighty_percent_active_on"]
    last = table("crm_users").set_index("user_id").loc[first.index[-16:], "department"]
    assert last.value_counts().idxmax() == "collections"


def test_the_best_colleagues_log_more(table, planted) -> None:
    rows = table("interactions")
    by = rows.groupby("staff_id")["logged_complete"].mean()
    best = planted["staff"]["best"]
    ahead = by[best].mean() - by.drop(best).mean()
    assert ahead == pytest.approx(planted["staff"]["lift"], abs=0.06)


def test_price_response_by_segment(table, planted) -> None:
    edges = MONTH_SECONDS
    counts, exposed = np.zeros((2, 2, MONTHS))
    for block in range(40):
        who, orders = draw_customers(31, block), draw_orders(31, block)
        first, last = who.exposure
        for number, segment in enumerate(("students", "small_business")):
            mine = who.segment == SEGMENTS.index(segment)
            counts[number] += np.histogram(orders["at"][mine[orders["row"]]], edges)[0]
            overlap = np.minimum(last[:, None], edges[1:]) - np.maximum(first[:, None], edges[:-1])
            exposed[number] += overlap.clip(0)[mine].sum(axis=0)
    prices = table("prices").query("company == 'Aurora' and plan == 'basic_100'")["shop_index"]
    # The season is the same for both segments and falls out of their ratio.
    ratio = np.log(counts[0] / exposed[0]) - np.log(counts[1] / exposed[1])
    fit = stats.linregress(np.log(prices), ratio)
    truth = planted["orders"]["price_elasticity_by_segment"]
    expected = truth["students"] - truth["small_business"]
    assert abs(fit.slope - expected) < 4 * fit.stderr < abs(expected) / 2


def test_a_second_order_begins_with_the_same_product(table, planted) -> None:
    first = table("order_items").query("line == 1")[["order_id", "product"]]
    rows = first.assign(
        customer=first["order_id"].str[1:8], order=first["order_id"].str[9:].astype(int)
    )
    one, two = (rows[rows["order"] == k].set_index("customer")["product"] for k in (1, 2))
    both = one.to_frame("one").join(two.rename("two"), how="inner")
    same = (both["one"] == both["two"]).astype(float)
    assert _near(same, planted["orders"]["first_product_same_again"])


def test_the_plan_returns_what_its_parts_return(planted) -> None:
    plan = planted["plan_return"]
    lines = plan["changes"].values()
    assert plan["roi"] == pytest.approx(
        sum(line["benefit"] - line["cost"] for line in lines) / sum(line["cost"] for line in lines)
    )
    assert plan["changes"]["loyalty_offer"]["benefit"] < 0 < plan["roi"]


def test_the_return_counts_rows_touched(table, planted) -> None:
    rows = table("interactions")
    touched = rows["region"].isin(["North", "Centre"]) & (rows["opened_at"] >= "2026-04-01")
    line = planted["plan_return"]["changes"]["same_day_replies"]
    assert line["rows_touched"] == touched.sum()
    assert line["benefit"] == pytest.approx(3.1 * 7.0 * touched.sum())


def test_the_loser_among_the_offers_loses(planted) -> None:
    net = planted["offers"]["net"]
    assert min(net, key=net.get) == planted["offers"]["loser"]
    assert [name for name, value in net.items() if value < 0] == [planted["offers"]["loser"]]


def test_truths_need_no_tables(planted) -> None:
    alone = truths()
    written = {name: part for name, part in planted.items() if name != "plan_return"}
    assert set(alone) == set(written)
    assert alone["tests"] == written["tests"]
    assert alone["costly_customers"] == written["costly_customers"]
