"""Do the intervals of lifetime value hold what they should?

    python benchmarks/coverage_lifetime_value.py [--runs 1000] [--only planted|differing]

Customers are drawn from planted parameters again and again: without contract (BG/NBD with gamma-gamma
amounts) and under contract (shifted beta-geometric). Printed is how often the nominal 95 % interval of
the average value holds what the true parameters expect of the same customers, with its Monte Carlo
error, and how often no top was found: for several planted companies, and under contract by how much
customers differ (correlation of one customer's decisions, 1 / (alpha + beta + 1)), how many there are
and how many terms were seen, with the median width beside it, in percent of the true value, and what
the delta method would have held.
"""

from __future__ import annotations

import argparse
import math
import sys
from dataclasses import replace
from itertools import product
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
DIFFERING = (0.0, 0.005, 0.025, 0.1, 0.3)
NUMBERS = (300, 1500, 6000)
TERMS_SEEN = (3, 7)
LEAVE = 0.2
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


def decisions(rng, shape: tuple[float, float] | None, n: int, seen: int) -> pd.DataFrame:
    """Decisions of one cohort; without a shape, all leave with the same chance."""
    leave = np.full(n, LEAVE) if shape is None else rng.beta(*shape, n)
    terms = rng.geometric(leave)
    left = np.array([(terms > t).sum() for t in range(seen + 1)], dtype=float)
    rows = pd.DataFrame({"term": np.arange(1.0, seen + 1), "n": left[:-1], "kept": left[1:], "there": 0.0})
    rows.loc[seen - 1, "there"] = left[seen]
    return rows


def contracts(rng, shape, n: int) -> tuple[bool, bool] | None:
    """The same under contract, seven terms seen."""
    rows = decisions(rng, shape, n, 7)
    part = Holders(rows, rows, rows, rows[rows.there > 0])
    asked = Renewals(value=1.0, horizon_years=10)
    found = renewing.value_of(None, part, renewing.models(part, 0.95), asked)
    if not (found.there.defined and found.new.defined):
        return None
    truth = [sbg.discounted_renewals(np.log(shape), m, asked.discount, 10) for m in (7, 0)]
    return tuple(f.low <= t <= f.high for f, t in zip((found.there, found.new), truth, strict=True))


def differing(rng, correlation: float, n: int, seen: int, runs: int) -> str:
    """A row of the table by how much customers differ."""
    both = 1 / max(correlation, 1e-8) - 1
    shape = LEAVE * both, (1 - LEAVE) * both
    worth = [lambda logs, m=m: sbg.discounted_renewals(logs, m, Renewals.discount, 10) for m in (seen, 0)]
    truth = np.array([w(np.log(shape)) for w in worth])
    held, plain, wide, edges = [], [], [], 0
    for _ in range(runs):
        rows = decisions(rng, shape if correlation else None, n, seen)
        fit = sbg.fit(sbg.renewals(rows.term, rows.n, rows.kept))
        found = [fit.of(w) for w in worth]
        if not all(f.defined for f in found):
            continue
        edges += fit.edge is not None
        held.append([f.low <= t <= f.high for f, t in zip(found, truth, strict=True)])
        wide.append([f.high - f.low for f in found] / truth)
        by_delta = [replace(fit, region=None).of(w) for w in worth]
        plain.append([f.low <= t <= f.high for f, t in zip(by_delta, truth, strict=True)])
    shown = [f"{100 * np.mean(h):.1f} ± {_error(np.mean(h), len(held)):.1f}" for h in np.transpose(held)]
    width = np.median(wide, axis=0)
    beside = [f"{100 * w:.0f}" for w in width] + [f"{100 * p:.1f}" for p in np.mean(plain, axis=0)]
    cells = [f"{correlation:g}", n, seen, *shown, *beside, f"{100 * edges / len(held):.0f}", runs - len(held)]
    return f"| {' | '.join(map(str, cells))} |"


def _error(share: float, runs: int) -> float:
    """One standard error of a share, in percent; that of one run where none or all hold."""
    return 100 * math.sqrt(max(share * (1 - share), 1 / runs) / runs)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=1000)
    parser.add_argument("--customers", type=int, default=2000, help="of a planted company")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--only", choices=("planted", "differing"))
    chosen = parser.parse_args()
    if chosen.only != "differing":
        planted(chosen.runs, chosen.customers, chosen.seed)
    if chosen.only != "planted":
        print(
            "\n| correlation | customers | terms seen | there now, held | new, held | width, there now | width, new "
            "| delta method, there now | delta method, new | at the edge | no top |\n" + "|---" * 11 + "|"
        )
        for cell in product(DIFFERING, NUMBERS, TERMS_SEEN):
            rng = np.random.default_rng([chosen.seed, int(1000 * cell[0]), *cell[1:]])
            print(differing(rng, *cell, chosen.runs), flush=True)


def planted(runs: int, customers: int, seed: int) -> None:
    """The planted companies, a row each."""
    rng = np.random.default_rng(seed)
    drawn = {f"without contract, {k}": (lambda v=v: shop(rng, *v, customers)) for k, v in SHOPS.items()}
    drawn |= {f"under contract, {k}": (lambda v=v: contracts(rng, v, customers)) for k, v in CONTRACTS.items()}
    print("| planted | there now, held | new, held | no top |\n|---|---|---|---|")
    for name, draw in drawn.items():
        found = [draw() for _ in range(runs)]
        told = np.array([r for r in found if r is not None], dtype=float)
        shown = [f"{100 * h.mean():.1f} ± {_error(h.mean(), len(h)):.1f}" for h in told.T] or ["", ""]
        print(f"| {name} | {' | '.join(shown)} | {runs - len(told)} |", flush=True)


if __name__ == "__main__":
    main()
