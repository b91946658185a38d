"""The plan itself: what it is for, whom it serves, how contacts are handled, who owns each part, and why."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints, model_validator

from toolkit.company.base import Day, Name, Part, Sql, Text

Judge = Annotated[str, StringConstraints(pattern=r"^(goals|kpis|changes|tests|benchmarks|touchpoints)\.[a-z][a-z0-9_]*$")]
"""What judges a part of the plan: ``goals.keep_customers``, ``kpis.renewal_rate``, ``changes.new_carrier``."""

STRATEGY = ("distinct_value", "tailored_activities", "trade_offs", "fit", "continuity")
"""The five tests of a good strategy (Porter 1996; Magretta 2012, part two)."""


class PlanPart(Part):
    """One part of the plan.

    Attributes
    ----------
    label, text
        What it is, shortly and at length.
    owner, reason
        Whose it is, and why it is there.
    judged_by
        What is measured tells whether it holds.
    """

    label: Text
    text: Text | None = None
    owner: Text | None = None
    reason: Text | None = None
    judged_by: list[Judge] = Field(default=[], max_length=12)


class Need(PlanPart):
    """What customers need, and what is offered for it."""

    offer: Text | None = None


class Contact(PlanPart):
    """One kind of contact: by which way, within which time, and who handles it in turn.

    Attributes
    ----------
    within_hours
        The longest time until the customer is answered.
    flow
        Who handles it first, who takes over, in order.
    """

    medium: Text | None = None
    within_hours: float | None = Field(default=None, gt=0)
    flow: list[Text] = Field(default=[], max_length=10)


class Communication(Part):
    """How the company speaks with its customers."""

    policy: Text
    owner: Text | None = None
    reason: Text | None = None
    contacts: dict[Name, Contact] = {}


class Claim(PlanPart):
    """What the plan claims in one of the five tests of a strategy.

    Attributes
    ----------
    refuses
        What the plan says no to. Under ``trade_offs``, `judged_by` names such things: a test or a change
        that does harm speaks for having refused it.
    """

    refuses: list[Text] = Field(default=[], max_length=10)


class Schedule(Part):
    """Where the phases are kept: one row a phase, with planned and actual days.

    Attributes
    ----------
    launch
        The phase that is the launch.
    """

    table: Name
    phase: Name = "phase"
    planned_start: Name = "planned_start"
    planned_end: Name = "planned_end"
    actual_start: Name = "actual_start"
    actual_end: Name = "actual_end"
    launch: Text | None = None
    owner: Text | None = None


class Readiness(Part):
    """Where the readiness checklist is kept: one row an item.

    Attributes
    ----------
    ready
        SQL that is true where the item is ready.
    """

    table: Name
    area: Name = "area"
    item: Name = "item"
    department: Name | None = None
    needed_by: Name | None = "needed_by"
    ready: Sql = "ready = 1"
    owner: Text | None = None


class Informed(Part):
    """Where it is kept who was told of which change, and when: one row a change and department.

    Attributes
    ----------
    notice_days
        So many days before a change takes effect everybody shall have been told.
    """

    table: Name
    change: Name = "change"
    department: Name = "department"
    informed: Name = "informed_on"
    effective: Name = "effective_on"
    how: Name | None = None
    notice_days: int = Field(default=1, ge=0, le=365)
    owner: Text | None = None


class Decision(Part):
    """What was decided on a finding of an earlier report.

    Attributes
    ----------
    finding
        Its id, as in ``findings.json``.
    decided, decided_on, done_on
        What, when, and when it was done.
    """

    finding: Annotated[str, StringConstraints(min_length=1, max_length=200)]
    decided: Text
    decided_on: Day | None = None
    done_on: Day | None = None


class DecisionTable(Part):
    """Instead of a list: where decisions are kept, one row each; the keys name its columns."""

    table: Name
    finding: Name = "finding"
    decided: Name = "decided"
    decided_on: Name | None = "decided_on"
    done_on: Name | None = "done_on"


class Plan(Part):
    """The plan as a document, each part with its owner, its reason and what judges it.

    Attributes
    ----------
    objectives, customers_goals, touchpoints, needs, retention
        What the plan is for; what customers want to reach; where they meet the company; what they need
        and what is offered; what keeps them.
    communication
        The policy, and each kind of contact with its longest time and who handles it.
    strategy
        What the plan claims in each of the five tests.
    schedule, readiness, informed
        Where the tables are.
    decisions, decisions_from
        What was decided on findings of earlier reports: a list, or a table.
    """

    label: Text
    text: Text | None = None
    owner: Text | None = None
    reason: Text | None = None
    objectives: dict[Name, PlanPart] = {}
    customers_goals: dict[Name, PlanPart] = {}
    touchpoints: dict[Name, PlanPart] = {}
    needs: dict[Name, Need] = {}
    retention: dict[Name, PlanPart] = {}
    communication: Communication | None = None
    strategy: dict[Literal["distinct_value", "tailored_activities", "trade_offs", "fit", "continuity"], Claim] = {}
    schedule: Schedule | None = None
    readiness: Readiness | None = None
    informed: Informed | None = None
    decisions: list[Decision] = []
    decisions_from: DecisionTable | None = None

    @model_validator(mode="after")
    def _decisions_in_one_place(self) -> Plan:
        if self.decisions and self.decisions_from:
            raise ValueError("give 'decisions' or 'decisions_from', one of them")
        return self


class Department(Part):
    """A department or a segment with a page of its own.

    Attributes
    ----------
    where
        SQL over a KPI's table: its rows. The department's own name in `column` where absent.
    column
        The column that names it, in every table that has it.
    value
        What stands there; the department's key where absent.
    kpis
        Which KPIs its page shows.
    """

    label: Text
    column: Name | None = None
    value: Text | None = None
    where: Sql | None = None
    owner: Text | None = None
    kpis: list[Name] = Field(min_length=1, max_length=30)

    @model_validator(mode="after")
    def _told_apart(self) -> Department:
        if (self.column is None) == (self.where is None):
            raise ValueError("give 'column' or 'where', one of them: whose rows are its own?")
        return self
