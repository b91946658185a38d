"""What do customers complain about? From a handful of sums that the engine gives."""

from __future__ import annotations

import math

import ibis.expr.types as ir
import numpy as np

from toolkit.data.frames import TableLike
from toolkit.kpis import queried
from toolkit.language import Sentence
from toolkit.service.asked import Aside, PartStudy, opened, settled
from toolkit.service.complaints.definition import Complaints
from toolkit.service.complaints.reading import by_month, counted, trend_window, whole_months
from toolkit.service.complaints.results import PROCESS, Complained, Month
from toolkit.service.measured import measured_by
from toolkit.service.pareto import Pareto, read_paretos
from toolkit.service.small_groups import shown_kinds, shown_measures, shown_waits
from toolkit.service.waits import read_waits
from toolkit.service.window import within
from toolkit.stats.event_rates import interval as rate_interval
from toolkit.stats.suppression import hidden_groups
from toolkit.stats.trend_tests import hamed_rao


def estimate(
    table: TableLike | PartStudy, definition: Complaints | None = None, *, per: TableLike | None = None
) -> Complained:
    """Processes that cause complaints, by share and place; how they are dealt with.

    Parameters
    ----------
    table
        Complaints, a row each: a pandas frame, an Ibis table or the path of a file; or a study.
    definition
        What its columns mean.
    per
        What complaints are counted against, where the definition has `per`.
    """
    table, asked, others, aside = opened(table, definition, {"per": per})
    rows = within(table, asked.opened, asked.window, asked.where)
    rows = settled(queried(rows, f'*, CAST(({asked.process}\n) AS VARCHAR) AS "{PROCESS}"'))
    one = read_paretos(rows, PROCESS, unit=asked.unit, level=asked.level)
    overall = shown_kinds(one.get((), Pareto((), 0, 0, 0.0, asked.level)), asked.min_cell)
    split = {}
    if asked.by:
        groups = read_paretos(rows, PROCESS, [asked.by], unit=asked.unit)
        # each group makes a claim of its own: together they hold with the level
        level = 1 - (1 - asked.level) / max(len(groups), 1)
        groups = read_paretos(rows, PROCESS, [asked.by], unit=asked.unit, level=level)
        hidden = hidden_groups({g[0]: found.n for g, found in groups.items()}, asked.min_cell)
        split = {g[0]: shown_kinds(found, asked.min_cell) for g, found in groups.items() if g[0] not in hidden}
    sql = {k: v for k, v in (("favour", asked.in_favour), ("progress", asked.progress)) if v}
    shares = shown_measures({g: _measured(rows, sql, g, asked) for g in ((), (PROCESS,))}, asked.min_cell)
    costs = {}
    if asked.cost:
        paid = {"cost": asked.cost}
        costs = {g: measured_by(rows, paid, g, unit=asked.unit, shares=False, level=asked.level)
                 for g in ((), (PROCESS,))}  # fmt: skip
        costs = shown_measures(costs, asked.min_cell)
    waits = {}
    if asked.resolved:
        days = None if asked.promise_days is None else asked.promise_days * 24
        waits = read_waits(rows, asked.opened, asked.resolved, asked.window, [(PROCESS,), ()],
                           promised=days, unit=asked.unit, level=asked.level)  # fmt: skip
        backward = sum(w.backward for w in waits[()].values())
        what = Sentence("{end} before {start}", {"end": asked.resolved, "start": asked.opened})
        aside = (*aside, Aside(what, backward))
        waits = shown_waits(waits, asked.min_cell)
    if overall.not_said:
        aside = (*aside, Aside(Sentence("no process"), overall.not_said))
    rate, months, trend = _rates(table, others.get("per"), rows, asked)
    return Complained(
        definition=asked, overall=overall, split=split, shares=shares, costs=costs, waits=waits,
        rate=rate, months=months, trend=trend, aside=aside,
    )  # fmt: skip


def _measured(rows: ir.Table, sql: dict[str, str], group: tuple[str, ...], asked: Complaints):
    return measured_by(rows, sql, group, unit=asked.unit, level=asked.level) if sql else {}


def _rates(table: ir.Table, per: ir.Table | None, rows: ir.Table, asked: Complaints):
    """By the hundred in the window and by month, and whether it drifts."""
    if per is None or asked.per is None:
        return None, (), None
    base = within(per, asked.per.time, asked.window, asked.per.where)
    count, squares = counted(rows, asked.unit)
    rate = rate_interval(count, int(base.count().execute()) / 100, squares=squares, level=asked.level)
    window = trend_window(asked)
    complaints = by_month(table, asked.opened, window, asked.where, asked.unit)
    exposure = by_month(per, asked.per.time, window, asked.per.where, None)
    months = []
    for first in whole_months(asked):
        n, q = complaints.get(first, (0, 0))
        out_of = exposure.get(first, (0, 0))[0]
        months.append(Month(first, n, out_of, rate_interval(n, out_of / 100, squares=q, level=asked.level)))
    values = np.array([m.rate.estimate for m in months])
    # before the first month with anything to be out of, the table simply does not reach
    known = np.flatnonzero(np.isfinite(values))
    trend = hamed_rao(values[known[0] :]) if len(known) and math.isfinite(values[-1]) else None
    return rate, tuple(months), trend
