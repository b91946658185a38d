"""What a run makes ready for its notebooks is what each would have read itself."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from company_tables import in_order

from toolkit.company.load import load_company
from toolkit.data.connection import quiet_duckdb
from toolkit.data.prepared import prepare
from toolkit.data.readers import reading
from toolkit.data.source import Source, open_source
from toolkit.problems import Refused

N = 4_000


@pytest.fixture
def params(tmp_path) -> Path:
    """Orders of which some are set aside, some stand there twice and some are of nobody known; people."""
    n = range(N)
    orders = {
        "id": [f"O{i:05}" for i in n] + ["O00007", "O00009"],
        "who": ["" if i % 50 == 0 else f"P{i % 700}" for i in n] + ["P7", "P9"],
        "at": [datetime(2026, 1 + i % 9, 1, i % 24) for i in n] + [datetime(2026, 1, 2), datetime(2025, 1, 2)],
        "paid": [i % 3 % 2 for i in n] + [None, 1],
        "amount": [-1.0 if i in (5, 900) else None if i % 17 == 0 else float(i) for i in n] + [7.5, 9.5],
        "state": ["-" if i % 40 == 0 else "paid" for i in n] + ["open", "paid"],
    }
    people = {"who": [f"P{i}" for i in range(600)], "segment": ["young" if i % 3 else "old" for i in range(600)]}
    pq.write_table(pa.table({**orders, "paid": pa.array(orders["paid"], pa.int8())}), tmp_path / "orders.parquet", row_group_size=500)
    pq.write_table(pa.table(people), tmp_path / "people.parquet")
    columns = {
        "id": {"type": "text"}, "who": {"type": "text"}, "at": {"type": "datetime"}, "paid": {"type": "boolean"},
        "amount": {"type": "number", "min": 0, "tolerate": 0.01}, "state": {"type": "text", "missing": ["-"]},
    }  # fmt: skip
    plain = {"path": "orders.parquet", "key": "id", "time": "at", "tolerate": 0.01, "columns": columns}
    given = {
        "version": 1,
        "company": {"id": "probe", "name": "Probe", "as_of": "2026-10-31", "currency": "EUR"},
        "tables": {
            "orders": plain,
            "some": {**plain, "where": "amount > 10 or paid"},
            "joined": {**plain, "joins": {"people": {"on": "who", "columns": ["segment"]}}},
            "people": {"path": "people.parquet", "key": "who", "columns": {"who": {"type": "text"}, "segment": {"type": "text"}}},
        },
    }
    (tmp_path / "probe.yaml").write_text(yaml.safe_dump(given, sort_keys=False))
    return tmp_path / "probe.yaml"


def rows_of(source: Source, name: str) -> list[tuple]:
    return in_order(tuple(row.values()) for row in source.run(source.table(name)))


@pytest.mark.parametrize("most", [0, 1_000, 1_000_000])
def test_rows_made_ready_are_those_that_were_checked(params, tmp_path, most):
    file = load_company(params)
    folder = tmp_path / "ready"
    folder.mkdir()
    with open_source(file.company, tmp_path) as source:
        ready = prepare(source, file, folder, most)
    large = {"orders", "some", "joined"} if most else {"orders", "some", "joined", "people"}
    assert set(ready.views) == (large if most < N else set()) and set(ready.files) == set(ready.views)
    with open_source(file.company, tmp_path) as alone, open_source(file.company, tmp_path, prepared=ready) as notebook:
        for name in file.company.tables:
            assert rows_of(notebook, name) == rows_of(alone, name)
            assert notebook.report(name) == alone.report(name)
        assert len(rows_of(notebook, "orders")) == N - 2
        # of two rows with one key the earlier in time stays
        assert {r[0]: r[2].year for r in rows_of(notebook, "orders")}["O00009"] == 2025
        assert {r[1] for r in rows_of(notebook, "orders")} >= {None} and "-" not in {r[5] for r in rows_of(notebook, "orders")}


def test_a_file_that_changes_under_way_is_refused(params, tmp_path):
    file = load_company(params)
    with open_source(file.company, tmp_path) as source:
        ready = prepare(source, file, tmp_path, 0)
    os.utime(tmp_path / "orders.parquet", ns=(1, 1))
    with open_source(file.company, tmp_path, prepared=ready) as notebook:
        assert notebook.table("people").count().execute() == 600
        with pytest.raises(Refused, match="'orders.parquet' was written again or removed while the run was under way"):
            notebook.table("orders")


def test_too_little_memory_is_said_in_words():
    engine = quiet_duckdb()
    engine.raw_sql("SET memory_limit='20MB'")
    engine.raw_sql("SET temp_directory=''")
    with pytest.raises(Refused, match="orders: needs more memory than engine.memory allows"), reading("orders"):
        engine.con.execute("SELECT LENGTH(LIST(range)) FROM range(10000000)").fetchall()
