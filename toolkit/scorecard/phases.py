"""Is the plan on schedule? Each phase's planned and actual days, and by how much it slipped."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from toolkit.company.plan import Schedule
from toolkit.data.frames import TableLike
from toolkit.language import Quantity, Sentence
from toolkit.scorecard.reading import in_order, rows_of
from toolkit.shown import Grid, Shown


@dataclass(frozen=True)
class Phase:
    """One phase.

    Attributes
    ----------
    state
        ``done``, ``under_way``, ``not_begun``.
    start_slip, end_slip
        Days later than planned (earlier is below zero); nan where it has not begun or ended. A phase that
        should have ended and has not is late by the days since; `open_end` says so.
    """

    name: str
    planned_start: date | None
    planned_end: date | None
    actual_start: date | None
    actual_end: date | None
    state: str
    start_slip: float
    end_slip: float
    open_end: bool = False

    @property
    def late(self) -> bool:
        """Whether it ended, or still runs, later than planned."""
        return self.end_slip > 0


@dataclass(frozen=True)
class SlipRow:
    """One phase for a chart."""

    label: str | Sentence
    quantity: Quantity
    tone: str


@dataclass(frozen=True, repr=False)
class Phases(Shown):
    """The whole schedule.

    Attributes
    ----------
    phases
        By planned start.
    launch
        The phase that is the launch; None where none is named.
    until
        The last day that counts.
    """

    phases: tuple[Phase, ...]
    launch: Phase | None
    until: date

    @property
    def slip(self) -> float:
        """Days behind now: of the phase under way, or else the last one done; 0 where nothing began."""
        open_ = [p for p in self.phases if p.state == "under_way"]
        done = [p for p in self.phases if p.state == "done"]
        if open_:
            return max(max(p.end_slip if p.open_end else 0.0, p.start_slip if not math.isnan(p.start_slip) else 0.0) for p in open_)
        return done[-1].end_slip if done and not math.isnan(done[-1].end_slip) else 0.0

    @property
    def planned_end(self) -> date | None:
        """The last planned day of all."""
        return max((p.planned_end for p in self.phases if p.planned_end), default=None)

    @property
    def title(self) -> Sentence:
        """What the chart of slippage shows."""
        late = sum(p.late for p in self.phases)
        return Sentence("{late} of {n} phases ended, or still run, later than planned", {"late": late, "n": len(self.phases)})

    def rows(self) -> tuple[SlipRow, ...]:
        """Days later than planned, as charts take them; phases to come are not there."""
        return tuple(
            SlipRow(p.name, Quantity(p.end_slip, "days"), "worse" if p.late else "better")
            for p in self.phases if not math.isnan(p.end_slip)
        )  # fmt: skip

    def grid(self) -> Grid:
        """One row a phase."""
        words = {"done": "Done", "under_way": "Under way", "not_begun": "Not begun"}
        rows = []
        for p in self.phases:
            slip = Quantity(p.end_slip, "days", reason="it has not ended and is not due")
            said = None if math.isnan(p.end_slip) else Sentence("{slip:signed} so far", {"slip": slip}) if p.open_end else slip
            start = None if math.isnan(p.start_slip) else Quantity(p.start_slip, "days")
            rows.append((p.name, p.planned_start, p.actual_start, start, p.planned_end, p.actual_end, said, Sentence(words[p.state])))
        heads = tuple(Sentence(h) for h in (
            "Phase", "Planned start", "Began", "Later by", "Planned end", "Ended", "Ended later by", "State"))  # fmt: skip
        return Grid(Sentence("The plan's schedule"), heads, tuple(rows))


def estimate(table: TableLike, definition: Schedule, until: date) -> Phases:
    """The phases with what they slipped, as known on `until`.

    Parameters
    ----------
    table
        One row a phase; days in the columns that `definition` names. Days after `until` are not known yet.
    """
    keys = ("planned_start", "planned_end", "actual_start", "actual_end")
    rows = rows_of(table, {"name": definition.phase, **{k: getattr(definition, k) for k in keys}})
    phases = tuple(_phase(row, until) for row in in_order(rows, "planned_start", "name"))
    return Phases(phases, next((p for p in phases if p.name == definition.launch), None), until)


def _phase(row: dict, until: date) -> Phase:
    began, ended = (day if day and day <= until else None for day in (row["actual_start"], row["actual_end"]))
    state = "done" if ended else "under_way" if began else "not_begun"
    over = row["planned_end"] is not None and not ended and until > row["planned_end"]
    return Phase(
        str(row["name"]), row["planned_start"], row["planned_end"], began, ended, state,
        _days(row["planned_start"], began), _days(row["planned_end"], until if over else ended), over,
    )  # fmt: skip


def _days(planned: date | None, actual: date | None) -> float:
    return float((actual - planned).days) if planned and actual else math.nan
