"""The charts: what the notebooks call.

dot_interval     estimates with their intervals, against lines to measure by
bars             counts and levels from zero
line_over_time   a series, or several, with the plan's changes
small_multiples  the same for many, a panel each
kpi_panels       KPIs over time: limits, target, signals and the changes that touch each
before_after     a dated change: what was measured, and what would have been without it
effects          an A/B test: what each arm did to each metric
arms             an A/B test: the level of each metric in each arm

They compute nothing: rows come with their numbers and intervals. Every chart brings its title as a
sentence, the same in words for readers who do not see it, and its data table.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from toolkit.display import channels, panels, timeline
from toolkit.display.chart import Chart
from toolkit.display.layout import WIDE
from toolkit.display.rows import Change, Effect, Level, Line, Mark, Panel, Point, Row
from toolkit.display.theme import config
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid

__all__ = [
    "Change",
    "Chart",
    "Effect",
    "Level",
    "Line",
    "Mark",
    "Panel",
    "Point",
    "Row",
    "arms",
    "bars",
    "before_after",
    "dot_interval",
    "effects",
    "kpi_panels",
    "line_over_time",
    "small_multiples",
]

_MOST_SAID = 12


def dot_interval(
    rows: Iterable[Row],
    title: Sentence,
    *,
    reference: float | None = 0.0,
    marks: Sequence[Mark] = (),
    axis: Sentence | None = None,
    table: Grid | None = None,
) -> Chart:
    """Estimates with their intervals on one axis.

    Parameters
    ----------
    rows
        One a line, top to bottom, all in one unit. A row whose value is nan is drawn as unknown.
    title
        What the chart shows.
    reference
        Where "no difference" lies; None for levels.
    marks
        Lines to measure against: promised, worthwhile, margin. In the unit of the rows.
    axis
        What is measured, over the panel; the unit is added.
    table
        The data table; made from the rows where absent.

    Raises
    ------
    ValueError
        There are no rows, or they are in several units.
    """
    rows = tuple(rows)
    panel = panels.intervals(rows, axis, reference, marks)
    return _chart([panel], title, _rows_said(rows, marks), table or _rows_table(rows, title))


def bars(
    rows: Iterable[Row],
    title: Sentence,
    *,
    axis: Sentence | None = None,
    table: Grid | None = None,
) -> Chart:
    """Bars from zero: counts and levels. Parameters and errors as in `dot_interval`."""
    rows = tuple(rows)
    return _chart(
        [panels.bars(rows, axis)],
        title,
        _rows_said(rows),
        table or _rows_table(rows, title),
    )


def line_over_time(
    lines: Iterable[Line],
    title: Sentence,
    *,
    changes: Sequence[Change] = (),
    marks: Sequence[Mark] = (),
    axis: Sentence | None = None,
    table: Grid | None = None,
) -> Chart:
    """Series over time; intervals as bands, incomplete periods hollow, plan changes as labelled lines.

    Parameters
    ----------
    lines
        Each labelled directly at its end, all in one unit.
    changes
        Dated changes of the plan.
    marks
        Levels to measure against, such as a target.

    Raises
    ------
    ValueError
        There are no points, or they are in several units.
    """
    lines = tuple(lines)
    panel = timeline.over_time(lines, axis, changes, marks)
    said = _listed([*map(_line_said, lines), *map(_change_said, changes)])
    return _chart([panel], title, said, table or _lines_table(lines, title), left=timeline.LEFT)


def before_after(
    lines: Iterable[Line],
    title: Sentence,
    *,
    events: Sequence[Change] = (),
) -> Chart | Grid:
    """What was measured, and what would have been without a dated change, its interval as a band.

    Parameters
    ----------
    lines
        What would have been first, what was measured on top.
    events
        The change, its announcement, and other changes of the same KPI.

    Returns
    -------
    Chart or Grid
        Where nothing was measured there is nothing to draw: a grid that says so.
    """
    # an analysis brings rows of its own, which know no more than these
    lines = tuple(
        Line(row.label, tuple(Point(p.day, p.quantity, p.complete) for p in row.points), row.tone, dots=row.tone == "us")
        for row in lines
    )
    if not any(p.quantity.known for line in lines for p in line.points):
        return Grid(title, (Sentence("Period"), Sentence("Value")), (), Sentence("Nothing was measured."))
    return line_over_time(lines, title, changes=events)


def small_multiples(
    of: Mapping[str, Sequence[Line]],
    title: Sentence,
    *,
    changes: Sequence[Change] = (),
    table: Grid | None = None,
) -> Chart:
    """One panel over time for each name, each on its own scale and in its own unit."""
    each = [
        timeline.over_time(lines, name, changes, height=120) for name, lines in of.items()
    ]
    said = _listed(
        [
            Sentence(
                "{name}: {said}",
                {"name": name, "said": _listed([_line_said(line) for line in lines])},
            )
            for name, lines in of.items()
        ]
    )
    rows = tuple(
        (name, line.label, p.day, p.quantity)
        for name, lines in of.items()
        for line in lines
        for p in line.points
    )
    heads = (Sentence("Panel"), Sentence("Series"), Sentence("Period"), Sentence("Value"))
    return _chart(
        each, title, said, table or Grid(title, heads, rows), panel=210, left=timeline.LEFT
    )


def kpi_panels(
    rows: Iterable[Panel],
    title: Sentence,
    *,
    table: Grid | None = None,
) -> Chart | Grid:
    """A panel a KPI, on its own scale and in its own unit; its empty table where there is none.

    The band is the usual range and the grey line its centre; blue points are improvement and orange
    ones concern, hollow ones periods that are not complete; the dashed line is the target.
    """
    rows = tuple(rows)
    each = [
        _noted(timeline.over_time(r.lines, r.title, r.changes, r.marks, height=130), r.notes)
        for r in rows
    ]
    said = _listed([_listed([r.title, *r.notes]) for r in rows])
    heads = (Sentence("KPI"), Sentence("Period"), Sentence("Value"))
    cells = tuple(
        (r.title, p.day, p.quantity) for r in rows for line in r.lines if line.tone != "past" for p in line.points
    )
    grid = table or Grid(title, heads, cells)
    return _chart(each, title, said, grid, panel=300, left=timeline.LEFT) if each else grid


def effects(
    rows: Iterable[Effect],
    title: Sentence,
    *,
    table: Grid | None = None,
) -> Chart:
    """What each arm of a test did to each metric: a panel a metric, on its own scale and in its own unit.

    Blue is better and orange worse as the metric counts it, grey holds both; the dashed lines are the
    smallest effect worth having and the harm that is still acceptable.
    """
    rows = tuple(rows)
    each = []
    for metric, group in _by_metric(rows).items():
        drawn = [Row(e.arm, e.quantity, e.tone) for e in group]
        each.append(panels.intervals(drawn, metric, 0.0, _test_marks(group[0])))
    heads = (Sentence("Metric"), Sentence("Arm"), Sentence("Difference to control"))
    grid = table or Grid(title, heads, tuple((e.metric, e.arm, e.quantity) for e in rows))
    return _chart(
        each, title, _listed([_metric_said(e.metric, e.arm, e.quantity) for e in rows]), grid
    )


def arms(
    rows: Iterable[Level],
    title: Sentence,
    *,
    table: Grid | None = None,
) -> Chart:
    """The level of each metric in each arm, with its interval; control in grey."""
    rows = tuple(rows)
    each = [
        panels.intervals([Row(r.arm, r.quantity, r.tone) for r in group], metric, None)
        for metric, group in _by_metric(rows).items()
    ]
    heads = (Sentence("Metric"), Sentence("Arm"), Sentence("Level"))
    grid = table or Grid(title, heads, tuple((r.metric, r.arm, r.quantity) for r in rows))
    return _chart(
        each, title, _listed([_metric_said(r.metric, r.arm, r.quantity) for r in rows]), grid
    )


def _chart(
    each: list[dict], title: Sentence, alt: Sentence, table: Grid, panel: int = 300, left: int = 0
) -> Chart:
    if not each:
        raise ValueError("a chart needs at least one row")
    if len(each) == 1:
        spec = {"config": config(), "width": WIDE, **each[0]}
    else:
        spec = {"config": config(), "columns": 2, "spacing": 32, "concat": each}
    return Chart(
        spec, title, Sentence("{title}. {said}.", {"title": title, "said": alt}), table, panel, left
    )


def _noted(panel: dict, notes: Sequence[Sentence]) -> dict:
    """A panel with lines of words between its title and its unit."""
    if not notes:
        return panel
    lines = [channels.said(note) for note in notes]
    unit = panel["title"].get("subtitle")
    return {**panel, "title": {**panel["title"], "subtitle": [*lines, *([unit] if unit else [])]}}


def _by_metric(rows: Sequence) -> dict:
    """Rows by metric, in the order in which metrics first appear."""
    groups: dict[str, list] = {}
    names: dict[str, object] = {}
    for row in rows:
        key = str(row.metric)
        names.setdefault(key, row.metric)
        groups.setdefault(key, []).append(row)
    return {names[key]: group for key, group in groups.items()}


def _test_marks(effect: Effect) -> list[Mark]:
    good = 1.0 if effect.better == "higher" else -1.0
    marks = []
    if effect.worthwhile:
        marks.append(Mark(good * effect.worthwhile, Sentence("worthwhile")))
    if effect.margin:
        marks.append(Mark(-good * effect.margin, Sentence("acceptable")))
    return marks


def _listed(sentences: Sequence[Sentence]) -> Sentence:
    """Several sayings as one; the rest stands in the table."""
    first, more = list(sentences[:_MOST_SAID]), len(sentences) - _MOST_SAID
    if more > 0:
        first.append(Sentence("and {n} more in the table", {"n": more}))
    said = first[-1] if first else Sentence("no data")
    for sentence in reversed(first[:-1]):
        said = Sentence("{first}; {rest}", {"first": sentence, "rest": said})
    return said


def _short(label: str | Sentence) -> str | Sentence:
    return label if isinstance(label, Sentence) else str(channels.said(label))


def _quantity_said(label: str | Sentence, q: Quantity) -> Sentence:
    values = {"label": _short(label), "value": q}
    if q.known and q.low is not None:
        return Sentence("{label} {value} ({value:range})", values)
    return Sentence("{label} {value}", values)


def _metric_said(metric: str | Sentence, arm: str, q: Quantity) -> Sentence:
    return Sentence("{metric}, {said}", {"metric": _short(metric), "said": _quantity_said(arm, q)})


def _rows_said(rows: Sequence[Row], marks: Sequence[Mark] = ()) -> Sentence:
    unit = rows[0].quantity.unit if rows else "number"
    lines = [_quantity_said(m.label, Quantity(m.value, unit)) for m in marks]
    return _listed([*(_quantity_said(r.label, r.quantity) for r in rows), *lines])


def _line_said(line: Line) -> Sentence:
    known = [p for p in line.points if p.quantity.known]
    if not known:
        return Sentence("{label}: no data", {"label": _short(line.label)})
    first, last = known[0], known[-1]
    values = {
        "label": _short(line.label),
        "first": first.day,
        "from_value": first.quantity,
        "last": last.day,
        "to_value": last.quantity,
    }
    return Sentence("{label}: {from_value} on {first}, {to_value} on {last}", values)


def _change_said(change: Change) -> Sentence:
    return Sentence("{label} on {day}", {"label": _short(change.label), "day": change.day})


def _rows_table(rows: Sequence[Row], title: Sentence) -> Grid:
    heads = (Sentence("Name"), Sentence("Value"))
    return Grid(title, heads, tuple((r.label, r.quantity) for r in rows))


def _lines_table(lines: Sequence[Line], title: Sentence) -> Grid:
    """Periods down, series across."""
    days = sorted({p.day for line in lines for p in line.points})
    held = [{p.day: p.quantity for p in line.points} for line in lines]
    heads = (Sentence("Period"), *(Sentence("{label}", {"label": line.label}) for line in lines))
    return Grid(title, heads, tuple((day, *(h.get(day) for h in held)) for day in days))
