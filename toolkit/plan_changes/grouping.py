"""Did it work alike for everybody, and was anybody hurt? The same effect in every declared group."""

from __future__ import annotations

import math

import numpy as np

from toolkit.plan_changes import one_series
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Fitted, GroupEffect, SegmentTest
from toolkit.plan_changes.reading import CannotBeJudged, Panel, Reading
from toolkit.plan_changes.with_control import two_waves
from toolkit.stats import groups as by_groups
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import Difference
from toolkit.stats.interrupted import interrupted_many
from toolkit.stats.multiplicity import adjusted

MOST_GROUPS = 40


def by_group(
    reading: Reading, definition: PlanChange, fit: Fitted
) -> tuple[tuple[GroupEffect, ...], tuple[SegmentTest, ...]]:
    """The effect in every group, and whether groups of a segment differ.

    Harm is claimed for a group only after Holm's correction for having looked at all of a
    segment's.
    """
    found: list[GroupEffect] = []
    tests: list[SegmentTest] = []
    for segment, panels in reading.segments.items():
        if len(panels) > MOST_GROUPS:
            tests.append(SegmentTest(segment, math.nan, f"it has {len(panels)} groups, more than {MOST_GROUPS}"))
            continue
        if fit.method == "difference":
            rows, test = _compared(segment, panels, definition)
        elif fit.method in ("series", "counts"):
            rows, test = _series(segment, panels, definition, reading.panel)
        else:
            rows, test = [], SegmentTest(segment, math.nan, "this method does not tell groups apart")
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
    rows = [
        GroupEffect(segment, str(g.group), *((g.difference.effect, g.difference.low, g.difference.high)
                    if g.difference else (math.nan,) * 3), g.p_harm, g.hurt,
                    g.difference.treated_units if g.difference else 0, g.reason)
        for g in judged.groups
    ]  # fmt: skip
    return rows, SegmentTest(segment, judged.p_same, judged.reason)


def _series(segment: str, panels: dict[str, Panel], definition: PlanChange, whole: Panel):
    """All groups' series in one call, on the design of the whole."""
    try:
        design = one_series.design_of(whole, definition)
        series = np.array([one_series.values(p, definition) for p in panels.values()])
    except CannotBeJudged as cannot:
        return [], SegmentTest(segment, math.nan, cannot.reason.text())
    fits = interrupted_many(series, design, level=definition.level)
    log = definition.scale == "log"
    bad = -definition.good
    harm = [_p_harm(e, p, bad) for e, p in zip(fits.estimate[:, 0], fits.p_value[:, 0], strict=True)]
    corrected = adjusted(harm, "holm")
    rows = []
    for i, value in enumerate(panels):
        ends = [float(a[i, 0]) for a in (fits.estimate, fits.low, fits.high)]
        ends = [math.expm1(v) for v in ends] if log else ends
        hurt = bool(corrected[i] <= 1 - definition.level)
        rows.append(GroupEffect(segment, value, *ends, float(corrected[i]), hurt, int(fits.n_observed[i]), fits.reasons[i]))
    return rows, SegmentTest(segment, math.nan, "series of groups share what moves them all")


def _p_harm(estimate: float, p_value: float, bad: float) -> float:
    """One-sided p-value of not being hurt."""
    if not math.isfinite(p_value):
        return math.nan
    return p_value / 2 if estimate * bad > 0 else 1 - p_value / 2
