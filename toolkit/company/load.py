"""A params file in, a checked `Company` out; or every problem of the file at once."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter, ValidationError

from toolkit.company.competitors import Benchmark
from toolkit.company.goals import Goal
from toolkit.company.kpis import Kpi
from toolkit.company.migrations import migrated
from toolkit.company.models import About, Company
from toolkit.company.packs import Pack
from toolkit.company.places import MOST_BYTES, Found, Places, read_yaml
from toolkit.company.references import references_found
from toolkit.company.refusals import refusals
from toolkit.company.service import Service
from toolkit.company.tables import Table
from toolkit.company.tests import Test
from toolkit.problems import Problem, Refused

_SUFFIXES = (".yaml", ".yml")
_PARTS: Mapping[str, type] = {
    "tables": Table, "kpis": Kpi, "goals": Goal, "tests": Test, "benchmarks": Benchmark,
    "packs": Pack,
}  # fmt: skip
_BARE_NAME = re.compile(r"[A-Za-z0-9_-]{1,63}")

Notebooks = Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class CompanyFile:
    """A params file that holds.

    Attributes
    ----------
    company
        What it says.
    path
        Where it is, in full.
    places
        Where each value of it stands.
    sha256
        Of the file's bytes, in hexadecimal.
    migrated
        What was changed to read a file of an older form, a sentence each.
    """

    company: Company
    path: Path
    places: Places
    sha256: str
    migrated: tuple[str, ...] = ()

    def place(self, *loc: str | int) -> str:
        """``params/demo.yaml:12 tests.spring_mail.arm``, for a message about a value."""
        return self.places.place(*loc)


def load_company(path: str | os.PathLike[str], notebooks: Notebooks | None = None) -> CompanyFile:
    """Read and check a params file.

    Parameters
    ----------
    path
        The file.
    notebooks
        The notebooks that packs may name, with the names of their parameters; not checked where
        absent.

    Raises
    ------
    Refused
        With every problem, each with file, line, value, rule and choices, in the file's order.
    """
    path = Path(path)
    raw = _bytes(path)
    read = read_yaml(raw, _named(path))
    found = list(read.found)
    company: Company | None = None
    if not isinstance(read.data, dict):
        rule = "is empty" if read.data is None else "holds no keys"
        found.append(Found((), f"{rule}: a params file begins with 'company:' and 'tables:'"))
        raise Refused(read.places.problems(found))
    brought = migrated(read.data)
    if brought.found:  # of another form: what else is wrong with it cannot be told
        raise Refused(read.places.problems([*found, *brought.found]))
    try:
        company = Company.model_validate(brought.data)
    except ValidationError as error:
        found += refusals(error.errors(), brought.data, Company)
        found += references_found(*_what_holds(brought.data, notebooks))
    else:
        found += references_found(company, notebooks)
    if found or company is None:
        raise Refused(read.places.problems(found))
    digest = hashlib.sha256(raw).hexdigest()
    return CompanyFile(company, path.resolve(), read.places, digest, brought.notes)


def find_company(
    name_or_path: str | os.PathLike[str],
    start: str | os.PathLike[str] | None = None,
    notebooks: Notebooks | None = None,
) -> CompanyFile:
    """Load the params file that is meant by a bare name or a path, from whatever folder.

    Parameters
    ----------
    name_or_path
        ``demo`` for ``params/demo.yaml``, or a path.
    start
        The folder to look from, then the folders above it; the current one where absent.
    notebooks
        See `load_company`.

    Raises
    ------
    Refused
        Where there is none, with where it was looked for and which there are; or the file's
        problems.
    """
    return load_company(path_of(name_or_path, start), notebooks)


def path_of(
    name_or_path: str | os.PathLike[str], start: str | os.PathLike[str] | None = None
) -> Path:
    """The params file that a bare name or a path means; see `find_company`."""
    wanted = os.fspath(name_or_path)
    here = Path(start) if start is not None else Path.cwd()
    bare = bool(_BARE_NAME.fullmatch(wanted))
    tries = [Path("params", wanted + s) for s in _SUFFIXES] if bare else [Path(wanted)]
    folders = [here.resolve(), *here.resolve().parents]
    if "\0" not in wanted:
        for folder in folders:
            for path in tries:
                if _is_file(folder / path):
                    return folder / path
    there = _params_files(folders)
    if bare:
        rule = "names no params file: looked for params/NAME.yaml in {} and the folders above it"
    else:
        rule = "is no file: looked from {} and the folders above it"
    raise Refused(Problem("company", rule.format(folders[0]), wanted, there))


def _params_files(folders: list[Path]) -> tuple[str, ...]:
    """The bare names that would have been found, from the nearest folder that has any."""
    for folder in folders:
        try:
            files = sorted(p for p in (folder / "params").iterdir() if p.suffix in _SUFFIXES)
        except OSError:  # no such folder, or not ours to read: the next one up
            continue
        if files:
            return tuple(p.stem for p in files)
    return ()


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for the system is no file
        return False


def _bytes(path: Path) -> bytes:
    place = _named(path)
    if "\0" in str(path) or not _is_file(path):
        if _is_folder(path):
            rule, there = "is a folder, not a params file", _beside(path)
        else:
            beside = path.parent if path.suffix else path.parent / "params"
            rule, there = f"is no file: looked in {_named(beside)}", _beside(beside)
        raise Refused(Problem("company", rule, place, there))
    try:
        with path.open("rb") as file:
            return file.read(MOST_BYTES + 1)
    except OSError as error:
        raise Refused(Problem(place, f"cannot be read: {error.strerror}")) from None


def _beside(folder: Path) -> tuple[str, ...]:
    try:
        return tuple(sorted(_named(p) for p in folder.iterdir() if p.suffix in _SUFFIXES))
    except (OSError, ValueError):
        return ()


def _is_folder(path: Path) -> bool:
    try:
        return path.is_dir()
    except (OSError, ValueError):
        return False


def _named(path: Path) -> str:
    """The path as a person knows it: from the current folder where it lies within."""
    try:
        return str(path.resolve().relative_to(Path.cwd())) if path.is_absolute() else str(path)
    except (OSError, ValueError):
        return str(path)


def _what_holds(
    data: dict[str, Any], notebooks: Notebooks | None
) -> tuple[Company, Notebooks | None, frozenset[tuple[str | int, ...]]]:
    """The parts of a file that hold by themselves, so that their names are checked as well."""
    parts: dict[str, dict[str, Any]] = {part: {} for part in _PARTS}
    unclear: set[tuple[str | int, ...]] = set()
    for part, model in _PARTS.items():
        entries = data.get(part, {})
        if not isinstance(entries, dict):
            unclear.add((part,))
            continue
        check = TypeAdapter(model)
        for name, entry in entries.items():
            try:
                parts[part][name] = check.validate_python(entry)
            except ValidationError:
                unclear.add((part, name))
    service = None
    if data.get("service") is not None:
        try:
            service = Service.model_validate(data["service"])
        except ValidationError:
            unclear.add(("service",))
    company = Company.model_construct(company=About.model_construct(), service=service, **parts)
    return company, notebooks, frozenset(unclear)
