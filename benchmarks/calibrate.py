"""Does every default do what it says? Runs the simulations and writes docs/calibration.md.

    python benchmarks/calibrate.py                    everything at full size (half an hour of one core)
    python benchmarks/calibrate.py --only roi demo    some parts; the others keep what they last printed
    python benchmarks/calibrate.py --only tests --size "--seeds 50"      one part at another size
    python benchmarks/calibrate.py --only demo --printed FILE            what it printed elsewhere
    python benchmarks/calibrate.py --quick            small sizes, to the screen only

A row is one default with its bound. What a part prints stays in docs/calibration_runs.md with its
command and its date, and every figure of the table is read from there: the largest or smallest cell of
a table, with that cell's Monte Carlo error. A figure is outside its bound where it is so by more than
two of its errors; nothing that was not run has one. Exit status 1 where a row of a part that was run
is outside.
"""

from __future__ import annotations

import argparse
import math
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from calibration_rows import PARTS, ROWS, SHORT_TESTS, Cell, Row

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "calibration.md"
RUNS = ROOT / "docs" / "calibration_runs.md"
HEAD = """# Calibration

Written by `make calibrate` from what the simulations printed ([calibration_runs.md](calibration_runs.md)). Each row is one
default: figures in percent (signals: in 36 months), ± one Monte Carlo standard error; *outside* is by more
than two of them. `make calibrate ONLY="roi demo"` runs some parts and keeps the others.

| default | bound | measured | | run | seeds |
|---|---|---|---|---|---|
"""
RUNS_HEAD = "# What the simulations printed\n\nThe table of [calibration.md](calibration.md) is read from this page.\n"
_RUN = re.compile(r"^## (\w+)\n\n`([^`]*)`, (\d+ \w+ \d+)\n\n```text\n(.*?)\n```$", re.M | re.S)


@dataclass(frozen=True)
class Run:
    """What a part printed, by which command and when."""

    command: str
    day: str
    said: str


def runs_so_far() -> dict[str, Run]:
    """What the page of runs holds, by part."""
    text = RUNS.read_text(encoding="utf-8") if RUNS.exists() else ""
    return {name: Run(command, day, said) for name, command, day, said in _RUN.findall(text) if name in PARTS}


def ran(name: str, size: str) -> Run:
    """Run a part."""
    part = PARTS[name]
    done = subprocess.run(
        [sys.executable, str(ROOT / "benchmarks" / part.script), *size.split()], cwd=ROOT, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(f"{part.script} ended with {done.returncode}: {done.stderr[-2000:]}")
    return Run(f"{part.script} {size}".strip(), told(date.today()), done.stdout.strip("\n"))


def told(day: date) -> str:
    """A day in words."""
    return f"{day:%-d %B %Y}"


def word_of(row: Row, cell: Cell) -> str:
    """Whether a figure lies in its bound."""
    value, error = cell
    slack = 0 if math.isnan(error) else 2 * error
    if row.low <= value <= row.high:
        return "within"
    return "within two errors" if row.low - slack <= value <= row.high + slack else "**outside**"


def line(row: Row, run: Run | None) -> tuple[str, bool]:
    """A line of the table, and whether its figure is outside."""
    start, seed = f"| {row.what} | {row.low:g} to {row.high:g}", PARTS[row.part].seed
    if run is None:
        return f"{start} | not run | | | {seed} |", False
    cells = row.find(run.said)
    if not cells:
        sys.exit(f"{run.command} printed nothing for {row.what!r}.")
    value, error = cell = row.pick(cells, key=lambda c: c[0])
    word = word_of(row, cell)
    about = "" if math.isnan(error) else f" ± {error:.2g}"
    return f"{start} | {value:.4g}{about} | {word} | `{run.command}`, {run.day} | {seed} |", "outside" in word


def write(runs: dict[str, Run]) -> None:
    """Both pages."""
    lines = [line(row, runs.get(row.part)) for row in ROWS]
    outside: dict[str, list[str]] = {}
    for row, (_, out) in zip(ROWS, lines, strict=True):
        if out:
            outside.setdefault(row.why or "the reason is not known.", []).append(row.what)
    reasons = "".join(f"- {'; '.join(rows)}: {reason}\n" for reason, rows in outside.items())
    why = f"\n## Outside, and why\n\n{reasons}" if reasons else ""
    short = "\n## The short version\n\nThese tests simulate the same with fixed seeds and fail outside bounds (`make test`):\n\n"
    tests = "".join(f"- `{t}`\n" for t in SHORT_TESTS)
    PAGE.write_text(HEAD + "\n".join(text for text, _ in lines) + "\n" + why + short + tests, encoding="utf-8")
    printed = [f"\n## {n}\n\n`{runs[n].command}`, {runs[n].day}\n\n```text\n{runs[n].said}\n```\n" for n in PARTS if n in runs]
    RUNS.write_text(RUNS_HEAD + "".join(printed), encoding="utf-8")


def options(arguments: list[str] | None) -> argparse.Namespace:
    """What is asked."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--only", nargs="+", choices=tuple(PARTS), metavar="PART", help=", ".join(PARTS))
    parser.add_argument("--size", help="of the one part that is run")
    parser.add_argument("--printed", type=Path, help="what the one part printed elsewhere at that size")
    parser.add_argument("--quick", action="store_true")
    asked = parser.parse_args(arguments)
    if (asked.size is not None or asked.printed) and (asked.quick or len(asked.only or ()) != 1):
        parser.error("--size and --printed go with one part and without --quick")
    return asked


def main(arguments: list[str] | None = None) -> int:
    """Run, compare, write the pages after every part, so that a run that is stopped keeps what it has."""
    asked = options(arguments)
    wrong = False
    for name in asked.only or PARTS:
        part = PARTS[name]
        size = part.quick if asked.quick else part.full if asked.size is None else asked.size
        if size is None:
            continue
        print(f"{part.script} {size}", file=sys.stderr, flush=True)
        if asked.printed:
            day = date.fromtimestamp(asked.printed.stat().st_mtime)
            said = asked.printed.read_text(encoding="utf-8").strip("\n")
            run = Run(f"{part.script} {size}".strip(), told(day), said)
        else:
            run = ran(name, size)
        lines = [line(row, run) for row in ROWS if row.part == name]
        wrong |= any(out for _, out in lines)
        print("\n".join(text for text, _ in lines), flush=True)
        if not asked.quick:  # read only now: others may have written while this one ran
            write(runs_so_far() | {name: run})
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
