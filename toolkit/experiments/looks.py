"""With so many metrics, arms and segments looked at, which effects still count?

Primary metrics by arms are one family and Holm keeps the chance of any false claim among them;
exploratory ones are another, and segments a third, where Benjamini and Hochberg keep the share of
false claims. A guardrail is held against its margin instead.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from toolkit.experiments.definition import Experiment
from toolkit.experiments.effects import Effect
from toolkit.stats.comparisons import Comparison
from toolkit.stats.multiplicity import AdjustedComparison, adjusted, adjusted_comparisons
from toolkit.stats.noninferiority import against_margin

FAMILIES = {"primary": "holm", "exploratory": "bh"}


def corrected(effects: Sequence[Effect], definition: Experiment) -> tuple[Effect, ...]:
    """Effects with their corrected p, decision and intervals; margins of guardrails and primaries."""
    out = list(effects)
    for role, method in FAMILIES.items():
        places = [i for i, e in enumerate(out) if e.metric.role == role]
        for i, found in zip(places, _family([out[i] for i in places], method, definition), strict=True):
            out[i] = found
    for i, effect in enumerate(out):
        if effect.metric.role == "guardrail":
            p = effect.difference.p_against(0.0)
            out[i] = replace(
                effect, shown=effect.difference, corrected=effect.difference, p_adjusted=p,
                agreed=p <= definition.alpha,
            )  # fmt: skip
    return _with_harm([_with_margin(e) for e in out])


def corrected_segments(effects: Sequence[Effect], definition: Experiment) -> tuple[Effect, ...]:
    """Effects in segments, one family."""
    return tuple(_family(effects, "bh", definition))


def _family(effects: Sequence[Effect], method: str, definition: Experiment) -> list[Effect]:
    if not effects:
        return []
    found = adjusted_comparisons([e.difference for e in effects], method, alpha=definition.alpha)
    return [
        replace(
            e, shown=_agreeing(e.difference, a), corrected=a.comparison, p_adjusted=a.p_adjusted,
            agreed=a.rejected, correction=method if len(effects) > 1 else "none",
        )
        for e, a in zip(effects, found, strict=True)
    ]  # fmt: skip


def _agreeing(plain: Comparison, changed: AdjustedComparison) -> Comparison:
    """The interval at its own level where it says what the correction says, else at the wider one.

    A correction only ever takes claims back, so the two differ where the plain interval leaves out
    "no difference" and the corrected decision does not.
    """
    if plain.reason is not None:
        return plain
    leaves_out = not plain.low <= plain.null_value <= plain.high
    return plain if leaves_out == changed.rejected else changed.comparison


def _with_margin(effect: Effect) -> Effect:
    """Held against how much worse is acceptable: 0 for a primary metric that says nothing."""
    metric = effect.metric
    if metric.relative_margin is not None:
        held = effect.relative
        if effect.corrected is not None and held.reason is None:
            held = held.at(effect.corrected.level)
        return replace(effect, margin=against_margin(held, metric.relative_margin, better=metric.better))
    if metric.margin is None and metric.role != "primary":
        return effect
    held = effect.corrected or effect.difference
    return replace(effect, margin=against_margin(held, metric.margin or 0.0, better=metric.better))


def _with_harm(effects: list[Effect]) -> tuple[Effect, ...]:
    """Guardrails broken beyond their margin, corrected over guardrails and arms (Holm)."""
    places = [i for i, e in enumerate(effects) if e.metric.role == "guardrail" and e.margin is not None]
    p = adjusted(np.array([effects[i].margin.p_harmed for i in places]), "holm")
    for i, value in zip(places, p, strict=True):
        effects[i] = replace(effects[i], p_harm=float(value))
    return tuple(effects)


def harmed(effect: Effect, definition: Experiment) -> bool:
    """Whether an arm is shown to make a metric worse than is acceptable."""
    if effect.margin is None:
        return False
    if effect.metric.role == "primary":
        return effect.worse and bool(effect.margin.harmed)
    # one side of what the level leaves
    return not math.isnan(effect.p_harm) and effect.p_harm <= definition.alpha / 2
