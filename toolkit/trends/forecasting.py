"""How far is each KPI forecast, and what does its forecast say?"""

from __future__ import annotations

import numpy as np

from toolkit.company.periods import Period, span
from toolkit.language import Quantity
from toolkit.stats.forecasts import Forecasts, forecast
from toolkit.trends.aims import LONGEST_AHEAD, Outlook
from toolkit.trends.definition import Trends
from toolkit.trends.panels import Panel
from toolkit.trends.series import Series

AHEAD = {"week": 13, "month": 12, "quarter": 4, "year": 2}
"""Periods forecast where no due day asks for more."""


def forecasts_of(
    panel: Panel, series: list[Series], season: int | None, definition: Trends
) -> dict[int, tuple[Forecasts, int]]:
    """Forecasts of the whole KPIs, and of their segments where there is a target.

    Those that end in the same period are made together.
    """
    out: dict[int, tuple[Forecasts, int]] = {}
    ends: dict[int, list[int]] = {}
    for i, s in enumerate(series):
        if (s.segment is None or s.kpi.target) and s.measured.any():
            ends.setdefault(int(np.flatnonzero(s.measured)[-1]), []).append(i)
    for end, members in ends.items():
        ahead = max(_ahead(series[i], panel.periods[end], definition) for i in members)
        found = forecast(
            panel.judged[members][:, : end + 1], panel.places[: end + 1], ahead, season=season
        )
        out |= {i: (found, row) for row, i in enumerate(members)}
    return out


def _ahead(series: Series, last: Period, definition: Trends) -> int:
    """How many periods to forecast: to the due day, at most as far as the history is long."""
    ahead = AHEAD[series.kpi.every]
    for day in definition.dues(series.kpi):
        due = Period.of(day, series.kpi.every, definition.fiscal_year_starts)
        if due > last:
            ahead = max(ahead, len(tuple(span(last, due))) - 1)
    return min(ahead, LONGEST_AHEAD, max(int(series.measured.sum()), 1))


def outlook_of(series: Series, found: tuple[Forecasts, int] | None, definition: Trends) -> Outlook:
    if found is None:
        return Outlook(reason="no complete period has a value")
    forecasts, row = found
    if forecasts.reasons[row]:
        return Outlook(reason=forecasts.reasons[row])
    last = series.periods[np.flatnonzero(series.measured)[-1]]
    periods, period = [], last
    for _ in range(_ahead(series, last, definition)):
        period = period.next()
        periods.append(period)
    made = []
    for level in (definition.level, 0.8):
        low, high = forecasts.interval(level)
        made.append(
            tuple(
                _bounded(series, forecasts.value[row, h], low[row, h], high[row, h])
                for h in range(len(periods))
            )
        )
    return Outlook(
        tuple(periods),
        *made,
        method=forecasts.methods[row],
        origins=forecasts.origins,
        past_error=series.kpi.change(float(forecasts.past_error[row])),
    )


def _bounded(series: Series, value: float, low: float, high: float) -> Quantity:
    """A share stays between 0 and 1, a count is not negative."""
    least, most = series.bounds
    value, low, high = (min(max(v, least), most) for v in (value, low, high))
    return series.kpi.quantity(float(value), float(low), float(high))
