"""Spark on this machine with the tables of a folder; skips where Java or pyspark is missing."""

from __future__ import annotations

import shutil
from contextlib import contextmanager
from pathlib import Path

import pytest

from toolkit.data.spark_sessions import connected, kept_for_a_run


@contextmanager
def spark_with(url, folder):
    """Keep a Spark application whose catalog holds every Parquet file of `folder` as a table."""
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: apt-get install default-jre-headless")
    pytest.importorskip("pyspark", reason="needs: pip install 'crm-plan-toolkit[spark]'")
    with kept_for_a_run(url):
        session = connected(url)._session
        for file in sorted(Path(folder).glob("*.parquet")):
            session.sql(f"CREATE TABLE {file.stem} USING parquet LOCATION '{file}'")
        yield session
