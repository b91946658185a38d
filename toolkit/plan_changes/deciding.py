"""The verdict on a plan change: its interval against nothing, the worthwhile and the promised effect."""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.findings import Check, Checks
from toolkit.plan_changes.effects import PlanEffect
from toolkit.plan_changes.waiting import FEWEST_AFTER_CONTROL


@dataclass(frozen=True)
class Decision:
    """What follows.

    Attributes
    ----------
    verdict
        One of the verdicts on plan changes.
    action
        ``keep``, ``adapt``, ``drop``, ``wait`` or ``repair``.
    grade
        A: compared with others, all checks pass. B: one series with all checks passed, or a
        comparison with a doubt. C: everything else.
    why
        Which rule decided: ``short``, ``recent``, ``open``, ``worth_open``, or the verdict itself.
    broken
        The check that took the verdict away.
    """

    verdict: str
    action: str
    grade: str | None
    why: str
    broken: Check | None = None


ACTIONS = {
    "delivered": "keep", "on_track": "keep", "partly_delivered": "adapt", "no_worthwhile_effect": "drop",
    "harm": "drop", "not_yet_known": "wait", "cannot_be_judged": "repair",
}  # fmt: skip


def decide(effect: PlanEffect, checks: Checks) -> Decision:
    """The verdict and what follows from it."""
    broken = next((c for c in checks.failed if c.takes_verdict), None)
    if effect.fit is None or broken is not None:
        return Decision("cannot_be_judged", "repair", None, "broken", broken)
    grade = grade_of(effect, checks)
    verdict, why = _verdict(effect)
    return Decision(verdict, ACTIONS[verdict], grade, why)


def grade_of(effect: PlanEffect, checks: Checks) -> str:
    """How strong the evidence is."""
    doubted = any(not informs(c) for c in checks.failed)
    if effect.fit.evidence == "control":
        return "B" if doubted else "A"
    return "B" if effect.fit.evidence == "series" and not doubted else "C"


def informs(check: Check) -> bool:
    """Whether a failed check says something about what was asked rather than about the evidence."""
    return check.name.template in ("The promised effect could have been seen", "The promise is as it was recorded")


def _verdict(effect: PlanEffect) -> tuple[str, str]:
    d, fit = effect.definition, effect.fit
    due = d.due is not None and d.as_of is not None and d.as_of >= d.due
    if fit.evidence == "before_after" and fit.method == "short":
        return "not_yet_known", "short"
    low, high = _good_ends(effect)
    if math.isnan(low) or math.isnan(high):
        return "not_yet_known", "open"
    if fit.evidence == "control" and not due and effect.panel is not None:
        if int(effect.panel.after.sum()) < FEWEST_AFTER_CONTROL:
            return "not_yet_known", "recent"
    estimate = d.good * fit.estimate
    promised = abs(effect.promised)
    worthwhile = abs(effect.worthwhile) if math.isfinite(effect.worthwhile) else 0.0
    # a loss smaller than any gain worth having is no harm to speak of
    if high < 0 and low < -worthwhile:
        return "harm", "harm"
    if high < worthwhile or high <= 0:
        return "no_worthwhile_effect", "no_worthwhile_effect"
    if low <= 0:
        return "not_yet_known", "open"
    if low < worthwhile:
        return "not_yet_known", "worth_open"
    if math.isnan(promised):
        return "on_track", "on_track"
    if low >= promised or (due and estimate >= promised):
        return "delivered", "delivered"
    if high >= promised and not due:
        return "on_track", "on_track"
    return "partly_delivered", "partly_delivered"


def _good_ends(effect: PlanEffect) -> tuple[float, float]:
    """The interval's ends, so that more is better."""
    low, high = effect.fit.low, effect.fit.high
    return (low, high) if effect.definition.good > 0 else (-high, -low)
