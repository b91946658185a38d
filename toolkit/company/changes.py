"""A change of the plan as it was announced: who is touched, what was promised, by when, at what cost."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from toolkit.company.base import Day, Name, Part, Sql, Text

Grain = Literal["week", "month", "quarter", "year"]
"""The length of one period of a series."""

LONGEST_WINDOW = 1040


def _by_name(value: object) -> object:
    """Columns in a list are segments of their own name."""
    if isinstance(value, list) and all(isinstance(v, str) for v in value):
        return {v: v for v in value}
    return value


Segments = Annotated[
    dict[Name, Sql],
    BeforeValidator(_by_name, json_schema_input_type=list[Name] | dict[Name, Sql]),
    Field(max_length=6),
]
"""Columns, or a name and the SQL whose values are the groups."""


class Cost(Part):
    """What a change costs, once and to date.

    Attributes
    ----------
    money
        In the company's currency.
    hours
        Of the company's own people.
    hour_rate
        What one hour costs.
    """

    money: float = Field(default=0.0, ge=0)
    hours: float = Field(default=0.0, ge=0)
    hour_rate: float = Field(default=0.0, ge=0)

    @property
    def total(self) -> float:
        """Money and hours as money."""
        return self.money + self.hours * self.hour_rate


class Answers(Part):
    """A survey in waves: rows are answers, so people may be found again.

    Attributes
    ----------
    value
        SQL: the answer as a number.
    weight
        The column of weights; all alike where absent.
    person
        The column that names who answered; nobody is found again where absent.
    strata
        The columns whose mix is held still.
    """

    value: Sql
    weight: Name | None = None
    person: Name | None = None
    strata: list[Name] = Field(default=[], max_length=4)


class Change(Part):
    """One change of the plan, and what it promised.

    Attributes
    ----------
    kpi
        The KPI it was made for. Its table says whose rows are read.
    effective
        The first day under the change. Periods that hold days of both kinds are left out.
    announced
        When people heard of it; before the effective day.
    due
        The day by which the promise should have come.
    touched
        SQL over the KPI's table: the rows the change touches. Absent: everybody is touched, and
        the series before the change is all there is to compare with.
    control
        SQL: the rows it does not touch, to compare with; all others where absent. ``none`` does
        without them.
    dated
        SQL: the day of a row, where the table has no column of it (``make_date(year, month, 1)``).
    adopted_at
        Instead of `touched`, where units got the change on different days: the column of that
        day, empty for units that never did. `effective` is the first of them.
    unit
        The column whose rows belong together; the KPI's own where absent.
    cluster
        Where whole teams or regions were touched and move together: their column.
    promised, promised_relative
        What it promised, in the KPI's unit (0.03 is three percentage points, -4 is four hours
        less), or as a share of the level before (-0.1 is a tenth less). One of them.
    worthwhile, worthwhile_relative
        The smallest effect worth having, likewise, with the sign of the promise.
    period
        How long one period of the series is.
    since
        Only rows from this day on are used.
    scale
        ``log`` looks at relative changes of a series; ``plain`` at the KPI itself.
    season
        Whether the series has a season of a year: taken into the model where two years lie before
        the change.
    harmonics
        So many waves of that season; all that matter where absent.
    covariates
        Other series that the change cannot have touched: a name and SQL, averaged by period.
    gaps
        ``refuse``: a period without rows takes the verdict away. ``allow``: it is fitted around.
    segments
        Groups to look for different effects in: columns, or a name and SQL. Known before the
        change.
    untouched_kpi
        A KPI that the change should not move; of any table with a time, of the same one where
        touched rows are compared with others.
    answers
        Where the KPI is a survey: how to compare its waves.
    value_per_unit
        What one unit of the KPI is worth for one row that counts, in the company's currency.
    promise
        The fingerprint of the promise as first reported: if the promise is edited afterwards,
        the page says so.
    """

    label: Text
    question: Text | None = None
    note: Text | None = None
    kpi: Name
    effective: Day
    announced: Day | None = None
    due: Day | None = None
    touched: Sql | None = None
    control: Sql | None = None
    dated: Sql | None = None
    adopted_at: Name | None = None
    unit: Name | None = None
    cluster: Name | None = None
    promised: float | None = None
    promised_relative: float | None = None
    worthwhile: float | None = None
    worthwhile_relative: float | None = None
    period: Grain = "month"
    since: Day | None = None
    scale: Literal["plain", "log"] = "plain"
    season: bool = True
    harmonics: int | None = Field(default=None, ge=1, le=26)
    covariates: dict[Name, Sql] = Field(default={}, max_length=5)
    gaps: Literal["refuse", "allow"] = "refuse"
    segments: Segments = {}
    untouched_kpi: Name | None = None
    answers: Answers | None = None
    value_per_unit: float | None = Field(default=None, ge=0)
    cost: Cost = Cost()
    level: float = Field(default=0.95, gt=0.5, lt=1)
    department: Text | None = None
    owner: Text | None = None
    promise: str | None = Field(default=None, pattern="^[0-9a-f]{12}$")

    @model_validator(mode="after")
    def _it_can_be_judged(self) -> Change:
        wrong = []
        if (self.promised is None) == (self.promised_relative is None):
            wrong.append("needs 'promised' or 'promised_relative', one of them: what was promised?")
        if self.worthwhile is not None and self.worthwhile_relative is not None:
            wrong.append("give 'worthwhile' or 'worthwhile_relative', one of them")
        promised = self.promised if self.promised is not None else self.promised_relative
        worthwhile = self.worthwhile if self.worthwhile is not None else self.worthwhile_relative
        if promised == 0:
            wrong.append("'promised' is 0: a change that promises nothing cannot keep its promise")
        if promised and worthwhile is not None:
            if worthwhile * promised <= 0:
                wrong.append("'worthwhile' must have the sign of the promise, and not be 0")
            elif _comparable(self) and abs(worthwhile) > abs(promised):
                wrong.append("'worthwhile' is more than was promised")
        if self.announced and self.announced > self.effective:
            wrong.append("'announced' lies after 'effective'")
        if self.due and self.due < self.effective:
            wrong.append("'due' lies before 'effective'")
        if self.since and self.since >= self.effective:
            wrong.append("'since' must lie before 'effective': a baseline before the change is needed")
        if self.touched and self.adopted_at:
            wrong.append("give 'touched' or 'adopted_at', one of them")
        if self.control and self.control.strip().lower() != "none" and not self.touched:
            wrong.append("'control' needs 'touched'")
        if wrong:
            raise ValueError(*wrong)  # each becomes a problem of its own
        return self


def _comparable(change: Change) -> bool:
    return (change.promised is None) == (change.worthwhile is None)
