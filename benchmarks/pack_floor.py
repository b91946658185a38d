"""How far above the floor is a pack on two jobs? Wall time against all its cells in one warm script.

    python benchmarks/pack_floor.py [--only NOTEBOOK]…
"""

from __future__ import annotations

import argparse
import json
import tempfile
from pathlib import Path

from measuring import TOOLKIT, cost_of, demo, table
from pack_cells import cells_cost


def main() -> None:
    """Run both and print wall seconds and the ratio."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--only", action="append", help="a notebook; may be repeated; the whole pack by default")
    ask.add_argument("--customers", type=int, default=6000)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        params = demo(here, asked.customers)
        picked = [w for name in asked.only or [] for w in ("--only", name)]
        ours = cost_of([*TOOLKIT, "run", params, "--out", here / "reports", "--jobs", 2, *picked], here)
        pages = json.loads(next((here / "reports").glob("*/*/*/manifest.json")).read_text())["pages"]
        floor = cells_cost(params, pages, "wall")
    table(("what", "cells in one warm script, wall s", "toolkit run --jobs 2, wall s", "ratio", "aim"),
          [(f"{len(pages)} pages", floor, ours.wall, ours.wall / floor, "at most 1.5")])  # fmt: skip


if __name__ == "__main__":
    main()
