"""A project of the company's own: params, notebooks, a Makefile and a README, for an installed toolkit."""

from __future__ import annotations

import shutil
from pathlib import Path

from toolkit.company.starter import starter_params
from toolkit.pack.jobs import notebooks_folder
from toolkit.pack.own_notebooks import copy_notebooks
from toolkit.problems import Problem, Refused

_NAME = "company"

_MAKEFILE = """\
# make check: what is wrong with params and tables.   make report: makes the report, prints its first page.
TOOLKIT ?= toolkit
PARAMS := params/company.yaml

.PHONY: report check lab

report:
\t$(TOOLKIT) run $(PARAMS)

check:
\t$(TOOLKIT) check $(PARAMS)

lab:
\t$(TOOLKIT) lab $(PARAMS)
"""

_README = """\
# Does our plan work?

| what | where |
|---|---|
| our tables, KPIs, tests, changes, goals | `params/company.yaml` |
| the tables themselves, if they are files | `data/` |
| the analyses, ours to change and copy | `notebooks/` |
| what a run makes | `reports/` |

    make check      # every problem of the params file and the tables, all at once
    make report     # makes the report and prints the path of its first page
    make lab        # opens the notebooks in JupyterLab

Beyond these: `toolkit run params/company.yaml --period 2026Q3`, `toolkit compare RUN RUN` for what changed
between two runs, `toolkit export RUN --workbook tables.xlsx --pdf pages` for what to take along,
`toolkit schedule cron params/company.yaml` for a report every quarter, `toolkit schema` for editors.
"""

_IGNORED = "reports/\nlab/\n.ipynb_checkpoints/\n"


def start_project(folder: Path, table: Path | None = None) -> list[str]:
    """Write the project into `folder`; what to do next, in lines.

    Parameters
    ----------
    table
        A CSV of the company: the params file is then written from it, with what was guessed marked.

    Raises
    ------
    Refused
        Where a params file is there already, or the CSV cannot be read; nothing is written then.
    """
    target = folder / "params" / f"{_NAME}.yaml"
    if target.exists():
        raise Refused(Problem(str(target), "is there already: move it away, or choose another folder"))
    if table is None:
        text, about = starter_params("../data"), f"Put your tables into {folder / 'data'} and name them in {target}."
    else:
        from toolkit.data.first_params import first_params
        from toolkit.data.guessed import guessed

        found = guessed(table)
        text = first_params(found, "../data")
        about = f"Read {found.rows:,} rows and {len(found.columns)} columns of {table}; confirm what is marked 'guess' in {target}."
    for place in ("params", "data"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    if table is not None and not (folder / "data" / table.name).exists():
        shutil.copyfile(table, folder / "data" / table.name)
    target.write_text(text, encoding="utf-8")
    copy_notebooks(notebooks_folder(), folder / "notebooks", _NAME)
    for name, content in (("Makefile", _MAKEFILE), ("README.md", _README), (".gitignore", _IGNORED)):
        if not (folder / name).exists():
            (folder / name).write_text(content, encoding="utf-8")
    return [str(target), about, f"Then: cd {folder} && toolkit check params/{_NAME}.yaml && toolkit run params/{_NAME}.yaml"]
