"""Only mature leads are judged; speed, hand-over and agreement by hand."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from toolkit.service.leads import Leads, check, conclude, estimate
from toolkit.service.window import Window

WINDOW = Window(date(2026, 1, 1), date(2026, 10, 1), "2026Q3")


def leads(rows):
    columns = ["created", "contacted", "handed", "won", "lost", "source", "accepted", "ready"]
    frame = pd.DataFrame(rows, columns=columns)
    return frame.assign(**{c: pd.to_datetime(frame[c]) for c in columns[:5]})


OLD = [
    ("2026-02-01 08:00", "2026-02-01 09:00", "2026-02-02 09:00", "2026-03-01", None, "web", 1, 1),
    ("2026-02-01 08:00", "2026-02-01 18:00", "2026-02-03 18:00", None, "2026-03-01", "web", 1, 0),
    ("2026-02-01 08:00", None, None, None, None, "fair", None, None),
    ("2026-02-01 08:00", "2026-02-01 10:00", "2026-02-01 12:00", None, None, "fair", 0, 0),
]
YOUNG = [("2026-09-20 08:00", "2026-09-20 09:00", None, None, None, "web", None, None)] * 6


def asked(**more):
    given = {"contacted": "contacted", "handed": "handed", "lost": "lost", "source": "source", "accepted": "accepted = 1",
             "mature_days": 90, "contact_within_hours": 4.0}  # fmt: skip
    return Leads("created", "won", WINDOW, **{**given, **more})


def test_young_leads_are_counted_and_not_judged():
    found = estimate(leads(OLD + YOUNG), asked())
    assert (found.n, found.mature, found.young) == (10, 4, 6)
    assert (found.of("won").value, found.of("won").n) == (0.25, 4)
    assert found.of("won", "web").value == 0.5
    assert (found.of("decided").value, found.of("decided").n) == (0.5, 2)
    assert "6 leads younger" in found.grid().note.text()


def test_all_young_is_no_data_and_never_zero():
    found = estimate(leads(YOUNG), asked())
    first = conclude(found, check(found))[0]
    assert first.verdict == "no_data" and "none of 6 is 90 days old" in first.sentence.text()
    assert [c.passed for c in check(found)][0] is False
    assert not found.view().rows and "None of 6" in found.view().reason.text()


def test_what_is_won_after_the_period_is_not_won_yet():
    rows = leads(OLD).assign(won=pd.Timestamp("2026-10-05"))
    assert estimate(rows, asked()).of("won").value == 0.0


def test_speed_counts_those_never_contacted_as_missed():
    found = estimate(leads(OLD), asked()).speed[()][()]
    # in time: one hour and two hours; late: ten hours, and never
    assert (found.kept.count, found.kept.n, found.overdue) == (2, 4, 1)


def test_hand_over_by_hand():
    found = estimate(leads(OLD), asked()).handover[()][()]
    assert found.n == 3 and found.hours().value == 24.0


def test_marketing_and_sales_agree_by_cohens_kappa():
    # 20 both yes, 5 marketing only, 10 sales only, 15 both no: observed .7, by chance .5, kappa .4
    cells = [(1, 1)] * 20 + [(1, 0)] * 5 + [(0, 1)] * 10 + [(0, 0)] * 15
    rows = leads([("2026-02-01", None, None, None, None, "web", s, m) for m, s in cells])
    found = estimate(rows, asked(qualified="ready = 1"))
    assert found.agreement.estimate == pytest.approx(0.4)
    said = [f for f in conclude(found, check(found)) if f.id == "service/leads/agreement"]
    assert len(said) == 1 and "F84" in said[0].answers
    assert estimate(rows, asked()).agreement is None


def test_backward_times_are_set_aside_by_name():
    bad = leads(OLD + [("2026-02-01 08:00", "2026-01-20 08:00", None, "2026-01-15", None, "web", 1, 1)])
    found = estimate(bad, asked())
    assert found.n == 4
    (one,) = [c for c in check(found) if "set aside" in c.name.text()]
    assert "won before created: 1" in one.detail.text()


def test_owners_ids_stay_in_the_tables_unless_allowed():
    rows = pd.concat([leads(OLD * 20).assign(owner=o) for o in ("U17", "U23")])
    hidden, shown = (estimate(rows, asked(owner="owner", show_owners=s)) for s in (False, True))
    assert len(hidden.owners.people) == 2
    assert "U17" not in hidden.owners_grid().text() and "U17" in shown.owners_grid().text()
    assert all("U17" not in f.sentence.text() for f in conclude(hidden, check(hidden)))
