"""How often does the 90 % interval of the plan's return hold the planted return?

``python benchmarks/calibrate_roi.py [SEEDS]`` plans five changes with known effects and worths, draws
what would be measured of each, and counts. 88 to 92 % of 1,000 is what sampling allows of 90 %.
"""

from __future__ import annotations

import sys
from datetime import date

import numpy as np
from scipy import stats

from toolkit.language import Quantity
from toolkit.money import returns
from toolkit.money.definition import Benefit, PlanReturn
from toolkit.stats.scenarios import Estimated, Fixed

#: true effect, its standard error, degrees of freedom, rows touched, true worth, its standard error, cost
CHANGES = (
    (0.12, 0.010, 255, 2_800, 30.0, 0.0, 8_100.0),
    (-0.05, 0.013, 40, 3_600, 160.0, 12.0, 13_800.0),
    (3.1, 0.22, 255, 5_300, 7.0, 0.6, 30_400.0),
    (0.004, 0.006, 12, 38_000, 4.0, 0.0, 7_300.0),
    (0.9, 0.5, 8, 1_800, 0.6, 0.05, 16_900.0),
)
LEVEL = 0.9


def planted() -> float:
    """The true return."""
    gained = sum(effect * touched * worth for effect, _, _, touched, worth, _, _ in CHANGES)
    return gained / sum(c[-1] for c in CHANGES) - 1


def measured(seed: int, scenarios: int = 4_000) -> Quantity:
    """The return as it would be estimated from one draw of all measurements."""
    rng = np.random.default_rng(seed)
    benefits = []
    for i, (effect, se, df, touched, worth, worth_se, cost) in enumerate(CHANGES):
        # an error of known scale, estimated on df degrees of freedom, as a regression gives it
        scale = se * np.sqrt(rng.chisquare(df) / df)
        at, reach = rng.normal(effect, se), stats.t.ppf(0.975, df)
        value = Fixed(worth)
        if worth_se:
            seen = rng.normal(worth, worth_se)
            value = Estimated(seen, seen - 1.96 * worth_se, seen + 1.96 * worth_se)
        verdict = "not_yet_known" if i == 4 else "partly_delivered"
        benefits.append(Benefit(
            f"change_{i}", f"Change {i}", "kpi", Quantity(at, "number", at - reach * scale, at + reach * scale), verdict, 1.0,
            touched, date(2026, 1, 1), value, "planted", level=0.95, df=df, declared_cost=cost, announced=date(2025, 12, 1),
        ))  # fmt: skip
    plan = PlanReturn(tuple(benefits), date(2026, 9, 30), level=LEVEL, scenarios=scenarios, seed=seed)
    return returns.estimate(None, plan).roi


def coverage(seeds: range) -> float:
    """Share of intervals that hold the planted return."""
    truth = planted()
    return sum(q.low <= truth <= q.high for q in map(measured, seeds)) / len(seeds)


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000
    print(f"planted return {planted():.4f}; the {LEVEL:.0%} interval holds it in {coverage(range(count)):.1%} of {count} seeds")
