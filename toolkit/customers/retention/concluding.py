"""What follows: how long customers stay, of which segment, and what newcomers do to them, as findings."""

from __future__ import annotations

import math

from toolkit.customers.retention.definition import NOTEBOOK
from toolkit.customers.retention.results import Retained, Stay, share
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Sentence
from toolkit.stats.comparisons import Interval

CHURN = ("F31", "F35", "F38")
SEGMENT = ("F35", "F41")
NEWCOMERS = ("F37",)


def conclude(found: Retained, checks: Checks) -> Findings:
    """Everybody first, then each segment, whether they differ, and the newcomers."""
    findings = [_stay(found, s, checks) for s in found.stays]
    if found.difference is not None:
        findings.append(_difference(found))
    if found.newcomers is not None:
        findings.append(_newcomers(found))
    return Findings(tuple(findings))


def _shared(found: Retained) -> dict:
    d = found.definition
    return {
        "notebook": NOTEBOOK, "question": Sentence("How long do customers stay?"), "subject": d.name,
        "period": d.period, "owner": d.owner, "source": d.table, "level": d.level, "n_unit": "customers",
    }  # fmt: skip


def _id(found: Retained, *parts: str | None) -> str:
    return "/".join((NOTEBOOK, found.definition.name, *(p for p in parts if p)))


def _stay(found: Retained, stay: Stay, checks: Checks) -> Finding:
    whole = stay.segment is None
    at = stay.curve.at(found.mark)
    refused = whole and any(c.takes_verdict for c in checks.failed)
    measured = not math.isnan(at.estimate) and not refused
    values = {"who": stay.label, "kept": share(at), "time": found.said(found.mark), "why": at.reason or ""}
    if not measured:
        said = Sentence("How many of {who} stay cannot be said: {why}.", values)
    elif not at.defined:
        said = Sentence("Of {who}, {kept} are still there after {time}.", values)
    elif whole:
        said = Sentence("Of a hundred customers who begin, {kept} are still there after {time} ({kept:range}).", values)
    else:
        said = Sentence("Of {who}, {kept} are still there after {time} ({kept:range}).", values)
    doubts = [c for c in checks.failed if not c.takes_verdict] if whole and measured else []
    median = stay.curve.median()
    numbers = {"time": found.mark, "ended": stay.curve.events, "median": median.estimate}
    numbers |= {f"after_{t:g}": stay.curve.at(t).estimate for t in found.definition.after}
    return Finding(
        id=_id(found, "kept", stay.segment), segment=stay.segment, verdict="measured" if measured else "no_data",
        sentence=_with_doubts(said, doubts), unit="percent", n=int(stay.curve.n), method="Kaplan-Meier, Greenwood, log-log",
        checks=checks.checks if whole else (), answers=CHURN if whole else SEGMENT, kpi="retention",
        headline=whole and found.definition.headline, numbers=numbers,
        **(_numbers(at) if measured else {}), **_shared(found),
    )  # fmt: skip


def _with_doubts(said: Sentence, doubts: list[Check]) -> Sentence:
    if not doubts:
        return said
    first = doubts[0]
    values = {"said": said, "name": first.name, "detail": first.detail, "n": len(doubts) - 1}
    if len(doubts) == 1:
        return Sentence("{said} But “{name}” does not hold: {detail}.", values)
    return Sentence("{said} But “{name}” does not hold: {detail}; and {n} more doubt.", values,
                    plural="{said} But “{name}” does not hold: {detail}; and {n} more doubts.", count="n")  # fmt: skip


def _numbers(interval: Interval) -> dict:
    if math.isnan(interval.low):
        return {"estimate": interval.estimate}
    return {"estimate": interval.estimate, "low": interval.low, "high": interval.high}


def _difference(found: Retained) -> Finding:
    d = found.difference
    told = sorted(
        ((s.curve.at(found.mark), s) for s in found.stays[1:] if s.curve.at(found.mark).defined),
        key=lambda pair: pair[0].estimate,
    )
    values = {"time": found.said(found.mark), "why": d.reason or ""}
    decision = None
    if d.reason is not None or len(told) < 2:
        said = Sentence("Whether segments differ in how long they stay cannot be said: too little has ended.", values)
    else:
        (low, worst), (high, best) = told[0], told[-1]
        values |= {"worst": worst.label, "low": share(low), "best": best.label, "high": share(high)}
        if d.p_value < 1 - found.definition.level:
            said = Sentence("Segments differ in how long they stay: after {time} {low} of {worst} are there and "
                            "{high} of {best}.", values)  # fmt: skip
            decision = Sentence("Look first at why customers of {worst} leave.", values)
        else:
            said = Sentence("Segments cannot be told apart in how long they stay ({low} of {worst} to {high} of {best} "
                            "after {time}).", values)  # fmt: skip
    return Finding(
        id=_id(found, "segments_differ"), verdict="measured" if d.reason is None else "no_data", sentence=said,
        decision=decision, p_value=d.p_value, null="all segments end at the same rate", method="log-rank test",
        n=int(found.everybody.curve.n), answers=SEGMENT, numbers={"statistic": d.statistic, "df": d.df},
        kpi="retention", **_shared(found),
    )  # fmt: skip


def _newcomers(found: Retained) -> Finding:
    beside = found.newcomers
    e, q = beside.effect, beside.quantity
    values = {"effect": q, "why": e.reason or "", "months": beside.months, "groups": beside.groups}
    if not q.known:
        said = Sentence("Whether newcomers drive existing customers away cannot be said: {why}.", values)
    elif e.low > 0:
        said = Sentence("Where more new customers came, more of the existing ones left: {effect} more in the month for "
                        "each new customer to a hundred existing ({effect:range}). An association, not a proof.", values)  # fmt: skip
    elif e.high < 0:
        said = Sentence("Where more new customers came, fewer of the existing ones left: {effect:size} fewer in the month "
                        "for each new customer to a hundred existing ({effect:sizes}). An association, not a proof.",
                        values)  # fmt: skip
    else:
        said = Sentence("Existing customers are not seen to leave when more new ones come: {effect} more in the month for "
                        "each new customer to a hundred existing ({effect:range}).", values)  # fmt: skip
    ends = {"estimate": e.estimate, "low": e.low, "high": e.high} if q.known else {}
    return Finding(
        id=_id(found, "newcomers"), verdict="measured" if q.known else "no_data", sentence=said, unit="points",
        n=beside.groups * beside.months, method=e.method, p_value=e.p_value, null=e.null, answers=NEWCOMERS,
        kpi="churn_of_existing", numbers={"groups": beside.groups, "months": beside.months},
        **ends, **{**_shared(found), "n_unit": "groups and months"},
    )  # fmt: skip
