"""Charts of money that boards expect.

spending       planned, spent and expected at the end, money and hours apart
cash_flow      money in and out by quarter, and the balance
tornado        what each assumption does to the result, the widest first
distribution   how often the result comes out at what
worth          estimates of money with their intervals

They compute nothing. Where there is nothing to draw, a grid says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.display.channels import COLOUR, TEXT, TOLD, heading, one_unit, said, values
from toolkit.display.chart import Chart
from toolkit.display.charts import dot_interval
from toolkit.display.layout import WIDE
from toolkit.display.panels import LABEL_OFFSET, MARK_OFFSET, ROW
from toolkit.display.rows import Mark, Row
from toolkit.display.theme import INK, MUTED, RULE, TONES, config
from toolkit.display.words import Words
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid

_Y = {"field": "row", "type": "ordinal", "axis": None}
_BAR = 12
_MOST_SAID = 12
_X_AXIS = {"title": None, "domain": False, "grid": False}


def worth(
    rows: Iterable, title: Sentence, *, reference: float | None = 0.0, marks: Sequence[Mark] = ()
) -> Chart | Grid:
    """Estimates of money with their intervals: blue gains, orange loses, grey may be either."""
    rows = tuple(Row(r.label, r.quantity, r.tone) for r in rows)
    if not any(r.quantity.known for r in rows):
        return _nothing(title)
    return dot_interval(rows, title, reference=reference, marks=marks)


def spending(rows: Iterable, title: Sentence) -> Chart | Grid:
    """A panel a measure, a row a part: a full bar spent, a pale bar expected at the end, a line planned."""
    groups: dict[str, list] = {}
    for r in (rows := tuple(rows)):
        groups.setdefault(r.panel.template, []).append(r)
    if not rows:
        return _nothing(title)
    heads = ("Part", "Planned in all", "Spent", "Expected at the end")
    cells = tuple((r.label, r.planned, r.spent, r.expected) for r in rows)
    grid = Grid(title, tuple(Sentence(h) for h in heads), cells)
    alt = _listed([Sentence("{label}: {spent} spent, {expected} at the end, {planned} planned", {
        "label": r.label, "spent": r.spent, "expected": r.expected, "planned": r.planned}) for r in rows])  # fmt: skip
    return _chart([_spent_panel(g) for g in groups.values()], title, alt, grid)


def _spent_panel(rows: Sequence) -> dict:
    unit = one_unit([r.planned for r in rows])
    data = [
        {"row": i, "label": said(r.label), "spent": r.spent.value, "expected": r.expected.value, "planned": r.planned.value,
         "number": Words(Sentence("{value}", {"value": r.expected})),
         "told": Words(Sentence("{label}: {spent} spent, {expected} at the end, {planned} planned", {
             "label": r.label, "spent": r.spent, "expected": r.expected, "planned": r.planned}))}
        for i, r in enumerate(rows)
    ]  # fmt: skip
    x = {"type": "quantitative", "scale": {"zero": True, "nice": True}, "axis": _X_AXIS}

    def bar(field: str, colour: str, opacity: float) -> dict:
        mark = {"type": "bar", "height": _BAR, "yOffset": MARK_OFFSET, "color": colour, "opacity": opacity}
        return {"data": values(data), "mark": mark, "encoding": {"x": {"field": field, **x}, "y": _Y, "tooltip": TOLD}}

    plan = {"type": "tick", "orient": "vertical", "size": 22, "thickness": 2, "color": INK[0], "opacity": 1, "yOffset": MARK_OFFSET}
    layers = [
        bar("expected", TONES["past"][0], 0.45), bar("spent", TONES["us"][0], 1),
        {"data": values(data), "mark": plan, "encoding": {"x": {"field": "planned", **x}, "y": _Y, "tooltip": TOLD}},
        *_labels(data),
    ]  # fmt: skip
    return {"height": {"step": ROW}, "layer": layers, **heading(rows[0].panel, unit)}


def tornado(rows: Iterable, title: Sentence, *, base: Quantity | None = None) -> Chart | Grid:
    """A row an assumption: the result at its bad end (orange) and its good end (blue), around the base case."""
    rows = tuple(rows)
    if not rows:
        return _nothing(title)
    unit = one_unit([r.at_low for r in rows])
    middle = base.value if base is not None else None
    data, ends = [], []
    for i, r in enumerate(rows):
        low, high = sorted((r.at_low.value, r.at_high.value))
        ends += [low, high]
        told = Sentence("{label}: {a} at {low}, {b} at {high}", {
            "label": r.label, "a": r.at_low, "low": r.low, "b": r.at_high, "high": r.high})  # fmt: skip
        place = min(max(middle, low), high) if middle is not None else (low + high) / 2
        # the panel names the unit
        number = Sentence("{value:range}", {"value": Quantity(place, unit, low, high)})
        data.append({"row": i, "label": said(r.label), "number": Words(number), "low": low, "high": high,
                     "middle": place, "told": Words(told)})  # fmt: skip
    air = (max(ends) - min(ends)) * 0.04 or 1.0
    x = {"type": "quantitative", "scale": {"domain": [min(ends) - air, max(ends) + air], "nice": True, "zero": False}, "axis": _X_AXIS}

    def side(a: str, b: str, tone: str) -> dict:
        mark = {"type": "bar", "height": _BAR, "yOffset": MARK_OFFSET, "color": TONES[tone][0]}
        encoding = {"x": {"field": a, **x}, "x2": {"field": b}, "y": _Y, "tooltip": TOLD}
        return {"data": values(data), "mark": mark, "encoding": encoding}

    track = {"type": "rule", "strokeWidth": 1, "color": RULE[0], "yOffset": MARK_OFFSET}
    layers = [
        {"data": values(data), "mark": track, "encoding": {"x": {"value": 0}, "x2": {"value": "width"}, "y": _Y}},
        side("low", "middle", "worse"), side("middle", "high", "better"), *_labels(data),
    ]  # fmt: skip
    heads = ("Assumption", "Lower end", "Upper end", "Result at the lower end", "Result at the upper end")
    grid = Grid(title, tuple(Sentence(h) for h in heads), tuple((r.label, r.low, r.high, r.at_low, r.at_high) for r in rows))
    alt = _listed([Sentence("{label} {a} to {b}", {"label": r.label, "a": r.at_low, "b": r.at_high}) for r in rows])
    return _chart([{"height": {"step": ROW}, "layer": layers, **heading(None, unit)}], title, alt, grid)


_BARS = 220
"""What all bars of the cash flow take together at most, in pixels: a phone's width leaves room between them."""


def cash_flow(rows: Iterable, title: Sentence) -> Chart | Grid:
    """Money in and out by quarter as bars (pale: still to come), and the balance as a line, on one axis."""
    rows = tuple(rows)
    if not rows:
        return _nothing(title)
    unit = one_unit([r.flow for r in rows])
    data = [
        {"day": r.day.isoformat(), "flow": r.flow.value, "balance": r.balance.value, "seen": 1.0 if r.seen else 0.45,
         "tone": "better" if r.flow.value >= 0 else "worse",
         "told": Words(Sentence("from {day}: {flow}, balance {balance}", {"day": r.day, "flow": r.flow, "balance": r.balance}))}
        for r in rows
    ]  # fmt: skip
    x = {"field": "day", "type": "temporal", "scale": {"type": "utc", "padding": 14},
         "axis": {"title": None, "grid": False, "format": "%b %Y"}}  # fmt: skip
    y = {"type": "quantitative", "scale": {"zero": True, "nice": True},
         "axis": {"title": None, "domain": False, "ticks": False, "grid": True, "tickCount": 5, "format": "~s"}}  # fmt: skip
    ends = [{"day": data[-1]["day"], "balance": data[-1]["balance"], "label": said(Sentence("balance"))}]
    layers = [
        {"data": values(data), "mark": {"type": "bar", "size": max(4, min(28, _BARS // len(data)))},
         "encoding": {"x": x, "y": {"field": "flow", **y}, "color": COLOUR, "tooltip": TOLD,
                      "opacity": {"field": "seen", "type": "quantitative", "scale": None}}},
        {"data": values([{"at": 0}]), "mark": {"type": "rule", "color": INK[0], "strokeWidth": 1.2}, "encoding": {"y": {"field": "at", **y}}},
        {"data": values(data), "mark": {"type": "line", "strokeWidth": 2.2, "color": TONES["us"][0]},
         "encoding": {"x": x, "y": {"field": "balance", **y}}},
        {"data": values(data), "mark": {"type": "point", "filled": True, "size": 40, "opacity": 1, "color": TONES["us"][0]},
         "encoding": {"x": x, "y": {"field": "balance", **y}, "tooltip": TOLD}},
        {"data": values(ends), "mark": {"type": "text", "align": "right", "dx": -8, "dy": -10, "color": TONES["us"][0]},
         "encoding": {"x": x, "y": {"field": "balance", **y}, "text": TEXT}},
    ]  # fmt: skip
    heads = ("Quarter from", "Money in and out", "Balance at its end")
    grid = Grid(title, tuple(Sentence(h) for h in heads), tuple((r.day, r.flow, r.balance) for r in rows))
    alt = _listed([Sentence("{day}: {flow}, balance {balance}", {"day": r.day, "flow": r.flow, "balance": r.balance}) for r in rows])
    return _chart([{"height": 240, "layer": layers, **heading(None, unit)}], title, alt, grid, left=48)


def distribution(rows: Iterable, title: Sentence, *, unit: str, marks: Sequence[Mark] = ()) -> Chart | Grid:
    """How often the result comes out at what: orange below 0, blue above; marks are percentiles."""
    rows = tuple(rows)
    if not rows:
        return _nothing(title)
    data = [
        {"low": r.low, "high": r.high, "share": r.share, "from": 0, "tone": "worse" if r.high <= 0 else "better",
         "told": Words(Sentence("{low} to {high}: {share}", {"low": Quantity(r.low, unit), "high": Quantity(r.high, unit),
                                                           "share": Quantity(r.share, "percent")}))}
        for r in rows
    ]  # fmt: skip
    top = max(r.share for r in rows)
    x = {"type": "quantitative", "scale": {"nice": False, "zero": False},
         "axis": {"title": None, "grid": False, "format": "~s"}}  # fmt: skip
    y = {"type": "quantitative", "scale": {"domain": [0, top * 1.25]}, "axis": None}
    at = [{"at": m.value, "bottom": 0, "label": said(m.label), "top": top * (1.06 + 0.1 * (i % 2))} for i, m in enumerate(marks)]
    layers = [
        {"data": values(data), "mark": {"type": "rect"},
         "encoding": {"x": {"field": "low", **x}, "x2": {"field": "high"}, "y": {"field": "share", **y}, "y2": {"field": "from"},
                      "color": COLOUR, "tooltip": TOLD}},
        {"data": values(at), "mark": {"type": "rule", "color": INK[0], "strokeDash": [4, 3]},
         "encoding": {"x": {"field": "at", **x}, "y": {"field": "bottom", **y}, "y2": {"field": "top"}}},
        {"data": values(at), "mark": {"type": "text", "baseline": "bottom", "dy": -2, "fontSize": 12, "color": MUTED[0]},
         "encoding": {"x": {"field": "at", **x}, "y": {"field": "top", **y}, "text": TEXT}},
    ]  # fmt: skip
    heads = ("From", "To", "Share of scenarios")
    cells = tuple((Quantity(r.low, unit), Quantity(r.high, unit), Quantity(r.share, "percent")) for r in rows)
    alt = _listed([Sentence("{label} {value}", {"label": m.label, "value": Quantity(m.value, unit)}) for m in marks])
    grid = Grid(title, tuple(Sentence(h) for h in heads), cells)
    return _chart([{"height": 200, "layer": layers, **heading(None, unit)}], title, alt, grid)


def _labels(data: list[dict]) -> list[dict]:
    return [
        {"data": values(data), "mark": {"type": "text", "align": "left", "yOffset": LABEL_OFFSET, "style": "row-label"},
         "encoding": {"x": {"value": 0}, "y": _Y, "text": TEXT, "tooltip": TOLD}},
        {"data": values(data), "mark": {"type": "text", "align": "right", "yOffset": LABEL_OFFSET, "color": MUTED[0]},
         "encoding": {"x": {"value": "width"}, "y": _Y, "text": {"field": "number", "type": "nominal"}}},
    ]  # fmt: skip


def _chart(each: list[dict], title: Sentence, alt: Sentence, table: Grid, left: int = 0) -> Chart:
    if len(each) == 1:
        spec = {"config": config(), "width": WIDE, **each[0]}
    else:
        spec = {"config": config(), "columns": 2, "spacing": 32, "concat": each}
    return Chart(spec, title, Sentence("{title}. {said}.", {"title": title, "said": alt}), table, 300, left)


def _listed(parts: Sequence[Sentence]) -> Sentence:
    """Several sayings as one; the rest stands in the table."""
    if not parts:
        return Sentence("no data")
    first, more = list(parts[:_MOST_SAID]), len(parts) - _MOST_SAID
    if more > 0:
        first.append(Sentence("and {n} more in the table", {"n": more}))
    out = first[-1]
    for part in reversed(first[:-1]):
        out = Sentence("{first}; {rest}", {"first": part, "rest": out})
    return out


def _nothing(title: Sentence) -> Grid:
    return Grid(title, (Sentence("Name"), Sentence("Value")), (), Sentence("There is nothing to show."))
