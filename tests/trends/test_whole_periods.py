"""Periods that are not whole: running, begun or ended early, rows to come, outcomes not known."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from series_tables import asked, kpi, monthly, steady

from toolkit import trends
from toolkit.company.periods import Period
from toolkit.kpis import Measure
from toolkit.trends.panels import still_to_come


def daily(first: str, last: str, per_day: int = 4) -> pd.DataFrame:
    days = pd.date_range(first, last).repeat(per_day)
    return pd.DataFrame({"day": days, "y": np.random.default_rng(1).normal(10, 1, len(days))})


def test_a_running_quarter_is_marked_and_not_compared():
    found = trends.estimate(daily("2023-01-01", "2025-11-20"), asked(as_of=date(2025, 11, 20)))["y"]
    assert np.isnan(found.now.value) and "not over" in str(found.now.reason)
    assert np.isnan(found.change.value) and np.isnan(found.change_last_year.value)
    assert not found.whole.complete[-1] and found.whole.complete[:-1].all()
    # what is complete of it is judged: October
    assert found.whole.variation == "steady"
    panel = trends.panels(
        trends.estimate(daily("2023-01-01", "2025-11-20"), asked(as_of=date(2025, 11, 20)))
    )[0]
    assert not panel.lines[-1].points[-1].complete


def test_data_that_stop_before_the_month_does():
    found = trends.estimate(daily("2023-01-01", "2025-12-12"), asked())["y"]
    assert not found.whole.complete[-1]
    assert "end on 12 Dec 2025" in str(found.now.reason)


def test_data_that_begin_within_a_month():
    found = trends.estimate(daily("2023-01-17", "2025-12-31"), asked())["y"]
    assert not found.whole.complete[0] and found.whole.complete[1:].all()


def test_months_dated_by_their_first_day_are_whole():
    frame = monthly(steady())
    frame["day"] = frame.day.dt.to_period("M").dt.start_time
    assert trends.estimate(frame, asked())["y"].whole.complete.all()


def late_rows() -> pd.DataFrame:
    """Rows that come in evenly over 20 days; only those that came by the end of 2025 are there."""
    frame = daily("2023-01-01", "2025-12-31", 20)
    lag = np.random.default_rng(2).uniform(0, 20, len(frame))
    frame["came"] = frame.day + pd.to_timedelta(lag, unit="D")
    return frame[frame.came < "2026-01-01"]


def test_rows_to_come_are_seen_from_how_late_they_came_before():
    frame = late_rows()
    question = asked(
        kpi(recorded="came"), kpi("n", per="day", recorded="came", measure=Measure("n", "1"))
    )
    found = trends.estimate(frame, question)
    period, share = found["y"].to_come
    everything = daily("2025-12-01", "2025-12-31", 20)
    missing = 1 - (frame.day >= "2025-12-01").sum() / len(everything)
    assert (
        str(period) == "2025-12"
        and share.value == pytest.approx(missing, abs=0.03)
        and missing > 0.25
    )
    # a ratio that misses over a fifth, and a volume that misses any, are not complete
    assert not found["y"].whole.complete[-1] and not found["n"].whole.complete[-1]
    check = next(
        c
        for c in trends.check(found)
        if c.name.template == "No rows of the period are still to come"
    )
    assert check.passed is False
    assert "still to come" in trends.conclude(found, trends.check(found))[1].sentence.text()


def test_the_share_to_come_in_numbers():
    months = [Period("month", 2025, m) for m in range(1, 8)]
    late = {m: {0: 90, 10: 6, 40: 4} for m in months}
    found = still_to_come(late, date(2025, 7, 31))
    assert found[months[6]] == pytest.approx(0.10) and found[months[5]] == pytest.approx(0.04)
    assert months[4] not in found
    assert still_to_come({months[0]: {0: 5}}, date(2025, 1, 31)) == {}


def test_outcomes_that_need_time():
    found = trends.estimate(daily("2023-01-01", "2025-12-31"), asked(kpi(settles_after=40)))["y"]
    assert list(found.whole.complete[-3:]) == [True, False, False]
    assert "known 40 days after its end" in str(found.now.reason)
    assert all(p in found.whole.judged_periods for p in [Period("month", 2025, 10)])
