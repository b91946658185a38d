"""Where do budgets stand, in money and in hours? Plan, work done, spent, and what it will have cost."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pandas as pd

from toolkit.company.periods import Period
from toolkit.data.frames import TableLike, as_table
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.money.definition import Ledger
from toolkit.money.ledger import MEASURES, read_ledger
from toolkit.money.rows import SpentRow
from toolkit.shown import Grid, Shown
from toolkit.stats.earned_value import EarnedValue, earned_value
from toolkit.study import Study

NOTEBOOK = "roi"
PARTS = ("component", "phase", "department")
OVERRUN = 0.1
"""More than a tenth over the plan is worth a word."""


@dataclass(frozen=True)
class Standing:
    """One part of the budget, in money or in hours.

    Attributes
    ----------
    part, name
        ``component``, ``phase``, ``department``, ``year`` or ``whole``, and which one.
    measure
        ``money`` or ``hours``.
    value
        Plan, work done and spent; without a column of work done, `cpi`, `spi` and `forecast` are nan.
    to_come
        Planned for months that are not over.
    """

    part: str
    name: str
    measure: str
    value: EarnedValue
    to_come: float

    @property
    def forecast(self) -> float:
        """At completion: by the work done where it is known, else spent and the plan of what is to come."""
        if math.isfinite(self.value.forecast):
            return self.value.forecast
        return self.value.actual + self.to_come


@dataclass(frozen=True, repr=False)
class Budgets(Shown):
    """Budgets in money and hours.

    Attributes
    ----------
    standings
        Of the whole, and by component, phase, department and year; money first.
    later
        Rows that are later costs, by component: a `Standing` each.
    labour, labour_to_come
        Hours spent and still planned, as money.
    rows
        The ledger, a row a month and line.
    """

    definition: Ledger
    standings: tuple[Standing, ...]
    later: tuple[Standing, ...]
    labour: float
    labour_to_come: float
    rows: pd.DataFrame = field(repr=False)

    def whole(self, measure: str) -> Standing | None:
        """The whole budget; None where nothing of it is planned in this measure."""
        return next((s for s in self.standings if s.part == "whole" and s.measure == measure), None)

    def by(self, part: str, measure: str) -> tuple[Standing, ...]:
        """One part, in one measure."""
        return tuple(s for s in self.standings if s.part == part and s.measure == measure)

    def unit(self, measure: str) -> str:
        """What it is counted in."""
        return self.definition.currency if measure == "money" else "hours"

    def quantity(self, s: Standing) -> Quantity:
        """The forecast at completion with its interval, where the work done gives one."""
        low, high = s.value.forecast_low, s.value.forecast_high
        if math.isfinite(low) and math.isfinite(high) and math.isfinite(s.value.forecast):
            return Quantity(s.value.forecast, self.unit(s.measure), low, high)
        return Quantity(s.forecast, self.unit(s.measure))

    def title_of(self, s: Standing) -> str:
        """What people call a part."""
        return self.definition.labels.get(s.name) or shown(s.name)

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        return Sentence("Planned (line), spent (full bar) and expected at the end (pale bar), by component")

    def spent_rows(self) -> tuple[SpentRow, ...]:
        """By component, money and hours, as charts take it."""
        return tuple(
            SpentRow(
                Sentence("Money") if s.measure == "money" else Sentence("Hours"), self.title_of(s),
                Quantity(s.value.at_completion, self.unit(s.measure)), Quantity(s.value.actual, self.unit(s.measure)),
                Quantity(s.forecast, self.unit(s.measure)),
            )
            for m in MEASURES for s in self.by("component", m)
        )  # fmt: skip

    def grid(self) -> Grid:
        """Money: the whole, and every component."""
        return self._table(self._parts(("whole", "component"), ("money",)), Sentence("Budgets of money"), self._no_work)

    def hours_grid(self) -> Grid:
        """Hours: the whole, and every component."""
        unit = self.definition.currency
        note = Sentence("At their rate the hours spent are worth {spent}, those to come {coming}.", {
            "spent": Quantity(self.labour, unit), "coming": Quantity(self.labour_to_come, unit)})  # fmt: skip
        if not self.definition.has_hours:
            note = Sentence("The ledger has no hours: `budgets.planned_hours`, `actual_hours`.")
        return self._table(self._parts(("whole", "component"), ("hours",)), Sentence("Budgets of hours"), note)

    def other_grid(self) -> Grid:
        """By phase, department and year."""
        return self._table(self._parts(("phase", "department", "year"), MEASURES), Sentence("Budgets by phase, department and year"))

    def later_grid(self) -> Grid:
        """What comes later, such as training and integration."""
        note = None if self.later else Sentence("The params do not say which costs come later: `budgets.later`.")
        return self._table(self.later, Sentence("Costs that come later"), note)

    def work_grid(self) -> Grid:
        """Earned value of every component: work due, done and spent, with both indices."""
        rows = []
        for s in self._parts(("whole", "component"), MEASURES):
            v, unit, why = s.value, self.unit(s.measure), "no work is counted"
            cpi = Quantity(v.cpi, "number", v.cpi_low, v.cpi_high) if math.isfinite(v.cpi_low) else Quantity(v.cpi, "number", reason=why)
            rows.append((self._name(s), Quantity(v.planned, unit), Quantity(v.earned, unit, reason=why), Quantity(v.actual, unit), cpi,
                         Quantity(v.spi, "number", reason=why)))  # fmt: skip
        heads = ("Part", "Work due", "Work done", "Spent", "Done for one unit spent (CPI)", "Done of what is due (SPI)")
        return Grid(Sentence("Work due, done and paid for"), tuple(Sentence(h) for h in heads), tuple(rows), self._no_work)

    @property
    def _no_work(self) -> Sentence | None:
        if not self.standings:
            return Sentence("There is no ledger: `money.budgets` would name it.")
        return None if self.definition.done else Sentence(
            "The ledger does not say how much of the work is done: there is no earned value, and the end is what is "
            "spent and what is planned for the months to come.")  # fmt: skip

    def _parts(self, parts: tuple[str, ...], measures: tuple[str, ...]) -> list[Standing]:
        return [s for m in measures for p in parts for s in self.by(p, m)]

    def _name(self, s: Standing) -> str | Sentence:
        return Sentence("Whole plan") if s.part == "whole" else self.title_of(s)

    def _table(self, standings: Iterable[Standing], title: Sentence, note: Sentence | None = None) -> Grid:
        rows = []
        for s in standings:
            unit = self.unit(s.measure)
            over = s.forecast / s.value.at_completion - 1 if s.value.at_completion > 0 else math.nan
            rows.append((self._name(s), Quantity(s.value.actual, unit), Quantity(s.value.at_completion, unit), self.quantity(s),
                         Quantity(over, "percent", reason="nothing is planned")))  # fmt: skip
        heads = ("Part", "Spent", "Planned in all", "Expected at the end", "Over the plan")
        return Grid(title, tuple(Sentence(h) for h in heads), tuple(rows), note)


def estimate(table: TableLike | Study[Ledger], definition: Ledger | None = None) -> Budgets:
    """Where do budgets stand?

    Parameters
    ----------
    table
        The ledger: a pandas frame, an Ibis table or a path; or a study, which brings the definition. A
        study without a table is "no data".

    Raises
    ------
    Refused
        The ledger cannot be used; all problems at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a table needs the ledger's columns: estimate(table, Ledger(…))")
    if table is None:
        return Budgets(definition, (), (), 0.0, 0.0, pd.DataFrame())
    rows = read_ledger(as_table(table), definition)
    year = [Period.of(m, "year", definition.fiscal_year_starts).label for m in rows["month"]]
    rows = rows.assign(year=year, whole="")
    measures = MEASURES if definition.has_hours else ("money",)
    parts = ["whole", *[p for p in PARTS if p == "component" or getattr(definition, p)], "year"]
    standings = tuple(s for m in measures for p in parts for s in _by(rows, p, m, definition))
    later = tuple(s for m in measures for s in _by(rows[rows["later"]], "component", m, definition))
    known = rows["known"]
    return Budgets(
        definition, standings, later, float(rows.loc[known, "actual_labour"].sum()),
        float(rows.loc[~known, "planned_labour"].sum()), rows,
    )  # fmt: skip


def _by(rows: pd.DataFrame, part: str, measure: str, d: Ledger) -> Iterator[Standing]:
    for name, group in rows.groupby(part, sort=False):
        planned = float(group[f"planned_{measure}"].sum())
        if not planned and not group[f"actual_{measure}"].sum():
            continue
        yield _standing(str(name), part, measure, group, d)


def _standing(name: str, part: str, measure: str, group: pd.DataFrame, d: Ledger) -> Standing:
    seen = group[group["known"]].groupby("month")[[f"{k}_{measure}" for k in ("planned", "actual", "earned")]].sum()
    due = seen[f"planned_{measure}"].to_numpy()
    spent = seen[f"actual_{measure}"].to_numpy()
    planned = float(group[f"planned_{measure}"].sum())
    to_come = float(group.loc[~group["known"], f"planned_{measure}"].sum())
    earned = seen[f"earned_{measure}"].to_numpy()
    done = [e / p if p > 0 else 0.0 for e, p in zip(earned, due, strict=True)]
    value = earned_value(due, [min(x, 1.0) for x in done], spent, max(planned, float(due.sum())), level=d.level)
    if d.done is None:
        value = _without_work(value)
    return Standing(part, name, measure, value, to_come)


def _without_work(value: EarnedValue) -> EarnedValue:
    nothing = math.nan
    return EarnedValue(value.planned, nothing, value.actual, value.at_completion, nothing, nothing, nothing, nothing,
                       nothing, nothing, nothing, value.level)  # fmt: skip


def check(found: Budgets) -> Checks:
    """Reasons for doubt about the ledger."""
    if not found.standings:
        said = Sentence("the params name none: `money.budgets`")
        return Checks((Check(Sentence("There is a ledger of money and hours"), False, said),))
    return Checks(tuple(_checks(found)))


def _checks(found: Budgets) -> Iterator[Check]:
    d, rows = found.definition, found.rows
    past = rows[[m <= d.until for m in rows["month"]]]
    missing = int((~past["known"] & (past["planned_money"] > 0)).sum())
    yield Check(
        Sentence("Every month up to now has its actuals"), missing == 0,
        Sentence("{n} lines of months have a plan and no actual", {"n": missing}),
        numbers={"without_actual": missing},
    )  # fmt: skip
    unplanned = int(((rows["planned_money"].fillna(0) == 0) & (rows["actual_money"] > 0)).sum())
    yield Check(
        Sentence("Nothing is spent that was not planned"), unplanned == 0,
        Sentence("{n} lines of months have an actual and no plan", {"n": unplanned}), numbers={"without_plan": unplanned},
    )  # fmt: skip
    yield Check(
        Sentence("The ledger says how much of the work is done"), d.done is not None,
        Sentence("work done is a column of the ledger") if d.done else Sentence("there is no earned value without it"),
    )  # fmt: skip
    yield Check(
        Sentence("Hours stand beside the money"), d.has_hours,
        Sentence("hours are planned and counted") if d.has_hours else Sentence("the ledger has no hours"),
    )  # fmt: skip


def conclude(found: Budgets, checks: Checks) -> Findings:
    """The budget in money and in hours, then every component, phase, department, and later costs."""
    main = [_whole(found, m, checks) for m in MEASURES]
    parts = [_part(found, s) for s in found.standings if s.part not in ("whole", "year")]
    return Findings((*main, *parts, *(_later(found, s) for s in found.later)))


def _values(found: Budgets, s: Standing) -> dict:
    unit = found.unit(s.measure)
    over = s.forecast - s.value.at_completion
    share = over / s.value.at_completion if s.value.at_completion else math.nan
    return {
        "part": found.title_of(s), "planned": Quantity(s.value.at_completion, unit), "spent": Quantity(s.value.actual, unit),
        "end": found.quantity(s), "over": Quantity(abs(over), unit), "share": Quantity(abs(share), "percent"),
    }  # fmt: skip


def _numbers(s: Standing) -> dict[str, float]:
    v = s.value
    return {
        "planned_to_date": v.planned, "earned": v.earned, "actual": v.actual, "planned_in_all": v.at_completion,
        "forecast": s.forecast, "cpi": v.cpi, "cpi_low": v.cpi_low, "cpi_high": v.cpi_high, "spi": v.spi,
        "cost_variance": v.cost_variance, "schedule_variance": v.schedule_variance, "to_come": s.to_come,
    }  # fmt: skip


def _shared(found: Budgets, s: Standing | None) -> dict:
    d = found.definition
    out = {"notebook": NOTEBOOK, "period": d.period, "source": d.table, "owner": d.owner, "level": d.level,
           "n": len(found.rows), "n_unit": "lines of months",
           "method": "earned value; interval of the CPI by Lipke et al. (2009)"}  # fmt: skip
    if s is not None:
        q = found.quantity(s)
        ends = {} if q.low is None else {"low": q.low, "high": q.high}
        out |= {"estimate": q.value, "unit": q.unit, "numbers": _numbers(s), **ends}
    return out


def _whole(found: Budgets, measure: str, checks: Checks) -> Finding:
    s = found.whole(measure)
    money = measure == "money"
    question = Sentence("Does the plan keep to its budget of money?") if money else Sentence(
        "Does the plan keep to its budget of hours?")  # fmt: skip
    same = {"id": f"{NOTEBOOK}/budget/{measure}", "subject": "budget", "question": question, "answers": ("F58",),
            "headline": True}  # fmt: skip
    if s is None:
        why = Sentence("No money is planned.") if money else Sentence("No hours are planned: the ledger has none.")
        if not found.standings:
            why = Sentence("There is no ledger of money and hours: `money.budgets` would name it.")
        return Finding(verdict="no_data", sentence=why, **same, **_shared(found, None))
    v = _values(found, s)
    over = s.forecast - s.value.at_completion
    known = v["end"].low is not None
    if over >= 0 and money:
        text = "Money: {spent} spent; in the end {end:full} of {planned} planned, {share} over." if known else (
            "Money: {spent} spent; in the end {end} of {planned} planned, {share} over.")
    elif money:
        text = "Money: {spent} spent; in the end {end:full} of {planned} planned, {share} less." if known else (
            "Money: {spent} spent; in the end {end} of {planned} planned, {share} less.")
    elif over >= 0:
        text = "Time: {spent} spent; in the end {end:full} of {planned} planned, {share} over." if known else (
            "Time: {spent} spent; in the end {end} of {planned} planned, {share} over.")
    else:
        text = "Time: {spent} spent; in the end {end:full} of {planned} planned, {share} less." if known else (
            "Time: {spent} spent; in the end {end} of {planned} planned, {share} less.")
    return Finding(verdict="measured", sentence=Sentence(text, v), checks=checks.checks if money else (),
                   decision=_decision(found, measure), **same, **_shared(found, s))  # fmt: skip


def _decision(found: Budgets, measure: str) -> Sentence:
    over = [s for s in found.by("component", measure) if s.forecast > (1 + OVERRUN) * s.value.at_completion]
    if not over:
        return Sentence("No component goes more than a tenth over its plan.")
    worst = max(over, key=lambda s: s.forecast - s.value.at_completion)
    return Sentence("Look at {part} first: it ends {over} over its plan.", _values(found, worst))


def _part(found: Budgets, s: Standing) -> Finding:
    text = "{part}: {spent} spent, {end} at the end of {planned} planned."
    question = Sentence("What does {part} cost, beside its plan?", {"part": found.title_of(s)})
    return Finding(id=f"{NOTEBOOK}/budget/{s.part}/{s.name}/{s.measure}", subject=s.name, kpi=s.measure, question=question,
                   verdict="measured", sentence=Sentence(text, _values(found, s)), answers=("F58", "F59"), **_shared(found, s))  # fmt: skip


def _later(found: Budgets, s: Standing) -> Finding:
    question = Sentence("What does {part} cost later?", {"part": found.title_of(s)})
    said = Sentence("{part} later: {spent} spent, {end} at the end of {planned} planned.", _values(found, s))
    return Finding(id=f"{NOTEBOOK}/later/{s.name}/{s.measure}", subject=s.name, kpi=s.measure, question=question,
                   verdict="measured", sentence=said, answers=("F59",), **_shared(found, s))  # fmt: skip


def shown(name: str) -> str:
    """A name of the ledger as people read it."""
    text = name.replace("_", " ")
    return text[:1].upper() + text[1:]
