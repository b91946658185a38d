"""Tables that a run has checked once, made ready for all of its notebooks.

A run weighs every contract before it starts. Each notebook is a process of its own and would read
and weigh the same tables again; instead it finds them in the folder that the environment variable
`VARIABLE` names: rows that were checked, in one DuckDB file, and for tables too large to be written
again the outcome of their contract. Without the variable, as in JupyterLab, nothing of this is used.

A notebook writes down which tables it asked for, so that the run knows what its page rests on.
"""

from __future__ import annotations

import errno
import json
import os
import pickle
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from toolkit.company.load import CompanyFile
from toolkit.data.asking import name_of
from toolkit.data.contract import TableReport, Verdict

if TYPE_CHECKING:
    from toolkit.data.source import Source

VARIABLE = "TOOLKIT_RUN"
ASKED = "TOOLKIT_ASKED"
"""The file that a notebook writes the names of its tables to."""

_FILE, _ABOUT = "tables.duckdb", "tables.pickle"
SCHEMA = "prepared"
MOST_ROWS = 5_000_000
"""Tables of more rows than this stay where they are."""


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
    verdicts
        Outcomes of the contracts of the others.
    reports
        What the contract of every table found.
    """

    folder: Path
    company: CompanyFile
    stored: frozenset[str] = frozenset()
    verdicts: dict[str, Verdict] = field(default_factory=dict)
    reports: dict[str, TableReport] = field(default_factory=dict)

    @property
    def file(self) -> Path:
        """The DuckDB file."""
        return self.folder / _FILE


def prepare(source: Source, company: CompanyFile, folder: Path) -> Prepared:
    """Write the checked tables of `source` into `folder`.

    Tables of a database stay there; only the outcome of their contracts is handed on.

    Raises
    ------
    Refused
        With every violation of every table.
    OSError
        The folder takes no more.
    """
    try:
        stored, verdicts = _stored(source, folder)
    except duckdb.IOException as wrong:
        raise OSError(errno.EIO, str(wrong).splitlines()[0], str(folder / _FILE)) from None
    reports = {name: source.report(name) for name in source.company.tables}
    prepared = Prepared(folder, company, stored, verdicts, reports)
    (folder / _ABOUT).write_bytes(pickle.dumps(prepared))
    return prepared


def _stored(source: Source, folder: Path) -> tuple[frozenset[str], dict[str, Verdict]]:
    stored, verdicts = [], {}
    engine = None
    for name, model in source.company.tables.items():
        if model.path is None:
            verdicts[name] = source.verdict(name)
            continue
        rows = source.table(name)
        if source.report(name).kept > MOST_ROWS:
            verdicts[name] = source.verdict(name)
            continue
        if engine is None:
            engine = rows.get_backend()
            text = str(folder / _FILE).replace("'", "''")
            engine.con.execute(f"ATTACH '{text}' AS {SCHEMA} (READ_WRITE)")
        engine.con.execute(f"CREATE TABLE {SCHEMA}.{name_of(name)} AS {engine.compile(rows)}")
        stored.append(name)
    if engine is not None:
        engine.con.execute(f"DETACH {SCHEMA}")
    return frozenset(stored), verdicts


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
