"""How long do a million customers take, beside the fit of the lifetimes package on the same data?

Both fits run on this machine in one run, each in a process of its own that has loaded its package
before the clock starts. The other package is no dependency of this one: it is installed apart,

    python3 -m venv /tmp/lifetimes && /tmp/lifetimes/bin/pip install lifetimes
    python benchmarks/time_lifetime_value.py --other /tmp/lifetimes/bin/python

It is given the cells, counted, too (its own `weights`), so that the ratio says what the fit costs and
not what counting saves; `--rows` gives it the customers as rows, as most use it. Without `--other`
our own times are printed alone. Customers buy on days for two years, from the model's own story.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import tempfile
import time
from datetime import date
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from buyers import draw_buyers  # noqa: E402

from toolkit.customers import lifetime  # noqa: E402
from toolkit.stats import bg_nbd  # noqa: E402

TRUTH = (0.5, 8.0, 0.7, 2.5)
WEEKS = 104

THEIRS = """
import sys, time
import numpy as np
from lifetimes import BetaGeoFitter
data = np.load(sys.argv[1])
weights = data["n"] if "n" in data else None
began = time.perf_counter()
model = BetaGeoFitter()
model.fit(data["x"], data["recency"], data["age"], weights=weights)
took = time.perf_counter() - began
print(took, *(float(model.params_[k]) for k in ("r", "alpha", "a", "b")), -float(model._negative_log_likelihood_)
      if hasattr(model, "_negative_log_likelihood_") else float("nan"))
"""


def drawn(customers: int, seed: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x, t_x and T in weeks, to the day."""
    rng = np.random.default_rng(seed)
    age = np.floor(rng.uniform(1, WEEKS * 7 + 1, customers)) / 7
    x, recency, age, *_ = draw_buyers(rng, customers, *TRUTH, age)
    return x, np.minimum(np.ceil(recency * 7) / 7, age), age


def purchases(customers: int, seed: int) -> tuple[pd.DataFrame, date]:
    """The same kind of customers as rows of purchases, a day and an amount each."""
    rng = np.random.default_rng(seed)
    x, recency, age = drawn(customers, seed)
    ends = date(2026, 9, 30)
    first = np.datetime64(ends) - np.round(age * 7).astype("timedelta64[D]")
    who = np.repeat(np.arange(customers), x.astype(int) + 1)
    # the first at the start, the last at the end, the others anywhere between
    at = rng.random(len(who)) * np.repeat(recency * 7, x.astype(int) + 1)
    starts = np.r_[0, np.cumsum(x.astype(int) + 1)[:-1]]
    at[starts + x.astype(int)] = recency * 7
    at[starts] = 0
    amounts = rng.gamma(4, 5, len(who)) * np.repeat(rng.gamma(4, 0.25, customers), x.astype(int) + 1)
    days = np.repeat(first, x.astype(int) + 1) + np.round(at).astype("timedelta64[D]")
    segment = np.array(["homes", "students", "firms"])[who % 3]
    frame = pd.DataFrame({"customer_id": who, "ordered_at": days.astype("datetime64[s]"), "amount": amounts,
                          "segment": segment})  # fmt: skip
    return frame, ends


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--customers", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--other", help="python of an environment that has lifetimes")
    parser.add_argument("--rows", action="store_true", help="give the other package rows, not cells")
    parser.add_argument("--whole", action="store_true", help="also from purchases to values by segment")
    chosen = parser.parse_args()

    x, recency, age = drawn(chosen.customers, chosen.seed)
    began = time.perf_counter()
    cells = bg_nbd.cells(x, recency, age)
    counted = time.perf_counter() - began
    found = bg_nbd.fit(cells)
    ours = time.perf_counter() - began
    print(f"{chosen.customers:,} customers in {len(cells.x):,} cells; truth {TRUTH}")
    print(f"toolkit: {ours:.2f} s ({counted:.2f} s of it counting the cells), "
          f"{', '.join(f'{n} {v:.4f}' for n, v in zip(found.names, found.values, strict=True))}, "
          f"converged {found.converged}, {found.agreed} of {found.starts} starts")
    if chosen.other:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "customers.npz"
            if chosen.rows:
                np.savez(path, x=x, recency=recency, age=age)
            else:
                np.savez(path, x=cells.x, recency=cells.recency, age=cells.age, n=cells.counts)
            run = subprocess.run([chosen.other, "-W", "ignore", "-c", THEIRS, str(path)], capture_output=True, text=True)
        if run.returncode:
            print(f"lifetimes failed: {run.stderr.strip().splitlines()[-1]}")
        else:
            took, *values = map(float, run.stdout.split())
            said = "rows" if chosen.rows else "cells"
            print(f"lifetimes on {said}: {took:.2f} s, {', '.join(f'{v:.4f}' for v in values[:4])}")
            print(f"ratio toolkit (from rows) / lifetimes: {ours / took:.3f}")
    if chosen.whole:
        frame, ends = purchases(chosen.customers, chosen.seed)
        began = time.perf_counter()
        value = lifetime.estimate(frame, lifetime.Purchases(segment="segment", ends=ends, margin=0.4))
        print(f"from {len(frame):,} purchases to values by segment, holdout and intervals: "
              f"{time.perf_counter() - began:.1f} s, peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GB")
        print(value)


if __name__ == "__main__":
    main()
