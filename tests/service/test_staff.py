"""Recognition with the mix allowed for, ids only where declared, checks and feedback by hand."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.service.staff import Checked, Feedback, Recognition, Staff, check, conclude, estimate
from toolkit.service.window import Window

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")
DAY = pd.Timestamp("2026-08-10")


def contacts(seed=0, best=0.0, colleagues=12, each=200):
    """Half of the colleagues have mostly hard work; everyone keeps to the plan alike but the best."""
    rng = np.random.default_rng(seed)
    who = np.repeat(np.arange(colleagues), each)
    hard = rng.random(who.size) < np.where(who % 2 == 0, 0.8, 0.2)
    chance = np.where(hard, 0.4, 0.8) + np.where(who == 0, best, 0.0)
    return pd.DataFrame({"who": [f"U{w:02d}" for w in who], "hard": hard.astype(str), "at": DAY,
                         "kept": (rng.random(who.size) < chance).astype(int)})  # fmt: skip


def asked(**more):
    given = {"mix": ("hard",), "show_ids": True}
    return Staff(WINDOW, recognition=Recognition("contacts", "who", "at", ("kept",), WINDOW, **{**given, **more}))


def test_a_hard_mix_alone_tells_nobody_apart():
    raw = adjusted = 0
    for seed in range(20):
        rows = contacts(seed)
        adjusted += estimate(None, asked(), contacts=rows).people.told
        raw += estimate(None, asked(mix=()), contacts=rows).people.told
    assert adjusted <= 3 and raw == 20  # 5 % promised; what the mix would do unallowed for


def test_the_best_is_found_though_the_work_is_hard():
    found = estimate(None, asked(), contacts=contacts(3, best=0.25, each=400))
    assert [p.name for p in found.people.best] == ["U00"]
    first = conclude(found, check(found))[0]
    assert first.decision.text() == "Recognise U00." and "F52" in first.answers


def test_ids_are_not_shown_unless_declared():
    found = estimate(None, asked(show_ids=False), contacts=contacts(3, best=0.25, each=400))
    said = [f.sentence.text() + str(f.decision) + f.id for f in conclude(found, check(found))]
    assert not any("U00" in s for s in said)
    assert "U00" not in found.grid().text() and all("U0" not in str(r.label) for r in found.view().rows)
    assert len(found.people.best) == 1


def test_who_has_little_work_is_counted_and_not_ranked():
    rows = pd.concat([contacts(), pd.DataFrame({"who": ["U99"] * 5, "hard": "True", "at": DAY, "kept": 1})])
    found = estimate(None, asked(), contacts=rows)
    assert found.people.too_few == 1 and "U99" not in {p.name for p in found.people.people}


def test_flags_that_are_empty_are_left_out():
    rows = contacts().assign(other=None).astype({"other": float})
    both = Staff(WINDOW, recognition=Recognition("contacts", "who", "at", ("kept", "other"), WINDOW))
    one = Staff(WINDOW, recognition=Recognition("contacts", "who", "at", ("kept",), WINDOW))
    a, b = (estimate(None, d, contacts=rows).people for d in (both, one))
    assert [p.raw for p in a.people] == [p.raw for p in b.people]


def test_surprise_checks_and_feedback_by_hand():
    checks = pd.DataFrame({"id": [1, 1, 2, 2], "at": DAY, "point": ["greeting", "logged"] * 2, "passed": [1, 0, 1, 1]})
    said = pd.DataFrame({"who": list("abcd"), "at": DAY, "statement": ["easy"] * 3 + ["proud"], "score": [2, 3, 4, 5]})
    definition = Staff(WINDOW, Checked("checks", "passed = 1", "at", "point", WINDOW, unit="id"),
                       Feedback("said", "score", "at", "statement", WINDOW, unit="who"))  # fmt: skip
    found = estimate(None, definition, checks=checks, said=said)
    assert found.checked[()][()]["passed"].value == 0.75
    assert found.checked[("point",)][("logged",)]["passed"].count == 1
    easy = found.said[("statement",)][("easy",)]["score"]
    # mean 3, standard error 1/sqrt(3), t with 2 degrees of freedom
    assert (easy.value, easy.high) == (3.0, pytest.approx(3 + 4.302653 / np.sqrt(3), abs=1e-5))
    alone = found.said[("statement",)][("proud",)]["score"]
    assert alone.value == 5.0 and np.isnan(alone.low) and alone.reason


def test_nothing_in_the_period_says_so():
    checks = pd.DataFrame({"id": [1], "at": pd.Timestamp("2025-01-01"), "point": ["greeting"], "passed": [1]})
    found = estimate(None, Staff(WINDOW, Checked("checks", "passed = 1", "at", "point", WINDOW)), checks=checks)
    (only,) = conclude(found, check(found))
    assert only.verdict == "no_data" and check(found).failed
