"""How often do the demo company's plan changes get the verdict that is right?

    python benchmarks/judge_demo_changes.py                  100 seeds, 20,000 customers each
    python benchmarks/judge_demo_changes.py --seeds 20 --customers 20000 --first 1

Each seed is another company: the same planted effects, other customers. The definitions are those
of the demo's params file; the rows are drawn without writing the company. Prints markdown.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import Counter
from dataclasses import replace
from pathlib import Path

from toolkit.company.load import load_company
from toolkit.company.models import Company
from toolkit.data.demo import write_params
from toolkit.data.demo.changes import CHANGES
from toolkit.data.demo.simulations import change_frame
from toolkit.kpis import Measure
from toolkit.plan_changes import PlanChange, check, decide, estimate, from_params


def demo_company() -> Company:
    """The demo's params, as a company."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "demo.yaml"
        write_params(path)
        return load_company(path).company


def definition_of(company: Company, name: str) -> PlanChange:
    """The declared change, its KPI read from the column ``value`` of a drawn frame."""
    declared = from_params(company, name)
    return replace(
        declared, measure=Measure(declared.measure.name, "value"), time='"on"', unit="customer",
        segments={}, untouched=None)  # fmt: skip


def verdict(company: Company, name: str, customers: int, seed: int) -> str:
    """The verdict on one change of one company."""
    frame = change_frame(name, customers, seed)
    effect = estimate(frame, definition_of(company, name))
    return decide(effect, check(effect)).verdict


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=100)
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--customers", type=int, default=20_000)
    asked = parser.parse_args()
    company = demo_company()
    seen = {c.name: Counter() for c in CHANGES}
    all_right = 0
    for seed in range(asked.first, asked.first + asked.seeds):
        found = {c.name: verdict(company, c.name, asked.customers, seed) for c in CHANGES}
        for name, v in found.items():
            seen[name][v] += 1
        all_right += all(found[c.name] == c.verdict for c in CHANGES)
        print(f"seed {seed}: {found}", file=sys.stderr, flush=True)
    print("| change | right verdict | right | others |\n|---|---|---|---|")
    for c in CHANGES:
        others = ", ".join(f"{v} {n}" for v, n in seen[c.name].items() if v != c.verdict)
        print(f"| {c.name} | {c.verdict} | {seen[c.name][c.verdict]} of {asked.seeds} | {others} |")
    print(f"\nAll five right in {all_right} of {asked.seeds} seeds.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
