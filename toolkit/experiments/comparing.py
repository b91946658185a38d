"""How large is each effect: the small numbers of a reading, compared arm by arm."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.aggregates import Moments
from toolkit.experiments.adjusting import AdjustedArms, adjusted_arms
from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.effects import Effect, Level
from toolkit.experiments.reading import Reading
from toolkit.experiments.samples import Kind, Sample, difference, kind_of, relative, sample_of
from toolkit.stats.comparisons import Comparison
from toolkit.stats.sequential import confidence_sequence

Cells = Mapping[tuple[str, str | None], Moments]


@dataclass(frozen=True)
class Adjusting:
    """What effects are adjusted for: trusted covariates, whether by strata, and both in words."""

    covariates: tuple[str, ...] = ()
    strata: bool = False
    words: str = ""


def kinds_of(reading: Reading, definition: Experiment) -> dict[str, Kind]:
    """Metric -> how it is compared."""
    return {
        m.name: "percentile" if m.quantile is not None
        else kind_of(num(m), den(m), reading.whole.values(), m.denominator.strip() in ("1", "1.0"))
        for m in definition.metrics
    }  # fmt: skip


def num(metric: Metric) -> str:
    """The numerator's column of the moments."""
    return f"{metric.name}__num"


def den(metric: Metric) -> str:
    """The denominator's column of the moments."""
    return f"{metric.name}__den"


def samples_by_arm(
    cells: Mapping[str, Moments], metric: Metric, kind: Kind, definition: Experiment,
    units: Mapping[str, int] | None,
) -> dict[str, Sample]:
    """One metric in every arm."""
    out = {}
    for arm in definition.arms:
        cell = cells.get(arm)
        many = None
        if cell is not None and cell.basis == "buckets":
            many = units[arm] if units else cell.rows
        out[arm] = sample_of(cell, num(metric), den(metric), kind, many)
    return out


def compared(
    metric: Metric, kind: Kind, samples: Mapping[str, Sample], definition: Experiment,
    adjusted: Mapping[str, AdjustedArms] | None = None, segment: tuple[str, str] | None = None,
) -> tuple[list[Level], list[Effect]]:
    """Levels and effects of one metric, over all units or in one segment.

    Parameters
    ----------
    samples
        By arm; an arm without rows has an empty one.
    adjusted
        By arm, where the main answer is an adjusted one.
    segment
        Column and value.
    """
    level, control = definition.level, definition.control
    shown_in = metric.level_unit(kind, definition.currency)
    levels = {
        arm: Level(metric, arm, kind, s.level(level), s.n, s.missing, shown_in, arm == control, segment,
                   definition.called(arm))
        for arm, s in samples.items()
    }  # fmt: skip
    effects = []
    for arm in definition.treatments:
        plain = difference(samples[control], samples[arm], level)
        lift = relative(samples[control], samples[arm], level)
        at_end = plain
        found = (adjusted or {}).get(arm)
        if found is not None and found.reason is None:
            # where few of a share's cases are the control's, a straight scale holds too rarely
            scale = "log" if kind == "share" else "linear"
            at_end, lift = found.difference(level), found.relative(level, scale)
        main = at_end
        if definition.running:
            n = samples[control].n + samples[arm].n
            main, lift = _at_any_time(at_end, n), _at_any_time(lift, n)
        effects.append(
            Effect(metric, arm, control, kind, levels[control], levels[arm], main, lift, plain, at_end,
                   metric.effect_unit(kind, definition.currency), segment)
        )  # fmt: skip
    ordered = [levels[control], *(levels[a] for a in definition.treatments)]
    return ordered, effects


def adjusted_for(
    cells: Cells, metric: Metric, kind: Kind, definition: Experiment, adjusting: Adjusting
) -> dict[str, AdjustedArms] | None:
    """Both arms adjusted, by arm; None where there is nothing to adjust for."""
    if kind == "percentile" or not (adjusting.covariates or adjusting.strata):
        return None
    if not adjusting.strata:
        cells = {(arm, None): moments for (arm, _), moments in cells.items()}
    method = f"adjusted for {adjusting.words}"
    return adjusted_arms(
        cells, num(metric), den(metric), definition.control, tuple(definition.arms), adjusting.covariates, method
    )


def _at_any_time(comparison: Comparison, n: float) -> Comparison:
    if comparison.reason is not None or not n > 0 or math.isinf(n):
        return comparison
    return confidence_sequence(comparison, n)
