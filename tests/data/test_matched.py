"""Looking up in parts gives what looking up at once gives."""

from __future__ import annotations

import random

import pytest

from toolkit.data.asking import DuckRows, Lookup, joined_to
from toolkit.data.connection import quiet_duckdb
from toolkit.data.matched import counted, in_parts, write_joined

COUNTS = ['COUNT("who") AS "with"', 'COUNT("name") AS "found"', "COUNT(*) AS \"all\""]


@pytest.fixture(params=["text", "number"])
def tables(request):
    """Orders, some of nobody and some of somebody unknown, and the people and a few shops."""
    chance, engine = random.Random(3), quiet_duckdb()
    made = (lambda i: f"'P{i}'") if request.param == "text" else str
    people = chance.sample(range(5_000), 900)
    engine.con.execute(f"CREATE TABLE people AS SELECT {made(0)} AS id, '' AS name LIMIT 0")
    engine.con.execute("INSERT INTO people VALUES " + ", ".join(f"({made(i)}, 'n{i}')" for i in people))
    engine.con.execute("CREATE TABLE shops AS SELECT range AS shop, 'town' || range AS town FROM range(3)")
    ids = [chance.choice(["NULL", made(chance.randrange(5_000)), made(chance.choice(people))]) for _ in range(2_000)]
    engine.con.execute(f"CREATE TABLE orders AS SELECT 0 AS n, {made(0)} AS who, 0 AS at LIMIT 0")
    engine.con.execute("INSERT INTO orders VALUES " + ", ".join(f"({n}, {i}, {n % 4})" for n, i in enumerate(ids)))
    rows = DuckRows("orders", engine)
    return rows, [
        Lookup("at", DuckRows("shops", engine), "shop", {"town": "town"}, True),
        Lookup("who", DuckRows("people", engine), "id", {"name": "name"}, True),
    ]


@pytest.mark.parametrize("most", [10_000, 400, 7])
def test_parts_hold_every_row_once(tables, tmp_path, most):
    rows, lookups = tables
    whole = rows.ask(joined_to("orders", lookups) + " ORDER BY n")
    parts = in_parts(rows, lookups, [3, 900], most)
    assert (len(parts) > 1) == (most < 900)
    files = write_joined(rows, lookups, [3, 900], tmp_path / "of 'it'", most)
    listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
    assert rows.ask(f"SELECT * FROM read_parquet([{listed}]) ORDER BY n") == whole
    assert len(files) == len(parts)


def test_counts_are_added_up(tables):
    rows, lookups = tables
    answers = [counted(rows, lookups, [3, 900], COUNTS, f"by {most}", most) for most in (10_000, 100)]
    assert answers[0] == answers[1]
    assert 0 < answers[0]["found"] < answers[0]["with"] < answers[0]["all"] == 2_000
