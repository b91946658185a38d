"""Do the names under ``quality`` lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.change_references import Lookups
from toolkit.company.models import Company
from toolkit.company.places import Found

_NO_DATES = "needs 'time', for its table has none"


def quality_found(company: Company, look: Lookups) -> Iterator[Found]:
    """Everything under ``quality`` that refers to nothing, or to the wrong thing."""
    given = company.quality
    if given is None:
        return
    for name, columns in given.there.items():
        at = ("quality", "there", name)
        _, known = look.home(name)
        if known is None:
            yield from look.known(at, name, "tables", "no table")
            continue
        for column, sql in columns.items():
            yield from look.one_of((*at, column), column, known, f"no column of '{name}'")
            yield from look.sql((*at, column), sql, known)
    everything = {c: None for table in company.tables.values() for c in table.columns}
    for part in ("sites", "agree"):
        for i, column in enumerate(getattr(given, part)):
            yield from look.one_of(("quality", part, i), column, everything, "no column of any table")
            if any(column in t.columns and t.columns[column].identifier for t in company.tables.values()):
                rule = "identifies a person ('identifier: true'): it is no place and no group"
                yield Found(("quality", part, i), rule, column)
    for name in given.stale_after:
        yield from _dated(("quality", "stale_after", name), name, None, look)
    for name, kept in given.retention.items():
        yield from _dated(("quality", "retention", name), name, kept.time, look)
    if given.consent is not None:
        yield from _consent(given.consent, look)


def _dated(at, name: str, time: str | None, look: Lookups) -> Iterator[Found]:
    table, columns = look.home(name)
    if table is None or columns is None:
        yield from look.known(at, name, "tables", "no table")
    elif time is not None:
        yield from look.dated((*at, "time"), time, columns, f"no column of '{name}'")
    elif table.time is None:
        yield Found(at, _NO_DATES, name)


def _consent(consent, look: Lookups) -> Iterator[Found]:
    here = ("quality", "consent")
    _, people = look.home(consent.table)
    if people is None:
        yield from look.known((*here, "table"), consent.table, "tables", "no table")
    else:
        yield from look.one_of((*here, "person"), consent.person, people, f"no column of '{consent.table}'")
        yield from look.sql((*here, "given"), consent.given, people)
    for name, contacts in consent.contacts.items():
        at = (*here, "contacts", name)
        _, columns = look.home(contacts.table)
        if columns is None:
            yield from look.known((*at, "table"), contacts.table, "tables", "no table")
            continue
        wrong = f"no column of '{contacts.table}'"
        yield from look.one_of((*at, "person"), contacts.person, columns, wrong)
        yield from look.dated((*at, "time"), contacts.time, columns, wrong)
        yield from look.sql((*at, "where"), contacts.where, columns)
