"""How long do 100,000 scenarios of a plan take, beside a plain loop over numpy-financial?

``python benchmarks/time_scenarios.py [SCENARIOS]`` simulates a plan of 20 lines over 36 months in one
call, and a part of the same by two loops: one present value a line and scenario, and one a scenario
over its summed flows. The loops are timed on a part and scaled up.
"""

from __future__ import annotations

import sys
import time

import numpy as np
import numpy_financial as npf

from toolkit.stats.scenarios import Estimated, Judged, Spread, simulated

LINES, MONTHS, RATE, PART = 20, 36, 0.0064, 2_000


def plan() -> tuple[list[Spread], np.ndarray]:
    """Half of the lines estimated, half judged; the first half is received, the second paid."""
    rng = np.random.default_rng(1)
    sizes = rng.uniform(50, 150, LINES)
    spreads = [Estimated(v, v - 20, v + 20, 0.9) if i % 2 else Judged(0.8 * v, v, 1.5 * v) for i, v in enumerate(sizes)]
    signs = np.where(np.arange(LINES) < LINES // 2, 1.0, -1.0)
    return spreads, rng.random((LINES, MONTHS)) * signs[:, None]


def _drawn(spread: Spread, rng: np.random.Generator) -> float:
    if isinstance(spread, Judged):
        return rng.triangular(spread.low, spread.likely, spread.high)
    return rng.normal(spread.value, (spread.high - spread.low) / 2 / 1.6448536)


def by_line(spreads: list[Spread], profiles: np.ndarray, n: int) -> float:
    """Seconds of a loop that takes the present value of every line."""
    rng, start = np.random.default_rng(2), time.perf_counter()
    for _ in range(n):
        sum(npf.npv(RATE, _drawn(s, rng) * p) for s, p in zip(spreads, profiles, strict=True))
    return time.perf_counter() - start


def by_sum(spreads: list[Spread], profiles: np.ndarray, n: int) -> float:
    """Seconds of a loop that sums the lines by month first."""
    rng, start = np.random.default_rng(2), time.perf_counter()
    for _ in range(n):
        npf.npv(RATE, np.array([_drawn(s, rng) for s in spreads]) @ profiles)
    return time.perf_counter() - start


def at_once(spreads: list[Spread], profiles: np.ndarray, n: int) -> float:
    """Seconds of one call, the median of five."""
    times = []
    for _ in range(5):
        start = time.perf_counter()
        simulated(spreads, profiles, RATE, n, seed=2)
        times.append(time.perf_counter() - start)
    return float(np.median(times))


if __name__ == "__main__":
    scenarios = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    spreads, profiles = plan()
    once = at_once(spreads, profiles, scenarios)
    print(f"{scenarios:,} scenarios of {LINES} lines over {MONTHS} months in one call: {once:.3f} s")
    for name, loop in (("a present value a line", by_line), ("a present value a scenario", by_sum)):
        whole = loop(spreads, profiles, PART) * scenarios / PART
        print(f"loop with {name}: {whole:.1f} s (measured on {PART:,} scenarios, scaled); ratio {once / whole:.4f}")
