"""Rows kept for the questions over them: the same in memory and in a file, and gone when nobody asks of them."""

from __future__ import annotations

import gc

import ibis
import pandas as pd
import pytest

from toolkit.data.asked_once import kept


@pytest.fixture
def engine(tmp_path):
    made = ibis.duckdb.connect()
    made.con.execute(f"SET temp_directory='{tmp_path}'")
    made.create_table("t", pd.DataFrame({"a": [3, 1, 2], "b": ["x", None, "z"]}))
    return made


@pytest.mark.parametrize("large", [False, True])
def test_the_rows_are_the_same_in_their_order(engine, large):
    found = kept(engine.table("t"), large).to_pandas()
    assert found.a.tolist() == [3, 1, 2]
    assert found.b.isna().tolist() == [False, True, False] and found.b[2] == "z"


@pytest.mark.parametrize("large", [False, True])
def test_what_is_kept_stays_as_it_was_when_the_table_changes(engine, large):
    rows = kept(engine.table("t"), large)
    engine.con.execute("DELETE FROM t")
    assert rows.count().execute() == 3


def test_many_rows_are_in_a_file_that_goes_with_them(engine, tmp_path):
    rows = kept(engine.table("t"), True)
    over = rows.filter(rows.a > 1)
    assert len(list(tmp_path.glob("*.parquet"))) == 1
    del rows
    gc.collect()
    assert over.count().execute() == 2  # a question over them holds them
    del over
    gc.collect()
    assert not list(tmp_path.glob("*.parquet"))


def test_few_rows_are_a_table_that_goes_with_them(engine):
    rows = kept(engine.table("t"))
    count = "SELECT COUNT(*) FROM duckdb_tables() WHERE temporary"
    assert engine.con.execute(count).fetchone()[0] == 1
    del rows
    gc.collect()
    assert engine.con.execute(count).fetchone()[0] == 0


def test_without_a_folder_many_rows_are_in_memory(engine, tmp_path):
    engine.con.execute(f"SET temp_directory='{tmp_path / 'not there'}'")
    assert kept(engine.table("t"), True).count().execute() == 3
    assert not list(tmp_path.rglob("*.parquet"))
