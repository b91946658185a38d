"""A table of the company, and the contract it must keep."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from toolkit.company.base import Currency, Name, Part, Sql, Text

ColumnType = Literal[
    "text", "integer", "number", "money", "boolean", "date", "datetime", "category"
]


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value


Names = Annotated[list[Name], BeforeValidator(_as_list)]
Scalar = str | int | float


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
        return self


class Join(Part):
    """Columns looked up in another table: `on` in this table is that table's key, at most once.

    A row whose value is not found there gets missing values, and is counted.
    """

    on: Name
    columns: list[Name] = Field(min_length=1)


class CsvOptions(Part):
    """How a CSV is written, where it can't be told from the file or shouldn't be guessed."""

    delimiter: Literal[",", ";", "\t", "|"] | None = None
    decimal: Literal[".", ","] | None = None
    thousands: Literal[".", ",", " ", "'"] | None = None
    encoding: Literal["utf-8", "latin-1", "windows-1252", "utf-16"] | None = None
    quote: Literal['"', "'"] = '"'


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
        The column that dates a row; freshness and late rows are read from it.
    columns
        Every column that may be read. What is not listed here never leaves the source.
    joins
        Columns of other tables looked up by a key, under the other table's name.
    where
        Keep only these rows (SQL over this table's columns).
    missing
        Codes that mean "missing" in every column of this table.
    tolerate
        Share of rows that may repeat a key: the first is kept, the others set aside and counted.
    """

    label: Text | None = None
    path: str | None = Field(default=None, min_length=1, max_length=500)
    table: str | None = Field(default=None, min_length=1, max_length=300)
    sheet: str | None = Field(default=None, min_length=1, max_length=100)
    key: Names = []
    time: Name | None = None
    columns: dict[Name, Column] = Field(min_length=1)
    joins: dict[Name, Join] = {}
    where: Sql | None = None
    missing: list[Scalar] = []
    csv: CsvOptions = CsvOptions()
    tolerate: float = Field(default=0.0, ge=0, le=1)

    @model_validator(mode="after")
    def _one_home(self) -> Table:
        if (self.path is None) == (self.table is None):
            raise ValueError("a table stands in a file or in a database: give 'path' or 'table', one of them")
        if self.sheet and not (self.path or "").lower().endswith((".xlsx", ".xls", ".xlsb", ".ods")):
            raise ValueError("'sheet' belongs to an Excel file")
        return self

    def names(self) -> tuple[str, ...]:
        """Every column that may be used in this table's expressions, joined ones included."""
        joined = [c for join in self.joins.values() for c in join.columns]
        return (*self.columns, *joined)
