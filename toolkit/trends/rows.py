"""What a chart of KPIs over time is given: panels with lines, limits, targets and dated changes."""

from __future__ import annotations

import numpy as np

from toolkit.drawable import Change, Line, Mark, Panel, Point
from toolkit.language import Sentence
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.series import Series
from toolkit.trends.wording import rule_said, span_said

_MOST_SIGNALS = 2


def panels(found: KpiTrends) -> tuple[Panel, ...]:
    """A panel for each KPI with a value: usual range as a band, signals coloured and said."""
    return tuple(
        _panel(k, found)
        for k in found.kpis
        if k.whole is not None and np.isfinite(k.whole.values).any()
    )


def _panel(k: KpiTrend, found: KpiTrends) -> Panel:
    marks = (Mark(k.aim.level.value, Sentence("target")),) if k.aim and k.aim.known else ()
    changes = tuple(
        Change(c.day, c.label)
        for c in found.definition.touching(k.kpi.name)
        if k.whole.periods[0].start <= c.day < k.whole.periods[-1].end
    )
    return Panel(
        _title(k.whole), (*_usual(k.whole), *_pieces(k.whole)), marks, changes, _notes(k.whole)
    )


def _title(series: Series) -> Sentence:
    named = {"kpi": series.kpi.title}
    if not series.told:
        return Sentence("{kpi}: too few periods to know what is usual", named)
    if series.equal:
        return Sentence("{kpi}: always the same", named)
    if series.variation is None:
        return Sentence("{kpi}", named)
    titles = {"improving": "{kpi}: improving", "worsening": "{kpi}: worsening", "steady": "{kpi}: steady"}
    return Sentence(titles[series.variation], named)


def _notes(series: Series) -> tuple[Sentence, ...]:
    """The signals of the period asked for, in words short enough for a panel."""
    if series.equal:
        return ()
    return tuple(
        Sentence("{what}, {when}", {"what": rule_said(s), "when": span_said(s.first, s.last)})
        for s in series.telling[:_MOST_SIGNALS]
    )


def _usual(series: Series) -> list[Line]:
    """Centre and limits, a line for each stretch of them."""
    rows = []
    told = np.isfinite(series.lower)
    for piece in (
        p for n in np.unique(series.stretch) for p in _runs_of(told & (series.stretch == n))
    ):
        points = tuple(
            Point(
                series.periods[i].start,
                series.kpi.quantity(
                    float(series.centre[i]),
                    float(min(series.lower[i], series.centre[i])),
                    float(max(series.upper[i], series.centre[i])),
                ),
            )
            for i in piece
        )
        rows.append(Line("", points, "past", dots=False))
    return rows


def _pieces(series: Series) -> list[Line]:
    """The values; a gap ends one line and begins another."""
    colour: dict[int, str] = {}
    for s in series.signals:
        if s.told:
            inside = [
                i
                for i, p in enumerate(series.periods)
                if s.first <= p <= s.last and series.measured[i]
            ]
            colour |= dict.fromkeys(inside, "better" if s.good else "worse")
    return [
        Line(
            "",
            tuple(
                Point(
                    series.periods[i].start,
                    series.quantity_at(i),
                    bool(series.complete[i]),
                    colour.get(i),
                )
                for i in piece
            ),
        )
        for piece in _runs_of(np.isfinite(series.values))
    ]


def _runs_of(there: np.ndarray) -> list[np.ndarray]:
    places = np.flatnonzero(there)
    return np.split(places, np.flatnonzero(np.diff(places) > 1) + 1) if len(places) else []
