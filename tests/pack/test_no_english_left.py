"""What a reader in another language meets: no English but the company's own words, no English marks in numbers."""

import datetime
import re

import nbformat
import pytest
from own_words import OwnWords
from visible_text import pieces_of

from toolkit.pack.page import PageContext, render_page

_ENGLISH_MARKS = re.compile(r"(?<![\w.,/-])\d{1,3}(?:,\d{3})*\.\d{1,2}(?![\d.])(?! ?×)|\b\d(?:\.\d+)?e[-+]\d+")
_CODE = re.compile(r"[<>=*/]")
_WITH_NUMBERS = ("kpi_trends", "competitor_benchmark-satisfaction", "customer_value", "roi", "data_quality")


@pytest.fixture(scope="module")
def own(demo_pack):
    """The words of the demo company."""
    return OwnWords(demo_pack.parents[3] / "params" / "demo.yaml")


def test_a_hebrew_pack_holds_no_english_but_the_company_s_own_words(demo_pack, own):
    found, read = {}, 0
    for page in sorted((demo_pack / "he").glob("*.html")):
        for where, text in pieces_of(page.read_text("utf-8")):
            read += 1
            if left := own.left(text):
                found.setdefault(left, f"{page.stem}, {where}: {left!r} in {text[:200]!r}")
    assert read > 5_000, "the pages were not read"
    assert not found, f"{len(found)} in English:\n" + "\n".join(found.values())


def test_english_of_ours_is_seen_as_such(own):
    for ours in ("scenarios", "difference = 0", "the mean, log scale", "1,234 rows", "no customer is in two arms", "drift"):
        assert own.left(ours), ours
    for theirs in ("Spend a customer", "customers.income_band", "Segment homes: Bought", "Holm", "segment = 'homes'"):
        assert not own.left(theirs), theirs


@pytest.mark.parametrize("language", ["pt", "es"])
def test_numbers_have_the_language_s_own_marks(demo_pack, language):
    found = []
    for page in _WITH_NUMBERS:
        notebook = nbformat.read(demo_pack / "notebooks" / f"{page}.ipynb", as_version=4)
        context = PageContext(page, page, "Aurora", "Quarterly", "Q3 2026", as_of=datetime.date(2026, 9, 30), language=language)
        pieces = pieces_of(render_page(notebook, context))
        assert len(pieces) > 50, page
        found += [f"{page}: {t[:150]}" for _, t in pieces if _ENGLISH_MARKS.search(t) and not _CODE.search(t)]
    assert not found, "\n".join(dict.fromkeys(found))
