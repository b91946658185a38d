"""Sums as series: one value a period, gaps as gaps, periods that are not whole marked as such."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial

import numpy as np

from toolkit.company.periods import Kind, Period, span
from toolkit.language import Quantity, Sentence
from toolkit.trends.definition import Trend, Trends
from toolkit.trends.judging import FEWEST_IN_STRETCH
from toolkit.trends.reading import Cells, Read, Segment, values_of
from toolkit.trends.small_segments import hidden_periods

STILL_TO_COME_VOLUME = 0.01
STILL_TO_COME_RATIO = 0.20
"""Shares of a period's rows still to come from which it is not complete: a volume misses what has
not arrived, a ratio only where the late rows differ."""

COUNTED = ("count", "number")
"""Formats of counts; hours, money and scores are measured."""

_SLACK = 3
_OLDER_PERIODS = 3


@dataclass(frozen=True)
class Panel:
    """Series that share their periods.

    Attributes
    ----------
    every
        The length of a period.
    periods
        In order, without holes.
    keys
        KPI and segment of each series; the whole (segment None) of a KPI before its segments.
    values
        (series, periods): nan where nothing counts.
    rows
        (series, periods).
    precision
        (series, periods): what a value weighs on its chart.
    charts
        ``XmR``, ``p`` or ``u`` for each series.
    complete
        (series, periods): which periods are whole.
    judged
        The values of complete periods; nan elsewhere.
    unfinished
        KPI -> period -> why it is not complete.
    to_come
        KPI -> period -> share of its rows that is still to come, where rows say when they came.
    """

    every: Kind
    periods: tuple[Period, ...]
    keys: tuple[tuple[Trend, Segment], ...]
    values: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)
    precision: np.ndarray = field(repr=False)
    charts: tuple[str, ...]
    complete: np.ndarray = field(repr=False)
    judged: np.ndarray = field(repr=False)
    unfinished: Mapping[str, Mapping[Period, Sentence]] = field(default_factory=dict)
    to_come: Mapping[str, Mapping[Period, float]] = field(default_factory=dict)

    @property
    def places(self) -> np.ndarray:
        """Where in the year each period lies, from 0."""
        number = np.array([p.number - 1 for p in self.periods], dtype=int)
        return np.minimum(number, 51) if self.every == "week" else number


def _place_of(kpi: Trend, segment: Segment) -> tuple:
    """The whole first, then segments as declared, their values in order, missing last."""
    if segment is None:
        return (-1, False, "")
    column, value = segment
    return (list(kpi.segments).index(column), value is None, str(value))


def panel_of(
    question: Trends,
    every: Kind,
    kpis: tuple[Trend, ...],
    reads: Mapping[str, Read],
    late: Mapping[str, Mapping[Period, Mapping[int, int]]],
) -> Panel | None:
    """The series of all KPIs with that length of period; None where no row counts."""
    keys, cells = [], []
    kpis = tuple(
        k for k in kpis if len(reads[k.name].cells[k.name][None])
    )  # others are said to have no rows
    for kpi in kpis:
        found = reads[kpi.name].cells[kpi.name]
        # the engine brings cells in no order
        for segment in sorted(found, key=partial(_place_of, kpi)):
            by_period = found[segment]
            keys.append((kpi, segment))
            cells.append(by_period)
    if not kpis:
        return None
    seen = set().union(*(c.axis for c in cells))
    periods = tuple(span(min(seen), max(max(seen), _last_period(question, every))))
    at = {p: i for i, p in enumerate(periods)}
    days = np.array([p.days for p in periods], dtype=float)
    shape = (len(keys), len(periods))
    values, rows, precision = np.full(shape, np.nan), np.zeros(shape, int), np.full(shape, np.nan)
    charts = []
    # all cells of one scan share their axis
    places = {
        id(axis): np.array([at[p] for p in axis], dtype=int)
        for axis in {id(c.axis): c.axis for c in cells}.values()
    }
    for i, ((kpi, _), c) in enumerate(zip(keys, cells, strict=True)):
        place = places[id(c.axis)]
        values[i, place], rows[i, place] = values_of(kpi, c), c.rows
        charts.append(_chart_of(kpi, c))
        by_rows = charts[-1] == "p" or (charts[-1] == "u" and not kpi.per)
        weight = c.denominator if by_rows else days[place] if charts[-1] == "u" else 1.0
        precision[i, place] = np.where(c.rows > 0, weight, np.nan)
    hidden = hidden_periods(keys, rows, periods, question)
    values[hidden], precision[hidden], rows[hidden] = np.nan, np.nan, 0
    unfinished, to_come = {}, {}
    complete = np.ones(shape, dtype=bool)
    for kpi in kpis:
        whole = reads[kpi.name].cells[kpi.name][None]
        to_come[kpi.name] = still_to_come(late.get(kpi.name, {}), question.as_of)
        unfinished[kpi.name] = _unfinished(kpi, whole, to_come[kpi.name], question.as_of, periods)
        mine = [i for i, (k, _) in enumerate(keys) if k is kpi]
        complete[np.ix_(mine, [at[p] for p in unfinished[kpi.name]])] = False
    judged = np.where(complete, values, np.nan)
    return Panel(
        every,
        periods,
        tuple(keys),
        values,
        rows,
        precision,
        tuple(charts),
        complete,
        judged,
        unfinished,
        to_come,
    )


def _last_period(question: Trends, every: Kind) -> Period:
    """The last period of the kind that ends by the end of the one asked for, or holds it."""
    day = min(question.period.last_day, question.as_of)
    return Period.of(day, every, question.fiscal_year_starts)


def _chart_of(kpi: Trend, cells: Cells) -> str:
    """p for shares of counted things, u for counts a day or by a denominator that changes.

    Everything else, a mean of measurements above all, is an XmR chart. A rate may be counted by
    the hundred or the million: its limits only follow how the denominator changes.
    """
    if kpi.quantile is not None:
        return "XmR"
    num, den = cells.numerator, cells.denominator
    whole = bool((num == np.round(num)).all() and (den == np.round(den)).all() and (num >= 0).all())
    if kpi.per:
        return "u" if kpi.per == "day" and whole else "XmR"
    if not whole:
        return "XmR"
    if kpi.format == "percent":
        return "p" if (num <= den).all() else "XmR"
    counted = kpi.format in COUNTED and len(np.unique(den[cells.rows > 0])) > 1
    return "u" if counted else "XmR"


def still_to_come(late: Mapping[Period, Mapping[int, int]], as_of: date) -> dict[Period, float]:
    """The share of each recent period's rows still to come, from how late they came before.

    Of periods long over, the share that came within the days a recent one has had.
    """
    ages = {p: (as_of - p.last_day).days for p in late}
    longest = max((lag for by in late.values() for lag in by), default=0)
    old = [p for p, age in ages.items() if age > longest]
    if len(old) < _OLDER_PERIODS:
        return {}
    found = {}
    for period, age in ages.items():
        if 0 <= age <= longest:
            counted = [
                (sum(n for lag, n in late[p].items() if lag <= age), sum(late[p].values()))
                for p in old
            ]
            share = 1 - sum(a for a, _ in counted) / max(1, sum(b for _, b in counted))
            if share > 0:
                found[period] = share
    return found


def _unfinished(kpi: Trend, whole, to_come, as_of: date, periods) -> dict[Period, Sentence]:
    found: dict[Period, Sentence] = {}
    for period in periods:
        if not period.complete(as_of):
            found[period] = Sentence(
                "{period} is not over: the data ends on {day}",
                {"period": period.label, "day": as_of},
            )
        elif (as_of - period.last_day).days < kpi.settles_after:
            found[period] = Sentence(
                "outcomes of {period} are known {days} days after its end only",
                {"period": period.label, "days": kpi.settles_after},
            )
    limit = STILL_TO_COME_VOLUME if kpi.per else STILL_TO_COME_RATIO
    for period, share in to_come.items():
        if share > limit and period not in found:
            found[period] = Sentence(
                "about {share} of the rows of {period} are still to come",
                {"share": Quantity(share, "percent"), "period": period.label},
            )
    seen = sorted(p for p in whole if p not in found)
    if len(seen) < _OLDER_PERIODS + 1:
        return found
    # a period that stops well before its end, where others do not, is not whole either
    ends = {p: (p.last_day - whole[p].last).days for p in seen}
    starts = {p: (whole[p].first - p.start).days for p in seen}
    last, first = seen[-1], seen[0]
    if ends[last] > max(d for p, d in ends.items() if p != last) + _SLACK:
        found[last] = Sentence(
            "the rows of {period} end on {day}", {"period": last.label, "day": whole[last].last}
        )
    if starts[first] > max(d for p, d in starts.items() if p != first) + _SLACK:
        found[first] = Sentence(
            "the rows of {period} begin on {day}",
            {"period": first.label, "day": whole[first].first},
        )
    return found


def stretches_of(panel: Panel, question: Trends) -> tuple[np.ndarray, dict[str, tuple]]:
    """The number of each series' stretch, and by KPI the changes that began one."""
    out = np.zeros(panel.values.shape, dtype=int)
    begun: dict[str, tuple] = {}
    numbers: dict[str, np.ndarray] = {}
    for i, (kpi, _) in enumerate(panel.keys):
        if kpi.name not in begun:
            begun[kpi.name] = _beginnings(panel, question, kpi)
            numbers[kpi.name] = np.array(
                [sum(p.last_day >= c.day for c in begun[kpi.name]) for p in panel.periods]
            )
        out[i] = numbers[kpi.name]
    return out, begun


def _beginnings(panel: Panel, question: Trends, kpi: Trend) -> tuple:
    """Changes with enough complete periods before and after them, up to the next."""
    kept: list = []
    row = next(i for i, (k, s) in enumerate(panel.keys) if k.name == kpi.name and s is None)
    seen = [p for p, v in zip(panel.periods, panel.judged[row], strict=True) if np.isfinite(v)]
    for change in question.touching(kpi.name):
        since = kept[-1].day if kept else date.min
        before = sum(since <= p.start and p.last_day < change.day for p in seen)
        after = sum(p.last_day >= change.day for p in seen)
        if before >= FEWEST_IN_STRETCH and after >= FEWEST_IN_STRETCH:
            kept.append(change)
    return tuple(kept)
