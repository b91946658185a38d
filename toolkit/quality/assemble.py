"""A company's params as one question to all its tables."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import ibis.expr.types as ir

from toolkit.company import quality as params
from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.data.contract import TableReport
from toolkit.quality.definition import Agreed, Contacted, Link, Quality, TableRules, Use
from toolkit.quality.uses import uses_of
from toolkit.study import Study

TableOf = Callable[[str], ir.Table]
ReportOf = Callable[[str], TableReport]


@dataclass(frozen=True, eq=False)
class QualityStudy(Study[Quality]):
    """What a notebook hands to ``estimate``.

    Attributes
    ----------
    tables
        Name -> table, its contract kept.
    reports
        Name -> what its contract found.
    """

    tables: Mapping[str, ir.Table] = field(default_factory=dict, repr=False)
    reports: Mapping[str, TableReport] = field(default_factory=dict, repr=False)


def assembled(company: Company, period: Period, table_of: TableOf, report_of: ReportOf) -> QualityStudy:
    """Every table of the params file, as it stands; without ``quality`` what tables themselves tell.

    Parameters
    ----------
    table_of
        A table of the company by its name, checked against its contract.
    report_of
        What its contract found.
    """
    definition = definition_of(company, period)
    names = tuple(company.tables)
    return QualityStudy(
        None, definition, tables={n: table_of(n) for n in names}, reports={n: report_of(n) for n in names}
    )  # fmt: skip


def definition_of(company: Company, period: Period) -> Quality:
    """What is asked, from the params."""
    given = company.quality or params.Quality()
    uses = uses_of(company)
    about = company.company
    agreed = None
    if given.consent is not None:
        contacts = tuple(
            Contacted(name, c.label, c.table, c.person, c.where, c.time or company.tables[c.table].time)
            for name, c in given.consent.contacts.items()
        )
        agreed = Agreed(given.consent.table, given.consent.person, given.consent.given, contacts)
    return Quality(
        as_of=about.as_of, starts=period.start, ends=min(period.last_day, about.as_of), period=str(period),
        tables=tuple(_rules(company, given, uses, name) for name in company.tables), uses=uses, agreed=agreed,
        missing_at_most=given.missing_at_most, uneven_at_least=given.uneven_at_least, level=given.level,
        least=about.min_cell, owner=given.owner,
    )  # fmt: skip


def _rules(company: Company, given: params.Quality, uses: tuple[Use, ...], name: str) -> TableRules:
    model = company.tables[name]
    identifiers = frozenset(c for c, m in model.columns.items() if m.identifier)
    links = tuple(_links(company, given, name))
    units = [k.unit for k in company.kpis.values() if k.table == name and k.unit in model.columns]
    units += [link.on for link in links if link.on in identifiers]
    kept = given.retention.get(name)
    return TableRules(
        name, tuple(model.columns), model.time, model.recorded, bool(model.key), identifiers,
        moments=frozenset(c for c, m in model.columns.items() if m.type in ("date", "datetime")),
        there=given.there.get(name, {}),
        inputs=frozenset(c for u in uses for t, c in u.columns if t == name),
        sites=tuple(c for c in given.sites if c in model.columns),
        unit=units[0] if units else None, links=links, stale_days=given.stale_after.get(name),
        keep_days=kept.days if kept else None, keep_time=(kept.time or model.time) if kept else None,
    )  # fmt: skip


def _links(company: Company, given: params.Quality, name: str):
    """Columns that hold another table's key: joined by it, or called as it is called there."""
    model, seen = company.tables[name], set()
    joined = [(j.on, other) for other, j in model.joins.items()]
    called = [(t.key[0], other) for other, t in company.tables.items() if len(t.key) == 1 and t.key[0] in model.columns]
    for on, other in [*joined, *called]:
        theirs = company.tables[other]
        if other == name or (on, other) in seen or [on] == model.key or theirs.columns[theirs.key[0]].type != model.columns[on].type:
            continue
        seen.add((on, other))
        agree = tuple(c for c in given.agree if c in model.columns and c in theirs.columns and c != on)
        yield Link(on, other, theirs.key[0], agree, len(theirs.key) == 1)
