"""What is the effect after each unit's history is taken out, and with the same mix of strata?

One linear step covers all metrics: the linearised value of a unit (the value itself for a mean, the
delta method's for a ratio) is adjusted for covariates within arms and strata, then the strata are
weighed alike in both arms.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from toolkit.aggregates import Moments
from toolkit.experiments.samples import COUNT, linear_part
from toolkit.stats import means
from toolkit.stats.comparisons import Comparison
from toolkit.stats.covariates import JointMoments, adjust
from toolkit.stats.means import MeanMoments
from toolkit.stats.stratified import post_stratify

Cells = Mapping[tuple[str, str | None], Moments]


@dataclass(frozen=True)
class AdjustedArms:
    """Both arms of a comparison after adjustment, and what was used.

    `reason` says why nothing could be adjusted; then the arms are None.
    """

    control: MeanMoments | None
    treatment: MeanMoments | None
    method: str
    reason: str | None = None

    def difference(self, level: float) -> Comparison:
        """Treatment against control."""
        return _named(means.difference(self.control, self.treatment, level=level), self.method)

    def relative(self, level: float, scale: str = "linear") -> Comparison:
        """The same as a share of the control's adjusted value; `scale` as in `means.relative`."""
        if min(self.control.mean, self.treatment.mean) <= 0:
            scale = "linear"
        return _named(means.relative(self.control, self.treatment, level=level, scale=scale), self.method)


def adjusted_arms(
    cells: Cells, num: str, den: str, control: str, arms: Sequence[str], covariates: Sequence[str],
    used: str,
) -> dict[str, AdjustedArms]:
    """Every arm against the control, adjusted.

    Parameters
    ----------
    cells
        Moments by (arm, stratum); one stratum None where there are none.
    num, den
        The metric's columns.
    arms
        All arms, the control included.
    covariates
        Columns of the moments.
    used
        What is adjusted for, in words.

    Returns
    -------
    dict
        By arm, the control left out.
    """
    treatments = [a for a in arms if a != control]
    merged, reason = _large_enough(cells, arms)
    if reason is None and sum(merged[a, s].sum_of(den) for a, s in merged) == 0:
        reason = "the denominator is empty"
    if reason is not None:
        return {a: AdjustedArms(None, None, used, reason) for a in treatments}
    strata = sorted({s for _, s in merged}, key=str)
    by_bucket = next(iter(merged.values())).basis == "buckets"
    joint = {}
    for arm in arms:
        own = [merged[arm, s] for s in strata]
        total_x = sum(m.sum_of(den) for m in own)
        if total_x == 0:
            return {a: AdjustedArms(None, None, used, f"{arm}: the denominator is empty") for a in treatments}
        ratio = sum(m.sum_of(num) for m in own) / total_x
        mean_x = total_x / sum(m.n for m in own)
        for s, m in zip(strata, own, strict=True):
            if by_bucket:
                joint[arm, s] = _between_buckets(m, num, den, covariates)
            else:
                values, matrix = linear_part(m, num, den, covariates, ratio, mean_x)
                joint[arm, s] = _joint(m.n, values, matrix)
    if any(j is None for j in joint.values()):
        return {a: AdjustedArms(None, None, used, "a stratum's denominator is empty") for a in treatments}
    if sum(j.n for j in joint.values()) - len(joint) <= len(covariates):
        return {a: AdjustedArms(None, None, used, "too few units for so many covariates") for a in treatments}
    ready = dict(zip(joint, adjust(list(joint.values())).arms, strict=True))
    if len(strata) == 1:
        return {a: AdjustedArms(ready[control, strata[0]], ready[a, strata[0]], used) for a in treatments}
    weights = [sum(merged[a, s].rows for a in arms) for s in strata]
    out = {}
    for arm in treatments:
        both = post_stratify([ready[control, s] for s in strata], [ready[arm, s] for s in strata], weights)
        out[arm] = AdjustedArms(both.control, both.treatment, used)
    return out


def _between_buckets(cell: Moments, num: str, den: str, covariates: Sequence[str]) -> JointMoments | None:
    """Sums by bucket: the metric and each covariate are ratios, the latter to the rows."""
    if cell.sum_of(den) == 0:
        return None
    columns = [num, den, f"{COUNT}__num", *covariates] if covariates else [num, den]
    at = [cell.at(c) for c in columns]
    mean, cov = cell.mean[at], cell.cov[np.ix_(at, at)]
    pairs = [(0, 1), *((3 + i, 2) for i in range(len(covariates)))]
    values = np.array([mean[top] / mean[bottom] for top, bottom in pairs])
    weights = np.zeros((len(pairs), len(columns)))
    for row, (top, bottom) in enumerate(pairs):
        weights[row, top] += 1 / mean[bottom]
        weights[row, bottom] -= values[row] / mean[bottom]
    matrix = weights @ cov @ weights.T
    return _joint(cell.n, values, (matrix + matrix.T) / 2)


def _joint(n: int, values: np.ndarray, matrix: np.ndarray) -> JointMoments:
    # rounding may leave a constant's variance a hair below zero
    np.fill_diagonal(matrix, np.maximum(np.diag(matrix), 0.0))
    return JointMoments(n, tuple(map(float, values)), tuple(map(tuple, matrix.tolist())))


def _large_enough(cells: Cells, arms: Sequence[str]) -> tuple[dict[tuple[str, str | None], Moments], str | None]:
    """Strata with two units at least in every arm: smaller ones are joined to the smallest other."""
    strata: dict[object, dict[str, list[Moments]]] = {}
    for (arm, stratum), moments in cells.items():
        strata.setdefault(stratum, {}).setdefault(arm, []).append(moments)

    if any(m.basis == "buckets" for m in cells.values()):
        if any(len(by_arm) < len(arms) for by_arm in strata.values()):
            return {}, "a stratum has no rows in an arm"
        return dict(cells), None

    def least(stratum: object) -> int:
        return min(sum(m.n for m in strata[stratum].get(a, [])) for a in arms)

    def size(stratum: object) -> int:
        return sum(m.rows for found in strata[stratum].values() for m in found)

    while len(strata) > 1 and (small := [s for s in strata if least(s) < 2]):
        smallest = min(small, key=lambda s: (size(s), str(s)))
        into = min((s for s in strata if s != smallest), key=lambda s: (size(s), str(s)))
        for arm, found in strata.pop(smallest).items():
            strata[into].setdefault(arm, []).extend(found)
    (first, *_) = strata
    if least(first) < 2:
        return {}, "an arm has fewer than two units"
    merged = {}
    for stratum, by_arm in strata.items():
        for arm in arms:
            merged[arm, stratum] = _one(by_arm[arm])
    return merged, None


def _one(parts: list[Moments]) -> Moments:
    total = parts[0]
    for part in parts[1:]:
        total = total.merged(part)
    return total


def _named(comparison: Comparison, method: str) -> Comparison:
    return replace(comparison, method=f"{comparison.method}, {method}")
