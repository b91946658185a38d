"""Every string that tries to act, in the kinds of charts that hold few names, and in a workbook."""

from __future__ import annotations

import json
import re
import zipfile
from types import SimpleNamespace as Plain
from xml.etree import ElementTree

import nbformat
import python_calamine
import sample_pages as sample
from hostile_strings import EVERY
from test_hostile_everywhere import DAYS, Q, quiet, said

from toolkit.display import charts, competitor_charts, money_charts
from toolkit.display.rows import Change, Effect, Level, Line, Mark, Panel, Point, Row
from toolkit.drawable import Cell
from toolkit.language import Quantity
from toolkit.money.rows import BinRow, SpentRow, SwingRow
from toolkit.pack.page import render_page
from toolkit.pack.published import published
from toolkit.pack.workbook import write_workbook
from toolkit.pack.writing import plain_finding
from toolkit.shown import Grid

KINDS = 9
EUR = Quantity(1.0, "EUR", 0.5, 1.5)


def few(strings: tuple[str, ...]) -> list:
    """The nine kinds of charts that the page of all strings does not hold, each with a share of them."""
    line = tuple(Point(day, Q) for day in DAYS)
    part = [strings[i::KINDS] for i in range(KINDS)]
    panels = [
        Panel(said(t), (Line(t, line),), (Mark(1.2, said(t)),), (Change(DAYS[1], t),), (said(t),)) for t in part[1][:6]
    ]
    placed = [Plain(label=t, across=Quantity(i / 99, "percent", 0.0, 0.5), up=Quantity(i, "score", -1.0, 40.0), tone="level", said=said(t))
              for i, t in enumerate(part[5])]  # fmt: skip
    spent = [SpentRow(said("Money"), t, EUR, EUR, EUR) for t in part[7]]
    made = [
        charts.before_after([Line(t, line, "past") for t in part[0][:4]], said(part[0][4]), events=[Change(DAYS[1], t) for t in part[0][5:]]),
        charts.kpi_panels(panels, said(part[1][6])),
        charts.effects([Effect(part[2][i % 3], t, Q) for i, t in enumerate(part[2])], said(part[2][-1])),
        charts.arms([Level(part[3][i % 3], t, Q) for i, t in enumerate(part[3])], said(part[3][-1])),
        competitor_charts.heat([Cell(t, part[4][-1 - i % 4], Q, "worse") for i, t in enumerate(part[4])], said(part[4][0])),
        competitor_charts.importance(placed, said(part[5][0]), lines=(Quantity(0.3, "percent"), Quantity(0.0, "score"))),
        money_charts.tornado([SwingRow(said(t), EUR, Quantity(i, "EUR"), Q, Q) for i, t in enumerate(part[6])], said(part[6][0]), base=EUR),
        money_charts.spending(spent, said(part[7][0])),
        money_charts.distribution([BinRow(-1, 0, 0.3), BinRow(0, 1, 0.7)], said(part[8][0]), unit="EUR",
                                  marks=[Mark(i / 20, said(t)) for i, t in enumerate(part[8][:9])]),
        money_charts.worth([Row(t, EUR) for t in part[8]], said(part[8][-1])),
    ]  # fmt: skip
    return made


def test_every_other_kind_of_chart_is_drawn_and_only_shows(browser, tmp_path):
    cell = nbformat.v4.new_code_cell("x = 1")
    made = few(EVERY)
    cell.outputs = [nbformat.v4.new_output("display_data", v._repr_mimebundle_()) for v in made]
    book = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title\n\n## What happened"), cell])
    page = tmp_path / "page.html"
    page.write_text(render_page(book, sample.context()), "utf-8")
    with browser.visit(page, 1440, 900) as visit:
        visit.all_drawn()
        visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
        visit.until("[...document.querySelectorAll('[data-chart]')].every(p => p.dataset.state === 'drawn')")
        assert visit.js("document.querySelectorAll('[data-chart]').length") == len(made) == 10
        quiet(visit)


def run_with(tmp_path, strings: tuple[str, ...]):
    """A run as it is published, with each string in a table, a title, a heading and every word of a finding."""
    for name in ("notebooks", "tables"):
        (tmp_path / name).mkdir()
    grids = [Grid(said(t), (said(t), said(strings[-1 - i])), ((t, said(t)), (strings[-1 - i], Q)), said(t)) for i, t in enumerate(strings)]
    cell = nbformat.v4.new_code_cell("x = 1")
    cell.outputs = [nbformat.v4.new_output("display_data", g._repr_mimebundle_()) for g in grids]
    nbformat.write(nbformat.v4.new_notebook(cells=[cell]), tmp_path / "notebooks" / "one.ipynb")
    findings = [
        plain_finding(sample.finding(id=f"{i}/{t}", subject=t, question=said(t), sentence=said(t), decision=said(t), owner=t, kpi=t).to_json())
        | {"page": "one"}
        for i, t in enumerate(strings)
    ]
    told = {"format": 1, "company": "small", "period": "2026Q3", "findings": findings}
    (tmp_path / "findings.json").write_text(json.dumps(told))
    pages = [{"page": "one", "notebook": "one.ipynb", "params": {}, "failed": None}]
    (tmp_path / "manifest.json").write_text(json.dumps({"format": 1, "pages": pages, "files": {}}))
    return published(tmp_path)


def test_a_workbook_holds_words_and_nothing_that_acts(tmp_path):
    path = tmp_path / "tables.xlsx"
    assert write_workbook(run_with(tmp_path, EVERY), path) == len(EVERY)
    with zipfile.ZipFile(path) as parts:
        names = parts.namelist()
        assert not [n for n in names if re.search("external|vba|macro|drawing|connection|embed", n, re.I)]
        for name in names:
            root = ElementTree.fromstring(parts.read(name))
            tags = {e.tag.rpartition("}")[2] for e in root.iter()}
            assert not tags & {"f", "hyperlink", "hyperlinks", "oleObject", "dataValidation", "ddeLink"}, name
            if name.endswith(".rels"):
                assert all(e.get("TargetMode") != "External" for e in root), name
    book = python_calamine.CalamineWorkbook.from_path(str(path))
    sheets = book.sheet_names
    assert len({s.lower() for s in sheets}) == len(sheets) == len(EVERY) + 2
    assert all(0 < len(s) <= 31 and not re.search(r"[\[\]:*?/\\\x00-\x1f\u202a-\u202e]", s) for s in sheets)
    rows = book.get_sheet_by_name("Findings").to_python()
    assert len(rows) == len(EVERY) + 1
    # what a spreadsheet can hold stands there as it was
    asked = rows[0].index("subject")
    kept = {r[asked] for r in rows[1:]}
    assert {"=1+1", "=cmd|'/c calc'!A0", "<script>window.hacked=1</script>", "{{ config }}", "../../../etc/passwd"} <= kept


