"""A pandas frame, an Ibis table or a file as one kind of thing: an Ibis table.

Nothing is guessed about values: a column of a frame that holds several types is refused, and so is
a CSV whose columns do not read as one type from the first row to the last. Tables of a company come
in through their contracts (`toolkit.data`); this is the short way in for a notebook of one's own.
"""

from __future__ import annotations

from datetime import date, datetime
from numbers import Integral, Real
from os import PathLike
from pathlib import Path

import duckdb
import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
import pyarrow as pa
from ibis.common.exceptions import IbisError

from toolkit.problems import Problem, Refused

READABLE = (".parquet", ".csv")
_NAME = "frame"

_SORTS = (
    ("bool", (bool, np.bool_)), ("int", Integral), ("float", Real), ("str", str), ("datetime", datetime),
    ("date", date),
)  # fmt: skip

ENGINE_ERRORS = (duckdb.Error, IbisError)
"""What an engine raises over a query it cannot run."""

TableLike = pd.DataFrame | ir.Table | str | PathLike


def as_table(given: TableLike) -> ir.Table:
    """`given` as an Ibis table.

    Parameters
    ----------
    given
        A pandas frame (its index is not a column), an Ibis table (returned as it is) or the path of
        a Parquet or CSV file (UTF-8, comma, a header).

    Raises
    ------
    Refused
        Naming each column that holds several types, or the file that is missing or unreadable.
    TypeError
        For anything else.
    """
    if isinstance(given, ir.Table):
        return given
    if isinstance(given, pd.DataFrame):
        return _from_frame(given)
    if isinstance(given, (str, PathLike)):
        return _from_file(Path(given))
    raise TypeError(
        f"a table is a pandas frame, an Ibis table or a path; got {type(given).__name__}"
    )


def _from_frame(frame: pd.DataFrame) -> ir.Table:
    problems, columns = [], {}
    for position, name in enumerate(frame.columns):
        if not isinstance(name, str) or not name:
            problems.append(Problem("frame", "a column's name must be text", value=name))
        elif name in columns:
            problems.append(Problem(f"frame.{name}", "stands twice as a column"))
        else:
            values = frame.iloc[:, position]
            kinds = _kinds(values) if values.dtype == object else ()
            if len(kinds) > 1:
                rule = f"must hold one type of value (holds {', '.join(kinds)})"
                problems.append(Problem(f"frame.{name}", rule))
                continue
            try:
                columns[name] = _plain(pa.array(values, from_pandas=True))
            except pa.ArrowException as error:
                problems.append(Problem(f"frame.{name}", f"cannot be read: {_first_line(error)}"))
    if not problems and not columns:
        problems.append(Problem("frame", "has no columns"))
    if problems:
        raise Refused(problems)
    connection = ibis.duckdb.connect()
    connection.con.register(_NAME, pa.table(columns))
    return connection.table(_NAME)


def _kinds(values: pd.Series) -> tuple[str, ...]:
    """What sorts of values a column of anything holds; whole numbers and others are one sort."""
    found = {_kind(v) for v in values[values.notna()]}
    return tuple(sorted(found - {"int"} if "float" in found else found))


def _kind(value: object) -> str:
    # Arrow would take a number beside days for a day, and a truth value beside numbers for a number
    for name, kind in _SORTS:
        if isinstance(value, kind):
            return name
    return type(value).__name__


def _plain(array: pa.Array | pa.ChunkedArray) -> pa.Array | pa.ChunkedArray:
    """Categories as their values, and a column of nothing as numbers that are all missing."""
    if pa.types.is_dictionary(array.type):
        return array.cast(array.type.value_type)
    return array.cast(pa.float64()) if pa.types.is_null(array.type) else array


def _from_file(path: Path) -> ir.Table:
    if path.suffix.lower() not in READABLE:
        raise Refused(Problem(str(path), "must be a file of one of these kinds", choices=READABLE))
    if not path.is_file():
        raise Refused(Problem(str(path), "is not there, or is no file"))
    connection = ibis.duckdb.connect()
    try:
        if path.suffix.lower() == ".parquet":
            return connection.read_parquet(_literal(path))
        # every row decides the types, so that a word in the last line cannot be read as missing
        lines = connection.read_csv(
            _literal(path), header=True, delim=",", quote='"', sample_size=-1,
            strict_mode=True, null_padding=False, ignore_errors=False,
        )  # fmt: skip
        # parsed once, however many questions follow
        return connection.create_table(_NAME, lines, temp=True)
    except duckdb.Error as error:
        raise Refused(Problem(str(path), f"cannot be read: {_first_line(error)}")) from None


def _literal(path: Path) -> str:
    """The path with what the engine would take for a pattern spelled out."""
    return "".join(f"[{c}]" if c in "*?[" else c for c in str(path.resolve()))


def _first_line(error: Exception) -> str:
    return str(error).strip().split("\n")[0]
