"""When is the data of a period there? A table has rows so many days beyond its end."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from pydantic import Field

from toolkit.company.base import Name, Part
from toolkit.company.places import Found

if TYPE_CHECKING:
    from toolkit.company.change_references import Lookups
    from toolkit.company.models import Company

YESTERDAY = "yesterday"
"""What stands for ``as_of`` where the tables grow every day."""


class Ready(Part):
    """A period's data is there once this table has rows of `days` after its last day.

    Attributes
    ----------
    table
        It must have a ``time``.
    days
        0: a row of the period's last day itself. 3: a row of the third day after it. -7: the newest row
        may be a week older than the period's end, for tables that get rows once a week.
    """

    table: Name
    days: int = Field(default=0, ge=-366, le=366)


def yesterday(time_zone: str, now: datetime | None = None) -> date:
    """The last whole day, as days begin in `time_zone`."""
    zone = ZoneInfo(time_zone)
    return (now or datetime.now(zone)).astimezone(zone).date() - timedelta(days=1)


def ready_found(company: Company, look: Lookups) -> Iterator[Found]:
    """Rules about tables that are not there, or whose rows have no day."""
    for i, rule in enumerate(company.company.ready):
        here = ("company", "ready", i, "table")
        if rule.table not in company.tables:
            yield from look.one_of(here, rule.table, company.tables, "no table of this file")
        elif company.tables[rule.table].time is None:
            yield Found(here, "needs a 'time': the column that dates a row", rule.table)
