"""Should what is said of leads be believed?"""

from __future__ import annotations

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.service.leads.results import Led
from toolkit.service.wording import aside_check

LATE = 0.05
"""More mature leads than this neither won nor lost, after they became an opportunity: mature too early."""


def check(found: Led) -> Checks:
    """There are mature leads, they are really settled, and times run forward."""
    checks = [Check(
        Sentence("There are leads old enough to be judged"), bool(found.mature),
        Sentence("{n} of {of}", {"n": found.mature, "of": found.n}), takes_verdict=not found.mature,
    )]  # fmt: skip
    decided, opportunity = found.of("decided"), found.of("opportunity")
    if found.mature and decided is not None and opportunity is not None and opportunity.count:
        still = max(opportunity.count - decided.n, 0) / opportunity.count
        checks.append(Check(
            Sentence("Mature leads are settled"), still <= LATE,
            Sentence("{share} of their opportunities are still open", {"share": Quantity(still, "percent")}),
            numbers={"still_open": still},
        ))  # fmt: skip
    checks.append(aside_check(found.aside, found.n))
    return Checks(tuple(checks))
