"""What follows from the segments."""

from __future__ import annotations

import math

from toolkit.customers.segments.results import ACTIONS, Segment, Segmentation, Segmented
from toolkit.customers.value.results import interval_quantity
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import level_unit

METHOD = "mean over customers, Student's t"


def conclude(found: Segmented, checks: Checks) -> Findings:
    """Whom to serve better, hold, reprice or let go; what each segment answers; is loyalty worth it."""
    window = found.definition.window
    shared = {
        "notebook": "customer_value", "subject": "segments", "period": window.period, "owner": window.owner,
        "level": window.level, "source": ", ".join(found.definition.tables), "n_unit": "customers",
        "checks": checks.checks,
    }  # fmt: skip
    out = [_main(found, shared), _proof(found, shared)]
    for s in found.segmentations:
        out += [_segment(found, s, x, shared) for x in s.shown(found.definition.min_cell)]
    out += [
        _outcome(s, x, m, found, shared) for s in found.segmentations for x in s.shown(found.definition.min_cell) for m in x.outcomes if m.n
    ]  # fmt: skip
    out += _loyalty(found, shared)
    return Findings(tuple(out))


def _grouped(found: Segmented) -> dict[str, tuple[str, ...]]:
    main, out = found.main, {}
    for s in main.shown(found.definition.min_cell):
        out.setdefault(main.action(s, found.definition.fewest), []).append(s.said)
    return {k: tuple(v) for k, v in out.items()}


def _main(found: Segmented, shared: dict) -> Finding:
    by = _grouped(found)
    currency = found.definition.window.currency
    question = Sentence("Which segments to serve better, hold, reprice or let go?")
    acting = [a for a in ("let_go", "reprice", "serve_better") if a in by]
    main = found.main
    decision = _decision(by)
    if not acting:
        said = Sentence("No segment stands out: hold all of them as they are.") if "hold" in by else Sentence(
            "No segment can be acted on: no value is known, or too few customers are in it.")  # fmt: skip
        verdict = "measured" if "hold" in by else "no_data"
        return Finding(id="customer_value/segments/actions", question=question, verdict=verdict, sentence=said,
                       decision=decision, n=main.n, answers=("F32", "F78", "F79"), **shared)  # fmt: skip
    first = max((s for s in main.segments if s.said in by[acting[0]]), key=lambda s: abs(s.value.estimate - main.everyone))
    values = {
        "segment": first.said, "value": interval_quantity(first.value, currency), "all": Quantity(main.everyone, currency),
    }  # fmt: skip
    if acting[0] == "serve_better" and first.value.low > main.everyone:
        said = Sentence("A customer of the segment {segment} brings {value} ({value:range}), {all} on average.", values)
    elif acting[0] == "serve_better":
        said = Sentence("Customers of the segment {segment} bring {value} and are less satisfied than the others.", values)
    else:
        said = Sentence("Customers of the segment {segment} cost more than they bring: {value} each ({value:range}).", values)
    return Finding(
        id="customer_value/segments/actions", question=question, verdict="measured", sentence=said, segment=first.name,
        estimate=first.value.estimate, low=first.value.low, high=first.value.high, unit=currency, kpi="net_value",
        method=METHOD, n=first.size, decision=decision, answers=("F32", "F78", "F79"), headline=True, **shared,
    )  # fmt: skip


def _decision(by: dict[str, tuple[str, ...]]) -> Sentence | None:
    parts = []
    if "serve_better" in by:
        parts.append(Sentence("Serve better: {names}", {"names": by["serve_better"]}))
    if "reprice" in by:
        parts.append(Sentence("Reprice: {names}", {"names": by["reprice"]}))
    if "let_go" in by:
        parts.append(Sentence("Let go: {names}", {"names": by["let_go"]}))
    if "hold" in by:
        parts.append(Sentence("Hold: {names}", {"names": by["hold"]}))
    if not parts:
        return None
    said = parts[-1]
    for part in reversed(parts[:-1]):
        said = Sentence("{first}; {rest}", {"first": part, "rest": said})
    return said


def _proof(found: Segmented, shared: dict) -> Finding:
    names = tuple(s.rules.title for s in found.segmentations)
    said = Sentence("Every customer is in exactly one segment, proved for each way of telling them apart: {names}.",
                    {"names": names})  # fmt: skip
    return Finding(
        id="customer_value/segments/proof", question=Sentence("Are the segments exclusive, and is nobody left out?"),
        verdict="measured", sentence=said, answers=("F75", "F76"), n=max(s.n for s in found.segmentations),
        method="every case counted against every rule",
        numbers={s.rules.name: s.n for s in found.segmentations}, **shared,
    )  # fmt: skip


def _segment(found: Segmented, of: Segmentation, s: Segment, shared: dict) -> Finding:
    currency = found.definition.window.currency
    action = of.action(s, found.definition.fewest)
    values = {"segment": s.said, "n": Quantity(s.size, "count"), "share": Quantity(s.share.estimate, "percent"),
              "value": interval_quantity(s.value, currency), "level": found.definition.levels.get(action, "")}  # fmt: skip
    if math.isnan(s.value.low):
        said = Sentence("{segment}: {n} customers, {share} of all.", values)
        ends = {}
    else:
        said = Sentence("{segment}: {n} customers, {share} of all, bring {value} each ({value:range}).", values)
        ends = {"low": s.value.low, "high": s.value.high}
    decision = ACTIONS[action]
    if values["level"]:
        decision = Sentence("{action}: {level}", {"action": decision, "level": values["level"]})
    return Finding(
        id=f"customer_value/segments/{of.rules.name}/{s.name}", question=Sentence("What does each segment bring?"),
        verdict="measured", sentence=said, segment=s.name, kpi="net_value", estimate=s.value.estimate, unit=currency,
        n=s.size, method=METHOD, decision=decision, answers=("F75", "F79"), **ends, numbers={
            "share": s.share.estimate, "share_low": s.share.low, "share_high": s.share.high, "margin": s.margin, "net": s.net,
        }, **shared,
    )  # fmt: skip


def _outcome(of: Segmentation, s: Segment, m, found: Segmented, shared: dict) -> Finding:
    unit = level_unit(m.outcome.format, found.definition.window.currency)
    values = {"segment": s.said, "label": m.outcome.label, "value": interval_quantity(m.found, unit)}
    known = not math.isnan(m.found.low)
    said = (
        Sentence("{segment}: {label} {value} ({value:range}).", values) if known
        else Sentence("{segment}: {label} {value}.", values)
    )
    return Finding(
        id=f"customer_value/segments/{of.rules.name}/{s.name}/{m.outcome.name}",
        question=Sentence("How do segments respond, buy and feel?"), verdict="measured", sentence=said, segment=s.name,
        kpi=m.outcome.name, estimate=m.found.estimate, unit=unit, n=m.n, method="ratio of sums, delta method",
        answers=("F77",), **({"low": m.found.low, "high": m.found.high} if known else {}), **shared,
    )  # fmt: skip


def _loyalty(found: Segmented, shared: dict) -> list[Finding]:
    out = []
    for x in found.loyalty:
        values = {"segment": x.segment.said, "needed": x.needed, "gain": x.gain}
        if not x.needed.known:
            said = Sentence("{segment}: no loyalty effort pays, for these customers bring nothing net.", values)
        elif x.worth is True:
            said = Sentence("{segment}: the loyalty effort is worth it, {gain} a customer and year ({gain:range}).", values)
        elif x.worth is False:
            said = Sentence("{segment}: the loyalty effort is not worth it, {gain} a customer and year.", values)
        else:
            said = Sentence("{segment}: the loyalty effort pays where it keeps {needed} more of the customers.", values)
        q = x.gain if x.gain is not None and x.gain.known else x.needed
        ends = {} if q.low is None else {"low": q.low, "high": q.high}
        out.append(Finding(
            id=f"customer_value/segments/loyalty/{x.segment.name}",
            question=Sentence("Is a segment worth the loyalty effort?"), verdict="measured" if q.known else "no_data",
            sentence=said, segment=x.segment.name, estimate=q.value, unit=q.unit, n=x.segment.size, method=METHOD,
            answers=("F41",), **ends, **shared,
        ))  # fmt: skip
    return out
