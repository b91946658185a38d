"""Should the effect of a plan change be believed: each reason for doubt, with what was seen."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.plan_changes.comparison_checks import comparison_checks
from toolkit.plan_changes.effects import PlanEffect
from toolkit.plan_changes.one_series import Interrupted
from toolkit.plan_changes.series_doubts import series_doubts
from toolkit.plan_changes.with_control import Compared
from toolkit.plan_changes.with_donors import Mixed
from toolkit.stats.series_checks import FALSE_ALARM_RATES
from toolkit.stats.waves import WaveChange

WAVE_ALARMS = {"answers": 0.06, "mix": 0.04}
"""How often a check of survey waves fails where nothing is wrong: the largest rate over 60 and 200
answers a wave, by ``python benchmarks/calibrate_donors_and_waves.py``."""
CLOSE = 2
"""Changes of one KPI so many periods apart or less cannot be told apart."""


def check(effect: PlanEffect) -> Checks:
    """Every reason for doubt; those that fail become caveats or take the verdict away.

    Parameters
    ----------
    effect
        As `estimate` gives it.

    Returns
    -------
    Checks
        Whether it can be answered at all, then the method's own checks, then what else happened.
    """
    return Checks(tuple([*_answerable(effect), *_own(effect), *_promise(effect), *_recorded(effect), *_others(effect)]))


def _answerable(effect: PlanEffect) -> Iterator[Check]:
    if effect.fit is None:
        yield Check(Sentence("The data can answer"), False, effect.reason, takes_verdict=True)


def _own(effect: PlanEffect) -> Iterator[Check]:
    if effect.fit is None:
        return
    details = effect.fit.details
    if isinstance(details, Interrupted):
        yield from series_doubts(effect, details)
    elif isinstance(details, (Compared, Mixed)) or effect.fit.method == "staggered":
        yield from comparison_checks(effect)
    elif isinstance(details, WaveChange):
        yield from _survey(effect, details)


def _survey(effect: PlanEffect, found: WaveChange) -> Iterator[Check]:
    """Did as many answer, and the same kind of people?"""
    low, high = sorted((found.n_before, found.n_after))
    yield Check(
        Sentence("As many answered before and after"), low >= 0.7 * high,
        Sentence("{before} answers before and {after} after", {"before": found.n_before, "after": found.n_after}),
        numbers={"before": found.n_before, "after": found.n_after, "limit": 0.7,
                 "false_alarm_rate": WAVE_ALARMS["answers"]},
    )  # fmt: skip
    part = abs(found.mix / found.comparison.estimate) if found.comparison.estimate else math.nan
    moved = {"mix": Quantity(found.mix, effect.unit)}
    said = Sentence("the mix alone moved the answers by {mix}; it is taken out", moved)
    if found.method == "paired":
        # beside their own change, everybody else's answers move the whole by chance alone
        part, said = math.nan, Sentence("the same people are compared; all answers together moved by {mix} more", moved)
    yield Check(
        Sentence("The mix of respondents explains little"), None if math.isnan(part) else part <= 0.5, said,
        numbers={"mix": found.mix, "share": part, "limit": 0.5, "false_alarm_rate": WAVE_ALARMS["mix"]},
    )  # fmt: skip


def _promise(effect: PlanEffect) -> Iterator[Check]:
    """Could the promised effect have been seen at all?"""
    w = effect.waiting
    if effect.fit is None or w is None or math.isnan(w.visible) or math.isnan(effect.promised):
        return
    values = {"visible": Quantity(abs(w.visible), effect.unit), "promised": Quantity(effect.promised, effect.unit)}
    said = Sentence("effects from {visible} on would be seen in four of five cases; the promise was {promised:size}", values)
    enough = abs(w.visible) <= abs(effect.promised) and not w.more
    if w.more and abs(w.visible) <= abs(effect.promised):
        said = Sentence("too little time has passed: it takes {more} more {period}", {
            "more": w.more, "period": effect.definition.grain if w.more == 1 else f"{effect.definition.grain}s"})  # fmt: skip
    yield Check(
        Sentence("The promised effect could have been seen"), bool(enough), said,
        numbers={"visible": w.visible, "promised": effect.promised,
                 "false_alarm_rate": FALSE_ALARM_RATES["promise could have been seen"]},
    )  # fmt: skip


def _recorded(effect: PlanEffect) -> Iterator[Check]:
    """Does the promise still stand as it was first reported?"""
    d = effect.definition
    mark = {"mark": d.fingerprint}
    if d.recorded_promise is None:
        passed, said = None, Sentence("its fingerprint is {mark}; recorded as 'promise', an edit shows", mark)
    elif d.recorded_promise == d.fingerprint:
        passed, said = True, Sentence("its fingerprint is still {mark}", mark)
    else:
        passed = False
        said = Sentence("it was edited: its fingerprint was {was} and is {mark}", {**mark, "was": d.recorded_promise})
    yield Check(Sentence("The promise is as it was recorded"), passed, said)


def _others(effect: PlanEffect) -> Iterator[Check]:
    """Did another change of the plan fall into the same time?"""
    d, panel = effect.definition, effect.panel
    if panel is None:
        return
    first, last = panel.periods[0].start, panel.periods[-1].last_day
    inside = [o for o in d.others if first <= o.effective <= last]
    same = [o for o in inside if o.same_kpi and _periods_apart(effect, o) <= CLOSE]
    name = Sentence("No other change explains it")
    if same:
        said = Sentence("{other} changed the same KPI on {day}: the two cannot be told apart",
                        {"other": same[0].label, "day": same[0].effective})  # fmt: skip
        yield Check(name, False, said, takes_verdict=_periods_apart(effect, same[0]) == 0, numbers={"changes": len(same)})
        return
    later = [o for o in inside if o.same_kpi and o.effective > d.effective]
    if later and effect.fit is not None and effect.fit.evidence == "control":
        said = Sentence("{other} changed the same KPI on {day}, within the time after", {
            "other": later[0].label, "day": later[0].effective})  # fmt: skip
        yield Check(name, False, said, numbers={"changes": len(later)})
        return
    near = [o for o in inside if _periods_apart(effect, o) <= CLOSE]
    said = Sentence("no other change of this KPI is dated near it")
    if near:
        said = Sentence("no other change of this KPI is dated near it; {others} fell into the same weeks, for other KPIs",
                        {"others": ", ".join(o.label for o in near)})  # fmt: skip
    yield Check(name, True, said, numbers={"changes": 0})


def _periods_apart(effect: PlanEffect, other) -> int:
    d = effect.definition
    a, b = sorted((d.period_of(d.effective), d.period_of(other.effective)))
    apart = 0
    while a < b:
        a, apart = a.next(), apart + 1
    return apart


