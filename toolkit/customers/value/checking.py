"""Reasons for doubt about the customers' value."""

from __future__ import annotations

from toolkit.customers.value.results import Profitability
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence

MOST_UNOWNED = 0.05
"""Share of revenue without a customer above which shares of customers are in doubt."""


def check(found: Profitability) -> Checks:
    """Is every amount somebody's, and is serving counted?"""
    out = []
    revenue = [s for s in found.streams if s.kind == "revenue"]
    unowned, owned = sum(s.unowned for s in revenue), sum(s.amount for s in revenue)
    share = unowned / (unowned + owned) if unowned + owned > 0 else 0.0
    rows = sum(s.unowned_rows for s in found.streams)
    out.append(Check(
        Sentence("Money names its customer"), share <= MOST_UNOWNED,
        Sentence("rows without a customer: {n}, with {share} of revenue; they are set aside",
                 {"n": rows, "share": Quantity(share, "percent")}),
        numbers={"rows": rows, "share": share},
    ))  # fmt: skip
    serving = [s.title for s in found.streams if s.kind == "serving"]
    if serving:
        detail = Sentence("counted are {names}", {"names": tuple(serving)})
    else:
        detail = Sentence("no cost to serve is declared: net value is before it")
    out.append(Check(Sentence("What serving costs is counted"), bool(serving), detail))
    out.append(Check(
        Sentence("Shares are of customers with revenue"), None,
        Sentence("customers without revenue in the window, left out of the shares: {n}", {"n": found.without_revenue}),
        numbers={"n": found.without_revenue},
    ))  # fmt: skip
    return Checks(tuple(out))
