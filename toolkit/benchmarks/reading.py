"""Answers out of a table, checked: every column there, every code on its scale, every weight a weight.

Answers of a survey are read as rows, only the columns that are used: linearised variances, raking
and shares of drivers need them. Surveys are small beside the tables that aggregates are made for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.benchmarks.definition import SORTED_BY, Benchmark, Survey
from toolkit.company.expressions import check_expression, said
from toolkit.data.dialects import asked_in_sql
from toolkit.problems import Problem, Refused

NOBODY = "not said"
"""Stands where a column of labels is empty."""


@dataclass(frozen=True, eq=False)
class Answered:
    """Answers as arrays, one entry an answer.

    Attributes
    ----------
    company, wave
        Labels; `wave` is empty text where there are no waves.
    labels
        Column -> label of each answer: how it came about, strata, clusters, mix, margins.
    values
        Column -> number; nan where not answered.
    weight
        1 where there is no column of weights.
    waves
        Labels of the waves in order of time.
    last_days
        Wave -> its last day, where the answers are dated.
    """

    company: np.ndarray
    wave: np.ndarray
    labels: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]
    weight: np.ndarray
    waves: tuple[str, ...]
    last_days: Mapping[str, date]

    def __len__(self) -> int:
        return len(self.company)

    def at(self, rows: np.ndarray) -> Answered:
        """Only some answers."""
        return Answered(
            self.company[rows], self.wave[rows], {k: v[rows] for k, v in self.labels.items()},
            {k: v[rows] for k, v in self.values.items()}, self.weight[rows], self.waves, self.last_days,
        )  # fmt: skip


def rows_of(table: ir.Table, part, definition: Benchmark) -> pd.DataFrame:
    """The columns that a part of the definition uses, its `where` kept.

    Raises
    ------
    Refused
        With every column that is missing and every fault of the SQL.
    """
    at = definition.place(_part_name(part, definition))
    columns = dict.fromkeys(c for _, c in part.columns())
    problems = [
        Problem(f"{at}.{place}", "is no column of the table", c, tuple(table.columns))
        for place, c in part.columns()
        if c not in table.columns
    ]
    if part.where is not None:
        checked = check_expression(part.where, table.columns)
        for fault in checked.faults:
            piece, rule = said(checked, fault)
            problems.append(Problem(f"{at}.where", rule, piece, fault.choices))
    if problems:
        raise Refused(problems)
    if part.where is not None:
        table = asked_in_sql(table, "toolkit_compared", f"SELECT * FROM toolkit_compared WHERE ({part.where}\n)")
    frame = table.select(*columns).to_pandas()
    if frame.empty:
        raise Refused(Problem(at, "has no rows", part.where))
    return frame


def read_answers(table: ir.Table, definition: Benchmark) -> Answered:
    """The survey's answers up to the end of the period.

    Raises
    ------
    Refused
        Codes outside a scale, weights that cannot be, rows without a company, no answers about us:
        all problems at once, each by its column.
    """
    survey = definition.survey
    frame = rows_of(table, survey, definition)
    frame = _dated(frame, survey, definition)
    problems = [*_problems(frame, survey, definition)]
    if problems:
        raise Refused(problems)
    company = _text(frame[survey.company])
    if survey.wave:
        wave = _text(frame[survey.wave])
    else:
        wave = np.full(len(frame), "", dtype=object)
    label_columns = [getattr(survey, p) for p in (*SORTED_BY, "strata") if getattr(survey, p)]
    label_columns += [*survey.cluster, *survey.mix, *survey.margins]
    labels = {c: _text(frame[c]) for c in dict.fromkeys(label_columns)}
    numbers = [s.column for s in survey.scores] + [*survey.population]
    numbers += [c for a in survey.attributes for c in (a.column, a.importance) if c]
    values = {c: frame[c].to_numpy(dtype=float, na_value=np.nan) for c in dict.fromkeys(numbers)}
    weight = np.ones(len(frame))
    if survey.weight:
        weight = frame[survey.weight].to_numpy(dtype=float)
    waves, last_days = _waves(frame, wave, survey)
    return Answered(company, wave, labels, values, weight, waves, last_days)


def _dated(frame: pd.DataFrame, survey: Survey, definition: Benchmark) -> pd.DataFrame:
    if not survey.time or definition.ends is None:
        return frame
    days = pd.to_datetime(frame[survey.time]).dt.date
    keep = days.notna() & (days <= definition.ends)
    if survey.within_days and not survey.wave:
        keep &= days > definition.ends - timedelta(days=survey.within_days)
    if not keep.any():
        rule = f"has no answers up to {definition.ends.isoformat()}"
        raise Refused(Problem(definition.place("answers"), rule, rows=len(frame)))
    return frame[keep]


def _problems(frame: pd.DataFrame, survey: Survey, definition: Benchmark) -> Iterator[Problem]:
    at = definition.place("answers")
    nameless = int(frame[survey.company].isna().sum())
    if nameless:
        yield Problem(f"{at}.company", "is missing: every answer is about a company", survey.company, rows=nameless)
    there = sorted({str(v) for v in frame[survey.company].dropna()})
    if definition.us not in there:
        yield Problem(definition.place("us"), "has no answers in the table", definition.us, tuple(there))
    scales: dict[str, tuple[str, object]] = {}
    for s in survey.scores:
        scales.setdefault(s.column, (f"scores.{s.column}", s.scale))
    for a in survey.attributes:
        for c in (a.column, a.importance):
            if c:
                scales.setdefault(c, (f"attributes.{a.name}", a.scale))
    main = survey.main.column
    for column, (place, scale) in scales.items():
        if not pd.api.types.is_numeric_dtype(frame[column]):
            yield Problem(f"{at}.{place}", "must be a column of numbers", column)
            continue
        values = frame[column].to_numpy(dtype=float, na_value=np.nan)
        if wrong := scale.outside(values):
            codes = ", ".join(f"{c:g} ({n:,} times)" for c, n in list(wrong.items())[:6])
            rule = (
                f"holds codes outside its scale {scale.low:g} to {scale.high:g}: {codes}; declare them "
                "'missing' with the table if they are no answers"
            )
            yield Problem(f"{at}.{place}", rule, column, rows=sum(wrong.values()))
        elif column == main and not np.isfinite(values).any():
            yield Problem(f"{at}.{place}", "has no answers at all", column)
        elif column == main and np.nanmin(values) == np.nanmax(values):
            rule = "has one value only: nothing about it can be compared"
            yield Problem(f"{at}.{place}", rule, f"{column} = {np.nanmin(values):g}")
    if survey.weight:
        weight = pd.to_numeric(frame[survey.weight], errors="coerce").to_numpy(dtype=float)
        absent, low = np.isnan(weight), np.nan_to_num(weight, nan=1.0) <= 0
        if absent.any():
            yield Problem(f"{at}.weight", "is missing: every answer needs its weight", survey.weight, rows=int(absent.sum()))
        if low.any():
            yield Problem(f"{at}.weight", "must be above 0", survey.weight, rows=int(low.sum()))
        if np.isinf(weight).any():
            yield Problem(f"{at}.weight", "must be finite", survey.weight, rows=int(np.isinf(weight).sum()))


def _waves(frame: pd.DataFrame, wave: np.ndarray, survey: Survey):
    names = sorted(set(wave.tolist()))
    if not survey.time:
        return tuple(names), {}
    days = pd.to_datetime(frame[survey.time]).dt.date
    last = {name: days[wave == name].max() for name in names}
    return tuple(sorted(names, key=lambda n: (last[n], n))), last


def _text(column: pd.Series) -> np.ndarray:
    """Labels as text: 3.0 and 3 are the same label."""
    values = column.tolist()
    return np.array([_label(v) for v in values], dtype=object)


def _label(value: object) -> str:
    if value is None or value is pd.NaT or (isinstance(value, float) and np.isnan(value)):
        return NOBODY
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _part_name(part, definition: Benchmark) -> str:
    return {id(definition.survey): "answers", id(definition.figures): "published",
            id(definition.habits): "practices"}[id(part)]  # fmt: skip
