"""Which question of the params file needs which columns?

Every part that names a table is walked: what it says of that table's columns, by name or in SQL,
is what it needs. A part that names a KPI needs what the KPI needs.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from toolkit.company.base import Part
from toolkit.company.expressions import columns_used
from toolkit.company.models import Company
from toolkit.language import Sentence
from toolkit.quality.definition import Use

Needed = frozenset[tuple[str, str]]

PARTS = ("kpis", "goals", "tests", "changes", "benchmarks", "customers", "service", "money")
"""Parts of the params file that ask questions, in reading order."""

_WORDS = frozenset({"label", "question", "note", "definition", "owner", "reason", "name", "lead", "source", "department"})
_NAMES = re.compile(r"[a-z_][a-z0-9_]*")
_LABELS = {
    "customers.money": Sentence("What customers bring and cost"),
    "customers.who": Sentence("How many customers there are"),
    "customers.purchases": Sentence("Who comes back, and what a customer is worth without a contract"),
    "customers.contracts": Sentence("What a customer is worth under contract"),
    "customers.staying": Sentence("Who stays"),
    "customers.segments": Sentence("Which segments to serve better, hold or let go"),
    "customers.prices": Sentence("How purchases answer to prices"),
    "service.complaints": Sentence("Which process causes most complaints"),
    "service.answering": Sentence("How soon customers are answered"),
    "service.touchpoints": Sentence("Level seen at each touchpoint"),
    "service.outreach": Sentence("Whether the communication plan is kept"),
    "service.requests": Sentence("What is asked for in vain"),
    "service.surveys": Sentence("What surveys can measure"),
    "service.adoption": Sentence("Who uses the CRM system"),
    "service.leads": Sentence("Which leads are won"),
    "service.checks": Sentence("What surprise checks show"),
    "service.feedback": Sentence("What colleagues say"),
    "service.recognition": Sentence("Who keeps to the plan"),
    "money.budgets": Sentence("What the plan costs"),
    "money.returns": Sentence("What the plan returns"),
    "money.worst_cases": Sentence("What unlikely events would cost"),
    "money.offers": Sentence("Which offers to make"),
    "money.vendors": Sentence("Which vendor to choose"),
}


def uses_of(company: Company) -> tuple[Use, ...]:
    """Every question of the params file with the columns it needs; those that need none are left out."""
    kpis = {name: _needed(company, kpi, {}) | _of_time(company, kpi.table, kpi.time) for name, kpi in company.kpis.items()}
    found = []
    for part in PARTS:
        given = getattr(company, part)
        if isinstance(given, Part):
            entries = {n: getattr(given, n) for n in type(given).model_fields}
        else:
            entries = given or {}
        for name, entry in entries.items():
            needed = kpis[name] if part == "kpis" else _needed(company, entry, kpis)
            if needed:
                label = _LABELS.get(f"{part}.{name}") or getattr(entry, "label", None) or name.replace("_", " ")
                found.append(Use(part, name, label, needed))
    return tuple(found)


def _needed(company: Company, entry: object, kpis: dict[str, Needed], table: str | None = None) -> Needed:
    """What an entry, and everything below it, says of columns."""
    found: set[tuple[str, str]] = set()
    if isinstance(entry, Part):
        own = getattr(entry, "table", None)
        table = own if isinstance(own, str) and own in company.tables else table
        if own == table and table is not None:
            found |= _of_time(company, table, getattr(entry, "time", None))
        for field in type(entry).model_fields:
            value = getattr(entry, field)
            if field in ("kpi", "untouched_kpi") and value in kpis:
                found |= kpis[value]
            elif field != "table" and not (field in _WORDS and value not in _columns(company, table)):
                found |= _needed(company, value, kpis, table)
    elif isinstance(entry, dict):
        for value in entry.values():
            found |= _needed(company, value, kpis, table)
    elif isinstance(entry, list | tuple):
        for value in entry:
            found |= _needed(company, value, kpis, table)
    elif isinstance(entry, str) and table is not None:
        for column in _said(entry, _columns(company, table)):
            found |= set(_homes(company, table, column))
    return frozenset(found)


def _of_time(company: Company, table: str, time: str | None) -> Needed:
    """The column that dates a row, and what its table's own `where` looks at."""
    model = company.tables[table]
    columns = [c for c in (time or model.time,) if c in model.columns]
    if model.where:
        columns += list(_said(model.where, tuple(model.columns)))
    return frozenset((table, c) for c in columns)


def _columns(company: Company, table: str | None) -> tuple[str, ...]:
    return company.tables[table].names() if table else ()


def _said(text: str, columns: tuple[str, ...]) -> frozenset[str]:
    """The columns that a name or an expression means; none where it is other words."""
    if text in columns:
        return frozenset({text})
    if not set(_NAMES.findall(text)) & set(columns):
        return frozenset()
    try:
        used = columns_used(text)
    except ValueError:
        return frozenset()
    return used if used <= set(columns) else frozenset()


def _homes(company: Company, table: str, column: str) -> Iterator[tuple[str, str]]:
    """The column where it stands; a joined one stands in the other table, and hangs on the key."""
    if column in company.tables[table].columns:
        yield table, column
        return
    for other, join in company.tables[table].joins.items():
        if column in join.columns:
            yield other, column
            yield table, join.on
