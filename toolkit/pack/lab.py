"""JupyterLab, opened on the notebooks of a company."""

from __future__ import annotations

import os
import shlex
import sys
from pathlib import Path

from toolkit.company.load import load_company, path_of
from toolkit.pack.jobs import notebooks_folder, parameters_of
from toolkit.pack.own_notebooks import copy_notebooks
from toolkit.problems import Problem, Refused

FOLDER = "lab"
"""Copies of the notebooks for companies other than the one they open by themselves stand in it, by company."""


def command_of(params: Path | None) -> list[str]:
    """What starts JupyterLab on the notebooks of the company in `params`.

    Where the notebooks here open another company, they are copied into ``lab/<company>/`` beside them with
    this one as their parameter; a copy that is there already stays as its analyst left it.

    Raises
    ------
    Refused
        Where the params file does not hold.
    """
    folder = notebooks_folder(Path.cwd(), *([params.parent] if params else []))
    if params is not None:
        file = load_company(params)
        if not _open_it(folder, file.path):
            target = Path.cwd() / FOLDER / file.company.company.id
            copy_notebooks(folder, target, str(file.path), file.company)
            folder = target
    return [sys.executable, "-m", "jupyterlab", str(folder)]


def as_line(command: list[str]) -> str:
    """The command as a shell takes it."""
    return shlex.join(command)


def start(command: list[str]) -> None:
    """Become JupyterLab."""
    try:
        os.execv(command[0], command)
    except OSError as wrong:
        raise Refused(Problem(command[0], f"cannot be started ({wrong.strerror})")) from None


def _open_it(folder: Path, params: Path) -> bool:
    """Whether the notebooks in `folder`, as they stand, open `params`."""
    named = {parameters_of(p).get("company") for p in folder.glob("*.ipynb")}
    if len(named) != 1 or not isinstance(name := named.pop(), str):
        return False
    try:
        return path_of(name, folder).resolve() == params
    except Refused:
        return False
