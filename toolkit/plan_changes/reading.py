"""What the engine is asked: one scan of the table, then sums by unit, arm, period and segment."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.company.expressions import check_expression, said
from toolkit.company.periods import Period, span
from toolkit.data.dialects import answered, name_for
from toolkit.data.frames import ENGINE_ERRORS
from toolkit.kpis import Measure, kinds_of
from toolkit.language import Sentence
from toolkit.plan_changes.definition import PlanChange
from toolkit.problems import Problem, Refused
from toolkit.scan import BUCKET, ROWS, sums_by

ARM, PERIOD, UNIT_ROW = "toolkit__arm", "toolkit__period", "toolkit__row"
_GRAINS = {"week": "week", "month": "month", "quarter": "month", "year": "month"}


class CannotBeJudged(Exception):
    """The data cannot answer, for a reason that stands on the page."""

    def __init__(self, reason: Sentence) -> None:
        super().__init__(reason.text())
        self.reason = reason


@dataclass(frozen=True, eq=False)
class Panel:
    """Sums by row and period; a row is one unit (or bucket of units) of one arm.

    Attributes
    ----------
    periods : tuple of Period (T,)
        Complete ones, without those that hold days both before and after the change.
    times : ndarray of int (T,)
        Their positions; a period left out shows as a step of 2.
    label : ndarray (R,)
        The unit or bucket; rows of one label are not independent.
    first : ndarray (R,)
        Column of the first period under the change; inf for rows that it does not touch.
    num, den : ndarray (R, T)
        The KPI's two sums; 0 where a row was not seen.
    rows : ndarray (R, T)
        Rows of the table behind them.
    other_num, other_den : ndarray (R, T) or None
        The same of the outcome that the change should not move.
    covariates : mapping
        Name -> mean by period (T,).
    basis : str
        ``units``, ``buckets`` or ``rows``.
    """

    periods: tuple[Period, ...]
    times: np.ndarray
    label: np.ndarray
    first: np.ndarray
    num: np.ndarray
    den: np.ndarray
    rows: np.ndarray
    other_num: np.ndarray | None = None
    other_den: np.ndarray | None = None
    covariates: Mapping[str, np.ndarray] = field(default_factory=dict)
    basis: str = "units"

    @property
    def treated(self) -> np.ndarray:
        """Which rows the change touches: bool (R,)."""
        return np.isfinite(self.first)

    @property
    def change(self) -> int:
        """Column of the first period under the change, anywhere."""
        return int(self.first[self.treated].min()) if self.treated.any() else len(self.periods)

    @property
    def after(self) -> np.ndarray:
        """Which periods lie after the first change: bool (T,)."""
        return np.arange(len(self.periods)) >= self.change

    def series(self, treated: bool | None = True, other: bool = False) -> np.ndarray:
        """The KPI by period in one arm (None: all rows); nan where nothing counts: (T,)."""
        keep = np.ones(len(self.first), bool) if treated is None else self.treated == treated
        num, den = (self.other_num, self.other_den) if other else (self.num, self.den)
        return ratio(num[keep].sum(axis=0), den[keep].sum(axis=0))

    def kept(self, rows: np.ndarray | None = None, columns: np.ndarray | None = None) -> Panel:
        """Fewer rows, or fewer periods."""
        r = np.arange(len(self.first)) if rows is None else np.flatnonzero(rows)
        c = np.arange(len(self.periods)) if columns is None else np.flatnonzero(columns)
        place = np.searchsorted(c, self.first[r]).astype(float)
        first = np.where(np.isfinite(self.first[r]), place, math.inf)

        def cut(sums: np.ndarray | None) -> np.ndarray | None:
            return None if sums is None else sums[np.ix_(r, c)]

        return Panel(
            tuple(self.periods[i] for i in c), self.times[c], self.label[r], first, cut(self.num),
            cut(self.den), cut(self.rows), cut(self.other_num), cut(self.other_den),
            {k: v[c] for k, v in self.covariates.items()}, self.basis,
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class Reading:
    """A panel, and the same by segment: segment -> value -> panel over the same periods."""

    panel: Panel
    segments: Mapping[str, Mapping[str, Panel]] = field(default_factory=dict)


def ratio(num: np.ndarray, den: np.ndarray) -> np.ndarray:
    """`num` by `den`; nan where there is nothing to divide by."""
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(den != 0, num / np.where(den == 0, 1.0, den), np.nan)


def read(table: ir.Table, definition: PlanChange, beside: ir.Table | None = None) -> Reading:
    """One scan, then sums; one more of the untouched outcome's own table, where it has one.

    Raises
    ------
    Refused
        A column or expression that cannot be used; all problems at once.
    CannotBeJudged
        There are no rows, or none before or after the change.
    """
    expressions = _expressions(definition)
    _refuse_unusable(table, definition, expressions, beside)
    segments = {f"toolkit__s{i}": name for i, name in enumerate(definition.segments)}
    measures = [m for m in (definition.measure, _untouched_here(definition)) if m]
    averaged = [f"toolkit__c{i}" for i in range(len(definition.covariates))]
    dims = [PERIOD, *([ARM] if ARM in expressions else []), *segments]
    unit = definition.errors_by if definition.compares else None
    if definition.compares and unit is None:
        table, unit = table.mutate(**{UNIT_ROW: ibis.row_number()}), UNIT_ROW
    try:
        frame, basis = sums_by(
            table, measures, dims, unit=unit, averaged=averaged, expressions=expressions,
            exact_units=definition.exact_units, buckets=definition.buckets,
        )  # fmt: skip
    except ENGINE_ERRORS as error:
        line = str(error).strip().splitlines()[0]
        raise Refused(Problem(_place(definition, "kpi"), f"cannot be computed: {line}")) from None
    if frame.empty or frame[PERIOD].notna().sum() == 0:
        raise CannotBeJudged(Sentence("there are no rows with a date"))
    frame = frame[frame[PERIOD].notna()].copy()
    if ARM in frame:
        frame = frame[frame[ARM].notna()] if definition.adopted_at is None else frame
    else:
        frame[ARM] = 1
    if frame.empty:
        raise CannotBeJudged(Sentence("no row is touched, and none is to compare with"))
    frame["position"], periods = _positions(frame[PERIOD], definition)
    last = _last_complete(table, frame, periods, definition)
    found = _reading(frame, periods[: last + 1], definition, segments, averaged, basis)
    if definition.untouched and definition.untouched_time:
        return replace(found, panel=_with_other(found.panel, beside, definition))
    return found


def _untouched_here(definition: PlanChange) -> Measure | None:
    """The untouched outcome, where it is read in the KPI's own scan."""
    return None if definition.untouched_time else definition.untouched


def _with_other(panel: Panel, beside: ir.Table, definition: PlanChange) -> Panel:
    """The panel with the untouched outcome of another table, by the same periods."""
    m = definition.untouched
    day = f"date_trunc('{_GRAINS[definition.grain]}', CAST(({definition.untouched_time}) AS DATE))"
    try:
        found, _ = sums_by(beside, [m], [PERIOD], expressions={PERIOD: day})
    except ENGINE_ERRORS as error:
        line = str(error).strip().splitlines()[0]
        raise Refused(Problem(_place(definition, "untouched_kpi"), f"cannot be computed: {line}")) from None
    place = {p: i for i, p in enumerate(panel.periods)}
    # a series adds its rows up, so the first of them carries the whole
    num, den = np.zeros(panel.num.shape), np.zeros(panel.num.shape)
    for day, n, d in zip(found[PERIOD], found[m.num].fillna(0), found[m.den].fillna(0), strict=True):
        at = None if pd.isna(day) else place.get(definition.period_of(_day(day)))
        if at is not None:
            num[np.flatnonzero(panel.treated)[0], at] += n
            den[np.flatnonzero(panel.treated)[0], at] += d
    return replace(panel, other_num=num, other_den=den)


def _place(definition: PlanChange, part: str) -> str:
    return f"changes.{definition.name}.{part}"


def _expressions(definition: PlanChange) -> dict[str, str]:
    grain = _GRAINS[definition.grain]
    out = {PERIOD: f"date_trunc('{grain}', CAST(({definition.time}) AS DATE))"}
    if definition.adopted_at:
        out[ARM] = f"date_trunc('{grain}', CAST(\"{definition.adopted_at}\" AS DATE))"
    elif definition.touched:
        others = definition.control or f"NOT ({definition.touched})"
        other = "" if definition.without_control else f" WHEN ({others}) THEN 0"
        out[ARM] = f"CASE WHEN ({definition.touched}) THEN 1{other} END"
    for i, sql in enumerate(definition.segments.values()):
        out[f"toolkit__s{i}"] = f"CAST(({sql}) AS VARCHAR)"
    for i, sql in enumerate(definition.covariates.values()):
        out[f"toolkit__c{i}"] = sql
    return out


def _refuse_unusable(
    table: ir.Table, definition: PlanChange, made: Mapping[str, str], beside: ir.Table | None
) -> None:
    """Raise with every column that is missing and every expression that cannot be read."""
    problems = []
    measures = {"kpi": definition.measure, "untouched_kpi": definition.untouched}
    if definition.untouched and definition.untouched_time and beside is None:
        problems.append(Problem(_place(definition, "untouched_kpi"), "lies in another table, which was not given"))
    elsewhere = {"untouched_kpi.time": definition.untouched_time}
    written = {"dated": definition.time, "touched": definition.touched, "control": definition.control}
    written |= {f"segments.{k}": v for k, v in definition.segments.items()}
    written |= {f"covariates.{k}": v for k, v in definition.covariates.items()}
    for part, measure in measures.items():
        for name in ("numerator", "denominator", "where"):
            away = part == "untouched_kpi" and definition.untouched_time
            (elsewhere if away else written)[f"{part}.{name}"] = getattr(measure, name) if measure else None
    places = [(part, sql, table.columns) for part, sql in written.items()]
    places += [(part, sql, beside.columns) for part, sql in elsewhere.items()] if beside is not None else []
    for part, sql, columns in places:
        for fault in check_expression(sql, columns).faults if sql else ():
            piece, rule = said(check_expression(sql, columns), fault)
            problems.append(Problem(_place(definition, part), rule, piece, fault.choices))
    for part in ("unit", "cluster", "adopted_at"):
        column = getattr(definition, part)
        if column and column not in table.columns:
            problems.append(Problem(_place(definition, part), "is no column of the table", column, tuple(table.columns)))
    if not problems:
        try:
            kinds_of(table, made.values())
        except ENGINE_ERRORS as error:
            line = str(error).strip().splitlines()[0]
            problems.append(Problem(_place(definition, "dated"), f"cannot be computed: {line}"))
    if problems:
        raise Refused(problems)


def _day(value: object) -> date:
    return value.date() if isinstance(value, datetime) else value


def _positions(starts: pd.Series, definition: PlanChange) -> tuple[pd.Series, list[Period]]:
    """Each row's place among all periods from the first to the last with rows."""
    found = {start: definition.period_of(_day(start)) for start in starts.unique()}
    periods = list(span(min(found.values()), max(found.values())))
    at = {p: i for i, p in enumerate(periods)}
    return starts.map({start: at[p] for start, p in found.items()}), periods


def _last_complete(table: ir.Table, frame: pd.DataFrame, periods: Sequence[Period], definition: PlanChange) -> int:
    """Place of the last period that is over; -1 where none is."""
    as_of = definition.as_of
    if as_of is None:
        name, day = name_for(table), f"CAST(({definition.time}\n) AS DATE)"
        (row,) = answered(table, name, f"SELECT MAX({day}) AS last, COUNT(DISTINCT {day}) AS days FROM {name}")
        # one dated row a period is a series already added up: its last period is over
        as_of = periods[-1].last_day if row["days"] <= frame["position"].nunique() else _day(row["last"])
    return max((i for i, p in enumerate(periods) if p.complete(as_of)), default=-1)


def _reading(
    frame: pd.DataFrame, periods: list[Period], definition: PlanChange, segments: Mapping[str, str],
    averaged: list[str], basis: str,
) -> Reading:
    usable = [
        i for i, p in enumerate(periods)
        if (definition.since is None or p.start >= definition.since) and not _mixed(p, definition)
    ]  # fmt: skip
    frame = frame[frame["position"].isin(usable)]
    if frame.empty:
        raise CannotBeJudged(Sentence("no complete {period} of the data can be used", {"period": definition.grain}))
    # a series begins with its first row
    usable = [i for i in usable if i >= frame["position"].min()]
    place = {position: i for i, position in enumerate(usable)}
    frame = frame.assign(column=frame["position"].map(place))
    kept = tuple(periods[i] for i in usable)
    if definition.adopted_at is None:
        starts = [i for i, p in enumerate(kept) if p.start >= definition.effective]
        first = float(starts[0]) if starts else float(len(kept))
        frame["first"] = np.where(frame[ARM] == 1, first, math.inf)
    else:
        frame["first"] = [_adopted(value, kept, definition) for value in frame[ARM]]
    whole = _panel(frame, kept, np.array(usable), definition, averaged, basis)
    by_segment = {}
    for column, name in segments.items():
        values = frame[column].dropna().unique()
        by_segment[name] = {
            str(value): _panel(frame[frame[column] == value], kept, np.array(usable), definition, [], basis)
            for value in sorted(values, key=str)
        }
    return Reading(whole, by_segment)


def _mixed(period: Period, definition: PlanChange) -> bool:
    """Whether the period holds days both before and after the change."""
    return definition.adopted_at is None and period.start < definition.effective <= period.last_day


def _adopted(value: object, periods: Sequence[Period], definition: PlanChange) -> float:
    if value is None or value is pd.NaT or (isinstance(value, float) and math.isnan(value)):
        return math.inf
    period = definition.period_of(_day(value))
    after = [i for i, p in enumerate(periods) if p >= period]
    return float(after[0]) if after else math.inf


def _panel(
    frame: pd.DataFrame, periods: tuple[Period, ...], times: np.ndarray, definition: PlanChange,
    averaged: list[str], basis: str,
) -> Panel:
    label = frame[BUCKET].astype(object).where(frame[BUCKET].notna(), "")
    keys = pd.MultiIndex.from_arrays([frame["first"], label])
    code, names = pd.factorize(keys, sort=False)
    shape = len(names), len(periods)

    def table(column: str) -> np.ndarray:
        out = np.zeros(shape)
        np.add.at(out, (code, frame["column"].to_numpy(dtype=int)), frame[column].to_numpy(dtype=float))
        return out

    m, other = definition.measure, _untouched_here(definition)
    rows = table(ROWS)
    total = rows.sum(axis=0)
    means = {
        name: ratio(table(column).sum(axis=0), total)
        for name, column in zip(definition.covariates, averaged, strict=False)
    }
    return Panel(
        periods, times, np.array([n[1] for n in names], dtype=object), np.array([n[0] for n in names], float),
        table(m.num), table(m.den), rows, table(other.num) if other else None,
        table(other.den) if other else None, means, basis,
    )  # fmt: skip
