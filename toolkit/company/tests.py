"""An A/B test as the plan declares it: who was assigned to what, and what decides it."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from toolkit.company.base import Day, Name, Part, Sql, Text


class TestMetric(Part):
    """One KPI of a test and the part it plays.

    Attributes
    ----------
    role
        ``primary`` decides; ``guardrail`` must not get worse; ``exploratory`` informs.
    margin
        How much worse is still acceptable, in the KPI's own unit, always positive: a guardrail is
        shown non-inferior when its interval stays within it, and a primary metric or a guardrail
        worse beyond it is rolled back. 0 for a primary metric where absent.
    relative_margin
        The same as a share of the control's value.
    worthwhile
        The smallest effect worth shipping, in the KPI's own unit; for power and sample size.
    per_unit
        Divide by the units assigned instead of the KPI's denominator: spend per customer mailed,
        where the KPI itself is spend per order.
    within_days
        Only rows dated within so many days of the unit's assignment; for KPIs of other tables.
    """

    __test__ = False  # pytest would take the class for a test

    kpi: Name
    role: Literal["primary", "guardrail", "exploratory"] = "exploratory"
    margin: float | None = Field(default=None, ge=0)
    relative_margin: float | None = Field(default=None, ge=0, lt=1)
    worthwhile: float | None = Field(default=None, gt=0)
    per_unit: bool = False
    within_days: int | None = Field(default=None, ge=1, le=3650)

    @model_validator(mode="after")
    def _a_guardrail_has_a_margin(self) -> TestMetric:
        if self.margin is not None and self.relative_margin is not None:
            raise ValueError("give 'margin' or 'relative_margin', one of them")
        if self.role == "guardrail" and self.margin is None and self.relative_margin is None:
            raise ValueError("a guardrail needs 'margin' or 'relative_margin': how much worse is acceptable")
        return self


class Test(Part):
    """An A/B test.

    Attributes
    ----------
    table
        Holds one row per unit assigned (or per observation, where `cluster` says which were
        assigned together).
    where
        Which of its rows belong to this test.
    unit
        The column that names who was assigned; absent: every row is a unit of its own.
    cluster
        Where whole groups were assigned (shops, households): their column. Errors are by it.
    arm, control, arms
        The column of the arms, the arm compared against, and the *intended* split as weights
        (``{none: 1, mail: 1}``).
    arm_labels
        What arms are called on pages, where their value in the data is not fit to be read
        (``{version_b: Version B}``).
    compares
        What the arms are versions of: a ``message``, an ``offer``, a ``service``, or the
        ``contact_method`` by which customers are reached.
    assigned_at
        When the unit was assigned. Filters and covariates must be known before.
    starts, ends
        When the test ran, or shall run, the last day included. Read before its end, intervals
        are always-valid.
    covariates
        Columns known before assignment that explain the outcome (CUPED).
    strata
        A column known before assignment to post-stratify by.
    segments
        Columns to look for different effects in.
    target
        SQL: who the offer is meant for. The tested units are compared with it.
    """

    __test__ = False

    label: Text
    question: Text | None = None
    table: Name
    where: Sql | None = None
    unit: Name | None = None
    cluster: Name | None = None
    arm: Name
    control: Text
    arms: dict[Text, float] = Field(min_length=2, max_length=20)
    arm_labels: dict[Text, Text] = Field(default={}, max_length=20)
    compares: Literal["message", "offer", "service", "contact_method"] = "message"
    assigned_at: Name | None = None
    starts: Day | None = None
    ends: Day | None = None
    metrics: list[TestMetric] = Field(min_length=1, max_length=50)
    covariates: list[Name] = Field(default=[], max_length=20)
    strata: Name | None = None
    segments: list[Name] = Field(default=[], max_length=10)
    target: Sql | None = None
    level: float = Field(default=0.95, gt=0.5, lt=1)
    owner: Text | None = None
    decide_by: Day | None = None

    @model_validator(mode="after")
    def _it_can_decide(self) -> Test:
        wrong = []
        if self.control not in self.arms:
            wrong.append(f"'control' is '{self.control}', which is not among 'arms': {', '.join(self.arms)}")
        for name in self.arm_labels:
            if name not in self.arms:
                wrong.append(f"'arm_labels' names '{name}', which is not among 'arms': {', '.join(self.arms)}")
        if len({self.arm_labels.get(a, a) for a in self.arms}) < len(self.arms):
            wrong.append("'arm_labels' calls two arms the same")
        if any(not 0 < share < float("inf") for share in self.arms.values()):
            wrong.append("every share in 'arms' must be a positive number")
        if not any(m.role == "primary" for m in self.metrics):
            wrong.append("one of 'metrics' must have 'role: primary': it decides the test")
        names = [(m.kpi, m.within_days, m.per_unit) for m in self.metrics]
        if len(set(names)) < len(names):
            wrong.append("a KPI stands twice in 'metrics'")
        if self.starts and self.ends and self.ends < self.starts:
            wrong.append("'ends' lies before 'starts'")
        if any(m.within_days for m in self.metrics) and not self.assigned_at:
            wrong.append("'within_days' needs 'assigned_at'")
        if wrong:
            raise ValueError(*wrong)  # each becomes a problem of its own
        return self
