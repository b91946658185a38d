"""Is it a good strategy? The five tests, each with the evidence that the data give.

The tests are Porter's (What Is Strategy?, Harvard Business Review 74(6), 1996, 61-78) in the words of
Magretta (Understanding Michael Porter, Harvard Business Review Press, 2012, part two): a distinct value
proposition, a tailored value chain, trade-offs different from rivals', fit across the value chain,
continuity over time. No data proves a strategy: a test is shown with what speaks for it, against it, and what
is open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.company.plan import STRATEGY, Claim, Plan
from toolkit.findings import Finding
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown

QUESTIONS = {
    "distinct_value": Sentence("Does the plan offer a value that rivals do not?"),
    "tailored_activities": Sentence("Are the activities made for that value?"),
    "trade_offs": Sentence("Does the plan say what it will not do?"),
    "fit": Sentence("Do the parts strengthen each other?"),
    "continuity": Sentence("Does the plan stay long enough to be learnt?"),
}
_FOR = frozenset({"delivered", "on_track", "reliably_met", "ahead", "ship", "go"})
_AGAINST = frozenset({"harm", "no_worthwhile_effect", "reliably_missed", "behind", "roll_back", "no_go"})
MOST_CHANGES = 2.0
"""More changes of the plan a quarter than this, over the last year, is no continuity."""


@dataclass(frozen=True)
class Evidence:
    """One finding and which way it speaks: ``for``, ``against``, ``open``."""

    said: Sentence
    side: str


@dataclass(frozen=True)
class Tested:
    """One of the five tests.

    Attributes
    ----------
    state
        ``for``: all evidence speaks for it; ``against``: all that speaks, speaks against; ``mixed``; ``open``:
        nothing measured speaks either way.
    """

    name: str
    question: Sentence
    claim: Claim | None
    evidence: tuple[Evidence, ...]

    @property
    def state(self) -> str:
        """What the evidence says together."""
        sides = {e.side for e in self.evidence} - {"open"}
        return "mixed" if len(sides) == 2 else next(iter(sides), "open")

    def count(self, side: str) -> int:
        """How many speak this way."""
        return sum(e.side == side for e in self.evidence)


_STATES = {"for": "Evidence for it", "against": "Evidence against it", "mixed": "Evidence both ways", "open": "Nothing measured says"}


@dataclass(frozen=True, repr=False)
class FiveTests(Shown):
    """All five, in order."""

    tests: tuple[Tested, ...]

    def grid(self) -> Grid:
        """One row a test and piece of evidence."""
        rows = []
        for t in self.tests:
            claim = t.claim.label if t.claim else Sentence("Not claimed in the plan")
            state = Sentence(_STATES[t.state])
            if not t.evidence:
                rows.append((t.question, claim, state, Sentence("Nothing that is measured speaks to it: name it in `judged_by`.")))
            rows += [(t.question, claim, state, e.said) for e in t.evidence]
        heads = tuple(Sentence(h) for h in ("Test", "What the plan claims", "Together", "Evidence"))
        return Grid(Sentence("Five tests of a good strategy"), heads, tuple(rows))


def estimate(plan: Plan | None, judged: Mapping[str, Finding]) -> FiveTests:
    """Each test with what was found of the things the plan names for it.

    Parameters
    ----------
    judged
        ``changes.new_carrier`` and the like -> what was found of it; ``changes`` by itself is the finding
        on all changes together.
    """
    claims = plan.strategy if plan else {}
    return FiveTests(tuple(_tested(name, claims.get(name), judged) for name in STRATEGY))


def _tested(name: str, claim: Claim | None, judged: Mapping[str, Finding]) -> Tested:
    evidence = [_of(judged[j]) for j in (claim.judged_by if claim else []) if j in judged]
    if name == "trade_offs":  # it is judged by what the plan refuses: what does harm there is well refused
        evidence = [Evidence(e.said, {"for": "against", "against": "for"}.get(e.side, e.side)) for e in evidence]
    if name == "trade_offs" and claim and claim.refuses:
        evidence.insert(0, Evidence(Sentence("The plan says no to: {refused}.", {"refused": tuple(claim.refuses)}), "open"))
    whole = judged.get("changes")
    pace = whole.numbers.get("per_quarter", math.nan) if whole else math.nan
    if name == "continuity" and not math.isnan(pace):
        named = {"pace": Quantity(pace, "number"), "most": Quantity(MOST_CHANGES, "number")}
        said = Sentence("{pace} changes of the plan a quarter over the last year; up to {most} can be followed.", named)
        evidence.insert(0, Evidence(said, "for" if pace <= MOST_CHANGES else "against"))
    return Tested(name, QUESTIONS[name], claim, tuple(evidence))


def _of(finding: Finding) -> Evidence:
    v = finding.verdict
    return Evidence(finding.sentence, "for" if v in _FOR else "against" if v in _AGAINST else "open")
