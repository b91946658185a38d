from __future__ import annotations

import math

import ibis
import pandas as pd
import pytest
from plans import a_ledger, rows

from toolkit.money import budgets
from toolkit.problems import Refused


def test_money_and_hours_are_reckoned_apart():
    found = budgets.estimate(rows(months=10), a_ledger())
    money, hours = found.whole("money"), found.whole("hours")
    # six months of ten: 600 planned and done, 720 spent; the rest at the same index
    assert (money.value.planned, money.value.earned, money.value.actual, money.value.at_completion) == (600, 600, 720, 1000)
    assert money.forecast == pytest.approx(1000 * 720 / 600) and money.to_come == 400
    assert (hours.value.actual, hours.value.at_completion, hours.forecast) == (18, 20, pytest.approx(30))
    assert money.value.cpi == pytest.approx(600 / 720) and hours.value.cpi == pytest.approx(12 / 18)
    assert (found.labour, found.labour_to_come) == (18 * 50, 8 * 50)


def test_parts_add_up_to_the_whole():
    table = pd.concat([rows("script"), rows("mail", phase="improve", team="promotion", plan=40.0)])
    found = budgets.estimate(table, a_ledger())
    for measure in ("money", "hours"):
        for part in ("component", "phase", "department", "year"):
            assert sum(s.value.actual for s in found.by(part, measure)) == pytest.approx(found.whole(measure).value.actual)
    assert {s.name for s in found.by("department", "money")} == {"sales", "promotion"}


def test_later_costs_are_those_the_params_name():
    table = pd.concat([rows("training"), rows("training", phase="improve", spent=10.0)])
    found = budgets.estimate(table, a_ledger(later="component = 'training' and phase = 'improve'"))
    assert [s.value.actual for s in found.later if s.measure == "money"] == [60.0]


def test_what_is_spent_after_the_period_is_not_known_yet():
    found = budgets.estimate(rows(months=8, known=8), a_ledger())
    assert found.whole("money").value.actual == 6 * 120


def test_without_work_done_the_end_is_spent_and_planned():
    found = budgets.estimate(rows(months=10), a_ledger(done=None))
    s = found.whole("money")
    assert math.isnan(s.value.cpi) and s.forecast == 720 + 400
    checks = budgets.check(found)
    assert any("how much of the work" in c.name.text() for c in checks.failed)


def test_a_ledger_without_hours_says_no_data():
    found = budgets.estimate(rows(), a_ledger(planned_hours=None, actual_hours=None, hour_rate=None))
    findings = budgets.conclude(found, budgets.check(found))
    hours = next(f for f in findings if f.id == "roi/budget/hours")
    assert hours.verdict == "no_data" and "no hours" in hours.sentence.text().lower()


def test_a_frame_a_file_and_a_table_are_alike(tmp_path):
    frame = rows(months=9)
    frame.to_parquet(tmp_path / "l.parquet")
    one, two, three = (
        budgets.estimate(t, a_ledger()).whole("money").forecast
        for t in (frame, tmp_path / "l.parquet", ibis.duckdb.connect().create_table("l", frame))
    )
    assert one == two == three


def test_a_month_without_actuals_is_a_doubt():
    table = rows()
    table.loc[2, "spent"] = math.nan
    found = budgets.estimate(table, a_ledger())
    failed = [c for c in budgets.check(found).failed]
    assert [c.numbers for c in failed] == [{"without_actual": 1}]


def test_all_that_is_wrong_with_a_ledger_is_said_at_once():
    table = rows(plan=-1.0, rate=[None, 50.0, 50.0, 50.0, 50.0, 50.0])
    table["done"] = 1.4
    with pytest.raises(Refused) as refused:
        budgets.estimate(table, a_ledger(hour_rate="rate"))
    said = str(refused.value)
    assert "money.budgets.plan: -1.0 must not be below 0" in said
    assert "money.budgets.done: is a share of the work" in said
    assert "hours without a rate" in said and len(refused.value.problems) == 3


def test_hours_without_a_rate_and_no_rows_are_refused():
    with pytest.raises(Refused, match="hours without a rate"):
        a_ledger(hour_rate=None)
    with pytest.raises(Refused, match="there is no budget"):
        budgets.estimate(rows().iloc[:0], a_ledger())
