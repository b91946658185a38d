"""The fast engine gives what a kernel gives, over every notebook that is shipped.

Strict nbval, a part of the suite, runs each of them in a Jupyter kernel and holds what it gives to the
outputs that are stored with it. Here the fast engine is held to the same stored outputs.
"""

from __future__ import annotations

from pathlib import Path

import nbformat
import pytest

from toolkit.display.chart import UNDRAWN
from toolkit.pack.engines import Limits, engine_called
from toolkit.pack.execute import Order
from toolkit.pack.notebooks import canonical

SHIPPED = sorted((Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))


@pytest.mark.parametrize("notebook", SHIPPED, ids=lambda path: path.stem)
def test_the_fast_engine_shows_what_is_stored(notebook, tmp_path):
    out = tmp_path / notebook.name
    order = Order(str(notebook), str(out), {}, str(notebook.parent), {UNDRAWN: "1"})
    assert engine_called("fast")(order, Limits()).failed is None
    stored = nbformat.read(notebook, as_version=4)
    made = canonical(nbformat.read(out, as_version=4))
    assert [c.source for c in made.cells] == [c.source for c in stored.cells]
    for here, there in zip(made.cells, stored.cells, strict=True):
        assert here.get("outputs") == there.get("outputs"), here.source
