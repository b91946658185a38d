"""Should what is said of the CRM system's use be believed?"""

from __future__ import annotations

from toolkit.findings import Check, Checks
from toolkit.language import Sentence
from toolkit.service.adoption.results import Adopted
from toolkit.service.wording import aside_check


def check(found: Adopted) -> Checks:
    """The list of users is whole, and no login is of a stranger."""
    checks = []
    if found.use is not None:
        checks.append(Check(Sentence("Somebody has access"), bool(found.use.n),
                            Sentence("{n} colleagues have", {"n": found.use.n}), takes_verdict=not found.use.n))  # fmt: skip
        checks.append(aside_check(found.aside, found.use.logins))
        if found.use.later:
            checks.append(Check(Sentence("Everybody listed has access"), None,
                                Sentence("{n} get it later and are not counted", {"n": found.use.later})))  # fmt: skip
    return Checks(tuple(checks))
