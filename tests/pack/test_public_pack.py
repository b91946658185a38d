"""A pack from public data, Olist's orders and Hillstrom's e-mail test, made by the runner in every language."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from page_faults import faults

from toolkit.language.catalogues import LANGUAGES
from toolkit.opened import open_company
from toolkit.trends.levels import estimate

ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture(scope="module")
def place(shared_data, tmp_path_factory):
    """The params beside nothing: the tables stay where they are."""
    place = tmp_path_factory.mktemp("public")
    text = (ROOT / "tests" / "params" / "public_pack.yaml").read_text(encoding="utf-8")
    assert "\nfolder: .\n" in text
    (place / "params.yaml").write_text(text.replace("\nfolder: .\n", f"\nfolder: {shared_data}\n"), encoding="utf-8")
    return place


@pytest.fixture(scope="module")
def pack(place):
    command = [sys.executable, "-m", "toolkit.cli", "run", str(place / "params.yaml"), "--out", str(place / "reports")]
    ended = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert ended.returncode == 0, ended.stderr
    return Path(ended.stdout.strip()).parent


@pytest.fixture(scope="module")
def findings(pack):
    return {f["id"]: f for f in json.loads((pack / "findings.json").read_text(encoding="utf-8"))["findings"]}


def test_every_page_is_made_in_every_language_and_light_enough_to_mail(pack):
    manifest = json.loads((pack / "manifest.json").read_text(encoding="utf-8"))
    assert [page["failed"] for page in manifest["pages"]] == [None] * 3
    names = {"index.html", "kpi_trends.html", "ab_test-email.html", "data_quality.html"}
    for language in LANGUAGES:
        pages = list((pack if language == "en" else pack / language).glob("*.html"))
        assert {p.name for p in pages} == names, language
        assert all(p.stat().st_size <= 1_500_000 for p in pages)


def test_the_mails_bring_what_is_published_of_them(findings):
    # MineThatData (Hillstrom 2008), men's and women's mail less no mail; intervals by Newcombe and Welch
    published = {
        "visit/Mens E-Mail": (0.0765895637, 0.0699533, 0.0832267), "visit/Womens E-Mail": (0.0452331066, None, None),
        "conversion/Mens E-Mail": (0.0068050065, None, None), "conversion/Womens E-Mail": (0.0031110575, None, None),
        "spend/Mens E-Mail": (0.7698271559, 0.4851397, 1.0545145), "spend/Womens E-Mail": (0.4244122159, None, None),
    }  # fmt: skip
    for name, (estimate, low, high) in published.items():
        found = findings[f"ab_test/email/{name}"]
        assert found["estimate"] == pytest.approx(estimate, abs=1e-9), name
        if low is not None:
            assert (found["low"], found["high"]) == pytest.approx((low, high), abs=5e-7)
    assert findings["ab_test/email"]["verdict"] == "ship"


def test_deliveries_are_on_time_as_often_as_the_table_says(place, findings, shared_data):
    file = shared_data / "olist" / "orders.csv"
    delivered = f"from '{file}' where order_status = 'delivered' and order_delivered_customer_date is not null"
    ask = f"select avg((order_delivered_customer_date <= order_estimated_delivery_date)::int) {delivered}"
    quarter = "and order_purchase_timestamp >= '2018-07-01' and order_purchase_timestamp < '2018-10-01'"
    assert findings["kpi_trends/on_time_delivery"]["estimate"] == pytest.approx(duckdb.sql(f"{ask} {quarter}").fetchone()[0], abs=1e-12)
    # the whole sample: 1,172 late of 15,660 delivered, 92.5 % on time
    asked = open_company(str(place / "params.yaml")).kpi("on_time_delivery")
    whole = type(asked.definition)(**{**vars(asked.definition), "starts": None, "ends": None})
    assert estimate(asked.table, whole).whole.value.value == pytest.approx(1 - 1172 / 15660, abs=1e-12)


def test_it_reads_well_in_every_language(pack, browser):
    for language in LANGUAGES:
        for page in sorted((pack if language == "en" else pack / language).glob("*.html")):
            with browser.visit(page, 1440, 900) as visit:
                assert visit.js("document.documentElement.lang") == language
                assert faults(visit, (390, 1440)) == [], page
                assert visit.wrong == [], page
