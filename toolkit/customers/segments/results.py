"""What was found of the segments."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace

from toolkit.customers.segments.definition import RFM, SHIPPED, Outcome, Rules, Segmenting
from toolkit.customers.value.results import interval_quantity
from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import level_unit
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Interval, undefined_interval
from toolkit.stats.suppression import hidden_groups

NOT_SHOWN = Sentence("Too few customers to be shown, or they would tell of another segment")

ACTIONS: Mapping[str, Sentence] = {
    "serve_better": Sentence("Serve better"), "hold": Sentence("Hold"), "reprice": Sentence("Reprice"),
    "let_go": Sentence("Let go"), "too_few": Sentence("Too few to act on"), "unknown": Sentence("No value known"),
    "nobody": Sentence("Nobody is in it"),
}  # fmt: skip


@dataclass(frozen=True)
class Measured:
    """An outcome of one segment, over `n` customers with rows of it."""

    outcome: Outcome
    found: Interval
    n: int

    def quantity(self, currency: str) -> Quantity:
        """For people."""
        return interval_quantity(self.found, level_unit(self.outcome.format, currency))


@dataclass(frozen=True)
class Segment:
    """One segment.

    Attributes
    ----------
    size, share
        Customers in it, and of all.
    value
        Net value a customer, with its interval; nan where no money is known.
    margin
        The same before the cost to serve.
    net
        Of all its customers together.
    """

    name: str
    rule: str
    size: int
    share: Interval
    value: Interval
    margin: float
    net: float
    outcomes: tuple[Measured, ...]

    @property
    def said(self) -> str | Sentence:
        """What people call it: the company's own name, or a shipped one in words."""
        if RFM.get(self.name) == self.rule:
            return Sentence(SHIPPED[self.name])
        return self.name.replace("_", " ")


@dataclass(frozen=True)
class Loyalty:
    """Whether an effort pays in a segment.

    `needed` is the share of customers it must keep to pay for itself; `gain` what it would bring
    for each customer and year, net of its cost, where the share it keeps is declared.
    """

    segment: Segment
    needed: Quantity
    gain: Quantity | None
    worth: bool | None


@dataclass(frozen=True, repr=False)
class Segmentation(Shown):
    """One way of telling customers apart, proved: everybody is in exactly one segment.

    `proved` counts the cells of scores that the proof went over; None where it went over customers.
    """

    rules: Rules
    n: int
    segments: tuple[Segment, ...]
    everyone: float
    proved: int | None

    def __getitem__(self, name: str) -> Segment:
        return next(s for s in self.segments if s.name == name)

    def action(self, segment: Segment, fewest: int) -> str:
        """What is done for a segment: a key of `ACTIONS`."""
        if segment.size < fewest:
            return "too_few" if segment.size else "nobody"
        value = segment.value
        if math.isnan(value.low):
            return "unknown"
        if value.high < 0:
            return "reprice" if segment.margin > 0 else "let_go"
        if value.low > self.everyone or (value.high >= self.everyone and self._unhappy(segment)):
            return "serve_better"
        return "hold"

    def hidden(self, least: int) -> frozenset[str]:
        """Names of segments that are not shown: too few customers, or others could be worked out from them."""
        return hidden_groups({s.name: s.size for s in self.segments}, least)

    def shown(self, least: int) -> tuple[Segment, ...]:
        """Segments somebody is in and of which numbers may be told, with the outcomes that may be."""
        hidden = self.hidden(least)
        kept = [s for s in self.segments if s.size and s.name not in hidden]
        few = [
            hidden_groups({s.name: s.outcomes[i].n for s in kept}, least) for i in range(len(kept[0].outcomes) if kept else 0)
        ]
        return tuple(
            replace(s, outcomes=tuple(_without(m) if s.name in few[i] else m for i, m in enumerate(s.outcomes))) for s in kept
        )

    def _unhappy(self, segment: Segment) -> bool:
        """Whether a measure of satisfaction lies below that of the other segments."""
        for m in segment.outcomes:
            if not m.outcome.satisfaction or math.isnan(m.found.high):
                continue
            others = [
                (x.found.estimate, x.n) for s in self.segments if s is not segment for x in s.outcomes
                if x.outcome.name == m.outcome.name and not math.isnan(x.found.estimate)
            ]  # fmt: skip
            weight = sum(n for _, n in others)
            if weight and m.found.high < sum(e * n for e, n in others) / weight:
                return True
        return False

    def table(self, definition: Segmenting) -> Grid:
        """One row a segment: how many, what they bring, what follows."""
        currency = definition.window.currency
        heads = (Sentence("Segment"), Sentence("Customers"), Sentence("Share"), Sentence("Net value a customer"),
                 Sentence("What follows"))  # fmt: skip
        hidden = self.hidden(definition.min_cell)
        rows = tuple(
            (s.said, None, None, None, NOT_SHOWN) if s.name in hidden else
            (s.said, s.size, Quantity(s.share.estimate, "percent"), interval_quantity(s.value, currency),
             ACTIONS[self.action(s, definition.fewest)])
            for s in self.segments
        )  # fmt: skip
        values = {"n": Quantity(self.n, "count"), "cells": self.proved or 0}
        if self.proved is not None:
            note = Sentence("Proved over all {cells} cells of scores and {n} customers: each is in exactly one segment.", values)
        else:
            note = Sentence("Proved over {n} customers who were there in these days: each is in exactly one segment.", values)
        return Grid(Sentence("Segments: {name}", {"name": self.rules.title}), heads, rows, note)

    def measured(self, definition: Segmenting) -> Grid:
        """One row a segment: response, conversion, satisfaction."""
        currency = definition.window.currency
        kinds = [m.outcome for m in self.segments[0].outcomes]
        heads = (Sentence("Segment"), *(Sentence("{label}", {"label": o.label}) for o in kinds))
        shown = {s.name: s.outcomes for s in self.shown(definition.min_cell)}
        rows = tuple(
            (s.said, *((m.quantity(currency) for m in shown[s.name]) if s.name in shown else (None for _ in kinds)))
            for s in self.segments
        )
        return Grid(Sentence("How segments respond: {name}", {"name": self.rules.title}), heads, rows)

    @property
    def criteria(self) -> Grid:
        """The rules as written."""
        rows = tuple((s.said, s.rule) for s in self.segments)
        return Grid(Sentence("Who belongs where: {name}", {"name": self.rules.title}),
                    (Sentence("Segment"), Sentence("Rule")), rows)  # fmt: skip

    def rows(self, currency: str, least: int = 1) -> tuple[Row, ...]:
        """Net value a customer, for a chart; segments nobody is in have no number."""
        tones = {True: "better", False: "us"}
        out = []
        for s in self.shown(least):
            below = not math.isnan(s.value.high) and s.value.high < 0
            above = not math.isnan(s.value.low) and s.value.low > self.everyone
            out.append(Row(s.said, interval_quantity(s.value, currency), "worse" if below else tones[above]))
        return tuple(out)


@dataclass(frozen=True, repr=False)
class Segmented(Shown):
    """Every segmentation. `without_orders`: customers without an order, who have no scores."""

    definition: Segmenting
    segmentations: tuple[Segmentation, ...]
    without_orders: int

    @property
    def main(self) -> Segmentation:
        """The one that is acted on: the first of the rules, or the scores."""
        own = [s for s in self.segmentations if s.proved is None]
        return own[0] if own else self.segmentations[0]

    @property
    def title(self) -> Sentence:
        """What the chart shows."""
        known = [s for s in self.main.shown(self.definition.min_cell) if not math.isnan(s.value.estimate)]
        if not known:
            return Sentence("What a customer of each segment brings")
        best = max(known, key=lambda s: s.value.estimate)
        values = {"segment": best.said, "value": interval_quantity(best.value, self.definition.window.currency)}
        return Sentence("A customer of the segment {segment} brings most: {value}", values)

    @property
    def rows(self) -> tuple[Row, ...]:
        """Net value a customer in the main segmentation."""
        return tuple(r for r in self.main.rows(self.definition.window.currency, self.definition.min_cell) if not math.isnan(r.quantity.value))

    @property
    def tables(self) -> tuple[Grid, ...]:
        """A table for each segmentation, the main one first, and what is measured in its segments."""
        out = []
        for s in sorted(self.segmentations, key=lambda s: s is not self.main):
            out.append(s.table(self.definition))
            if self.definition.outcomes:
                out.append(s.measured(self.definition))
        return tuple(out)

    @property
    def criteria(self) -> tuple[Grid, ...]:
        """The rules of each segmentation."""
        return tuple(s.criteria for s in self.segmentations)

    @property
    def year(self) -> float:
        """What the window's money is multiplied by to be a year's."""
        window = self.definition.window
        if window.starts is None:
            return 1.0
        return 365.25 / ((window.ends - window.starts).days + 1)

    @property
    def loyalty(self) -> tuple[Loyalty, ...]:
        """Whether the loyalty effort pays, segment by segment of the main segmentation."""
        cost, gain, currency = self.definition.loyalty_cost, self.definition.loyalty_gain, self.definition.window.currency
        if cost is None:
            return ()
        return tuple(_pays(s, cost, gain, self.year, currency) for s in self.main.shown(self.definition.min_cell))

    @property
    def loyalty_grid(self) -> Grid:
        """The same as a table."""
        words = {True: Sentence("Worth it"), False: Sentence("Not worth it"), None: Sentence("Cannot be told")}
        heads = ("Segment", "It must keep", "Gain a customer and year", "Worth it")
        rows = tuple((x.segment.said, x.needed, x.gain, words[x.worth]) for x in self.loyalty)
        note = Sentence("A customer kept is worth a year's net value; the effort costs {cost} a customer and year.",
                        {"cost": Quantity(self.definition.loyalty_cost or math.nan, self.definition.window.currency)})  # fmt: skip
        return Grid(Sentence("Is the loyalty effort worth it?"), tuple(Sentence(h) for h in heads), rows,
                    note if rows else Sentence("No loyalty effort is declared."))  # fmt: skip

    def grid(self) -> Grid:
        """The main segmentation."""
        return self.main.table(self.definition)


def _without(m: Measured) -> Measured:
    """An outcome that rests on too few customers to be shown."""
    return Measured(m.outcome, undefined_interval("too few customers to be shown", method="", n=0, level=m.found.level), 0)


def _pays(s: Segment, cost: float, gain: float | None, year: float, currency: str) -> Loyalty:
    worth, low, high = s.value.estimate * year, s.value.low * year, s.value.high * year
    if math.isnan(worth):
        return Loyalty(s, Quantity(math.nan, "points", reason="no value is known"), None, None)
    if worth <= 0:
        needed = Quantity(math.nan, "points", reason="these customers bring nothing net")
        return Loyalty(s, needed, None if gain is None else Quantity(gain * worth - cost, currency), False)
    ends = {} if math.isnan(low) or low <= 0 else {"low": cost / high, "high": cost / low}
    needed = Quantity(cost / worth, "points", **ends)
    if gain is None:
        return Loyalty(s, needed, None, None)
    if math.isnan(low):
        return Loyalty(s, needed, Quantity(gain * worth - cost, currency), None)
    brings = Quantity(gain * worth - cost, currency, gain * low - cost, gain * high - cost)
    return Loyalty(s, needed, brings, True if brings.low > 0 else False if brings.high < 0 else None)
