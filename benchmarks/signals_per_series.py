"""How often do the charts of KPIs over time cry out over nothing, and how soon do they tell a step?

    python benchmarks/signals_per_series.py [--series 4000] [--seed 1]

Steady series: independent, first-order autoregressive, and with a monthly season. A signal is a
stretch of neighbouring marked points, whatever rules mark them. "Published rules" are the XmR
chart as in Making Data Count on the series as it is; "told" allows for season and
autocorrelation, as the notebook does. Steps: 24 steady months, then a level one, two or three
standard deviations higher; the chart is drawn anew with each further month, as it would have been
then. Prints markdown with Monte Carlo errors.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from toolkit.stats.seasons import take_out
from toolkit.stats.usual_variation import RULES, usual_variation

SEASON = np.array([0, -1, -1.5, -0.5, 0, 0.5, 0, 0.5, 0, 0.5, 1, 2.5]) * 1.2
UPWARD = [
    i for i, rule in enumerate(RULES) if rule in ("above", "run_above", "rising", "near_upper")
]
BEFORE, AFTER = 24, 24


@dataclass(frozen=True)
class Kind:
    """Steady series of one kind."""

    name: str
    periods: int = 36
    rho: float = 0.0
    season: bool = False

    def series(self, number: int, rng: np.random.Generator) -> np.ndarray:
        """Standard deviation 1 around the season."""
        x = rng.standard_normal((number, self.periods))
        for t in range(1, self.periods):
            x[:, t] = self.rho * x[:, t - 1] + np.sqrt(1 - self.rho**2) * x[:, t]
        return x + (SEASON[np.arange(self.periods) % 12] if self.season else 0.0)


def kinds() -> Iterator[Kind]:
    """24, 36 and 60 months; autocorrelation 0, .3 and .6; with and without a season."""
    for periods in (24, 36, 60):
        for season in (False, True):
            for rho in (0.0, 0.3, 0.6):
                noise = f"AR {rho:.1f}" if rho else "independent"
                yield Kind(noise + (", monthly season" if season else ""), periods, rho, season)


def told(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Marks told and marks of the published rules: (rules, series, periods) each."""
    season = take_out(x, np.arange(x.shape[1]) % 12)
    marks = usual_variation(season.adjusted, freedom=season.freedom).marks
    return marks, usual_variation(x, autocorrelated=False).marks


def stretches(marks: np.ndarray) -> np.ndarray:
    """Signals of each series: stretches of neighbouring marked points."""
    any_rule = marks.any(axis=0)
    begins = any_rule.copy()
    begins[:, 1:] &= ~any_rule[:, :-1]
    return begins.sum(axis=1)


def false_signals(number: int, rng: np.random.Generator) -> list[str]:
    """One row a kind of series."""
    rows = [
        "| steady series | months | signals per 36, published rules | signals per 36, told | "
        "series with any, told |",
        "|---|---|---|---|---|",
    ]
    for kind in kinds():
        marks, rules = told(kind.series(number, rng))
        counts = [stretches(m) * 36 / kind.periods for m in (rules, marks)]
        said = [f"{c.mean():.2f} ± {c.std() / np.sqrt(number):.2f}" for c in counts]
        rows.append(
            f"| {kind.name} | {kind.periods} | {said[0]} | {said[1]} | "
            f"{100 * (counts[1] > 0).mean():.0f} % |"
        )
    return rows


def delays(number: int, rng: np.random.Generator) -> list[str]:
    """One row a step and kind of noise."""
    rows = [
        "| step | noise | told after (median months) | within 3 | within 6 | within 12 | "
        "published rules, median |",
        "|---|---|---|---|---|---|---|",
    ]
    for step in (1, 2, 3):
        for rho in (0.0, 0.3):
            x = Kind("", BEFORE + AFTER, rho).series(number, rng)
            x[:, BEFORE:] += step
            first = {"told": np.full(number, np.inf), "rules": np.full(number, np.inf)}
            for end in range(BEFORE + 1, BEFORE + AFTER + 1):
                for name, marks in zip(first, told(x[:, :end]), strict=True):
                    seen = marks[UPWARD][:, :, BEFORE:].any(axis=(0, 2))
                    first[name] = np.where(np.isinf(first[name]) & seen, end - BEFORE, first[name])
            within = [f"{100 * (first['told'] <= k).mean():.0f} %" for k in (3, 6, 12)]
            medians = [
                f"{np.median(f):.0f}" if np.isfinite(np.median(f)) else f"over {AFTER}"
                for f in first.values()
            ]
            noise = f"AR {rho:.1f}" if rho else "independent"
            rows.append(
                f"| {step} sd | {noise} | {medians[0]} | {' | '.join(within)} | {medians[1]} |"
            )
    return rows


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--series", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rng = np.random.default_rng(given.seed)
    print(
        "\n".join([*false_signals(given.series, rng), "", *delays(max(given.series // 4, 1), rng)])
    )


if __name__ == "__main__":
    main()
