"""The door notebooks come in by: a company's params and tables, and the questions it asks."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import ibis.expr.types as ir

from toolkit.company.load import CompanyFile, load_company, path_of
from toolkit.company.periods import Period, resolve
from toolkit.data.prepared import Prepared, of_this_run
from toolkit.data.session_views import in_session
from toolkit.data.source import Source, open_source
from toolkit.problems import Problem, Refused
from toolkit.study import Study, known_as

if TYPE_CHECKING:
    from toolkit.customers.assemble import CustomerStudies
    from toolkit.of_segment import SegmentStudy
    from toolkit.plan_changes.quarter import Portfolio
    from toolkit.scorecard.definition import ScorecardStudy


@dataclass(frozen=True, eq=False)
class Opened:
    """A company opened for questions.

    Attributes
    ----------
    file
        The params file, typed and checked.
    source
        Its tables.
    period
        The period asked about.
    """

    file: CompanyFile
    source: Source
    period: Period
    _tables: dict[str, ir.Table] = field(default_factory=dict, init=False, repr=False)

    def __repr__(self) -> str:
        about = self.file.company.company
        return f"{about.name}, {self.period.label}, data to {about.as_of.isoformat()}"

    def table(self, name: str) -> ir.Table:
        """A table of the params file, under our names, its contract kept."""
        if name not in self.file.company.tables:
            raise Refused(Problem("table", "is no table of this params file", name, tuple(self.file.company.tables)))
        if name not in self._tables:
            self._tables[name] = in_session(self.source.table(name), f"toolkit_view_{name}")
        return self._tables[name]

    def _known(self, study: Study, *asked: str) -> Study:
        """`study` under its name among the notebooks of a run, where this is one of them."""
        return known_as(study, str(self.period), *asked) if self.source.of_a_run else study

    def test(self, name: str) -> Study:
        """The A/B test called `name`, with the table it is answered from."""
        from toolkit.experiments.assemble import assembled

        tests = self.file.company.tests
        if name not in tests:
            raise Refused(Problem("test", "is no test of this params file", name, tuple(tests)))
        return self._known(assembled(self.file.company, name, self.table), "test", name)

    def plan_change(self, name: str) -> Study:
        """The plan change called `name`, with its KPI's table, judged by the end of this period."""
        from toolkit.plan_changes.assemble import assembled

        changes = self.file.company.changes
        if name not in changes:
            raise Refused(Problem("change", "is no plan change of this params file", name, tuple(changes)))
        study = assembled(self.file.company, name, self.table, self.period.last_day, str(self.period))
        return self._known(study, "plan change", name)

    def plan_changes(self) -> Portfolio:
        """Every plan change in effect by the end of this period."""
        from toolkit.plan_changes.assemble import portfolio

        every = portfolio(self.file.company, self.table, self.period)
        for study in every.studies:
            self._known(study, "plan change", study.definition.name)
        return every

    def competitor_benchmark(self, name: str) -> Study:
        """The comparison with competitors called `name`, with its tables, up to this period."""
        from toolkit.benchmarks.assemble import assembled

        benchmarks = self.file.company.benchmarks
        if name not in benchmarks:
            rule = "is no comparison with competitors of this params file"
            raise Refused(Problem("benchmark", rule, name, tuple(benchmarks)))
        return self._known(assembled(self.file.company, name, self.table, self.period), "benchmark", name)

    def customers(self, *parts: str) -> CustomerStudies:
        """What the params ask of the customers, up to this period; all of it where no parts are named."""
        from toolkit.customers.assemble import PARTS, assembled

        return assembled(self.file.company, self.table, self.period, parts or PARTS)

    def service(self) -> Study:
        """How the service runs, as it stood at the end of this period."""
        from toolkit.service.assemble import assembled

        study = assembled(self.file.company, self.period, self.table, self.source.report)
        for name, part in study.parts.items():
            self._known(part, "service", name)
        return study

    def scorecard(self) -> ScorecardStudy:
        """The plan itself as it stood at the end of this period, with what judges its parts."""
        from toolkit.judged import judgements, needed_by
        from toolkit.scorecard.assemble import assembled

        return assembled(self.file.company, self.period, self.table, judgements(self, needed_by(self)))

    def department(self, name: str) -> Study:
        """The department or segment called `name`: its KPIs in this period, beside everybody else's."""
        from toolkit.scorecard.departments import assembled

        departments = self.file.company.departments
        if name not in departments:
            raise Refused(Problem("department", "is no department of this params file", name, tuple(departments)))
        return assembled(self.file.company, name, self.table, self.period)

    def segment(self, name: str) -> SegmentStudy:
        """The segment called `name`, as ``way.segment``: its KPIs and customers in this period, beside the others."""
        from toolkit.of_segment import assembled

        ways = self.file.company.segments
        there = tuple(f"{way}.{key}" for way, given in ways.items() for key in given.values)
        if name not in there:
            raise Refused(Problem("segment", "is no segment with a page in this params file", name, there))
        return assembled(self.file.company, name, self.table, self.period, self.customers, self._known)

    def quality(self) -> Study:
        """Whether the data of every table is good enough, and for which questions."""
        from toolkit.quality.assemble import assembled

        return assembled(self.file.company, self.period, self.table, self.source.report)

    def trends(self, *kpis: str, chart: str = "auto") -> Study:
        """The KPIs called so, or all that can be dated, over time up to this period."""
        from toolkit.trends.assemble import assembled

        return self._known(assembled(self.file.company, self.period, self.table, kpis, chart), "trends", *kpis)

    def budgets(self) -> Study:
        """The ledger of money and hours, known up to the end of this period."""
        from toolkit.money.assemble import budgets

        return budgets(self.file.company, self.table, self.period)

    def plan_return(self) -> Study:
        """The plan's return: benefits as its changes were measured, costs from the ledger."""
        from toolkit.measured_benefits import benefits_of
        from toolkit.money.assemble import plan_return
        from toolkit.plan_changes.quarter import estimate

        benefits = benefits_of(self.file.company, estimate(self.plan_changes()))
        return plan_return(self.file.company, self.table, self.period, benefits)

    def worst_cases(self) -> Study | None:
        """Unlikely events that would cost a lot; None where the params name no table of them."""
        from toolkit.money.assemble import worst_cases

        return worst_cases(self.file.company, self.table)

    def own_returns(self) -> tuple:
        """Return as the company defines it: tables, definitions and period, for ``own_returns.estimate``."""
        from toolkit.money.assemble import own_returns

        return own_returns(self.file.company, self.table, self.period)

    def offers(self) -> Study:
        """Ideas for offers, with the demand seen by the end of this period."""
        from toolkit.money.assemble import offers

        return offers(self.file.company, self.table, self.period)

    def vendors(self) -> Study:
        """Choices of vendors, scored by criterion."""
        from toolkit.money.assemble import vendors

        return vendors(self.file.company, self.table, self.period)

    def kpi(self, name: str, segments: tuple[str, ...] = ()) -> Study:
        """The KPI called `name` in this period, whole and by `segments`."""
        from toolkit.trends.levels import from_params

        company = self.file.company
        if name not in company.kpis:
            raise Refused(Problem("kpi", "is no KPI of this params file", name, tuple(company.kpis)))
        definition = from_params(company, name, self.period.start, self.period.end, segments, str(self.period))
        return Study(self.table(company.kpis[name].table), definition)


def open_company(company: str = "demo", period: str = "latest") -> Opened:
    """Open a company's params file and tables.

    Parameters
    ----------
    company
        A path to a params file, or its bare name (``demo`` is ``params/demo.yaml`` in this folder
        or one above it).
    period
        ``2026Q3``, ``2026-09``, ``2026W38``, ``2026`` or ``latest``, the last complete quarter.

    Raises
    ------
    Refused
        With every problem of the file and its tables.
    """
    path = path_of(company)
    ready = of_this_run(path)
    file = ready.company if ready else load_company(path)
    about = file.company.company
    found = resolve(period, about.as_of, about.fiscal_year_starts)
    return Opened(file, source_of(file, ready), found)


def source_of(file: CompanyFile, ready: Prepared | None = None) -> Source:
    """The tables of a params file, opened; those that a run has made ready are used as they are."""
    return open_source(file.company, folder_of(file), file.place, ready)


def folder_of(file: CompanyFile) -> Path:
    """The folder that the paths of its tables start from."""
    return (file.path.parent / file.company.folder).resolve()
