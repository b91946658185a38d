"""Where do the demo's random numbers come from? One stream per table and block of customers.

A block is always drawn whole and cut afterwards, so that a customer is the same whatever the
size of the company, the number of blocks and the order in which they are made.
"""

from __future__ import annotations

import zlib
from collections.abc import Sequence

import numpy as np

from toolkit.data.demo.aurora import DAY, MONTH_SECONDS, MONTHS, YEAR_SECONDS

#: Customers drawn together.
BLOCK = 5_000


def stream(seed: int, table: str, block: int = 0) -> np.random.Generator:
    """Return the random stream of one table and block; the same arguments give the same numbers."""
    key = [seed, zlib.crc32(table.encode()), block]
    return np.random.Generator(np.random.SFC64(np.random.SeedSequence(key)))


def choose(rng: np.random.Generator, shares: Sequence[float], size: int) -> np.ndarray:
    """Return `size` positions (int64) drawn with the given shares, which add up to one."""
    edges = np.cumsum(shares)[:-1]
    return np.searchsorted(edges, rng.random(size), side="right")


def monthly_shocks(seed: int, name: str, rho: float, sd: float) -> np.ndarray:
    """Return a stationary AR(1) series: `MONTHS` values, mean 0, standard deviation `sd`."""
    rng = stream(seed, "shocks/" + name)
    innovations = rng.standard_normal(MONTHS) * sd * np.sqrt(1 - rho**2)
    values = np.empty(MONTHS)
    previous = rng.standard_normal() * sd
    for month in range(MONTHS):
        previous = rho * previous + innovations[month]
        values[month] = previous
    return values


def cumulative(intensity: np.ndarray) -> np.ndarray:
    """Return intensity summed over time, in years, at each month's first second (37 values)."""
    years = np.diff(MONTH_SECONDS) / YEAR_SECONDS
    return np.concatenate([[0.0], np.cumsum(intensity * years)])


def arrivals(
    rng: np.random.Generator,
    per_year: np.ndarray,
    first: np.ndarray,
    last: np.ndarray,
    clock: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Draw events of a Poisson process whose intensity varies by month.

    Parameters
    ----------
    per_year
        Events a year at intensity one, one value a customer.
    first, last
        Seconds since 1970 between which each customer is exposed.
    clock
        `cumulative` intensity at the months' first seconds.

    Returns
    -------
    rows, seconds
        Position of the customer and time of the event, sorted by customer, then time. Events fall
        between 07:30 and 21:00 of their day.
    """
    low = np.interp(first, MONTH_SECONDS, clock)
    high = np.maximum(np.interp(last, MONTH_SECONDS, clock), low)
    counts = rng.poisson(per_year * (high - low))
    rows = np.repeat(np.arange(per_year.size), counts)
    at = low[rows] + rng.random(rows.size) * (high - low)[rows]
    day = np.interp(at, clock, MONTH_SECONDS).astype(np.int64) // DAY
    seconds = day * DAY + (7.5 * 3600 + rng.random(rows.size) * 13.5 * 3600).astype(np.int64)
    order = np.lexsort((seconds, rows))
    return rows[order], seconds[order]


def month_of(seconds: np.ndarray) -> np.ndarray:
    """Return the position of each time's month in the window: -1 before it, at most 35."""
    return np.minimum(np.searchsorted(MONTH_SECONDS, seconds, side="right") - 1, MONTHS - 1)


def position_within(rows: np.ndarray) -> np.ndarray:
    """Return 1, 2, 3, ... within each run of equal values of `rows` (which is sorted)."""
    if rows.size == 0:
        return np.zeros(0, dtype=np.int64)
    starts = np.flatnonzero(np.concatenate([[True], rows[1:] != rows[:-1]]))
    lengths = np.diff(np.concatenate([starts, [rows.size]]))
    return np.arange(rows.size) - np.repeat(starts, lengths) + 1
