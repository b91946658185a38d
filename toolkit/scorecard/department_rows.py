"""One KPI of a department: its rows, its level, and what it is held to."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

from toolkit.aggregates import Moments
from toolkit.company.periods import Period
from toolkit.data.dialects import answered, name_for
from toolkit.data.frames import TableLike, as_table
from toolkit.data.sql_names import name_of
from toolkit.language import Quantity
from toolkit.language.quantities import level_unit
from toolkit.scan import aggregate
from toolkit.stats import ratios

UNNAMED = "toolkit: not said"


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


def cells_of(table: TableLike, kpis: Sequence, question: object) -> dict[tuple, Moments]:
    """Moments of KPIs in the period by ``here``: 1 for the department's own rows, 0 for all others.

    Parameters
    ----------
    kpis
        Of one table, with the same `time`, `unit` and `where`: one scan is for all of them.
    """
    k = kpis[0]
    here = {"here": f"CASE WHEN ({k.where}\n) THEN 1 ELSE 0 END"}
    return aggregate(
        as_table(table), dict.fromkeys(k.measure for k in kpis), ("here",), unit=k.unit, expressions=here,
        only=within(k, question.period), exact_units=question.exact_units, buckets=question.buckets,
    ).cells  # fmt: skip


def sizes_of(table: TableLike, kpi: object, period: Period) -> dict[str, int]:
    """Rows of the period by what stands in the column whose values have pages of their own."""
    rows, only = as_table(table), within(kpi, period)
    name, value = name_for(rows), f"COALESCE(CAST({name_of(kpi.among[0])} AS VARCHAR), '{UNNAMED}')"
    found = answered(rows, name, f"SELECT {value} AS value, COUNT(*) AS n FROM {name}{f' WHERE {only}' if only else ''} GROUP BY 1")
    return {r["value"]: r["n"] for r in sorted(found, key=lambda r: r["value"])}


def within(kpi: object, period: Period) -> str | None:
    """SQL for the rows of the period; None where a KPI has no time."""
    if kpi.time is None:
        return None
    return f"{name_of(kpi.time)} >= DATE '{period.start}' AND {name_of(kpi.time)} < DATE '{period.end}'"


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
