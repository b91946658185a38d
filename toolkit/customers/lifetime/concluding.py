"""What follows: what a customer is worth, of which segment, what keeping one is worth, as findings."""

from __future__ import annotations

import math

from toolkit.customers.lifetime.definition import NOTEBOOK
from toolkit.customers.lifetime.results import LifetimeValue, SegmentValue, quantity
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.stats.comparisons import Interval

VALUE = ("F33", "F38")
SEGMENT = ("F33", "F41")
KEEPING = ("F34", "F35", "F38")


def conclude(found: LifetimeValue, checks: Checks) -> Findings:
    """The value of everybody first, then of each segment, then what keeping is worth."""
    findings = [_value(found, v, checks) for v in found.values]
    if found.contractual:
        findings += [_point(found, v) for v in found.values]
    if found.definition.acquisition_cost is not None:
        findings.append(_acquisition(found))
    return Findings(tuple(findings))


def _shared(found: LifetimeValue) -> dict:
    d = found.definition
    return {
        "notebook": NOTEBOOK, "question": Sentence("What is a customer worth over the years to come?"),
        "subject": d.name, "period": d.period, "owner": d.owner, "source": d.table, "level": d.level,
        "n_unit": "customers",
    }  # fmt: skip


def _id(found: LifetimeValue, *parts: str | None) -> str:
    return "/".join((NOTEBOOK, found.definition.name, *(p for p in parts if p)))


def _numbers(interval: Interval) -> dict:
    if math.isnan(interval.estimate):
        return {}
    ends = {} if math.isnan(interval.low) else {"low": interval.low, "high": interval.high}
    return {"estimate": interval.estimate, **ends}


def _method(found: LifetimeValue) -> Sentence:
    if found.contractual:
        return Sentence("shifted beta-geometric (Fader & Hardie 2007); profile likelihood of the parameters")
    return Sentence("BG/NBD (Fader, Hardie & Lee 2005) x Gamma-Gamma (Fader & Hardie 2013); delta method on the parameters")


def _value(found: LifetimeValue, v: SegmentValue, checks: Checks) -> Finding:
    whole = v.segment is None
    refused = any(c.takes_verdict for c in checks.failed) if whole else False
    measured = v.there.defined and not refused
    numbers = {"simple_multiple": v.simple.estimate, "new_customer": v.new.estimate,
               "active_share": v.active.estimate, "horizon_years": found.definition.horizon_years,
               "discount": found.definition.discount}  # fmt: skip
    if whole:
        numbers |= {f"{m.title.template}: {name}": value for m in found.fits[None]
                    for name, value in zip(m.fit.names, m.fit.values, strict=True)}  # fmt: skip
        numbers |= {"holdout_error": found.holdout.error}
    return Finding(
        id=_id(found, "value", v.segment), segment=v.segment, unit=found.unit, n=int(v.n),
        verdict="measured" if measured else "no_data",
        sentence=_said(found, v, measured, _doubts(checks) if whole else []),
        headline=whole and found.definition.headline, checks=checks.checks if whole else (), method=_method(found),
        answers=VALUE if whole else SEGMENT, numbers=numbers, kpi="lifetime_value",
        **(_numbers(v.there) if measured else {}), **_shared(found),
    )  # fmt: skip


def _doubts(checks: Checks) -> list[Check]:
    return [c for c in checks.failed if not c.takes_verdict]


def _said(found: LifetimeValue, v: SegmentValue, measured: bool, doubts: list[Check]) -> Sentence:
    d = found.definition
    values = {
        "who": v.label, "there": quantity(v.there, found.unit), "new": quantity(v.new, found.unit),
        "years": Quantity(d.horizon_years, "number"), "discount": Quantity(d.discount, "percent"),
        "why": v.there.reason or next((m.fit.reason for m in found.fits[v.segment] if m.fit.reason), ""),
    }  # fmt: skip
    if not measured:
        if v.segment is None:
            return Sentence("What customers are worth cannot be said: {why}.", values)
        return Sentence("What customers of {who} are worth cannot be said: {why}.", values)
    if found.unit == "number" and v.segment is None:
        said = Sentence("A customer who is there now will buy {there} times more within {years} years ({there:range}), "
                        "discounted by {discount} a year.", values)  # fmt: skip
    elif found.unit == "number":
        said = Sentence("A customer of {who} who is there now will buy {there} times more within {years} years "
                        "({there:range}), discounted by {discount} a year.", values)  # fmt: skip
    elif v.segment is None:
        said = Sentence("A customer who is there now will bring a margin of {there} within {years} years ({there:range}), "
                        "discounted by {discount} a year; a new one {new} after the start.", values)  # fmt: skip
    else:
        said = Sentence("A customer of {who} who is there now will bring a margin of {there} within {years} years "
                        "({there:range}), discounted by {discount} a year.", values)  # fmt: skip
    if not doubts:
        return said
    first = doubts[0]
    if len(doubts) == 1:
        return Sentence("{said} But “{name}” does not hold: {detail}.",
                        {"said": said, "name": first.name, "detail": first.detail})  # fmt: skip
    return Sentence("{said} But “{name}” does not hold: {detail}; and {n} more doubt.",
                    {"said": said, "name": first.name, "detail": first.detail, "n": len(doubts) - 1},
                    plural="{said} But “{name}” does not hold: {detail}; and {n} more doubts.", count="n")  # fmt: skip


def _point(found: LifetimeValue, v: SegmentValue) -> Finding:
    values = {"who": v.label, "point": quantity(v.point, found.unit), "why": v.point.reason or "",
              "years": Quantity(found.definition.horizon_years, "number")}  # fmt: skip
    if not v.point.defined:
        said = Sentence("What keeping more customers of {who} is worth cannot be said: {why}.", values)
    elif v.segment is None:
        said = Sentence("One percentage point more of renewals is worth {point} a customer within {years} years "
                        "({point:range}): an effort to keep them may cost that much.", values)  # fmt: skip
    else:
        said = Sentence("One percentage point more of renewals in {who} is worth {point} a customer within {years} years "
                        "({point:range}): an effort to keep them may cost that much.", values)  # fmt: skip
    return Finding(
        id=_id(found, "one_point_of_renewal", v.segment), segment=v.segment, unit=found.unit, n=int(v.n),
        verdict="measured" if v.point.defined else "no_data", sentence=said, method=_method(found),
        answers=KEEPING if v.segment is None else (*KEEPING, "F41"), kpi="value_of_a_renewal_point",
        numbers={"total": v.point.estimate * v.n}, **_numbers(v.point), **_shared(found),
    )  # fmt: skip


def _acquisition(found: LifetimeValue) -> Finding:
    new, cost = found.everybody.new, found.definition.acquisition_cost
    values = {"cost": Quantity(cost, found.unit), "new": quantity(new, found.unit), "why": new.reason or ""}
    decision = None
    if not new.defined:
        said = Sentence("Whether winning a customer pays cannot be said: {why}.", values)
    elif new.low > cost:
        said = Sentence("Winning a customer costs {cost} and brings {new} after the start ({new:range}): it pays.", values)
        decision = Sentence("Go on winning customers at this price.")
    elif new.high < cost:
        said = Sentence("Winning a customer costs {cost} and brings {new} after the start ({new:range}): "
                        "it does not pay within the horizon.", values)  # fmt: skip
        decision = Sentence("Move money from winning customers to keeping them.")
    else:
        said = Sentence("Winning a customer costs {cost} and brings {new} after the start ({new:range}): "
                        "whether it pays cannot be told.", values)  # fmt: skip
    return Finding(
        id=_id(found, "acquisition"), unit=found.unit, n=int(found.everybody.n),
        verdict="measured" if new.defined else "no_data", sentence=said, decision=decision, method=_method(found),
        answers=("F34",), kpi="lifetime_value", numbers={"acquisition_cost": cost}, **_numbers(new), **_shared(found),
    )  # fmt: skip
