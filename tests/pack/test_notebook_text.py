"""Notebooks are written as nbformat writes them, to the byte, and read as it reads them."""

from __future__ import annotations

import json
import math

import nbformat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from toolkit.pack.notebook_text import read_notebook, text_of

TEXT = st.text(st.characters(codec="utf-8"), max_size=12) | st.sampled_from(
    ["one\ntwo\n", "a\u2028b\x85c", "\r\n", "</script>", "\x00", '"\\'])
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | TEXT
TREE = st.recursive(LEAF, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3), max_leaves=12)
MEDIA = st.fixed_dictionaries({}, optional={
    "text/plain": TEXT, "text/html": TEXT, "image/svg+xml": TEXT, "image/png": TEXT, "application/javascript": TEXT,
    "application/json": TREE, "application/vnd.vegalite.v6+json": TREE,
})  # fmt: skip
OUTPUTS = st.builds(lambda data: new_output("display_data", data=data), MEDIA) | st.builds(
    lambda text: new_output("stream", name="stdout", text=text), TEXT)


def same(a: object, b: object) -> bool:
    """Equal, nan to nan."""
    if isinstance(a, dict) and isinstance(b, dict):
        return a.keys() == b.keys() and all(same(a[k], b[k]) for k in a)
    if isinstance(a, list) and isinstance(b, list):
        return len(a) == len(b) and all(map(same, a, b))
    return a == b or (isinstance(a, float) and isinstance(b, float) and math.isnan(a) and math.isnan(b))


@settings(max_examples=150, deadline=None)
@given(source=TEXT, words=TEXT, outputs=st.lists(OUTPUTS, max_size=3))
def test_text_is_nbformats_and_comes_back(tmp_path_factory, source, words, outputs):
    code = new_code_cell(source, id="a", outputs=outputs, execution_count=3, metadata={"tags": ["parameters"], "trusted": True})
    words = new_markdown_cell(words, id="b", attachments={"x.svg": {"image/svg+xml": "<svg>\n</svg>", "image/png": "aGk="}})
    notebook = new_notebook(cells=[code, words], metadata={"language_info": {"name": "python"}, "signature": "gone"})
    text = text_of(notebook)
    assert text == nbformat.writes(notebook)
    path = tmp_path_factory.mktemp("written") / "one.ipynb"
    path.write_text(text, encoding="utf-8", newline="")
    back = read_notebook(path)
    assert same(back, nbformat.read(path, as_version=4))
    assert back.cells[0].metadata.tags == ["parameters"]
    assert text_of(back) == text


def test_an_older_version_is_read_as_nbformat_reads_it(tmp_path):
    path = tmp_path / "old.ipynb"
    path.write_text(json.dumps({
        "nbformat": 3, "nbformat_minor": 0, "metadata": {"name": "old"},
        "worksheets": [{"metadata": {}, "cells": [{"cell_type": "code", "language": "python", "input": ["1 +\n", "1"], "outputs": []}]}],
    }))  # fmt: skip
    assert read_notebook(path).cells[0].source == "1 +\n1"


def test_a_name_that_is_not_there_is_no_attribute(tmp_path):
    path = tmp_path / "one.ipynb"
    nbformat.write(new_notebook(cells=[new_code_cell("1", id="a")]), path)
    with pytest.raises(AttributeError, match="worksheets"):
        read_notebook(path).worksheets  # noqa: B018
