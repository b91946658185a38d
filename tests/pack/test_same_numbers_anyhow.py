"""The order of rows, how a file is chunked, the machine's time zone, Python's hash seed: no finding hangs on them."""

from __future__ import annotations

import json
import math
import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

PARAMS = """
company: {id: small, name: Small, as_of: 2026-09-30, time_zone: Europe/Lisbon, min_cell: 1}
engine: {exact_units: EXACT}
tables:
  customers:
    path: customers.parquet
    key: customer
    columns:
      customer: {type: text}
      arm: {type: category, values: [none, mail]}
      since: {type: date}
      before: {type: number}
  orders:
    path: orders*.parquet
    key: order_id
    time: at
    columns:
      order_id: {type: text}
      customer: {type: text}
      at: {type: datetime}
      amount: {type: number}
      hours: {type: number}
      region: {type: category, values: [north, south, east]}
    joins: {customers: {on: customer, columns: [arm]}}
kpis:
  amount: {label: Amount, table: orders, numerator: amount, unit: customer, segments: [region]}
  per_hour: {label: Amount per hour, table: orders, numerator: amount, denominator: hours, unit: customer}
  median_hours: {label: Median hours, table: orders, numerator: hours, quantile: 0.5, better: lower}
tests:
  mail:
    {label: Mail, table: customers, unit: customer, arm: arm, control: none, arms: {none: 1, mail: 1}, assigned_at: since,
     covariates: [before], metrics: [{kpi: amount, role: primary, within_days: 60}]}
"""
ASK = """
import json, sys
from toolkit import experiments, open_company, trends
company = open_company("params.yaml")
found = trends.estimate(company.trends())
told = [f.to_json() for f in trends.conclude(found, trends.check(found))]
effects = experiments.estimate(company.test("mail"))
concluded = experiments.conclude(effects, experiments.check(effects))
told += [f.to_json() for f in concluded]
json.dump(told, sys.stdout)
"""


def tables(seed: int = 5) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Customers, and orders with moments around midnight that a wrong zone would put on another day."""
    rng = np.random.default_rng(seed)
    customers = pd.DataFrame({
        "customer": [f"C{i}" for i in range(300)], "arm": rng.choice(["none", "mail"], 300),
        "since": pd.Timestamp("2026-05-01").date(), "before": rng.gamma(2, 30, 300),
    })  # fmt: skip
    n = 3000
    days = pd.Timestamp("2025-01-01", tz="UTC") + pd.to_timedelta(rng.integers(0, 637, n), "D")
    clock = pd.to_timedelta(rng.choice([0, 15, 30, 700, 1380, 1410, 1439], n), "min")
    orders = pd.DataFrame({
        "order_id": [f"O{i}" for i in range(n)], "customer": [f"C{i}" for i in rng.integers(0, 300, n)], "at": days + clock,
        "amount": rng.lognormal(3, 1.2, n), "hours": rng.gamma(2, 1.7, n), "region": rng.choice(["north", "south", "east"], n),
    })  # fmt: skip
    return customers, orders


def findings(folder, groups: int = 10_000, shuffled: bool = False, exact: int = 1_000_000, files: int = 1, **environment: str) -> list[dict]:
    """What a process of its own finds."""
    (folder / "params.yaml").write_text(PARAMS.replace("EXACT", str(exact)))
    for name, frame in zip(("customers", "orders"), tables(), strict=True):
        if shuffled:
            frame = frame.sample(frac=1, random_state=3)
        table = pa.Table.from_pandas(frame, preserve_index=False)
        for old in folder.glob(f"{name}*.parquet"):
            old.unlink()
        each = -(-len(frame) // (files if name == "orders" else 1))
        for i, start in enumerate(range(0, len(frame), each)):
            pq.write_table(table.slice(start, each), folder / f"{name}{i or ''}.parquet", row_group_size=groups)
    asked = [sys.executable, "-c", ASK]
    done = subprocess.run(asked, cwd=folder, env=os.environ | environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def near(a: object, b: object, tolerance: float) -> bool:
    """Equal, floats to a relative difference; sentences as they stand."""
    if isinstance(a, float) and isinstance(b, float):
        return a == b or math.isclose(a, b, rel_tol=tolerance, abs_tol=tolerance)
    if isinstance(a, dict) and isinstance(b, dict):
        return list(a) == list(b) and all(near(a[k], b[k], tolerance) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(near(x, y, tolerance) for x, y in zip(a, b, strict=True))
    return a == b


@pytest.mark.parametrize("exact", [1_000_000, 0], ids=["by unit", "between buckets"])
def test_findings_do_not_hang_on_how_or_where_they_are_made(tmp_path, exact):
    first = findings(tmp_path, exact=exact)
    assert sum(f["estimate"] is not None for f in first) >= 10
    elsewhere = findings(tmp_path, exact=exact, TZ="Pacific/Auckland", PYTHONHASHSEED="1")
    assert elsewhere == first, "another run, time zone of the machine and hash seed: the same to the last bit"
    west = findings(tmp_path, exact=exact, TZ="America/Los_Angeles", PYTHONHASHSEED="2", groups=97)
    assert near(west, first, 1e-12), "other row groups"
    assert near(findings(tmp_path, exact=exact, files=7), first, 1e-12), "several files"
    # sums of doubles depend on the order of their terms in the last digits, and on nothing else
    assert near(findings(tmp_path, exact=exact, shuffled=True), first, 1e-9), "rows in another order"
