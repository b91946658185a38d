"""Touchpoints against the level wanted, the communication plan and surveys, by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from statsmodels.stats.power import TTestIndPower

from toolkit.service.touchpoints import Outreach, Requests, Surveys, Touchpoint, Touchpoints, check, conclude, estimate
from toolkit.service.window import Window, months_before

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")
DAY = pd.Timestamp("2026-08-10")


def test_wanted_against_seen():
    rows = pd.DataFrame({"at": DAY, "dept": ["a"] * 400 + ["b"] * 400 + ["c"] * 10,
                         "good": [1] * 380 + [0] * 20 + [1] * 300 + [0] * 100 + [1] * 8 + [0] * 2})  # fmt: skip
    item = Touchpoint("x", "X", "rows", "good = 1", "at", WINDOW, by="dept", wanted=0.9)
    found = estimate(None, Touchpoints(WINDOW, (item,)), rows=rows)
    assert {x.group: x.verdict for x in found.levels} == {"a": "reliably_met", "b": "reliably_missed", "c": "hit_and_miss"}
    assert {f.segment: f.promised for f in conclude(found, check(found))} == {"a": 0.9, "b": 0.9, "c": 0.9}


def test_a_touchpoint_without_rows_is_named():
    rows = pd.DataFrame({"at": [pd.Timestamp("2020-01-01")], "good": [1]})
    item = Touchpoint("x", "The shop", "rows", "good = 1", "at", WINDOW, wanted=0.9)
    found = estimate(None, Touchpoints(WINDOW, (item,)), rows=rows)
    (only,) = conclude(found, check(found))
    assert only.verdict == "no_data" and only.n == 0
    assert any("The shop" in c.detail.text() for c in check(found).failed)


def test_the_communication_plan_by_hand():
    rows = pd.DataFrame({
        "due": pd.to_datetime(["2026-08-01"] * 4 + ["2026-09-30"]),
        "done": pd.to_datetime(["2026-08-02", "2026-08-05", None, "2026-07-30", None]),
        "kind": ["welcome"] * 5, "who": list("aabcd"), "auto": [1, 1, 0, 0, 0],
    })  # fmt: skip
    plan = Outreach("plan", "due", "done", WINDOW, kind="kind", unit="who", grace_days=1, automatic="auto = 1", wanted=0.9)
    found = estimate(None, Touchpoints(WINDOW, outreach=plan), plan=rows).outreach
    # in time: a day late within the grace, and early; late; never; and one that can still be in time
    assert (found.of_all("kept").count, found.of_all("kept").n, found.not_due) == (2, 4, 1)
    assert found.of_all("came").count == 3
    assert (found.of_all("automatic").count, found.of_all("automatic").n) == (2, 3)
    assert found.each == pytest.approx(5 / 4)


def test_what_two_waves_can_show():
    scores = np.random.default_rng(2).normal(7, 1.5, 400)
    rows = pd.DataFrame({"at": DAY, "score": scores})
    found = estimate(None, Touchpoints(WINDOW, surveys=Surveys("s", "score", "at", WINDOW)), s=rows).surveys
    # statsmodels' smallest effect in standard deviations; it has Student's t where we have the normal
    other = TTestIndPower().solve_power(nobs1=400, power=0.8, alpha=0.05) * scores.std(ddof=1)
    assert found.seen == pytest.approx(other, rel=5e-3)
    assert found.mean.value == pytest.approx(scores.mean())


def test_weights_and_who_was_asked():
    rows = pd.DataFrame({"at": DAY, "score": [4.0, 8.0, None, None], "w": [3.0, 1.0, 1.0, 1.0], "sent": [1, 1, 1, 0]})
    part = Surveys("s", "score", "at", WINDOW, weight="w", invited="sent = 1", split="case when w > 2 then 'heavy' else 'light' end")
    found = estimate(None, Touchpoints(WINDOW, surveys=part), s=rows).surveys
    assert found.mean.value == pytest.approx((4 * 3 + 8) / 4)
    assert (found.answered, found.rate.count, found.rate.n) == (2, 2, 3)
    assert found.split["light"].value == 8.0


def test_requests_in_vain():
    rows = pd.DataFrame({"at": DAY, "what": ["island"] * 70 + ["address"] * 30, "who": range(100)})
    definition = Touchpoints(WINDOW, requests=Requests("r", "what", "at", WINDOW, unit="who"))
    found = estimate(None, definition, r=rows)
    first = conclude(found, check(found))[0]
    assert first.comparison == "island" and first.estimate == 0.7 and "F47" in first.answers


@pytest.mark.parametrize(("end", "months", "first"), [
    (date(2026, 10, 1), 12, date(2025, 10, 1)), (date(2026, 3, 31), 1, date(2026, 2, 28)), (date(2026, 1, 1), 1, date(2025, 12, 1)),
])  # fmt: skip
def test_months_back(end, months, first):
    assert months_before(end, months) == first
