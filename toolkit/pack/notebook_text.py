"""An executed notebook as text and back: what nbformat writes and reads, without its detours.

nbformat checks, copies and makes a node of every value, and Python's own encoder takes a step for each
where lines are indented. An executed notebook of charts and tables has half a million values. The text
written here is nbformat's to the byte; what its outputs hold is read as plain lists and dicts. nbformat
itself, whose import takes longer than most pages, is left to those who run notebooks.
"""

from __future__ import annotations

import json
import math
from json.encoder import encode_basestring
from pathlib import Path

_LINES = frozenset({"application/javascript", "image/svg+xml"})
"""Media types of text that the file holds line by line, beside ``text/…``."""
_FORGOTTEN = ("orig_nbformat", "orig_nbformat_minor", "signature")


METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
"""Of every notebook that is kept."""


class Node(dict):
    """A part of a notebook; its entries are attributes, as in nbformat's own nodes."""

    def __getattr__(self, name: str) -> object:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None

    def __setattr__(self, name: str, value: object) -> None:
        self[name] = value


def read_notebook(path: Path) -> Node:
    """A notebook of version 4 of the format; any other as nbformat reads it."""
    text = path.read_text(encoding="utf-8")
    held = json.loads(text)
    if held.get("nbformat") != 4:
        import nbformat

        return nbformat.reads(text, as_version=4)
    return Node(held, metadata=Node(held["metadata"]), cells=[_cell(cell) for cell in held["cells"]])


def text_of(notebook: dict) -> str:
    """The text of a notebook's file."""
    said = {
        **notebook,
        "metadata": {k: v for k, v in notebook["metadata"].items() if k not in _FORGOTTEN},
        "cells": [_cell_by_lines(cell) for cell in notebook["cells"]],
    }
    return _written(said, "\n")


def _cell(held: dict) -> Node:
    cell = Node(held, metadata=Node(held["metadata"]), source=_joined(held["source"]))
    if "attachments" in held:
        cell["attachments"] = {name: _whole(data) for name, data in held["attachments"].items()}
    if "outputs" in held:
        cell["outputs"] = [_output(output) for output in held["outputs"]]
    return cell


def _output(held: dict) -> Node:
    if "data" in held:
        return Node(held, data=_whole(held["data"]))
    return Node(held, text=_joined(held["text"])) if "text" in held else Node(held)


def _whole(data: dict) -> dict:
    """Media types with their texts in one piece; JSON stays as it is."""
    return {kind: value if kind.startswith("application/") and kind.endswith("json") else _joined(value) for kind, value in data.items()}


def _joined(text: object) -> object:
    return "".join(text) if isinstance(text, list) and all(isinstance(line, str) for line in text) else text


def _cell_by_lines(cell: dict) -> dict:
    said = {**cell, "metadata": {k: v for k, v in cell["metadata"].items() if k != "trusted"}}
    if isinstance(cell.get("source"), str):
        said["source"] = cell["source"].splitlines(True)
    if "attachments" in cell:
        said["attachments"] = {name: _by_lines(data) for name, data in cell["attachments"].items()}
    if cell["cell_type"] == "code":
        said["outputs"] = [_output_by_lines(output) for output in cell["outputs"]]
    return said


def _output_by_lines(output: dict) -> dict:
    if output["output_type"] in ("execute_result", "display_data"):
        return {**output, "data": _by_lines(output.get("data", {}))}
    if output["output_type"] == "stream" and isinstance(output["text"], str):
        return {**output, "text": output["text"].splitlines(True)}
    return output


def _by_lines(data: dict) -> dict:
    return {
        kind: value.splitlines(True) if isinstance(value, str) and (kind.startswith("text/") or kind in _LINES) else value
        for kind, value in data.items()
    }


def _written(value: object, line: str) -> str:
    """JSON with every entry on a line of its own, names in order; `line` begins one at this depth."""
    if isinstance(value, str):
        return encode_basestring(value)
    if isinstance(value, dict):
        if not value:
            return "{}"
        deeper = line + " "
        entries = [f"{encode_basestring(name)}: {_written(value[name], deeper)}" for name in sorted(value)]
        return f"{{{deeper}{f',{deeper}'.join(entries)}{line}}}"
    if isinstance(value, list | tuple):
        if not value:
            return "[]"
        deeper = line + " "
        return f"[{deeper}{f',{deeper}'.join([_written(entry, deeper) for entry in value])}{line}]"
    if type(value) in (int, float) and math.isfinite(value):
        return repr(value)
    return json.dumps(value)
