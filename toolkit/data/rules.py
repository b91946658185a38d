"""What must hold for the rows of a table: each rule as a sentence and a condition."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from toolkit.company.models import Company
from toolkit.company.tables import Column
from toolkit.company.tables import Table as TableModel
from toolkit.data.asking import WHITE, listed, literal, matches, name_of
from toolkit.data.casting import as_read
from toolkit.data.number_marks import NUMERIC, Marks

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
        SQL: true for rows that break it, never null.
    shown
        SQL: what a row that breaks it holds; None where values must not be shown.
    choices
        What would have been accepted.
    """

    column: str
    sentence: str
    broken: str
    shown: str | None
    choices: tuple[str, ...] = ()


def rules_of(
    model: TableModel, company: Company, marks: Marks, unfit: Collection[str]
) -> list[Rule]:
    """Every rule that the table's columns must keep, in the order of the params file.

    Rules are SQL over the table as `toolkit.data.typed.typed_rows` makes it.

    Parameters
    ----------
    marks
        How its numbers were read; said where one could not be.
    unfit
        The columns beside which stands what did not fit.
    """
    rules: list[Rule] = []
    for name, column in model.columns.items():
        value = name_of(name)
        gone = f"{value} IS NULL"
        if name in unfit:
            read = name_of(as_read(name))
            rules.append(Rule(name, _type_sentence(column, marks), f"{read} IS NOT NULL", read))
            gone += f" AND {read} IS NULL"
        if column.required or name in model.key:
            why = "must not be missing in a key" if name in model.key else "must not be missing"
            rules.append(Rule(name, why, gone, None))
        rules += [
            Rule(name, sentence, f"COALESCE({broken}, FALSE)", _text(value), choices)
            for sentence, broken, choices in _about(column, value, company)
        ]
        if column.after:
            rules.append(_after(model, name, column.after))
        if column.currency_column:
            rules.append(_currency(name, column, company))
    return [replace(r, shown=None) if model.columns[r.column].identifier else r for r in rules]


def _text(value: str) -> str:
    return f"CAST({value} AS VARCHAR)"


def _type_sentence(column: Column, marks: Marks) -> str:
    thousands = f"thousands split by '{marks.thousands}'" if marks.thousands else "thousands not split"
    written = f"decimals after {_WITH[marks.decimal]}, {thousands}"
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
    column: Column, value: str, company: Company
) -> list[tuple[str, str, tuple[str, ...]]]:
    """Rules about one value: sentence, broken, choices."""
    said: list[tuple[str, str, tuple[str, ...]]] = []
    low, high = _bounds(column)
    if low is not None:
        said.append(
            (
                f"must not be below {column.min}"
                if column.min is not None
                else f"must not lie before the year {FIRST_YEAR} (if it is a code, list it in "
                "'missing'; if it is true, give a 'min')",
                f"{value} < {literal(low)}",
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
    if column.type in _DATED and not column.future:
        as_of = company.company.as_of
        later = _later_than(column, value, as_of)
        said.append(
            (
                f"must not lie after as_of, {as_of.isoformat()} (due dates and promises: "
                "'future: true')",
                # beyond the years that are taken for true, one rule says it
                later if column.max is not None else f"{later} AND {value} <= {literal(high)}",
                (),
            )
        )
    if column.values is not None:
        said.append(
            (
                "must be one of its declared values",
                f"NOT ({_among(column, value)})",
                tuple(str(v) for v in column.values),
            )
        )
    if column.pattern is not None:
        said.append(
            (
                f"must match the pattern '{column.pattern}'",
                f"NOT {matches(value, f'^(?:{column.pattern})$')}",
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


def _above(column: Column, value: str, high: object) -> str:
    whole_day = column.type == "datetime" and (column.max is None or len(str(column.max)) == 10)
    if whole_day:  # the last day counts as a whole
        return f"{value} >= {literal(high + timedelta(days=1))}"
    return f"{value} > {literal(high)}"


def _later_than(column: Column, value: str, day: date) -> str:
    if column.type == "date":
        return f"{value} > {literal(day)}"
    return f"{value} >= {literal(datetime.combine(day, datetime.min.time()) + timedelta(days=1))}"


def _among(column: Column, value: str) -> str:
    if column.type in NUMERIC:
        numbers = [float(v) for v in column.values if _is_number(v)]
        return f"{value} IN {listed(numbers)}" if numbers else "FALSE"
    if column.type == "boolean":
        return f"LOWER({_text(value)}) IN {listed([str(v).lower() for v in column.values])}"
    return f"{_text(value)} IN {listed([str(v) for v in column.values])}"


def _is_number(value: object) -> bool:
    try:
        float(value)
    except (TypeError, ValueError):
        return False
    return True


def _after(model: TableModel, name: str, first: str) -> Rule:
    later, earlier = name_of(name), name_of(first)
    shown = f"{_text(later)} || ' is before ' || {_text(earlier)}"
    if {model.columns[name].type, model.columns[first].type} == set(_DATED):
        # a moment of the same day is in order
        later, earlier = f"CAST({later} AS DATE)", f"CAST({earlier} AS DATE)"
    return Rule(
        name,
        f"must not be earlier than '{first}'",
        f"COALESCE({later} < {earlier}, FALSE)",
        None if model.columns[first].identifier else shown,
    )


def _currency(name: str, column: Column, company: Company) -> Rule:
    code = column.currency or company.company.currency
    said = f"UPPER(TRIM({_text(name_of(column.currency_column))}, {literal(WHITE)}))"
    return Rule(
        name,
        f"must be in {code} in every row, as '{column.currency_column}' says it",
        f"({name_of(name)} IS NOT NULL AND COALESCE({said} <> {literal(code)}, TRUE))",
        f"COALESCE({said}, 'no currency')",
        (code,),
    )
