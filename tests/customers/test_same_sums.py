"""Sums over several tables of amounts are the same to the last bit, however often they are asked for."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd

from toolkit.customers.definition import GOODS, REVENUE, SERVING, Flow, Window
from toolkit.customers.kept import Tables
from toolkit.customers.ledger import money
from toolkit.kpis import queried

KINDS = {"sold": REVENUE, "bought": GOODS, "called": SERVING, "wrote": SERVING}


def test_a_sum_over_several_tables_does_not_hang_on_which_is_read_first():
    """DuckDB reads the parts of a union in any order where a grouped sum follows a join, on one thread too."""
    draw = np.random.default_rng(5)
    engine = ibis.duckdb.connect()
    engine.raw_sql("SET threads=1")
    tables = {}
    for name in KINDS:
        rows = pd.DataFrame({
            "customer": draw.integers(0, 300, 20_000).astype(str), "day": pd.Timestamp("2026-01-05"), "amount": draw.lognormal(2, 1, 20_000),
        })  # fmt: skip
        tables[name] = engine.create_table(name, rows)
    whose = engine.create_table("whose", pd.DataFrame({"whose": [str(i) for i in range(150)]}))
    flows = [Flow(name=n, kind=kind, table=n, customer="customer", time="day", amount="amount") for n, kind in KINDS.items()]
    rows = queried(money(Tables(tables), flows, Window(ends=pd.Timestamp("2026-12-31").date())), "*, revenue - goods - serving AS net")
    joined = queried(rows.join(whose, rows.customer == whose.whose), "customer, SUM(net) AS net", then="GROUP BY customer")
    seen = {joined.order_by("customer").to_pandas().net.to_numpy().tobytes() for _ in range(8)}
    assert len(seen) == 1
