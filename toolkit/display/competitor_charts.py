"""Charts of competitors: where each stands, how far we are from each, and on what.

standings      scores with their intervals, best first
gaps           we less each rival
heat           we less each rival on each thing that customers want
drivers        what goes with satisfaction
importance     importance against performance, with the intervals of both
over_waves     gaps from wave to wave

They compute nothing. Where there is nothing to draw, a grid says so.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from toolkit.display.channels import TEXT, TOLD, heading, one_unit, said, values
from toolkit.display.panels import LABEL_OFFSET, MARK_OFFSET, ROW
from toolkit.display.chart import Chart
from toolkit.display.charts import dot_interval, line_over_time
from toolkit.display.layout import WIDE
from toolkit.display.rows import Cell, Line, Mark, Point, Row
from toolkit.display.placing import Placed, map_of
from toolkit.display.theme import INK, PAPER, RULE, TONES, config
from toolkit.display.timeline import LEFT
from toolkit.display.words import Words
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid

TALL = 22
"""Height of a cell."""


_MOST_SAID = 12


def standings(rows: Iterable[Row], title: Sentence) -> Chart | Grid:
    """Where each company stands, its interval with it, in the order given."""
    rows = tuple(Row(r.label, r.quantity, r.tone) for r in rows)
    return dot_interval(rows, title, reference=None) if rows else _nothing(title)


def gaps(
    rows: Iterable[Row],
    title: Sentence,
    *,
    worthwhile: float | None = None,
) -> Chart | Grid:
    """We less each rival: blue ahead, orange behind, grey where they cannot be told apart."""
    rows = tuple(Row(r.label, r.quantity, r.tone) for r in rows)
    marks = [Mark(worthwhile, Sentence("worthwhile"))] if worthwhile else []
    return dot_interval(rows, title, marks=marks) if rows else _nothing(title)


def drivers(rows: Iterable[Row], title: Sentence) -> Chart | Grid:
    """Shares of what attributes explain, largest first."""
    rows = tuple(Row(r.label, r.quantity, r.tone) for r in rows)
    return dot_interval(rows, title) if rows else _nothing(title)


def importance(
    points: Iterable[Placed],
    title: Sentence,
    *,
    lines: tuple[Quantity, Quantity],
) -> Chart | Grid:
    """Importance across and performance up, each with its interval, divided by two lines.

    Parameters
    ----------
    points
        Blue or orange where both intervals keep clear of the lines, grey where one crosses.
    lines
        Where the map is divided: upright, and level.
    """
    points = tuple(points)
    if not points:
        return _nothing(title)
    heads = (Sentence("Attribute"), Sentence("Goes with satisfaction"), Sentence("We less the rivals' mean"),
             Sentence("What that says"))  # fmt: skip
    grid = Grid(title, heads, tuple((p.label, p.across, p.up, p.said) for p in points))
    names = (
        Sentence("Goes with satisfaction, % of what attributes explain"),
        Sentence("We less the rivals' mean, points"),
    )
    spec = {"config": config(), "width": WIDE, **map_of(points, names, lines)}
    said = [Sentence("{label}: {said}", {"label": p.label, "said": p.said}) for p in points[:_MOST_SAID]]
    alt = Sentence("{title}. {said}.", {"title": title, "said": _listed(said)})
    return Chart(spec, title, alt, grid, 300, LEFT)


def over_waves(lines: Iterable[Line], title: Sentence) -> Chart | Grid:
    """Gaps from wave to wave."""
    lines = tuple(
        Line(line.label, tuple(Point(p.day, p.quantity) for p in line.points), line.tone) for line in lines
    )
    return line_over_time(lines, title) if lines else _nothing(title)


def heat(cells: Iterable[Cell], title: Sentence) -> Chart | Grid:
    """We less each rival on each thing that customers want; coloured only where it counts."""
    cells = tuple(cells)
    if not cells:
        return _nothing(title)
    heads = (Sentence("Name"), Sentence("Beside"), Sentence("Difference"))
    grid = Grid(title, heads, tuple((c.row, c.column, c.quantity) for c in cells))
    spec = {"config": config(), "width": WIDE, **_table_of_gaps(cells)}
    alt = Sentence("{title}. {said}.", {"title": title, "said": _said(cells)})
    return Chart(spec, title, alt, grid, 300, 0)


def _said(cells: Sequence[Cell]) -> Sentence:
    """The cells that count, in words; the others stand in the table."""
    counting = [c for c in cells if c.tone in ("better", "worse")]
    parts = [
        Sentence("{row} beside {column} {value}", {"row": c.row, "column": c.column, "value": c.quantity})
        for c in counting[:_MOST_SAID]
    ]
    rest = len(cells) - len(parts)
    if rest:
        parts.append(Sentence("{n} more in the table", {"n": rest}))
    return _listed(parts)


def _listed(parts: Sequence[Sentence]) -> Sentence:
    out = parts[-1]
    for part in reversed(parts[:-1]):
        out = Sentence("{first}; {rest}", {"first": part, "rest": out})
    return out


def _nothing(title: Sentence) -> Grid:
    return Grid(title, (Sentence("Name"), Sentence("Value")), (), Sentence("There is nothing to show."))


def _table_of_gaps(cells: Sequence[Cell]) -> dict:
    """A table of gaps: a row each name, a column each rival, coloured where it counts."""
    unit = one_unit([c.quantity for c in cells])
    rows = list(dict.fromkeys(c.row for c in cells))
    columns = list(dict.fromkeys(said(c.column) for c in cells))
    data = [
        {
            "row": rows.index(c.row),
            "column": said(c.column),
            "number": _signed(c.quantity),
            "told": Words(Sentence("{row:short}, {column:short}: {value:full}",
                                   {"row": c.row, "column": c.column, "value": c.quantity})),
            "tone": c.tone if c.quantity.known else "unknown",
            "ink": "level" if c.tone in ("level", "unknown") or not c.quantity.known else "strong",
        }
        for c in cells
    ]
    y = {"field": "row", "type": "ordinal", "axis": None}
    x = {
        "field": "column",
        "type": "nominal",
        "sort": columns,
        "scale": {"paddingInner": 0.04, "paddingOuter": 0},
    }
    axis = {"orient": "top", "title": None, "domain": False, "ticks": False, "labelAngle": 0}
    fill = {"domain": list(TONES), "range": [_fill(tone) for tone in TONES]}
    names = [{"row": i, "label": said(name)} for i, name in enumerate(rows)]
    layers = [
        {
            "data": values(data),
            "mark": {"type": "rect", "height": TALL, "yOffset": MARK_OFFSET},
            "encoding": {
                "x": {**x, "axis": axis}, "y": y, "tooltip": TOLD,
                "color": {"field": "tone", "type": "nominal", "legend": None, "scale": fill},
            },
        },
        *(
            {
                "data": values([d for d in data if d["ink"] == ink]),
                "mark": {"type": "text", "yOffset": MARK_OFFSET, "color": colour},
                "encoding": {
                    "x": {**x, "axis": axis}, "y": y, "tooltip": TOLD,
                    "text": {"field": "number", "type": "nominal"},
                },
            }
            for ink, colour in (("level", INK[0]), ("strong", PAPER[0]))
        ),
        {
            "data": values(names),
            "mark": {"type": "text", "align": "left", "yOffset": LABEL_OFFSET, "style": "row-label"},
            "encoding": {"x": {"value": 0}, "y": y, "text": TEXT},
        },
    ]  # fmt: skip
    return {"height": {"step": ROW}, "layer": layers, **heading(None, unit)}


def _fill(tone: str) -> str:
    """Better and worse in full; what cannot be told apart stays as quiet as a rule."""
    return TONES[tone][0] if tone in ("better", "worse") else RULE[0]


def _signed(q: Quantity) -> Words:
    if not q.known:
        return Words(Sentence("{value}", {"value": q}))
    return Words(Sentence("{value:signed_bare}", {"value": q}))
