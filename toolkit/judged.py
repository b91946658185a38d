"""What was found of each thing a plan names: goals, KPIs, changes, tests, competitors, touchpoints.

Several analyses meet here, so that the plan can be shown with what judges it beside each part.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from toolkit.company.load import CompanyFile
from toolkit.findings import Finding
from toolkit.problems import Refused
from toolkit.study import Study


class Opened(Protocol):
    """A company opened for questions: what is asked of it here."""

    file: CompanyFile

    def trends(self) -> Study: ...

    def plan_changes(self) -> object: ...

    def test(self, name: str) -> Study: ...

    def competitor_benchmark(self, name: str) -> Study: ...

    def service(self) -> Study: ...


def judgements(opened: Opened, of: frozenset[str] | None = None) -> dict[str, Finding]:
    """``goals.keep_customers``, ``changes.new_carrier`` and the like -> what was found of it.

    Parameters
    ----------
    of
        Which analyses are asked: ``trends``, ``changes``, ``tests``, ``benchmarks``, ``touchpoints``; all
        that the company declares where None. ``changes`` by itself is the finding on all changes.
    """
    company = opened.file.company
    asked = {
        "trends": (_trends, company.kpis), "changes": (_changes, company.changes), "tests": (_tests, company.tests),
        "benchmarks": (_benchmarks, company.benchmarks),
        "touchpoints": (_touchpoints, company.service and company.service.touchpoints),
    }  # fmt: skip
    found = {}
    for name, (judge, declared) in asked.items():
        if declared and (of is None or name in of):
            found |= dict(judge(opened))
    return found


def needed_by(opened: Opened) -> frozenset[str]:
    """The analyses that the plan's parts are judged by."""
    plan = opened.file.company.plan
    if plan is None:
        return frozenset({"trends", "changes"})
    parts = [p for field in ("objectives", "customers_goals", "touchpoints", "needs", "retention", "strategy")
             for p in getattr(plan, field).values()]  # fmt: skip
    parts += plan.communication.contacts.values() if plan.communication else []
    kinds = {j.split(".")[0] for p in parts for j in p.judged_by}
    return frozenset({"trends", "changes"} | (kinds & {"tests", "benchmarks", "touchpoints"}))


def _trends(opened: Opened) -> Iterator[tuple[str, Finding]]:
    from toolkit import trends

    found = trends.estimate(opened.trends())
    for f in trends.conclude(found, trends.check(found)):
        parts = f.id.split("/")
        if len(parts) == 3 and parts[1] == "goal":
            yield f"goals.{parts[2]}", f
        elif len(parts) == 2 and f.kpi:
            yield f"kpis.{parts[1]}", f


def _changes(opened: Opened) -> Iterator[tuple[str, Finding]]:
    from toolkit.plan_changes import quarter

    found = quarter.estimate(opened.plan_changes())
    for f in quarter.conclude(found, quarter.check(found)):
        yield ("changes" if f.id == quarter.NOTEBOOK else f"changes.{f.id.split('/')[1]}"), f


def _tests(opened: Opened) -> Iterator[tuple[str, Finding]]:
    from toolkit import experiments

    for name in opened.file.company.tests:
        try:
            found = experiments.estimate(opened.test(name))
        except Refused:  # its own page says what is wrong with it
            continue
        yield f"tests.{name}", experiments.conclude(found, experiments.check(found))[0]


def _benchmarks(opened: Opened) -> Iterator[tuple[str, Finding]]:
    from toolkit import benchmarks

    for name in opened.file.company.benchmarks:
        try:
            found = benchmarks.estimate(opened.competitor_benchmark(name))
        except Refused:  # its own page says what is wrong with it
            continue
        yield f"benchmarks.{name}", benchmarks.conclude(found, benchmarks.check(found))[0]


def _touchpoints(opened: Opened) -> Iterator[tuple[str, Finding]]:
    from toolkit.service import touchpoints

    part = opened.service().parts.get("touchpoints")
    if part is None:
        return
    found = touchpoints.estimate(part)
    for f in touchpoints.conclude(found, touchpoints.check(found)):
        parts = f.id.split("/")
        if parts[1:3] == ["touchpoints", "seen"]:
            yield from [(f"touchpoints.{parts[3]}", f)] if len(parts) == 4 else ()
