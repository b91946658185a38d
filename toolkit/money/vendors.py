"""One vendor or several? Criteria, money, time and effort, and how far the weights may move."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from toolkit.data.frames import TableLike, as_table
from toolkit.drawable import Row
from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.money.budgets import shown
from toolkit.money.definition import Vendors
from toolkit.problems import Problem, Refused
from toolkit.shown import Grid, Shown
from toolkit.stats.weighted_scores import Turn, first_share, totals, turns
from toolkit.study import Study

NOTEBOOK = "offers"
DRAWN = 20_000
NARROW = 0.05
"""A weight that may move by less than five points of a hundred holds the order up by little."""


@dataclass(frozen=True)
class Choice:
    """One choice: its score, and what it takes.

    Attributes
    ----------
    score
        Weighted mean over the criteria; more is better.
    first
        Share of all possible weights under which it is first.
    cost
        Money, and hours at their rate; nan where not said.
    """

    name: str
    kind: str
    score: float
    first: float
    money: float
    hours: float
    months: float
    cost: float


@dataclass(frozen=True, repr=False)
class Chosen(Shown):
    """The choices, best score first, and where each criterion's weight would turn the order."""

    definition: Vendors
    choices: tuple[Choice, ...]
    criteria: tuple[str, ...]
    turns: tuple[Turn, ...]
    names: tuple[str, ...]
    scores: np.ndarray = field(repr=False)

    @property
    def leader(self) -> Choice | None:
        """The choice with the best score; None where there is nothing to choose."""
        return self.choices[0] if self.choices else None

    @property
    def nearest(self) -> tuple[str, Turn] | None:
        """The criterion whose weight has to move least before another comes first; None where none can."""
        pairs = [(c, t) for c, t in zip(self.criteria, self.turns, strict=True) if math.isfinite(t.turns_at)]
        return min(pairs, key=lambda p: p[1].room) if pairs else None

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        if not self.choices:
            return Sentence("There are no vendors to choose from")
        return Sentence("Weighted score of each choice: {leader} is first", {"leader": self.leader.name})

    def score_rows(self) -> tuple[Row, ...]:
        """Scores, as charts take them."""
        return tuple(Row(c.name, Quantity(c.score, "score"), "us" if c is self.leader else "rival") for c in self.choices)

    def grid(self) -> Grid:
        """One row a choice."""
        unit = self.definition.currency
        rows = tuple(
            (c.name, Quantity(c.score, "score"), Quantity(c.cost, unit, reason="not said"), Quantity(c.months, "number", reason="not said"),
             Quantity(c.first, "probability")) for c in self.choices
        )  # fmt: skip
        heads = ("Choice", "Score", "Money and hours", "Months until it works", "First under so many weights")
        return Grid(Sentence("One vendor or several"), tuple(Sentence(h) for h in heads), rows)

    def effort_grid(self) -> Grid:
        """Money and hours apart."""
        unit = self.definition.currency
        rows = tuple(
            (c.name, c.kind, Quantity(c.money, unit, reason="not said"), Quantity(c.hours, "hours", reason="not said")) for c in self.choices
        )
        heads = ("Choice", "Vendors", "Money", "Own hours")
        return Grid(Sentence("What each choice takes"), tuple(Sentence(h) for h in heads), rows)

    def weight_grid(self) -> Grid:
        """How far each weight may move, alone, before another choice comes first."""
        rows = tuple(
            (shown(c), Quantity(t.weight, "percent"), Quantity(t.turns_at, "percent", reason="the order never changes"),
             self.names[t.to] if t.to >= 0 else Sentence("nobody else")) for c, t in zip(self.criteria, self.turns, strict=True)
        )  # fmt: skip
        heads = tuple(Sentence(h) for h in ("Criterion", "Weight", "Order changes at", "First then"))
        return Grid(Sentence("How far the weights may move"), heads, rows)


def score_grid(found: Chosen) -> Grid:
    """How well each choice does each criterion."""
    rows = tuple((shown(c), *(Quantity(float(x), "score") for x in found.scores[:, j])) for j, c in enumerate(found.criteria))
    heads = (Sentence("Criterion"), *(Sentence("{choice}", {"choice": n}) for n in found.names))
    return Grid(Sentence("Scores by criterion"), heads, rows)


def estimate(table: TableLike | Study[Vendors], definition: Vendors | None = None) -> Chosen:
    """Which choice scores best, and how firmly?

    Parameters
    ----------
    table
        A row a choice and criterion: a pandas frame, an Ibis table or a path; or a study.

    Raises
    ------
    Refused
        Fewer than two choices, a score that is missing or stands twice, a criterion weighed
        differently for two choices, costs that differ within a choice; all at once.
    """
    if isinstance(table, Study):
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a table needs the vendors' columns: estimate(table, Vendors(…))")
    if table is None:
        return Chosen(definition, (), (), (), (), np.zeros((0, 0)))
    d = definition
    columns = (d.choice, d.kind, d.criterion, d.weight, d.score, d.cost, d.hours, d.months)
    rows = as_table(table).select(*dict.fromkeys(c for c in columns if c)).execute()
    _refuse(rows, d)
    names = tuple(dict.fromkeys(rows[d.choice].astype(str)))
    criteria = tuple(dict.fromkeys(rows[d.criterion].astype(str)))
    scores = rows.pivot(index=d.choice, columns=d.criterion, values=d.score).loc[list(names), list(criteria)].to_numpy(float)
    weights = [float(rows.loc[rows[d.criterion] == c, d.weight].iloc[0]) for c in criteria]
    total, first = totals(scores, weights), first_share(scores, DRAWN, d.seed)
    choices = [_choice(name, float(total[i]), float(first[i]), rows[rows[d.choice] == name].iloc[0], d) for i, name in enumerate(names)]
    order = tuple(sorted(choices, key=lambda c: -c.score))
    return Chosen(d, order, criteria, turns(scores, weights), names, scores)


def _choice(name: str, score: float, first: float, row: pd.Series, d: Vendors) -> Choice:
    money, hours, months = (float(row[c]) if c and pd.notna(row[c]) else math.nan for c in (d.cost, d.hours, d.months))
    cost = money + (hours * (d.hour_rate or 0.0) if math.isfinite(hours) else 0.0)
    return Choice(name, str(row[d.kind]) if d.kind else "", score, first, money, hours, months, cost)


def _refuse(rows: pd.DataFrame, d: Vendors) -> None:
    at, problems = "money.vendors", []
    choices, criteria = rows[d.choice].nunique(), rows[d.criterion].nunique()
    if choices < 2:
        raise Refused(Problem(f"{at}.{d.choice}", "must have two choices at least: there is nothing to choose between", choices))
    twice = int(rows.duplicated([d.choice, d.criterion]).sum())
    if twice:
        problems.append(Problem(f"{at}.{d.score}", "stands twice for a choice and criterion", rows=twice))
    missing = choices * criteria - len(rows.drop_duplicates([d.choice, d.criterion]).dropna(subset=[d.score]))
    if missing:
        problems.append(Problem(f"{at}.{d.score}", "is missing for a choice and criterion: each choice is scored on all", rows=missing))
    spread = rows.groupby(d.criterion)[d.weight].nunique()
    for name in spread[spread != 1].index:
        problems.append(Problem(f"{at}.{d.weight}", f"must be one weight for '{name}', the same for every choice"))
    if (rows[d.weight] < 0).any() or not rows[d.weight].sum() > 0:
        problems.append(Problem(f"{at}.{d.weight}", "must not be below 0, and one must be above", float(rows[d.weight].min())))
    for column in (d.cost, d.hours, d.months):
        if column and (rows.groupby(d.choice)[column].nunique(dropna=False) > 1).any():
            problems.append(Problem(f"{at}.{column}", "must be the same in every row of a choice"))
    if problems:
        raise Refused(problems)


def check(found: Chosen) -> Checks:
    """Reasons for doubt about the order."""
    if not found.choices:
        said = Sentence("the params name none: `money.vendors`")
        return Checks((Check(Sentence("There are vendors to choose from"), None, said),))
    near = found.nearest
    second = found.choices[1]
    cheaper = None if math.isnan(found.leader.cost + second.cost) else found.leader.cost <= second.cost
    return Checks((
        Check(Sentence("No small shift of a weight changes the order"), near is None or near[1].room >= NARROW,
              Sentence("no weight alone changes it") if near is None
              else Sentence("the nearest is {criterion}: {weight} now, {at} would change it", {
                  "criterion": shown(near[0]), "weight": Quantity(near[1].weight, "percent"), "at": Quantity(near[1].turns_at, "percent")}),
              numbers={"room": math.inf if near is None else near[1].room}),
        Check(Sentence("The first is first under most weights"), found.leader.first > 0.5,
              Sentence("under {share} of all possible weights", {"share": Quantity(found.leader.first, "probability")}),
              numbers={"first": found.leader.first}),
        Check(Sentence("The first does not cost more than the second"), cheaper,
              Sentence("{first} beside {second}", {"first": Quantity(found.leader.cost, found.definition.currency, reason="not said"),
                                                  "second": Quantity(second.cost, found.definition.currency, reason="not said")})),
    ))  # fmt: skip


def conclude(found: Chosen, checks: Checks) -> Findings:
    """The choice with the best score, and what would change that; then each choice."""
    d, near, lead = found.definition, found.nearest, found.leader
    same = {"notebook": NOTEBOOK, "period": d.period, "owner": d.owner, "source": d.table, "unit": "score", "answers": ("F64",),
            "n": len(found.criteria), "n_unit": "criteria", "method": "weighted mean; weights moved one at a time, and all at once (SMAA)"}  # fmt: skip
    if lead is None:
        said = Sentence("There are no vendors to choose from: `money.vendors` would name their table.")
        return Findings((Finding(id=f"{NOTEBOOK}/vendors", subject="vendors", question=Sentence("One vendor or several?"),
                                 verdict="no_data", sentence=said, **same),))  # fmt: skip
    values = {"leader": lead.name, "score": Quantity(lead.score, "score"), "second": found.choices[1].name,
              "other": Quantity(found.choices[1].score, "score"), "first": Quantity(lead.first, "probability")}  # fmt: skip
    said = Sentence("{leader} scores {score}, {second} {other}; no weight alone changes that.", values)
    if near is not None:
        values |= {"criterion": shown(near[0]), "weight": Quantity(near[1].weight, "percent"), "at": Quantity(near[1].turns_at, "percent"),
                   "then": found.names[near[1].to]}  # fmt: skip
        said = Sentence("{leader} scores {score}, {second} {other}; with {criterion} at {at} instead of {weight}, {then} would be first.", values)
    firm = not checks.failed
    decision = Sentence("Choose {leader}.", values) if firm else Sentence(
        "Agree on the weights before choosing {leader}: they decide between it and {second}.", values)  # fmt: skip
    main = Finding(id=f"{NOTEBOOK}/vendors", subject="vendors", question=Sentence("One vendor or several?"), verdict="measured", sentence=said,
                   estimate=lead.score, checks=checks.checks, decision=decision,
                   numbers={"first": lead.first, "room": near[1].room if near else math.inf}, **same)  # fmt: skip
    return Findings((main, *(_each(c, d, same) for c in found.choices)))


def _each(c: Choice, d: Vendors, same: dict) -> Finding:
    values = {"choice": c.name, "score": Quantity(c.score, "score"), "cost": Quantity(c.cost, d.currency), "hours": Quantity(c.hours, "hours"),
              "months": Quantity(c.months, "number")}  # fmt: skip
    return Finding(
        id=f"{NOTEBOOK}/vendor/{c.name}", subject=c.name, question=Sentence("What would {choice} take?", values), verdict="measured",
        sentence=Sentence("{choice}: score {score}, {cost} in all, of it {hours} of our own, {months} months until it works.", values),
        estimate=c.score, numbers={"first": c.first, "money": c.money, "hours": c.hours, "months": c.months, "cost": c.cost}, **same,
    )  # fmt: skip
