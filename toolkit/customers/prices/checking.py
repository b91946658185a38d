"""Reasons for doubt about prices and purchases."""

from __future__ import annotations

import math

from toolkit.customers.prices.results import Responded
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence


def check(found: Responded) -> Checks:
    """Did the price move, and can every segment be told?"""
    moved = found.move >= found.definition.least_move
    unknown = tuple(s.title for s in found.segments if math.isnan(s.elasticity))
    out = [
        Check(
            Sentence("The price moved"), moved,
            Sentence("its months differ by {move} (standard deviation)", {"move": Quantity(found.move, "relative")}),
            takes_verdict=True, numbers={"move": found.move, "months": found.months},
        ),
        Check(
            Sentence("The price was set by chance"), None,
            Sentence("prices were set for reasons: this is an association, not what a price change would do"),
        ),
    ]  # fmt: skip
    if unknown:
        out.append(Check(Sentence("Every segment can be told"), False,
                         Sentence("no answer for {names}", {"names": unknown})))  # fmt: skip
    return Checks(tuple(out))
