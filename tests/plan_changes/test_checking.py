"""Reasons for doubt: each fails where it should, and holds where nothing is wrong."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from toolkit.kpis import Measure
from toolkit.plan_changes import check, estimate


def found(rows, asked, name: str):
    return next(c for c in check(estimate(rows, asked)) if c.name.text() == name)


def test_every_check_carries_its_number_and_its_false_alarms(compared, panel, change, monthly):
    asked = replace(compared, segments={"customers": "kind"}, untouched=Measure("other", "other"))
    for checks in (check(estimate(panel(effect=2.0), asked)), check(estimate(monthly(effect=2.0), change))):
        assert len(checks) >= 8
        silent = {"The promise is as it was recorded", "No other change explains it", "Both were seen all the time"}
        for c in checks:
            counted = "went together" in c.detail.text()
            assert "false_alarm_rate" in c.numbers or c.name.text() in silent or counted, c.name.text()


def test_as_much_is_recorded_compares_growth_not_size(compared, panel):
    rows = panel(effect=2.0, customers=120)
    rows = rows[(rows["touched"]) | (rows["customer"] % 4 == 0)]  # arms of very different size
    late = rows["day"] >= "2023-01-01"
    twice = pd.concat([rows, rows[late]])  # everybody is recorded twice from the change on
    name = "As much is recorded as before"
    assert found(twice, compared, name).passed is True
    seen = found(pd.concat([rows, rows[late & rows["touched"]]]), compared, name)
    assert seen.passed is False
    assert abs(seen.numbers["moved"] - 1.0) < 1e-9  # twice as many, against as many


def test_as_much_is_recorded_in_a_series(change, monthly):
    rng = np.random.default_rng(2)

    def rows(growth: float) -> pd.DataFrame:
        parts = []
        for day in pd.date_range("2020-01-01", periods=48, freq="MS"):
            n = int(400 * (growth if day >= pd.Timestamp("2023-01-01") else 1.0) + rng.integers(-20, 20))
            parts.append(pd.DataFrame({"day": day, "value": rng.standard_normal(n)}))
        return pd.concat(parts)

    name = "As much is recorded as before"
    assert found(rows(1.0), change, name).passed is True
    seen = found(rows(2.0), change, name)
    assert seen.passed is False and 0.8 < seen.numbers["moved"] < 1.2


def test_an_untouched_outcome_that_moves_too_is_a_doubt(compared, panel):
    asked = replace(compared, untouched=Measure("other", "other"), untouched_label="Tidiness")
    name = "What it should not touch did not move"
    assert found(panel(effect=2.0), asked, name).passed is True
    rows = panel(effect=2.0)
    rows["other"] += 2.0 * (rows["touched"] & (rows["day"] >= "2023-01-01"))
    seen = found(rows, asked, name)
    assert seen.passed is False and "Tidiness" in seen.detail.text()


def test_a_shift_of_mix_that_explains_the_effect_is_a_doubt(compared, panel):
    asked = replace(compared, segments={"customers": "kind"})
    name = "The mix of customers did not shift"
    assert found(panel(effect=2.0), asked, name).passed is True
    rows = panel()
    rows["value"] += 6.0 * (rows["kind"] == "new")
    gone = rows["touched"] & (rows["day"] >= "2023-01-01") & (rows["kind"] == "existing") & (rows["customer"] % 8 != 0)
    seen = found(rows[~gone], asked, name)
    assert seen.passed is False and seen.numbers["number"] > 0.5


def test_an_effect_as_large_on_a_fake_date_takes_the_verdict(change, monthly):
    name = "Nothing is found on dates when nothing happened"
    assert found(monthly(effect=2.0), change, name).passed is True
    rows = monthly(effect=2.0, noise=0.1)
    rows.loc[rows["day"] >= "2021-07-01", "value"] += 5.0
    seen = found(rows, change, name)
    assert seen.passed is False and seen.takes_verdict and seen.numbers["largest"] > 4


def test_a_change_made_after_an_extreme_is_a_doubt(change, monthly):
    name = "It was not made after an extreme"
    assert found(monthly(effect=2.0, seed=2), change, name).passed is True
    rows = monthly()
    last = (rows["day"] >= "2022-10-01") & (rows["day"] < "2023-01-01")
    rows.loc[last, "value"] -= 3.0
    seen = found(rows, change, name)
    assert seen.passed is False and "return to the usual" in seen.detail.text()
