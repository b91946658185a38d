"""Files for schedulers, and which period is the latest one."""

from __future__ import annotations

import ast
import json
import shlex
import shutil
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
import yaml

from toolkit.company.load import load_company
from toolkit.company.ready import yesterday
from toolkit.pack.readiness import due
from toolkit.pack.run import run
from toolkit.pack.schedule import KINDS, files_of, plan_of
from toolkit.problems import Refused


@pytest.fixture
def odd_place(project):
    """The small company in a folder whose name has blanks, a quote and a per cent sign."""
    place = project / "it's 100% ours $HOME"
    (place / "params").mkdir(parents=True)
    for name in ("orders.csv", "visits.csv"):
        shutil.copy(project / name, place / name)
    text = (project / "params.yaml").read_text().replace("tables:", "folder: ..\ntables:", 1)
    (place / "params" / "company.yaml").write_text(text)
    return place / "params" / "company.yaml"


def commands_of(line):
    return line.split(" ", 5)[5].replace("\\%", "%")


def test_a_cron_line_says_the_command_and_its_folder_whatever_their_names(odd_place):
    (text,) = files_of("cron", plan_of(odd_place, None)).values()
    (line,) = [one for one in text.splitlines() if not one.startswith("#")]
    assert line.split()[:5] == ["17", "6", "*", "*", "*"]
    assert "%" not in line.replace("\\%", "")
    words = shlex.split(commands_of(line))
    assert words[:2] == ["cd", str(odd_place.parent.parent)]
    assert words[words.index("run") + 1 : words.index("run") + 4] == [str(odd_place), "--period", "latest"]


@pytest.mark.parametrize(("ends_with", "goes_on"), [(0, 0), (3, 0), (1, 1), (2, 1)])
def test_the_cron_line_takes_another_run_under_way_for_no_failure(odd_place, tmp_path, ends_with, goes_on):
    plan = plan_of(odd_place, None)
    (text,) = files_of("cron", plan).values()
    program = tmp_path / "a toolkit"
    program.write_text(f"#!/bin/sh\necho \"$@\" > '{tmp_path}/asked'\necho why\nexit {ends_with}\n")
    program.chmod(0o755)
    command = commands_of(text.splitlines()[-1]).replace(shlex.quote(str(plan.program)), shlex.quote(str(program)), 1)
    ended = subprocess.run(["sh", "-c", command], capture_output=True, text=True)
    assert bool(ended.stdout) == bool(goes_on), (ended.stdout, ended.stderr)
    assert (tmp_path / "asked").read_text().strip() == f"run {odd_place} --period latest"


def test_systemd_takes_the_units(odd_place, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("needs systemd-analyze")
    files = files_of("systemd", plan_of(odd_place, None))
    for name, text in files.items():
        (tmp_path / name).write_text(text.replace(str(plan_of(odd_place, None).program), "/bin/true"))
    ended = subprocess.run(["systemd-analyze", "verify", *(str(tmp_path / n) for n in files)], capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert "SuccessExitStatus=3" in "".join(files.values()) and "100%% ours $$HOME" in "".join(files.values())


def test_github_takes_the_workflow(odd_place):
    (text,) = files_of("github", plan_of(odd_place, "two")).values()
    flow = yaml.safe_load(text)
    assert flow["concurrency"]["cancel-in-progress"] is False
    (script,) = [s["run"] for s in flow["jobs"]["pack"]["steps"] if s.get("name") == "Make the pack"]
    assert "toolkit run params/company.yaml --pack two --period latest" in script
    assert str(odd_place.parent.parent) not in text
    assert subprocess.run(["bash", "-n", "-c", script]).returncode == 0


def test_the_airflow_file_has_a_task_for_each_page_and_one_that_publishes(odd_place):
    (text,) = files_of("airflow", plan_of(odd_place, None)).values()
    tree = ast.parse(text)
    (plan,) = [ast.literal_eval(n.value) for n in tree.body if isinstance(n, ast.Assign) and n.targets[0].id == "PLAN"]
    assert plan["pages"] == ["of_late", "of_bought"] and plan["params"] == str(odd_place)
    assert {n.name for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)} == {"run", "pack", "page", "publish"}


def test_what_the_tasks_make_page_by_page_is_remembered_for_the_whole(project):
    params = project / "params.yaml"
    params.write_text(params.read_text() + "      - {notebook: of_late, title: Late once more}\n")
    plan = plan_of(params, None)
    assert plan.pages == ("of_late", "of_bought", "of_late-2")
    alone = {"of_late": ["of_late", "of_late-2"]}  # a notebook's name asks for all of its pages
    for page in plan.pages:
        made = run(params, out=project / "reports", only=(page,))
        there = [p["page"] for p in json.loads((made.folder / "manifest.json").read_text())["pages"]]
        assert there == alone.get(page, [page])
    whole = json.loads((run(params, out=project / "reports").folder / "manifest.json").read_text())["pages"]
    assert [(p["page"], p["remembered"]) for p in whole] == [(page, True) for page in plan.pages]
    with pytest.raises(Refused, match="--only.*'of_lat'.*is no notebook, and no page of this pack"):
        run(params, out=project / "reports", only=("of_lat",))


def test_files_are_the_same_twice_and_others_are_refused(odd_place):
    plan = plan_of(odd_place, None)
    assert all(files_of(kind, plan) == files_of(kind, plan_of(odd_place, None)) for kind in KINDS)
    with pytest.raises(Refused, match="systemd"):
        files_of("sistemd", plan)
    with pytest.raises(Refused, match="no pack"):
        plan_of(odd_place, "three")


def with_ready(params: Path, rules: str, as_of="2026-09-30") -> Path:
    text = params.read_text().replace("as_of: 2026-09-30}", f"as_of: {as_of}, ready: {rules}}}")
    other = params.with_name("ready.yaml")
    other.write_text(text)
    return other


@pytest.mark.parametrize(("rules", "expected"), [
    ("[]", "2026Q3"), ("[{table: orders}]", "2026Q3"), ("[{table: orders, days: 1}]", "2026Q2"),
    ("[{table: orders, days: -7}, {table: visits, days: 93}]", "2026Q1"),
])  # fmt: skip
def test_latest_is_the_last_period_whose_data_is_there(project, rules, expected):
    file = load_company(with_ready(project / "params.yaml", rules))
    assert str(due(file, "latest")) == expected
    assert str(due(file, "2026Q3")) == "2026Q3"


def test_rows_that_come_later_turn_latest_on(project):
    params = with_ready(project / "params.yaml", "[{table: orders, days: 3}]", "2026-10-31")
    assert str(due(load_company(params), "latest")) == "2026Q2"
    with open(project / "orders.csv", "a") as rows:
        rows.write("late1,2026-10-03,True\n")
    assert str(due(load_company(params), "latest")) == "2026Q3"


def test_rules_about_tables_that_are_not_there_or_not_dated_are_named(project):
    params = with_ready(project / "params.yaml", "[{table: order}, {table: visits}]")
    params.write_text(params.read_text().replace("key: [visit_id]\n    time: day", "key: [visit_id]").replace("bought, denominator", "bought, time: day, denominator"))
    with pytest.raises(Refused) as refused:
        load_company(params)
    said = str(refused.value)
    assert "company.ready[0].table" in said and "Did you mean 'orders'" in said and "needs a 'time'" in said


def test_as_of_may_be_yesterday_as_days_begin_there(project):
    moment = datetime(2026, 10, 1, 2, 0, tzinfo=UTC)
    assert yesterday("UTC", moment) == date(2026, 9, 30)
    assert yesterday("America/Sao_Paulo", moment) == date(2026, 9, 29)
    params = with_ready(project / "params.yaml", "[{table: orders}]", "yesterday")
    before = yesterday("UTC")
    assert before <= load_company(params).company.company.as_of <= yesterday("UTC")
