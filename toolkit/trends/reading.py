"""One scan of a table: the sums of all its KPIs by period and segment; and when rows came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.company.periods import Kind, Period
from toolkit.data.date_texts import in_zone
from toolkit.data.dialects import answered, answered_table, asked_in_sql, by_place, name_for
from toolkit.data.sql_names import name_of
from toolkit.kpis import measured_sql
from toolkit.trends.definition import Trend

PERIOD, WHEN, CAME = "toolkit__period", "toolkit__when", "toolkit__came"
Segment = tuple[str, object] | None
_LATEST_LAG = 92


@dataclass(frozen=True)
class Sums:
    """One KPI in one period and segment.

    Attributes
    ----------
    numerator, denominator
        Summed over the rows that count. Of a quantile: its value, and the rows.
    rows
        Rows that count.
    first, last
        The first and last day with a row.
    """

    numerator: float
    denominator: float
    rows: int
    first: date
    last: date

    def with_(self, other: Sums) -> Sums:
        """Both together."""
        return Sums(
            self.numerator + other.numerator,
            self.denominator + other.denominator,
            self.rows + other.rows,
            min(self.first, other.first),
            max(self.last, other.last),
        )


@dataclass(frozen=True, eq=False)
class Cells(Mapping[Period, Sums]):
    """One KPI in one segment by period, as arrays that all cells of one scan share the axis of.

    Attributes
    ----------
    axis
        Period -> place, in order of time; a place without rows is no entry.
    numerator, denominator, rows
        (periods,)
    first, last
        (periods,): days since 1970.
    """

    axis: Mapping[Period, int]
    numerator: np.ndarray
    denominator: np.ndarray
    rows: np.ndarray
    first: np.ndarray
    last: np.ndarray

    def __getitem__(self, period: Period) -> Sums:
        i = self.axis[period]
        if not self.rows[i]:
            raise KeyError(period)
        return Sums(
            float(self.numerator[i]),
            float(self.denominator[i]),
            int(self.rows[i]),
            _since(self.first[i]),
            _since(self.last[i]),
        )

    def __iter__(self) -> Iterator[Period]:
        return (p for p, i in self.axis.items() if self.rows[i])

    def __len__(self) -> int:
        return int(np.count_nonzero(self.rows))


@dataclass(frozen=True)
class Read:
    """What one scan brings: KPI -> segment (None: all) -> its sums by period."""

    cells: Mapping[str, Mapping[Segment, Cells]]


def period_sql(day: str, kind: Kind, fiscal_year_starts: int = 1) -> str:
    """SQL for the first day of the period that a day lies in.

    Weeks begin on Monday (ISO 8601). Fiscal quarters and years are calendar ones moved by whole
    months.
    """
    moved = (fiscal_year_starts - 1) % {"week": 1, "month": 1, "quarter": 3, "year": 12}[kind]
    if not moved:
        return f"CAST(DATE_TRUNC('{kind}', {day}) AS DATE)"
    back = period_sql(f"CAST({day} - INTERVAL {moved} MONTH AS DATE)", kind)
    return f"CAST({back} + INTERVAL {moved} MONTH AS DATE)"


def local(when: ir.Value, time_zone: str) -> ir.Value:
    """A moment as the clock of the company's zone shows it; plain moments and days as they are."""
    kind = when.type()
    if kind.is_timestamp() and kind.timezone:
        return in_zone(when, time_zone)
    return when


def read(
    table: ir.Table,
    kpis: Sequence[Trend],
    end: date,
    *,
    fiscal_year_starts: int = 1,
    time_zone: str = "UTC",
) -> Read:
    """The sums of KPIs that share their table, their date column and their periods.

    Parameters
    ----------
    table
        One row an observation.
    end
        The first day that is left out.
    """
    sums = [k for k in kpis if k.quantile is None]
    cells: dict[str, dict[Segment, Cells]] = {}
    if sums:
        cells |= _read_sums(table, sums, end, fiscal_year_starts, time_zone)
    for kpi in kpis:
        if kpi.quantile is not None:
            cells[kpi.name] = _read_quantile(table, kpi, end, fiscal_year_starts, time_zone)
    return Read(cells)


def _dated(
    table: ir.Table, kpis: Sequence[Trend], end: date, fys: int, zone: str, extra: Iterable[str]
) -> tuple[ir.Table, str, str]:
    """The rows before `end` with their day and period: of which table, what they are called, and SQL."""
    kpi = kpis[0]
    table = _on_the_clock(table, [kpi.time], zone)
    name, day = name_for(table), f"CAST({name_of(kpi.time)} AS DATE)"
    dated = {WHEN: day, PERIOD: period_sql(day, kpi.every, fys)}
    only = f"{day} < DATE '{end}'"
    return table, name, measured_sql(table, name, [k.measure for k in kpis], extra, (), dated, only)


def _on_the_clock(table: ir.Table, columns: Iterable[str], zone: str) -> ir.Table:
    """Moments as the company's clock shows them."""
    schema = table.schema()
    moved = [c for c in columns if schema[c].is_timestamp() and schema[c].timezone]
    return table.mutate(**{c: local(table[c], zone) for c in moved}) if moved else table


def _read_sums(table, kpis, end, fys, zone) -> dict[str, dict[Segment, Cells]]:
    dims = list(dict.fromkeys(s for k in kpis for s in k.segments))
    table, name, rows = _dated(table, kpis, end, fys, zone, dims)
    wanted = [PERIOD, *map(name_of, dims)]
    group = by_place(len(wanted))
    for i, k in enumerate(kpis):
        num, den = name_of(k.measure.num), name_of(k.measure.den)
        counts = f"FILTER (WHERE {den} <> 0)"
        wanted += [f"SUM({num}) AS n{i}", f"SUM({den}) AS d{i}", f"COUNT(*) {counts} AS r{i}"]
        wanted += [f"MIN({WHEN}) {counts} AS f{i}", f"MAX({WHEN}) {counts} AS l{i}"]
    text = f"SELECT {', '.join(wanted)} FROM ({rows}) AS toolkit_dated{group}"
    found = answered_table(table, name, text).to_pandas()
    axis, place = _axis(found[PERIOD], kpis[0].every, fys)
    groups: dict[str | None, tuple[np.ndarray, list]] = {
        None: (np.zeros(len(found), dtype=int), [None])
    }
    for dim in dims:
        codes, values = pd.factorize(found[dim], use_na_sentinel=False)
        groups[dim] = codes, [(dim, None if pd.isna(v) else v) for v in values]
    out = {}
    for i, k in enumerate(kpis):
        columns = [found[f"{c}{i}"].fillna(0).to_numpy(dtype=float) for c in "ndr"]
        days = [_days(found[f"{c}{i}"]) for c in "fl"]
        out[k.name] = {}
        for dim in (None, *k.segments):
            out[k.name] |= _added(columns, days, groups[dim], place, axis)
    return out


def _added(columns, days, group, place: np.ndarray, axis) -> dict[Segment, Cells]:
    """Sums over everything but the period and one dimension."""
    codes, names = group
    n = len(axis)
    at, size = codes * n + place, len(names) * n
    sums = [np.bincount(at, weights=c, minlength=size).reshape(len(names), n) for c in columns]
    first, last = np.full(size, np.inf), np.full(size, -np.inf)
    there = columns[2] > 0
    np.minimum.at(first, at[there], days[0][there])
    np.maximum.at(last, at[there], days[1][there])
    first, last = first.reshape(len(names), n), last.reshape(len(names), n)
    return {
        name: Cells(axis, sums[0][i], sums[1][i], sums[2][i], first[i], last[i])
        for i, name in enumerate(names)
        if name is None or sums[2][i].any()
    }


def _axis(starts: pd.Series, every: Kind, fys: int) -> tuple[dict[Period, int], np.ndarray]:
    """The periods that occur, in order, and each row's place among them."""
    place, days = pd.factorize(starts, sort=True)
    return {Period.of(_day(d), every, fys): i for i, d in enumerate(days)}, place


def _read_quantile(table, kpi, end, fys, zone) -> dict[Segment, Cells]:
    out: dict[Segment, Cells] = {}
    for column in (None, *kpi.segments):
        dims = [column] if column else []
        rows = asked_in_sql(*_dated(table, [kpi], end, fys, zone, dims))
        rows = rows.filter(rows[kpi.measure.den] != 0)
        found = rows.group_by([PERIOD, *dims]).agg(
            n0=rows[kpi.measure.num].quantile(kpi.quantile),
            r0=rows.count(),
            f0=rows[WHEN].min(),
            l0=rows[WHEN].max(),
        )
        found = found.to_pyarrow().to_pandas()
        axis, place = _axis(found[PERIOD], kpi.every, fys)
        codes, names = np.zeros(len(found), dtype=int), [None]
        if column:
            codes, values = pd.factorize(found[column], use_na_sentinel=False)
            names = [(column, None if pd.isna(v) else v) for v in values]
        counts = found["r0"].to_numpy(dtype=float)
        columns = [found["n0"].to_numpy(dtype=float), counts, counts]
        out |= _added(
            columns, [_days(found["f0"]), _days(found["l0"])], (codes, names), place, axis
        )
    return out


def _days(column: pd.Series) -> np.ndarray:
    """Days since 1970; nan where there is none."""
    stamps = pd.to_datetime(column)
    return np.where(stamps.isna(), np.nan, (stamps - pd.Timestamp(0)) / pd.Timedelta(days=1))


def _since(days: float) -> date:
    return date(1970, 1, 1) + timedelta(days=int(days))


def read_lateness(
    table: ir.Table, kpi: Trend, end: date, *, fiscal_year_starts: int = 1, time_zone: str = "UTC"
) -> dict[Period, dict[int, int]]:
    """How many rows of each period came in so many days after its end.

    Returns
    -------
    dict
        Period -> days -> rows; 0 for rows that came before the period was over.
    """
    table = _on_the_clock(table, (kpi.time, kpi.recorded), time_zone)
    when, came = (f"CAST({name_of(c)} AS DATE)" for c in (kpi.time, kpi.recorded))
    length = {"week": "7 DAY", "month": "1 MONTH", "quarter": "3 MONTH", "year": "12 MONTH"}[kpi.every]
    after = f"CAST({PERIOD} + INTERVAL {length} AS DATE)"
    name = name_for(table)
    found = answered(
        table, name,
        f"SELECT {PERIOD}, GREATEST(LEAST(DATE_DIFF('day', {after}, {CAME}) + 1, {_LATEST_LAG}), 0) AS lag, CAST(SUM(n) AS BIGINT) AS n "
        f"FROM (SELECT {period_sql(WHEN, kpi.every, fiscal_year_starts)} AS {PERIOD}, {CAME}, n FROM "
        f"(SELECT {when} AS {WHEN}, {came} AS {CAME}, COUNT(*) AS n FROM {name} WHERE {came} IS NOT NULL AND {when} < DATE '{end}' "
        f"{by_place(2)}) AS toolkit_days) AS toolkit_came{by_place(2)}",
    )  # fmt: skip
    out: dict[Period, dict[int, int]] = {}
    for record in found:
        period = Period.of(_day(record[PERIOD]), kpi.every, fiscal_year_starts)
        out.setdefault(period, {})[int(record["lag"])] = int(record["n"])
    return out


def _day(value: object) -> date:
    if isinstance(value, datetime):  # a pandas stamp is one
        return value.date()
    return value


def value_of(kpi: Trend, sums: Sums, period: Period, parts: int = 1) -> float:
    """The KPI's value in a period made of so many parts; nan where nothing counts."""
    if kpi.quantile is not None:
        return sums.numerator
    if kpi.per:
        return sums.numerator / (period.days if kpi.per == "day" else parts)
    return sums.numerator / sums.denominator if sums.denominator else float("nan")


def values_of(kpi: Trend, cells: Cells) -> np.ndarray:
    """`value_of` for every place of the axis; nan where nothing counts."""
    with np.errstate(divide="ignore", invalid="ignore"):
        if kpi.quantile is not None:
            value = cells.numerator
        elif kpi.per:
            value = cells.numerator / (
                np.array([p.days for p in cells.axis]) if kpi.per == "day" else 1
            )
        else:
            value = cells.numerator / np.where(cells.denominator == 0, np.nan, cells.denominator)
    return np.where(cells.rows > 0, value, np.nan)
