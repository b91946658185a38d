"""Which target is honest: above the rivals, shown to be needed, within reach, and visible next time?

The rivals' luck is taken out first; without a gap that is more than chance the target is to hold; a
target goes no further in a year than has ever been gained in one; and it must be further away than
the smallest change that the next wave can see.

Sources
-------
Morris (1983), JASA 78, 47-55 (shrinking); Kish (1965), section 11.4 (differences of two waves).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from toolkit.stats.limits import check_choice, check_level, critical
from toolkit.stats.shrinkage import shrunk

BENCHMARKS = ("best", "top_quartile")
KINDS = ("hold", "aim", "aim_with_more_answers")


@dataclass(frozen=True)
class Target:
    """What to aim for in a year.

    Attributes
    ----------
    kind : str
        ``"hold"``; ``"aim"``; ``"aim_with_more_answers"``, where a wave as large as the last would
        not see the step.
    value : float
        The target; the own score where the kind is ``"hold"``.
    benchmark : float
        The best rival's, or the upper quartile of the rivals', value with the luck taken out.
    rival : int or None
        The place of the best rival; None for the quartile.
    gap : float
        From the own score to the benchmark, positive where the benchmark is better.
    gained : float
        The most gained in a year with the luck taken out; nan where not known.
    step : float
        From the own score to the target, positive.
    visible : float
        The smallest change that another wave of as many answers would show, with `power`.
    answers : float
        How many answers a wave needs to show the step; nan where the kind is ``"hold"``.
    reason : str
        Why, as a word: ``"no_gap"``, ``"never_gained"``, ``"gap"``, ``"gain"``.
    """

    kind: str
    value: float
    benchmark: float
    rival: int | None
    gap: float
    gained: float
    step: float
    visible: float
    answers: float
    reason: str
    power: float


def achievable_target(
    own: float,
    own_se: float,
    answers: float,
    rivals: ArrayLike,
    errors: ArrayLike,
    p_adjusted: ArrayLike,
    *,
    gains: Sequence[tuple[float, float]] = (),
    benchmark: str = "best",
    better: str = "higher",
    level: float = 0.95,
    power: float = 0.8,
) -> Target:
    """The target that a company can set itself.

    Parameters
    ----------
    own, own_se, answers
        The own score, its standard error and the answers behind it.
    rivals, errors : array (k,)
        Comparable rivals' scores with their standard errors.
    p_adjusted : array (k,)
        Of "rival = own", corrected for all rivals looked at.
    gains
        (change, standard error) of the own score over each year seen.
    benchmark
        ``"best"`` rival or ``"top_quartile"`` of the rivals.
    better
        Which way is good.
    """
    check_choice(benchmark, BENCHMARKS, "benchmark")
    check_choice(better, ("higher", "lower"), "better")
    check_level(level)
    check_level(power, "power")
    sign = 1.0 if better == "higher" else -1.0
    x, p = np.asarray(rivals, dtype=float), np.asarray(p_adjusted, dtype=float)
    if not len(x) or x.shape != p.shape:
        raise ValueError(f"a target needs rivals and a p value for each; got {len(x)} and {len(p)}.")
    drawn = shrunk([own, *x], [own_se, *np.asarray(errors, dtype=float)]).value[1:]
    best = int((sign * drawn).argmax())
    mark = float(drawn[best])
    who = np.arange(len(x)) == best
    if benchmark == "top_quartile":
        mark = float(sign * np.quantile(sign * drawn, 0.75))
        who = sign * drawn >= sign * mark - 1e-12
    gap = sign * (mark - own)
    shown = bool((who & (p <= 1 - level) & (sign * (x - own) > 0)).any())
    k = critical((1 - level) / 2) + critical(1 - power)
    visible = k * own_se * math.sqrt(2)
    gained = _gained(gains, sign)
    same = {
        "benchmark": mark, "rival": best if benchmark == "best" else None, "gap": gap,
        "gained": gained, "visible": visible, "power": power,
    }  # fmt: skip
    held = {"kind": "hold", "value": own, "step": 0.0, "answers": math.nan}
    if not shown or gap <= 0:
        return Target(**held, reason="no_gap", **same)
    if gained <= 0:
        return Target(**held, reason="never_gained", **same)
    step = gap if math.isnan(gained) else min(gap, gained)
    kind = "aim" if step > visible else "aim_with_more_answers"
    # both waves count: with n answers each the smallest visible change goes with 1 / sqrt(n)
    needed = math.ceil(answers * (visible / step) ** 2)
    reason = "gap" if step == gap else "gain"
    return Target(kind, own + sign * step, step=step, answers=needed, reason=reason, **same)


def _gained(gains: Sequence[tuple[float, float]], sign: float) -> float:
    """The largest gain in a year, its luck taken out; nan where no year was seen."""
    known = [(sign * g, se) for g, se in gains if math.isfinite(g) and math.isfinite(se) and se > 0]
    if not known:
        return math.nan
    if len(known) == 1:
        return known[0][0]
    return float(shrunk(*zip(*known, strict=True)).value.max())
