"""One unit touched, many untouched: a weighted mix of the others as what would have been."""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from toolkit.language import Sentence
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Alternative, Fitted, PathPoint
from toolkit.plan_changes.reading import CannotBeJudged, Panel, ratio
from toolkit.stats import synthetic_control as sc
from toolkit.stats import synthetic_did as sdid
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.few_clusters import cluster_permutation
from toolkit.stats.groups import OneEffect
from toolkit.stats.synthetic_control import DonorPanel

FEWEST_DONORS = 5
"""Fewer donors leave no placebo to measure the error by."""
FEWEST_BEFORE = 5


@dataclass(frozen=True, eq=False)
class Mixed:
    """What the checks of a synthetic comparison look into."""

    panel: DonorPanel = field(repr=False)
    found: sdid.SyntheticDifference = field(repr=False)
    placebos: sc.Placebos = field(repr=False)
    control: sc.SyntheticControl = field(repr=False)
    donors: tuple[str, ...] = ()


def applies(panel: Panel) -> bool:
    """One touched unit, enough donors, each with a value in every period."""
    if panel.basis != "units" or int(panel.treated.sum()) != 1:
        return False
    complete = np.isfinite(ratio(panel.num, panel.den)).all()
    return bool((~panel.treated).sum() >= FEWEST_DONORS and panel.change >= FEWEST_BEFORE and complete)


def mixed(panel: Panel, definition: PlanChange, why: Sentence) -> Fitted:
    """Synthetic difference in differences, placebos in space for its error.

    Raises
    ------
    CannotBeJudged
        The donors cannot be mixed.
    """
    y, treated = ratio(panel.num, panel.den), panel.treated
    donors = tuple(map(str, panel.label[~treated]))
    try:
        donor_panel = DonorPanel(y[~treated], y[treated], panel.change)
        found = sdid.synthetic_difference(donor_panel)
        placebos = sdid.placebo_assignments(donor_panel, found)
        error = sdid.inference(donor_panel, found, level=definition.level)
        control = sc.synthetic_control(donor_panel)
        in_space = sc.placebo_in_space(donor_panel, control)
    except CannotBeEstimated as reason:
        raise CannotBeJudged(Sentence("{reason}", {"reason": str(reason)})) from None
    changes = y[:, panel.after].mean(axis=1) - y[:, ~panel.after].mean(axis=1)
    others = (
        Alternative("synthetic_control", Sentence("synthetic control on outcomes"), control.effect, p_value=in_space.p_value,
                    numbers={"error_before": control.error_before, "ratio": control.ratio,
                             "effect_last": float(control.gaps[-1]), **_weights(control.weights, donors)}),
        _alike(changes, treated, definition.level),
        Alternative("before_after", Sentence("before and after of the touched alone"), float(changes[treated][0])),
    )  # fmt: skip
    return Fitted(
        "donors", Sentence("synthetic difference in differences, placebos in space"), why, "control", found.effect,
        error.low, error.high, error.p_value, error.se, float(y[treated][:, ~panel.after].mean()),
        float(y[treated][:, panel.after].mean()), len(y), "units", others=others, path=_path(panel, donor_panel, found, error),
        details=Mixed(donor_panel, found, placebos, control, donors), counted=float(panel.den[treated][:, panel.after].sum()),
        numbers={
            "placebo_p_value": placebos.p_value, "donors": len(donors),
            **{f"time_weight_{p}": float(w) for p, w in zip(panel.periods, found.time_weights, strict=False) if w > 1e-4},
        },
    )  # fmt: skip


def _alike(changes: np.ndarray, treated: np.ndarray, level: float) -> Alternative:
    """Every donor alike; too few of them have no permutation of use, and so no interval."""
    label = Sentence("difference in differences, every donor alike; permutation of units")
    try:
        found = cluster_permutation(changes, treated, level=level)
    except CannotBeEstimated:
        return Alternative("difference", Sentence("difference in differences, every donor alike"),
                           float(changes[treated].mean() - changes[~treated].mean()))  # fmt: skip
    return Alternative("difference", label, found.estimate, found.low, found.high, found.p_value)


def donors_total(panel: Panel, definition: PlanChange) -> OneEffect:
    """The synthetic difference in one group of rows: the same units, this group's part of each.

    Raises
    ------
    CannotBeEstimated
        The touched unit or too many donors have no value of this group in some period.
    """
    y, treated = ratio(panel.num, panel.den), panel.treated
    whole = np.isfinite(y).all(axis=1)
    if int((treated & whole).sum()) != 1 or int((~treated & whole).sum()) < FEWEST_DONORS:
        raise CannotBeEstimated(
            f"in this group the touched unit, or all but {int((~treated & whole).sum())} others, lack a period")
    donors = DonorPanel(y[~treated & whole], y[treated & whole], panel.change)
    found = sdid.synthetic_difference(donors)
    error = sdid.inference(donors, found, level=definition.level)
    return OneEffect(found.effect, error.se, math.inf, error.low, error.high, error.p_value, len(donors.donors) + 1)


def _weights(weights: np.ndarray, donors: tuple[str, ...]) -> dict[str, float]:
    return {f"weight_{d}": float(w) for d, w in zip(donors, weights, strict=True) if w > 1e-4}


def _path(
    panel: Panel, donors: DonorPanel, found: sdid.SyntheticDifference, error: sdid.SyntheticInference
) -> tuple[PathPoint, ...]:
    """The touched unit and its mix; after the change with the interval of the mean effect."""
    observed = donors.treated[0]
    mix = found.unit_weights @ donors.donors
    shift = found.time_weights @ (observed[: donors.before] - mix[: donors.before])
    half = error.high - found.effect
    return tuple(
        PathPoint(p.start, float(o), float(m + shift), *((m + shift - half, m + shift + half) if a else (math.nan, math.nan)))
        for p, o, m, a in zip(panel.periods, observed, mix, panel.after, strict=True)
    )
