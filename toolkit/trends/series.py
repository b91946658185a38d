"""One KPI in one segment over time, judged: its limits, its signals, and what they say together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from toolkit.company.periods import Period
from toolkit.language import Quantity, Sentence
from toolkit.stats.usual_variation import RULES
from toolkit.trends.definition import DatedChange, Trend
from toolkit.trends.reading import Segment

UPWARD = ("above", "run_above", "rising", "near_upper")
_BLOCKS = "▁▂▃▄▅▆▇█"


@dataclass(frozen=True)
class Signal:
    """Points that are more than usual variation.

    Attributes
    ----------
    rule
        As in `usual_variation.RULES`.
    first, last
        The periods it spans, of `points` points.
    good
        Whether it is an improvement.
    told
        False for what only the published rules mark: neighbours resemble each other so much that
        it is no reason to act.
    """

    rule: str
    first: Period
    last: Period
    points: int
    good: bool
    told: bool = True


@dataclass(frozen=True)
class Series:
    """One KPI in one segment over time.

    Attributes
    ----------
    kpi, segment
        Which one; segment None is the whole.
    periods
        In order, without holes.
    values, rows
        (periods,); nan is a gap.
    complete
        (periods,): False where a period is not whole; `unfinished` says why.
    centre, lower, upper
        (periods,): usual variation, the season put back; nan where it is not told.
    stretch
        (periods,): number of the stretch between changes, from 0.
    lowest, highest
        Of the usual variation over the year, in the latest stretch.
    signals
        In order of time, the told ones and the hints.
    rho, run
        Autocorrelation allowed for, and the length of a run then.
    season
        How much of the season's estimate is taken out, 0 to 1.
    slope, slope_low, slope_high
        Trend per period in the latest stretch; nan for a segment without a target.
    chart
        ``XmR``, ``p`` or ``u``.
    since
        The change that began the latest stretch.
    judged_periods
        The periods of the one asked for.
    """

    kpi: Trend
    segment: Segment
    periods: tuple[Period, ...]
    values: np.ndarray = field(repr=False)
    rows: np.ndarray = field(repr=False)
    complete: np.ndarray = field(repr=False)
    centre: np.ndarray = field(repr=False)
    lower: np.ndarray = field(repr=False)
    upper: np.ndarray = field(repr=False)
    stretch: np.ndarray = field(repr=False)
    lowest: float
    highest: float
    level: float
    signals: tuple[Signal, ...]
    rho: float
    run: int
    season: float
    slope: float
    slope_low: float
    slope_high: float
    chart: str
    judged_periods: tuple[Period, ...]
    since: DatedChange | None = None
    unfinished: Mapping[Period, Sentence] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not len(self.periods) == len(self.values) == len(self.complete) == len(self.lower):
            raise ValueError("every period needs a value, its limits, and whether it is complete")

    @property
    def where(self) -> str | None:
        """The segment as text."""
        return None if self.segment is None else f"{self.segment[0]}={self.segment[1]}"

    @property
    def bounds(self) -> tuple[float, float]:
        """See `bounds_of`."""
        return bounds_of(self.kpi, self.chart, self.values)

    @property
    def measured(self) -> np.ndarray:
        """Which periods are complete and have a value."""
        return self.complete & np.isfinite(self.values)

    @property
    def told(self) -> bool:
        """Whether there are limits to judge by."""
        return bool(np.isfinite(self.lower).any())

    @property
    def recent(self) -> tuple[Signal, ...]:
        """The told signals that reach into the periods asked for."""
        asked = set(self.judged_periods)
        return tuple(
            s for s in self.signals if s.told and any(s.first <= p <= s.last for p in asked)
        )

    @property
    def telling(self) -> tuple[Signal, ...]:
        """The recent signals, the strongest first, less those that others of their side cover."""
        order = {"above": 0, "below": 0, "run_above": 1, "run_below": 1, "rising": 2, "falling": 2}
        ranked = sorted(
            self.recent, key=lambda s: (order.get(s.rule, 3), -s.last.start.toordinal(), -s.points)
        )
        kept: list[Signal] = []
        for s in ranked:
            if not (
                s.rule.startswith("near")
                and any(s.good == o.good and s.first <= o.last and o.first <= s.last for o in kept)
            ):
                kept.append(s)
        return tuple(kept)

    @property
    def variation(self) -> str | None:
        """``improving``, ``worsening`` or ``steady`` in the periods asked for; None: not told.

        Where signals point both ways the one that ends last counts.
        """
        if not self.told or not any(
            p in self.judged_periods for p, m in zip(self.periods, self.measured, strict=True) if m
        ):
            return None
        if not self.recent:
            return "steady"
        latest = max(self.recent, key=lambda s: (s.last.start, s.points))
        return "improving" if latest.good else "worsening"

    @property
    def why_not_told(self) -> str | None:
        """The reason where there are no limits."""
        if self.told:
            return None
        seen = self.values[self.measured]
        if not len(seen):
            return "no complete period has a value"
        return f"{len(seen)} complete periods with a value; 8 are needed to know what is usual"

    @property
    def equal(self) -> bool:
        """Whether every complete value is the same."""
        seen = self.values[self.measured]
        return len(seen) > 1 and float(np.ptp(seen)) == 0

    def quantity_at(self, i: int) -> Quantity:
        """The value of one period."""
        if np.isnan(self.values[i]):
            why = "no rows in this period" if self.segment is None else "no rows, or too few to be shown"
            return self.kpi.quantity(np.nan, reason=why)
        return self.kpi.quantity(float(self.values[i]))

    def sparkline(self, most: int = 12) -> str:
        """The last complete values as blocks; a gap is a dot."""
        last = np.flatnonzero(self.measured)
        if not len(last):
            return ""
        shown = self.values[max(0, last[-1] + 1 - most) : last[-1] + 1]
        ok = self.complete[max(0, last[-1] + 1 - most) : last[-1] + 1] & np.isfinite(shown)
        low, high = shown[ok].min(), shown[ok].max()
        step = (high - low) or 1.0
        place = np.where(
            ok, np.round((np.where(ok, shown, low) - low) / step * (len(_BLOCKS) - 1)), 0
        ).astype(int)
        if high == low:
            place = np.full(len(shown), 3)
        return "".join(_BLOCKS[p] if good else "·" for p, good in zip(place, ok, strict=True))


def bounds_of(kpi: Trend, chart: str, values: np.ndarray) -> tuple[float, float]:
    """What no value of a KPI can lie beyond: a count is not negative, a share within 0 and 1."""
    share = False
    if kpi.format == "percent":
        seen = values[np.isfinite(values)]
        share = seen.size > 0 and 0 <= seen.min() and seen.max() <= 1
    return (0.0 if chart in ("p", "u") or share else -np.inf), (1.0 if share else np.inf)


def signals_of(
    kpi: Trend,
    periods: tuple[Period, ...],
    values: np.ndarray,
    marks: np.ndarray,
    hints: np.ndarray,
) -> tuple[Signal, ...]:
    """Marked points as signals: each stretch of neighbours under one rule is one.

    Parameters
    ----------
    values
        (periods,): nan where a period takes no part.
    marks, hints
        (rules, periods).
    """
    by_rule = {True: marks.any(axis=1), False: hints.any(axis=1)}
    if not (by_rule[True].any() or by_rule[False].any()):
        return ()
    seen = np.flatnonzero(np.isfinite(values))
    at = seen.tolist()
    if len(at) < len(values):
        marks, hints = marks[:, seen], hints[:, seen]
    higher, found = kpi.higher, []
    for told, marked in ((True, marks), (False, hints)):
        for rule in np.flatnonzero(by_rule[told]).tolist():
            name = RULES[rule]
            # two of three may lie around one that is not marked
            apart = 2 if name.startswith("near") else 1
            known = set() if told or not by_rule[True][rule] else set(_places(marks[rule]))
            for run in _runs(_places(marked[rule]), apart):
                if known.isdisjoint(run):
                    first, last = periods[at[run[0]]], periods[at[run[-1]]]
                    good = (name in UPWARD) == higher
                    found.append(Signal(name, first, last, len(run), good, told))
    return tuple(sorted(found, key=lambda s: (s.first.start, not s.told, -s.points)))


def _places(marked: np.ndarray) -> list[int]:
    return marked.nonzero()[0].tolist()


def _runs(places: list[int], apart: int) -> list[list[int]]:
    """Places in stretches that are no further apart than that."""
    runs: list[list[int]] = []
    for place in places:
        if runs and place - runs[-1][-1] <= apart:
            runs[-1].append(place)
        else:
            runs.append([place])
    return runs
