"""Should one believe a synthetic control: does its mix fit, and is it silent on other dates?

Every donor, put in the touched unit's place, shows what the same method makes of a unit to which
nothing happened. The touched unit is held against them.

Sources
-------
Abadie, Diamond & Hainmueller (2010), JASA 105(490), 493-505: placebos in space, fit before.
Abadie (2021), Journal of Economic Literature 59(2), 391-425: placebos in time.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.stats.limits import p_from_statistic
from toolkit.stats.synthetic_control import DonorPanel, placebo_p_value, synthetic_control
from toolkit.stats.synthetic_did import synthetic_difference

ALARM = 0.05
FAKE_DATES = 3
FEWEST_AROUND = 3
# An error before below this share of the unit's own variation is a fit, whatever others have.
LARGEST_ERROR = 0.5


@dataclass(frozen=True)
class FakeDate:
    """The date before the change at which most was found.

    Attributes
    ----------
    before
        Periods before that date.
    effect
        In the outcome's unit.
    p_value
        Two-sided by Student's t, the error being that of the donors at the same date, which are few: their
        number less one is its degrees of freedom; times the dates tried.
    dates
        How many were tried.
    """

    before: int
    effect: float
    p_value: float
    dates: int


@dataclass(frozen=True)
class FitBefore:
    """How well the mix follows the touched unit before the change.

    Attributes
    ----------
    error, spread
        Root mean square gap, and standard deviation of the unit itself, before the change.
    p_value
        Share of units, the touched one among them, whose gap is as large. Its smallest value is
        1 / (donors + 1).
    fits
        False where nearly no unit fits as badly, and the gap is over half of the variation.
    """

    error: float
    spread: float
    p_value: float
    fits: bool


def fake_dates(panel: DonorPanel, dates: int = FAKE_DATES) -> FakeDate | None:
    """Would a change on an earlier date have been found? None where no date can be tried.

    Synthetic difference in differences at evenly spread dates before the change, from periods
    before it only.
    """
    earliest = max(FEWEST_AROUND, panel.before // 3)
    places = np.linspace(earliest, panel.before - FEWEST_AROUND, dates).round().astype(int)
    found = []
    for cut in np.unique(places[(places >= earliest) & (places <= panel.before - FEWEST_AROUND)]):
        past = panel.as_if_at(int(cut))
        effect = synthetic_difference(past).effect
        others = [synthetic_difference(past.as_if_treated(np.array([unit]))).effect
                  for unit in range(len(past.donors))]
        error = float(np.std(others, ddof=1))
        if error > 0:
            found.append((p_from_statistic(effect / error, len(others) - 1), int(cut), effect))
    if not found:
        return None
    p_value, cut, effect = min(found)
    return FakeDate(cut, effect, min(1.0, p_value * len(found)), len(found))


def fit_before(panel: DonorPanel) -> FitBefore:
    """Does the mix follow the touched unit as well as it follows others?"""
    error = synthetic_control(panel).error_before
    spread = float(np.std(panel.treated.mean(axis=0)[: panel.before]))
    others = [synthetic_control(panel.as_if_treated(np.array([unit]))).error_before
              for unit in range(len(panel.donors))]
    p_value = placebo_p_value(error, np.array(others))
    rare = p_value <= max(ALARM, 1 / (len(others) + 1))
    return FitBefore(error, spread, p_value, not (rare and error > LARGEST_ERROR * spread))
