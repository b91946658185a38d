"""The value of most cells, by what DuckDB itself can tell; the others are left to `casting`.

A cell is settled here only where DuckDB's answer is `casting`'s answer: it holds the declared type
already, or DuckDB writes it back letter by letter, or it matches the same pattern. What is not
settled, what does not fit included, is handed on as it stands.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.company.tables import Column
from toolkit.data.asking import listed, literal, matches, name_of, trimmed
from toolkit.data.casting import FALSE, MOST_DIGITS, TRUE, code_numbers
from toolkit.data.number_marks import NUMERIC, Marks, thousands_pattern
from toolkit.data.straight_casts import LARGEST_NUMBER

_WHOLE = ("TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER")
_MOMENTS = ("TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
_LONGEST = 38  # letters of a number; fewer than `number_marks` allows digits
_ZONED = "TIMESTAMP WITH TIME ZONE"
_MOMENT = (
    "^[0-9]{4}-[0-9]{2}-[0-9]{2}"
    "(?:[T ](?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,6})?)?)?$"
)
# parts that DuckDB writes back as it reads them
_PADDED = re.compile(r"(?:%[YmdHMST]|[^%])*")


@dataclass(frozen=True)
class QuickCast:
    """One column's values as SQL over the raw table.

    Attributes
    ----------
    value
        The value where the cell is settled, else null.
    rest
        The cell where it is neither settled nor missing, else null; None where none can be.
    plain
        The value without a condition, where every cell that is there is settled and none is missing
        by its text; None where that is no shorter.
    """

    value: str
    rest: str | None
    plain: str | None = None


def quick_cast(
    name: str, native: str, column: Column, codes: tuple[str, ...], zone: str, marks: Marks
) -> QuickCast:
    """How DuckDB casts a column's cells.

    Parameters
    ----------
    name, native
        The column, and DuckDB's name of the type it has.
    column, codes, zone, marks
        As in `toolkit.data.casting.converted`.
    """
    cell, is_text = name_of(name), native == "VARCHAR"
    if is_text:
        found, all_settled = _from_text(cell, column, marks), column.type in ("text", "category")
    else:
        found, all_settled = _from_native(cell, native, column.type, zone)
    present = matches(cell, r"[^\s]") if is_text else f"{cell} IS NOT NULL"
    if codes:
        text = cell if is_text else f"CAST({cell} AS VARCHAR)"
        present += f" AND NOT ({trimmed(text)}) IN {listed(codes)}"
    numbers = code_numbers(codes) if column.type in NUMERIC else []
    if all_settled and is_text and not codes:
        present = f"({cell} >= '!' OR {present})"  # DuckDB compares bytes: it begins with no space
    if codes or (all_settled and is_text):
        value = f"CASE WHEN {present} THEN {found} END"
    else:
        value = found
    if numbers:
        value = f"CASE WHEN NOT ({found}) IN {listed(numbers)} THEN {value} END"
    rest = None if all_settled else f"CASE WHEN ({found}) IS NULL AND {present} THEN {cell} END"
    return QuickCast(value, rest, _plainly(cell, native, column.type, zone))


def _from_text(cell: str, column: Column, marks: Marks) -> str:
    kind = column.type
    if kind in ("text", "category"):
        return cell
    if kind == "integer":
        return _integer(cell, marks)
    if kind == "boolean":
        true, false = (f"LIST_CONTAINS({_cases(words)}, {cell})" for words in (TRUE, FALSE))
        return f"CASE WHEN {true} THEN TRUE WHEN {false} THEN FALSE END"
    if kind in NUMERIC:
        whole, point = _whole_part(marks), _point(marks)
        written = f"^[+-]?(?:{whole}(?:{point}[0-9]+)?|{point}[0-9]+)(?:[eE][+-]?[0-9]{{1,2}})?$"
        fits = f"{matches(cell, written)} AND LENGTH({cell}) <= {_LONGEST}"
        return f"CASE WHEN {fits} THEN TRY_CAST({_plain(cell, marks)} AS DOUBLE) END"
    if column.format is not None:
        return _formatted(cell, column.format, kind == "date")
    if kind == "date":  # "infinity" and years BC have other lengths
        day = f"TRY_CAST({cell} AS DATE)"
        return f"CASE WHEN LENGTH({cell}) = 10 AND CAST({day} AS VARCHAR) = {cell} THEN {day} END"
    written = f"{matches(cell, _MOMENT)} AND {cell} >= '0001'"
    return f"CASE WHEN {written} THEN TRY_CAST({cell} AS TIMESTAMP) END"


def _cases(words: tuple[str, ...]) -> str:
    """Words as people write them: to change the case of every cell is slow, and so is a long IN."""
    every = dict.fromkeys(c for w in words for c in (w, w.capitalize(), w.upper()))
    return "[" + ", ".join(map(literal, every)) + "]"


def _integer(cell: str, marks: Marks) -> str:
    number = f"TRY_CAST({cell} AS BIGINT)"
    same = f"CAST({number} AS VARCHAR) = {cell} AND LENGTH({cell}) <= {MOST_DIGITS}"
    # 5.0 is how a program writes 5 in a column with gaps; 5.000 may be five thousand
    written = matches(cell, f"^[+-]?{_whole_part(marks)}(?:{_point(marks)}0{{1,2}})?$")
    fits = f"{written} AND LENGTH({cell}) <= {MOST_DIGITS}"
    whole = f"TRY_CAST(REGEXP_REPLACE({_plain(cell, marks)}, '[.]0+$', '') AS BIGINT)"
    return f"CASE WHEN {same} THEN {number} WHEN {fits} THEN {whole} END"


def _whole_part(marks: Marks) -> str:
    """As `number_marks.number_pattern` has it, without the limits that the length keeps as well."""
    if not marks.thousands:
        return "[0-9]+"
    return f"(?:[0-9]{{1,3}}(?:{thousands_pattern(marks.thousands)}[0-9]{{3}})+|[0-9]+)"


def _point(marks: Marks) -> str:
    return "[.]" if marks.decimal == "." else ","


def _plain(cell: str, marks: Marks) -> str:
    """A number as engines write it."""
    if marks.thousands:
        cell = f"REGEXP_REPLACE({cell}, {literal(thousands_pattern(marks.thousands))}, '', 'g')"
    return cell if marks.decimal == "." else f"REPLACE({cell}, ',', '.')"


def _formatted(cell: str, format: str, day: bool) -> str:
    """Days and moments in figures of fixed width; months by name and halves of a day are left."""
    if not _PADDED.fullmatch(format) or "%Y" not in format:
        return f"CAST(NULL AS {'DATE' if day else 'TIMESTAMP'})"
    format = literal(format.replace("%T", "%H:%M:%S"))
    moment = f"TRY_STRPTIME({cell}, {format})"
    same = f"STRFTIME({moment}, {format}) = {cell}"
    same += f" AND EXTRACT(YEAR FROM {moment}) BETWEEN 1000 AND 9999"
    if day:
        same += f" AND {moment} = CAST({moment} AS DATE)"
    return f"CASE WHEN {same} THEN CAST({moment} AS {'DATE' if day else 'TIMESTAMP'}) END"


def _from_native(cell: str, native: str, kind: str, zone: str) -> tuple[str, bool]:
    """The value, and whether it settles every cell."""
    number = native in _WHOLE
    if kind in ("text", "category") and number:
        return f"CAST({cell} AS VARCHAR)", True
    if kind == "integer" and number:
        return f"CAST({cell} AS BIGINT)", True
    if kind in ("number", "money"):
        if number:
            return f"CAST({cell} AS DOUBLE)", True
        if native in ("FLOAT", "DOUBLE") or native.startswith("DECIMAL"):
            value = f"CAST({cell} AS DOUBLE)"
            # nan and infinity are no measurements; a comparison alone lets nan pass where Parquet's
            # statistics, which leave it out, say that all numbers are small
            small = f"ISFINITE({value}) AND {value} BETWEEN -{LARGEST_NUMBER} AND {LARGEST_NUMBER}"
            return f"CASE WHEN {small} THEN {value} END", False
    if kind == "boolean":
        if native == "BOOLEAN":
            return cell, True
        if number:
            return f"CASE {cell} WHEN 1 THEN TRUE WHEN 0 THEN FALSE END", False
    if kind == "date":
        if native == "DATE":
            return cell, True
        if native in _MOMENTS or native == _ZONED:
            local = _local(cell, native, zone)
            midnight = f"{local} = DATE_TRUNC('day', {local})"
            return f"CASE WHEN {midnight} THEN CAST({local} AS DATE) END", False
    if kind == "datetime":
        if native == "DATE" or native in _MOMENTS or native == _ZONED:
            return _local(cell, native, zone), True
    return f"CAST(NULL AS {_SQL_TYPES[kind]})", False


def _plainly(cell: str, native: str, kind: str, zone: str) -> str | None:
    """A cell's value, where it is known to have one."""
    number = native in _WHOLE
    if kind in ("text", "category"):
        return cell if native == "VARCHAR" else None
    if kind in ("number", "money"):
        measured = native in ("FLOAT", "DOUBLE") or native.startswith("DECIMAL")
        return cell if native == "DOUBLE" else f"CAST({cell} AS DOUBLE)" if measured else None
    if kind == "integer":
        return cell if native == "BIGINT" else f"CAST({cell} AS BIGINT)" if number else None
    if kind == "boolean":
        return cell if native == "BOOLEAN" else f"CAST({cell} AS BOOLEAN)" if number else None
    if kind == "date" and (native in _MOMENTS or native == _ZONED):
        return f"CAST({_local(cell, native, zone)} AS DATE)"
    return None


def _local(cell: str, native: str, zone: str) -> str:
    if native == "TIMESTAMP":
        return cell
    if native == _ZONED:
        return f"TIMEZONE({literal(zone)}, {cell})"
    return f"CAST({cell} AS TIMESTAMP)"


_SQL_TYPES = {
    "text": "VARCHAR",
    "category": "VARCHAR",
    "integer": "BIGINT",
    "number": "DOUBLE",
    "money": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "TIMESTAMP",
}
