"""The shipped notebooks in their canonical form: executed, without pictures or anything that moves.

An unchanged re-run gives no difference; a changed number gives one readable line.
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path

import nbformat

from toolkit.display.chart import UNDRAWN
from toolkit.pack.engines import Limits, engine_called
from toolkit.pack.execute import Order
from toolkit.pack.notebook_text import METADATA
from toolkit.problems import Problem, Refused

_KEPT = ("text/plain", "text/html")


def canonical(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """`notebook` with tags, counts, text and HTML only; ids numbered, no dates, no machine."""
    clean = nbformat.v4.new_notebook()
    clean.metadata = nbformat.from_dict(METADATA)
    count = 0
    for i, cell in enumerate(c for c in notebook.cells if "injected-parameters" not in c.metadata.get("tags", [])):
        kept = nbformat.from_dict({"cell_type": cell.cell_type, "id": f"cell-{i:02d}", "metadata": {}, "source": cell.source})
        if tags := cell.metadata.get("tags"):
            kept.metadata["tags"] = list(tags)
        if cell.cell_type == "code":
            count += 1
            kept.execution_count = count
            kept.outputs = [_output(o, count) for o in cell.outputs if _output(o, count)]
        clean.cells.append(kept)
    return clean


def _output(output: nbformat.NotebookNode, count: int) -> nbformat.NotebookNode | None:
    if output.output_type == "stream":
        return nbformat.from_dict({"output_type": "stream", "name": output.name, "text": output.text})
    if output.output_type not in ("execute_result", "display_data"):
        return None
    data = {k: v for k, v in output.data.items() if k in _KEPT}
    if not data:
        return None
    out = {"output_type": output.output_type, "data": data, "metadata": {}}
    if output.output_type == "execute_result":
        out["execution_count"] = count
    return nbformat.from_dict(out)


def refresh(folder: Path, only: tuple[str, ...] = (), engine: str | None = None) -> list[tuple[str, bool]]:
    """Run every notebook of `folder`, or those named, with its defaults and store it in canonical form.

    Returns
    -------
    list of (name, changed)

    Raises
    ------
    Refused
        When one fails or is not there; none is written then.
    """
    there = {p.stem: p for p in sorted(folder.glob("*.ipynb"))}
    if unknown := [n for n in only if n not in there]:
        raise Refused(Problem("notebooks", "is no notebook", n, tuple(there)) for n in unknown)
    run = engine_called(engine)
    done: list[tuple[Path, str]] = []
    problems: list[Problem] = []
    with tempfile.TemporaryDirectory() as place:
        for path in (there[n] for n in only or there):
            output = Path(place) / path.name
            # pictures are not stored, so none is drawn
            order = Order(str(path.resolve()), str(output), {}, str(folder.resolve()), {UNDRAWN: "1"})
            outcome = run(order, Limits())
            if outcome.failed:
                said = "; ".join(outcome.problems) or outcome.failed
                problems.append(Problem(path.name, f"could not be run: {said}"))
                continue
            text = json.dumps(canonical(nbformat.read(output, as_version=4)), indent=1, ensure_ascii=False, sort_keys=True)
            done.append((path, text + "\n"))
    if problems:
        raise Refused(problems)
    changed = []
    for path, text in done:
        changed.append((path.name, path.read_text(encoding="utf-8") != text))
        path.write_text(text, encoding="utf-8")
    return changed
