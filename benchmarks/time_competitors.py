"""Is it fast enough? Run: python benchmarks/time_competitors.py [--fits 4096]

Rank intervals of 50 companies and shares of 12 drivers on 100,000 respondents, against the plain
loop of 2^12 least-squares fits in statsmodels, timed in one run. With fewer ``--fits`` the loop is
timed on that many of its sets, drawn at random, and scaled up.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
import statsmodels.api as sm

from toolkit.stats.drivers import driver_shares
from toolkit.stats.ranks import rank_intervals


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", type=int, default=4096)
    fits = min(parser.parse_args().fits, 4096)
    rng = np.random.default_rng(1)
    x = rng.standard_normal((100_000, 12)) + 0.7 * rng.standard_normal((100_000, 1))
    y = x @ rng.random(12) + rng.standard_normal(100_000)
    begin = time.perf_counter()
    rank_intervals(rng.normal(70, 2, 50), np.full(50, 1.0), simultaneous=True)
    rank_intervals(rng.normal(70, 2, 50), np.full(50, 1.0), simultaneous=False)
    ranks = time.perf_counter() - begin
    begin = time.perf_counter()
    driver_shares(x, y, draws=0)
    shares = time.perf_counter() - begin
    begin = time.perf_counter()
    driver_shares(x, y, draws=200)
    intervals = time.perf_counter() - begin
    sets = np.arange(4096) if fits == 4096 else rng.choice(4096, fits, replace=False)
    begin = time.perf_counter()
    for mask in sets:
        chosen = [i for i in range(12) if mask >> i & 1]
        _ = sm.OLS(y, sm.add_constant(x[:, chosen]) if chosen else np.ones(len(y))).fit().rsquared
    loop = (time.perf_counter() - begin) * 4096 / len(sets)
    print(f"ranks of 50 companies {ranks:.2f} s, shares of 12 drivers {shares:.2f} s, with intervals {intervals:.2f} s")
    print(f"loop of 4096 fits {loop:.1f} s ({len(sets)} timed)")
    print(f"ratio without intervals {(ranks + shares) / loop:.4f}, with intervals {(ranks + intervals) / loop:.4f}")


if __name__ == "__main__":
    main()
