"""Targets: level and relative change, assurance apart from variation, chance in time, pace."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from series_tables import asked, kpi, monthly, steady

from toolkit import trends
from toolkit.trends import DatedChange, Wanted

DUE = date(2026, 6, 30)


def aim(values, wanted: Wanted, better: str = "higher", **more):
    return trends.estimate(monthly(values), asked(kpi(target=wanted, better=better), **more))["y"]


@pytest.mark.parametrize(
    "better, level, said",
    [
        ("higher", 40, "reliably_met"),
        ("higher", 50, "hit_and_miss"),
        ("higher", 60, "reliably_missed"),
        ("lower", 60, "reliably_met"),
        ("lower", 50, "hit_and_miss"),
        ("lower", 40, "reliably_missed"),
    ],
)
def test_assurance_is_where_the_usual_range_lies(better, level, said):
    found = trends.estimate(
        monthly(steady()), asked(kpi(target=Wanted(level=level), better=better))
    )
    assert found["y"].aim.assurance == said and found["y"].whole.variation == "steady"
    finding = next(f for f in trends.conclude(found, trends.check(found)) if f.kpi)
    assert (finding.verdict, finding.variation, finding.promised) == (said, "steady", level)


def test_variation_and_assurance_are_two_things():
    values = steady()
    values[-4:] += 6
    found = aim(values, Wanted(level=80))
    assert (found.aim.assurance, found.whole.variation) == ("reliably_missed", "improving")
    assert aim(values, Wanted(level=20), "lower").whole.variation == "worsening"


def test_to_ten_percent_and_by_ten_percent_are_different_targets():
    to = aim(steady(), Wanted(level=0.10))
    by = aim(steady(), Wanted(relative_change=0.10, baseline=40.0))
    assert to.aim.level.value == 0.10 and by.aim.level.value == pytest.approx(44.0)


def test_a_baseline_period_is_measured():
    values = np.arange(36.0) + 10
    found = aim(values, Wanted(relative_change=-0.5, baseline_period="2024Q1"))
    assert found.aim.baseline.value == pytest.approx(values[12:15].mean())
    assert found.aim.level.value == pytest.approx(values[12:15].mean() / 2)
    assert aim(
        values, Wanted(relative_change=1, baseline_period="2023")
    ).aim.level.value == pytest.approx(2 * values[:12].mean())


@pytest.mark.parametrize(
    "wanted, said",
    [
        (Wanted(relative_change=0.1), "has no baseline"),
        (Wanted(relative_change=0.1, baseline_period="2019Q1"), "no rows in Q1 2019"),
        (Wanted(relative_change=0.1, baseline_period="2025Q7"), "quarters 1 to 4"),
        (Wanted(relative_change=0.1, baseline_period="soon"), "is no period"),
    ],
)
def test_a_target_that_cannot_be_known_says_why(wanted, said):
    found = aim(steady(), wanted)
    assert not found.aim.known and said in found.aim.level.reason and found.aim.assurance is None
    assert found.now.known and found.whole.variation == "steady"  # the rest stands


def test_the_chance_of_being_there_in_time():
    rising = np.arange(36.0) + steady(36, 3, 0, 0.5)
    sure, never = aim(rising, Wanted(level=20, due=DUE)), aim(rising, Wanted(level=90, due=DUE))
    assert sure.aim.chance.value > 0.9 and never.aim.chance.value < 0.05
    assert str(sure.aim.due_period) == "2026-06" and sure.outlook.periods[5] == sure.aim.due_period
    # the middle of the forecast is reached or not with even chance
    middle = sure.outlook.values[5].value
    assert aim(rising, Wanted(level=middle, due=DUE)).aim.chance.value == pytest.approx(0.5)


def test_a_due_day_within_a_month_asks_for_the_month_before():
    found = aim(steady(), Wanted(level=51, due=date(2026, 6, 20)))
    assert str(found.aim.due_period) == "2026-05"


def test_the_pace_needed_is_the_distance_over_the_periods_left():
    values = steady()
    found = aim(values, Wanted(level=60, due=DUE))
    centre = found.whole.level
    assert found.aim.pace_needed.value == pytest.approx((60 - centre) / 6)
    assert found.aim.pace.low < 0 < found.aim.pace.high


def test_a_trend_is_found_with_its_pace():
    values = 0.5 * np.arange(36) + steady(36, 4)
    found = aim(values, Wanted(level=90, due=DUE))
    assert found.whole.slope == pytest.approx(0.5, abs=0.06)
    assert found.whole.slope_low < 0.5 < found.whole.slope_high


@pytest.mark.parametrize("level, said", [(30.0, "was reached"), (70.0, "was not reached")])
def test_a_due_day_in_the_past_is_judged_by_what_was_measured(level, said):
    found = aim(steady(), Wanted(level=level, due=date(2025, 6, 30)))
    assert "has passed" in found.aim.problem.text() and said in found.aim.problem.text()
    assert not found.aim.chance.known


def test_a_due_day_too_far_away_is_not_forecast():
    found = aim(steady(12), Wanted(level=55, due=date(2030, 12, 31)), period="2023Q4")
    assert not found.aim.chance.known and "too far ahead" in found.aim.chance.reason


def test_steps_on_the_way():
    values = steady()
    found = aim(
        values,
        Wanted(
            level=60,
            due=DUE,
            steps=((10.0, date(2025, 3, 31)), (90.0, date(2025, 9, 30)), (55.0, date(2026, 3, 31))),
        ),
    )
    assert [m.reached for m in found.aim.milestones] == [True, False, None]


def test_limits_are_calculated_anew_at_a_dated_change_only():
    values = steady()
    values[18:] += 8
    change = DatedChange(date(2024, 7, 1), "New script", ("y",))
    without, with_ = aim(values, Wanted(level=52)), aim(values, Wanted(level=52), changes=(change,))
    assert without.whole.since is None and with_.whole.since == change
    assert with_.aim.assurance == "reliably_met" and without.aim.assurance != "reliably_met"
    assert with_.whole.variation == "steady"
    assert with_.whole.level == pytest.approx(values[18:].mean(), abs=0.5)


def test_a_change_of_another_kpi_or_too_young_begins_nothing():
    values = steady()
    other = DatedChange(date(2024, 7, 1), "Elsewhere", ("z",))
    young = DatedChange(date(2025, 9, 1), "Just now", ("y",))
    found = aim(values, Wanted(level=50), changes=(other, young))
    assert found.whole.since is None and not found.whole.stretch.any()
    values[32:] += 6  # and so the young change shows as what it did
    assert aim(values, Wanted(level=50), changes=(young,)).whole.variation == "improving"
