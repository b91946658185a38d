"""Were treated and untreated parallel before the change, and how did the effect unfold after?

One date for all: each period's difference between treated and untreated, against ONE base period
(a universal base, so that leads and lags are on one scale). The leads say whether the groups moved
apart before; a slope through them says what such a drift would amount to; the relative-magnitude
breakdown value says how much worse than anything seen before a violation must be to explain the
effect away. For dates that differ between units see `toolkit.stats.group_time_effects`.

Sources
-------
Freyaldenhoven, Hansen, Perez Perez & Shapiro (2021), NBER 29170: one base, plotting conventions.
Roth (2022), AER: Insights 4(3), 305-322: what a test of leads can and cannot see.
Rambachan & Roth (2023), Review of Economic Studies 90(5), 2555-2591: relative magnitudes.
Hotelling (1931), Annals of Mathematical Statistics 2(3), 360-378: the joint test of the leads.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import numpy as np
from scipy import stats

from toolkit.stats.cluster_errors import (
    CannotBeEstimated,
    ClusteredEstimate,
    cluster_sums,
    clustered_estimate,
)
from toolkit.stats.limits import check_level, critical, p_from_statistic

_SPARE_DF = 4  # fewer spare degrees of freedom make the joint test of the leads powerless


@dataclass(frozen=True)
class EventStudy:
    """Difference between treated and untreated in each period, against the base period.

    Attributes
    ----------
    event_time
        Shape (T,): periods since the change; 0 is the first period after, the base is below 0.
    effect, se, df, low, high
        Shape (T,), in the unit of the outcome; at the base 0 with se 0 by construction.
    covariance
        Shape (T, T), of the effects.
    level
        Of the intervals (each by itself, not all at once).
    base
        Event time of the base period.
    clusters
        Number of clusters behind the errors.
    """

    event_time: np.ndarray
    effect: np.ndarray
    se: np.ndarray
    df: np.ndarray
    low: np.ndarray
    high: np.ndarray
    covariance: np.ndarray
    level: float
    base: int
    clusters: int

    def __post_init__(self) -> None:
        if self.base not in self.event_time or self.base >= 0:
            raise ValueError(f"base {self.base} must be an event time before the change")

    @property
    def before(self) -> np.ndarray:
        """Shape (T,), True for periods before the change, the base among them."""
        return self.event_time < 0

    def combination(self, weights: np.ndarray) -> tuple[float, float, float]:
        """Estimate, se and degrees of freedom of a weighted sum of the effects."""
        weights = np.asarray(weights, dtype=float)
        value = float(weights @ self.effect)
        se = float(np.sqrt(max(weights @ self.covariance @ weights, 0.0)))
        df = float(np.min(self.df[(weights != 0) & (self.se > 0)], initial=inf))
        return value, se, df


@dataclass(frozen=True)
class LeadTest:
    """Whether the leads differ from zero.

    Attributes
    ----------
    p_value
        Of all leads zero (`method` ``"joint"``) or of no slope through them (``"slope"``).
    statistic, df
        F with (numerator, denominator) degrees of freedom, or t with (1, df).
    method
        ``"joint"``, or ``"slope"`` where the clusters are too few to test all leads at once.
    leads
        How many leads there are.
    """

    p_value: float
    statistic: float
    df: tuple[float, float]
    method: str
    leads: int


@dataclass(frozen=True)
class PreTrend:
    """The drift between treated and untreated before the change, and the drift that would do it.

    Attributes
    ----------
    slope, low, high, level, p_value
        Least-squares line through the periods before, per period, in the unit of the outcome.
    explains
        The slope that, carried on, would produce the whole mean effect after.
    ruled_out
        Whether `explains` lies outside the interval of the slope.
    effect
        Mean effect after less mean of the periods before.
    detectable
        The slope that the data would have shown with 80 % probability (two-sided, at 1 - level).
    """

    slope: float
    low: float
    high: float
    level: float
    p_value: float
    explains: float
    ruled_out: bool
    effect: float
    detectable: float


@dataclass(frozen=True)
class Breakdown:
    """How large a break of parallel paths explains the effect away (relative magnitudes).

    Attributes
    ----------
    value
        Multiple of the largest period-to-period change of the gap before: with violations up to
        this multiple in every period after, the mean effect could be zero. Above 1 is reassuring.
    with_error
        The same for the end of the interval nearest zero; 0 where the interval covers zero.
    largest_before
        The largest absolute period-to-period change of the gap before the change. It is taken as
        known: with noisy leads both values err to the low, cautious side.
    """

    value: float
    with_error: float
    largest_before: float


def event_study(
    outcome: np.ndarray,
    treated: np.ndarray,
    first_after: int,
    *,
    base: int = -1,
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
    level: float = 0.95,
) -> EventStudy:
    """Leads and lags from a unit x period array with one date of change.

    Parameters
    ----------
    outcome
        Shape (n, T); nan where not seen. A period uses the units seen in it and in the base.
    treated
        Shape (n,), boolean.
    first_after
        Column of the first period after the change.
    base
        Event time of the base period, below 0; -1 is the last period before.
    clusters, weights
        Shape (n,). None: each unit for itself, all weights 1.
    level
        Of the intervals.

    Raises
    ------
    CannotBeEstimated
        Where a period has no treated or no untreated unit, or one cluster alone carries an arm.
    """
    check_level(level)
    outcome = np.asarray(outcome, dtype=float)
    treated = np.asarray(treated, dtype=bool)
    units, periods = outcome.shape
    base_column = first_after + base
    if not 0 < first_after < periods:
        raise CannotBeEstimated(
            f"the change (column {first_after}) must have periods before and after it, within "
            f"{periods}"
        )
    if not 0 <= base_column < first_after:
        raise ValueError(f"base {base} must lie between {-first_after} and -1")
    clusters = np.arange(units) if clusters is None else np.asarray(clusters)
    weights = np.ones(units) if weights is None else np.asarray(weights, dtype=float)
    labels, code = np.unique(clusters, return_inverse=True)
    event_time = np.arange(periods) - first_after
    effect, df = np.zeros(periods), np.full(periods, inf)
    scores = np.zeros((periods, len(labels)))
    for column in range(periods):
        if column == base_column:
            continue
        fit, present = _against_base(outcome, column, base_column, treated, code, weights)
        effect[column], df[column] = fit.estimate, fit.df
        scores[column, present] = fit.scores
    covariance = scores @ scores.T
    se = np.sqrt(np.diag(covariance))
    half = np.array(
        [critical((1 - level) / 2, d) * s if s > 0 else 0.0 for d, s in zip(df, se, strict=True)]
    )
    return EventStudy(
        event_time, effect, se, df, effect - half, effect + half, covariance, level, base,
        len(labels),
    )


def _against_base(outcome, column, base_column, treated, code, weights):
    """The difference of changes from the base, and the clusters it rests on."""
    change = outcome[:, column] - outcome[:, base_column]
    seen = np.isfinite(change) & (weights > 0)
    if not (seen & treated).any() or not (seen & ~treated).any():
        raise CannotBeEstimated(
            f"period {column}: no treated or no untreated unit was seen there and in the base"
        )
    design = np.column_stack([np.ones(seen.sum()), treated[seen]])
    sums = cluster_sums(change[seen], design, code[seen], weights[seen])
    fit: ClusteredEstimate = clustered_estimate(sums, np.array([0.0, 1.0]))
    return fit, np.unique(code[seen])


def lead_test(study: EventStudy) -> LeadTest:
    """Are all leads zero? Hotelling's T squared; with few clusters a test of their slope.

    Raises
    ------
    CannotBeEstimated
        Where the base is the only period before the change.
    """
    leads = study.before & (study.event_time != study.base)
    count = int(leads.sum())
    if count == 0:
        raise CannotBeEstimated("parallel paths need at least 2 periods before the change")
    spare = float(np.min(study.df[leads]))
    block = study.covariance[np.ix_(leads, leads)]
    if spare - count + 1 >= _SPARE_DF and np.linalg.matrix_rank(block) == count:
        wald = float(study.effect[leads] @ np.linalg.solve(block, study.effect[leads]))
        f = wald * (spare - count + 1) / (spare * count)
        df = (float(count), spare - count + 1)
        return LeadTest(float(stats.f.sf(f, *df)), f, df, "joint", count)
    value, se, df_slope = study.combination(_slope_weights(study))
    t = value / se if se > 0 else nan
    return LeadTest(p_from_statistic(t, df_slope), t, (1.0, df_slope), "slope", count)


def _slope_weights(study: EventStudy) -> np.ndarray:
    x = np.where(study.before, study.event_time, 0.0)
    centred = np.where(study.before, x - x[study.before].mean(), 0.0)
    return centred / (centred @ centred)


def mean_effect(study: EventStudy) -> tuple[float, float, float]:
    """Mean effect after less the mean of the periods before, its se and degrees of freedom.

    With one change date this is the difference in differences of the unit means.
    """
    return study.combination(_mean_weights(study))


def _mean_weights(study: EventStudy) -> np.ndarray:
    before = study.before
    return np.where(before, -1.0 / before.sum(), 1.0 / (~before).sum())


def pre_trend(study: EventStudy) -> PreTrend:
    """How steep was the drift before, and how steep would explain the effect?

    Raises
    ------
    CannotBeEstimated
        With one period before the change.
    """
    if study.before.sum() < 2:
        raise CannotBeEstimated("a drift needs at least 2 periods before the change; here is 1")
    slope, se, df = study.combination(_slope_weights(study))
    effect = float(_mean_weights(study) @ study.effect)
    distance = study.event_time[~study.before].mean() - study.event_time[study.before].mean()
    explains = float(effect / distance)
    quantile = critical((1 - study.level) / 2, df)
    low, high = slope - quantile * se, slope + quantile * se
    p_value = p_from_statistic(slope / se, df) if se > 0 else nan
    return PreTrend(
        slope, low, high, study.level, p_value, explains, not low <= explains <= high, effect,
        (quantile + critical(0.2, df)) * se,
    )


def breakdown(study: EventStudy) -> Breakdown:
    """The relative-magnitude breakdown value of the mean effect after, against the base -1.

    A gap may change by at most M times the largest change before in each period after, so the
    mean effect over L periods may be wrong by M * largest * (L + 1) / 2.

    Raises
    ------
    CannotBeEstimated
        With one period before the change, or where the base is not the last period before.
    """
    if study.base != -1:
        raise CannotBeEstimated(f"the breakdown value needs base -1; here it is {study.base}")
    if study.before.sum() < 2:
        raise CannotBeEstimated("a breakdown value needs at least 2 periods before; here is 1")
    largest = float(np.abs(np.diff(study.effect[study.before])).max())
    after = ~study.before
    value, se, df = study.combination(after / after.sum())
    half = critical((1 - study.level) / 2, df) * se
    reach = largest * (after.sum() + 1) / 2
    nearest = max(abs(value) - half, 0.0)
    if reach == 0:
        return Breakdown(inf, inf if nearest > 0 else 0.0, 0.0)
    return Breakdown(float(abs(value) / reach), float(nearest / reach), largest)
