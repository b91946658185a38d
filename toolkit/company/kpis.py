"""A KPI: a ratio of two sums, or a percentile, over one table's rows."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BeforeValidator, Field, model_validator

from toolkit.company.base import Better, Day, Format, Name, Part, Sql, Text
from toolkit.company.subjects import Subject
from toolkit.company.targets import Target


def _written(value: object) -> object:
    # `denominator: 1` is how people write it; YAML reads a number there
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return str(value) if number else value


Summed = Annotated[Sql, BeforeValidator(_written, json_schema_input_type=str | int | float)]
"""An SQL expression that is summed over rows; a number is one, too."""


class Kpi(Part):
    """What is measured, written once and used by every notebook.

    Attributes
    ----------
    table
        The table whose rows are summed.
    numerator, denominator
        SQL expressions summed over rows. The value is their ratio: a mean or a share with
        ``denominator: 1``, else a true ratio (spend per order).
    quantile
        Instead of a ratio: this quantile (0.5, 0.9) of `numerator` over the rows.
    where
        Which rows count.
    time
        The column that dates a row; the table's own `time` where absent.
    unit
        The column that says whose row it is. Rows of one unit are not independent, so standard
        errors are by unit. Absent: every row is its own unit.
    format
        The unit it is shown in; ``percent`` is for shares between 0 and 1.
    better
        Which way is good.
    redefined
        Days on which its definition, or the way it is recorded, changed: values before and after
        such a day cannot be compared.
    per
        Instead of a ratio, a volume: the numerator's sum a ``day`` (so that months of unequal
        length compare) or a ``period``.
    every
        How often it is measured, and so the steps of its trend.
    settles_after
        Days until a row's outcome is known (a lead is won, a bill is paid): periods younger than
        that are not complete.
    segments
        Columns to look at separately in its trend.
    chart
        ``published``: its limits and signals as the published charts have them, with no allowance
        for season or neighbouring periods that resemble each other.
    target
        What it shall reach, by when.
    about
        Which of the things that a plan usually measures it is: what has no KPI is named in the report.
    """

    label: Text
    definition: Text | None = None
    table: Name
    numerator: Summed
    denominator: Summed = "1"
    quantile: float | None = Field(default=None, gt=0, lt=1)
    where: Sql | None = None
    time: Name | None = None
    unit: Name | None = None
    format: Format = "number"
    better: Better = "higher"
    redefined: list[Day] = Field(default=[], max_length=50)
    per: Literal["day", "period"] | None = None
    every: Literal["week", "month", "quarter", "year"] = "month"
    settles_after: int = Field(default=0, ge=0, le=3650)
    segments: list[Name] = Field(default=[], max_length=5)
    chart: Literal["auto", "published"] = "auto"
    target: Target | None = None
    owner: Text | None = None
    about: Subject | None = None

    @model_validator(mode="after")
    def _a_quantile_has_no_denominator(self) -> Kpi:
        if self.quantile is not None and self.denominator != "1":
            raise ValueError("a 'quantile' has no 'denominator': remove one of them")
        return self

    @model_validator(mode="after")
    def _a_volume_is_a_sum(self) -> Kpi:
        if self.per and (self.denominator != "1" or self.quantile is not None):
            raise ValueError("'per' makes it a volume: it has no 'denominator' and no 'quantile'")
        return self
