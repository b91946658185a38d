"""What follows for the service: the findings of every part, and what stays open."""

from __future__ import annotations

from toolkit.findings import Finding, Findings
from toolkit.language import Sentence
from toolkit.service import adoption, answering, complaints, leads, staff, touchpoints
from toolkit.service.checking import ServiceChecks
from toolkit.service.missing import PARTS, Missing
from toolkit.service.results import Served
from toolkit.service.wording import NOTEBOOK

_CONCLUDE = {
    "complaints": complaints.conclude, "answering": answering.conclude, "touchpoints": touchpoints.conclude,
    "adoption": adoption.conclude, "leads": leads.conclude, "staff": staff.conclude,
}  # fmt: skip
QUESTION = Sentence("How well does the service run, and what is to be mended first?")


def conclude(found: Served, checks: ServiceChecks) -> Findings:
    """All in one, then the main finding of each part, then everything else, then what is not declared."""
    each = [tuple(_CONCLUDE[name](found.parts[name], checks.parts[name])) for name in found.in_order]
    mains = [findings[0] for findings in each if findings]
    rest = [f for findings in each for f in findings[1:]]
    return Findings(tuple([_overall(found, mains), *mains, *rest, *(_open(found, m) for m in found.missing)]))


def _overall(found: Served, mains: list[Finding]) -> Finding:
    """What leadership must read, in one place; what to mend first as its decision."""
    told = [f for f in mains if f.headline and f.verdict != "no_data"]
    shared = {"id": f"{NOTEBOOK}/overall", "notebook": NOTEBOOK, "subject": "overall", "question": QUESTION,
              "period": found.window.label}  # fmt: skip
    if not told:
        said = Sentence("Nothing that is declared of the service could be measured in this time.")
        return Finding(verdict="no_data", sentence=said, **shared)
    said = told[-1].sentence
    for f in reversed(told[:-1]):
        said = Sentence("{first} {rest}", {"first": f.sentence, "rest": said})
    decided = [f for f in told if f.decision is not None]
    first = decided[0] if decided else None
    return Finding(
        verdict="measured", sentence=said, decision=first.decision if first else None, owner=first.owner if first else None,
        source=", ".join(dict.fromkeys(f.source for f in told)),
        numbers={"open_questions": len({a for m in found.missing for a in m.answers})}, **shared,
    )  # fmt: skip


def _open(found: Served, m: Missing) -> Finding:
    """A question that stays open, because no table answers it."""
    subject = m.place.split(".")[1]
    return Finding(
        id="/".join((NOTEBOOK, subject if subject in PARTS else "open", "missing", m.place)), notebook=NOTEBOOK,
        question=QUESTION, subject=subject, verdict="no_data", period=found.window.label, answers=m.answers,
        sentence=Sentence("'{place}' is not declared; it would tell {adds}.", {"place": m.place, "adds": m.adds}),
    )  # fmt: skip
