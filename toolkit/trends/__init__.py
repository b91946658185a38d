"""KPIs over time: is one really changing, and will it be where it should?

estimate, check, conclude   every KPI by period and segment, its aim, and what follows

definition    `Trends`, `Trend`, `Wanted`: the question as a value
assemble      the same from a company's params
reading       one scan a table: sums by period and segment; when rows came in
panels        sums as series; gaps, periods that are not whole, stretches between changes
judging       what is usual, and what is not
series        one series, judged; its signals
levels_now    the value of the period asked for, and its changes
segment_values  the same by segment
aims          targets, forecast, chance, pace
forecasting   how far, and what it says
estimating    all of it in order
other_methods  what other methods say of trend and level
checking      reasons for doubt
concluding    findings
subjects      which of the usual things are measured, and which are not
wording, sentences   the words
results, rows        tables and charts
goals, plan, goal_findings   goals in steps, criteria of success, the one line over all
levels        the level of one KPI in one period, by itself
"""

from toolkit.trends.assemble import assembled, from_params
from toolkit.trends.checking import check
from toolkit.trends.concluding import conclude
from toolkit.trends.definition import DatedChange, Trend, Trends, Wanted
from toolkit.trends.estimating import estimate
from toolkit.trends.plan import (
    benefit_grid,
    criterion_grid,
    formula_grid,
    goal_grid,
    overall_panels,
    overall_title,
    reason_grid,
    step_grid,
)
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.rows import panels
from toolkit.trends.series import Series, Signal
from toolkit.trends.subjects import measured_grid

__all__ = [
    "DatedChange",
    "KpiTrend",
    "KpiTrends",
    "Series",
    "Signal",
    "Trend",
    "Trends",
    "Wanted",
    "assembled",
    "benefit_grid",
    "check",
    "conclude",
    "criterion_grid",
    "estimate",
    "formula_grid",
    "from_params",
    "goal_grid",
    "measured_grid",
    "overall_panels",
    "overall_title",
    "panels",
    "reason_grid",
    "step_grid",
]
