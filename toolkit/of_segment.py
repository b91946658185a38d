"""What is good in one segment of the customers, and what to improve?

Two analyses meet here: its KPIs beside everybody else's (`toolkit.scorecard.departments`), and what
its customers bring, how they respond and how long they stay (`toolkit.customers`).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import ibis.expr.types as ir

from toolkit.company.models import Company
from toolkit.company.periods import Period
from toolkit.customers import retention, segments
from toolkit.customers.assemble import CustomerStudies
from toolkit.customers.retention.results import share
from toolkit.customers.segments.results import ACTIONS, NOT_SHOWN
from toolkit.customers.value.results import interval_quantity
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import level_unit
from toolkit.scorecard import departments
from toolkit.scorecard.departments import Department, DepartmentStudy
from toolkit.shown import Grid, Shown
from toolkit.study import Study, shared

NOTEBOOK = "segment"
_TOLD_APART, _STAYING = shared(segments.estimate), shared(retention.estimate)


@dataclass(frozen=True)
class SegmentQuestion:
    """Which segment is asked about.

    Attributes
    ----------
    key, value
        Its own key, and what stands in the column.
    rules
        The rules under which its customers are told apart; None where none are named.
    """

    key: str
    value: str
    label: str
    rules: str | None = None
    currency: str = "EUR"
    min_cell: int = 10


@dataclass(frozen=True, eq=False)
class SegmentStudy(Study[SegmentQuestion]):
    """What a notebook hands to ``estimate``; parts that are not declared are None."""

    kpis: DepartmentStudy | None = None
    customers: Study | None = None
    staying: Study | None = None


@dataclass(frozen=True)
class Beside:
    """One measure of the segment's customers beside all of them, or beside the other segments.

    Attributes
    ----------
    what
        Its name.
    here, against
        With interval; nan with the reason. `against` is of everybody where `everybody`, else the mean
        of the other segments that are shown, by their customers.
    n
        Customers behind `here`.
    """

    name: str
    what: Sentence | str
    here: Quantity
    against: Quantity
    everybody: bool
    n: int


@dataclass(frozen=True, repr=False)
class OfSegment(Shown):
    """Everything found of one segment.

    Attributes
    ----------
    kpis
        Its KPIs beside everybody else's.
    customers
        What its customers bring, how they respond, how long they stay; empty where it is hidden or
        not declared.
    hidden
        Its customers are too few to be told of, or would tell of another segment.
    action, level
        What follows, and what that means here; None where not known.
    """

    definition: SegmentQuestion
    kpis: Department
    customers: tuple[Beside, ...] = ()
    hidden: bool = False
    action: str | None = None
    level: str | None = None

    @property
    def title(self) -> Sentence:
        """What the chart of KPIs shows."""
        return self.kpis.title

    def rows(self) -> tuple:
        """Each KPI's difference as a share of what it is held to, for a chart."""
        return self.kpis.rows()

    def grid(self) -> Grid:
        """Its KPIs."""
        return self.kpis.grid()

    def customer_grid(self) -> Grid:
        """What its customers bring, how they respond, how long they stay."""
        heads = (Sentence("What"), Sentence("Here"), Sentence("Compared with"), Sentence("Customers"))
        title = Sentence("What customers of {segment} bring, and how they respond", {"segment": self.definition.label})
        if self.hidden:
            return Grid(title, heads, (), NOT_SHOWN)
        rows = tuple((b.what, b.here, _against(b), b.n) for b in self.customers)
        note = self._done if rows else Sentence("Nothing more is declared of this segment: 'rules' and 'staying' under 'segments'.")
        return Grid(title, heads, rows, note)

    @property
    def _done(self) -> Sentence | None:
        """What is done for its customers."""
        if self.action is None:
            return None
        named = {"action": ACTIONS[self.action], "level": self.level or ""}
        return Sentence("What follows of it: {action}: {level}.", named) if self.level else Sentence("What follows of it: {action}.", named)


def _against(b: Beside) -> Sentence | None:
    if not b.against.known:
        return None
    named = {"value": b.against}
    return Sentence("everybody: {value}", named) if b.everybody else Sentence("the others: {value}", named)


def assembled(
    company: Company, name: str, table_of: Callable[[str], ir.Table], period: Period, customers: Callable[..., CustomerStudies],
    known: Callable[..., Study] = lambda study, *asked: study,
) -> SegmentStudy:
    """The question about ``way.segment`` of the params.

    Parameters
    ----------
    customers
        Parts of what the params ask of the customers; called only where the segment needs it.
    known
        Puts a study under the name it has among the notebooks of a run: what is asked of all segments of a way
        is the same on the page of each.
    """
    way, key = name.split(".")
    given = company.segments[way]
    own = given.values[key]
    value, owner = own.value or key, own.owner or given.owner
    kpis = departments.asked_of(
        company, f"{way}/{key}", own.label, given.kpis, None, (given.column, value), owner, table_of, period, NOTEBOOK
    )
    about = company.company
    question = SegmentQuestion(key, value, own.label, given.rules, about.currency, about.min_cell)
    parts = [part for part, wanted in (("segments", given.rules), ("staying", given.staying)) if wanted]
    studies = customers(*parts) if parts else CustomerStudies()
    asked, staying = studies.segments, studies.staying
    if asked is not None:
        of = asked.definition
        kept = tuple(r for r in of.rules if r.name == given.rules)
        asked = known(replace(asked, definition=replace(of, rfm=None, rules=kept)), "segments told apart", given.rules)
    if staying is not None:
        staying = replace(staying, definition=replace(staying.definition, segment=given.column, group=None))
        staying = known(staying, "staying", given.column)
    return SegmentStudy(None, question, kpis=kpis, customers=asked, staying=staying)


def estimate(study: SegmentStudy) -> OfSegment:
    """The segment's KPIs and its customers, beside the others.

    Returns
    -------
    OfSegment
        Of fewer customers or rows than the company allows nothing is told, nor what would tell of them.
    """
    d = study.definition
    kpis = departments.estimate(study.kpis)
    found: list[Beside] = []
    hidden, action, level = False, None, None
    if study.customers is not None:
        told = _TOLD_APART(study.customers)
        shown = told.main.shown(d.min_cell)
        own = next((s for s in shown if s.name == d.key), None)
        hidden = own is None and any(s.name == d.key and s.size for s in told.main.segments)
        if own is not None:
            found += _brought(own, told, shown, d)
            action = told.main.action(own, told.definition.fewest)
            level = told.definition.levels.get(action)
    if study.staying is not None and not hidden:
        found += _stayed(study.staying, d)
    return OfSegment(d, kpis, tuple(found), hidden, action, level)


def _brought(own, told, shown, d: SegmentQuestion) -> Iterator[Beside]:
    everyone = Quantity(told.main.everyone, d.currency, reason="no value is known")
    yield Beside("net_value", Sentence("Net value a customer"), interval_quantity(own.value, d.currency), everyone, True, own.size)
    for i, m in enumerate(own.outcomes):
        unit = level_unit(m.outcome.format, d.currency)
        others = [s.outcomes[i] for s in shown if s is not own and s.outcomes[i].n and not math.isnan(s.outcomes[i].found.estimate)]
        weight = sum(x.n for x in others)
        mean = sum(x.found.estimate * x.n for x in others) / weight if weight else math.nan
        against = Quantity(mean, unit, reason="no other segment is shown")
        yield Beside(m.outcome.name, m.outcome.label, interval_quantity(m.found, unit), against, False, m.n)


def _stayed(study: Study, d: SegmentQuestion) -> Iterator[Beside]:
    found = _STAYING(study)
    own = next((s for s in found.stays if s.segment == d.value), None)
    if own is not None:
        what = Sentence("Still there after {time}", {"time": found.said(found.mark)})
        here, all_ = (share(s.curve.at(found.mark)) for s in (own, found.everybody))
        yield Beside("still_there", what, here, all_, True, round(own.curve.n))


def check(found: OfSegment) -> Checks:
    """Is there enough to say it, and is it shown?"""
    enough = departments.check(found.kpis).checks[:-1]
    alike = Check(Sentence("Segments differ in nothing else"), None,
                  Sentence("their customers differ in more than the segment: a difference asks why, and does not answer it"))  # fmt: skip
    return Checks((*enough, alike))


def conclude(found: OfSegment, checks: Checks) -> Findings:
    """``segment/<way>/<key>`` first, then each KPI, then what its customers bring, and what is done for them."""
    kpis = departments.conclude(found.kpis, checks)
    return Findings((*kpis, *(_measure(found, b) for b in found.customers), *_follows(found)))


def _shared(found: OfSegment) -> dict:
    d = found.kpis.definition
    return {
        "notebook": NOTEBOOK, "subject": d.name, "segment": d.name, "period": str(d.period), "owner": d.owner, "answers": ("F51",),
        "n_unit": "customers",
    }  # fmt: skip


def _measure(found: OfSegment, b: Beside) -> Finding:
    named = {"segment": found.definition.label, "what": b.what, "here": b.here, "against": b.against}
    q = Sentence("How are the customers of {segment}?", named)
    if not b.here.known:
        said = Sentence("{segment}, {what}: not known, or too few customers to be shown.", named)
    elif not b.against.known:
        said = Sentence("{segment}, {what}: {here:full}.", named)
    elif b.everybody:
        said = Sentence("{segment}, {what}: {here:full}; of everybody {against}.", named)
    else:
        said = Sentence("{segment}, {what}: {here:full}; of the other segments {against}.", named)
    ends = {} if b.here.low is None else {"low": b.here.low, "high": b.here.high}
    return Finding(
        id=f"{NOTEBOOK}/{found.kpis.definition.name}/customers/{b.name}", question=q, sentence=said, kpi=b.name,
        verdict="measured" if b.here.known else "no_data", estimate=b.here.value, unit=b.here.unit, n=b.n,
        method="as on the page of the customers", source="customers", numbers={"against": b.against.value}, **ends, **_shared(found),
    )  # fmt: skip


def _follows(found: OfSegment) -> Iterator[Finding]:
    if found.action is None:
        return
    named = {"segment": found.definition.label, "action": ACTIONS[found.action], "level": found.level or ""}
    said = Sentence("{segment}: {action}, by what its customers bring.", named)
    if found.level:
        said = Sentence("{segment}: {action}, by what its customers bring: {level}.", named)
    yield Finding(
        id=f"{NOTEBOOK}/{found.kpis.definition.name}/action", verdict="measured", sentence=said,
        question=Sentence("What is done for the customers of {segment}?", named), decision=ACTIONS[found.action],
        method="as on the page of the customers", source="customers", **_shared(found),
    )  # fmt: skip
