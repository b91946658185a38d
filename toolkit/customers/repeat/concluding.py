"""What follows from who comes back."""

from __future__ import annotations

from toolkit.customers.repeat.results import Repeated
from toolkit.customers.value.results import interval_quantity
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence

METHOD = "Wilson, customers with a full window"
FEWEST = 30
"""Fewer customers with a full window: the shares are shown and not acted on."""


def conclude(found: Repeated, checks: Checks) -> Findings:
    """How often customers return, and for what."""
    window = found.definition.window
    shared = {
        "notebook": "customer_value", "subject": "repeat_purchase", "period": window.period, "owner": window.owner,
        "level": window.level, "n": found.full, "n_unit": "customers", "source": found.definition.bought.table,
        "checks": checks.checks, "method": METHOD,
    }  # fmt: skip
    question = Sentence("How often do customers return after the first order?")
    days = Quantity(float(found.definition.within_days), "days")
    if found.full == 0:
        said = Sentence("Whether customers return cannot be told yet: nobody's {days} are over.", {"days": days})
        return Findings((Finding(id="customer_value/repeat/returned", question=question, verdict="no_data", sentence=said,
                                 answers=("F29",), **shared),))  # fmt: skip
    values = {"share": interval_quantity(found.back, "percent"), "n": Quantity(found.full, "count"), "days": days,
              "same": interval_quantity(found.same, "percent"), "other": interval_quantity(found.other, "percent")}  # fmt: skip
    if found.full < FEWEST:
        said = Sentence("{share} of {n} customers order again within {days} ({share:range}): too few to act on.", values)
    else:
        said = Sentence("{share} of {n} customers order again within {days} of the first order ({share:range}).", values)
    out = [Finding(
        id="customer_value/repeat/returned", question=question, verdict="measured", sentence=said, kpi="repeat_purchase",
        estimate=found.back.estimate, low=found.back.low, high=found.back.high, unit="percent", answers=("F29", "F31"),
        numbers={"customers": found.n, "orders": found.orders, "once": found.once}, **shared,
    )]  # fmt: skip
    if found.products_known:
        said = Sentence("{same} come back for a product of the first order, {other} for another one.", values)
        out.append(Finding(
            id="customer_value/repeat/same_product", question=Sentence("Do they come back for the same product, or for others?"),
            verdict="measured", sentence=said, kpi="same_product", estimate=found.same.estimate, low=found.same.low,
            high=found.same.high, unit="percent", answers=("F30",),
            numbers={"other": found.other.estimate, "both": found.both.estimate}, **shared,
        ))  # fmt: skip
    return Findings(tuple(out))
