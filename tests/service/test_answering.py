"""Replies by hand: overdue ones count as missed, backward ones are set aside by name, later ones are not there yet."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.language import Sentence
from toolkit.problems import Refused
from toolkit.service.answering import Answering, Promises, Staffing, check, conclude, estimate
from toolkit.service.asked import Aside
from toolkit.service.window import Window
from toolkit.service.wording import aside_check

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")


def contacts(rows):
    frame = pd.DataFrame(rows, columns=["opened", "replied", "department", "channel"])
    return frame.assign(opened=pd.to_datetime(frame.opened), replied=pd.to_datetime(frame.replied))


ROWS = contacts([
    ("2026-08-01 08:00", "2026-08-01 09:00", "sales", "phone"),  # kept
    ("2026-08-02 08:00", "2026-08-02 18:00", "sales", "phone"),  # late
    ("2026-08-03 08:00", None, "sales", "phone"),  # open and overdue
    ("2026-09-30 23:30", None, "sales", "phone"),  # open, not due
    ("2026-08-04 08:00", "2026-08-04 07:00", "sales", "phone"),  # backwards
    ("2026-08-05 08:00", "2026-08-05 08:30", "sales", "post"),  # nothing promised
    ("2026-09-29 08:00", "2026-10-02 08:00", "sales", "phone"),  # replied after the period
])  # fmt: skip
PROMISES = pd.DataFrame({"d": ["sales", "billing"], "c": ["phone", "phone"], "hours": [2.0, 2.0], "share": [0.9, 0.9]})


def asked(**more):
    given = {"replied": "replied", "department": "department", "channel": "channel",
             "promises": Promises("d", "c", reply_hours="hours", share="share")}  # fmt: skip
    return Answering("opened", WINDOW, **{**given, **more})


def test_every_contact_is_where_it_belongs():
    found = estimate(ROWS, asked(), promises=PROMISES)
    total = found.all("reply")
    assert (total.kept.count, total.kept.n) == (1, 4)  # one kept; late, overdue, and replied too late
    assert (total.overdue, total.not_due, total.no_promise, total.backward) == (2, 1, 1, 1)
    assert total.n == 6 and total.still_open == 3
    assert total.wanted == pytest.approx(0.9)


def test_backward_times_are_set_aside_by_name():
    found = estimate(ROWS, asked(), promises=PROMISES)
    (one,) = [c for c in check(found) if "set aside" in c.name.text()]
    assert one.passed is False and one.detail.text() == "replied before opened: 1 (of 7 rows)"


def test_rows_of_a_whole_table_are_held_against_that_table():
    five = Aside(Sentence("resolved before opened"), 5)
    assert aside_check([five], 100).passed is False
    assert aside_check([replace(five, out_of=43_000)], 100).passed is True


def test_a_department_that_promises_and_has_no_contact_is_named():
    found = estimate(ROWS, asked(), promises=PROMISES)
    assert found.missing_departments == ("billing",)
    assert any("billing" in c.detail.text() for c in check(found).failed)


def test_what_came_after_the_period_changes_nothing():
    later = ROWS.assign(replied=ROWS.replied.fillna(pd.Timestamp("2026-11-01")))
    assert estimate(later, asked(), promises=PROMISES).all("reply") == estimate(ROWS, asked(), promises=PROMISES).all("reply")


def test_without_a_promise_nothing_is_said_of_promises():
    found = estimate(ROWS, asked(promises=None))
    total = found.all("reply")
    assert total.kept.n == 0 and total.kept.reason == "nothing is promised"
    (first, *_) = conclude(found, check(found))
    assert first.verdict == "no_data" and "No promise is declared" in first.sentence.text()
    assert found.view().reason is not None and found.view().rows == ()


def test_numbers_can_be_promised_to_everybody():
    found = estimate(ROWS, asked(promises=Promises(reply_hours=2.0, share=0.9)))
    assert (found.all("reply").kept.count, found.all("reply").kept.n) == (2, 5)


def test_a_table_that_promises_twice_is_refused():
    twice = pd.concat([PROMISES, PROMISES.head(1).assign(hours=5.0, share=1.5)])
    with pytest.raises(Refused) as refused:
        estimate(ROWS, asked(), promises=twice)
    assert [p.value for p in refused.value.problems] == ["sales, phone", "1.5 to sales, phone"]


def test_waits_are_the_order_statistics_of_the_rows():
    rng = np.random.default_rng(1)
    minutes = rng.integers(1, 6000, 301)
    opened = pd.Timestamp("2026-07-02") + pd.to_timedelta(rng.integers(0, 60 * 24 * 60, 301), unit="min")
    rows = pd.DataFrame({"opened": opened, "replied": opened + pd.to_timedelta(minutes, unit="min")})
    found = estimate(rows, Answering("opened", WINDOW, replied="replied")).all("reply")
    assert found.hours().value == pytest.approx(np.median(minutes) / 60)
    assert found.hours("slowest").value == pytest.approx(np.quantile(minutes, 0.9) / 60)


def test_the_queue_is_erlangs():
    # Mitan's example: 360 calls in the half hour are 720 in the hour, each of four minutes
    days, each = 4, 720
    at = [pd.Timestamp(2026, 7, 1 + d, 10) + pd.Timedelta(seconds=5 * i) for d in range(days) for i in range(each)]
    rows = pd.DataFrame({"opened": at, "replied": at, "minutes": 4.0})
    window = Window(date(2026, 7, 1), date(2026, 7, 5))
    definition = Answering("opened", window, replied="replied", staffing=Staffing("minutes", 55, answer_within_seconds=15))
    found = estimate(rows, definition).staffed
    assert (found.hour, found.arrivals, found.minutes) == (10, 720.0, 4.0)
    assert found.now.wait_chance == pytest.approx(0.239, abs=5e-4)
    assert found.now.within == pytest.approx(0.846, abs=1e-3)
    assert found.needed.agents <= found.needed_high.agents


def test_no_contacts_are_no_data():
    rows = ROWS.assign(opened=pd.Timestamp("2025-01-01"))
    found = estimate(rows, asked(), promises=PROMISES)
    assert found.all("reply") is None
    assert conclude(found, check(found))[0].verdict == "no_data"
    assert found.grid().rows == ()
