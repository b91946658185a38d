"""A table of the company, and the contract it must keep."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, StrictFloat, StrictInt, StrictStr, model_validator

from toolkit.company.base import Currency, Name, Part, Sql, Text

ColumnType = Literal[
    "text", "integer", "number", "money", "boolean", "date", "datetime", "category"
]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Name], BeforeValidator(_as_list, json_schema_input_type=str | list[str])]
Scalar = StrictStr | StrictInt | StrictFloat  # strict: `true` is no code, and must not become 1

DATE_LETTERS = "Y y m d b B H I M S f p z T"
"""The letters of strptime that a date's `format` may use."""


class Column(Part):
    """One column under our name, and what its values must be.

    Attributes
    ----------
    type
        ``text``, ``integer``, ``number``, ``money``, ``boolean``, ``date``, ``datetime`` or
        ``category`` (then `values` lists what may stand there).
    source
        The column's name in the company's table (``from:`` in the file); ours where absent.
    required
        No value may be missing.
    min, max
        Range of numbers, both ends allowed; text in ISO form for dates.
    values
        The categories that may occur.
    pattern
        A regular expression that the whole text matches.
    missing
        Codes that mean "missing" in this column, beside empty cells (-99, ``n/a``).
    format
        How dates are written where they are text, in strptime's letters (``%d/%m/%Y``).
    currency
        For money: the currency that every row is in.
    currency_column
        For money: the column that says it, row by row; it must always say `currency`.
    after
        For dates: a column of the same table that may not be later than this one.
    future
        Dates after ``as_of`` are allowed (due dates, promises).
    identifier
        Identifies a person: may be a key or a unit, never leaves the source otherwise.
    tolerate
        Share of rows (0 to 1) that may break this column's rules: they are set aside, counted
        and reported; one row more and the table is refused.
    """

    type: ColumnType
    source: str | None = Field(default=None, alias="from", min_length=1, max_length=200)
    label: Text | None = None
    required: bool = False
    min: float | str | None = None
    max: float | str | None = None
    values: list[Scalar] | None = Field(default=None, min_length=1, max_length=1000)
    pattern: str | None = Field(default=None, max_length=500)
    missing: list[Scalar] = []
    format: str | None = Field(default=None, max_length=100)
    currency: Currency | None = None
    currency_column: Name | None = None
    after: Name | None = None
    future: bool = False
    identifier: bool = False
    tolerate: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _rules_fit_the_type(self) -> Column:
        if self.type == "category" and not self.values:
            raise ValueError("a category lists its values: add 'values: [...]', or use type 'text'")
        if (self.currency or self.currency_column) and self.type != "money":
            raise ValueError("'currency' belongs to type 'money'")
        if self.format and self.type not in ("date", "datetime"):
            raise ValueError("'format' belongs to type 'date' or 'datetime'")
        if self.after and self.type not in ("date", "datetime"):
            raise ValueError("'after' belongs to type 'date' or 'datetime'")
        if self.pattern and self.type not in ("text", "category"):
            raise ValueError("'pattern' belongs to type 'text'")
        if self.format:
            _check_format(self.format)
        if self.pattern:
            _check_pattern(self.pattern)
        for bound, value in (("min", self.min), ("max", self.max)):
            _check_bound(self.type, bound, value)
        if None not in (self.min, self.max) and self.min > self.max:
            raise ValueError("'min' must not be above 'max'")
        return self


def _check_format(text: str) -> None:
    letters = re.findall(r"%(.?)", text.replace("%%", "").replace("%T", "%H%M%S"))
    unknown = [f"%{c}" for c in letters if c not in DATE_LETTERS.split()]
    if unknown:
        raise ValueError(
            f"'format' uses {unknown[0]}, which is not read: it may use "
            + " ".join(f"%{c}" for c in DATE_LETTERS.split())
        )
    if len(set(letters)) < len(letters):
        raise ValueError("'format' names a part of the date twice")
    if (
        sum(c in letters for c in "Yy") != 1
        or sum(c in letters for c in "mbB") != 1
        or "d" not in letters
    ):
        raise ValueError("'format' must name one year (%Y), one month (%m) and one day (%d)")
    if ("I" in letters) != ("p" in letters) or {"H", "I"} <= set(letters):
        raise ValueError("'format' must name the hour once: %H, or %I with %p")


def _check_pattern(text: str) -> None:
    try:
        re.compile(text)
    except re.error as wrong:
        raise ValueError(f"'pattern' is no regular expression: {wrong}") from None
    if re.search(r"\(\?(?![:iP])|\\[1-9]", text):
        raise ValueError("'pattern' looks around or back, which engines cannot do: simplify it")


def _check_bound(kind: str, bound: str, value: float | str | None) -> None:
    if value is None:
        return
    if kind in ("integer", "number", "money"):
        if isinstance(value, str):
            raise ValueError(f"'{bound}' must be a number, as the column is")
    elif kind in ("date", "datetime"):
        try:
            date.fromisoformat(str(value)[:10])
        except ValueError:
            raise ValueError(f"'{bound}' must be a day in ISO form, such as 2026-09-30") from None
    else:
        raise ValueError(f"'{bound}' belongs to numbers and dates, not to type '{kind}'")


class Join(Part):
    """Columns looked up in another table: `on` in this table is that table's key, at most once.

    A row whose value is not found there gets missing values, and is counted.
    """

    on: Name
    columns: list[Name] = Field(min_length=1)


class CsvOptions(Part):
    """How a CSV is written, where it can't be told from the file or shouldn't be guessed.

    ``quote: none`` is for files in which quotes are letters like any other.
    """

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", " ", "'"] | None = None
    encoding: Literal["utf-8", "latin-1", "windows-1252", "utf-16"] | None = None
    quote: Literal['"', "'", "none"] = '"'

    @model_validator(mode="after")
    def _marks_differ(self) -> CsvOptions:
        if self.decimal and self.decimal == self.thousands:
            raise ValueError("'decimal' and 'thousands' must be two different marks")
        return self


class Table(Part):
    """A table of the company under our name.

    Attributes
    ----------
    path
        A CSV, Parquet or Excel file (or several Parquet files by a pattern with ``*``), relative
        to the params file's `folder`.
    table
        Instead of `path`: a table of the connected database, ``name`` or ``schema.name``.
    sheet
        Of an Excel workbook; its first sheet where absent.
    key
        Columns that together occur once.
    time
        The column that dates a row; freshness is read from it.
    recorded
        The column that says when a row came in; rows that come late are seen by it.
    columns
        Every column that may be read. What is not listed here never leaves the source.
    joins
        Columns of other tables looked up by a key, under the other table's name.
    where
        Keep only these rows (SQL over this table's columns).
    consent
        SQL that is true where the person agreed to what this table is used for; rows where it is
        false or empty are left out of everything and counted. Joined columns may be used. For two
        uses, declare the table twice, each with its own.
    missing
        Codes that mean "missing" in every column of this table.
    tolerate
        Share of rows that may repeat a key: the earliest by `time` is kept (equal ones by their
        values, whatever order they stand in), the others set aside and counted.
    """

    label: Text | None = None
    path: str | None = Field(default=None, min_length=1, max_length=500)
    table: str | None = Field(default=None, min_length=1, max_length=300)
    sheet: str | None = Field(default=None, min_length=1, max_length=100)
    key: Names = []
    time: Name | None = None
    recorded: Name | None = None
    columns: dict[Name, Column] = Field(min_length=1)
    joins: dict[Name, Join] = {}
    where: Sql | None = None
    consent: Sql | None = None
    missing: list[Scalar] = []
    csv: CsvOptions = CsvOptions()
    tolerate: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _one_home(self) -> Table:
        if (self.path is None) == (self.table is None):
            raise ValueError(
                "a table stands in a file or in a database: give 'path' or 'table', one of them"
            )
        if self.sheet and not (self.path or "").lower().endswith(
            (".xlsx", ".xls", ".xlsb", ".ods")
        ):
            raise ValueError("'sheet' belongs to an Excel file")
        return self

    def names(self) -> tuple[str, ...]:
        """Every column that may be used in this table's expressions, joined ones included."""
        joined = [c for join in self.joins.values() for c in join.columns]
        return (*self.columns, *joined)
