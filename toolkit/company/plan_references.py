"""Do the names under ``plan`` and ``departments`` lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.base import Part
from toolkit.company.change_references import Lookups
from toolkit.company.models import Company
from toolkit.company.places import Found, Path
from toolkit.company.plan import Department, Plan, PlanPart

_DATES = frozenset({
    "planned_start", "planned_end", "actual_start", "actual_end", "needed_by", "informed", "effective",
    "decided_on", "done_on",
})  # fmt: skip
_COLUMNS = frozenset({"phase", "area", "item", "department", "change", "how", "finding", "decided"})
_PARTS = ("objectives", "customers_goals", "touchpoints", "needs", "retention", "strategy")


def plan_found(company: Company, look: Lookups) -> Iterator[Found]:
    """Everything under ``plan`` and ``departments`` that refers to nothing, or to the wrong thing."""
    if company.plan is not None:
        yield from _plan(company, company.plan, look)
    for name, department in company.departments.items():
        yield from _department(company, ("departments", name), department, look)


def _plan(company: Company, plan: Plan, look: Lookups) -> Iterator[Found]:
    for field in _PARTS:
        for name, part in getattr(plan, field).items():
            yield from _judged(company, ("plan", field, name), part, look)
    if plan.communication:
        for name, contact in plan.communication.contacts.items():
            yield from _judged(company, ("plan", "communication", "contacts", name), contact, look)
    for field in ("schedule", "readiness", "informed", "decisions_from"):
        if getattr(plan, field):
            yield from _kept(("plan", field), getattr(plan, field), look)


def _judged(company: Company, here: Path, part: PlanPart, look: Lookups) -> Iterator[Found]:
    for i, judge in enumerate(part.judged_by):
        of, name = judge.split(".")
        loc = (*here, "judged_by", i)
        if of == "touchpoints":
            given = company.service.touchpoints if company.service else {}
            yield from look.one_of(loc, name, given, "no touchpoint under 'service'")
        elif name not in getattr(company, of):
            yield from look.known(loc, name, of, f"nothing under '{of}'")


def _kept(here: Path, given: Part, look: Lookups) -> Iterator[Found]:
    table, columns = look.home(given.table)
    if table is None:
        yield from look.known((*here, "table"), given.table, "tables", "no table")
    if columns is None:
        return
    wrong = f"no column of '{given.table}'"
    for field in type(given).model_fields:
        value = getattr(given, field)
        if value is None:
            continue
        if field in _DATES:
            yield from look.dated((*here, field), value, columns, wrong)
        elif field in _COLUMNS:
            yield from look.one_of((*here, field), value, columns, wrong)
        elif field == "ready":
            yield from look.sql((*here, field), value, columns)


def _department(company: Company, here: Path, given: Department, look: Lookups) -> Iterator[Found]:
    for i, name in enumerate(given.kpis):
        kpi = company.kpis.get(name)
        if kpi is None:
            yield from look.known((*here, "kpis", i), name, "kpis", "no KPI")
            continue
        table, columns = look.home(kpi.table)
        if table is None or columns is None:
            continue
        if kpi.quantile is not None:
            yield Found((*here, "kpis", i), "is a percentile: name a KPI that is a mean or a share", name)
        if given.column:
            yield from look.one_of((*here, "column"), given.column, columns, f"no column of '{kpi.table}', the table of '{name}'")
        else:
            yield from look.sql((*here, "where"), given.where, columns)
