"""How far is each goal, in steps and criteria of success; and the one line over all KPIs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

import ibis.expr.types as ir
import numpy as np

from toolkit.company.goals import Criterion, Goal, Overall, Step, StepTable, kpis_of, value_of
from toolkit.company.periods import Period, span
from toolkit.kpis import with_expressions
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import level_unit
from toolkit.problems import Refused
from toolkit.stats.usual_variation import usual_variation
from toolkit.trends.aims import Aim, over
from toolkit.trends.definition import Trend
from toolkit.trends.judging import FEWEST_JUDGED
from toolkit.trends.reading import Read

_MOST_STEPS = 500


@dataclass(frozen=True)
class StepState:
    """A step and where it stands: ``done``, ``late``, ``next`` or ``open``.

    `done_late` says that it was done after it was due.
    """

    label: str
    state: str
    measure: str | None = None
    due: date | None = None
    done: date | None = None
    owner: str | None = None
    reason: str | None = None

    @property
    def done_late(self) -> bool:
        """Whether it was done, after it was due."""
        return bool(self.done and self.due and self.done > self.due)


@dataclass(frozen=True)
class CriterionState:
    """A criterion, its value now, and whether it is met; None where that cannot be told."""

    criterion: Criterion
    value: Quantity
    bound: Quantity

    @property
    def met(self) -> bool | None:
        """Whether the value is at its bound or better."""
        if not self.value.known:
            return None
        if self.criterion.at_least is not None:
            return self.value.value >= self.criterion.at_least
        return self.value.value <= self.criterion.at_most


@dataclass(frozen=True)
class GoalState:
    """A goal: its aim, steps, criteria, and KPIs of what money does not show."""

    name: str
    goal: Goal
    aim: Aim | None
    steps: tuple[StepState, ...]
    criteria: tuple[CriterionState, ...]
    benefits: tuple[str, ...]
    problem: str | None = None

    @property
    def done(self) -> int:
        """How many steps are done."""
        return sum(s.state == "done" for s in self.steps)

    @property
    def late(self) -> tuple[StepState, ...]:
        """Steps past their day and not done."""
        return tuple(s for s in self.steps if s.state == "late")

    @property
    def next(self) -> StepState | None:
        """The first step that is not done."""
        return next((s for s in self.steps if s.state != "done"), None)


@dataclass(frozen=True)
class OverallLine:
    """The one line: 100 in its baseline.

    Attributes
    ----------
    periods, values
        nan with the reason where one of its KPIs has no value.
    parts
        KPI -> what it adds to the line in the last period, in points.
    """

    label: str
    periods: tuple[Period, ...]
    values: tuple[Quantity, ...]
    parts: Mapping[str, float]
    problem: str | Sentence | None = None

    @property
    def usual(self) -> Quantity | None:
        """Its centre and usual range (an XmR chart of its periods); None where they are too few."""
        seen = np.array([v.value if v.known else math.nan for v in self.values])
        if np.isfinite(seen).sum() < FEWEST_JUDGED:
            return None
        found = usual_variation(seen)
        centre, reach = float(found.centre[0]), 3 * float(np.nanmax(found.spread[0]))
        return Quantity(centre, "number", centre - reach, centre + reach)

    @property
    def now(self) -> Quantity:
        """Its last value."""
        return (
            self.values[-1]
            if self.values
            else Quantity(math.nan, reason=self.problem or "no periods")
        )


def steps_of(
    goal: Goal,
    tables: Mapping[str, ir.Table],
    as_of: date,
    now: Mapping[str, Quantity],
    better: Mapping[str, bool],
) -> tuple[StepState, ...]:
    """The steps in their order, each with where it stands on the last day the data covers.

    Parameters
    ----------
    now
        KPI -> its value, for steps that are measured by one.
    better
        KPI -> whether higher is better.
    """
    steps = _read(goal.steps_from, tables[goal.steps_from.table]) if goal.steps_from else goal.steps
    out: list[StepState] = []
    found_next = False
    for step in steps:
        done = step.done is not None and step.done <= as_of
        if step.kpi is not None and step.done is None:
            value = now.get(step.kpi)
            done = bool(
                value
                and value.known
                and (value.value >= step.level if better[step.kpi] else value.value <= step.level)
            )
        state = "done" if done else "late" if step.due and step.due < as_of else "open"
        if state == "open" and not found_next:
            state, found_next = "next", True
        measure = step.measure or (f"{step.kpi} at {step.level:g}" if step.kpi else None)
        out.append(
            StepState(
                step.label,
                state,
                measure,
                step.due,
                step.done if done else None,
                step.owner,
                step.reason,
            )
        )
    return tuple(out)


def _read(where: StepTable, table: ir.Table) -> list[Step]:
    """Rows of a table as steps."""
    columns = where.columns()
    if where.where:
        marked = with_expressions(
            table, {"toolkit__kept": where.where}, tuple(dict.fromkeys(columns.values()))
        )
        table = marked.filter(marked.toolkit__kept)
    rows = table.select(**{key: table[column] for key, column in columns.items()})
    records = rows.order_by("order").limit(_MOST_STEPS).to_pyarrow().to_pylist()
    return [
        Step.model_construct(
            **{
                "measure": None,
                "kpi": None,
                "level": None,
                "due": None,
                "done": None,
                "owner": None,
                "reason": None,
                **{k: _plain(v) for k, v in r.items() if k != "order"},
            }
        )
        for r in records
    ]


def _plain(value: object) -> object:
    return value.date() if isinstance(value, datetime) else value


def criterion_of(
    criterion: Criterion, now: Mapping[str, Quantity], currency: str
) -> CriterionState:
    """A criterion from the values of the period asked for; its interval from those of its KPIs.

    The delta method with KPIs taken as independent: those of one table are not, so the interval
    is a guide.
    """
    unit = level_unit(criterion.format, currency)
    bound = Quantity(
        criterion.at_least if criterion.at_least is not None else criterion.at_most, unit
    )
    names = kpis_of(criterion.formula)
    for name in names:
        if name not in now or not now[name].known:
            reason = now[name].reason if name in now else "it is not among the KPIs looked at"
            return CriterionState(
                criterion, Quantity(math.nan, unit, reason=Sentence("{kpi}: {reason}", {"kpi": name, "reason": reason or ""})), bound
            )
    values = {name: now[name].value for name in names}
    value = value_of(criterion.formula, values)
    if math.isnan(value):
        return CriterionState(
            criterion, Quantity(math.nan, unit, reason="the formula divides by nothing"), bound
        )
    square = 0.0
    for name in names:
        q = now[name]
        if q.low is None:
            return CriterionState(criterion, Quantity(value, unit), bound)
        half = (q.high - q.low) / 2
        moved = (
            value_of(criterion.formula, {**values, name: q.value + half}),
            value_of(criterion.formula, {**values, name: q.value - half}),
        )
        square += ((moved[0] - moved[1]) / 2) ** 2
    reach = math.sqrt(square)
    known = math.isfinite(reach)
    return CriterionState(
        criterion,
        Quantity(value, unit, value - reach, value + reach) if known else Quantity(value, unit),
        bound,
    )


def overall_line(
    overall: Overall,
    kpis: Iterable[Trend],
    reads: Mapping[str, Read],
    asked: Period,
    fiscal_year_starts: int,
    unfinished: Mapping[str, Mapping[Period, object]],
) -> OverallLine:
    """Each KPI against its own baseline, weighed together as a geometric mean; better is up."""
    by_name = {k.name: k for k in kpis}
    absent = [n for n in overall.kpis if n not in by_name or not reads[n].cells[n][None]]
    if absent:
        return OverallLine(overall.label, (), (), {}, Sentence("no rows for {kpis}", {"kpis": tuple(absent)}))
    cells = {n: reads[n].cells[n][None] for n in overall.kpis}
    try:
        base = (
            Period.parse(overall.baseline_period, fiscal_year_starts)
            if overall.baseline_period
            else _first(cells, asked)
        )
    except Refused as refused:
        return OverallLine(
            overall.label, (), (), {}, f"'{overall.baseline_period}' {refused.problems[0].rule}"
        )
    start = Period.of(base.start, asked.kind, fiscal_year_starts)
    if start > asked:
        return OverallLine(
            overall.label, (), (), {},
            Sentence("its baseline {base} lies after {asked}", {"base": base.label, "asked": asked.label}),
        )
    first = {n: over(by_name[n], cells[n], base) for n in overall.kpis}
    missing = [
        Sentence("{kpi}: {reason}", {"kpi": by_name[n].title, "reason": q.reason or ""})
        for n, q in first.items()
        if not q.known
    ]
    missing += [
        Sentence("{kpi}: a baseline of {value} cannot be divided by", {"kpi": by_name[n].title, "value": q})
        for n, q in first.items()
        if q.value <= 0
    ]
    if missing:
        return OverallLine(overall.label, (), (), {}, Sentence("{reasons}", {"reasons": tuple(missing)}))
    total = sum(overall.kpis.values())
    periods = tuple(span(start, asked))
    values, parts = [], {}
    for period in periods:
        logs, reason = {}, None
        for n, weight in overall.kpis.items():
            q = over(by_name[n], cells[n], period)
            whole = not any(
                p.start < period.end and p.end > period.start for p in unfinished.get(n, {})
            )
            if not q.known or not whole or q.value <= 0:
                why = q.reason or "the period is not complete"
                reason = Sentence("{kpi}: {reason}", {"kpi": by_name[n].title, "reason": why})
                break
            sign = 1 if by_name[n].higher else -1
            logs[n] = sign * weight / total * math.log(q.value / first[n].value)
        if reason:
            values.append(Quantity(math.nan, reason=reason))
            continue
        values.append(Quantity(100 * math.exp(sum(logs.values()))))
        parts = {n: 100 * x for n, x in logs.items()}
    return OverallLine(overall.label, periods, tuple(values), parts)


def _first(cells: Mapping[str, Mapping[Period, object]], asked: Period) -> Period:
    """The first period of the asked kind that begins when all of them are measured."""
    start = max(min(by) for by in cells.values())
    period = Period.of(start.start, asked.kind, asked.fiscal_year_starts)
    return period if period.start >= start.start else period.next()
