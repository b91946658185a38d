"""Which chart a KPI gets: rates by a changing denominator, its own published chart, weeks."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
import pytest
from series_tables import MONTHS, asked, kpi, monthly, steady

from toolkit import trends
from toolkit.company.periods import Period
from toolkit.kpis import Measure

ORDERS = np.random.default_rng(11).integers(300, 3000, 36)


def rate(by: str = "", **more) -> trends.Trend:
    return kpi(
        "rate", measure=Measure("rate", f"{by}complaints", "orders"), better="lower", **more
    )


def counted(extra: float = 0.0) -> pd.DataFrame:
    """Complaints per order, more variable than Poisson's: a month in all twice as bad as usual."""
    rng = np.random.default_rng(12)
    own = 0.04 * np.exp(rng.normal(0, 0.1, 36))
    own[-1] += extra
    return pd.DataFrame(
        {
            "day": [pd.Timestamp(m.start) for m in MONTHS[:36]],
            "orders": ORDERS,
            "complaints": rng.poisson(own * ORDERS),
        }
    )


@pytest.mark.parametrize("by", ["", "100 * "])
def test_a_count_by_a_changing_denominator_is_laneys_u_prime_chart(by):
    """Laney (2002): u ± 3 sqrt(u / n) times the moving-range sigma of the standardised rates."""
    frame = counted()
    whole = trends.estimate(frame, asked(rate(by), chart="published"))["rate"].whole
    assert whole.chart == "u"
    scale = 100 if by else 1
    u = frame.complaints / frame.orders
    centre = frame.complaints.sum() / frame.orders.sum()
    error = np.sqrt(centre / frame.orders)
    moves = ((u - centre) / error).diff().abs().dropna()
    sigma = moves[moves <= 3.267 * moves.mean()].mean() / 1.128
    assert whole.centre == pytest.approx(np.full(36, scale * centre), rel=1e-9)
    # 2.66 is 3 / 1.128 to three places
    assert whole.upper == pytest.approx(scale * (centre + 3 * error * sigma), rel=3e-4)
    wide = whole.upper - whole.centre
    assert wide[ORDERS.argmin()] > 2 * wide[ORDERS.argmax()]


def test_a_bad_month_of_many_orders_is_told_and_one_of_few_is_not():
    frame = counted(0.03)
    frame.loc[35, ["orders", "complaints"]] = [3000, 210]
    many = trends.estimate(frame, asked(rate()))["rate"].whole
    assert many.signals[-1].rule == "above" and not many.signals[-1].good
    frame.loc[35, ["orders", "complaints"]] = [100, 7]
    few = trends.estimate(frame, asked(rate()))["rate"].whole
    assert not any(s.rule == "above" and s.last == few.periods[-1] for s in few.signals)


def test_what_is_measured_or_has_an_even_denominator_is_an_xmr_chart():
    frame = counted()
    hours = trends.estimate(frame, asked(rate(format="hours")))["rate"].whole
    assert hours.chart == "XmR"
    frame["orders"] = 1000
    assert trends.estimate(frame, asked(rate()))["rate"].whole.chart == "XmR"
    frame["complaints"] = frame.complaints + 0.5
    frame["orders"] = ORDERS
    assert trends.estimate(frame, asked(rate()))["rate"].whole.chart == "XmR"


def test_a_published_chart_for_one_kpi_leaves_the_others():
    values = steady() + np.tile(np.r_[np.zeros(11), 12.0], 3)
    frame = monthly(values)
    plain = kpi("plain", measure=Measure("plain", "y"), chart="published")
    found = trends.estimate(frame, asked(kpi(), plain))
    assert [k.kpi.name for k in found] == ["y", "plain"]
    assert found["y"].whole.season > 0.9 and found["plain"].whole.season == 0
    alone = trends.estimate(frame, asked(plain, chart="published"))["plain"].whole
    assert found["plain"].whole.upper == pytest.approx(alone.upper)
    assert found["plain"].whole.rho == 0 and not [s for s in alone.signals if not s.told]
    with pytest.raises(ValueError, match="'auto' or 'published'"):
        kpi(chart="plain")


def weekly(years: int, seed: int = 3) -> pd.DataFrame:
    """One row a week, the year's end higher by six standard deviations."""
    first = date(2022, 1, 3)
    days = [first + timedelta(weeks=i) for i in range(52 * years)]
    place = np.array([Period.of(d, "week").number for d in days])
    away = np.minimum((place - 50) % 52, (50 - place) % 52)
    season = 6 * np.exp(-(away**2) / 18)
    noise = np.random.default_rng(seed).standard_normal(len(days))
    return pd.DataFrame({"day": pd.to_datetime(days), "y": 50 + season + noise})


def test_weeks_have_a_season_once_there_are_two_years_of_them():
    two, one = (
        trends.estimate(
            weekly(years), asked(kpi(every="week"), period=f"{2021 + years}Q4")
        )["y"]
        for years in (3, 1)
    )
    assert two.whole.season > 0.9 and one.whole.season == 0
    assert two.whole.variation == "steady"
    plain = trends.estimate(
        weekly(3), asked(kpi(every="week"), period="2024Q4", chart="published")
    )["y"]
    assert plain.whole.variation == "improving"  # the end of the year, for a change
    # the forecast climbs to the next year's end
    later = trends.estimate(
        weekly(4).iloc[:-22], asked(kpi(every="week"), period="2025Q2")
    )["y"].outlook
    assert len(later.periods) == 13 and later.method


def test_a_short_history_is_said_by_the_length_of_its_season():
    def said(found):
        check = next(
            c
            for c in trends.check(found)
            if c.name.template == "Every KPI has been measured long enough"
        )
        return check.passed

    week = trends.estimate(weekly(1), asked(kpi(every="week"), period="2022Q4"))
    assert said(week) is False
    quarters = trends.estimate(monthly(steady()), asked(kpi(every="quarter")))
    assert said(quarters) is True  # twelve quarters hold three of their seasons
