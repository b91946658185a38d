"""Do the commands start quickly? ``--help``, and ``check`` on the demo, against the bare imports.

    python benchmarks/commands.py [--runs 5]
"""

from __future__ import annotations

import argparse
import statistics
import sys
import tempfile
from pathlib import Path

from measuring import TOOLKIT, cost_of, demo, table


def main() -> None:
    """Run the three in turn and print CPU seconds and ratios."""
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--runs", type=int, default=5)
    ask.add_argument("--customers", type=int, default=6000)
    asked = ask.parse_args()
    with tempfile.TemporaryDirectory() as place:
        params = demo(Path(place), asked.customers)
        ways = {
            "python -c 'import typer, pydantic'": ([sys.executable, "-c", "import typer, pydantic"], ""),
            "toolkit --help": ([*TOOLKIT, "--help"], "at most 1.5"),
            "toolkit check": ([*TOOLKIT, "check", params], "at most 4"),
        }
        seen: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(asked.runs):
            for name, (words, _aim) in ways.items():
                seen[name].append(cost_of(words).cpu)
    base = next(iter(seen))
    rows = []
    for name, cpu in seen.items():
        ratio = statistics.median(c / b for c, b in zip(cpu, seen[base], strict=True))
        rows.append((name, statistics.median(cpu), ratio, ways[name][1]))
    table(("command", "CPU, s", "ratio", "aim"), rows)


if __name__ == "__main__":
    main()
