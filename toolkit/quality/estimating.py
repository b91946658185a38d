"""What is missing, double, late, at odds, kept too long, used without consent, and what follows of it?"""

from __future__ import annotations

from dataclasses import replace

from toolkit.quality.assemble import QualityStudy
from toolkit.quality.reading import contacted, counted
from toolkit.quality.results import Column, Judged, TableState
from toolkit.quality.shortfalls import freshness, of_contacts, of_places, of_table, places, share, with_uses


def estimate(study: QualityStudy) -> Judged:
    """Look at every table of a company.

    Parameters
    ----------
    study
        As `assembled` makes it: definition, tables, and what their contracts found.

    Returns
    -------
    Judged
        Shortfalls with the questions they touch, those that leave one open first; by table
        completeness, freshness, links and retention; places; contacts.
    """
    definition = study.definition
    states, pairs, shortfalls = [], [], []
    for rules in definition.tables:
        report = study.reports[rules.name]
        missing = frozenset(c for c, n in report.missing if n)
        found = counted(study.tables[rules.name], rules, study.tables, definition, missing)
        fresh = freshness(rules, report, found, definition)
        columns = []
        gone = dict(report.missing)
        for name in rules.columns:
            of, n = found.there.get(name, (report.rows, gone.get(name, 0)))
            if n:
                expected = name in rules.there or name not in rules.moments
                columns.append(Column(name, n, of, share(n, of, definition.level), expected, name in rules.inputs))
        states.append(TableState(rules, report.rows, found, fresh, tuple(columns)))
        pairs.append((rules, found))
        shortfalls += of_table(rules, report, found, fresh, definition)
    by_place = places(pairs, definition)
    contacts = ()
    if definition.agreed is not None:
        people = study.tables[definition.agreed.table]
        contacts = tuple(
            contacted(people, study.tables[c.table], definition.agreed, c, definition) for c in definition.agreed.contacts
        )
    shortfalls += [*of_places(by_place, definition), *of_contacts(contacts, definition)]
    shortfalls = [replace(s, uses=with_uses(s, definition)) for s in shortfalls]
    ordered = sorted(shortfalls, key=lambda s: (not (s.open and s.uses), not s.uses, -(s.rows / s.of if s.of else 0.0), s.at))
    return Judged(definition, tuple(states), tuple(ordered), by_place, contacts)
