"""Pictures of executed notebooks, drawn by the run.

A drawing program starts slowly and draws slowly. The run draws every chart of all its notebooks in
one process, keeps the pictures, and draws none twice.
"""

from __future__ import annotations

from toolkit.display.chart import SVG, VEGALITE, Chart
from toolkit.language import Sentence
from toolkit.pack.notebook_text import Node
from toolkit.shown import GRID, Grid


def draw_missing(notebook: Node) -> None:
    """Put beside every chart of `notebook` the picture that JupyterLab and other readers show."""
    for cell in notebook.cells:
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            if VEGALITE in data and SVG not in data and "toolkit" in data[VEGALITE].get("usermeta", {}):
                data[SVG] = _chart(data).svg


def _chart(data: dict) -> Chart:
    spec = dict(data[VEGALITE])
    said = spec.pop("usermeta")["toolkit"]
    title, alt = Sentence.from_json(said["title"]), Sentence.from_json(said["alt"])
    return Chart(spec, title, alt, Grid.from_json(data[GRID]), said["panel"], said["left"])
