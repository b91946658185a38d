"""Do 80 and 95 % forecast intervals hold 80 and 95 % of what came, over rolling origins?

    python benchmarks/forecast_coverage.py [--data FOLDER] [--company params/demo.yaml]

Every series is forecast up to twelve periods ahead from every second period on from the 24th,
with nothing but what was known then. Prints a row a set: coverage with its standard error, what
number of independent forecasts that is worth, and the median width of both intervals and the mean
absolute error in standard deviations of the series. `mean of the sets` weighs all sets alike.

Forecasts of one series from neighbouring origins miss together, and so do the twelve periods of
one forecast: standard errors are between series where there are eight or more, else between
stretches of two dozen periods. Series that share a shock (the states of one country) share more
than that tells.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.stats.forecasts import forecast

FIRST_ORIGIN, AHEAD, STEP = 24, 12, 2
STRETCH = 24
SERIES_ENOUGH = 8
LEVELS = (0.80, 0.95)


def public_series(folder: Path) -> Iterator[tuple[str, np.ndarray, int | None]]:
    """Name, (series, periods), season: the published series of plan changes."""

    def of(name: str, **how: object) -> pd.DataFrame:
        return pd.read_csv(folder / name, **how)

    yield "AirPassengers", of("AirPassengers.csv")[["passengers"]].to_numpy(float).T, 12
    yield "Nile", of("Nile.csv")[["flow"]].to_numpy(float).T, None
    yield "UKDriverDeaths", of("UKDriverDeaths.csv")[["deaths"]].to_numpy(float).T, 12
    seat = of("Seatbelts.csv")[
        ["DriversKilled", "front", "rear", "kms", "PetrolPrice", "VanKilled"]
    ]
    yield "Seatbelts, six series", seat.to_numpy(float).T, 12
    yield "Sicily", of("sicily.csv")[["aces"]].to_numpy(float).T, 12
    states = of("california_prop99.csv", sep=";").pivot(
        index="State", columns="Year", values="PacksPerCapita"
    )
    yield "Proposition 99, 39 states by year", states.to_numpy(float), None
    yield (
        "CausalImpact vignette",
        of("causalimpact_vignette.csv")[["y", "x1"]].to_numpy(float).T,
        None,
    )
    nhs = of("nhsr_ae_attendances.csv", parse_dates=["period"]).query("type == '1'")
    parts = []
    for column in ("attendances", "breaches", "admissions"):
        wide = nhs.pivot(index="org_code", columns="period", values=column)
        parts.append(
            wide[(wide.notna().sum(axis=1) == 36) & (wide.min(axis=1) > 0)].to_numpy(float)
        )
    yield "NHS A&E, three measures", np.vstack(parts), 12


def company_series(params: str) -> Iterator[tuple[str, np.ndarray, int | None]]:
    """The complete monthly KPIs of a company, whole and by segment."""
    from toolkit import open_company, trends

    found = trends.estimate(open_company(params).trends())
    rows = []
    for k in found:
        for s in (k.whole, *k.segments):
            if s is not None and k.kpi.every == "month":
                seen = np.where(s.measured, s.values, np.nan)[-36:]
                if np.isfinite(seen).all() and np.ptp(seen) > 0:
                    rows.append(seen)
    yield f"{Path(params).stem} company, {len(rows)} KPIs and segments", np.array(rows), 12


@dataclass(frozen=True)
class Held:
    """What intervals held of one set.

    Attributes
    ----------
    values
        Values forecast.
    share, error
        Held at each of `LEVELS`, and its standard error.
    width
        Median width at each, in standard deviations of the series.
    missed
        Mean absolute error of the middle, in the same.
    """

    values: int
    share: tuple[float, ...]
    error: tuple[float, ...]
    width: tuple[float, ...]
    missed: float

    @property
    def worth(self) -> float:
        """As many independent forecasts would tell the share at the first level as well."""
        p = self.share[0]
        return p * (1 - p) / self.error[0] ** 2


def coverage(y: np.ndarray, season: int | None) -> Held:
    """Share inside the interval at each level over rolling origins."""
    n = y.shape[1]
    places = np.arange(n) % (season or 1)
    size = y.std(axis=1, keepdims=True)
    inside, widths, clusters, errors = ([[] for _ in LEVELS], [[] for _ in LEVELS], [], [])
    for origin in range(min(FIRST_ORIGIN, n - 6), n - 1, STEP):
        ahead = min(AHEAD, n - origin)
        found = forecast(y[:, :origin], places[:origin], ahead, season=season)
        truth = y[:, origin : origin + ahead]
        for i, level in enumerate(LEVELS):
            low, high = found.interval(level)
            inside[i].append(((truth >= low) & (truth <= high)).ravel())
            widths[i].append(((high - low) / size).ravel())
        stretch = 0 if len(y) >= SERIES_ENOUGH else origin // STRETCH
        clusters.append(np.repeat(np.arange(len(y)) + len(y) * stretch, ahead))
        errors.append((np.abs(truth - found.value) / size).ravel())
    held = [np.concatenate(h) for h in inside]
    of = np.concatenate(clusters)
    return Held(
        len(of),
        tuple(float(h.mean()) for h in held),
        tuple(clustered(h, of) for h in held),
        tuple(float(np.median(np.concatenate(w))) for w in widths),
        float(np.concatenate(errors).mean()),
    )


def clustered(held: np.ndarray, of: np.ndarray) -> float:
    """Standard error of a share whose values hang together within clusters."""
    off = np.bincount(of, weights=held - held.mean())
    number = len(np.unique(of))
    return float(np.sqrt((off**2).sum() * number / max(number - 1, 1)) / len(held))


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/plan_changes"))
    parser.add_argument("--company", default="params/demo.yaml")
    given = parser.parse_args()
    print(
        "| series | values | in 80 % | in 95 % | worth | width, sd | error, sd |\n"
        "|---|---|---|---|---|---|---|"
    )
    total = []
    for name, y, season in [*public_series(given.data), *company_series(given.company)]:
        found = coverage(y, season)
        total.append((found.values, *found.share, *found.width, found.missed, *found.error))
        parts = [
            f"{100 * p:.1f} ± {100 * e:.1f}"
            for p, e in zip(found.share, found.error, strict=True)
        ]
        wide = ", ".join(f"{w:.2f}" for w in found.width)
        print(
            f"| {name} | {found.values:,} | {' | '.join(parts)} | {found.worth:,.0f} | {wide} "
            f"| {found.missed:.2f} |"
        )
    table = np.array(total)
    for name, weights in (
        ("mean of the sets", np.full(len(table), 1 / len(table))),
        ("all values together", table[:, 0] / table[:, 0].sum()),
    ):
        held80, held95, wide80, wide95, missed = weights @ table[:, 1:6]
        # the sets are other series; each one's error is its own
        error80, error95 = np.sqrt(weights**2 @ table[:, 6:] ** 2)
        print(
            f"| {name} | | {100 * held80:.1f} ± {100 * error80:.1f} | {100 * held95:.1f} ± {100 * error95:.1f} | | "
            f"{wide80:.2f}, {wide95:.2f} | {missed:.2f} |"
        )


if __name__ == "__main__":
    main()
