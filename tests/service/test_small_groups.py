"""Groups of a service page that are too few: left out of every table and finding, and not to be worked out."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from toolkit.service import leads, staff, touchpoints
from toolkit.service.answering import Answering, Promises, check, conclude, estimate
from toolkit.service.complaints import Complaints
from toolkit.service.complaints import conclude as complaints_said
from toolkit.service.complaints import check as complaints_checked
from toolkit.service.complaints import estimate as complained
from toolkit.service.small_groups import hidden_in, shown_measures
from toolkit.service.measured import measured_by
from toolkit.service.window import Window
from toolkit.data.frames import as_table

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")


def contacts(**counts) -> pd.DataFrame:
    """So many contacts of each department and channel, answered after an hour."""
    names = [tuple(k.split("_")) for k, n in counts.items() for _ in range(n)]
    opened = pd.Timestamp("2026-08-03 08:00") + pd.to_timedelta(np.arange(len(names)), unit="min")
    return pd.DataFrame({
        "department": [d for d, _ in names], "channel": [c for _, c in names], "opened": opened,
        "replied": opened + pd.Timedelta(hours=1), "resolved": opened + pd.Timedelta(hours=5),
    })  # fmt: skip


COUNTS = {"sales_phone": 40, "sales_mail": 30, "billing_phone": 25, "billing_mail": 4, "legal_phone": 5, "care_phone": 50, "care_mail": 45}


def answered(least: int = 10):
    asked = Answering(
        "opened", WINDOW, replied="replied", resolved="resolved", department="department", channel="channel",
        promises=Promises(reply_hours=2.0, resolution_hours=8.0, share=0.9), min_cell=least,
    )  # fmt: skip
    return estimate(contacts(**COUNTS), asked)


def test_waits_of_few_contacts_are_not_shown_nor_what_would_tell_of_them():
    found = answered()
    for measure in ("reply", "resolution"):
        departments = [w.group[0] for w in found.by(measure, "department")]
        assert departments == ["care", "sales"]  # legal has 5; billing would tell of it
        both = {w.group: w.n for w in found.by(measure, "department", "channel")}
        assert all(n >= 10 for n in both.values()) and not any("legal" in g or "billing" in g for g in both)
        assert found.all(measure).n == sum(COUNTS.values())
    everything = [g for g in found.waits["reply"][("department", "channel")]]
    assert len([g for g in answered(1).waits["reply"][("department", "channel")]]) == 7 > len(everything)


def test_a_department_that_is_not_shown_is_not_said_to_have_no_contact():
    asked = Answering("opened", WINDOW, replied="replied", department="department", min_cell=10,
                      promises=Promises("d", None, reply_hours="hours", share="share"))  # fmt: skip
    promises = pd.DataFrame({"d": ["sales", "legal", "press"], "hours": [2.0] * 3, "share": [0.9] * 3})
    assert estimate(contacts(**COUNTS), asked, promises=promises).missing_departments == ("press",)


def test_no_table_and_no_finding_names_a_hidden_group():
    found = answered()
    tables = " ".join(g.text() for g in (found.grid(), found.settled_grid(), found.kept_grid()))
    said = conclude(found, check(found))
    for name in ("legal", "billing"):
        assert name not in tables
        assert not any(name in (f.segment or "") or name in f.id for f in said)
    assert "care" in tables and any(f.segment == "care" for f in said)


def test_of_two_columns_no_hidden_cell_is_left_over():
    cells = {("d", "c"): {(d, c): n for (d, c), n in {
        ("a", "x"): 30, ("a", "y"): 20, ("b", "x"): 3, ("b", "y"): 40, ("e", "x"): 50, ("e", "y"): 60}.items()}}
    cells |= {("d",): {("a",): 50, ("b",): 43, ("e",): 110}, ("c",): {("x",): 83, ("y",): 120}}
    hidden = hidden_in(cells, int, 10)
    assert hidden[("d",)] == hidden[("c",)] == frozenset()
    both = hidden[("d", "c")]
    assert ("b", "x") in both
    for i, value in ((0, "b"), (1, "x")):
        assert sum(key[i] == value for key in both) >= 2


def test_a_measure_that_rests_on_few_has_no_value_beside_others_that_have():
    frame = pd.DataFrame({"g": ["a"] * 30 + ["b"] * 30 + ["e"] * 40, "all": 1.0, "some": [1.0] * 30 + [0.0] * 4 + [np.nan] * 26 + [1.0] * 40})
    found = {g: measured_by(as_table(frame), {"all": '"all"', "some": "some"}, g) for g in ((), ("g",))}
    made = shown_measures(found, 10)
    assert made[("g",)][("b",)]["all"].n == 30 and made[("g",)][("b",)]["some"].reason == "too few rows to be shown"
    assert made[("g",)][("a",)]["some"].n == 0  # it would tell of b
    assert made[()][()]["some"].n == 74


def test_kinds_of_complaints_that_are_few_are_not_shown():
    names = ["late"] * 60 + ["bill"] * 25 + ["fault"] * 15 + ["theft"] * 2
    rows = pd.DataFrame({"process": names, "at": pd.Timestamp("2026-08-03"), "favour": True, "paid": 5.0,
                         "done": pd.Timestamp("2026-08-05")})  # fmt: skip
    asked = Complaints("process", "at", WINDOW, in_favour="favour", cost="paid", resolved="done", promise_days=3, min_cell=10)
    found = complained(rows, asked)
    assert [k.name for k in found.overall.kinds] == ["late", "bill"] and found.overall.n == 102
    tables = " ".join(g.text() for g in (found.grid(), found.dealt_grid(), found.handled_grid()))
    said = complaints_said(found, complaints_checked(found))
    assert "theft" not in tables and "fault" not in tables
    assert not any("theft" in f.id or "fault" in f.id for f in said)
    none = complained(rows[rows.process == "theft"], asked)
    (first, *_) = complaints_said(none, complaints_checked(none))
    assert first.verdict == "no_data" and "fewer than 10 of each kind" in first.sentence.text()


def test_sources_of_few_leads_are_not_shown():
    rng = np.random.default_rng(3)
    source = ["web"] * 60 + ["fair"] * 40 + ["press"] * 4
    created = pd.Timestamp("2026-07-02") + pd.to_timedelta(np.arange(len(source)) % 20, unit="h")
    won = pd.Series(created + pd.Timedelta(days=2)).where(rng.random(len(source)) < 0.4)
    rows = pd.DataFrame({"created": created, "won": won, "source": source, "contacted": created + pd.Timedelta(hours=3)})
    asked = leads.Leads("created", "won", WINDOW, contacted="contacted", source="source", mature_days=30, min_cell=10)
    found = leads.estimate(rows, asked)
    assert found.sources == ("web",) and found.of("won").n == 104
    assert "press" not in found.speed_grid().text() and "fair" not in found.grid().text()


def test_touchpoints_and_colleagues_of_few_rows_are_not_shown():
    department = ["care"] * 50 + ["sales"] * 40 + ["legal"] * 3
    rows = pd.DataFrame({"department": department, "ok": 1, "at": pd.Timestamp("2026-08-03"), "point": "greeting"})
    item = touchpoints.Touchpoint("greeting", "Greeting", "seen", "ok = 1", "at", WINDOW, by="department")
    met = touchpoints.estimate(None, touchpoints.Touchpoints(WINDOW, (item,), min_cell=10), seen=rows)
    assert [x.group for x in met.levels] == ["care"]
    checks = staff.Checked("seen", "ok = 1", "at", "point", WINDOW, by="department")
    worked = staff.estimate(None, staff.Staff(WINDOW, checks, min_cell=10), seen=rows)
    assert "care" in worked.checks_grid().text() and "legal" not in worked.checks_grid().text()
