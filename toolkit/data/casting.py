"""From what a table holds to the declared type; what does not fit is kept as it stands, never lost.

Each declared column becomes two: its value under its name, and under ``<name> as read`` the text
of a cell that is no such value (else null; text fits everything and has no such column).
Expressions are Ibis', without an engine's own functions save time zones, and no cast is tried on a
value that was not checked before.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from functools import partial

import ibis
import ibis.expr.datatypes as dt
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from toolkit.company.tables import Column
from toolkit.company.tables import Table as TableModel
from toolkit.data.date_texts import from_format, from_iso, in_zone
from toolkit.data.number_marks import NUMERIC, Marks, number_pattern, plain_number
from toolkit.data.stages import Cell, Steps, in_stages, working
from toolkit.data.straight_casts import LARGEST_NUMBER, straight_cast

IBIS_TYPES: Mapping[str, dt.DataType] = {
    "text": dt.string,
    "category": dt.string,
    "integer": dt.int64,
    "number": dt.float64,
    "money": dt.float64,
    "boolean": dt.boolean,
    "date": dt.date,
    "datetime": dt.Timestamp(scale=6),
}
"""The type in the engine of each declared type. A datetime is local time in the company's zone."""

TRUE = ("true", "t", "yes", "y", "1", "1.0")
FALSE = ("false", "f", "no", "n", "0", "0.0")
_LARGEST = 2**63 - 1025  # the largest int64 that a double holds without rounding up beyond it
MOST_DIGITS = 18


def as_read(name: str) -> str:
    """The column that keeps the text of cells that are no value of their type."""
    return f"{name} as read"


def missing_codes(column: Column, table: TableModel) -> tuple[str, ...]:
    """The codes that mean "missing" in a column, as text."""
    return tuple(dict.fromkeys(str(code) for code in (*column.missing, *table.missing)))


def code_numbers(codes: tuple[str, ...]) -> list[float]:
    """The codes that are numbers: a cell of that value means "missing" however it is written."""
    numbers = []
    for code in codes:
        try:
            numbers.append(float(code))
        except ValueError:
            continue
    return numbers


def converted(
    raw: Table, table: TableModel, only: Collection[str], zone: str, marks: Marks, alias: str
) -> Table:
    """Columns in their declared type, with what did not fit beside each.

    Parameters
    ----------
    raw
        The table's columns under our names, in whatever type it holds them; others pass through.
    only
        The declared columns to convert.
    zone
        The company's time zone (IANA name).
    marks
        How numbers are written where they are text.
    alias
        Names the subqueries.
    """
    columns = {name: c for name, c in table.columns.items() if name in only}
    codes = {name: missing_codes(column, table) for name, column in columns.items()}
    straight = {n: s for n, c in columns.items() if (s := straight_cast(raw[n], c, codes[n], trimmed)) is not None}
    values = {n: s.value for n, s in straight.items()}
    values |= {as_read(n): s.unfit for n, s in straight.items() if s.unfit is not None}
    long = [name for name in columns if name not in straight]
    others = [c for c in raw.columns if c not in columns]
    if not long:
        return raw.select(*others, **values).alias(f"{alias} as declared")
    steps = {
        name: partial(_steps, column=columns[name], codes=codes[name], zone=zone, marks=marks) for name in long
    }
    done = in_stages(raw.select(*others, *long, **values), steps, alias)
    return done.select(
        *others,
        *values,
        **{n: done[working(n, "value")].cast(IBIS_TYPES[columns[n].type]) for n in long},
        **{as_read(n): done[working(n, "unfit")] for n in long if not _takes_all(raw, table, n)},
    ).alias(f"{alias} as declared")


def _takes_all(raw: Table, table: TableModel, name: str) -> bool:
    return table.columns[name].type in ("text", "category") and raw[name].type().is_string()


def trimmed(text: StringValue) -> StringValue:
    """`text` without white space around it; looks before it cuts, for cutting is slow."""
    return ibis.cases((text.re_search(r"^\s|\s$"), text.strip()), else_=text)


def _steps(now: Cell, column: Column, codes: tuple[str, ...], zone: str, marks: Marks) -> Steps:
    native = now.raw.type()
    text = now.raw if native.is_string() else now.raw.cast("string")
    now = yield {"text": text}
    if native.is_string():
        present = now["text"].re_search(r"[^\s]").fill_null(False)
    else:
        present = now.raw.notnull()
    if codes:
        present = present & ~trimmed(now["text"]).isin(codes).fill_null(False)
    now = yield {"present": present}
    # a cell that is missing is null from here on, whatever code it held
    cell = now["text"] if native.is_string() else now.raw
    now = yield {"cell": ibis.cases((now["present"], cell))}
    now = yield from _value(now, column, zone, marks)
    value = now["value"]
    numbers = code_numbers(codes) if column.type in NUMERIC else []
    yield {
        "unfit": ibis.cases((now["present"] & value.isnull(), now["text"])),
        "value": ibis.cases((~value.isin(numbers), value)) if numbers else value,
    }


def _value(now: Cell, column: Column, zone: str, marks: Marks) -> Steps:
    kind, native = column.type, now["cell"].type()
    if kind in ("text", "category"):
        return (yield from _text(now))
    if kind in NUMERIC:
        if native.is_string():
            return (yield from _number_text(now, kind == "integer", marks))
        return (yield from _number_native(now, kind == "integer"))
    if kind == "boolean":
        return (yield {"value": _boolean(now["cell"])})
    if native.is_string():
        now = yield {"trimmed": trimmed(now["cell"])}
        if column.format is None:
            return (yield from from_iso(now, zone, day=kind == "date"))
        return (yield from from_format(now, column.format, zone, day=kind == "date"))
    return (yield from _moment(now, zone, day=kind == "date"))


def _none(kind: dt.DataType) -> Value:
    return ibis.null().cast(kind)


def _text(now: Cell) -> Steps:
    cell, native = now["cell"], now["cell"].type()
    if native.is_string():
        return (yield {"value": cell})
    if native.is_nested() or native.is_binary():
        return (yield {"value": _none(dt.string)})
    if native.is_floating() or native.is_decimal():  # customer 17 in a column with gaps: 17.0
        now = yield {"whole": _whole(cell)}
        number = ibis.cases((now["whole"], now["cell"])).cast("int64").cast("string")
        return (
            yield {"value": ibis.cases((now["whole"], number), else_=now["cell"].cast("string"))}
        )
    return (yield {"value": cell.cast("string")})


def _whole(cell: Value) -> BooleanValue:
    if cell.type().is_unsigned_integer():
        return (cell <= _LARGEST).fill_null(False)
    small = (cell >= -_LARGEST) & (cell <= _LARGEST)
    if cell.type().is_floating():
        # said by itself: Parquet's statistics leave nan out, and let it pass for small
        small = ~cell.isnan() & ~cell.isinf() & small
    safe = ibis.cases((small, cell))  # rounding makes an integer of it, which must hold it
    return (safe == safe.floor()).fill_null(False)


def _number_native(now: Cell, integer: bool) -> Steps:
    cell, native = now["cell"], now["cell"].type()
    if native.is_boolean() or not native.is_numeric():
        return (yield {"value": _none(dt.int64 if integer else dt.float64)})
    if not integer:
        number = cell.cast("float64")
        # nan and infinity are no measurements; DuckDB takes nan to be larger than any number
        small = (number >= -LARGEST_NUMBER) & (number <= LARGEST_NUMBER)
        if native.is_floating():
            small = ~number.isnan() & ~number.isinf() & small
        return (yield {"value": ibis.cases((small, number))})
    if native.is_integer() and native != dt.uint64:
        return (yield {"value": cell.cast("int64")})
    now = yield {"whole": _whole(cell)}
    return (yield {"value": ibis.cases((now["whole"], now["cell"])).cast("int64")})


def _number_text(now: Cell, integer: bool, marks: Marks) -> Steps:
    text = trimmed(now["cell"])
    now = yield {
        "ok": text.re_search(number_pattern(marks, integer and marks.assumed)),
        "plain": plain_number(text, marks),
    }
    if not integer:
        return (yield {"value": ibis.cases((now["ok"], now["plain"])).cast("float64")})
    now = yield {
        "ok": now["ok"] & now["plain"].re_search(f"^[+-]?[0-9]{{1,{MOST_DIGITS}}}(?:[.]0+)?$"),
        "plain": now["plain"].re_replace("[.]0+$", ""),
    }
    return (yield {"value": ibis.cases((now["ok"], now["plain"])).cast("int64")})


def _boolean(cell: Value) -> Value:
    native = cell.type()
    if native.is_boolean():
        return cell
    if native.is_string():
        return _boolean_text(trimmed(cell).lower())
    if native.is_numeric():
        return ibis.cases((cell == 1, True), (cell == 0, False))
    return _none(dt.boolean)


def _boolean_text(text: StringValue) -> BooleanValue:
    return ibis.cases((text.isin(TRUE), True), (text.isin(FALSE), False))


def _moment(now: Cell, zone: str, day: bool) -> Steps:
    cell, native = now["cell"], now["cell"].type()
    if native.is_date():
        return (yield {"value": cell if day else cell.cast("timestamp")})
    if not native.is_timestamp():
        return (yield {"value": _none(dt.date if day else dt.Timestamp(scale=6))})
    now = yield {"local": in_zone(cell, zone) if native.timezone else cell.cast("timestamp")}
    if not day:
        return (yield {"value": now["local"]})
    midnight = now["local"] == now["local"].truncate("D")
    return (yield {"value": ibis.cases((midnight, now["local"].cast("date")))})
