"""Every string that tries to act, through every output, all of them in a few pages opened in Chromium."""

from __future__ import annotations

import csv
import io
import json
import re
from datetime import date

import nbformat
import pytest
import sample_pages as sample
from hostile_strings import EVERY

from toolkit.display import charts
from toolkit.display.rows import Change, Line, Point, Row
from toolkit.findings import Check, Checks, Findings
from toolkit.language import Quantity, Sentence
from toolkit.pack.index import render_index
from toolkit.pack.page import PageLink, render_failure, render_page
from toolkit.pack.records import findings_of, tables_of
from toolkit.pack.writing import plain_finding
from toolkit.problems import Problem
from toolkit.shown import Grid
from toolkit.pack.why_failed import Why

PAGES = 3
BATCHES = [EVERY[i::PAGES] for i in range(PAGES)]
Q = Quantity(1.0, "hours", 0.5, 1.5)
DAYS = (date(2026, 1, 1), date(2026, 2, 1))


def said(text: str) -> Sentence:
    return Sentence("{t}", {"t": text})


def notebook(strings: tuple[str, ...]) -> nbformat.NotebookNode:
    """Each string as a label, title, axis, change, panel, cell, heading, note, check, finding and output."""
    rows = [Row(t, Q) for t in strings]
    line = (Point(DAYS[0], Q), Point(DAYS[1], Q))
    shown = [
        charts.dot_interval(rows, said(strings[0]), axis=said(strings[1])),
        charts.bars(rows[:20], said(strings[2]), axis=said(strings[3])),
        charts.line_over_time([Line(t, line) for t in strings[:6]], said(strings[4]), changes=[Change(DAYS[1], t) for t in strings[20:40]]),
        charts.small_multiples({t: [Line(t, line)] for t in strings[-4:]}, said(strings[5])),
    ]
    grids = [
        Grid(said(t), (said(t), said(strings[-1 - i]), Sentence("Value")), tuple((s, said(s), Q) for s in strings[i::20]), said(t))
        for i, t in enumerate(strings[:20])
    ]
    checks = Checks(tuple(Check(said(t), False, said(t)) for t in strings))
    findings = Findings(tuple(
        sample.finding(
            id=f"{i}/{t}", subject=t, question=said(t), sentence=said(t), decision=said(t), owner=t, n_unit=t, method=t or "m",
            null=t, source=t, comparison=t, segment=t, kpi=t, notebook=t,
        )
        for i, t in enumerate(strings)
    ))  # fmt: skip
    values = [v._repr_mimebundle_() for v in (*shown, *grids, checks, findings)]
    values += [{kind: t, "text/plain": t} for t in strings for kind in ("text/plain", "text/html", "text/markdown")]
    values += [{"image/svg+xml": t} for t in strings[:20]]
    cell = nbformat.v4.new_code_cell("x = 1")
    cell.outputs = [nbformat.v4.new_output("display_data", v) for v in values]
    cell.outputs += [nbformat.v4.new_output("stream", name="stdout", text=t) for t in strings]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# Title\n\n## What happened"), cell])
    made.cells += [nbformat.v4.new_code_cell("# " + t) for t in strings[:20]]
    return made


@pytest.fixture(scope="module")
def notebooks():
    return [notebook(batch) for batch in BATCHES]


def quiet(visit) -> None:
    """Nothing ran, nothing was asked for, nothing was refused."""
    assert visit.wrong == []
    assert visit.js("window.hacked === undefined")
    assert visit.js(
        "document.querySelectorAll('main iframe, main form, main input, main meta, main base, main script, main object, main embed').length"
    ) == 0  # fmt: skip
    assert visit.js("[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !a.name.startsWith('on')))")
    assert visit.js("[...document.querySelectorAll('a')].every(a => ['file:'].includes(a.protocol))")


def test_there_are_two_hundred_and_more():
    assert len(EVERY) >= 200 and len(set(EVERY)) == len(EVERY)


@pytest.mark.parametrize("which", range(PAGES))
def test_on_a_page_they_are_only_shown(browser, tmp_path, notebooks, which):
    batch = BATCHES[which]
    context = sample.context(
        company=batch[0], pack=batch[1], period=batch[2], title=batch[3],
        links=tuple(PageLink(f"p{i}", t) for i, t in enumerate(batch)), provenance=tuple((t, t) for t in batch),
    )  # fmt: skip
    page = tmp_path / "page.html"
    page.write_text(render_page(notebooks[which], context), "utf-8")
    with browser.visit(page, 1440, 900) as visit:
        assert visit.all_drawn() == 4
        visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
        visit.until("[...document.querySelectorAll('[data-chart]')].every(p => p.dataset.state === 'drawn')")
        assert visit.js("document.querySelectorAll('[data-chart]').length") == 4
        assert visit.js("[...document.querySelectorAll('.drawn')].every(d => d.getAttribute('aria-label').length > 50)")
        quiet(visit)
        text = visit.js("document.documentElement.textContent")
        assert not re.search("[\u0000-\u0008\u000e-\u001f\u2028\u2029\u202a-\u202e]", text)


def test_on_an_index_and_a_page_that_failed_they_are_only_shown(browser, tmp_path):
    findings = [
        {**sample.finding(id=f"{i}", sentence=said(t), question=said(t), owner=t, decision=said(t)).to_json(), "page": f"p{i}"}
        for i, t in enumerate(EVERY)
    ]
    context = sample.context(
        "index", company=EVERY[2], pack=EVERY[1], period=EVERY[0], links=tuple(PageLink(f"p{i}", t) for i, t in enumerate(EVERY))
    )
    (tmp_path / "index.html").write_text(render_index(findings, {f"p{i}": Why(said(t), t) for i, t in enumerate(EVERY)}, context), "utf-8")
    why = Why(Sentence("{all}", {"all": tuple(EVERY)}), "\n".join(EVERY))
    (tmp_path / "failed.html").write_text(render_failure(context, why), "utf-8")
    for name in ("index", "failed"):
        with browser.visit(tmp_path / f"{name}.html", 390, 844) as visit:
            quiet(visit)


def test_in_a_table_of_a_spreadsheet_nothing_acts(notebooks):
    seen = 0
    for book in notebooks:
        for name, text in tables_of(book, "page").items():
            assert re.fullmatch(r"page-[a-z0-9-]{1,60}\.csv", name)
            # a spreadsheet may split at semicolons and tabs whatever the file says
            for row in csv.reader(io.StringIO(text)):
                for cell in (part for c in row for part in re.split(r"[;\t\r\n]", c)):
                    seen += 1
                    acts = cell.strip()[:1] in tuple("=@+-") and not re.fullmatch(r"\s*[+-]?[0-9.e+-]+\s*", cell)
                    assert not acts, cell
    assert seen > 1000


def test_findings_are_json_for_every_program(notebooks):
    for book, batch in zip(notebooks, BATCHES, strict=True):
        found = [plain_finding(f) for f in findings_of(book, "page")]
        text = json.dumps(found, indent=1, ensure_ascii=False, allow_nan=False)
        assert [f["subject"] for f in json.loads(text)] == list(batch)


def test_a_message_is_one_line_that_a_terminal_shows_and_does_not_obey():
    for text in EVERY:
        line = str(Problem("orders.status", "must be one of its declared values", text, choices=EVERY[:5]))
        assert "\n" not in line and len(line) < 1500
        assert line.isprintable() or not re.search("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]", line)
