"""How often does difference in differences claim an effect that isn't there, and how often is its
interval right? The default of `toolkit.stats.differences` on simulated panels.

    python benchmarks/calibrate_differences.py [--panels 2000] [--seed 1] [--only effects|checks]

Each panel has clusters of unequal size (3 to 7 units), 12 periods before and 6 after, an AR(1)
shock by cluster, independent noise by unit, unit and period effects. Power is for an effect that a
test with known variance would find in 80 % of cases. Prints markdown with Monte Carlo errors.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from toolkit.stats import control_checks as checks
from toolkit.stats.differences import before_and_after, difference_in_differences, method_for
from toolkit.stats.event_study import event_study

BEFORE, AFTER = 12, 6
UNIT_NOISE = 1.0
KNOWN_VARIANCE_80 = 2.8015852  # 1.959964 + .841621


@dataclass(frozen=True)
class Cell:
    """One design: so many clusters, treated clusters, and autocorrelation of their shocks."""

    clusters: int
    treated: int
    rho: float

    def sizes(self) -> np.ndarray:
        """Units of each cluster: 3 to 7, in a fixed order that mixes the arms."""
        return 3 + (np.arange(self.clusters) * 2) % 5

    def true_se(self) -> float:
        """Standard error of the effect with known variances."""
        lag = np.abs(np.subtract.outer(np.arange(BEFORE + AFTER), np.arange(BEFORE + AFTER)))
        contrast = np.r_[np.full(BEFORE, -1 / BEFORE), np.full(AFTER, 1 / AFTER)]
        shock = contrast @ self.rho**lag @ contrast  # a stationary shock of variance 1
        noise = UNIT_NOISE**2 * (contrast @ contrast)
        total = 0.0
        for arm in (self.sizes()[: self.treated], self.sizes()[self.treated :]):
            share = arm / arm.sum()
            total += float(np.sum(share**2 * (shock + noise / arm)))
        return math.sqrt(total)


def cells() -> Iterator[Cell]:
    """6, 12 and 40 clusters, half and a third treated, autocorrelation 0 and .6."""
    for clusters in (6, 12, 40):
        for treated in (clusters // 2, round(clusters / 3)):
            for rho in (0.0, 0.6):
                yield Cell(clusters, treated, rho)


def panel(cell: Cell, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Outcome (units x periods), treated and cluster of each unit; nothing happens."""
    periods = BEFORE + AFTER
    shock = np.empty((cell.clusters, periods))
    shock[:, 0] = rng.normal(size=cell.clusters)
    for t in range(1, periods):
        fresh = rng.normal(size=cell.clusters) * math.sqrt(1 - cell.rho**2)
        shock[:, t] = cell.rho * shock[:, t - 1] + fresh
    cluster = np.repeat(np.arange(cell.clusters), cell.sizes())
    units = len(cluster)
    outcome = shock[cluster] + UNIT_NOISE * rng.normal(size=(units, periods))
    outcome += 3 * rng.normal(size=(units, 1)) + rng.normal(size=periods)
    return outcome, cluster < cell.treated, cluster


def effects(cell: Cell, panels: int, rng: np.random.Generator) -> str:
    """One row: false claims, coverage and power of the default, with Monte Carlo errors."""
    planted = KNOWN_VARIANCE_80 * cell.true_se()
    after = np.arange(BEFORE + AFTER) >= BEFORE
    claimed = covered = powered = 0
    for _ in range(panels):
        outcome, treated, cluster = panel(cell, rng)
        first, second = before_and_after(outcome, after)
        null = difference_in_differences(first, second, treated, clusters=cluster)
        claimed += null.p_value <= 0.05
        second = second + planted * treated
        found = difference_in_differences(first, second, treated, clusters=cluster)
        covered += found.low <= planted <= found.high
        powered += found.p_value <= 0.05
    method = method_for(cell.treated, cell.clusters - cell.treated)[0]
    shares = [share(n, panels) for n in (claimed, covered, powered)]
    head = f"| {cell.clusters} | {cell.treated} | {cell.rho:g} | {method} |"
    return f"{head} {' | '.join(shares)} |"


def alarms(cell: Cell, panels: int, rng: np.random.Generator) -> str:
    """One row: how often each check fails where nothing is wrong."""
    after = np.arange(BEFORE + AFTER) >= BEFORE
    planted = KNOWN_VARIANCE_80 * cell.true_se()
    failed = {name: 0 for name in checks.FALSE_ALARM_RATES}
    applied = dict(failed)
    for _ in range(panels):
        outcome, treated, cluster = panel(cell, rng)
        study = event_study(outcome, treated, BEFORE, clusters=cluster)
        first, second = before_and_after(outcome, after)
        untouched = difference_in_differences(first, second, treated, clusters=cluster)
        second = second + planted * treated
        found = difference_in_differences(first, second, treated, clusters=cluster)
        arms = np.array([[(~treated).sum()] * 2, [treated.sum()] * 2]) * 20
        counts = np.array([[rng.multinomial(n, [0.5, 0.3, 0.2]) for n in arm] for arm in arms])
        for check in (
            checks.parallel_before(study),
            checks.fake_dates(outcome, treated, BEFORE, clusters=cluster),
            checks.anticipation(study),
            checks.untouched_outcome(untouched),
            checks.mix_shift(counts, np.array([1.0, 2.0, 4.0]), planted),
            checks.leave_one_cluster_out(first, second, treated, found, clusters=cluster),
        ):
            applied[check.name] += check.passed is not None
            failed[check.name] += check.passed is False
    shares = [share(failed[n], applied[n]) for n in failed]
    return f"| {cell.clusters} | {cell.treated} | {cell.rho:g} | {' | '.join(shares)} |"


def share(count: int, panels: int) -> str:
    """A percentage with its Monte Carlo error."""
    if panels == 0:
        return "not applicable"
    p = count / panels
    return f"{100 * p:.1f} % ± {100 * math.sqrt(p * (1 - p) / panels):.1f}"


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--panels", type=int, default=2000, help="panels a cell")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("effects", "checks"))
    options = parser.parse_args()
    tables = {
        "effects": (("method", "false claims", "coverage", "power"), effects),
        "checks": (tuple(checks.FALSE_ALARM_RATES), alarms),
    }
    for name, (columns, row) in tables.items():
        if options.only not in (None, name):
            continue
        head = ("clusters", "treated", "rho", *columns)
        print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}", flush=True)
        for number, cell in enumerate(cells()):
            rng = np.random.default_rng([options.seed, number])
            print(row(cell, options.panels, rng), flush=True)


if __name__ == "__main__":
    main()
