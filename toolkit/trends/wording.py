"""What is said of a KPI over time, one whole sentence each."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from toolkit.company.periods import Period
from toolkit.language import Quantity, Sentence
from toolkit.trends.aims import Aim
from toolkit.trends.series import Series, Signal

if TYPE_CHECKING:
    from toolkit.trends.results import KpiTrends

VARIATION = {"improving": "Improving", "worsening": "Worsening", "steady": "Steady"}
_ASSURANCE = {
    "reliably_met": "Reliably met",
    "hit_and_miss": "Hit and miss",
    "reliably_missed": "Reliably missed",
}
_RULES = {
    "above": "above the usual range",
    "below": "below the usual range",
    "run_above": "{n} in a row above the centre",
    "run_below": "{n} in a row below the centre",
    "rising": "{n} rising in a row",
    "falling": "{n} falling in a row",
    "near_upper": "two of three close to the upper limit",
    "near_lower": "two of three close to the lower limit",
}
LIKELY_FROM = 0.6


_FORECAST_BY = {
    "mean": "the mean", "drift": "a straight drift", "level": "a smoothed level", "damped trend": "a damped trend",
    "theta": "the theta method", "average": "the average of three methods",
    "seasonal naive": "the same season a year before",
}  # fmt: skip


def forecast_by(method: str) -> Sentence:
    """What a forecast goes by; `method` is one of `stats.forecast_choice.METHODS`."""
    return Sentence(_FORECAST_BY[method])


def listed(sentences: list[Sentence]) -> Sentence:
    """Several sayings as one."""
    said = sentences[-1]
    for sentence in reversed(sentences[:-1]):
        said = Sentence("{first}; {rest}", {"first": sentence, "rest": said})
    return said


def joined(sentences: list[Sentence]) -> Sentence:
    """Several whole sentences after each other."""
    said = sentences[-1]
    for sentence in reversed(sentences[:-1]):
        said = Sentence("{first} {rest}", {"first": sentence, "rest": said})
    return said


def span_said(first: Period, last: Period) -> Sentence:
    """When: one period, or from one to another."""
    if first == last:
        return Sentence("{period}", {"period": first.label})
    return Sentence("{first} to {last}", {"first": first.label, "last": last.label})


def rule_said(signal: Signal) -> Sentence:
    """Which rule, in words."""
    if signal.points > 1 and signal.rule in ("above", "below"):
        return Sentence(
            "{n} in a row {rule}", {"n": signal.points, "rule": Sentence(_RULES[signal.rule])}
        )
    return Sentence(_RULES[signal.rule], {"n": signal.points})


def signal_said(signal: Signal) -> Sentence:
    """When and what."""
    return Sentence(
        "{when}: {what}", {"when": span_said(signal.first, signal.last), "what": rule_said(signal)}
    )


def signals_said(series: Series) -> Iterator[tuple[Sentence, Sentence, Sentence]]:
    """When, what, and what it means."""
    for s in series.signals:
        if not s.told:
            meaning = Sentence("A hint only")
        else:
            meaning = Sentence("Improvement") if s.good else Sentence("Concern")
        yield span_said(s.first, s.last), rule_said(s), meaning


def assurance_words(aim: Aim) -> Sentence:
    """Against the target, in two words."""
    if aim.assurance:
        return Sentence(_ASSURANCE[aim.assurance])
    return Sentence("Cannot be told: {reason}", {"reason": aim.why_not or "no data"})


def chance_words(aim: Aim) -> Sentence | None:
    """Will it be there in time?"""
    if aim.wanted.due is None or aim.chance is None:
        return None
    if not aim.chance.known:
        return Sentence("Cannot be told: {reason}", {"reason": aim.chance.reason or ""})
    return Sentence(
        "{word} ({chance})",
        {"word": chance_word(aim.chance.value), "chance": chance_shown(aim.chance)},
    )


def chance_word(p: float) -> Sentence:
    """A chance in a word; the number stands beside it."""
    if p >= 0.9:
        return Sentence("Very likely")
    if p >= LIKELY_FROM:
        return Sentence("Likely")
    if p > 0.4:
        return Sentence("About even")
    return Sentence("Unlikely") if p > 0.1 else Sentence("Very unlikely")


def chance_inside(p: float) -> Sentence:
    """The same inside a sentence: "it is … to be there in time"."""
    if p >= 0.9:
        return Sentence("very likely")
    if p >= LIKELY_FROM:
        return Sentence("likely")
    if p > 0.4:
        return Sentence("about as likely as not")
    return Sentence("unlikely") if p > 0.1 else Sentence("very unlikely")


def chance_shown(chance: Quantity) -> Sentence:
    """A chance as a number; the ends are not certain."""
    if chance.value < 0.01:
        return Sentence("below {limit}", {"limit": Quantity(0.01, "probability")})
    if chance.value > 0.99:
        return Sentence("above {limit}", {"limit": Quantity(0.99, "probability")})
    return Sentence("{chance}", {"chance": chance})


def overview_said(found: KpiTrends) -> Sentence:
    """What all KPIs say together."""
    known = [k for k in found if k.whole and k.whole.variation]
    if not known:
        return Sentence(
            "No KPI can be judged in {period}.", {"period": found.definition.period.label}
        )
    by = {
        v: [k.kpi.title for k in known if k.whole.variation == v]
        for v in ("worsening", "improving", "steady")
    }
    parts = []
    if by["worsening"]:
        parts.append(Sentence("Getting worse: {kpis}.", {"kpis": ", ".join(by["worsening"])}))
    if by["improving"]:
        parts.append(Sentence("Getting better: {kpis}.", {"kpis": ", ".join(by["improving"])}))
    if by["steady"] and parts:
        parts.append(
            Sentence(
                "{n} of {all} KPIs show nothing beyond their usual variation.",
                {"n": len(by["steady"]), "all": len(found.kpis)},
            )
        )
    if not parts:
        return Sentence(
            "No KPI shows more than its usual variation in {period}.",
            {"period": found.definition.period.label},
        )
    aims = [k.aim for k in found if k.aim and k.aim.assurance]
    met = sum(a.assurance == "reliably_met" for a in aims)
    if aims:
        parts.append(
            Sentence("{met} of {n} targets are reliably met.", {"met": met, "n": len(aims)})
        )
    ahead = [k.aim for k in found if k.aim and k.aim.chance is not None and k.aim.chance.known]
    if ahead:
        likely = sum(a.chance.value >= LIKELY_FROM for a in ahead)
        parts.append(
            Sentence(
                "{likely} of {n} that have a day to come are likely to be met in time.",
                {"likely": likely, "n": len(ahead)},
            )
        )
    return joined(parts)
