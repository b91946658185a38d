"""How wide a chart's panels are: several columns on a desk, one on a phone, and fewer ticks there.

A chart is a single view or a ``concat`` of panels, each as wide as its place on the page. The same
arithmetic runs in the page's script (`templates/page.js`), on the width that is really there.
"""

from __future__ import annotations

import math
from textwrap import wrap

WIDE = 720
"""Width of the still picture on a desk, in pixels."""

NARROW = 342
"""Width of the still picture on a phone 390 pixels wide."""

GAP = 32
"""Between two panels side by side."""

EDGE = 4
"""Left and right of the drawing together."""

VALUE = 128
"""What a row's number takes beside its label."""

TICK = 96
"""Room for one tick of a horizontal axis."""

TITLE, SUBTITLE = 8, 6.8
"""Mean width of a character in the title of a panel, and in the lines below it."""

EMPTY = {"data": {"values": [{}]}, "mark": {"type": "point", "opacity": 0}, "height": 1}
"""A panel without anything, left of the last one of a page that is read from the right."""


def at_width(spec: dict, width: int) -> dict:
    """`spec` laid out for a place of `width` pixels; `spec` itself stays as it is."""
    room = width - EDGE
    said = spec["usermeta"]["toolkit"]
    panels = spec.get("concat")
    columns = 1
    if panels:
        columns = max(1, min(len(panels), math.floor((room + GAP) / (said["panel"] + GAP))))
    each = math.floor((room - GAP * (columns - 1)) / columns)
    inner = each - said["left"]
    fitted = {**spec, "config": _fitted(spec["config"], each, inner)}
    if panels:
        order = from_the_right(panels, columns) if said.get("mirrored") else panels
        return {
            **fitted,
            "columns": columns,
            "concat": [{**_titled(panel, each), "width": inner} for panel in order],
        }
    return {**fitted, "width": inner}


def _titled(panel: dict, each: int) -> dict:
    """The panel with a title, and lines below it, that go on in a further line where they are long."""
    title = panel.get("title")
    if not isinstance(title, dict) or "text" not in title:
        return panel
    wrapped = {**title, "text": _lines(title["text"], each, TITLE)}
    if title.get("subtitle"):
        wrapped["subtitle"] = _lines(title["subtitle"], each, SUBTITLE)
    return {**panel, "title": wrapped}


def _lines(text: str | list, each: int, character: float) -> list[str]:
    most = max(1, math.floor(each / character))
    out = []
    for one in [text] if isinstance(text, str) else text:
        out += wrap(one, most, break_long_words=False, break_on_hyphens=False) or [one]
    return out


def from_the_right(panels: list[dict], columns: int) -> list[dict]:
    """Panels in the order in which a program that fills rows from the left puts the first on the right."""
    filled = [*panels, *[EMPTY] * (-len(panels) % columns)]
    rows = [filled[i : i + columns] for i in range(0, len(filled), columns)]
    return [panel for row in rows for panel in reversed(row)]


def _fitted(config: dict, each: int, inner: int) -> dict:
    return {
        **config,
        "axisX": {"tickCount": max(2, math.floor(inner / TICK))},
        "title": {**config["title"], "limit": each},
        "style": {
            "row-label": {"limit": max(60, inner - VALUE)},
            "change-label": {"limit": math.floor(inner / 2)},
        },
    }
