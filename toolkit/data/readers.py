"""A table's raw cells, wherever they are: a file of any kind, or a table of the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import duckdb
from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend as DuckDB
from ibis.expr.types import Table

from toolkit.company.tables import Table as TableModel
from toolkit.data.asking import DuckRows, name_of
from toolkit.data.casting import missing_codes
from toolkit.data.connection import too_little_memory
from toolkit.data.csv_files import csv_layout, csv_query
from toolkit.data.excel_files import excel_table
from toolkit.data.number_marks import PLAIN, Marks, declared_marks, proved_marks
from toolkit.data.parquet_files import parquet_problems, parquet_query
from toolkit.data.paths import digest_of, engine_path, found_files
from toolkit.problems import Problem, Refused

POSITION = "row of the file"
_EXCEL = (".xlsx", ".xlsm", ".xls", ".xlsb", ".ods")
_CSV = (".csv", ".tsv", ".txt", ".tab")
_PARQUET = (".parquet", ".pq")
_LOOKED_AT = "toolkit_file"  # while a file is read; what is kept has a name of its own
KINDS = (*_CSV, *_PARQUET, *_EXCEL)


@dataclass(frozen=True)
class Raw:
    """The declared columns of a table under our names, as it holds them.

    Attributes
    ----------
    cells
        A query of a DuckDB, or an expression of another engine; with a column `POSITION` where rows
        have a place and `first` is None.
    origin
        The file's name, or the database table's.
    marks
        How numbers are written where they are text.
    fingerprint
        Changes when what was read changes.
    word
        What a place of a row is called (``line``, ``row``); None where rows have none.
    first
        The place of the first row, for tables whose rows are counted once they are stored.
    rows
        How many there must be, where that was counted independently.
    once
        Reading costs: store the result.
    files
        What is read in place, as long as the run lasts; empty where that is something else.
    """

    cells: str | Table
    origin: str
    marks: Marks
    fingerprint: str
    word: str | None = None
    first: int | None = None
    rows: int | None = None
    once: bool = False
    files: tuple[Path, ...] = ()


def read_file(
    model: TableModel, folder: Path, place: Callable[..., str], engine: DuckDB, work: Path
) -> Raw:
    """The cells of the file at the table's `path`.

    Parameters
    ----------
    place
        ``place("path")`` says where that stands in the params file.
    work
        A folder for temporary files.

    Raises
    ------
    Refused
        With every problem of the file found at the first stage that found one.
    """
    files = found_files(folder, model.path, place("path"))
    kind = files[0].suffix.lower()
    if kind not in KINDS:
        raise Refused(Problem(place("path"), "is of a kind that is not read", model.path, KINDS))
    shown = model.path
    if kind in _PARQUET:
        return _parquet(model, files, shown, engine, work)
    if len(files) > 1:
        raise Refused(
            Problem(
                place("path"),
                f"matches {len(files)} files: only Parquet files are read together",
                shown,
                tuple(f.name for f in files),
            )
        )
    try:
        if kind in _EXCEL:
            return _excel(model, files[0], shown, engine)
        return _csv(model, files[0], shown, engine, work)
    except OSError as wrong:
        raise Refused(Problem(place("path"), f"cannot be read: {wrong.strerror}", shown)) from None


def read_table(model: TableModel, place: Callable[..., str], engine: BaseBackend) -> Raw:
    """The columns of a table of the connected database.

    Raises
    ------
    Refused
        The table or a column is not there.
    """
    *schema, name = model.table.split(".")
    where = {"database": tuple(schema) if len(schema) > 1 else schema[0]} if schema else {}
    try:
        there = sorted(engine.list_tables(**where))
    except Exception:  # each backend raises its own where a schema does not exist
        raise Refused(
            Problem(place("table"), "lies in a schema that is not there", model.table)
        ) from None
    if name not in there:
        lead = ".".join(schema) + "." if schema else ""
        raise Refused(
            Problem(
                place("table"),
                "is not a table of the connected database",
                model.table,
                tuple(lead + t for t in there),
            )
        )
    table = engine.table(name, **where)
    problems = [
        Problem(
            place("columns", ours),
            "is not a column of this table",
            column.source or ours,
            tuple(table.columns),
        )
        for ours, column in model.columns.items()
        if (column.source or ours) not in table.columns
    ]
    if problems:
        raise Refused(problems)
    chosen = table.select(**{ours: table[c.source or ours] for ours, c in model.columns.items()})
    statement = ", ".join(c.source or ours for ours, c in model.columns.items())
    cells = engine.compile(chosen) if isinstance(engine, DuckDB) else chosen
    return Raw(cells, model.table, PLAIN, f"columns {statement} of {model.table}")


def _names(model: TableModel) -> dict[str, str]:
    return {ours: column.source or ours for ours, column in model.columns.items()}


def _csv(model: TableModel, file: Path, shown: str, engine: DuckDB, work: Path) -> Raw:
    names = _names(model)
    layout = csv_layout(file, model.csv, tuple(dict.fromkeys(names.values())), shown, work)
    cells = csv_query(layout, names)
    marks = declared_marks(model.csv, layout.delimiter, layout.structure.quotes)
    if marks is None:
        with reading(shown):
            marks = proved_marks(
                DuckRows(_LOOKED_AT, engine).derived(cells, _LOOKED_AT),
                model.columns,
                {c: missing_codes(m, model) for c, m in model.columns.items()},
                model.csv,
                layout.delimiter,
                lambda c: f"{shown} column '{names[c]}'",
            )
    word, first = ("line", layout.first_line) if layout.first_line else ("row", 1)
    return Raw(cells, shown, marks, f"sha256:{layout.sha256}", word, first, layout.rows, once=True)


def _excel(model: TableModel, file: Path, shown: str, engine: DuckDB) -> Raw:
    cells, marks, digest = excel_table(file, model.sheet, model.columns, model.csv, shown, POSITION)
    engine.con.register(_LOOKED_AT, cells)
    return Raw(
        f"SELECT * FROM {name_of(_LOOKED_AT)}",
        shown,
        marks,
        f"sha256:{digest}",
        "row",
        None,
        cells.num_rows,
        once=True,
    )


def _parquet(
    model: TableModel, files: tuple[Path, ...], shown: str, engine: DuckDB, work: Path
) -> Raw:
    problems = parquet_problems(files, _names(model), shown)
    if problems:
        raise Refused(problems)
    position = POSITION if len(files) == 1 else None
    readable = tuple(engine_path(f, work) for f in files)
    cells = parquet_query(readable, _names(model), position)
    stays = files if readable == files else ()
    return Raw(cells, shown, PLAIN, f"sha256:{digest_of(files)}", "row" if position else None, files=stays)


class reading:  # noqa: N801 - reads as a statement
    """Around what makes the engine read a file: its complaint becomes a refusal, without data."""

    def __init__(self, shown: str):
        self.shown = shown

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type | None, wrong: BaseException | None, _trace: object) -> None:
        if isinstance(wrong, duckdb.OutOfMemoryException):
            raise Refused(too_little_memory(self.shown)) from None
        if isinstance(wrong, duckdb.Error):
            what = type(wrong).__name__.removesuffix("Exception").removesuffix("Error") or "engine"
            raise Refused(
                Problem(
                    self.shown,
                    f"cannot be read to its end by the engine ({what} error): "
                    "the file is damaged or not what its name says",
                )
            ) from None
