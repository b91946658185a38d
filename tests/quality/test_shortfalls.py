"""Small tables with one thing wrong each: it is found, it touches its questions, and what is right is left alone."""

from __future__ import annotations

import pandas as pd
import pytest

from toolkit import quality
from toolkit.opened import open_company
from toolkit.problems import Refused
from toolkit.quality.uses import uses_of

PARAMS = """
company: {id: shop, name: Shop, as_of: 2026-09-30}
tables:
  people:
    path: people.csv
    key: person
    columns:
      person: {type: text, identifier: true}
      region: {type: text}
      agreed: {type: boolean}
  orders:
    path: orders.csv
    key: order_id
    time: day
    columns:
      order_id: {type: text}
      person: {type: text, identifier: true}
      region: {type: text}
      day: {type: date}
      amount: {type: number}
      note: {type: text}
    joins: {people: {on: person, columns: [agreed]}}
  visits:
    path: visits.csv
    time: day
    columns: {person: {type: text, identifier: true}, day: {type: date}, place: {type: text}}
kpis:
  spend: {label: Spend, table: orders, numerator: amount}
  orders: {label: Orders, table: orders, numerator: "1", per: day}
  agreed: {label: Orders of people who agreed, table: orders, numerator: agreed}
  visits: {label: Visits, table: visits, numerator: "1", per: day}
quality:
  sites: [region]
  agree: [region]
  there: {orders: {note: amount > 50}}
  consent:
    {table: people, person: person, given: agreed, contacts: {mail: {label: Mail, table: visits, person: person}}}
  retention: {visits: {days: 100}}
"""
DAYS = pd.date_range("2026-01-01", "2026-09-30", freq="D")


def tables() -> dict[str, pd.DataFrame]:
    """Nothing is wrong with these."""
    n = len(DAYS)
    people = pd.DataFrame({"person": [f"P{i}" for i in range(20)], "region": ["n", "s"] * 10, "agreed": [True] * 20})
    who = [f"P{i % 20}" for i in range(n)]
    orders = pd.DataFrame({
        "order_id": [f"O{i}" for i in range(n)], "person": who, "region": [["n", "s"][i % 2] for i in range(n)],
        "day": DAYS, "amount": [float(10 + i % 60) for i in range(n)], "note": ["x"] * n,
    })  # fmt: skip
    late = DAYS[DAYS > "2026-07-01"]
    visits = pd.DataFrame({"person": [f"P{i % 20}" for i in range(len(late))], "day": late, "place": range(len(late))})
    return {"people": people, "orders": orders, "visits": visits}


@pytest.fixture
def looked(tmp_path):
    def look(change=lambda t: None, params: str = PARAMS):
        given = tables()
        change(given)
        for name, table in given.items():
            table.to_csv(tmp_path / f"{name}.csv", index=False)
        (tmp_path / "shop.yaml").write_text(params)
        return quality.estimate(open_company(str(tmp_path / "shop.yaml"), "2026Q3").quality())

    return look


def test_nothing_is_said_where_nothing_is_wrong(looked):
    found = looked()
    assert found.shortfalls == () and found.open == () and found.touched == ()
    assert quality.conclude(found, quality.check(found))[0].numbers["questions"] == 4


def put(table: str, column: str, at, value):
    def change(given):
        given[table].loc[at, column] = value

    return change


def test_a_value_that_is_gone_touches_the_questions_that_need_it_and_no_other(looked):
    found = looked(put("orders", "amount", range(0, 60), None))
    (gone,) = found.of_kind("missing")
    assert (gone.table, gone.column, gone.rows, gone.open) == ("orders", "amount", 60, False)
    assert [u.name for u in gone.uses] == ["spend"] == [u.name for u in found.touched]


def test_a_few_that_are_gone_are_listed_and_are_no_shortfall(looked):
    found = looked(put("orders", "amount", [3], None))
    assert not found.of_kind("missing")
    assert [(c.name, c.n) for t in found.tables for c in t.columns] == [("amount", 1)]


def test_a_column_that_is_gone_leaves_its_question_open(looked):
    found = looked(put("orders", "amount", range(len(DAYS)), None))
    assert [u.name for u in found.open] == ["spend"] and found.shortfalls[0].open
    sentence = quality.conclude(found, quality.check(found))[0].sentence.text()
    assert sentence.startswith("1 of 4 questions cannot be answered from the data: Spend.")


def test_what_must_be_there_is_wanted_only_there(looked):
    found = looked(put("orders", "note", slice(None), None))
    (gone,) = found.of_kind("missing")
    expected = sum(10 + i % 60 > 50 for i in range(len(DAYS)))
    assert (gone.column, gone.rows, gone.of) == ("note", expected, expected)


def test_a_silence_longer_than_any_before_is_too_old_and_may_leave_a_question_open(looked):
    def silent(given):
        given["orders"] = given["orders"][given["orders"].day <= "2026-06-20"]

    found = looked(silent)
    (stale,) = found.of_kind("stale")
    assert (stale.table, stale.open) == ("orders", True)
    assert {u.name for u in found.open} == {"spend", "orders", "agreed"}

    def shorter(given):
        given["orders"] = given["orders"][given["orders"].day <= "2026-09-20"]

    (stale,) = looked(shorter).of_kind("stale")
    assert not stale.open


def test_a_table_that_is_often_silent_is_not_too_old(looked):
    def weekly(given):
        given["orders"] = given["orders"][(given["orders"].day.dt.day_of_week == 3)]

    assert not looked(weekly).of_kind("stale")


def test_keys_that_lead_nowhere_touch_what_needs_the_other_table(looked):
    found = looked(put("orders", "person", [1, 2, 5], "stranger"))
    (lost,) = found.of_kind("lost")
    assert (lost.table, lost.column, lost.rows) == ("orders", "person", 3)
    assert [u.name for u in lost.uses] == ["agreed"]


def test_a_region_that_two_tables_tell_otherwise_is_counted(looked):
    (differs,) = looked(put("orders", "region", [0, 2, 4, 6], "s")).of_kind("differs")
    assert (differs.table, differs.column, differs.rows) == ("orders", "region", 4)


def test_rows_alike_in_all_columns_are_found_without_a_key(looked):
    def twice(given):
        given["visits"] = pd.concat([given["visits"], given["visits"].head(4)])

    (double,) = looked(twice).of_kind("double")
    assert (double.table, double.rows) == ("visits", 4) and [u.name for u in double.uses] == ["visits"]


def test_a_place_that_writes_less_down_is_named_and_no_other(looked):
    found = looked(put("orders", "amount", [i for i in range(len(DAYS)) if i % 2 and i % 3], None))
    assert [(s.place, s.column) for s in found.of_kind("uneven")] == [("s", "amount")]
    even = looked(put("orders", "amount", [i for i in range(len(DAYS)) if i % 20 < 8], None))
    assert not even.of_kind("uneven")


def test_contacts_of_people_who_did_not_agree_are_counted(looked):
    found = looked(put("people", "agreed", [0, 3], False))
    (without,) = found.of_kind("consent")
    days = len(DAYS[DAYS > "2026-07-01"])
    assert (without.rows, without.of) == (sum(i % 20 in (0, 3) for i in range(days)), days)
    findings = {f.id: f for f in quality.conclude(found, quality.check(found))}
    assert findings["data_quality/consent"].headline and findings["data_quality/consent"].estimate == without.rows / days


def test_who_is_not_known_has_not_agreed(looked):
    (without,) = looked(put("visits", "person", [0, 1], "stranger")).of_kind("consent")
    assert without.rows == 2


def test_rows_older_than_they_may_be_are_counted(looked):
    (kept,) = looked(put("visits", "day", [0, 1], pd.Timestamp("2026-06-01"))).of_kind("kept")
    assert (kept.table, kept.rows, kept.uses) == ("visits", 2, ())


def test_without_a_section_the_tables_still_tell(looked):
    plain = PARAMS[: PARAMS.index("quality:")]
    found = looked(put("orders", "person", [1], "stranger"), plain)
    assert [s.kind for s in found.shortfalls] == ["lost"]
    findings = {f.id: f for f in quality.conclude(found, quality.check(found))}
    assert findings["data_quality/consent"].verdict == "no_data"


def test_names_that_lead_nowhere_are_refused_all_at_once(looked):
    wrong = PARAMS.replace("there: {orders: {note:", "there: {orders: {notes:").replace("given: agreed", "given: agree")
    wrong = wrong.replace("sites: [region]", "sites: [regions]").replace("retention: {visits", "retention: {people")
    with pytest.raises(Refused) as refused:
        looked(params=wrong)
    said = str(refused.value)
    for part in ("quality.there.orders.notes", "'agree' is no column", "'regions' is no column of any table",
                 "quality.retention.people", "needs 'time'"):  # fmt: skip
        assert part in said


def test_what_a_question_needs_is_what_the_file_says_of_it(root):
    from toolkit.company.load import load_company

    uses = {(u.part, u.name): u.columns for u in uses_of(load_company(root / "params" / "demo.yaml").company)}
    assert uses["kpis", "on_time_delivery"] >= {("orders", "delivered_at"), ("orders", "promised_at"), ("orders", "status")}
    assert uses["goals", "deliver_in_time"] >= uses["kpis", "on_time_delivery"]
    assert uses["tests", "spring_mail"] >= {("campaign_assignments", c) for c in ("arm", "spend", "conversion", "assigned_at")}
    assert ("service_promises", "first_reply_hours") in uses["service", "answering"]
    assert not any(t == "customers" for t, _ in uses["kpis", "on_time_delivery"])
