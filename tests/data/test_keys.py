"""Repeated keys are the same ones however the rows stand."""

from __future__ import annotations

import random
from collections import Counter

import pyarrow as pa
import pytest

from toolkit.data.asking import DuckRows
from toolkit.data.connection import quiet_duckdb
from toolkit.data.keys import Keyed, repeats

CHANCE = random.Random(7)
RISING = [f"K{i:05}" for i in range(3_000)]
ORDERS = {
    "rising": RISING,
    "falling": RISING[::-1],
    "a few at the end": [*RISING, *RISING[10:14], "K99999"],
    "a few at the start": [RISING[2_500], RISING[17], *RISING],
    "one beside its like": [*RISING[:50], RISING[49], *RISING[50:]],
    "two files after each other": [*RISING[::2], *RISING[1::2]],
    "blocks in no order": [*RISING[2_000:], *RISING[:1_000], *RISING[1_000:2_000]],
    "blocks with one unordered": [*RISING[2_000:], *CHANCE.sample(RISING[:60], 60), *RISING[60:2_000], RISING[3]],
    "twice": [*RISING, *RISING],
    "no order": CHANCE.choices(RISING, k=3_000),
    "one": ["a"],
}


def keyed(columns: dict[str, list], placed: bool = True) -> Keyed:
    engine = quiet_duckdb()
    n = len(next(iter(columns.values())))
    engine.con.register("t", pa.table({**columns, "at": list(range(5, n + 5))}))
    return Keyed(DuckRows("t", engine), '(SELECT * FROM "t") AS fit', tuple(columns), '"at"' if placed else None, n)


@pytest.mark.parametrize("placed", [True, False])
@pytest.mark.parametrize("keys", ORDERS.values(), ids=ORDERS)
def test_repeats_are_those_that_counting_finds(keys, placed):
    rows = keyed({"k": keys}, placed)
    found, suspects = repeats(rows, few=0)
    times = Counter(keys)
    assert found == sum(n - 1 for n in times.values())
    if found:
        there = Counter(r["k"] for r in rows.rows.ask(f"SELECT k FROM {suspects}"))
        assert {k: there[k] for k, n in times.items() if n > 1} == {k: n for k, n in times.items() if n > 1}


def test_keys_of_several_columns_and_types():
    firsts = [c for c in "ba" for _ in range(400)]
    seconds = [*range(400), *range(400)]
    assert repeats(keyed({"one": firsts, "two": seconds}), few=0)[0] == 0
    assert repeats(keyed({"one": [*firsts, "a"], "two": [*seconds, 7]}), few=0)[0] == 1
    assert repeats(keyed({"n": [3, 2, 1, 2]}), few=0)[0] == 1


def test_rows_that_follow_an_order_are_not_grouped():
    """What rises costs no memory: the suspects are few, or none are asked for."""
    rows = keyed({"k": ORDERS["a few at the end"]})
    _, suspects = repeats(rows, few=0)
    assert rows.rows.ask(f"SELECT COUNT(*) AS n FROM {suspects}") == [{"n": 9}]
