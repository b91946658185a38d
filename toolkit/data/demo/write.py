"""How is the demo company written? Block by block, so that millions never sit in memory."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from toolkit.data.demo import (
    billing,
    campaigns,
    customers,
    leads,
    money,
    orders,
    plan,
    rivals,
    service,
    staff,
    surveys,
)
from toolkit.data.demo.aurora import DAY
from toolkit.data.demo.changes import CHANGES, PlantedChange
from toolkit.data.demo.chance import BLOCK
from toolkit.data.demo.dirt import soil
from toolkit.data.demo.truths import plan_return, truths

#: A row group is written as soon as so many rows wait.
ROW_GROUP = 120_000
TRUTHS_FILE = "truths.json"
LEADS_A_CUSTOMER = leads.LEADS_PER_BLOCK / BLOCK

BLOCK_TABLES: Mapping[str, Callable[[int, int], pa.Table]] = MappingProxyType(
    {
        "customers": customers.customers_table,
        "subscriptions": customers.subscriptions_table,
        "renewals": customers.renewals_table,
        "orders": orders.orders_table,
        "order_items": orders.order_items_table,
        "payments": billing.payments_table,
        "interactions": service.interactions_table,
        "complaints": service.complaints_table,
        "requests": service.requests_table,
        "outreach": leads.outreach_table,
        "leads": leads.leads_table,
        "campaign_assignments": campaigns.campaign_assignments_table,
    }
)


@dataclass(frozen=True)
class DemoPaths:
    """Where a written demo company lies: its folder, the Parquet file of each table, the truths."""

    folder: Path
    tables: Mapping[str, Path]
    truths: Path
    customers: int
    seed: int


def block_tables(seed: int, block: int, count: int) -> dict[str, pa.Table]:
    """Return the tables of one block of customers, cut to a company of `count` customers.

    A pure function of its arguments: blocks may be made in any order. Only the survey sample
    looks at `count` otherwise, because more customers do not mean more questionnaires.
    """
    made = {name: make(seed, block) for name, make in BLOCK_TABLES.items()}
    made["surveys"] = surveys.own_list_table(seed, block, count)
    if (block + 1) * BLOCK > count:
        last = f"C{count:07d}"
        for name, table in made.items():
            if name == "leads":
                kept = round(count * LEADS_A_CUSTOMER) - block * leads.LEADS_PER_BLOCK
                made[name] = table.slice(0, kept)
            elif name == "order_items":
                made[name] = table.filter(pc.less(table["order_id"], f"O{count + 1:07d}"))
            else:
                made[name] = table.filter(pc.less_equal(table["customer_id"], last))
    if block == 0:
        made = {name: soil(name, table, count) for name, table in made.items()}
    return made


def small_tables(seed: int, count: int) -> dict[str, pa.Table]:
    """Return the tables that do not come by customer, whole."""
    made = {
        "crm_users": staff.crm_users_table(seed),
        "crm_logins": staff.crm_logins_table(seed),
        "crm_performance": staff.crm_performance_table(seed),
        "training": staff.training_table(seed),
        "staff_checks": staff.staff_checks_table(seed),
        "staff_feedback": staff.staff_feedback_table(seed),
        "rival_scores": rivals.rival_scores_table(),
        "practices": rivals.practices_table(),
        "brand_awareness": rivals.brand_awareness_table(seed),
        "prices": rivals.prices_table(seed),
        "newsletters": rivals.newsletters_table(seed, count),
        "plan_changes": plan.plan_changes_table(count),
        "plan_steps": plan.plan_steps_table(),
        "schedule": plan.schedule_table(),
        "readiness": plan.readiness_table(),
        "informed": plan.informed_table(),
        "service_promises": plan.service_promises_table(),
        "budgets": money.budgets_table(seed, count),
        "offers": money.offers_table(count),
        "vendors": money.vendors_table(),
        "worst_cases": money.worst_cases_table(count),
    }
    return {name: soil(name, table, count) for name, table in made.items()}


class _Writer:
    """One Parquet file: rows wait until a row group is full, and the file appears when whole."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(path.name + ".part")
        self._waiting: list[pa.Table] = []
        self._rows = 0
        self._file: pq.ParquetWriter | None = None

    def add(self, table: pa.Table) -> None:
        self._waiting.append(table)
        self._rows += table.num_rows
        if self._rows >= ROW_GROUP:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting).combine_chunks()
        if self._file is None:
            self._file = pq.ParquetWriter(self._part, table.schema, compression="zstd")
        self._file.write_table(table, row_group_size=max(table.num_rows, 1))
        self._waiting, self._rows = [], 0

    def finish(self) -> None:
        self._flush()
        self.close()
        os.replace(self._part, self.path)

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None
        self._waiting = []

    def discard(self) -> None:
        self.close()
        self._part.unlink(missing_ok=True)


def write_demo(
    folder: Path,
    customers: int = 20_000,
    seed: int = 7,
    progress: Callable[[str, int, int], object] | None = None,
) -> DemoPaths:
    """Write Aurora's tables as Parquet into `folder`, with `truths.json` beside them.

    Parameters
    ----------
    folder
        Made where it is not there; files of the same names are replaced, each whole.
    customers
        Size of the company, 1 to 9,999,998; about twenty rows each.
    seed
        The same seed and size give the same bytes.
    progress
        Called with what is being written, how much is done and how much there is in all; about
        fifty times.

    Returns
    -------
    DemoPaths

    Raises
    ------
    ValueError
        When `customers` or `seed` is out of range.
    """
    if not 1 <= customers <= 9_999_998:
        raise ValueError(f"customers is {customers}; it must lie between 1 and 9,999,998")
    if seed < 0:
        raise ValueError(f"seed is {seed}; it must not be negative")
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    blocks = -(-customers // BLOCK)
    touched = {planned.name: 0 for planned in CHANGES}
    writers: dict[str, _Writer] = {}
    with ExitStack() as undo:

        def add(name: str, table: pa.Table) -> None:
            if name not in writers:
                writers[name] = _Writer(folder / f"{name}.parquet")
                undo.callback(writers[name].discard)
            writers[name].add(table)

        for block in range(blocks):
            made = block_tables(seed, block, customers)
            for name, table in made.items():
                add(name, table)
            for planned in CHANGES:
                touched[planned.name] += rows_touched(planned, made[planned.table])
            if progress is not None and (block + 1) % max(1, blocks // 50) == 0:
                progress("customers", min(customers, (block + 1) * BLOCK), customers)
        add("surveys", soil("panel", surveys.panel_table(seed, customers), customers))
        for name, table in small_tables(seed, customers).items():
            add(name, table)
        for writer in writers.values():
            writer.finish()
        undo.pop_all()
    planted = {**truths(customers, seed), "plan_return": plan_return(touched, customers)}
    path = folder / TRUTHS_FILE
    part = path.with_name(path.name + ".part")
    part.write_text(json.dumps(planted, indent=1) + "\n", encoding="utf-8")
    os.replace(part, path)
    tables = {name: writer.path for name, writer in sorted(writers.items())}
    return DemoPaths(folder, MappingProxyType(tables), path, customers, seed)


def rows_touched(planned: PlantedChange, table: pa.Table) -> int:
    """Return how many rows of a change's table it touched: its regions, since it took effect."""
    when = table[planned.time]
    if pa.types.is_timestamp(when.type):
        since = pa.scalar(planned.effective_day * DAY * 1_000_000, pa.int64()).cast(when.type)
    else:
        since = pa.scalar(np.datetime64(planned.effective_day, "D").item(), when.type)
    here = pc.is_in(table["region"], value_set=pa.array(planned.regions))
    return int(pc.sum(pc.and_kleene(pc.greater_equal(when, since), here)).as_py() or 0)


