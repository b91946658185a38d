"""Public tables through a params file each: the published numbers come out.

Online Retail II (UCI 502), Telco churn (IBM sample), accounts receivable (IBM sample), Olist (a
sample of the Brazilian marketplace's orders). Counts follow from the rows.
"""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date

import pandas as pd
import pytest

from toolkit import customers
from toolkit.opened import open_company
from toolkit.trends import levels


@pytest.fixture(scope="module")
def opened(shared_data, root, tmp_path_factory):
    place = tmp_path_factory.mktemp("public")

    def company(name, period="latest"):
        text = (root / "tests" / "params" / f"{name}.yaml").read_text(encoding="utf-8")
        for folder in ("customers", "olist"):
            text = text.replace(f"\nfolder: {folder}\n", f"\nfolder: {shared_data / folder}\n")
        (place / f"{name}.yaml").write_text(text, encoding="utf-8")
        return open_company(str(place / f"{name}.yaml"), period)

    return company


@pytest.fixture(scope="module")
def retail(opened):
    return customers.estimate(opened("online_retail", "2010Q4").customers())


COHORT = (955, 337, 319, 406, 363, 343, 360, 327, 321, 346, 403, 473, 237)


def test_the_cohort_of_december_2009(retail):
    cohort = retail.repeat.every_cohort[0]
    assert (cohort.month, cohort.active) == (date(2009, 12, 1), COHORT)
    assert cohort.share(12) != cohort.share(12)  # December 2010 ends on the 9th: empty
    assert cohort.share(11) == 473 / 955


def test_rows_without_a_customer_and_cancellations_are_counted(retail, shared_data):
    aside = {a.why: a.rows for a in retail.repeat.aside}
    rows = pd.read_parquet(shared_data / "customers" / "online_retail.parquet")
    cancelled = rows["Invoice"].str.startswith("C") & rows["Customer ID"].notna()
    assert aside == {"no_customer": 107_927, "cancelled": cancelled.sum()}
    doubts = {c.name.text(): c.detail.text() for c in customers.check(retail).failed}
    assert "107,927" in doubts["Orders name their customer"]


def test_every_customer_with_an_order_is_in_one_rfm_segment(retail):
    (rfm,) = retail.segments.segmentations
    assert rfm.proved == 125 and sum(s.size for s in rfm.segments) == retail.repeat.n
    assert 0.6 < retail.value.top_fifth.low < retail.value.top_fifth.high < 0.9


def test_retention_by_contract_of_the_telco(opened):
    found = customers.estimate(opened("telco").customers())
    assert found.asked == ("staying",)
    everybody = found.staying.everybody
    assert round(everybody.curve.at(12).estimate, 4) == 0.8432
    assert round(everybody.curve.at(72).estimate, 4) == 0.5928
    shares = {s.segment: s.curve.at(24).estimate for s in found.staying.stays if s.segment}
    assert shares["Month-to-month"] < shares["One year"] < shares["Two year"]


def test_receivables_are_late_as_published(opened):
    """35.56 % of 2,466 invoices late, 3.44 days on average; disputed ones 8.58 days, others 1.93."""
    known = {}
    for kpi in ("late", "days_late"):
        found = [levels.estimate(opened("receivables", year).kpi(kpi, ("disputed",))) for year in ("2012", "2013")]
        for of in (None, True, False):
            parts = [x for f in found for x in f.levels if (x.of if x.segment else None) is of]
            rows = sum(x.rows for x in parts)
            known[kpi, of] = rows, sum(x.rows * x.value.value for x in parts) / rows
    assert known["late", None][0] == 2466
    assert round(100 * known["late", None][1], 2) == 35.56
    assert [round(known["days_late", of][1], 2) for of in (None, True, False)] == [3.44, 8.58, 1.93]


def test_late_payers_cost_their_finance_and_nobody_is_called_costly_by_chance(opened):
    found = customers.estimate(opened("receivables", "latest").customers())
    assert found.value.n == 100 and not found.costly.flags
    assert found.costly.trouble > 0 and len(found.costly.most_trouble.rows) == 10


def test_late_deliveries_of_olist_and_what_they_do_to_reviews(opened):
    found = customers.estimate(opened("olist_customers").customers()).segments.main
    late, on_time = found["late"], found["on_time"]
    assert (late.size, late.size + on_time.size) == (1172, 15_660)
    assert round(100 * late.size / 15_660, 2) == 7.48
    assert round(late.outcomes[0].found.estimate, 2) == 2.48
    assert round(on_time.outcomes[0].found.estimate, 2) == 4.29
    assert found.action(late, 30) == "serve_better"


def test_a_run_makes_the_page(opened, tmp_path):
    file = opened("telco").file.path
    words = [sys.executable, "-m", "toolkit.cli", "run", str(file), "--out", str(tmp_path), "--only", "customer_value"]
    ended = subprocess.run(words, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    (listed,) = tmp_path.rglob("findings.json")
    said = json.loads(listed.read_text(encoding="utf-8"))["findings"]
    assert any("still there after 24 months" in f["sentence"] for f in said)
    page = next(tmp_path.rglob("customer_value.html")).read_text(encoding="utf-8")
    assert "Not asked: declare customers.money in the params file." in page
