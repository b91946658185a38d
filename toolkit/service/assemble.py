"""The service of a company's params as questions with their tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta

import ibis.expr.types as ir

from toolkit.company import service as params
from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.data.contract import TableReport
from toolkit.language import Sentence
from toolkit.problems import Problem, Refused
from toolkit.service import adoption, answering, complaints, leads, staff, touchpoints
from toolkit.service.asked import Aside, PartStudy
from toolkit.service.missing import Missing, missing
from toolkit.service.window import Window
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]
ReportOf = Callable[[str], TableReport]


@dataclass(frozen=True, eq=False)
class ServiceStudy(Study[params.Service]):
    """What a notebook hands to ``estimate``.

    Attributes
    ----------
    parts
        Part -> its own study; parts that are not declared are absent.
    missing
        What is not declared.
    window
        The period.
    """

    parts: Mapping[str, PartStudy] = field(default_factory=dict, repr=False)
    missing: tuple[Missing, ...] = ()
    window: Window | None = None


def assembled(company: Company, period: Period, table_of: TableOf, report_of: ReportOf | None = None) -> ServiceStudy:
    """Every part that is declared, as it stands at the end of the period.

    Parameters
    ----------
    table_of
        A table of the company by its name, checked against its contract.
    report_of
        What its contract found; rows set aside there are counted here.

    Raises
    ------
    Refused
        The params file has no ``service``.
    """
    given = company.service
    if given is None:
        raise Refused(Problem("service", "is not declared in the params file: say which tables tell how the service runs"))
    ends = min(period.last_day, company.company.as_of)
    window = Window(period.start, _after(ends), str(period))
    made = {
        "complaints": _complaints(company, given, window), "answering": _answering(given, window),
        "touchpoints": _touchpoints(given, window), "adoption": _adoption(given, window),
        "leads": _leads(given, window), "staff": _staff(given, window),
    }  # fmt: skip
    parts = {}
    for name, found in made.items():
        if found is None:
            continue
        definition, main, others = found
        definition = replace(definition, min_cell=company.company.min_cell)
        named = [*([main] if main else []), *others.values()]
        tables = {key: table_of(table) for key, table in others.items()}
        parts[name] = PartStudy(
            table_of(main) if main else None, definition, others=tables, aside=_aside(named, report_of)
        )  # fmt: skip
    return ServiceStudy(None, given, parts=parts, missing=missing(given), window=window)


def _after(day: date) -> date:
    return day + timedelta(days=1)


def _same(given, kind: type, window: Window, **more) -> dict:
    """Fields of the params that the definition has, too; its window looks back as declared."""
    names = {f.name for f in fields(kind)}
    same = {n: getattr(given, n) for n in type(given).model_fields if n in names}
    if "window" in names:
        same["window"] = window.looking_back(getattr(given, "months", None))
    return {**same, **more}


def _complaints(company: Company, given: params.Service, window: Window):
    c = given.complaints
    if c is None:
        return None
    per = complaints.Per(c.per.time, c.per.where, c.per.name) if c.per else None
    definition = complaints.Complaints(**_same(
        c, complaints.Complaints, window, per=per, level=given.level, currency=company.company.currency, owner=given.owner,
    ))  # fmt: skip
    return definition, c.table, {"per": c.per.table} if c.per else {}


def _answering(given: params.Service, window: Window):
    a = given.answering
    if a is None:
        return None
    promises = staffing = None
    if a.promises is not None:
        promises = answering.Promises(**_same(a.promises, answering.Promises, window))
    if a.staffing is not None:
        staffing = answering.Staffing(**_same(a.staffing, answering.Staffing, window))
    definition = answering.Answering(**_same(
        a, answering.Answering, window, promises=promises, staffing=staffing, level=given.level, owner=given.owner,
    ))  # fmt: skip
    others = {"promises": a.promises.table} if a.promises is not None and a.promises.table else {}
    return definition, a.table, others


def _touchpoints(given: params.Service, window: Window):
    items = tuple(
        touchpoints.Touchpoint(**_same(t, touchpoints.Touchpoint, window, name=name)) for name, t in given.touchpoints.items()
    )
    parts = {}
    for name, kind in (("outreach", touchpoints.Outreach), ("requests", touchpoints.Requests), ("surveys", touchpoints.Surveys)):
        part = getattr(given, name)
        if part is not None:
            parts[name] = kind(**_same(part, kind, window))
    if not items and not parts:
        return None
    definition = touchpoints.Touchpoints(window, items, level=given.level, owner=given.owner, **parts)
    return definition, None, {t: t for t in definition.tables}


def _adoption(given: params.Service, window: Window):
    a = given.adoption
    if a is None:
        return None
    kinds = {"users": adoption.Users, "logins": adoption.Logins, "training": adoption.Training, "logging": adoption.Logging}
    parts = {n: kind(**_same(getattr(a, n), kind, window)) for n, kind in kinds.items() if getattr(a, n) is not None}
    definition = adoption.Adoption(**_same(
        a, adoption.Adoption, window, level=given.level, owner=a.owner or given.owner,
        **{n: parts.get(n) for n in kinds},
    ))  # fmt: skip
    return definition, None, {t: t for t in definition.tables}


def _leads(given: params.Service, window: Window):
    part = given.leads
    if part is None:
        return None
    definition = leads.Leads(**_same(part, leads.Leads, window, level=given.level, lead=part.lead or given.owner))
    return definition, part.table, {}


def _staff(given: params.Service, window: Window):
    kinds = {"checks": staff.Checked, "feedback": staff.Feedback, "recognition": staff.Recognition}
    parts = {n: _same(getattr(given, n), kind, window) for n, kind in kinds.items() if getattr(given, n) is not None}
    if not parts:
        return None
    if "recognition" in parts:
        parts["recognition"] |= {"kept": tuple(given.recognition.kept), "mix": tuple(given.recognition.mix)}
    made = {n: kinds[n](**values) for n, values in parts.items()}
    definition = staff.Staff(window, level=given.level, owner=given.owner, **made)
    return definition, None, {t: t for t in definition.tables}


def _aside(tables: list[str], report_of: ReportOf | None) -> tuple[Aside, ...]:
    """What the tables' contracts set aside before anything was asked."""
    if report_of is None:
        return ()
    found = []
    for name in dict.fromkeys(tables):
        report = report_of(name)
        for a in report.set_aside:
            place = f"{name}.{a.column}" if a.column else name
            found.append(Aside(Sentence("{place} {rule}", {"place": place, "rule": a.rule}), a.rows, report.rows))
    return tuple(found)
