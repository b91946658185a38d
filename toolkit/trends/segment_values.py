"""What is a KPI in each segment in the period asked for, and by how much did it change?

The same numbers as `levels_now` has for the whole, for thousands of segments at once: one scan a
column of segments, then arrays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby

import ibis.expr.types as ir
import numpy as np
import pandas as pd
from scipy import special

from toolkit.company.periods import Period
from toolkit.data.dialects import answered_table, by_place, md5_sql, name_for
from toolkit.data.sql_names import name_of
from toolkit.kpis import measured_sql
from toolkit.language import Quantity
from toolkit.scan import BUCKET
from toolkit.stats.forecasts import Forecasts
from toolkit.trends.aims import Aim, Outlook, aim_of, over
from toolkit.trends.definition import Trend, Trends
from toolkit.trends.forecasting import outlook_of
from toolkit.trends.levels_now import ASKED, BUCKETS, asked_rows
from toolkit.trends.reading import Cells, Segment
from toolkit.trends.series import Series
from toolkit.trends.small_segments import TOO_FEW, sizes_in

NOW, BEFORE = "now", "before"
_HEX_DIGITS = 2


@dataclass(frozen=True)
class SegmentNow:
    """A KPI in one segment in the period asked for.

    Attributes
    ----------
    now, change
        Its value, and the change against the period before; nan with the reason.
    n
        Rows behind the value.
    outlook, aim
        The forecast, and where it stands to the KPI's target; None where there is no target.
    """

    series: Series
    now: Quantity
    change: Quantity
    n: int = 0
    outlook: Outlook | None = None
    aim: Aim | None = None


@dataclass(frozen=True)
class SegmentValue:
    """Value and change of one segment; None where no row counts in a period."""

    now: Quantity | None
    change: Quantity | None
    n: int
    n_before: int = 0


def values_by_segment(
    table: ir.Table, kpis: Sequence[Trend], now: Period, before: Period, level: float
) -> dict[str, dict[Segment, SegmentValue]]:
    """Each KPI's value in each of its segments, with intervals by the delta method.

    Parameters
    ----------
    kpis
        Ratios that share table, date column and unit.
    """
    out: dict[str, dict[Segment, SegmentValue]] = {k.name: {} for k in kpis}
    only, asked = asked_rows(kpis[0].time, {NOW: now, BEFORE: before})
    for column in dict.fromkeys(s for k in kpis for s in k.segments):
        mine = [k for k in kpis if column in k.segments]
        found = _sums(table, mine, column, only, asked)
        codes, names = pd.factorize(found[column], use_na_sentinel=False)
        for i, kpi in enumerate(mine):
            values = _values(kpi, found, i, codes, len(names), level)
            out[kpi.name] |= {
                (column, None if pd.isna(name) else name): v
                for name, v in zip(names, values, strict=True)
            }
    return out


def segment_now(
    series: Series,
    unfinished: list[str | None],
    read_now: SegmentValue | None,
    cells: Cells,
    definition: Trends,
    aim: Aim | None,
    found: tuple[Forecasts, int] | None,
    *,
    few_before: bool = False,
) -> SegmentNow:
    """One segment in the period asked for, against the target of the whole.

    Parameters
    ----------
    unfinished
        Why the period asked for, and the one before, are not whole; None where they are.
    read_now
        None for what is no ratio.
    cells
        Its sums by period.
    aim
        Of the whole.
    found
        Its forecasts, and the row of this series.
    few_before
        The period before has too few rows to be shown: with the change it would be.
    """
    kpi, (now_unfinished, then_unfinished) = series.kpi, unfinished
    nothing = f"no row counts in {definition.period.label}"
    if now_unfinished:
        now = kpi.quantity(math.nan, reason=now_unfinished)
    elif read_now is not None:
        now = read_now.now or kpi.quantity(math.nan, reason=nothing)
    elif kpi.per or kpi.quantile is not None:
        now = over(kpi, cells, definition.period)
    else:
        now = kpi.quantity(math.nan, reason=nothing)
    change = read_now.change if read_now is not None else None
    if now_unfinished or then_unfinished:
        change = kpi.change(math.nan, reason=now_unfinished or then_unfinished)
    elif kpi.per:
        then = over(kpi, cells, definition.period.previous())
        change = kpi.change(now.value - then.value, reason=now.reason or then.reason)
    elif change is None:
        change = kpi.change(math.nan, reason=now.reason or "no value in the period before")
    if few_before:
        change = kpi.change(math.nan, reason=TOO_FEW)
    n = read_now.n if read_now is not None else sizes_in({series.segment: cells}, definition.period)[series.segment]
    if kpi.target is None or aim is None or not aim.known:
        return SegmentNow(series, now, change, n)
    outlook = outlook_of(series, found, definition)
    own = aim_of(
        series, aim.wanted, definition, aim.level, aim.baseline, now, outlook, *(found or (None, 0))
    )
    return SegmentNow(series, now, change, n, outlook, own)


def groups_of(kpis: Sequence[Trend]) -> list[tuple[Trend, ...]]:
    """Ratios with segments, by what they share."""

    def key(k: Trend) -> tuple[str, str, str]:
        return (k.source, k.time, k.unit or "")

    ratios = [k for k in kpis if k.segments and k.quantile is None and not k.per]
    return [tuple(g) for _, g in groupby(sorted(ratios, key=key), key)]


def _sums(table: ir.Table, kpis: Sequence[Trend], column: str, only: str, asked: str) -> pd.DataFrame:
    """A row a period, segment and (where rows have units) bucket of units."""
    unit = kpis[0].unit
    keep = [column, *([unit] if unit else [])]
    name = name_for(table)
    rows = measured_sql(table, name, [k.measure for k in kpis], keep, expressions={ASKED: asked}, only=only)
    wanted = [ASKED, name_of(column)]
    if unit:
        wanted.append(f"{md5_sql(name_of(unit), _HEX_DIGITS)} AS {BUCKET}")
    group = by_place(len(wanted))
    wanted.append("COUNT(*) AS rows")
    for i, k in enumerate(kpis):
        num, den = name_of(k.measure.num), name_of(k.measure.den)
        wanted += [f"SUM({num}) AS n{i}", f"SUM({den}) AS d{i}", f"COUNT(*) FILTER (WHERE {den} <> 0) AS r{i}"]
        if not unit:
            wanted += [f"VAR_SAMP({num}) AS vn{i}", f"VAR_SAMP({den}) AS vd{i}", f"COVAR_SAMP({num}, {den}) AS c{i}"]
    return answered_table(table, name, f"SELECT {', '.join(wanted)} FROM ({rows}) AS toolkit_asked{group}").to_pandas()


def _values(
    kpi: Trend, found: pd.DataFrame, i: int, codes: np.ndarray, segments: int, level: float
) -> list[SegmentValue]:
    """Arrays are (segments, 2): now and before."""
    then = (found[ASKED] == BEFORE).to_numpy(dtype=int)
    at, size = codes * 2 + then, segments * 2
    num, den, counting = (
        _added(found[f"{c}{i}"], at, size).reshape(segments, 2) for c in ("n", "d", "r")
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(den != 0, num / den, np.nan)
        if kpi.unit:
            parts, base = _by_bucket(found, i, at, size, ratio, den)
            squares, of_base = (parts**2).sum(axis=2), (base**2).sum(axis=2)
        else:
            parts = None
            squares, of_base = _by_row(found, i, at, size, ratio, den)
        independent = den**2 / of_base
        df = independent - 1
        se = np.where(df > 1e-9, np.sqrt(squares * independent / df), np.nan)
        moved, moved_se, moved_df = _moved(ratio, se, df, parts)
        tail = 1 - (1 - level) / 2
        reach = special.stdtrit(np.where(df > 0, df, np.nan), tail) * se
        moved_reach = special.stdtrit(np.where(moved_df > 0, moved_df, np.nan), tail) * moved_se
    bounds = (0.0, 1.0) if kpi.format == "percent" else (-np.inf, np.inf)
    return [
        SegmentValue(
            _quantity(kpi.quantity, ratio[s, 0], reach[s, 0], bounds),
            _quantity(kpi.change, moved[s], moved_reach[s], (-np.inf, np.inf)),
            int(counting[s, 0]),
            int(counting[s, 1]),
        )
        for s in range(segments)
    ]


def _moved(ratio, se, df, parts) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Change, its standard error and degrees of freedom; the same units count in both periods."""
    if parts is not None:
        freedom = df.min(axis=1)
        squares = ((parts[:, 0] - parts[:, 1]) ** 2).sum(axis=1)
        return ratio[:, 0] - ratio[:, 1], np.sqrt(squares * (freedom + 1) / freedom), freedom
    error = np.hypot(se[:, 0], se[:, 1])
    welch = error**4 / (se**4 / np.maximum(df, 1)).sum(axis=1)
    return ratio[:, 0] - ratio[:, 1], error, welch


def _added(column: pd.Series, at: np.ndarray, size: int) -> np.ndarray:
    return np.bincount(at, weights=column.fillna(0).to_numpy(dtype=float), minlength=size)


def _by_bucket(found, i, at, size, ratio, den) -> tuple[np.ndarray, np.ndarray]:
    """Each bucket's share of the error, and its denominator: (segments, 2, buckets)."""
    place = found[BUCKET].map(partial(int, base=16), na_action="ignore").fillna(0).astype(int)
    where, shape = at * BUCKETS + place.to_numpy(), (size // 2, 2, BUCKETS)
    num, base = (
        _added(found[f"{c}{i}"], where, size * BUCKETS).reshape(shape) for c in ("n", "d")
    )
    return (num - ratio[..., None] * base) / den[..., None], base


def _by_row(found, i, at, size, ratio, den) -> tuple[np.ndarray, np.ndarray]:
    """Sum of squares of the error of independent rows, and of their denominators."""
    n, var_num, var_den, cov = (
        _added(found[c], at, size).reshape(-1, 2) for c in ("rows", f"vn{i}", f"vd{i}", f"c{i}")
    )
    spread = np.maximum(var_num - 2 * ratio * cov + ratio**2 * var_den, 0.0)
    squares = np.where(n > 1, spread * (n - 1) / den**2, np.nan)
    return squares, var_den * np.maximum(n - 1, 0) + den**2 / np.maximum(n, 1)


def _quantity(made, value: float, reach: float, bounds) -> Quantity | None:
    if not np.isfinite(value):
        return None
    if not (np.isfinite(reach) and reach > 0):
        return made(float(value))
    low, high = max(value - reach, bounds[0]), min(value + reach, bounds[1])
    return made(float(value), float(min(low, value)), float(max(high, value)))
