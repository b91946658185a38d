"""Rows to periods: calendar and fiscal, weeks over the new year, leap days, time zones, gaps."""

from __future__ import annotations

from datetime import date, timedelta

import ibis
import numpy as np
import pandas as pd
import pytest
from series_tables import MONTHS, asked, kpi, monthly, steady

from toolkit import trends
from toolkit.company.periods import Period
from toolkit.data.dialects import answered
from toolkit.data.frames import as_table
from toolkit.kpis import Measure
from toolkit.trends.reading import period_sql

EVERY_DAY = [date(2023, 12, 20) + timedelta(days=i) for i in range(900)]


@pytest.mark.parametrize("kind", ["week", "month", "quarter", "year"])
@pytest.mark.parametrize("starts", [1, 2, 4, 10, 12])
def test_the_engine_begins_periods_where_the_calendar_does(kind, starts):
    table = as_table(pd.DataFrame({"day": pd.to_datetime(EVERY_DAY)}))
    start = period_sql("CAST(day AS DATE)", kind, starts)
    found = answered(table, "days", f"SELECT day, {start} AS start FROM days ORDER BY day")
    assert len(found) == len(EVERY_DAY)
    for row in found:
        day = row["day"].date()
        assert row["start"] == Period.of(day, kind, starts).start, day


def test_a_fiscal_quarter_has_the_months_of_its_year():
    found = trends.estimate(
        monthly(np.arange(36.0)),
        asked(period="2025Q4", fiscal_year_starts=4, as_of=date(2025, 12, 31)),
    )
    # fiscal 2025 ends in March 2025: Q4 is January to March 2025, values 24, 25, 26
    assert found["y"].now.value == pytest.approx(25)
    assert [str(p) for p in found["y"].whole.judged_periods] == ["2025-01", "2025-02", "2025-03"]
    assert found["y"].change_last_year.value == pytest.approx(12)


def test_a_week_that_straddles_years_is_one_period():
    days = pd.to_datetime(
        [f"2024-12-{d}" for d in range(23, 32)] + [f"2025-01-0{d}" for d in range(1, 6)]
    )
    frame = pd.DataFrame({"day": days, "y": 1.0})
    found = trends.estimate(
        frame, asked(kpi(every="week", per="period"), period="2025Q1", as_of=date(2025, 3, 31))
    )
    whole = found["y"].whole
    held = {str(p): v for p, v in zip(whole.periods, whole.values, strict=True) if np.isfinite(v)}
    assert held == {"2024W52": 7.0, "2025W01": 7.0}


def test_a_day_is_the_companys_own():
    # half past midnight on 1 February in Lisbon is still January in New York
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(["2025-02-01 00:30", "2025-02-01 12:00"]).tz_localize("UTC"),
            "y": [1.0, 1.0],
        }
    )
    months = {}
    for zone in ("Europe/Lisbon", "America/New_York"):
        found = trends.estimate(frame, asked(kpi(per="period"), period="2025Q1", time_zone=zone))
        months[zone] = {
            str(p): v
            for p, v in zip(found["y"].whole.periods, found["y"].whole.values, strict=True)
            if np.isfinite(v)
        }
    assert months == {
        "Europe/Lisbon": {"2025-02": 2.0},
        "America/New_York": {"2025-01": 1.0, "2025-02": 1.0},
    }


def test_a_volume_a_day_pays_for_the_length_of_its_month():
    days = [d for d in EVERY_DAY if d < date(2025, 1, 1)]
    frame = pd.DataFrame({"day": pd.to_datetime(np.repeat(days, 3)), "y": 1.0})
    found = trends.estimate(frame, asked(kpi(per="day", format="number"), period="2024Q4"))
    whole = found["y"].whole
    assert whole.values[1:] == pytest.approx(np.full(12, 3.0))  # February 2024 has 29 days
    assert whole.chart == "u" and found["y"].now.value == pytest.approx(3.0)


def test_a_month_without_rows_is_a_gap_and_never_nought():
    values = steady()
    values[20] = np.nan
    for per in (None, "day", "period"):
        found = trends.estimate(monthly(values), asked(kpi(per=per)))
        whole = found["y"].whole
        assert whole.periods == tuple(MONTHS[:36])
        assert np.isnan(whole.values[20]) and np.isfinite(np.delete(whole.values, 20)).all()
    assert "·" in whole.sparkline(30) and len(trends.panels(found)[0].lines) > 2
    gap = next(c for c in trends.check(found) if c.name.template == "No period is without rows")
    assert gap.passed is None and "1 periods" in gap.detail.text()


@pytest.fixture
def statements():
    """Every statement the engine is given."""
    said: list[str] = []
    before = ibis.options.verbose, ibis.options.verbose_log
    ibis.options.verbose, ibis.options.verbose_log = True, said.append
    yield said
    ibis.options.verbose, ibis.options.verbose_log = before


def test_segments_and_the_whole_come_from_one_scan(statements):
    frame = pd.concat(
        [monthly(steady(36, s), shop=f"s{s % 2}", town=f"t{s % 3}") for s in range(6)]
    )
    found = trends.estimate(
        frame, asked(kpi(segments=("shop", "town")), kpi("z", measure=Measure("z", "y * 2")))
    )
    assert sum("toolkit__period" in s and "GROUP BY" in s for s in statements) == 1
    assert found["z"].whole.values == pytest.approx(2 * found["y"].whole.values)
    for column in ("shop", "town"):
        for value, part in frame.groupby(column):
            series = next(s for s in found["y"].segments if s.segment == (column, value))
            assert series.values == pytest.approx(part.groupby(part.day).y.mean().to_numpy())
    assert found["y"].whole.values == pytest.approx(frame.groupby("day").y.mean().to_numpy())


def test_rows_without_a_segment_have_one_of_their_own():
    frame = monthly(steady())
    frame["shop"] = np.where(np.arange(36) % 2 == 0, "a", None)
    found = trends.estimate(frame, asked(kpi(segments=("shop",))))
    assert {s.segment for s in found["y"].segments} == {("shop", "a"), ("shop", None)}
