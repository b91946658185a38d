"""Is ``1,234`` a thousand or one and a bit? Proved by the file, declared, or refused."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from ibis.expr.types import StringValue

from toolkit.company.tables import Column, CsvOptions
from toolkit.data.asking import WHITE, Rows, listed, literal, matches, name_of
from toolkit.problems import Problem, Refused, quoted

NUMERIC = ("integer", "number", "money")


@dataclass(frozen=True)
class Marks:
    """How numbers are written in a file.

    Attributes
    ----------
    decimal
        ``.`` or ``,``.
    thousands
        Stands between groups of three digits; None where none may.
    assumed
        `decimal` is the usual point, neither declared nor proved: an integer ``1.000`` is then
        refused, for it may be one thousand.
    """

    decimal: str = "."
    thousands: str | None = None
    assumed: bool = False


PLAIN = Marks()


def declared_marks(options: CsvOptions, delimiter: str, quotes: int) -> Marks | None:
    """The marks where no cell has to be looked at; None where the file must prove them."""
    other = {".": ",", ",": "."}
    if options.decimal:
        return Marks(options.decimal, options.thousands)
    if options.thousands in other:
        return Marks(other[options.thousands], options.thousands)
    if delimiter == "," and not quotes:  # no cell can hold a comma
        return Marks(".", options.thousands, assumed=True)
    return None


def proved_marks(
    rows: Rows,
    columns: Mapping[str, Column],
    missing: Mapping[str, tuple[str, ...]],
    options: CsvOptions,
    delimiter: str,
    called: Callable[[str], str],
) -> Marks:
    """Look at every number of a file for one that can be written with one mark only.

    ``1,5`` proves a decimal comma and ``1.5`` a decimal point, for the file as a whole: the
    columns of one file are written by one program. ``1,234`` proves nothing.

    Parameters
    ----------
    rows
        The file's cells as text under our names.
    missing
        Codes that mean "missing", by column.
    called
        Our name of a column -> how messages name it.

    Raises
    ------
    Refused
        Numbers prove both, or hold commas that prove nothing.
    """
    numeric = [c for c, column in columns.items() if column.type in NUMERIC]
    if not numeric:
        return Marks(".", options.thousands, assumed=True)
    texts, counts = [], []
    for name in numeric:
        text, cell = f"TRIM({name_of(name)}, {literal(WHITE)})", name_of(name)
        has = f"(CONTAINS({text}, ',') OR CONTAINS({text}, '.'))"
        if missing[name]:
            has += f" AND NOT {text} IN {listed(missing[name])}"
        if options.thousands:
            between = literal(thousands_pattern(options.thousands))
            text = f"REGEXP_REPLACE({text}, {between}, '', 'g')"
        texts.append(f"CASE WHEN {has} THEN {text} END AS {cell}")
        for mark in ",.":
            for kind, pattern in (("proof", _proof(mark)), ("open", _open(mark))):
                hit = f"CASE WHEN {matches(cell, pattern)} THEN {cell} END"
                counts.append(f"COUNT({hit}) AS {name_of(kind + mark + name)}")
                counts.append(f"MIN({hit}) AS {name_of('eg ' + kind + mark + name)}")
    inner = f"SELECT {', '.join(texts)} FROM {name_of(rows.name)}"
    found = rows.ask(f"SELECT {', '.join(counts)} FROM ({inner}) AS texts")[0]

    def seen(kind: str, mark: str) -> list[tuple[str, int, str]]:
        return [
            (c, int(found[f"{kind}{mark}{c}"]), found[f"eg {kind}{mark}{c}"])
            for c in numeric
            if found[f"{kind}{mark}{c}"]
        ]

    comma, point = seen("proof", ","), seen("proof", ".")
    if comma and point:
        raise Refused(
            [
                Problem(
                    called(c),
                    "is a decimal comma here and a decimal point elsewhere in the file: "
                    f"declare 'csv: {{decimal: \"{mark}\"}}'",
                    rows=n,
                    examples=(quoted(eg),),
                )
                for mark, proofs in ((",", comma), (".", point))
                for c, n, eg in proofs
            ]
        )
    if comma:
        return Marks(",", options.thousands or ".")
    if point:
        return Marks(".", options.thousands or ",")
    unclear = seen("open", ",") + (seen("open", ".") if delimiter != "," else [])
    if unclear:
        raise Refused(
            [
                Problem(
                    called(c),
                    "may be a decimal or a thousand, and no number of the file proves "
                    "which: declare 'csv: {decimal: \",\"}' or 'csv: {decimal: \".\"}'",
                    rows=n,
                    examples=(quoted(eg),),
                )
                for c, n, eg in unclear
            ]
        )
    return Marks(".", options.thousands, assumed=True)


def number_pattern(marks: Marks, assumed_integer: bool = False) -> str:
    """The regular expression of a number written with these marks, trimmed."""
    point = "[.]" if marks.decimal == "." else ","
    whole = "[0-9]{1,40}"
    if marks.thousands:
        between = thousands_pattern(marks.thousands)
        whole = f"(?:[0-9]{{1,3}}(?:{between}[0-9]{{3}}){{1,12}}|[0-9]{{1,40}})"
    if assumed_integer:
        return f"^[+-]?{whole}(?:[.](?:0{{1,2}}|0{{4,40}}))?$"
    exponent = "(?:[eE][+-]?[0-9]{1,2})?"
    return f"^[+-]?(?:{whole}(?:{point}[0-9]{{1,40}})?|{point}[0-9]{{1,40}}){exponent}$"


def plain_number(text: StringValue, marks: Marks) -> StringValue:
    """`text`, written with `marks`, as engines write numbers."""
    if marks.thousands:
        text = text.re_replace(thousands_pattern(marks.thousands), "")
    return text if marks.decimal == "." else text.replace(",", ".")


def _proof(mark: str) -> str:
    """Numbers that can only be right if `mark` is the decimal mark."""
    d, t = ("[.]", ",") if mark == "." else (",", "[.]")
    return (
        f"^[+-]?(?:[0-9]*{d}(?:[0-9]{{1,2}}|[0-9]{{4,}})"  # not three digits after it
        f"|0[0-9]*{d}[0-9]+|{d}[0-9]+|[0-9]{{4,}}{d}[0-9]+"  # no group of one to three before it
        f"|[0-9]{{1,3}}(?:{t}[0-9]{{3}})+{d}[0-9]+"  # the other one separates thousands
        f"|[0-9]{{1,3}}(?:{t}[0-9]{{3}}){{2,}})$"
    )


def thousands_pattern(thousands: str) -> str:
    """What separates thousands, with the no-break spaces and curly signs that programs write."""
    return {" ": "[ \u00a0\u202f]", "'": "['\u2019]", ".": "[.]", ",": ","}[thousands]


def _open(mark: str) -> str:
    d = "[.]" if mark == "." else ","
    return f"^[+-]?[1-9][0-9]{{0,2}}(?:{d}[0-9]{{3}})+$"


def is_open_number(text: str) -> bool:
    """``1,234`` and ``1.234``: a decimal or a thousand, nobody can tell."""
    return any(re.search(_open(mark), text.strip()) for mark in ",.")
