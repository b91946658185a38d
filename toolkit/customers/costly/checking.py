"""Reasons for doubt about costly customers."""

from __future__ import annotations

from toolkit.customers.costly.results import Flagged
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence


def check(found: Flagged) -> Checks:
    """Could customers be judged, and is what they cost counted?"""
    share = found.judged / found.n
    serving = tuple(f.title for f in found.definition.flows if f.kind == "serving")
    return Checks((
        Check(
            Sentence("Customers were seen for long enough"), found.judged > 0,
            Sentence("customers seen for {months} months or longer: {share}",
                     {"months": found.definition.at_least_months, "share": Quantity(share, "percent")}),
            takes_verdict=True, numbers={"share": share},
        ),
        Check(
            Sentence("What serving costs is counted"), bool(serving),
            Sentence("counted are {names}", {"names": serving}) if serving
            else Sentence("no cost to serve is declared: net value is before it"),
        ),
        Check(
            Sentence("Loss is more than chance"), None,
            Sentence("net value below 0 as it happened: {n} customers; their interval lies below 0: {flags}",
                     {"n": found.negative, "flags": len(found.flags)}),
            numbers={"negative": found.negative, "flags": len(found.flags)},
        ),
    ))  # fmt: skip
