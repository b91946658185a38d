"""Who was told of which change, and in time? Every change and department that should know."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.company.plan import Informed
from toolkit.data.frames import TableLike
from toolkit.language import Quantity, Sentence
from toolkit.scorecard.reading import in_order, rows_of
from toolkit.shown import Grid, Shown


@dataclass(frozen=True)
class Telling:
    """One department and one change.

    Attributes
    ----------
    notice
        Days between being told and the change taking effect; below zero: told afterwards. None: never told.
    in_time
        Whether that is as much notice as wanted.
    """

    change: str
    department: str
    told: date | None
    effective: date | None
    how: str | None
    notice: int | None
    in_time: bool


@dataclass(frozen=True, repr=False)
class Tellings(Shown):
    """Every change in effect, and every department that should know."""

    tellings: tuple[Telling, ...]
    wanted: int

    @property
    def in_time(self) -> int:
        """How many were told in time."""
        return sum(t.in_time for t in self.tellings)

    @property
    def late(self) -> tuple[Telling, ...]:
        """Told too late, or never."""
        return tuple(t for t in self.tellings if not t.in_time)

    def by_department(self) -> dict[str, tuple[int, int]]:
        """Department -> how many changes it was told of in time, of how many."""
        out: dict[str, tuple[int, int]] = {}
        for t in self.tellings:
            kept, n = out.get(t.department, (0, 0))
            out[t.department] = (kept + t.in_time, n + 1)
        return out

    def grid(self) -> Grid:
        """One row a change and department, too late first."""
        rows = []
        for t in sorted(self.tellings, key=lambda t: t.in_time):
            said = Sentence("In time") if t.in_time else Sentence("Too late") if t.told else Sentence("Never told")
            notice = Quantity(t.notice, "days") if t.notice is not None else None
            rows.append((t.change, t.department, t.told, t.effective, notice, t.how or "", said))
        heads = tuple(Sentence(h) for h in ("Change", "Department", "Told", "In effect", "Notice", "How", "In time?"))
        return Grid(Sentence("Who was told of which change, and when"), heads, tuple(rows))


def estimate(
    table: TableLike, definition: Informed, until: date, changes: Mapping[str, str] | None = None,
    departments: Sequence[str] = (),
) -> Tellings:
    """Whether every department knew of every change in time.

    Parameters
    ----------
    changes
        A change's name -> what people call it.
    departments
        Who should be told of every change; those that were told of any where empty. A department without a
        line for a change in effect was never told of it.
    """
    keys = ("change", "department", "informed", "effective", "how")
    rows = in_order(rows_of(table, {k: getattr(definition, k) for k in keys}), "effective", "change", "department")
    rows = [r for r in rows if r["effective"] is not None and r["effective"] <= until]
    named = changes or {}
    wanted = list(departments) or list(dict.fromkeys(str(r["department"]) for r in rows))
    by_change: dict[str, dict] = {}
    for r in rows:
        by_change.setdefault(str(r["change"]), {})[str(r["department"])] = r
    found = []
    for change, told in by_change.items():
        effective = next(iter(told.values()))["effective"]
        for department in dict.fromkeys([*wanted, *told]):
            found.append(_telling(named.get(change, change), department, told.get(department), effective, definition.notice_days))
    return Tellings(tuple(found), definition.notice_days)


def _telling(change: str, department: str, row: dict | None, effective: date, wanted: int) -> Telling:
    told = row["informed"] if row else None
    notice = (effective - told).days if told else None
    in_time = notice is not None and notice >= wanted
    return Telling(change, department, told, effective, row["how"] if row else None, notice, in_time)
