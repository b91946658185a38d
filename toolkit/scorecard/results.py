"""What was found of the plan itself, as tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.findings import Finding
from toolkit.language import Quantity, Sentence
from toolkit.scorecard.definition import Scorecard
from toolkit.scorecard.drivers import Drivers
from toolkit.scorecard.owned import Owners
from toolkit.scorecard.phases import Phases, SlipRow
from toolkit.scorecard.ready import Checklist
from toolkit.scorecard.strategy import FiveTests
from toolkit.scorecard.told import Tellings
from toolkit.shown import Grid, Shown

_MISSING = {
    "schedule": "No schedule is kept: `plan.schedule` names a table of phases with planned and actual days.",
    "readiness": "No checklist is kept: `plan.readiness` names a table of items that must be ready, and by when.",
    "informed": "Nobody keeps who was told of which change: `plan.informed` names a table of changes and departments.",
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Scored(Shown):
    """The plan itself: each part None where the params do not declare it.

    Attributes
    ----------
    judged
        ``goals.keep_customers`` and the like -> what was found of it.
    """

    definition: Scorecard
    schedule: Phases | None
    readiness: Checklist | None
    informed: Tellings | None
    owners: Owners
    strategy: FiveTests
    drivers: Drivers
    judged: Mapping[str, Finding]

    def grid(self) -> Grid:
        """One row a question."""
        rows = []
        if self.schedule is not None:
            rows.append((Sentence("Days behind the schedule"), Quantity(self.schedule.slip, "days"), None))
        if self.readiness is not None:
            rows.append((Sentence("Items that are ready"), Quantity(self.readiness.done, "count"), len(self.readiness.items)))
        if self.informed is not None:
            told = Quantity(self.informed.in_time, "count")
            rows.append((Sentence("Departments told in time, over all changes"), told, len(self.informed.tellings)))
        rows.append((Sentence("Parts with an owner and a reason"), Quantity(self.owners.whole, "count"), len(self.owners.parts)))
        supported = sum(t.state == "for" for t in self.strategy.tests)
        rows.append((Sentence("Tests of the strategy with evidence for them"), Quantity(supported, "count"), len(self.strategy.tests)))
        heads = (Sentence("What"), Sentence("Now"), Sentence("Of"))
        return Grid(Sentence("The plan itself"), heads, tuple(rows))

    @property
    def slips(self) -> tuple:
        """How late each phase was, as charts take it; one unknown row where nothing is known."""
        rows = self.schedule.rows() if self.schedule else ()
        nothing = Quantity(math.nan, "days", reason=missing("schedule"))
        return rows or (SlipRow(Sentence("Schedule"), nothing, "level"),)

    @property
    def slips_title(self) -> Sentence:
        """What that chart shows."""
        return self.schedule.title if self.schedule else missing("schedule")

    def table(self, part: str) -> Grid:
        """The table of ``schedule``, ``readiness`` or ``informed``; why there is none, where there is none."""
        found = getattr(self, part)
        if found is not None:
            return found.grid()
        return Grid(Sentence("The plan itself"), (Sentence("Why there is nothing"),), ((missing(part),),))


def missing(part: str) -> Sentence:
    """What would make a part possible."""
    return Sentence(_MISSING[part])
