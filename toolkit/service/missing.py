"""What is not declared, and what it would add: said on the page, never taken for zero."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.company.service import Service
from toolkit.language import Sentence

PARTS = ("complaints", "answering", "touchpoints", "adoption", "leads", "staff")
"""In reading order."""


@dataclass(frozen=True)
class Missing:
    """A part of ``service`` that is not declared.

    Attributes
    ----------
    place
        Where it would stand in the params file.
    adds
        What it would tell.
    answers
        The questions that stay open without it.
    """

    place: str
    adds: Sentence
    answers: tuple[str, ...]


_ADDS = (
    ("complaints", Sentence("which process causes most complaints, and whether they are dealt with"), ("F42", "F43")),
    ("complaints.per", Sentence("how many complaints come to a hundred orders, and whether they grow"), ("F43",)),
    ("complaints.by", Sentence("which process is first in each region"), ("F43",)),
    ("complaints.in_favour", Sentence("how many complaints are resolved in the customer's favour"), ("F42",)),
    ("complaints.cost", Sentence("what complaints cost"), ("F42",)),
    ("complaints.resolved", Sentence("how long complaints take"), ("F44",)),
    ("complaints.progress", Sentence("whether customers are told of progress"), ("F46",)),
    ("answering", Sentence("how soon customers are answered"), ("F44", "F45", "F46")),
    ("answering.replied", Sentence("how soon customers have a first reply"), ("F45",)),
    ("answering.resolved", Sentence("how soon matters are settled"), ("F46",)),
    ("answering.promises", Sentence("whether what was promised is kept"), ("F44", "F17")),
    ("answering.staffing", Sentence("whether a queue has colleagues enough"), ("F44",)),
    ("touchpoints", Sentence("the level seen at each touchpoint, against the level wanted"), ("F16", "F17", "F18")),
    ("outreach", Sentence("whether the communication plan is kept: who, how often, by which way"), ("F20", "F23")),
    ("requests", Sentence("what customers ask for that is not offered"), ("F47",)),
    ("surveys", Sentence("what satisfaction surveys can measure"), ("F48",)),
    ("adoption", Sentence("whether the CRM system is used"), ("F80", "F81", "F22", "F23")),
    ("adoption.users", Sentence("who has access, by team"), ("F80",)),
    ("adoption.logins", Sentence("when most had used the system, and who the last ones are"), ("F80",)),
    ("adoption.training", Sentence("whether training is done"), ("F81",)),
    ("adoption.logging", Sentence("whether contacts are written down, with templates and by systems"), ("F22", "F23")),
    ("leads", Sentence("which leads are won"), ("F82", "F84")),
    ("leads.contacted", Sentence("how soon leads are taken up"), ("F82",)),
    ("leads.handed", Sentence("how soon leads go from marketing to sales"), ("F84",)),
    ("leads.accepted", Sentence("whether sales takes on what marketing hands over"), ("F84",)),
    ("leads.source", Sentence("which sources bring customers"), ("F82",)),
    ("leads.owner", Sentence("whether owners differ"), ("F82",)),
    ("checks", Sentence("what surprise checks show"), ("F49",)),
    ("feedback", Sentence("what colleagues say of touchpoints and of the system"), ("F50",)),
    ("recognition", Sentence("who keeps to the plan, given how hard the work is"), ("F52",)),
)  # fmt: skip


def missing(service: Service) -> tuple[Missing, ...]:
    """Every part that is not declared; of a whole part that is not, only itself."""
    found = []
    for place, adds, answers in _ADDS:
        at, absent = service, None
        for i, name in enumerate(place.split(".")):
            at = getattr(at, name)
            if at is None or at == {}:
                absent = ".".join(place.split(".")[: i + 1])
                break
        if absent == place:
            found.append(Missing(f"service.{place}", adds, answers))
    return tuple(found)
