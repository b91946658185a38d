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
QUESTION = Sentence("How well does the service run?")


def conclude(found: Served, checks: ServiceChecks) -> Findings:
    """The main finding of each part, then everything else, then what is not declared."""
    each = [tuple(_CONCLUDE[name](found.parts[name], checks.parts[name])) for name in found.in_order]
    mains = [findings[0] for findings in each if findings]
    rest = [f for findings in each for f in findings[1:]]
    return Findings(tuple([*mains, *rest, *(_open(found, m) for m in found.missing)]))


def _open(found: Served, m: Missing) -> Finding:
    """A question that stays open, because no table answers it."""
    subject = m.place.split(".")[1]
    return Finding(
        id="/".join((NOTEBOOK, subject if subject in PARTS else "open", "missing", m.place)), notebook=NOTEBOOK,
        question=QUESTION, subject=subject, verdict="no_data", period=found.window.label, answers=m.answers,
        sentence=Sentence("'{place}' is not declared; it would tell {adds}.", {"place": m.place, "adds": m.adds}),
    )  # fmt: skip
