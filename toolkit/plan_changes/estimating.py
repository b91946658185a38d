"""What did the change do: one scan of the table, the method the data allow, and every other beside it."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from toolkit.data.frames import TableLike, as_table
from toolkit.language import Sentence
from toolkit.plan_changes import survey_waves, waiting
from toolkit.plan_changes.choosing import chosen
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Fitted, PlanEffect
from toolkit.plan_changes.grouping import by_group, mixes
from toolkit.plan_changes.reading import CannotBeJudged, Panel, Reading, read
from toolkit.study import Study, shared


@shared
def estimate(
    table: TableLike | Study[PlanChange], definition: PlanChange | None = None, untouched_table: TableLike | None = None
) -> PlanEffect:
    """What did the change do to its KPI?

    Parameters
    ----------
    table
        A pandas frame, an Ibis table or the path of a Parquet or CSV file, one row an observation
        (or one row a period, where the series is added up already); or a `Study`, which brings
        its definition along.
    definition
        The change.
    untouched_table
        The table of the outcome that should not move, where it is another one.

    Returns
    -------
    PlanEffect
        Without a fit, and with the reason, where the data cannot answer.

    Raises
    ------
    Refused
        A column is missing or an expression cannot be computed. All problems at once.
    """
    if isinstance(table, Study):
        definition, untouched_table = definition or table.definition, table.beside
        table = table.table
    if definition is None:
        raise TypeError("a table needs the definition of the change: estimate(table, PlanChange(…))")
    rows = as_table(table)
    try:
        if definition.quantile is not None:
            raise CannotBeJudged(Sentence("the KPI is a percentile, which has no sums by period"))
        if definition.waves is not None:
            frame = survey_waves.answers(rows, definition)
            why = Sentence("the KPI comes from a survey: its wave before is compared with its wave after")
            found = _beside_promise(definition, survey_waves.compared(frame, definition, why), None)
            groups, segments = survey_waves.by_group(frame, definition)
            return replace(found, groups=groups, segments=segments)
        beside = None if untouched_table is None else as_table(untouched_table)
        return from_reading(read(rows, definition, beside), definition)
    except CannotBeJudged as cannot:
        return without_answer(definition, cannot.reason)


def from_reading(reading: Reading, definition: PlanChange) -> PlanEffect:
    """The effect from sums read already; parameters and result as in `estimate`."""
    panel = reading.panel
    try:
        method, why = chosen(panel, definition)
        fit = method(panel, definition, why)
    except CannotBeJudged as cannot:
        return replace(without_answer(definition, cannot.reason), panel=panel)
    found = _beside_promise(definition, fit, panel)
    groups, segments = by_group(reading, definition, fit)
    found = replace(found, groups=groups, segments=segments, mixes=mixes(reading, fit))
    return replace(found, waiting=waiting.waiting(found))


def without_answer(definition: PlanChange, reason: Sentence) -> PlanEffect:
    """A change that cannot be judged, and why."""
    return PlanEffect(definition, None, math.nan, math.nan, reason=reason)


def _beside_promise(definition: PlanChange, fit: Fitted, panel: Panel | None) -> PlanEffect:
    """Promise and worthwhile effect in the unit of the effect."""
    promised = _in_unit(definition.promised, definition.relative_promise, fit)
    worthwhile = math.nan
    if definition.worthwhile is not None:
        worthwhile = _in_unit(definition.worthwhile, definition.relative_worthwhile, fit)
    return PlanEffect(definition, fit, promised, worthwhile, panel=panel)


def _in_unit(amount: float, relative: bool, fit: Fitted) -> float:
    """An amount in the KPI's unit or as a share of the level before, as the effect is measured."""
    if relative == fit.relative:
        return amount
    if not np.isfinite(fit.before) or fit.before == 0:
        return math.nan
    return amount / fit.before if fit.relative else amount * fit.before
