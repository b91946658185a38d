"""Is everything ready that the plan needs? The checklist, by area, with what is overdue."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.company.plan import Readiness
from toolkit.data.frames import TableLike
from toolkit.language import Quantity, Sentence
from toolkit.scorecard.reading import in_order, rows_of
from toolkit.shown import Grid, Shown


@dataclass(frozen=True)
class Item:
    """One item of the checklist; `ready` is None where the table does not say."""

    area: str
    name: str
    department: str | None
    needed_by: date | None
    ready: bool | None
    overdue_days: int = 0


@dataclass(frozen=True, repr=False)
class Checklist(Shown):
    """All items, what is overdue longest first."""

    items: tuple[Item, ...]

    @property
    def done(self) -> int:
        """How many are ready."""
        return sum(i.ready is True for i in self.items)

    @property
    def overdue(self) -> tuple[Item, ...]:
        """Not ready, and needed before now."""
        return tuple(i for i in self.items if i.overdue_days > 0)

    def grid(self) -> Grid:
        """One row an item."""
        word = {True: "Ready", False: "Not ready", None: "Not said"}
        rows = [
            (i.area, i.name, i.department or "", i.needed_by, Sentence(word[i.ready]),
             Quantity(i.overdue_days, "days") if i.overdue_days else None) for i in self.items
        ]  # fmt: skip
        heads = tuple(Sentence(h) for h in ("Area", "Item", "Department", "Needed by", "State", "Overdue"))
        return Grid(Sentence("Is everything ready?"), heads, tuple(rows))


def estimate(table: TableLike, definition: Readiness, until: date) -> Checklist:
    """The checklist as it stands on `until`."""
    columns = {k: getattr(definition, k) for k in ("area", "item", "department", "needed_by")}
    rows = in_order(rows_of(table, columns, {"ready": definition.ready}), "needed_by", "item")
    items = [_item(row, until) for row in rows]
    return Checklist(tuple(sorted(items, key=lambda i: (-i.overdue_days, i.ready is True))))


def _item(row: dict, until: date) -> Item:
    ready = None if row["ready"] is None else bool(row["ready"])
    late = (until - row["needed_by"]).days if row["needed_by"] and not ready else 0
    return Item(str(row["area"]), str(row["item"]), row["department"], row["needed_by"], ready, max(late, 0))
