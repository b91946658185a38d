"""A comparison of the company's params as a definition and its tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import ibis.expr.types as ir

from toolkit.benchmarks.definition import Attribute, Benchmark, Figures, Habits, Score, Survey
from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.problems import Problem, Refused
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]


@dataclass(frozen=True, eq=False)
class BenchmarkStudy(Study[Benchmark]):
    """What a notebook hands to ``estimate``: `table` holds answers and may be None, as the others."""

    published: ir.Table | None = field(default=None, repr=False)
    practices: ir.Table | None = field(default=None, repr=False)


def from_params(company: Company, name: str, period: Period | None = None) -> Benchmark:
    """The definition of one comparison of the params file.

    Parameters
    ----------
    name
        As under ``benchmarks:``.
    period
        What is compared; everything up to the company's ``as_of`` where absent.

    Raises
    ------
    Refused
        There is no such comparison.
    """
    if name not in company.benchmarks:
        raise Refused(Problem("benchmarks", "is no comparison of the params file", name,
                              tuple(company.benchmarks)))  # fmt: skip
    given = company.benchmarks[name]
    survey = figures = habits = None
    if given.answers is not None:
        a = given.answers
        same = {k: getattr(a, k) for k in (
            "company", "where", "wave", "waves_a_year", "within_days", "source", "kind", "frame", "mode",
            "weight", "strata", "lonely", "margins", "heaviest", "table")}  # fmt: skip
        survey = Survey(
            scores=tuple(Score(s.column, s.low, s.high, s.kind, s.better, s.label) for s in a.scores),
            attributes=tuple(
                Attribute(n, t.column, t.low, t.high, t.importance, t.belongs_to, t.label)
                for n, t in a.attributes.items()
            ),
            cluster=tuple(a.cluster), population=tuple(a.population), mix=tuple(a.mix),
            asked=_asked(a.asked), time=company.tables[a.table].time, **same,
        )  # fmt: skip
    if given.published is not None:
        p = given.published
        same = {k: getattr(p, k) for k in (
            "company", "value", "answers", "low", "high", "where", "spread", "source", "kind", "frame",
            "mode", "date", "better", "table")}  # fmt: skip
        figures = Figures(asked=_asked(p.asked), **same)
    if given.practices is not None:
        h = given.practices
        same = {k: getattr(h, k) for k in (
            "company", "practice", "value", "unit", "where", "grade", "source", "date", "latest",
            "satisfaction", "table")}  # fmt: skip
        habits = Habits(wide=dict(h.columns), grades=tuple(h.grades), **same)
    about = company.company
    ends = about.as_of if period is None else min(period.last_day, about.as_of)
    return Benchmark(
        us=given.us, survey=survey, figures=figures, habits=habits, name=name, label=given.label,
        question=given.question, most=given.most, show_from=max(given.show_from, about.min_cell),
        rank_from=max(given.rank_from, about.min_cell), min_cell=about.min_cell,
        worthwhile=given.worthwhile, equal_variances=given.equal_variances, benchmark=given.target.benchmark, gained=given.target.gained,
        power=given.target.power, level=given.level, ends=ends,
        starts=period.start if period else None, period=str(period) if period else None,
        owner=given.owner,
    )  # fmt: skip


def assembled(company: Company, name: str, table_of: TableOf, period: Period | None = None) -> BenchmarkStudy:
    """The comparison's tables and its definition.

    Parameters
    ----------
    table_of
        A table of the company by its name, checked against its contract.
    """
    definition = from_params(company, name, period)
    parts = (definition.survey, definition.figures, definition.habits)
    answers, published, practices = (None if part is None else table_of(part.table) for part in parts)
    return BenchmarkStudy(answers, definition, published=published, practices=practices)


def _asked(asked) -> dict[str, str]:
    return {k: v for k, v in asked.model_dump().items() if v}
