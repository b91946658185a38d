"""Rows that SQL text can be asked of, on DuckDB as it stands and elsewhere as Ibis translates it.

A contract asks many small things of a table. Written as text they cost an engine milliseconds;
built as expressions they cost Python seconds. Text is in DuckDB's dialect.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from ibis.backends import BaseBackend
from ibis.backends.duckdb import Backend as DuckDB
from ibis.expr.types import Table

from toolkit.data import duck_views
from toolkit.data.dialects import asked_in_sql
from toolkit.data.sql_names import name_of

WHITE = " \t\n\r\v\f"
"""What stripping takes away."""


def literal(value: str | bool | int | float | date | datetime) -> str:
    """A value in SQL, of the same type and to the last bit."""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        digits = repr(value)  # an exponent, or the engine reads a decimal of limited digits
        return f"CAST({digits if 'e' in digits else digits + 'e0'} AS DOUBLE)"
    if isinstance(value, datetime):
        return f"CAST('{value.isoformat(' ')}' AS TIMESTAMP)"
    if isinstance(value, date):
        return f"CAST('{value.isoformat()}' AS DATE)"
    return "'" + value.replace("'", "''") + "'"


def listed(values: Sequence[str | float]) -> str:
    """Values between brackets, for ``IN``."""
    return "(" + ", ".join(literal(v) for v in values) + ")"


def matches(text: str, pattern: str) -> str:
    """Whether a text holds a match of a regular expression."""
    return f"REGEXP_MATCHES({text}, {literal(pattern)})"


def trimmed(text: str) -> str:
    """A text without white space around it; looks before it cuts, for cutting is slow."""
    padded, cut = matches(text, r"^\s|\s$"), f"TRIM({text}, {literal(WHITE)})"
    return f"CASE WHEN {padded} THEN {cut} ELSE {text} END"


@dataclass(frozen=True)
class Lookup:
    """Columns of other rows, found by their key.

    Attributes
    ----------
    on
        The column that holds the key.
    there, key
        The other rows and the column that is their key.
    columns
        New name -> column of the other rows.
    once
        The key is known to stand there once.
    """

    on: str
    there: Rows
    key: str
    columns: Mapping[str, str]
    once: bool = False

    @property
    def only_key(self) -> bool:
        """Whether nothing but the key is wanted, and it may be repeated there."""
        return not self.once and set(self.columns.values()) == {self.key}


@dataclass(frozen=True)
class Rows(ABC):
    """Rows of an engine.

    Attributes
    ----------
    name
        What SQL text calls them after ``FROM``; used once only.
    """

    name: str

    @abstractmethod
    def ask(self, text: str) -> list[dict[str, Any]]:
        """The answer to a query over `name`: small, as plain Python values."""

    @abstractmethod
    def derived(self, text: str, name: str, keep: bool = False) -> Rows:
        """The rows that a query over `name` gives, kept by the engine where `keep`."""

    @abstractmethod
    def looked_up(self, lookups: Sequence[Lookup], name: str) -> Rows:
        """These rows with columns of others; missing values where nothing is found."""

    @abstractmethod
    def table(self) -> Table:
        """The rows as an Ibis table."""

    @abstractmethod
    def meets(self, other: Rows) -> bool:
        """Whether one engine holds both, so that they can be joined."""


def joined_to(name: str, lookups: Sequence[Lookup]) -> str:
    """SQL for the rows called `name` with columns of others."""
    chosen, joined = ["here.*"], []
    for i, lookup in enumerate(lookups):
        columns = {"key looked up": lookup.key, **lookup.columns}
        theirs = ", ".join(f"{name_of(c)} AS {name_of(n)}" for n, c in columns.items())
        once = "DISTINCT " if lookup.only_key else ""
        joined.append(
            f"LEFT JOIN (SELECT {once}{theirs} FROM {name_of(lookup.there.name)}) AS there_{i} "
            f'ON here.{name_of(lookup.on)} = there_{i}."key looked up"'
        )
        chosen += [f"there_{i}.{name_of(n)}" for n in lookup.columns]
    return f"SELECT {', '.join(chosen)} FROM {name_of(name)} AS here {' '.join(joined)}"


@dataclass(frozen=True)
class DuckRows(Rows):
    """Rows of a table or view of a DuckDB."""

    engine: DuckDB

    def ask(self, text: str) -> list[dict[str, Any]]:
        answer = self.engine.con.execute(text)
        columns = [column[0] for column in answer.description]
        return [dict(zip(columns, row, strict=True)) for row in answer.fetchall()]

    def derived(self, text: str, name: str, keep: bool = False) -> DuckRows:
        create = "CREATE TEMP TABLE" if keep else "CREATE OR REPLACE TEMP VIEW"
        self.engine.con.execute(f"{create} {name_of(name)} AS {text}")
        return DuckRows(name, self.engine)

    def looked_up(self, lookups: Sequence[Lookup], name: str) -> DuckRows:
        return self.derived(joined_to(self.name, lookups), name)

    def table(self) -> Table:
        return duck_views.table(self.engine, self.name)

    def meets(self, other: Rows) -> bool:
        return isinstance(other, DuckRows) and other.engine is self.engine


@dataclass(frozen=True)
class IbisRows(Rows):
    """Rows of any engine, as an expression."""

    rows: Table

    def ask(self, text: str) -> list[dict[str, Any]]:
        asked = asked_in_sql(self.rows, self.name, text)
        return self._engine().to_pyarrow(asked).to_pylist()

    def derived(self, text: str, name: str, keep: bool = False) -> IbisRows:
        return IbisRows(name, asked_in_sql(self.rows, self.name, text))

    def looked_up(self, lookups: Sequence[Lookup], name: str) -> IbisRows:
        rows = self.rows
        for lookup in lookups:
            there = lookup.there.table()
            found = there.select(
                **{"key looked up": there[lookup.key]},
                **{n: there[c] for n, c in lookup.columns.items()},
            )
            found = found.distinct() if lookup.only_key else found
            rows = rows.left_join(found, rows[lookup.on] == found["key looked up"])
            rows = rows.drop("key looked up")
        return replace(self, name=name, rows=rows)

    def table(self) -> Table:
        return self.rows

    def meets(self, other: Rows) -> bool:
        return isinstance(other, IbisRows) and other._engine() is self._engine()

    def _engine(self) -> BaseBackend:
        return self.rows._find_backend(use_default=False)
