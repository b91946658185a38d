"""Do the names in a params file lead somewhere?

Every name that must exist elsewhere in the file is looked up: tables, columns, KPIs, tests,
notebooks and their parameters; and SQL is checked against the columns it may use. What is wrong
is found all at once, each with the choices there were.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.company.change_references import Lookups, change_found
from toolkit.company.competitor_references import benchmark_found
from toolkit.company.consent_references import agreed_elsewhere
from toolkit.company.customer_references import customers_found
from toolkit.company.expressions import SQL_WORDS, check_expression, said
from toolkit.company.goals import Goal, kpis_of
from toolkit.company.kpis import Kpi
from toolkit.company.models import Company
from toolkit.company.money_references import money_found
from toolkit.company.packs import Page
from toolkit.company.places import Found, Path
from toolkit.company.plan_references import plan_found
from toolkit.company.quality_references import quality_found
from toolkit.company.ready import ready_found
from toolkit.company.segment_references import segments_found
from toolkit.company.service_references import service_found
from toolkit.company.tables import Column, Join, Table
from toolkit.company.tests import Test, TestMetric

_DATED = ("date", "datetime")
_NUMBERS = ("integer", "number", "money", "boolean")
_FAMILIES = {"category": "text", "money": "number", "datetime": "date"}
_IDENTIFIES = "identifies a person ('identifier: true') and may only be a key or a unit"
_NO_COLUMN = "no column of this table"
_SINGULAR = {"tests": "test", "changes": "change", "benchmarks": "benchmark", "departments": "department", "segments": "segment", "goals": "goal", "kpis": "KPI", "tables": "table"}
_GIVEN = frozenset({"company", "period"})  # every notebook's own; the run fills them in

Columns = Mapping[str, Column]


def references_found(
    company: Company,
    notebooks: Mapping[str, Sequence[str]] | None = None,
    unclear: frozenset[Path] = frozenset(),
) -> tuple[Found, ...]:
    """Everything that refers to nothing, or to the wrong thing.

    Parameters
    ----------
    company
        The params file; parts of it that could not be read may be left out if named in `unclear`.
    notebooks
        The notebooks there are, with the names of their parameters. Not checked where absent.
    unclear
        Paths such as ``("tables", "orders")`` of parts that stand in the file and are wrong in
        themselves: a name that leads there is not reported again.
    """
    return _References(company, notebooks, unclear).found()


class _References:
    def __init__(
        self,
        company: Company,
        notebooks: Mapping[str, Sequence[str]] | None,
        unclear: frozenset[Path],
    ):
        self.company = company
        self.notebooks = notebooks
        self.unclear = unclear

    def found(self) -> tuple[Found, ...]:
        overall = self.company.overall
        look = Lookups(self._home, self._known, self._dated, _one_of, _sql)
        return (
            *(f for name, t in self.company.tables.items() for f in self._table(name, t)),
            *(f for name, k in self.company.kpis.items() for f in self._kpi(name, k)),
            *(f for name, t in self.company.tests.items() for f in self._test(name, t)),
            *(
                f
                for name, change in self.company.changes.items()
                for f in change_found(self.company, name, change, look)
            ),
            *(f for n, b in self.company.benchmarks.items() for f in benchmark_found(n, b, look)),
            *service_found(self.company.service, look),
            *customers_found(self.company.customers, look),
            *(f for name, g in self.company.goals.items() for f in self._goal(name, g)),
            *money_found(self.company, look),
            *plan_found(self.company, look),
            *segments_found(self.company, look),
            *quality_found(self.company, look),
            *ready_found(self.company, look),
            *self._named_kpis(("overall", "kpis"), overall.kpis if overall else ()),
            *(
                f
                for name, pack in self.company.packs.items()
                for i, page in enumerate(pack.pages)
                for f in self._page(("packs", name, "pages", i), page)
            ),
        )

    # tables ------------------------------------------------------------------------------------

    def _table(self, name: str, table: Table) -> Iterator[Found]:
        here = ("tables", name)
        for i, column in enumerate(table.key):
            yield from _one_of((*here, "key", i), column, table.columns, _NO_COLUMN)
        for part in ("time", "recorded"):
            yield from self._dated((*here, part), getattr(table, part), table.columns)
        for column, rules in table.columns.items():
            at = (*here, "columns", column)
            if column in SQL_WORDS:
                rule = f"is a word of SQL: give the column another name, with 'from: {column}'"
                yield Found(at, rule, column)
            yield from self._dated((*at, "after"), rules.after, table.columns)
            if rules.after == column:
                yield Found((*at, "after"), "is this column itself", rules.after)
            if rules.currency_column:
                loc = (*at, "currency_column")
                wrong = _NO_COLUMN
                yield from _one_of(loc, rules.currency_column, table.columns, wrong)
        taken = set(table.columns)
        for other, join in table.joins.items():
            yield from self._join((*here, "joins", other), other, join, table, taken)
            taken.update(join.columns)
        columns = self._columns_of(table)
        # rows are left out before other tables are looked up, so only the table's own columns are there
        yield from _sql((*here, "where"), table.where, tuple(table.columns))
        if columns is not None:
            yield from _sql((*here, "consent"), table.consent, tuple(columns))
            yield from agreed_elsewhere(self.company, name)

    def _join(
        self, here: Path, other: str, join: Join, table: Table, taken: set[str]
    ) -> Iterator[Found]:
        yield from _one_of((*here, "on"), join.on, table.columns, _NO_COLUMN)
        if other not in self.company.tables:
            yield from self._known(here, other, "tables", "no table")
            return
        target = self.company.tables[other]
        if len(target.key) != 1:
            rule = "cannot be looked up: its 'key' must be one column"
            yield Found(here, rule, other)
        elif join.on in table.columns and target.key[0] in target.columns:
            mine, theirs = table.columns[join.on], target.columns[target.key[0]]
            yield from _same_type((*here, "on"), join.on, mine, f"{other}.{target.key[0]}", theirs)
        for i, column in enumerate(join.columns):
            loc = (*here, "columns", i)
            yield from _one_of(loc, column, target.columns, f"no column of '{other}'")
            if column in taken or column in join.columns[:i]:
                yield Found(loc, "is already the name of a column of this table", column)

    def _columns_of(self, table: Table) -> dict[str, Column] | None:
        """The columns a table's expressions may use; None where a joined table is unclear."""
        columns = dict(table.columns)
        for other, join in table.joins.items():
            if ("tables", other) in self.unclear:
                return None
            target = self.company.tables.get(other)
            for column in join.columns:
                if target and column in target.columns:
                    columns.setdefault(column, target.columns[column])
        return columns

    # KPIs and tests ----------------------------------------------------------------------------

    def _kpi(self, name: str, kpi: Kpi) -> Iterator[Found]:
        here = ("kpis", name)
        table, columns = self._home(kpi.table)
        if table is None:
            yield from self._known((*here, "table"), kpi.table, "tables", "no table")
            return
        if columns is None:
            return
        for part in ("numerator", "denominator", "where"):
            yield from _sql((*here, part), getattr(kpi, part), columns)
        wrong = f"no column of '{kpi.table}'"
        if kpi.unit:
            yield from _one_of((*here, "unit"), kpi.unit, columns, wrong)
        yield from self._dated((*here, "time"), kpi.time, columns, wrong)
        for i, column in enumerate(kpi.segments):
            loc = (*here, "segments", i)
            yield from _one_of(loc, column, columns, wrong)
            if column in columns and columns[column].identifier:
                yield Found(loc, _IDENTIFIES, column)

    # goals -------------------------------------------------------------------------------------

    def _goal(self, name: str, goal: Goal) -> Iterator[Found]:
        here = ("goals", name)
        yield from self._named_kpis((*here, "kpi"), [goal.kpi], alone=True)
        kpi = self.company.kpis.get(goal.kpi)
        if kpi and not (goal.target or kpi.target):
            rule = "has no 'target', and the goal gives none: one of them says what to reach"
            yield Found((*here, "kpi"), rule, goal.kpi)
        yield from self._named_kpis((*here, "benefits"), goal.benefits)
        for i, step in enumerate(goal.steps):
            if step.kpi:
                yield from self._named_kpis((*here, "steps", i, "kpi"), [step.kpi], alone=True)
        for i, criterion in enumerate(goal.criteria):
            loc = (*here, "criteria", i, "formula")
            yield from self._named_kpis(loc, kpis_of(criterion.formula), alone=True)
        if (rows := goal.steps_from) is None:
            return
        table, columns = self._home(rows.table)
        if table is None:
            yield from self._known((*here, "steps_from", "table"), rows.table, "tables", "no table")
        if columns is None:
            return
        yield from _sql((*here, "steps_from", "where"), rows.where, columns)
        wrong = f"no column of '{rows.table}'"
        for key, column in rows.columns().items():
            loc = (*here, "steps_from", key)
            if key in ("due", "done"):
                yield from self._dated(loc, column, columns, wrong)
            else:
                yield from _one_of(loc, column, columns, wrong)

    def _named_kpis(self, loc: Path, names: Iterable[str], alone: bool = False) -> Iterator[Found]:
        for i, name in enumerate(names):
            if name not in self.company.kpis:
                at = loc if alone else (*loc, name if loc[0] == "overall" else i)
                yield from self._known(at, name, "kpis", "no KPI")

    def _test(self, name: str, test: Test) -> Iterator[Found]:
        here = ("tests", name)
        table, columns = self._home(test.table)
        if table is None:
            yield from self._known((*here, "table"), test.table, "tables", "no table")
        if columns is not None:
            yield from self._test_columns(here, test, columns)
        for i, metric in enumerate(test.metrics):
            at = (*here, "metrics", i)
            kpi = self.company.kpis.get(metric.kpi)
            if kpi is None:
                yield from self._known((*at, "kpi"), metric.kpi, "kpis", "no KPI")
            else:
                yield from self._metric(at, metric, kpi, test, columns)

    def _test_columns(self, here: Path, test: Test, columns: Columns) -> Iterator[Found]:
        wrong = f"no column of '{test.table}'"
        for part in ("unit", "cluster", "arm"):
            if column := getattr(test, part):
                yield from _one_of((*here, part), column, columns, wrong)
        yield from self._dated((*here, "assigned_at"), test.assigned_at, columns, wrong)
        for part in ("where", "target"):
            yield from _sql((*here, part), getattr(test, part), columns)
        yield from self._arms(here, test, columns)
        described = [((*here, "arm"), test.arm), ((*here, "strata"), test.strata)]
        for part in ("covariates", "segments"):
            described += [((*here, part, i), c) for i, c in enumerate(getattr(test, part))]
        for loc, column in described:
            if column is None:
                continue
            if loc[2] != "arm":
                yield from _one_of(loc, column, columns, wrong)
                if column == test.arm:
                    yield Found(loc, "is the column of the arms: it explains nothing", column)
            if column in columns and columns[column].identifier:
                yield Found(loc, _IDENTIFIES, column)
            elif loc[2] == "covariates" and column in columns:
                if columns[column].type not in _NUMBERS:
                    rule = f"must be a column of numbers; it is of type '{columns[column].type}'"
                    yield Found(loc, rule, column, _of_type(columns, _NUMBERS))

    def _arms(self, here: Path, test: Test, columns: Columns) -> Iterator[Found]:
        values = columns[test.arm].values if test.arm in columns else None
        if values:
            known = tuple(str(v) for v in values)
            for arm in test.arms:
                if arm not in known:
                    rule = f"is not among the 'values' of column '{test.arm}'"
                    yield Found((*here, "arms", arm), rule, arm, known)

    def _metric(
        self, at: Path, metric: TestMetric, kpi: Kpi, test: Test, columns: Columns | None
    ) -> Iterator[Found]:
        if kpi.table == test.table:
            if metric.within_days is not None:
                rule = f"belongs to KPIs of other tables: '{metric.kpi}' is of '{kpi.table}' too"
                yield Found((*at, "within_days"), rule, metric.within_days)
            return
        where = f"is measured on '{kpi.table}', the test on '{test.table}':"
        if not test.unit:
            yield Found((*at, "kpi"), f"{where} the test needs 'unit' to find its rows", metric.kpi)
        if not kpi.unit:
            yield Found((*at, "kpi"), f"{where} the KPI needs 'unit', too", metric.kpi)
        table, theirs = self._home(kpi.table)
        if table is None or theirs is None:
            return
        if metric.within_days is not None and not (kpi.time or table.time):
            rule = f"needs a 'time' of KPI '{metric.kpi}' or of table '{kpi.table}'"
            yield Found((*at, "within_days"), rule, metric.within_days)
        if columns and test.unit in columns and kpi.unit in theirs:
            other = f"{kpi.table}.{kpi.unit}"
            mine = columns[test.unit]
            yield from _same_type((*at, "kpi"), test.unit, mine, other, theirs[kpi.unit])

    # packs -------------------------------------------------------------------------------------

    def _page(self, here: Path, page: Page) -> Iterator[Found]:
        if page.for_each and not getattr(self.company, page.for_each):
            if not any(loc[0] == page.for_each for loc in self.unclear):
                rule = f"makes no page: the file has no '{page.for_each}'"
                yield Found((*here, "for_each"), rule, page.for_each)
        named = {"test": "tests", "change": "changes", "benchmark": "benchmarks", "kpi": "kpis", "table": "tables"}
        for param, value in page.params.items():
            loc = (*here, "params", param)
            if param in _GIVEN:
                yield Found(loc, "is filled in by the run: remove it", param)
            elif param in named and value not in getattr(self.company, named[param]):
                part = named[param]
                yield from self._known(loc, str(value), part, f"no {_SINGULAR[part]}")
        if self.notebooks is None:
            return
        if page.notebook not in self.notebooks:
            loc = (*here, "notebook")
            yield Found(loc, "is no notebook there is", page.notebook, tuple(self.notebooks))
            return
        takes = tuple(p for p in self.notebooks[page.notebook] if p not in _GIVEN)
        for param in page.params:
            if param not in takes and param not in _GIVEN:
                rule = f"is no parameter of notebook '{page.notebook}'"
                yield Found((*here, "params", param), rule, param, takes)
        if page.for_each and _SINGULAR[page.for_each] not in takes:
            rule = f"needs a notebook with a parameter '{_SINGULAR[page.for_each]}'"
            yield Found((*here, "for_each"), rule, page.for_each)

    # what all of them need ---------------------------------------------------------------------

    def _home(self, name: str) -> tuple[Table | None, dict[str, Column] | None]:
        table = self.company.tables.get(name)
        return table, self._columns_of(table) if table else None

    def _known(self, loc: Path, name: str, part: str, wrong: str) -> Iterator[Found]:
        if not {(part,), (part, name)} & self.unclear:
            broken = tuple(p[1] for p in self.unclear if p[0] == part and len(p) == 2)
            choices = (*getattr(self.company, part), *broken)
            yield Found(loc, f"is {wrong} of this file", name, choices)

    def _dated(
        self, loc: Path, column: str | None, columns: Columns, wrong: str = _NO_COLUMN
    ) -> Iterator[Found]:
        if column is None:
            return
        yield from _one_of(loc, column, columns, wrong)
        if column in columns and columns[column].type not in _DATED:
            rule = f"must be a column of dates; it is of type '{columns[column].type}'"
            yield Found(loc, rule, column, _of_type(columns, _DATED))


def _one_of(loc: Path, name: str, known: Mapping[str, object], wrong: str) -> Iterator[Found]:
    if name not in known:
        yield Found(loc, f"is {wrong}", name, tuple(known))


def _of_type(columns: Columns, types: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(n for n, c in columns.items() if c.type in types and not c.identifier)


def _same_type(loc: Path, name: str, mine: Column, other: str, theirs: Column) -> Iterator[Found]:
    if _FAMILIES.get(mine.type, mine.type) != _FAMILIES.get(theirs.type, theirs.type):
        rule = f"is of type '{mine.type}', and '{other}' of type '{theirs.type}': they never match"
        yield Found(loc, rule, name)


def _sql(loc: Path, sql: str | None, columns: Columns | None) -> Iterator[Found]:
    if sql is None or columns is None:
        return
    checked = check_expression(sql, columns)
    for fault in checked.faults:
        piece, rule = said(checked, fault)
        yield Found(loc, rule, piece, fault.choices)
