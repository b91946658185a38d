"""Columns that hold the declared type already: the value in one expression instead of many stages.

What a database holds under its own types needs no reading of texts. A column is taken here only
where the answer is that of `toolkit.data.casting` for every cell it can hold.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import ibis
from ibis.expr.types import Value

from toolkit.company.tables import Column
from toolkit.data.number_marks import NUMERIC

LARGEST_NUMBER = 1e100
"""Beyond it nothing was measured, and squares are soon no numbers any more."""


@dataclass(frozen=True)
class StraightCast:
    """One column in its declared type.

    Attributes
    ----------
    value
        The value; null where the cell is missing, or is no such value.
    unfit
        The cell's text where it is no such value; None where every cell is one.
    """

    value: Value
    unfit: Value | None = None


def straight_cast(cell: Value, column: Column, codes: tuple[str, ...], trimmed) -> StraightCast | None:
    """A column's cells in its type; None where that takes more than a look at the type.

    Parameters
    ----------
    cell
        The column as the table holds it.
    codes
        The codes that mean "missing", as text.
    trimmed
        What takes the white space around a text away.
    """
    kind, native = column.type, cell.type()
    if kind in ("text", "category"):
        return _text(cell, codes, trimmed) if native.is_string() else None
    if kind in NUMERIC:
        return _number(cell, kind == "integer", codes)
    if codes:
        return None
    if (kind == "boolean" and native.is_boolean()) or (kind == "date" and native.is_date()):
        return StraightCast(cell)
    if kind == "datetime" and native.is_timestamp() and not native.timezone:
        return StraightCast(cell)
    return None


def _text(cell: Value, codes: tuple[str, ...], trimmed) -> StraightCast:
    present = cell.re_search(r"[^\s]")
    if codes:
        present &= ~trimmed(cell).isin(codes)
    return StraightCast(ibis.cases((present, cell)))


def _number(cell: Value, integer: bool, codes: tuple[str, ...]) -> StraightCast | None:
    native = cell.type()
    numbers = _numbers(codes)
    if numbers is None or (native.is_integer() and native.is_unsigned_integer()):
        return None
    if native.is_integer():
        value = cell.cast("int64" if integer else "float64")
        return StraightCast(ibis.cases((~value.isin(numbers), value)) if numbers else value)
    if integer or not native.is_floating():
        return None
    value = cell.cast("float64")
    # said by itself: engines differ on whether nan is small
    small = ~value.isnan() & ~value.isinf() & (value >= -LARGEST_NUMBER) & (value <= LARGEST_NUMBER)
    known = small & ~value.isin(numbers) if numbers else small
    return StraightCast(ibis.cases((known, value)), ibis.cases((~small, cell.cast("string"))))


def _numbers(codes: tuple[str, ...]) -> list[float] | None:
    """The codes that are numbers; None where one is no finite number and may be a cell all the same."""
    numbers = []
    for code in codes:
        try:
            numbers.append(float(code))
        except ValueError:
            continue  # the text of no number
    return numbers if all(map(math.isfinite, numbers)) else None
