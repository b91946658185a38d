"""The target as a card: what to aim for, and what that rests on."""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.benchmarks.gaps import Gap
from toolkit.benchmarks.standings import League, Standing
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid
from toolkit.stats.achievable_targets import Target


def aim_said(target: Target, us: Standing, score: str) -> Sentence:
    """What to do, in one short sentence without its full stop."""
    values = {
        "score": score, "now": Quantity(us.value, us.unit), "value": Quantity(target.value, us.unit),
        "n": Quantity(target.answers, "count"),
    }  # fmt: skip
    if target.kind == "hold":
        return Sentence("{score}: hold {now}", values)
    if target.kind == "aim":
        return Sentence("{score}: aim for {value} in a year, from {now}", values)
    return Sentence("{score}: aim for {value} in a year, from {now}, with {n} answers a wave to see it", values)


def target_card(target: Target | None, us: Standing | None, gaps: Sequence[Gap], main: League | None) -> Grid:
    """A row for the target and for each thing that it rests on, each with why, in words that wrap."""
    heads = (Sentence("The target"), Sentence("What it is, and why"))
    if target is None or us is None or main is None:
        return Grid(Sentence("No target can be set"), heads, (), Sentence("We are not ranked beside any rival."))
    t = target
    values = {
        "value": Quantity(t.value, us.unit), "now": us.quantity, "n": Quantity(us.n, "count"),
        "mark": Quantity(t.benchmark, us.unit), "gap": Quantity(t.gap, main.score.gap_unit),
        "gained": Quantity(t.gained, main.score.gap_unit), "visible": Quantity(t.visible, main.score.gap_unit),
        "power": Quantity(t.power, "probability"), "answers": Quantity(t.answers, "count"),
        "rival": "" if t.rival is None else gaps[t.rival].rival,
    }  # fmt: skip
    rows = [
        (Sentence("Target in a year"), _target_said(t, values)),
        (Sentence("Our score now"), Sentence("{now:full}, from {n} answers", values)),
        (Sentence("Benchmark"), _benchmark_said(t, values)),
        (Sentence("Gap to it"), _gap_said(t, values)),
        (Sentence("Most gained in a year"), _gained_said(t, values)),
        (Sentence("The next wave can see"),
         Sentence("{visible} and more, {power} of the time, with as many answers as now", values)),
    ]  # fmt: skip
    if t.kind == "aim":
        rows.append((Sentence("Answers it takes"), Sentence("{answers} a wave to see the step", values)))
    elif t.kind != "hold":
        rows.append((Sentence("Answers it takes"), Sentence("{answers} a wave to see the step, more than now", values)))
    return Grid(aim_said(t, us, main.score.title), heads, tuple(rows))


def _target_said(t: Target, values: dict) -> Sentence:
    if t.reason == "no_gap":
        return Sentence("{value}: no gap to the benchmark can be shown, so more would rest on luck", values)
    if t.reason == "never_gained":
        return Sentence("{value}: no year has ever brought a gain", values)
    if t.reason == "gain":
        return Sentence("{value}: our score and the most that a year has brought, which is less than the gap", values)
    if math.isnan(t.gained):
        return Sentence("{value}: our score and the gap; what a year can bring is not known", values)
    return Sentence("{value}: our score and the gap, which is within reach", values)


def _benchmark_said(t: Target, values: dict) -> Sentence:
    if t.rival is None:
        return Sentence("{mark}: the comparable rivals' upper quartile, their luck taken out", values)
    return Sentence("{mark}: {rival}, the best comparable rival, its luck taken out", values)


def _gap_said(t: Target, values: dict) -> Sentence:
    if t.gap <= 0:
        return Sentence("none: we are at it or past it", values)
    return Sentence("{gap}, which may be chance", values) if t.reason == "no_gap" else Sentence("{gap}, more than chance", values)


def _gained_said(t: Target, values: dict) -> Sentence:
    if math.isnan(t.gained):
        return Sentence("not known: no wave of a year before, and none declared")
    return Sentence("{gained}, its luck taken out", values)
