"""What do other methods say of the trend and of changes in the level?

The page's own answers are a straight line with autoregressive errors and the one most likely
break. Beside them: a trend of any shape (Mann-Kendall with Hamed and Rao's correction, Sen's
slope), and several breaks at once at a stated price.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from toolkit.company.periods import Period
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid
from toolkit.stats.change_points import several_breaks
from toolkit.stats.trend_tests import TrendTest, hamed_rao
from toolkit.trends.definition import Trend
from toolkit.trends.judging import FEWEST_JUDGED
from toolkit.trends.series import Series
from toolkit.trends.wording import chance_shown, listed

PRICE = 3.0
"""Times log n, of each change of the level. With BIC's 2, a steady series of 36 independent periods
has a change in 9 of 100 cases, with 3 in 3; a step of two standard deviations is found by both."""


@dataclass(frozen=True)
class LevelChange:
    """The first period of another level, and the levels before and after it, without season."""

    period: Period
    before: Quantity
    after: Quantity


@dataclass(frozen=True)
class OtherAnswers:
    """Of one series without its season.

    Attributes
    ----------
    trend
        In the latest stretch; nan with a reason where it cannot be tested.
    changes
        Of the level, over all complete periods; None where there are too few of them.
    penalty
        What each change had to lower minus twice the log-likelihood by.
    """

    trend: TrendTest
    changes: tuple[LevelChange, ...] | None
    penalty: float


def other_answers(series: Series, adjusted: np.ndarray, latest: np.ndarray) -> OtherAnswers:
    """Both, of the values without season.

    Parameters
    ----------
    adjusted : array (periods,)
        nan where a period is not complete or has no value.
    latest : array of bool (periods,)
        The latest stretch between dated changes.
    """
    at = np.flatnonzero(latest & np.isfinite(adjusted))
    trend = hamed_rao(adjusted[at[0] : at[-1] + 1] if len(at) else adjusted[:0])
    places = np.flatnonzero(np.isfinite(adjusted))
    values = adjusted[places]
    if len(values) < FEWEST_JUDGED:
        return OtherAnswers(trend, None, float("nan"))
    if np.ptp(values) == 0:
        return OtherAnswers(trend, (), float("nan"))
    found = several_breaks(values, penalty=PRICE * np.log(len(values)))
    changes = tuple(
        LevelChange(
            series.periods[places[b]], series.kpi.quantity(before), series.kpi.quantity(after)
        )
        for b, before, after in zip(found.breaks, found.means, found.means[1:], strict=False)
    )
    return OtherAnswers(trend, changes, found.penalty)


def other_grid(kpis: Iterable[tuple[Series, OtherAnswers]]) -> Grid:
    """One row a KPI: its pace by both methods, and every change of its level with its date."""
    rows = tuple(
        (s.kpi.title, _line(s), _any_shape(s.kpi, o.trend), _changes(o)) for s, o in kpis
    )
    heads = (
        Sentence("KPI"),
        Sentence("Pace a period: straight line"),
        Sentence("Pace a period: any shape"),
        Sentence("Changes of the level, several at once"),
    )
    note = Sentence(
        "Any shape: the median pace between all pairs of periods (Sen), and the chance of so "
        "clear a trend where there is none (Mann-Kendall, corrected as Hamed and Rao do). Changes "
        "of the level are as many as pay for themselves: each has to lower minus twice the "
        "log-likelihood by 3 log n. They take neighbouring periods as independent; where those "
        "resemble each other, or the level drifts, they date too many."
    )
    return Grid(Sentence("What other methods say"), heads, rows, note)


def _line(s: Series) -> Sentence:
    if not np.isfinite(s.slope):
        return Sentence("Cannot be told")
    pace = s.kpi.change(s.slope, s.slope_low, s.slope_high)
    return Sentence("{pace} ({pace:range})", {"pace": pace})


def _any_shape(kpi: Trend, trend: TrendTest) -> Sentence:
    if trend.reason:
        return Sentence("Cannot be told: {reason}", {"reason": trend.reason})
    return Sentence(
        "{pace} ({chance})",
        {
            "pace": kpi.change(trend.slope),
            "chance": chance_shown(Quantity(trend.p_value, "probability")),
        },
    )


def _changes(other: OtherAnswers) -> Sentence:
    if other.changes is None:
        return Sentence("Cannot be told")
    if not other.changes:
        return Sentence("None pays for itself")
    return listed(
        [
            Sentence(
                "{period}: from {before} to {after}",
                {"period": c.period.label, "before": c.before, "after": c.after},
            )
            for c in other.changes
        ]
    )
