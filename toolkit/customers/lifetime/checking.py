"""Should the values be believed? Convergence, holdout, independence, what was set aside."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.customers.lifetime.results import LifetimeValue, quantity
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence

OFF_BY = 0.10
"""A holdout may be off by so much of what came: the models' known reach (Fader, Hardie & Lee 2005: 4 %)."""
RELATED = 0.2
"""A correlation whose interval reaches beyond this contradicts the Gamma-Gamma model."""
FAR = 3.0
"""A model is carried ahead by no more than so many times the time that was observed."""


def check(found: LifetimeValue) -> Checks:
    """Every reason for doubt; a model without a top takes the verdict away."""
    return Checks(tuple([
        *_converged(found), *_segments(found), *_holdout(found), *_independent(found), *_reach(found),
        *_set_aside(found),
    ]))  # fmt: skip


def _converged(found: LifetimeValue) -> Iterator[Check]:
    for model in found.fits[None]:
        f = model.fit
        name = Sentence("The likeliest parameters were found: {model}", {"model": model.title})
        numbers = {"gradient": f.gradient, "distance": f.distance, "iterations": f.iterations,
                   "starts_agreed": f.agreed, "log_likelihood": f.log_likelihood}  # fmt: skip
        if not f.converged:
            yield Check(name, False, Sentence("{why}", {"why": f.reason}), takes_verdict=True, numbers=numbers)
            continue
        detail = Sentence(
            "{agreed} of {starts} starts came to the same top, {distance} standard errors from it",
            {"agreed": f.agreed, "starts": f.starts, "distance": Quantity(f.distance, "number")},
        )
        yield Check(name, f.agreed * 2 > f.starts, detail, numbers=numbers)
        if f.edge and found.contractual:
            yield Check(Sentence("Customers are seen to differ in how likely they are to leave"), None,
                        Sentence("{why}: one rate of renewal holds for all", {"why": f.edge}))  # fmt: skip
        elif f.edge:
            yield Check(Sentence("Some customers are seen to leave"), False,
                        Sentence("{why}: the values take it that nobody ever will", {"why": f.edge}))  # fmt: skip


def _segments(found: LifetimeValue) -> Iterator[Check]:
    failed = [s for s, fits in found.fits.items() if s is not None and any(m.fit.reason for m in fits)]
    if len(found.fits) > 1:
        detail = Sentence("each has a value") if not failed else Sentence(
            "no data for {n}: {who}", {"n": len(failed), "who": ", ".join(failed[:5])})  # fmt: skip
        yield Check(Sentence("Every segment can be valued"), not failed, detail, numbers={"failed": len(failed)})


def _holdout(found: LifetimeValue) -> Iterator[Check]:
    name = Sentence("The model foretells what it has not seen")
    h = found.holdout
    if h.reason is not None:
        yield Check(name, None, Sentence("it could not be tried: {why}", {"why": h.reason}))
        return
    values = {
        "predicted": quantity(h.predicted, "count"), "actual": Quantity(h.actual, "count"),
        "error": Quantity(h.error, "relative"), "limit": Quantity(OFF_BY, "relative"),
    }  # fmt: skip
    numbers = {"predicted": h.predicted.estimate, "actual": h.actual, "error": h.error}
    good = abs(h.error) <= OFF_BY
    inside = h.predicted.low <= h.actual <= h.predicted.high
    if good or inside:
        detail = Sentence("{predicted} were foretold and {actual} came, {error} off", values)
        yield Check(name, True, detail, numbers=numbers)
        return
    detail = Sentence("{predicted} were foretold and {actual} came, {error} off; up to {limit} is the rule", values)
    yield Check(name, False, detail, numbers=numbers)


def _independent(found: LifetimeValue) -> Iterator[Check]:
    r = found.related
    if r is None:
        return
    name = Sentence("How much customers spend has little to do with how often they buy")
    if not r.defined:
        yield Check(name, None, Sentence("it cannot be told: {why}", {"why": r.reason}))
        return
    beyond = r.low > RELATED or r.high < -RELATED
    yield Check(name, not beyond, Sentence("they correlate by {r} ({r:range})", {"r": quantity(r, "number")}),
                numbers={"correlation": r.estimate})  # fmt: skip


def _reach(found: LifetimeValue) -> Iterator[Check]:
    if found.starts is None or found.ends is None:
        return
    observed = (found.ends - found.starts).days / 365.25
    ahead = found.definition.horizon_years
    values = {"ahead": Quantity(ahead, "number"), "observed": Quantity(observed, "number")}
    yield Check(Sentence("The horizon is not far beyond what was observed"), ahead <= FAR * observed,
                Sentence("{ahead} years ahead from {observed} years observed", values),
                numbers={"observed_years": observed})  # fmt: skip


def _set_aside(found: LifetimeValue) -> Iterator[Check]:
    for s in found.set_aside:
        yield Check(s.why, None, _rows(s.count), numbers={"rows": s.count})
    if not found.set_aside:
        yield Check(Sentence("Every row was used"), True, Sentence("nothing was set aside"))
    if math.isnan(found.everybody.n) or found.everybody.n == 0:
        yield Check(Sentence("There are customers to value"), False, Sentence("there are none"), takes_verdict=True)


def _rows(n: int) -> Sentence:
    return Sentence("{n} row", {"n": n}, plural="{n} rows", count="n")
