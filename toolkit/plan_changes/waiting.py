"""Could the promise have been seen by now, and if not, when?"""

from __future__ import annotations

import math
from datetime import date

from scipy import stats

from toolkit.plan_changes.effects import Fitted, PlanEffect, Waiting
from toolkit.plan_changes.one_series import Interrupted
from toolkit.stats.detectable import POWER, visible_effect, wait_until_visible
from toolkit.stats.interrupted import InterruptedResult
from toolkit.stats.series_checks import PERIODS_AFTER, PERIODS_BEFORE

FEWEST_AFTER_CONTROL = 3
"""Complete periods after the change before a comparison says more than "not yet known"."""
MOST_PERIODS = 1040


def waiting(effect: PlanEffect) -> Waiting:
    """The smallest visible effect now, and how long until the promise can be seen."""
    fit = effect.fit
    if isinstance(fit.details, Interrupted):
        return _of_series(effect, fit.details.result, fit.details.log)
    return _of_comparison(effect, fit)


def _of_series(effect: PlanEffect, result: InterruptedResult | None, log: bool) -> Waiting:
    panel = effect.panel
    after = int(panel.after.sum())
    short = int((~panel.after).sum()) < PERIODS_BEFORE
    lacking = max(0, PERIODS_AFTER - after)
    if result is None or short:
        return Waiting(math.nan, None if short else lacking, None if short else _day(effect, lacking))
    visible = visible_effect(result)
    promised = effect.promised
    if log and math.isfinite(promised):
        promised = math.log1p(promised) if promised > -1 else math.nan
    shown = math.expm1(visible) if log else visible
    if not math.isfinite(promised) or promised == 0:
        return Waiting(shown, lacking, _day(effect, lacking))
    needed = wait_until_visible(result, promised, most=min(MOST_PERIODS, 120))
    more = None if needed.more is None else max(lacking, needed.more)
    return Waiting(shown, more, _day(effect, more))


def _of_comparison(effect: PlanEffect, fit: Fitted) -> Waiting:
    reach = stats.norm.isf((1 - effect.definition.level) / 2) + stats.norm.isf(1 - POWER)
    if math.isfinite(fit.df) and fit.df > 1:
        reach = stats.t.isf((1 - effect.definition.level) / 2, fit.df) + stats.t.isf(1 - POWER, fit.df)
    se = fit.se
    if not math.isfinite(se) and math.isfinite(fit.high - fit.low):
        se = (fit.high - fit.low) / 2 / stats.norm.isf((1 - effect.definition.level) / 2)
    visible = reach * se
    panel = effect.panel
    if panel is None or not math.isfinite(visible) or not math.isfinite(effect.promised):
        return Waiting(visible, None, None)
    after = int(panel.after.sum())
    lacking = max(0, FEWEST_AFTER_CONTROL - after)
    if visible <= abs(effect.promised):
        return Waiting(visible, lacking, _day(effect, lacking))
    # rows before and after are taken as equally noisy: each wave's variance is one over its rows
    early = float(panel.den[:, ~panel.after].sum())
    late = float(panel.den[:, panel.after].sum())
    wanted = (abs(effect.promised) / visible) ** 2 * (1 / early + 1 / late) - 1 / early
    if wanted <= 0:
        return Waiting(visible, None, None)
    more = max(lacking, math.ceil(after / (late * wanted)) - after)
    more = more if more <= MOST_PERIODS else None
    return Waiting(visible, more, _day(effect, more))


def _day(effect: PlanEffect, more: int | None) -> date | None:
    """The last day of the period so many later than the last one."""
    if more is None or effect.panel is None:
        return None
    last = effect.panel.periods[-1]
    try:
        return last.previous(-more).last_day
    except ValueError:
        return None
