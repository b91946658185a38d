"""What is this KPI in this period, whole and by segment, and how certain is that?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from toolkit.aggregates import Moments
from toolkit.data.asking import literal
from toolkit.data.frames import as_table
from toolkit.data.sql_names import name_of
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.kpis import Measure
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import level_unit
from toolkit.scan import aggregate
from toolkit.shown import Grid, Shown
from toolkit.stats import ratios, shares
from toolkit.study import Study
from toolkit.trends.small_segments import TOO_FEW, too_small

_FEW_UNITS = 30


@dataclass(frozen=True)
class KpiLevel:
    """The question: one KPI, one stretch of time, perhaps by segment.

    Attributes
    ----------
    name, label
        The KPI's name and what people call it.
    measure
        Its two sums.
    time
        The column that dates a row; with `starts` (first day) and `ends` (first day after).
    unit
        The column whose rows belong together; None where every row is independent.
    segments
        Columns to look at separately, one at a time.
    format, currency
        What the value is in.
    min_cell
        Segments of fewer rows than this, and those that would tell of them, are not shown; a params
        file says 10.
    """

    name: str
    measure: Measure
    label: str = ""
    time: str | None = None
    starts: date | None = None
    ends: date | None = None
    unit: str | None = None
    segments: tuple[str, ...] = ()
    format: str = "number"
    currency: str = "EUR"
    level: float = 0.95
    period: str | None = None
    source: str = ""
    exact_units: int = 1_000_000
    buckets: int = 256
    min_cell: int = 1


@dataclass(frozen=True)
class Level:
    """The KPI in one segment (None: all).

    Attributes
    ----------
    value
        With its interval; nan with the reason where there is none.
    n
        Units it rests on (rows between buckets of units).
    se, df
        Standard error and degrees of freedom; nan where a score interval has none.
    """

    segment: str | None
    of: object
    value: Quantity
    n: int
    n_unit: str
    rows: int
    se: float
    df: float
    method: str


@dataclass(frozen=True, repr=False)
class Levels(Shown):
    """A KPI's level in a period: the whole first, then its segments."""

    definition: KpiLevel
    levels: tuple[Level, ...]

    @property
    def whole(self) -> Level:
        """Over all segments."""
        return self.levels[0]

    def grid(self) -> Grid:
        """One row a segment."""
        rows = [
            (
                Sentence("All")
                if v.segment is None
                else f"{v.segment}: {'—' if v.of is None else v.of}",
                v.value,
                v.rows,
                v.n,
            )
            for v in self.levels
        ]
        return Grid(
            Sentence("{kpi}", {"kpi": self.definition.label or self.definition.name}),
            (
                Sentence("Segment"),
                Sentence("Value"),
                Sentence("Rows"),
                Sentence("Independent units"),
            ),
            tuple(rows),
        )


def estimate(table: object, definition: KpiLevel | None = None) -> Levels:
    """The KPI's value with its interval, whole and by segment.

    Parameters
    ----------
    table
        A pandas frame, an Ibis table, a path, or a `Study` that brings its definition.

    Returns
    -------
    Levels
        Shares of independent rows by Wilson's interval, everything else by the delta method with
        standard errors by unit. A segment without rows is nan with the reason.
    """
    if isinstance(table, Study):
        table, definition = table.table, table.definition
    rows, only = as_table(table), _within(definition)
    asked = [(None, ())] + [(s, (s,)) for s in definition.segments]
    levels = []
    for segment, dims in asked:
        cells = aggregate(
            rows,
            [definition.measure],
            dims,
            unit=definition.unit,
            only=only,
            exact_units=definition.exact_units,
            buckets=definition.buckets,
            disjoint=not dims,
        ).cells
        if not cells and segment is None:
            levels.append(_nothing(definition, "no rows in this period"))
        hidden = too_small({(segment, key[0]): m.rows for key, m in cells.items() if key}, definition.min_cell)
        levels += [
            _nothing(definition, TOO_FEW, segment, key[0])
            if key and (segment, key[0]) in hidden
            else _level(definition, segment, key[0] if key else None, m)
            for key, m in cells.items()
        ]
    return Levels(definition, tuple(levels))


def _within(d: KpiLevel) -> str | None:
    """SQL for the rows of the period; None where all are asked about."""
    if d.time is None:
        return None
    ends = [f"{name_of(d.time)} {sign} {literal(day)}" for sign, day in ((">=", d.starts), ("<", d.ends)) if day]
    return " AND ".join(ends) or None


def _nothing(d: KpiLevel, reason: str, segment: str | None = None, of: object = None) -> Level:
    unit = level_unit(d.format, d.currency)
    return Level(
        segment, of, Quantity(math.nan, unit, reason=reason), 0, "units", 0, math.nan, math.nan, ""
    )


def _level(d: KpiLevel, segment: str | None, of: object, m: Moments) -> Level:
    num, den = d.measure.num, d.measure.den
    unit = level_unit(d.format, d.currency)
    if m.sum_of(den) == 0:
        return _nothing(d, "the denominator is empty: no row counts", segment, of)
    n_unit = {"rows": "rows", "units": d.unit or "units", "buckets": "buckets of units"}[m.basis]
    if m.basis == "rows" and _zeros_and_ones(m, num) and _zeros_and_ones(m, den):
        n = round(m.sum_of(den))
        found = shares.interval(shares.Share(round(m.sum_of(num)), n), level=d.level)
        method = "share, Wilson's score interval"
    else:
        n = m.n
        sample = ratios.RatioMoments(
            n=m.n,
            mean_y=m.mean_of(num),
            mean_x=m.mean_of(den),
            variance_y=m.var_of(num),
            variance_x=m.var_of(den),
            covariance=m.cov_of(num, den),
        )
        found = ratios.interval(sample, level=d.level)
        method = (
            f"ratio of sums, delta method, standard errors by {d.unit}"
            if d.unit
            else "mean, delta method"
        )
        if m.basis == "buckets":
            method += f" in {m.n} buckets"
    if math.isnan(found.low):
        value = Quantity(
            found.estimate, unit, reason="one unit only: nothing to take a spread from"
        )
    else:
        value = Quantity(found.estimate, unit, found.low, found.high)
    return Level(segment, of, value, n, n_unit, m.rows, found.se, found.df, method)


def _zeros_and_ones(m: Moments, column: str) -> bool:
    """Whether a column held nothing but 0 and 1: then its variance is p (1 - p) n / (n - 1)."""
    at = m.at(column)
    if not (m.low[at] >= 0 and m.high[at] <= 1):
        return False
    p = m.mean_of(column)
    spread = 0.0 if m.n < 2 else m.var_of(column)
    return math.isclose(spread * (m.n - 1), p * (1 - p) * m.n, rel_tol=1e-9, abs_tol=1e-9 * m.n)


def check(levels: Levels) -> Checks:
    """Is there enough to say it?"""
    whole = levels.whole
    return Checks(
        (
            Check(
                Sentence("enough independent units"),
                whole.n >= _FEW_UNITS,
                Sentence(
                    "{n} stand behind the value; below {few} its interval is too narrow",
                    {"n": whole.n, "few": _FEW_UNITS},
                ),
                numbers={"n": whole.n},
            ),
        )
    )


def conclude(levels: Levels, checks: Checks) -> Findings:
    """One finding for the whole and one for each segment."""
    d = levels.definition
    label = d.label or d.name
    found = []
    for v in levels.levels:
        where = f"{v.segment}={v.of}" if v.segment else None
        named = {"kpi": label, "value": v.value, "where": where or ""}
        if not v.value.known:
            sentence = Sentence(
                "{kpi}: no data, because {reason}.", {"kpi": label, "reason": v.value.reason or ""}
            )
        elif v.value.low is None:
            sentence = Sentence("{kpi} is {value}.", named)
        elif where:
            sentence = Sentence("{kpi} is {value} ({value:range}) for {where}.", named)
        else:
            sentence = Sentence("{kpi} is {value} ({value:range}).", named)
        known = v.value.known and v.value.low is not None
        found.append(
            Finding(
                id="/".join(["kpi", d.name, *([where] if where else [])]),
                notebook="kpi_trends",
                question=Sentence("What is {kpi}?", {"kpi": label}),
                subject=d.name,
                kpi=d.name,
                segment=where,
                period=d.period,
                verdict="measured" if v.value.known else "no_data",
                sentence=sentence,
                estimate=v.value.value,
                low=v.value.low if known else math.nan,
                high=v.value.high if known else math.nan,
                level=d.level,
                unit=v.value.unit,
                n=v.n,
                n_unit=v.n_unit,
                method=v.method,
                source=d.source,
                checks=tuple(checks) if v.segment is None else (),
                numbers={"se": v.se, "df": v.df, "rows": v.rows},
            )
        )
    return Findings(tuple(found))


def from_params(
    company,
    name: str,
    starts: date | None = None,
    ends: date | None = None,
    segments: tuple[str, ...] = (),
    period: str | None = None,
) -> KpiLevel:
    """The question about a KPI of a params file.

    Parameters
    ----------
    company
        A `toolkit.company.models.Company`.
    starts, ends
        First day, and first day after; all rows where None.
    """
    kpi = company.kpis[name]
    return KpiLevel(
        name=name,
        label=kpi.label,
        measure=Measure(name, kpi.numerator, kpi.denominator, kpi.where),
        time=kpi.time or company.tables[kpi.table].time,
        starts=starts,
        ends=ends,
        unit=kpi.unit,
        segments=segments,
        format=kpi.format,
        currency=company.company.currency,
        period=period,
        source=kpi.table,
        exact_units=company.engine.exact_units,
        buckets=company.engine.buckets,
        min_cell=company.company.min_cell,
    )
