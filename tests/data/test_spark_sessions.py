"""One Spark for a run: its processes see its tables, have views of their own, and leave it running."""

from __future__ import annotations

import shutil
import subprocess
import sys
from datetime import datetime

import ibis
import pytest

from toolkit.data.session_views import brought
from toolkit.data.spark_sessions import VARIABLE, connected, kept_for_a_run, let_go, settings_of

CHILD = """
import sys
from company_tables import opened
from pathlib import Path
columns = {"id": {"type": "integer"}, "name": {"type": "text"}}
with opened(Path("."), {"t": {"table": "people", "key": "id", "columns": columns}}, sys.argv[1]) as source:
    print(source.report("t").rows, sorted(r["id"] for r in source.run(source.table("t"))), source.report("t").missing)
"""


def test_a_url_says_a_folder_and_settings():
    assert settings_of("pyspark://") == {}
    said = settings_of("pyspark:///some/place?spark.master=local%5B2%5D&spark.ui.enabled=true")
    assert said == {"spark.sql.warehouse.dir": "/some/place", "spark.master": "local[2]", "spark.ui.enabled": "true"}


def test_processes_of_a_run_share_its_spark(tmp_path, root, monkeypatch):
    if shutil.which("java") is None:
        pytest.skip("Java is not installed: apt-get install default-jre-headless")
    pytest.importorskip("pyspark", reason="needs: pip install 'crm-plan-toolkit[spark]'")
    url = f"pyspark://{tmp_path}/warehouse?spark.master=local[2]&spark.sql.shuffle.partitions=3"
    monkeypatch.setenv("PYTHONPATH", f"{root}:{root / 'tests' / 'data'}")
    with kept_for_a_run(url):
        engine = connected(url)
        session = engine._session
        assert session.conf.get("spark.sql.shuffle.partitions") == "3"  # as it was asked for
        assert session.conf.get("spark.sql.adaptive.enabled") == "false"  # ours, where nobody said
        session.sql("CREATE TABLE people USING parquet AS SELECT * FROM VALUES (1, 'a'), (2, ' ') AS t(id, name)")
        for _ in range(2):  # the first one that ends leaves the application to the second
            ended = subprocess.run([sys.executable, "-c", CHILD, url], capture_output=True, text=True, check=False)
            assert ended.stdout.strip() == "2 [1, 2] (('name', 1),)", ended.stderr[-2000:]
        assert [v.name for v in session.catalog.listTables() if v.isTemporary] == []
        few = brought(ibis.memtable({"id": [2, 3], "seen": [datetime(2026, 1, 1, 10), None]}), engine, "few")
        assert few.join(engine.table("people"), "id").execute().values.tolist() == [[2, datetime(2026, 1, 1, 10), " "]]
        let_go(engine)
        assert session.sql("SELECT COUNT(*) AS n FROM people").collect()[0].n == 2
    import os

    assert VARIABLE not in os.environ
