"""The plan's own tables, against days and counts worked out by hand."""

from __future__ import annotations

import math
from datetime import date

import pandas as pd
import pytest

from toolkit.company.plan import Informed, Readiness, Schedule
from toolkit.scorecard import phases, ready, told
from toolkit.scorecard.reading import MOST, rows_of

UNTIL = date(2026, 9, 30)


def schedule(*rows) -> pd.DataFrame:
    names = ("phase", "planned_start", "planned_end", "actual_start", "actual_end")
    frame = pd.DataFrame([dict(zip(names, r, strict=True)) for r in rows])
    for column in names[1:]:
        frame[column] = pd.to_datetime(frame[column])
    return frame


PHASES = schedule(
    ("improve", "2026-03-01", "2026-08-31", "2026-03-21", None),
    ("launch", "2026-01-01", "2026-02-28", "2026-01-01", "2026-03-20"),
    ("review", "2026-09-01", "2026-12-31", None, None),
    ("prepare", "2025-11-01", "2025-12-31", "2025-11-01", "2025-12-24"),
)  # fmt: skip


def test_slippage_is_days_later_than_planned():
    found = phases.estimate(PHASES, Schedule(table="schedule", launch="launch"), UNTIL)
    assert [p.name for p in found.phases] == ["prepare", "launch", "improve", "review"]
    prepare, launch, improve, review = found.phases
    assert (prepare.end_slip, launch.end_slip) == (-7, 20)  # 24 to 31 Dec; 28 Feb to 20 Mar 2026
    assert (improve.start_slip, improve.end_slip, improve.open_end) == (20, 30, True)  # due 31 Aug, still open 30 Sep
    assert math.isnan(review.end_slip) and review.state == "not_begun"
    assert found.launch is launch and found.slip == 30


def test_what_happened_later_is_not_known_yet():
    found = phases.estimate(PHASES, Schedule(table="schedule"), date(2026, 2, 15))
    launch = next(p for p in found.phases if p.name == "launch")
    assert launch.state == "under_way" and launch.actual_end is None and math.isnan(launch.end_slip)
    assert found.slip == 0


def test_a_schedule_with_one_phase_not_begun_is_not_late():
    found = phases.estimate(schedule(("a", "2027-01-01", "2027-02-01", None, None)), Schedule(table="s"), UNTIL)
    assert found.slip == 0 and found.rows() == ()


def test_readiness_by_hand():
    frame = pd.DataFrame({
        "area": ["data", "skills", "skills"], "item": ["list", "trainers", "course"],
        "needed_by": pd.to_datetime(["2026-09-20", "2026-01-01", "2026-12-01"]), "ready": [0, 1, None],
    })  # fmt: skip
    found = ready.estimate(frame, Readiness(table="readiness"), UNTIL)
    assert found.done == 1 and [i.name for i in found.overdue] == ["list"]
    assert found.overdue[0].overdue_days == 10
    assert next(i for i in found.items if i.name == "course").ready is None


TOLD = pd.DataFrame({
    "change": ["new_hours", "new_hours", "later"], "department": ["sales", "service", "sales"],
    "informed_on": pd.to_datetime(["2026-05-20", "2026-06-01", "2026-10-01"]),
    "effective_on": pd.to_datetime(["2026-06-01", "2026-06-01", "2026-11-01"]),
})  # fmt: skip


def test_notice_in_days_and_who_was_never_told():
    found = told.estimate(TOLD, Informed(table="informed"), UNTIL, {"new_hours": "New hours"}, ("sales", "service", "billing"))
    by = {t.department: t for t in found.tellings}
    assert (by["sales"].notice, by["sales"].in_time) == (12, True)
    assert (by["service"].notice, by["service"].in_time) == (0, False)  # a day's notice is wanted
    assert (by["billing"].notice, by["billing"].told, by["billing"].in_time) == (None, None, False)
    assert {t.change for t in found.tellings} == {"New hours"}, "a change to come is not judged"
    assert found.in_time == 1 and found.by_department()["service"] == (0, 1)


@pytest.mark.parametrize(("days", "kept"), [(0, 2), (1, 1), (12, 1), (13, 0)])
def test_more_notice_wanted_is_kept_less_often(days, kept):
    assert told.estimate(TOLD, Informed(table="informed", notice_days=days), UNTIL).in_time == kept


def test_a_table_too_long_for_a_plan_is_refused():
    with pytest.raises(ValueError, match="at most"):
        rows_of(pd.DataFrame({"a": range(MOST + 1)}), {"a": "a"})
