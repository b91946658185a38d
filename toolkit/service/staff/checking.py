"""Should what is said of colleagues be believed?"""

from __future__ import annotations

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.service.staff.results import Worked



def check(found: Worked) -> Checks:
    """Enough work to rank, and how much the mix matters."""
    checks = []
    if found.people is not None:
        ranked = len(found.people.people)
        checks.append(Check(
            Sentence("Colleagues have work enough to be ranked"), ranked > 1,
            Sentence("{n} have, {few} have not", {"n": ranked, "few": found.people.too_few}),
        ))  # fmt: skip
        if ranked and found.definition.recognition.mix:
            moved = max(abs(p.expected - found.people.overall) for p in found.people.people)
            checks.append(Check(
                Sentence("Everyone's mix of work is allowed for"), None,
                Sentence("the mix alone moves a colleague by {most} at most", {"most": Quantity(moved, "points")}),
                numbers={"moved_by_mix": moved},
            ))  # fmt: skip
    for name, cells in (("passed", found.checked), ("score", found.said)):
        n = sum(c[name].n for group, each in cells.items() if len(group) == 1 for c in each.values())
        if cells and not n:
            what = Sentence("surprise checks") if name == "passed" else Sentence("answers of colleagues")
            checks.append(Check(Sentence("There is something to say of colleagues"), False, Sentence("no {what} in this time", {"what": what})))
    return Checks(tuple(checks))
