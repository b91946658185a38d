"""One scan of a table: the sums of all its KPIs by period and segment; and when rows came in."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

from toolkit.company.periods import Kind, Period
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
            self.numerator + other.numerator, self.denominator + other.denominator,
            self.rows + other.rows, min(self.first, other.first), max(self.last, other.last),
        )


@dataclass(frozen=True)
class Read:
    """What one scan brings.

    Attributes
    ----------
    cells
        KPI -> segment (None: all) -> period -> sums.
    late
        Table -> period -> days from its end until a row came in -> rows; rows that came before
        it ended count at 0.
    """

    cells: Mapping[str, Mapping[Segment, Mapping[Period, Sums]]]
    late: Mapping[str, Mapping[Period, Mapping[int, int]]] = field(default_factory=dict)


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
        return when.cast(f"timestamp('{time_zone}')").cast("timestamp")
    return when


def read(table: ir.Table, kpis: Sequence[Trend], end: date, *, fiscal_year_starts: int = 1,
         time_zone: str = "UTC") -> Read:
    """The sums of KPIs that share their table, their date column and their periods.

    Parameters
    ----------
    table
        One row an observation.
    end
        The first day that is left out.
    """
    sums = [k for k in kpis if k.quantile is None]
    cells: dict[str, dict[Segment, dict[Period, Sums]]] = {k.name: {None: {}} for k in kpis}
    if sums:
        _read_sums(table, sums, end, fiscal_year_starts, time_zone, cells)
    for kpi in kpis:
        if kpi.quantile is not None:
            _read_quantile(table, kpi, end, fiscal_year_starts, time_zone, cells[kpi.name])
    return Read(cells)


def _dated(table: ir.Table, kpis: Sequence[Trend], end: date, fys: int, zone: str, extra: Iterable[str]):
    kpi = kpis[0]
    rows = measured(table, [k.measure for k in kpis], extra, expressions={WHEN: f'"{kpi.time}"'})
    when = local(rows[WHEN], zone)
    rows = rows.mutate(**{WHEN: when.cast("date"), PERIOD: period_start(when, kpi.every, fys)})
    return rows.filter(rows[WHEN].notnull() & (rows[WHEN] < ibis.literal(end)))


def _read_sums(table, kpis, end, fys, zone, cells) -> None:
    dims = list(dict.fromkeys(s for k in kpis for s in k.segments))
    rows = _dated(table, kpis, end, fys, zone, dims)
    wanted = {}
    for i, k in enumerate(kpis):
        counts = rows[k.measure.den] != 0
        wanted |= {
            f"n{i}": rows[k.measure.num].sum(), f"d{i}": rows[k.measure.den].sum(), f"r{i}": counts.sum(),
            f"f{i}": rows[WHEN].min(where=counts), f"l{i}": rows[WHEN].max(where=counts),
        }  # fmt: skip
    for record in rows.group_by([PERIOD, *dims]).agg(**wanted).to_pyarrow().to_pylist():
        period = Period.of(_day(record[PERIOD]), kpis[0].every, fys)
        for i, k in enumerate(kpis):
            if not record[f"r{i}"]:
                continue
            found = Sums(float(record[f"n{i}"]), float(record[f"d{i}"]), int(record[f"r{i}"]),
                         _day(record[f"f{i}"]), _day(record[f"l{i}"]))
            for segment in (None, *((s, record[s]) for s in k.segments)):
                into = cells[k.name].setdefault(segment, {})
                into[period] = into[period].with_(found) if period in into else found


def _read_quantile(table, kpi, end, fys, zone, into) -> None:
    for column in (None, *kpi.segments):
        dims = [column] if column else []
        rows = _dated(table, [kpi], end, fys, zone, dims)
        rows = rows.filter(rows[kpi.measure.den] != 0)
        found = rows.group_by([PERIOD, *dims]).agg(
            v=rows[kpi.measure.num].quantile(kpi.quantile), r=rows.count(), f=rows[WHEN].min(), l=rows[WHEN].max())
        for record in found.to_pyarrow().to_pylist():
            period = Period.of(_day(record[PERIOD]), kpi.every, fys)
            segment = (column, record[column]) if column else None
            n = int(record["r"])
            into.setdefault(segment, {})[period] = Sums(
                float(record["v"]), float(n), n, _day(record["f"]), _day(record["l"]))


def read_lateness(table: ir.Table, kpi: Trend, end: date, *, fiscal_year_starts: int = 1,
                  time_zone: str = "UTC") -> dict[Period, dict[int, int]]:
    """How many rows of each period came in so many days after its end.

    Returns
    -------
    dict
        Period -> days -> rows; 0 for rows that came before the period was over.
    """
    rows = with_expressions(table, {WHEN: f'"{kpi.time}"', CAME: f'"{kpi.recorded}"'})
    when, came = local(rows[WHEN], time_zone), local(rows[CAME], time_zone)
    rows = rows.mutate(**{PERIOD: period_start(when, kpi.every, fiscal_year_starts), CAME: came.cast("date"),
                          WHEN: when.cast("date")})
    rows = rows.filter(rows[WHEN].notnull() & rows[CAME].notnull() & (rows[WHEN] < ibis.literal(end)))
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
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    return date(1970, 1, 1) + timedelta(days=int(value))


def value_of(kpi: Trend, sums: Sums, period: Period, parts: int = 1) -> float:
    """The KPI's value in a period made of so many parts; nan where nothing counts."""
    if kpi.quantile is not None:
        return sums.numerator
    if kpi.per:
        return sums.numerator / (period.days if kpi.per == "day" else parts)
    return sums.numerator / sums.denominator if sums.denominator else float("nan")
