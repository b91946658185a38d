"""What cannot be judged has a named reason, and is `cannot_be_judged`."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from toolkit.plan_changes import OtherChange, check, conclude, estimate


def told(rows, asked) -> tuple[str, str]:
    found = estimate(rows, asked)
    main = conclude(found, check(found))[0]
    assert main.checks, "the reason is a check of its own"
    return main.verdict, main.sentence.text()


CASES = {
    "no point after the date": (dict(effective=date(2023, 12, 15)), "no complete month after"),
    "a date after the data": (dict(effective=date(2025, 1, 1)), "the data end on 31 Dec 2023"),
    "a date before the data": (dict(effective=date(2019, 1, 1)), "the data begin on 1 Jan 2020"),
    "everybody touched": (dict(touched="value > 0", unit="value"), "everybody is touched"),
    "nobody touched": (dict(touched="value < 0", unit="value"), "no row is touched"),
    "another definition": (dict(redefined=(date(2022, 6, 1),)), "definition changed on 1 Jun 2022"),
    "a percentile": (dict(quantile=0.9), "percentile"),
    "a logarithm of nothing": (dict(measure_sql="value - 100", scale="log"), "has no logarithm"),
}


@pytest.mark.parametrize("case", CASES)
def test_the_reason_is_named(case, change, monthly):
    parts, expected = CASES[case]
    parts = dict(parts)
    asked = change
    if "measure_sql" in parts:
        asked = replace(asked, measure=replace(asked.measure, numerator=parts.pop("measure_sql")))
    verdict, said = told(monthly(), replace(asked, **parts))
    assert verdict == "cannot_be_judged"
    assert expected in said


def test_gaps_are_named_and_can_be_allowed(change, monthly):
    rows = monthly(effect=2.0)
    rows = rows[(rows["day"] < "2021-05-01") | (rows["day"] > "2021-06-01")]
    verdict, said = told(rows, change)
    assert verdict == "cannot_be_judged" and "2021-05, 2021-06" in said
    found = estimate(rows, replace(change, allow_gaps=True))
    assert found.fit.low < 2.0 < found.fit.high


def test_values_after_a_new_definition_can_be_used_alone(change, monthly):
    asked = replace(change, redefined=(date(2020, 6, 1),), since=date(2020, 7, 1))
    assert estimate(monthly(), asked).fit is not None


def test_a_flat_series_has_no_answer(change, monthly):
    verdict, said = told(monthly(noise=0.0), change)
    assert verdict == "cannot_be_judged" and "does not vary" in said


def test_no_rows_at_all(change, monthly):
    verdict, said = told(monthly().iloc[:0], change)
    assert verdict == "cannot_be_judged" and "no rows" in said


def test_another_change_of_the_kpi_on_the_same_day_takes_the_verdict(change, monthly):
    other = OtherChange("bonus", "Bonus", date(2023, 1, 15), same_kpi=True)
    verdict, said = told(monthly(effect=2.0), replace(change, others=(other,)))
    assert verdict == "cannot_be_judged" and "Bonus" in said


def test_another_change_years_away_is_a_step_of_its_own(change, monthly):
    rows = monthly(effect=2.0)
    rows.loc[rows["day"] >= "2021-03-01", "value"] += 5.0
    naive = estimate(rows, change).fit
    aware = estimate(rows, replace(change, others=(OtherChange("bonus", "Bonus", date(2021, 3, 1), True),))).fit
    assert aware.low < 2.0 < aware.high
    assert abs(aware.estimate - 2.0) < abs(naive.estimate - 2.0)
