"""What does the same pack cost again, when nothing has changed?

    python benchmarks/pack_again.py [--only NOTEBOOK]… [--runs 5]

CPU seconds against the first run, and against a process that only starts and imports the command line.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import TOOLKIT, cost_of, demo, table

IMPORTED = "toolkit.cli, toolkit.pack.sending, toolkit.pack.unchanged, typer._adapters"
"""What a run that finds nothing changed imports; the last is what typer reads any argument with."""


def main() -> None:
    """Run the pack once, then again and again, and print the ratios."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--only", action="append", help="a notebook; may be repeated; the whole pack by default")
    ask.add_argument("--customers", type=int, default=6000)
    ask.add_argument("--runs", type=int, default=5)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        params = demo(here, asked.customers)
        run = [*TOOLKIT, "run", params, "--out", here / "reports", *(w for n in asked.only or [] for w in ("--only", n))]
        first = cost_of(run, here).cpu
        again, bare, alike = [], [], []
        for _ in range(asked.runs):
            again.append(cost_of(run, here).cpu)
            bare.append(cost_of([sys.executable, "-c", "import toolkit.cli"], here).cpu)
            alike.append(cost_of([sys.executable, "-c", f"import {IMPORTED}"], here).cpu)
    start, same = (statistics.median(a / b for a, b in zip(again, other, strict=True)) for other in (bare, alike))
    table(("what", "CPU, s", "ratio", "aim"), [
        ("first run", first, "", ""),
        ("again, nothing changed: to the first run", statistics.median(again), f"1/{first / statistics.median(again):.0f}", "1/20"),
        ("again: to a bare start that imports what the run does", statistics.median(alike), same, "at most 1.5"),
        ("again: to a bare start of the command without arguments", statistics.median(bare), start, "at most 1.5"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
