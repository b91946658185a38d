"""Views of a DuckDB session as Ibis tables, without the detours that Ibis takes to make them.

Ibis writes a query out with all that lies below it, asks for its types, and reads each type's name anew:
five milliseconds a view, and a page asks for hundreds. Text goes to DuckDB as it is here, and a type's
name is read once. What a view gives is the same.
"""

from __future__ import annotations

from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from weakref import finalize

import duckdb
import ibis
import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from ibis.backends.duckdb import Backend as DuckDB
from ibis.backends.sql.datatypes import DuckDBType
from ibis.util import log

from toolkit.data.sql_names import name_of

if TYPE_CHECKING:
    import pyarrow as pa

_PLAIN = frozenset(
    "BOOLEAN TINYINT SMALLINT INTEGER BIGINT HUGEINT UTINYINT USMALLINT UINTEGER UBIGINT FLOAT DOUBLE VARCHAR DATE TIMESTAMP".split()
)
"""Types whose values are in Python what Arrow makes of them."""


def view(rows: ir.Table, name: str, text: str) -> ir.Table:
    """A temporary view called `name` over `rows`, from a query in DuckDB's SQL; nothing is copied."""
    engine = rows.get_backend()
    engine.con.execute(f"CREATE OR REPLACE TEMP VIEW {name_of(name)} AS {text}")
    made = table(engine, name)
    # Ibis drops a cached table when nothing asks of it any more, and does not see that a view does
    finalize(made.op(), _let_go, rows.op()).atexit = False
    return made


def table(engine: DuckDB, name: str, catalog: str | None = None, database: str | None = None) -> ir.Table:
    """The table or view called `name`, of this session where nothing else is said."""
    where = ops.Namespace(catalog=catalog, database=database)
    columns = engine.con.execute(f"DESCRIBE {_address(name, where)}").fetchall()
    schema = ibis.schema({column: _type(kind, null == "YES") for column, kind, null, *_ in columns})
    return ops.DatabaseTable(name, schema=schema, source=engine, namespace=where).to_expr()


def asked(rows: ir.Table, name: str, text: str) -> ir.Table:
    """What a query gives of `rows`, which it calls `name`; the same table where the same is asked again."""
    try:
        return _over(rows, name, text)
    except (duckdb.ParserException, duckdb.BinderException):
        return _over(rows, name, _quoted(text))


def answered(rows: ir.Table, name: str, text: str) -> list[dict[str, Any]]:
    """The answer to a query over `rows`, which it calls `name`: small, as plain values; no view is made."""
    answer = _put(rows, name, text)
    columns = [column[0] for column in answer.description]
    if any(str(column[1]) not in _PLAIN for column in answer.description):
        return answer.arrow().read_all().to_pylist()
    return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]


def answered_table(rows: ir.Table, name: str, text: str) -> pa.Table:
    """The same in columns, for answers of many rows."""
    return _put(rows, name, text).arrow().read_all()


def types_of(rows: ir.Table, name: str, text: str) -> dict[str, dt.DataType]:
    """The types of what a query gives, which is not asked."""
    return {column: _type(kind, null == "YES") for column, kind, null, *_ in _put(rows, name, text, "DESCRIBE ").fetchall()}


def _put(rows: ir.Table, name: str, text: str, what: str = "") -> duckdb.DuckDBPyConnection:
    try:
        return _executed(rows, what + _below(rows, name, text))
    except (duckdb.ParserException, duckdb.BinderException):
        return _executed(rows, what + _below(rows, name, _quoted(text)))


def _executed(rows: ir.Table, text: str) -> duckdb.DuckDBPyConnection:
    log(text)  # as Ibis does where it is asked to say what engines are given
    return rows.get_backend().con.execute(text)


def _over(rows: ir.Table, name: str, text: str) -> ir.Table:
    below = _below(rows, name, text)
    return view(rows, f"{name}_{sha256(below.encode()).hexdigest()[:16]}", below)


def _below(rows: ir.Table, name: str, text: str) -> str:
    return f"WITH {name_of(name)} AS ({written(rows)}) {text}"


def _quoted(text: str) -> str:
    # a column may be called by a word that DuckDB keeps for itself; sqlglot puts quotes around it
    return sqlglot.parse_one(text, read="duckdb").sql("duckdb")


def can_be_viewed(rows: ir.Table) -> bool:
    """Whether a view can stand on `rows`: they lie in DuckDB, and none of them only in this process."""
    return not rows.op().find(ops.InMemoryTable) and rows.get_backend().name == "duckdb"


def written(rows: ir.Table) -> str:
    """The query that gives `rows`."""
    op = rows.op()
    if isinstance(op, ops.DatabaseTable):
        return f"SELECT * FROM {_address(op.name, op.namespace)}"
    return rows.get_backend().compile(rows)


def _address(name: str, where: ops.Namespace) -> str:
    return ".".join(name_of(part) for part in (where.catalog, where.database, name) if part)


def _let_go(below: ops.Relation) -> None:
    """What was held for a view goes with it."""


@lru_cache(maxsize=4096)
def _type(kind: str, nullable: bool) -> dt.DataType:
    return DuckDBType.from_string(kind, nullable=nullable)
