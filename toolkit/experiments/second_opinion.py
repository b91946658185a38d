"""Does one unit carry the result, and what is it with the extremes pulled in?

Asked of means and ratios over rows, where extremes are known; only where a unit decides is the
table read again, with values beyond the cut drawn in to it, every arm alike. The result and the
winsorised one together tell how much was drawn in: in no arm may that be of fewer than `min_cell`
units, or a single unit's value could be worked out.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import ibis.expr.types as ir

from toolkit.experiments.columns import tested_rows
from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.effects import Effect
from toolkit.experiments.reading import ARM, Reading, arm_expression
from toolkit.experiments.samples import Sample, difference, sample_of
from toolkit.kpis import Measure, as_number, with_expressions
from toolkit.scan import aggregate
from toolkit.stats.comparisons import Comparison
from toolkit.stats.winsor import Influence, one_unit

UPPER = 0.99
"""Where values are cut: this quantile of all that are not 0, and its mirror where some are negative;
further in where fewer than `min_cell` units of an arm would lie beyond."""

MOST = 0.1
"""More of the units than this are not drawn in: that would be another question."""

_NUM, _DEN = "toolkit__n", "toolkit__d"


def second_opinions(
    rows: ir.Table | None, definition: Experiment, reading: Reading, effects: Sequence[Effect],
    samples: Mapping[str, Mapping[str, Sample]],
) -> list[Effect]:
    """Effects with whether one unit decides them, and the winsorised difference where one does."""
    out = []
    again: dict[str, Mapping[str, Sample] | None] = {}
    for effect in effects:
        name = effect.metric.name
        if effect.at_end.reason is not None:
            out.append(effect)
            continue
        found = _influence(samples[name][effect.control], samples[name][effect.arm], definition.level)
        if found is None:
            out.append(effect)
            continue
        effect = replace(effect, carried=found.carries)
        if found.carries and rows is not None:
            if name not in again:
                again[name] = _winsorised(rows, definition, reading, effect.metric, samples[name])
            effect = replace(effect, winsorised=_between(again[name], effect, definition.level))
        out.append(effect)
    return out


def _between(drawn_in: Mapping[str, Sample] | None, effect: Effect, level: float) -> Comparison | None:
    return None if drawn_in is None else difference(drawn_in[effect.control], drawn_in[effect.arm], level)


def _influence(control: Sample, treatment: Sample, level: float) -> Influence | None:
    if control.kind == "mean":
        pair = control.mean, treatment.mean
        if min(m.n for m in pair) < 3 or not sum(m.variance for m in pair) > 0:
            return None
        ends = [_known(s.ends, s.mean.mean) for s in (control, treatment)]
        return one_unit(*pair, *ends, level=level)
    if control.kind != "ratio" or any(s.ratio.n < 3 or math.isnan(s.ends[1]) for s in (control, treatment)):
        return None
    return _of_ratio(control, treatment, level)


def _known(ends: tuple[float, float], mean: float) -> tuple[float, float]:
    """A unit at the mean moves nothing: it stands for an extreme that is not known."""
    return tuple(mean if math.isnan(v) else v for v in ends)


def _of_ratio(control: Sample, treatment: Sample, level: float) -> Influence | None:
    """The unit with the extreme numerator, its denominator taken for the mean one."""
    pair, ends = [], []
    for s in (control, treatment):
        linear = s.ratio.linearised()
        known = [v / s.ratio.mean_x for v in s.ends]
        # where the denominator explains the extreme, no single unit carries the ratio
        reach = (linear.n - 1) * math.sqrt(linear.variance / linear.n)
        ends.append(tuple(v if abs(v - linear.mean) < reach else linear.mean for v in known))
        pair.append(linear)
    if not sum(m.variance for m in pair) > 0:
        return None
    return one_unit(*pair, *ends, level=level)


def _winsorised(
    rows: ir.Table, definition: Experiment, reading: Reading, metric: Metric, samples: Mapping[str, Sample]
) -> dict[str, Sample] | None:
    """Every arm again with the numerators of units beyond the cut drawn in to it; None where that would tell of few."""
    tested = tested_rows(rows, definition)
    sql = {ARM: arm_expression(definition), _NUM: metric.value, _DEN: metric.denominator}
    by_unit = reading.basis != "rows"
    if metric.where:
        sql[_NUM] = f"CASE WHEN ({metric.where}) THEN ({metric.value}) END"
    found = with_expressions(tested, sql, [definition.assigned] if by_unit else [])
    if by_unit:
        found = _by_unit(found, [ARM, definition.assigned])
    cut = _cut(found, definition)
    if cut is None:
        return None
    drawn = Measure("drawn", f'"{_NUM}"', f'"{_DEN}"', clip=cut)
    cells = aggregate(found, [drawn], (ARM,)).cells
    kind = next(iter(samples.values())).kind
    return {a: sample_of(cells.get((a,)), "drawn__num", "drawn__den", kind) for a in definition.arms}


def _by_unit(rows: ir.Table, keep: Sequence[str]) -> ir.Table:
    num, den = as_number(rows[_NUM]), as_number(rows[_DEN])
    counts = num.notnull() & den.notnull()
    return rows.group_by(list(keep)).agg(
        **{_NUM: num.sum(where=counts).fill_null(0.0), _DEN: den.sum(where=counts).fill_null(0.0)}
    )


def _cut(rows: ir.Table, definition: Experiment) -> tuple[float, float] | None:
    """From where to where values stay as they are; None where few units of an arm lie beyond, or many of all."""
    num = rows[_NUM].cast("float64")
    asked = rows.select(arm=rows[ARM], v=num).filter(num.notnull() & (num != 0))
    sizes = {r["arm"]: r["n"] for r in _told(asked.group_by("arm").agg(n=asked.count()))}
    if not sizes:
        return None
    v = asked.v
    (whole,) = _told(asked.agg(high=v.quantile(UPPER), low=v.quantile(1 - UPPER)))
    ends = [(whole["low"], whole["high"])]
    # one more than `min_cell`, for the quantile lies between two values
    share = (definition.min_cell + 1) / min(sizes.values())
    if share < 1 / 2:
        arms = _told(asked.group_by("arm").agg(high=v.quantile(1 - share), low=v.quantile(share)))
        lows, highs = [whole["low"], *(e["low"] for e in arms)], [whole["high"], *(e["high"] for e in arms)]
        ends.append((max(lows), min(highs)))
    for low, high in ends:
        cut = min(float(low), 0.0), max(float(high), 0.0)
        outside = _told(asked.group_by("arm").agg(above=(v > cut[1]).sum(), below=(v < cut[0]).sum()))
        beyond = [int(n) for o in outside for n in (o["above"], o["below"])]
        if not any(0 < n < definition.min_cell for n in beyond) and sum(beyond) <= MOST * sum(sizes.values()):
            return cut
    return None


def _told(asked: ir.Table) -> list[dict]:
    return asked.to_pyarrow().to_pylist()
