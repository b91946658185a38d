"""A KPI is a ratio of two sums: its expressions, put on a table as plain columns.

A measure has a numerator and a denominator, SQL expressions over one table's rows in DuckDB's
dialect (Ibis translates them for other engines). A row counts where its `where` holds and neither
is missing: missing is left out of both sums, never taken for 0.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from toolkit.data.dialects import asked_in_sql
from toolkit.problems import Problem, Refused

_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
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
    # rows of one name cannot stand within others of that name, nor beside other rows: a name tells
    # how many named ones are below, and what they are
    rows = table.op()
    depth = len(rows.find(ops.AliasedRelation))
    name = f"toolkit_rows_{depth}_{hash(rows) % 2**32:08x}"
    only = f" WHERE ({where}\n)" if where else ""  # a comment at its end would take the bracket
    return asked_in_sql(table, name, f"SELECT {chosen} FROM {name}{only} {then}".rstrip())


def as_number(column: ir.Value) -> ir.Value:
    """A boolean as 0 and 1, any other number as a double."""
    if column.type().is_boolean():
        column = column.cast("int32")
    return column.cast("float64")


def _refuse_words(rows: ir.Table, measures: Iterable[Measure]) -> None:
    problems = []
    for m in measures:
        parts = {"numerator": ("n", m.numerator), "denominator": ("d", m.denominator), "where": ("w", m.where)}
        for part, (letter, sql) in parts.items():
            kind = rows[f"{m.name}__{letter}"].type() if sql else None
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
    measures, covariates = tuple(measures), tuple(covariates)
    raw: dict[str, str] = {}
    for m in measures:
        raw[f"{m.name}__n"], raw[f"{m.name}__d"] = m.numerator, m.denominator
        if m.where:
            raw[f"{m.name}__w"] = m.where
    rows = with_expressions(table, {**raw, **(expressions or {})}, [*keep, *covariates])
    _refuse_words(rows, measures)
    columns = {c: rows[c] for c in dict.fromkeys([*keep, *(expressions or {})])}
    columns |= {c: as_number(rows[c]) for c in covariates}
    for m in measures:
        num, den = as_number(rows[f"{m.name}__n"]), as_number(rows[f"{m.name}__d"])
        counts = num.notnull() & den.notnull()
        if m.clip:  # only now: to most engines the greatest of a bound and nothing is the bound
            num = ibis.least(ibis.greatest(num, ibis.literal(m.clip[0])), ibis.literal(m.clip[1]))
        if m.where:
            counts &= rows[f"{m.name}__w"].cast("boolean").fill_null(False)
        columns[m.num] = ibis.cases((counts, num), else_=ibis.literal(0.0))
        columns[m.den] = ibis.cases((counts, den), else_=ibis.literal(0.0))
    return rows.select(**columns)
