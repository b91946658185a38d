"""What the plan returns, as it was found: numbers, rows for charts, tables."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

import numpy as np

from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.money.definition import Benefit, PlanReturn
from toolkit.money.ledger import month_index
from toolkit.money.model import Costs, Model
from toolkit.money.rows import FlowRow
from toolkit.shown import Grid, Shown
from toolkit.stats.cash_flows import Irr, Payback
from toolkit.stats.scenarios import Judged


@dataclass(frozen=True)
class ChangeReturn:
    """What one change costs and brings; `roi`, `npv` are nan with a reason where they cannot be said."""

    benefit: Benefit
    gained: Quantity
    cost: float
    costs: Costs | None
    roi: Quantity
    npv: Quantity
    ratio: float


@dataclass(frozen=True, repr=False)
class Returned(Shown):
    """What the plan returns.

    Attributes
    ----------
    roi, npv
        To date, and over the horizon, with their intervals from the scenarios.
    changes
        Of each change by itself.
    base
        Middle values of the terms, (terms,).
    numbers
        Scenarios of the terms, (n, terms).
    flows
        The base case by month, (months,).
    cost, gained
        In all, and to date, base case.
    unknown_cost, unknown_gain, roi_known
        Cost of the changes whose effect is not known; what they would have brought to date at the
        middle of what they may; and the return of the others on their own costs.
    roi_low_case, roi_high_case
        If what is not known brings nothing, and if it brings what was promised.
    loss
        Share of scenarios in which the plan has brought less than it costs.
    left_out
        Changes of which nothing can be said, costs and benefits alike.
    source
        Tables behind it.
    """

    definition: PlanReturn
    model: Model = field(repr=False)
    roi: Quantity
    npv: Quantity
    changes: tuple[ChangeReturn, ...]
    base: np.ndarray
    numbers: np.ndarray = field(repr=False)
    flows: np.ndarray
    cost: float
    gained: float
    irr: Irr
    mirr: float
    payback: Payback
    discounted_payback: Payback
    ratio: float
    unknown_cost: float
    unknown_gain: float
    roi_known: Quantity
    roi_low_case: float
    roi_high_case: float
    loss: float
    left_out: tuple[str, ...] = ()
    source: str | Sentence = ""

    @property
    def unknown(self) -> tuple[Benefit, ...]:
        """Changes whose effect or worth is not known."""
        return tuple(b for b in self.definition.benefits if not b.known)

    @property
    def seen(self) -> int:
        """Months of the plan that are over."""
        return int(month_index([self.definition.until], self.model.start)[0]) + 1

    @property
    def title(self) -> Sentence:
        """What the chart of flows shows."""
        if math.isfinite(self.payback.periods):
            months = {"months": round(self.payback.periods)}
            return Sentence("Money in and out by quarter, and the balance: paid back after {months} months", months)
        return Sentence("Money in and out by quarter, and the balance: not paid back within the horizon")

    def flow_rows(self) -> tuple[FlowRow, ...]:
        """Flows by quarter and the balance at its end, as charts take it."""
        out, balance = [], 0.0
        for first in range(0, len(self.flows), 3):
            flow = float(self.flows[first : first + 3].sum())
            balance += flow
            day = _month(self.model.start, first)
            unit = self.definition.currency
            out.append(FlowRow(day, f"{day:%Y-%m}", Quantity(flow, unit), Quantity(balance, unit), first + 3 <= self.seen))
        return tuple(out)

    def change_rows(self) -> tuple[Row, ...]:
        """What each change has brought, less what it costs, as charts take it."""
        out = []
        for c in self.changes:
            q = c.gained
            if q.known and q.low is not None and c.benefit.known:
                q = Quantity(q.value - c.cost, q.unit, q.low - c.cost, q.high - c.cost)
                tone = "better" if q.low > 0 else "worse" if q.high < 0 else "level"
                out.append(Row(c.benefit.label, q, tone))
            else:
                why = c.benefit.why_unknown
                out.append(Row(c.benefit.label, Quantity(math.nan, q.unit, reason=why), "unknown"))
        return tuple(out)

    @property
    def change_title(self) -> Sentence:
        """What the chart of changes shows."""
        return Sentence("What each change has brought so far, less all it costs")

    def grid(self) -> Grid:
        """The plan's return in the ways that boards ask for."""
        unit = self.definition.currency
        reason, modified = "nothing is paid, or nothing received", _yearly(self.mirr)
        rows = [
            (Sentence("Benefits so far"), Quantity(self.gained, unit)),
            (Sentence("All costs, hours included"), Quantity(self.cost, unit)),
            (Sentence("Return on investment so far (ROI)"), self.roi),
            (Sentence("Of it, without what is not known"), self.roi_known),
            (Sentence("Net present value over the horizon (NPV)"), self.npv),
            (Sentence("Benefits for one unit of cost, present values"), Quantity(self.ratio, "number", reason="nothing is paid")),
            (Sentence("Internal rate of return a year (IRR)"), self._irr_said()),
            (Sentence("Modified rate of return a year (MIRR)"), Quantity(modified, "percent", reason=reason)),
            (Sentence("Paid back after"), _months_said(self.payback)),
            (Sentence("Paid back after, discounted"), _months_said(self.discounted_payback)),
        ]  # fmt: skip
        return Grid(Sentence("The plan's return"), (Sentence("Part"), Sentence("Answer")), tuple(rows), _unknown_said(self))

    def _irr_said(self) -> Sentence | Quantity:
        rates = tuple(Quantity(_yearly(r), "percent") for r in self.irr.rates)
        if len(rates) == 1:
            return rates[0]
        if not rates:
            return Sentence("there is none: the flows never come to nothing at any rate")
        said = tuple(Sentence("{rate}", {"rate": r}) for r in rates)
        return Sentence("there is more than one, {rates}: use the net present value", {"rates": said})

    def change_grid(self) -> Grid:
        """One row a change: effect, rows touched, worth, gained, cost, return."""
        rows = []
        for c in self.changes:
            b = c.benefit
            rows.append((
                b.label, b.effect, Quantity(b.touched, "count"), _value_said(b, self.definition.currency),
                c.gained if b.known else None, Quantity(c.cost, self.definition.currency), c.roi if b.known else None,
                b.value_source, b.why_unknown,
            ))  # fmt: skip
        heads = ("Change", "Effect measured", "Rows touched so far", "Worth of one unit", "Brought so far", "Cost in all",
                 "Return so far", "Where the worth comes from", "Not known because")  # fmt: skip
        return Grid(Sentence("What each change costs and brings"), tuple(Sentence(h) for h in heads), tuple(rows))

    def convention_grid(self) -> Grid:
        """Signs, timing and discounting, as they were used."""
        d = self.definition
        rows = (
            (Sentence("Sign"), Sentence("received is positive, paid is negative")),
            (Sentence("Timing"), Sentence("a month's flows fall on its first day; month 0 is {start}", {"start": self.model.start})),
            (Sentence("Discount rate"), Sentence("{rate} a year, compounded by month; month 0 is not discounted", {
                "rate": Quantity(d.yearly_rate, "percent")})),
            (Sentence("Rates for MIRR"), Sentence("paid {paid}, reinvested {again} a year", {
                "paid": Quantity(_or(d.finance_rate, d.yearly_rate), "percent"),
                "again": Quantity(_or(d.reinvest_rate, d.yearly_rate), "percent")})),
            (Sentence("Payback"), Sentence("when the balance reaches 0 for good; the flow of a month is spread evenly over it")),
            (Sentence("Horizon"), Sentence("{n} months from month 0; changes that are kept run on at their pace, others stop now", {"n": d.horizon})),
            (Sentence("Costs"), Sentence("the ledger's actuals, and its plan for months to come; declared costs where it has none")),
            (Sentence("Hopes corrected by"), Sentence("benefits to come less {benefits}, costs to come more {costs}", {
                "benefits": Quantity(d.bias_benefits, "percent"), "costs": Quantity(d.bias_costs, "percent")})),
            (Sentence("Not known"), Sentence("drawn from nothing to what was promised, all alike, or from its own interval")),
            (Sentence("Intervals"), Sentence("{level} of {n} scenarios, seed {seed}", {
                "level": Quantity(d.level, "percent"), "n": d.scenarios, "seed": d.seed})),
        )  # fmt: skip
        return Grid(Sentence("How the return is reckoned"), (Sentence("Convention"), Sentence("Here")), rows)


def _or(value: float | None, other: float) -> float:
    return other if value is None else value


def _value_said(b: Benefit, currency: str) -> Quantity:
    if b.value is None:
        return Quantity(math.nan, currency, reason="nobody said")
    if isinstance(b.value, Judged):
        return Quantity(b.value.likely, currency, b.value.low, b.value.high)
    return Quantity(b.value.middle, currency)


def _yearly(monthly: float) -> float:
    return (1 + monthly) ** 12 - 1 if math.isfinite(monthly) else math.nan


def _months_said(p: Payback) -> Sentence:
    if not math.isfinite(p.periods):
        if p.reason == "nothing is laid out first":
            return Sentence("nothing is laid out first")
        return Sentence("it does not come back within the horizon")
    months = {"months": Quantity(p.periods, "number")}
    if p.falls_back:
        return Sentence("{months} months, for good; it had been paid back before and was lost again", months)
    return Sentence("{months} months", months)


def _unknown_said(found: Returned) -> Sentence | None:
    if not found.unknown:
        return None
    share = found.unknown_cost / found.cost if found.cost > 0 else math.nan
    return Sentence(
        "Not known: {changes}. {share} of the cost rests on it. If it brings nothing the return so far is {low}; "
        "if it brings what was promised, {high}.", {
            "changes": tuple(b.label for b in found.unknown), "share": Quantity(share, "percent"),
            "low": Quantity(found.roi_low_case, "percent"), "high": Quantity(found.roi_high_case, "percent")})  # fmt: skip


def _month(start: date, later: int) -> date:
    years, month = divmod(start.month - 1 + later, 12)
    return date(start.year + years, month + 1, 1)
