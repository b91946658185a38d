"""Do the intervals of lifetime value hold what they should? Run: python benchmarks/coverage_lifetime_value.py [--runs 1000]

Customers are drawn from planted parameters again and again: without contract (BG/NBD with gamma-gamma
amounts) and under contract (shifted beta-geometric). Printed is how often the nominal 95 % interval of
the average value holds what the true parameters expect of the same customers, for several planted
companies, with the binomial error of the count, and how often no top was found.
"""

from __future__ import annotations

import argparse
import math
import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from buyers import draw_buyers, draw_means  # noqa: E402

from toolkit.customers.lifetime import Renewals, Summary, buying, renewing  # noqa: E402
from toolkit.customers.lifetime.reading import Buyers, Holders  # noqa: E402
from toolkit.stats import bg_nbd, gamma_gamma  # noqa: E402
from toolkit.stats import shifted_beta_geometric as sbg  # noqa: E402

SHOPS = {
    "like CDNOW": ((0.243, 4.414, 0.793, 2.426), (6.25, 3.74, 15.44)),
    "busy, few leave": ((1.0, 5.0, 0.5, 8.0), (2.0, 6.0, 60.0)),
    "rare, many leave": ((0.6, 20.0, 1.5, 2.0), (4.0, 5.0, 40.0)),
}
CONTRACTS = {"like High End": (0.668, 3.806), "like Regular": (0.704, 1.182), "nearly alike": (8.0, 32.0)}
WEEKS_A_YEAR = 365.25 / 7


def shop(rng, shape, spend, n: int) -> tuple[bool, bool] | None:
    """Whether the intervals of those there now and of new ones hold the truth; None without a top."""
    x, recency, age, *_ = draw_buyers(rng, n, *shape, np.ceil(rng.uniform(20, 78, n)))
    mean = np.where(x > 0, draw_means(rng, np.maximum(x, 1), *spend), 0.0)
    cells = bg_nbd.Cells(x, recency, age, np.ones(n))
    again = x > 0
    amounts = pd.DataFrame({"x": x[again], "mean": mean[again], "n": np.ones(int(again.sum()))})
    part = Buyers(cells, mean, amounts)
    asked = Summary(spend="zbar")
    found = buying.value_of(None, part, buying.models(part, True, 0.95), asked)
    if not (found.there.defined and found.new.defined):
        return None
    rate, ahead = math.log1p(asked.discount) / WEEKS_A_YEAR, asked.horizon_years * WEEKS_A_YEAR
    often = bg_nbd.expected_purchases(np.log(shape), cells, ahead, discount=rate)
    truth = float((often * gamma_gamma.expected_spend(np.log(spend), x, mean)).mean())
    first = bg_nbd.expected_purchases(np.log(shape), bg_nbd.cells([0], [0.0], [0.0]), ahead, discount=rate)[0]
    new = first * float(gamma_gamma.expected_spend(np.log(spend), 0, 0))
    return found.there.low <= truth <= found.there.high, found.new.low <= new <= found.new.high


def contracts(rng, shape, n: int) -> tuple[bool, bool] | None:
    """The same under contract, seven terms seen."""
    terms = rng.geometric(rng.beta(*shape, n))
    left = np.array([(terms > t).sum() for t in range(8)], dtype=float)
    rows = pd.DataFrame({"term": np.arange(1.0, 8), "n": left[:-1], "kept": left[1:], "there": 0.0})
    rows.loc[6, "there"] = left[7]
    part = Holders(rows, rows, rows, rows[rows.there > 0])
    asked = Renewals(value=1.0, horizon_years=10)
    found = renewing.value_of(None, part, renewing.models(part, 0.95), asked)
    if not (found.there.defined and found.new.defined):
        return None
    truth = [sbg.discounted_renewals(np.log(shape), m, asked.discount, 10) for m in (7, 0)]
    return tuple(f.low <= t <= f.high for f, t in zip((found.there, found.new), truth, strict=True))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=7)
    chosen = parser.parse_args()
    rng = np.random.default_rng(chosen.seed)
    drawn = {f"without contract, {k}": (lambda v=v: shop(rng, *v, chosen.customers)) for k, v in SHOPS.items()}
    drawn |= {f"under contract, {k}": (lambda v=v: contracts(rng, v, chosen.customers)) for k, v in CONTRACTS.items()}
    for name, draw in drawn.items():
        runs = [draw() for _ in range(chosen.runs)]
        told = np.array([r for r in runs if r is not None], dtype=float)
        error = 1.96 * math.sqrt(0.95 * 0.05 / max(len(told), 1))
        there, new = told.mean(axis=0) if len(told) else (math.nan, math.nan)
        print(f"{name}: there now {there:.3f}, new {new:.3f} (+- {error:.3f}), no top in {len(runs) - len(told)} of {len(runs)}")


if __name__ == "__main__":
    main()
