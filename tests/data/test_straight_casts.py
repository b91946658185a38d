"""Columns that hold their type already: every cell as Python's own types say."""

from __future__ import annotations

import math
from datetime import date, datetime

import ibis
import pyarrow as pa
import pytest

from toolkit.company.tables import Table
from toolkit.data.casting import converted
from toolkit.data.number_marks import PLAIN

NAN, INF = math.nan, math.inf


def made(kind, cells, codes=()):
    """Value and what was left of each cell; None where no such column is needed."""
    column = {"type": kind, **({"missing": list(codes)} if codes else {})}
    model = Table.model_validate({"path": "t.parquet", "columns": {"v": column}})
    raw = ibis.memtable(pa.table({"v": cells, "at": list(range(len(cells)))}))
    rows = converted(raw, model, ("v",), "Europe/Madrid", PLAIN, "t").order_by("at").to_pyarrow().to_pylist()
    return [r["v"] for r in rows], [r["v as read"] for r in rows] if rows and "v as read" in rows[0] else None


@pytest.mark.parametrize(
    ("kind", "cells", "codes", "expected"),
    [
        ("text", pa.array(["a", " ", "", None, " n/a ", "\t\n", "b c"]), ("n/a",), ["a", None, None, None, None, None, "b c"]),
        ("text", pa.array(["\u00e9 ", "0"]), (), ["\u00e9 ", "0"]),
        ("integer", pa.array([1, None, -99, 2**62], pa.int64()), ("-99", "n/a"), [1, None, None, 2**62]),
        ("integer", pa.array([0, 1, -9], pa.int8()), ("-9.0",), [0, 1, None]),
        ("money", pa.array([3, None], pa.int32()), (), [3.0, None]),
        ("boolean", pa.array([True, False, None]), (), [True, False, None]),
        ("date", pa.array([date(2026, 2, 28), None]), (), [date(2026, 2, 28), None]),
        ("datetime", pa.array([datetime(2026, 2, 28, 23, 59, 59, 5), None]), (), [datetime(2026, 2, 28, 23, 59, 59, 5), None]),
    ],
)
def test_where_every_cell_fits_nothing_is_left(kind, cells, codes, expected):
    assert made(kind, cells, codes) == (expected, None)


@pytest.mark.parametrize("kind", ["number", "money"])
def test_nan_and_infinity_are_left_as_they_are_read(kind):
    values, left = made(kind, pa.array([1.5, NAN, INF, -INF, None, -99.0, 1.79e308]), ("-99",))
    assert values == [1.5, None, None, None, None, None, None]
    assert [text is not None for text in left] == [False, True, True, True, False, False, True]
