"""What is the return as the company itself defines it? A formula over sums of its own tables."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import ibis.expr.types as ir

from toolkit.company.goals import value_of
from toolkit.data.dialects import answered
from toolkit.data.frames import TableLike, as_table
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence, term
from toolkit.language.quantities import level_unit
from toolkit.shown import Grid, Shown
from toolkit.stats.jackknife import grouped_interval

NOTEBOOK = "roi"
BUCKETS = 256


@dataclass(frozen=True)
class Part:
    """A sum over a table's rows from `since` to `until`; `unit` is whose rows belong together."""

    table: str
    sum: str
    where: str | None = None
    time: str | None = None
    unit: str | None = None
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class OwnReturn:
    """A return as somebody defines it: a formula over parts."""

    name: str
    label: str
    formula: str
    parts: Mapping[str, Part]
    format: str = "number"
    better: str = "higher"
    good_from: float | None = None
    currency: str = "EUR"
    level: float = 0.95
    period: str | None = None
    owner: str | None = None

    @property
    def unit(self) -> str:
        """What it is in."""
        return level_unit(self.format, self.currency)


@dataclass(frozen=True)
class OwnValue:
    """One such return: its value with interval, and the sums it is made of; `rows` counted."""

    definition: OwnReturn
    value: Quantity
    sums: Mapping[str, float]
    rows: int

    @property
    def good(self) -> bool | None:
        """Whether the whole interval is on the good side of `good_from`; None where it holds both."""
        d, q = self.definition, self.value
        if d.good_from is None or not q.known or q.low is None:
            return None
        if q.low >= d.good_from:
            return d.better == "higher"
        return d.better == "lower" if q.high <= d.good_from else None


@dataclass(frozen=True, repr=False)
class OwnReturns(Shown):
    """Every return that the company defines."""

    values: tuple[OwnValue, ...]
    period: str | None = field(default=None)

    def grid(self) -> Grid:
        """One row each: value, formula, parts."""
        rows = tuple(
            (v.definition.label, v.value, _good_from(v), v.definition.formula,
             tuple_said(v.sums)) for v in self.values
        )  # fmt: skip
        heads = ("Return", "Value", "Good from", "Formula", "Made of")
        note = None if rows else Sentence("The params define no return of the company's own: `money.returns`.")
        return Grid(Sentence("Return as we define it"), tuple(Sentence(h) for h in heads), rows, note)


def tuple_said(sums: Mapping[str, float]) -> Sentence:
    """Sums by name, as words."""
    said = tuple(Sentence("{name} {value}", {"name": n, "value": Quantity(v, "number")}) for n, v in sums.items())
    return Sentence("{parts}", {"parts": said})


def _good_from(v: OwnValue) -> Quantity | None:
    return None if v.definition.good_from is None else Quantity(v.definition.good_from, v.definition.unit)


def estimate(
    tables: Mapping[str, TableLike], definitions: tuple[OwnReturn, ...], period: str | None = None
) -> OwnReturns:
    """What is each return?

    Parameters
    ----------
    tables
        Name of a table in the parts -> a pandas frame, an Ibis table or a path.
    definitions
        What is asked.

    Returns
    -------
    OwnReturns
        Intervals by the jackknife over 256 buckets of units, the same units in the same bucket in every
        table; none where a part names no unit. A formula that divides by nothing is nan.
    """
    return OwnReturns(tuple(_value(tables, d) for d in definitions), period)


def _value(tables: Mapping[str, TableLike], d: OwnReturn) -> OwnValue:
    sums, rows = {}, 0
    for name, part in d.parts.items():
        found = _summed(as_table(tables[part.table]), part)
        sums[name], rows = found[0], rows + found[1]
    whole = {name: float(sum(v)) for name, v in sums.items()}
    if not rows:
        return OwnValue(d, Quantity(math.nan, d.unit, reason="no row counts"), whole, rows)
    value, low, high = grouped_interval(sums, lambda s: value_of(d.formula, s), level=d.level)
    if math.isnan(value):
        return OwnValue(d, Quantity(math.nan, d.unit, reason="the formula divides by nothing"), whole, rows)
    bare = any(p.unit is None for p in d.parts.values()) or math.isnan(low)
    return OwnValue(d, Quantity(value, d.unit) if bare else Quantity(value, d.unit, low, high), whole, rows)


def _summed(table: ir.Table, part: Part) -> tuple[list[float], int]:
    """The sum in each bucket of units, and how many rows count."""
    kept = [f"({part.where}\n)"] if part.where else []
    if part.time and part.since:
        kept.append(f"CAST(\"{part.time}\" AS DATE) >= DATE '{part.since.isoformat()}'")
    if part.time and part.until:
        kept.append(f"CAST(\"{part.time}\" AS DATE) <= DATE '{part.until.isoformat()}'")
    unit = f'CAST("{part.unit}" AS VARCHAR)' if part.unit else "''"
    name = "toolkit_own_return"
    sql = (
        f"SELECT substr(md5(COALESCE({unit}, '')), 1, 2) AS bucket, CAST(SUM({part.sum}\n) AS DOUBLE) AS total, "
        f"COUNT({part.sum}\n) AS counted FROM {name}{' WHERE ' + ' AND '.join(kept) if kept else ''} GROUP BY 1"
    )
    found = answered(table, name, sql)
    totals = [0.0] * BUCKETS
    for record in found:
        totals[int(record["bucket"], 16)] = float(record["total"] or 0.0)
    return totals, sum(int(record["counted"]) for record in found)


def check(found: OwnReturns) -> Checks:
    """Reasons for doubt: values that are not there, values without an interval."""
    missing = tuple(v.definition.label for v in found.values if not v.value.known)
    bare = tuple(v.definition.label for v in found.values if v.value.known and v.value.low is None)
    return Checks((
        Check(Sentence("Every return of our own can be said"), not missing,
              Sentence("no data for {returns}", {"returns": missing}) if missing else Sentence("each has its sums")),
        Check(Sentence("Every return of our own has an interval"), not bare,
              Sentence("no unit is named for {returns}", {"returns": bare}) if bare else Sentence("each has one")),
    ))  # fmt: skip


def conclude(found: OwnReturns, checks: Checks) -> Findings:
    """A finding for each return."""
    return Findings(tuple(_finding(found, v) for v in found.values))


def _finding(found: OwnReturns, v: OwnValue) -> Finding:
    d, q = v.definition, v.value
    values = {"label": d.label, "value": q, "good": Quantity(d.good_from if d.good_from is not None else math.nan, d.unit)}
    if not q.known:
        said = Sentence("{label} cannot be said: {why}.", {"label": d.label, "why": term(q.reason)})
    elif v.good is True:
        said = Sentence("{label} is {value:full}, on the good side of {good}.", values)
    elif v.good is False:
        said = Sentence("{label} is {value:full}, not yet on the good side of {good}.", values)
    elif q.low is None:
        said = Sentence("{label} is {value}.", values)
    else:
        said = Sentence("{label} is {value:full}.", values)
    ends = {} if q.low is None or not q.known else {"low": q.low, "high": q.high}
    return Finding(
        id=f"{NOTEBOOK}/own/{d.name}", notebook=NOTEBOOK, question=Sentence("What is {label}?", {"label": d.label}), subject=d.name,
        verdict="measured" if q.known else "no_data", sentence=said, kpi=d.name, period=d.period, estimate=q.value, unit=d.unit,
        level=d.level, n=v.rows, n_unit="rows", method=f"{d.formula}; delete-a-group jackknife over units", numbers=dict(v.sums),
        source=", ".join(dict.fromkeys(p.table for p in d.parts.values())), owner=d.owner, answers=("F14",), **ends,
    )  # fmt: skip
