"""How much dearer is a whole pack than looking at its tables once? A company of many customers.

    python benchmarks/large_company.py [--customers 500000 | --params FILE] [--only NOTEBOOK]…

500,000 customers are about 12 million rows; 5,000,000 are the full run. A company that stands already is
named by its params file; its tables must be Parquet files. The pack's wall time and peak
memory (proportional, all processes) against one DuckDB query that sums every declared column of every
table once.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from measuring import TOOLKIT, cost_of, demo, table

SCAN = """
import sys, duckdb
from toolkit.company.load import load_company
from toolkit.opened import folder_of
from pathlib import Path
file = load_company(Path(sys.argv[1]))
con = duckdb.connect()
con.execute("SET threads=" + sys.argv[2])
rows = 0
for t in file.company.tables.values():
    path = folder_of(file) / t.path
    columns = ", ".join(f'COUNT("{c.source or n}"), MAX("{c.source or n}")' for n, c in t.columns.items())
    rows += con.execute(f"SELECT COUNT(*), {columns} FROM '{path}'").fetchone()[0]
print(rows, file=open(sys.argv[3], "w"))
"""


def main() -> None:
    """Make the company, scan it, run its pack, print the ratio."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--customers", type=int, default=500_000)
    ask.add_argument("--params", type=Path, help="of a company that stands already; one is made otherwise")
    ask.add_argument("--only", action="append", help="a notebook; may be repeated; the whole pack by default")
    ask.add_argument("--jobs", type=int, default=2)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        params = asked.params.resolve() if asked.params else demo(here, asked.customers)
        scan = cost_of([sys.executable, "-c", SCAN, params, asked.jobs, here / "rows"], memory=True)
        picked = [w for name in asked.only or [] for w in ("--only", name)]
        pack = cost_of([*TOOLKIT, "run", params, "--out", here / "reports", "--jobs", asked.jobs, *picked], here, memory=True)
        rows = int((here / "rows").read_text())
    table(("what", "wall, s", "CPU, s", "peak memory, MB", "wall to the scan", "aim"), [
        (f"one scan of {rows:,} rows", scan.wall, scan.cpu, scan.peak, "", ""),
        ("the pack", pack.wall, pack.cpu, pack.peak, pack.wall / scan.wall, "at most 8, under 2,000 MB"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
