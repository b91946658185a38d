"""Other methods' answers: the published figures of the Nile, and changes dated in words."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from series_tables import asked, kpi, monthly, steady

from toolkit import trends


def test_the_nile_changes_its_level_in_1899_and_its_trend_is_mann_kendalls(shared_data):
    """Cobb (1978), Biometrika 65:243: the level falls after 1898, 1097.75 to 849.97 million m³.
    The years are moved by a hundred: no company has data of 1871.
    Mann-Kendall with Hamed and Rao's correction: z -2.81998 (pyMannKendall's modified test)."""
    nile = pd.read_csv(shared_data / "plan_changes" / "Nile.csv")
    frame = pd.DataFrame(
        {"day": pd.to_datetime([f"{y}-07-01" for y in range(1971, 2071)]), "y": nile.flow}
    )
    question = asked(kpi(every="year"), period="2070")
    one = trends.estimate(frame, question)["y"]
    assert one.others.trend.z == pytest.approx(-2.81998, abs=5e-6)
    (change,) = one.others.changes
    assert str(change.period) == "1999"
    assert change.before.value == pytest.approx(1097.75)
    assert change.after.value == pytest.approx(849.9722, abs=1e-4)
    assert one.others.penalty == pytest.approx(3 * np.log(100))
    shown = trends.estimate(frame, question).other_grid().text()
    assert "1999: from 1,098 to 849.97" in shown


def test_several_steps_are_dated_and_a_steady_series_has_none():
    values = steady()
    values[12:24] += 6
    found = trends.estimate(monthly(values), asked())
    assert [str(c.period) for c in found["y"].others.changes] == ["2024-01", "2025-01"]
    assert "January 2024: from" in found.other_grid().text()
    quiet = trends.estimate(monthly(steady(seed=9)), asked())
    assert quiet["y"].others.changes == ()
    assert "None pays for itself" in quiet.other_grid().text()


def test_too_few_periods_and_equal_values_say_so():
    short = trends.estimate(monthly(steady(3)), asked(period="2023Q1"))
    assert short["y"].others.changes is None and "at least 4" in short["y"].others.trend.reason
    same = trends.estimate(monthly(np.full(36, 5.0)), asked())["y"]
    assert same.others.changes == () and same.others.trend.reason == "all values are equal"


def test_a_gap_does_not_move_the_date():
    values = steady()
    values[20:] += 6
    values[10] = np.nan
    one = trends.estimate(monthly(values), asked())["y"]
    (change,) = one.others.changes
    assert change.period.start == date(2024, 9, 1)
    assert "gaps" in one.others.trend.reason
