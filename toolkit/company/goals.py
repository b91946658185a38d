"""The plan's goals: each with a target, ordered steps, criteria of success, and why it is set."""

from __future__ import annotations

import ast
import operator
from collections.abc import Mapping
from typing import Literal

from pydantic import Field, field_validator, model_validator

from toolkit.company.base import Day, Format, Name, Part, Sql, Text
from toolkit.company.targets import Target, Written

_OPERATIONS = {
    ast.Add: operator.add, ast.Sub: operator.sub, ast.Mult: operator.mul, ast.Div: operator.truediv,
    ast.USub: operator.neg,
}  # fmt: skip
_FORMULA = "may hold KPI names, numbers, brackets and + - * / only"


class Step(Part):
    """One step of a goal.

    Attributes
    ----------
    label
        What is done.
    measure
        How one sees that it is done.
    kpi, level
        Instead of words: the step is done when this KPI has reached this level.
    due, done
        When it shall be, and when it was done.
    owner, reason
        Who does it, and what for.
    """

    label: Text
    measure: Text | None = None
    kpi: Name | None = None
    level: float | None = None
    due: Day | None = None
    done: Day | None = None
    owner: Text | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _measured_whole(self) -> Step:
        if (self.kpi is None) != (self.level is None):
            raise ValueError("a measured step needs both 'kpi' and 'level'")
        return self


class StepTable(Part):
    """Where a goal's steps are kept: one row a step.

    Attributes
    ----------
    table, where
        The table, and which of its rows are this goal's.
    order
        The column that orders the steps.
    label, measure, due, done, owner, reason
        The columns that say what a step's own keys of these names would say.
    """

    table: Name
    where: Sql | None = None
    order: Name = "position"
    label: Name = "step"
    measure: Name | None = "measure"
    due: Name | None = "due_on"
    done: Name | None = "done_on"
    owner: Name | None = "owner"
    reason: Name | None = "reason"

    def columns(self) -> dict[str, str]:
        """Our key -> the table's column, for those that are read."""
        keys = ("order", "label", "measure", "due", "done", "owner", "reason")
        return {k: getattr(self, k) for k in keys if getattr(self, k)}


class Criterion(Part):
    """A criterion of success, with its formula.

    Attributes
    ----------
    formula
        Arithmetic over KPI names, such as ``renewal_rate * spend``.
    at_least, at_most
        What it shall be.
    format
        What the result is in.
    """

    label: Text
    formula: Text
    at_least: float | None = None
    at_most: float | None = None
    format: Format = "number"

    @field_validator("formula")
    @classmethod
    def _plain_arithmetic(cls, text: str) -> str:
        kpis_of(text)
        return text

    @model_validator(mode="after")
    def _one_bound(self) -> Criterion:
        if (self.at_least is None) == (self.at_most is None):
            raise ValueError("give 'at_least' or 'at_most', one of them")
        return self


class Goal(Part):
    """A goal of the company, or of its relationships with customers.

    Attributes
    ----------
    kind
        ``company`` (repeat sales, profit, awareness) or ``relationship`` (retention, service).
    kpi
        What measures it.
    target
        What it shall reach by when; the KPI's own target where absent.
    reason, owner
        Why it is set, and who answers for it.
    steps, steps_from
        The ordered steps, here or in a table.
    criteria
        When it counts as a success.
    benefits
        KPIs of what money does not show: ease of work, what users say, how people deal with
        each other.
    """

    label: Text
    kind: Literal["company", "relationship"] = "company"
    kpi: Name
    target: Target | None = None
    reason: Text | None = None
    owner: Text | None = None
    steps: list[Step] = Field(default=[], max_length=200)
    steps_from: StepTable | None = None
    criteria: list[Criterion] = Field(default=[], max_length=50)
    benefits: list[Name] = Field(default=[], max_length=50)

    @model_validator(mode="after")
    def _steps_in_one_place(self) -> Goal:
        if self.steps and self.steps_from:
            raise ValueError("give 'steps' or 'steps_from', one of them")
        return self


class Overall(Part):
    """One line over several KPIs: each against its own baseline, weighed together.

    Attributes
    ----------
    kpis
        KPI -> weight; only their proportions count.
    baseline_period
        The period in which the line is 100; the first one measured where absent.
    """

    label: Text
    kpis: dict[Name, float] = Field(min_length=1, max_length=20)
    baseline_period: Written | None = None

    @model_validator(mode="after")
    def _weights_count(self) -> Overall:
        if any(not 0 < w < float("inf") for w in self.kpis.values()):
            raise ValueError("every weight in 'kpis' must be a positive number")
        return self


def kpis_of(formula: str) -> tuple[str, ...]:
    """The KPIs a formula names, in order.

    Raises
    ------
    ValueError
        It is no plain arithmetic, or names no KPI.
    """
    try:
        tree = ast.parse(formula, mode="eval").body
    except (SyntaxError, RecursionError):
        raise ValueError(f"is no formula: it {_FORMULA}") from None
    names: dict[str, None] = {}

    def walk(node: ast.expr) -> None:
        if isinstance(node, ast.Name):
            names[node.id] = None
        elif isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            walk(node.left)
            walk(node.right)
        elif isinstance(node, ast.UnaryOp) and type(node.op) in _OPERATIONS:
            walk(node.operand)
        elif not (isinstance(node, ast.Constant) and type(node.value) in (int, float)):
            raise ValueError(f"'{formula}' {_FORMULA}")

    walk(tree)
    if not names:
        raise ValueError(f"'{formula}' names no KPI")
    return tuple(names)


def value_of(formula: str, values: Mapping[str, float]) -> float:
    """What a formula comes to; nan where it divides by nothing."""

    def of(node: ast.expr) -> float:
        if isinstance(node, ast.Name):
            return float(values[node.id])
        if isinstance(node, ast.Constant):
            return float(node.value)
        if isinstance(node, ast.UnaryOp):
            return _OPERATIONS[type(node.op)](of(node.operand))
        return _OPERATIONS[type(node.op)](of(node.left), of(node.right))

    try:
        return of(ast.parse(formula, mode="eval").body)
    except ZeroDivisionError:
        return float("nan")
