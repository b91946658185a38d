"""Can what people agreed to be found where a table says it stands?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.company.expressions import columns_used
from toolkit.company.models import Company
from toolkit.company.places import Found


def looked_up_for_consent(company: Company, name: str) -> tuple[str, ...]:
    """The tables that a table's `consent` needs columns of."""
    table = company.tables[name]
    if table.consent is None:
        return ()
    try:
        used = columns_used(table.consent)
    except ValueError:
        return ()  # a fault of its own, told elsewhere
    return tuple(other for other, join in table.joins.items() if used & set(join.columns))


def agreed_elsewhere(company: Company, name: str) -> Iterator[Found]:
    """A table in which consent is looked up keeps its own rows without looking further."""
    for other in looked_up_for_consent(company, name):
        if other in company.tables and looked_up_for_consent(company, other):
            rule = f"looks '{other}' up, whose own consent is looked up elsewhere: say it by columns of '{other}'"
            yield Found(("tables", name, "consent"), rule, company.tables[name].consent)
