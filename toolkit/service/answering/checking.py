"""Should what is said of answers be believed?"""

from __future__ import annotations

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.service.answering.results import Answered
from toolkit.service.wording import aside_check, names

MOSTLY_JUDGED = 0.5
"""A promise should reach so many of the contacts, else it says little of all."""


def check(found: Answered) -> Checks:
    """Times run forward, the promise reaches most contacts, and nobody promised anything is silent."""
    total = [w for m in found.waits if (w := found.all(m)) is not None]
    n = max((w.n + w.backward for w in total), default=0)
    checks = [
        Check(Sentence("There were contacts"), bool(n), Sentence("{n} contacts", {"n": n}), takes_verdict=not n),
        aside_check(found.aside, n),
    ]
    if found.promises and n:
        judged = max((w.n - w.no_promise for w in total), default=0)
        checks.append(Check(
            Sentence("A promise is made to most contacts"), judged >= MOSTLY_JUDGED * n,
            Sentence("{share} of contacts have one", {"share": Quantity(judged / n, "percent")}),
            numbers={"promised_share": judged / n},
        ))  # fmt: skip
    if found.missing_departments:
        checks.append(Check(
            Sentence("Every department that promises has contacts"), False,
            Sentence("no contact of {names}", {"names": names(found.missing_departments)}),
        ))  # fmt: skip
    if found.crossed:
        checks.append(Check(
            Sentence("Nothing is settled before its first reply"), None,
            Sentence("{n} contacts are", {"n": found.crossed}), numbers={"settled_before_reply": found.crossed},
        ))  # fmt: skip
    if found.undated:
        checks.append(Check(
            Sentence("Every contact has a beginning"), False,
            Sentence("{n} have none and stand in no period", {"n": found.undated}), numbers={"undated": found.undated},
        ))  # fmt: skip
    return Checks(tuple(checks))
