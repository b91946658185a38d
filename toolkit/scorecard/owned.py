"""Has every part of the plan an owner, and a reason why it is there?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolkit.company.models import Company
from toolkit.company.plan import PlanPart
from toolkit.language import Sentence
from toolkit.scorecard.definition import OwnedPart
from toolkit.shown import Grid, Shown

_PLAN = (
    ("objectives", Sentence("Objective")), ("customers_goals", Sentence("What customers want")),
    ("touchpoints", Sentence("Touchpoint")), ("needs", Sentence("Need and offer")),
    ("retention", Sentence("Retention")), ("strategy", Sentence("Strategy")),
)  # fmt: skip


@dataclass(frozen=True, repr=False)
class Owners(Shown):
    """Every part, those that lack something first."""

    parts: tuple[OwnedPart, ...]

    @property
    def without_owner(self) -> tuple[OwnedPart, ...]:
        """Parts that are nobody's."""
        return tuple(p for p in self.parts if not p.owner)

    @property
    def without_reason(self) -> tuple[OwnedPart, ...]:
        """Parts that say not why they are there."""
        return tuple(p for p in self.parts if not p.reason)

    @property
    def whole(self) -> int:
        """How many have both."""
        return sum(bool(p.owner and p.reason) for p in self.parts)

    def grid(self) -> Grid:
        """One row a part."""
        rows = [
            (p.kind, p.label, p.owner or Sentence("Nobody named"), p.reason or Sentence("No reason given"))
            for p in sorted(self.parts, key=lambda p: bool(p.owner) + bool(p.reason))
        ]
        heads = tuple(Sentence(h) for h in ("Part", "What", "Owner", "Why"))
        return Grid(Sentence("An owner and a reason for every part"), heads, tuple(rows))


def parts_of(company: Company) -> tuple[OwnedPart, ...]:
    """Every part of the params file that should be somebody's, for a reason."""
    return tuple(_parts(company))


def _parts(company: Company) -> Iterator[OwnedPart]:
    plan = company.plan
    if plan is not None:
        yield OwnedPart(Sentence("Plan"), plan.label, plan.owner, plan.reason)
        for field, kind in _PLAN:
            yield from _of(kind, getattr(plan, field).values())
        if plan.communication is not None:
            c = plan.communication
            yield OwnedPart(Sentence("Communication policy"), c.policy, c.owner, c.reason)
            yield from _of(Sentence("Contact"), c.contacts.values())
    for g in company.goals.values():
        yield OwnedPart(Sentence("Goal"), g.label, g.owner or (g.target.owner if g.target else None), g.reason)
        for s in g.steps:
            yield OwnedPart(Sentence("Step"), s.label, s.owner, s.reason)


def _of(kind: Sentence, parts: Iterable[PlanPart]) -> Iterator[OwnedPart]:
    for part in parts:
        yield OwnedPart(kind, part.label, part.owner, part.reason)
