"""Does every default do what it says? Runs the whole simulation suite and writes docs/calibration.md.

    python benchmarks/calibrate.py            everything at full size (hours)
    python benchmarks/calibrate.py --quick    few runs of the cheap parts (minutes); the others keep
                                              the full-size figures of docs/methods.md, marked so

A row is one default with its bound. Its figure is read from what the part's script prints: the
largest or smallest cell of its table, with that cell's Monte Carlo error. A figure is outside its bound
where it is so by more than two of its errors. Nothing that was not run or stated before gets a figure.
Exit status 1 where a row that was run is outside.
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

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "calibration.md"
STATED_ON = "22 November 2026"
SHORT_TESTS = (
    "tests/stats/test_shares.py", "tests/stats/test_means.py", "tests/stats/test_ratios.py", "tests/stats/test_quantiles.py",
    "tests/stats/test_multiplicity.py", "tests/stats/test_noninferiority.py", "tests/stats/test_stratified.py",
    "tests/stats/test_covariates.py", "tests/stats/test_interrupted.py", "tests/stats/test_interrupted_counts.py",
    "tests/stats/test_few_clusters.py", "tests/stats/test_series_checks.py", "tests/stats/test_forecasts.py",
    "tests/stats/test_ranks.py", "tests/stats/test_pairwise.py", "tests/stats/test_scenarios.py",
    "tests/stats/test_clustered_shares.py", "tests/stats/test_below_zero.py", "tests/experiments/test_ab_simulations.py",
    "tests/experiments/test_ab_planted_truths.py", "tests/plan_changes/test_demo_verdicts.py",
    "tests/money/test_money_returns.py", "tests/money/test_money_offers.py",
)  # fmt: skip


@dataclass(frozen=True)
class Part:
    """One script, its full size, and a small one where it is cheap enough for `--quick`."""

    script: str
    full: str
    seed: str
    quick: str | None = None


PARTS = {
    "roi": Part("calibrate_roi.py", "1000", "0 to 999", "200"),
    "offers": Part("judge_offers.py", "100", "0 to 99", "30"),
    "tests": Part("calibrate_tests.py", "--seeds 200", "1000 to 1199"),
    "claims": Part("calibrate_interrupted.py", "--only claims", "20261101"),
    "counts": Part("calibrate_interrupted.py", "--only counts", "20261101"),
    "checks": Part("calibrate_interrupted.py", "--only checks", "20261101"),
    "differences": Part("calibrate_differences.py", "--only effects", "1"),
    "donors": Part("calibrate_donors_and_waves.py", "--cases 400", "1"),
    "competitors": Part("calibrate_competitors.py", "--runs 40000", "0 to 8; 0 to runs - 1; 1"),
    "signals": Part("signals_per_series.py", "--series 4000", "1"),
    "forecasts": Part("forecast_coverage.py", "", "none: rolling origins of real series"),
    "lifetime": Part("coverage_lifetime_value.py", "--runs 300 --customers 1500", "7"),
    "demo": Part("judge_demo_changes.py", "--seeds 100", "1 to 100"),
}


@dataclass(frozen=True)
class Row:
    """A default and its bound.

    Attributes
    ----------
    low, high
        The bound, in percent (signals: per 36 months).
    pattern
        Finds the figures in the script's output; group 1 is a figure in percent, group 2 its error
        where it is printed.
    pick
        ``max`` or ``min`` of the cells found.
    stated, error
        The full-size figure of docs/methods.md and its error; None where none was stated.
    runs
        Behind one cell, for the error where none is printed; at full size.
    scale
        100 where the script prints a fraction.
    """

    part: str
    what: str
    low: float
    high: float
    pattern: str
    pick: str = "max"
    stated: float | None = None
    error: float | None = None
    runs: int | None = None
    scale: float = 1.0


PRINTED = r"(?!)"
"""Of a table with several kinds of figures: it is printed whole on the page, and no cell is picked."""

_CLAIMS = r"^\| \d+\+\d+ \| [\d.]+ \| \w+ \| ([\d.]+) ± ([\d.]+)"
_HELD = r"^\| \d+\+\d+ \| [\d.]+ \| \w+ \| [\d.]+ ± [\d.]+ \| ([\d.]+) ± ([\d.]+)"
_PANELS = r"^\| \d+ \| \d+ \| [\d.]+ \| \w+ \| ([\d.]+) % ± ([\d.]+)"
ROWS = (
    Row("tests", "A/B test: 95 % intervals, any kind of metric, smallest", 93, 97, r"^\| (?:share|mean|ratio)[^|]* \| ([\d.]+) % ± ([\d.]+)", "min"),
    Row("tests", "A/A test: shipped or rolled back", 0, 5, r"^\| ship or roll_back \| ([\d.]+) % ± ([\d.]+)"),
    Row("tests", "A/A test read twenty times: shipped or rolled back at any look", 0, 5, r"^\| the test: ship or roll_back at any look \| ([\d.]+) % ± ([\d.]+)"),
    Row("claims", "One series: false claims, largest of 32 cells", 0, 7, _CLAIMS, "max", 6.7, 0.6),
    Row("claims", "One series: 95 % intervals, smallest", 93, 97, _HELD, "min", 93.3, 0.6),
    Row("claims", "One series: 95 % intervals, largest", 93, 97, _HELD, "max", 96.9, 0.4),
    Row("counts", "Counts: false claims, largest of 32 cells", 0, 7, _CLAIMS, "max", 6.9, 0.6),
    Row("counts", "Counts: 95 % intervals, smallest", 93, 97, _HELD, "min", 93.2, 0.6),
    Row("counts", "Counts: 95 % intervals, largest", 93, 97, _HELD, "max", 97.5, 0.3),
    Row("checks", "Checks of one series: alarms where nothing is wrong, largest kind", 0, 7, PRINTED, "max", 5.1, 0.3),
    Row("differences", "Difference in differences: false claims, largest of 12 cells", 0, 7, _PANELS, "max", 6.1, 0.5),
    Row("differences", "Difference in differences: 95 % intervals, smallest", 93, 97, _PANELS + r" \| ([\d.]+)", "min", 93.9, 0.5),
    Row("donors", "Checks of a mix of donors and of survey waves", 0, 7, PRINTED),
    Row("competitors", "Places of six equal companies: all held", 95, 100, r"all held, six equal: ([\d.]+) % \(\+- ([\d.]+)", "min", 94.9, 0.11),
    Row("competitors", "Five equal companies called different", 0, 5, r"called different: ([\d.]+) % \(\+- ([\d.]+)", "max", 4.6, 0.21),
    Row("competitors", "Target on five equal rivals says hold", 95, 100, r"says hold: ([\d.]+) % \(\+- ([\d.]+)", "min", 97.9, 0.14),
    Row("signals", "KPI charts: false signals in 36 months, independent series, largest", 0, 0.42, r"^\| independent \| \d+ \| [^|]+ \| ([\d.]+) ± ([\d.]+)", "max", 0.26, 0.01),
    Row("signals", "KPI charts: false signals in 36 months, any series, largest", 0, 0.42, r"^\| (?:independent|AR)[^|]*\| \d+ \| [^|]+ \| ([\d.]+) ± ([\d.]+)", "max", 0.41, 0.01),
    Row("forecasts", "80 % forecast intervals, mean of the sets", 78, 82, r"^\| mean of the sets \| \| ([\d.]+)", "max", 80.8),
    Row("forecasts", "95 % forecast intervals, mean of the sets", 93, 97, r"^\| mean of the sets \| \| [\d.]+ \| ([\d.]+)", "max", 95.2),
    Row("roi", "90 % interval of the plan's return", 88, 92, r"holds it in ([\d.]+)%", "max", 90.4, None, 1000),
    Row("offers", "The losing offer is not recommended", 95, 100, r"not recommended in (\d+) of (?:\d+)", "min", 100.0, None, 100),
    Row("lifetime", "95 % interval of lifetime value, those there now, smallest", 93, 97, r"there now ([\d.]+)", "min", 89.0, None, 300, 100),
    Row("lifetime", "95 % interval of lifetime value, new customers, smallest", 93, 97, r"new ([\d.]+)", "min", 93.7, None, 300, 100),
    Row("demo", "Demo's plan changes: right verdict, rarest of five", 95, 100, r"^\| \w+ \| \w+ \| (\d+) of", "min", 99.0, None, 100),
)  # fmt: skip


def output(name: str, quick: bool) -> str:
    """What a part prints."""
    part = PARTS[name]
    size = (part.quick or "").split() if quick else part.full.split()
    done = subprocess.run([sys.executable, str(ROOT / "benchmarks" / part.script), *size], cwd=ROOT, capture_output=True, text=True)
    if done.returncode:
        sys.exit(f"{part.script} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def figure(row: Row, said: str, quick: bool) -> tuple[float, float] | None:
    """The picked cell and its Monte Carlo error; None where the output has none."""
    found = re.findall(row.pattern, said, re.M)
    if not found:
        return None
    cells = [(c, "") if isinstance(c, str) else (c[-1], "") if len(c) == 3 else c for c in found]
    best = (max if row.pick == "max" else min)(cells, key=lambda c: float(c[0]))
    value = float(best[0]) * row.scale
    runs = int(PARTS[row.part].quick.split()[-1]) if quick else row.runs
    if row.part == "offers":
        value = 100 * value / runs
    error = float(best[1]) if best[1] else binomial(value, runs)
    return value, error


def binomial(percent: float, runs: int | None) -> float:
    """The standard error of a share of so many runs, in percent; nan without a number of runs."""
    return math.sqrt(max(percent * (100 - percent), 0) / runs) if runs else math.nan


def line(row: Row, now: tuple[float, float] | None, size: str, today: str, ran: bool) -> tuple[str, bool]:
    """A line of the table, and whether a figure made now is outside."""
    part = PARTS[row.part]
    bound = f"{row.low:g} to {row.high:g}"
    if now is None and row.stated is None:
        word = "printed below" if ran else "not run"
        return f"| {row.what} | {bound} | {word} | | | `{part.script} {part.full}` | {part.seed} |", False
    value, error = now or (row.stated, row.error if row.error is not None else binomial(row.stated, row.runs))
    slack = 0 if math.isnan(error) else 2 * error
    outside = value < row.low - slack or value > row.high + slack
    word = "outside" if outside else "within" if row.low <= value <= row.high else "within two errors"
    source = f"run {today}, `{part.script} {size}`" if now else f"stated in docs/methods.md as of {STATED_ON}, not run here"
    told = "" if math.isnan(error) else f" ± {error:.2g}"
    return f"| {row.what} | {bound} | {value:.4g}{told} | {word} | {source} | `{part.script} {part.full}` | {part.seed} |", outside and now is not None


def main() -> int:
    """Run, compare, write the page."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true")
    quick = parser.parse_args().quick
    said = {}
    for name, part in PARTS.items():
        if not quick or part.quick:
            print(f"{part.script} {part.quick if quick else part.full}", file=sys.stderr, flush=True)
            said[name] = output(name, quick)
    today = f"{date.today():%-d %B %Y}"
    lines, wrong = [], False
    for row in ROWS:
        now = figure(row, said[row.part], quick) if row.part in said else None
        size = (PARTS[row.part].quick if quick else PARTS[row.part].full) or ""
        text, outside = line(row, now, size, today, row.part in said)
        lines.append(text)
        wrong |= outside
    head = (
        "# Calibration\n\n"
        f"Written by `make calibrate{' QUICK=1' if quick else ''}` on {today}. Figures in percent (signals: in 36 months), ± one Monte Carlo\n"
        "standard error; *outside* is by more than two of them. A row that was not run carries the full-size figure\n"
        "that [methods.md](methods.md) states, with its date, or none.\n\n"
        "| default | bound | measured | | source | at full size | seeds |\n|---|---|---|---|---|---|---|\n"
    )
    short = "\n## The short version\n\nThese tests simulate the same with fixed seeds and fail outside bounds (`make test`):\n\n"
    tests = "".join(f"- `{t}`\n" for t in SHORT_TESTS)
    printed = "".join(f"\n## `{PARTS[n].script} {PARTS[n].quick if quick else PARTS[n].full}`\n\n```\n{t.rstrip()}\n```\n" for n, t in said.items())
    PAGE.write_text(head + "\n".join(lines) + "\n" + short + tests + printed, encoding="utf-8")
    print(PAGE)
    return int(wrong)


if __name__ == "__main__":
    sys.exit(main())
