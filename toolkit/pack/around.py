"""What stands around the findings on a pack's first page: names, what is not declared, what came before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.company.models import Company
from toolkit.language import Sentence
from toolkit.pack.compare import Changed
from toolkit.pack.ledger import Became


@dataclass(frozen=True)
class Wanted:
    """A question that this report does not answer, and what would make it possible."""

    question: Sentence
    needs: Sentence


@dataclass(frozen=True)
class Around:
    """What the first page says beside the findings.

    Attributes
    ----------
    kpis
        A KPI's name -> what people call it.
    wanted
        What the params file does not declare.
    became
        What became of earlier decisions.
    earlier
        The period of the report it is compared with; None where there is none.
    changed
        What differs from that report.
    """

    kpis: Mapping[str, str] = field(default_factory=dict)
    wanted: tuple[Wanted, ...] = ()
    became: tuple[Became, ...] = ()
    earlier: str | None = None
    changed: tuple[Changed, ...] = ()


_PARTS = (
    ("goals", Sentence("Will the goals be met?"), Sentence("Add `goals`, each with a KPI, a target, steps and an owner.")),
    ("changes", Sentence("Did changes of the plan bring what they promised?"),
     Sentence("Add `changes`, each with its KPI, the day it took effect and what it promised.")),
    ("tests", Sentence("Which variant is better?"),
     Sentence("Add `tests` and a table with one row a customer: who was assigned to what, and what came of it.")),
    ("benchmarks", Sentence("Where do we stand among competitors?"),
     Sentence("Add `benchmarks` and a table of answers of our own and of competitors' customers.")),
    ("customers", Sentence("Which customers are worth keeping?"),
     Sentence("Add `customers` and tables of orders or contracts, with what they bring and cost.")),
    ("service", Sentence("How does the service run?"),
     Sentence("Add `service` and tables of complaints and of contacts, with when each was answered.")),
    ("money", Sentence("Does the plan keep to its budget, and does it return it?"),
     Sentence("Add `money` and a table of months with planned and actual money and hours.")),
    ("plan", Sentence("Is the plan on schedule, and does every part have an owner?"),
     Sentence("Add `plan`: its parts with owners, and tables of phases, readiness and who was told.")),
)  # fmt: skip


def wanted_of(company: Company) -> tuple[Wanted, ...]:
    """The questions whose part of the params file is not there."""
    return tuple(Wanted(question, needs) for part, question, needs in _PARTS if not getattr(company, part, None))


def names_of(company: Company) -> dict[str, str]:
    """What people call each KPI."""
    return {name: kpi.label for name, kpi in company.kpis.items() if kpi.label}
