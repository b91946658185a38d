"""A published run, read back: its findings, its manifest, its executed notebooks."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from nbformat import NotebookNode

from toolkit.pack.manifest import FORMAT
from toolkit.problems import Problem, Refused


@dataclass(frozen=True)
class Published:
    """The folder of a run, as `published` found it.

    Attributes
    ----------
    folder
        Where it stands.
    company, period
        Whose report it is, and of what period.
    findings
        As in ``findings.json``.
    pages
        As in ``manifest.json``: name, notebook, params, why it failed.
    """

    folder: Path
    company: str
    period: str
    findings: tuple[dict, ...]
    pages: tuple[dict, ...]

    @cached_property
    def notebooks(self) -> tuple[tuple[str, NotebookNode], ...]:
        """Each page that was made, with its executed notebook, in reading order."""
        import nbformat

        paths = [(p["page"], self.folder / "notebooks" / f"{p['page']}.ipynb") for p in self.pages if not p["failed"]]
        if gone := [str(path) for _, path in paths if not path.is_file()]:
            raise Refused(Problem(path, "belongs to the run and is not there: run the pack again") for path in gone)
        return tuple((page, nbformat.read(path, as_version=4)) for page, path in paths)


def published(folder: Path) -> Published:
    """The run in `folder`.

    Raises
    ------
    Refused
        Where it is no folder of a run, a file of it cannot be read, or it was written in another format.
    """
    found, why = _told(folder, "findings.json", ("company", "period", "findings"))
    made, why_not = _told(folder, "manifest.json", ("pages", "files"))
    if problems := list(dict.fromkeys(w for w in (why, why_not) if w)):
        raise Refused(problems)
    return Published(folder, found["company"], found["period"], tuple(found["findings"]), tuple(made["pages"]))


def findings_at(folder: Path) -> tuple[dict, tuple[Problem, ...]]:
    """What ``findings.json`` of a run says, and what is wrong with it; nothing else of the run is read."""
    found, why = _told(folder, "findings.json", ("company", "period", "findings"))
    return found, (why,) if why else ()


def _told(folder: Path, name: str, keys: tuple[str, ...]) -> tuple[dict, Problem | None]:
    path = folder / name
    if not folder.is_dir():
        return {}, Problem(str(folder), "is no folder: name the folder of a run, such as reports/demo/quarterly/2026Q3")
    if not path.is_file():
        runs = tuple(sorted(p.name for p in folder.iterdir() if (p / name).is_file()))
        return {}, Problem(str(folder), f"holds no {name}: it is not the folder of a run", choices=runs)
    try:
        told = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as wrong:
        return {}, Problem(str(path), f"cannot be read ({wrong})")
    version = told.get("format") if isinstance(told, dict) else None
    if version != FORMAT:
        return {}, Problem(str(path), f"is of another format than this toolkit reads ({FORMAT}): run that pack again", version)
    if missing := [k for k in keys if k not in told]:
        return {}, Problem(str(path), f"lacks {', '.join(missing)}: it was not written by a run")
    return told, None
