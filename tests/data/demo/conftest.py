"""One written demo company for all tests that only read it."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from toolkit.data.demo import DemoPaths, write_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoPaths:
    """The demo company at its usual size."""
    return write_demo(tmp_path_factory.mktemp("demo"))


@pytest.fixture(scope="session")
def planted(demo: DemoPaths) -> dict:
    """What truths.json says."""
    return json.loads(demo.truths.read_text(encoding="utf-8"))


@pytest.fixture(scope="session")
def table(demo: DemoPaths):
    """Read one table of the demo company."""

    def read(name: str, columns: list[str] | None = None) -> pd.DataFrame:
        return pd.read_parquet(demo.tables[name], columns=columns)

    return read
