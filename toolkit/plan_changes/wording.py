"""What is said of a plan change, one whole sentence each: effect, verdict, doubt, what to do."""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.findings import Check
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import TIMES
from toolkit.plan_changes.deciding import Decision
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import PlanEffect, quantity

MOST_CAVEATS = 2


def question(definition: PlanChange) -> Sentence:
    """What the page asks."""
    if definition.question:
        return Sentence("{question}", {"question": definition.question})
    return Sentence("Did {change} bring what it promised?", {"change": definition.title})


def listed(sentences: Sequence[Sentence]) -> Sentence:
    """Several sayings as one."""
    said = sentences[-1]
    for sentence in reversed(sentences[:-1]):
        said = Sentence("{first}; {rest}", {"first": sentence, "rest": said})
    return said


def effect_said(effect: PlanEffect) -> Sentence:
    """What the change did to its KPI."""
    return _moved(effect.definition.kpi, effect.quantity)


def _moved(kpi: str, q: Quantity) -> Sentence:
    values = {"kpi": kpi, "q": q}
    if q.low is None:
        return Sentence("{kpi} moved by {q}.", values)
    if q.low <= 0 <= q.high:
        return Sentence("{kpi}: no effect can be told from nothing ({q:range}).", values)
    up = q.value > 0
    if q.unit in TIMES:
        return Sentence("{kpi} is {q:size} longer ({q:sizes})." if up else "{kpi} is {q:size} shorter ({q:sizes}).", values)
    return Sentence("{kpi} is {q:size} higher ({q:sizes})." if up else "{kpi} is {q:size} lower ({q:sizes}).", values)


def verdict_said(effect: PlanEffect, decision: Decision, doubts: Sequence[Check]) -> Sentence:
    """The finding of the change, with the checks that failed as caveats."""
    said = _verdict(effect, decision)
    if decision.verdict == "cannot_be_judged":
        return said
    shown = [c for c in doubts if not _said_already(c, decision)]
    if not shown:
        return said
    # how often a check fails for nothing stands with the check
    most = len(shown) if len(shown) <= MOST_CAVEATS + 1 else MOST_CAVEATS
    caveats = [Sentence("{detail}", {"detail": c.detail.values.get("said", c.detail)}) for c in shown[:most]]
    if len(shown) > most:
        caveats.append(Sentence("and {n} more doubts", {"n": len(shown) - most}))
    return Sentence("{said} But {caveats}.", {"said": said, "caveats": listed(caveats)})


def _said_already(check: Check, decision: Decision) -> bool:
    known = {"The promised effect could have been seen"}
    if decision.why == "short":
        known |= {"There are enough periods", "The season is in the model"}
    return check.name.template in known


def _verdict(effect: PlanEffect, decision: Decision) -> Sentence:
    d = effect.definition
    if decision.verdict == "cannot_be_judged":
        why = effect.reason if effect.fit is None else decision.broken.detail
        return Sentence("{change} cannot be judged: {why}.", {"change": d.title, "why": why})
    said = effect_said(effect)
    promised = Quantity(effect.promised, effect.unit)
    values = {"said": said, "promised": promised, "share": effect.share, "due": d.due, "change": d.title,
              "worthwhile": Quantity(effect.worthwhile, effect.unit)}  # fmt: skip
    if decision.verdict == "delivered":
        return Sentence("{change} delivered. {said} The promise was {promised:size}.", values)
    if decision.verdict == "on_track":
        if math.isnan(effect.promised):
            return Sentence("{said} What was promised cannot be compared with it.", values)
        return Sentence("{change} is on track. {said} The promise is {promised:size}.", values)
    if decision.verdict == "partly_delivered":
        return Sentence("{change} delivered in part. {said} The promise was {promised:size}: {share} of it came ({share:range}).", values)
    if decision.verdict == "harm":
        return Sentence("{change} does harm. {said} The promise was {promised:size} the other way.", values)
    if decision.verdict == "no_worthwhile_effect":
        if math.isfinite(effect.worthwhile):
            return Sentence("{change} brings nothing worth having. {said} An effect of {worthwhile:size} is ruled out.", values)
        return Sentence("{change} does not bring what it promised. {said} An effect of {promised:size} is ruled out.", values)
    return _not_yet(effect, decision, values)


def _not_yet(effect: PlanEffect, decision: Decision, values: dict[str, object]) -> Sentence:
    values = {**values, "more": more_said(effect), "visible": visible_said(effect)}
    if decision.why == "short":
        if effect.fit.signal:
            return Sentence("Too early to tell: there is a signal since {change} began, its cause unproven. {visible} {more}", values)
        return Sentence("Too early to tell: nothing unusual since {change} began. {visible} {more}", values)
    if decision.why == "recent":
        return Sentence("Too early to tell. {said} {visible} {more}", values)
    if decision.why == "worth_open":
        return Sentence("{said} Whether it reaches the {worthwhile:size} worth having cannot be told yet. {visible} {more}", values)
    return Sentence("Not yet known. {said} {visible} {more}", values)


def visible_said(effect: PlanEffect) -> Sentence:
    """The smallest effect that could have been seen."""
    w = effect.waiting
    if w is None or not math.isfinite(w.visible):
        return Sentence("What could have been seen by now cannot be told.")
    return Sentence("So far only effects from {visible} on could have been seen.", {"visible": Quantity(abs(w.visible), effect.unit)})


def more_said(effect: PlanEffect) -> Sentence:
    """How much longer it takes to judge the promise."""
    w, d = effect.waiting, effect.definition
    if w is None or w.more is None:
        if effect.fit.evidence == "control":
            return Sentence("More time alone will not show it: more of those touched and not touched would.")
        return Sentence("More time alone will not show it: a group that the change does not touch would.")
    values = {"more": w.more, "period": d.grain if w.more == 1 else f"{d.grain}s", "day": w.judge_on}
    if w.more == 0:
        return Sentence("An effect as large as promised would have been seen.")
    if w.judge_on is None:
        return Sentence("The promise can be judged after {more} more {period}.", values)
    return Sentence("The promise can be judged after {more} more {period}, from {day} on.", values)


def decision_said(effect: PlanEffect, decision: Decision) -> Sentence:
    """What to do."""
    d, w = effect.definition, effect.waiting
    values = {"change": d.title, "kpi": d.kpi, "day": w.judge_on if w else None,
              "missing": Quantity(max(0.0, abs(effect.promised) - abs(effect.fit.estimate)), effect.unit)
              if effect.fit and math.isfinite(effect.promised) else None}  # fmt: skip
    if decision.action == "keep":
        return Sentence("Keep {change}.", values)
    if decision.action == "adapt":
        return Sentence("Adapt {change}: {missing} of the promise is missing.", values)
    if decision.action == "drop":
        if decision.verdict == "harm":
            return Sentence("Drop {change} and take it back where it was brought in.", values)
        return Sentence("Drop {change}: it is not worth its cost.", values)
    if decision.action == "repair":
        return Sentence("Mend what keeps {change} from being judged, then look again.", values)
    if values["day"] is None or (w and w.more == 0):
        return Sentence("Go on with {change} for now, and look again with more data or a group it does not touch.", values)
    return Sentence("Go on with {change} and look again on {day}.", values)


def group_said(effect: PlanEffect, group) -> Sentence:
    """The effect in one group."""
    values = {"segment": group.segment, "value": group.value}
    if math.isnan(group.estimate):
        return Sentence("{segment} {value}: no answer, because {why}.", {**values, "why": group.reason or "there are too few"})
    q = quantity(group.estimate, group.low, group.high, effect.unit)
    said = Sentence("{segment} {value}: {said}", {**values, "said": _moved(effect.definition.kpi, q)})
    return Sentence("{said} They were hurt.", {"said": said}) if group.hurt else said
