"""The params file that goes with the demo: it holds, and it speaks of all there is."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq

from toolkit.company.load import load_company
from toolkit.data.demo import write_params
from toolkit.data.demo.campaigns import TESTS
from toolkit.data.demo.changes import CHANGES
from toolkit.data.demo.params_file import DEFAULT_FOLDER


def test_it_is_the_one_in_the_repository(root: Path) -> None:
    stored = (root / "params" / "demo.yaml").read_text(encoding="utf-8")
    assert stored == write_params()


def test_only_the_folder_is_filled_in(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "demo.yaml"
    text = write_params(path, Path("/some where/ät"))
    assert path.read_text(encoding="utf-8") == text
    assert load_company(path).company.folder == "/some where/ät"
    usual, other = write_params().splitlines(), text.splitlines()
    assert [a for a, b in zip(usual, other, strict=True) if a != b] == [
        line for line in usual if line.startswith(f"folder: {DEFAULT_FOLDER}")
    ]
    assert [entry.name for entry in path.parent.iterdir()] == ["demo.yaml"]


def test_every_table_and_column_is_declared(tmp_path: Path, demo) -> None:
    write_params(tmp_path / "demo.yaml", demo.folder)
    company = load_company(tmp_path / "demo.yaml").company
    assert set(company.tables) == set(demo.tables)
    for name, path in demo.tables.items():
        assert list(company.tables[name].columns) == pq.read_schema(path).names, name


def test_tests_are_declared_as_they_were_run(tmp_path: Path) -> None:
    write_params(tmp_path / "demo.yaml")
    declared = load_company(tmp_path / "demo.yaml").company.tests
    assert list(declared) == [test.name for test in TESTS]
    for test in TESTS:
        mine = declared[test.name]
        assert list(mine.arms) == [arm.name for arm in test.arms]
        assert mine.control == test.arms[0].name
        assert set(mine.arms.values()) == {1}
        assert str(mine.starts) == test.starts
        primary = [m.kpi for m in mine.metrics if m.role == "primary"]
        assert set(primary) == set(test.primary)


def test_the_changes_kpis_are_there(tmp_path: Path) -> None:
    write_params(tmp_path / "demo.yaml")
    company = load_company(tmp_path / "demo.yaml").company
    for planted in CHANGES:
        kpi = company.kpis[planted.kpi]
        assert kpi.table == planted.table
        assert kpi.better == planted.better
        assert (kpi.time or company.tables[kpi.table].time) == planted.time
