"""One KPI of a department: its rows, its level, and what it is held to."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import ibis
import ibis.expr.types as ir

from toolkit.aggregates import Moments
from toolkit.company.periods import Period
from toolkit.data.frames import TableLike, as_table
from toolkit.kpis import with_expressions
from toolkit.language import Quantity
from toolkit.language.quantities import level_unit
from toolkit.stats import ratios


@dataclass(frozen=True)
class Place:
    """The KPI in one place: value with interval, rows, standard error and degrees of freedom."""

    value: Quantity
    rows: int
    se: float = math.nan
    df: float = math.nan


@dataclass(frozen=True)
class Held:
    """A KPI and what it is held to.

    Attributes
    ----------
    against
        The target, or everybody else's value.
    p_value
        Of the difference; corrected across the department's KPIs once it is judged.
    state
        ``good``, ``to_improve``, ``open`` (cannot be told apart) or ``hidden`` (too few rows).
    """

    kpi: object
    value: Quantity
    rows: int
    against: Quantity
    has_target: bool
    difference: Quantity
    p_value: float
    hidden: bool
    state: str = "open"

    @property
    def relative(self) -> Quantity:
        """The difference as a share of what the KPI is held to."""
        base, d = abs(self.against.value) if self.against.known else 0.0, self.difference
        if not d.known or base == 0:
            return Quantity(math.nan, "relative", reason="there is nothing to hold it to")
        return Quantity(d.value / base, "relative", d.low / base, d.high / base)

    def judged(self, p_adjusted: float, most: float) -> Held:
        """The same with its state, by the p-value corrected across all KPIs."""
        if self.hidden:
            nothing = Quantity(math.nan, self.value.unit, reason="too few rows to be shown")
            gap = Quantity(math.nan, self.difference.unit, reason="too few rows to be shown")
            return replace(self, value=nothing, difference=gap, state="hidden")
        if not self.difference.known or math.isnan(p_adjusted) or p_adjusted > most:
            return replace(self, p_value=p_adjusted)
        better = (self.difference.value > 0) == (self.kpi.better == "higher")
        return replace(self, p_value=p_adjusted, state="good" if better else "to_improve")


def within(table: TableLike, kpi: object, period: Period) -> ir.Table:
    """The rows of the period, with ``here``: 1 for the department's own, 0 for all others."""
    rows = as_table(table)
    if kpi.time is not None:
        rows = rows.filter((rows[kpi.time] >= ibis.literal(period.start)) & (rows[kpi.time] < ibis.literal(period.end)))
    sql = f"case when {kpi.where} then 1 else 0 end"
    return with_expressions(rows, {"here": sql}, list(rows.columns))


def level_of(moments: Moments | None, kpi: object, question: object) -> Place:
    """The KPI's level in one cell."""
    unit = level_unit(kpi.format, question.currency)
    if moments is None or moments.sum_of(kpi.measure.den) == 0:
        return Place(Quantity(math.nan, unit, reason="no rows in this period"), 0)
    num, den = kpi.measure.num, kpi.measure.den
    found = ratios.interval(ratios.RatioMoments(
        n=moments.n, mean_y=moments.mean_of(num), mean_x=moments.mean_of(den), variance_y=moments.var_of(num),
        variance_x=moments.var_of(den), covariance=moments.cov_of(num, den),
    ), level=question.level)  # fmt: skip
    if math.isnan(found.low):
        return Place(Quantity(found.estimate, unit, reason="one unit only: nothing to take a spread from"), moments.rows)
    return Place(Quantity(found.estimate, unit, found.low, found.high), moments.rows, found.se, found.df)
