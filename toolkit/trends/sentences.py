"""The sentences of findings on KPIs over time."""

from __future__ import annotations

import math

from toolkit.language import Quantity, Sentence
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.wording import chance_inside, chance_shown, listed, rule_said, span_said

_BREAK_LEVEL = 0.05
_MOST = 2


def no_data_said(k: KpiTrend) -> Sentence:
    """Nothing can be said, and why."""
    reason = k.now.reason or (k.whole.why_not_told if k.whole else None) or "no row counts"
    return Sentence("{kpi}: no data, because {reason}.", {"kpi": k.kpi.title, "reason": reason})


def value_said(k: KpiTrend) -> Sentence:
    """What it is in the period asked for."""
    named = {"kpi": k.kpi.title, "value": k.now}
    if not k.now.known:
        return Sentence(
            "{kpi} has no value for the period: {reason}.",
            {**named, "reason": k.now.reason or "no rows"},
        )
    if k.now.low is None:
        return Sentence("{kpi} is {value}.", named)
    return Sentence("{kpi} is {value} ({value:range}).", named)


def variation_said(k: KpiTrend) -> Sentence:
    """Whether it changes, and what says so."""
    series = k.whole
    if series.equal:
        return Sentence("Every period shows the same value.")
    if series.variation is None:
        reason = series.why_not_told or "the period asked for has no complete value"
        return Sentence("Whether it changes cannot be told: {reason}.", {"reason": reason})
    if series.variation == "steady":
        if not k.now.known:
            last = max(p for p, m in zip(series.periods, series.measured, strict=True) if m)
            return Sentence(
                "Up to {period}, the last complete one, it is within its usual variation.",
                {"period": last.label},
            )
        return Sentence("That is within its usual variation.")
    said = listed(
        [
            Sentence("{what} ({when})", {"what": rule_said(s), "when": span_said(s.first, s.last)})
            for s in series.telling[:_MOST]
        ]
    )
    if series.variation == "improving":
        return Sentence("It is improving: {said}.", {"said": said})
    return Sentence("It is getting worse: {said}.", {"said": said})


def break_said(k: KpiTrend) -> Sentence | None:
    """The date at which the level most likely changed, where one did."""
    found, series = k.level_change, k.whole
    if found is None or found.reason or found.p_value >= _BREAK_LEVEL:
        return None
    inside = [
        p
        for p, m in zip(series.periods, series.measured, strict=True)
        if m and (series.since is None or p.last_day >= series.since.day)
    ]
    period = inside[found.position]
    return Sentence(
        "Its level changed most likely with {period}, from {before} to {after} (chance of so "
        "large a break in a steady series: {p}).",
        {
            "period": period.label,
            "before": k.kpi.quantity(found.before),
            "after": k.kpi.quantity(found.after),
            "p": chance_shown(Quantity(found.p_value, "probability")),
        },
    )


def aim_said(k: KpiTrend) -> Sentence | None:
    """Against its target."""
    aim = k.aim
    if aim is None:
        return None
    if not aim.known:
        return Sentence("The target cannot be used: {reason}.", {"reason": aim.level.reason or ""})
    named = {"level": aim.level, "day": aim.wanted.due or "", "reason": aim.why_not or ""}
    said = {
        "reliably_met": Sentence("The target of {level} is reliably met.", named),
        "hit_and_miss": Sentence(
            "The target of {level} is met in some periods and missed in others, as things stand.",
            named,
        ),
        "reliably_missed": Sentence(
            "The target of {level} is reliably missed as things stand.", named
        ),
        None: Sentence(
            "Whether the target of {level} is met reliably cannot be told: {reason}.", named
        ),
    }[aim.assurance]
    if aim.problem:
        return Sentence("{said} {problem}.", {"said": said, "problem": aim.problem})
    if aim.chance is not None and aim.chance.known:
        return Sentence(
            "{said} It is {word} to be there by {day} ({chance}).",
            {
                **named,
                "said": said,
                "word": chance_inside(aim.chance.value),
                "chance": chance_shown(aim.chance),
            },
        )
    if aim.chance is not None:
        return Sentence(
            "{said} Whether it is there by {day} cannot be told: {reason}.",
            {**named, "said": said, "reason": aim.chance.reason or ""},
        )
    return said


def pace_said(k: KpiTrend) -> Sentence | None:
    """What pace is needed from here, and which is seen."""
    aim = k.aim
    if aim is None or aim.pace_needed is None or aim.met_now or aim.problem:
        return None
    named = {"needed": aim.pace_needed, "every": k.kpi.every, "pace": aim.pace}
    if aim.pace is None or not math.isfinite(aim.pace.value):
        return Sentence("To be there in time it must move by {needed} a {every}.", named)
    if aim.pace.low <= 0 <= aim.pace.high:
        return Sentence(
            "To be there in time it must move by {needed} a {every}; no trend can be told from "
            "noise ({pace:range}).",
            named,
        )
    return Sentence(
        "To be there in time it must move by {needed} a {every}; its trend is {pace} "
        "({pace:range}).",
        named,
    )


def decision_said(k: KpiTrend) -> Sentence | None:
    """What follows for whoever owns it."""
    if k.whole is None or k.whole.variation is None:
        return None
    variation, aim = k.whole.variation, k.aim
    if variation == "worsening":
        return Sentence("Find out what changed, and mend it.")
    if variation == "improving":
        return Sentence("Find out what helped, and keep it.")
    if aim is None or not aim.assurance:
        return Sentence("Leave it as it is; single ups and downs need no answer.")
    return {
        "reliably_met": Sentence("Keep it so; a higher target can be set."),
        "hit_and_miss": Sentence(
            "Change how it is done: asking for more care does not move a steady process."
        ),
        "reliably_missed": Sentence(
            "Change how it is done, or the target: as things stand it cannot be met."
        ),
    }[aim.assurance]


def overall_decision(found: KpiTrends) -> Sentence | None:
    """What follows over all KPIs: first what gets worse, then what cannot be met as it is done."""
    worse = [k.kpi.title for k in found if k.whole and k.whole.variation == "worsening"]
    missed = [k.kpi.title for k in found if k.aim and k.aim.assurance == "reliably_missed"]
    if worse:
        return Sentence("Find out what changed in {kpis}.", {"kpis": ", ".join(worse)})
    if missed:
        named = {"kpis": ", ".join(missed)}
        return Sentence("Change how it is done, or the target, in {kpis}.", named)
    return None
