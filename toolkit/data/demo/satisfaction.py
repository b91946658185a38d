"""What do the surveys truly measure? Exact means of the rounded scores, by numerical integration.

Given the halo (a standard normal, integrated by Gauss-Hermite quadrature) the attributes are
independent and discrete: the distribution of their weighted sum is a convolution on a grid of
0.05, and the rounded score's mean follows from the normal distribution of what is added to it.
"""

from __future__ import annotations

import numpy as np
from scipy.stats import norm

from toolkit.data.demo import surveys as model
from toolkit.data.demo.aurora import AGE_BANDS, AGE_SHARES

GRID = 0.05
NODES = 48


def _attribute_chances(mean: np.ndarray) -> np.ndarray:
    """Return the chances of answers 1 to 5 for latent means (any shape): one more axis of five."""
    cuts = (np.arange(1.5, 5.0) - mean[..., None]) / model.ATTRIBUTE_SPREAD
    below = norm.cdf(cuts)
    edge = np.ones((*mean.shape, 1))
    return np.diff(np.concatenate([0 * edge, below, edge], axis=-1), axis=-1)


def _weighted_sum(company: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the values and chances of the attributes' weighted sum, the halo integrated out."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    weights = weights / weights.sum()
    chances = _attribute_chances(
        model.PERFORMANCE[company][None, :] + model.HALO * nodes[:, None]
    )
    steps = np.rint(model.DRIVER_WEIGHTS / GRID).astype(int)
    total = np.zeros(4 * steps.sum() + 1)
    for node in range(NODES):
        mass = np.ones(1)
        for attribute, step in enumerate(steps):
            spaced = np.zeros(4 * step + 1)
            np.add.at(spaced, np.arange(5) * step, chances[node, attribute])
            mass = np.convolve(mass, spaced)
        total += weights[node] * mass
    lowest = float((1 - 3.5) * model.DRIVER_WEIGHTS.sum())
    return lowest + GRID * np.arange(total.size), total


def mean_satisfaction(company: int, wave: int, shift: float = 0.0) -> float:
    """Return the true mean (1 to 10) over the population's ages for a company and wave."""
    values, chances = _weighted_sum(company)
    cuts = np.arange(1.5, 10.0)
    mean = 0.0
    for share, age_shift in zip(AGE_SHARES, model.AGE_SHIFT, strict=True):
        centre = model.BASE + model.COMPANY_SHIFT[company] + model.DRIFT[company] * wave
        centre = centre + age_shift + shift + values
        above = norm.sf((cuts[None, :] - centre[:, None]) / model.SCORE_SPREAD)
        mean += share * float(np.dot(chances, 1 + above.sum(axis=1)))
    return mean


def mean_attributes(company: int) -> dict[str, float]:
    """Return the true mean answer (1 to 5) on each attribute."""
    spread = float(np.hypot(model.ATTRIBUTE_SPREAD, model.HALO))
    cuts = (np.arange(1.5, 5.0)[None, :] - model.PERFORMANCE[company][:, None]) / spread
    means = 1 + norm.sf(cuts).sum(axis=1)
    return dict(zip(model.ATTRIBUTES, means.tolist(), strict=True))


def survey_truths() -> dict[str, object]:
    """Return the planted satisfaction by company and wave, the attributes and the drivers."""
    last = model.WAVES - 1
    by_company = {
        name: {
            "satisfaction_last_wave": mean_satisfaction(number, last),
            "satisfaction_by_wave": {
                wave: mean_satisfaction(number, position)
                for position, wave in enumerate(model.WAVE_NAMES)
            },
            "attributes": mean_attributes(number),
        }
        for number, name in enumerate(model.COMPANIES)
    }
    drivers = dict(zip(model.ATTRIBUTES, model.DRIVER_WEIGHTS.tolist(), strict=True))
    return {
        "seen_in": "surveys where frame = 'panel', weighted by weight",
        "unit": "points, 1 to 10; attributes 1 to 5",
        "companies": by_company,
        "own_list_last_wave": mean_satisfaction(0, last, model.OWN_LIST_SHIFT),
        "drivers": drivers,
        "drivers_unit": "points of satisfaction for one point of the attribute",
        "drivers_in_order": sorted(drivers, key=lambda name: -drivers[name]),
        "stated_importance": dict(zip(model.ATTRIBUTES, model.IMPORTANCE.tolist(), strict=True)),
        "readiness_by_age_band": dict(zip(AGE_BANDS, model.READINESS.tolist(), strict=True)),
    }
