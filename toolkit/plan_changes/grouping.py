"""Did it work alike for everybody, and was anybody hurt? The same effect in every declared group."""

from __future__ import annotations

import math

import numpy as np

from toolkit.plan_changes import one_series
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Fitted, GroupEffect, SegmentTest
from toolkit.plan_changes.reading import CannotBeJudged, Panel, Reading
from toolkit.plan_changes.with_control import group_time_total, two_waves
from toolkit.plan_changes.with_donors import donors_total
from toolkit.stats import groups as by_groups
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import Difference
from toolkit.stats.interrupted import interrupted_many
from toolkit.stats.interrupted_counts import interrupted_counts_many
from toolkit.stats.multiplicity import adjusted
from toolkit.stats.suppression import hidden_groups

MOST_GROUPS = 40
TOO_FEW = "too few rows to be shown, or they would tell of another group"


def by_group(
    reading: Reading, definition: PlanChange, fit: Fitted
) -> tuple[tuple[GroupEffect, ...], tuple[SegmentTest, ...]]:
    """The effect in every group, and whether groups of a segment differ.

    Harm is claimed for a group only after Holm's correction for having looked at all of a
    segment's.
    """
    found: list[GroupEffect] = []
    tests: list[SegmentTest] = []
    for segment, every in reading.segments.items():
        hidden = hidden_groups({v: int(p.rows.sum()) for v, p in every.items()}, definition.min_cell)
        panels = {v: p for v, p in every.items() if v not in hidden}
        found += [GroupEffect(segment, str(v), *(math.nan,) * 4, False, 0, TOO_FEW) for v in every if v in hidden]
        if every and not panels:
            tests.append(SegmentTest(segment, math.nan, TOO_FEW))
            continue
        if len(panels) > MOST_GROUPS:
            tests.append(SegmentTest(segment, math.nan, f"it has {len(panels)} groups, more than {MOST_GROUPS}"))
            continue
        if fit.method == "difference":
            rows, test = _compared(segment, panels, definition)
        elif fit.method in ("series", "counts"):
            alike = _counts if fit.method == "counts" else _series
            rows, test = alike(segment, panels, definition, reading.panel)
        elif fit.method in _BY_ARM:
            rows, test = _by_arm(segment, panels, definition, *_BY_ARM[fit.method])
        else:
            rows, test = [], SegmentTest(segment, math.nan, "a series too short for a model tells no groups apart")
        found += rows
        tests.append(test)
    return tuple(found), tuple(tests)


def mixes(reading: Reading, fit: Fitted) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Segment -> rows by arm (others, touched), wave and group (2, 2, S); each group's level before (S,)."""
    out = {}
    if fit.method != "difference":
        return out
    after = reading.panel.after
    for segment, panels in reading.segments.items():
        if not 2 <= len(panels) <= MOST_GROUPS:
            continue
        counts = np.array([
            [[p.rows[p.treated == arm][:, wave].sum() for p in panels.values()] for wave in (~after, after)]
            for arm in (False, True)
        ])
        sums = [(p.num[:, ~after].sum(), p.den[:, ~after].sum()) for p in panels.values()]
        if all(d != 0 for _, d in sums):
            out[segment] = counts, np.array([n / d for n, d in sums])
    return out


def _compared(segment: str, panels: dict[str, Panel], definition: PlanChange):
    effects = []
    for value, panel in panels.items():
        try:
            difference: Difference | None = two_waves(panel, level=definition.level)[2]
            reason = None
        except (CannotBeEstimated, ValueError) as error:
            difference, reason = None, str(error)
        effects.append(by_groups.GroupEffect(value, difference, math.nan, False, reason))
    labels = [set(p.label) for p in panels.values()]
    shared = sum(map(len, labels)) > len(set().union(*labels))
    buckets = any(p.basis == "buckets" for p in panels.values())
    # buckets hold units of every group, but no unit of two: between buckets groups are independent
    judged = by_groups.judge_groups(
        tuple(effects), better=definition.better, alpha=1 - definition.level, independent=buckets or not shared)
    return rows_of(segment, judged), SegmentTest(segment, judged.p_same, judged.reason)


def rows_of(segment: str, judged: by_groups.EffectsByGroup) -> list[GroupEffect]:
    """The rows of the page, of groups already judged."""
    out = []
    for g in judged.groups:
        d = g.difference
        if d is None:
            out.append(GroupEffect(segment, str(g.group), *(math.nan,) * 3, g.p_harm, g.hurt, 0, g.reason))
            continue
        n = d.n if isinstance(d, by_groups.OneEffect) else d.treated_units
        out.append(GroupEffect(segment, str(g.group), d.effect, d.low, d.high, g.p_harm, g.hurt, n, g.reason))
    return out


_BY_ARM = {
    "staggered": (group_time_total, True, None),
    "donors": (donors_total, False, "the groups of one touched unit share what moves it"),
}
"""Method -> the effect in one group, whether units of two groups are independent, or why they are not."""


def _by_arm(segment: str, panels: dict[str, Panel], definition: PlanChange, effect_of, independent: bool, why: str | None):
    """The same method in every group, on the group's own rows."""
    found = []
    for value, panel in panels.items():
        try:
            one, reason = effect_of(panel, definition), None
        except (CannotBeEstimated, ValueError) as error:
            one, reason = None, str(error)
        found.append(by_groups.GroupEffect(value, one, math.nan, False, reason))
    labels = [set(p.label) for p in panels.values()]
    shared = sum(map(len, labels)) > len(set().union(*labels))
    buckets = any(p.basis == "buckets" for p in panels.values())
    judged = by_groups.judge_groups(
        tuple(found), better=definition.better, alpha=1 - definition.level,
        independent=independent and (buckets or not shared))
    reason = why if why and not math.isfinite(judged.p_same) else judged.reason
    return rows_of(segment, judged), SegmentTest(segment, judged.p_same, reason)


def _series(segment: str, panels: dict[str, Panel], definition: PlanChange, whole: Panel):
    """All groups' series in one call, on the design of the whole."""
    try:
        design = one_series.design_of(whole, definition)
        series = np.array([one_series.values(p, definition) for p in panels.values()])
    except CannotBeJudged as cannot:
        return [], SegmentTest(segment, math.nan, cannot.reason)
    fits = interrupted_many(series, design, level=definition.level)
    ends = np.column_stack([fits.estimate[:, 0], fits.low[:, 0], fits.high[:, 0]])
    if definition.scale == "log":
        ends = np.expm1(ends)
    return _judged_series(segment, panels, definition, ends, fits.p_value[:, 0], fits.n_observed, fits.reasons)


def _counts(segment: str, panels: dict[str, Panel], definition: PlanChange, whole: Panel):
    """All groups' rate ratios in one call, on the design of the whole."""
    design = one_series.design_of(whole, definition)
    counts, exposure = (np.array(a) for a in zip(
        *(one_series.counts_and_exposure(p, definition) for p in panels.values()), strict=True))
    try:
        fits = interrupted_counts_many(counts, design, exposure=exposure, level=definition.level)
    except ValueError as error:
        return [], SegmentTest(segment, math.nan, str(error))
    ends = np.column_stack([fits.estimate, fits.low, fits.high]) - 1
    return _judged_series(segment, panels, definition, ends, fits.p_value, fits.n, fits.reasons)


def _judged_series(segment, panels, definition, ends, p_values, n, reasons):
    """Rows and test of groups that are series: harm by Holm, and no test of sameness."""
    harm = [_p_harm(e, p, -definition.good) for e, p in zip(ends[:, 0], p_values, strict=True)]
    corrected = adjusted(harm, "holm")
    rows = [
        GroupEffect(segment, value, *map(float, ends[i]), float(corrected[i]),
                    bool(corrected[i] <= 1 - definition.level), int(n[i]), reasons[i])
        for i, value in enumerate(panels)
    ]  # fmt: skip
    return rows, SegmentTest(segment, math.nan, "series of groups share what moves them all")


def _p_harm(estimate: float, p_value: float, bad: float) -> float:
    """One-sided p-value of not being hurt."""
    if not math.isfinite(p_value):
        return math.nan
    return p_value / 2 if estimate * bad > 0 else 1 - p_value / 2
