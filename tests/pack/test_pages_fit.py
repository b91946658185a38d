"""Every kind of page of the demo pack, at a phone's, a tablet's and a desk's width and on paper, both ways of reading."""

from __future__ import annotations

import pytest
from page_faults import faults

WIDTHS = (390, 820, 1440)


def test_the_measure_sees_each_fault(browser, tmp_path):
    page = tmp_path / "faulty.html"
    page.write_text(
        "<!doctype html><style>body{margin:0}</style><p style='width:2000px'>wide</p>"
        "<p style='width:30px;overflow:hidden;white-space:nowrap'>a word that is cut</p>"
        "<div style='position:relative;height:40px'><span style='position:absolute'>under</span><span style='position:absolute'>over</span></div>"
        "<div data-chart=x data-width=600 style='width:600px;height:60px'><div class=drawn><svg width=600 height=60>"
        "<text x=590 y=20>leaves it</text><text y=50>long na…</text></svg></div></div>"
        "<div style='width:60px'><table style='width:90px'><tr><td>too wide</table></div>"
        "<p style='width:9px;overflow-wrap:anywhere'>one letter a line</p><div data-chart=y style='width:0'></div><script>document.documentElement.dataset.drawn = 1</script>"
    )
    with browser.visit(page, 600, 900) as visit:
        found = {f.split(": ")[1] for f in faults(visit, (600,), paper=False)}
    assert found == {"the page is wider than the window", "beyond the window", "clipped", "covered", "outside its chart",
                     "cut short in a chart", "a chart without size", "squeezed", "wider than its place"}  # fmt: skip


@pytest.mark.parametrize("language", ["en", "he"])
def test_nothing_is_clipped_covered_asked_or_refused(demo_pack, browser, language):
    folder = demo_pack / language if language != "en" else demo_pack
    kinds = {page.stem.split("-")[0]: page for page in sorted(folder.glob("*.html"))}
    assert len(kinds) >= 14
    wrong = {}
    for kind, page in kinds.items():
        with browser.visit(page, 1440, 900) as visit:
            if kind == "index":
                assert visit.js("document.querySelector('.first').getBoundingClientRect().bottom") <= 900
            # the first page has most side by side: small laptops and tablets on their side
            if found := faults(visit, WIDTHS if kind != "index" else (*WIDTHS, 1024, 1240)) + visit.wrong:
                wrong[page.stem] = found
    assert wrong == {}
