"""The company's tables under our names and types, their contracts kept.

Files are read by DuckDB in this process; a CSV or a sheet is read once, and what was
checked is what is used from then on. Tables of a connected database stay where they are. Clock
times are local times of the company's zone.
"""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import ibis
from ibis.backends import BaseBackend
from ibis.expr.types import Table

from toolkit.company.models import Company
from toolkit.company.tables import Table as TableModel
from toolkit.data.casting import converted
from toolkit.data.connection import connect, quiet_duckdb
from toolkit.data.contract import TableReport, Unmatched, judged, weigh
from toolkit.data.readers import POSITION, Raw, read_file, read_table, reading
from toolkit.data.rules import rules_of
from toolkit.problems import Problem, Refused

Place = Callable[..., str]


def _dotted(*loc: str | int) -> str:
    return ".".join(str(step) for step in loc)


@dataclass(frozen=True)
class _Checked:
    """A table after its contract was weighed: its report and, where it can be read, its rows."""

    report: TableReport
    rows: Table | None = None
    fingerprint: str = ""


class Source:
    """The tables of one company; use it in a ``with`` statement or call `close`.

    Attributes
    ----------
    company
        The params file.
    """

    def __init__(self, company: Company, folder: Path, place: Place, main: BaseBackend | None):
        self.company = company
        self._folder, self._place = folder, place
        self._main = main  # None until a table of the database is asked for
        self._files: BaseBackend | None = None
        self._work: Path | None = None
        self._checked: dict[str, _Checked] = {}
        self._tables: dict[str, Table] = {}
        self._stored = 0

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
                engine.disconnect()
        self._files = self._main = None
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
            problems = [v for n in (name, *model.joins) for v in self._check(n).report.violations]
            if problems:
                raise Refused(dict.fromkeys(problems))
            rows = self._check(name).rows
            for other, join in model.joins.items():
                rows = self._looked_up(rows, model, other, join.on, join.columns)
            self._tables[name] = rows
        return self._tables[name]

    def report(self, name: str) -> TableReport:
        """What the table's contract found; computed once."""
        checked = self._check(name)
        model = self._model(name)
        if model.joins and checked.rows is not None and not checked.report.unmatched:
            found = tuple(
                self._unmatched(checked.rows, other, join.on)
                for other, join in model.joins.items()
                if self._check(other).rows is not None
            )
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
            self._main = connect(self.company.source, self._folder, self._place("source"))
        return self._main

    def _for_files(self) -> BaseBackend:
        """Files are read by the connected DuckDB, or by one beside another engine."""
        if self._files is None:
            self._work = Path(tempfile.mkdtemp(prefix="toolkit-"))
            local = self.company.source.startswith("duckdb:")
            self._files = self._database() if local else quiet_duckdb()
            spill = str(self._work).replace("'", "''")
            self._files.raw_sql(f"SET temp_directory='{spill}'")
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
        alias = f"reading {name}"
        zone = self.company.company.time_zone
        values = converted(
            raw.table, model, zone, raw.marks, alias, shortcuts=engine.name == "duckdb"
        )
        position = (POSITION, raw.word) if raw.word else None
        if raw.once:
            values = self._store(engine, values, raw)
        rules = rules_of(values, model, self.company, raw.marks)
        judgement = judged(values, rules, model, alias)

        def named(column: str | None) -> str:
            if column is None:
                return f"{name} ({raw.origin})"
            theirs = model.columns[column].source
            return f"{name}.{column} ({f'{theirs!r} in ' if theirs else ''}{raw.origin})"

        with reading(raw.origin):
            verdict = weigh(judgement, named, position, self.run)
            rows = judgement.kept(repeats=bool(verdict.repeats))
            kept, last = 0, None
            if verdict.rows:
                rows = self._where(rows, name, model)
                kept, last = self._extent(rows, model)
        violations = list(verdict.violations)
        if verdict.rows and not kept and not violations:
            rule = "leaves no row of the table" if model.where else "every row was set aside"
            violations.append(
                Problem(place("where") if model.where else named(None), rule, model.where)
            )
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
        )
        count = "" if model.path else f", {verdict.rows} rows"
        return _Checked(report, rows, raw.fingerprint + count)

    def _store(self, engine: BaseBackend, values: Table, raw: Raw) -> Table:
        """Keep what was read, in the order of the file, and count it against the file."""
        self._stored += 1
        with reading(raw.origin):
            stored = engine.create_table(f"toolkit_read_{self._stored}", values, temp=True)
            rows = engine.to_pyarrow(stored.count()).as_py()
        if rows != raw.rows:
            raise Refused(
                Problem(
                    raw.origin,
                    f"holds {raw.rows:,} records, but the engine reads {rows:,}: its quotes "
                    "or line ends are ambiguous",
                )
            )
        if raw.first is None:
            return stored
        return stored.mutate(**{POSITION: stored.rowid() + raw.first})

    def _where(self, rows: Table, name: str, model: TableModel) -> Table:
        if model.where is None:
            return rows
        return rows.alias("toolkit_rows").sql(
            f"SELECT * FROM toolkit_rows WHERE ({model.where})", dialect="duckdb"
        )

    def _extent(self, rows: Table, model: TableModel) -> tuple[int, Any]:
        last = rows[model.time].max() if model.time else ibis.literal(None, "date")
        found = self.run(rows.aggregate(n=rows.count(), last=last))[0]
        return int(found["n"]), found["last"]

    def _keys(self, other: str, columns: tuple[str, ...] = ()) -> Table:
        rows = self._check(other).rows
        (key,) = self._model(other).key
        return rows.select(**{"key looked up": rows[key]}, **{c: rows[c] for c in columns})

    def _looked_up(
        self, rows: Table, model: TableModel, other: str, on: str, columns: list[str]
    ) -> Table:
        found = self._keys(other, tuple(columns))
        return rows.left_join(found, rows[on] == found["key looked up"]).drop("key looked up")

    def _unmatched(self, rows: Table, other: str, on: str) -> Unmatched:
        there = self._keys(other)
        alone = rows.filter(rows[on].notnull()).anti_join(there, rows[on] == there["key looked up"])
        counted = self.run(alone.aggregate(n=alone.count()))[0]["n"]
        missing = self.run(rows.aggregate(n=rows[on].isnull().sum()))[0]["n"]
        return Unmatched(other, int(counted), int(missing or 0))


def open_source(company: Company, folder: Path, place: Place = _dotted) -> Source:
    """Open the tables of a params file; nothing is read before it is asked for.

    Parameters
    ----------
    company
        The params file, checked.
    folder
        What the paths of tables, and of a ``duckdb://`` file, are relative to.
    place
        Says where a value stands in the params file: ``place("tables", "orders", "path")``.

    Raises
    ------
    Refused
        The connection cannot be made: a secret that is not set, a database that does not answer.
    """
    source = Source(company, Path(folder), place, None)
    if any(table.table for table in company.tables.values()) or company.source != "duckdb://":
        source._database()
    return source
