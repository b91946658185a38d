"""Will a KPI be where it shall be, and in time? Targets, steps, chance, pace."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import numpy as np

from toolkit.company.periods import Period, span
from toolkit.language import Quantity, Sentence
from toolkit.problems import Refused
from toolkit.stats.forecasts import Forecasts
from toolkit.trends.definition import Trend, Trends, Wanted
from toolkit.trends.reading import Sums, value_of
from toolkit.trends.series import Series

LONGEST_AHEAD = 60
"""Periods; further than that, and further than the history is long, nothing is forecast."""


@dataclass(frozen=True)
class Outlook:
    """The forecast of one series.

    Attributes
    ----------
    periods
        From the one after the last complete.
    values
        With their interval at the level of the analysis.
    narrow
        With their 80 % interval.
    method
        The method, chosen by `past_error`: its mean absolute error over `origins` past origins.
    reason
        Why there is none.
    """

    periods: tuple[Period, ...] = ()
    values: tuple[Quantity, ...] = ()
    narrow: tuple[Quantity, ...] = ()
    method: str = ""
    past_error: Quantity | None = None
    origins: int = 0
    reason: str | None = None


@dataclass(frozen=True)
class Milestone:
    """A level on the way, or the target itself.

    Attributes
    ----------
    level, by
        What and when.
    reached
        Whether the period that holds `by` shows it; None where it lies ahead or was not measured.
    """

    level: Quantity
    by: date
    reached: bool | None


@dataclass(frozen=True)
class Aim:
    """A KPI's target, and where it stands to it.

    Attributes
    ----------
    wanted
        As the plan declares it.
    level
        The level to reach; nan with the reason where it cannot be known.
    baseline
        What a relative change is counted from.
    assurance
        ``reliably_met``, ``hit_and_miss`` or ``reliably_missed``; None where it cannot be told.
    why_not
        Why not.
    met_now
        Whether the period asked for is at the level or better.
    chance
        That the period of the due day shows the level; nan with the reason.
    at_due
        The forecast of that period.
    pace_needed, pace
        Change a period from here, needed and seen (with its interval).
    due_period
        The period that must show it.
    milestones
        The steps on the way, in order.
    problem
        What is wrong with the target as declared, or must be said of it.
    """

    wanted: Wanted
    level: Quantity
    baseline: Quantity | None = None
    assurance: str | None = None
    why_not: str | None = None
    met_now: bool | None = None
    chance: Quantity | None = None
    at_due: Quantity | None = None
    pace_needed: Quantity | None = None
    pace: Quantity | None = None
    due_period: Period | None = None
    milestones: tuple[Milestone, ...] = ()
    problem: Sentence | None = None

    @property
    def known(self) -> bool:
        """Whether there is a level to measure against."""
        return self.level.known


def target_level(
    kpi: Trend, wanted: Wanted, cells: Mapping[Period, Sums], fiscal_year_starts: int
) -> tuple[Quantity, Quantity | None]:
    """The level a target means, and its baseline; nan with the reason where it cannot be known."""
    if wanted.level is not None:
        return kpi.quantity(wanted.level), None
    if wanted.baseline is not None:
        return kpi.quantity(wanted.baseline * (1 + wanted.relative_change)), kpi.quantity(
            wanted.baseline
        )
    if wanted.baseline_period is None:
        reason = (
            "the target is a relative change and has no baseline: give 'baseline' or "
            "'baseline_period'"
        )
        return kpi.quantity(math.nan, reason=reason), None
    baseline = measured_in(kpi, cells, wanted.baseline_period, fiscal_year_starts)
    if not baseline.known:
        return kpi.quantity(
            math.nan, reason=f"its baseline cannot be had: {baseline.reason}"
        ), baseline
    return kpi.quantity(baseline.value * (1 + wanted.relative_change)), baseline


def measured_in(
    kpi: Trend, cells: Mapping[Period, Sums], written: str, fiscal_year_starts: int
) -> Quantity:
    """The KPI over a whole period as somebody wrote it, from the sums of its parts."""
    try:
        period = Period.parse(written, fiscal_year_starts)
    except Refused as refused:
        problem = refused.problems[0]
        return kpi.quantity(math.nan, reason=f"'{written}' {problem.rule}")
    return over(kpi, cells, period)


def over(kpi: Trend, cells: Mapping[Period, Sums], period: Period) -> Quantity:
    """The KPI over one whole period, from the sums of its parts."""
    parts = [period] if period.kind == kpi.every else list(period.parts(kpi.every))
    if not parts or parts[0].start != period.start or parts[-1].end != period.end:
        return kpi.quantity(math.nan, reason=f"{period.label} is not made of whole {kpi.every}s")
    found = [cells[p] for p in parts if p in cells]
    if not found:
        return kpi.quantity(math.nan, reason=f"there are no rows in {period.label}")
    if kpi.every in ("week", "month") and len(found) < len(parts):
        return kpi.quantity(
            math.nan,
            reason=f"{period.label} has {len(parts) - len(found)} of {len(parts)} {kpi.every}s "
            f"without rows",
        )
    if kpi.quantile is not None and len(parts) > 1:
        return kpi.quantity(
            math.nan,
            reason=f"a percentile of {period.label} is not made of those of its {kpi.every}s",
        )
    total = found[0]
    for sums in found[1:]:
        total = total.with_(sums)
    return kpi.quantity(value_of(kpi, total, period, len(parts)))


def aim_of(
    series: Series,
    wanted: Wanted,
    question: Trends,
    level: Quantity,
    baseline: Quantity | None,
    now: Quantity,
    outlook: Outlook,
    forecasts: Forecasts | None,
    row: int,
) -> Aim:
    """Where a KPI stands to its target.

    Parameters
    ----------
    level, baseline
        As `target_level` gives them.
    now
        The KPI in the period asked for.
    forecasts, row
        The forecasts that hold this series, and its row; None where there is none.
    """
    kpi = series.kpi
    if not level.known:
        problem = Sentence("{kpi}: {reason}", {"kpi": kpi.title, "reason": level.reason or ""})
        return Aim(wanted, level, baseline, why_not=level.reason, problem=problem)
    assurance, why_not = _assurance(series, level.value)
    out = {
        "wanted": wanted,
        "level": level,
        "baseline": baseline,
        "assurance": assurance,
        "why_not": why_not,
        "met_now": _reached(kpi, now.value, level.value) if now.known else None,
        "milestones": tuple(_milestone(series, question, step, by) for step, by in wanted.steps),
    }
    if wanted.due is None:
        return Aim(**out)
    due = Period.of(wanted.due, kpi.every, question.fiscal_year_starts)
    if wanted.due < due.last_day:
        due = due.previous()  # the last period that is over by then
    out["due_period"] = due
    last = _last_measured(series)
    if last is None:
        return Aim(
            **out, problem=Sentence("{kpi}: no complete period has a value", {"kpi": kpi.title})
        )
    ahead = len(tuple(span(last, due))) - 1 if due > last else 0
    if ahead <= 0:
        return Aim(**out, **_past(series, level, due, wanted.due))
    out |= _paces(series, level, ahead)
    if forecasts is None or outlook.reason or ahead > forecasts.middle.shape[1]:
        reason = (
            outlook.reason
            or f"{due.label} is too far ahead for a forecast from "
            f"{int(series.measured.sum())} periods"
        )
        return Aim(**out, chance=Quantity(math.nan, "probability", reason=reason))
    chance = forecasts.chance(
        np.full(len(forecasts.middle), level.value),
        np.full(len(forecasts.middle), ahead),
        np.full(len(forecasts.middle), kpi.higher),
    )[row]
    return Aim(
        **out, chance=Quantity(float(chance), "probability"), at_due=outlook.values[ahead - 1]
    )


def _reached(kpi: Trend, value: float, level: float) -> bool:
    return value >= level if kpi.higher else value <= level


def _last_measured(series: Series) -> Period | None:
    seen = np.flatnonzero(series.measured)
    return series.periods[seen[-1]] if len(seen) else None


def _assurance(series: Series, level: float) -> tuple[str | None, str | None]:
    """From the usual range of the latest stretch: always there, never there, or now and then."""
    if not series.told:
        return None, series.why_not_told
    low, high = (
        (series.lowest, series.highest) if series.kpi.higher else (-series.highest, -series.lowest)
    )
    aim = level if series.kpi.higher else -level
    if low >= aim:
        return "reliably_met", None
    return ("reliably_missed" if high < aim else "hit_and_miss"), None


def _milestone(series: Series, question: Trends, step: float, by: date) -> Milestone:
    period = Period.of(by, series.kpi.every, question.fiscal_year_starts)
    if by < period.last_day:
        period = period.previous()
    reached = None
    if period in series.periods:
        i = series.periods.index(period)
        if series.measured[i]:
            reached = _reached(series.kpi, float(series.values[i]), step)
    return Milestone(series.kpi.quantity(step), by, reached)


def _past(series: Series, level: Quantity, due: Period, day: date) -> dict:
    """The due day lies behind: did its period show the level?"""
    value = math.nan
    if due in series.periods and series.measured[series.periods.index(due)]:
        value = float(series.values[series.periods.index(due)])
    named = {
        "kpi": series.kpi.title,
        "day": day,
        "period": due.label,
        "value": series.kpi.quantity(value),
        "level": level,
    }
    if math.isnan(value):
        problem = Sentence("{kpi}: the due day {day} has passed, and {period} has no value", named)
    elif _reached(series.kpi, value, level.value):
        problem = Sentence(
            "{kpi}: the due day {day} has passed; {period} showed {value}, so {level} was reached",
            named,
        )
    else:
        problem = Sentence(
            "{kpi}: the due day {day} has passed; {period} showed {value}, so {level} was "
            "not reached",
            named,
        )
    return {
        "problem": problem,
        "chance": Quantity(math.nan, "probability", reason="the due day has passed"),
    }


def _paces(series: Series, level: Quantity, ahead: int) -> dict:
    """Change a period that is needed from the level where the series stands, and that is seen."""
    at = np.flatnonzero(series.measured)[-1]
    if not series.told or not math.isfinite(series.slope):
        return {"pace_needed": series.kpi.change((level.value - float(series.values[at])) / ahead)}
    needed = (level.value - series.level) / ahead
    return {
        "pace_needed": series.kpi.change(needed),
        "pace": series.kpi.change(series.slope, series.slope_low, series.slope_high),
    }
