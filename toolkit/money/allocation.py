"""Where should money and hours move? What each component brings for one more euro and one more hour.

The next euro is taken to bring what the average euro of the component brings over the horizon: the
ledger holds no second level of spending to measure a slope from. It is said only where intervals allow.
"""

from __future__ import annotations

import itertools
import math
from dataclasses import dataclass, field

import numpy as np

from toolkit.drawable import Row
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence, term
from toolkit.money.definition import PlanReturn
from toolkit.money.model import BENEFITS, COSTS
from toolkit.money.returned import Returned
from toolkit.shown import Grid, Shown
from toolkit.stats.cash_flows import discount_factors
from toolkit.stats.multiplicity import adjusted

NOTEBOOK = "roi"
NEVER_LESS_THAN = 1.0
"""A euro that brings a euro pays for itself."""


@dataclass(frozen=True)
class Yield:
    """What one component brings: per euro of all it costs, and per hour beside its money.

    nan with a reason where its effect is not known, or it takes no hours.
    """

    name: str
    label: str
    per_money: Quantity
    per_hour: Quantity


@dataclass(frozen=True)
class Move:
    """From one component to another: told apart at `p` (Holm over all pairs of the measure)."""

    measure: str
    source: str
    target: str
    difference: Quantity
    p: float


@dataclass(frozen=True, repr=False)
class Allocated(Shown):
    """Returns for one more euro and hour, and which can be told apart."""

    definition: PlanReturn
    yields: tuple[Yield, ...]
    moves: tuple[Move, ...]
    hour_rate: float
    unmeasured: tuple[str, ...] = ()
    pairs: int = field(default=0)
    source: str = ""

    @property
    def best(self) -> Move | None:
        """The move of money that gains most, where it can be told: away from where a euro does not come back."""
        losing = {y.name for y in self.yields if y.per_money.known and y.per_money.high < NEVER_LESS_THAN}
        found = [m for m in self.moves if m.measure == "money" and m.source in losing]
        return max(found, key=lambda m: m.difference.value, default=None)

    def rows(self, measure: str = "money") -> tuple[Row, ...]:
        """Returns for one unit of money, as charts take it."""
        out = []
        for y in self.yields:
            q = y.per_money if measure == "money" else y.per_hour
            edge = NEVER_LESS_THAN if measure == "money" else self.hour_rate
            tone = "unknown" if not q.known else "better" if q.low > edge else "worse" if q.high < edge else "level"
            out.append(Row(y.label, q, tone))
        return tuple(out)

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        return Sentence("What one {currency} brings over the horizon, by component; at 1 it comes back", {
            "currency": self.definition.currency})  # fmt: skip

    def grid(self) -> Grid:
        """One row a component, and which can be told apart."""
        names = {y.name: y.label for y in self.yields}
        rows = []
        for y in self.yields:
            above = tuple(names[m.source] for m in self.moves if m.measure == "money" and m.target == y.name)
            rows.append((y.label, y.per_money, y.per_hour, above))
        rows = [(a, b, c, Sentence("{names}", {"names": d}) if d else None) for a, b, c, d in rows]
        heads = ("Component", "Brought for one unit of money", "Brought for one hour", "More for money than")
        note = Sentence("Not measured, so nothing is said of: {names}.", {"names": self.unmeasured}) if self.unmeasured else None
        return Grid(Sentence("Where money and hours bring most"), tuple(Sentence(h) for h in heads), tuple(rows), note)


def estimate(returned: Returned, unmeasured: tuple[str, ...] = ()) -> Allocated:
    """What does one more euro, and one more hour, bring in each component?

    Parameters
    ----------
    returned
        The plan's return, from `returns.estimate`.
    unmeasured
        Components of the ledger whose effect nobody measured, for the note.
    """
    d, model = returned.definition, returned.model
    yields, per = [], {"money": {}, "hours": {}}
    for c in returned.changes:
        b = c.benefit
        reason = None if c.cost > 0 else "no cost stands for it"
        if b.why_unknown is not None:
            reason = b.why_unknown
        if reason is not None:
            nothing = [Quantity(math.nan, unit, reason=reason) for unit in ("number", d.currency)]
            yields.append(Yield(b.name, b.label, *nothing))
            continue
        factors = discount_factors(model.monthly_rate, model.profiles.shape[1])
        worth = model.profiles @ factors
        amounts, base = model.amounts(returned.numbers), model.amounts(returned.base[None])
        gained = [x @ (worth * model.chosen(BENEFITS, b.name)) for x in (amounts, base)]
        paid = [-(x @ (worth * model.chosen(COSTS, b.name))) for x in (amounts, base)]
        money = c.costs.money / c.costs.total  # the rest of the costs is hours at their rate
        per["money"][b.name] = gained[0] / paid[0]
        q = _quantity(gained[0] / paid[0], float(gained[1][0] / paid[1][0]), "number", d)
        hour = Quantity(math.nan, d.currency, reason="it takes no hours")
        if c.costs.hours > 0:
            each = (gained[0] - money * paid[0]) / c.costs.hours
            per["hours"][b.name] = each
            hour = _quantity(each, float((gained[1] - money * paid[1])[0] / c.costs.hours), d.currency, d)
        yields.append(Yield(b.name, b.label, q, hour))
    order = sorted(yields, key=lambda y: (not y.per_money.known, -y.per_money.value if y.per_money.known else 0.0))
    pairs = len(list(itertools.combinations(per["money"], 2)))
    moves = tuple(m for measure, draws in per.items() for m in _moves(measure, draws, d))
    return Allocated(d, tuple(order), moves, returned.definition.hour_rate or 0.0, unmeasured, pairs, returned.source)


def _quantity(draws: np.ndarray, value: float, unit: str, d: PlanReturn) -> Quantity:
    low, high = np.quantile(draws, [(1 - d.level) / 2, (1 + d.level) / 2])
    return Quantity(value, unit, float(min(low, value)), float(max(high, value)))


def _moves(measure: str, draws: dict[str, np.ndarray], d: PlanReturn) -> list[Move]:
    """Pairs whose difference is told apart, corrected over all pairs by Holm."""
    pairs, p_values = list(itertools.combinations(draws, 2)), []
    for a, b in pairs:
        gap = draws[a] - draws[b]
        # one scenario more on either side, so that a p is never 0
        p_values.append(min(1.0, 2 * (min((gap > 0).sum(), (gap < 0).sum()) + 1) / (gap.size + 1)))
    out = []
    for (a, b), p in zip(pairs, adjusted(p_values, "holm") if pairs else [], strict=True):
        if p > 1 - d.level:
            continue
        gap = draws[a] - draws[b]
        source, target, gap = (b, a, gap) if np.median(gap) > 0 else (a, b, -gap)
        unit = "number" if measure == "money" else d.currency
        out.append(Move(measure, source, target, _quantity(gap, float(np.median(gap)), unit, d), float(p)))
    return out


def check(found: Allocated) -> Checks:
    """Reasons for doubt about moving anything."""
    unknown = tuple(y.label for y in found.yields if not y.per_money.known)
    told = sum(m.measure == "money" for m in found.moves)
    return Checks((
        Check(Sentence("Every component's return is measured"), not unknown and not found.unmeasured,
              Sentence("not known: {names}", {"names": (*unknown, *found.unmeasured)}) if unknown or found.unmeasured else Sentence("each is")),
        Check(Sentence("Components can be told apart"), told > 0,
              Sentence("{told} of {pairs} pairs, for money", {"told": told, "pairs": found.pairs}), numbers={"told": told, "pairs": found.pairs}),
        Check(Sentence("More money brings what money has brought"), None,
              Sentence("taken as given: no component was ever paid for at two levels")),
    ))  # fmt: skip


def conclude(found: Allocated, checks: Checks) -> Findings:
    """Where to move money and hours, where the intervals allow it; then each component."""
    d = found.definition
    same = {"notebook": NOTEBOOK, "period": d.period, "level": d.level, "owner": d.owner, "source": found.source, "answers": ("F61",),
            "n": d.scenarios, "n_unit": "scenarios", "method": "present value of benefits for one unit; pairs by Holm"}  # fmt: skip
    names = {y.name: y.label for y in found.yields}
    question, best = Sentence("Where should money and hours move?"), found.best
    known = any(y.per_money.known for y in found.yields)
    if best is None:
        said = Sentence("The intervals do not allow to say where money should move.") if known else Sentence(
            "Where money should move cannot be said: no component's return is known.")
        main = Finding(id=f"{NOTEBOOK}/move", subject="allocation", question=question, verdict="measured" if known else "no_data",
                       sentence=said, checks=checks.checks, **same)  # fmt: skip
        return Findings((main, *(_each(y, d, same) for y in found.yields)))
    q = {y.name: y for y in found.yields}
    values = {"source": names[best.source], "target": names[best.target], "less": q[best.source].per_money, "more": q[best.target].per_money,
              "currency": d.currency}  # fmt: skip
    said = Sentence("One {currency} brings {more:full} in {target} and {less:full} in {source}.", values)
    decision = Sentence("Move money and hours from {source} to {target}.", values)
    main = Finding(id=f"{NOTEBOOK}/move", subject="allocation", question=question, verdict="measured", sentence=said, decision=decision,
                   estimate=best.difference.value, low=best.difference.low, high=best.difference.high, p_value=best.p, checks=checks.checks,
                   numbers={"pairs": found.pairs, "told_apart": sum(m.measure == "money" for m in found.moves)}, **same)  # fmt: skip
    return Findings((main, *(_each(y, d, same) for y in found.yields)))


def _each(y: Yield, d: PlanReturn, same: dict) -> Finding:
    q, values = y.per_money, {"name": y.label, "money": y.per_money, "hour": y.per_hour, "currency": d.currency, "why": term(y.per_money.reason or "")}
    if not q.known:
        said = Sentence("What one more {currency} brings in {name} is not known: {why}.", values)
    elif y.per_hour.known:
        said = Sentence("{name}: one {currency} brings {money:full}, one hour {hour:full}.", values)
    else:
        said = Sentence("{name}: one {currency} brings {money:full}.", values)
    ends = {"low": q.low, "high": q.high} if q.known else {}
    return Finding(id=f"{NOTEBOOK}/yield/{y.name}", subject=y.name, question=Sentence("What does one more {currency} bring in {name}?", values),
                   verdict="measured" if q.known else "no_data", sentence=said, estimate=q.value,
                   numbers={"per_hour": y.per_hour.value}, **ends, **same)  # fmt: skip
