"""A KPI by segment: its value with interval and change are those of the segment's rows alone."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from series_tables import MONTHS, asked, kpi, monthly, steady

from toolkit import trends
from toolkit.kpis import Measure


def rows(unit: bool = True) -> pd.DataFrame:
    """Three shops, 40 rows a month each, of customers who come again."""
    rng = np.random.default_rng(21)
    parts = []
    for shop, centre in (("a", 10.0), ("b", 12.0), (None, 9.0)):
        number = 36 * 40
        own = rng.normal(0, 1, 60)
        who = rng.integers(0, 60, number)
        parts.append(
            pd.DataFrame(
                {
                    "day": np.repeat([pd.Timestamp(m.start) for m in MONTHS[:36]], 40),
                    "shop": shop,
                    "who": [f"{shop}{w}" for w in who],
                    "items": rng.integers(1, 5, number),
                    "y": centre + own[who] + rng.normal(0, 1, number),
                }
            )
        )
    return pd.concat(parts)


@pytest.mark.parametrize("unit", [None, "who"])
def test_a_segment_is_what_its_rows_alone_say(unit):
    frame = rows()
    one = kpi(unit=unit, segments=("shop",), measure=Measure("y", "y * items", "items"))
    found = trends.estimate(frame, asked(one))["y"]
    assert [s.series.segment[1] for s in found.by_segment] == ["a", "b", None]
    for s in found.by_segment:
        of = s.series.segment[1]
        part = frame[frame.shop.isna() if of is None else frame.shop == of]
        alone = trends.estimate(part, asked(kpi(unit=unit, measure=one.measure)))["y"]
        assert s.now.value == pytest.approx(alone.now.value, rel=1e-12)
        assert (s.now.low, s.now.high) == pytest.approx((alone.now.low, alone.now.high))
        assert (s.change.value, s.change.low, s.change.high) == pytest.approx(
            (alone.change.value, alone.change.low, alone.change.high)
        )
        assert s.n == alone.n == 120


def test_the_interval_of_a_mean_of_independent_rows_is_students():
    frame = rows()
    found = trends.estimate(frame, asked(kpi(segments=("shop",))))["y"]
    part = frame[(frame.shop == "a") & (frame.day >= "2025-10-01")].y
    low, high = stats.t.interval(0.95, len(part) - 1, part.mean(), stats.sem(part))
    assert (found.by_segment[0].now.low, found.by_segment[0].now.high) == pytest.approx((low, high))


def test_with_a_target_each_segment_is_forecast_to_its_day():
    wanted = trends.Wanted(level=11.0, due=date(2026, 6, 30))
    found = trends.estimate(rows(), asked(kpi(segments=("shop",), target=wanted)))
    a, b, _ = found["y"].by_segment
    assert a.aim.chance.value < 0.05 and b.aim.chance.value > 0.95
    for s in (a, b):
        assert s.aim.at_due.low < s.now.value < s.aim.at_due.high and s.outlook.method
        assert len(s.outlook.periods) >= 6
    grid = found.segment_grid().text()
    assert "shop: a" in grid and "shop: —" in grid
    without = trends.estimate(rows(), asked(kpi(segments=("shop",))))["y"]
    assert without.by_segment[0].aim is None and without.by_segment[0].outlook is None
    findings = {f.id: f for f in trends.conclude(found, trends.check(found))}
    one = findings["kpi_trends/y/shop=a"]
    assert one.low < one.estimate < one.high and one.period == "2025Q4"
    assert one.numbers["chance"] == a.aim.chance.value and "change_low" in one.numbers


def test_a_segment_without_rows_or_in_a_running_period_has_no_value():
    frame = rows()
    gone = frame[~((frame.shop == "b") & (frame.day >= "2025-10-01"))]
    b = trends.estimate(gone, asked(kpi(segments=("shop",))))["y"].by_segment[1]
    assert not b.now.known and "no row counts in Q4 2025" in b.now.reason
    assert not b.change.known
    running = asked(kpi(segments=("shop",)), as_of=date(2025, 12, 10))
    a = trends.estimate(frame, running)["y"].by_segment[0]
    assert not a.now.known and "not over" in str(a.now.reason) and not a.change.known


def test_a_volume_by_segment_is_a_day_of_the_quarter():
    frame = pd.concat([monthly(steady(), shop="a"), monthly(steady(), shop="b").iloc[:33]])
    volume = kpi("n", per="day", measure=Measure("n", "1"), segments=("shop",))
    a, b = trends.estimate(frame, asked(volume))["n"].by_segment
    assert a.now.value == pytest.approx(3 / 92) and a.now.low is None
    assert a.change.value == pytest.approx(0, abs=1e-12)
    assert not b.now.known and "no rows" in b.now.reason
