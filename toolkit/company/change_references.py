"""Do the names in a plan change lead somewhere, and does it promise the right way?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from toolkit.company.changes import Change
from toolkit.company.models import Company
from toolkit.company.places import Found, Path


@dataclass(frozen=True)
class Lookups:
    """How names of the file are looked up: a table's columns, an entry, dates, choices, SQL."""

    home: Callable
    known: Callable
    dated: Callable
    one_of: Callable
    sql: Callable


def change_found(company: Company, name: str, change: Change, look: Lookups) -> Iterator[Found]:
    """Everything in a plan change that refers to nothing, or to the wrong thing."""
    here: Path = ("changes", name)
    if change.untouched_kpi is not None:
        if change.untouched_kpi not in company.kpis:
            yield from look.known((*here, "untouched_kpi"), change.untouched_kpi, "kpis", "no KPI")
        elif change.untouched_kpi == change.kpi:
            rule = "is the KPI that the change was made for"
            yield Found((*here, "untouched_kpi"), rule, change.untouched_kpi)
    yield from _same_table(company, here, change)
    kpi = company.kpis.get(change.kpi)
    if kpi is None:
        yield from look.known((*here, "kpi"), change.kpi, "kpis", "no KPI")
        return
    part = "promised" if change.promised is not None else "promised_relative"
    promised = getattr(change, part)
    if promised and (promised > 0) != (kpi.better == "higher"):
        rule = f"promises the wrong way: of '{change.kpi}', {kpi.better} is better"
        yield Found((*here, part), rule, promised)
    if kpi.quantile is not None:
        rule = "is a percentile, which has no sums by period: name a KPI that is a mean or a share"
        yield Found((*here, "kpi"), rule, change.kpi)
    table, columns = look.home(kpi.table)
    if table is None or columns is None:
        return
    if not (change.dated or kpi.time or table.time):
        rule = f"has no 'time', nor has its table '{kpi.table}': give the change 'dated'"
        yield Found((*here, "kpi"), rule, change.kpi)
    wrong = f"no column of '{kpi.table}'"
    yield from look.dated((*here, "adopted_at"), change.adopted_at, columns, wrong)
    for column in ("unit", "cluster"):
        if getattr(change, column):
            yield from look.one_of((*here, column), getattr(change, column), columns, wrong)
    written = {("touched",): change.touched, ("dated",): change.dated}
    if change.control and change.control.strip().lower() != "none":
        written[("control",)] = change.control
    written |= {("segments", key): sql for key, sql in change.segments.items()}
    written |= {("covariates", key): sql for key, sql in change.covariates.items()}
    if change.answers is not None:
        written[("answers", "value")] = change.answers.value
        for column in ("weight", "person"):
            if getattr(change.answers, column):
                loc = (*here, "answers", column)
                yield from look.one_of(loc, getattr(change.answers, column), columns, wrong)
        for i, column in enumerate(change.answers.strata):
            yield from look.one_of((*here, "answers", "strata", i), column, columns, wrong)
    for place, sql in written.items():
        yield from look.sql((*here, *place), sql, columns)
    for key, sql in change.segments.items():
        if sql in columns and columns[sql].identifier:
            rule = "identifies a person ('identifier: true') and may only be a key or a unit"
            yield Found((*here, "segments", key), rule, sql)


def _same_table(company: Company, here: Path, change: Change) -> Iterator[Found]:
    """The untouched KPI of a comparison is read in the same scan as the change's own."""
    own, other = company.kpis.get(change.kpi), company.kpis.get(change.untouched_kpi or "")
    if own is None or other is None or own.table == other.table:
        return
    alone = change.control is not None and change.control.strip().lower() == "none"
    table = company.tables.get(other.table)
    if other.time is None and (table is None or table.time is None):
        rule = f"is on '{other.table}', which has no column of its time"
        yield Found((*here, "untouched_kpi"), rule, change.untouched_kpi)
    elif (change.touched is not None or change.adopted_at is not None) and not alone:
        rule = (f"must be measured on '{own.table}', the table of '{change.kpi}', because touched rows are "
                f"compared with others; it is on '{other.table}'")
        same = tuple(n for n, k in company.kpis.items() if k.table == own.table and n != change.kpi)
        yield Found((*here, "untouched_kpi"), rule, change.untouched_kpi, same)
