"""The demo's pages over a real PostgreSQL server and over Spark: the same findings as over files in DuckDB.

PostgreSQL sorts text as people do (ICU, en-US), not by bytes, so that nothing hangs on it, and runs
the whole pack. Spark runs on this machine, one Java process for all notebooks: it checks every
table's contract and runs the pages named here, or the whole pack as well where `TOOLKIT_WHOLE_SPARK`
says so (`make test-spark`), which takes Java several minutes.
"""

from __future__ import annotations

import os

import pytest
from database_params import over_database
from executed_pages import executed
from postgres_server import load, running
from same_findings import differences
from spark_tables import spark_with

from toolkit.data.demo.params_file import write_params
from toolkit.data.demo.write import write_demo

WHOLE_SPARK = bool(os.environ.get("TOOLKIT_WHOLE_SPARK"))
SPARK_PAGES = ("ab_test-checkout_page", "plan_change-same_day_replies")


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A small demo company as files: its folder, and what its whole pack finds."""
    place = tmp_path_factory.mktemp("company")
    write_demo(place / "data" / "demo", 3000 if WHOLE_SPARK else 6000)
    write_params(place / "params" / "demo.yaml")
    return place, *executed(place / "params" / "demo.yaml", place / "files")


def pages_of(findings):
    return {f["page"] for f in findings.values()}


def told(demo, url, only=()):
    """What files gave, what the database gave of the same pages, and what each counted of every table."""
    place, findings, counted = demo
    name = url.partition(":")[0]
    params = place / "params" / f"{name}.yaml"
    params.write_text(over_database((place / "params" / "demo.yaml").read_text(), f'"{url}"'))
    found, rows = executed(params, place / name, only)
    pages = pages_of(found)
    return {i: f for i, f in findings.items() if f["page"] in pages}, found, counted, rows


def test_the_whole_pack_over_postgres_says_what_it_says_over_files(demo):
    with running() as server:
        load(server, "demo", demo[0] / "data" / "demo")
        here, there, counted, rows = told(demo, f"postgres://{server}/demo")
    assert len(pages_of(there)) >= 26
    assert counted == rows
    assert here.keys() == there.keys()
    assert differences(here, there) == []


def test_pages_over_spark_say_what_they_say_over_files(demo, tmp_path):
    url = f"pyspark://{tmp_path}/warehouse?spark.master=local[2]&spark.driver.memory=2g"
    with spark_with(url, demo[0] / "data" / "demo"):
        here, there, counted, rows = told(demo, url, () if WHOLE_SPARK else SPARK_PAGES)
    assert {f["page"] for f in there.values()} == (pages_of(demo[1]) if WHOLE_SPARK else set(SPARK_PAGES))
    assert counted == rows
    assert here.keys() == there.keys()
    assert differences(here, there) == []
