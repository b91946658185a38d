"""The panel over time: bands, hollow points for what is not complete, the plan's changes as lines."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from toolkit.display.channels import COLOUR, TEXT, TOLD, heading, one_unit, said, values
from toolkit.display.layout import NARROW, TENTHS
from toolkit.display.rows import Change, Line, Mark, Point
from toolkit.display.theme import MUTED, PAPER
from toolkit.display.words import Words
from toolkit.language import Sentence, formats

LEFT = 48
"""Room for the vertical axis, in pixels."""

_BOLD = 8.0  # a letter of a line's name
_TALL, _LETTER, _APART = 14, 6.6, 8  # of a change's name: its line, a letter, and what parts it from the next
_Y_AXIS = {
    "title": None,
    "domain": False,
    "ticks": False,
    "grid": True,
    "tickCount": 4,
    "minExtent": LEFT - 8,
    "maxExtent": LEFT - 8,
    "labelLimit": LEFT - 10,
}
_NARROWEST = NARROW - LEFT
"""Width of a panel on a phone: names that keep apart there do so everywhere."""
_TIME_AXIS = {"title": None, "grid": False}
_LONG = 120  # days from which ticks are months with their year, not days


def over_time(
    lines: Sequence[Line],
    title: str | Sentence | None,
    changes: Sequence[Change] = (),
    marks: Sequence[Mark] = (),
    height: int = 220,
) -> dict:
    """Series over time: intervals as bands, incomplete periods hollow, changes as labelled lines."""
    quantities = [p.quantity for line in lines for p in line.points]
    unit = one_unit(quantities)
    days = [p.day for line in lines for p in line.points]
    written = "%b %Y" if days and (max(days) - min(days)).days > _LONG else "%-d %b"
    x = {"field": "day", "type": "temporal", "scale": {"type": "utc"}, "axis": {**_TIME_AXIS, "format": written}}
    y = {"type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": _Y_AXIS}
    data = [
        _point(i, line, p, unit)
        for i, line in enumerate(lines)
        for p in line.points
        if p.quantity.known
    ]
    if not data:
        raise ValueError("a panel over time needs at least one known point")
    ends = [
        max((d for d in data if d["line"] == i), key=lambda d: d["day"], default=None)
        for i in range(len(lines))
    ]
    shared = {"x": x, "color": COLOUR, "detail": {"field": "line", "type": "nominal"}}
    dots = {**COLOUR, "field": "dot"}
    layers = []
    if any(d["low"] is not None for d in data):
        layers.append(
            {
                "data": values([d for d in data if d["low"] is not None]),
                "mark": {"type": "area", "opacity": 0.16},
                "encoding": {**shared, "y": {"field": "low", **y}, "y2": {"field": "high"}},
            }
        )
    for mark in marks:
        layers += _level(formats.shown(mark.value, unit), said(mark.label), y, data)
    layers += _changes(changes, x, data)
    layers += [
        {
            "data": values(data),
            "mark": {"type": "line", "strokeWidth": 2.2},
            "encoding": {**shared, "y": {"field": "value", **y}},
        },
        {
            "data": values([d for d in data if d["complete"] and d["dots"]]),
            "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1},
            "encoding": {**shared, "color": dots, "y": {"field": "value", **y}, "tooltip": TOLD},
        },
        {
            "data": values([d for d in data if not d["complete"] and d["dots"]]),
            "mark": {"type": "point", "filled": False, "size": 60, "opacity": 1, "strokeWidth": 2},
            "encoding": {**shared, "color": dots, "y": {"field": "value", **y}, "tooltip": TOLD},
        },
        *_ends([e for e in ends if e and e["label"]], data, x, y),
    ]
    return {
        "height": height,
        "layer": [layer for layer in layers if _has_data(layer)],
        **heading(title, unit),
    }


def _has_data(layer: dict) -> bool:
    return bool(layer["data"]["values"])


def _instant(day: date) -> int:
    """Midnight in UTC, in milliseconds: the same day in every reader's time zone."""
    return (day - date(1970, 1, 1)).days * 86_400_000


def _level(at: float, label: str, y: dict, data: list[dict]) -> list[dict]:
    """A level to measure against, named at the end that the lines are further away from."""
    by_day = sorted(data, key=lambda d: d["day"])
    early, late = (
        min(abs(d["value"] - at) for d in by_day if d["day"] == e["day"])
        for e in (by_day[0], by_day[-1])
    )
    left = early > late
    place = {"field": "at", **y}
    return [
        {
            "data": values([{"at": at}]),
            "mark": {"type": "rule", "strokeDash": [5, 4]},
            "encoding": {"y": place},
        },
        {
            "data": values([{"at": at, "label": label}]),
            "mark": {
                "type": "text",
                "align": "left" if left else "right",
                "dy": -8,
                "style": "level-name",
                "color": MUTED[0],
                "fontSize": 12,
            },
            "encoding": {"y": place, "x": {"value": 4 if left else "width"}, "text": TEXT},
        },
    ]


def _ends(ends: list[dict], data: list[dict], x: dict, y: dict) -> list[dict]:
    """Each line's name at its end, on a ground of paper: over all lines, under them, or between."""
    layers = []
    first, last = min(d["day"] for d in data), max(d["day"] for d in data)
    levels = [e["value"] for e in ends]
    for end in ends:
        share = min(len(end["label"]) * _BOLD / _NARROWEST, 0.5)
        near = [d["value"] for d in data if end["day"] - share * (last - first) <= d["day"] <= end["day"]]
        at, dy = end["value"], -13
        if end["value"] == max(levels):
            at, dy = max(near), -12
        elif end["value"] == min(levels):
            at, dy = min(near), 14
        mark = {"type": "text", "align": "right", "dy": dy, "fontWeight": 600, "style": "change-label"}
        ground = {**mark, "stroke": PAPER[0], "strokeWidth": 4, "strokeJoin": "round", "color": PAPER[0]}
        place = {"x": x, "y": {"field": "at", **y}, "text": TEXT}
        rows = values([{**end, "at": at}])
        layers += [
            {"data": rows, "mark": ground, "encoding": place},
            {"data": rows, "mark": mark, "encoding": {**place, "color": COLOUR}},
        ]
    return layers


def _point(i: int, line: Line, point: Point, unit: str) -> dict:
    q = point.quantity
    label = said(line.label)
    held = q.low is not None and math.isfinite(q.low) and math.isfinite(q.high)
    return {
        "line": i,
        "label": label,
        "day": _instant(point.day),
        "value": formats.shown(q.value, unit),
        "low": formats.shown(q.low, unit) if held else None,
        "high": formats.shown(q.high, unit) if held else None,
        "tone": line.tone,
        "dot": point.tone or line.tone,
        "complete": point.complete,
        "dots": line.dots,
        "told": Words(Sentence("{day}: {value:full}", {"day": point.day, "value": q})),
    }


def _changes(changes: Sequence[Change], x: dict, data: list[dict]) -> list[dict]:
    """Each change as an upright line, its name on the side with more room and where no other name stands."""
    first, last = min(d["day"] for d in data), max(d["day"] for d in data)
    groups: dict[tuple[int, bool, int], list[dict]] = {}
    taken: list[list[tuple[float, float]]] = []
    for change in sorted(changes, key=lambda c: c.day):
        day, label = _instant(change.day), said(change.label)
        part = min(max((day - first) / ((last - first) or 1), 0.0), 1.0)
        left = part > 0.5
        place = part * _NARROWEST
        long = min(len(label) * _LETTER, max(part, 1 - part) * _NARROWEST) + _APART
        box = (place - long, place + _APART) if left else (place - _APART, place + long)
        line = next((i for i, row in enumerate(taken) if all(box[1] <= a or b <= box[0] for a, b in row)), len(taken))
        taken += [[]] * (line == len(taken))
        taken[line] = [*taken[line], box]
        tenths = max(n for n in TENTHS if n == TENTHS[0] or n / 10 <= max(part, 1 - part))
        groups.setdefault((line, left, tenths), []).append({"day": day, "label": label})
    layers = []
    for (line, left, tenths), rows in groups.items():
        top = -10 - _TALL * line
        side = {"align": "right", "dx": -4} if left else {"align": "left", "dx": 4}
        text = {"type": "text", **side, "fontSize": 12, "color": MUTED[0], "style": f"tenths-{tenths}"}
        layers += [
            {
                "data": values(rows),
                "mark": {"type": "rule", "strokeWidth": 1},
                "encoding": {"x": x, "y": {"value": top - 4}, "y2": {"value": "height"}},
            },
            {"data": values(rows), "mark": text, "encoding": {"x": x, "y": {"value": top}, "text": TEXT}},
        ]
    return layers
