"""Did the treated change more than a weighted mix of the others, from a weighted time before?

Synthetic difference in differences: unit weights make the donors' path parallel to the treated
one (a constant gap is allowed), time weights make the time before like the time after, and the
effect is the difference in differences under both. It leans less on one good match than synthetic
control and less on parallel paths than difference in differences.

Source
------
Arkhangelsky, Athey, Hirshberg, Imbens & Wager (2021), American Economic Review 111(12),
4088-4118: algorithm 1 (estimate), 3 (jackknife), 4 (placebo).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.limits import check_level, critical, p_from_statistic
from toolkit.stats.simplex_weights import simplex_weights
from toolkit.stats.synthetic_control import DonorPanel, Placebos, placebo_p_value

_TIME_RIDGE = 1e-6  # times the noise: only makes the time weights unique (the paper, footnote 3)
_MOST_PLACEBO_DRAWS = 200


@dataclass(frozen=True)
class SyntheticDifference:
    """A synthetic difference in differences.

    Attributes
    ----------
    effect
        In the unit of the outcome, mean over the periods after.
    unit_weights, time_weights
        Shape (N,) over donors and (before,) over periods before; each sums to 1.
    zeta
        Regularisation of the unit weights, (M * after)**(1/4) * noise.
    noise
        Standard deviation of the donors' changes from period to period before the change.
    difference_in_differences
        The same with equal weights, as the contrast.
    """

    effect: float
    unit_weights: np.ndarray
    time_weights: np.ndarray
    zeta: float
    noise: float
    difference_in_differences: float


@dataclass(frozen=True)
class SyntheticInference:
    """Error, interval and p-value of a synthetic difference in differences.

    Attributes
    ----------
    se
        Standard error.
    low, high, level
        Interval: the estimate plus and minus a normal quantile times `se`, as in the paper.
    p_value
        Two-sided, from the same normal.
    method
        ``"placebo"`` or ``"jackknife"``.
    replicates
        Placebo assignments or units left out.
    """

    se: float
    low: float
    high: float
    level: float
    p_value: float
    method: str
    replicates: int


def synthetic_difference(panel: DonorPanel) -> SyntheticDifference:
    """Estimate the effect; several treated units count as their mean.

    Raises
    ------
    CannotBeEstimated
        With fewer than 3 periods before the change: the noise cannot be measured.
    """
    cut = panel.before
    if cut < 3:
        raise CannotBeEstimated(f"the noise needs 3 periods before the change; here are {cut}")
    steps = np.diff(panel.donors[:, :cut], axis=1)
    noise = float(steps.std(ddof=1))
    zeta = (len(panel.treated) * panel.after) ** 0.25 * noise
    target = panel.treated.mean(axis=0)
    units = simplex_weights(
        panel.donors[:, :cut].T, target[:cut], ridge=zeta**2, intercept=True
    )
    times = simplex_weights(
        panel.donors[:, :cut],
        panel.donors[:, cut:].mean(axis=1),
        ridge=(_TIME_RIDGE * noise) ** 2,
        intercept=True,
    )
    equal = np.full(len(units), 1 / len(units)), np.full(cut, 1 / cut)
    return SyntheticDifference(
        _weighted_difference(panel, units, times), units, times, zeta, noise,
        _weighted_difference(panel, *equal),
    )


def _weighted_difference(panel: DonorPanel, units: np.ndarray, times: np.ndarray) -> float:
    gap = panel.treated.mean(axis=0) - units @ panel.donors
    return float(gap[panel.before :].mean() - gap[: panel.before] @ times)


def placebo_assignments(
    panel: DonorPanel, found: SyntheticDifference | None = None, *, seed: int = 0
) -> Placebos:
    """Give the treatment to donors: every one in turn, or random sets where several are treated.

    Parameters
    ----------
    panel
        The case.
    found
        Its estimate, where made before.
    seed
        Of the 200 random sets drawn where more than one unit is treated; not used otherwise.

    Raises
    ------
    CannotBeEstimated
        Where fewer than 2 donors would be left for a placebo.
    """
    donors, arm = len(panel.donors), len(panel.treated)
    if donors - arm < 2:
        raise CannotBeEstimated(
            f"placebos need at least {arm + 2} donors for {arm} treated units; here are {donors}"
        )
    found = synthetic_difference(panel) if found is None else found
    if arm == 1:
        sets = [np.array([unit]) for unit in range(donors)]
    else:
        rng = np.random.default_rng(seed)
        sets = [
            rng.choice(donors, size=arm, replace=False) for _ in range(_MOST_PLACEBO_DRAWS)
        ]
    effects = np.array([synthetic_difference(panel.as_if_treated(s)).effect for s in sets])
    p_value = placebo_p_value(abs(found.effect), np.abs(effects))
    return Placebos(
        effects, np.full(len(effects), np.nan), p_value, float(effects.std(ddof=1)), np.nan
    )


def inference(
    panel: DonorPanel,
    found: SyntheticDifference | None = None,
    *,
    method: str = "auto",
    level: float = 0.95,
    seed: int = 0,
) -> SyntheticInference:
    """Standard error and interval of the effect.

    Parameters
    ----------
    panel, found
        The case and its estimate, where made before.
    method
        ``"placebo"`` (algorithm 4: treated and donors must be equally noisy), ``"jackknife"``
        (algorithm 3: several treated units, cautious), or ``"auto"``: jackknife from 10 treated
        units on, placebo below.
    level, seed
        Of the interval; of random placebo sets.
    """
    check_level(level)
    found = synthetic_difference(panel) if found is None else found
    if method == "auto":
        method = "jackknife" if len(panel.treated) >= 10 else "placebo"
    if method == "placebo":
        placebos = placebo_assignments(panel, found, seed=seed)
        se, replicates = placebos.se, len(placebos.effects)
    elif method == "jackknife":
        se, replicates = jackknife_se(panel, found)
    else:
        raise ValueError(f"method is {method!r}; it must be one of auto, placebo, jackknife.")
    half = critical((1 - level) / 2) * se
    p_value = p_from_statistic(found.effect / se) if se > 0 else float("nan")
    return SyntheticInference(
        se, found.effect - half, found.effect + half, level, p_value, method, replicates
    )


def jackknife_se(
    panel: DonorPanel, found: SyntheticDifference | None = None
) -> tuple[float, int]:
    """The jackknife error with the weights kept fixed, and the number of units left out in turn.

    Raises
    ------
    CannotBeEstimated
        With one treated unit, or where one donor carries all the weight.
    """
    found = synthetic_difference(panel) if found is None else found
    arm = len(panel.treated)
    if arm < 2:
        raise CannotBeEstimated("the jackknife needs at least 2 treated units; here is 1")
    if found.unit_weights.max() > 1 - 1e-9:
        raise CannotBeEstimated("the jackknife needs weight on at least 2 donors")
    effects = []
    for donor in range(len(panel.donors)):
        rest = np.delete(found.unit_weights, donor)
        effects.append(
            _weighted_difference(
                panel.without_donor(donor), rest / rest.sum(), found.time_weights
            )
        )
    for unit in range(arm):
        kept = DonorPanel(panel.donors, np.delete(panel.treated, unit, axis=0), panel.before)
        effects.append(_weighted_difference(kept, found.unit_weights, found.time_weights))
    effects = np.array(effects)
    n = len(effects)
    return float(np.sqrt((n - 1) / n * np.sum((effects - effects.mean()) ** 2))), n


def leave_one_donor_out_did(
    panel: DonorPanel, found: SyntheticDifference | None = None
) -> dict[int, float]:
    """The effect, all weights made anew, without each donor that carries weight."""
    found = synthetic_difference(panel) if found is None else found
    return {
        int(donor): synthetic_difference(panel.without_donor(donor)).effect
        for donor in np.flatnonzero(found.unit_weights > 1e-6)
    }


def placebo_in_time_did(panel: DonorPanel, fewest_before: int = 3) -> dict[int, float]:
    """The effect that would be found for each earlier date, from periods before the change only."""
    return {
        cut: synthetic_difference(panel.as_if_at(cut)).effect
        for cut in range(max(3, fewest_before), panel.before)
    }
