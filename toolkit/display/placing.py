"""A map of two measures: points with both intervals, the lines that divide it, names beside points."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.display.channels import COLOUR, TEXT, TOLD, said, values
from toolkit.display.layout import NARROW
from toolkit.display.theme import AXIS, MUTED, PAPER
from toolkit.display.timeline import LEFT
from toolkit.display.words import told
from toolkit.language import Quantity, Sentence, formats

HEIGHT = 340
_LETTER, _TALL = 7.4, 17
"""Width and height that a letter of a name takes at most, in pixels."""
_SHIFTS = (0, -18, 18, -34, 34, -50, 50)


@dataclass(frozen=True)
class Placed:
    """One thing on a map: `across` and `up` with their intervals; `said` is what its place says."""

    label: str | Sentence
    across: Quantity
    up: Quantity
    tone: str
    said: Sentence


def map_of(
    points: Sequence[Placed],
    names: tuple[Sentence, Sentence],
    lines: tuple[Quantity, Quantity],
) -> dict:
    """The map as a view; `names` are of the two measures, `lines` where it is divided."""
    upright, level = (formats.shown(line.value, line.unit) for line in lines)
    data = [_point(p) for p in points]
    ends = [_span([v for d in data for v in (d[a], d[f"{a}_low"], d[f"{a}_high"])], also)
            for a, also in (("across", upright), ("up", level))]  # fmt: skip
    _name_beside(data, *ends)
    axis = {"domain": False, "titleFontSize": 12}
    x = {
        "type": "quantitative", "scale": {"domain": ends[0], "nice": False, "zero": False},
        "axis": {**axis, "grid": False, "title": said(names[0])},
    }  # fmt: skip
    y = {
        "type": "quantitative", "scale": {"domain": ends[1], "nice": False, "zero": False},
        "axis": {**axis, "title": None, "ticks": False, "tickCount": 5, "minExtent": LEFT - 8, "maxExtent": LEFT - 8},
    }  # fmt: skip
    both = {"x": {"field": "across", **x}, "y": {"field": "up", **y}}
    rule = {"type": "rule", "strokeWidth": 2, "strokeCap": "round", "opacity": 0.55}
    layers = [
        _divide({"x": {"field": "at", **x}}, upright),
        _divide({"y": {"field": "at", **y}}, level),
        {
            "data": values(data), "mark": rule,
            "encoding": {"x": {"field": "across_low", **x}, "x2": {"field": "across_high"}, "y": both["y"], "color": COLOUR},
        },
        {
            "data": values(data), "mark": rule,
            "encoding": {"x": both["x"], "y": {"field": "up_low", **y}, "y2": {"field": "up_high"}, "color": COLOUR},
        },
        {
            "data": values(data), "mark": {"type": "point", "filled": True, "size": 80, "opacity": 1},
            "encoding": {**both, "color": COLOUR, "tooltip": TOLD},
        },
        *_written(data, both),
    ]  # fmt: skip
    heading = {"text": said(names[1]), "fontSize": 12, "fontWeight": "normal", "color": MUTED[0]}
    return {"height": HEIGHT, "layer": layers, "title": heading}


def _point(p: Placed) -> dict:
    label = said(p.label)
    found = {"label": label, "tone": p.tone}
    for name, q in (("across", p.across), ("up", p.up)):
        low, high = (q.value, q.value) if q.low is None else (q.low, q.high)
        found |= {name: formats.shown(q.value, q.unit), f"{name}_low": formats.shown(low, q.unit),
                  f"{name}_high": formats.shown(high, q.unit)}  # fmt: skip
    return {**found, "told": told(p.label, p.across, p.up, p.said)}


def _span(ends: Sequence[float], also: float) -> list[float]:
    low, high = min(*ends, also), max(*ends, also)
    air = (high - low) * 0.06 or 1.0
    return [low - air, high + air]


def _name_beside(data: list[dict], across: list[float], up: list[float]) -> None:
    """Where each name stands, so that none covers another on a phone, nor then on a wider page."""
    room = NARROW - LEFT
    places_of = [
        ((d["across"] - across[0]) / (across[1] - across[0]) * room, (up[1] - d["up"]) / (up[1] - up[0]) * HEIGHT)
        for d in data
    ]
    taken = [(x - 5, x + 5, y - 5, y + 5) for x, y in places_of]
    drawn = [box for d in data for box in _arms(d, across, up, room)]
    for d, (x, y) in zip(data, places_of, strict=True):
        long = len(d["label"]) * _LETTER
        sides = ("left", "right") if x < room / 2 else ("right", "left")
        places = [(side, shift - 10) for shift in _SHIFTS for side in sides]
        boxes = {(side, dy): _box(x, y + dy, long, side) for side, dy in places}
        clear = [p for p in places if 0 <= boxes[p][0] and boxes[p][1] <= room and not any(_meet(boxes[p], t) for t in taken)]
        best = [p for p in clear if not any(_meet(boxes[p], line) for line in drawn)]
        side, dy = (*best, *clear, *places)[0]
        taken.append(boxes[side, dy])
        d |= {"side": side, "dy": dy}


def _arms(d: dict, across: list[float], up: list[float], room: float) -> list[tuple[float, float, float, float]]:
    """What the two intervals of a point cover."""
    def x(name: str) -> float:
        return (d[name] - across[0]) / (across[1] - across[0]) * room

    def y(name: str) -> float:
        return (up[1] - d[name]) / (up[1] - up[0]) * HEIGHT

    level = (x("across_low"), x("across_high"), y("up") - 1, y("up") + 1)
    return [level, (x("across") - 1, x("across") + 1, y("up_high"), y("up_low"))]


def _box(x: float, y: float, long: float, side: str) -> tuple[float, float, float, float]:
    left = x + 7 if side == "left" else x - 7 - long
    return left, left + long, y - _TALL / 2, y + _TALL / 2


def _meet(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[1] and b[0] < a[1] and a[2] < b[3] and b[2] < a[3]


def _written(data: list[dict], both: dict) -> list[dict]:
    """Each name on a ground of paper."""
    layers = []
    for side, dy in dict.fromkeys((d["side"], d["dy"]) for d in data):
        rows = values([d for d in data if (d["side"], d["dy"]) == (side, dy)])
        mark = {"type": "text", "align": side, "dx": 7 if side == "left" else -7, "dy": dy, "fontWeight": 600}
        ground = {**mark, "stroke": PAPER[0], "strokeWidth": 4, "strokeJoin": "round", "color": PAPER[0]}
        layers.append({"data": rows, "mark": ground, "encoding": {**both, "text": TEXT}})
        layers.append({"data": rows, "mark": mark, "encoding": {**both, "text": TEXT, "color": COLOUR, "tooltip": TOLD}})
    return layers


def _divide(at: dict, place: float) -> dict:
    mark = {"type": "rule", "strokeDash": [5, 4], "color": AXIS[0]}
    return {"data": values([{"at": place}]), "mark": mark, "encoding": at}
