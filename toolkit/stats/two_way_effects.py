"""What would two-way fixed effects say? A contrast, not an answer, where dates differ.

The coefficient of "treated by now" with an effect for every unit and every period. With one date it
is a difference in differences. With several it is a weighted mean of effects in which units treated
early serve as controls for those treated late: some weights may be negative, and then even the
sign may be wrong. The share of negative weight is returned with it.

Sources
-------
de Chaisemartin & D'Haultfoeuille (2020), AER 110(9), 2964-2996: the weights (theorem 1).
Goodman-Bacon (2021), Journal of Econometrics 225(2), 254-277.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.stats.cluster_errors import (
    CannotBeEstimated,
    ClusteredEstimate,
    cluster_sums,
    clustered_estimate,
)


@dataclass(frozen=True)
class TwoWayEffect:
    """The two-way fixed effects coefficient and what it is made of.

    Attributes
    ----------
    fit
        Estimate and error by cluster, in the unit of the outcome.
    negative_weight
        Sum of the negative weights on treated cells, as a positive number; 0 with one date.
    treated_cells, negative_cells
        Number of treated unit-periods, and of those with a negative weight.
    """

    fit: ClusteredEstimate
    negative_weight: float
    treated_cells: int
    negative_cells: int


def two_way_effect(
    outcome: np.ndarray,
    treatment: np.ndarray,
    *,
    clusters: np.ndarray | None = None,
    errors: str = "CR2",
) -> TwoWayEffect:
    """Regress the outcome on the treatment with unit and period effects.

    Parameters
    ----------
    outcome
        Shape (n, T); nan where not seen.
    treatment
        Shape (n, T): 1 where treated by then.
    clusters
        Shape (n,). None: each unit for itself.
    errors
        As in `toolkit.stats.cluster_errors.clustered_estimate`.

    Raises
    ------
    CannotBeEstimated
        Where the treatment does not vary once units and periods are accounted for.
    """
    outcome = np.asarray(outcome, dtype=float)
    treatment = np.asarray(treatment, dtype=float)
    if outcome.shape != treatment.shape:
        raise ValueError(
            f"outcome {outcome.shape} and treatment {treatment.shape} must have the same shape"
        )
    units, periods = outcome.shape
    clusters = np.arange(units) if clusters is None else np.asarray(clusters)
    unit, period = np.nonzero(np.isfinite(outcome))
    dummies = (period[:, None] == np.unique(period)[None, 1:]).astype(float)
    columns = np.column_stack([outcome[unit, period], treatment[unit, period], dummies])
    columns = columns - _unit_means(columns, unit, units)[unit]
    y, design = columns[:, 0], columns[:, 1:]
    if np.linalg.norm(design[:, 0]) == 0:
        raise CannotBeEstimated("nobody's treatment changes within the periods seen")
    # unit effects are nested in the clusters and so not counted in CR1's factor
    sums = cluster_sums(y, design, clusters[unit])
    contrast = np.zeros(design.shape[1])
    contrast[0] = 1.0
    fit = clustered_estimate(sums, contrast, errors)
    fitted = design[:, 1:] @ np.linalg.lstsq(design[:, 1:], design[:, 0], rcond=None)[0]
    residual = design[:, 0] - fitted
    cells = treatment[unit, period] > 0
    share = residual[cells] / residual[cells].sum()
    below = share < -1e-12
    return TwoWayEffect(
        fit, float(-share[below].sum()), int(cells.sum()), int(below.sum())
    )


def _unit_means(columns: np.ndarray, unit: np.ndarray, units: int) -> np.ndarray:
    total = np.zeros((units, columns.shape[1]))
    np.add.at(total, unit, columns)
    return total / np.maximum(np.bincount(unit, minlength=units), 1)[:, None]
