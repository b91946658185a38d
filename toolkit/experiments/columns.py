"""Can the table answer the test at all: are the columns there, and of a type that can be summed?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import ibis.expr.types as ir

from toolkit.company.expressions import check_expression, columns_used, said
from toolkit.data.frames import ENGINE_ERRORS
from toolkit.experiments.definition import Experiment, Metric
from toolkit.kpis import kinds_of, queried, with_expressions
from toolkit.problems import Problem, Refused


def refuse_unusable(table: ir.Table, definition: Experiment) -> None:
    """Raise with every column that is missing and every expression that cannot be used.

    Raises
    ------
    Refused
        All problems at once, each with its place in the definition and the columns there are.
    """
    problems = [*_missing_columns(table, definition), *_expressions(table, definition)]
    if not problems:
        problems = [*_wrong_types(table, definition)]
    if problems:
        raise Refused(problems)


def place(definition: Experiment, part: str) -> str:
    """Where a part of the definition stands, as messages say it."""
    return f"tests.{definition.name}.{part}"


def tested_rows(table: ir.Table, definition: Experiment) -> ir.Table:
    """The rows that belong to the test."""
    return table if definition.where is None else queried(table, "*", definition.where)


def columns_of(metric: Metric) -> frozenset[str]:
    """The columns a metric is made of."""
    return frozenset().union(*(columns_used(s) for s in (metric.value, metric.denominator, metric.where) if s))


def shared_with(definition: Experiment, columns: Iterable[str]) -> str | None:
    """The first metric made of one of these columns: then they were measured after assignment."""
    named = frozenset(columns)
    return next((m.title for m in definition.metrics if columns_of(m) & named), None)


def _missing_columns(table: ir.Table, definition: Experiment) -> Iterator[Problem]:
    named = [(part, getattr(definition, part)) for part in ("arm", "unit", "cluster", "strata", "assigned_at")]
    named += [(part, c) for part in ("covariates", "segments") for c in getattr(definition, part)]
    for part, column in named:
        if column is not None and column not in table.columns:
            yield Problem(place(definition, part), "is no column of the table", column, tuple(table.columns))


def _sql(definition: Experiment) -> Iterator[tuple[str, str]]:
    for part in ("where", "target"):
        if getattr(definition, part) is not None:
            yield part, getattr(definition, part)
    for metric in definition.metrics:
        at = f"metrics.{metric.name}"
        yield f"{at}.numerator", metric.value
        yield f"{at}.denominator", metric.denominator
        if metric.where is not None:
            yield f"{at}.where", metric.where


def _expressions(table: ir.Table, definition: Experiment) -> Iterator[Problem]:
    for part, sql in _sql(definition):
        checked = check_expression(sql, table.columns)
        for fault in checked.faults:
            piece, rule = said(checked, fault)
            yield Problem(place(definition, part), rule, piece, fault.choices)


def _wrong_types(table: ir.Table, definition: Experiment) -> Iterator[Problem]:
    wanted = dict(_sql(definition))
    try:
        kinds = kinds_of(table, wanted.values())
    except ENGINE_ERRORS as error:
        yield Problem(place(definition, "metrics"), f"cannot be computed: {_line(error)}")
        return
    for part, sql in wanted.items():
        kind = kinds[sql]
        flag = part.rsplit(".", 1)[-1] in ("where", "target")
        if flag and not kind.is_boolean():
            yield Problem(place(definition, part), f"must be true or false for each row; it is {kind}", wanted[part])
        elif not flag and not (kind.is_numeric() or kind.is_boolean()):
            yield Problem(place(definition, part), f"must be a number, or true or false; it is {kind}", wanted[part])
    for column in definition.covariates:
        kind = table[column].type()
        if not (kind.is_numeric() or kind.is_boolean()):
            yield Problem(place(definition, "covariates"), f"must be a column of numbers; it is {kind}", column)
    if definition.assigned_at and not table[definition.assigned_at].type().is_temporal():
        kind = table[definition.assigned_at].type()
        yield Problem(place(definition, "assigned_at"), f"must be a column of dates; it is {kind}", definition.assigned_at)


def unreadable(rows: ir.Table, definition: Experiment, error: Exception) -> Refused:
    """Why an engine could not sum a metric: the values that are no finite numbers, or its own words."""
    problems = []
    for metric in definition.metrics:
        found = with_expressions(rows, {"n": metric.value, "d": metric.denominator})
        parts = [found[c].cast("float64") for c in ("n", "d")]
        try:
            bad = sum(int((p.isinf() | p.isnan()).sum().execute() or 0) for p in parts)
        except ENGINE_ERRORS as own:
            problems.append(Problem(place(definition, f"metrics.{metric.name}"), f"cannot be computed: {_line(own)}"))
            continue
        if bad:
            rule = "holds values that are no finite numbers: leave them out by 'where', or make them missing"
            problems.append(Problem(place(definition, f"metrics.{metric.name}"), rule, metric.value, rows=bad))
    return Refused(problems or [Problem(place(definition, "metrics"), f"cannot be computed: {_line(error)}")])


def _line(error: Exception) -> str:
    return str(error).strip().splitlines()[0]
