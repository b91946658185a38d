"""What does a pack cost that nothing is remembered of, against papermill and nbconvert by hand?

    python benchmarks/pack_cold.py [--only NOTEBOOK]…

For each page the command lines ``papermill`` and ``jupyter nbconvert`` in sequence, then the same pages
by one ``toolkit run``; CPU seconds with all processes below. Beyond own cells: what the notebooks' cells
take by themselves, in one process that has everything imported, is taken off both sides. A few pages
are the default; the more there are, the less the run's own start weighs.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from pathlib import Path

from measuring import ROOT, TOOLKIT, cost_of, demo, table
from pack_cells import cells_cost


def main() -> None:
    """Run both ways and print CPU seconds and ratios."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--only", action="append", help="a notebook; may be repeated")
    ask.add_argument("--customers", type=int, default=6000)
    asked = ask.parse_args()
    only = asked.only or ["offers", "plan_changes", "competitor_benchmark"]
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        params = demo(here, asked.customers)
        picked = [w for name in only for w in ("--only", name)]
        ours = cost_of([*TOOLKIT, "run", params, "--out", here / "reports", *picked], here)
        manifest = next((here / "reports").glob("*/*/*/manifest.json"))
        pages = json.loads(manifest.read_text())["pages"]
        by_hand = 0.0
        for page in pages:
            given = [w for name, value in page["params"].items() for w in ("-p", name, value)]
            out = here / f"{page['page']}.ipynb"
            bins = Path(sys.executable).parent
            notebook = ROOT / "notebooks" / page["notebook"]
            by_hand += cost_of([bins / "papermill", notebook, out, "--cwd", params.parent, *given], here).cpu
            by_hand += cost_of([bins / "jupyter", "nbconvert", "--to", "html", out], here).cpu
        cells = cells_cost(params, pages)
    n = len(pages)
    table(("what", "by hand, CPU s", "toolkit run, CPU s", "ratio", "aim"), [
        (f"{n} pages ({', '.join(only)})", by_hand, ours.cpu, f"1/{by_hand / ours.cpu:.1f}", "1/15"),
        ("a page beyond its own cells", (by_hand - cells) / n, (ours.cpu - cells) / n,
         f"1/{(by_hand - cells) / max(ours.cpu - cells, 1e-9):.1f}", "1/30"),
    ])  # fmt: skip


if __name__ == "__main__":
    main()
