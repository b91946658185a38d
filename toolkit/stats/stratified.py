"""Is the effect the same in every segment, and what is it with the segments weighed alike?

A segment's effect on its own is no evidence that segments differ: `interaction` is the test of
that. `reversal` warns where pooling turns the direction round (Simpson's paradox).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats

from toolkit.stats.comparisons import Comparison, from_limits, undefined, wald
from toolkit.stats.limits import LogLimits
from toolkit.stats.means import MeanMoments
from toolkit.stats.shares import Share


@dataclass(frozen=True)
class PostStratified:
    """Both arms with the same mix of strata; go on with `means.difference` and `.relative`.

    `variance_saved` is 1 - (stratified / plain variance of the difference); `weights` are the
    shares of the strata.
    """

    control: MeanMoments
    treatment: MeanMoments
    weights: tuple[float, ...]
    variance_saved: float


def post_stratify(
    control: Sequence[MeanMoments],
    treatment: Sequence[MeanMoments],
    weights: Sequence[float] | None = None,
) -> PostStratified:
    """What would both arms' means be with the same mix of strata?

    Parameters
    ----------
    control, treatment : sequences of MeanMoments
        One a stratum, in the same order; every stratum needs two units in each arm (merge
        smaller ones before).
    weights : sequence of float, optional
        Size of each stratum in the population; the units of both arms together if None.

    Notes
    -----
    Miratrix, Sekhon & Yu (2013), JRSS B 75:369. Variances are within strata and given the
    weights, degrees of freedom after Satterthwaite.
    """
    if len(control) != len(treatment) or not control:
        raise ValueError(
            f"{len(control)} strata in the control and {len(treatment)} in the treatment; "
            "both need the same strata, at least one."
        )
    for number, pair in enumerate(zip(control, treatment, strict=True)):
        if min(arm.n for arm in pair) < 2:
            raise ValueError(
                f"stratum {number} has {pair[0].n:g} and {pair[1].n:g} units; it needs two in "
                "each arm. Merge it with another."
            )
    sizes = (
        [c.n + t.n for c, t in zip(control, treatment, strict=True)]
        if weights is None
        else list(weights)
    )
    if len(sizes) != len(control) or not all(math.isfinite(s) and s >= 0 for s in sizes):
        raise ValueError(f"weights {sizes} must be {len(control)} numbers of at least 0.")
    if sum(sizes) <= 0:
        raise ValueError("weights must not all be 0.")
    shares = np.array(sizes, dtype=float) / sum(sizes)
    arms = _mixed(control, shares), _mixed(treatment, shares)
    before = sum(_merged_variance(arm) for arm in (control, treatment))
    after = sum(arm.variance / arm.n for arm in arms)
    saved = 1 - after / before if before > 0 else math.nan
    return PostStratified(arms[0], arms[1], tuple(shares.tolist()), saved)


def _mixed(strata: Sequence[MeanMoments], shares: np.ndarray) -> MeanMoments:
    parts = np.array([w * w * s.variance / s.n for w, s in zip(shares, strata, strict=True)])
    below = sum(part**2 / s.degrees for part, s in zip(parts, strata, strict=True))
    n = sum(s.n for s in strata)
    total = float(parts.sum())
    df = total**2 / float(below) if below > 0 else None
    mean = float(sum(w * s.mean for w, s in zip(shares, strata, strict=True)))
    return MeanMoments(n, mean, total * n, df)


def _merged_variance(strata: Sequence[MeanMoments]) -> float:
    """Variance of the plain mean over all strata of one arm."""
    n = sum(s.n for s in strata)
    mean = sum(s.n * s.mean for s in strata) / n
    squares = sum((s.n - 1) * s.variance + s.n * (s.mean - mean) ** 2 for s in strata)
    return squares / (n - 1) / n


def mantel_haenszel_relative(
    control: Sequence[Share],
    treatment: Sequence[Share],
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """By what share does the treatment's share differ, compared within strata?

    Mantel-Haenszel risk ratio - 1 with the variance of Greenland & Robins (1985), Biometrics
    41:55, valid for few large and for many sparse strata. Null: common ratio of shares = 1.
    """
    words = {
        "null": "common ratio of shares = 1", "method": "Mantel-Haenszel, Greenland-Robins",
        "level": level, "alternative": alternative,
    }  # fmt: skip
    strata = _strata(control, treatment)
    if not strata:
        return undefined("no stratum has units in both arms", **words)
    above = sum(t.count * c.n / (t.n + c.n) for c, t in strata)
    below = sum(c.count * t.n / (t.n + c.n) for c, t in strata)
    if below == 0:
        reason = "no unit of the control has it, so no change relative to it exists"
        return undefined(reason, **words)
    if above == 0:
        return undefined("no success in an arm has no logarithm", estimate=-1.0, **words)
    spread = sum(
        (t.n * c.n * (t.count + c.count) - t.count * c.count * (t.n + c.n)) / (t.n + c.n) ** 2
        for c, t in strata
    )
    log_se = math.sqrt(max(spread, 0.0) / (above * below))
    if log_se == 0:
        return undefined("nothing varies in either arm", estimate=above / below - 1, **words)
    return from_limits(
        LogLimits(above / below - 1, log_se), se=above / below * log_se, **words
    )


def mantel_haenszel_difference(
    control: Sequence[Share],
    treatment: Sequence[Share],
    *,
    level: float = 0.95,
    alternative: str = "two-sided",
) -> Comparison:
    """By how many points does the treatment's share differ, compared within strata?

    Mantel-Haenszel risk difference with the variance of Sato (1989), Biometrics 45:1323, valid
    for few large and for many sparse strata. Null: common difference = 0.
    """
    words = {
        "null": "common difference = 0", "method": "Mantel-Haenszel, Sato", "level": level,
        "alternative": alternative,
    }  # fmt: skip
    strata = _strata(control, treatment)
    if not strata:
        return undefined("no stratum has units in both arms", **words)
    weight = sum(t.n * c.n / (t.n + c.n) for c, t in strata)
    gap = sum((t.count * c.n - c.count * t.n) / (t.n + c.n) for c, t in strata) / weight
    p_part = sum(
        (t.n**2 * c.count - c.n**2 * t.count + t.n * c.n * (c.n - t.n) / 2) / (t.n + c.n) ** 2
        for c, t in strata
    )
    q_part = sum(
        (t.count * (c.n - c.count) + c.count * (t.n - t.count)) / (2 * (t.n + c.n))
        for c, t in strata
    )
    variance = (gap * p_part + q_part) / weight**2
    return wald(gap, math.sqrt(max(variance, 0.0)), **words)


def _strata(
    control: Sequence[Share], treatment: Sequence[Share]
) -> list[tuple[Share, Share]]:
    if len(control) != len(treatment):
        raise ValueError(
            f"{len(control)} strata in the control and {len(treatment)} in the treatment."
        )
    return [(c, t) for c, t in zip(control, treatment, strict=True) if c.n > 0 and t.n > 0]


@dataclass(frozen=True)
class Interaction:
    """Whether effects differ between segments more than chance explains.

    Attributes
    ----------
    statistic : float
        Cochran's Q, chi-square with `df` when all effects are equal.
    p_value : float
        Of "the effect is the same in every segment".
    common : float
        The effect weighed by precision.
    inconsistency : float
        Higgins' I squared: the share of the spread that chance does not explain, 0 to 1.
    left_out : int
        Segments with no usable effect.
    """

    statistic: float
    df: int
    p_value: float
    common: float
    inconsistency: float
    left_out: int
    reason: str | None = None


def interaction(estimates: ArrayLike, ses: ArrayLike) -> Interaction:
    """Is the effect the same in every segment?

    Parameters
    ----------
    estimates, ses : arrays of shape (segments,)
        Independent effects on one scale, with standard errors. Segments whose effect is nan or
        whose standard error is nan or 0 are left out and counted.

    Notes
    -----
    Cochran (1954), Biometrics 10:101; I squared after Higgins & Thompson (2002). For two
    segments Q is the square of the Wald z of their difference.
    """
    effect = np.asarray(estimates, dtype=float)
    error = np.asarray(ses, dtype=float)
    if effect.shape != error.shape or effect.ndim != 1:
        raise ValueError(f"shapes {effect.shape} and {error.shape} must be one equal row each.")
    if (error < 0).any():
        raise ValueError("standard errors must not be negative.")
    usable = np.isfinite(effect) & np.isfinite(error) & (error > 0)
    effect, error = effect[usable], error[usable]
    left_out = int((~usable).sum())
    nan = math.nan
    if len(effect) < 2:
        reason = "fewer than two segments have an effect with a standard error"
        return Interaction(nan, 0, nan, nan, nan, left_out, reason)
    weight = 1 / error**2
    common = float((weight * effect).sum() / weight.sum())
    q = float((weight * (effect - common) ** 2).sum())
    df = len(effect) - 1
    inconsistency = max(0.0, 1 - df / q) if q > 0 else 0.0
    return Interaction(q, df, float(stats.chi2.sf(q, df)), common, inconsistency, left_out)


@dataclass(frozen=True)
class Reversal:
    """Whether pooling turns the direction round (Simpson's paradox).

    `kind` is "none", "adjusted" (the effect within strata points the other way than the pooled
    one) or "every segment" (so does that of each single segment).
    """

    kind: str
    pooled: float
    adjusted: float
    segments: tuple[float, ...]

    @property
    def reversed(self) -> bool:
        """Whether the pooled direction must not be reported alone."""
        return self.kind != "none"


def reversal(pooled: float, segments: Sequence[float], adjusted: float) -> Reversal:
    """Does the pooled effect point the other way than the effect within segments?

    Parameters
    ----------
    pooled : float
        Effect over all units, 0 where there is none.
    segments : sequence of float
        Effect within each segment on the same scale (nan: no data, ignored).
    adjusted : float
        Effect with the segments weighed alike in both arms (`mantel_haenszel_difference`,
        `post_stratify`).
    """
    known = [s for s in segments if not math.isnan(s)]
    kind = "none"
    if known and pooled * adjusted < 0:
        kind = "every segment" if all(s * pooled < 0 for s in known) else "adjusted"
    return Reversal(kind, pooled, adjusted, tuple(segments))
