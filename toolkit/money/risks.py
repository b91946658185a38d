"""How sure is the plan's return, what moves it most, and what would the worst cases cost?"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from toolkit.data.frames import as_table
from toolkit.drawable import Mark
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence, term
from toolkit.money.definition import PlanReturn, WorstCases, spread_of
from toolkit.money.model import Term
from toolkit.money.returned import Returned
from toolkit.money.rows import BinRow, SwingRow
from toolkit.problems import Problem, Refused
from toolkit.shown import Grid, Shown
from toolkit.stats.cash_flows import discount_factors
from toolkit.stats.scenarios import Fixed, Swing, losses, swings
from toolkit.study import Study

NOTEBOOK = "roi"
BINS = 36
DRAWN_SWINGS = 8
RARE = 0.005
"""Chances below this are not told apart by as many scenarios as are drawn."""


@dataclass(frozen=True)
class WorstCase:
    """One unlikely event: chance a year and cost as judged, and what that means over the horizon.

    Attributes
    ----------
    once
        Chance that it happens at least once.
    expected
        Its cost on average, over all scenarios; `bad` is exceeded in one of twenty.
    """

    name: str
    label: str
    chance: Quantity
    cost: Quantity
    once: float
    expected: float
    bad: float


@dataclass(frozen=True, repr=False)
class Risks(Shown):
    """The spread of the plan's worth.

    Attributes
    ----------
    npv
        Present value in each scenario, without worst cases; `with_worst` less what they cost.
    loss, loss_with_worst
        Share of scenarios below 0.
    p5, p95
        The 5th and 95th percentile of `npv`.
    swings
        Of each uncertain number, the widest first.
    cases
        The lower, base and upper case.
    worst
        Worst cases, the dearest on average first.
    """

    definition: PlanReturn
    npv: np.ndarray = field(repr=False)
    with_worst: np.ndarray = field(repr=False)
    loss: float
    loss_with_worst: float
    p5: float
    p95: float
    p5_with_worst: float
    base: float
    swings: tuple[tuple[Term, Swing], ...]
    cases: tuple[tuple[str, float, float], ...]
    worst: tuple[WorstCase, ...]
    reason: str | None = None
    source: str = ""

    @property
    def currency(self) -> str:
        """What money is in."""
        return self.definition.currency

    @property
    def base_case(self) -> Quantity:
        """The worth at the middle of everything."""
        return Quantity(self.base, self.currency, reason=self.reason)

    def marks(self) -> tuple[Mark, ...]:
        """Percentiles, as charts take them."""
        if self.reason is not None:
            return ()
        return (Mark(self.p5, Sentence("5th percentile")), Mark(self.p95, Sentence("95th percentile")))

    def bins(self) -> tuple[BinRow, ...]:
        """The distribution of the plan's worth, as charts take it; 0 is an edge."""
        if self.reason is not None:
            return ()
        low, high = np.quantile(self.npv, [0.001, 0.999])
        step = max((high - low) / BINS, 1e-9)
        edges = np.arange(math.floor(low / step), math.ceil(high / step) + 1) * step
        counts, _ = np.histogram(np.clip(self.npv, edges[0], edges[-1]), edges)
        return tuple(
            BinRow(float(a), float(b), float(c) / len(self.npv)) for a, b, c in zip(edges, edges[1:], counts, strict=False)
        )

    @property
    def title(self) -> Sentence:
        """What the chart of the distribution shows."""
        if self.loss < RARE:
            return Sentence("What the plan may be worth over its horizon: a loss has a chance below 1 %")
        return Sentence("What the plan may be worth over its horizon: the chance of a loss is {loss}", {
            "loss": Quantity(self.loss, "probability", reason=self.reason)})  # fmt: skip

    def swing_rows(self) -> tuple[SwingRow, ...]:
        """What moves it most, widest first, as charts take it."""
        return tuple(
            SwingRow(t.label, Quantity(s.at_low, self.currency), Quantity(s.at_high, self.currency), _number(t, s.low), _number(t, s.high))
            for t, s in self.swings[:DRAWN_SWINGS] if s.width > 0
        )  # fmt: skip

    @property
    def swing_title(self) -> Sentence:
        """What the tornado shows."""
        if not self.swings or not self.swings[0][1].width:
            return Sentence("No assumption moves what the plan is worth")
        return Sentence("What moves the plan's worth most: {what}", {"what": self.swings[0][0].label})

    def grid(self) -> Grid:
        """The spread, the chance of a loss, and three cases."""
        q = [Quantity(v, self.currency, reason=self.reason) for v in (self.base, self.p5, self.p95, self.p5_with_worst)]
        rows = [
            (Sentence("Worth over the horizon, base case"), q[0]), (Sentence("5th percentile"), q[1]), (Sentence("95th percentile"), q[2]),
            (Sentence("Chance of a loss"), Quantity(self.loss, "probability", reason=self.reason)),
            (Sentence("5th percentile, worst cases counted"), q[3]),
            (Sentence("Chance of a loss, worst cases counted"), Quantity(self.loss_with_worst, "probability", reason=self.reason)),
        ]  # fmt: skip
        words = {"lower": Sentence("Lower case: everything at its bad end"), "base": Sentence("Base case"),
                 "upper": Sentence("Upper case: everything at its good end")}  # fmt: skip
        rows += [(words[name], Quantity(npv, self.currency, reason=self.reason)) for name, npv, _ in self.cases]
        note = Sentence("{n} scenarios, seed {seed}.", {"n": self.definition.scenarios, "seed": self.definition.seed})
        return Grid(Sentence("How sure is it?"), (Sentence("Part"), Sentence("Answer")), tuple(rows), note)

    def swing_grid(self) -> Grid:
        """Every uncertain number: its interval, what it does, and where it would turn the result."""
        rows = []
        for t, s in self.swings:
            turn = _turn(t, s)
            rows.append((t.label, _number(t, s.low), _number(t, s.high), Quantity(s.at_low, self.currency),
                         Quantity(s.at_high, self.currency), turn, Quantity(s.share, "percent", reason="nothing varies")))  # fmt: skip
        heads = ("Assumption", "Lower end", "Upper end", "Worth at the lower end", "Worth at the upper end",
                 "Switching value: worth is 0 at", "Share of the spread")  # fmt: skip
        note = Sentence("Effects are turned so that more is better; all other numbers stay at their middle.")
        return Grid(Sentence("What moves it most"), tuple(Sentence(h) for h in heads), tuple(rows), note)

    def worst_grid(self) -> Grid:
        """Worst cases: likelihood and cost."""
        rows = tuple(
            (w.label, w.chance, w.cost, Quantity(w.once, "probability"), Quantity(w.expected, self.currency), Quantity(w.bad, self.currency))
            for w in self.worst
        )  # fmt: skip
        heads = ("Worst case", "Chance a year", "Cost of one", "Chance within the horizon", "Cost on average", "One time in twenty, more than")
        note = None if rows else Sentence("The params name no worst cases: `money.worst_cases`.")
        return Grid(Sentence("Worst cases"), tuple(Sentence(h) for h in heads), rows, note)


def _number(term: Term, value: float) -> Quantity:
    return Quantity(value, term.unit)


def _turn(term: Term, swing: Swing) -> Quantity:
    """Where the plan would be worth nothing; only effects can be below 0."""
    if math.isnan(swing.switching) or (term.part != "effect" and swing.switching < 0):
        return Quantity(math.nan, term.unit, reason="it never does")
    return _number(term, swing.switching)


def estimate(returned: Returned, cases: Study[WorstCases] | None = None) -> Risks:
    """How sure is the return?

    Parameters
    ----------
    returned
        The plan's return, from `returns.estimate`.
    cases
        The table of worst cases with its columns; None where there is none.

    Raises
    ------
    Refused
        A chance outside 0 to 1, a cost below 0, numbers that are not in order; all at once.
    """
    d, model = returned.definition, returned.model
    reason = returned.npv.reason
    if reason is not None or not model.terms:
        nothing = np.zeros(0)
        worst, _ = _worst(cases, d, model.profiles.shape[1] if model.lines else d.horizon)
        reason = reason or "nothing is uncertain"
        return Risks(d, nothing, nothing, *[math.nan] * 6, (), (), worst, reason, returned.source)
    months = model.profiles.shape[1]
    npv = model.npv(returned.numbers)
    worst, lost = _worst(cases, d, months)
    paid = lost * float(discount_factors(model.monthly_rate, months).mean())
    spreads = [t.spread for t in model.terms]
    found = swings(spreads, model.npv, returned.numbers, d.level)
    order = sorted(zip(model.terms, found, strict=True), key=lambda p: -p[1].width)
    p5, p95 = np.quantile(npv, [0.05, 0.95])
    return Risks(
        d, npv, npv - paid, float((npv < 0).mean()), float((npv - paid < 0).mean()), float(p5), float(p95),
        float(np.quantile(npv - paid, 0.05)), float(model.npv(returned.base[None])[0]), tuple(order),
        _cases(returned, found), worst, None, returned.source,
    )  # fmt: skip


def _cases(returned: Returned, found: tuple[Swing, ...]) -> tuple[tuple[str, float, float], ...]:
    """Everything at its bad end, at its middle, and at its good end: worth, and return to date."""
    model = returned.model
    out = []
    for name in ("lower", "base", "upper"):
        at = returned.base.copy()
        for i, (t, s) in enumerate(zip(model.terms, found, strict=True)):
            good, bad = (s.high, s.low) if s.at_high >= s.at_low else (s.low, s.high)
            if not isinstance(t.spread, Fixed) and name != "base":
                at[i] = bad if name == "lower" else good
        out.append((name, float(model.npv(at[None])[0]), float(model.roi(at[None])[0])))
    return tuple(out)


def _worst(cases: Study[WorstCases] | None, d: PlanReturn, months: int) -> tuple[tuple[WorstCase, ...], np.ndarray]:
    if cases is None:
        return (), np.zeros(d.scenarios)
    w = cases.definition
    rows = as_table(cases.table).select(*dict.fromkeys(x for x in (w.name, w.label, *w.chance, *w.cost) if x)).execute()
    _refuse(rows, w)
    chance = [spread_of(*(float(r[c]) for c in w.chance)) for _, r in rows.iterrows()]
    cost = [spread_of(*(float(r[c]) for c in w.cost)) for _, r in rows.iterrows()]
    years = months / 12
    lost = losses(chance, cost, years, d.scenarios, d.seed)
    out = []
    for i, (_, r) in enumerate(rows.iterrows()):
        low, likely, high = (float(r[c]) for c in w.chance)
        least, usual, most = (float(r[c]) for c in w.cost)
        each = lost[:, i]
        out.append(WorstCase(
            str(r[w.name]), str(r[w.label or w.name]), Quantity(likely, "percent", low, high), Quantity(usual, d.currency, least, most),
            float((each > 0).mean()), float(each.mean()), float(np.quantile(each, 0.95)),
        ))  # fmt: skip
    return tuple(sorted(out, key=lambda x: -x.expected)), lost.sum(axis=1)


def _refuse(rows: pd.DataFrame, w: WorstCases) -> None:
    problems = []
    if rows.empty:
        raise Refused(Problem("money.worst_cases", "has no rows"))
    for columns, top in ((w.chance, 1.0), (w.cost, math.inf)):
        values = rows[list(columns)].to_numpy(float)
        at = f"money.worst_cases.{columns[0]}"
        missing, mixed = np.isnan(values).any(axis=1), (np.diff(values, axis=1) < 0).any(axis=1)
        outside = values[(values < 0) | (values > top)]
        if missing.any():
            rule = "is missing: every worst case has low, likely and high"
            problems.append(Problem(at, rule, rows=int(missing.sum())))
        elif outside.size:
            rule = "must lie between 0 and 1" if top == 1 else "must not be below 0"
            problems.append(Problem(at, rule, float(outside[0])))
        elif mixed.any():
            problems.append(Problem(at, "low, likely and high must be in order", rows=int(mixed.sum())))
    if problems:
        raise Refused(problems)


def check(found: Risks) -> Checks:
    """Reasons for doubt about the spread."""
    total = sum(s.width for _, s in found.swings)
    first = found.swings[0][1].width / total if total else math.nan
    rare = found.loss_with_worst - found.loss
    return Checks((
        Check(Sentence("No single assumption decides"), None if math.isnan(first) else first < 0.5,
              Sentence("the widest makes {share} of all swings", {"share": Quantity(first, "percent")}), numbers={"share": first}),
        Check(Sentence("Worst cases are named"), bool(found.worst),
              Sentence("{n} worst cases; they add {loss} to the chance of a loss", {"n": len(found.worst), "loss": Quantity(rare, "points")})
              if found.worst and not math.isnan(rare) else Sentence("none is named")),
        Check(Sentence("Even the lower case is no loss"), None if not found.cases else found.cases[0][1] >= 0,
              Sentence("everything at its bad end: {npv}", {"npv": Quantity(found.cases[0][1] if found.cases else math.nan, found.currency)})),
    ))  # fmt: skip


def conclude(found: Risks, checks: Checks) -> Findings:
    """How sure it is, what moves it most, then each worst case."""
    d = found.definition
    same = {"notebook": NOTEBOOK, "period": d.period, "level": 0.9, "owner": d.owner, "n": d.scenarios, "n_unit": "scenarios",
            "method": "simulation over intervals (Gaussian copula)"}  # fmt: skip
    question = Sentence("How sure is what the plan is worth?")
    if found.reason is not None:
        said = Sentence("How sure it is cannot be said: {why}.", {"why": term(found.reason)})
        main = Finding(id=f"{NOTEBOOK}/risk", subject="plan", verdict="no_data", question=question, sentence=said, answers=("F60",),
                       source=found.source, **same)  # fmt: skip
        return Findings((main, *_each_worst(found, same)))
    top, swing = found.swings[0]
    values = {"loss": Quantity(found.loss, "probability"), "p5": Quantity(found.p5, d.currency), "p95": Quantity(found.p95, d.currency),
              "what": top.label, "turn": _turn(top, swing)}  # fmt: skip
    text = "Over the horizon the plan is worth {p5} to {p95} in nine of ten scenarios, and a loss has a chance of {loss}."
    if found.loss < RARE:
        text = "Over the horizon the plan is worth {p5} to {p95} in nine of ten scenarios, and a loss has a chance below 1 %."
    decision = Sentence("Look at {what} first: nothing moves the result more.", values)
    if values["turn"].known:
        text_of_turn = "Look at {what} first: nothing moves the result more, and at {turn} the plan would be worth nothing."
        decision = Sentence(text_of_turn, values)
    numbers = {"chance_of_loss": found.loss, "p5": found.p5, "p95": found.p95, "chance_of_loss_with_worst": found.loss_with_worst,
               "p5_with_worst": found.p5_with_worst, "switching": swing.switching,
               **{f"case_{n}": v for n, v, _ in found.cases}, **{f"roi_case_{n}": v for n, _, v in found.cases}}  # fmt: skip
    main = Finding(
        id=f"{NOTEBOOK}/risk", subject="plan", verdict="measured", question=question, sentence=Sentence(text, values), decision=decision, kpi="npv",
        estimate=found.base, low=min(found.p5, found.base), high=max(found.p95, found.base), unit=d.currency, numbers=numbers,
        checks=checks.checks, answers=("F60", "F66"), source=found.source, **same,
    )  # fmt: skip
    return Findings((main, *_each_worst(found, same)))


def _each_worst(found: Risks, same: dict) -> list[Finding]:
    out = []
    for w in found.worst:
        values = {"label": w.label, "once": Quantity(w.once, "probability"), "cost": w.cost, "expected": Quantity(w.expected, found.currency)}
        said = Sentence("{label}: {once} within the horizon; one costs {cost:full}, on average {expected} must be reckoned with.", values)
        out.append(Finding(
            id=f"{NOTEBOOK}/worst/{w.name}", subject=w.name, verdict="measured", sentence=said, estimate=w.expected, unit=found.currency,
            question=Sentence("How likely is it, and what would it cost: {label}?", {"label": w.label}),
            numbers={"once": w.once, "p95": w.bad, "chance_a_year": w.chance.value, "cost_of_one": w.cost.value}, answers=("F66",),
            source="worst_cases", **{**same, "method": "Poisson, chance and cost triangular as judged"},
        ))  # fmt: skip
    return out
