"""Should what is said of complaints be believed?"""

from __future__ import annotations

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.service.complaints.results import Complained
from toolkit.service.pareto import FEWEST
from toolkit.service.wording import aside_check

def check(found: Complained) -> Checks:
    """Enough complaints, not from a few people only, and few rows set aside."""
    n, overall = found.overall.n, found.overall
    checks = [Check(
        Sentence("There are complaints enough to say which process is first"), n >= FEWEST,
        Sentence("{n} complaints; {fewest} are needed", {"n": n, "fewest": FEWEST}), takes_verdict=not n,
    )]  # fmt: skip
    if n and found.definition.unit:
        values = {"n": Quantity(overall.clusters, "count"), "of": n}
        checks.append(Check(
            Sentence("Customers who complain often are allowed for"), None,
            Sentence("{of} complaints count as much as those of {n} customers with one each", values),
            numbers={"complaints_a_customer": n / overall.clusters},
        ))  # fmt: skip
    checks.append(aside_check(found.aside, n))
    if found.trend is not None and found.trend.reason is not None:
        checks.append(Check(Sentence("A trend can be told"), None, Sentence("{reason}", {"reason": found.trend.reason})))
    return Checks(tuple(checks))
