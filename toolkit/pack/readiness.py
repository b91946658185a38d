"""Which period is the latest one whose data is there?"""

from __future__ import annotations

from datetime import date, timedelta

from toolkit.company.load import CompanyFile
from toolkit.company.periods import Period, resolve
from toolkit.opened import source_of

LATEST = "latest"


def due(file: CompanyFile, asked: str) -> Period:
    """The period that is asked for; ``latest`` is the last complete one that every rule of ``ready`` allows.

    A rule reads one number of its table, its newest day. Rows that come later turn ``latest`` on by
    themselves; a period asked for by its name is made whatever the rules say.

    Raises
    ------
    Refused
        Where it is no period, or a table of a rule breaks its contract.
    """
    about = file.company.company
    if str(asked).strip().lower() != LATEST or not about.ready:
        return resolve(asked, about.as_of, about.fiscal_year_starts)
    with source_of(file) as source:
        seen = [_newest(source.table(r.table), file.company.tables[r.table].time) - timedelta(days=r.days) for r in about.ready]
    return resolve(asked, min(about.as_of, *seen), about.fiscal_year_starts)


def _newest(table, time: str) -> date:
    """The newest day; a table without any is as old as can be, so that nothing after it is ready."""
    found = table[time].cast("date").max().execute()
    return date(1901, 1, 1) if found is None or found != found else date.fromisoformat(str(found)[:10])
