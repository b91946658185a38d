"""What a KPI shall reach, by when, and against what it is measured."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, Field, model_validator

from toolkit.company.base import Day, Part, Text


def _written(value: object) -> object:
    # `baseline_period: 2025` is how people write a year; YAML reads a number there
    number = isinstance(value, int) and not isinstance(value, bool)
    return str(value) if number else value


Written = Annotated[Text, BeforeValidator(_written, json_schema_input_type=str | int)]
"""A period as people write it: 2025Q3, 2025-09, 2025."""


class TargetStep(Part):
    """A level to have reached on the way.

    Attributes
    ----------
    level
        In the KPI's own unit.
    by
        The last day of the period that must show it.
    """

    level: float
    by: Day


class Target(Part):
    """What a KPI shall reach: a level, or a change against a baseline.

    Attributes
    ----------
    level
        The value to reach, in the KPI's own unit (``0.95`` for 95 %): "profit to 10 %".
    relative_change
        Instead of `level`: the change as a share of the baseline, negative for less: "profit by
        10 %" is ``0.10``.
    baseline
        The value a `relative_change` is counted from.
    baseline_period
        Instead of `baseline`: the period whose measured value it is (``2025Q3``, ``2025``).
    due
        The last day of the period that must show it.
    steps
        Levels on the way, in order of time.
    owner, reason
        Who answers for it, and why it was set.
    """

    level: float | None = None
    relative_change: float | None = Field(default=None, gt=-1)
    baseline: float | None = None
    baseline_period: Written | None = None
    due: Day | None = None
    steps: list[TargetStep] = Field(default=[], max_length=50)
    owner: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _one_meaning(self) -> Target:
        wrong = []
        if (self.level is None) == (self.relative_change is None):
            wrong.append("give 'level' (to 10 %) or 'relative_change' (by 10 %), one of them")
        if self.baseline is not None and self.baseline_period is not None:
            wrong.append("give 'baseline' or 'baseline_period', one of them")
        if self.relative_change == 0:
            wrong.append("a 'relative_change' of 0 asks for nothing: give the 'level' to keep")
        days = [step.by for step in self.steps]
        if days != sorted(set(days)):
            wrong.append("'steps' stand in order of 'by', one a day")
        if self.due and days and days[-1] >= self.due:
            wrong.append("every step lies before 'due'")
        if wrong:
            raise ValueError(*wrong)
        return self
