"""Views give what Ibis' own way gives: the same rows, names and types, for as long as somebody asks."""

from __future__ import annotations

import gc

import duckdb
import ibis
import pytest

from toolkit.data.dialects import answered, answered_table, asked_in_sql, name_for, types_of
from toolkit.data.duck_views import can_be_viewed, written
from toolkit.data.session_views import in_session, row_count

TYPES = (
    "SELECT 1 AS whole, 1.5 AS tenths, CAST(2.5 AS DOUBLE) AS number, 'a' AS words, TRUE AS truth, DATE '2026-01-31' AS day, "
    "TIMESTAMP '2026-01-31 12:00:00' AS moment, [1, 2] AS list, CAST(NULL AS BIGINT) AS missing, 3 AS \"odd \"\" name\""
)


@pytest.fixture
def engine():
    made = ibis.duckdb.connect()
    made.con.execute(f"CREATE TABLE kinds AS {TYPES}")
    made.con.execute("CREATE TABLE numbers AS SELECT range AS n, range % 3 AS third FROM range(30)")
    yield made
    made.disconnect()


def test_rows_and_types_are_those_that_ibis_finds(engine):
    rows = engine.table("kinds")
    ours = asked_in_sql(rows, "k", "SELECT * FROM k")
    theirs = rows.alias("k").sql("SELECT * FROM k", dialect="duckdb")
    assert ours.schema() == theirs.schema()
    assert ours.to_pyarrow().to_pylist() == theirs.to_pyarrow().to_pylist()


def test_an_answer_can_be_asked_again_and_again(engine):
    rows = engine.table("numbers")
    for _ in range(60):
        rows = asked_in_sql(rows, "r", "SELECT n + 1 AS n, third FROM r")
    by_third = asked_in_sql(rows.filter(rows.third == 1), "r", "SELECT SUM(n) AS total FROM r")
    assert by_third.to_pyarrow().to_pylist() == [{"total": sum(n + 60 for n in range(30) if n % 3 == 1)}]


def test_the_same_question_is_the_same_table(engine):
    rows = engine.table("numbers")
    first, again = (asked_in_sql(rows, "r", "SELECT n FROM r WHERE n > 3") for _ in range(2))
    assert first.equals(again)
    assert not first.equals(asked_in_sql(rows, "r", "SELECT n FROM r WHERE n > 4"))


def test_a_view_holds_the_cached_table_it_asks(engine):
    def view():
        cached = engine.table("numbers").filter(ibis._.n < 10).cache()
        return asked_in_sql(in_session(cached, "settled"), "r", "SELECT COUNT(*) AS n FROM r")

    held = view()
    gc.collect()
    assert held.to_pyarrow().to_pylist() == [{"n": 10}]
    name = next(t for t in engine.list_tables() if t.startswith("ibis_cached"))
    del held
    gc.collect()
    assert name not in engine.list_tables()


def test_rows_of_this_process_are_asked_without_a_view(engine):
    mixed = engine.table("numbers").join(ibis.memtable({"n": [1, 2, 3]}), "n")
    assert not can_be_viewed(mixed) and in_session(mixed, "settled") is mixed
    assert row_count(mixed) == 3


def test_a_table_of_an_attached_file_is_found_by_its_whole_name(engine, tmp_path):
    engine.con.execute(f"ATTACH '{tmp_path / 'other.duckdb'}' AS other")
    engine.con.execute("CREATE TABLE other.numbers AS SELECT 7 AS n")
    there = engine.table("numbers", database=("other", "main"))
    assert written(there) == 'SELECT * FROM "other"."main"."numbers"'
    assert asked_in_sql(there, "r", "SELECT n FROM r").to_pyarrow().to_pylist() == [{"n": 7}]
    assert row_count(there) == 1 and row_count(engine.table("numbers")) == 30


@pytest.mark.parametrize("word", ["some", "order", "default", "table", "user", "limit"])
def test_a_column_may_be_called_by_a_word_of_the_language(engine, word):
    engine.con.execute(f'CREATE TABLE words AS SELECT 7 AS "{word}"')
    assert asked_in_sql(engine.table("words"), "r", f"SELECT ({word}) AS v FROM r").to_pyarrow().to_pylist() == [{"v": 7}]


def test_a_column_that_is_not_there_is_named_by_the_engine(engine):
    with pytest.raises(duckdb.BinderException, match="missing"):
        asked_in_sql(engine.table("numbers"), "r", "SELECT missing FROM r")


def test_an_answer_holds_what_ibis_would_hand_over(engine):
    table = engine.table("kinds")
    more = "*, 7::HUGEINT AS big, 'b'::ENUM ('a', 'b') AS named, 2.50::DECIMAL(6, 2) AS money, TIMESTAMPTZ '2026-01-31 12:00:00+02' AS zoned"
    text = f"SELECT {more} FROM r"
    by_ibis = asked_in_sql(table, "r", text)
    assert answered(table, "r", text) == by_ibis.to_pyarrow().to_pylist()
    assert answered(table, "r", "SELECT * FROM r") == table.to_pyarrow().to_pylist()
    assert answered_table(table, "r", "SELECT whole, words FROM r").to_pylist() == [{"whole": 1, "words": "a"}]
    assert dict(types_of(table, "r", text)) == dict(by_ibis.schema())
    assert answered(table, "r", "SELECT whole FROM r WHERE FALSE") == []


def test_an_answer_leaves_no_view_behind(engine):
    def views():
        return engine.con.execute("SELECT COUNT(*) FROM duckdb_views() WHERE NOT internal").fetchone()

    before, table = views(), engine.table("numbers")
    assert answered(table, name_for(table), f"SELECT SUM(n) AS s FROM {name_for(table)}") == [{"s": 435}]
    assert views() == before


@pytest.mark.parametrize("word", ["some", "order", "limit"])
def test_an_answer_may_be_of_a_column_called_by_a_word_of_the_language(engine, word):
    engine.con.execute(f'CREATE TABLE words AS SELECT 7 AS "{word}"')
    table = engine.table("words")
    assert answered(table, "r", f"SELECT SUM({word}) AS v FROM r") == [{"v": 7}]
    assert types_of(table, "r", f"SELECT ({word}) AS v FROM r")["v"].is_integer()
    with pytest.raises(duckdb.BinderException, match="missing"):
        answered(table, "r", "SELECT missing FROM r")
