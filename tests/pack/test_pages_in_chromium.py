"""Pages as a reader's browser sees them: nothing asked from outside, nothing refused, all charts there."""

import re
from dataclasses import replace
from datetime import date

import nbformat
import pytest
import sample_charts
import sample_pages as sample
from hostile_strings import HOSTILE

from toolkit.display import charts
from toolkit.display.layout import at_width
from toolkit.display.picture import drawn
from toolkit.display.rows import Change, Effect, Line, Point, Row
from toolkit.findings import Check, Checks, Findings
from toolkit.language import Quantity, Sentence
from toolkit.pack.index import render_index
from toolkit.pack.page import PageLink, render_failure, render_page
from toolkit.shown import Grid
from toolkit.pack.why_failed import Why

SIZES = [(390, 844), (820, 1180), (1440, 900)]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A page with five charts, one of them in a closed part, an index and a failure."""
    folder = tmp_path_factory.mktemp("site")
    context = sample.context()
    (folder / "ab_test-spring_mail.html").write_text(
        render_page(
            sample.notebook(
                sample_charts.over_time(), sample_charts.causes(), sample_charts.regions()
            ),
            context,
        ),
        "utf-8",
    )
    (folder / "index.html").write_text(
        render_index(sample.pack_findings(), sample.FAILED, replace(context, page="index")), "utf-8"
    )
    (folder / "ab_test-loyalty_card.html").write_text(
        render_failure(context, sample.FAILED["ab_test-loyalty_card"]),
        "utf-8",
    )
    return folder


def opened(visit) -> None:
    visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
    visit.until(
        "[...document.querySelectorAll('[data-chart]')].every(p => p.dataset.state === 'drawn')"
    )


def test_the_harness_sees_what_must_not_happen(browser, tmp_path):
    bad = tmp_path / "bad.html"
    bad.write_text(
        "<!doctype html><meta http-equiv=Content-Security-Policy content=\"script-src 'none'\">"
        "<script>window.hacked=1</script><img src=http://198.51.100.7/x.png>"
    )
    with browser.visit(bad) as visit:
        visit.until("document.readyState === 'complete'")
        assert any("198.51.100.7" in r for r in visit.strange)
        assert visit.violations and visit.js("window.hacked === undefined")
    bad.write_text("<!doctype html><script>console.error('oh'); alert(1); missing()</script>")
    with browser.visit(bad) as visit:
        visit.until("document.readyState === 'complete'")
        assert [m.split(":")[0] for m in visit.messages] == ["error", "dialog", "uncaught"]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
def test_every_chart_is_drawn_and_nothing_is_asked(browser, site, size, dark):
    with browser.visit(site / "ab_test-spring_mail.html", *size, dark=dark) as visit:
        visit.all_drawn()
        opened(visit)
        # a chart of many rows is drawn in pieces, for paper's sake
        assert visit.js("[...document.querySelectorAll('.drawn')].map(d => d.querySelectorAll('svg').length > 0)") == [True] * 5
        assert visit.js("document.querySelectorAll('[data-chart] picture').length") == 0
        assert visit.js(
            "[...document.querySelectorAll('.drawn')].every(d => "
            "d.getAttribute('role') === 'img' && d.getAttribute('aria-label').length > 50)"
        )
        assert visit.js("document.documentElement.scrollWidth") == size[0]
        assert visit.wrong == []


@pytest.mark.parametrize("page", ["index", "ab_test-loyalty_card"])
@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
def test_other_pages_fit_and_ask_nothing(browser, site, page, size):
    with browser.visit(site / f"{page}.html", *size) as visit:
        assert visit.js("document.documentElement.scrollWidth") == size[0]
        assert visit.wrong == []


@pytest.mark.parametrize("size", SIZES, ids=lambda s: str(s[0]))
def test_without_scripts_every_chart_is_still_there_with_its_words(browser, site, size):
    with browser.visit(site / "ab_test-spring_mail.html", *size, scripts=False) as visit:
        visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
        images = visit.js(
            "[...document.querySelectorAll('[data-chart] img')].map(i => "
            "[i.complete && i.naturalWidth > 0, i.getBoundingClientRect().width, i.alt.length])"
        )
        assert len(images) == 5
        assert all(loaded and width > 300 and words > 50 for loaded, width, words in images)
        assert visit.js("document.documentElement.scrollWidth") == size[0]
        assert visit.wrong == []


def test_the_script_lays_out_as_the_pictures_do(browser, site):
    chart = sample_charts.effects()
    for width in (390, 600, 1440):
        with browser.visit(site / "ab_test-spring_mail.html", width, 900) as visit:
            visit.all_drawn()
            place = visit.js("document.querySelector('[data-chart]').clientWidth")
            shown = visit.js("document.querySelector('.drawn svg').getAttribute('viewBox')").split()
            still = re.search(r'viewBox="([^"]+)"', drawn(at_width(chart.complete, place)))[
                1
            ].split()
            # fonts are measured a little differently, so a pixel or two may differ
            assert [float(v) for v in shown] == pytest.approx([float(v) for v in still], abs=4)


def test_a_day_is_the_same_day_in_every_time_zone(browser, site):
    def axis(zone: str) -> list:
        with browser.visit(site / "ab_test-spring_mail.html", zone=zone) as visit:
            visit.all_drawn()
            opened(visit)
            return visit.js(
                "[...document.querySelectorAll('#chart-3 .drawn text')].map(t => [t.textContent, t.getAttribute('transform')])"
            )

    assert axis("Pacific/Kiritimati") == axis("America/Los_Angeles")


def test_a_pointer_on_a_mark_shows_its_number(browser, site):
    with browser.visit(site / "ab_test-spring_mail.html") as visit:
        visit.all_drawn()
        box = visit.js(
            "(() => { const p = document.querySelector('#chart-1 .drawn .mark-symbol path'); p.scrollIntoView({block: 'center'});"
            " const b = p.getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2] })()"
        )
        visit.ask("Input.dispatchMouseEvent", type="mouseMoved", x=box[0], y=box[1])
        visit.until("document.querySelector('.tip') && !document.querySelector('.tip').hidden")
        assert (
            visit.js("document.querySelector('.tip').textContent")
            == "Mens E-Mail: 0.77 USD a customer (0.49 to 1.05)"
        )
        assert visit.wrong == []


def test_drawn_charts_follow_the_dark(browser, site):
    ink = "getComputedStyle(document.querySelector('#chart-1 .drawn .role-title-text text')).fill"
    seen = []
    for dark in (False, True):
        with browser.visit(site / "ab_test-spring_mail.html", dark=dark) as visit:
            visit.all_drawn()
            seen.append(visit.js(ink))
    assert seen == ["rgb(28, 32, 38)", "rgb(233, 235, 238)"]


def test_print_opens_what_is_closed(browser, site, tmp_path):
    with browser.visit(site / "ab_test-spring_mail.html", scripts=False, media="print") as visit:
        heights = visit.js(
            "[...document.querySelectorAll('details')].map(d => d.getBoundingClientRect().height)"
        )
        assert len(heights) > 6 and min(heights) > 40
        assert visit.pdf(tmp_path / "page.pdf").stat().st_size > 20_000
    with browser.visit(site / "ab_test-spring_mail.html") as visit:
        visit.all_drawn()
        visit.js("window.dispatchEvent(new Event('beforeprint'))")
        assert visit.js("document.querySelectorAll('details:not([open])').length") == 0
        visit.js("window.dispatchEvent(new Event('afterprint'))")
        assert visit.js("document.querySelectorAll('details[open]').length") == 0


def test_one_can_skip_to_the_content_with_the_keyboard(browser, site):
    with browser.visit(site / "index.html") as visit:
        for kind in ("keyDown", "keyUp"):
            visit.ask(
                "Input.dispatchKeyEvent", type=kind, key="Tab", code="Tab", windowsVirtualKeyCode=9
            )
        assert visit.js("document.activeElement.className") == "skip"
        assert visit.js("document.activeElement.getBoundingClientRect().top") >= 0


def hostile_notebook() -> nbformat.NotebookNode:
    """Every hostile string as a name in every kind of chart, table, check and finding."""
    q = Quantity(1.0, "hours", 0.5, 1.5)
    days = [date(2026, 1, 1), date(2026, 2, 1)]

    def name(text: str) -> str:
        return text

    grid = Grid(
        Sentence("{t}", {"t": HOSTILE[1]}),
        (Sentence("{h}", {"h": HOSTILE[12]}), Sentence("Value")),
        tuple((name(t), q) for t in HOSTILE),
        Sentence("{n}", {"n": HOSTILE[2]}),
    )
    rows = [Row(t, q) for t in HOSTILE]
    shown = [
        charts.dot_interval(
            rows, Sentence("{t}", {"t": HOSTILE[1]}), axis=Sentence("{t}", {"t": HOSTILE[17]})
        ),
        charts.bars(rows, Sentence("Bars {t}", {"t": HOSTILE[12]})),
        charts.effects(
            [Effect(t, t, q) for t in HOSTILE[:12]], Sentence("{t}", {"t": HOSTILE[22]})
        ),
        charts.line_over_time(
            [Line(t, (Point(days[0], q), Point(days[1], q))) for t in HOSTILE[:6]],
            Sentence("{t}", {"t": HOSTILE[23]}),
            changes=[Change(days[1], t) for t in HOSTILE],
        ),
        charts.small_multiples(
            {t: [Line(t, (Point(days[0], q), Point(days[1], q)))] for t in HOSTILE[:12]},
            Sentence("{t}", {"t": HOSTILE[31]}),
        ),
    ]
    checks = Checks(
        tuple(Check(Sentence("{t}", {"t": t}), False, Sentence("{t}", {"t": t})) for t in HOSTILE)
    )
    findings = Findings(
        tuple(
            sample.finding(
                id=t or "empty",
                subject=t,
                question=Sentence("{t}", {"t": t}),
                sentence=Sentence("{t}", {"t": t}),
                decision=Sentence("{t}", {"t": t}),
                owner=t,
                n_unit=t,
                method=t or "m",
                null=t,
                source=t,
                comparison=t,
            )
            for t in HOSTILE
        )
    )
    made = nbformat.v4.new_notebook()
    made.cells = [nbformat.v4.new_markdown_cell("# Title\n\n## What happened")]
    values = [c._repr_mimebundle_() for c in shown]
    values += [{"application/vnd.toolkit.grid+json": grid.to_json(), "text/plain": "x"}]
    values += [checks._repr_mimebundle_(), findings._repr_mimebundle_()]
    values += [{"text/plain": t or " "} for t in HOSTILE] + [
        {"text/html": t, "text/plain": t or " "} for t in HOSTILE
    ]
    values += [{"text/markdown": t} for t in HOSTILE]
    values += [
        {
            "image/svg+xml": "<svg xmlns='http://www.w3.org/2000/svg' onload='window.hacked=1'><script>window.hacked=1</script></svg>"
        }
    ]
    cell = nbformat.v4.new_code_cell("x = 1 # " + HOSTILE[1])
    cell.outputs = [nbformat.v4.new_output("display_data", v) for v in values]
    made.cells.append(cell)
    return made


def quiet(visit) -> None:
    assert visit.wrong == []
    assert visit.js("window.hacked === undefined")
    assert (
        visit.js(
            "document.querySelectorAll('main iframe, main form, main input, main meta, main base, main script').length"
        )
        == 0
    )
    assert visit.js(
        "[...document.querySelectorAll('*')].every(e => [...e.attributes].every(a => !a.name.startsWith('on')))"
    )
    assert visit.js(
        "[...document.querySelectorAll('a')].every(a => ['file:'].includes(a.protocol))"
    )
    assert visit.js("document.documentElement.scrollWidth") == visit.js("window.innerWidth")


@pytest.mark.parametrize("width", [390, 1440])
def test_names_that_try_to_act_are_only_shown(browser, tmp_path, width):
    page = tmp_path / "hostile.html"
    context = sample.context(
        company=HOSTILE[1],
        pack=HOSTILE[2],
        period=HOSTILE[12],
        title=HOSTILE[31],
        links=tuple(PageLink(f"p{i}", t) for i, t in enumerate(HOSTILE)),
        provenance=tuple((t, t) for t in HOSTILE),
    )
    page.write_text(render_page(hostile_notebook(), context), "utf-8")
    with browser.visit(page, width, 900) as visit:
        assert visit.all_drawn() == 5
        opened(visit)
        quiet(visit)
        text = visit.js("document.querySelector('main').textContent")
        assert HOSTILE[1] in text and HOSTILE[16] in text
        assert "\u202e" not in text and "\u2028" not in text and "\x00" not in text


def test_an_index_of_names_that_try_to_act(browser, tmp_path):
    links = tuple(PageLink(f"p{i}", t) for i, t in enumerate(HOSTILE))
    findings = [
        {
            **sample.finding(
                id=str(i),
                sentence=Sentence("{t}", {"t": t}),
                question=Sentence("{t}", {"t": t}),
                owner=t,
                decision=Sentence("{t}", {"t": t}),
            ).to_json(),
            "page": f"p{i}",
        }
        for i, t in enumerate(HOSTILE)
    ]
    context = sample.context(
        "index", company=HOSTILE[2], pack=HOSTILE[1], period=HOSTILE[0], links=links
    )
    page = tmp_path / "index.html"
    page.write_text(
        render_index(findings, {f"p{i}": Why(Sentence("{t}", {"t": t}), t) for i, t in enumerate(HOSTILE)}, context), "utf-8"
    )
    with browser.visit(page, 390, 844) as visit:
        quiet(visit)
