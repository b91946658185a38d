"""Comparisons written as params files and concluded."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks_params import HEAD
from toolkit.benchmarks import check, conclude, estimate
from toolkit.opened import Opened, open_company

@pytest.fixture
def written(tmp_path, shared_data) -> Callable[..., Path]:
    """A params file over the public surveys, written for one test."""

    def write(name: str, text: str, as_of: str = "2026-09-30") -> Path:
        head = HEAD.format(name=name, as_of=as_of, folder=shared_data / "satisfaction")
        path = tmp_path / "params" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(head + textwrap.dedent(text), encoding="utf-8")
        return path

    return write


@pytest.fixture
def concluded(written):
    """(what was found, checks, findings) of the one comparison of a params file."""

    def run(name: str, text: str):
        opened: Opened = open_company(str(written(name, text)))
        (benchmark,) = opened.file.company.benchmarks
        found = estimate(opened.competitor_benchmark(benchmark))
        checks = check(found)
        return found, checks, conclude(found, checks)

    return run
