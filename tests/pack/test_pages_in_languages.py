"""The same page in four languages: direction, marks, links to itself, charts in a reader's browser."""

import re
import shutil
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
import sample_charts
import sample_pages as sample
from page_faults import faults

from toolkit.company.load import load_company
from toolkit.display.layout import at_width
from toolkit.display.picture import drawn
from toolkit.display.words import in_language
from toolkit.language.catalogues import LANGUAGES
from toolkit.pack.context import same_pages
from toolkit.pack.index import render_index
from toolkit.pack.page import render_page
from toolkit.problems import Refused

HERE = Path(__file__).resolve().parent.parent
EVERY = tuple(LANGUAGES)


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page and its index in every language, English at the top."""
    top = tmp_path_factory.mktemp("languages")
    notebook = sample.notebook(sample_charts.over_time(), sample_charts.causes(), sample_charts.regions())
    for language in EVERY:
        folder = top if language == "en" else top / language
        folder.mkdir(exist_ok=True)
        for page, render in (
            ("ab_test-spring_mail", lambda c: render_page(notebook, c)),
            ("index", lambda c: render_index(sample.pack_findings(), sample.FAILED, c)),
        ):
            context = replace(sample.context(page), language=language, same=same_pages(page, language, EVERY))
            (folder / f"{page}.html").write_text(render(context), "utf-8")
    return top


def test_every_page_says_its_language_and_which_way_it_runs(site):
    for language in EVERY:
        folder = site if language == "en" else site / language
        for page in ("index", "ab_test-spring_mail"):
            html = (folder / f"{page}.html").read_text("utf-8")
            direction = "rtl" if language == "he" else "ltr"
            assert f'<html lang="{language}" dir="{direction}">' in html


def test_pages_link_to_themselves_in_every_other_language(site):
    for language in EVERY:
        folder = site if language == "en" else site / language
        html = (folder / "ab_test-spring_mail.html").read_text("utf-8")
        switch = re.search(r'<nav class="languages".*?</nav>', html, re.S)[0]
        links = dict(re.findall(r'<a href="([^"]+)" lang="(\w+)"', switch))
        assert set(links.values()) == set(EVERY) - {language}
        for address, other in links.items():
            to = (folder / address).resolve()
            assert f'<html lang="{other}"' in to.read_text("utf-8")
    assert same_pages("index", "en", ("en",))[0].address == ""


def test_one_language_alone_has_no_switch():
    html = render_page(sample.notebook(sample_charts.over_time()), sample.context())
    assert 'class="languages"' not in html


@pytest.mark.parametrize("language", ["pt", "es"])
def test_nothing_is_clipped_or_covered_where_words_are_longest(browser, site, language):
    for page in ("index", "ab_test-spring_mail"):
        with browser.visit(site / language / f"{page}.html", 1440, 900) as visit:
            assert faults(visit, (390, 820, 1440)) + visit.wrong == [], page


@pytest.mark.parametrize("language", ["pt", "he"])
@pytest.mark.parametrize("width", [390, 1440])
def test_charts_are_drawn_in_the_page_s_language_and_fit(browser, site, language, width):
    with browser.visit(site / language / "ab_test-spring_mail.html", width, 900) as visit:
        visit.all_drawn()
        visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
        visit.until("[...document.querySelectorAll('[data-chart]')].every(p => p.dataset.state === 'drawn')")
        assert visit.js("document.documentElement.scrollWidth") == width
        # no text of a drawing lies outside it
        outside = visit.js(
            "[...document.querySelectorAll('.drawn svg')].flatMap(s => { const b = s.getBoundingClientRect();"
            " return [...s.querySelectorAll('text')].filter(t => t.textContent.trim()).map(t => [t.textContent, t.getBoundingClientRect()])"
            ".filter(([, r]) => r.left < b.left - 6 || r.right > b.right + 6).map(([t]) => t) })"
        )
        assert outside == []
        assert visit.wrong == []


def test_the_first_panel_of_a_hebrew_page_stands_on_the_right(browser, site):
    first = sample_charts.effects().spec["concat"][0]["title"]["text"]
    middle = (
        "(() => { const s = document.querySelector('.drawn svg'), b = s.getBoundingClientRect();"
        f" const t = [...s.querySelectorAll('text')].find(t => t.textContent.includes('{first}'));"
        " const r = t.getBoundingClientRect(); return ((r.left + r.right) / 2 - b.left) / b.width })()"
    )
    where = {}
    for folder in (site, site / "he"):
        with browser.visit(folder / "ab_test-spring_mail.html", 1440, 900) as visit:
            visit.all_drawn()
            where[folder.name] = visit.js(middle)
    assert where[site.name] < 0.5 < where["he"]
    assert where[site.name] + where["he"] == pytest.approx(1, abs=0.05), "as in a mirror"


def test_the_script_lays_a_hebrew_chart_out_as_the_picture_does(browser, site):
    chart = in_language(sample_charts.effects().complete, "he")
    with browser.visit(site / "he" / "ab_test-spring_mail.html", 1440, 900) as visit:
        visit.all_drawn()
        place = visit.js("document.querySelector('[data-chart]').clientWidth")
        shown = visit.js("document.querySelector('.drawn svg').getAttribute('viewBox')").split()
        still = re.search(r'viewBox="([^"]+)"', drawn(at_width(chart, place)))[1].split()
        assert [float(v) for v in shown] == pytest.approx([float(v) for v in still], abs=4)


def run(*words):
    return subprocess.run([sys.executable, "-m", "toolkit.cli", "run", *map(str, words)],
                          capture_output=True, text=True, cwd=HERE.parent)  # fmt: skip


@pytest.fixture
def hillstrom(shared_data, tmp_path):
    shutil.copy(HERE / "params" / "hillstrom.yaml", tmp_path)
    shutil.copy(shared_data / "experiments" / "hillstrom.csv", tmp_path)
    return tmp_path / "hillstrom.yaml"


def test_one_run_makes_a_pack_in_several_languages(hillstrom, tmp_path):
    ended = run(hillstrom, "--out", tmp_path / "reports", "--only", "ab_test", "--language", "he,en")
    assert ended.returncode == 0, ended.stderr
    folder = tmp_path / "reports" / "hillstrom" / "everything" / "2008Q1"
    assert 'lang="he" dir="rtl"' in (folder / "index.html").read_text("utf-8")
    assert 'lang="en" dir="ltr"' in (folder / "en" / "index.html").read_text("utf-8")
    assert sorted(p.name for p in folder.glob("*.html")) == sorted(p.name for p in (folder / "en").glob("*.html"))
    assert not (folder / "en" / "findings.json").exists(), "findings are the same in every language"


def test_a_language_that_is_not_there_is_refused(hillstrom, tmp_path):
    ended = run(hillstrom, "--out", tmp_path / "reports", "--language", "pt,fr")
    assert ended.returncode == 2
    assert "--language" in ended.stderr and "'fr'" in ended.stderr and "'he'" in ended.stderr
    assert not (tmp_path / "reports" / "hillstrom").exists()


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ("language: fr", "language"),
        ("languages: [en, en]", "twice"),
        ("language: pt\n  languages: [en, pt]", "first of 'languages'"),
    ],
)
def test_languages_in_the_params_are_checked(tmp_path, lines, said):
    text = (HERE / "params" / "hillstrom.yaml").read_text("utf-8")
    path = tmp_path / "company.yaml"
    path.write_text(text.replace("company:\n", f"company:\n  {lines}\n", 1), "utf-8")
    with pytest.raises(Refused) as refused:
        load_company(path)
    assert any(said in str(p) for p in refused.value.problems)
    path.write_text(text.replace("company:\n", "company:\n  languages: [pt, he]\n", 1), "utf-8")
    assert load_company(path).company.company.spoken == ("pt", "he")


def test_a_minus_stands_left_of_its_number_on_a_hebrew_page(browser, site):
    placed = (
        "(() => { const found = []; const walk = document.createTreeWalker(document.querySelector('main'), 4);"
        " for (let node; (node = walk.nextNode());) { const i = node.data.search(/−\\d/);"
        " if (i < 0 || !node.parentElement.getClientRects().length) continue;"
        " const at = (j) => { const r = document.createRange(); r.setStart(node, j); r.setEnd(node, j + 1); return r.getBoundingClientRect().left };"
        " found.push([node.data, at(i) < at(i + 1)]); } return found })()"
    )
    with browser.visit(site / "he" / "ab_test-spring_mail.html", 1440, 900) as visit:
        visit.all_drawn()
        visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
        found = visit.js(placed)
    assert found and [text for text, left in found if not left] == []
