"""A long expression under a short name in this session of its engine; nothing is copied.

A table's contract makes an expression of some 60,000 characters, and every question would have it
written out and parsed again: a second each time, where the answer takes milliseconds.
"""

from __future__ import annotations

import ibis.expr.operations as ops
import ibis.expr.types as ir
from ibis.backends import BaseBackend

from toolkit.data.duck_views import can_be_viewed, view, written
from toolkit.data.view_rows import DIALECTS, create_view


def in_session(rows: ir.Table, name: str) -> ir.Table:
    """The same rows under a name of their own; as they are on engines without such views.

    Parameters
    ----------
    name
        Used once only in this session.
    """
    if can_be_viewed(rows):
        return view(rows, name, written(rows))
    engine = rows.get_backend()
    if engine.name not in DIALECTS or rows.op().find(ops.InMemoryTable):
        return rows
    create_view(engine, name, engine.compile(rows))
    return engine.table(name)


def row_count(rows: ir.Table) -> int:
    """How many rows there are."""
    if not can_be_viewed(rows):
        return int(rows.count().execute())
    return int(rows.get_backend().con.execute(f"SELECT COUNT(*) FROM ({written(rows)})").fetchone()[0])


def brought(table: ir.Table, engine: BaseBackend, name: str) -> ir.Table:
    """A small table's rows copied into the session of another engine, so that both can be joined.

    Parameters
    ----------
    name
        Used once only in that session.
    """
    rows = table.to_pyarrow()
    if engine.name != "pyspark":
        return engine.create_table(name, rows, temp=True)
    engine._session.createDataFrame(rows).createOrReplaceTempView(name)  # Ibis has no temporary tables there
    return engine.table(name)
