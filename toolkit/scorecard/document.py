"""The plan written out: each part with its owner and reason, and beside it what judges it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolkit.company.plan import Contact, Plan, PlanPart
from toolkit.findings import Finding, Findings, verdict_words
from toolkit.language import Quantity, Sentence
from toolkit.scorecard.definition import ScorecardStudy
from toolkit.shown import Grid, Shown

NOTEBOOK = "the_plan"
_TITLES = {
    "objectives": Sentence("What the plan is for"), "customers_goals": Sentence("What customers want to reach"),
    "touchpoints": Sentence("Where customers meet us"), "needs": Sentence("What customers need, and what is offered for it"),
    "retention": Sentence("What keeps customers"), "strategy": Sentence("What the plan claims"),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Document(Shown):
    """A plan with what judges it."""

    plan: Plan
    judged: Mapping[str, Finding]

    def grid(self) -> Grid:
        """What the plan is, whose, and why."""
        p = self.plan
        rows = [(Sentence("Plan"), p.label), (Sentence("Owner"), p.owner or Sentence("Nobody named")),
                (Sentence("Why"), p.reason or Sentence("No reason given"))]  # fmt: skip
        if p.text:
            rows.insert(1, (Sentence("In short"), p.text))
        if p.communication:
            rows.append((Sentence("How we speak with customers"), p.communication.policy))
        return Grid(Sentence("The plan"), (Sentence("Part"), Sentence("What it says")), tuple(rows))

    def part(self, name: str) -> Grid:
        """One part, such as ``objectives``: what it says, owner, reason, and its judgement."""
        parts = getattr(self.plan, name)
        heads = ("What", "In words", "Whose, and why", "What is measured says", "Verdict")
        if name == "needs":
            heads = ("What", "Offered", "Whose, and why", "What is measured says", "Verdict")
        rows = [row for p in parts.values() for row in self._rows((p.label, _words(p), _whose(p)), p)]
        note = None if rows else Sentence("The plan names none: `plan.{part}` would.", {"part": name})
        columns = tuple(Sentence(h) for h in heads)
        if rows and all(row[1] is None for row in rows):
            columns, rows = columns[:1] + columns[2:], [row[:1] + row[2:] for row in rows]
        return Grid(_TITLES[name], columns, tuple(rows), note)

    def contacts(self) -> Grid:
        """Every kind of contact: way, longest time, who handles it in turn, and what is measured of it."""
        given = self.plan.communication.contacts.values() if self.plan.communication else ()
        rows = [row for c in given for row in self._rows((c.label, c.medium or None, _time(c), _flow(c), _whose(c)), c)]
        heads = ("Contact", "Way", "At most", "Who handles it", "Whose, and why", "What is measured says", "Verdict")
        note = None if rows else Sentence("The plan names no contacts: `plan.communication.contacts` would.")
        return Grid(Sentence("Contacts, their longest times, and who handles them"), tuple(Sentence(h) for h in heads), tuple(rows), note)

    def findings(self) -> Findings:
        """How much of the plan is judged, as a finding."""
        return Findings((_finding(self),))

    def _rows(self, start: tuple, part: PlanPart) -> list[tuple]:
        """A line for each judgement; one line where there is none."""
        found = [self.judged[j] for j in part.judged_by if j in self.judged]
        if not found:
            why = Sentence("Nothing that is measured judges it") if not part.judged_by else Sentence("It could not be judged")
            return [(*start, why, None)]
        empty = (None,) * len(start[1:])
        return [
            (*(start if i == 0 else (start[0], *empty)), f.sentence, verdict_words(f.verdict))
            for i, f in enumerate(found)
        ]


def estimate(study: ScorecardStudy) -> Document:
    """The plan of a study, with what was found of its parts.

    Raises
    ------
    ValueError
        The params have no plan to write out.
    """
    if study.definition.plan is None:
        raise ValueError("the params have no 'plan' to write out")
    return Document(study.definition.plan, study.judged)


def _whose(part: PlanPart) -> Sentence:
    named = {"owner": part.owner or "", "reason": part.reason or ""}
    if part.owner and part.reason:
        return Sentence("{owner}. Why: {reason}", named)
    if part.owner:
        return Sentence("{owner}. No reason given", named)
    return Sentence("Nobody named. Why: {reason}", named) if part.reason else Sentence("Nobody named, no reason given")


def _words(part: PlanPart) -> str | Sentence | None:
    if getattr(part, "refuses", None):
        named = {"text": (part.text or "").rstrip(" ."), "refused": tuple(part.refuses)}
        return Sentence("{text}. It says no to: {refused}." if part.text else "It says no to: {refused}.", named)
    return getattr(part, "offer", None) or part.text or None


def _time(c: Contact) -> Quantity | None:
    return Quantity(c.within_hours, "hours") if c.within_hours else None


def _flow(c: Contact) -> Sentence | None:
    return Sentence("In this order: {people}", {"people": tuple(c.flow)}) if c.flow else None


def _parts(plan: Plan) -> list[PlanPart]:
    kept: list[PlanPart] = [p for name in _TITLES for p in getattr(plan, name).values()]
    return kept + list(plan.communication.contacts.values() if plan.communication else ())


def _finding(d: Document) -> Finding:
    parts = _parts(d.plan)
    judged = [p for p in parts if any(j in d.judged for j in p.judged_by)]
    silent = tuple(p.label for p in parts if p not in judged)
    named = {"n": len(parts), "judged": len(judged), "silent": silent}
    said = Sentence("{judged} of {n} parts of the plan are judged by what is measured.", named)
    decision = Sentence("Say what would judge it: {silent}.", named) if silent else None
    return Finding(
        id=NOTEBOOK, notebook=NOTEBOOK, subject="plan", question=Sentence("What does the plan say, and what judges it?"),
        verdict="measured" if parts else "no_data", sentence=said, decision=decision, owner=d.plan.owner, n=len(parts),
        n_unit="parts", estimate=len(judged) / len(parts) if parts else float("nan"), unit="percent", answers=("F85", "F73"),
        method="parts with a judgement, counted", source=Sentence("the params"), numbers={"against": _against(judged, d.judged)}, headline=True,
    )  # fmt: skip


def _against(parts: Iterable[PlanPart], judged: Mapping[str, Finding]) -> int:
    bad = {"harm", "no_worthwhile_effect", "reliably_missed", "behind", "roll_back"}
    return sum(any(j in judged and judged[j].verdict in bad for j in p.judged_by) for p in parts)
