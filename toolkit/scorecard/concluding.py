"""What follows for the plan itself: a finding for each of its questions."""

from __future__ import annotations

import math
from collections.abc import Iterator
from datetime import timedelta

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.scorecard.definition import NOTEBOOK
from toolkit.scorecard.results import Scored, missing
from toolkit.scorecard.strategy import Tested

ON_TIME = Sentence("Is the plan on schedule?")
READY = Sentence("Is everything ready that the plan needs?")
TOLD = Sentence("Did everybody know of each change before it took effect?")
OWNED = Sentence("Has every part of the plan an owner and a reason?")
DRIVES = Sentence("Which measures drive success, and what is to be adjusted?")
COUNTED = "counted, every line of the table"
_PARTS = {
    "schedule": Sentence("the schedule"), "readiness": Sentence("what has to be ready"),
    "informed": Sentence("who is told when"), "owners": Sentence("owners and reasons"),
}  # fmt: skip
"""What needs something done, in short."""


def conclude(found: Scored, checks: Checks) -> Findings:
    """Schedule, readiness, who was told, owners, then the five tests.

    Returns
    -------
    Findings
        ``scorecard``, then ``scorecard/schedule``, ``scorecard/readiness``, ``scorecard/informed``, ``scorecard/owners``,
        ``scorecard/drivers``, then ``scorecard/strategy/<test>``. A part that is not declared has no data, and says what would give it.
    """
    parts = [_schedule(found), _readiness(found), _informed(found), _owners(found)]
    return Findings((_whole(found, parts, checks), *parts, _drivers(found), *_phases(found), *_departments(found), *(_tested(t, found) for t in found.strategy.tests)))


def _whole(found: Scored, parts: list[Finding], checks: Checks) -> Finding:
    known = [f for f in parts if f.verdict != "no_data"]
    asked = sum(f.decision is not None for f in parts)
    to_do = tuple(_PARTS[f.id.rpartition("/")[2]] for f in parts if f.decision is not None)
    named = {"known": len(known), "n": len(parts), "asked": asked, "what": to_do}
    said = Sentence("Nothing is kept of the plan's schedule, readiness, owners and who was told.")
    if asked:
        said = Sentence(
            "Of {n} questions about the plan itself {known} can be answered, and {asked} needs something done: {what}.", named,
            plural="Of {n} questions about the plan itself {known} can be answered, and {asked} need something done: {what}.", count="asked",
        )  # fmt: skip
    elif known:
        said = Sentence("Of {n} questions about the plan itself {known} can be answered, and none needs anything done.", named)
    plan = found.definition.plan
    return Finding(
        id=NOTEBOOK, notebook=NOTEBOOK, subject="plan", question=Sentence("Is the plan itself in order?"), sentence=said,
        verdict="measured" if known else "no_data", n=len(parts), n_unit="questions", owner=plan.owner if plan else None,
        period=found.definition.period, checks=checks.checks, answers=("F65", "F67", "F72", "F73", "F57"), headline=True,
        numbers={"answered": len(known), "asked": asked},
    )  # fmt: skip


def _same(found: Scored, part: str, question: Sentence, answers: tuple[str, ...], headline: bool = True) -> dict:
    given = getattr(found.definition.plan, part, None) if found.definition.plan else None
    owner = getattr(given, "owner", None) or (found.definition.plan.owner if found.definition.plan else None)
    return {
        "id": f"{NOTEBOOK}/{part}", "notebook": NOTEBOOK, "subject": part, "question": question, "answers": answers,
        "period": found.definition.period, "headline": headline, "owner": owner,
        "source": getattr(given, "table", None) or Sentence("the params"), "method": COUNTED,
    }  # fmt: skip


def _nothing(found: Scored, part: str, question: Sentence, answers: tuple[str, ...]) -> Finding:
    # a company that declares no such table is told once, among what is not asked
    return Finding(verdict="no_data", sentence=missing(part), **_same(found, part, question, answers, headline=False))


def _schedule(found: Scored) -> Finding:
    s, answers = found.schedule, ("F65",)
    if s is None or not s.phases:
        return _nothing(found, "schedule", ON_TIME, answers)
    late = [p for p in s.phases if p.late]
    slip = Quantity(s.slip, "days")
    named = {"slip": slip, "n": len(s.phases), "done": sum(p.state == "done" for p in s.phases)}
    said = Sentence("{done} of {n} phases are done; the plan is on schedule.", named)
    decision = None
    if s.slip > 0:
        now = next((p for p in s.phases if p.state == "under_way"), None)
        said = Sentence("{done} of {n} phases are done; the plan is {slip} behind.", named)
        if now is not None:
            said = Sentence("{done} of {n} phases are done; {phase} is {slip} behind.", {**named, "phase": now.name})
        if s.planned_end:
            named |= {"planned": s.planned_end, "end": s.planned_end + timedelta(days=int(s.slip))}
            decision = Sentence("Make up the delay, or plan anew: as it goes the plan ends on {end}, not on {planned}.", named)
    if s.launch is not None and not math.isnan(s.launch.start_slip):
        launch = {"said": said, "launch": s.launch.name, "day": s.launch.actual_start, "slip": Quantity(s.launch.end_slip, "days")}
        said = Sentence("{said} The launch began on {day}.", launch)
        if s.launch.end_slip > 0:
            said = Sentence("{said} The launch began on {day} and ended {slip} late.", launch)
    numbers = {"late": len(late), "phases": len(s.phases), "done": named["done"]}
    return Finding(
        verdict="measured", sentence=said, decision=decision, estimate=s.slip, unit="days", n=len(s.phases), n_unit="phases",
        numbers=numbers, **_same(found, "schedule", ON_TIME, answers),
    )  # fmt: skip


def _phases(found: Scored) -> Iterator[Finding]:
    for p in found.schedule.phases if found.schedule else ():
        if math.isnan(p.end_slip):
            continue
        named = {"phase": p.name, "slip": Quantity(abs(p.end_slip), "days"), "day": p.planned_end}
        said = Sentence("{phase} ended on the day planned.", named)
        if p.open_end:
            said = Sentence("{phase} should have ended on {day}: {slip} late so far.", named)
        elif p.end_slip > 0:
            said = Sentence("{phase} ended {slip} late.", named)
        elif p.end_slip < 0:
            said = Sentence("{phase} ended {slip} early.", named)
        same = _same(found, "schedule", ON_TIME, ("F65",), headline=False)
        yield Finding(**{**same, "id": f"{NOTEBOOK}/schedule/{p.name}", "subject": p.name}, verdict="measured", sentence=said,
                      estimate=p.end_slip, unit="days", n=1, n_unit="phases")  # fmt: skip


def _readiness(found: Scored) -> Finding:
    c, answers = found.readiness, ("F67",)
    if c is None or not c.items:
        return _nothing(found, "readiness", READY, answers)
    named = {"done": c.done, "n": len(c.items), "late": tuple(i.name for i in c.overdue)}
    said = Sentence("{done} of {n} items are ready.", named)
    decision = None
    if c.overdue:
        said = Sentence("{done} of {n} items are ready; overdue: {late}.", named)
        decision = Sentence("Make ready, or do without: {late}.", named)
    return Finding(
        verdict="measured", sentence=said, decision=decision, estimate=c.done / len(c.items), unit="percent", n=len(c.items),
        n_unit="items", numbers={"ready": c.done, "items": len(c.items), "overdue": len(c.overdue)},
        **_same(found, "readiness", READY, answers),
    )  # fmt: skip


def _informed(found: Scored) -> Finding:
    t, answers = found.informed, ("F72",)
    if t is None or not t.tellings:
        return _nothing(found, "informed", TOLD, answers)
    late = tuple(dict.fromkeys(x.department for x in t.late))
    named = {"kept": t.in_time, "n": len(t.tellings), "late": late}
    said = Sentence("Of {n} times a department was to be told of a change, {kept} were in time.", named)
    decision = None
    if late:
        said = Sentence("Of {n} times a department was to be told of a change, {kept} were in time; too late: {late}.", named)
        decision = Sentence("Tell before the change takes effect: {late}.", named)
    return Finding(
        verdict="measured", sentence=said, decision=decision, estimate=t.in_time / len(t.tellings), unit="percent",
        n=len(t.tellings), n_unit="departments and changes", numbers={"in_time": t.in_time, "told": len(t.tellings)},
        **_same(found, "informed", TOLD, answers),
    )  # fmt: skip


def _departments(found: Scored) -> Iterator[Finding]:
    for department, (kept, n) in (found.informed.by_department() if found.informed else {}).items():
        named = {"department": department, "kept": kept, "n": n}
        said = Sentence("{department} was told of {kept} of {n} changes in time.", named)
        same = _same(found, "informed", TOLD, ("F72",), headline=False)
        yield Finding(**{**same, "id": f"{NOTEBOOK}/informed/{department}", "subject": department}, verdict="measured",
                      sentence=said, segment=department, estimate=kept / n, unit="percent", n=n, n_unit="changes")  # fmt: skip


def _owners(found: Scored) -> Finding:
    o, answers = found.owners, ("F73",)
    if not o.parts:
        said = Sentence("The params name no plan and no goals: there is nothing to own.")
        return Finding(verdict="no_data", sentence=said, **_same(found, "owners", OWNED, answers, headline=False))
    named = {
        "whole": o.whole, "n": len(o.parts), "nobody": tuple(p.label for p in o.without_owner),
        "why": tuple(p.label for p in o.without_reason),
    }  # fmt: skip
    said, decision = Sentence("Every part of the plan has an owner and a reason.", named), None
    if o.without_owner:
        said = Sentence("{whole} of {n} parts have an owner and a reason; nobody owns: {nobody}.", named)
        decision = Sentence("Name who owns: {nobody}.", named)
    elif o.without_reason:
        said = Sentence("{whole} of {n} parts have an owner and a reason; no reason is given for: {why}.", {**named, "why": named["why"]})
        decision = Sentence("Say why it is there, or take it out: {parts}.", {"parts": named["why"]})
    return Finding(
        verdict="measured", sentence=said, decision=decision, estimate=o.whole / len(o.parts), unit="percent", n=len(o.parts),
        n_unit="parts", numbers={"without_owner": len(o.without_owner), "without_reason": len(o.without_reason)},
        **_same(found, "owners", OWNED, answers),
    )  # fmt: skip


def _drivers(found: Scored) -> Finding:
    """What moves the goals: the answer on one line; the table beside it has each goal and change."""
    driven = found.drivers.driven
    same = _same(found, "drivers", DRIVES, ("F06",), headline=False) | {"source": Sentence("the findings of this report"), "method": "changes made for a goal's KPI, by their verdicts"}
    if not driven:
        return Finding(verdict="no_data", sentence=Sentence("The params name no goal: nothing says what success is."), **same)
    goals = tuple(d.goal.question.values.get("goal", d.goal.subject) for d in driven if d.moved)
    still = tuple(d.goal.question.values.get("goal", d.goal.subject) for d in driven if not d.moved)
    named = {"n": len(driven), "k": len(goals), "still": still}
    said = Sentence("For each of {n} goals a change was measured that moves it.", named)
    if still:
        said = Sentence("For {k} of {n} goals a change was measured that moves it; nothing measured moves: {still}.", named)
    decision = Sentence("Plan a change or a test that could move it: {still}.", named) if still else None
    return Finding(
        verdict="measured", sentence=said, decision=decision, estimate=float(len(goals)), unit="number", n=len(driven), n_unit="goals",
        numbers={"moved": len(goals), "goals": len(driven)}, **same,
    )  # fmt: skip


_SAID = {
    "for": "What is measured speaks for it: {yes} for, {no} against, {open} open.",
    "against": "What is measured speaks against it: {yes} for, {no} against, {open} open.",
    "mixed": "What is measured speaks both ways: {yes} for, {no} against, {open} open.",
    "open": "Nothing that is measured speaks for or against it; {open} pieces are open.",
}


_SAID_OF = {
    "for": "“{claim}”: what is measured speaks for it, {yes} for, {no} against, {open} open.",
    "against": "“{claim}”: what is measured speaks against it, {yes} for, {no} against, {open} open.",
    "mixed": "“{claim}”: what is measured speaks both ways, {yes} for, {no} against, {open} open.",
    "open": "“{claim}”: nothing that is measured speaks for or against it; {open} pieces are open.",
}


def _tested(t: Tested, found: Scored) -> Finding:
    counts = {"yes": t.count("for"), "no": t.count("against"), "open": t.count("open")}
    said, decision = Sentence(_SAID[t.state], counts), None
    if t.claim:
        said = Sentence(_SAID_OF[t.state], {**counts, "claim": t.claim.label})
    if t.state == "against":
        decision = Sentence("Change the claim, or what is done for it: {claim}.", {"claim": t.claim.label if t.claim else t.question})
    return Finding(
        id=f"{NOTEBOOK}/strategy/{t.name}", notebook=NOTEBOOK, subject=t.name, question=t.question, answers=("F57",),
        verdict="no_data" if t.state == "open" else "measured", sentence=said, decision=decision,
        owner=t.claim.owner if t.claim else None, period=found.definition.period, n=len(t.evidence), n_unit="findings",
        numbers={"for": counts["yes"], "against": counts["no"], "open": counts["open"]},
        method="findings for and against, counted",
    )  # fmt: skip
