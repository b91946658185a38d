"""Do the commands start quickly? ``--help``, and ``check`` on the demo, anew and again, against the bare imports.

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
        here = Path(place)
        params = demo(here, asked.customers)
        with_reports, without = here / "with reports", here / "without"
        (with_reports / "reports").mkdir(parents=True)
        without.mkdir()
        check = [*TOOLKIT, "check", params]
        cost_of(check, with_reports)  # what it said is kept beside reports
        ways = {
            "python -c 'import typer, pydantic'": ([sys.executable, "-c", "import typer, pydantic"], without, ""),
            "toolkit --help": ([*TOOLKIT, "--help"], without, "at most 1.5"),
            "toolkit check": (check, without, "at most 4"),
            "toolkit check again, nothing changed": (check, with_reports, "at most 4"),
        }
        seen: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(asked.runs):
            for name, (words, folder, _aim) in ways.items():
                seen[name].append(cost_of(words, folder).cpu)
    base = next(iter(seen))
    rows = []
    for name, cpu in seen.items():
        ratio = statistics.median(c / b for c, b in zip(cpu, seen[base], strict=True))
        rows.append((name, statistics.median(cpu), ratio, ways[name][2]))
    table(("command", "CPU, s", "ratio", "aim"), rows)


if __name__ == "__main__":
    main()
