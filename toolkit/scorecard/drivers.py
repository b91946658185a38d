"""Which measures drive success, and what to adjust? What moved each goal's KPI, as it was measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.findings import Finding, verdict_words
from toolkit.language import Sentence
from toolkit.shown import Grid, Shown

_STOP = ("harm", "no_worthwhile_effect")
_HELPS = ("delivered", "on_track", "partly_delivered")


@dataclass(frozen=True)
class Driven:
    """A goal, and the changes that were made for its KPI."""

    goal: Finding
    changes: tuple[Finding, ...]

    @property
    def moved(self) -> bool:
        """Whether something that was measured moves its KPI the way it should."""
        return any(f.verdict in _HELPS for f in self.changes)

    @property
    def adjust(self) -> Sentence:
        """What to do: stop what does not help, go on with what does, or find something that moves it."""
        verdicts = {f.verdict for f in self.changes}
        if self.goal.verdict == "reliably_met":
            return Sentence("Keep on: the goal is met.")
        if verdicts & set(_STOP) and not verdicts & set(_HELPS):
            return Sentence("Stop what does not move it, and try something else.")
        if verdicts & set(_HELPS):
            return Sentence("Extend what moves it; alone it is not enough yet.")
        if self.changes:
            return Sentence("Wait for what is under way, and look again.")
        return Sentence("Nothing that is measured moves it yet: plan a change or a test for it.")


@dataclass(frozen=True, repr=False)
class Drivers(Shown):
    """Every goal."""

    driven: tuple[Driven, ...]

    def grid(self) -> Grid:
        """One row a goal and change."""
        rows = []
        for d in self.driven:
            label = d.goal.question.values.get("goal", d.goal.subject)
            if not d.changes:
                rows.append((label, Sentence("No change was made for it"), None, d.adjust))
            rows += [
                (label, f.sentence, verdict_words(f.verdict), d.adjust) for f in d.changes
            ]
        heads = tuple(Sentence(h) for h in ("Goal", "What was done for it", "Verdict", "What to adjust"))
        return Grid(Sentence("What moves the goals, and what to adjust"), heads, tuple(rows))


def estimate(judged: Mapping[str, Finding]) -> Drivers:
    """Every goal with the changes that were made for the same KPI."""
    goals = [f for key, f in judged.items() if key.startswith("goals.")]
    changes = [f for key, f in judged.items() if key.startswith("changes.")]
    return Drivers(tuple(Driven(g, tuple(c for c in changes if c.kpi == g.kpi)) for g in goals))
