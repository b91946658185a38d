"""Does the demo's whole pack over Spark, on this machine, find what it finds over files in DuckDB?

    python benchmarks/spark_pack.py [--customers 3000] [PAGE ...]

Prints findings, differences beyond nine digits, and CPU seconds; fails where there is a difference.
The tests do the same with some of the pages.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, demo, table

sys.path[:0] = [str(ROOT / "tests" / "pack")]


def main() -> None:
    """Run both and compare."""
    from database_params import over_database
    from executed_pages import executed
    from same_findings import differences
    from spark_tables import spark_with

    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("pages", nargs="*")
    ask.add_argument("--customers", type=int, default=3000)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as where:
        place = Path(where)
        params = demo(place, asked.customers)
        start = _own_cpu()
        here, counted = executed(params, place / "files", asked.pages)
        files = _own_cpu() - start
        url = f"pyspark://{place}/warehouse?spark.master=local[2]&spark.driver.memory=2g"
        other = params.with_name("spark.yaml")
        other.write_text(over_database(params.read_text(), f'"{url}"'))
        folder = next(place.rglob("orders.parquet")).parent
        with spark_with(url, folder) as session:
            there, rows = executed(other, place / "spark", asked.pages)
            java = _cpu_of(session.sparkContext._gateway.proc.pid)
        spark = _own_cpu() - start - files
    found = [] if counted == rows else ["what the contracts counted"]
    found += [f"{i}: on one side only" for i in sorted(here.keys() ^ there.keys())]
    found += [line for i in here.keys() & there.keys() for line in differences(here[i], there[i], i)]
    print("\n".join(found[:50]))
    pages = len({f["page"] for f in there.values()})
    table(("over", "pages", "findings", "CPU of Python, s", "CPU of Java, s"), [
        ("files in DuckDB", len({f["page"] for f in here.values()}), len(here), files, 0.0),
        ("Spark", pages, len(there), spark, java),
    ])  # fmt: skip
    print(f"{len(found)} differences")
    sys.exit(bool(found))


def _own_cpu() -> float:
    """Seconds of this process and of those below it that have ended."""
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _cpu_of(process: int) -> float:
    """Seconds of a process that still runs (Linux)."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


if __name__ == "__main__":
    main()
