"""What is good in one department or segment, and what to improve? Its KPIs beside everybody else's.

A KPI with a target is held to the target, every other one to the rest of the company at the same time.
Good and to improve are told where the interval says so; with several KPIs, Holm's correction keeps the
chance of one false word at 5 %. Groups of fewer rows than the company allows are not shown.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import ibis.expr.types as ir
from scipy import stats as distributions

from toolkit.aggregates import Moments
from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.data.frames import TableLike
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.kpis import Measure
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import effect_unit
from toolkit.scorecard.department_rows import Held, cells_of, level_of, sizes_of
from toolkit.shown import Grid, Shown
from toolkit.stats.multiplicity import adjusted
from toolkit.stats.suppression import hidden_groups
from toolkit.study import Study

NOTEBOOK = "department"
MIN_CELL = 10


@dataclass(frozen=True)
class DepartmentKpi:
    """One KPI of a department.

    Attributes
    ----------
    where
        SQL that is true for the department's rows.
    target
        Its level; None: the rest of the company is what it is held to.
    among
        The column whose values have pages of their own, and this one's: together they must not tell
        of one that is too small. None where there is no such column.
    """

    name: str
    label: str
    measure: Measure
    source: str
    where: str
    time: str | None
    unit: str | None
    format: str
    better: str
    target: float | None = None
    among: tuple[str, str] | None = None


@dataclass(frozen=True)
class DepartmentQuestion:
    """What is asked of a department or segment.

    Attributes
    ----------
    period
        Its first day and the first day after it are what counts.
    min_cell
        Fewer rows than this are not shown.
    notebook
        Whose page it is: of departments, or of segments.
    """

    name: str
    label: str
    kpis: tuple[DepartmentKpi, ...]
    period: Period
    owner: str | None = None
    min_cell: int = MIN_CELL
    level: float = 0.95
    currency: str = "EUR"
    exact_units: int = 1_000_000
    buckets: int = 256
    notebook: str = NOTEBOOK


@dataclass(frozen=True, eq=False)
class DepartmentStudy(Study[DepartmentQuestion]):
    """What a notebook hands to ``estimate``: `tables` by their names."""

    tables: Mapping[str, ir.Table] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, repr=False)
class Department(Shown):
    """Every KPI of a department, with what it is held to."""

    definition: DepartmentQuestion
    held: tuple[Held, ...]

    def of(self, state: str) -> tuple[Held, ...]:
        """The KPIs that are ``good``, ``to_improve``, ``open`` or ``hidden``."""
        return tuple(h for h in self.held if h.state == state)

    def grid(self) -> Grid:
        """One row a KPI, what to improve first."""
        order = {"to_improve": 0, "good": 1, "open": 2, "hidden": 3}
        rows = []
        for h in sorted(self.held, key=lambda h: order[h.state]):
            against = Sentence("target {value}", {"value": h.against}) if h.has_target else Sentence("others {value:full}", {"value": h.against})
            if not h.against.known:
                against = Sentence("nothing to hold it to")
            shown = h.value if h.state != "hidden" else Sentence("not shown: fewer than {n} rows", {"n": self.definition.min_cell})
            if h.state == "hidden":  # the others' value beside the whole would tell it
                against = None
            rows.append((h.kpi.label, shown, against, None if h.state == "hidden" else h.difference, _WORDS[h.state]))
        heads = tuple(Sentence(h) for h in ("KPI", "Here", "Held to", "Difference", "Says"))
        return Grid(Sentence("What is good in {name}, and what to improve", {"name": self.definition.label}), heads, tuple(rows))

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        named = {"good": len(self.of("good")), "worse": len(self.of("to_improve")), "name": self.definition.label}
        return Sentence("{name}: {good} good, {worse} to improve; how far each KPI is from what it is held to", named)

    def rows(self) -> tuple[GapRow, ...]:
        """Each difference as a share of what the KPI is held to, as charts take it; hidden ones are unknown."""
        tones = {"good": "better", "to_improve": "worse"}
        return tuple(GapRow(h.kpi.label, h.relative, tones.get(h.state, "level")) for h in self.held)


@dataclass(frozen=True)
class GapRow:
    """One KPI for a chart."""

    label: str
    quantity: Quantity
    tone: str


_WORDS = {
    "good": Sentence("Good"), "to_improve": Sentence("To improve"), "open": Sentence("Cannot be told apart"),
    "hidden": Sentence("Not shown"),
}  # fmt: skip


def assembled(company: Company, name: str, table_of: Callable[[str], ir.Table], period: Period) -> DepartmentStudy:
    """The question about a department of the params, with its tables."""
    d = company.departments[name]
    among = (d.column, d.value or name) if d.column else None
    return asked_of(company, name, d.label, d.kpis, d.where, among, d.owner, table_of, period)


def asked_of(
    company: Company, name: str, label: str, names: Sequence[str], where: str | None, among: tuple[str, str] | None,
    owner: str | None, table_of: Callable[[str], ir.Table], period: Period, notebook: str = NOTEBOOK,
) -> DepartmentStudy:
    """The same question about any rows: those where the column `among` says so, or where SQL is true."""
    about, kpis = company.company, []
    if among is not None:
        value = among[1].replace("'", "''")
        where = f"CAST({among[0]} AS VARCHAR) = '{value}'"
    for kpi_name in names:
        k = company.kpis[kpi_name]
        target = k.target.level if k.target else None
        kpis.append(DepartmentKpi(
            kpi_name, k.label or kpi_name, Measure(kpi_name, k.numerator, k.denominator, k.where), k.table, where,
            k.time or company.tables[k.table].time, k.unit, k.format, k.better, target, among,
        ))  # fmt: skip
    question = DepartmentQuestion(
        name, label, tuple(kpis), period, owner, about.min_cell, currency=about.currency,
        exact_units=company.engine.exact_units, buckets=company.engine.buckets, notebook=notebook,
    )  # fmt: skip
    tables = {k.source: table_of(k.source) for k in kpis}
    return DepartmentStudy(None, question, tables=tables)


def estimate(study: DepartmentStudy | Mapping[str, TableLike], definition: DepartmentQuestion | None = None) -> Department:
    """Each KPI of the department in the period, and how far it is from what it is held to.

    Parameters
    ----------
    study
        A study, or tables by their names with `definition`.

    Returns
    -------
    Department
        Values and differences by the delta method, standard errors by unit. A KPI of fewer rows than
        `min_cell`, here or among the others, is hidden: its value is nan with the reason.
    """
    tables = study.tables if isinstance(study, Study) else study
    d = definition or study.definition
    alike: dict[tuple, list[DepartmentKpi]] = {}
    for k in d.kpis:
        alike.setdefault((k.source, k.time, k.where, k.unit), []).append(k)
    cells = {key: cells_of(tables[key[0]], kpis, d) for key, kpis in alike.items()}
    sizes = {}
    for k in d.kpis:
        if k.among is not None and (k.source, k.time, k.among) not in sizes:
            sizes[k.source, k.time, k.among] = sizes_of(tables[k.source], k, d.period)
    raw = [_held(cells[k.source, k.time, k.where, k.unit], sizes.get((k.source, k.time, k.among), {}), k, d) for k in d.kpis]
    p = [h.p_value for h in raw]
    told = adjusted(p, "holm") if p else []
    return Department(d, tuple(h.judged(float(q), 1 - d.level) for h, q in zip(raw, told, strict=True)))


def _held(cells: Mapping[tuple, Moments], sizes: Mapping[str, int], k: DepartmentKpi, d: DepartmentQuestion) -> Held:
    here, others = level_of(cells.get((1,)), k, d), level_of(cells.get((0,)), k, d)
    unit = effect_unit(k.format, d.currency)
    has_target = k.target is not None
    against = Quantity(k.target, here.value.unit) if has_target else others.value
    hidden = here.rows < d.min_cell or (not has_target and 0 < others.rows < d.min_cell)
    if k.among is not None and not hidden:
        # the pages of the others would tell of one that is too small, if this one were shown
        hidden = k.among[1] in hidden_groups(sizes, d.min_cell)
    difference, p_value = Quantity(math.nan, unit, reason="there is nothing to hold it to"), math.nan
    se = here.se if has_target else math.hypot(here.se, others.se)
    if not hidden and here.value.known and against.known and se > 0:
        df = here.df if has_target else min(here.df, others.df)
        gap = here.value.value - against.value
        t = float(distributions.t.ppf(0.5 + d.level / 2, df))
        difference = Quantity(gap, unit, gap - t * se, gap + t * se)
        p_value = float(2 * distributions.t.sf(abs(gap) / se, df))
    return Held(k, here.value, here.rows, against, has_target, difference, p_value, hidden)


def check(found: Department) -> Checks:
    """Is there enough to say it, and is it shown?"""
    hidden = found.of("hidden")
    named = {"n": len(hidden), "least": found.definition.min_cell}
    said = Sentence("{n} KPI has fewer than {least} rows and is not shown", named,
                    plural="{n} KPIs have fewer than {least} rows and are not shown", count="n")  # fmt: skip
    without = [h for h in found.held if not h.against.known]
    return Checks((
        Check(Sentence("Every KPI has rows enough to be shown"), not hidden, said, numbers={"hidden": len(hidden)}),
        Check(Sentence("Every KPI has something to be held to"), not without,
              Sentence("{n} have neither a target nor others to compare with", {"n": len(without)}), numbers={"without": len(without)}),
        Check(Sentence("The work is the same elsewhere"), None,
              Sentence("departments do different work: a difference asks why, and does not answer it")),
    ))  # fmt: skip


def conclude(found: Department, checks: Checks) -> Findings:
    """``department/<name>`` first, then ``department/<name>/<kpi>``."""
    d = found.definition
    good, worse = (tuple(h.kpi.label for h in found.of(s)) for s in ("good", "to_improve"))
    named = {"name": d.label, "good": good, "worse": worse}
    said = Sentence("{name}: nothing can be told apart from what is wanted or from others.", named)
    decision = None
    if good and worse:
        said = Sentence("{name}: good in {good}; to improve: {worse}.", named)
    elif good:
        said = Sentence("{name}: good in {good}.", named)
    elif worse:
        said = Sentence("{name}: to improve: {worse}.", named)
    if worse:
        decision = Sentence("Find out why, and plan a change or a test for it: {worse}.", named)
    known = any(h.state != "hidden" and h.value.known for h in found.held)
    if not known:
        said = Sentence("{name}: fewer than {n} rows for each KPI, so nothing is shown.", {"name": d.label, "n": d.min_cell})
    main = Finding(
        id=f"{d.notebook}/{d.name}", notebook=d.notebook, subject=d.name, question=_question(d), sentence=said, decision=decision,
        verdict="measured" if known else "no_data", owner=d.owner, period=str(d.period), checks=checks.checks, headline=True,
        n=len(found.held), n_unit="KPIs", method="differences by the delta method, corrected by Holm", answers=("F51",),
        numbers={s: len(found.of(s)) for s in ("good", "to_improve", "open", "hidden")},
    )  # fmt: skip
    return Findings((main, *(_kpi(h, d) for h in found.held)))


def _question(d: DepartmentQuestion) -> Sentence:
    return Sentence("What is good in {name}, and what to improve?", {"name": d.label})


def _kpi(h: Held, d: DepartmentQuestion) -> Finding:
    same = {
        "id": f"{d.notebook}/{d.name}/{h.kpi.name}", "notebook": d.notebook, "subject": d.name, "segment": d.name, "kpi": h.kpi.name,
        "question": _question(d), "period": str(d.period), "owner": d.owner, "source": h.kpi.source, "answers": ("F51",),
    }  # fmt: skip
    named = {"kpi": h.kpi.label, "value": h.value, "against": h.against, "n": d.min_cell}
    if h.state == "hidden" or not h.value.known:
        why = Sentence("{kpi}: not shown, fewer than {n} rows.", named) if h.state == "hidden" else Sentence("{kpi}: no rows in this period.", named)
        return Finding(verdict="no_data", sentence=why, **same)
    if not h.against.known:
        said = Sentence("{kpi} is {value:full}; there is nothing to hold it to.", named)
    elif h.has_target:
        said = Sentence("{kpi} is {value:full}; {against} is wanted.", named)
    else:
        said = Sentence("{kpi} is {value:full}, and {against} elsewhere.", named)
    q = h.value
    ends = {} if q.low is None else {"low": q.low, "high": q.high}
    gap = h.difference
    numbers = {"difference": gap.value, "p_adjusted": h.p_value}
    if gap.known:
        numbers |= {"difference_low": gap.low, "difference_high": gap.high}
    verdict = {"good": "reliably_met", "to_improve": "reliably_missed"}.get(h.state, "hit_and_miss") if h.has_target else "measured"
    return Finding(verdict=verdict, sentence=said, estimate=q.value, unit=q.unit, n=h.rows, level=d.level, numbers=numbers,
                   promised=h.against.value if h.has_target else None, method="delta method, standard errors by unit", **ends, **same)  # fmt: skip
