"""The rows that are wrong on purpose: as many as declared, found by looking and not by asking."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from toolkit.data.demo import write_demo
from toolkit.data.demo.dirt import DIRT


def _counted(read) -> dict[tuple[str, str], int]:
    contacts = read("interactions")
    orders = read("orders")
    known = read("customers")[["customer_id", "region"]]
    billed = read("subscriptions").merge(known, on="customer_id", suffixes=("", "_known"))
    done = read("training")["completed_on"].dropna()
    surveys = read("surveys")
    delivered = orders["status"] == "delivered"
    return {
        ("payments", "amount"): int((read("payments")["amount"] < 0).sum()),
        ("surveys", "reliability"): int((surveys["reliability"] == -99).sum()),
        ("surveys", "satisfaction"): int((surveys["satisfaction"] == -99).sum()),
        ("interactions", "resolved_at"): int(
            (contacts["resolved_at"] < contacts["opened_at"]).sum()
        ),
        ("interactions", "interaction_id"): int(contacts.duplicated().sum()),
        ("orders", "delivered_at"): int((delivered & orders["delivered_at"].isna()).sum()),
        ("orders", "customer_id"): int((~orders["customer_id"].isin(known["customer_id"])).sum()),
        ("training", "completed_on"): int(
            pd.to_datetime(done, format="%Y-%m-%d", errors="coerce").isna().sum()
        ),
        ("subscriptions", "region"): int((billed["region"] != billed["region_known"]).sum()),
    }


def test_each_kind_is_there_as_often_as_declared(table, planted) -> None:
    declared = {(d["table"], d["column"]): d["count"] for d in planted["dirty"]}
    assert _counted(table) == declared
    assert declared == {(d.table, d.column): d.count for d in DIRT}


@pytest.mark.parametrize("customers", [200, 2_000])
def test_what_the_contract_tolerates_holds_at_small_sizes(tmp_path: Path, customers: int) -> None:
    paths = write_demo(tmp_path, customers=customers)
    counted = _counted(lambda name: pd.read_parquet(paths.tables[name]))
    for name, column, tolerated in (
        ("payments", "amount", 0.005),
        ("interactions", "resolved_at", 0.005),
        ("interactions", "interaction_id", 0.005),
        ("training", "completed_on", 0.01),
    ):
        rows = len(pd.read_parquet(paths.tables[name]))
        assert 0 < counted[name, column] <= tolerated * rows, (name, column)


def test_dirt_counts_do_not_grow_with_the_company(tmp_path: Path) -> None:
    paths = write_demo(tmp_path, customers=40_000, seed=9)
    counted = _counted(lambda name: pd.read_parquet(paths.tables[name]))
    assert counted == {(d.table, d.column): d.count for d in DIRT}
