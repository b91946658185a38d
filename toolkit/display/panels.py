"""The single panels that charts are made of, as Vega-Lite views.

Labels stand above their row and numbers at its end, so that a panel reads the same on a phone and
on a desk and needs no legend. Every field is a name of ours; what tables and params say is data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

from toolkit.display.rows import Change, Line, Mark, Row
from toolkit.display.theme import AXIS, HATCH, INK, MUTED, PAPER, RULE, TONES, tone_scale
from toolkit.language import Quantity, Sentence, formats
from toolkit.shown import cell_text, clean

ROW = 46
"""Height of a row: its label and its mark."""

LEFT = 48
"""Room for the vertical axis of a panel over time."""

_LONGEST = 120
_MARK, _LABEL = 10, -11  # below and above the middle of the row
_NAME = 15  # height of a mark's name under the rows
_LINES = 3  # heights at which labels of changes and marks take turns


def said(value: str | Sentence, language: str) -> str:
    """A label as one line of text, shortened where somebody wrote a novel."""
    text = " ".join(clean(value.text(language) if isinstance(value, Sentence) else value).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def one_unit(quantities: Sequence[Quantity]) -> str:
    """The unit that all share; a panel has one axis and so one unit."""
    units = sorted({q.unit for q in quantities})
    if len(units) != 1:
        raise ValueError(f"a panel shows one unit; got {', '.join(units) or 'nothing to show'}")
    return units[0]


def number(q: Quantity, language: str) -> str:
    """The number that stands at the end of a row; the panel names the unit."""
    if not q.known:
        return formats.quantity(q, language)
    bare = formats.bare(q.value, q.unit, formats.decimals_of(q), language)
    return bare if q.low is None else f"{bare} ({formats.interval(q, language)})"


def heading(title: str | Sentence | None, unit: str, language: str, per: str | None = None) -> dict:
    """A panel's title with its unit under it."""
    subtitle = formats.unit_name(unit, language, per)
    if title is None:
        return {"title": {"text": subtitle, "fontSize": 12, "fontWeight": "normal", "color": MUTED[0]}} if subtitle else {}
    return {"title": {"text": said(title, language), **({"subtitle": subtitle} if subtitle else {})}}


def intervals(
    rows: Sequence[Row], title: str | Sentence | None, language: str,
    reference: float | None = 0.0, marks: Sequence[Mark] = (),
) -> dict:
    """Dots with their intervals on one axis, and lines to measure against."""
    unit = one_unit([r.quantity for r in rows])
    places = [formats.shown(m.value, unit) for m in marks]
    low, high = _span(rows, [*([] if reference is None else [formats.shown(reference, unit)]), *places])
    x = {"type": "quantitative", "scale": {"domain": [low, high], "nice": True, "zero": False}, "axis": _x_axis(len(marks))}
    data = [_row(i, r, unit, low, high, language) for i, r in enumerate(rows)]
    known = {"values": [d for d in data if d["value"] is not None]}
    layers = [_track(data)]
    for i, (place, mark) in enumerate(zip(places, marks, strict=True)):
        layers += _measure(data, place, said(mark.label, language), x, i, (low + high) / 2)
    if reference is not None:
        layers.append(_upright(data, formats.shown(reference, unit), x, 1.6, INK[0]))
    layers += [
        {
            "data": {"values": [d for d in known["values"] if d["low"] is not None]},
            "mark": {"type": "rule", "strokeWidth": 3, "strokeCap": "round", "yOffset": _MARK},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, **_SHARED},
        },
        {
            "data": known,
            "mark": {"type": "point", "filled": True, "size": 110, "opacity": 1, "yOffset": _MARK},
            "encoding": {"x": {"field": "value", **x}, **_SHARED},
        },
        *_labels(data),
    ]
    return {"height": {"step": ROW}, "layer": layers, **heading(title, unit, language, _per(rows))}


def bars(rows: Sequence[Row], title: str | Sentence | None, language: str) -> dict:
    """Bars from zero, with an interval where there is one."""
    unit = one_unit([r.quantity for r in rows])
    low, high = _span(rows, [0.0])
    x = {"type": "quantitative", "scale": {"domain": [low, high], "nice": True, "zero": True}, "axis": _x_axis(0)}
    data = [_row(i, r, unit, low, high, language) for i, r in enumerate(rows)]
    layers = [
        {
            "data": {"values": [d for d in data if d["value"] is not None]},
            "mark": {"type": "bar", "height": 12, "yOffset": _MARK},
            "encoding": {"x": {"field": "value", **x}, **_SHARED},
        },
        {
            "data": {"values": [d for d in data if d["low"] is not None]},
            "mark": {"type": "rule", "strokeWidth": 1.5, "color": INK[0], "yOffset": _MARK},
            "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": _Y},
        },
        _upright(data, 0.0, x, 1.6, INK[0]),
        *_labels(data),
    ]
    return {"height": {"step": ROW}, "layer": layers, **heading(title, unit, language, _per(rows))}


def over_time(
    lines: Sequence[Line], title: str | Sentence | None, language: str,
    changes: Sequence[Change] = (), marks: Sequence[Mark] = (), height: int = 220,
) -> dict:
    """Series over time: intervals as bands, incomplete periods hollow, changes as labelled lines."""
    quantities = [p.quantity for line in lines for p in line.points]
    unit = one_unit(quantities)
    x = {"field": "day", "type": "temporal", "scale": {"type": "utc"}, "axis": _TIME_AXIS}
    y = {"type": "quantitative", "scale": {"zero": False, "nice": True}, "axis": _Y_AXIS}
    data = [_point(i, line, p, unit, language) for i, line in enumerate(lines) for p in line.points if p.quantity.known]
    if not data:
        raise ValueError("a panel over time needs at least one known point")
    ends = [max((d for d in data if d["line"] == i), key=lambda d: d["day"], default=None) for i in range(len(lines))]
    shared = {"x": x, "color": _COLOUR, "detail": {"field": "line", "type": "nominal"}}
    layers = []
    if any(d["low"] is not None for d in data):
        layers.append({
            "data": _values([d for d in data if d["low"] is not None]),
            "mark": {"type": "area", "opacity": 0.16},
            "encoding": {**shared, "y": {"field": "low", **y}, "y2": {"field": "high"}},
        })
    for mark in marks:
        layers += _level(formats.shown(mark.value, unit), said(mark.label, language), y, data)
    layers += _changes(changes, x, data, language)
    layers += [
        {
            "data": _values(data),
            "mark": {"type": "line", "strokeWidth": 2.2},
            "encoding": {**shared, "y": {"field": "value", **y}},
        },
        {
            "data": _values([d for d in data if d["complete"]]),
            "mark": {"type": "point", "filled": True, "size": 34, "opacity": 1},
            "encoding": {**shared, "y": {"field": "value", **y}, "tooltip": _TOLD},
        },
        {
            "data": _values([d for d in data if not d["complete"]]),
            "mark": {"type": "point", "filled": False, "size": 60, "opacity": 1, "strokeWidth": 2},
            "encoding": {**shared, "y": {"field": "value", **y}, "tooltip": _TOLD},
        },
        *_ends([e for e in ends if e and e["label"]], x, y),
    ]
    return {"height": height, "layer": [layer for layer in layers if _has_data(layer)], **heading(title, unit, language)}


_Y_AXIS = {
    "title": None, "domain": False, "ticks": False, "grid": True, "tickCount": 4,
    "minExtent": LEFT - 8, "maxExtent": LEFT - 8, "labelLimit": LEFT - 10,
}
_TIME_AXIS = {"title": None, "grid": False}
_Y = {"field": "row", "type": "ordinal", "axis": None}
_COLOUR = {"field": "tone", "type": "nominal", "scale": tone_scale(), "legend": None}
_TEXT = {"field": "label", "type": "nominal"}
_TOLD = {"field": "told", "type": "nominal"}
_SHARED = {"y": _Y, "color": _COLOUR, "tooltip": _TOLD}


def _per(rows: Sequence[Row]) -> str | None:
    per = {r.quantity.per for r in rows}
    return per.pop() if len(per) == 1 else None


def _level(at: float, label: str, y: dict, data: list[dict]) -> list[dict]:
    """A level to measure against, named at the end that the lines are further away from."""
    by_day = sorted(data, key=lambda d: d["day"])
    early, late = (min((abs(d["value"] - at) for d in by_day if d["day"] == e["day"])) for e in (by_day[0], by_day[-1]))
    left = early > late
    place = {"field": "at", **y}
    return [
        {"data": _values([{"at": at}]), "mark": {"type": "rule", "strokeDash": [5, 4]}, "encoding": {"y": place}},
        {
            "data": _values([{"at": at, "label": label}]),
            "mark": {
                "type": "text", "align": "left" if left else "right", "dy": -8, "style": "change-label",
                "color": MUTED[0], "fontSize": 12,
            },
            "encoding": {"y": place, "x": {"value": 4 if left else "width"}, "text": _TEXT},
        },
    ]


def _ends(ends: list[dict], x: dict, y: dict) -> list[dict]:
    """Each line's name over its last point, on a ground of paper."""
    data = _values(ends)
    mark = {"type": "text", "align": "right", "dy": -13, "fontWeight": 600, "style": "change-label"}
    place = {"x": x, "y": {"field": "value", **y}, "text": _TEXT}
    ground = {**mark, "stroke": PAPER[0], "strokeWidth": 4, "strokeJoin": "round", "color": PAPER[0]}
    return [
        {"data": data, "mark": ground, "encoding": place},
        {"data": data, "mark": mark, "encoding": {**place, "color": _COLOUR}},
    ]


def _values(rows: list[dict]) -> dict:
    return {"values": rows}


def _has_data(layer: dict) -> bool:
    return bool(layer["data"]["values"])


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _span(rows: Sequence[Row], also: Sequence[float]) -> tuple[float, float]:
    """What the axis must hold, with a little air; open ends of intervals reach its edge."""
    unit = one_unit([r.quantity for r in rows])
    ends = [formats.shown(v, unit) for r in rows for v in (r.quantity.value, r.quantity.low, r.quantity.high) if _finite(v)]
    ends += also
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    air = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return (low if low == 0 else low - air), (high if high == 0 else high + air)


def _row(i: int, row: Row, unit: str, low: float, high: float, language: str) -> dict:
    q = row.quantity
    label = said(row.label, language)
    ends = {"low": None, "high": None}
    if q.known and q.low is not None and not math.isnan(q.low):
        ends = {
            "low": formats.shown(q.low, unit) if math.isfinite(q.low) else low,
            "high": formats.shown(q.high, unit) if math.isfinite(q.high) else high,
        }
    return {
        "row": i, "label": label, "number": number(q, language), "told": f"{label}: {cell_text(q, language)}",
        "value": formats.shown(q.value, unit) if q.known else None, "tone": row.tone if q.known else "unknown", **ends,
    }


def _labels(data: list[dict]) -> list[dict]:
    unknown = [d for d in data if d["value"] is None]
    layers = [
        {
            "data": _values(data),
            "mark": {"type": "text", "align": "left", "yOffset": _LABEL, "style": "row-label"},
            "encoding": {"x": {"value": 0}, "y": _Y, "text": _TEXT, "tooltip": _TOLD},
        },
        {
            "data": _values(data),
            "mark": {"type": "text", "align": "right", "yOffset": _LABEL, "color": MUTED[0]},
            "encoding": {"x": {"value": "width"}, "y": _Y, "text": {"field": "number", "type": "nominal"}},
        },
    ]
    if unknown:
        layers.append({
            "data": _values(unknown),
            "mark": {
                "type": "point", "shape": HATCH, "size": 240, "strokeWidth": 1.2, "filled": False, "opacity": 1,
                "yOffset": _MARK, "color": TONES["unknown"][0],
            },
            "encoding": {"x": {"value": 10}, "y": _Y, "tooltip": _TOLD},
        })
    return layers


def _x_axis(marks: int) -> dict:
    """Under the rows, and under the names of the marks."""
    return {"title": None, "domain": False, "grid": False, "offset": _NAME * marks}


def _track(data: list[dict]) -> dict:
    """The line a row's mark lies on; verticals cross tracks only, so that no line runs through a label."""
    return {
        "data": _values(data),
        "mark": {"type": "rule", "strokeWidth": 1, "color": RULE[0], "yOffset": _MARK},
        "encoding": {"x": {"value": 0}, "x2": {"value": "width"}, "y": _Y},
    }


def _upright(data: list[dict], place: float, x: dict, width: float, colour: str) -> dict:
    mark = {
        "type": "tick", "orient": "vertical", "size": 20, "thickness": width, "color": colour, "opacity": 1,
        "yOffset": _MARK,
    }
    rows = [{"row": d["row"], "at": place} for d in data]
    return {"data": _values(rows), "mark": mark, "encoding": {"x": {"field": "at", **x}, "y": _Y}}


def _measure(data: list[dict], place: float, label: str, x: dict, line: int, middle: float) -> list[dict]:
    """A thin mark on every row and its name under the last."""
    side = {"align": "left", "dx": -1} if place <= middle else {"align": "right", "dx": 1}
    return [
        _upright(data, place, x, 1.6, AXIS[0]),
        {
            "data": _values([{"label": label, "at": place}]),
            "mark": {"type": "text", **side, "dy": 6 + _NAME * line, "fontSize": 12, "color": MUTED[0],
                     "style": "change-label"},
            "encoding": {"x": {"field": "at", **x}, "y": {"value": "height"}, "text": _TEXT},
        },
    ]


def _point(i: int, line: Line, point, unit: str, language: str) -> dict:
    q = point.quantity
    label = said(line.label, language)
    held = q.low is not None and math.isfinite(q.low) and math.isfinite(q.high)
    return {
        "line": i, "label": label, "day": _instant(point.day), "value": formats.shown(q.value, unit),
        "low": formats.shown(q.low, unit) if held else None, "high": formats.shown(q.high, unit) if held else None,
        "tone": line.tone, "complete": point.complete,
        "told": f"{formats.day(point.day, language)}: {cell_text(q, language)}",
    }


def _instant(day: date) -> int:
    """Midnight in UTC, in milliseconds: the same day in every reader's time zone."""
    return (day - date(1970, 1, 1)).days * 86_400_000


def _changes(changes: Sequence[Change], x: dict, data: list[dict], language: str) -> list[dict]:
    days = sorted(d["day"] for d in data)
    late = days[len(days) * 3 // 5]
    groups: dict[tuple[int, bool], list[dict]] = {}
    for i, change in enumerate(sorted(changes, key=lambda c: c.day)):
        day = _instant(change.day)
        groups.setdefault((i % _LINES, day > late), []).append({"day": day, "label": said(change.label, language)})
    layers = []
    for (line, left), rows in groups.items():
        top = -10 - 14 * line
        side = {"align": "right", "dx": -4} if left else {"align": "left", "dx": 4}
        layers += [
            {
                "data": _values(rows),
                "mark": {"type": "rule", "strokeWidth": 1},
                "encoding": {"x": x, "y": {"value": top - 4}, "y2": {"value": "height"}},
            },
            {
                "data": _values(rows),
                "mark": {"type": "text", **side, "fontSize": 12, "color": MUTED[0], "style": "change-label"},
                "encoding": {"x": x, "y": {"value": top}, "text": _TEXT},
            },
        ]
    return layers
