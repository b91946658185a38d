"""What is a KPI in the period asked for, and by how much did it change since others?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
from scipy import stats

from toolkit.aggregates import Aggregates
from toolkit.company.periods import Period
from toolkit.data.dialects import answered, asked_in_sql, name_for
from toolkit.data.sql_names import name_of
from toolkit.kpis import Measure, measured_sql
from toolkit.language import Quantity
from toolkit.scan import aggregate, quantile_ranks
from toolkit.stats.order_statistics import interval_of, needed
from toolkit.trends.definition import Trend

ASKED = "toolkit__asked"
BUCKETS = 256


@dataclass(frozen=True)
class Value:
    """A ratio with what its error needs.

    Attributes
    ----------
    value, se, df
        Standard error by the delta method and its degrees of freedom.
    n, n_unit
        What it rests on.
    parts
        Each bucket's share of the error (influence); None where rows are independent.
    """

    value: float
    se: float
    df: float
    n: int
    n_unit: str
    parts: np.ndarray | None = None

    def quantity(self, kpi: Trend, level: float) -> Quantity:
        """With its interval."""
        return _with_interval(
            kpi.quantity,
            self.value,
            self.se,
            self.df,
            level,
            (0.0, 1.0) if kpi.format == "percent" else None,
        )


def difference(now: Value, then: Value) -> tuple[float, float, float]:
    """Difference, its standard error and degrees of freedom; the same units count in both."""
    if now.parts is not None and then.parts is not None:
        moved = now.parts - then.parts
        df = min(now.df, then.df)
        se = math.sqrt(float((moved**2).sum()) * (df + 1) / df) if df > 0 else math.nan
        return now.value - then.value, se, df
    se = math.hypot(now.se, then.se)
    df = math.nan
    if now.se > 0 or then.se > 0:
        df = se**4 / (now.se**4 / max(now.df, 1) + then.se**4 / max(then.df, 1))
    return now.value - then.value, se, df


def _with_interval(made, value: float, se: float, df: float, level: float, within=None) -> Quantity:
    if not (math.isfinite(se) and se > 0 and df > 0):
        return made(value)
    reach = float(stats.t.isf((1 - level) / 2, df)) * se
    low, high = value - reach, value + reach
    if within:
        low, high = min(max(low, within[0]), value), max(min(high, within[1]), value)
    return made(value, low, high)


def change_quantity(kpi: Trend, now: Value, then: Value, level: float) -> Quantity:
    """The change since another period, with its interval."""
    return _with_interval(kpi.change, *difference(now, then), level)


def values_in(
    table: ir.Table, kpis: Sequence[Trend], periods: Mapping[str, Period]
) -> dict[str, dict[str, Value]]:
    """Each KPI's value in each period, from one scan of the rows of those periods.

    Parameters
    ----------
    kpis
        Ratios that share table, date column and unit.
    periods
        Name -> period; they do not overlap.

    Returns
    -------
    dict
        KPI -> name -> value; a period without rows is absent.
    """
    unit = kpis[0].unit
    only, asked = asked_rows(kpis[0].time, periods)
    found = aggregate(
        table,
        [k.measure for k in kpis],
        [ASKED],
        unit=unit,
        expressions={ASKED: asked},
        only=only,
        exact_units=0,
        buckets=BUCKETS,
        disjoint=False,
    )
    return {k.name: _values(found, k.measure, unit) for k in kpis}


def percentiles_in(
    table: ir.Table, kpi: Trend, periods: Mapping[str, Period], level: float
) -> dict[str, Value]:
    """A percentile in each period; its error from the order statistics around it."""
    only, asked = asked_rows(kpi.time, periods)
    name, den = name_for(table), name_of(kpi.measure.den)
    text = measured_sql(table, name, [kpi.measure], expressions={ASKED: asked}, only=only)
    rows = asked_in_sql(table, name, f"SELECT * FROM ({text}) AS toolkit_asked WHERE {den} <> 0")
    name = name_for(rows)
    counted = answered(rows, name, f"SELECT {ASKED}, COUNT(*) AS n FROM {name} GROUP BY 1")
    counts = {r[ASKED]: int(r["n"]) for r in counted}
    asked_for = {
        (name,): needed(n, kpi.quantile, level=level) for name, n in counts.items() if name and n
    }
    found = quantile_ranks(
        rows, kpi.measure.num, [ASKED], {key: a.ranks for key, a in asked_for.items()}
    )
    out = {}
    for (name,), a in asked_for.items():
        interval = interval_of(a, dict(zip(a.ranks, found[(name,)], strict=True)))
        out[name] = Value(interval.estimate, interval.se, float(a.n - 1), a.n, "rows")
    return out


def asked_rows(time: str, periods: Mapping[str, Period]) -> tuple[str, str]:
    """SQL for which rows lie in the periods, and SQL that names the period of each."""
    when = name_of(time)
    inside = {name: f"{when} >= DATE '{p.start}' AND {when} < DATE '{p.end}'" for name, p in periods.items()}
    cases = [f"WHEN {sql} THEN '{name}'" for name, sql in inside.items()]
    return " OR ".join(f"({sql})" for sql in inside.values()), f"CASE {' '.join(cases)} END"


def _values(found: Aggregates, measure: Measure, unit: str | None) -> dict[str, Value]:
    out = {}
    for (name,), m in found.cells.items():
        num, den = m.sum_of(measure.num), m.sum_of(measure.den)
        if name is None or den == 0:
            continue
        ratio = num / den
        if found.sums is not None:
            sums = found.sums[(name,)]
            base = sums[:, m.at(measure.den)]
            parts = (sums[:, m.at(measure.num)] - ratio * base) / den
            squares, square_of_base = float((parts**2).sum()), float((base**2).sum())
        else:
            parts = None
            spread = (
                m.var_of(measure.num)
                - 2 * ratio * m.cov_of(measure.num, measure.den)
                + ratio * ratio * m.var_of(measure.den)
            )
            squares = max(spread, 0.0) * max(m.n - 1, 0) / (den * den) if m.n > 1 else math.nan
            square_of_base = (
                m.var_of(measure.den) * (m.n - 1) if m.n > 1 else 0.0
            ) + m.n * (m.mean_of(measure.den) * m.mean_of(measure.den))
        # rows (or buckets) that do not count are zeros among the others: how many really count
        # products, for a power that is beyond any number stops instead of being infinite
        counting = den * den / square_of_base
        widened = math.sqrt(counting / (counting - 1)) if counting > 1 + 1e-9 else math.nan
        out[name] = Value(ratio, math.sqrt(squares) * widened, counting - 1, m.rows, "rows", parts)
    return out
