"""Complaints by hand on a few rows, and how often a process is wrongly called first."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.service.complaints import Complaints, Per, check, conclude, estimate
from toolkit.service.pareto import pareto
from toolkit.service.window import Window

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")


def complaints(processes, who=None, opened="2026-08-03 10:00", **columns):
    n = len(processes)
    return pd.DataFrame({
        "process": processes, "opened_at": pd.to_datetime([opened] * n if isinstance(opened, str) else opened),
        "customer": who if who is not None else [f"C{i}" for i in range(n)], **columns,
    })  # fmt: skip


def asked(**more):
    return Complaints("process", "opened_at", WINDOW, **{"unit": "customer", **more})


def test_shares_and_places_by_hand():
    found = estimate(complaints(["late"] * 60 + ["bill"] * 25 + ["fault"] * 15), asked())
    assert [(k.name, k.count) for k in found.overall.kinds] == [("late", 60), ("bill", 25), ("fault", 15)]
    assert [k.share.value for k in found.overall.kinds] == [0.6, 0.25, 0.15]
    assert found.overall.told and found.overall.first[0].name == "late"
    assert found.overall.kinds[1].cumulative == pytest.approx(0.85)
    (first, *_) = conclude(found, check(found))
    assert first.decision.text() == "Fix first: late." and first.headline


def test_a_tie_is_admitted():
    found = estimate(complaints(["late"] * 52 + ["bill"] * 48 + ["fault"] * 10), asked())
    assert {k.name for k in found.overall.first} == {"late", "bill"} and not found.overall.told
    (first, *_) = conclude(found, check(found))
    assert "cannot be told apart" in first.sentence.text()
    assert "late and bill" in first.decision.text()


def test_one_customer_with_many_complaints_makes_no_first():
    # 40 complaints about bills come from one customer: as rows they would win by far
    rows = complaints(["bill"] * 40 + ["late"] * 15 + ["fault"] * 15, who=["C0"] * 40 + [f"C{i}" for i in range(1, 31)])
    assert estimate(rows, asked(unit=None)).overall.told
    assert not estimate(rows, asked()).overall.told


def test_false_firsts_of_equal_processes_are_rare():
    rng = np.random.default_rng(4)
    told = sum(
        pareto(dict(zip("abcde", rng.multinomial(300, [0.3, 0.3, 0.2, 0.1, 0.1]), strict=True))).told for _ in range(300)
    )
    assert told / 300 <= 0.08  # 5 % promised, and two standard errors


def test_a_clear_first_is_found():
    rng = np.random.default_rng(6)
    right = sum(
        [k.name for k in pareto(dict(zip("abcd", rng.multinomial(600, [0.4, 0.25, 0.2, 0.15]), strict=True))).first] == ["a"]
        for _ in range(100)
    )  # fmt: skip
    assert right >= 95


def test_few_complaints_name_nobody():
    found = estimate(complaints(["late"] * 12), asked())
    assert [k.name for k in found.overall.first] == ["late"]  # the only one there is
    assert [c.passed for c in check(found) if "enough" in c.name.text()] == [False]
    two = estimate(complaints(["late"] * 20 + ["bill"]), asked())
    assert not two.overall.told


def test_in_favour_cost_and_the_promise():
    rows = complaints(
        ["late"] * 4, opened=["2026-09-01", "2026-09-01", "2026-09-01", "2026-09-29"],
        resolved_at=pd.to_datetime(["2026-09-03", "2026-09-20", None, None]), favour=[1.0, 0.0, None, None],
        paid=[30.0, 0.0, None, None],
    )  # fmt: skip
    found = estimate(rows, asked(resolved="resolved_at", in_favour="favour = 1", cost="paid", promise_days=10))
    assert (found.share("favour").value, found.share("favour").n) == (0.5, 2)
    assert (found.cost().total, found.cost().value) == (30.0, 15.0)
    wait = found.wait()
    # one in time, one late, one open past ten days, one not due yet
    assert (wait.kept.count, wait.kept.n, wait.overdue, wait.not_due) == (1, 3, 1, 1)


def test_by_the_hundred_counts_what_it_says():
    orders = pd.DataFrame({"at": pd.to_datetime(["2026-08-01"] * 500 + ["2026-05-01"] * 300)})
    found = estimate(complaints(["late"] * 35), asked(per=Per("at")), per=orders)
    assert found.rate.estimate == pytest.approx(7.0)
    by = {m.first: (m.count, m.out_of) for m in found.months}
    assert by[date(2026, 8, 1)] == (35, 500) and by[date(2026, 5, 1)] == (0, 300)
    # a month with nothing to be out of has no rate, and is not 0
    empty = next(m for m in found.months if m.first == date(2026, 6, 1))
    assert np.isnan(empty.rate.estimate) and empty.rate.reason


def test_each_region_by_itself():
    rows = complaints(["late"] * 60 + ["bill"] * 5 + ["late"] * 20 + ["bill"] * 22,
                      region=["North"] * 65 + ["South"] * 42)  # fmt: skip
    found = estimate(rows, asked(by="region", min_cell=5))
    assert found.split["North"].told and not found.split["South"].told
    # the groups' claims hold together
    assert found.split["North"].level == pytest.approx(1 - 0.05 / 2)


def test_rows_without_a_process_are_named_with_their_count():
    found = estimate(complaints(["late"] * 40 + [None] * 3), asked())
    assert found.overall.n == 40 and found.overall.not_said == 3
    assert [c.detail.text() for c in check(found) if "set aside" in c.name.text()] == ["no process: 3 (of 40 rows)"]


def test_no_complaints_are_no_data():
    found = estimate(complaints(["late"], opened="2026-01-01"), asked())
    (first, *_) = conclude(found, check(found))
    assert first.verdict == "no_data" and "No complaint" in first.sentence.text()
    assert found.view().rows == () and found.view().reason is not None
