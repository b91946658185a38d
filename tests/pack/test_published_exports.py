"""A run read back: what changed between two, what is taken along, and in which form."""

from __future__ import annotations

import io
import json
import shutil
import zipfile
from datetime import date

import nbformat
import pytest
import python_calamine

from toolkit.language import Quantity, Sentence
from toolkit.pack.archive import write_zip
from toolkit.pack.differences import as_json, as_lines, differences
from toolkit.pack.export import Wanted, export
from toolkit.pack.printing import undated, write_pdf
from toolkit.pack.published import published
from toolkit.problems import Refused
from toolkit.shown import GRID, Grid

TABLE = Grid(
    Sentence("Orders: a/b [test] of a very long name indeed"),
    (Sentence("Who"), Sentence("Change"), Sentence("Day"), Sentence("Count")),
    (
        ("=1+1", Quantity(0.123456789012, "points", 0.1, 0.2), date(2026, 9, 30), 12),
        ("@cmd", Quantity(float("nan"), "points"), None, 3),
        ("-x", Quantity(-2.5, "points", -3.0, -2.0), date(2026, 1, 1), None),
    ),
)  # fmt: skip


def finding(id_, value, low, high, verdict="measured", period="2026Q3"):
    return {
        "id": id_, "page": "one", "question": f"What of {id_}?", "subject": "s", "period": period, "verdict": verdict, "sentence": "=said",
        "kpi": "late", "estimate": value, "low": low, "high": high, "unit": "percent", "n": 10, "n_unit": "orders", "method": "m",
        "decision": None, "owner": None, "due": None, "grade": None, "headline": False,
    }  # fmt: skip


@pytest.fixture
def a_run(tmp_path):
    """A folder as a run leaves it, written by hand."""

    def write(name, findings, company="small", period="2026Q3", version=1):
        folder = tmp_path / name
        (folder / "notebooks").mkdir(parents=True)
        (folder / "tables").mkdir()
        book = nbformat.v4.new_notebook()
        shown = nbformat.v4.new_output("display_data", {GRID: TABLE.to_json(), "text/plain": "t"})
        book.cells = [nbformat.v4.new_markdown_cell("# One\n\n## What happened"), nbformat.v4.new_code_cell("x", outputs=[shown, shown])]
        nbformat.write(book, folder / "notebooks" / "one.ipynb")
        (folder / "tables" / "one-orders.csv").write_text("a\n1\n")
        page = "<!doctype html><html lang=en><title>p</title><h1>Heading</h1><details><summary>s</summary><p>Inside</p></details>"
        (folder / "index.html").write_text(page)
        told = {"format": version, "company": company, "period": period, "findings": findings}
        (folder / "findings.json").write_text(json.dumps(told))
        pages = [{"page": "one", "notebook": "one.ipynb", "params": {}, "failed": None},
                 {"page": "two", "notebook": "two.ipynb", "params": {}, "failed": "KeyError: 'x'"}]
        (folder / "manifest.json").write_text(json.dumps({"format": version, "pages": pages, "files": {}}))
        return folder

    return write


def test_every_kind_of_change_is_told_with_old_and_new(a_run):
    old = a_run("old", [
        finding("turned", 0.1, 0.05, 0.15, "ship", "2026Q2"), finding("restated", 0.1, 0.05, 0.15),
        finding("moved", 0.1, 0.09, 0.11, period="2026Q2"), finding("gone", 0.1, 0.05, 0.15), finding("same", 0.1, 0.05, 0.15),
    ])  # fmt: skip
    new = a_run("new", [
        finding("turned", 0.0, -0.05, 0.05, "hold"), finding("restated", 0.12, 0.07, 0.17),
        finding("moved", 0.3, 0.29, 0.31), finding("new", 0.2, 0.1, 0.3), finding("same", 0.1, 0.05, 0.15),
    ])  # fmt: skip
    found = differences(old, new)
    assert {c.id: c.kind for c in found.changed} == {k: k for k in ("turned", "restated", "moved", "new", "gone")}
    text = "\n".join(as_lines(found))
    assert "Ship, 10 % (5 to 15) -> Hold, 0 % (−5 to 5)" in text
    assert "10.0 % (9.0 to 11.0) -> " in text and "What of same?" not in text
    told = {c["id"]: c for c in json.loads(as_json(found))["changed"]}
    assert told["restated"]["old"]["estimate"] == 0.1 and told["restated"]["new"]["high"] == 0.17
    assert told["gone"]["new"] is None and told["new"]["old"] is None
    assert as_lines(differences(old, old))[-1].startswith("Nothing differs")


def test_what_is_no_run_is_named_all_at_once(a_run, tmp_path):
    (tmp_path / "empty").mkdir()
    newer = a_run("newer", [], version=99)
    with pytest.raises(Refused) as refused:
        differences(tmp_path / "empty", newer)
    assert [("findings.json" in str(p)) for p in refused.value.problems] == [True, True]
    assert "99" in str(refused.value) and "another format" in str(refused.value)
    with pytest.raises(Refused, match="is no folder"):
        differences(tmp_path / "nowhere", newer)
    (tmp_path / "empty" / "findings.json").write_text("{not json")
    with pytest.raises(Refused, match="cannot be read"):
        published(tmp_path / "empty")
    with pytest.raises(Refused, match="another company"):
        differences(a_run("mine", []), a_run("theirs", [], company="other"))


def test_a_workbook_holds_numbers_and_runs_no_text(a_run, tmp_path):
    run = a_run("run", [finding("f", 0.123456789012, None, None)])
    files = [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for file in files:
        export(run, Wanted(workbook=file))
    assert files[0].read_bytes() == files[1].read_bytes()
    book = python_calamine.CalamineWorkbook.from_path(str(files[0]))
    assert book.sheet_names[:2] == ["Findings", "Tables"] and len({n.lower() for n in book.sheet_names}) == 4
    assert all(len(n) <= 31 for n in book.sheet_names)
    rows = book.get_sheet_by_index(2).to_python()
    assert rows[0] == ["Who", "Change", "Change (low)", "Change (high)", "Change (unit)", "Day", "Count"]
    assert rows[1] == ["=1+1", 0.123456789012, 0.1, 0.2, "points", date(2026, 9, 30), 12]
    assert rows[2][:2] == ["@cmd", ""] and rows[2][5] == ""
    with zipfile.ZipFile(files[0]) as packed:
        assert not any(b"<f>" in packed.read(name) for name in packed.namelist())


def test_a_zip_is_the_same_whenever_it_is_packed(a_run, tmp_path):
    run = a_run("run", [])
    again = tmp_path / "elsewhere" / "run"
    shutil.copytree(run, again, copy_function=shutil.copyfile)
    for folder, name in ((run, "a.zip"), (again, "b.zip")):
        assert write_zip(folder, tmp_path / name) == 5
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()
    with zipfile.ZipFile(io.BytesIO((tmp_path / "a.zip").read_bytes())) as packed:
        assert packed.namelist() == sorted(packed.namelist()) and "run/index.html" in packed.namelist()
        assert packed.read("run/findings.json") == (run / "findings.json").read_bytes()


def test_nothing_is_written_into_the_run_itself(a_run):
    run = a_run("run", [])
    before = sorted(p for p in run.rglob("*"))
    with pytest.raises(Refused, match="lies in the run itself"):
        export(run, Wanted(archive=run / "all.zip", csv=run / "tables2"))
    with pytest.raises(Refused, match="exports nothing"):
        export(run, Wanted())
    assert sorted(p for p in run.rglob("*")) == before


def test_a_printed_page_is_the_same_twice(a_run, browser, tmp_path):
    run = a_run("run", [])
    made = [write_pdf(run, tmp_path / name)[0].read_bytes() for name in ("p", "q")]
    assert made[0].startswith(b"%PDF") and made[0] == made[1]
    assert undated(b"/CreationDate (D:20261122011500+00'00')") == b"/CreationDate (D:20000101000000+00'00')"
