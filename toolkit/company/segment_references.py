"""Do the names under ``segments`` lead somewhere?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.change_references import Lookups
from toolkit.company.models import Company
from toolkit.company.places import Found, Path
from toolkit.company.segments import Segments


def segments_found(company: Company, look: Lookups) -> Iterator[Found]:
    """Everything under ``segments`` that refers to nothing, or to the wrong thing."""
    for name, given in company.segments.items():
        here = ("segments", name)
        yield from _kpis(company, here, given, look)
        yield from _customers(company, here, given, look)


def _kpis(company: Company, here: Path, given: Segments, look: Lookups) -> Iterator[Found]:
    told: set[str] = set()
    for i, name in enumerate(given.kpis):
        kpi = company.kpis.get(name)
        if kpi is None:
            yield from look.known((*here, "kpis", i), name, "kpis", "no KPI")
            continue
        table, columns = look.home(kpi.table)
        if table is None or columns is None:
            continue
        if kpi.quantile is not None or kpi.per:
            yield Found((*here, "kpis", i), "is a percentile or a volume: name a KPI that is a mean or a share", name)
        if given.column not in columns:
            yield from look.one_of((*here, "column"), given.column, columns, f"no column of '{kpi.table}', the table of '{name}'")
            continue
        if columns[given.column].identifier:
            yield Found((*here, "column"), "identifies a person", given.column)
        for key, value in given.values.items():
            there = columns[given.column].values
            stands = value.value or key
            if there is not None and stands not in map(str, there) and key not in told:
                told.add(key)
                place = (*here, "values", key, "value") if value.value else (*here, "values", key)
                yield Found(place, f"is no value of '{given.column}'", stands, tuple(map(str, there)))


def _customers(company: Company, here: Path, given: Segments, look: Lookups) -> Iterator[Found]:
    asked = company.customers
    if given.rules is not None:
        rules = asked.segments.rules if asked and asked.segments else {}
        yield from look.one_of((*here, "rules"), given.rules, rules, "no entry of 'customers.segments.rules'")
        for key in given.values if given.rules in rules else ():
            yield from look.one_of((*here, "values", key), key, rules[given.rules], f"no segment of the rules '{given.rules}'")
    if given.staying:
        if asked is None or asked.staying is None:
            yield Found((*here, "staying"), "needs 'customers.staying', which is not declared")
            return
        _, columns = look.home(asked.staying.table)
        if columns is not None:
            of = f"no column of '{asked.staying.table}', the table of 'customers.staying'"
            yield from look.one_of((*here, "column"), given.column, columns, of)
