"""The demo's whole pack over a real PostgreSQL server: the same findings as over files in DuckDB.

The database sorts text as people do (ICU, en-US), not by bytes, so that nothing hangs on it.
"""

from __future__ import annotations

import pytest
from database_params import over_database
from executed_pages import executed
from postgres_server import load, running
from same_findings import differences

from toolkit.data.demo.params_file import write_params
from toolkit.data.demo.write import write_demo


@pytest.fixture(scope="module")
def demo(tmp_path_factory):
    """A small demo company as files: its folder, and what its whole pack finds."""
    place = tmp_path_factory.mktemp("company")
    write_demo(place / "data" / "demo", 6000)
    write_params(place / "params" / "demo.yaml")
    return place, *executed(place / "params" / "demo.yaml", place / "files")


def told(demo, url, only=()):
    """The same over a database; and what files gave of the same pages."""
    place, findings, counted = demo
    name = url.partition(":")[0]
    params = place / "params" / f"{name}.yaml"
    params.write_text(over_database((place / "params" / "demo.yaml").read_text(), f'"{url}"'))
    found, rows = executed(params, place / name, only)
    pages = {f["page"] for f in found.values()}
    return {i: f for i, f in findings.items() if f["page"] in pages}, found, counted, rows


def test_the_whole_pack_over_postgres_says_what_it_says_over_files(demo):
    with running() as server:
        load(server, "demo", demo[0] / "data" / "demo")
        here, there, counted, rows = told(demo, f"postgres://{server}/demo")
    assert len({f["page"] for f in there.values()}) >= 26
    assert counted == rows
    assert here.keys() == there.keys()
    assert differences(here, there) == []
