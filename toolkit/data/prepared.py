"""Tables that a run has checked once, made ready for all of its notebooks.

A run weighs every contract before it starts. Each notebook is a process of its own and would read
and weigh the same tables again; instead it finds them in the folder that the environment variable
`VARIABLE` names: rows that were checked, in one DuckDB file. Large tables of Parquet files are read where
they stand, by a query that leaves out what their contract sets aside: to write a table again costs as much
as to read it eight times. Of large tables that look columns up the rows are written, joined, to Parquet
files. Without the variable, as in JupyterLab, nothing of this is used.

A notebook writes down which tables it asked for, so that the run knows what its page rests on.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from toolkit.company.load import CompanyFile
from toolkit.data.asking import name_of
from toolkit.data.connection import too_little_memory
from toolkit.data.contract import TableReport, Verdict
from toolkit.problems import Problem, Refused

if TYPE_CHECKING:
    from toolkit.data.source import Source

VARIABLE = "TOOLKIT_RUN"
ASKED = "TOOLKIT_ASKED"
"""The file that a notebook writes the names of its tables to."""

_FILE, _ABOUT = "tables.duckdb", "tables.pickle"
SCHEMA = "prepared"
MOST_ROWS = 500_000
"""Tables of files with more rows than this are read where they stand, or written to Parquet files."""
Stamp = tuple[str, int, int]


@dataclass(frozen=True)
class Prepared:
    """What stands ready in a run's folder.

    Attributes
    ----------
    folder
        The run's own, gone when it ends.
    company
        The params file as the run read it.
    stored
        Tables whose checked rows are in the file.
    views
        Table -> query over Parquet files that gives its checked rows.
    files
        Table -> the files that are read where they stand, each with its size and when it was written.
    verdicts
        Outcomes of the contracts of the others.
    reports
        What the contract of every table found.
    """

    folder: Path
    company: CompanyFile
    stored: frozenset[str] = frozenset()
    views: dict[str, str] = field(default_factory=dict)
    files: dict[str, tuple[Stamp, ...]] = field(default_factory=dict)
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    reports: dict[str, TableReport] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.folder / _FILE

    def holds(self, name: str) -> bool:
        """The table's rows stand ready."""
        return name in self.stored or name in self.views

    def still_there(self, name: str, place: str) -> None:
        """Files that are read where they stand are those that were checked.

        Raises
        ------
        Refused
            A file was written or removed since.
        """
        for path, *before in self.files.get(name, ()):
            if _stamp(Path(path))[1:] != tuple(before):
                rule = "was written again or removed while the run was under way: run again"
                raise Refused(Problem(place, rule, Path(path).name))


def prepare(source: Source, company: CompanyFile, folder: Path, most: int = MOST_ROWS) -> Prepared:
    """Write the checked tables of `source` into `folder`.

    Tables of a database stay there; only the outcome of their contracts is handed on.

    Parameters
    ----------
    most
        Rows beyond which a table of a file is not written into the DuckDB file.

    Raises
    ------
    Refused
        With every violation of every table.
    OSError
        The folder takes no more.
    """
    try:
        prepared = _made_ready(source, Prepared(folder, company), most)
    except duckdb.IOException as wrong:
        raise OSError(errno.EIO, str(wrong).splitlines()[0], str(folder / _FILE)) from None
    except duckdb.OutOfMemoryException:
        raise Refused(too_little_memory("tables")) from None
    prepared = replace(prepared, reports={name: source.report(name) for name in source.company.tables})
    (folder / _ABOUT).write_bytes(pickle.dumps(prepared))
    return prepared


def _made_ready(source: Source, empty: Prepared, most: int) -> Prepared:
    stored, views, files, verdicts = [], {}, {}, {}
    engine = None
    for name, model in source.company.tables.items():
        if model.path is None:
            verdicts[name] = source.verdict(name)
            continue
        rows = source.table(name)
        engine = rows.get_backend()
        if source.report(name).kept > most:
            text, there = source.in_place(name)
            views[name] = text or _all_of(source.write(name, empty.folder / f"table-{len(views)}"))
            files[name] = tuple(map(_stamp, there))
            continue
        if not stored:
            text = str(empty.file).replace("'", "''")
            engine.con.execute(f"ATTACH '{text}' AS {SCHEMA} (READ_WRITE)")
        engine.con.execute(f"CREATE TABLE {SCHEMA}.{name_of(name)} AS {engine.compile(rows)}")
        stored.append(name)
    if stored:
        engine.con.execute(f"DETACH {SCHEMA}")
    return replace(empty, stored=frozenset(stored), views=views, files=files, verdicts=verdicts)


def _all_of(files: tuple[Path, ...]) -> str:
    listed = ", ".join("'" + str(f).replace("'", "''") + "'" for f in files)
    return f"SELECT * FROM read_parquet([{listed}])"


def _stamp(file: Path) -> Stamp:
    try:
        seen = file.stat()
    except OSError:
        return str(file), -1, -1
    return str(file), seen.st_size, seen.st_mtime_ns


def of_this_run(params: Path) -> Prepared | None:
    """What the run that started this process made ready, where it did so from this params file."""
    named = os.environ.get(VARIABLE)
    if not named or not (Path(named) / _ABOUT).is_file():
        return None
    prepared = pickle.loads((Path(named) / _ABOUT).read_bytes())  # noqa: S301 - written by this run
    return prepared if prepared.company.path == params.resolve() else None


def note_asked(names: tuple[str, ...]) -> None:
    """Write down that these tables were asked for, where a run wants to know."""
    if file := os.environ.get(ASKED):
        with open(file, "a", encoding="utf-8") as out:
            out.writelines(json.dumps(name) + "\n" for name in names)


def asked_of(file: Path) -> tuple[str, ...]:
    """The tables that a notebook asked for, each once."""
    if not file.is_file():
        return ()
    return tuple(dict.fromkeys(json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()))
