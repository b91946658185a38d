"""Which method do the data at hand allow, and why this one?"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from toolkit.language import Sentence
from toolkit.plan_changes import one_series, with_control, with_donors
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Fitted
from toolkit.plan_changes.reading import CannotBeJudged, Panel
from toolkit.stats.series_checks import PERIODS_AFTER, PERIODS_BEFORE

Method = Callable[[Panel, PlanChange, Sentence], Fitted]


def chosen(panel: Panel, definition: PlanChange) -> tuple[Method, Sentence]:
    """The method, and the reason for it as a clause.

    Raises
    ------
    CannotBeJudged
        What was asked for cannot be had: no period on one side of the change, everybody touched
        where a comparison was asked for, gaps in a series, a definition that changed.
    """
    refuse_unanswerable(panel, definition)
    if definition.compares:
        return _comparison(panel, definition)
    numbers = {"before": _seen(panel, False), "after": _seen(panel, True), "period": f"{definition.grain}s"}
    if one_series.enough(panel):
        if definition.counts and definition.scale == "plain":
            return one_series.counted, Sentence(
                "everybody is touched, and it is a count: one series of {before} {period} before and {after} after", numbers)
        return one_series.fitted, Sentence(
            "everybody is touched: one series of {before} {period} before and {after} after", numbers)
    need = {"need_before": PERIODS_BEFORE, "need_after": PERIODS_AFTER}
    return one_series.short, Sentence(
        "everybody is touched, and {before} {period} before and {after} after are too few for a model "
        "({need_before} and {need_after} are needed)", {**numbers, **need})  # fmt: skip


def _comparison(panel: Panel, definition: PlanChange) -> tuple[Method, Sentence]:
    dates = np.unique(panel.first[panel.treated])
    if len(dates) > 1:
        return with_control.staggered, Sentence(
            "units got the change on {n} different dates: each is compared with those not reached yet", {"n": len(dates)})
    donors = int((~panel.treated).sum())
    if with_donors.applies(panel):
        return with_donors.mixed, Sentence(
            "one unit is touched and {n} are not: a weighted mix of them shows what would have been", {"n": donors})
    touched, others = len(set(panel.label[panel.treated])), len(set(panel.label[~panel.treated]))
    what = {"units": "units", "buckets": "buckets of units", "rows": "rows"}[panel.basis]
    return with_control.compared, Sentence(
        "there are untouched rows to compare with ({touched} {what} touched, {others} not)",
        {"touched": touched, "others": others, "what": what})  # fmt: skip


def _seen(panel: Panel, after: bool) -> int:
    return int((np.isfinite(panel.series(True)) & (panel.after == after)).sum())


def refuse_unanswerable(panel: Panel, definition: PlanChange) -> None:
    """Raise with the reason where no method can answer.

    Raises
    ------
    CannotBeJudged
        With the reason.
    """
    first, last = panel.periods[0], panel.periods[-1]
    days = {"effective": definition.effective, "first": first.start, "last": last.last_day, "period": definition.grain}
    if not panel.treated.any():
        raise CannotBeJudged(Sentence("no row is touched by the change"))
    if definition.effective > last.last_day:
        raise CannotBeJudged(Sentence(
            "the change takes effect on {effective}, and the data end on {last}: there is no complete {period} after it", days))
    if definition.effective <= first.start and definition.adopted_at is None:
        raise CannotBeJudged(Sentence(
            "the change took effect on {effective}, and the data begin on {first}: there is no {period} before it", days))
    if not panel.after.any():
        raise CannotBeJudged(Sentence("there is no complete {period} after the change of {effective}", days))
    if panel.after.all():
        raise CannotBeJudged(Sentence("there is no {period} before the change of {effective}", days))
    for day in definition.redefined:
        if first.start < day <= last.last_day:
            raise CannotBeJudged(Sentence(
                "the KPI's definition changed on {day}: values before and after it cannot be compared "
                "(with 'since' only later ones are used)", {"day": day}))  # fmt: skip
    if definition.compares and panel.treated.all():
        raise CannotBeJudged(Sentence("everybody is touched, so nobody is left to compare with: remove 'touched', or say 'control: none'"))
    if not definition.compares:
        _refuse_gaps(panel, definition)


def _refuse_gaps(panel: Panel, definition: PlanChange) -> None:
    missing = [str(p) for p, v in zip(panel.periods, panel.series(True), strict=True) if not np.isfinite(v)]
    if missing and not definition.allow_gaps:
        named = {"missing": tuple(missing[:3]), "more": len(missing) - 3}
        if len(missing) <= 3:
            raise CannotBeJudged(Sentence(
                "the series has gaps: no data in {missing}; if that is as it should be, say 'gaps: allow'", named))
        raise CannotBeJudged(Sentence(
            "the series has gaps: no data in {missing} and {more} more; if that is as it should be, say 'gaps: allow'", named))
