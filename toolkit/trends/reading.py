"""One scan of a table: the sums of all its KPIs by period and segment; and when rows came in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.company.periods import Kind, Period
from toolkit.data.date_texts import in_zone
from toolkit.kpis import measured, with_expressions
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


def period_start(when: ir.Value, kind: Kind, fiscal_year_starts: int = 1) -> ir.Value:
    """The first day of the period that a moment or day lies in, computed by the engine.

    Weeks begin on Monday (ISO 8601). Fiscal quarters and years are calendar ones moved by whole
    months.
    """
    day = when.cast("date")
    if kind == "week":
        return day.truncate("W").cast("date")
    if kind == "month":
        return day.truncate("M").cast("date")
    moved = (fiscal_year_starts - 1) % (3 if kind == "quarter" else 12)
    unit = "Q" if kind == "quarter" else "Y"
    if not moved:
        return day.truncate(unit).cast("date")
    back = (day - ibis.interval(months=moved)).cast("date").truncate(unit).cast("date")
    return (back + ibis.interval(months=moved)).cast("date")


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
):
    kpi = kpis[0]
    rows = measured(table, [k.measure for k in kpis], extra, expressions={WHEN: f'"{kpi.time}"'})
    when = local(rows[WHEN], zone)
    rows = rows.mutate(**{WHEN: when.cast("date"), PERIOD: period_start(when, kpi.every, fys)})
    return rows.filter(rows[WHEN].notnull() & (rows[WHEN] < ibis.literal(end)))


def _read_sums(table, kpis, end, fys, zone) -> dict[str, dict[Segment, Cells]]:
    dims = list(dict.fromkeys(s for k in kpis for s in k.segments))
    rows = _dated(table, kpis, end, fys, zone, dims)
    wanted = {}
    for i, k in enumerate(kpis):
        counts = rows[k.measure.den] != 0
        wanted |= {
            f"n{i}": rows[k.measure.num].sum(),
            f"d{i}": rows[k.measure.den].sum(),
            f"r{i}": counts.sum(),
            f"f{i}": rows[WHEN].min(where=counts),
            f"l{i}": rows[WHEN].max(where=counts),
        }
    found = rows.group_by([PERIOD, *dims]).agg(**wanted).to_pyarrow().to_pandas()
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
        rows = _dated(table, [kpi], end, fys, zone, dims)
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
    rows = with_expressions(table, {WHEN: f'"{kpi.time}"', CAME: f'"{kpi.recorded}"'})
    when, came = local(rows[WHEN], time_zone), local(rows[CAME], time_zone)
    rows = rows.mutate(
        **{
            PERIOD: period_start(when, kpi.every, fiscal_year_starts),
            CAME: came.cast("date"),
            WHEN: when.cast("date"),
        }
    )
    rows = rows.filter(
        rows[WHEN].notnull() & rows[CAME].notnull() & (rows[WHEN] < ibis.literal(end))
    )
    months = {"week": 0, "month": 1, "quarter": 3, "year": 12}[kpi.every]
    after = rows[PERIOD] + (ibis.interval(months=months) if months else ibis.interval(days=7))
    lag = rows[CAME].delta(after.cast("date"), unit="day") + 1
    lag = ibis.greatest(ibis.least(lag, ibis.literal(_LATEST_LAG)), ibis.literal(0))
    rows = rows.mutate(lag=lag)
    out: dict[Period, dict[int, int]] = {}
    for record in rows.group_by([PERIOD, "lag"]).agg(n=rows.count()).to_pyarrow().to_pylist():
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
