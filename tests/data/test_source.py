"""Tables wherever they are: files beside each other, Parquet, a database; secrets stay secret."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import traceback
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from company_tables import company, opened, said, values, written

from toolkit.data.source import open_source
from toolkit.problems import Refused


def test_only_declared_columns_leave_under_our_names(tmp_path):
    columns = {"amount": {"type": "money", "from": "Betrag (€)"}}
    with written(tmp_path, "Betrag (€);Name\n1,50;Ann\n", columns) as source:
        table = source.table("t")
        assert table.columns == ("amount",)
        assert str(table.schema()["amount"]) == "float64"
        assert source.table("t") is table
        raw = (tmp_path / "t.csv").read_bytes()
        assert source.fingerprint("t") == "sha256:" + hashlib.sha256(raw).hexdigest()
        assert "Ann" not in repr(source)


def test_what_was_checked_is_what_is_used(tmp_path):
    with written(tmp_path, "a\n1\n", {"a": "integer"}) as source:
        table = source.table("t")
        (tmp_path / "t.csv").write_text("a\n2\n")
        assert source.run(table) == [{"a": 1}]


def test_parquet_alone_and_by_a_pattern(tmp_path):
    def write(name, **columns):
        pq.write_table(pa.table(columns), tmp_path / name)

    write("y1.parquet", a=[1.0, None], d=pa.array([date(2026, 1, 1), date(2027, 1, 1)]))
    columns = {"a": {"type": "integer"}, "d": {"type": "date", "future": True}}
    table = {"path": "y1.parquet", "columns": columns}
    with opened(tmp_path, {"t": table}) as source:
        assert values(source, "a") == [(1,), (None,)]
    write("y2.parquet", a=[2.0], d=pa.array([date(2026, 1, 2)]))
    with opened(tmp_path, {"t": {**table, "path": "y*.parquet"}}) as source:
        assert values(source, "a") == [(1,), (2,), (None,)]
        assert source.fingerprint("t").startswith("sha256:")
    write("y3.parquet", a=["x"], e=[1])
    with opened(tmp_path, {"t": {**table, "path": "y*.parquet"}}) as source:
        assert "column 'a': is string here but double in y1.parquet" in said(source)
        assert "y3.parquet: 'd' is not a column of this file. Choices: 'a', 'e'" in said(source)
    (tmp_path / "y3.parquet").write_bytes(b"PAR1junk")
    with opened(tmp_path, {"t": {**table, "path": "y*.parquet"}}) as source:
        assert "cannot be read as Parquet" in said(source)


def test_parquet_whose_pages_were_written_over_is_refused_though_the_engine_reads_it(tmp_path):
    file = tmp_path / "regions.parquet"
    rows = pa.table({"region": ["north", "south"] * 50})
    pq.write_table(rows, file, compression="none", use_dictionary=False, write_page_checksum=True)
    table = {"path": file.name, "columns": {"region": {"type": "text"}}}
    with opened(tmp_path, {"t": table}) as source:
        assert len(values(source, "region")) == 100
    stored = file.read_bytes()
    one = stored.index(b"\x05\0\0\0south") + 4
    file.write_bytes(stored[:one] + b"north" + stored[one + 5:])
    counts = duckdb.sql(f"SELECT region, count(*) FROM '{file}' GROUP BY ALL ORDER BY ALL").fetchall()
    assert counts == [("north", 51), ("south", 49)]
    with opened(tmp_path, {"t": table}) as source:
        assert "regions.parquet: is damaged, a column cannot be read to its end" in said(source)


def test_native_values_that_do_not_fit(tmp_path):
    moment = datetime(2026, 7, 1, 12, tzinfo=UTC)
    pq.write_table(
        pa.table(
            {
                "i": [1.5, 2.0],
                "big": pa.array([2**64 - 1, 5], pa.uint64()),
                "n": [float("nan"), 1.0],
                "f": [float("inf"), 1.0],
                "far": [1e101, 1e99],
                "id": [17.0, None],
                "at": [moment, moment],
                "day": [moment, moment],
                "b": [2, 1],
                "m": pa.array(["1.5", "2"]),
            }
        ),
        tmp_path / "t.parquet",
    )
    kinds = {
        "i": "integer",
        "big": "integer",
        "n": "number",
        "f": "number",
        "far": "number",
        "id": "text",
        "at": "datetime",
        "day": "date",
        "b": "boolean",
        "m": "number",
    }
    table = {"path": "t.parquet", "columns": {c: {"type": k} for c, k in kinds.items()}}
    with opened(tmp_path, {"t": table}, time_zone="Europe/Lisbon") as source:
        text = said(source)
        for words in (
            "row 1: '1.5'",
            f"row 1: '{2**64 - 1}'",
            "row 1: 'nan'",
            "row 1: 'inf'",
            "row 1: '1e+101'",
            "t.day",
            "t.b",
        ):
            assert words in text, (words, text)
        assert "t.id" not in text and "t.at" not in text and "t.m" not in text
    good = {c: {"type": kinds[c]} for c in ("id", "at", "m")}
    with opened(tmp_path, {"t": {**table, "columns": good}}, time_zone="Europe/Lisbon") as source:
        assert values(source, "id", "at", "m") == [
            ("17", datetime(2026, 7, 1, 13), 1.5),
            (None, datetime(2026, 7, 1, 13), 2.0),
        ]


def test_a_table_of_a_database_stays_there(tmp_path):
    with duckdb.connect(str(tmp_path / "firm.duckdb")) as firm:
        firm.execute(
            "create schema crm; create table crm.orders as "
            "select i as id, '2026-01-0' || i as day, i * 1.5 as amount from range(1, 4) r(i)"
        )
    columns = {
        "id": {"type": "integer"},
        "day": {"type": "date"},
        "paid": {"type": "money", "from": "amount"},
    }
    url = "duckdb://firm.duckdb"
    with opened(
        tmp_path, {"t": {"table": "crm.orders", "key": "id", "columns": columns}}, url
    ) as source:
        assert values(source, "id", "day", "paid")[0] == (1, date(2026, 1, 1), 1.5)
        assert source.fingerprint("t") == "columns id, day, amount of crm.orders, 3 rows"
    with opened(tmp_path, {"t": {"table": "crm.order", "columns": columns}}, url) as source:
        assert (
            "'crm.order' is not a table of the connected database. Did you mean 'crm.orders'?"
            in said(source)
        )
    columns["x"] = {"type": "text"}
    with opened(tmp_path, {"t": {"table": "crm.orders", "columns": columns}}, url) as source:
        assert "tables.t.columns.x: 'x' is not a column of this table" in said(source)
    with opened(tmp_path, {"t": {"table": "no.orders", "columns": columns}}, url) as source:
        assert "'no.orders'" in said(source)


def test_the_same_rules_without_the_engines_shortcuts(tmp_path):
    """The way every engine can go and DuckDB's own give the same values and the same refusals."""
    from toolkit.company.tables import Table
    from toolkit.data.casting import as_read, converted
    from toolkit.data.connection import quiet_duckdb
    from toolkit.data.number_marks import PLAIN
    from toolkit.data.readers import Raw
    from toolkit.data.typed import typed_rows

    texts = [
        "",
        " ",
        "5",
        " 5",
        "-0",
        "5.50",
        "1e2",
        "nan",
        "inf",
        "true",
        "Y",
        "2026-02-28",
        "2026-02-29",
        "2024-02-29",
        "2026-02-28 10:00:00",
        "2026-02-28 10:00:00.5",
        "2026-02-28T10:00Z",
        "infinity",
        "0044-03-15 (BC)",
        "9" * 18,
        "9" * 19,
        "+7",
        "0x1F",
        "1_0",
        "00012",
        "2026-02-28 24:00:00",
    ]
    kinds = ("text", "integer", "number", "boolean", "date", "datetime")
    model = Table.model_validate(
        {"path": "t.csv", "columns": {k: {"type": k} for k in kinds}, "missing": ["5"]}
    )
    engine = quiet_duckdb()
    stored = engine.create_table("stored", pa.table({k: texts for k in kinds}))
    raw = Raw("SELECT * FROM stored", "t.csv", PLAIN, "", once=True)
    quick = typed_rows(raw, model, "Europe/Lisbon", engine, "quick").rows.table()
    long = converted(stored, model, kinds, "Europe/Lisbon", PLAIN, "long")
    columns = [c for k in kinds for c in (k, as_read(k)) if c in long.columns]
    ways = [engine.to_pyarrow(way.select(*columns)).to_pylist() for way in (quick, long)]
    assert ways[0] == ways[1]
    assert ways[0][2] == dict.fromkeys(ways[0][2])  # the missing code, in every type


@pytest.mark.parametrize(
    ("source", "words"),
    [
        (
            "postgres://me:${FIRM_PASSWORD}@localhost/firm",
            "${FIRM_PASSWORD}, and no such environment variable",
        ),
        ("duckdb://nowhere.duckdb", "'nowhere.duckdb' is not there"),
        ("nonsense", "must be an Ibis URL"),
    ],
)
def test_connections_that_are_refused(tmp_path, monkeypatch, source, words):
    monkeypatch.delenv("FIRM_PASSWORD", raising=False)
    probe = company({"t": {"table": "x", "columns": {"a": {"type": "text"}}}}, source)
    with pytest.raises(Refused) as refused:
        open_source(probe, tmp_path)
    assert words in str(refused.value)


def test_a_password_in_plain_sight_is_refused():
    for address in (
        "postgres://me:hunter2@localhost/firm",
        "bigquery://x/y?token=hunter2",
        "postgres://me:${A}hunter2@localhost/firm",
    ):
        with pytest.raises(ValueError, match="must not hold a password"):
            company({"t": {"table": "x", "columns": {"a": {"type": "text"}}}}, address)


@pytest.mark.parametrize(
    "address",
    [
        "mysteryql://me:${FIRM_PASSWORD}@localhost/firm",
        "duckdb://${FIRM_PASSWORD}.duckdb",  # is not there
        "duckdb://${FIRM_PASSWORD}.txt",  # is no database, and DuckDB says so with its name
    ],
)
def test_a_secret_is_in_no_message(tmp_path, monkeypatch, address):
    monkeypatch.setenv("FIRM_PASSWORD", "hunter2@x")
    if address.endswith(".txt"):
        (tmp_path / "hunter2@x.txt").write_text("no database" * 1000)
    probe = company({"t": {"table": "x", "columns": {"a": {"type": "text"}}}}, address)
    with pytest.raises(Refused) as refused:
        open_source(probe, tmp_path)
    assert "hunter2" not in "".join(traceback.format_exception(refused.value))


def test_files_that_are_not_there(tmp_path):
    (tmp_path / "orders_2026.csv").write_text("a\n1\n")
    (tmp_path / "data").mkdir()
    column = {"a": {"type": "integer"}}
    for path, words in (
        ("order_2026.csv", "Did you mean 'orders_2026.csv'?"),
        ("dta/x.csv", "lies in a folder that is not there: 'dta'. Choices: 'data'"),
        ("*.parquet", "matches no file"),
        ("data", "is a folder"),
    ):
        with opened(tmp_path, {"t": {"path": path, "columns": column}}) as source:
            assert words in said(source), said(source)
    (tmp_path / "x.docx").write_text("a")
    with opened(tmp_path, {"t": {"path": "x.docx", "columns": column}}) as source:
        assert "is of a kind that is not read" in said(source)


def test_nothing_is_left_behind(tmp_path, monkeypatch):
    (tmp_path / "work").mkdir()
    monkeypatch.setenv("TMPDIR", str(tmp_path / "work"))
    monkeypatch.setattr("tempfile.tempdir", None)
    with written(tmp_path, "a,b\r\n1,2\n", {"a": "integer"}) as source:
        assert values(source, "a") == [(1,)]
        assert list((tmp_path / "work").iterdir())
    assert not list((tmp_path / "work").iterdir())


def test_nothing_is_left_behind_by_who_never_closes(tmp_path):
    (tmp_path / "temporary").mkdir()
    program = f"""
import sys
from pathlib import Path
from company_tables import written
source = written(Path({str(tmp_path)!r}), "a\\n1\\n", {{"a": "integer"}})
table = source.table("t")
del source
assert table.execute()["a"].tolist() == [1]
assert list(Path({str(tmp_path)!r}, "temporary").iterdir())
"""
    path = f"{Path(__file__).parent}:{Path(__file__).parent.parent.parent}"
    environment = {**os.environ, "TMPDIR": str(tmp_path / "temporary"), "PYTHONPATH": path}
    ended = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert list((tmp_path / "temporary").iterdir()) == []
