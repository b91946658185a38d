"""What the charts of a comparison show: rows with their numbers, made once."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.benchmarks.gaps import Gap
from toolkit.benchmarks.over_waves import GapTrend
from toolkit.benchmarks.standings import League, Standing
from toolkit.benchmarks.wanted import Wanted, Wants
from toolkit.drawable import Cell, Line, Point, Row
from toolkit.language import Quantity, Sentence

_TONES = {"ahead": "better", "behind": "worse", "cannot_be_told_apart": "level"}
_QUADRANT_TONES = {"fix_first": "worse", "keep_up": "better"}


@dataclass(frozen=True)
class MapPoint:
    """One attribute on a map of importance and performance: `across` and `up`, with intervals."""

    label: str
    across: Quantity
    up: Quantity
    tone: str
    said: Sentence


def standing_rows(main: League | None, us: str) -> tuple[Row, ...]:
    """The league table's scores with their intervals, best first."""
    if main is None:
        return ()
    return tuple(
        Row(_ranked_label(s), s.quantity, "us" if s.company == us else "rival")
        for s in main.standings if s.shown
    )  # fmt: skip


def gap_rows(gaps: Iterable[Gap]) -> tuple[Row, ...]:
    """We less each rival, coloured where told apart."""
    return tuple(Row(g.rival, g.quantity, _TONES[g.verdict]) for g in gaps)


def heat_rows(wants: Wants | None) -> tuple[Cell, ...]:
    """We less each rival on each attribute."""
    if wants is None:
        return ()
    return tuple(Cell(c.attribute.title, c.rival, c.quantity, c.tone) for c in wants.gaps)


def driver_rows(wants: Wants | None) -> tuple[Row, ...]:
    """Shares of the explained variance, largest first."""
    if wants is None or wants.drivers is None:
        return ()
    return tuple(
        Row(w.attribute.title, w.share, _QUADRANT_TONES.get(w.quadrant, "level"))
        for w in wants.by_share if w.share.known
    )  # fmt: skip


def map_points(wants: Wants | None) -> tuple[MapPoint, ...]:
    """Importance (what goes with satisfaction) across, we less the rivals' mean up."""
    if wants is None or wants.drivers is None:
        return ()
    return tuple(
        MapPoint(w.attribute.title, w.share, w.beside, _QUADRANT_TONES.get(w.quadrant, "level"), quadrant_said(w))
        for w in wants.by_share if w.share.known and w.beside.known
    )  # fmt: skip


def quadrant_said(wanted: Wanted) -> Sentence:
    """Where importance and performance put an attribute."""
    return {
        "keep_up": Sentence("matters, and we are better: keep it up"),
        "fix_first": Sentence("matters, and we are worse: fix first"),
        "no_hurry": Sentence("matters less, and we are worse: no hurry"),
        "more_than_asked": Sentence("matters less, and we are better"),
        "undetermined": Sentence("undetermined"),
    }[wanted.quadrant]  # fmt: skip


def trend_lines(trends: Iterable[GapTrend]) -> tuple[Line, ...]:
    """Gaps over waves; empty where the answers are not dated."""
    found = []
    for t in trends:
        points = tuple(Point(day, q) for _, day, q in t.points if day is not None)
        if points:
            found.append(Line(t.rival, points, "level"))
    return tuple(found)


def _ranked_label(s: Standing) -> Sentence:
    if not s.ranked:
        return Sentence("{company}, not ranked", {"company": s.company})
    if s.rank_low == s.rank_high:
        return Sentence("{company}, place {low}", {"company": s.company, "low": s.rank_low})
    return Sentence("{company}, place {low} to {high}", {"company": s.company, "low": s.rank_low, "high": s.rank_high})
