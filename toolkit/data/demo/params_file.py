"""Which params file does the demo company come with? Its own, the data folder filled in."""

from __future__ import annotations

import json
import os
from importlib.resources import files
from pathlib import Path, PurePath

#: Tables of customers and service; of rivals, staff, plan and money; what is asked of them; KPIs, tests, goals and packs.
PARTS = ("params.yaml", "params_plan.yaml", "params_changes.yaml", "params_rivals.yaml", "params_customers.yaml",
         "params_service.yaml", "params_money.yaml", "params_scorecard.yaml", "params_segments.yaml",
         "params_quality.yaml", "params_measures.yaml", "params_tests.yaml", "params_goals.yaml")
DEFAULT_FOLDER = "../data/demo"
_FOLDER_LINE = f"folder: {DEFAULT_FOLDER}"


def write_params(
    path: str | os.PathLike[str] | None = None, data_folder: str | PurePath = DEFAULT_FOLDER
) -> str:
    """Return the demo company's params file, and write it where a path is given.

    Parameters
    ----------
    path
        The file to write, whole; its folder is made where it is not there. Absent: nothing is
        written.
    data_folder
        Where `write_demo` put the tables, seen from the params file's folder.

    Returns
    -------
    str
        The file's text. With the default folder it is what stands in the repository.
    """
    home = files("toolkit.data.demo")
    text = "\n".join(home.joinpath(part).read_text(encoding="utf-8") for part in PARTS)
    folder = data_folder if isinstance(data_folder, str) else data_folder.as_posix()
    if folder != DEFAULT_FOLDER:
        text = text.replace(_FOLDER_LINE, "folder: " + json.dumps(folder, ensure_ascii=False), 1)
    if path is not None:
        target = Path(path)
        target.parent.mkdir(parents=True, exist_ok=True)
        part = target.with_name(target.name + ".part")
        part.write_text(text, encoding="utf-8")
        os.replace(part, target)
    return text
