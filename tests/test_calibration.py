"""The calibration table is read from what the simulations printed, a part at a time."""

from __future__ import annotations

import importlib
import math
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


@pytest.fixture(scope="module")
def calibrate():
    sys.path.insert(0, str(ROOT / "benchmarks"))
    try:
        yield importlib.import_module("calibrate")
    finally:
        sys.path.remove(str(ROOT / "benchmarks"))


@pytest.fixture
def rows(calibrate):
    return importlib.import_module("calibration_rows")


@pytest.fixture
def pages(calibrate, tmp_path, monkeypatch):
    """Pages that are not the shipped ones."""
    monkeypatch.setattr(calibrate, "PAGE", tmp_path / "calibration.md")
    monkeypatch.setattr(calibrate, "RUNS", tmp_path / "calibration_runs.md")
    return tmp_path


def printed(folder: Path, text: str) -> str:
    file = folder / "printed.txt"
    file.write_text(text, encoding="utf-8")
    return str(file)


def test_every_row_of_the_shipped_table_was_run_and_is_what_its_run_printed(calibrate):
    runs, page = calibrate.runs_so_far(), calibrate.PAGE.read_text(encoding="utf-8")
    assert set(runs) == set(calibrate.PARTS)
    assert "not run" not in page
    for row in calibrate.ROWS:
        assert calibrate.line(row, runs[row.part])[0] in page.splitlines()


def test_a_part_that_is_run_leaves_the_others_as_they_were(calibrate, pages):
    roi = printed(pages, "planted return 0.28; the 90% interval holds it in 90.4% of 1000 seeds\n")
    assert calibrate.main(["--only", "roi", "--size", "1000", "--printed", roi]) == 0
    offers = printed(pages, "device_rental is not recommended in 47 of 50 seeds\n")
    assert calibrate.main(["--only", "offers", "--size", "50", "--printed", offers]) == 0
    runs = calibrate.runs_so_far()
    assert sorted(runs) == ["offers", "roi"]
    assert "90.4% of 1000" in runs["roi"].said and runs["offers"].command == "judge_offers.py 50"
    page = calibrate.PAGE.read_text(encoding="utf-8")
    # a share's standard error: sqrt(.904 x .096 / 1000), sqrt(.94 x .06 / 50)
    assert "| 88 to 92 | 90.4 ± 0.93 | within |" in page
    assert "| 95 to 100 | 94 ± 3.4 | within two errors |" in page
    assert page.count("| not run |") == len(calibrate.ROWS) - 2


def test_what_is_outside_ends_with_one_and_says_why(calibrate, pages):
    said = "\n".join((
        "ranks all held, six equal: 95.10 % (+- 0.11)", "ranks all held, three pairs, far apart: 98.00 % (+- 0.07)",
        "ranks all held, two a hundredth of an error apart: 97.50 % (+- 0.08)",
        "ranks all held, ten one error apart: 99.95 % (+- 0.01)",
        "five equal companies, 40 answers each, called different: 4.30 % (+- 0.20)",
        "target on five equal rivals says hold: 97.90 % (+- 0.14)",
    ))  # fmt: skip
    size = ["--size", "40000", "--printed", printed(pages, said)]
    assert calibrate.main(["--only", "competitors", *size]) == 1
    page = calibrate.PAGE.read_text(encoding="utf-8")
    assert "all held, smallest | 95 to 100 | 95.1 ± 0.11 | within |" in page
    assert "all held, largest | 93 to 97 | 99.95 ± 0.01 | **outside** |" in page
    assert "## Outside, and why" in page and "wrong direction" in page


def test_quick_sizes_are_run_and_write_nothing(calibrate, pages, capsys):
    assert calibrate.PARTS["tests"].quick is None
    assert calibrate.main(["--quick", "--only", "offers", "tests"]) == 0
    said = capsys.readouterr()
    assert "judge_offers.py 30" in said.out and "calibrate_tests.py" not in said.err
    assert not calibrate.PAGE.exists() and not calibrate.RUNS.exists()


@pytest.mark.parametrize(
    "arguments", [["--size", "5"], ["--only", "roi", "demo", "--size", "5"], ["--quick", "--only", "roi", "--size", "5"]]
)
def test_a_size_goes_with_one_part(calibrate, arguments, capsys):
    with pytest.raises(SystemExit):
        calibrate.main(arguments)
    assert "one part" in capsys.readouterr().err


def test_cells_of_tables(rows):
    text = "| 24+8 | 0.3 | no | 4.9 ± 0.5 | 95.1 % ± 0.6 |\n| 24+8 | 0.6 | no | not applicable | 93 |\n| all | | | 1 | 2 |"
    found = rows.table(r"^\| \d+\+\d+", 3, 4)(text)
    assert found[:2] == [(4.9, 0.5), (95.1, 0.6)]
    assert found[2][0] == 93 and math.isnan(found[2][1])


def test_the_short_tests_are_there(rows):
    for path in rows.SHORT_TESTS:
        assert (ROOT / path).exists(), path
