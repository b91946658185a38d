"""What would the treated unit have done without the change? A weighted mix of untreated donors.

Synthetic control on outcomes alone: weights, none negative and summing to one, that track the
treated unit's path before the change best. Doubt comes from doing the same to every donor
(placebo in space), to an earlier date (placebo in time), and without each donor in turn.

Sources
-------
Abadie, Diamond & Hainmueller (2010), JASA 105(490), 493-505: the method, placebos, RMSPE ratio.
Abadie (2021), Journal of Economic Literature 59(2), 391-425: leave one out, placebo in time.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import nan

import numpy as np

from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.simplex_weights import simplex_weights


@dataclass(frozen=True)
class DonorPanel:
    """Outcomes of donors and treated units over the same periods, none missing.

    Attributes
    ----------
    donors
        Shape (N, T).
    treated
        Shape (M, T); a single unit may be given as (T,).
    before
        Number of periods before the change, at the left.
    """

    donors: np.ndarray
    treated: np.ndarray
    before: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "donors", np.array(self.donors, dtype=float, ndmin=2))
        object.__setattr__(self, "treated", np.array(self.treated, dtype=float, ndmin=2))
        if self.donors.shape[1] != self.treated.shape[1]:
            raise ValueError(
                f"donors have {self.donors.shape[1]} periods, treated {self.treated.shape[1]}"
            )
        if len(self.donors) < 2:
            raise CannotBeEstimated(f"a mix needs at least 2 donors; here is {len(self.donors)}")
        if not 2 <= self.before < self.donors.shape[1]:
            raise CannotBeEstimated(
                f"{self.before} of {self.donors.shape[1]} periods lie before the change: at least "
                "2 before and 1 after are needed"
            )
        if not (np.isfinite(self.donors).all() and np.isfinite(self.treated).all()):
            raise CannotBeEstimated("donors and treated units need a value in every period")

    @property
    def after(self) -> int:
        """Number of periods after the change."""
        return self.donors.shape[1] - self.before

    def without_donor(self, donor: int) -> DonorPanel:
        """The same without one donor."""
        return replace(self, donors=np.delete(self.donors, donor, axis=0))

    def as_if_treated(self, units: np.ndarray) -> DonorPanel:
        """Donors `units` in the place of the treated; the really treated are left out."""
        return replace(
            self, donors=np.delete(self.donors, units, axis=0), treated=self.donors[units]
        )

    def as_if_at(self, before: int) -> DonorPanel:
        """Only periods before the change, with the change `before` periods in."""
        return DonorPanel(
            self.donors[:, : self.before], self.treated[:, : self.before], before
        )


@dataclass(frozen=True)
class SyntheticControl:
    """The treated mean against its synthetic control.

    Attributes
    ----------
    effect
        Mean gap after the change, in the unit of the outcome.
    weights
        Shape (N,), of the donors.
    counterfactual, gaps
        Shape (T,): the mix's path, and the treated mean less it.
    error_before, error_after
        Root mean square gap before and after.
    before
        Number of periods before.
    """

    effect: float
    weights: np.ndarray
    counterfactual: np.ndarray
    gaps: np.ndarray
    error_before: float
    error_after: float
    before: int

    @property
    def ratio(self) -> float:
        """Root mean square gap after over before; infinite after a perfect fit."""
        if self.error_before == 0:
            return np.inf if self.error_after > 0 else nan
        return self.error_after / self.error_before


@dataclass(frozen=True)
class Placebos:
    """The same estimate for units (or dates) where nothing happened.

    Attributes
    ----------
    effects
        Shape (P,): the placebo effects.
    ratios
        Shape (P,): their RMSPE ratios after over before; nan where the method has none.
    p_value
        Share of units, the treated among them, with a ratio (or else an absolute effect) at least
        the treated one's. Its smallest value is 1/(P + 1).
    se
        Standard deviation of the placebo effects (divisor P - 1).
    fits_worse
        How many placebos fit worse before the change than five times the treated one's mean
        square error (Abadie, Diamond & Hainmueller 2010); nan where the method has no fit.
    """

    effects: np.ndarray
    ratios: np.ndarray
    p_value: float
    se: float
    fits_worse: float


def synthetic_control(panel: DonorPanel) -> SyntheticControl:
    """Fit the mix on the outcomes before the change and follow it after.

    Several treated units count as their mean.
    """
    target = panel.treated.mean(axis=0)
    cut = panel.before
    weights = simplex_weights(panel.donors[:, :cut].T, target[:cut])
    mix = weights @ panel.donors
    gaps = target - mix
    return SyntheticControl(
        float(gaps[cut:].mean()), weights, mix, gaps,
        float(np.sqrt(np.mean(gaps[:cut] ** 2))), float(np.sqrt(np.mean(gaps[cut:] ** 2))), cut,
    )


def placebo_in_space(panel: DonorPanel, found: SyntheticControl | None = None) -> Placebos:
    """Treat every donor in turn as if it had been changed, with the other donors as its mix.

    Raises
    ------
    CannotBeEstimated
        With fewer than 3 donors.
    """
    if len(panel.donors) < 3:
        raise CannotBeEstimated("placebos in space need at least 3 donors")
    found = synthetic_control(panel) if found is None else found
    fits = [
        synthetic_control(panel.as_if_treated(np.array([unit])))
        for unit in range(len(panel.donors))
    ]
    effects = np.array([fit.effect for fit in fits])
    ratios = np.array([fit.ratio for fit in fits])
    worse = sum(fit.error_before**2 > 5 * found.error_before**2 for fit in fits)
    return Placebos(
        effects, ratios, placebo_p_value(found.ratio, ratios), float(effects.std(ddof=1)), worse
    )


def placebo_p_value(observed: float, placebos: np.ndarray) -> float:
    """Share of all units, the treated one among them, at least as extreme as the treated one."""
    beyond = np.asarray(placebos) >= observed * (1 - 1e-9)
    return (1 + int(beyond.sum())) / (1 + len(placebos))


def leave_one_donor_out(
    panel: DonorPanel, found: SyntheticControl | None = None
) -> dict[int, float]:
    """The effect without each donor that carries weight, by its row among the donors."""
    found = synthetic_control(panel) if found is None else found
    return {
        int(donor): synthetic_control(panel.without_donor(donor)).effect
        for donor in np.flatnonzero(found.weights > 1e-6)
    }


def placebo_in_time(panel: DonorPanel, fewest_before: int = 2) -> dict[int, float]:
    """The effect that would be found for each earlier date, from periods before the change only.

    Parameters
    ----------
    panel
        The case.
    fewest_before
        The earliest date leaves so many periods before it.

    Returns
    -------
    dict
        Number of periods before the pretended date -> effect.
    """
    return {
        cut: synthetic_control(panel.as_if_at(cut)).effect
        for cut in range(max(2, fewest_before), panel.before)
    }
