"""What several questions rest on, made once: rows kept by the engine, and shared by the questions of one page."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TypeVar
from weakref import finalize

import duckdb
import ibis.expr.types as ir

from toolkit.data.asking import literal
from toolkit.data.duck_views import can_be_viewed, table, view, written
from toolkit.data.session_views import row_count
from toolkit.data.sql_names import name_of

Made = TypeVar("Made")

MOST_IN_MEMORY = 1_000_000
"""Rows of a company's table beyond which what is made of it is kept in a file beside the engine's own."""

_NUMBERS = itertools.count()


class Tables(dict[str, ir.Table]):
    """Tables by name, with what was made of them; studies of one page share it through `made`."""

    def __init__(self, tables: Mapping[str, ir.Table], made: dict[tuple, object] | None = None):
        super().__init__(tables)
        self.made: dict[tuple, object] = {} if made is None else made

    def once(self, asked: tuple, make: Callable[[], Made]) -> Made:
        """What was made of the tables for the same question, or what `make` gives."""
        if asked not in self.made:
            self.made[asked] = make()
        return self.made[asked]

    def large(self, *names: str) -> bool:
        """Whether one of these tables has more rows than are kept in memory."""
        return any(self.once(("rows", n), lambda n=n: _rows(self[n])) > MOST_IN_MEMORY for n in dict.fromkeys(names))


def _rows(rows: ir.Table) -> int:
    return row_count(rows) if can_be_viewed(rows) else 0


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
