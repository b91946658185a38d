"""The shipped notebooks, copied for a company: its name and its own entries as their parameters, no outputs."""

from __future__ import annotations

import json
import re
from pathlib import Path

import nbformat

from toolkit.company.models import Company
from toolkit.pack.jobs import _FOR_EACH, parameters_of


def copy_notebooks(source: Path, target: Path, named: str, company: Company | None = None) -> list[Path]:
    """Copy every notebook of `source` into `target`; one that is there already stays as it is.

    Parameters
    ----------
    named
        What the copies open: a params file's bare name or path.
    company
        Where given, notebooks about one entry (a test, a change) begin with its first one.

    Returns
    -------
    list of Path
        Those that were written.
    """
    target.mkdir(parents=True, exist_ok=True)
    first = {
        notebook: {parameter: next(iter(getattr(company, part)))}
        for part, (notebook, parameter) in _FOR_EACH.items()
        if company is not None and getattr(company, part)
    }
    written = []
    for path in sorted(source.glob("*.ipynb")):
        if (target / path.name).exists():
            continue
        notebook = nbformat.read(path, as_version=4)
        known = parameters_of(path)
        given = {k: v for k, v in {"company": named, **first.get(path.stem, {})}.items() if k in known}
        for cell in notebook.cells:
            if cell.cell_type == "code":
                cell.outputs, cell.execution_count = [], None
                if "parameters" in cell.metadata.get("tags", []):
                    cell.source = _with_values(cell.source, given)
        nbformat.write(notebook, target / path.name)
        written.append(target / path.name)
    return written


def _with_values(source: str, values: dict[str, str]) -> str:
    lines = []
    for line in source.splitlines():
        named = re.match(r"(\w+)\s*=", line)
        lines.append(f"{named[1]} = {json.dumps(values[named[1]], ensure_ascii=False)}" if named and named[1] in values else line)
    return "\n".join(lines)
