"""How often is the offer planted as a loser not recommended?

``python benchmarks/judge_offers.py [SEEDS]`` weighs the demo's offers under many seeds. What people
judge is drawn anew around each offer's truth, off by a tenth and more either way, and the scenarios too.
"""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd

from toolkit.data.demo.aurora import HOUR_COST
from toolkit.data.demo.money import LOSER, OFFERS
from toolkit.money import offers
from toolkit.money.definition import Offers

OFF_BY = 0.3  # standard deviation of the logarithm of what is judged against the truth


def judged(seed: int) -> pd.DataFrame:
    """The demo's offers as somebody might have judged them."""
    rng = np.random.default_rng(seed)
    rows = []
    for offer in OFFERS:
        low, likely, high = np.array(offer.margin) * np.exp(rng.normal(0, OFF_BY)) * offer.truth / offer.margin[1]
        rows.append({"offer": offer.name, "low": low, "likely": likely, "high": high, "setup": offer.setup_eur * np.exp(rng.normal(0, 0.15)),
                     "hours": offer.setup_hours, "fails": offer.fails, "loss": offer.loss})  # fmt: skip
    return pd.DataFrame(rows)


def verdicts(seed: int) -> dict[str, str]:
    """The verdict on each offer under one seed."""
    asked = Offers("offer", ("low", "likely", "high"), "setup", "hours", failure_chance="fails", failure_loss="loss",
                   hour_rate=HOUR_COST, bias=0.05, bias_costs=0.05, scenarios=5_000, seed=seed)  # fmt: skip
    return {o.name: o.verdict for o in offers.estimate(judged(seed), asked).offers}


if __name__ == "__main__":
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    found = pd.DataFrame([verdicts(seed) for seed in range(count)])
    print(found.apply(pd.Series.value_counts).fillna(0).astype(int).T.to_string())
    print(f"{LOSER} is not recommended in {(found[LOSER] != 'go').sum()} of {count} seeds")
