"""The day of adoption and the last ones, by hand; nobody is singled out."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from toolkit.service.adoption import Adoption, Logging, Logins, Training, Users, check, conclude, estimate
from toolkit.service.window import Window

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")
USERS = pd.DataFrame({
    "user": [f"U{i}" for i in range(10)], "team": ["sales"] * 5 + ["service"] * 4 + ["board"],
    "access": pd.to_datetime(["2026-01-05"] * 10),
})  # fmt: skip
# sales on days 1 to 5, service on days 6, 7, 40; one of service and the board never
DAYS = {"U0": 1, "U1": 2, "U2": 3, "U3": 4, "U4": 5, "U5": 6, "U6": 7, "U7": 40}
LOGINS = pd.DataFrame(
    [(u, pd.Timestamp("2026-01-05 09:00") + pd.Timedelta(days=d)) for u, d in DAYS.items()]
    + [("U0", pd.Timestamp("2026-09-20 09:00")), ("U5", pd.Timestamp("2026-09-21")), ("X9", pd.Timestamp("2026-02-01"))]
    + [("U8", pd.Timestamp("2026-10-02"))],  # after the period
    columns=["user", "at"],
)


def asked(**more):
    given = {"users": Users("users", "user", "team", "access"), "logins": Logins("logins", "user", "at"), "fewest": 2}
    return Adoption(WINDOW, **{**given, **more})


def found_of(**more):
    return estimate(None, asked(**more), users=USERS, logins=LOGINS)


def test_the_day_and_the_last_ones():
    found = found_of()
    assert found.use.n == 10
    assert found.use.reached == date(2026, 2, 14)  # the eighth of ten begins on day 40
    assert found.use.opened == date(2026, 1, 5)
    assert found.use.never == 2 and found.use.active == 2


def test_those_after_the_day_are_counted_by_team():
    # at 70 % the day is that of the seventh; service's third is among the last then
    found = found_of(share=0.7)
    assert found.use.reached == date(2026, 1, 12)
    assert {t.name: n for t, n in found.last} == {"service": 2, "smaller teams": 1}


def test_a_team_of_one_is_never_shown():
    shown = str(found_of().grid().text()) + "".join(f.sentence.text() for f in conclude(found_of(), check(found_of())))
    assert "board" not in shown and "smaller teams" in shown
    assert "U7" not in shown


def test_logins_of_strangers_are_named_with_their_count():
    (one,) = [c for c in check(found_of()) if "set aside" in c.name.text()]
    assert one.detail.text() == "logins of nobody in the list: 1 (of 11 rows)"


def test_a_share_that_is_not_reached_says_so():
    found = found_of(share=0.9)
    assert found.use.reached is None
    said = conclude(found, check(found))[0]
    assert "not reached yet" in said.sentence.text() and said.decision is not None


def test_training_counts_what_is_due():
    rows = pd.DataFrame({
        "user": ["U0", "U1", "U5", "U6"], "course": ["basics"] * 4,
        "due": pd.to_datetime(["2026-03-01", "2026-03-01", "2026-03-01", "2026-12-01"]),
        "done": pd.to_datetime(["2026-03-01", "2026-05-01", None, None]),
    })  # fmt: skip
    found = estimate(None, asked(training=Training("training", "course", "due", "done", "user")),
                     users=USERS, logins=LOGINS, training=rows)  # fmt: skip
    cell = found.trained.cells[()][()]
    assert (cell["done"].count, cell["in_time"].count, cell["done"].n) == (2, 1, 3)
    assert found.trained.not_due == 1
    assert found.trained.cells[("team",)][("sales",)]["done"].value == 1.0


def test_what_is_written_down():
    rows = pd.DataFrame({"at": pd.to_datetime(["2026-08-01"] * 4), "whole": [1, 1, 0, None], "who": list("abcd")})
    part = Logging("contacts", "at", WINDOW, unit="who", complete="whole = 1")
    found = estimate(None, Adoption(WINDOW, logging=part), contacts=rows)
    assert (found.logged[()][()]["complete"].value, found.logged[()][()]["complete"].n) == (pytest.approx(2 / 3), 3)


def test_parts_that_are_not_declared_say_so():
    found = estimate(None, Adoption(WINDOW))
    assert "service.adoption.users" in found.grid().text()
    assert found.view().reason is not None
    assert tuple(conclude(found, check(found))) == ()
