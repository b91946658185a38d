"""From tables to judged series: one scan a table, then small arrays."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace
from itertools import groupby

import ibis.expr.types as ir
import numpy as np

from toolkit.company.periods import Period
from toolkit.data.frames import as_table
from toolkit.language import Quantity, Sentence
from toolkit.stats.change_points import OneBreak, one_break
from toolkit.study import Study, shared
from toolkit.trends.aims import Aim, aim_of, over, target_level
from toolkit.trends.definition import Trend, Trends, Wanted
from toolkit.trends.forecasting import forecasts_of, outlook_of
from toolkit.trends.goals import GoalState, criterion_of, overall_line, steps_of
from toolkit.trends.judging import FEWEST_JUDGED, SEASONS, Judged, judge
from toolkit.trends.levels_now import Value, change_quantity, percentiles_in, values_in
from toolkit.trends.other_methods import other_answers
from toolkit.trends.panels import Panel, panel_of, stretches_of
from toolkit.trends.reading import Cells, Read, Segment, local, read, read_lateness
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.segment_values import (
    SegmentValue,
    groups_of,
    segment_now,
    values_by_segment,
)
from toolkit.trends.small_segments import sizes_in, too_small
from toolkit.trends.series import Series, bounds_of, signals_of
from toolkit.trends.wording import listed

BREAK_SIMULATIONS = 1999
Tables = Mapping[str, ir.Table]


@shared
def estimate(table: object, definition: Trends | None = None) -> KpiTrends:
    """Every KPI over time: its series by segment, what is usual, its value now, its aim.

    Parameters
    ----------
    table
        A pandas frame, an Ibis table or a path, for KPIs of one table; a mapping of such by the
        KPIs' `source`; or a `Study` that brings its definition.

    Returns
    -------
    KpiTrends
        A KPI without rows, or whose target cannot be used, is said by name; the others stand.
    """
    if isinstance(table, Study):
        table, definition = table.table, table.definition
    tables = _tables(table, definition)
    reads, late = {}, {}
    for group in _groups(definition.kpis, lambda k: (k.source, k.time, k.every)):
        rows = tables[group[0].source]
        found = read(
            rows, group, definition.period.end, fiscal_year_starts=definition.fiscal_year_starts
        )
        reads |= dict.fromkeys((k.name for k in group), found)
        if group[0].recorded:
            lags = read_lateness(
                rows,
                group[0],
                definition.period.end,
                fiscal_year_starts=definition.fiscal_year_starts,
            )
            late |= dict.fromkeys((k.name for k in group), lags)
    values = _values_now(tables, definition)
    by_segment: dict[str, dict[Segment, SegmentValue]] = {}
    before = definition.period.previous()
    for group in groups_of(definition.kpis):
        rows = tables[group[0].source]
        by_segment |= values_by_segment(rows, group, definition.period, before, definition.level)
    made: dict[str, KpiTrend] = {}
    for group in _groups(definition.kpis, lambda k: (k.every, definition.published(k))):
        panel = panel_of(definition, group[0].every, group, reads, late)
        if panel is not None:
            made |= _judged(panel, definition, reads, values, by_segment)
    kpis = tuple(made.get(k.name) or _without_rows(k, definition) for k in definition.kpis)
    problems = tuple(Sentence("{problem}", {"problem": p}) for p in definition.problems)
    now = {k.kpi.name: k.now for k in kpis}
    better = {k.kpi.name: k.kpi.higher for k in kpis}
    goals = tuple(_goal(name, tables, definition, made, now, better) for name in definition.goals)
    line = None
    if definition.overall:
        waits = {k.kpi.name: k.whole.unfinished for k in kpis if k.whole}
        line = overall_line(
            definition.overall,
            definition.kpis,
            reads,
            definition.period,
            definition.fiscal_year_starts,
            waits,
        )
    return KpiTrends(definition, kpis, problems, goals, line)


def _goal(
    name: str, tables: Tables, definition: Trends, made: Mapping[str, KpiTrend], now, better
) -> GoalState:
    goal = definition.goals[name]
    k = made.get(goal.kpi)
    aim = (k.goal_aims.get(name) or k.aim) if k else None
    problem = None if k else f"{goal.kpi} has no rows"
    steps = steps_of(goal, tables, definition.as_of, now, better)
    criteria = tuple(criterion_of(c, now, definition.currency) for c in goal.criteria)
    return GoalState(name, goal, aim, steps, criteria, tuple(goal.benefits), problem)


def _tables(table: object, definition: Trends) -> Tables:
    """Every table under its name, its date columns as the company's clock shows them."""
    given = (
        table
        if isinstance(table, Mapping)
        else dict.fromkeys((k.source for k in definition.kpis), table)
    )
    out = {}
    for name in dict.fromkeys(k.source for k in definition.kpis):
        rows = as_table(given[name])
        columns = {
            c for k in definition.kpis if k.source == name for c in (k.time, k.recorded) if c
        }
        zoned = {c: local(rows[c], definition.time_zone) for c in columns}
        zoned = {c: v for c, v in zoned.items() if v is not rows[c] and v.type() != rows[c].type()}
        out[name] = rows.mutate(**zoned) if zoned else rows
    for goal in definition.goals.values():
        if goal.steps_from:
            out.setdefault(goal.steps_from.table, as_table(given[goal.steps_from.table]))
    return out


def _groups(kpis, key) -> list[tuple[Trend, ...]]:
    ordered = sorted(kpis, key=key)
    return [tuple(g) for _, g in groupby(ordered, key)]


def _compared(definition: Trends) -> dict[str, Period]:
    now = definition.period
    return {"now": now, "before": now.previous(), "last_year": now.same_last_year()}


def _values_now(tables: Tables, definition: Trends) -> dict[str, dict[str, Value]]:
    found: dict[str, dict[str, Value]] = {}
    ratios = [k for k in definition.kpis if k.quantile is None and not k.per]
    asked = {p: n for n, p in _compared(definition).items()}  # a year's previous is its last year
    for group in _groups(ratios, lambda k: (k.source, k.time, k.unit or "")):
        found |= values_in(tables[group[0].source], group, {n: p for p, n in asked.items()})
    for kpi in definition.kpis:
        if kpi.quantile is not None:
            periods = {n: p for p, n in asked.items()}
            found[kpi.name] = percentiles_in(tables[kpi.source], kpi, periods, definition.level)
    return found


def _without_rows(kpi: Trend, definition: Trends) -> KpiTrend:
    reason = f"no row counts up to {definition.period.label}"
    none = kpi.quantity(math.nan, reason=reason)
    change = kpi.change(math.nan, reason=reason)
    problem = Sentence("{kpi}: {reason}", {"kpi": kpi.title, "reason": reason})
    return KpiTrend(kpi, None, (), none, change, change, problem=problem)


def _judged(
    panel: Panel, definition: Trends, reads: Mapping[str, Read], values, by_segment
) -> dict[str, KpiTrend]:
    stretches, begun = stretches_of(panel, definition)
    published = definition.published(panel.keys[0][0])
    season = SEASONS[panel.every]
    judged = judge(
        panel.judged,
        panel.precision,
        stretches,
        panel.places,
        season,
        published=published,
        level=definition.level,
        sloped=np.array([s is None or k.target is not None for k, s in panel.keys]),
    )
    inside = definition.period
    asked = tuple(
        j for j, p in enumerate(panel.periods) if p.start >= inside.start and p.end <= inside.end
    )
    series = [_series(i, panel, judged, asked, begun) for i in range(len(panel.keys))]
    found = {}
    forecasts = forecasts_of(panel, series, None if published else season, definition)
    for i, (kpi, segment) in enumerate(panel.keys):
        if segment is None:
            read_now = by_segment.get(kpi.name)
            cells = reads[kpi.name].cells[kpi.name]
            small, small_before = _small(cells, read_now, definition)
            mine = [j for j, (k, g) in enumerate(panel.keys) if k is kpi and g is not None and g not in small]
            whole = _kpi(
                series[i],
                tuple(series[j] for j in mine),
                panel,
                definition,
                reads,
                values.get(kpi.name, {}),
                forecasts.get(i),
                judged,
                i,
            )
            unfinished = [_whole(series[i], p) for p in _compared(definition).values()][:2]
            found[kpi.name] = replace(
                whole,
                by_segment=tuple(
                    segment_now(
                        series[j],
                        unfinished,
                        read_now.get(series[j].segment) if read_now is not None else None,
                        cells[series[j].segment],
                        definition,
                        whole.aim,
                        forecasts.get(j),
                        few_before=series[j].segment in small_before,
                    )
                    for j in mine
                ),
            )
    return found


def _small(
    cells: Mapping[Segment, Cells], read_now: Mapping[Segment, SegmentValue] | None, definition: Trends
) -> tuple[frozenset[Segment], frozenset[Segment]]:
    """Segments of too few rows in the period asked for, and in the one before."""
    now, before = (sizes_in(cells, p) for p in (definition.period, definition.period.previous()))
    if read_now is not None:
        now = {s: v.n for s, v in read_now.items()}
        before = {s: v.n_before for s, v in read_now.items()}
    return too_small(now, definition.min_cell), too_small(before, definition.min_cell)


def _series(i: int, panel: Panel, judged: Judged, asked: tuple[int, ...], begun) -> Series:
    kpi, segment = panel.keys[i]
    season = judged.seasons.of_period[i]
    width = 3 * judged.spread[i]
    centre = judged.centre[i] + season
    lower, upper = centre - width, centre + width
    least, most = bounds_of(kpi, panel.charts[i], panel.values[i])
    lower, upper = np.maximum(lower, least), np.minimum(upper, most)
    usual = judged.in_latest[i] & np.isfinite(lower)
    year = np.flatnonzero(usual)[-(SEASONS[panel.every] or 1) :]
    dated = begun.get(kpi.name, ())
    complete = panel.complete[i]
    if not complete[list(asked)].any():
        last = np.flatnonzero(
            complete & np.isfinite(panel.values[i])
        )  # the last whole ones instead
        asked = tuple(last[-max(1, len(asked)) :])
    return Series(
        kpi=kpi,
        segment=segment,
        periods=panel.periods,
        values=panel.values[i],
        rows=panel.rows[i],
        complete=complete,
        centre=centre,
        lower=lower,
        upper=upper,
        stretch=judged.stretches[i],
        lowest=float(lower[year].min()) if len(year) else math.nan,
        highest=float(upper[year].max()) if len(year) else math.nan,
        level=float(judged.centre[i][usual][-1]) if usual.any() else math.nan,
        signals=signals_of(
            kpi, panel.periods, panel.judged[i], judged.marks[:, i], judged.hints[:, i]
        ),
        rho=float(judged.rho[i]),
        run=int(judged.run[i]),
        season=float(judged.seasons.weight[i]),
        slope=float(judged.slope[i]),
        slope_low=float(judged.slope_low[i]),
        slope_high=float(judged.slope_high[i]),
        chart=panel.charts[i],
        since=dated[-1] if dated else None,
        judged_periods=tuple(panel.periods[j] for j in asked),
        unfinished=panel.unfinished.get(kpi.name, {}),
    )


def _kpi(
    series: Series,
    segments,
    panel: Panel,
    definition: Trends,
    reads,
    values: Mapping[str, Value],
    found,
    judged: Judged,
    i: int,
) -> KpiTrend:
    kpi = series.kpi
    cells = reads[kpi.name].cells[kpi.name][None]
    now, change, last_year, n = _now(series, cells, values, definition)
    outlook = outlook_of(series, found, definition)

    def aim_for(wanted: Wanted) -> Aim:
        level, baseline = target_level(kpi, wanted, cells, definition.fiscal_year_starts)
        return aim_of(
            series, wanted, definition, level, baseline, now, outlook, *(found or (None, 0))
        )

    aim = aim_for(kpi.target) if kpi.target else None
    own = {
        n: aim_for(definition.targets[n])
        for n, g in definition.goals.items()
        if g.kpi == kpi.name and n in definition.targets
    }
    waits = {
        p: s
        for p, s in panel.to_come.get(kpi.name, {}).items()
        if definition.period.start <= p.start < definition.period.end
    }
    most = max(waits, key=waits.get, default=None)
    return KpiTrend(
        kpi,
        series,
        segments,
        now,
        change,
        last_year,
        n,
        outlook,
        aim,
        _level_change(judged, i),
        (most, Quantity(waits[most], "percent")) if most else None,
        goal_aims=own,
        others=other_answers(series, judged.seasons.adjusted[i], judged.in_latest[i]),
    )


def _now(series: Series, cells, values: Mapping[str, Value], definition: Trends):
    """The value of the period asked for and its changes; only whole periods are compared."""
    kpi = series.kpi
    part = {name: _whole(series, period) for name, period in _compared(definition).items()}
    if definition.period.previous() == definition.period.same_last_year():
        values = {**values, "before": values["last_year"]} if "last_year" in values else values
    quantities = {}
    for name, period in _compared(definition).items():
        if part[name]:
            quantities[name] = kpi.quantity(math.nan, reason=part[name])
        elif name in values:
            quantities[name] = values[name].quantity(kpi, definition.level)
        else:
            quantities[name] = over(kpi, cells, period)
    changes = []
    for other in ("before", "last_year"):
        now, then = quantities["now"], quantities[other]
        if not (now.known and then.known):
            changes.append(
                kpi.change(math.nan, reason=now.reason if not now.known else then.reason)
            )
        elif "now" in values and other in values:
            changes.append(change_quantity(kpi, values["now"], values[other], definition.level))
        else:
            changes.append(kpi.change(now.value - then.value))
    n = (
        values["now"].n
        if "now" in values
        else sum(
            c.rows
            for p, c in cells.items()
            if definition.period.start <= p.start < definition.period.end
        )
    )
    return quantities["now"], *changes, n


def _whole(series: Series, period: Period) -> Sentence | None:
    """Why a period is not whole; None where it is."""
    reasons = [
        s
        for p, s in series.unfinished.items()
        if p.start < period.end and p.end > period.start
    ]
    return listed(reasons) if reasons else None


def _level_change(judged: Judged, i: int) -> OneBreak | None:
    """The most likely break in the level of the latest stretch, without season."""
    x = judged.seasons.adjusted[i][judged.in_latest[i]]
    x = x[np.isfinite(x)]
    if len(x) < FEWEST_JUDGED:
        return None
    return one_break(x, autocorrelated=True, simulations=BREAK_SIMULATIONS)
