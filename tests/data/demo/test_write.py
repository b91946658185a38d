"""The written company: the same every time, whole, and nowhere in memory at once."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from toolkit.data.demo import write_demo
from toolkit.data.demo import write as writing
from toolkit.data.demo.aurora import AS_OF
from toolkit.data.demo.chance import BLOCK
from toolkit.data.demo.dirt import STRANGER
from toolkit.data.demo.write import BLOCK_TABLES, block_tables

BY_CUSTOMER = [*BLOCK_TABLES, "surveys"]


def _bytes(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}


def test_the_same_arguments_give_the_same_bytes(tmp_path: Path) -> None:
    first = write_demo(tmp_path / "a", customers=700, seed=3)
    second = write_demo(tmp_path / "b", customers=700, seed=3)
    assert _bytes(first.folder) == _bytes(second.folder)


def test_another_seed_gives_other_customers(tmp_path: Path) -> None:
    first = write_demo(tmp_path / "a", customers=300, seed=3)
    second = write_demo(tmp_path / "b", customers=300, seed=4)
    same = [
        name
        for name in BLOCK_TABLES
        if first.tables[name].read_bytes() == second.tables[name].read_bytes()
    ]
    assert same == []


def test_blocks_may_be_made_in_any_order() -> None:
    count = 2 * BLOCK + 100
    forwards = {block: block_tables(11, block, count) for block in (0, 1, 2)}
    backwards = {block: block_tables(11, block, count) for block in (2, 0, 1)}
    for block in (0, 1, 2):
        for name in BY_CUSTOMER:
            assert forwards[block][name].equals(backwards[block][name]), (block, name)


def test_a_customer_is_the_same_in_a_larger_company(tmp_path: Path) -> None:
    small = write_demo(tmp_path / "small", customers=2_500, seed=5)
    large = write_demo(tmp_path / "large", customers=BLOCK + 1_000, seed=5)
    for name in ("customers", "renewals", "complaints", "campaign_assignments"):
        few = pq.read_table(small.tables[name]).to_pandas()
        many = pq.read_table(large.tables[name]).to_pandas()
        many = many[many["customer_id"] <= "C0002500"].reset_index(drop=True)
        assert len(few) > 0
        assert few.equals(many), name


def test_rows_waiting_are_written_in_groups_without_changing_a_row(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = write_demo(tmp_path / "one", customers=3 * BLOCK, seed=2)
    monkeypatch.setattr(writing, "ROW_GROUP", 4_000)
    many = write_demo(tmp_path / "many", customers=3 * BLOCK, seed=2)
    for name in ("customers", "orders", "payments"):
        assert pq.read_metadata(one.tables[name]).num_row_groups == 1
        assert pq.read_metadata(many.tables[name]).num_row_groups == 3
        assert pq.read_table(one.tables[name]).equals(pq.read_table(many.tables[name]))


def test_rows_grow_with_the_customers(tmp_path: Path) -> None:
    small = write_demo(tmp_path / "small", customers=BLOCK, seed=1)
    large = write_demo(tmp_path / "large", customers=4 * BLOCK, seed=1)
    for name in BLOCK_TABLES:
        rows = [pq.read_metadata(paths.tables[name]).num_rows for paths in (small, large)]
        assert rows[1] / rows[0] == pytest.approx(4, rel=0.12), name
    total = sum(pq.read_metadata(path).num_rows for path in large.tables.values())
    assert 15 < total / large.customers < 30


def test_nothing_is_dated_after_the_last_day(demo, planted) -> None:
    limit = AS_OF + np.timedelta64(1, "D")
    later = set()
    for name, path in demo.tables.items():
        rows = pq.read_table(path)
        for field in rows.schema:
            if pa.types.is_date(field.type) or pa.types.is_timestamp(field.type):
                values = rows[field.name].drop_null().to_numpy().astype("datetime64[s]")
                if values.size and values.max() >= limit:
                    later.add(f"{name}.{field.name}")
    assert later == set(planted["may_be_later_than_as_of"])


def test_every_row_has_its_customer_but_the_declared_ones(table, planted) -> None:
    known = set(table("customers")["customer_id"])
    for name in BY_CUSTOMER:
        if name in ("customers", "order_items", "leads"):
            continue
        ids = table(name)["customer_id"].dropna()
        strangers = ids[~ids.isin(known)]
        declared = 3 if name == "orders" else 0
        assert len(strangers) == declared, name
        assert set(strangers) <= {STRANGER}


def test_items_belong_to_orders_and_staff_to_users(table) -> None:
    orders = set(table("orders")["order_id"])
    assert set(table("order_items")["order_id"]) == orders
    users = set(table("crm_users")["user_id"])
    for name, column in (("interactions", "staff_id"), ("leads", "owner"), ("training", "user_id")):
        assert set(table(name)[column].dropna()) <= users, name


def test_nobody_acts_before_signing_up_or_after_leaving(table) -> None:
    who = table("customers", ["customer_id", "signed_up_on", "churned_at"])
    for name, column in (
        ("orders", "ordered_at"),
        ("interactions", "opened_at"),
        ("payments", "issued_on"),
        ("campaign_assignments", "assigned_at"),
    ):
        rows = table(name).merge(who, on="customer_id")
        day = rows[column].astype("datetime64[s]")
        assert (day >= rows["signed_up_on"].astype("datetime64[s]")).all(), name
        # A test goes on for the days of its assignment; the others stop on the day itself.
        grace = np.timedelta64(20 if name == "campaign_assignments" else 0, "D")
        gone = rows["churned_at"].astype("datetime64[s]") + grace
        assert ((day <= gone) | gone.isna()).all(), name


def test_no_customer_is_in_two_arms(table) -> None:
    rows = table("campaign_assignments", ["campaign", "customer_id"])
    assert not rows.duplicated().any()


@pytest.mark.parametrize("name", ["customers", "subscriptions", "renewals", "orders", "payments"])
def test_the_first_column_is_a_key(table, name: str) -> None:
    assert table(name).iloc[:, 0].is_unique


def test_late_rows_are_not_there_yet(table) -> None:
    opened = table("interactions", ["opened_at", "recorded_at"])
    assert opened["recorded_at"].max() < np.datetime64("2026-10-01")
    by_day = opened["opened_at"].dt.floor("D").value_counts().sort_index()
    assert by_day.iloc[-3:].mean() < 0.8 * by_day.iloc[-33:-12].mean()


def test_a_failed_run_leaves_no_half_written_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(writing, "ROW_GROUP", 10)
    begun = []

    def stop(what: str, done: int, of: int) -> None:
        begun.extend(tmp_path.iterdir())
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_demo(tmp_path, customers=300, progress=stop)
    assert begun
    assert list(tmp_path.iterdir()) == []


def test_progress_ends_at_the_whole(tmp_path: Path) -> None:
    told = []
    write_demo(tmp_path, customers=BLOCK + 1, progress=lambda *step: told.append(step))
    assert told == [("customers", BLOCK, BLOCK + 1), ("customers", BLOCK + 1, BLOCK + 1)]


@pytest.mark.parametrize(("customers", "seed"), [(0, 7), (10_000_000, 7), (300, -1)])
def test_sizes_out_of_range_are_refused(tmp_path: Path, customers: int, seed: int) -> None:
    with pytest.raises(ValueError, match="must"):
        write_demo(tmp_path / "x", customers=customers, seed=seed)
    assert not (tmp_path / "x").exists()


def test_truths_are_strict_json(demo) -> None:
    def refuse(name: str) -> None:
        raise AssertionError(f"{name} is no JSON")

    json.loads(demo.truths.read_text(encoding="utf-8"), parse_constant=refuse)
