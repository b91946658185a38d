"""How often are claims about competitors wrong? Run: python benchmarks/calibrate_competitors.py

Rank intervals that must hold all true ranks, equal companies that must not be told apart, and
targets that must say hold where every rival is equal. Prints one line a setting with its standard
error; seeds are fixed.
"""

from __future__ import annotations

import argparse
import math

import numpy as np
from scipy import stats

from toolkit.stats.achievable_targets import achievable_target
from toolkit.stats.multiplicity import adjusted
from toolkit.stats.ranks import rank_intervals


def held(truth: list[float], runs: int, seed: int) -> tuple[float, float]:
    """Shares of runs in which every true rank, or every rank shared by ties, lies in its interval, and
    in which no two companies are told apart, rightly or wrongly."""
    x = np.asarray(truth, dtype=float)
    best = 1 + (x[None] > x[:, None]).sum(axis=1)
    worst = len(x) - (x[None] < x[:, None]).sum(axis=1)
    rng = np.random.default_rng(seed)
    hits = silent = 0
    for run in range(runs):
        found = rank_intervals(x + rng.standard_normal(len(x)), np.ones(len(x)), draws=2000, seed=run)
        hits += bool(((found.low <= best) & (found.high >= worst)).all())
        silent += not found.surely_better.any()
    return hits / runs, silent / runs


def told_apart(companies: int, n: int, runs: int) -> float:
    """Share of runs in which any two of equal companies are called different, on answers 1 to 10."""
    wrong = 0
    for seed in range(runs):
        score = np.clip(np.rint(np.random.default_rng(seed).normal(7, 1.5, (companies, n))), 1, 10)
        errors = score.std(axis=1, ddof=1) / math.sqrt(n)
        found = rank_intervals(score.mean(axis=1), errors, df=n - 1, draws=2000, seed=seed)
        wrong += bool((found.low > 1).any())
    return wrong / runs


def holds(rivals: int, runs: int, seed: int) -> float:
    """Share of runs in which equal rivals give a target of hold."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(runs):
        x = rng.normal(70, 1, rivals + 1)
        p = adjusted(2 * stats.norm.sf(np.abs(x[1:] - x[0]) / math.sqrt(2)))
        target = achievable_target(x[0], 1, 400, x[1:], np.ones(rivals), p, gains=[(3.0, 1.0)])
        found += target.kind == "hold"
    return found / runs


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=4000)
    runs = parser.parse_args().runs
    settings = {
        "six equal": [0.0] * 6,
        "two groups of three, far apart": [0, 0, 0, 9, 9, 9],
        "three pairs, far apart": [0, 0, 9, 9, 18, 18],
        "two a hundredth of an error apart": [0, 0.01],
        "five a hundredth of an error apart": [0.01 * i for i in range(5)],
        "ten a hundredth of an error apart": [0.01 * i for i in range(10)],
        "five one error apart": list(range(5)),
        "five three errors apart": [3 * i for i in range(5)],
        "ten one error apart": list(range(10)),
    }
    for i, (name, truth) in enumerate(settings.items()):
        both = held(truth, runs, i)
        show(f"ranks all held, {name}", both[0], runs)
        show(f"    nobody told apart, {name}", both[1], runs)
    for n in (40, 120):
        show(f"five equal companies, {n} answers each, called different", told_apart(5, n, runs), runs)
    show("target on five equal rivals says hold", holds(5, runs, 1), runs)


def show(name: str, share: float, runs: int) -> None:
    print(f"{name}: {100 * share:.2f} % (+- {100 * math.sqrt(share * (1 - share) / runs):.2f})", flush=True)


if __name__ == "__main__":
    main()
