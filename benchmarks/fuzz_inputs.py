"""Do mutated params files and tables end in a refusal by name or in the right numbers, and do they end?

    python benchmarks/fuzz_inputs.py [--count 10000] [--seed 1] [--deadline 20] [--first 0]

A small company of one table, as CSV, Parquet or Excel, and its params file. Each mutant changes the text
or the structure of the params, or the bytes or the cells of the table, is loaded, checked against its
contract, and its KPIs are reckoned by month and for the quarter. Mutant number i of a seed is the same
in every run. Counted are: refused, accepted with numbers equal to `numbers_by_pandas`, accepted where the
params' mutation changed what the numbers mean (no comparison), and what must not be: another exception,
a number that differs, a table accepted against its contract, one past the deadline, a process that died.
"""

from __future__ import annotations

import argparse
import faulthandler
import math
import multiprocessing
import os
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pandas as pd
import yaml

sys.path.insert(0, str(Path(__file__).resolve().parent))

import numbers_by_pandas as independent  # noqa: E402
from mutated_inputs import PARAMS, mutant  # noqa: E402

from toolkit import trends  # noqa: E402
from toolkit.data.contract import check_contracts  # noqa: E402
from toolkit.opened import open_company, source_of  # noqa: E402
from toolkit.problems import Refused  # noqa: E402

GOOD = ("right", "refused", "another meaning")
CHUNK = 50


def judged(kind: str, params: Path, table: Path) -> tuple[str, str]:
    """What became of a mutant, and what there is to say of it."""
    try:
        opened = open_company(params)
        with source_of(opened.file) as source:
            check_contracts(source)
        found = trends.estimate(opened.trends())
    except Refused as refused:
        said = [str(p) for p in refused.problems]
        bad = not said or any(not s.isprintable() or len(s) > 4000 or "Traceback" in s for s in said)
        return ("a message that is none", repr(said)) if bad else ("refused", said[0])
    if kind.startswith("params") and _meaning(opened.file.company) != _meaning_of_the_base():
        return "another meaning", ""
    try:
        rows = {"csv": lambda: independent.csv_rows(table.read_bytes()), "parquet": lambda: independent.parquet_rows(table),
                "xlsx": lambda: independent.excel_rows(table)}[table.suffix[1:]]()  # fmt: skip
        plain = table.suffix == ".csv" and b'"' not in table.read_bytes() and b"," in table.read_bytes().split(b"\n")[0]
        wanted = independent.sums(rows, plain)
    except independent.Unfit as why:
        return "accepted against its contract", str(why)
    return compared(found, wanted)


def compared(found: trends.KpiTrends, wanted: dict[str, pd.DataFrame]) -> tuple[str, str]:
    """The series and the value of the quarter against the independent sums."""
    for k in found:
        by_month = wanted[k.kpi.name]
        seen = set()
        for i, period in enumerate(k.whole.periods if k.whole else ()):
            month, n = (period.start.year, period.start.month), int(k.whole.rows[i])
            told = by_month.loc[[month]].iloc[0] if month in by_month.index else None
            seen.add(month)
            if n != (0 if told is None else int(told["rows"])):
                return "a number that differs", f"{k.kpi.name} {month}: {n} rows, not {told}"
            if told is not None and not _same(k.whole.values[i], told["num"], told["den"]):
                return "a number that differs", f"{k.kpi.name} {month}: {k.whole.values[i]!r}, not {told.to_dict()}"
        if left := set(by_month.index[by_month["rows"] > 0]) - seen:
            return "a number that differs", f"{k.kpi.name}: {sorted(left)} are not there"
        quarter = by_month.loc[[m >= (2026, 7) for m in by_month.index]][["num", "den"]].sum()
        if math.isnan(k.now.value) and k.now.reason:
            continue  # not told, and why: the quarter's last month misses its end
        if not _same(k.now.value, quarter["num"], quarter["den"]):
            return "a number that differs", f"{k.kpi.name}: {k.now.value!r} in the quarter, not {quarter.to_dict()}"
    return "right", ""


def _same(value: float, above: float, below: float) -> bool:
    if below == 0:
        return math.isnan(value)
    return math.isclose(value, above / below, rel_tol=1e-9, abs_tol=1e-12)


def _meaning(company) -> str:
    """Everything of a company that its numbers hang on."""
    kpis = {n: (k.table, k.numerator, k.denominator, k.where) for n, k in company.kpis.items()}
    rest = company.model_dump(include={"tables", "engine"}), str(company.company.as_of), company.company.time_zone
    every = {n: k.model_dump(exclude={"label", "better", "format"}) for n, k in company.kpis.items()}
    return repr((kpis, rest, every, company.company.fiscal_year_starts))


def _meaning_of_the_base() -> str:
    from toolkit.company.models import Company

    data = yaml.safe_load(PARAMS)
    data["company"]["as_of"] = "2026-09-30"
    return _meaning(Company.model_validate(data))


def one(seed: int, number: int, folder: Path) -> tuple[str, str, str, float]:
    """Kind, outcome, what there is to say, seconds."""
    for old in folder.iterdir():
        if old.is_file():
            old.unlink()
    kind, params, table = mutant(seed, number, folder)
    began = time.monotonic()
    try:
        outcome, said = judged(kind, params, table)
    except Exception:  # noqa: BLE001 - any exception is what is looked for
        outcome, said = "another exception", traceback.format_exc()
    return kind, outcome, said, time.monotonic() - began


def _chunk(seed: int, numbers: range, deadline: float, pipe) -> None:
    warnings.simplefilter("ignore")
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        for number in numbers:
            faulthandler.dump_traceback_later(6 * deadline, exit=True)  # a hang in compiled code as well
            pipe.send((number, *one(seed, number, Path(folder))))
            faulthandler.cancel_dump_traceback_later()


def run(seed: int, first: int, count: int, deadline: float) -> Iterator[tuple[int, str, str, str]]:
    """Every mutant in a process of its chunk: number, kind, outcome, what there is to say."""
    number = first
    while number < first + count:
        ours, theirs = multiprocessing.Pipe(duplex=False)
        numbers = range(number, min(number + CHUNK, first + count))
        child = multiprocessing.get_context("fork").Process(target=_chunk, args=(seed, numbers, deadline, theirs))
        child.start()
        theirs.close()
        try:
            while True:
                number, kind, outcome, said, seconds = ours.recv()
                late = seconds > deadline
                yield number, kind, "past the deadline" if late else outcome, f"{seconds:.1f} s" if late else said
                number += 1
        except EOFError:
            child.join()
        if number < numbers.stop:
            yield number, "", "a process that died", f"exit status {child.exitcode}"
            number += 1


def main() -> int:
    """Print the counts by kind, and everything that must not be."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--deadline", type=float, default=20.0, help="seconds of one mutant")
    asked = parser.parse_args()
    counts: Counter = Counter()
    for done, (number, kind, outcome, said) in enumerate(run(asked.seed, asked.first, asked.count, asked.deadline), 1):
        counts[kind, outcome] += 1
        if outcome not in GOOD:
            print(f"mutant {number} ({kind}): {outcome}: {said}", flush=True)
        if done % 500 == 0:
            print(f"{done}: {sum(n for (_, o), n in counts.items() if o not in GOOD)} that must not be", file=sys.stderr, flush=True)
    outcomes = sorted({o for _, o in counts})
    table = pd.DataFrame({o: {k: counts[k, o] for k, _ in counts} for o in outcomes})
    print(table.assign(all=table.sum(axis=1)).to_string())
    print(table.sum().to_string())
    return int(any(o not in GOOD for o in outcomes))


if __name__ == "__main__":
    sys.exit(main())
