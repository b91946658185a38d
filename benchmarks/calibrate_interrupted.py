"""How often do the methods for one series claim an effect that is not there?

    python benchmarks/calibrate_interrupted.py                 all tables, 2,000 series a cell
    python benchmarks/calibrate_interrupted.py --series 400    a short version
    python benchmarks/calibrate_interrupted.py --only checks   one of: claims counts checks speed

Series have 24+8, 24+12, 48+12 or 104+26 periods before and after, autoregressive noise with rho
0, .3, .6 or .8, and either no season (and none in the model) or a rough season of twelve periods
drawn anew for each series (and in the model). Nothing happens at the change. Prints markdown;
the figure after the plus-minus sign is one Monte Carlo standard error.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from toolkit.stats import method_spread, series_checks
from toolkit.stats.autoregression import simulated_errors
from toolkit.stats.counts import interrupted_counts, poisson_regression, rate_ratio
from toolkit.stats.interrupted import (
    InterruptedDesign,
    interrupted_design,
    interrupted_many,
    interrupted_series,
)

LENGTHS = ((24, 8), (24, 12), (48, 12), (104, 26))
RHOS = (0.0, 0.3, 0.6, 0.8)
SHIFTS = (1.0, 2.0, 3.0)
SEASON = 12
SEASON_SD = 2.0
COUNT_LEVEL = 40.0
COUNT_NOISE_SD = 0.15
CHECKS: dict[str, Callable] = {
    "fake dates before": series_checks.fake_dates,
    "autocorrelation left over": series_checks.autocorrelation_left,
    "made after an extreme": series_checks.made_after_extreme,
    "no single period decides": series_checks.leave_one_out,
}


@dataclass(frozen=True)
class Cell:
    """One situation: how many periods, how autocorrelated, with a season or without."""

    before: int
    after: int
    rho: float
    seasonal: bool

    @property
    def design(self) -> InterruptedDesign:
        return interrupted_design(
            self.before + self.after, self.before, season=SEASON if self.seasonal else None)

    @property
    def label(self) -> str:
        return f"{self.before}+{self.after} | {self.rho:g} | {'yes' if self.seasonal else 'no'}"

    def series(self, count: int, seed: int) -> np.ndarray:
        """Noise with innovations of unit variance, and the season: (count, periods)."""
        periods = self.before + self.after
        own_seed = [seed, self.before, self.after, int(100 * self.rho), int(self.seasonal)]
        rng = np.random.default_rng(own_seed)
        noise = simulated_errors(
            np.arange(periods), self.rho, count, int(rng.integers(2**31)))
        if self.seasonal:
            shape = SEASON_SD * rng.standard_normal((count, SEASON))
            noise = noise + shape[:, np.arange(periods) % SEASON]
        return noise


def cells() -> Iterator[Cell]:
    for before, after in LENGTHS:
        for seasonal in (False, True):
            for rho in RHOS:
                yield Cell(before, after, rho, seasonal)


def percent(hits: np.ndarray) -> str:
    share = float(np.mean(hits))
    error = np.sqrt(max(share * (1 - share), 1 / len(hits)) / len(hits))
    return f"{100 * share:.1f} ± {100 * error:.1f}"


def print_claims(count: int, seed: int) -> None:
    print(f"\n## False claims, coverage and power ({count} series a cell, seed {seed})\n")
    print("False claims at a nominal 5 %; coverage of the 95 % interval; power for level shifts of "
          "1, 2 and 3 standard deviations of the innovations; all in percent.\n")
    print("| periods | rho | season | default | coverage | OLS | Newey-West | Prais-Winsten "
          "| same, rho without bias | power 1 | power 2 | power 3 |")
    print("|---" * 12 + "|")
    worst: list[float] = []
    for cell in cells():
        y, design = cell.series(count, seed), cell.design
        contrast = design.contrast("level")
        own = interrupted_many(y, design)
        covered = (own.low[:, 0] <= 0) & (own.high[:, 0] >= 0)
        others = [
            method_spread.ordinary_least_squares(y, design.matrix, contrast),
            method_spread.newey_west(y, design.matrix, contrast),
            method_spread.prais_winsten(y, design.matrix, contrast, bias_corrected=False),
            method_spread.prais_winsten(y, design.matrix, contrast),
        ]
        # A shift moves both ends of the interval by itself, so power needs no new fits.
        power = [(own.low[:, 0] + shift > 0) | (own.high[:, 0] + shift < 0) for shift in SHIFTS]
        claims = own.p_value[:, 0] < 0.05
        worst.append(float(claims.mean()))
        columns = [percent(claims), percent(covered)]
        columns += [percent(other.p_value < 0.05) for other in others]
        columns += [f"{100 * hits.mean():.0f}" for hits in power]
        print(f"| {cell.label} | {' | '.join(columns)} |", flush=True)
    print(f"\nDefault: {100 * min(worst):.1f} to {100 * max(worst):.1f} % false claims.")


def count_series(cell: Cell, count: int, seed: int) -> np.ndarray:
    """Poisson counts around 40 a period whose log level moves with the cell's noise."""
    noise = cell.series(count, seed) * np.sqrt(1 - cell.rho**2)
    rng = np.random.default_rng([seed, 7, cell.before, int(100 * cell.rho)])
    return rng.poisson(COUNT_LEVEL * np.exp(COUNT_NOISE_SD * noise)).astype(float)


def print_counts(count: int, seed: int) -> None:
    print(f"\n## Counts ({count} series a cell, seed {seed})\n")
    print(f"Poisson counts around {COUNT_LEVEL:g} a period, log level autoregressive with standard "
          f"deviation {COUNT_NOISE_SD:g}; false claims, and power for 30 % fewer, in percent.\n")
    print("| periods | rho | season | default | coverage | Poisson | quasi-Poisson | power |")
    print("|---" * 8 + "|")
    for cell in cells():
        design = cell.design
        contrast = design.contrast("level")
        own, plain, quasi, found = [], [], [], []
        rng = np.random.default_rng([seed, 8])
        for y in count_series(cell, count, seed):
            result = interrupted_counts(y, design)
            own.append(result)
            fit = poisson_regression(y, design.matrix)
            plain.append(rate_ratio(fit, contrast, overdispersed=False).p_value < 0.05)
            quasi.append(rate_ratio(fit, contrast).p_value < 0.05)
            if len(found) >= count // 2:
                continue
            fewer = np.where(design.after, rng.binomial(y.astype(int), 0.7), y)
            found.append(interrupted_counts(fewer, design).p_value < 0.05)
        claims = np.array([result.p_value < 0.05 for result in own])
        covered = np.array([result.low <= 1 <= result.high for result in own])
        print(f"| {cell.label} | {percent(claims)} | {percent(covered)} | "
              f"{percent(np.array(plain))} | {percent(np.array(quasi))} | "
              f"{100 * np.mean(found):.0f} |", flush=True)


def print_checks(count: int, seed: int) -> None:
    print(f"\n## Alarms of the checks where nothing is wrong ({count} series a cell, seed {seed})")
    print()
    print("| periods | rho | season | " + " | ".join(CHECKS) + " |")
    print("|---" * (3 + len(CHECKS)) + "|")
    everything: dict[str, list[bool]] = {name: [] for name in CHECKS}
    for cell in cells():
        design = cell.design
        alarms: dict[str, list[bool]] = {name: [] for name in CHECKS}
        for y in cell.series(count, seed):
            result = interrupted_series(y, design)
            for name, check in CHECKS.items():
                alarms[name].append(check(result).passed is False)
        for name, hits in alarms.items():
            everything[name] += hits
        shown = " | ".join(percent(np.array(hits)) for hits in alarms.values())
        print(f"| {cell.label} | {shown} |", flush=True)
    shown = " | ".join(percent(np.array(hits)) for hits in everything.values())
    print(f"| all | | | {shown} |")


def print_speed(count: int, seed: int) -> None:
    import statsmodels.api as sm

    print("\n## Time of 500 series in one call, beside 500 fits of statsmodels' OLS with HAC\n")
    print("| periods | microseconds a series | OLS + HAC | ratio |\n|---|---|---|---|")
    for before, after in LENGTHS:
        cell = Cell(before, after, 0.3, True)
        y, design = cell.series(500, seed), cell.design
        interrupted_many(y[:8], design)
        start = time.perf_counter()
        interrupted_many(y, design)
        own = time.perf_counter() - start
        start = time.perf_counter()
        for row in y:
            fit = sm.OLS(row, design.matrix).fit(cov_type="HAC", cov_kwds={"maxlags": 3})
            fit.pvalues, fit.conf_int()
        theirs = time.perf_counter() - start
        print(f"| {before}+{after} | {own / 500e-6:.0f} | {theirs / 500e-6:.0f} | "
              f"{own / theirs:.2f} |", flush=True)


TABLES = {
    "claims": (print_claims, 1.0),
    "counts": (print_counts, 0.25),
    "checks": (print_checks, 0.05),
    "speed": (print_speed, 1.0),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--series", type=int, default=2000, help="series a cell (claims; a "
                        "quarter of them for counts, a twentieth for the checks)")
    parser.add_argument("--seed", type=int, default=20261101)
    parser.add_argument("--only", choices=sorted(TABLES), help="one table")
    chosen = parser.parse_args(arguments)
    start = time.perf_counter()
    for name in [chosen.only] if chosen.only else TABLES:
        table, share = TABLES[name]
        table(max(20, int(chosen.series * share)), chosen.seed)
    print(f"\n{time.perf_counter() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
