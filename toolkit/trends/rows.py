"""What a chart of KPIs over time is given: panels with lines, limits, targets and dated changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from toolkit.language import Quantity, Sentence
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.series import Series
from toolkit.trends.wording import rule_said, span_said

_MOST_SIGNALS = 2


@dataclass(frozen=True)
class PointRow:
    """One period; `tone` where a signal colours it."""

    day: date
    quantity: Quantity
    complete: bool = True
    tone: str | None = None


@dataclass(frozen=True)
class LineRow:
    """A line through its points."""

    label: str | Sentence
    points: tuple[PointRow, ...]
    tone: str = "us"
    dots: bool = True


@dataclass(frozen=True)
class MarkRow:
    """A level to measure against."""

    value: float
    label: Sentence


@dataclass(frozen=True)
class ChangeRow:
    """A dated change of the plan."""

    day: date
    label: str


@dataclass(frozen=True)
class PanelRow:
    """One KPI, drawn."""

    title: Sentence
    lines: tuple[LineRow, ...]
    marks: tuple[MarkRow, ...] = ()
    changes: tuple[ChangeRow, ...] = ()
    notes: tuple[Sentence, ...] = ()


def panels(found: KpiTrends) -> tuple[PanelRow, ...]:
    """A panel for each KPI with a value: usual range as a band, signals coloured and said."""
    return tuple(
        _panel(k, found)
        for k in found.kpis
        if k.whole is not None and np.isfinite(k.whole.values).any()
    )


def _panel(k: KpiTrend, found: KpiTrends) -> PanelRow:
    marks = (MarkRow(k.aim.level.value, Sentence("target")),) if k.aim and k.aim.known else ()
    changes = tuple(
        ChangeRow(c.day, c.label)
        for c in found.definition.touching(k.kpi.name)
        if k.whole.periods[0].start <= c.day < k.whole.periods[-1].end
    )
    return PanelRow(
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


def _usual(series: Series) -> list[LineRow]:
    """Centre and limits, a line for each stretch of them."""
    rows = []
    told = np.isfinite(series.lower)
    for piece in (
        p for n in np.unique(series.stretch) for p in _runs_of(told & (series.stretch == n))
    ):
        points = tuple(
            PointRow(
                series.periods[i].start,
                series.kpi.quantity(
                    float(series.centre[i]),
                    float(min(series.lower[i], series.centre[i])),
                    float(max(series.upper[i], series.centre[i])),
                ),
            )
            for i in piece
        )
        rows.append(LineRow("", points, "past", dots=False))
    return rows


def _pieces(series: Series) -> list[LineRow]:
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
        LineRow(
            "",
            tuple(
                PointRow(
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
