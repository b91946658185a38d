"""Notebooks run where an executor puts them: a real Dask scheduler with two workers."""

from __future__ import annotations

import subprocess
import sys

import pytest
from distributed import LocalCluster

from toolkit.pack.executors import executor_at
from toolkit.pack.manifest import hash_of
from toolkit.pack.run import run
from toolkit.problems import Refused


@pytest.fixture(scope="module")
def scheduler():
    with LocalCluster(n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None) as cluster:
        yield cluster.scheduler_address.removeprefix("tcp://")


def content(folder):
    return {
        str(p.relative_to(folder)): hash_of(p)
        for p in sorted(folder.rglob("*")) if p.is_file() and p.name != "manifest.json"
    }


def toolkit(project, *words):
    return subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "run", str(project / "params.yaml"), "--out", str(project / "reports"), *words],
        cwd=project, capture_output=True, text=True, check=False,
    )


def test_workers_make_the_same_pack(project, scheduler):
    here = content(run(project / "params.yaml", out=project / "reports", force=True).folder)
    ended = toolkit(project, "--force", "--executor", f"dask://{scheduler}")
    assert ended.returncode == 0, ended.stderr
    assert content(project / "reports" / "small" / "two" / "2026Q3") == here


def test_a_notebook_that_takes_its_process_along_is_one_failed_page(project, scheduler):
    path = project / "notebooks" / "of_late.ipynb"
    path.write_text(path.read_text().replace("print(table", "import os; os._exit(9); print(table"))
    ended = toolkit(project, "--executor", f"dask://{scheduler}")
    assert ended.returncode == 1, ended.stderr
    assert "of_late: could not be made" in ended.stderr and "Traceback" not in ended.stderr


@pytest.mark.parametrize("address", ["dask://127.0.0.1:1", "ray://127.0.0.1:8786", "dask://nowhere", "dask://x:y"])
def test_an_address_nobody_answers_at_is_refused_by_name(address):
    with pytest.raises(Refused, match="--executor"), executor_at(address):
        pass
