"""What is planted in the demo company's tables is found, all of it and with its count."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from toolkit import quality
from toolkit.data.demo import write_demo
from toolkit.data.demo.params_file import write_params
from toolkit.opened import open_company


@pytest.fixture(scope="module")
def company(tmp_path_factory):
    folder = tmp_path_factory.mktemp("aurora")
    paths = write_demo(folder / "data", customers=2000)
    write_params(folder / "demo.yaml", folder / "data")
    return folder / "demo.yaml", json.loads(paths.truths.read_text(encoding="utf-8"))["dirty"], paths


@pytest.fixture(scope="module")
def found(company):
    return quality.estimate(open_company(str(company[0]), "2026Q3").quality())


def seen(found, table: str, column: str) -> dict[str, int]:
    """Kind -> rows, of what is said of one column (or of its table's rows that stand there twice)."""
    kinds = {s.kind: s.rows for s in found.shortfalls if s.table == table and s.column == column}
    kinds |= {s.kind: s.rows for s in found.shortfalls if s.table == table and s.kind == "double"}
    (state,) = [t for t in found.tables if t.rules.name == table]
    kinds |= {"empty": c.n for c in state.columns if c.name == column}
    return kinds


KIND = {
    "negative amount": "rule", "before opening": "rule", "row twice": "double", "missing though delivered": "missing",
    "no such customer": "lost", "no date": "rule", "not the customer's region": "differs",
    "missing code -99": "empty",
}  # fmt: skip


def test_every_planted_row_is_found_as_what_it_is(company, found):
    for dirt in company[1]:
        assert seen(found, dirt["table"], dirt["column"])[KIND[dirt["kind"]]] == dirt["count"], dirt


def test_tables_without_dirt_have_nothing_to_their_charge(company, found):
    dirty = {d["table"] for d in company[1]}
    others = {s.table for s in found.of_kind("rule", "double", "lost", "differs")} - dirty
    assert others == set()


def test_contacts_without_consent_are_counted_as_pandas_counts_them(company, found):
    given = pd.read_parquet(company[2].tables["campaign_assignments"])
    people = pd.read_parquet(company[2].tables["customers"])
    mailed = given[given.campaign.isin(["spring_mail", "upgrade_push", "autumn_bundle"]) & (given.arm != "none")]
    mailed = mailed[mailed.assigned_at.dt.date >= pd.Timestamp("2026-07-01").date()]
    without = mailed.merge(people[people.consent_marketing == 0], on="customer_id")
    (counted,) = found.contacts
    assert (counted.contacts, counted.without, counted.people) == (len(mailed), len(without), without.customer_id.nunique())


def test_rows_kept_too_long_are_counted_as_pandas_counts_them(company, found):
    logins = pd.read_parquet(company[2].tables["crm_logins"])
    old = (logins.logged_in_at.dt.normalize() < pd.Timestamp("2026-09-30") - pd.Timedelta(days=730)).sum()
    (kept,) = found.of_kind("kept")
    assert (kept.table, kept.rows) == ("crm_logins", old) and old > 0


def test_the_page_answers_its_question_and_has_few_headlines(found):
    findings = quality.conclude(found, quality.check(found))
    assert all(f.answers == ("F26",) for f in findings)
    assert [f.subject for f in findings if f.headline] == ["questions", "consent"]
    assert len({f.id for f in findings}) == len(findings)


def test_only_aggregates_are_in_the_result(company, found):
    people = pd.read_parquet(company[2].tables["customers"])
    text = str(found) + found.links_grid().text() + found.places_grid().text() + found.completeness_grid().text()
    text += json.dumps([f.to_json() for f in quality.conclude(found, quality.check(found))])
    for column in ("customer_id", "email", "phone"):
        assert not [v for v in people[column] if v in text]
