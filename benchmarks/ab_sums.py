"""A/B sums on many rows: the toolkit, hand-written SQL and tea-tasting, side by side in one run.

    python benchmarks/ab_sums.py [--rows 10000000] [--runs 3] [--tea-python PATH]

Three metrics (a share, a skewed mean, a ratio) and one covariate in two arms, read from one
Parquet file. Each way runs in processes of its own, in turn (A B C A B C ...); a process reports
the wall and CPU time of its work without imports and its peak memory above what it held after them.
Printed are medians and ratios to the SQL. tea-tasting is not among the project's dependencies:
install it (with ibis-framework[duckdb]) in an environment and name its interpreter.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

MEASURE = """
import json, sys, threading, time

def memory():
    for line in open("/proc/self/status"):
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024

class Peak(threading.Thread):
    def __init__(self):
        super().__init__(daemon=True)
        self.top, self.on = 0.0, True
    def run(self):
        while self.on:
            self.top = max(self.top, memory())
            time.sleep(0.005)

def measured(work):
    before = memory(); peak = Peak(); peak.start(); began = time.perf_counter(); used = time.process_time()
    found = work()
    wall, cpu = time.perf_counter() - began, time.process_time() - used
    peak.on = False; peak.join()
    print(json.dumps({"wall": wall, "cpu": cpu, "peak": peak.top - before, "whole": peak.top, "found": found}))
"""

SQL = MEASURE + """
import duckdb
con = duckdb.connect()
con.execute("SET threads=2")
def work():
    rows = con.execute('''
        SELECT arm, count(*), avg(bought::INT), var_samp(bought::INT), avg(spend), var_samp(spend),
               avg(orders), var_samp(orders), covar_samp(spend, orders), avg(before), var_samp(before),
               covar_samp(bought::INT, before), covar_samp(spend, before), covar_samp(orders, before)
        FROM read_parquet(?) GROUP BY arm ORDER BY arm''', [sys.argv[1]]).fetchall()
    return rows[1][4] - rows[0][4]
measured(work)
"""

TOOLKIT = MEASURE + """
import ibis
from toolkit.experiments import Experiment, Metric, estimate
con = ibis.duckdb.connect()
con.raw_sql("SET threads=2")
test = Experiment(arm="arm", control="a", arms={"a": 1, "b": 1}, covariates=("before",), metrics=(
    Metric("bought", "bought", role="primary"), Metric("spend", "spend"), Metric("per_order", "spend", "orders")))
def work():
    effects = estimate(con.read_parquet(sys.argv[1]), test)
    return effects.of("spend").unadjusted.estimate
measured(work)
"""

SCAN = MEASURE + """
import ibis
from toolkit.kpis import Measure
from toolkit.scan import aggregate
con = ibis.duckdb.connect()
con.raw_sql("SET threads=2")
measures = [Measure("bought", "bought"), Measure("spend", "spend"), Measure("per_order", "spend", "orders")]
def work():
    cells = aggregate(con.read_parquet(sys.argv[1]), measures, ["arm"], covariates=["before"]).cells
    return cells[("b",)].mean_of("spend__num") - cells[("a",)].mean_of("spend__num")
measured(work)
"""

TEA = MEASURE + """
import ibis, tea_tasting as tt
con = ibis.duckdb.connect()
con.raw_sql("SET threads=2")
test = tt.Experiment(variant="arm", bought=tt.Mean("bought", "before"), spend=tt.Mean("spend", "before"),
                     per_order=tt.RatioOfMeans("spend", "orders", "before"))
def work():
    data = con.read_parquet(sys.argv[1])
    data = data.mutate(arm=(data.arm == "b").cast("int8"), bought=data.bought.cast("int8"))
    found = test.analyze(data)
    return float(found["spend"].treatment - found["spend"].control)
measured(work)
"""


def write_rows(path: Path, rows: int) -> None:
    """Rows of a made-up test: arm, a 0/1 outcome, skewed spend, orders, spend before."""
    import duckdb

    con = duckdb.connect()
    con.execute("SET threads=1")
    con.execute("SELECT setseed(0.7)")
    con.execute(f"""
        COPY (
          SELECT CASE WHEN random() < 0.5 THEN 'a' ELSE 'b' END AS arm, buys AS bought,
                 CASE WHEN buys THEN exp(2 + taste + random()) ELSE 0 END AS spend,
                 CASE WHEN buys THEN 1 + floor(3 * random()) ELSE 0 END AS orders,
                 exp(taste) + random() AS before
          FROM (SELECT random() < 0.1 AS buys, 2 * random() AS taste FROM range({rows}))
        ) TO '{path}' (FORMAT parquet)""")


def once(python: str, program: str, path: Path) -> dict:
    """One process; its own report."""
    done = subprocess.run([python, "-c", program, str(path)], capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{python}: {done.stderr.strip().splitlines()[-1]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def main() -> None:
    """Run all ways in turn and print the table."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--rows", type=int, default=10_000_000)
    ask.add_argument("--runs", type=int, default=3)
    ask.add_argument("--tea-python", help="an interpreter that has tea-tasting")
    asked = ask.parse_args()
    ways = {
        "hand-written SQL": (sys.executable, SQL),
        "toolkit, the scan": (sys.executable, SCAN),
        "toolkit, whole estimate": (sys.executable, TOOLKIT),
    }
    if asked.tea_python:
        ways["tea-tasting"] = (asked.tea_python, TEA)
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "rows.parquet"
        write_rows(path, asked.rows)
        seen: dict[str, list[dict]] = {name: [] for name in ways}
        for i in range(asked.runs + 1):
            for name, (python, program) in ways.items():
                report = once(python, program, path)
                if i:  # the first round only warms the file cache
                    seen[name].append(report)
    # tea-tasting answers with the covariate taken out; the others with the plain difference
    plain = [r["found"] for name, reports in seen.items() if name != "tea-tasting" for r in reports]
    if not all(math.isclose(f, plain[0], rel_tol=1e-6) for f in plain):
        raise SystemExit(f"the ways disagree on the difference of means: {sorted(set(plain))}")
    print(f"{asked.rows:,} rows, {asked.runs} runs each, medians; {platform.machine()}, Python {platform.python_version()}\n")
    print("| way | wall, s | to SQL | (min to max) | CPU, s | to SQL | peak memory over imports, MB | to SQL |\n|---|---|---|---|---|---|---|---|")
    base = seen["hand-written SQL"]
    for name, reports in seen.items():
        ratios = [r["wall"] / b["wall"] for r, b in zip(reports, base, strict=True)]
        cpus = [r["cpu"] / b["cpu"] for r, b in zip(reports, base, strict=True)]
        peaks = [r["peak"] / b["peak"] for r, b in zip(reports, base, strict=True)]
        print(f"| {name} | {statistics.median(r['wall'] for r in reports):.2f} | {statistics.median(ratios):.2f} "
              f"| {min(ratios):.2f} to {max(ratios):.2f} | {statistics.median(r['cpu'] for r in reports):.2f} | {statistics.median(cpus):.2f} "
              f"| {statistics.median(r['peak'] for r in reports):.0f} "
              f"| {statistics.median(peaks):.2f} |")


if __name__ == "__main__":
    main()
