"""Rows that an engine is asked for once, kept for the questions over them."""

from __future__ import annotations

import contextlib
import itertools
import os
from pathlib import Path
from weakref import finalize

import duckdb
import ibis.expr.types as ir

from toolkit.data.asking import literal
from toolkit.data.duck_views import can_be_viewed, table, view, written
from toolkit.data.sql_names import name_of

_NUMBERS = itertools.count()


def kept(rows: ir.Table, large: bool = False) -> ir.Table:
    """The same rows, asked of the engine once.

    Parameters
    ----------
    large
        On DuckDB they are then written to a Parquet file in its folder for temporary files, where there is
        one: rows in memory would leave too little of it for the questions over them, which would go on in
        files row by row. The file is gone when nothing asks of the rows any more.
    """
    if not can_be_viewed(rows):
        return rows.cache()
    engine = rows.get_backend()
    name = f"toolkit_kept_{next(_NUMBERS)}"
    folder = _folder(engine.con) if large else None
    if folder is None:
        engine.con.execute(f"CREATE TEMP TABLE {name_of(name)} AS {written(rows)}")
        made = table(engine, name)
        finalize(made.op(), _dropped, engine.con, name).atexit = False
        return made
    file = folder / f"{name}_{os.getpid()}.parquet"
    engine.con.execute(f"COPY ({written(rows)}) TO {literal(str(file))} (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)")
    made = view(rows, name, f"SELECT * FROM read_parquet({literal(str(file))})")
    finalize(made.op(), file.unlink, missing_ok=True)
    return made


def _folder(con: duckdb.DuckDBPyConnection) -> Path | None:
    """Where DuckDB puts what does not fit in memory; None where it is not there yet."""
    named = con.execute("SELECT CURRENT_SETTING('temp_directory')").fetchone()[0]
    return Path(named) if named and Path(named).is_dir() else None


def _dropped(con: duckdb.DuckDBPyConnection, name: str) -> None:
    with contextlib.suppress(duckdb.Error):  # the session may be gone, and its tables with it
        con.execute(f"DROP TABLE IF EXISTS {name_of(name)}")
