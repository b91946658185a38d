"""What follows from a test: invalid, roll back, ship, no data, or hold and for how much longer.

Each arm is judged in that order; the test ships its best arm that may be shipped, else rolls back
where an arm does harm, else holds. One that is over and has nothing to compare has no data.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from toolkit.experiments.definition import Experiment
from toolkit.experiments.effects import Effect, Effects
from toolkit.experiments.estimating import POWER, alpha_of
from toolkit.experiments.looks import harmed
from toolkit.experiments.reading import Reading
from toolkit.findings import Check, Checks
from toolkit.stats.power import more_units_for_effect

Verdict = Literal["invalid", "roll_back", "ship", "no_data", "hold"]
Why = Literal["running", "few", "none", "guardrail", "worse", "settled"]
LONGEST_WEEKS = 520
"""Longer waits than ten years are said to be that."""


@dataclass(frozen=True)
class Wait:
    """Why a test holds, and how much more it takes.

    Attributes
    ----------
    why
        ``running``: its end is not reached. ``few``: the effect is too small for the units so far.
        ``none``: an effect worth having would have been seen. ``guardrail``: better, but a
        guardrail is not shown to be kept, or another deciding metric has no data. ``worse``: worse
        within the margin, or better in one metric and worse in another.
    aim
        The size of effect the units are reckoned for, in the metric's unit.
    units, weeks
        How many more in all arms together, and how long they take to arrive; nan where unknown.
    """

    why: Why
    effect: Effect
    aim: float = math.nan
    units: float = math.nan
    weeks: float = math.nan


@dataclass(frozen=True)
class Decision:
    """The verdict of a test.

    Attributes
    ----------
    arm
        The arm to ship, to take back, or the most promising one.
    effect
        The effect that decides; None where nothing can be said.
    by_arm
        Verdict of every arm but the control.
    harms
        What rolls an arm back.
    wait
        Of a test that holds.
    broken
        The check that took the verdict away.
    """

    verdict: Verdict
    arm: str | None = None
    effect: Effect | None = None
    by_arm: tuple[tuple[str, Verdict], ...] = ()
    harms: tuple[Effect, ...] = ()
    wait: Wait | None = None
    broken: Check | None = None


def decide(effects: Effects, checks: Checks) -> Decision:
    """The verdict, in its order."""
    broken = next((c for c in checks if c.takes_verdict and c.passed is False), None)
    if broken is not None:
        return Decision("invalid", broken=broken)
    definition = effects.definition
    own = {arm: [e for e in effects if e.arm == arm] for arm in definition.treatments}
    verdicts = {arm: _of_arm(found, definition) for arm, found in own.items()}
    by_arm = tuple(verdicts.items())
    shippable = [arm for arm, v in verdicts.items() if v == "ship"]
    harms = tuple(e for e in effects if harmed(e, definition))
    if shippable:
        arm = max(shippable, key=lambda a: _promise(own[a]))
        effect = next(e for e in own[arm] if e.metric.role == "primary" and e.better)
        return Decision("ship", arm, effect, by_arm, harms)
    if harms:
        first = harms[0]
        return Decision("roll_back", first.arm, first, by_arm, harms)
    arm = max(definition.treatments, key=lambda a: _promise(own[a]))
    if not definition.running and all(_unknown(e) for e in effects if e.metric.role == "primary"):
        first = next(e for e in own[arm] if e.metric.role == "primary")
        return Decision("no_data", arm, first, by_arm)
    wait = _wait(own[arm], effects)
    return Decision("hold", arm, wait.effect, by_arm, (), wait)


def _of_arm(found: Sequence[Effect], definition: Experiment) -> Verdict:
    if any(harmed(e, definition) for e in found):
        return "roll_back"
    primary = [e for e in found if e.metric.role == "primary"]
    better = any(e.better for e in primary) and not any(e.worse or _unknown(e) for e in primary)
    return "ship" if better and all(_kept(e) for e in found) else "hold"


def _unknown(effect: Effect) -> bool:
    """Whether there is nothing to compare."""
    return effect.at_end.reason is not None


def _kept(effect: Effect) -> bool:
    """Whether a guardrail is shown to be kept; other metrics are none."""
    return effect.metric.role != "guardrail" or bool(effect.margin and effect.margin.noninferior)


def _promise(found: Sequence[Effect]) -> tuple[float, float]:
    """How good an arm looks in the first primary metric."""
    first = next(e for e in found if e.metric.role == "primary")
    chance = -1.0 if math.isnan(first.best) else first.best
    return chance, -math.inf if math.isnan(first.towards) else first.towards


def _wait(found: Sequence[Effect], effects: Effects) -> Wait:
    definition, reading = effects.definition, effects.reading
    primary = [e for e in found if e.metric.role == "primary"]
    first = primary[0]
    better = [e for e in primary if e.better]
    unkept = [e for e in found if not _kept(e) or e.metric.role == "primary" and _unknown(e)]
    if better and unkept and not any(e.worse for e in primary):
        waits = [_for_guardrail(e, definition, reading) for e in unkept]
        return max(waits, key=lambda w: (math.inf if math.isnan(w.units) else w.units))
    worse = [e for e in primary if e.worse]
    if worse:
        return Wait("worse", worse[0])
    wait = min((_for_primary(e, definition, reading) for e in primary), key=lambda w: _or_last(w.units))
    if definition.running:
        return Wait("running", wait.effect, wait.aim, wait.units, wait.weeks)
    return wait if not math.isnan(wait.aim) else Wait("few", first)


def _or_last(value: float) -> float:
    return math.inf if math.isnan(value) else value


def _for_primary(effect: Effect, definition: Experiment, reading: Reading) -> Wait:
    """Units until an effect worth having (or, where none is named, one as large as seen) shows."""
    aim = effect.metric.worthwhile
    if aim is None:
        aim = abs(effect.difference.estimate)
    more = units_for(effect, aim, definition, reading)
    why: Why = "none" if more == 0 and effect.metric.worthwhile is not None else "few"
    return Wait(why, effect, aim, more, weeks_for(more, definition, reading))


def units_for(effect: Effect, aim: float, definition: Experiment, reading: Reading) -> float:
    """How many more units, in all arms, show an effect of size `aim`; nan where it cannot be told."""
    return _more(effect, aim, alpha_of(effect, definition), reading)


def _for_guardrail(effect: Effect, definition: Experiment, reading: Reading) -> Wait:
    """Units until a guardrail is shown to stay within its margin, if it is as it looks or unchanged.

    The less favourable of the two counts; where it looks worse than the margin, none is enough.
    """
    margin = margin_of(effect)
    left = margin + min(effect.towards, 0.0)
    more = _more(effect, left, definition.alpha, reading)
    return Wait("guardrail", effect, margin, more, weeks_for(more, definition, reading))


def margin_of(effect: Effect) -> float:
    """How much worse is acceptable, in the metric's unit."""
    if effect.metric.relative_margin is not None:
        return effect.metric.relative_margin * abs(effect.before.value.estimate)
    return effect.metric.margin or 0.0


def _more(effect: Effect, aim: float, alpha: float, reading: Reading) -> float:
    se = effect.at_end.se
    if not (math.isfinite(se) and se > 0 and math.isfinite(aim) and aim > 0):
        return math.nan
    return math.ceil(more_units_for_effect(reading.units, se, aim, power=POWER, alpha=alpha))


def weeks_for(units: float, definition: Experiment, reading: Reading) -> float:
    """How many weeks so many units take to arrive, at the pace of the test so far; nan if unknown."""
    begin = reading.first or definition.starts
    end = reading.last
    if end is None and definition.as_of is not None:
        end = min(definition.as_of, definition.ends) if definition.ends else definition.as_of
    if begin is None or end is None or end < begin or math.isnan(units):
        return math.nan
    a_week = reading.units / (((end - begin).days + 1) / 7)
    return units / a_week
