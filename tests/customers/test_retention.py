"""Churn and retention, against Telco's published figures, hand-counted cohorts and planted truth."""

from __future__ import annotations

import json
import math
from datetime import date

import numpy as np
import pandas as pd
import pytest

from toolkit.customers import retention
from toolkit.customers.retention.newcomers import newcomers, panel
from toolkit.problems import Refused

TELCO = retention.Retention(
    started=None, ended=None, tenure="tenure", left="Churn", segment="Contract", after=(12, 72), name="telco"
)


def test_telco_by_contract(shared_data):
    # 7,043 customers, 26.54 % churned; Kaplan-Meier .8432 after a year, .5928 after six
    found = retention.estimate(shared_data / "customers" / "telco_churn.csv", TELCO)
    curve = found.everybody.curve
    assert (curve.n, curve.events / curve.n) == (7043, pytest.approx(0.2654, abs=5e-5))
    assert curve.at(12).estimate == pytest.approx(0.8432, abs=5e-5)
    assert curve.at(72).estimate == pytest.approx(0.5928, abs=5e-5)
    # the published contrast: 42.71 % of month-to-month contracts churned, 11.27 % and 2.83 % of the others
    shares = {s.segment: s.curve.events / s.curve.n for s in found.stays[1:]}
    assert shares == pytest.approx({"Month-to-month": 0.4271, "One year": 0.1127, "Two year": 0.0283}, abs=5e-5)
    assert found.difference.p_value < 1e-300 or found.difference.statistic > 2000
    findings = retention.conclude(found, retention.check(found))
    assert "Month-to-month" in findings[-1].decision.text()
    json.dumps([f.to_json() for f in findings], allow_nan=False)


def contracts(rows):
    frame = pd.DataFrame(rows, columns=["started_on", "ended_on"])
    return frame.apply(pd.to_datetime)


def test_cohorts_are_what_one_counts_by_hand_and_empty_until_whole():
    rows = contracts([
        ("2025-01-10", "2025-03-01"), ("2025-02-10", None), ("2025-03-10", None), ("2025-03-31", "2025-12-31"),
        ("2025-07-01", "2025-08-15"), ("2025-09-30", None), ("2025-10-05", None),
    ])  # fmt: skip
    found = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 31), after=(3, 6, 12)))
    assert [(c.label, c.n) for c in found.by_cohort] == [("2025Q1", 4), ("2025Q3", 2), ("2025Q4", 1)]
    first, third, last = found.by_cohort
    # after three and six months three of the four are there; twelve months have not passed for all
    assert [None if k is None else k.estimate for k in first.kept] == [0.75, 0.75, None]
    assert [None if k is None else k.estimate for k in third.kept] == [0.5, None, None]
    assert last.kept == (None, None, None)
    assert found.cohorts.rows[2][2:] == (None, None, None)
    # who ended after the last day was still there on it
    later = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 30), after=(3,)))
    assert later.everybody.curve.events == 2


def test_planted_shares_lie_in_their_intervals_as_often_as_they_say():
    rng = np.random.default_rng(71)
    held, runs = 0, 40
    truth = math.exp(-365.25 / 900)
    for _ in range(runs):
        began = rng.integers(0, 1000, 400)
        stay = rng.exponential(900, 400)
        start = pd.Timestamp("2023-01-01") + pd.to_timedelta(began, unit="D")
        end = start + pd.to_timedelta(np.ceil(stay), unit="D")
        rows = pd.DataFrame({"started_on": start, "ended_on": end})
        found = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 31), after=(12,)))
        at = found.everybody.curve.at(12)
        held += at.low <= truth <= at.high
    # binomial error of a share of .95 in 40 is .034
    assert held / runs >= 0.84


def test_flows_of_existing_customers_are_what_one_counts_by_hand():
    flows = pd.DataFrame({
        "place": ["North"] * 4, "n": [100, 20, 10, 5],
        "came": pd.to_datetime(["2025-01-01", "2025-01-01", "2025-02-01", "2025-02-01"]),
        "left": pd.to_datetime([None, "2025-02-01", None, "2025-02-01"]),
    })  # fmt: skip
    both = pd.concat([flows, flows.assign(place="South")])
    rate, lost, months = panel(both, date(2025, 3, 15))
    # in February 120 were there, 15 came and 20 of the 120 left; who came and left in it counts as neither;
    # March is not whole, and in January nobody was there before
    assert months == 1
    assert rate[0].tolist() == [15 / 120] and lost[0].tolist() == [20 / 120]


def planted_flows(rng, effect, groups=12, months=30):
    """Counts by month of start and of end: newcomers make `effect` more of the existing ones leave."""
    rows = []
    days = pd.date_range("2023-01-01", periods=months + 1, freq="MS")
    for group in range(groups):
        there = {0: 2000}
        level = rng.uniform(0.01, 0.03)
        for m in range(1, months):
            newly = int(rng.integers(20, 220))
            existing = sum(there.values())
            risk = level + effect * 100 * newly / existing
            for since in list(there):
                gone = int(rng.binomial(there[since], risk))
                there[since] -= gone
                if gone:
                    rows.append((f"g{group}", days[since], days[m], gone))
            there[m] = newly
        rows += [(f"g{group}", days[s], pd.NaT, n) for s, n in there.items() if n]
    return pd.DataFrame(rows, columns=["place", "came", "left", "n"]), days[months - 1] + pd.offsets.MonthEnd(0)


def test_the_planted_effect_of_newcomers_is_found_and_none_is_not():
    rng = np.random.default_rng(72)
    flows, ends = planted_flows(rng, 0.003)
    found = newcomers(flows, ends.date(), 0.95)
    assert found.effect.low <= 0.003 <= found.effect.high and found.effect.low > 0
    runs = [newcomers(*_dated(planted_flows(rng, 0.0, groups=8, months=20)), 0.95).effect for _ in range(40)]
    held = np.mean([e.low <= 0 <= e.high for e in runs])
    assert held >= 0.85


def _dated(pair):
    return pair[0], pair[1].date()


def test_newcomers_need_groups_and_months():
    rows = contracts([("2025-01-10", None)] * 50)
    rows["region"] = "North"
    found = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 31), group="region"))
    assert "4 groups" in found.newcomers.effect.reason
    finding = retention.conclude(found, retention.check(found))[-1]
    assert finding.verdict == "no_data" and finding.answers == ("F37",)


def test_rows_that_cannot_be_are_set_aside_with_their_reason():
    rows = contracts([
        ("2025-01-10", "2024-12-01"), (None, "2025-01-01"), ("2026-05-01", None), ("2025-01-10", "2025-02-01"),
        ("2025-01-10", None),
    ])  # fmt: skip
    found = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 31)))
    assert {s.why.text(): s.count for s in found.set_aside} == {
        "Rows set aside: they end before they begin": 1, "Rows set aside: no first day": 1,
        "Rows that begin after the end of the period, not counted": 1,
    }  # fmt: skip
    counted = pd.DataFrame({"tenure": [1.0, -1, None, 3], "Churn": ["Yes", "No", "No", "perhaps"]})
    found = retention.estimate(counted, retention.Retention(started=None, ended=None, tenure="tenure", left="Churn"))
    assert {s.why.text(): s.count for s in found.set_aside} == {
        "Rows set aside: how long is missing or below 0": 2, "Rows set aside: whether it ended is not said": 1,
    }  # fmt: skip


@pytest.mark.parametrize(("ended", "said"), [(None, "0 of 40 have ended"), ("2025-06-01", "everybody has left")])
def test_nobody_and_everybody_left(ended, said):
    rows = contracts([("2025-01-10", ended)] * 40)
    found = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 31)))
    checks = retention.check(found)
    assert said in " ".join(c.detail.text() for c in checks.failed)
    finding = retention.conclude(found, checks)[0]
    assert finding.estimate == (1.0 if ended is None else 0.0) and math.isnan(finding.low)


def test_a_cohort_of_one_and_nobody():
    one = retention.estimate(contracts([("2025-01-10", "2025-08-01")]), retention.Retention(ends=date(2025, 12, 31)))
    assert one.by_cohort[0].n == 1
    nobody = retention.estimate(contracts([(None, None)]), retention.Retention(ends=date(2025, 12, 31)))
    finding = retention.conclude(nobody, retention.check(nobody))[0]
    assert finding.verdict == "no_data" and "nobody was observed" in finding.sentence.text()
    for found in (one, nobody):
        found.grid().text(), found.cohorts.text(), found.aside_grid().text()


def test_wrong_columns_are_said_at_once_and_definitions_checked():
    with pytest.raises(Refused) as refused:
        retention.estimate(contracts([("2025-01-10", None)]), retention.Retention(started="begun", segment="kind"))
    assert len(refused.value.problems) == 2
    with pytest.raises(ValueError, match="'left'.*'fortnight'"):
        retention.Retention(tenure="tenure", time_unit="fortnight")
    with pytest.raises(ValueError, match="in order"):
        retention.Retention(after=(12, 3))


def test_lines_are_in_order_of_time_for_charts():
    rows = contracts([("2025-01-10", "2025-06-01"), ("2025-01-10", None)] * 20)
    rows["kind"] = ["a", "b"] * 20
    found = retention.estimate(rows, retention.Retention(ends=date(2025, 12, 31), segment="kind"))
    assert [line.label for line in found.lines] == ["a", "b"]
    for line in (*found.lines, *found.cohort_lines):
        days = [p.day for p in line.points]
        assert days == sorted(set(days))
    assert found.lines[0].points[0].day == date(2025, 12, 31)
