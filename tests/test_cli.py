"""The command line as a person meets it: what it prints, what it refuses, what it leaves alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def toolkit(*words, cwd=ROOT):
    return subprocess.run([sys.executable, "-m", "toolkit.cli", *map(str, words)], capture_output=True, text=True, cwd=cwd)


def test_help_names_every_command_and_needs_no_heavy_import():
    asked = "import sys, toolkit.cli; print(sorted({'pandas', 'ibis', 'altair', 'duckdb', 'pydantic'} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", asked], capture_output=True, text=True, cwd=ROOT).stdout.strip() == "[]"
    said = toolkit("--help").stdout
    for command in ("demo", "init", "check", "run", "schema", "notebooks"):
        assert command in said


def test_the_demo_is_written_and_written_again_the_same(tmp_path):
    first = toolkit("demo", tmp_path, "--customers", 300)
    assert first.returncode == 0, first.stderr
    before = {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()}
    assert json.loads((tmp_path / "data" / "demo" / "truths.json").read_text())["customers"] == 300
    assert toolkit("demo", tmp_path, "--customers", 300).returncode == 0
    assert {p: p.read_bytes() for p in tmp_path.rglob("*") if p.is_file()} == before
    checked = toolkit("check", tmp_path / "params" / "demo.yaml")
    assert checked.returncode == 0, checked.stderr
    assert "keep their contracts" in checked.stdout
    assert "set aside as declared" in checked.stdout


def test_a_params_file_of_ones_own_is_never_overwritten(tmp_path):
    params = tmp_path / "params" / "demo.yaml"
    params.parent.mkdir()
    params.write_text("mine: 1\n")
    ended = toolkit("demo", tmp_path, "--customers", 300)
    assert ended.returncode == 2
    assert params.read_text() == "mine: 1\n"
    assert not (tmp_path / "data").exists()


def test_init_leads_to_a_file_whose_problems_are_named(tmp_path):
    assert toolkit("init", tmp_path).returncode == 0
    params = tmp_path / "params" / "company.yaml"
    ended = toolkit("check", params)
    assert ended.returncode == 2
    assert "Traceback" not in ended.stderr
    assert str(tmp_path) not in ended.stdout
    again = toolkit("init", tmp_path)
    assert again.returncode == 2 and "is there already" in again.stderr


def test_schema_is_json_and_the_same_twice():
    said = toolkit("schema").stdout
    assert json.loads(said)["$schema"].startswith("https://json-schema.org/")
    assert toolkit("schema").stdout == said


def test_a_params_file_that_is_not_there(tmp_path):
    ended = toolkit("run", tmp_path / "nowhere.yaml")
    assert ended.returncode == 2
    assert "nowhere.yaml" in ended.stderr and "Traceback" not in ended.stderr


def test_unknown_pack_period_and_notebook_are_named(tmp_path):
    assert toolkit("demo", tmp_path, "--customers", 300).returncode == 0
    params = tmp_path / "params" / "demo.yaml"
    for words, said in (
        (("--pack", "quartely"), "quarterly"), (("--period", "2026Q5"), "2026Q5"), (("--only", "ab_tests"), "ab_test"),
    ):
        ended = toolkit("run", params, "--out", tmp_path / "out", *words)
        assert ended.returncode == 2, words
        assert said in ended.stderr and "Traceback" not in ended.stderr
    assert not (tmp_path / "out").exists()
