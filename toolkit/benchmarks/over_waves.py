"""How did the gaps move from wave to wave, and what was gained in a year?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from toolkit.benchmarks.definition import Benchmark
from toolkit.benchmarks.gaps import gap_of
from toolkit.benchmarks.reading import Answered
from toolkit.benchmarks.standings import League, league
from toolkit.benchmarks.weighing import weighed
from toolkit.language import Quantity
from toolkit.problems import Refused
from toolkit.stats.comparisons import Comparison, wald
from toolkit.stats.multiplicity import adjusted


@dataclass(frozen=True)
class WaveLeague:
    """One wave's league; `reason` says why there is none."""

    wave: str
    day: date | None
    league: League | None
    reason: str | None = None


@dataclass(frozen=True)
class GapTrend:
    """One rival's gap over the waves, and whether it moved from a year before the last wave to it.

    `change` is None where a wave of a year before is missing.
    """

    rival: str
    points: tuple[tuple[str, date | None, Quantity], ...]
    change: Comparison | None
    p_adjusted: float
    unit: str


def leagues(answered: Answered, definition: Benchmark) -> tuple[WaveLeague, ...]:
    """The main score of every wave, in order of time, weighted as the last one is."""
    found = []
    for wave in answered.waves:
        rows = answered.wave == wave
        day = answered.last_days.get(wave)
        if not rows.any():
            continue
        try:
            made = league(weighed(answered.at(rows), definition), definition.survey.main, definition, ranked=False)
        except Refused as error:
            found.append(WaveLeague(wave, day, None, str(error)))
            continue
        found.append(WaveLeague(wave, day, made))
    return tuple(found)


def gap_trends(waves: tuple[WaveLeague, ...], rivals: tuple[str, ...], definition: Benchmark) -> tuple[GapTrend, ...]:
    """Each rival's gap in every wave where both have answers enough to be shown."""
    back = definition.survey.waves_a_year
    raw = []
    for rival in rivals:
        points, by_wave = [], {}
        for w in waves:
            c = _gap(w.league, rival, definition)
            if c is None or c.reason is not None:
                continue
            by_wave[w.wave] = c
            points.append((w.wave, w.day, Quantity(c.estimate, definition.survey.main.gap_unit, c.low, c.high)))
        names = [w.wave for w in waves]
        change = None
        if len(names) > back and names[-1] in by_wave and names[-1 - back] in by_wave:
            now, then = by_wave[names[-1]], by_wave[names[-1 - back]]
            change = wald(
                now.estimate - then.estimate, math.hypot(now.se, then.se), level=definition.level,
                df=min(now.df, then.df), null="change of the gap = 0", method="two waves, independent answers",
            )  # fmt: skip
        raw.append((rival, tuple(points), change))
    p = adjusted([c.p_value if c is not None else math.nan for _, _, c in raw], "holm") if raw else []
    unit = definition.survey.main.gap_unit
    return tuple(GapTrend(r, points, c, float(q), unit) for (r, points, c), q in zip(raw, p, strict=True))


def yearly_gains(waves: tuple[WaveLeague, ...], definition: Benchmark) -> tuple[tuple[float, float], ...]:
    """(change, standard error) of our own score over each year seen."""
    back = definition.survey.waves_a_year
    own = [None if w.league is None else w.league.get(definition.us) for w in waves]
    found = []
    for then, now in zip(own, own[back:], strict=False):
        if then is not None and now is not None and then.shown and now.shown:
            found.append((now.value - then.value, math.hypot(now.se, then.se)))
    return tuple(found)


def _gap(made: League | None, rival: str, definition: Benchmark) -> Comparison | None:
    if made is None:
        return None
    us, other = made.get(definition.us), made.get(rival)
    if us is None or other is None or not (us.shown and other.shown):
        return None
    return gap_of(made, us, other, definition)
