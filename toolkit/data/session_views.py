"""A long expression under a short name in this session of its engine; nothing is copied.

A table's contract makes an expression of some 60,000 characters, and every question would have it
written out and parsed again: a second each time, where the answer takes milliseconds.
"""

from __future__ import annotations

import ibis.expr.operations as ops
import ibis.expr.types as ir

from toolkit.data.asking import name_of

_STATEMENTS = {
    "duckdb": "CREATE OR REPLACE TEMP VIEW {name} AS {text}",
    "postgres": "CREATE OR REPLACE TEMP VIEW {name} AS {text}",
    "pyspark": "CREATE OR REPLACE TEMPORARY VIEW {name} AS {text}",
}


def in_session(rows: ir.Table, name: str) -> ir.Table:
    """The same rows under a name of their own; as they are on engines without such views.

    Parameters
    ----------
    name
        Used once only in this session.
    """
    engine = rows.get_backend()
    statement = _STATEMENTS.get(engine.name)
    if statement is None or rows.op().find(ops.InMemoryTable):
        return rows
    quoted = f"`{name}`" if engine.name == "pyspark" else name_of(name)
    done = engine.raw_sql(statement.format(name=quoted, text=engine.compile(rows)))
    if engine.name == "postgres":
        done.close()
    return engine.table(name)
