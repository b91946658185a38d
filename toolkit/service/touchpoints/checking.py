"""Should what is said of touchpoints be believed?"""

from __future__ import annotations

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.service.touchpoints.results import Met
from toolkit.service.wording import aside_check, names

RESPONSE = 0.5
"""Below this, those who did not answer could turn the mean (a rule of thumb)."""


def check(found: Met) -> Checks:
    """Direct and indirect data, every declared touchpoint seen, enough answers."""
    checks = []
    if found.levels:
        direct = {x.item.name for x in found.levels if x.item.seen != "record"}
        direct |= {"the survey"} if found.surveys is not None and found.surveys.answered else set()
        indirect = {x.item.name for x in found.levels if x.item.seen == "record"}
        checks.append(Check(
            Sentence("Touchpoints are seen directly and in records"), bool(direct and indirect),
            Sentence("{direct} by surveys or observation, {indirect} by records", {"direct": len(direct), "indirect": len(indirect)}),
        ))  # fmt: skip
        empty = sorted({x.item.label for x in found.levels if not x.kept.n})
        if empty:
            checks.append(Check(Sentence("Every declared touchpoint was seen"), False,
                                Sentence("nothing of {names} in this time", {"names": names(empty)})))  # fmt: skip
    if found.surveys is not None and found.surveys.rate is not None:
        rate = found.surveys.rate
        checks.append(Check(
            Sentence("Most of those asked answered the survey"), rate.value >= RESPONSE if rate.n else False,
            Sentence("{rate} of {n} did", {"rate": Quantity(rate.value, "percent"), "n": rate.n}),
        ))  # fmt: skip
    if found.outreach is not None:
        checks.append(aside_check(found.aside, found.outreach.n))
    return Checks(tuple(checks))
