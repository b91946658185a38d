"""Which rows are wrong on purpose? A known number of each kind, so that contracts can be tested.

The dirt is put into the first block's rows (or a small table as a whole). From 2,000 customers on
it is the same at every size of the company; a smaller one has a single row of each kind, so that
what a contract tolerates holds there too. A plan change's KPI is moved by no more than rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

MISSING_CODE = -99


@dataclass(frozen=True)
class Dirt:
    """One declared kind of wrong row: `count` rows of `table`, seen in `column`."""

    table: str
    column: str
    kind: str
    count: int
    rule: str


DIRT = (
    Dirt("payments", "amount", "negative amount", 3, "amount >= 0"),
    Dirt("surveys", "reliability", f"missing code {MISSING_CODE}", 40, "1 to 5, -99 is missing"),
    Dirt("surveys", "satisfaction", f"missing code {MISSING_CODE}", 12, "1 to 10, -99 is missing"),
    Dirt("interactions", "resolved_at", "before opening", 5, "resolved_at >= opened_at"),
    Dirt("interactions", "interaction_id", "row twice", 4, "interaction_id occurs once"),
    Dirt("orders", "delivered_at", "missing though delivered", 3, "there where delivered"),
    Dirt("orders", "customer_id", "no such customer", 3, "in customers"),
    Dirt("training", "completed_on", "no date", 2, "a date"),
    Dirt("subscriptions", "region", "not the customer's region", 25, "as in customers"),
)
NO_DATES = ("31/02/2026", "soon")
STRANGER = "C9999999"
FULL_FROM = 2_000

_Counts = dict[tuple[str, str], int]


def declared_dirt(customers: int) -> tuple[Dirt, ...]:
    """Return the wrong rows that a company of that size has."""
    if customers >= FULL_FROM:
        return DIRT
    return tuple(replace(dirt, count=1) for dirt in DIRT)


def _replace(table: pa.Table, column: str, rows: np.ndarray, values: pa.Array) -> pa.Table:
    """Return the table with the values of `column` at `rows` (ascending) replaced."""
    mask = np.zeros(table.num_rows, bool)
    mask[rows] = True
    old = table[column].combine_chunks()
    new = pc.replace_with_mask(old, pa.array(mask), values.cast(old.type))
    return table.set_column(table.schema.get_field_index(column), column, new)


def _spread(candidates: np.ndarray, count: int) -> np.ndarray:
    """Return `count` of the candidates, evenly spread; all of them where there are fewer."""
    if candidates.size <= count:
        return candidates
    return candidates[np.linspace(0, candidates.size - 1, count).astype(int)]


def _payments(table: pa.Table, counts: _Counts) -> pa.Table:
    rows = _spread(np.arange(table.num_rows), counts["payments", "amount"])
    return _replace(table, "amount", rows, pc.negate(table["amount"].take(rows)).combine_chunks())


def _panel(table: pa.Table, counts: _Counts) -> pa.Table:
    for column in ("reliability", "satisfaction"):
        count = counts["surveys", column]
        rows = _spread(np.arange(3 if column == "reliability" else 5, table.num_rows), count)
        table = _replace(table, column, rows, pa.array(np.full(rows.size, MISSING_CODE)))
    return table


def _interactions(table: pa.Table, counts: _Counts) -> pa.Table:
    resolved = np.flatnonzero(table["resolved_at"].is_valid().to_numpy())
    rows = _spread(resolved, counts["interactions", "resolved_at"])
    day = pa.scalar(np.timedelta64(86_400_000_000, "us"), pa.duration("us"))
    early = pc.subtract(table["opened_at"].take(rows), day).combine_chunks()
    table = _replace(table, "resolved_at", rows, early)
    others = np.setdiff1d(np.arange(table.num_rows), rows)
    again = _spread(others, counts["interactions", "interaction_id"])
    return pa.concat_tables([table, table.take(again)])


def _orders(table: pa.Table, counts: _Counts) -> pa.Table:
    delivered = np.flatnonzero(pc.equal(table["status"], "delivered").to_numpy())
    rows = _spread(delivered, counts["orders", "delivered_at"])
    table = _replace(table, "delivered_at", rows, pa.nulls(rows.size, pa.timestamp("us")))
    rows = _spread(np.arange(11, table.num_rows), counts["orders", "customer_id"])
    return _replace(table, "customer_id", rows, pa.array([STRANGER] * rows.size))


def _training(table: pa.Table, counts: _Counts) -> pa.Table:
    done = np.flatnonzero(table["completed_on"].is_valid().to_numpy())
    rows = _spread(done, counts["training", "completed_on"])
    return _replace(table, "completed_on", rows, pa.array(NO_DATES[: rows.size]))


def _subscriptions(table: pa.Table, counts: _Counts) -> pa.Table:
    rows = _spread(np.arange(table.num_rows), counts["subscriptions", "region"])
    region = np.array(table["region"].take(rows).to_pylist(), dtype=object)
    return _replace(
        table, "region", rows, pa.array(np.where(region == "North", "Centre", "North"), pa.string())
    )


_SOILERS: dict[str, Callable[[pa.Table, _Counts], pa.Table]] = {
    "payments": _payments,
    "interactions": _interactions,
    "orders": _orders,
    "subscriptions": _subscriptions,
    "training": _training,
    "panel": _panel,
}


def soil(name: str, table: pa.Table, customers: int) -> pa.Table:
    """Return the table with its declared wrong rows; `panel` stands for the surveys' panel part."""
    soiler = _SOILERS.get(name)
    if soiler is None or table.num_rows == 0:
        return table
    return soiler(table, {(d.table, d.column): d.count for d in declared_dirt(customers)})
