"""What did the change bring where units got it at different dates?

Group-time effects: for every group of units with the same date, and every period, the change since
the last period before that date, against units that have not got it (yet). They are then added up
with weights that are never negative. Two-way fixed effects use already treated units as controls
and may get even the sign wrong (`toolkit.stats.two_way_effects` shows it as a contrast).

Source
------
Callaway & Sant'Anna (2021), Journal of Econometrics 225(2), 200-230: equations 2.5-2.8 without
covariates, table 1 and section 3.2 (aggregations), theorem 2 (influence functions), algorithm 1
(multiplier bootstrap).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf, nan

import numpy as np

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.limits import check_choice, check_level, critical, p_from_statistic

CONTROLS = ("never", "not_yet")
AGGREGATIONS = ("simple", "dynamic", "group", "calendar")
# Mammen (1993): the two points with mean 0, variance 1 and third moment 1
_MAMMEN = (1 - np.sqrt(5)) / 2, (1 + np.sqrt(5)) / 2
_MAMMEN_SHARE = (np.sqrt(5) + 1) / (2 * np.sqrt(5))


@dataclass(frozen=True)
class GroupTimeEffects:
    """Effects by group (date of first treatment) and period.

    Attributes
    ----------
    group, period
        Shape (K,): column of the first treated period, and of the period of the effect.
    effect, se
        Shape (K,), in the unit of the outcome; se nan where an arm has one unit or cluster.
    influence
        Shape (K, C): what each cluster adds to each effect; products sum to the covariance.
    group_sizes
        Group -> weight of its units.
    membership
        Group -> shape (C,): weight of its units in each cluster, for the error of aggregation.
    control, base
        As asked.
    dropped
        Units left out: treated from the first period on, or never seen twice.
    """

    group: np.ndarray
    period: np.ndarray
    effect: np.ndarray
    se: np.ndarray
    influence: np.ndarray
    group_sizes: dict[int, float]
    membership: dict[int, np.ndarray]
    control: str
    base: str
    dropped: int

    @property
    def event_time(self) -> np.ndarray:
        """Shape (K,): periods since the group's date."""
        return self.period - self.group


@dataclass(frozen=True)
class Aggregate:
    """Group-time effects added up.

    Attributes
    ----------
    kind
        One of `AGGREGATIONS`.
    at
        Shape (A,): event time, group or period of each effect; empty for ``"simple"``.
    effects, ses, lows, highs
        Shape (A,), each by itself at `level`.
    band
        Half-width multiplier for all at once (sup-t); nan where no bootstrap was asked for.
    effect, se, low, high, p_value
        The overall effect: all treated cells; the mean over event times from 0 on; the groups
        by size; the mean over periods.
    level, df
        Of the intervals; clusters less one.
    """

    kind: str
    at: np.ndarray
    effects: np.ndarray
    ses: np.ndarray
    lows: np.ndarray
    highs: np.ndarray
    band: float
    effect: float
    se: float
    low: float
    high: float
    p_value: float
    level: float
    df: float


def group_time_effects(
    outcome: np.ndarray,
    first_treated: np.ndarray,
    *,
    control: str = "not_yet",
    base: str = "universal",
    anticipation: int = 0,
    clusters: np.ndarray | None = None,
    weights: np.ndarray | None = None,
) -> GroupTimeEffects:
    """Effects by group and period, without covariates.

    Parameters
    ----------
    outcome
        Shape (n, T); nan where not seen. A cell uses the units seen in its two periods.
    first_treated
        Shape (n,): column of the first treated period; inf (or a number beyond the last column)
        for never. Units treated in column 0 have no before and are dropped.
    control
        ``"never"``: never treated. ``"not_yet"``: also those treated later than both periods.
    base
        ``"universal"``: the last period before the group's date (less `anticipation`) for leads
        too. ``"varying"``: for leads the period before (the R package's default).
    anticipation
        Periods before the date in which units may already react.
    clusters, weights
        Shape (n,). None: each unit for itself, all weights 1.

    Raises
    ------
    CannotBeEstimated
        Where nobody is treated, or no cell has treated and control units.
    """
    check_choice(control, CONTROLS, "control")
    check_choice(base, ("universal", "varying"), "base")
    outcome = np.asarray(outcome, dtype=float)
    first = np.asarray(first_treated, dtype=float)
    units, periods = outcome.shape
    if len(first) != units or np.isnan(first).any():
        raise ValueError("first_treated needs one number a unit; inf for never")
    weights = np.ones(units) if weights is None else np.asarray(weights, dtype=float)
    clusters = np.arange(units) if clusters is None else np.asarray(clusters)
    first = np.where(first >= periods, inf, first)
    keep = (first > anticipation) & (np.isfinite(outcome).sum(axis=1) >= 2) & (weights > 0)
    outcome, first, weights = outcome[keep], first[keep], weights[keep]
    labels, code = np.unique(clusters[keep], return_inverse=True)
    groups = [int(g) for g in np.unique(first[np.isfinite(first)])]
    if not groups:
        raise CannotBeEstimated("nobody is treated after the first period")
    cells = []
    for group in groups:
        for period in range(periods):
            reference = group - 1 - anticipation
            if base == "varying" and period < group - anticipation:
                reference = period - 1
            if reference < 0 or reference == period:
                continue
            cell = _cell(
                outcome[:, period] - outcome[:, reference], first, weights, group,
                max(period, reference) + anticipation, control,
            )
            if cell is not None:
                cells.append((group, period, *cell))
    if not cells:
        raise CannotBeEstimated("no group and period has both treated and untreated units")
    parts = np.array([c[3] for c in cells])
    influence = np.zeros((len(cells), len(labels)))
    np.add.at(influence.T, code, parts.T)
    alone = np.array([c[4] for c in cells])
    se = np.where(alone, nan, np.sqrt((influence**2).sum(axis=1)))
    size = {g: float(weights[first == g].sum()) for g in groups}
    member = {
        g: np.bincount(code, weights=weights * (first == g), minlength=len(labels)) for g in groups
    }
    return GroupTimeEffects(
        np.array([c[0] for c in cells]), np.array([c[1] for c in cells]),
        np.array([c[2] for c in cells]), se, influence, size, member, control, base,
        int((~keep).sum()),
    )


def _cell(change, first, weights, group, last, control):
    """Effect, influence by unit, and whether an arm is a single unit; None where one is empty."""
    seen = np.isfinite(change)
    treated = seen & (first == group)
    spare = first == inf if control == "never" else (first > last) & (first != group)
    others = seen & spare
    if not treated.any() or not others.any():
        return None
    effect, influence = 0.0, np.zeros(len(change))
    for sign, arm in ((1.0, treated), (-1.0, others)):
        share = weights[arm] / weights[arm].sum()
        mean = share @ change[arm]
        effect += sign * mean
        # 1 - share: the unbiased (HC2) error; with equal weights Welch's, not the divisor n
        free = np.where(share < 1, 1 - share, 1.0)
        influence[arm] = sign * share * (change[arm] - mean) / np.sqrt(free)
    return effect, influence, min(treated.sum(), others.sum()) == 1


def aggregate(
    effects: GroupTimeEffects,
    kind: str = "simple",
    *,
    level: float = 0.95,
    draws: int = 0,
    seed: int = 0,
) -> Aggregate:
    """Add group-time effects up.

    Parameters
    ----------
    effects
        From `group_time_effects`.
    kind
        ``"simple"``: all treated cells by group size. ``"dynamic"``: by event time.
        ``"group"``: by group. ``"calendar"``: by period.
    level
        Of the intervals.
    draws, seed
        Multiplier bootstrap (Mammen's two points, by cluster) for `Aggregate.band`; 0: none.

    Raises
    ------
    CannotBeEstimated
        Where no cell lies after its group's date.
    """
    check_choice(kind, AGGREGATIONS, "kind")
    check_level(level)
    after = effects.event_time >= 0
    if not after.any():
        raise CannotBeEstimated("no period after a date could be compared")
    names = {
        "simple": np.zeros(len(after), dtype=int), "dynamic": effects.event_time,
        "group": effects.group, "calendar": effects.period,
    }[kind]  # fmt: skip
    wanted = np.ones(len(after), dtype=bool) if kind == "dynamic" else after
    at = np.unique(names[wanted])
    rows = [_weighted(effects, wanted & (names == a)) for a in at]
    values = np.array([r[0] for r in rows])
    influence = np.array([r[1] for r in rows])
    overall = _overall(effects, kind, at, values, influence)
    df = influence.shape[1] - 1.0
    quantile = critical((1 - level) / 2, df)
    ses = np.sqrt((influence**2).sum(axis=1))
    used = [wanted & (names == a) for a in at]
    unknown = np.array([np.isnan(effects.se[u]).any() for u in used])
    ses = np.where(unknown, nan, ses)
    value, se = overall[0], float(np.sqrt(overall[1] @ overall[1]))
    if np.isnan(effects.se[after]).any():
        se = nan
    band = _sup_t(influence, ses, level, draws, seed) if draws else nan
    if kind == "simple":
        at, values, ses = at[:0], values[:0], ses[:0]
    p_value = p_from_statistic(value / se, df) if se > 0 else nan
    return Aggregate(
        kind, at, values, ses, values - quantile * ses, values + quantile * ses, band, value, se,
        value - quantile * se, value + quantile * se, p_value, level, df,
    )


def _weighted(effects: GroupTimeEffects, cells: np.ndarray) -> tuple[float, np.ndarray]:
    """Mean of the cells by group size, with the influence of the sizes being estimated too."""
    size = np.array([effects.group_sizes[g] for g in effects.group[cells]])
    share = size / size.sum()
    value = float(share @ effects.effect[cells])
    influence = share @ effects.influence[cells]
    if len(np.unique(effects.group[cells])) > 1:
        total = size.sum()
        member = np.array([effects.membership[g] for g in effects.group[cells]])
        influence = influence + (effects.effect[cells] - value) @ member / total
    return value, influence


def _overall(effects, kind, at, values, influence):
    """The overall effect of an aggregation and its influence function."""
    if kind == "group":
        size = np.array([effects.group_sizes[g] for g in at])
        share = size / size.sum()
        value = float(share @ values)
        member = np.array([effects.membership[g] for g in at])
        return value, share @ influence + (values - value) @ member / size.sum()
    used = at >= 0
    return float(values[used].mean()), influence[used].mean(axis=0)


def _sup_t(influence, ses, level, draws, seed) -> float:
    """The multiplier that makes all intervals hold at once."""
    known = ses > 0
    if not known.any():
        return nan
    rng = np.random.default_rng(seed)
    low = rng.random((draws, influence.shape[1])) < _MAMMEN_SHARE
    drawn = np.where(low, *_MAMMEN) @ influence[known].T
    spread = np.subtract(*np.quantile(drawn, [0.75, 0.25], axis=0)) / 1.3489795003921634
    return float(np.quantile(np.abs(drawn / spread).max(axis=1), level))
