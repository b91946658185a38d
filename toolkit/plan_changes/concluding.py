"""What a plan change brought, as findings: the verdict first, then every number behind it."""

from __future__ import annotations

import math

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Sentence
from toolkit.plan_changes.deciding import Decision, decide
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Alternative, GroupEffect, PlanEffect
from toolkit.plan_changes.wording import (
    decision_said,
    group_said,
    question,
    verdict_said,
)

NOTEBOOK = "plan_change"


def conclude(effect: PlanEffect, checks: Checks) -> Findings:
    """The verdict and every number.

    Returns
    -------
    Findings
        ``plan_change/<change>/<kpi>`` with the verdict, ``…/<segment>=<value>`` for every group,
        ``…/method=<name>`` for every other method.
    """
    decision = decide(effect, checks)
    findings = [_main(effect, checks, decision)]
    findings += [_group(effect, g) for g in effect.groups]
    if effect.fit is not None:
        findings += [_alternative(effect, a) for a in effect.fit.others]
    return Findings(tuple(findings))


def identity(definition: PlanChange, *parts: str) -> str:
    """The same question's id in every run; a slash inside a name is no border."""
    named = (definition.name, definition.measure.name, *parts)
    return "/".join([NOTEBOOK, *(p.replace("/", "%2F") for p in named)])


def _shared(effect: PlanEffect) -> dict:
    d = effect.definition
    answers = ("F07", "F25", "F37", "F69", "F70") if d.segments else ("F07", "F25", "F69", "F70")
    return {
        "notebook": NOTEBOOK, "question": question(d), "subject": d.name, "kpi": d.measure.name,
        "period": d.period, "source": d.source, "owner": d.owner, "due": d.due, "answers": answers,
        "level": d.level, "unit": effect.unit,
    }  # fmt: skip


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _main(effect: PlanEffect, checks: Checks, decision: Decision) -> Finding:
    fit = effect.fit
    known = {}
    if fit is not None:
        known = {
            "estimate": float(fit.estimate), "low": float(fit.low), "high": float(fit.high),
            "p_value": float(fit.p_value), "n": fit.n, "n_unit": fit.n_unit, "null": "no effect",
            "method": Sentence("{method}; because {why}", {"method": fit.label, "why": fit.why}),
        }  # fmt: skip
    return Finding(
        id=identity(effect.definition), verdict=decision.verdict, headline=True,
        sentence=verdict_said(effect, decision, checks.failed), decision=decision_said(effect, decision),
        promised=_finite(effect.promised), worthwhile=_finite(effect.worthwhile), grade=decision.grade,
        checks=checks.checks, numbers=_numbers(effect), **known, **_shared(effect),
    )  # fmt: skip


def _numbers(effect: PlanEffect) -> dict[str, float]:
    d, fit = effect.definition, effect.fit
    # twelve hex digits fit into a number exactly
    out = {"cost": d.cost, "promise_fingerprint": int(d.fingerprint, 16)}
    if fit is None:
        return out
    share, value = effect.share, effect.value
    out |= {"se": fit.se, "df": fit.df, "level_before": fit.before, "level_after": fit.after, **fit.numbers}
    out |= {"share_of_promise": share.value}
    if share.low is not None:
        out |= {"share_of_promise_low": share.low, "share_of_promise_high": share.high}
    if value.known:
        out |= {"value": value.value, "net": value.value - d.cost}
        if value.low is not None:
            out |= {"value_low": value.low, "value_high": value.high}
    if effect.waiting is not None:
        out |= {"smallest_visible": effect.waiting.visible,
                "more_periods": math.nan if effect.waiting.more is None else effect.waiting.more}  # fmt: skip
    return {k: float(v) for k, v in out.items()} | {"promise_fingerprint": int(d.fingerprint, 16)}


def _group(effect: PlanEffect, g: GroupEffect) -> Finding:
    return Finding(
        id=identity(effect.definition, f"{g.segment}={g.value}"), verdict="no_data" if math.isnan(g.estimate) else "measured",
        sentence=group_said(effect, g), segment=f"{g.segment}={g.value}", estimate=float(g.estimate), low=float(g.low),
        high=float(g.high), n=g.n, n_unit=effect.fit.n_unit, method=effect.fit.label,
        numbers={"p_harm": g.p_harm, "hurt": float(g.hurt)}, **_shared(effect),
    )  # fmt: skip


def _alternative(effect: PlanEffect, a: Alternative) -> Finding:
    q = a.quantity(effect.unit)
    said = Sentence("By another method, {method}: {q}.", {"method": a.label, "q": q})
    if q.low is not None:
        said = Sentence("By another method, {method}: {q} ({q:range}).", {"method": a.label, "q": q})
    return Finding(
        id=identity(effect.definition, f"method={a.name}"), verdict="measured", sentence=said, comparison=a.name,
        estimate=float(a.estimate), low=float(a.low), high=float(a.high), p_value=float(a.p_value), null="no effect",
        n=effect.fit.n, n_unit=effect.fit.n_unit, method=a.label, numbers=dict(a.numbers), **_shared(effect),
    )  # fmt: skip

