"""Who are the customers worth keeping, and what keeps them?

Each question is a package of its own with the same three verbs
    value       which customers bring most, after what they cost; how few bring how much
    costly      who costs more than they bring, for sure, and what is at stake
    segments    who belongs together, proved to hold everybody once; what is done for each
    repeat      who comes back after the first order, when, and for what
    retention   who stays, by segment and cohort; existing customers when acquisition grows
    lifetime    what a customer is worth, with and without a contract
    prices      how purchases go with the price

All of them at once, as the params ask them
    assemble    the studies from a company's params
    answers     `estimate`, `check` and `conclude` over all that is asked

What they share
    definition  money, purchases, customers and the window, as values
    ledger      the same as tables of the engine; what was set aside, and why
    rows        rows for charts
"""

from toolkit.customers.answers import Answers, check, conclude, conclude_segments, estimate
from toolkit.customers.assemble import CustomerStudies, assembled

__all__ = ["Answers", "CustomerStudies", "assembled", "check", "conclude", "conclude_segments", "estimate"]
