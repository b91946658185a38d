"""Segments: every customer in exactly one, proved; scores with ties; what follows for each."""

from __future__ import annotations

import itertools
import re
from datetime import date

import ibis
import pandas as pd
import pytest

from toolkit.customers import segments
from toolkit.customers.definition import Bought, Flow, People, Window
from toolkit.customers.segments.proving import prove
from toolkit.customers.segments.scoring import cells, scored
from toolkit.problems import Refused

WINDOW = Window(date(2026, 6, 30), date(2025, 7, 1))
ALL_CELLS = list(itertools.product(range(1, 6), repeat=3))


def test_each_of_the_125_cells_meets_exactly_one_shipped_rule():
    """By Python's own evaluation, apart from the engine that the toolkit asks."""
    python = {name: re.sub(r"(?<![<>])=", "==", rule).replace("<==", "<=").replace(">==", ">=")
              for name, rule in segments.RFM.items()}  # fmt: skip
    met = {cell: [n for n, rule in python.items() if eval(rule, {}, dict(zip("rfm", cell, strict=True)))] for cell in ALL_CELLS}
    assert len(met) == 125
    assert {cell: names for cell, names in met.items() if len(names) != 1} == {}


def test_the_engine_proves_the_same():
    held = prove(cells(ibis.duckdb.connect().create_table("t", pd.DataFrame({"a": [1]}))), segments.RFM, ("r", "f", "m"))
    assert sum(held.values()) == 125 and all(held.values())


def test_a_cell_in_two_rules_and_a_cell_in_none_are_named():
    table = ibis.duckdb.connect().create_table("t", pd.DataFrame(ALL_CELLS, columns=["r", "f", "m"]))
    with pytest.raises(Refused) as refused:
        prove(table, {"good": "r >= 4", "often": "f = 5", "rest": "r < 4 and f < 4"}, ("r", "f", "m"), "rules")
    said = [str(p) for p in refused.value.problems]
    assert len(said) == 2
    assert "rules.often" in said[0] and "overlaps with 'good'" in said[0] and "10 rows" in said[0] and "r = 4 and f = 5" in said[0]
    assert "meet no rule" in said[1] and "15 rows" in said[1] and "r = 1 and f = 4" in said[1]


@pytest.fixture(scope="module")
def people():
    return pd.DataFrame({"customer_id": [f"C{i}" for i in range(60)], "kind": ["home"] * 40 + ["shop"] * 19 + [None]})


def asked(rules, people, **more):
    definition = segments.Segmenting(WINDOW, rules=(segments.Rules("kind", rules),),
                                     who=People("people", columns=("kind",)), **more)  # fmt: skip
    return segments.estimate(people if not more.get("flows") else more.pop("tables", people), definition)


def test_a_missing_value_meets_no_rule_and_is_named(people):
    with pytest.raises(Refused, match="kind = nothing"):
        asked({"home": "kind = 'home'", "shop": "kind <> 'home'"}, people)
    found = asked({"home": "kind = 'home'", "shop": "kind <> 'home'", "unknown": "kind is null"}, people)
    assert [s.size for s in found.main.segments] == [40, 19, 1]


def test_a_rule_that_matches_nobody_is_named_and_has_no_number(people):
    found = asked({"home": "kind = 'home'", "none": "kind = 'castle'", "rest": "kind <> 'home' and kind <> 'castle' or kind is null"},
                  people)  # fmt: skip
    assert found.main["none"].size == 0
    (doubt,) = segments.check(found).failed
    assert "nobody is in none" in doubt.detail.text()
    assert "nobody" in found.main.action(found.main["none"], 30)
    assert not [f for f in segments.conclude(found, segments.check(found)) if f.segment == "none"]


def test_sql_at_fault_is_refused_with_the_columns_there_are(people):
    with pytest.raises(Refused, match="kindd"):
        asked({"home": "kindd = 'home'"}, people)


def buyers(amounts, days):
    """Customers with an order each."""
    con = ibis.duckdb.connect()
    customers = [f"C{i}" for i in range(len(amounts))]
    frame = pd.DataFrame({"customer": customers, "orders": 1, "last_day": pd.to_datetime(days).date, "amount": amounts})
    return con.create_table("buyers", frame)


def test_equal_values_have_equal_scores_and_the_order_of_rows_means_nothing():
    days = [f"2026-01-{d:02d}" for d in (1, 2, 2, 2, 3, 4, 5, 6, 7, 8)]
    amounts = [1.0, 2, 2, 2, 3, 4, 5, 6, 7, 8]
    one = scored(buyers(amounts, days), date(2026, 6, 30)).to_pandas().set_index("customer")
    # rank counts the strictly worse: 1 2 2 2 5 6 7 8 9 10 of 10 -> 1 + floor(5 (rank - 1) / 10)
    assert [one.m[f"C{i}"] for i in range(10)] == [1, 1, 1, 1, 3, 3, 4, 4, 5, 5]
    assert (one.r == one.m).all()
    assert (one.f == 1).all()  # one order each: all alike, all in the lowest fifth
    back = scored(buyers(amounts[::-1], days[::-1]), date(2026, 6, 30)).to_pandas().set_index("customer")
    assert [back.m[f"C{9 - i}"] for i in range(10)] == [one.m[f"C{i}"] for i in range(10)]


def bringing(per_kind, serving, people):
    """Customers of two kinds who bring and cost a month so much, with a little spread."""
    known = people.dropna()
    rows = [
        (c, pd.Timestamp("2026-05-01"), per_kind[k] + (i % 5) - 2, serving[k])
        for i, (c, k) in enumerate(zip(known.customer_id, known.kind, strict=True))
    ]  # fmt: skip
    paid = pd.DataFrame(rows, columns=["customer_id", "on", "paid", "served"])
    flows = (Flow("paid", "paid", "revenue", "paid", "on"), Flow("served", "paid", "serving", "served", "on"))
    rules = segments.Rules("kind", {"home": "kind = 'home'", "shop": "kind = 'shop'"})
    who = People("people", columns=("kind",))
    definition = segments.Segmenting(WINDOW, rules=(rules,), who=who, flows=flows, fewest=10, loyalty_cost=5.0, loyalty_gain=0.1)
    return segments.estimate({"people": known, "paid": paid}, definition)


def test_what_follows_is_read_off_the_interval_of_net_value(people):
    found = bringing({"home": 50.0, "shop": 100.0}, {"home": 5.0, "shop": 130.0}, people)
    actions = {s.name: found.main.action(s, 10) for s in found.main.segments}
    assert actions == {"home": "serve_better", "shop": "reprice"}  # the shops bring margin, and cost more to serve
    found = bringing({"home": 50.0, "shop": -20.0}, {"home": 5.0, "shop": 1.0}, people)
    assert found.main.action(found.main["shop"], 10) == "let_go"
    assert found.main.action(found.main["shop"], 30) == "too_few"
    main = segments.conclude(found, segments.check(found))[0]
    assert main.headline and "cost more than they bring" in main.sentence.text()
    assert "Let go: shop" in main.decision.text()


def test_loyalty_pays_where_what_it_keeps_is_worth_its_cost(people):
    found = bringing({"home": 100.0, "shop": 20.0}, {"home": 0.0, "shop": 0.0}, people)
    home, shop = found.loyalty
    worth = found.main["home"].value.estimate * found.year
    assert home.needed.value == pytest.approx(5.0 / worth)
    assert home.gain.value == pytest.approx(0.1 * worth - 5.0) and home.worth is True
    assert shop.worth is False


def test_shares_and_outcomes_by_segment_are_ratios_of_sums(people):
    seen = pd.DataFrame({"customer_id": ["C0", "C0", "C1", "C50", "C51"], "yes": [1, 0, 1, 0, 1]})
    outcome = segments.Outcome("bought", "Bought", "seen", "yes")
    rules = segments.Rules("kind", {"home": "kind = 'home'", "other": "kind <> 'home' or kind is null"})
    definition = segments.Segmenting(WINDOW, rules=(rules,), who=People("people", columns=("kind",)), outcomes=(outcome,))
    found = segments.estimate({"people": people, "seen": seen}, definition)
    home, other = (s.outcomes[0] for s in found.main.segments)
    assert (home.found.estimate, home.n) == (pytest.approx(2 / 3), 2)
    assert (other.found.estimate, other.n) == (pytest.approx(1 / 2), 2)
    assert found.main["home"].share.estimate == pytest.approx(40 / 60)


def test_rfm_over_a_table_of_purchases():
    rows = pd.DataFrame({
        "customer_id": [f"C{i % 50}" for i in range(130)], "order_id": [str(i) for i in range(130)],
        "day": pd.date_range("2026-01-01", periods=130), "amount": [float(i % 7) for i in range(130)],
    })  # fmt: skip
    definition = segments.Segmenting(WINDOW, Bought("lines", "order_id", "day", amount="amount"), segments.Rules("rfm", segments.RFM))
    found = segments.estimate(rows, definition)
    assert found.main.proved == 125 and sum(s.size for s in found.main.segments) == found.main.n == 50
