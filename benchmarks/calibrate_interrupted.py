"""How often do the methods for one series claim an effect that is not there?

    python benchmarks/calibrate_interrupted.py                 all tables, 2,000 series a cell
    python benchmarks/calibrate_interrupted.py --series 400    a short version
    python benchmarks/calibrate_interrupted.py --only checks   one table: claims, slopes, counts ...

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
from toolkit.stats.counts import poisson_regression, rate_ratio
from toolkit.stats.interrupted import (
    EFFECTS,
    InterruptedDesign,
    interrupted_design,
    interrupted_many,
    interrupted_series,
)
from toolkit.stats.interrupted_counts import interrupted_counts_many

LENGTHS = ((24, 8), (24, 12), (48, 12), (104, 26))
RHOS = (0.0, 0.3, 0.6, 0.8)
SHIFTS = (1.0, 2.0, 3.0)
SEASON = 12
SEASON_SD = 2.0
COMPARED = 500
"""Series of a cell of counts in which power and other methods are looked at."""
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


def print_slopes(count: int, seed: int) -> None:
    print(f"\n## Where the slope may change too ({count} series a cell, seed {seed})\n")
    print("False claims at a nominal 5 % of the effect at once, of the mean effect and of the effect "
          "in the last period; in percent.\n")
    print("| periods | rho | season | " + " | ".join(EFFECTS) + " |\n" + "|---" * 6 + "|")
    for cell in cells():
        y = cell.series(count, seed)
        design = interrupted_design(
            cell.before + cell.after, cell.before, season=SEASON if cell.seasonal else None,
            slope_change=True)
        claims = [interrupted_many(y, design, effect=effect).p_value[:, 0] < 0.05
                  for effect in EFFECTS]
        print(f"| {cell.label} | {' | '.join(map(percent, claims))} |", flush=True)


@dataclass(frozen=True)
class Counting:
    """Counts around a level: how many a period, how the log level moves, what is added to it."""

    level: float = 40.0
    log_sd: float = 0.15
    scatter: float = 0.0

    @property
    def label(self) -> str:
        extra = f" and scatters by {self.scatter:g} anew each period" if self.scatter else ""
        return (f"Poisson counts around {self.level:g} a period, whose log level moves with standard "
                f"deviation {self.log_sd:g}{extra}")

    def series(self, cell: Cell, count: int, seed: int) -> np.ndarray:
        noise = cell.series(count, seed) * np.sqrt(1 - cell.rho**2)
        rng = np.random.default_rng([seed, 7, cell.before, int(100 * cell.rho)])
        mean = self.level * np.exp(self.log_sd * noise)
        if self.scatter:
            mean = mean * rng.gamma(self.scatter**-2, self.scatter**2, mean.shape)
        return rng.poisson(mean).astype(float)


def judged(y: np.ndarray, design: InterruptedDesign) -> tuple[np.ndarray, np.ndarray]:
    """Whether the default claims an effect, and whether its interval holds none."""
    found = interrupted_counts_many(y, design)
    answered = np.isfinite(found.p_value)
    claims = found.p_value[answered] < 0.05
    return claims, ((found.low <= 1) & (found.high >= 1))[answered]


def fewer(y: np.ndarray, design: InterruptedDesign, seed: int) -> np.ndarray:
    """The same with 30 % fewer counts after the change."""
    rng = np.random.default_rng([seed, 8])
    return np.where(design.after, rng.binomial(y.astype(int), 0.7), y)


def print_counts(count: int, seed: int) -> None:
    counting = Counting()
    print(f"\n## Counts ({count} series a cell, seed {seed})\n")
    print(f"{counting.label}; false claims at a nominal 5 %, coverage of the 95 % interval, and, of "
          f"{COMPARED:,} series at most, what others claim and power for 30 % fewer; in percent.\n")
    print("| periods | rho | season | default | coverage | Poisson | quasi-Poisson | power |")
    print("|---" * 8 + "|")
    for cell in cells():
        design = cell.design
        contrast = design.contrast("level")
        y = counting.series(cell, count, seed)
        claims, covered = judged(y, design)
        fits = [poisson_regression(row, design.matrix) for row in y[:COMPARED]]
        plain, quasi = (
            np.array([rate_ratio(fit, contrast, overdispersed=over).p_value < 0.05 for fit in fits])
            for over in (False, True))
        power = judged(fewer(y[:COMPARED], design, seed), design)[0]
        print(f"| {cell.label} | {percent(claims)} | {percent(covered)} | {percent(plain)} | "
              f"{percent(quasi)} | {100 * power.mean():.0f} |", flush=True)


def print_other_counts(count: int, seed: int) -> None:
    print(f"\n## Other counts ({count} series a cell, seed {seed})\n")
    print("False claims of the default over the eight cells of each rho in the table above: all together, "
          "with the smallest and largest cell; and mean power for 30 % fewer; in percent.\n")
    print("| counts | " + " | ".join(f"rho {rho:g}" for rho in RHOS) + " | power |")
    print("|---" * (2 + len(RHOS)) + "|")
    for counting in (Counting(6), Counting(10), Counting(10, 0.4), Counting(200),
                     Counting(200, 0.05), Counting(5000), Counting(40, 0.15, 0.15)):
        by_rho: dict[float, list[np.ndarray]] = {rho: [] for rho in RHOS}
        power = []
        for cell in cells():
            y = counting.series(cell, count, seed)
            by_rho[cell.rho].append(judged(y, cell.design)[0])
            some = y[:COMPARED]
            power.append(100 * judged(fewer(some, cell.design, seed), cell.design)[0].mean())
        shown = " | ".join(
            f"{percent(np.concatenate(found))} ({100 * min(map(np.mean, found)):.1f} to "
            f"{100 * max(map(np.mean, found)):.1f})"
            for found in by_rho.values())
        print(f"| {counting.label} | {shown} | {np.mean(power):.0f} |", flush=True)


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
    "slopes": (print_slopes, 1.0),
    "counts": (print_counts, 1.0),
    "other-counts": (print_other_counts, 0.5),
    "checks": (print_checks, 0.1),
    "speed": (print_speed, 1.0),
}


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--series", type=int, default=2000, help="series a cell (half of "
                        "them for other counts, a tenth for the checks)")
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
