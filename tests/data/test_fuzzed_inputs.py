"""Mutated params files and tables: refused by name, or the numbers that pandas finds; see benchmarks/fuzz_inputs.py."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

BENCHMARKS = Path(__file__).resolve().parents[2] / "benchmarks"
SHORT = range(20_000, 20_320)  # other mutants than those of the long run


@pytest.fixture(scope="module")
def fuzzing():
    sys.path.insert(0, str(BENCHMARKS))
    try:
        import fuzz_inputs
    finally:
        sys.path.remove(str(BENCHMARKS))
    return fuzz_inputs


def test_mutants_are_refused_or_right(fuzzing, tmp_path, monkeypatch):
    outcomes, wrong = Counter(), []
    monkeypatch.chdir(tmp_path)
    for number in SHORT:
        kind, outcome, said, _ = fuzzing.one(2, number, tmp_path)
        outcomes[outcome] += 1
        if outcome not in fuzzing.GOOD:
            wrong.append(f"{number} ({kind}): {outcome}: {said}")
    assert not wrong, "\n".join(wrong)
    assert outcomes["right"] > 30 and outcomes["refused"] > 100, outcomes  # both ends are reached


def test_a_number_that_is_off_is_found(fuzzing, tmp_path, monkeypatch):
    """The comparison can fail: one order's hours more than what the toolkit has read."""
    monkeypatch.chdir(tmp_path)
    for number in SHORT:
        kind, params, table = fuzzing.mutant(2, number, tmp_path)
        if kind == "csv cells" and fuzzing.judged(kind, params, table)[0] == "right":
            break
    found = fuzzing.trends.estimate(fuzzing.open_company(params).trends())
    rows = fuzzing.independent.csv_rows(table.read_bytes())
    wanted = fuzzing.independent.sums(rows, True)
    assert fuzzing.compared(found, wanted) == ("right", "")
    wanted["hours_per_item"].iloc[3, 0] += 0.125
    assert fuzzing.compared(found, wanted)[0] == "a number that differs"
