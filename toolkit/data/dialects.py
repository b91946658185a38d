"""SQL in DuckDB's dialect, put to any engine so that it means there what it means on DuckDB.

Ibis and sqlglot translate between dialects. What they leave to the engine, and engines do
differently, is written out here first: interval functions that only DuckDB has, differences of
moments (DuckDB counts the boundaries between them, others the time that has passed), halves that are
rounded away from zero, quotients that are never decimals, and truths that are summed as numbers.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import ibis.expr.datatypes as dt
import ibis.expr.operations as ops
import ibis.expr.types as ir
import sqlglot
from sqlglot import exp

from toolkit.data import duck_views
from toolkit.data.duck_views import asked, can_be_viewed

if TYPE_CHECKING:
    import pyarrow as pa

_INTERVALS = {f"TO_{unit}S": unit for unit in ("SECOND", "MINUTE", "HOUR", "DAY", "WEEK", "MONTH", "YEAR")}


def asked_in_sql(table: ir.Table, name: str, text: str) -> ir.Table:
    """What a query in DuckDB's dialect gives of `table`, which it calls `name`."""
    if can_be_viewed(table):
        return asked(table, name, text)
    return table.alias(name).sql(portable(text, table.get_backend().name), dialect="duckdb")


def name_for(table: ir.Table) -> str:
    """What a query may call the rows of `table`, whatever it is made of."""
    # rows of one name cannot stand within others of that name, nor beside other rows: a name tells
    # how many named ones are below, and what they are
    rows = table.op()
    return f"toolkit_rows_{len(rows.find(ops.AliasedRelation))}_{hash(rows) % 2**32:08x}"


def answered(table: ir.Table, name: str, text: str) -> list[dict[str, Any]]:
    """The answer to a query in DuckDB's dialect over `table`, which it calls `name`: small, as plain values.

    DuckDB is asked as the text stands, with no view and no expression in between.
    """
    if can_be_viewed(table):
        return duck_views.answered(table, name, text)
    return asked_in_sql(table, name, text).to_pyarrow().to_pylist()


def answered_table(table: ir.Table, name: str, text: str) -> pa.Table:
    """The same in columns, for answers of many rows."""
    if can_be_viewed(table):
        return duck_views.answered_table(table, name, text)
    return asked_in_sql(table, name, text).to_pyarrow()


def types_of(table: ir.Table, name: str, text: str) -> Mapping[str, dt.DataType]:
    """The types of the columns that a query gives, without asking it."""
    if can_be_viewed(table):
        return duck_views.types_of(table, name, text)
    return asked_in_sql(table, name, text).schema()


def portable(text: str, engine: str) -> str:
    """The query as it can be translated for the engine that Ibis calls so; still in DuckDB's dialect."""
    if engine == "duckdb":
        return text
    return _all_written_out(sqlglot.parse_one(text, read="duckdb"), engine).sql("duckdb")


def translated(text: str, engine: str, dialect: str) -> str:
    """The query in the engine's own SQL, which sqlglot calls `dialect`."""
    read = sqlglot.parse_one(text, read="duckdb")
    written = _all_written_out(read, engine)
    if written == read:  # mostly so, and long texts take long to read
        return read.sql(dialect)
    return sqlglot.parse_one(written.sql("duckdb"), read="duckdb").sql(dialect)


def by_place(columns: int) -> str:
    """Grouped by the first so many columns of what is selected."""
    return f" GROUP BY {', '.join(map(str, range(1, columns + 1)))}" if columns else ""


def md5_sql(unit: str, digits: int) -> str:
    """The first hexadecimal digits of the MD5 of a column's text, in SQL."""
    return f"SUBSTRING(MD5(CAST({unit} AS VARCHAR)), 1, {digits})"


def _all_written_out(tree: exp.Expression, engine: str) -> exp.Expression:
    """A copy in which every part is written out, what stands within others first."""
    root = tree.copy()
    for node in reversed(list(root.walk())):
        new = _written_out(node, engine)
        if new is not node and node is root:
            root = new
        elif new is not node:
            node.replace(new)
    return root


def _written_out(node: exp.Expression, engine: str) -> exp.Expression:
    if isinstance(node, exp.Cast) and node.to.this in exp.DataType.NUMERIC_TYPES and _is_truth(node.this):
        # not every engine makes a number of true and false
        return exp.cast(exp.Case().when(node.this.copy(), "1").when(exp.not_(exp.paren(node.this.copy())), "0"), node.to)
    if isinstance(node, exp.ArgMax | exp.ArgMin) and engine == "postgres":
        order = exp.Ordered(this=node.expression, desc=isinstance(node, exp.ArgMax), nulls_first=False)
        listed = exp.ArrayAgg(this=exp.Order(this=node.this, expressions=[order]))
        return exp.Bracket(this=exp.paren(listed), expressions=[exp.Literal.number(0)])
    if isinstance(node, exp.Explode) and isinstance(node.this, exp.GenerateSeries) and engine == "postgres":
        return node.this.copy()  # it gives rows there, not a list
    if isinstance(node, exp.Cast) and isinstance(node.this, exp.Explode) and engine == "pyspark":
        # rows are made by what stands outermost there: the list is cast, not its entries
        return exp.Explode(this=exp.cast(node.this.this.copy(), exp.DataType(this=exp.DataType.Type.ARRAY, expressions=[node.to.copy()], nested=True)))
    if isinstance(node, exp.Div) and engine == "pyspark":
        # the quotient of a whole number and a literal with a point would be a decimal of six digits,
        # and one divided by zero an error
        by = node.expression.copy()
        by = by if isinstance(by, exp.Literal) else exp.Nullif(this=by, expression=exp.Literal.number(0))
        return exp.Div(this=exp.cast(node.this.copy(), "double"), expression=by)
    if isinstance(node, exp.TimeToUnix) and engine == "pyspark" and _is_time_passed(node.this.unnest()):
        passed = node.this.unnest()
        later, earlier = (exp.Anonymous(this="UNIX_MICROS", expressions=[exp.cast(m.copy(), "timestamptz")])
                          for m in (passed.this, passed.expression))  # fmt: skip
        return exp.paren(exp.Div(this=exp.paren(exp.Sub(this=later, expression=earlier)), expression=exp.Literal.number("1e6")))
    if (unit := _interval(node)) is not None:
        count = node.this if isinstance(node, exp.ToDays) else node.expressions[0]
        if isinstance(count, exp.Literal):
            return exp.Interval(this=exp.Literal.string(count.this), unit=exp.var(unit))
        return exp.Mul(this=exp.paren(count), expression=exp.Interval(this=exp.Literal.string("1"), unit=exp.var(unit)))
    if isinstance(node, exp.Round) and isinstance(node.args.get("decimals"), exp.Literal):
        return _rounded(node.this, int(node.args["decimals"].this))
    if isinstance(node, exp.DateDiff):
        unit = (node.args.get("unit") or exp.var("DAY")).name.lower()
        return exp.DateDiff(this=_cut(node.this, unit), expression=_cut(node.expression, unit), unit=exp.var(unit.upper()))
    return node


def _is_truth(node: exp.Expression) -> bool:
    return isinstance(node.unnest(), exp.Predicate | exp.Not | exp.Connector)


def _is_time_passed(node: exp.Expression) -> bool:
    """The difference of two moments, not a moment less an interval."""
    return isinstance(node, exp.Sub) and node.expression.find(exp.Interval) is None and _interval(node.expression) is None


def _interval(node: exp.Expression) -> str | None:
    """The unit of a function such as ``to_days(n)``."""
    if isinstance(node, exp.ToDays):
        return "DAY"
    if isinstance(node, exp.Anonymous) and len(node.expressions) == 1:
        return _INTERVALS.get(node.name.upper())
    return None


def _rounded(value: exp.Expression, digits: int) -> exp.Expression:
    by = f"1e{digits}"
    return sqlglot.parse_one(f"SIGN(x) * FLOOR(ABS(CAST(x AS DOUBLE)) * {by} + 0.5e0) / {by}", read="duckdb").transform(
        lambda n: value.copy() if isinstance(n, exp.Column) else n)  # fmt: skip


def _cut(moment: exp.Expression, unit: str) -> exp.Expression:
    start = exp.cast(moment.copy(), "timestamp")
    return exp.TimestampTrunc(this=start, unit=exp.var(unit.upper()))
