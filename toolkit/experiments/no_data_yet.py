"""Which comparisons of a test cannot be made: nothing happened in any arm, or no row of one counts.

Their effects have no data, for a reason, and the other metrics are judged as always. So it is when the
test is over: whether its definition is wrong or nobody did what was hoped for is for its page to ask,
and no other page waits for the answer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import replace

from toolkit.experiments.definition import Experiment, Metric
from toolkit.experiments.effects import Effect
from toolkit.experiments.samples import Sample
from toolkit.stats.comparisons import Comparison, undefined

ByArm = Mapping[str, Sample]


def reasons(metric: Metric, by_arm: ByArm, definition: Experiment) -> dict[str, str]:
    """Arm -> why it cannot be compared with the control; empty where all can be."""
    found = {}
    for arm in definition.treatments:
        if is_empty(by_arm[definition.control]) or is_empty(by_arm[arm]):
            reason = "no row of one of the two counts so far"
        elif is_constant(by_arm):
            reason = "there is no difference between any two rows so far"
        else:
            continue
        found[arm] = reason
    return found


def waiting(effect: Effect, reason: str | None) -> Effect:
    """The effect without a comparison where there is a reason, as it is where there is none."""
    if reason is None:
        return effect
    return replace(
        effect, difference=_none(effect.difference, reason), relative=_none(effect.relative, reason),
        unadjusted=_none(effect.unadjusted, reason), at_end=_none(effect.at_end, reason),
    )  # fmt: skip


def _none(comparison: Comparison, reason: str) -> Comparison:
    return undefined(reason, null=comparison.null, method=comparison.method, level=comparison.level)


def is_empty(sample: Sample) -> bool:
    """Whether no row of the arm counts."""
    if sample.kind == "ratio":
        return sample.ratio.missing is not None
    return sample.n == 0


def is_constant(by_arm: ByArm) -> bool:
    """Whether nothing can be told from what all arms hold: a share at one end, or no spread in any."""
    samples = [s for s in by_arm.values() if not is_empty(s)]
    shares = [s.share for s in samples if s.kind == "share"]
    if shares:
        return all(s.count == 0 for s in shares) or all(s.count == s.n for s in shares)
    return all(_without_spread(s) for s in samples)


def _without_spread(sample: Sample) -> bool:
    if sample.kind == "mean":
        return not sample.mean.variance > 0
    if sample.kind == "ratio":
        return not sample.ratio.linearised().variance > 0
    return not (sample.quantile.se > 0 or math.isnan(sample.quantile.se))
