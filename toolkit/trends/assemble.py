"""The KPIs of a company's params as one question over its tables."""

from __future__ import annotations

from collections.abc import Callable

import ibis.expr.types as ir

from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.company.targets import Target
from toolkit.kpis import Measure
from toolkit.problems import Problem, Refused
from toolkit.study import Study
from toolkit.trends.definition import DatedChange, Trend, Trends, Wanted

TableOf = Callable[[str], ir.Table]


def from_params(
    company: Company, period: Period, names: tuple[str, ...] = (), chart: str = "auto"
) -> Trends:
    """The question about KPIs of a params file.

    Parameters
    ----------
    names
        The KPIs; all that can be dated where empty, less those that only tests use.

    Raises
    ------
    Refused
        A name is no KPI of the file, or a KPI named has no column of dates.
    """
    problems = [
        Problem("kpi", "is no KPI of this params file", n, tuple(company.kpis))
        for n in names
        if n not in company.kpis
    ]
    problems += [
        Problem(f"kpis.{n}", "has no 'time', nor has its table: without dates there is no trend", n)
        for n in names
        if n in company.kpis and not _time(company, n)
    ]
    if problems:
        raise Refused(problems)
    chosen = names or tuple(
        n for n in company.kpis if _time(company, n) and not _only_tested(company, n)
    )
    return Trends(
        kpis=tuple(_trend(company, n) for n in chosen),
        period=period,
        as_of=company.company.as_of,
        min_cell=company.company.min_cell,
        fiscal_year_starts=company.company.fiscal_year_starts,
        time_zone=company.company.time_zone,
        changes=tuple(
            DatedChange(c.effective, c.label, (c.kpi,)) for c in company.changes.values()
        ),
        chart=chart,
        goals={n: g for n, g in company.goals.items() if g.kpi in chosen},
        targets={
            n: wanted(g.target) for n, g in company.goals.items() if g.target and g.kpi in chosen
        },
        overall=company.overall
        if company.overall and set(company.overall.kpis) <= set(chosen)
        else None,
        currency=company.company.currency,
    )


def assembled(
    company: Company,
    period: Period,
    table_of: TableOf,
    names: tuple[str, ...] = (),
    chart: str = "auto",
) -> Study[Trends]:
    """The question, and the tables it is answered from by their names."""
    definition = from_params(company, period, names, chart)
    needed = [k.source for k in definition.kpis]
    needed += [g.steps_from.table for g in definition.goals.values() if g.steps_from]
    return Study({name: table_of(name) for name in dict.fromkeys(needed)}, definition)


def wanted(target: Target) -> Wanted:
    """A target of the params file as an analysis takes it."""
    return Wanted(
        level=target.level,
        relative_change=target.relative_change,
        baseline=target.baseline,
        baseline_period=target.baseline_period,
        due=target.due,
        steps=tuple((s.level, s.by) for s in target.steps),
        owner=target.owner,
        reason=target.reason,
    )


def _time(company: Company, name: str) -> str | None:
    kpi = company.kpis[name]
    return kpi.time or company.tables[kpi.table].time


def _only_tested(company: Company, name: str) -> bool:
    """Outcomes counted per unit of a test are dated by its assignment, which is no trend."""
    kpi = company.kpis[name]
    tables = {t.table for t in company.tests.values()}
    used = any(m.kpi == name for t in company.tests.values() for m in t.metrics)
    return used and kpi.table in tables and kpi.target is None and kpi.time is None


def _trend(company: Company, name: str) -> Trend:
    kpi = company.kpis[name]
    target = wanted(kpi.target) if kpi.target else None
    return Trend(
        name=name,
        measure=Measure(name, kpi.numerator, kpi.denominator, kpi.where),
        time=_time(company, name),
        label=kpi.label,
        every=kpi.every,
        per=kpi.per,
        quantile=kpi.quantile,
        unit=kpi.unit,
        settles_after=kpi.settles_after,
        segments=tuple(kpi.segments),
        recorded=company.tables[kpi.table].recorded,
        format=kpi.format,
        currency=company.company.currency,
        better=kpi.better,
        target=target,
        chart=kpi.chart,
        source=kpi.table,
        owner=kpi.owner,
        about=kpi.about,
    )
