"""Which offers and ideas are worth it? Value, risk and cost of each: go, pilot first, or no-go."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from toolkit.data.frames import TableLike, as_table
from toolkit.drawable import Row
from toolkit.findings import Check, Checks, Finding, Findings, verdict_words
from toolkit.language import Quantity, Sentence, term
from toolkit.money.budgets import shown
from toolkit.money.definition import Offers, spread_of
from toolkit.problems import Problem, Refused
from toolkit.shown import Grid, Shown
from toolkit.stats.power import size_for_shares
from toolkit.stats.scenarios import Between, draws
from toolkit.study import Study

NOTEBOOK = "offers"
ORDER = ("go", "pilot_first", "no_go", "no_data")
_FAR = 1e-7  # the threshold is known: like a control arm that is ten million times larger


@dataclass(frozen=True)
class Offer:
    """One offer: what it is worth in its first year, set-up paid.

    Attributes
    ----------
    value
        Expected, with its interval from the scenarios; nan with a reason where nothing can be said.
    loss
        Chance that it costs more than it brings.
    cost
        Set-up, hours priced.
    needed
        Margin of a year at which it is worth nothing.
    worth_knowing
        What perfect knowledge would be worth: a pilot may not cost more.
    pilot
        Customers a pilot is offered to, nan with the reason in `pilot_reason`: so many that an offer worth
        making shows as one with the power asked for.
    asked
        Customers who asked for it; None where nothing is counted, or where they are too few to be told.
    rank
        By value, risk and cost alike (mean of the three places); 1 is best, 0 without a value.
    """

    name: str
    origin: str
    value: Quantity
    loss: float
    cost: float
    needed: float
    worth_knowing: float
    verdict: str
    pilot: float
    pilot_reason: str | None
    asked: int | None
    takers: float
    rank: int = 0

    @property
    def title(self) -> str:
        """What people call it."""
        return shown(self.name)


@dataclass(frozen=True, repr=False)
class Weighed(Shown):
    """Every offer, best first, and what was asked for and nobody has priced."""

    definition: Offers
    offers: tuple[Offer, ...]
    unpriced: tuple[tuple[str, int], ...] = ()
    rows: int = field(default=0)

    def value_rows(self) -> tuple[Row, ...]:
        """What each is worth, as charts take it."""
        tones = {"go": "better", "no_go": "worse", "pilot_first": "level"}
        return tuple(Row(o.title, o.value, tones.get(o.verdict, "unknown")) for o in self.offers)

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        counts = {v: sum(o.verdict == v for o in self.offers) for v in ORDER}
        return Sentence("What each offer is worth in its first year: {go} to go, {pilot} to pilot, {no} not to make", {
            "go": counts["go"], "pilot": counts["pilot_first"], "no": counts["no_go"]})  # fmt: skip

    def grid(self) -> Grid:
        """One row an offer."""
        rows = tuple((o.title, verdict_words(o.verdict), o.value, Quantity(o.loss, "probability", reason=o.value.reason), _pilot_said(o))
                     for o in self.offers)  # fmt: skip
        heads = ("Offer", "Verdict", "Worth in the first year", "Chance of a loss", "Pilot")
        note = Sentence("In order of value, risk and cost alike. A loss is accepted up to a chance of {loss}.", {
            "loss": Quantity(self.definition.loss_accepted, "probability")})  # fmt: skip
        return Grid(Sentence("Offers and ideas"), tuple(Sentence(h) for h in heads), rows, note)

    def cost_grid(self) -> Grid:
        """What each takes, and what a pilot may cost."""
        unit = self.definition.currency
        rows = tuple(
            (o.title, Quantity(o.cost, unit, reason=o.value.reason), Quantity(o.needed, unit, reason=o.value.reason),
             Quantity(o.worth_knowing, unit, reason=o.value.reason), o.origin) for o in self.offers
        )  # fmt: skip
        heads = ("Offer", "Set-up, hours included", "Yearly margin it needs", "A pilot may cost at most", "Whose idea")
        return Grid(Sentence("What each offer takes"), tuple(Sentence(h) for h in heads), rows)

    def asked_grid(self) -> Grid:
        """What customers ask for, and whether an offer answers it."""
        reason = "what one taker brings is not said"
        rows = [(o.title, o.asked, Quantity(o.takers, "number", reason=reason)) for o in self.offers if o.asked is not None]
        rows += [(shown(w), n, Quantity(math.nan, "number", reason="nobody has priced it")) for w, n in self.unpriced]
        heads = ("Asked for", "Customers who asked", "Takers it needs to be worth its cost")
        note = Sentence("Customers who asked within {months} months.", {"months": self.definition.months})
        return Grid(Sentence("What customers ask for"), tuple(Sentence(h) for h in heads), tuple(rows), note)


def _pilot_said(o: Offer) -> Sentence | None:
    if o.verdict != "pilot_first":
        return None
    if math.isfinite(o.pilot):
        return Sentence("offer it to {n} customers", {"n": math.ceil(o.pilot)})
    return _PILOT_REASONS[o.pilot_reason]


_PILOT_REASONS = {
    "unsaid": Sentence("its size needs `pilots`: what one taker brings"),
    "everybody": Sentence("more would be needed than there are customers"),
    "hopeless": Sentence("even at its best it does not bring what it costs"),
    "too_many": Sentence("it needs more takers than there are customers"),
}


def estimate(table: TableLike | Study[Offers], definition: Offers | None = None) -> Weighed:
    """What is each offer worth, and how risky is it?

    Parameters
    ----------
    table
        A row an offer: a pandas frame, an Ibis table or a path; or a study, which brings the definition.

    Raises
    ------
    Refused
        Judgements that are not in order, costs below 0, chances outside 0 to 1, names that are missing
        or stand twice; all at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a table needs the offers' columns: estimate(table, Offers(…))")
    if table is None:
        return Weighed(definition, ())
    d = definition
    columns = (d.name, d.origin, d.wanted, *d.margin, d.setup, d.setup_hours, d.failure_chance, d.failure_loss)
    rows = as_table(table).select(*dict.fromkeys(c for c in columns if c)).execute()
    _refuse(rows, d)
    offers = [_offer(row, i, d) for i, (_, row) in enumerate(rows.iterrows())]
    answered = {str(r[d.wanted]) for _, r in rows.iterrows() if pd.notna(r[d.wanted])} if d.wanted else set()
    unpriced = sorted(((w, n) for w, n in d.asked.items() if w not in answered and n >= d.min_cell), key=lambda p: -p[1])
    return Weighed(d, _ranked(offers), tuple(unpriced), len(rows))


def _refuse(rows: pd.DataFrame, d: Offers) -> None:
    at = "money.offers"
    if rows.empty:
        raise Refused(Problem(at, "has no rows: there is no offer to look at"))
    problems = []
    if rows[d.name].isna().any() or rows[d.name].duplicated().any():
        unnamed = rows[d.name].isna() | rows[d.name].duplicated()
        problems.append(Problem(f"{at}.{d.name}", "every offer needs a name of its own", rows=int(unnamed.sum())))
    margins = rows[list(d.margin)].astype(float)
    wrong = (np.diff(margins.to_numpy(), axis=1) < 0).any(axis=1)
    if wrong.any():
        problems.append(Problem(f"{at}.{d.margin[0]}", "low, likely and high must be in order", rows=int(wrong.sum()),
                                examples=tuple(map(str, rows.loc[wrong, d.name].head(3)))))  # fmt: skip
    for column, top in ((d.setup, None), (d.setup_hours, None), (d.failure_chance, 1), (d.failure_loss, None)):
        if column is None:
            continue
        values = rows[column].astype(float)
        out = (values < 0) | (values > top if top is not None else False)
        if out.any():
            rule = "must lie between 0 and 1" if top is not None else "must not be below 0"
            problems.append(Problem(f"{at}.{column}", rule, float(values[out].iloc[0]), rows=int(out.sum())))
    unknown = tuple(n for n in d.pilots if n not in set(rows[d.name].astype(str)))
    problems += [Problem(f"{at}.pilots", "is no offer of the table", n, tuple(rows[d.name].astype(str))) for n in unknown]
    if problems:
        raise Refused(problems)


def _number(row: pd.Series, column: str | None) -> float:
    return float(row[column]) if column and pd.notna(row[column]) else 0.0


def _offer(row: pd.Series, position: int, d: Offers) -> Offer:
    name = str(row[d.name])
    origin = str(row[d.origin]) if d.origin and pd.notna(row[d.origin]) else ""
    asked = None
    if d.wanted and pd.notna(row[d.wanted]) and d.asked:
        asked = d.asked.get(str(row[d.wanted]), 0)
        asked = None if 0 < asked < d.min_cell else asked
    margin = [float(row[c]) for c in d.margin]
    setup = row[d.setup]
    reason = "nobody said what it costs" if pd.isna(setup) else None
    if any(map(math.isnan, margin)):
        reason = "nobody said what it brings"
    if reason is not None:
        nothing = Quantity(math.nan, d.currency, reason=reason)
        return Offer(name, origin, nothing, math.nan, math.nan, math.nan, math.nan, "no_data", math.nan, "unsaid", asked, math.nan)
    cost = (float(setup) + _number(row, d.setup_hours) * (d.hour_rate or 0.0)) * (1 + d.bias_costs)
    fails, loss = _number(row, d.failure_chance), _number(row, d.failure_loss)
    seed = int(np.random.default_rng([d.seed, position]).integers(2**31))
    numbers = draws([spread_of(*margin), Between(0.0, 1.0)], d.scenarios, seed)
    kept = (1 - d.bias) * numbers[:, 0]
    worth = np.where(numbers[:, 1] < fails, -loss, kept) - cost
    expected = (1 - fails) * (1 - d.bias) * spread_of(*margin).middle - fails * loss - cost
    low, high = np.quantile(worth, [(1 - d.level) / 2, (1 + d.level) / 2])
    chance = float((worth < 0).mean())
    needed = (cost + fails * loss) / ((1 - fails) * (1 - d.bias)) if fails < 1 else math.inf
    verdict = "no_go" if expected <= 0 else "go" if chance <= d.loss_accepted else "pilot_first"
    worth_making = kept[kept > needed * (1 - d.bias)]
    hoped = float(worth_making.mean()) / (1 - d.bias) if worth_making.size else math.nan
    pilot, why, takers = _pilot(name, needed, hoped, d)
    value = Quantity(expected, d.currency, float(min(low, expected)), float(max(high, expected)))
    knowing = float(np.maximum(worth, 0).mean() - max(expected, 0.0))
    return Offer(name, origin, value, chance, cost, needed, max(knowing, 0.0), verdict, pilot, why, asked, takers)


def _pilot(name: str, needed: float, hoped: float, d: Offers) -> tuple[float, str | None, float]:
    """To how many customers a pilot is offered, so that it tells an offer worth making from one that is not.

    The share of takers needed is a known threshold; `hoped` is the margin on average where the offer is
    worth making, and has to be seen with the power asked for.
    """
    plan = d.pilots.get(name)
    if plan is None:
        return math.nan, "unsaid", math.nan
    takers = needed / plan.margin
    if plan.customers <= 0 or not takers < plan.customers:
        return math.nan, "too_many", takers
    if math.isnan(hoped):
        return math.nan, "hopeless", takers
    least, seen = max(takers, 0.0) / plan.customers, min(hoped / plan.margin / plan.customers, 1.0)
    if not seen > least:
        return math.nan, "too_many", takers
    size = _FAR * size_for_shares(least, seen, power=d.power, ratio=_FAR, alpha=1 - d.level, sides=2)
    return (size, None, takers) if size <= plan.customers else (math.nan, "everybody", takers)


def _ranked(offers: list[Offer]) -> tuple[Offer, ...]:
    known = [o for o in offers if o.value.known]
    keys = (lambda o: -o.value.value, lambda o: o.loss, lambda o: o.cost)
    places = {o.name: sum(sorted(map(key, known)).index(key(o)) for key in keys) for o in known}
    order = sorted(known, key=lambda o: (ORDER.index(o.verdict), places[o.name], -o.value.value, o.name))
    ranked = [Offer(**{**o.__dict__, "rank": i}) for i, o in enumerate(order, 1)]
    return (*ranked, *(o for o in offers if not o.value.known))


def check(found: Weighed) -> Checks:
    """Reasons for doubt about what offers are worth."""
    d = found.definition
    empty = tuple(o.title for o in found.offers if not o.value.known)
    wanted = [o for o in found.offers if o.asked is not None and math.isfinite(o.takers) and o.verdict != "no_go"]
    short = tuple(o.title for o in wanted if o.asked < o.takers)
    bare = tuple(o.title for o in found.offers if o.verdict == "pilot_first" and not math.isfinite(o.pilot))
    return Checks((
        Check(Sentence("Every offer says what it brings and costs"), not empty,
              Sentence("no data for {offers}", {"offers": empty}) if empty else Sentence("each does")),
        Check(Sentence("Enough customers have asked for what is offered"), None if not d.asked else not short,
              Sentence("fewer asked than it needs: {offers}", {"offers": short}) if short
              else Sentence("as many as are needed, or nothing is counted")),
        Check(Sentence("Hopes are corrected"), d.bias > 0,
              Sentence("margins less {bias}, costs more {costs}", {
                  "bias": Quantity(d.bias, "percent"), "costs": Quantity(d.bias_costs, "percent")}) if d.bias else Sentence("they are taken as hoped")),
        Check(Sentence("Every pilot has a size"), not bare,
              Sentence("no size for {offers}", {"offers": bare}) if bare else Sentence("each has one")),
    ))  # fmt: skip


def conclude(found: Weighed, checks: Checks) -> Findings:
    """The offers to make, to try and to leave; then each; then ideas that nobody has priced."""
    d = found.definition
    same = {"notebook": NOTEBOOK, "period": d.period, "level": d.level, "owner": d.owner, "source": d.table, "unit": d.currency,
            "n": d.scenarios, "n_unit": "scenarios", "method": "expected first year, simulated over what was judged"}  # fmt: skip
    groups = {v: tuple(o.title for o in found.offers if o.verdict == v) for v in ORDER}
    values = {"go": groups["go"], "pilot": groups["pilot_first"], "no": groups["no_go"]}
    gain = sum(o.value.value for o in found.offers if o.verdict == "go")
    said = Sentence("{go} of {n} offers are worth making and {pilot} worth a pilot; those to make are expected to bring {gain} in a year.", {
        "go": len(groups["go"]), "n": len(found.offers), "pilot": len(groups["pilot_first"]), "gain": Quantity(gain, d.currency)})  # fmt: skip
    if not found.offers:
        said = Sentence("There are no offers to weigh: `money.offers` would name their table.")
    main = Finding(
        id=f"{NOTEBOOK}/all", subject="offers", question=Sentence("Which offers are worth it?"), headline=True,
        verdict="measured" if any(groups[v] for v in ORDER[:3]) else "no_data", sentence=said, checks=checks.checks, answers=("F62", "F63"),
        decision=_decision(values, bool(found.offers)), numbers={v: len(names) for v, names in groups.items()}, **same,
    )  # fmt: skip
    ideas = [_idea(w, n, d, same) for w, n in found.unpriced]
    return Findings((main, *(_finding(found, o, same) for o in found.offers), *ideas))


def _decision(values: dict, declared: bool) -> Sentence:
    if values["go"] and values["pilot"] and values["no"]:
        return Sentence("Make {go}; try {pilot} in a pilot first; leave {no}.", values)
    if values["go"] and values["no"]:
        return Sentence("Make {go}; leave {no}.", values)
    if values["go"] and values["pilot"]:
        return Sentence("Make {go}; try {pilot} in a pilot first.", values)
    if values["pilot"] and values["no"]:
        return Sentence("Try {pilot} in a pilot first; leave {no}.", values)
    if values["go"]:
        return Sentence("Make {go}.", values)
    if values["pilot"]:
        return Sentence("Try {pilot} in a pilot first.", values)
    if values["no"]:
        return Sentence("Leave {no}: none is worth what it costs.", values)
    if not declared:
        return Sentence("Say what each idea is hoped to bring and what it takes: `money.offers`.")
    return Sentence("No offer says what it brings and what it costs.")


def _finding(found: Weighed, o: Offer, same: dict) -> Finding:
    q = o.value
    values = {"offer": o.title, "value": q, "loss": Quantity(o.loss, "probability"), "pilot": _pilot_said(o), "why": term(q.reason or "")}
    decisions = {"go": Sentence("Make {offer}.", values), "no_go": Sentence("Leave {offer}.", values)}
    if o.verdict == "pilot_first":
        decisions["pilot_first"] = Sentence("Try {offer} first: {pilot}.", values)
    if not q.known:
        said = Sentence("{offer} cannot be weighed: {why}.", values)
    elif o.verdict == "go":
        said = Sentence("{offer} is expected to bring {value} in its first year ({value:range}); a loss has a chance of {loss}.", values)
    elif o.verdict == "no_go":
        said = Sentence("{offer} is expected to lose {value:size} in its first year; a loss has a chance of {loss}.", values)
    else:
        said = Sentence("{offer} is expected to bring {value} in its first year, but a loss has a chance of {loss}: try it first.", values)
    numbers = {"chance_of_loss": o.loss, "setup": o.cost, "margin_needed": o.needed, "pilot": o.pilot, "rank": float(o.rank),
               "worth_knowing": o.worth_knowing, "asked": float(o.asked) if o.asked is not None else math.nan, "takers_needed": o.takers}  # fmt: skip
    ends = {"low": q.low, "high": q.high} if q.known else {}
    return Finding(id=f"{NOTEBOOK}/offer/{o.name}", subject=o.name, question=Sentence("Is {offer} worth it?", values), verdict=o.verdict,
                   sentence=said, kpi="first_year", estimate=q.value, numbers=numbers, decision=decisions.get(o.verdict),
                   answers=("F62", "F63"), **ends, **same)  # fmt: skip


def _idea(wanted: str, n: int, d: Offers, same: dict) -> Finding:
    values = {"wanted": shown(wanted), "n": n, "months": d.months}
    return Finding(
        id=f"{NOTEBOOK}/idea/{wanted}", subject=wanted, question=Sentence("Should {wanted} be offered?", values), verdict="no_data",
        sentence=Sentence("{n} customers asked for {wanted} within {months} months, and nobody has priced it.", values), numbers={"asked": float(n)},
        answers=("F63",), decision=Sentence("Price {wanted}: what would it bring and cost?", values), **{**same, "n": n, "n_unit": "customers"},
    )  # fmt: skip
