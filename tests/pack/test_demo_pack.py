"""The demo company's pack as a reader opens it: every page, no network, with and without scripts."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from toolkit.findings import VERDICTS

ROOT = Path(__file__).resolve().parent.parent.parent


def toolkit(*words):
    ended = subprocess.run([sys.executable, "-m", "toolkit.cli", *map(str, words)], capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


@pytest.fixture(scope="module")
def pack(demo_pack):
    """The quarterly pack of a small demo company."""
    return demo_pack


def test_the_pack_is_whole(pack):
    findings = json.loads((pack / "findings.json").read_text())["findings"]
    pages = {p.stem for p in pack.glob("*.html")}
    assert {f["page"] for f in findings} == pages - {"index"}
    assert len({f["id"] for f in findings}) == len(findings)
    assert {f["verdict"] for f in findings} <= {v for kind in VERDICTS.values() for v in kind}
    for finding in findings:
        if finding["estimate"] is not None:
            assert finding["unit"] and finding["method"] and finding["source"], finding["id"]
            # somebody else's published figure may come without a count: then it says so and claims no range
            uncounted = finding["n_unit"].endswith("is not published") and finding["low"] is None
            assert finding["n"] > 0 or uncounted, finding["id"]
    for manifest in [json.loads((pack / "manifest.json").read_text())]:
        assert all(page["failed"] is None for page in manifest["pages"])


QUESTION = re.compile(r"^\| (F\d\d) \| [^|]+ \| `(\w+)` \|", re.M)


def test_every_question_that_is_documented_is_answered_on_its_page(pack):
    asked = QUESTION.findall((ROOT / "docs" / "questions.md").read_text(encoding="utf-8"))
    assert len(asked) == len(dict(asked)) == 85
    findings = json.loads((pack / "findings.json").read_text())["findings"]
    answered = {(q, f["notebook"]) for f in findings if f["verdict"] != "no_data" for q in f["answers"]}
    assert set(asked) - answered == set()
    assert {q for f in findings for q in f["answers"]} == set(dict(asked))


def test_the_planted_tests_get_their_verdicts(pack):
    # the small company is too small for some; those that must not be wrong at any size
    found = {f["id"]: f for f in json.loads((pack / "findings.json").read_text())["findings"]}
    assert found["ab_test/checkout_page"]["verdict"] == "invalid"
    assert found["ab_test/aa_check"]["verdict"] == "hold"
    assert found["ab_test/autumn_bundle"]["verdict"] == "hold"
    assert found["ab_test/upgrade_push"]["verdict"] in ("roll_back", "hold")


def test_every_page_is_drawn_with_scripts_and_there_without(pack, browser):
    for page in sorted(pack.glob("*.html")):
        with browser.visit(page, 1440, 900) as visit:
            drawn = visit.js("document.querySelectorAll('[data-chart]').length")
            if drawn:
                visit.all_drawn()
            assert visit.js("document.documentElement.scrollWidth") == 1440, page.name
            assert visit.wrong == [], page.name
        with browser.visit(page, 390, 844, scripts=False) as visit:
            visit.js("document.querySelectorAll('details').forEach(d => { d.open = true })")
            images = visit.js(
                "[...document.querySelectorAll('[data-chart] img')].map(i => [i.complete && i.naturalWidth > 0, i.alt.length])")
            assert len(images) == drawn, page.name
            assert all(loaded and words > 30 for loaded, words in images), page.name
            assert visit.js("document.documentElement.scrollWidth") == 390, page.name
            assert visit.wrong == [], page.name
        if page.name.startswith("ab_test-") and page.stem != "ab_test-checkout_page":
            assert drawn, page.name


def test_another_run_gives_the_same_bytes(pack, tmp_path):
    params = pack.parents[3] / "params" / "demo.yaml"
    again = Path(toolkit("run", params, "--out", tmp_path, "--only", "kpi_trends", "--only", "plan_changes").strip()).parent
    made = sorted((again / "notebooks").glob("*.ipynb"))
    assert [p.stem for p in made] == ["kpi_trends", "plan_changes"]
    for notebook in made:
        assert notebook.read_bytes() == (pack / "notebooks" / notebook.name).read_bytes(), notebook.name


def test_pages_are_light_enough_to_mail(pack):
    for page in pack.glob("*.html"):
        assert page.stat().st_size <= 1_500_000, page.name
