"""The verdict from the interval against nothing, the worthwhile and the promised effect."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

import pytest

from toolkit.findings import Check, Checks
from toolkit.language import Sentence
from toolkit.plan_changes import check, conclude, decide, estimate
from toolkit.plan_changes.effects import Fitted, PlanEffect, Waiting

NONE = Checks(())
BEFORE_DUE, AFTER_DUE = date(2024, 12, 31), date(2023, 6, 30)

# promised 2, worthwhile .5; interval, due day, verdict
TABLE = [
    (2.1, 3.0, AFTER_DUE, "delivered"),
    (2.1, 3.0, BEFORE_DUE, "delivered"),
    (1.2, 3.0, AFTER_DUE, "delivered"),  # the middle reaches the promise
    (1.2, 3.0, BEFORE_DUE, "on_track"),
    (0.6, 2.4, AFTER_DUE, "partly_delivered"),
    (0.6, 2.4, BEFORE_DUE, "on_track"),
    (0.6, 1.9, AFTER_DUE, "partly_delivered"),
    (0.6, 1.9, BEFORE_DUE, "partly_delivered"),
    (0.2, 2.4, AFTER_DUE, "not_yet_known"),
    (-0.2, 2.4, AFTER_DUE, "not_yet_known"),
    (-0.2, 0.4, AFTER_DUE, "no_worthwhile_effect"),
    (0.1, 0.4, AFTER_DUE, "no_worthwhile_effect"),
    (-0.4, -0.1, AFTER_DUE, "no_worthwhile_effect"),  # a loss too small to speak of
    (-1.4, -0.1, AFTER_DUE, "harm"),
    (-1.4, 0.1, AFTER_DUE, "no_worthwhile_effect"),
    (-1.4, 0.6, AFTER_DUE, "not_yet_known"),
]


def effect(change, low: float, high: float, evidence: str = "series", method: str = "series") -> PlanEffect:
    fit = Fitted(
        method, Sentence("by hand"), Sentence("it is a test"), evidence, (low + high) / 2, low, high, 0.5, 0.1,
        10.0, 11.0, 48, "months",
    )  # fmt: skip
    return PlanEffect(change, fit, change.promised, change.worthwhile, waiting=Waiting(1.0, 3, date(2024, 3, 31)))


@pytest.mark.parametrize(("low", "high", "due", "verdict"), TABLE)
def test_the_interval_decides(change, low, high, due, verdict):
    asked = replace(change, due=due)
    assert decide(effect(asked, low, high), NONE).verdict == verdict
    # the same where less is better: everything with the other sign
    other = replace(asked, better="lower", promised=-2.0, worthwhile=-0.5)
    assert decide(effect(other, -high, -low), NONE).verdict == verdict


def test_without_a_worthwhile_effect_any_effect_counts(change):
    asked = replace(change, worthwhile=None, due=AFTER_DUE)
    found = replace(effect(replace(asked, worthwhile=0.5), 0.1, 0.4), definition=asked, worthwhile=math.nan)
    assert decide(found, NONE).verdict == "partly_delivered"
    worse = replace(effect(replace(asked, worthwhile=0.5), -0.4, -0.1), definition=asked, worthwhile=math.nan)
    assert decide(worse, NONE).verdict == "harm"


def test_grades(change):
    fine, doubt = Checks((Check(Sentence("a"), True, Sentence("b")),)), Checks((Check(Sentence("a"), False, Sentence("b")),))
    grades = [
        decide(effect(change, 2.1, 3.0, evidence), checks).grade
        for evidence in ("control", "series", "before_after") for checks in (fine, doubt)
    ]  # fmt: skip
    assert grades == ["A", "B", "B", "C", "C", "C"]


def test_a_check_can_take_the_verdict(change):
    broken = Checks((Check(Sentence("both moved alike"), False, Sentence("they did not"), takes_verdict=True),))
    found = decide(effect(change, 2.1, 3.0), broken)
    assert (found.verdict, found.action, found.grade) == ("cannot_be_judged", "repair", None)


def test_too_few_periods_after_a_comparison_are_too_recent(compared, panel):
    rows = panel(effect=3.0)
    early = estimate(rows, replace(compared, as_of=date(2023, 2, 28), due=BEFORE_DUE))
    assert decide(early, NONE).why == "recent"
    assert "1 more month, from 31 Mar 2023 on" in conclude(early, check(early))[0].sentence.text()
    due = estimate(rows, replace(compared, as_of=date(2023, 2, 28), due=date(2023, 2, 28)))
    assert decide(due, NONE).verdict == "delivered"


def test_not_yet_known_says_what_could_be_seen_and_when(compared, panel):
    # ten customers: far too few for an effect of a fifth
    rows = panel(customers=10)
    found = estimate(rows, replace(compared, promised=0.2, worthwhile=0.1, due=date(2023, 6, 30)))
    said = conclude(found, check(found))[0]
    assert said.verdict == "not_yet_known"
    assert "could have been seen" in said.sentence.text()
    assert said.numbers["smallest_visible"] > 0.2


def test_groups_that_moved_apart_before_take_the_verdict(compared, panel):
    # a drift of .2 a month and no effect at all: the difference is 2.4, all of it the drift
    found = estimate(panel(drift=0.2), replace(compared, due=date(2023, 6, 30)))
    assert found.fit.low > 1.5
    checks = check(found)
    alike = next(c for c in checks if c.name.template == "Both moved alike before")
    assert alike.passed is False and alike.takes_verdict
    assert alike.numbers["slope_low"] < 0.2 < alike.numbers["slope_high"]
    assert conclude(found, checks)[0].verdict == "cannot_be_judged"


def test_an_edited_promise_shows(change, monthly):
    rows = monthly(effect=2.0)
    kept = replace(change, recorded_promise=change.fingerprint)
    edited = replace(kept, promised=1.5)
    passed = [
        next(c for c in check(estimate(rows, d)) if c.name.template == "The promise is as it was recorded").passed
        for d in (change, kept, edited)
    ]  # fmt: skip
    assert passed == [None, True, False]
    main = [conclude(estimate(rows, d), check(estimate(rows, d)))[0] for d in (kept, edited)]
    assert main[0].numbers["promise_fingerprint"] != main[1].numbers["promise_fingerprint"]
    assert f"{main[0].numbers['promise_fingerprint']:012x}" == change.fingerprint
    assert "it was edited" in main[1].sentence.text()


@pytest.mark.parametrize("edit", [
    {"promised": 1.0}, {"worthwhile": 0.4}, {"due": date(2023, 9, 30)}, {"effective": date(2023, 2, 1)},
    {"touched": "value > 3"}, {"relative_promise": True},
])  # fmt: skip
def test_the_fingerprint_changes_with_anything_promised(change, edit):
    assert replace(change, **edit).fingerprint != change.fingerprint


def test_the_fingerprint_keeps_with_what_is_no_promise(change):
    assert replace(change, label="Another name", owner="Ana", cost=5.0).fingerprint == change.fingerprint
