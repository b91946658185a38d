"""Nothing is made twice that still holds, and nothing that does not is taken for granted."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest

from toolkit.pack.remembered import FOLDER
from toolkit.pack.run import run
from toolkit.pack.unchanged import question, still_holds

def made(project: Path, **kw):
    return run(project / "params.yaml", out=project / "reports", jobs=2, **kw)


def pages(result) -> dict[str, bool]:
    told = json.loads((result.folder / "manifest.json").read_text())
    return {p["page"]: p["remembered"] for p in told["pages"]}


def test_the_same_again_makes_nothing_and_says_where_it_stands(project):
    first = made(project)
    written = {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")}
    again = made(project)
    assert again.unchanged and again.folder == first.folder
    assert (again.pages, again.findings) == (first.pages, first.findings)
    assert {p: p.stat().st_mtime_ns for p in first.folder.rglob("*")} == written


def test_a_changed_table_makes_only_the_pages_that_asked_for_it_anew(project):
    made(project)
    with open(project / "orders.csv", "a") as out:
        out.write("new,2026-09-30,True\n")
    result = made(project)
    assert pages(result) == {"of_late": False, "of_bought": True}
    printed = (result.folder / "notebooks" / "of_late.ipynb").read_text()
    assert "274" in printed


def test_a_file_with_a_new_date_and_the_same_bytes_is_the_same(project):
    made(project)
    os.utime(project / "orders.csv", (1, 1))
    assert made(project).unchanged


@pytest.mark.parametrize("date", ["as it was", 1, 4_000_000_000])
def test_other_bytes_of_the_same_length_are_another_table_whatever_the_clock_says(project, date):
    made(project)
    table = project / "orders.csv"
    before = table.stat()
    text = table.read_bytes()
    table.write_bytes(text.replace(b"True", b"yes ", 40))
    assert table.stat().st_size == before.st_size
    os.utime(table, ns=(before.st_mtime_ns, before.st_mtime_ns)) if date == "as it was" else os.utime(table, (date, date))
    assert not made(project).unchanged


@pytest.mark.parametrize("date", [1, 4_000_000_000])
def test_what_is_remembered_may_be_dated_anyhow(project, date):
    first = made(project)
    kept = {p: p.read_bytes() for p in first.folder.rglob("*.csv")}
    for path in (project / "reports").rglob("*"):
        os.utime(path, (date, date))
    assert made(project).unchanged
    with open(project / "orders.csv", "a") as out:
        out.write("new,2026-09-30,True\n")
    result = made(project)
    assert "274" in (result.folder / "notebooks" / "of_late.ipynb").read_text()
    assert kept.keys() <= set(result.folder.rglob("*.csv"))


@pytest.mark.parametrize("change", ["params", "notebook", "page", "manifest"])
def test_whatever_a_pack_was_made_from_or_holds_is_looked_at(project, change):
    first = made(project)
    if change == "params":
        path = project / "params.yaml"
        path.write_text(path.read_text().replace("label: Late", "label: Too late"))
    elif change == "notebook":
        path = project / "notebooks" / "of_late.ipynb"
        path.write_text(path.read_text().replace("# late", "# Late orders"))
    elif change == "page":
        (first.folder / "of_late.html").write_text("somebody else's")
    else:
        (first.folder / "manifest.json").unlink()
    result = made(project)
    assert not result.unchanged
    assert "somebody else's" not in (result.folder / "of_late.html").read_text()


def test_what_is_remembered_and_damaged_is_made_anew(project):
    first = made(project)
    clean = (first.folder / "findings.json").read_text(), (first.folder / "of_late.html").read_text()
    for path in (project / "reports" / FOLDER).rglob("*.json"):
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    again = made(project)
    assert not again.unchanged and not any(pages(again).values())
    assert clean == ((again.folder / "findings.json").read_text(), (again.folder / "of_late.html").read_text())


def test_force_makes_everything_anew(project):
    made(project)
    assert not any(pages(made(project, force=True)).values())


def test_a_pack_that_moved_is_made_anew(project):
    first = made(project)
    shutil.move(first.folder, project / "elsewhere")
    assert still_holds(project / "reports", question(project / "params.yaml")) is None
    assert made(project).index.is_file()


def test_remembered_and_made_anew_are_the_same_bytes(project):
    def content(result):
        return {
            str(p.relative_to(result.folder)): p.read_bytes()
            for p in sorted(result.folder.rglob("*")) if p.is_file() and p.name != "manifest.json"
        }

    first = content(made(project))
    (project / "params.yaml").touch()
    (project / "reports" / "small" / "two" / "2026Q3" / "index.html").unlink()
    assert content(made(project)) == first
    assert content(made(project, force=True, engine="nbclient")) == first
