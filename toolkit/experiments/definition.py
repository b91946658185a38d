"""An A/B test as a value: who was assigned to what, what is measured, and what decides.

It holds no data: it can be printed, kept, and used again on next week's table.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal, get_args

from toolkit.language import Sentence
from toolkit.language.quantities import effect_unit, level_unit
from toolkit.problems import Problem, Refused

Role = Literal["primary", "guardrail", "exploratory"]
Compares = Literal["message", "offer", "service", "contact_method"]
FORMATS = ("percent", "number", "money", "hours", "days", "minutes", "score", "count")
BETTER = ("higher", "lower")
IN_TARGET, OUTSIDE = "in the target", "outside it"
"""What a segment by the target is called."""
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


@dataclass(frozen=True)
class Metric:
    """One thing measured in every arm, and the part it plays.

    Attributes
    ----------
    name
        An identifier.
    numerator, denominator
        SQL over the table's columns, summed over rows; `numerator` is the column `name` where
        absent. Their ratio is the value: a mean or a share with denominator 1.
    role
        ``primary`` decides, ``guardrail`` must not get worse, ``exploratory`` informs.
    where
        Which rows count.
    quantile
        Instead of a ratio: this quantile of `numerator` over the rows.
    margin, relative_margin
        How much worse is still acceptable: in the metric's unit, or as a share of the control's
        value. Positive.
    worthwhile
        The smallest effect worth having, in the metric's unit. Positive.
    better
        ``higher`` or ``lower``: which way is good.
    format
        The unit it is shown in; where absent, ``percent`` if the data are 0 and 1, else ``number``.
    label
        Its name for people.
    per
        What one of it is counted against, in words ("customer").
    within_days
        Counted over so many days from the unit's assignment; units assigned later than that
        before ``as_of`` are not counted yet.
    """

    name: str
    numerator: str | None = None
    denominator: str = "1"
    role: Role = "exploratory"
    where: str | None = None
    quantile: float | None = None
    margin: float | None = None
    relative_margin: float | None = None
    worthwhile: float | None = None
    better: Literal["higher", "lower"] = "higher"
    format: str | None = None
    label: str | None = None
    per: str | None = None
    within_days: int | None = None

    @property
    def value(self) -> str:
        """The numerator's SQL."""
        return f'"{self.name}"' if self.numerator is None else self.numerator

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.label or self.name

    def level_unit(self, kind: str, currency: str) -> str:
        """The unit of its value in one arm."""
        return level_unit(self._format(kind), currency)

    def effect_unit(self, kind: str, currency: str) -> str:
        """The unit of a difference between two arms."""
        return effect_unit(self._format(kind), currency)

    def _format(self, kind: str) -> str:
        if self.format is None:
            return "percent" if kind == "share" else "number"
        # a count's average and its differences have decimals
        return "number" if self.format == "count" else self.format

    def problems(self) -> Iterator[Problem]:
        """What of it cannot be used."""
        at = f"metrics.{self.name}"
        if not _IDENTIFIER.fullmatch(self.name):
            yield Problem("metrics", "must be named by letters, digits and underscores", self.name)
        for name, choices in (("role", get_args(Role)), ("better", BETTER)):
            if getattr(self, name) not in choices:
                yield Problem(f"{at}.{name}", "is none of the choices", getattr(self, name), choices)
        if self.format is not None and self.format not in FORMATS:
            yield Problem(f"{at}.format", "is none of the choices", self.format, FORMATS)
        if self.quantile is not None and not 0 < self.quantile < 1:
            yield Problem(f"{at}.quantile", "must lie between 0 and 1", self.quantile)
        if self.quantile is not None and self.denominator.strip() != "1":
            yield Problem(f"{at}.denominator", "does not go with a quantile", self.denominator)
        for name, least in (("margin", False), ("relative_margin", False), ("worthwhile", True)):
            value = getattr(self, name)
            if value is None:
                continue
            if not math.isfinite(value) or value < 0 or (least and value == 0):
                rule = "must be above 0" if least else "must be 0 or more"
                yield Problem(f"{at}.{name}", rule, value)
        if self.margin is not None and self.relative_margin is not None:
            yield Problem(at, "has 'margin' and 'relative_margin': give one of them")
        if self.role == "guardrail" and self.margin is None and self.relative_margin is None:
            yield Problem(at, "is a guardrail and needs 'margin' or 'relative_margin': how much worse is acceptable")


@dataclass(frozen=True)
class Experiment:
    """An A/B test.

    Attributes
    ----------
    arm, control, arms
        The column of the arms, the arm compared against, and the *intended* split as weights. Arms
        are compared as text, so ``1`` in the data is the arm ``"1"``.
    metrics
        What is measured; one at least is primary.
    unit
        The column that names who was assigned; every row is a unit of its own where absent.
    cluster
        Where whole groups were assigned: their column. Errors are by it.
    covariates
        Columns of numbers known before assignment that explain the outcome (CUPED).
    strata
        A column known before assignment, to post-stratify by.
    segments
        Columns to look for different effects in.
    where
        Which rows of the table belong to the test (SQL).
    target
        Who the offer is meant for (SQL, true or false); the tested units are held against it.
    assigned_at
        The column that dates the assignment.
    starts, ends, as_of
        When the test runs, last day included, and the last day of the data. Read before its
        end, intervals hold at every look.
    level
        Of the intervals, all primary metrics and arms together.
    source
        Where the table comes from, in words.
    compares
        What the arms are versions of.
    arm_labels
        What arms are called where their value is not fit to be read: ``{version_b: Version B}``.
    exact_units, buckets
        Up to so many units errors are computed by unit, beyond it between so many buckets.
    """

    arm: str
    control: str
    arms: Mapping[str, float]
    metrics: tuple[Metric, ...]
    name: str = "test"
    label: str | None = None
    question: str | None = None
    unit: str | None = None
    cluster: str | None = None
    covariates: tuple[str, ...] = ()
    strata: str | None = None
    segments: tuple[str, ...] = ()
    where: str | None = None
    target: str | None = None
    assigned_at: str | None = None
    starts: date | None = None
    ends: date | None = None
    as_of: date | None = None
    level: float = 0.95
    min_cell: int = 10
    owner: str | None = None
    decide_by: date | None = None
    currency: str = "EUR"
    source: str = ""
    compares: Compares = "message"
    arm_labels: Mapping[str, str] = field(default_factory=dict)
    exact_units: int = 1_000_000
    buckets: int = 256
    treatments: tuple[str, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        settle = object.__setattr__
        settle(self, "arms", {str(k): float(v) for k, v in dict(self.arms).items()})
        settle(self, "control", str(self.control))
        settle(self, "arm_labels", {str(k): str(v) for k, v in dict(self.arm_labels).items()})
        for name in ("metrics", "covariates", "segments"):
            settle(self, name, tuple(getattr(self, name)))
        settle(self, "treatments", tuple(a for a in self.arms if a != self.control))
        problems = [p for metric in self.metrics for p in metric.problems()]
        problems += self._problems()
        if problems:
            raise Refused([_under(self.name, p) for p in problems])

    def _problems(self) -> Iterator[Problem]:
        if self.control not in self.arms:
            yield Problem("control", "is none of the arms", self.control, tuple(self.arms))
        if len(self.arms) < 2:
            yield Problem("arms", "must be two at least: a test with one arm compares nothing", tuple(self.arms))
        for name, share in self.arms.items():
            if not (math.isfinite(share) and share > 0):
                yield Problem(f"arms.{name}", "must be a share above 0 of the intended split", share)
        if not any(m.role == "primary" for m in self.metrics):
            yield Problem("metrics", "must hold one with role 'primary': it decides the test")
        for name in self.arm_labels:
            if name not in self.arms:
                yield Problem("arm_labels", "is none of the arms", name, tuple(self.arms))
        if self.compares not in get_args(Compares):
            yield Problem("compares", "is none of the choices", self.compares, get_args(Compares))
        names = [m.name for m in self.metrics]
        for name in dict.fromkeys(n for n in names if names.count(n) > 1):
            yield Problem("metrics", "stands twice", name)
        if not 0.5 < self.level < 1:
            yield Problem("level", "must lie between 0.5 and 1", self.level)
        if self.starts and self.ends and self.ends < self.starts:
            yield Problem("ends", "must not lie before 'starts'", self.ends)
        if any(m.within_days for m in self.metrics) and not self.assigned_at:
            yield Problem("assigned_at", "is needed by 'within_days'")
        if self.buckets not in (16, 256):
            yield Problem("buckets", "must be 16 or 256", self.buckets)

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.label or self.name

    def called(self, arm: str) -> str:
        """What an arm is called."""
        return self.arm_labels.get(arm, arm)

    @property
    def running(self) -> bool:
        """Whether it is read before its end, so that every look must count."""
        return self.as_of is not None and self.ends is not None and self.as_of < self.ends

    @property
    def alpha(self) -> float:
        """The chance of a false claim that is accepted."""
        return 1 - self.level

    @property
    def assigned(self) -> str | None:
        """The column of what was assigned."""
        return self.cluster or self.unit

    @property
    def noun(self) -> str | None:
        """What one assigned unit is called, from its column: ``customer_id`` is a customer."""
        return noun(self.assigned)

    @property
    def units(self) -> str:
        """What the assigned units are called."""
        return f"{self.noun}s" if self.noun else "rows"

    @property
    def one(self) -> str:
        """What one assigned unit is called."""
        return self.noun or "row"

    def by_role(self, role: Role) -> tuple[Metric, ...]:
        """The metrics that play a part."""
        return tuple(m for m in self.metrics if m.role == role)


def noun(column: str | None) -> str | None:
    """What a column of names names: ``customer_id`` a customer; None where it does not say."""
    if not column:
        return None
    word = re.sub(r"(_|\b)(id|key|no|number|code)$", "", column.strip().lower())
    word = word.replace("_", " ").strip()
    return word or None


def segment_words(column: str, value: str) -> tuple[str | Sentence, str | Sentence]:
    """A segment as tables name it: its column and value, or whether it is those the test is for."""
    if column == "target":
        return Sentence("target"), Sentence("in the target" if value == IN_TARGET else "outside it")
    return spoken(column), value


def spoken(column: str) -> str:
    """A column's name as words: ``age_band`` is age band."""
    return column.replace("_", " ").strip() or column


def _under(test: str, problem: Problem) -> Problem:
    place = f"tests.{test}.{problem.place}"
    return Problem(place, problem.rule, problem.value, problem.choices, problem.rows, problem.examples)
