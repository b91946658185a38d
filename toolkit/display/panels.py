"""The single panels that charts are made of, as Vega-Lite views.

Labels stand above their row and numbers at its end, so that a panel reads the same on a phone and
on a desk and needs no legend. Every field is a name of ours; what tables and params say is data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.display.channels import COLOUR, TEXT, TOLD, heading, one_unit, said, values
from toolkit.display.rows import Mark, Row
from toolkit.display.theme import AXIS, HATCH, INK, MUTED, RULE, TONES
from toolkit.display.words import Words, told
from toolkit.language import Quantity, Sentence, formats

ROW = 46
"""Height of a row: its label and its mark."""


MARK_OFFSET, LABEL_OFFSET = 10, -11
"""Below and above the middle of the row."""

_MARK, _LABEL = MARK_OFFSET, LABEL_OFFSET
_NAME = 15  # height of a mark's name under the rows


def number(q: Quantity) -> Words:
    """The number that stands at the end of a row; the panel names the unit."""
    if not q.known:
        return Words(Sentence("{value}", {"value": q}))
    if q.low is None:
        return Words(Sentence("{value:bare}", {"value": q}))
    return Words(Sentence("{value:bare} ({value:range})", {"value": q}))


def intervals(
    rows: Sequence[Row],
    title: str | Sentence | None,
    reference: float | None = 0.0,
    marks: Sequence[Mark] = (),
) -> dict:
    """Dots with their intervals on one axis, and lines to measure against."""
    unit = one_unit([r.quantity for r in rows])
    places = [formats.shown(m.value, unit) for m in marks]
    low, high = _span(
        rows, [*([] if reference is None else [formats.shown(reference, unit)]), *places]
    )
    if reference is None and unit == "percent":
        # air around shares would promise what cannot be; an end beyond is drawn as it is
        low, high = (0.0 if -10 < low < 0 else low), (100.0 if 100 < high < 110 else high)
    x = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": True, "zero": False},
        "axis": _x_axis(len(marks)),
    }
    data = [_row(i, r, unit, low, high) for i, r in enumerate(rows)]
    known = {"values": [d for d in data if d["value"] is not None]}
    layers = [_track(data)]
    for i, (place, mark) in enumerate(zip(places, marks, strict=True)):
        layers += _measure(data, place, said(mark.label), x, i, (low + high) / 2)
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
    return {"height": {"step": ROW}, "layer": layers, **heading(title, unit, _per(rows))}


def bars(rows: Sequence[Row], title: str | Sentence | None) -> dict:
    """Bars from zero, with an interval where there is one."""
    unit = one_unit([r.quantity for r in rows])
    low, high = _span(rows, [0.0])
    x = {
        "type": "quantitative",
        "scale": {"domain": [low, high], "nice": True, "zero": True},
        # half a change or half a customer is not to be read off an axis
        "axis": _x_axis(0) | ({"tickMinStep": 1} if unit == "count" else {}),
    }
    data = [_row(i, r, unit, low, high) for i, r in enumerate(rows)]
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
    return {"height": {"step": ROW}, "layer": layers, **heading(title, unit, _per(rows))}


_Y = {"field": "row", "type": "ordinal", "axis": None}
_SHARED = {"y": _Y, "color": COLOUR, "tooltip": TOLD}


def _per(rows: Sequence[Row]) -> str | None:
    per = {r.quantity.per for r in rows}
    return per.pop() if len(per) == 1 else None


def _finite(value: float | None) -> bool:
    return value is not None and math.isfinite(value)


def _span(rows: Sequence[Row], also: Sequence[float]) -> tuple[float, float]:
    """What the axis must hold, with a little air; open ends of intervals reach its edge."""
    unit = one_unit([r.quantity for r in rows])
    ends = [
        formats.shown(v, unit)
        for r in rows
        for v in (r.quantity.value, r.quantity.low, r.quantity.high)
        if _finite(v)
    ]
    ends += also
    low, high = (min(ends), max(ends)) if ends else (0.0, 1.0)
    air = (high - low) * 0.04 or abs(high) * 0.1 or 1.0
    return (low if low == 0 else low - air), (high if high == 0 else high + air)


def _row(i: int, row: Row, unit: str, low: float, high: float) -> dict:
    q = row.quantity
    label = said(row.label)
    ends = {"low": None, "high": None}
    if q.known and q.low is not None and not math.isnan(q.low):
        ends = {
            "low": formats.shown(q.low, unit) if math.isfinite(q.low) else low,
            "high": formats.shown(q.high, unit) if math.isfinite(q.high) else high,
        }
    return {
        "row": i,
        "label": label,
        "number": number(q),
        "told": told(row.label, q),
        "value": formats.shown(q.value, unit) if q.known else None,
        "tone": row.tone if q.known else "unknown",
        **ends,
    }


def _labels(data: list[dict]) -> list[dict]:
    unknown = [d for d in data if d["value"] is None]
    layers = [
        {
            "data": values(data),
            "mark": {"type": "text", "align": "left", "yOffset": _LABEL, "style": "row-label"},
            "encoding": {"x": {"value": 0}, "y": _Y, "text": TEXT, "tooltip": TOLD},
        },
        {
            "data": values(data),
            "mark": {"type": "text", "align": "right", "yOffset": _LABEL, "color": MUTED[0]},
            "encoding": {
                "x": {"value": "width"},
                "y": _Y,
                "text": {"field": "number", "type": "nominal"},
            },
        },
    ]
    if unknown:
        layers.append(
            {
                "data": values(unknown),
                "mark": {
                    "type": "point",
                    "shape": HATCH,
                    "size": 240,
                    "strokeWidth": 1.2,
                    "filled": False,
                    "opacity": 1,
                    "yOffset": _MARK,
                    "color": TONES["unknown"][0],
                },
                "encoding": {"x": {"value": 10}, "y": _Y, "tooltip": TOLD},
            }
        )
    return layers


def _x_axis(marks: int) -> dict:
    """Under the rows, and under the names of the marks."""
    return {"title": None, "domain": False, "grid": False, "offset": _NAME * marks}


def _track(data: list[dict]) -> dict:
    """The line a row's mark lies on; verticals cross tracks only, so that no line runs through a label."""
    return {
        "data": values(data),
        "mark": {"type": "rule", "strokeWidth": 1, "color": RULE[0], "yOffset": _MARK},
        "encoding": {"x": {"value": 0}, "x2": {"value": "width"}, "y": _Y},
    }


def _upright(data: list[dict], place: float, x: dict, width: float, colour: str) -> dict:
    mark = {
        "type": "tick",
        "orient": "vertical",
        "size": 20,
        "thickness": width,
        "color": colour,
        "opacity": 1,
        "yOffset": _MARK,
    }
    rows = [{"row": d["row"], "at": place} for d in data]
    return {"data": values(rows), "mark": mark, "encoding": {"x": {"field": "at", **x}, "y": _Y}}


def _measure(
    data: list[dict], place: float, label: str, x: dict, line: int, middle: float
) -> list[dict]:
    """A thin mark on every row and its name under the last."""
    side = {"align": "left", "dx": -1} if place <= middle else {"align": "right", "dx": 1}
    return [
        _upright(data, place, x, 1.6, AXIS[0]),
        {
            "data": values([{"label": label, "at": place}]),
            "mark": {
                "type": "text",
                **side,
                "dy": 6 + _NAME * line,
                "fontSize": 12,
                "color": MUTED[0],
                "style": "change-label",
            },
            "encoding": {"x": {"field": "at", **x}, "y": {"value": "height"}, "text": TEXT},
        },
    ]
