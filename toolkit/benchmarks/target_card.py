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
    """A row for the target and for each thing that it rests on, with why."""
    heads = (Sentence("The target"), Sentence("Value"), Sentence("Why"))
    if target is None or us is None or main is None:
        return Grid(Sentence("No target can be set"), heads, (), Sentence("We are not ranked beside any rival."))
    t, unit, step_unit = target, us.unit, main.score.gap_unit
    rows = [
        (Sentence("Target in a year"), Quantity(t.value, unit), _why(t)),
        (Sentence("Our score now"), us.quantity, Sentence("{n} answers", {"n": Quantity(us.n, "count")})),
        (Sentence("Benchmark"), Quantity(t.benchmark, unit), _whose(t, gaps)),
        (Sentence("Gap to the benchmark"), Quantity(t.gap, step_unit), _gap_said(t)),
        (Sentence("Most gained in a year"), Quantity(t.gained, step_unit), _gained_said(t)),
        (Sentence("The next wave can see"), Quantity(t.visible, step_unit),
         Sentence("with as many answers as now, {power} of the time", {"power": Quantity(t.power, "probability")})),
    ]  # fmt: skip
    if not math.isnan(t.answers):
        enough = Sentence("to see the step") if t.kind == "aim" else Sentence("to see the step: more than now")
        rows.append((Sentence("Answers a wave"), Quantity(t.answers, "count"), enough))
    return Grid(aim_said(t, us, main.score.title), heads, tuple(rows))


def _why(t: Target) -> Sentence:
    return {
        "no_gap": Sentence("hold: no gap to the benchmark can be shown, so more would rest on luck"),
        "never_gained": Sentence("hold: no year has ever brought a gain"),
        "gap": Sentence("our score and the gap, which is within reach") if not math.isnan(t.gained)
        else Sentence("our score and the gap; what a year can bring is not known"),
        "gain": Sentence("our score and the most that a year has brought, which is less than the gap"),
    }[t.reason]  # fmt: skip


def _whose(t: Target, gaps: Sequence[Gap]) -> Sentence:
    if t.rival is None:
        return Sentence("the comparable rivals' upper quartile, their luck taken out")
    return Sentence("{rival}, the best comparable rival, its luck taken out", {"rival": gaps[t.rival].rival})


def _gap_said(t: Target) -> Sentence:
    return Sentence("may be chance") if t.reason == "no_gap" else Sentence("more than chance")


def _gained_said(t: Target) -> Sentence:
    return Sentence("no wave of a year before, and none declared") if math.isnan(t.gained) else Sentence("its luck taken out")
