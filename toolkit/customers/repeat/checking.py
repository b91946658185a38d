"""Reasons for doubt about who comes back."""

from __future__ import annotations

from toolkit.customers.repeat.results import Repeated
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence

MOST_WITHOUT_CUSTOMER = 0.05
"""Share of rows without a customer above which shares of customers are in doubt."""


def check(found: Repeated) -> Checks:
    """Was every order somebody's, is a first order a first one, and are there enough customers?"""
    out = []
    bare = sum(a.rows for a in found.aside if a.why == "no_customer")
    orders = sum(a.orders for a in found.aside if a.why == "no_customer")
    share = orders / (orders + found.orders) if orders else 0.0
    out.append(Check(
        Sentence("Orders name their customer"), share <= MOST_WITHOUT_CUSTOMER,
        Sentence("rows without a customer: {n}, {share} of orders; they are set aside",
                 {"n": bare, "share": Quantity(share, "percent")}),
        numbers={"rows": bare, "share": share},
    ))  # fmt: skip
    others = [a for a in found.aside if a.why != "no_customer"]
    if others:
        said = tuple(Sentence("{reason}: {n}", {"reason": a.reason, "n": a.rows}) for a in others)
        out.append(Check(Sentence("What is no purchase was left out"), None, Sentence("{said}", {"said": said}),
                         numbers={a.why: a.rows for a in others}))  # fmt: skip
    out.append(Check(
        Sentence("The first order is the first one"), None,
        Sentence("the table begins on {day}: who ordered before that counts as new", {"day": found.first_day}),
    ))  # fmt: skip
    if found.full == 0:
        detail = Sentence("no customer's window is over")
    else:
        detail = Sentence("customers whose window is over: {n} of {of}", {"n": found.full, "of": found.n})
    out.append(Check(Sentence("Customers have had their time to return"), found.full > 0, detail, takes_verdict=True))
    single = [c for c in found.every_cohort if c.size == 1]
    if single:
        out.append(Check(Sentence("Cohorts are larger than one customer"), None,
                         Sentence("cohorts of a single customer: {n}", {"n": len(single)})))  # fmt: skip
    if found.once == found.n:
        detail = Sentence("every one of {n} customers ordered on one day only", {"n": found.n})
        out.append(Check(Sentence("Some customer came back"), False, detail))
    return Checks(tuple(out))
