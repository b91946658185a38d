"""A change of the company's params as a definition and its table."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import ibis.expr.types as ir

from toolkit.company.changes import Change
from toolkit.company.kpis import Kpi
from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.kpis import Measure
from toolkit.plan_changes.definition import OtherChange, PlanChange, Waves
from toolkit.plan_changes.quarter import Portfolio, refusal
from toolkit.problems import Problem, Refused
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]
EXACT_UNITS = 2_000
"""A path over time of each unit is kept up to so many units; 256 buckets serve beyond."""


def from_params(
    company: Company, name: str, until: date | None = None, period: str | None = None
) -> PlanChange:
    """The definition of one plan change of the params file.

    Parameters
    ----------
    name
        As under ``changes:``.
    until
        Judge with the data up to this day; to the end of the data where absent.

    Raises
    ------
    Refused
        There is no such change, or it cannot be measured as declared.
    """
    if name not in company.changes:
        raise Refused(Problem("changes", "is no plan change of the params file", name, tuple(company.changes)))
    change = company.changes[name]
    kpi = company.kpis[change.kpi]
    relative = change.promised is None
    worthwhile = change.worthwhile if change.worthwhile is not None else change.worthwhile_relative
    own, table = kpi.unit, company.tables[kpi.table]
    if own is None and len(table.key) == 1:
        own = table.key[0]
    untouched = company.kpis[change.untouched_kpi] if change.untouched_kpi else None
    as_of = company.company.as_of
    return PlanChange(
        name=name, label=change.label, question=change.question, note=change.note,
        measure=_measure(change.kpi, kpi), kpi_label=kpi.label, better=kpi.better, format=kpi.format,
        currency=company.company.currency, min_cell=company.company.min_cell, time=_time(company, change, kpi),
        effective=change.effective, announced=change.announced, due=change.due,
        promised=change.promised_relative if relative else change.promised, relative_promise=relative,
        worthwhile=worthwhile, relative_worthwhile=change.worthwhile_relative is not None,
        touched=change.touched, control=None if _without(change) else change.control,
        without_control=_without(change), adopted_at=change.adopted_at, unit=change.unit or own,
        cluster=change.cluster, grain=change.period,
        fiscal_year_starts=company.company.fiscal_year_starts, since=change.since,
        as_of=min(as_of, until) if until else as_of, scale=change.scale,
        counts=kpi.format == "count", quantile=kpi.quantile, season=change.season,
        harmonics=change.harmonics, covariates=dict(change.covariates),
        allow_gaps=change.gaps == "allow", segments=dict(change.segments),
        untouched=_measure("untouched", untouched) if untouched else None,
        untouched_label=untouched.label if untouched else "",
        untouched_time=_other_time(company, kpi, untouched), waves=_waves(change),
        redefined=tuple(kpi.redefined), others=_others(company, name, change),
        value_per_unit=change.value_per_unit, cost=change.cost.total, level=change.level,
        owner=change.owner, department=change.department, period=period, source=kpi.table,
        recorded_promise=change.promise, exact_units=min(EXACT_UNITS, company.engine.exact_units),
        buckets=company.engine.buckets,
    )  # fmt: skip


def assembled(
    company: Company, name: str, table_of: TableOf, until: date | None = None, period: str | None = None
) -> Study[PlanChange]:
    """The KPI's table and the definition of the change.

    Raises
    ------
    Refused
        As `from_params`.
    """
    definition = from_params(company, name, until, period)
    untouched = company.changes[name].untouched_kpi
    beside = table_of(company.kpis[untouched].table) if definition.untouched_time else None
    return Study(table_of(definition.source), definition, beside)


def names_until(company: Company, day: date) -> tuple[str, ...]:
    """The changes in effect by a day, in the order in which they came."""
    known = [(c.effective, name) for name, c in company.changes.items() if c.effective <= day]
    return tuple(name for _, name in sorted(known))


def portfolio(company: Company, table_of: TableOf, period: Period) -> Portfolio:
    """Every change in effect by the end of a period, each with its table.

    One whose declaration or table is refused stands among `refused`, with the reason.
    """
    studies, refused = [], []
    for name in names_until(company, period.last_day):
        change = company.changes[name]
        try:
            studies.append(assembled(company, name, table_of, period.last_day, str(period)))
        except Refused as why:
            refused.append(refusal(name, change.label, change.effective, why))
    coming = tuple(
        (c.label, c.effective) for c in company.changes.values()
        if c.effective > period.last_day and c.announced and c.announced <= period.last_day
    )  # fmt: skip
    return Portfolio(tuple(studies), period, tuple(refused), coming, company.company.review_months)


def _without(change: Change) -> bool:
    return bool(change.control) and change.control.strip().lower() == "none"


def _measure(name: str, kpi: Kpi) -> Measure:
    return Measure(name, kpi.numerator, kpi.denominator, kpi.where)


def _time(company: Company, change: Change, kpi: Kpi) -> str:
    column = kpi.time or company.tables[kpi.table].time
    return change.dated or f'"{column}"'


def _other_time(company: Company, kpi: Kpi, untouched: Kpi | None) -> str | None:
    """The day of a row of the untouched KPI, where that lies in another table."""
    if untouched is None or untouched.table == kpi.table:
        return None
    return f'"{untouched.time or company.tables[untouched.table].time}"'


def _waves(change: Change) -> Waves | None:
    asked = change.answers
    if asked is None:
        return None
    return Waves(asked.value, asked.weight, asked.person, tuple(asked.strata))


def _others(company: Company, name: str, change: Change) -> tuple[OtherChange, ...]:
    return tuple(
        OtherChange(other, c.label, c.effective, c.kpi == change.kpi)
        for other, c in company.changes.items() if other != name
    )  # fmt: skip
