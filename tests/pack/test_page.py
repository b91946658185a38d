import base64
import gzip
import hashlib
import json
import re
from dataclasses import replace
from html import unescape

import pytest
import sample_charts
import sample_pages as sample

from toolkit.language import Sentence
from toolkit.pack.index import render_index, sketch_of
from toolkit.pack.markup import as_data
from toolkit.pack.page import PageContext, PageExporter, PageLink, render_failure, render_page
from toolkit.pack.why_failed import Why


@pytest.fixture(scope="module")
def page() -> str:
    return render_page(sample.notebook(sample_charts.over_time()), sample.context())


def text_of(html: str) -> str:
    body = re.sub(r"<(script|style)\b.*?</\1>", " ", html, flags=re.S)
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body)))


def test_the_finding_comes_first_then_the_evidence(page):
    words = text_of(page)
    order = [
        "Which spring e-mail should customers get?",
        "Send Mens E-Mail to everyone",
        "+0.77 USD (0.49 to 1.05)",
        "Both e-mails bring more visits",
        "Doubt",
        "Holds",
        "For information",
        "Owner: Sales",
        "By segment",
        "Definitions",
        "How the numbers were made",
        "Provenance",
        "Code",
    ]
    places = [words.index(part) for part in order]
    assert places == sorted(places)


def test_code_parameters_and_provenance_are_there_but_closed(page):
    assert "experiments.estimate(study)" in text_of(page) and "sha256 8d1f20c5" in text_of(page)
    assert not re.search(r"<details[^>]*\bopen", page)


def test_the_same_notebook_makes_the_same_bytes(page):
    assert render_page(sample.notebook(sample_charts.over_time()), sample.context()) == page


def test_ten_charts_weigh_less_than_a_megabyte_and_a_half():
    charts = [
        sample_charts.over_time(),
        sample_charts.causes(),
        sample_charts.regions(),
        sample_charts.effects(),
        sample_charts.levels(),
        sample_charts.regions(),
        sample_charts.over_time(),
        sample_charts.effects(),
    ]
    html = render_page(sample.notebook(*charts), sample.context())
    assert html.count("<figure") == 10
    assert len(html.encode()) < 1_500_000


def test_the_policy_names_exactly_the_scripts_and_the_style_that_are_there(page):
    policy = unescape(re.search(r'http-equiv="Content-Security-Policy" content="([^"]+)"', page)[1])
    assert (
        policy.startswith("default-src 'none'; ")
        and "unsafe" not in policy
        and "http" not in policy
    )
    packed = re.search(r'id="drawing-program">([^<]+)<', page)[1]
    scripts = [
        *re.findall(r"<script>(.*?)</script>", page, flags=re.S),
        gzip.decompress(base64.b64decode(packed)).decode(),
    ]
    styles = re.findall(r"<style>(.*?)</style>", page, flags=re.S)
    digests = [
        f"'sha256-{base64.b64encode(hashlib.sha256(t.encode()).digest()).decode()}'"
        for t in scripts + styles
    ]
    assert sorted(re.findall(r"'sha256-[^']+'", policy)) == sorted(digests)


def test_every_address_is_another_page_or_in_the_page(page):
    found = re.findall(r'(?:href|src|srcset|action|data|poster)="([^"]*)"', page)
    assert found
    assert all(
        a.startswith(("#", "data:image/"))
        or a in {"index.html", *(link.address for link in sample.LINKS)}
        for a in found
    )
    assert not re.search(
        r'\sstyle="|\son[a-z]+="', re.sub(r"<script.*?</script>", "", page, flags=re.S)
    )


def specs_in(page: str) -> list[str]:
    packed = re.findall(r'<script type="text/plain" id="data-\d+">(.*?)</script>', page)
    return [gzip.decompress(base64.b64decode(p)).decode() for p in packed]


def test_charts_come_as_data_and_as_two_pictures_with_words(page):
    specs = specs_in(page)
    assert len(specs) == page.count("<figure") == page.count("<picture") == 3
    assert all(set(json.loads(s)["usermeta"]) == {"toolkit"} for s in specs)
    alts = re.findall(r'<img src="data:image/svg[^"]+" alt="([^"]+)"', page)
    assert len(alts) == 3 and all(re.search(r"\d", alt) and len(alt) > 100 for alt in alts)


def test_a_chart_cannot_bring_options_for_the_drawing_program():
    notebook = sample.notebook()
    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            spec = output["data"].get("application/vnd.vegalite.v6+json")
            if spec:
                spec["usermeta"]["embedOptions"] = {"loader": {"baseURL": "http://198.51.100.7/"}}
    page = render_page(notebook, sample.context())
    assert specs_in(page) and "198.51.100.7" not in page + "".join(specs_in(page))


@pytest.mark.parametrize("text", ["</script>", "<!--", "&amp;", "\u2028\u2029", "]]>"])
def test_data_cannot_end_its_element(text):
    said = as_data({"label": text})
    assert not set(said) & set("<>&\u2028\u2029")
    assert json.loads(said) == {"label": text}


def test_a_page_that_could_not_be_made_says_why():
    html = render_failure(
        sample.context(), Why(Sentence("It ended with an error."), "The arm 'gold' has no rows <b>")
    )
    assert "The arm 'gold' has no rows <b>" in text_of(html) and "could not be made" in text_of(
        html
    )
    assert "<b>" not in html and 'id="drawing-program"' not in html


def test_a_notebook_with_nothing_in_it_still_makes_a_page():
    notebook = sample.notebook()
    notebook.cells = notebook.cells[:1]
    assert "Which spring e-mail" in text_of(render_page(notebook, sample.context()))


def test_page_names_are_no_addresses():
    for name in ("javascript:x", "../up", "a/b", "", "x.html", "http://x"):
        with pytest.raises(ValueError, match="is no page's name"):
            PageLink(name, "x")


def test_nbconvert_makes_the_same_page():
    html, resources = PageExporter(company="Aurora", period="Q3").from_notebook_node(
        sample.notebook(), {"metadata": {"name": "nb"}}
    )
    assert html == render_page(sample.notebook(), PageContext("page", "nb", "Aurora", "", "Q3"))
    assert resources["output_extension"] == ".html"


@pytest.fixture(scope="module")
def index() -> str:
    return render_index(sample.pack_findings(), sample.FAILED, sample.context("index"))


def test_the_index_asks_for_decisions_the_most_urgent_first(index):
    words = text_of(index)
    places = [
        words.index(t)
        for t in (
            "Decisions asked",
            "Roll back New checkout",
            "Ship Spring e-mail",
        )
    ]
    assert places == sorted(places)
    asked = words.split("Decisions asked")[1].split("Further")[0].split("Tests")[0]
    assert "Welcome call" not in asked, "what simply goes on is no decision"
    assert 'href="ab_test-new_checkout.html"' in index and "5 Oct 2026" in words


def test_the_index_says_what_could_not_be_judged_and_why(index):
    words = text_of(index).split("What could not be judged, and why")[-1]
    assert (
        "5,210 customers got the short page" in words
        and "has no rows in table 'assignments'" in words
    )


def test_parts_without_findings_are_not_there(index):
    assert "Tests" in text_of(index)
    for heading in ("Goals", "Competitors", "Plan changes", "Measures"):
        assert heading not in text_of(index)
    empty = text_of(render_index([], {}, replace(sample.context("index"), links=())))
    assert (
        "Decisions asked" not in empty
        and "Pages" not in empty
        and "no finding that could be judged" in empty
    )


def test_other_kinds_get_their_own_part():
    goal = sample.finding(
        id="kpi_trends/goal/renewal",
        notebook="kpi_trends",
        kpi="renewal",
        verdict="reliably_missed",
        estimate=0.81,
        low=0.8,
        high=0.82,
        unit="percent",
    )
    words = text_of(
        render_index(
            [{**goal.to_json(), "page": "ab_test-spring_mail"}], {}, sample.context("index")
        )
    )
    assert "Goals" in words and "Reliably missed" in words and "renewal 81.0 % (80.0 to 82.0)" in words
    assert sketch_of(goal) is None  # a level is not drawn about zero


def test_an_interval_is_sketched_in_proportion_about_zero():
    sketch = sketch_of(sample.finding(estimate=1.0, low=-1.0, high=3.0, worthwhile=1.5))
    assert (sketch.low, sketch.value, sketch.high, sketch.marks) == (46.0, 86.0, 126.0, (96.0,))
    assert (
        sketch_of(sample.finding(estimate=float("nan"), low=float("nan"), high=float("nan")))
        is None
    )
