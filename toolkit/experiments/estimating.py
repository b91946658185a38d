"""What did the test find: one reading of the table, then every effect with what is needed to decide."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import ibis.expr.types as ir

from toolkit.data.frames import ENGINE_ERRORS, TableLike, as_table
from toolkit.experiments.columns import place, shared_with, tested_rows, unreadable
from toolkit.experiments.comparing import (
    Adjusting,
    adjusted_for,
    compared,
    den,
    kinds_of,
    num,
    samples_by_arm,
)
from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.effects import Balance, Effect, Effects, Level
from toolkit.experiments.looks import corrected
from toolkit.experiments.no_data_yet import reasons, waiting
from toolkit.experiments.percentiles import percentiles
from toolkit.experiments.reading import Reading, read
from toolkit.experiments.samples import COUNT, Kind, Sample
from toolkit.experiments.second_opinion import second_opinions
from toolkit.experiments.segmenting import segmented
from toolkit.problems import Problem, Refused
from toolkit.stats import means
from toolkit.stats.best import best_of_means, best_of_shares
from toolkit.stats.means import MeanMoments
from toolkit.stats.mixes import SameMix, same_mix
from toolkit.stats.power import visible_difference
from toolkit.stats.ratios import RatioMoments
from toolkit.stats.sample_ratio import sample_ratio
from toolkit.study import Study, shared

POWER = 0.8
"""The power at which visible effects and sizes are given."""


@shared
def estimate(table: TableLike | Study[Experiment], definition: Experiment | None = None) -> Effects:
    """What did each arm do to each metric?

    Parameters
    ----------
    table
        A pandas frame, an Ibis table or the path of a Parquet or CSV file, one row an observation;
        or a `Study`, which brings its definition along.
    definition
        The test.

    Returns
    -------
    Effects
        nan with a reason where a segment has too little data, or a metric has none.

    Raises
    ------
    Refused
        The table cannot answer the test: a column is missing, or an arm has no rows. All problems at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a table needs the definition of the test: estimate(table, Experiment(…))")
    rows = as_table(table)
    reading = read(rows, definition)
    try:
        by_quantile = percentiles(rows, definition, reading)
    except ENGINE_ERRORS as error:
        raise unreadable(tested_rows(rows, definition), definition, error) from None
    return from_reading(reading, definition, by_quantile, rows)


def from_reading(
    reading: Reading, definition: Experiment, by_quantile: Mapping | None = None, rows: ir.Table | None = None
) -> Effects:
    """The effects from what was read already.

    Parameters
    ----------
    by_quantile
        Samples of percentile metrics, as `percentiles` gives them.
    rows
        The table, for a second opinion where one unit decides; there is none without it.

    Raises
    ------
    Refused
        Metrics hold values that are no finite numbers.
    """
    by_quantile = by_quantile or {}
    _refuse_not_finite(reading, definition)
    kinds = kinds_of(reading, definition)
    samples = {m.name: _samples(reading, definition, m, kinds[m.name], by_quantile) for m in definition.metrics}
    balances = _balances(reading, definition)
    adjusting, not_used = _adjusting(reading, definition, balances)
    levels: list[Level] = []
    effects: list[Effect] = []
    for metric in definition.metrics:
        kind = kinds[metric.name]
        cells = reading.strata or {(a, None): m for a, m in reading.whole.items()}
        if not adjusting.strata:
            cells = {(a, None): m for a, m in reading.whole.items()}
        why_not = reasons(metric, samples[metric.name], definition)
        adjusted = None if why_not else adjusted_for(cells, metric, kind, definition, adjusting)
        not_used += [f"{metric.title}: {a.reason}" for a in (adjusted or {}).values() if a.reason]
        own, found = compared(metric, kind, samples[metric.name], definition, adjusted)
        levels += own
        found = [waiting(e, why_not.get(e.arm)) for e in found]
        effects += found if why_not else _with_best(found, samples[metric.name], adjusted)
    effects = [_with_visible(e, definition) for e in corrected(effects, definition)]
    effects = second_opinions(rows, definition, reading, effects, samples)
    return Effects(
        definition, reading, tuple(effects), tuple(levels),
        segmented(reading, definition, kinds, adjusting, effects, by_quantile),
        sample_ratio([a.units for a in reading.arms], list(definition.arms.values())),
        balances, adjusting.words, tuple(dict.fromkeys(not_used)),
        {m.name: _missing_mix(samples[m.name]) for m in definition.metrics if kinds[m.name] != "ratio"},
        *_filter(reading, definition),
    )  # fmt: skip


def _samples(
    reading: Reading, definition: Experiment, metric: Metric, kind: Kind, by_quantile: Mapping
) -> dict[str, Sample]:
    if kind == "percentile":
        found = by_quantile[metric.name, None]
        return {arm: found[arm, None] for arm in definition.arms}
    return samples_by_arm(reading.whole, metric, kind, definition, reading.unit_counts)


def _refuse_not_finite(reading: Reading, definition: Experiment) -> None:
    problems = []
    for metric in definition.metrics:
        if metric.quantile is not None:
            continue
        sums = [m.mean_of(c) for m in reading.whole.values() for c in (num(metric), den(metric))]
        if not all(map(math.isfinite, sums)):
            rule = "holds values that are no finite numbers: leave them out by 'where', or make them missing"
            problems.append(Problem(place(definition, f"metrics.{metric.name}"), rule, metric.value))
    if problems:
        raise Refused(problems)


def _balances(reading: Reading, definition: Experiment) -> tuple[Balance, ...]:
    """Covariates, strata and segments: the same in every arm, and no part of a metric?"""
    out = []
    for i, column in enumerate(definition.covariates):
        p = [_mean_differs(reading, f"toolkit__x{i}", definition.control, a) for a in definition.treatments]
        out.append(Balance(column, "covariate", min(p), shared_with(definition, [column])))
    grouped = [(c, "segment", cells) for c, cells in reading.segments.items() if c != "target"]
    if definition.strata:
        grouped.append((definition.strata, "stratum", reading.strata))
    for column, role, cells in grouped:
        values = list(dict.fromkeys(v for _, v in cells))
        table = [[cells[a, v].rows if (a, v) in cells else 0 for v in values] for a in definition.arms]
        # rows of one unit come together, so their counts say nothing about chance
        p = same_mix(table).p_value if reading.basis == "rows" else math.nan
        out.append(Balance(column, role, p, shared_with(definition, [column])))
    return tuple(out)


def _mean_differs(reading: Reading, column: str, control: str, arm: str) -> float:
    pair = []
    for name in (control, arm):
        m = reading.whole[name]
        if m.basis == "buckets":
            count = f"{COUNT}__num"
            cell = RatioMoments(
                m.n, m.mean_of(column), m.mean_of(count), m.var_of(column), m.var_of(count),
                m.cov_of(column, count),
            )  # fmt: skip
            pair.append(cell.linearised())
        else:
            pair.append(MeanMoments(m.n, m.mean_of(column), max(m.var_of(column), 0.0) if m.n > 1 else math.nan))
    return means.difference(*pair).p_value


def _adjusting(
    reading: Reading, definition: Experiment, balances: Sequence[Balance]
) -> tuple[Adjusting, list[str]]:
    """Only what was the same in every arm is adjusted for: anything else would hide the effect."""
    trusted = {b.column for b in balances if b.trusted}
    reasons = [
        f"{b.column}: it may have been measured after assignment" for b in balances
        if not b.trusted and b.role in ("covariate", "stratum")
    ]
    used, columns = [], []
    for i, column in enumerate(definition.covariates):
        if column in trusted:
            used.append(column)
            columns += [c for c in reading.covariates if c in (f"toolkit__x{i}", f"toolkit__x{i}_missing")]
    strata = bool(definition.strata) and definition.strata in trusted
    if strata and reading.basis != "buckets":
        inside = sum(m.n for m in reading.strata.values())
        if inside > sum(m.n for m in reading.whole.values()):
            strata = False
            reasons.append(f"{definition.strata}: a unit stands in several strata")
    words = [*used, *([f"the mix of {definition.strata}"] if strata else [])]
    return Adjusting(tuple(columns), strata, ", ".join(words)), reasons


def _with_best(effects: list[Effect], samples: Mapping[str, Sample], adjusted: Mapping | None) -> list[Effect]:
    if not effects:
        return effects
    first = effects[0]
    arms = [first.control, *(e.arm for e in effects)]
    better = first.metric.better
    used = adjusted and all(a.reason is None for a in adjusted.values())
    if first.kind == "share" and not used:
        found = best_of_shares([samples[a].share for a in arms], better=better)
    else:
        centre, errors = _centres(effects, used)
        found = best_of_means(centre, errors, better=better)
    return [
        replace(e, best=found.probability[i], loss=found.expected_loss[i], best_of_control=found.probability[0])
        for i, e in enumerate(effects, start=1)
    ]


def _centres(effects: list[Effect], used: bool | None) -> tuple[list[float], list[float]]:
    """Each arm's value and error; adjusted differences are put on the control's own level."""
    base = effects[0].before.value
    if not used:
        values = [base, *(e.after.value for e in effects)]
        return [v.estimate for v in values], [v.se for v in values]
    saved = [e.variance_saved for e in effects]
    keep = math.sqrt(max(0.0, 1 - sum(saved) / len(saved))) if all(map(math.isfinite, saved)) else 1.0
    centre = [base.estimate, *(base.estimate + e.at_end.estimate for e in effects)]
    return centre, [base.se * keep, *(e.after.value.se * keep for e in effects)]


def _with_visible(effect: Effect, definition: Experiment) -> Effect:
    se = effect.at_end.se
    if not (math.isfinite(se) and se > 0):
        return effect
    return replace(effect, visible=visible_difference(se, power=POWER, alpha=alpha_of(effect, definition)))


def alpha_of(effect: Effect, definition: Experiment) -> float:
    """What one comparison may spend of the chance of a false claim."""
    if effect.metric.role != "primary":
        return definition.alpha
    return definition.alpha / (len(definition.by_role("primary")) * len(definition.treatments))


def _missing_mix(samples: Mapping[str, Sample]) -> SameMix:
    return same_mix([[s.n, s.missing] for s in samples.values()])


def _filter(reading: Reading, definition: Experiment):
    """Whether the filter keeps the same share of each arm, and whether the split held before it."""
    if definition.where is None:
        return None, None
    mix = same_mix([[a.kept, a.dropped] for a in reading.arms])
    before = sample_ratio([a.kept + a.dropped for a in reading.arms], list(definition.arms.values()))
    return mix, before
