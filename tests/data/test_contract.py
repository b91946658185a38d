"""Every violation of every table at once, each with column, rule, rows and examples."""

from __future__ import annotations

import random
from datetime import date

import pytest
from company_tables import opened, said, values, written

from toolkit.data.contract import SetAside, Unmatched, check_contract, check_contracts
from toolkit.problems import Refused

ORDERS = """id;customer;day;due;amount;currency;state;note
1;C1;2026-01-05;2026-01-09;10,50;EUR;paid;ok
2;C2;2026-02-31;2026-03-01;x;EUR;paid;ok
2;C9;2026-03-05;2026-03-01;-4,00;USD;lost;no
4;;2026-10-05;2026-10-07;5,00;;paid;ok
"""
COLUMNS = {
    "order_id": {"type": "integer", "from": "id"},
    "customer": {"type": "text", "required": True, "identifier": True},
    "day": {"type": "date"},
    "due": {"type": "date", "after": "day", "future": True},
    "amount": {"type": "money", "min": 0, "currency_column": "currency"},
    "currency": {"type": "text"},
    "state": {"type": "category", "values": ["paid", "open"]},
    "note": {"type": "text", "pattern": "o.*"},
}


def test_everything_wrong_is_said_at_once(tmp_path):
    with written(tmp_path, ORDERS, COLUMNS, key="order_id") as source:
        text = said(source)
    for words in (
        "t.customer (t.csv): must not be missing (1 row, for example line 5)",
        "t.day (t.csv): must be a day of the calendar",
        "line 3: '2026-02-31'",
        "must not lie after as_of, 2026-09-30",
        "line 5: '2026-10-05'",
        "t.due (t.csv): must not be earlier than 'day' (1 row, for example line 4: "
        "'2026-03-01 is before 2026-03-05'",
        "t.amount (t.csv): must be a number (decimals after a comma",
        "line 3: 'x'",
        "must not be below 0.0 (1 row, for example line 4: '-4.0')",
        "must be in EUR in every row, as 'currency' says it (2 rows, for example line 4: 'USD', "
        "line 5: 'no currency')",
        "must be one of its declared values (1 row, for example line 4: 'lost'). "
        "Choices: 'paid', 'open'",
        "must match the pattern 'o.*' (1 row, for example line 4: 'no')",
        "the key order_id must not be repeated (1 row, for example '2' in lines 3 and 4)",
    ):
        assert words in text, (words, text)
    assert text.count("\n") == 9


def test_all_tables_in_one_go(tmp_path):
    (tmp_path / "a.csv").write_text("x\n1\nq\n")
    (tmp_path / "b.csv").write_text("y\n2\n")
    number = {"type": "integer"}
    tables = {
        "a": {"path": "a.csv", "columns": {"x": number}},
        "b": {"path": "b.csv", "columns": {"y": number, "z": number}},
        "c": {"path": "bb.csv", "columns": {"x": number}},
        "d": {"path": "b.csv", "columns": {"y": number}},
    }
    with opened(tmp_path, tables) as source, pytest.raises(Refused) as refused:
        check_contracts(source)
    places = [p.place for p in refused.value.problems]
    assert places == ["a.x (a.csv)", "b.csv", "tables.c.path"]
    assert "Did you mean 'b.csv'?" in str(refused.value.problems[2])
    with opened(tmp_path, tables) as source:
        assert [r.rows for r in check_contracts(source, ["d"])] == [1]


def test_values_of_people_are_never_shown(tmp_path):
    columns = {
        "who": {"type": "integer", "identifier": True},
        "mail": {"type": "category", "values": ["a"], "identifier": True},
        "born": {"type": "date", "identifier": True},
        "joined": {"type": "date", "after": "born"},
    }
    text = (
        "who,mail,born,joined\nsecret1,secret2,secret3,2026-01-01\n"
        "7,a,2020-05-17,2019-01-01\n7,a,2020-05-17,2026-01-01\n"
    )
    with written(tmp_path, text, columns, key="who") as source:
        message = said(source)
    assert "secret" not in message and "2020-05-17" not in message
    assert "line 2" in message and "lines 3 and 4" in message and "line 3)" in message


def test_what_is_tolerated_is_set_aside_and_counted(tmp_path):
    rows = "".join(f"{i},{'bad' if i < 3 else i},2026-01-01\n" for i in range(100))
    columns = {"i": "integer", "v": {"type": "integer", "tolerate": 0.03}, "day": "date"}
    with written(tmp_path, "i,v,day\n" + rows, columns, time="day") as source:
        report = check_contract(source, "t")
        assert report.holds and (report.rows, report.aside, report.kept) == (100, 3, 97)
        assert [(s.column, s.rows) for s in report.set_aside] == [("v", 3)]
        assert report.last == date(2026, 1, 1)
        assert min(values(source, "i")) == (3,)
    columns["v"]["tolerate"] = 0.02
    with written(tmp_path, "i,v,day\n" + rows, columns) as source:
        assert "3.00% of the rows do not, and 'tolerate' allows 2.00% of them (3 rows" in said(
            source
        )


def test_which_row_of_a_repeated_key_stays_hangs_on_no_order(tmp_path):
    rows = ["1,2026-01-02,b", "1,2026-01-01,z", "1,2026-01-01,a", "2,2026-01-01,q"]
    columns = {"k": "integer", "day": "date", "v": "text"}
    for seed in range(4):
        random.Random(seed).shuffle(rows)
        with written(
            tmp_path,
            "k,day,v\n" + "\n".join(rows) + "\n",
            columns,
            key="k",
            time="day",
            tolerate=0.5,
        ) as source:
            assert values(source, "k", "v") == [(1, "a"), (2, "q")]
            report = source.report("t")
            assert report.aside == 2 and report.kept == 2
            assert report.set_aside == (SetAside(None, "k must not be repeated", 2),)


def test_missing_values_are_counted_and_where_keeps_the_rest(tmp_path):
    text = "a,b\n1,x\n,x\n-99,y\n4,\n"
    columns = {"a": {"type": "integer", "missing": [-99]}, "b": "text"}
    with written(tmp_path, text, columns, where="b = 'x'") as source:
        report = source.report("t")
        assert report.missing == (("a", 2), ("b", 1))
        assert (report.rows, report.kept) == (4, 2)
        assert values(source, "a") == [(1,), (None,)]
    with written(tmp_path, text, columns, where="a > 100") as source:
        assert "leaves no row of the table" in said(source)


def test_a_row_that_where_leaves_out_must_still_read(tmp_path):
    """A cell that is no number is no reason to drop the row in silence."""
    with written(tmp_path, "a\n1\nx\n", {"a": "integer"}, where="a > 0") as source:
        assert "line 3: 'x'" in said(source)


def test_lookups_count_what_they_do_not_find(tmp_path):
    (tmp_path / "people.csv").write_text("id,region\n1,north\n2,south\n")
    (tmp_path / "orders.csv").write_text("order,person\n10,1\n11,1\n12,3\n13,\n")
    tables = {
        "orders": {
            "path": "orders.csv",
            "joins": {"people": {"on": "person", "columns": ["region"]}},
            "columns": {"order": {"type": "integer"}, "person": {"type": "integer"}},
        },
        "people": {
            "path": "people.csv",
            "key": "id",
            "columns": {"id": {"type": "integer"}, "region": {"type": "text"}},
        },
    }
    with opened(tmp_path, tables) as source:
        table = source.table("orders")
        assert table.columns == ("order", "person", "region")
        rows = source.run(table.order_by("order"))
        assert [r["region"] for r in rows] == ["north", "north", None, None]
        assert source.report("orders").unmatched == (Unmatched("people", 1, 1),)
    (tmp_path / "people.csv").write_text("id,region\n1,north\n1,south\n")
    with opened(tmp_path, tables) as source, pytest.raises(Refused, match="must not be repeated"):
        source.table("orders")


@pytest.mark.parametrize(
    ("cell", "words"),
    [
        ("1899-12-31", "before the year 1900"),
        ("9999-12-31", "after the year 2199"),
        ("2027-01-01", "after as_of"),
    ],
)
def test_implausible_years_and_the_future(tmp_path, cell, words):
    with written(tmp_path, f"d\n{cell}\n2026-09-30\n", {"d": "date"}) as source:
        assert words in said(source) and said(source).count("\n") == 0
    allowed = {"type": "date", "future": True, "min": "1800-01-01", "max": "9999-12-31"}
    with written(tmp_path, f"d\n{cell}\n2026-09-30\n", {"d": allowed}) as source:
        assert source.report("t").holds


def test_the_last_day_counts_as_a_whole(tmp_path):
    with written(tmp_path, "d\n2026-09-30 23:59:59\n", {"d": "datetime"}) as source:
        assert source.report("t").holds
    with written(tmp_path, "d\n2026-10-01 00:00:00\n", {"d": "datetime"}) as source:
        assert "after as_of" in said(source)
    until = {"type": "datetime", "max": "2026-05-31"}
    with written(tmp_path, "d\n2026-05-31 18:00\n", {"d": until}) as source:
        assert source.report("t").holds
