"""The question as a value that holds no data: what the plan says of itself."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from toolkit.company.plan import Informed, Plan, Readiness, Schedule
from toolkit.findings import Finding
from toolkit.language import Sentence
from toolkit.study import Study

NOTEBOOK = "scorecard"


@dataclass(frozen=True)
class OwnedPart:
    """A part of the plan, whose it is and why it is there.

    Attributes
    ----------
    kind
        What it is: an objective, a goal, a change.
    """

    kind: Sentence
    label: str
    owner: str | None
    reason: str | None


@dataclass(frozen=True)
class Scorecard:
    """What is asked of the plan.

    Attributes
    ----------
    period
        As findings name it.
    until
        The last day that counts.
    plan
        As the params say it; None where they do not.
    parts
        Every part that should have an owner and a reason.
    changes
        A change's name -> what people call it.
    departments
        Who is to be told of every change; all departments that were told of any where empty.
    goals
        A goal's name -> its KPI.
    """

    period: str
    until: date
    plan: Plan | None = None
    parts: tuple[OwnedPart, ...] = ()
    changes: Mapping[str, str] = field(default_factory=dict)
    departments: tuple[str, ...] = ()
    goals: Mapping[str, str] = field(default_factory=dict)

    @property
    def schedule(self) -> Schedule | None:
        """Where the phases are."""
        return self.plan.schedule if self.plan else None

    @property
    def readiness(self) -> Readiness | None:
        """Where the checklist is."""
        return self.plan.readiness if self.plan else None

    @property
    def informed(self) -> Informed | None:
        """Where it is kept who was told."""
        return self.plan.informed if self.plan else None


@dataclass(frozen=True, eq=False)
class ScorecardStudy(Study[Scorecard]):
    """What a notebook hands to ``estimate``.

    Attributes
    ----------
    tables
        ``schedule``, ``readiness``, ``informed``: those that are declared.
    judged
        ``goals.keep_customers`` and the like -> what was found of it.
    """

    tables: Mapping[str, ir.Table] = field(default_factory=dict, repr=False)
    judged: Mapping[str, Finding] = field(default_factory=dict, repr=False)
