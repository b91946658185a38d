"""What must hold for the rows of a table: each rule as a sentence and a condition."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis
from ibis.expr.types import BooleanValue, StringValue, Table, Value

from toolkit.company.models import Company
from toolkit.company.tables import Column
from toolkit.company.tables import Table as TableModel
from toolkit.data.casting import as_read
from toolkit.data.number_marks import Marks

FIRST_YEAR, LAST_YEAR = 1900, 2199
"""Years outside are taken for mistakes, unless a column's `min` or `max` reaches further."""

_DATED = ("date", "datetime")
_WITH = {".": "a point", ",": "a comma"}


@dataclass(frozen=True)
class Rule:
    """One rule of a contract.

    Attributes
    ----------
    column
        The column it is about.
    sentence
        What must hold, as `toolkit.problems.Problem` says it.
    broken
        True for rows that break it, never null.
    shown
        What a row that breaks it holds; None where values must not be shown.
    choices
        What would have been accepted.
    """

    column: str
    sentence: str
    broken: BooleanValue
    shown: StringValue | None
    choices: tuple[str, ...] = ()


def rules_of(table: Table, model: TableModel, company: Company, marks: Marks) -> list[Rule]:
    """Every rule that the columns of `table` must keep, in the order of the params file.

    Parameters
    ----------
    table
        As `toolkit.data.casting.converted` makes it: values, and beside them what did not fit.
    marks
        How its numbers were read; said where one could not be.
    """
    rules: list[Rule] = []
    for name, column in model.columns.items():
        value = table[name]
        if as_read(name) in table.columns:
            unfit = table[as_read(name)]
            rules.append(Rule(name, _type_sentence(column, marks), unfit.notnull(), unfit))
            fits = unfit.isnull()
        else:
            fits = ibis.literal(True)
        text = value.cast("string")
        if column.required or name in model.key:
            why = "must not be missing" + (" in a key" if name in model.key else "")
            rules.append(Rule(name, why, value.isnull() & fits, None))
        rules += [
            Rule(name, sentence, broken.fill_null(False), text, choices)
            for sentence, broken, choices in _about(name, column, value, table, model, company)
        ]
        if column.after:
            rules.append(_after(table, model, name, column.after))
        if column.currency_column:
            rules.append(_currency(table, name, column, company))
    return [
        r
        if r.shown is None or not _hides(model, r)
        else Rule(r.column, r.sentence, r.broken, None, r.choices)
        for r in rules
    ]


def _hides(model: TableModel, rule: Rule) -> bool:
    return model.columns[rule.column].identifier


def _type_sentence(column: Column, marks: Marks) -> str:
    written = f"decimals after {_WITH[marks.decimal]}, " + (
        f"thousands split by '{marks.thousands}'" if marks.thousands else "thousands not split"
    )
    if column.type == "integer":
        return f"must be a whole number ({written}; else declare 'csv: {{decimal, thousands}}')"
    if column.type in ("number", "money"):
        return f"must be a number ({written}; else declare 'csv: {{decimal, thousands}}')"
    if column.type == "boolean":
        return "must be true or false (or yes and no, y and n, t and f, 1 and 0)"
    if column.type == "date":
        if column.format:
            return f"must be a day of the calendar written as '{column.format}'"
        return (
            "must be a day of the calendar such as 2026-09-30, without a time; "
            "else declare its 'format'"
        )
    if column.type == "datetime":
        if column.format:
            return f"must be a moment written as '{column.format}'"
        return "must be a moment such as 2026-09-30 14:05:00; else declare its 'format'"
    return "must be text"


def _about(
    name: str, column: Column, value: Value, table: Table, model: TableModel, company: Company
) -> list[tuple[str, BooleanValue, tuple[str, ...]]]:
    """Rules about one value: sentence, broken, choices."""
    said: list[tuple[str, BooleanValue, tuple[str, ...]]] = []
    low, high = _bounds(column)
    if low is not None:
        said.append(
            (
                f"must not be below {column.min}"
                if column.min is not None
                else f"must not lie before the year {FIRST_YEAR} (if it is a code, list it in "
                "'missing'; if it is true, give a 'min')",
                value < low,
                (),
            )
        )
    if high is not None:
        said.append(
            (
                f"must not be above {column.max}"
                if column.max is not None
                else f"must not lie after the year {LAST_YEAR} (if it is a code, list it in "
                "'missing'; if it is true, give a 'max')",
                _above(column, value, high),
                (),
            )
        )
    if column.type in _DATED and not column.future and column.max is None:
        as_of = company.company.as_of
        said.append(
            (
                f"must not lie after as_of, {as_of.isoformat()} (due dates and promises: "
                "'future: true')",
                _later_than(value, as_of) & (value <= high),
                (),
            )
        )
    elif column.type in _DATED and not column.future:
        as_of = company.company.as_of
        said.append(
            (
                f"must not lie after as_of, {as_of.isoformat()} (due dates and promises: "
                "'future: true')",
                _later_than(value, as_of),
                (),
            )
        )
    if column.values is not None:
        said.append(
            (
                "must be one of its declared values",
                ~_among(column, value),
                tuple(str(v) for v in column.values),
            )
        )
    if column.pattern is not None:
        said.append(
            (
                f"must match the pattern '{column.pattern}'",
                ~value.re_search(f"^(?:{column.pattern})$"),
                (),
            )
        )
    return said


def _bounds(column: Column) -> tuple[object, object]:
    """Smallest and largest value, as the engine compares them; dates always have both."""
    if column.type not in _DATED:
        return column.min, column.max
    low = column.min if column.min is not None else f"{FIRST_YEAR}-01-01"
    high = column.max if column.max is not None else f"{LAST_YEAR}-12-31"
    if column.type == "date":
        return date.fromisoformat(str(low)[:10]), date.fromisoformat(str(high)[:10])
    low, high = datetime.fromisoformat(str(low)), datetime.fromisoformat(str(high))
    return low.replace(tzinfo=None), high.replace(tzinfo=None)


def _above(column: Column, value: Value, high: object) -> BooleanValue:
    whole_day = column.type == "datetime" and (column.max is None or len(str(column.max)) == 10)
    if whole_day:  # the last day counts as a whole
        return value >= high + timedelta(days=1)
    return value > high


def _later_than(value: Value, day: date) -> BooleanValue:
    if value.type().is_date():
        return value > day
    return value >= datetime.combine(day, datetime.min.time()) + timedelta(days=1)


def _among(column: Column, value: Value) -> BooleanValue:
    if value.type().is_numeric():
        return value.isin([float(v) for v in column.values if _is_number(v)])
    if value.type().is_boolean():
        return value.cast("string").lower().isin([str(v).lower() for v in column.values])
    return value.cast("string").isin([str(v) for v in column.values])


def _is_number(value: object) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _after(table: Table, model: TableModel, name: str, first: str) -> Rule:
    later, earlier = table[name], table[first]
    if later.type().is_date() != earlier.type().is_date():  # a moment of the same day is in order
        later, earlier = later.cast("date"), earlier.cast("date")
    hidden = model.columns[first].identifier
    shown = table[name].cast("string") + " is before " + table[first].cast("string")
    return Rule(
        name,
        f"must not be earlier than '{first}'",
        (later < earlier).fill_null(False),
        None if hidden else shown,
    )


def _currency(table: Table, name: str, column: Column, company: Company) -> Rule:
    code = column.currency or company.company.currency
    said = table[column.currency_column].cast("string").strip().upper()
    wrong = table[name].notnull() & (said != code).fill_null(True)
    return Rule(
        name,
        f"must be in {code} in every row, as '{column.currency_column}' says it",
        wrong,
        said.fill_null("no currency"),
        (code,),
    )
