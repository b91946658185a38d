"""Is the guardrail kept, or broken beyond what was agreed?

"Not significantly worse" is no evidence of harmlessness; non-inferiority is (ICH E9; Piaggio
et al. 2012, JAMA 308:2594). Both answers are read off one interval and can both be no.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toolkit.stats.comparisons import Comparison
from toolkit.stats.limits import check_choice

BETTER = ("higher", "lower")


@dataclass(frozen=True)
class MarginTest:
    """A comparison held against the margin by which it may get worse.

    Attributes
    ----------
    noninferior : bool or None
        Shown to be worse by less than the margin (the whole interval is on the good side).
    harmed : bool or None
        Shown to be worse by more than the margin (the whole interval is beyond it).
        None, both: no interval, for `reason`.
    p_noninferior, p_harmed : float
        One-sided p of "worse by the margin or more" and of "worse by the margin or less".
    border : float
        The margin on the scale of the estimate, signed.
    level : float
        Of the interval the two flags are read from; one-sided alpha is (1 - level) / 2 for a
        two-sided interval.
    """

    noninferior: bool | None
    harmed: bool | None
    p_noninferior: float
    p_harmed: float
    border: float
    better: str
    level: float
    reason: str | None = None


def against_margin(comparison: Comparison, margin: float, *, better: str) -> MarginTest:
    """Is the treatment shown to be no worse than the margin allows, or worse than that?

    Parameters
    ----------
    comparison : Comparison
        Treatment against control. The flags agree with its interval, also after `.at(level)`;
        it must be two-sided, for both answers need an end.
    margin : float
        How much worse is still agreed, at least 0, on the scale of the estimate (points for a
        difference, share for a relative effect). 0 asks for harm and for superiority.
    better : str
        "higher" or "lower": which direction is good.
    """
    check_choice(better, BETTER, "better")
    if not (math.isfinite(margin) and margin >= 0):
        raise ValueError(f"margin is {margin}; it says how much worse is agreed, at least 0.")
    if comparison.alternative != "two-sided":
        raise ValueError("a margin is held against a two-sided interval.")
    border = -margin if better == "higher" else margin
    if comparison.reason is not None:
        nan = math.nan
        return MarginTest(
            None, None, nan, nan, border, better, comparison.level, comparison.reason
        )
    good, bad = ("greater", "less") if better == "higher" else ("less", "greater")
    if better == "higher":
        noninferior, harmed = comparison.low > border, comparison.high < border
    else:
        noninferior, harmed = comparison.high < border, comparison.low > border
    return MarginTest(
        noninferior,
        harmed,
        comparison.p_against(border, good),
        comparison.p_against(border, bad),
        border,
        better,
        comparison.level,
    )
