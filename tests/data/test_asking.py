"""Contracts are asked in a bounded number of short questions, and answered alike by every way."""

from __future__ import annotations

import random
from datetime import date, datetime

import ibis.expr.operations as ops
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import sqlglot
from company_tables import company, opened, said
from sqlglot import ErrorLevel

from toolkit.company.tables import Table
from toolkit.data.asking import DuckRows, IbisRows, Lookup, literal, matches
from toolkit.data.connection import quiet_duckdb
from toolkit.data.contract import Judged, weigh
from toolkit.data.number_marks import PLAIN
from toolkit.data.readers import POSITION, Raw
from toolkit.data.rules import rules_of
from toolkit.data.typed import typed_rows

KINDS = {
    "text": {"type": "text", "pattern": r"[a-z]+ '\d+'"},
    "integer": {"type": "integer", "min": 0, "max": 40, "required": True},
    "number": {"type": "number", "min": -0.1, "missing": [-99]},
    "boolean": {"type": "boolean"},
    "date": {"type": "date", "after": "datetime"},
    "datetime": {"type": "datetime", "tolerate": 0.5},
    "category": {"type": "category", "values": ["it's", "b"]},
}
CELLS = {
    "text": ["a '1'", "b '22'", "B '1'", None, " "],
    "integer": ["1", "40", "41", "-1", None, "007"],
    "number": ["0.5", "-0.1", "-0.2", "-99", None],
    "boolean": ["true", "no", None],
    "date": ["2026-01-05", "2026-01-06", "2199-01-01", None],
    "datetime": ["2026-01-05 10:00:00", "2026-01-06", "2027-01-01", None],
    "category": ["it's", "b", "c", None],
}
QUOTED = "a'b"
BAD = {"integer": "x", "number": "nan", "boolean": "maybe", "date": "soon", "datetime": "25:00"}


def texts(repeats: int, rows: int = 200, bad: bool = False) -> tuple[pa.Table, Table]:
    """Text cells of every type, each column `repeats` times, and what is declared of them."""
    chance = random.Random(repeats)
    cells, columns = {}, {}
    for i in range(repeats):
        for kind, column in KINDS.items():
            after = {"after": f"datetime{i}"} if "after" in column else {}
            columns[f"{kind}{i}"] = {**column, **after}
            cells[f"{kind}{i}"] = chance.choices(CELLS[kind], k=rows)
            if bad and kind in BAD:
                cells[f"{kind}{i}"][7] = BAD[kind]
    columns["key"] = {"type": "integer"}
    cells["key"] = [str(chance.randrange(190)) for _ in range(rows)]
    table = Table.model_validate(
        {"path": "t.csv", "columns": columns, "key": "key", "time": "date0", "tolerate": 0.9}
    )
    return pa.table({c: pa.array(v, pa.string()) for c, v in cells.items()}), table


def judged(cells: pa.Table, model: Table, engine) -> Judged:
    engine.con.register("cells", cells)
    numbered = f'SELECT *, ROW_NUMBER() OVER () AS "{POSITION}" FROM cells'
    raw = Raw(numbered, "t.csv", PLAIN, "", word="row", rows=cells.num_rows, once=True)
    typed = typed_rows(raw, model, "Europe/Lisbon", engine, "t")
    rules = rules_of(model, company({"t": model.model_dump(by_alias=True)}), PLAIN, typed.unfit)
    return Judged(typed.rows, typed.unfit, tuple(rules), model)


@pytest.mark.parametrize("bad", [False, True])
def test_the_number_of_questions_does_not_grow_with_the_columns(bad):
    asked = []
    for repeats in (1, 12):
        engine = quiet_duckdb()
        engine.con.execute("CALL enable_logging('QueryLog')")
        weigh(judged(*texts(repeats, bad=bad), engine), str, (POSITION, "row"))
        log = "SELECT COUNT(*) FROM duckdb_logs WHERE type = 'QueryLog'"
        asked.append(engine.con.execute(log).fetchone()[0])
    assert asked[0] == asked[1] <= (12 if bad else 8)


def test_a_checked_table_is_one_name_to_ibis(tmp_path):
    rows = {"id": [1, 2, 2], "v": [0.5, float("nan"), -1.0], "who": ["a", "b", "c"]}
    pq.write_table(pa.table(rows), tmp_path / "t.parquet")
    pq.write_table(pa.table({"who": ["a", "b"], "age": [3, 4]}), tmp_path / "people.parquet")
    tables = {
        "t": {
            "path": "t.parquet",
            "key": "id",
            "tolerate": 0.5,
            "where": "v > 0  -- and nothing else",
            "joins": {"people": {"on": "who", "columns": ["age"]}},
            "columns": {
                "id": {"type": "integer"},
                "v": {"type": "number", "tolerate": 0.5},
                "who": {"type": "text"},
            },
        },
        "people": {
            "path": "people.parquet",
            "key": "who",
            "columns": {"who": {"type": "text"}, "age": {"type": "integer"}},
        },
    }
    with opened(tmp_path, tables) as source:
        assert said(source) == ""
        table = source.table("t")
        assert len(table.op().find(ops.Relation)) == 1
        assert source.run(table) == [{"id": 1, "v": 0.5, "who": "a", "age": 3}]
        assert (source.report("t").aside, source.report("t").kept) == (1, 1)


def test_text_and_expressions_answer_alike():
    """What DuckDB is asked as it stands and what Ibis translates give the same verdict and rows."""
    cells, model = texts(2, bad=True)
    engine = quiet_duckdb()
    found = judged(cells, model, engine)
    other = Judged(
        IbisRows("as any engine", found.rows.table()), found.unfit, found.rules, model
    )
    ways = [weigh(way, str, (POSITION, "row")) for way in (found, other)]
    assert ways[0] == ways[1]
    assert ways[0].violations and ways[0].repeats and ways[0].set_aside and ways[0].last
    kept = [
        way.rows.derived(way.kept(repeats=True), f"kept {way.rows.name}") for way in (found, other)
    ]
    rows = [engine.to_pyarrow(k.table().order_by(list(model.columns))).to_pylist() for k in kept]
    assert rows[0] == rows[1] and len(rows[0]) == ways[0].kept - ways[0].repeats
    lookups = [
        [Lookup("integer0", way.rows, "key", {"there": "key"})] for way in (found, other)
    ]
    counts = [
        way.rows.looked_up(lookup, "looked up").ask('SELECT COUNT("there") AS "n" FROM "looked up"')
        for way, lookup in zip((found, other), lookups, strict=True)
    ]
    keys = {int(k) for k in cells["key"].to_pylist()}
    there = [int(c) in keys for c in cells["integer0"].to_pylist() if c and c != "x"]
    assert counts[0] == counts[1] == [{"n": sum(there)}]


@pytest.mark.parametrize("dialect", ["postgres", "spark", "bigquery", "snowflake"])
def test_questions_can_be_put_to_other_engines(dialect):
    found = judged(*texts(1, bad=True), quiet_duckdb())
    for text in (found.kept(repeats=True), f"SELECT COUNT(*) AS n FROM {found.beside()}"):
        (said,) = sqlglot.transpile(
            text, read="duckdb", write=dialect, unsupported_level=ErrorLevel.RAISE
        )
        assert sqlglot.parse_one(said, read=dialect)


@pytest.mark.parametrize(
    "value",
    [0.1, 1e22, -1.7e308, 5e-324, 123456789.123456789, 7, -3, True, "it's", "\\n%\"{}", "é\n",
     date(2026, 2, 28), datetime(1999, 12, 31, 23, 59, 59, 250000)],
)  # fmt: skip
def test_values_stand_in_text_to_the_last_bit(value):
    engine = quiet_duckdb()
    text = f'SELECT {literal(value)} AS "v"'
    assert DuckRows("none", engine).ask(text) == [{"v": value}]
    assert engine.sql(text, dialect="duckdb").to_pyarrow().to_pylist() == [{"v": value}]


def test_a_pattern_is_one_pattern():
    engine = quiet_duckdb()
    text = f"SELECT {matches(literal(QUOTED), f'^{QUOTED}$')} AS v"
    assert DuckRows("none", engine).ask(text) == [{"v": True}]


@pytest.mark.parametrize("kind", ["integer", "number", "text"])
def test_no_number_hides_behind_the_statistics_of_a_file(tmp_path, kind):
    """Parquet's statistics leave nan out, and an engine that trusts them takes it for small."""
    pq.write_table(pa.table({"v": [float("nan"), 1.0, 1e99]}), tmp_path / "t.parquet")
    with opened(
        tmp_path, {"t": {"path": "t.parquet", "columns": {"v": {"type": kind}}}}
    ) as source:
        if kind == "text":
            found = source.run(source.table("t"))
            assert [r["v"] for r in found] == ["nan", "1", "1e+99"]
        else:
            rows = 2 if kind == "integer" else 1
            assert f"({rows} row" in said(source) and "row 1: 'nan'" in said(source)
