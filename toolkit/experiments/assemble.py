"""A test of the company's params as a definition and one table: KPIs of other tables joined to the units.

A KPI on the test's own table is used as it stands. One on another table is summed over that table's
rows of the same unit, from the unit's assignment on, for `within_days` days where the test says so;
units without rows count 0 of 0, and 0 of 1 where the metric is per unit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import ibis
import ibis.expr.types as ir

from toolkit.company.expressions import columns_used
from toolkit.company.kpis import Kpi
from toolkit.company.models import Company
from toolkit.company.tests import Test, TestMetric
from toolkit.experiments.definition import Experiment, Metric, noun
from toolkit.kpis import as_number, with_expressions
from toolkit.problems import Problem, Refused
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]


def from_params(company: Company, name: str) -> Experiment:
    """The definition of one test of the params file.

    Parameters
    ----------
    name
        As under ``tests:``.

    Returns
    -------
    Experiment
        For the table that `assembled` makes: metrics of other tables are columns named
        ``<metric>__sum`` and ``<metric>__count`` there.

    Raises
    ------
    Refused
        There is no such test, or a metric cannot be brought to its units: all problems at once.
    """
    if name not in company.tests:
        raise Refused(Problem("tests", "is no test of the params file", name, tuple(company.tests)))
    test = company.tests[name]
    unit = test.unit or _unit_of_kpis(company, test)
    problems = list(_problems(company, name, test, unit))
    if problems:
        raise Refused(problems)
    names = metric_names(test)
    return Experiment(
        arm=test.arm, control=test.control, arms=dict(test.arms), name=name, label=test.label,
        metrics=tuple(_metric(company, test, m, n, unit) for m, n in zip(test.metrics, names, strict=True)),
        question=test.question, unit=unit, cluster=test.cluster, covariates=tuple(test.covariates),
        strata=test.strata, segments=tuple(test.segments), where=test.where, target=test.target,
        assigned_at=test.assigned_at, starts=test.starts, ends=test.ends, as_of=company.company.as_of,
        level=test.level, min_cell=company.company.min_cell, owner=test.owner, decide_by=test.decide_by, currency=company.company.currency,
        source=", ".join(dict.fromkeys([test.table, *(company.kpis[m.kpi].table for m in test.metrics)])),
        compares=test.compares, arm_labels=test.arm_labels, exact_units=company.engine.exact_units, buckets=company.engine.buckets,
    )  # fmt: skip


def assembled(company: Company, name: str, table_of: TableOf) -> Study[Experiment]:
    """The test's table with every metric at hand, and its definition.

    Parameters
    ----------
    table_of
        A table of the company by its name, checked against its contract; all on one engine.

    Returns
    -------
    Study
        One row for each row of the assignment table. Where tables were joined, only the columns that
        the test uses, kept by the engine for as long as the study lives.
    """
    definition = from_params(company, name)
    test = company.tests[name]
    rows, joined = table_of(test.table), False
    for metric, column in zip(test.metrics, metric_names(test), strict=True):
        kpi = company.kpis[metric.kpi]
        if kpi.table != test.table:
            sums = _sums(table_of(kpi.table), company, kpi, metric, rows, definition, column)
            rows = _with_sums(rows, sums, metric, definition, column)
            joined = True
    # joined once, whatever is asked of it afterwards
    return Study(_needed(rows, definition).cache() if joined else rows, definition)


def _needed(rows: ir.Table, definition: Experiment) -> ir.Table:
    named = {getattr(definition, part) for part in ("arm", "unit", "cluster", "strata", "assigned_at")}
    named |= {*definition.covariates, *definition.segments}
    sql = [definition.where, definition.target]
    sql += [s for m in definition.metrics for s in (m.value, m.denominator, m.where)]
    named |= {c for s in sql if s for c in columns_used(s)}
    return rows.select([c for c in rows.columns if c in named])


def metric_names(test: Test) -> tuple[str, ...]:
    """One name a metric: the KPI's, and what sets it apart where a KPI is used twice."""
    used = [m.kpi for m in test.metrics]
    return tuple(
        m.kpi if used.count(m.kpi) == 1
        else m.kpi + ("_per_unit" if m.per_unit else "") + (f"_{m.within_days}_days" if m.within_days else "")
        for m in test.metrics
    )  # fmt: skip


def _unit_of_kpis(company: Company, test: Test) -> str | None:
    """Where the test names no unit: the one all KPIs of its table say their rows belong to."""
    own = {company.kpis[m.kpi].unit for m in test.metrics if company.kpis[m.kpi].table == test.table}
    return own.pop() if len(own) == 1 else None


def _problems(company: Company, name: str, test: Test, unit: str | None) -> Iterator[Problem]:
    for i, metric in enumerate(test.metrics):
        kpi, at = company.kpis[metric.kpi], f"tests.{name}.metrics[{i}]"
        if kpi.table == test.table:
            continue
        if unit is None:
            yield Problem(f"tests.{name}.unit", f"is needed: the KPI is summed per unit over '{kpi.table}'", metric.kpi)
            continue
        if kpi.quantile is not None:
            rule = f"is a percentile of '{kpi.table}', which has no sum per unit: use a mean or share"
            yield Problem(f"{at}.kpi", rule, metric.kpi)
        there = company.tables[kpi.table].names()
        if _key(kpi, unit) not in there:
            yield Problem(f"{at}.kpi", f"cannot be joined: '{kpi.table}' has no column of the unit", _key(kpi, unit), there)
        if metric.within_days and not _dated(company, kpi):
            yield Problem(f"{at}.within_days", f"needs dates, and '{kpi.table}' has no 'time'", metric.within_days)


def _key(kpi: Kpi, unit: str) -> str:
    return kpi.unit or unit


def _dated(company: Company, kpi: Kpi) -> str | None:
    return kpi.time or company.tables[kpi.table].time


def _metric(company: Company, test: Test, metric: TestMetric, name: str, unit: str | None) -> Metric:
    kpi = company.kpis[metric.kpi]
    own = kpi.table == test.table
    one = noun(unit)
    label, per = kpi.label, None
    if metric.per_unit or (own and kpi.denominator.strip() == "1" and not test.cluster):
        per = one
    if metric.per_unit and one:
        label = f"{kpi.label}, per {one} assigned"
    if own:
        count = "1" if metric.per_unit else kpi.denominator
        sums = {"numerator": kpi.numerator, "denominator": count, "where": kpi.where, "quantile": kpi.quantile}
        if metric.per_unit and kpi.where:
            # rows that do not count for the KPI still belong to a unit that was assigned
            sums |= {"where": None, "numerator": f"CASE WHEN ({kpi.where}) THEN ({kpi.numerator}) ELSE 0 END"}
    else:
        # a unit whose days are not over has no sum, so that it counts neither above nor below
        sums = {"numerator": f"{name}__sum", "denominator": "1" if metric.per_unit else f"{name}__count"}
    return Metric(
        name, role=metric.role, margin=metric.margin, relative_margin=metric.relative_margin,
        worthwhile=metric.worthwhile, better=kpi.better, format=kpi.format, label=label, per=per,
        within_days=metric.within_days if not own else None, **sums,
    )  # fmt: skip


def _sums(
    there: ir.Table, company: Company, kpi: Kpi, metric: TestMetric, rows: ir.Table, definition: Experiment,
    name: str,
) -> ir.Table:
    """One row a unit and assignment: numerator and denominator summed over the rows that count."""
    dated, at = _dated(company, kpi), definition.assigned_at
    sql = {"toolkit__n": kpi.numerator, "toolkit__d": kpi.denominator, "toolkit__u": f'"{_key(kpi, definition.unit)}"'}
    if kpi.where:
        sql["toolkit__w"] = kpi.where
    if dated and at:
        sql["toolkit__t"] = f'"{dated}"'
    found = with_expressions(there, sql)
    num, den = as_number(found.toolkit__n), as_number(found.toolkit__d)
    counts = num.notnull() & den.notnull()
    if kpi.where:
        counts &= found.toolkit__w.cast("boolean").fill_null(False)
    found = found.filter(counts).mutate(toolkit__n=num, toolkit__d=den)
    named = {"toolkit__key": rows[definition.unit]} | ({"toolkit__at": rows[at]} if at else {})
    assigned = rows.select(**named).filter(lambda t: t.toolkit__key.notnull()).distinct()
    on = [assigned.toolkit__key == found.toolkit__u]
    if "toolkit__t" in sql:
        when, begin = _alike(found.toolkit__t, assigned.toolkit__at)
        on.append(when >= begin)
        if metric.within_days:
            on.append(when < begin + ibis.interval(days=metric.within_days))
    joined = assigned.inner_join(found, on)
    keys = list(named)
    return joined.group_by(keys).agg(**{f"{name}__s": joined.toolkit__n.sum(), f"{name}__c": joined.toolkit__d.sum()})


def _alike(when: ir.Value, begin: ir.Value) -> tuple[ir.Value, ir.Value]:
    """Two moments comparable: by the day where one of them knows no more."""
    kind = "date" if when.type().is_date() or begin.type().is_date() else "timestamp"
    return when.cast(kind), begin.cast(kind)


def _with_sums(
    rows: ir.Table, sums: ir.Table, metric: TestMetric, definition: Experiment, name: str
) -> ir.Table:
    """The assignment table with the sums beside it; missing where the days are not over yet."""
    at = definition.assigned_at
    on = [rows[definition.unit] == sums.toolkit__key]
    if at:
        on.append(rows[at] == sums.toolkit__at)
    joined = rows.left_join(sums, on)
    kept = {c: joined[c] for c in rows.columns}
    new = {f"{name}__sum": joined[f"{name}__s"].fill_null(0.0), f"{name}__count": joined[f"{name}__c"].fill_null(0.0)}
    if at and metric.within_days and definition.as_of:
        over = joined[at].cast("timestamp") + ibis.interval(days=metric.within_days)
        end = ibis.timestamp(definition.as_of.isoformat()) + ibis.interval(days=1)
        new = {c: ibis.cases((over <= end, v), else_=ibis.null("float64")) for c, v in new.items()}
    return joined.select(**kept, **new)
