"""What stands before a report: the earlier one, and what the company wrote down, as known at its end."""

from __future__ import annotations

import json
from datetime import date

import pandas as pd
import pytest

from toolkit.company.load import load_company
from toolkit.company.periods import Period
from toolkit.pack.before import before, noted_in

SHOP = """\
company: {id: shop, name: Shop, as_of: 2026-12-31}
tables:
  notes:
    path: notes.csv
    columns: {finding: {type: text}, decided: {type: text}, decided_on: {type: date}, done_on: {type: date}}
plan:
  label: Plan
"""
LISTED = """\
  decisions:
    - {finding: plan_change/a, decided: Stop, decided_on: 2026-07-09, done_on: 2026-10-05}
    - {finding: plan_change/b, decided: Wait, decided_on: 2026-10-09}
"""
KEPT = "  decisions_from: {table: notes}\n"


@pytest.fixture(params=[LISTED, KEPT], ids=["listed", "in a table"])
def shop(request, tmp_path):
    pd.DataFrame({
        "finding": ["plan_change/b", "plan_change/a"], "decided": ["Wait", "Stop"],
        "decided_on": ["2026-10-09", "2026-07-09"], "done_on": [None, "2026-10-05"],
    }).to_csv(tmp_path / "notes.csv", index=False)  # fmt: skip
    (tmp_path / "shop.yaml").write_text(SHOP + request.param, "utf-8")
    return load_company(tmp_path / "shop.yaml")


def test_what_was_decided_or_done_later_is_not_known_yet(shop):
    (stop,) = noted_in(shop, date(2026, 9, 30))
    assert (stop.finding, stop.decided, stop.on, stop.done) == ("plan_change/a", "Stop", date(2026, 7, 9), None)
    assert [(n.finding, n.done) for n in noted_in(shop, date(2026, 12, 31))] == [
        ("plan_change/a", date(2026, 10, 5)), ("plan_change/b", None)]  # fmt: skip


def test_the_report_of_the_period_before_is_found_and_no_other(shop, tmp_path):
    due = Period.of(date(2026, 8, 1), "quarter")
    assert before(tmp_path, shop, "everything", due).around([]).earlier is None
    for period in ("2026Q1", "2026Q4"):
        folder = tmp_path / "shop" / "everything" / period
        folder.mkdir(parents=True)
        (folder / "findings.json").write_text(json.dumps({"findings": []}))
    assert before(tmp_path, shop, "everything", due).findings is None
    folder = tmp_path / "shop" / "everything" / "2026Q2"
    folder.mkdir()
    (folder / "findings.json").write_text(json.dumps({"findings": []}))
    found = before(tmp_path, shop, "everything", due)
    assert found.findings == () and found.around([]).earlier == Period.of(date(2026, 5, 1), "quarter").label
    (folder / "findings.json").write_text("torn")
    assert before(tmp_path, shop, "everything", due).findings is None
