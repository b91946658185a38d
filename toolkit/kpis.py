"""A KPI is a ratio of two sums: its expressions, put on a table as plain columns.

A measure has a numerator and a denominator, SQL expressions over one table's rows in DuckDB's
dialect (Ibis translates them for other engines). A row counts where its `where` holds and neither
is missing: missing is left out of both sums, never taken for 0.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir

from toolkit.data.asking import literal
from toolkit.data.dialects import asked_in_sql, name_for, types_of
from toolkit.data.sql_names import name_of
from toolkit.problems import Problem, Refused

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KINDS: WeakKeyDictionary[ops.Relation, dict[str, dt.DataType]] = WeakKeyDictionary()
"""What expressions over a table were found to be; a page asks for the same measures again and again."""

_CONSTANTS = ("null", "true", "false")
NUMERATOR, DENOMINATOR = "__num", "__den"


@dataclass(frozen=True)
class Measure:
    """What is summed over rows.

    Attributes
    ----------
    name
        An identifier; its columns are ``{name}__num`` and ``{name}__den``.
    numerator, denominator
        SQL expressions over the table's columns; booleans count as 0 and 1.
    where
        Which rows count; all where None.
    clip
        Numerators are drawn in to these two values (winsorised) where given.
    """

    name: str
    numerator: str
    denominator: str = "1"
    where: str | None = None
    clip: tuple[float, float] | None = None

    def __post_init__(self) -> None:
        if not _IDENTIFIER.fullmatch(self.name):
            raise ValueError(f"a measure's name is an identifier; got {self.name!r}")

    @property
    def num(self) -> str:
        """The numerator's column."""
        return self.name + NUMERATOR

    @property
    def den(self) -> str:
        """The denominator's column."""
        return self.name + DENOMINATOR

    @property
    def counts_rows(self) -> bool:
        """Whether the denominator is 1 on every row that is not missing."""
        return self.denominator.strip() in ("1", "1.0") and self.where is None


def with_expressions(table: ir.Table, expressions: Mapping[str, str], keep: Iterable[str] = ()) -> ir.Table:
    """`table` with SQL expressions as columns.

    Parameters
    ----------
    table
        An Ibis table.
    expressions
        New column -> SQL expression over the table's columns.
    keep
        Columns of the table that stay.

    Returns
    -------
    ibis.Table
        The kept columns, then the new ones.
    """
    parts = [f'"{c}"' for c in dict.fromkeys(keep)]
    parts += [f'({sql}\n) AS "{name}"' for name, sql in expressions.items()]
    return queried(table, ", ".join(parts))


def queried(table: ir.Table, chosen: str, where: str | None = None, then: str = "") -> ir.Table:
    """What SQL in DuckDB's dialect selects of a table; it can be queried again in the same way.

    Parameters
    ----------
    chosen
        What stands between ``SELECT`` and ``FROM``.
    where
        A condition.
    then
        What follows it: ``GROUP BY``, ``ORDER BY``, ``LIMIT``.
    """
    name = name_for(table)
    only = f" WHERE ({where}\n)" if where else ""  # a comment at its end would take the bracket
    return asked_in_sql(table, name, f"SELECT {chosen} FROM {name}{only} {then}".rstrip())


def as_number(column: ir.Value) -> ir.Value:
    """A boolean as 0 and 1, any other number as a double."""
    if column.type().is_boolean():
        column = column.cast("int32")
    return column.cast("float64")


def number_sql(sql: str, kind: dt.DataType) -> str:
    """The same in SQL, of an expression of that type."""
    return f"CAST(CAST({sql} AS INTEGER) AS DOUBLE)" if kind.is_boolean() else f"CAST({sql} AS DOUBLE)"


def kinds_of(table: ir.Table, expressions: Iterable[str]) -> dict[str, dt.DataType]:
    """The type of each SQL expression over a table; of plain columns and of 1 without asking."""
    schema, found = table.schema(), _KINDS.setdefault(table.op(), {})
    expressions, asked = tuple(expressions), []
    for sql in dict.fromkeys(expressions):
        if sql in found:
            continue
        if sql.strip() == "1":
            found[sql] = dt.int32
        elif sql in schema and _IDENTIFIER.fullmatch(sql) and sql.lower() not in _CONSTANTS:
            found[sql] = schema[sql]
        else:
            asked.append(sql)
    if asked:
        name = name_for(table)
        listed = ", ".join(f'({sql}\n) AS "k{i}"' for i, sql in enumerate(asked))
        types = types_of(table, name, f"SELECT {listed} FROM {name}")
        found.update({sql: types[f"k{i}"] for i, sql in enumerate(asked)})
    return {sql: found[sql] for sql in expressions}


def _bound(value: float) -> str:
    return literal(float(value)) if math.isfinite(value) else f"CAST('{value}' AS DOUBLE)"


def refuse_words(kinds: Mapping[str, dt.DataType], measures: Iterable[Measure]) -> None:
    """Raise where an expression of a measure, whose type is given, cannot be summed or limits nothing."""
    problems = []
    for m in measures:
        for part in ("numerator", "denominator", "where"):
            sql = getattr(m, part)
            kind = kinds.get(sql) if sql else None
            if kind is None or kind.is_numeric() or kind.is_boolean() or kind.is_null():
                continue
            rule = "must be true or false for each row" if part == "where" else "must be a number, or true or false"
            problems.append(Problem(f"{m.name}.{part}", f"{rule}; it is {kind}", sql))
    if problems:
        raise Refused(problems)


def measured(
    table: ir.Table,
    measures: Iterable[Measure],
    keep: Iterable[str] = (),
    covariates: Iterable[str] = (),
    expressions: Mapping[str, str] | None = None,
) -> ir.Table:
    """`table` with two columns per measure, ready to be summed.

    Parameters
    ----------
    keep
        Columns to group by later.
    covariates
        Columns kept as numbers.
    expressions
        Further SQL expressions to keep as columns (flags to group by).

    Returns
    -------
    ibis.Table
        Numerator and denominator are 0 where the row does not count for that measure.

    Raises
    ------
    Refused
        An expression gives text or days where numbers are summed, or no condition where one limits.
    """
    name = name_for(table)
    return asked_in_sql(table, name, measured_sql(table, name, measures, keep, covariates, expressions))


def measured_sql(
    table: ir.Table,
    name: str,
    measures: Iterable[Measure],
    keep: Iterable[str] = (),
    covariates: Iterable[str] = (),
    expressions: Mapping[str, str] | None = None,
    only: str | None = None,
) -> str:
    """The query behind `measured`, over rows it calls `name`; of rows where `only` holds."""
    measures, keep, covariates = tuple(measures), tuple(dict.fromkeys(keep)), tuple(covariates)
    named = expressions or {}
    kinds = kinds_of(table, [sql for m in measures for sql in (m.numerator, m.denominator, m.where) if sql])
    refuse_words(kinds, measures)
    schema = table.schema()
    raw = [name_of(c) for c in dict.fromkeys((*keep, *covariates))]
    chosen = [name_of(c) for c in dict.fromkeys((*keep, *named)) if c not in covariates]
    chosen += [f"{number_sql(name_of(c), schema[c])} AS {name_of(c)}" for c in covariates]
    for m in measures:
        n, d, w = (f'"{m.name}__{letter}"' for letter in "ndw")
        raw += [f"({m.numerator}\n) AS {n}", f"({m.denominator}\n) AS {d}"]
        counts = f"{n} IS NOT NULL AND {d} IS NOT NULL"
        num, den = number_sql(n, kinds[m.numerator]), number_sql(d, kinds[m.denominator])
        if m.clip:  # only now: to most engines the greatest of a bound and nothing is the bound
            num = f"LEAST(GREATEST({num}, {_bound(m.clip[0])}), {_bound(m.clip[1])})"
        if m.where:
            raw.append(f"({m.where}\n) AS {w}")
            counts += f" AND COALESCE(CAST({w} AS BOOLEAN), FALSE)"
        chosen += [f"CASE WHEN {counts} THEN {part} ELSE CAST(0 AS DOUBLE) END AS {name_of(column)}"
                   for part, column in ((num, m.num), (den, m.den))]  # fmt: skip
    raw += [f"({sql}\n) AS {name_of(c)}" for c, sql in named.items()]
    where = f" WHERE {only}" if only else ""
    return f"SELECT {', '.join(chosen)} FROM (SELECT {', '.join(raw)} FROM {name_of(name)}{where}) AS {name_of(name + '_read')}"
