"""The company's tables under our names and types, their contracts kept.

Files are read by DuckDB in this process; a CSV or a sheet is read once, and what was
checked is what is used from then on. Tables of a connected database stay where they are. Clock
times are local times of the company's zone.
"""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

from ibis.backends import BaseBackend
from ibis.expr.types import Table

from toolkit.company.consent_references import looked_up_for_consent
from toolkit.company.models import Company
from toolkit.company.tables import Table as TableModel
from toolkit.data import duck_views, matched
from toolkit.data.asking import DuckRows, Lookup, Rows, name_of
from toolkit.data.connection import connect, quiet_duckdb
from toolkit.data.contract import TableReport, Unmatched, Verdict, weigh
from toolkit.data.kept import kept_rows
from toolkit.data.prepared import SCHEMA, Prepared, note_asked
from toolkit.data.readers import POSITION, Raw, read_file, read_table, reading
from toolkit.data.row_rules import Judged
from toolkit.data.rules import rules_of
from toolkit.data.spark_sessions import let_go
from toolkit.data.typed import Typed, typed_rows
from toolkit.problems import Problem, Refused

Place = Callable[..., str]


def _dotted(*loc: str | int) -> str:
    return ".".join(str(step) for step in loc)


@dataclass(frozen=True)
class _Checked:
    """A table after its contract was weighed: its report and, where it can be read, its rows.

    `in_place` is a query that gives them from `files`, in any session; empty where there is none.
    """

    report: TableReport
    rows: Rows | None = None
    fingerprint: str = ""
    verdict: Verdict | None = None
    in_place: str = ""
    files: tuple[Path, ...] = ()


class Source:
    """The tables of one company; use it in a ``with`` statement or call `close`.

    Attributes
    ----------
    company
        The params file.
    """

    def __init__(
        self,
        company: Company,
        folder: Path,
        place: Place,
        main: BaseBackend | None,
        prepared: Prepared | None = None,
    ):
        self.company = company
        self._folder, self._place = folder, place
        self._main = main  # None until a table of the database is asked for
        self._files: BaseBackend | None = None
        self._work: Path | None = None
        self._checked: dict[str, _Checked] = {}
        self._tables: dict[str, Table] = {}
        self._stored = 0
        self._prepared, self._attached = prepared, False

    @property
    def of_a_run(self) -> bool:
        """Whether a run has made its tables ready: they are then the same for all of its notebooks."""
        return self._prepared is not None

    def __repr__(self) -> str:
        return f"Source({self.company.company.name}: {', '.join(self.company.tables)})"

    def __enter__(self) -> Source:
        return self

    def __exit__(self, *_wrong: object) -> None:
        self.close()

    def close(self) -> None:
        """Let go of connections and temporary files; tables of this source are then gone."""
        for engine in dict.fromkeys((self._files, self._main)):
            if engine is not None:
                let_go(engine)
        self._files = self._main = None
        self._attached = False
        self._checked.clear()
        self._tables.clear()
        if self._work is not None:
            shutil.rmtree(self._work, ignore_errors=True)
            self._work = None

    def table(self, name: str) -> Table:
        """A table with our names and types, as an Ibis expression.

        Only declared columns and those of its joins; missing codes are null, rows set aside are
        left out, `where` is applied. The order of rows means nothing.

        Raises
        ------
        Refused
            The table, or one it looks up, does not keep its contract.
        """
        if name not in self._tables:
            model = self._model(name)
            note_asked((name, *model.joins))
            if self._prepared and self._prepared.holds(name):
                self._tables[name] = self._ready(name)
                return self._tables[name]
            problems = [v for n in (name, *model.joins) for v in self._check(n).report.violations]
            if problems:
                raise Refused(dict.fromkeys(problems))
            rows = self._check(name).rows
            if model.joins:
                rows = rows.looked_up(self._lookups(name), f"{rows.name} joined")
            self._tables[name] = rows.table()
        return self._tables[name]

    def report(self, name: str) -> TableReport:
        """What the table's contract found; computed once, in a run once for all of its notebooks."""
        joins = self._model(name).joins
        note_asked((name, *joins))
        if self._prepared and name in self._prepared.reports:
            return self._prepared.reports[name]
        checked = self._check(name)
        if joins and checked.rows is not None and not checked.report.unmatched:
            there = {o: j.on for o, j in joins.items() if self._check(o).rows is not None}
            found = self._unmatched(name, checked.rows, there) if there else ()
            checked = replace(checked, report=replace(checked.report, unmatched=found))
            self._checked[name] = checked
        return checked.report

    def fingerprint(self, name: str) -> str:
        """What was read, as text that changes with it.

        ``sha256:…`` of a file's bytes; for a table of a database its name, columns and row count.
        """
        return self._check(name).fingerprint

    def run(self, table: Table) -> list[dict[str, Any]]:
        """A small result as plain Python values."""
        return self._engine_of(table).to_pyarrow(table).to_pylist()

    def in_place(self, name: str) -> tuple[str, tuple[Path, ...]]:
        """A query that gives the rows of `table` from files in any session, and the files; empty where none does."""
        checked = self._check(name)
        return ("", ()) if self._model(name).joins else (checked.in_place, checked.files)

    def write(self, name: str, start: Path) -> tuple[Path, ...]:
        """The rows of `table`, of files only, in Parquet files whose names begin with that of `start`."""
        rows, sizes = self._check(name).rows, [self.report(o).kept for o in self._model(name).joins]
        return matched.write_joined(rows, self._lookups(name), sizes, start)

    def verdict(self, name: str) -> Verdict:
        """The outcome of the table's contract, to be handed to another process of the same run."""
        verdict = self._check(name).verdict
        if verdict is None:
            raise Refused(self._check(name).report.violations)
        return verdict

    def _ready(self, name: str) -> Table:
        """The rows that a run has checked, written down or where they stand."""
        engine = self._for_files()
        if text := self._prepared.views.get(name):
            self._prepared.still_there(name, self._place("tables", name))
            return DuckRows(name, engine).derived(text, f"{SCHEMA} {name}").table()
        if not self._attached:
            text = str(self._prepared.file).replace("'", "''")
            engine.raw_sql(f"ATTACH '{text}' AS {SCHEMA} (READ_ONLY)")
            self._attached = True
        return duck_views.table(engine, name, SCHEMA, "main")

    def _model(self, name: str) -> TableModel:
        if name not in self.company.tables:
            raise Refused(
                Problem(
                    "tables", "is no table of this params file", name, tuple(self.company.tables)
                )
            )
        return self.company.tables[name]

    def _engine_of(self, table: Table) -> BaseBackend:
        return table._find_backend(use_default=False)

    def _database(self) -> BaseBackend:
        if self._main is None:
            self._main = self._steady(connect(self.company.source, self._folder, self._place("source")))
        return self._main

    def _steady(self, engine: BaseBackend) -> BaseBackend:
        """Threads add up sums in the order they finish: the last bits would differ from run to run."""
        if engine.name == "duckdb":
            engine.raw_sql(f"SET threads={self.company.engine.threads}")
            engine.raw_sql(f"SET memory_limit='{self.company.engine.memory}MB'")
        return engine

    @contextmanager
    def _counting(self, engine: BaseBackend) -> Iterator[None]:
        """While rows are only counted, on every core: counts do not hang on how rows are shared out.

        What is stored, sums and rows alike, is not: with several cores rows come in another order each time.
        """
        if engine.name != "duckdb":
            yield
            return
        engine.raw_sql(f"SET threads={max(os.cpu_count() or 1, self.company.engine.threads)}")
        try:
            yield
        finally:
            engine.raw_sql(f"SET threads={self.company.engine.threads}")

    def _for_files(self) -> BaseBackend:
        """Files are read by the connected DuckDB, or by one beside another engine."""
        if self._files is None:
            # in a run's own folder, which goes with it however its notebooks end
            self._work = Path(tempfile.mkdtemp(prefix="toolkit-", dir=self._prepared.folder if self._prepared else None))
            local = self.company.source.startswith("duckdb:")
            self._files = self._database() if local else self._steady(quiet_duckdb())
            spill = str(self._work).replace("'", "''")
            self._files.raw_sql(f"SET temp_directory='{spill}'")
            # tables that somebody still holds hold their engine
            weakref.finalize(self._files, shutil.rmtree, self._work, ignore_errors=True)
        return self._files

    def _check(self, name: str) -> _Checked:
        if name not in self._checked:
            model = self._model(name)
            try:
                self._checked[name] = self._weighed(name, model)
            except Refused as refused:
                report = TableReport(name, model.path or model.table, violations=refused.problems)
                self._checked[name] = _Checked(report)
        return self._checked[name]

    def _weighed(self, name: str, model: TableModel) -> _Checked:
        place = partial(self._place, "tables", name)
        if model.path is not None:
            engine = self._for_files()
            raw = read_file(model, self._folder, place, engine, self._work)
        else:
            engine = self._database()
            raw = read_table(model, place, engine)
        self._stored += 1
        called = f"toolkit_{self._stored}"
        verdict = self._prepared.verdicts.get(name) if self._prepared else None

        def typed_as(left: tuple[str, ...] | None) -> tuple[Typed, Judged]:
            typed = typed_rows(raw, model, self.company.company.time_zone, engine, called, left)
            rules = rules_of(model, self.company, raw.marks, typed.unfit)
            return typed, Judged(typed.rows, typed.unfit, tuple(rules), model)

        def named(column: str | None) -> str:
            if column is None:
                return f"{name} ({raw.origin})"
            theirs = model.columns[column].source
            return f"{name}.{column} ({f'{theirs!r} in ' if theirs else ''}{raw.origin})"

        typed, judged = typed_as(verdict.left if verdict else None)
        with reading(raw.origin):
            if verdict is None:
                with self._counting(engine):
                    counted = judged.counted(typed.asked)
                    left = typed.left(counted)
                if left:
                    typed, judged = typed_as(left)
                with self._counting(engine):
                    counted = judged.counted({}) if left else counted
                    verdict = weigh(judged, named, (POSITION, raw.word) if raw.word else None, counted)
                verdict = replace(verdict, left=left, plain=typed.plain(counted))
            rows, in_place = kept_rows(typed, judged, verdict, raw)
            kept, last = verdict.kept, verdict.last
            if verdict.rows and (verdict.repeats or model.where):
                kept, last = self._extent(rows, model)
            without = 0
            if model.consent and kept and not verdict.violations:
                rows, there, in_place = self._agreed(name, rows, model), kept, ""
                kept, last = self._extent(rows, model)
                without = there - kept
        violations = list(verdict.violations)
        if verdict.rows and not kept and not violations:
            by = "consent" if without else "where" if model.where else None
            rule = "leaves no row of the table" if by else "every row was set aside"
            violations.append(Problem(place(by) if by else named(None), rule, getattr(model, by) if by else None))
        report = TableReport(
            name,
            raw.origin,
            verdict.rows,
            kept,
            verdict.aside,
            verdict.set_aside,
            verdict.missing,
            (),
            last,
            tuple(violations),
            without,
        )
        count = "" if model.path else f", {verdict.rows} rows"
        return _Checked(report, rows, raw.fingerprint + count, verdict, in_place, raw.files)

    def _agreed(self, name: str, rows: Rows, model: TableModel) -> Rows:
        """The rows of people who agreed; what is neither true nor false counts as not agreed."""
        columns = ", ".join(map(name_of, model.columns))
        found = rows
        if needed := looked_up_for_consent(self.company, name):
            missing = [v for other in needed for v in self._check(other).report.violations]
            if missing:
                raise Refused(dict.fromkeys(missing))
            lookups = [
                self._lookup_of(name, rows, other, model.joins[other].on, {c: c for c in model.joins[other].columns})
                for other in needed
            ]
            found = rows.looked_up(lookups, f"{rows.name} asked")
        agreed = f"COALESCE(TRY_CAST(({model.consent}\n) AS BOOLEAN), FALSE)"
        return found.derived(f"SELECT {columns} FROM {name_of(found.name)} WHERE {agreed}", f"{rows.name} agreed")

    def _extent(self, rows: Rows, model: TableModel) -> tuple[int, Any]:
        last = f"MAX({name_of(model.time)})" if model.time else "NULL"
        found = rows.ask(f'SELECT COUNT(*) AS "n", {last} AS "last" FROM {name_of(rows.name)}')[0]
        return int(found["n"]), found["last"]

    def _lookups(self, name: str) -> list[Lookup]:
        return [
            self._lookup(name, other, join.on, dict(zip(join.columns, join.columns)))
            for other, join in self._model(name).joins.items()
        ]

    def _lookup(self, name: str, other: str, on: str, columns: dict[str, str]) -> Lookup:
        return self._lookup_of(name, self._check(name).rows, other, on, columns)

    def _lookup_of(self, name: str, rows: Rows, other: str, on: str, columns: dict[str, str]) -> Lookup:
        there = self._check(other).rows
        if not rows.meets(there):
            rule = "lies elsewhere: a table of a file and one of a database cannot be joined"
            raise Refused(Problem(self._place("tables", name, "joins", other), rule))
        return Lookup(on, there, self._model(other).key[0], columns, len(self._model(other).key) == 1)

    def _unmatched(self, name: str, rows: Rows, there: dict[str, str]) -> tuple[Unmatched, ...]:
        """How many rows find nothing in each other table, by one query."""
        lookups, counts = [], []
        for other, on in there.items():
            found, on_ = f"found in {other}", name_of(on)
            lookups.append(self._lookup(name, other, on, {found: self._model(other).key[0]}))
            gone = f"{on_} IS NOT NULL AND {name_of(found)} IS NULL"
            counts.append(f"COUNT(CASE WHEN {gone} THEN 1 END) AS {name_of(f'rows {other}')}")
            counts.append(f"COUNT(*) - COUNT({on_}) AS {name_of(f'none {other}')}")
        sizes = [self._check(o).report.kept for o in there]
        with self._counting(self._for_files() if self._model(name).path else self._database()):
            counted = matched.counted(rows, lookups, sizes, counts, f"{rows.name} matched")
        return tuple(Unmatched(o, counted[f"rows {o}"], counted[f"none {o}"]) for o in there)


def open_source(
    company: Company, folder: Path, place: Place = _dotted, prepared: Prepared | None = None
) -> Source:
    """Open the tables of a params file; nothing is read before it is asked for.

    Parameters
    ----------
    company
        The params file, checked.
    folder
        What the paths of tables, and of a ``duckdb://`` file, are relative to.
    place
        Says where a value stands in the params file: ``place("tables", "orders", "path")``.
    prepared
        What a run has made ready already; None outside one.

    Raises
    ------
    Refused
        The connection cannot be made: a secret that is not set, a database that does not answer.
    """
    source = Source(company, Path(folder), place, None, prepared)
    if any(table.table for table in company.tables.values()) or company.source != "duckdb://":
        source._database()
    return source
