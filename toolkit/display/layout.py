"""How wide a chart's panels are: several columns on a desk, one on a phone, and fewer ticks there.

A chart is a single view or a ``concat`` of panels, each as wide as its place on the page. The same
arithmetic runs in the page's script (`templates/page.js`), on the width that is really there.
"""

from __future__ import annotations

import math

WIDE = 720
"""Width of the still picture on a desk, in pixels."""

NARROW = 342
"""Width of the still picture on a phone 390 pixels wide."""

GAP = 32
"""Between two panels side by side."""

EDGE = 4
"""Left and right of the drawing together."""

FIGURE = 7.2
"""Mean width of a character of a row's number."""

LETTER, SMALL = 7.4, 6.6
"""Mean width of a character of a row's label, and of a level's name."""

LINE = 16
"""Height of a further line of a row's label."""

MOST_LINES = 4
"""Of a row's label; what is longer still is cut."""

TICK = 96
"""Room for one tick of a horizontal axis."""

TITLE, SUBTITLE = 8.8, 6.8
"""Mean width of a character in the title of a panel, and in the lines below it."""

TENTHS = (5, 6, 7, 8, 9, 10)
"""Shares of a panel's width that a name may take: ``tenths-8`` is the style of one with room for eight."""

_JOINTS = "_./-"
"""Within a long name a line ends after one of these."""

_ISOLATES, _CLOSES = "\u2066\u2067\u2068", "\u2069"

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
        titled = _level([{**_labelled(_titled(panel, each), inner), "width": inner} for panel in panels], columns)
        order = from_the_right(titled, columns, each) if said.get("mirrored") else titled
        return {**fitted, "columns": columns, "concat": order}
    return {**_labelled(_titled(fitted, each), inner), "width": inner}


def _titled(panel: dict, each: int) -> dict:
    """The panel with a title, and lines below it, that go on in a further line where they are long."""
    title = panel.get("title")
    if not isinstance(title, dict) or "text" not in title:
        return panel
    wrapped = {**title, "text": _lines(title["text"], each, TITLE)}
    if title.get("subtitle"):
        wrapped["subtitle"] = _lines(title["subtitle"], each, SUBTITLE)
    return {**panel, "title": wrapped}


def _level(panels: list[dict], columns: int) -> list[dict]:
    """Panels whose titles begin at one height in a row: shorter ones have empty lines below."""
    out = []
    for i, panel in enumerate(panels):
        row = panels[i - i % columns : i - i % columns + columns]
        lack = max(map(_height, row)) - _height(panel)
        if lack and _height(panel):
            title = panel["title"]
            panel = {**panel, "title": {**title, "subtitle": [*title.get("subtitle", []), *[" "] * lack]}}
        out.append(panel)
    return out


def _height(panel: dict) -> int:
    title = panel.get("title")
    if not isinstance(title, dict) or "text" not in title:
        return 0
    return len(title["text"]) + len(title.get("subtitle", []))


def _named(view: dict, inner: int) -> dict:
    """The view with the names of its levels in as many lines as they need, the last one over the level."""
    out = []
    for layer in view.get("layer", []):
        if layer["mark"].get("style") == "level-name":
            lines = _lines(layer["data"]["values"][0]["label"], inner - 8, SMALL)
            rows = [{**row, "label": lines} for row in layer["data"]["values"]]
            mark = {**layer["mark"], "dy": layer["mark"]["dy"] - LINE * (len(lines) - 1), "lineHeight": LINE}
            layer = {**layer, "mark": mark, "data": {"values": rows}}
        out.append(layer)
    return {**view, "layer": out} if out else view


def _labelled(given: dict, inner: int) -> dict:
    """The view with its rows' labels in as many lines as the numbers beside them leave no room for."""
    view = _named(given, inner)
    layers = view.get("layer", [])
    labels = [i for i, layer in enumerate(layers) if layer.get("mark", {}).get("style") == "row-label"]
    if not labels:
        return view
    rows = layers[labels[0]]["data"]["values"]
    longest = max(len(row.get("number", "")) for row in rows)
    room = max(60, inner - (math.ceil(longest * FIGURE) + 12 if longest else 0))
    written = [_cut(_lines(row["label"], room, LETTER, broken=True)) for row in rows]
    most = max(map(len, written))
    half = LINE * (most - 1) / 2
    out = []
    for i, layer in enumerate(layers):
        mark = dict(layer["mark"])
        if "yOffset" in mark:
            mark["yOffset"] += -half if i in labels else half
        if i in labels:
            mark |= {"limit": room, "lineHeight": LINE}
            told = [{**row, "label": [""] * (most - len(lines)) + lines} for row, lines in zip(rows, written, strict=True)]
            layer = {**layer, "data": {"values": told}}
        out.append({**layer, "mark": mark})
    height = view["height"]
    return {**view, "layer": out, "height": {"step": height["step"] + 2 * half}}


def _cut(lines: list[str]) -> list[str]:
    return lines if len(lines) <= MOST_LINES else [*lines[: MOST_LINES - 1], f"{lines[MOST_LINES - 1]} …"]


def _lines(text: str | list, each: int, character: float, broken: bool = False) -> list[str]:
    most = max(1, math.floor(each / character))
    out = []
    for one in [text] if isinstance(text, str) else text:
        out += _isolated(_wrapped(one, most, broken))
    return out


def _wrapped(text: str, most: int, broken: bool) -> list[str]:
    """`text` in lines of at most `most` letters, broken between words; within long ones where `broken`."""
    out, line = [], ""
    for word in text.split():
        if line and len(line) + 1 + len(word) <= most:
            line += f" {word}"
            continue
        if broken and len(word) > most:
            if line and (at := _break(word, most - len(line) - 1)):
                line, word = f"{line} {word[:at]}", word[at:]
            if line:
                out.append(line)
            while len(word) > most:
                at = _break(word, most) or most
                out.append(word[:at])
                word = word[at:]
        elif line:
            out.append(line)
        line = word
    return [*out, line]


def _break(word: str, room: int) -> int:
    """Where a word that is a name of a column goes on in the next line; 0 where it has no such place."""
    return max((word.rfind(sign, 0, max(room, 0)) + 1 for sign in _JOINTS), default=0)


def _isolated(lines: list[str]) -> list[str]:
    """The lines of one text; what keeps its direction on one goes on doing so on the next."""
    out, open_before = [], ""
    for line in lines:
        text, still = open_before + line, ""
        for letter in text:
            still = still + letter if letter in _ISOLATES else still[:-1] if letter == _CLOSES else still
        out.append(text + _CLOSES * len(still))
        open_before = still
    return out


def from_the_right(panels: list[dict], columns: int, each: int = 0) -> list[dict]:
    """Panels in the order in which a program that fills rows from the left puts the first on the right.

    What is empty is as wide as a panel (`each`), so that the last one stands under the first.
    """
    filled = [*panels, *[{**EMPTY, "width": each}] * (-len(panels) % columns)]
    rows = [filled[i : i + columns] for i in range(0, len(filled), columns)]
    return [panel for row in rows for panel in reversed(row)]


def _fitted(config: dict, each: int, inner: int) -> dict:
    return {
        **config,
        "axisX": {"tickCount": max(2, math.floor(inner / TICK))},
        "title": {**config["title"], "limit": each},
        "style": {
            "change-label": {"limit": math.floor(inner / 2)},
            **{f"tenths-{n}": {"limit": math.floor(inner * n / 10) - 6} for n in TENTHS},
        },
    }
