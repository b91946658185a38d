"""Does a pack's cost grow in line with its work? More pages of one kind, and more rows.

    python benchmarks/growth.py [--pages 1,2,4,8] [--customers 6000,30000,150000] [--notebook department]

CPU seconds; the slope is that of log cost on log size where the cost of an empty run is taken off:
1 is in line, less is better.
"""

from __future__ import annotations

import argparse
import re
import tempfile
from pathlib import Path

import numpy as np
from measuring import TOOLKIT, cost_of, demo, table


def _slope(sizes: list[int], costs: list[float]) -> float:
    """Of cost per unit of size from the first to the last, after what the smallest run costs at least."""
    line = np.polynomial.Polynomial.fit(sizes, costs, 1).convert().coef
    beyond = [max(c - max(line[0], 0.0), 1e-3) for c in costs]
    return float(np.polynomial.Polynomial.fit(np.log(sizes), np.log(beyond), 1).convert().coef[1])


def _with_pages(text: str, count: int) -> str:
    """The params with a pack of the same page `count` times."""
    pages = "".join("\n      - {notebook: offers, title: Offers}" for _ in range(count))
    return text + f"\n  many:\n    label: Many\n    pages:{pages}\n"


def main() -> None:
    """Run both series and print cost and slope."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--pages", default="1,2,4,8,16")
    ask.add_argument("--customers", default="6000,24000,96000")
    ask.add_argument("--only", default="offers")
    asked = ask.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as place:
        here = Path(place)
        params = demo(here / "pages", 6000)
        text = params.read_text()
        if not re.search(r"^packs:", text[text.rfind("\npacks:") + 1 :]):
            raise SystemExit("the demo's params do not end with its packs")
        sizes, costs = [int(n) for n in asked.pages.split(",")], []
        for n in sizes:
            params.write_text(_with_pages(text, n))
            costs.append(cost_of([*TOOLKIT, "run", params, "--pack", "many", "--force", "--out", here / "out"], here).cpu)
            rows.append((f"{n} pages of offers", costs[-1], costs[-1] / n, ""))
        rows[-1] = (*rows[-1][:3], _slope(sizes, costs))
        sizes, costs = [int(n) for n in asked.customers.split(",")], []
        for n in sizes:
            params = demo(here / str(n), n)
            costs.append(cost_of([*TOOLKIT, "run", params, "--only", asked.only, "--force", "--out", here / "out"], here).cpu)
            rows.append((f"{n:,} customers, {asked.only}", costs[-1], 1000 * costs[-1] / n, ""))
        rows[-1] = (*rows[-1][:3], _slope(sizes, costs))
    table(("what", "CPU, s", "a page, or 1,000 customers, s", "slope"), rows)


if __name__ == "__main__":
    main()
