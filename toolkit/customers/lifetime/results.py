"""What was found: values by segment with their intervals, the models' parameters, the holdout."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date

from toolkit.customers.lifetime.definition import Definition, Renewals
from toolkit.customers.lifetime.reading import SetAside
from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Interval
from toolkit.stats.likeliest import Fit

EVERYBODY = Sentence("Everybody")


def quantity(found: Interval, unit: str, per: str | None = None) -> Quantity:
    """An interval as a value for people; without an interval the value alone, or why there is none."""
    if math.isnan(found.estimate):
        return Quantity(math.nan, unit, reason=found.reason, per=per)
    if math.isnan(found.low):
        return Quantity(found.estimate, unit, per=per)
    return Quantity(found.estimate, unit, found.low, found.high, per=per)


@dataclass(frozen=True)
class SegmentValue:
    """What customers of one segment are worth, each on average.

    Attributes
    ----------
    segment
        None is everybody.
    n
        Customers (under contract: those there now).
    there
        Margin to come from one that is there now, discounted, within the horizon.
    new
        The same of a newly won one, after its first purchase or term.
    simple
        The margin multiple: one retention rate, for ever.
    active
        Without contract: the share that still buys. Under contract: the share renewing next.
    point
        What one more percentage point of renewal at every decision adds to `there`.
    """

    segment: str | None
    n: float
    there: Interval
    new: Interval
    simple: Interval
    active: Interval
    point: Interval

    @property
    def label(self) -> str | Sentence:
        """Its name."""
        return EVERYBODY if self.segment is None else self.segment


@dataclass(frozen=True, repr=False)
class ModelFit(Shown):
    """One model's parameters, and whether its top was found."""

    title: Sentence
    fit: Fit
    n_unit: Sentence
    names: dict[str, Sentence] = field(default_factory=dict)

    def grid(self) -> Grid:
        """Parameters with intervals, then the diagnostics."""
        rows: list[tuple] = [(self.names.get(n, n), quantity(self.fit.interval(n), "number")) for n in self.fit.names]
        f = self.fit
        rows += [
            (Sentence("Rests on"), Sentence("{n} {unit}", {"n": Quantity(f.n, "count"), "unit": self.n_unit})),
            (Sentence("Log-likelihood"), Quantity(f.log_likelihood) if math.isfinite(f.log_likelihood) else None),
            (Sentence("Top found"), Sentence("yes") if f.converged else Sentence("no: {why}", {"why": f.reason or ""})),
            (Sentence("Starts that came to it"), Sentence("{agreed} of {starts}", {"agreed": f.agreed, "starts": f.starts})),
            (Sentence("Steps"), f.iterations),
            (Sentence("Largest slope left"), Quantity(f.gradient, "number") if math.isfinite(f.gradient) else None),
            (Sentence("Distance from the top, in standard errors"),
             Quantity(f.distance, "number") if math.isfinite(f.distance) else None),
        ]  # fmt: skip
        return Grid(self.title, (Sentence("Part"), Sentence("Value")), tuple(rows))


@dataclass(frozen=True, repr=False)
class Holdout(Shown):
    """What the first part of the data foretold of the second, beside what came.

    Attributes
    ----------
    predicted
        With its interval: the parameters' error and the chance in what customers do.
    actual
        What came.
    """

    title: Sentence
    predicted: Interval
    actual: float
    split: date | None = None
    ends: date | None = None

    @property
    def error(self) -> float:
        """How much too high (+) or too low (-) it was foretold, as a share of what came."""
        return self.predicted.estimate / self.actual - 1 if self.actual > 0 else math.nan

    @property
    def reason(self) -> str | None:
        """Why there is no number."""
        if math.isnan(self.predicted.estimate):
            return self.predicted.reason
        return None if self.actual > 0 else "nothing came in the part that was foretold"

    def grid(self) -> Grid:
        """Foretold, come, and the error."""
        predicted = quantity(self.predicted, "number")
        rows: list[tuple] = [
            (Sentence("Foretold from what was known on"), self.split),
            (Sentence("Foretold"), predicted if predicted.known else Sentence("no data: {why}", {"why": predicted.reason or ""})),
            (Sentence("Came"), Quantity(self.actual, "count")),
            (Sentence("Error"), Quantity(self.error, "relative", reason=self.reason)),
        ]  # fmt: skip
        return Grid(self.title, (Sentence("Part"), Sentence("Value")), tuple(rows))


@dataclass(frozen=True, repr=False)
class LifetimeValue(Shown):
    """What customers are worth, with everything needed to believe or doubt it.

    Attributes
    ----------
    values
        Everybody first, then each segment.
    fits
        By segment (None is everybody): the models.
    related
        Without contract: the correlation of how often with how much; None where there is no money.
    starts, ends
        First and last day observed.
    """

    definition: Definition
    values: tuple[SegmentValue, ...]
    fits: dict[str | None, tuple[ModelFit, ...]]
    holdout: Holdout
    related: Interval | None
    set_aside: tuple[SetAside, ...]
    starts: date | None = None
    ends: date | None = None

    @property
    def contractual(self) -> bool:
        """Whether customers are under contract, so that it is seen when they leave."""
        return isinstance(self.definition, Renewals)

    @property
    def unit(self) -> str:
        """What values are in: the currency, or plain purchases where amounts are not known."""
        d = self.definition
        money = self.contractual or getattr(d, "amount", None) or getattr(d, "spend", None)
        return d.currency if money else "number"

    @property
    def everybody(self) -> SegmentValue:
        """All customers together."""
        return self.values[0]

    @property
    def fit(self) -> ModelFit:
        """The model of staying or buying, of everybody."""
        return self.fits[None][0]

    @property
    def spend(self) -> ModelFit | None:
        """The model of amounts, of everybody; None where there is none."""
        return self.fits[None][1] if len(self.fits[None]) > 1 else None

    @property
    def title(self) -> Sentence:
        """What a chart of the values shows."""
        values = self._terms
        if self.unit == "number":
            return Sentence("Purchases to come from one customer within {years} years, discounted by {discount} a year", values)
        return Sentence("Margin to come from one customer within {years} years, discounted by {discount} a year", values)

    @property
    def _terms(self) -> dict:
        d = self.definition
        return {"years": Quantity(d.horizon_years, "number"), "discount": Quantity(d.discount, "percent")}

    @property
    def rows(self) -> tuple[Row, ...]:
        """By segment, the dearest first; everybody on top."""
        first, *rest = self.values
        rest = sorted(rest, key=lambda v: -v.there.estimate if math.isfinite(v.there.estimate) else math.inf)
        return tuple(
            Row(v.label, quantity(v.there, self.unit), "us" if math.isfinite(v.there.estimate) else "unknown")
            for v in (first, *rest)
        )

    @property
    def simple(self) -> Grid:
        """The margin multiple beside the model."""
        rows = tuple(
            (v.label, quantity(v.simple, self.unit), quantity(v.new if self.contractual else v.there, self.unit))
            for v in self.values
        )
        heads = (Sentence("Segment"), Sentence("Margin multiple"), Sentence("Model"))
        note = Sentence(
            "The multiple takes one rate of staying, for ever; the model lets customers differ and stops after {years} years.",
            self._terms,
        )
        return Grid(Sentence("The margin multiple r / (1 + d - r) beside the model"), heads, rows, note)

    def grid(self) -> Grid:
        """One row a segment."""
        active = Sentence("Renew next") if self.contractual else Sentence("Still buying")
        heads = (Sentence("Segment"), Sentence("Customers"), Sentence("Value of one there now"),
                 Sentence("Of a new one"), active)  # fmt: skip
        rows = tuple(
            (v.label, Quantity(v.n, "count"), quantity(v.there, self.unit), quantity(v.new, self.unit),
             quantity(v.active, "percent"))
            for v in self.values
        )  # fmt: skip
        return Grid(self.title, heads, rows, self._note)

    @property
    def _note(self) -> Sentence:
        if self.contractual:
            return Sentence(
                "Shifted beta-geometric. Margins of further terms only; intervals are of the average, over all "
                "parameters that the data allow (profile likelihood)."
            )
        return Sentence(
            "BG/NBD and Gamma-Gamma. Margins of further purchases only; intervals are of the average, from the "
            "parameters (delta method)."
        )

    def aside_grid(self) -> Grid:
        """What could not be used."""
        rows = tuple((s.why, s.count) for s in self.set_aside)
        note = None if rows else Sentence("Every row was used.")
        return Grid(Sentence("What could not be used"), (Sentence("Reason"), Sentence("Count")), rows, note)
