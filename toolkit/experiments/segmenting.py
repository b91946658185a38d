"""Is the effect the same for everybody, and does pooling turn it round?"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from toolkit.aggregates import Moments
from toolkit.experiments.adjusting import adjusted_arms
from toolkit.experiments.comparing import (
    Adjusting,
    adjusted_for,
    compared,
    den,
    num,
    samples_by_arm,
)
from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.effects import Effect, Segmented
from toolkit.experiments.looks import corrected_segments
from toolkit.experiments.reading import Reading
from toolkit.experiments.samples import Kind, Sample
from toolkit.stats.comparisons import Comparison, undefined, undefined_interval
from toolkit.stats.multiplicity import adjusted
from toolkit.stats.stratified import (
    interaction,
    mantel_haenszel_difference,
    mantel_haenszel_relative,
    reversal,
)
from toolkit.stats.suppression import hidden_groups

MISSING = "missing"
"""What the segment of rows without a value is called."""


def segmented(
    reading: Reading, definition: Experiment, kinds: Mapping[str, Kind], adjusting: Adjusting,
    whole: Sequence[Effect], percentiles: Mapping,
) -> tuple[Segmented, ...]:
    """Every metric and arm over the values of every segment column.

    Parameters
    ----------
    whole
        The effects over all units.
    percentiles
        Samples of percentile metrics by (metric, column).
    """
    pooled = {(e.metric.name, e.arm): e for e in whole}
    found: list[tuple[str, Metric, str, list[Effect]]] = []
    for column, cells in reading.segments.items():
        values = sorted({v for _, v in cells}, key=lambda v: (v is None, v))
        for metric in definition.metrics:
            if all(pooled[metric.name, a].at_end.reason is not None for a in definition.treatments):
                continue  # what has no data over all has none in a segment
            by_arm: dict[str, list[Effect]] = {a: [] for a in definition.treatments}
            for value in values:
                for e in _in_segment(reading, definition, kinds, adjusting, percentiles, metric, column, value):
                    by_arm[e.arm].append(e)
            found += [(column, metric, arm, effects) for arm, effects in by_arm.items()]
    flat = iter(corrected_segments([e for *_, effects in found for e in effects], definition))
    parts = []
    for column, metric, arm, effects in found:
        own = tuple(next(flat) for _ in effects)
        parts.append(_part(reading, definition, column, metric, arm, own, pooled[metric.name, arm]))
    p = adjusted(np.array([s.interaction.p_value for s in parts]), "holm") if parts else []
    return tuple(_shown(replace(s, p_adjusted=float(v)), reading, definition) for s, v in zip(parts, p, strict=True))


def _shown(part: Segmented, reading: Reading, definition: Experiment) -> Segmented:
    """Without the segments of too few units, and those from which theirs could be worked out."""
    sizes: dict[str, int] = {}
    for (_, value), cell in reading.segments[part.column].items():
        name = MISSING if value is None else value
        sizes[name] = sizes.get(name, 0) + cell.rows
    hidden = hidden_groups(sizes, definition.min_cell)
    return replace(part, effects=tuple(e for e in part.effects if e.segment[1] not in hidden), hidden=len(hidden))


def _in_segment(
    reading: Reading, definition: Experiment, kinds: Mapping[str, Kind], adjusting: Adjusting,
    percentiles: Mapping, metric: Metric, column: str, value: str | None,
) -> list[Effect]:
    cells = {arm: m for (arm, v), m in reading.segments[column].items() if v == value}
    kind = kinds[metric.name]
    if kind == "percentile":
        samples = _percentiles(percentiles[metric.name, column], value, definition)
    else:
        samples = samples_by_arm(cells, metric, kind, definition, None)
    covariates = replace(adjusting, strata=False)
    by_stratum = {(arm, None): m for arm, m in cells.items()}
    arms_there = len(cells) == len(definition.arms)
    inside = adjusted_for(by_stratum, metric, kind, definition, covariates) if arms_there else None
    return compared(metric, kind, samples, definition, inside, (column, MISSING if value is None else value))[1]


def _percentiles(samples: Mapping, value: str | None, definition: Experiment) -> dict[str, Sample]:
    none = Sample("percentile", 0, 0, quantile=undefined_interval(
        "no values", method="quantile, order statistics", n=0, level=definition.level))
    return {arm: samples.get((arm, value), none) for arm in definition.arms}


def _part(
    reading: Reading, definition: Experiment, column: str, metric: Metric, arm: str,
    effects: tuple[Effect, ...], pooled: Effect,
) -> Segmented:
    same = interaction([e.at_end.estimate for e in effects], [e.at_end.se for e in effects])
    weighed, ratio = _weighed_alike(reading, definition, column, metric, arm, pooled)
    turned = reversal(
        pooled.unadjusted.estimate, [e.unadjusted.estimate for e in effects],
        weighed.estimate if not math.isnan(weighed.estimate) else 0.0,
    )  # fmt: skip
    return Segmented(metric, arm, column, effects, same, math.nan, turned, weighed, ratio)


def _weighed_alike(
    reading: Reading, definition: Experiment, column: str, metric: Metric, arm: str, pooled: Effect
) -> tuple[Comparison, Comparison | None]:
    """The effect with the same mix of segments in both arms; a share's risk ratio besides."""
    both = (definition.control, arm)
    cells: dict[tuple[str, str | None], Moments] = {
        k: m for k, m in reading.segments[column].items() if k[0] in both
    }
    words = {"null": "common difference = 0", "method": "segments weighed alike", "level": definition.level}
    if pooled.kind == "share":
        control, treatment = [], []
        for value in dict.fromkeys(v for _, v in cells):
            pair = [
                samples_by_arm(
                    {a: cells[a, value]} if (a, value) in cells else {}, metric, "share", definition, None
                )[a].share
                for a in both
            ]
            control.append(pair[0])
            treatment.append(pair[1])
        return (
            mantel_haenszel_difference(control, treatment, level=definition.level),
            mantel_haenszel_relative(control, treatment, level=definition.level),
        )
    if pooled.kind == "percentile":
        return undefined("a percentile is not weighed over segments", **words), None
    found = adjusted_arms(cells, num(metric), den(metric), definition.control, both, (), "segments weighed alike")
    arms = found[arm]
    if arms.reason is not None:
        return undefined(arms.reason, **words), None
    return arms.difference(definition.level), None
