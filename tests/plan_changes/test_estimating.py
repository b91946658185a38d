"""The method follows the data; the same effect from a frame, a table, a path and a study."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from toolkit.kpis import Measure
from toolkit.plan_changes import PlanChange, Waves, check, conclude, estimate
from toolkit.problems import Refused
from toolkit.study import Study


def test_one_long_series_is_an_interrupted_series(change, monthly):
    found = estimate(monthly(effect=2.0), change)
    assert found.fit.method == "series" and found.fit.evidence == "series"
    assert "36 months before and 12 after" in found.fit.why.text()
    assert found.fit.low < 2.0 < found.fit.high
    assert {a.name for a in found.fit.others} >= {"ols", "newey_west", "prais_winsten", "gls_ar1"}


def test_a_short_series_says_no_more_than_a_signal(change, monthly):
    rows = monthly(effect=5.0, months=41)
    found = estimate(rows, replace(change, as_of=date(2023, 5, 31)))
    assert found.fit.method == "short" and found.fit.signal is True
    finding = conclude(found, check(found))[0]
    assert finding.verdict == "not_yet_known" and finding.grade == "C"
    assert "its cause unproven" in finding.sentence.text() and "3 more months" in finding.sentence.text()
    assert finding.numbers["smallest_visible"] > 0
    quiet = estimate(monthly(months=41), replace(change, as_of=date(2023, 5, 31)))
    assert quiet.fit.signal is False


def test_untouched_rows_are_compared_with(compared, panel):
    found = estimate(panel(effect=2.0), compared)
    assert found.fit.method == "difference" and found.fit.evidence == "control"
    assert found.fit.low < 2.0 < found.fit.high
    rows = panel(effect=2.0)
    # balanced panel, denominator 1: the textbook difference of four means
    means = rows.groupby([rows["touched"], rows["day"] >= "2023-01-01"])["value"].mean()
    by_hand = (means[True, True] - means[True, False]) - (means[False, True] - means[False, False])
    assert found.fit.estimate == pytest.approx(by_hand)
    # Welch on the changes of customers, as errors by customer must be
    change_of = rows.pivot_table("value", "customer", rows["day"] >= "2023-01-01").diff(axis=1)[True]
    touched = rows.groupby("customer")["touched"].first()
    parts = [change_of[touched == t].var(ddof=1) / (touched == t).sum() for t in (True, False)]
    assert found.fit.se == pytest.approx(np.sqrt(sum(parts)))


def test_buckets_of_units_give_the_same_effect_and_nearly_the_same_error(compared, panel):
    rows = panel(effect=2.0, customers=1200)
    by_unit = estimate(rows, compared).fit
    by_bucket = estimate(rows, replace(compared, exact_units=100)).fit
    assert by_bucket.estimate == pytest.approx(by_unit.estimate)
    assert by_bucket.se == pytest.approx(by_unit.se, rel=0.2)
    assert "256 buckets" in by_bucket.label.text()


def test_different_dates_are_group_time_effects(compared, panel):
    rows = panel()
    third = rows["customer"] % 3
    adopted = pd.Series(pd.NaT, index=rows.index, dtype="datetime64[us]")
    adopted[third == 0] = pd.Timestamp("2022-07-01")
    adopted[third == 1] = pd.Timestamp("2023-02-01")
    rows["value"] = rows["value"] + 2.0 * (rows["day"] >= adopted)
    asked = replace(compared, touched=None, adopted_at="adopted", effective=date(2022, 7, 1))
    found = estimate(rows.assign(adopted=adopted), asked)
    assert found.fit.method == "staggered" and "2 different dates" in found.fit.why.text()
    assert found.fit.low < 2.0 < found.fit.high
    contrast = next(a for a in found.fit.others if a.name == "two_way")
    assert "contrast only" in contrast.label.text()


def test_one_touched_unit_is_compared_with_a_mix(compared, panel):
    rows = panel(customers=40)
    rows = rows.assign(touched=rows["customer"] == 0)
    rows["value"] += 6.0 * (rows["touched"] & (rows["day"] >= "2023-01-01"))
    found = estimate(rows, compared)
    assert found.fit.method == "donors"
    assert found.fit.low < 6.0 < found.fit.high
    assert {c.name.template for c in check(found)} >= {"Untouched units show nothing as large", "No single unit decides"}


def test_counts_are_rate_ratios(change):
    rng = np.random.default_rng(3)
    days = pd.date_range("2020-01-01", periods=48, freq="MS")
    base = np.linspace(900, 1100, 48)
    counts = rng.poisson(base * 0.2 * np.where(days >= "2023-01-01", 0.7, 1.0))
    rows = pd.DataFrame({"day": days, "complaints": counts, "customers": base})
    asked = replace(change, measure=Measure("complaints", "complaints", "customers"), counts=True, better="lower",
                    promised=-0.3, relative_promise=True, worthwhile=None)  # fmt: skip
    found = estimate(rows, asked)
    assert found.fit.method == "counts" and found.unit == "relative"
    assert found.fit.low < -0.3 < found.fit.high < 0
    assert found.share.value == pytest.approx(found.fit.estimate / -0.3)


def test_the_same_people_asked_twice(shared_data, change):
    # Student's sleep data: paired t -4.06213, df 9, p .0028329 (R: t.test(extra ~ group, paired = TRUE))
    rows = pd.read_csv(shared_data / "plan_changes" / "sleep.csv")
    rows["day"] = rows["group"].map({1: "2022-12-01", 2: "2023-01-15"})
    asked = replace(change, measure=Measure("extra", "extra"), time="CAST(day AS DATE)", waves=Waves("extra", person="ID"))
    found = estimate(rows, asked)
    assert found.fit.method == "waves" and found.fit.evidence == "before_after"
    pair = next(a for a in found.fit.others if a.name == "paired")
    assert pair.estimate == pytest.approx(1.58)
    assert pair.estimate / pair.numbers["se"] == pytest.approx(4.06213, abs=6e-6)
    assert pair.p_value == pytest.approx(0.0028329, abs=6e-8)


def test_a_waves_mix_of_people_is_held_still(change):
    # young people answer 8, old 4; only the mix changes: half young before, nine in ten after
    def wave(day: str, young: int, old: int) -> pd.DataFrame:
        return pd.DataFrame({"day": day, "age": ["young"] * young + ["old"] * old, "answer": [8.0, 8.2] * (young // 2) + [4.0, 4.2] * (old // 2)})

    rows = pd.concat([wave("2022-12-01", 100, 100), wave("2023-01-15", 180, 20)])
    asked = replace(change, time="CAST(day AS DATE)", measure=Measure("answer", "answer"), waves=Waves("answer", strata=("age",)))
    found = estimate(rows, asked)
    assert found.fit.estimate == pytest.approx(0.0, abs=1e-9)
    assert found.fit.numbers["mix"] == pytest.approx(1.6)  # 40 % moved from 4 to 8


def test_a_frame_a_table_a_path_and_a_study_agree(change, monthly, tmp_path):
    rows = monthly(effect=1.0)
    rows.to_parquet(tmp_path / "rows.parquet")
    table = ibis.duckdb.connect().create_table("scores", rows)
    expected = estimate(rows, change).fit.estimate
    for given in (table, tmp_path / "rows.parquet", Study(table, change)):
        asked = None if isinstance(given, Study) else change
        assert estimate(given, asked).fit.estimate == pytest.approx(expected)


def test_the_period_that_holds_the_change_is_left_out(change, monthly):
    rows = monthly()
    rows.loc[rows["day"] == "2023-03-01", "value"] = 1000.0
    found = estimate(rows, replace(change, effective=date(2023, 3, 15)))
    assert "2023-03" not in [str(p) for p in found.panel.periods]
    assert abs(found.fit.estimate) < 5


def test_periods_that_are_not_over_are_left_out(change, monthly):
    found = estimate(monthly(), replace(change, as_of=date(2023, 11, 15)))
    assert str(found.panel.periods[-1]) == "2023-10"


def test_a_relative_promise_is_measured_against_the_level_before(change, monthly):
    found = estimate(monthly(effect=2.0), replace(change, promised=0.2, relative_promise=True))
    assert found.promised == pytest.approx(0.2 * found.fit.before)
    assert found.worthwhile == 0.5


def test_an_effect_is_worth_its_rows(compared, panel):
    found = estimate(panel(effect=2.0), replace(compared, value_per_unit=3.0, cost=100.0))
    # 60 customers touched, 12 months after, one row each
    assert found.value.value == pytest.approx(found.fit.estimate * 3.0 * 60 * 12)
    numbers = conclude(found, check(found))[0].numbers
    assert numbers["net"] == pytest.approx(found.value.value - 100.0)


def test_groups_tell_who_was_hurt(compared, panel):
    rows = panel(effect=2.0)
    rows["value"] -= 6.0 * (rows["touched"] & (rows["kind"] == "new") & (rows["day"] >= "2023-01-01"))
    found = estimate(rows, replace(compared, segments={"customers": "kind"}))
    by_name = {g.value: g for g in found.groups}
    assert by_name["new"].hurt and not by_name["existing"].hurt
    assert found.segments[0].p_same < 1e-6
    said = [f.sentence.text() for f in conclude(found, check(found)) if f.segment == "customers=new"]
    assert "They were hurt." in said[0]


def test_a_series_by_group_in_one_call(change, monthly):
    rows = pd.concat([monthly(effect=e, seed=s).assign(plan=name) for s, (name, e) in enumerate((("a", 0.0), ("b", 3.0)))])
    found = estimate(rows, replace(change, segments={"plan": "plan"}))
    by_name = {g.value: g for g in found.groups}
    alone = estimate(rows[rows["plan"] == "b"], change).fit
    assert by_name["b"].estimate == pytest.approx(alone.estimate)
    assert (by_name["b"].low, by_name["b"].high) == pytest.approx((alone.low, alone.high))


def test_all_that_is_wrong_is_said_at_once(change, monthly):
    asked = replace(change, measure=Measure("score", "valeu"), touched="regoin = 'x'", unit="customer")
    with pytest.raises(Refused) as refused:
        estimate(monthly(), asked)
    told = " ".join(str(p) for p in refused.value.problems)
    assert "valeu" in told and "regoin" in told and "customer" in told


def test_a_promise_the_wrong_way_is_refused():
    with pytest.raises(Refused) as refused:
        PlanChange("x", Measure("late", "late"), "day", date(2023, 1, 1), 0.1, better="lower", worthwhile=-0.2)
    assert {p.place for p in refused.value.problems} == {"changes.x.promised", "changes.x.worthwhile"}


def test_few_donors_are_enough_for_a_mix_without_a_permutation(compared, panel):
    rows = panel(customers=12)
    rows = rows.assign(touched=rows["customer"] == 0)
    rows["value"] += 6.0 * (rows["touched"] & (rows["day"] >= "2023-01-01"))
    found = estimate(rows, compared)
    assert found.fit.method == "donors" and found.fit.low < 6.0 < found.fit.high
    alike = next(a for a in found.fit.others if a.name == "difference")
    means = rows.groupby([rows["touched"], rows["day"] >= "2023-01-01"])["value"].mean()
    assert alike.estimate == pytest.approx((means[True, True] - means[True, False]) - (means[False, True] - means[False, False]))
    assert np.isnan(alike.low)
    placebos = next(c for c in check(found) if c.name.template == "Untouched units show nothing as large")
    assert placebos.passed is None
