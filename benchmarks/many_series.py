"""How long do 2,000 KPI-by-segment series take, against statsmodels' STL alone on the same series?

    OMP_NUM_THREADS=1 python benchmarks/many_series.py [--periods 36] [--repeat 5]

Once for the numbers alone (season, limits, signals, trend, forecast by the best of seven methods
over past origins), and once from a table's rows to findings' series (`trends.estimate`: one scan
by the engine, then the same). Runs take turns so that a busy machine is fair to all; prints
medians of wall time and their ratio to STL.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from datetime import date

import numpy as np
import pandas as pd
from statsmodels.tsa.seasonal import STL

from toolkit import trends
from toolkit.company.periods import Period, span
from toolkit.kpis import Measure
from toolkit.stats.forecasts import forecast
from toolkit.trends.judging import judge

KPIS, SEGMENTS = 4, 500


def series(periods: int, rng: np.random.Generator) -> np.ndarray:
    """2,000 monthly series with a season, some autocorrelation and a little trend."""
    number = KPIS * SEGMENTS
    x = rng.standard_normal((number, periods))
    for t in range(1, periods):
        x[:, t] += 0.3 * x[:, t - 1]
    return (
        50
        + x
        + np.sin(np.arange(periods) * np.pi / 6)
        + rng.normal(0, 0.02, (number, 1)) * np.arange(periods)
    )


def numbers(x: np.ndarray) -> None:
    """Everything that is judged of a series, for all at once."""
    places = np.arange(x.shape[1]) % 12
    judge(x, np.ones_like(x), np.zeros(x.shape, dtype=int), places, 12)
    forecast(x, places, 12)


def stl(x: np.ndarray) -> None:
    """The decomposition alone, one series after the other as it is offered."""
    for one in x:
        STL(one, period=12).fit()


def table(x: np.ndarray) -> tuple[pd.DataFrame, trends.Trends]:
    """The same series as rows of a table, and the question about them."""
    first = Period("month", 2023, 1)
    months = tuple(span(first, first.previous(1 - x.shape[1])))
    days = np.array([m.start for m in months])
    frame = pd.DataFrame(
        {
            "day": pd.to_datetime(np.tile(days, SEGMENTS)),
            "shop": np.repeat(np.arange(SEGMENTS), len(days)),
            **{f"k{i}": x[i * SEGMENTS : (i + 1) * SEGMENTS].ravel() for i in range(KPIS)},
        }
    )
    kpis = tuple(
        trends.Trend(f"k{i}", Measure(f"k{i}", f"k{i}"), "day", segments=("shop",))
        for i in range(KPIS)
    )
    last = months[-1]
    return frame, trends.Trends(
        kpis, Period.of(last.start, "quarter"), as_of=date.fromordinal(last.end.toordinal() - 1)
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--periods", type=int, default=36)
    parser.add_argument("--repeat", type=int, default=5)
    given = parser.parse_args()
    x = series(given.periods, np.random.default_rng(1))
    frame, question = table(x)
    work: dict[str, Callable[[], object]] = {
        "STL alone": lambda: stl(x),
        "numbers": lambda: numbers(x),
        "rows to series": lambda: trends.estimate(frame, question),
    }
    for run in work.values():
        run()
    taken: dict[str, list[float]] = {name: [] for name in work}
    for _ in range(given.repeat):
        for name, run in work.items():
            began = time.perf_counter()
            run()
            taken[name].append(time.perf_counter() - began)
    base = np.median(taken["STL alone"])
    print(
        f"| {KPIS * SEGMENTS} series of {given.periods} months | seconds | ratio to STL "
        f"|\n|---|---|---|"
    )
    for name, seconds in taken.items():
        print(f"| {name} | {np.median(seconds):.2f} | {np.median(seconds) / base:.2f} |")


if __name__ == "__main__":
    main()
