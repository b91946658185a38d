"""The demo's pages over a real PostgreSQL server: the same findings as over files in DuckDB.

The database sorts text as people do (ICU, en-US), not by bytes, so that nothing hangs on it.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from database_params import over_database
from postgres_server import load, running
from same_findings import by_id, differences


PAGES = ("kpi_trends", "plan_change", "plan_changes", "ab_test", "competitor_benchmark", "offers", "roi", "department",
         "data_quality")


@pytest.fixture(scope="module")
def server():
    with running() as address:
        yield address


def toolkit(*words):
    ended = subprocess.run([sys.executable, "-m", "toolkit.cli", *map(str, words)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout.strip()


def test_the_pack_over_a_database_says_what_the_pack_over_files_says(server, tmp_path):
    toolkit("demo", tmp_path, "--customers", 6000)
    load(server, "demo", tmp_path / "data" / "demo")
    files = tmp_path / "params" / "demo.yaml"
    database = tmp_path / "params" / "database.yaml"
    database.write_text(over_database(files.read_text(), f"postgres://{server}/demo"))
    only = [word for page in PAGES for word in ("--only", page)]
    told = [
        json.loads((Path(toolkit("run", params, "--out", tmp_path / params.stem, *only)).parent / "findings.json").read_text())
        for params in (files, database)
    ]
    here, there = (by_id(t["findings"]) for t in told)
    assert len(here) > 50 and here.keys() == there.keys()
    assert differences(here, there) == []
