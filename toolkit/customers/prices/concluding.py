"""What follows from prices and purchases."""

from __future__ import annotations

import math

from toolkit.customers.prices.results import Responded, Response
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence, term

METHOD = "log-log regression with season, drift and AR(1) errors"


def conclude(found: Responded, checks: Checks) -> Findings:
    """How purchases go with the price, segment by segment."""
    return Findings(tuple(_segment(found, s, checks) for s in found.segments))


def _segment(found: Responded, s: Response, checks: Checks) -> Finding:
    window = found.definition.window
    values = {
        "segment": s.title, "change": s.quantity, "elasticity": Quantity(s.elasticity, "number", s.low, s.high)
        if not math.isnan(s.elasticity) else Quantity(math.nan), "reason": term(s.reason or ""),
    }  # fmt: skip
    ends = {}
    if math.isnan(s.elasticity):
        said = Sentence("{segment}: how orders go with the price cannot be told: {reason}.", values)
    else:
        ends = {"low": s.low, "high": s.high}
        if s.high < 0:
            said = Sentence("{segment}: months with a price 10 % higher go with {change:size} fewer orders ({change:sizes}).", values)
        elif s.low > 0:
            said = Sentence("{segment}: months with a price 10 % higher go with {change:size} more orders ({change:sizes}).", values)
        elif s.beside_high < 0:
            said = Sentence(
                "{segment}: orders fall more with the price than in the other segments; by how much ({change:range} at "
                "10 % more) is uncertain.", values)  # fmt: skip
        elif s.beside_low > 0:
            said = Sentence(
                "{segment}: orders fall less with the price than in the other segments; by how much ({change:range} at "
                "10 % more) is uncertain.", values)  # fmt: skip
        else:
            said = Sentence("{segment}: no association of orders with the price can be shown ({change:range} at 10 % more).", values)
    return Finding(
        id=f"customer_value/prices/{s.segment}", notebook="customer_value", subject="prices",
        question=Sentence("How do purchases go with the price?"), verdict="measured" if ends else "no_data", sentence=said,
        segment=s.segment, period=window.period, kpi="price_elasticity", estimate=s.elasticity, level=window.level,
        p_value=s.p_value, unit="number", n=s.orders, n_unit="orders", method=METHOD, owner=window.owner,
        source=", ".join(found.definition.tables), checks=checks.checks, answers=("F36",),
        numbers={"months": s.months, "at_10_percent": s.quantity.value, "beside": s.beside,
                 "beside_low": s.beside_low, "beside_high": s.beside_high}, **ends,
    )  # fmt: skip
