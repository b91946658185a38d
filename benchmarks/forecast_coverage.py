"""Do 80 and 95 % forecast intervals hold 80 and 95 % of what came, over rolling origins?

    python benchmarks/forecast_coverage.py [--data FOLDER] [--company params/demo.yaml]

Every series is forecast up to twelve periods ahead from about ten origins (from the 24th period
on), with nothing but what was known then. Prints a row a set: coverage, and the mean absolute
error in standard deviations of the series. `mean of the sets` weighs all sets alike.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pandas as pd

from toolkit.stats.forecasts import forecast

FIRST_ORIGIN, AHEAD, ORIGINS = 24, 12, 10
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


def coverage(y: np.ndarray, season: int | None) -> tuple[int, list[float], float]:
    """Forecast values, share inside the interval at each level, and the error of the middle."""
    n = y.shape[1]
    places = np.arange(n) % (season or 1)
    inside: list[list[np.ndarray]] = [[] for _ in LEVELS]
    errors = []
    for origin in range(min(FIRST_ORIGIN, n - 6), n - 1, max(2, (n - FIRST_ORIGIN) // ORIGINS)):
        ahead = min(AHEAD, n - origin)
        found = forecast(y[:, :origin], places[:origin], ahead, season=season)
        truth = y[:, origin : origin + ahead]
        for held, level in zip(inside, LEVELS, strict=True):
            low, high = found.interval(level)
            held.append(((truth >= low) & (truth <= high)).ravel())
        errors.append((np.abs(truth - found.value) / y.std(axis=1, keepdims=True)).ravel())
    held = [np.concatenate(h) for h in inside]
    return len(held[0]), [float(h.mean()) for h in held], float(np.concatenate(errors).mean())


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/data/plan_changes"))
    parser.add_argument("--company", default="params/demo.yaml")
    given = parser.parse_args()
    print(
        "| series | values forecast | in the 80 % interval | in the 95 % interval | error, sd "
        "|\n|---|---|---|---|---|"
    )
    total = []
    for name, y, season in [*public_series(given.data), *company_series(given.company)]:
        n, held, error = coverage(y, season)
        total.append((n, *held, error))
        print(f"| {name} | {n:,} | {100 * held[0]:.1f} % | {100 * held[1]:.1f} % | {error:.2f} |")
    table = np.array(total)
    means, weights = table[:, 1:].mean(axis=0), table[:, 0] / table[:, 0].sum()
    pooled = weights @ table[:, 1:]
    print(
        f"| mean of the sets | | {100 * means[0]:.1f} % | {100 * means[1]:.1f} % | {means[2]:.2f} |"
    )
    print(
        f"| all values together | {int(table[:, 0].sum()):,} | {100 * pooled[0]:.1f} % | "
        f"{100 * pooled[1]:.1f} % | {pooled[2]:.2f} |"
    )


if __name__ == "__main__":
    main()
