"""Are the planted truths of the demo's tests found as often as the intervals and verdicts say?

    python benchmarks/calibrate_tests.py [--seeds 200] [--customers 5000] [--only PART]

Each seed is another demo company; its test rows are those that the demo writes. One seed gives many
answers (metrics, arms, tests), which are pooled by the kind of metric. Answers of one seed are not
independent, so the Monte Carlo errors are those of the seeds' own shares. Prints markdown.

For speed, sums are made by numpy where the engine's are known to be the same (a test holds the two
against each other); percentiles and buckets go through the engine.
"""

from __future__ import annotations

import argparse
import math
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import brentq
from scipy.stats import norm

from toolkit.aggregates import Moments
from toolkit.company.load import find_company
from toolkit.data.demo import campaigns
from toolkit.data.demo.campaign_truths import expected
from toolkit.data.demo.simulations import campaign_frame
from toolkit.experiments import Experiment, Metric, check, decide, estimate, from_params
from toolkit.experiments.estimating import from_reading
from toolkit.experiments.reading import ArmCount, Reading
from toolkit.problems import Refused

PARAMS = Path(__file__).parents[1] / "params" / "demo.yaml"
SOUND = ("spring_mail", "contact_method", "aa_check", "upgrade_push")
"""Tests whose recorded rows show their planted effects: assigned as intended, and over."""

REFUSED = "refused, as a metric does not vary"
LOOKS = 20
RARE = 0.03
"""Planted shares below this are also pooled by themselves."""

KINDS = {
    "share": ("visit", "conversion", "unsubscribed", "complaint"),
    "mean": ("orders", "spend"),
    "ratio": ("order_value",),
    "percentile": ("half", "largest"),
}
Share = tuple[float, float, int]
"""A share, its Monte Carlo error, and how many answers it is of."""


def definition_of(test: str, **more) -> Experiment:
    """A test of the demo's params file, for the rows of `campaign_frame`; without segments."""
    planned = from_params(find_company(str(PARAMS)).company, test)
    return replace(planned, where=None, target=None, segments=(), unit=None, source="drawn", **more)


def measuring(test: str, *metrics: Metric, **more) -> Experiment:
    """The same arms with other metrics."""
    return replace(definition_of(test), metrics=metrics, **more)


def read(frame: pd.DataFrame, definition: Experiment) -> Reading:
    """What the engine gives for rows without missing values, every metric a plain column."""
    columns = {}
    for m in definition.metrics:
        columns[f"{m.name}__num"], columns[f"{m.name}__den"] = m.value, m.denominator
    columns |= {f"toolkit__x{i}": c for i, c in enumerate(definition.covariates)}
    values = np.array([_column(frame, sql) for sql in columns.values()])
    arm = frame["arm"].astype(str).to_numpy()
    whole = {}
    for name in definition.arms:
        rows = values[:, arm == name]
        n = rows.shape[1]
        whole[name] = Moments(
            tuple(columns), n, n, rows.mean(1), np.cov(rows), rows.min(1), rows.max(1), "rows"
        )
    arms = tuple(ArmCount(a, m.n, m.n, m.n, 0, None) for a, m in whole.items())
    days = frame["assigned_at"]
    return Reading(
        "rows", arms, whole, covariates=tuple(f"toolkit__x{i}" for i in range(len(definition.covariates))),
        first=days.min().date(), last=days.max().date(),
    )  # fmt: skip


def _column(frame: pd.DataFrame, sql: str) -> np.ndarray:
    name = sql.strip('"')
    return np.ones(len(frame)) if name == "1" else frame[name].to_numpy(float)


def drawn(test: str, customers: int, seed: int) -> pd.DataFrame:
    """A test's rows under a seed."""
    return campaign_frame(test, customers, seed)


def truth(test: str, metric: str, arm: str) -> tuple[float, float]:
    """What is planted: the control's value and the arm's."""
    planted = campaigns.campaign_test(test)
    both = [next(a for a in planted.arms if a.name == name) for name in (planted.arms[0].name, arm)]
    if metric == "order_value":
        means = [expected(a) for a in both]
        return tuple(m["spend"] / m["orders"] for m in means)
    if metric in KINDS["percentile"]:
        return tuple(spend_quantile(0.5 if metric == "half" else 0.9) * a.value for a in both)
    return tuple(expected(a)[metric] for a in both)


def spend_quantile(q: float) -> float:
    """Of a buyer's spend in the control: a lognormal, doubled where there is a second order."""
    spread = math.hypot(campaigns.ORDER_LOG_LEVEL, campaigns.ORDER_LOG_OWN)

    def below(log_value: float) -> float:
        once = norm.cdf((log_value - campaigns.ORDER_LOG_MEAN) / spread)
        twice = norm.cdf((log_value - math.log(2) - campaigns.ORDER_LOG_MEAN) / spread)
        return (1 - campaigns.SECOND_ORDER) * once + campaigns.SECOND_ORDER * twice - q

    return math.exp(brentq(below, -5, 12))


class Pool:
    """Yes and no by what is asked and by seed."""

    def __init__(self) -> None:
        self._found: dict[str, dict[int, list[bool]]] = defaultdict(lambda: defaultdict(list))

    def add(self, what: str, seed: int, yes: bool) -> None:
        """One more answer."""
        self._found[what][seed].append(bool(yes))

    def shares(self) -> dict[str, Share]:
        """The share of yes, with an error from how it differs between seeds (a ratio of two sums)."""
        out = {}
        for what, by_seed in self._found.items():
            yes = np.array([sum(v) for v in by_seed.values()], dtype=float)
            asked = np.array([len(v) for v in by_seed.values()], dtype=float)
            share, k = yes.sum() / asked.sum(), len(yes)
            error = math.sqrt(((yes - share * asked) ** 2).sum() * k / max(1, k - 1)) / asked.sum()
            out[what] = (share, error, int(asked.sum()))
        return out


def coverage(seeds: range, customers: int, tests: tuple[str, ...] = SOUND) -> dict[str, Share]:
    """How often 95 % intervals hold the planted effect: plain, adjusted, relative."""
    plain = [Metric(n, role="primary") for kind in ("share", "mean") for n in KINDS[kind]]
    plain.append(Metric("order_value", "spend", "orders", role="primary"))
    pool = Pool()
    for test in tests:
        definition = measuring(test, *plain, covariates=("pre_spend",))
        for seed in seeds:
            found = from_reading(read(drawn(test, customers, seed), definition), definition)
            for e in found:
                before, after = truth(test, e.metric.name, e.arm)
                pool.add(f"{e.kind}, as it is", seed, _holds(e.unadjusted, after - before))
                pool.add(f"{e.kind}, adjusted for pre_spend", seed, _holds(e.at_end, after - before))
                told = _holds(e.relative, after / before - 1)
                pool.add(f"{e.kind}, relative change, adjusted", seed, told)
                if e.kind == "share" and before < RARE:
                    pool.add("rare share, adjusted for pre_spend", seed, _holds(e.at_end, after - before))
                    pool.add("rare share, relative change, adjusted", seed, told)
    return pool.shares()


def coverage_by_engine(seeds: range, customers: int, test: str = "spring_mail") -> dict[str, Share]:
    """The same for percentiles of what buyers spend, and for errors between 256 buckets of units."""
    buyers = "spend > 0"
    percentiles = [
        Metric(n, "spend", where=buyers, quantile=q, role="primary") for n, q in (("half", 0.5), ("largest", 0.9))
    ]
    sums = [Metric(n, n, "whole", role="primary") for n in ("conversion", "spend")]
    sums.append(Metric("order_value", "spend", "orders", role="primary"))
    pool = Pool()
    for seed in seeds:
        frame = drawn(test, customers, seed)
        for e in estimate(frame, measuring(test, *percentiles, covariates=())):
            before, after = truth(test, e.metric.name, e.arm)
            pool.add("percentile", seed, _holds(e.difference, after - before))
        by_unit = measuring(test, *sums, unit="customer", exact_units=0, covariates=("pre_spend",))
        for e in estimate(in_two_rows(frame), by_unit):
            before, after = truth(test, e.metric.name, e.arm)
            pool.add("between 256 buckets of units, as it is", seed, _holds(e.unadjusted, after - before))
            pool.add("between 256 buckets of units, adjusted", seed, _holds(e.at_end, after - before))
    return pool.shares()


def in_two_rows(frame: pd.DataFrame) -> pd.DataFrame:
    """Every customer on two rows that share what it did, so that errors must be by customer."""
    parts = []
    for whole, share in ((1, 0.7), (0, 0.3)):
        parts.append(frame.assign(whole=whole, **{c: share * frame[c] for c in ("conversion", "spend", "orders")}))
    return pd.concat(parts, ignore_index=True)


def _holds(comparison, value: float) -> bool:
    return comparison.low <= value <= comparison.high


def nothing_happens(seeds: range, customers: int, times: int) -> Iterator[tuple[int, pd.DataFrame]]:
    """A/A tests: the demo's own first, then its customers assigned anew, `times` in all a seed."""
    for seed in seeds:
        frame = drawn("aa_check", customers, seed)
        rng = np.random.default_rng([seed, 20260930])
        for i in range(times):
            if i:
                frame = frame.assign(arm=rng.choice(["control", "control_again"], len(frame)))
            yield seed, frame


def false_verdicts(seeds: range, customers: int, times: int = 5) -> dict[str, Share]:
    """How often an A/A test is shipped, rolled back, or called invalid."""
    definition, pool = definition_of("aa_check"), Pool()
    for seed, frame in nothing_happens(seeds, customers, times):
        effects = from_reading(read(frame, definition), definition)
        verdict = decide(effects, check(effects)).verdict
        pool.add("ship or roll_back", seed, verdict in ("ship", "roll_back"))
        pool.add("invalid", seed, verdict == "invalid")
    return pool.shares()


def false_claims_of_looks(seeds: range, customers: int, times: int = 2) -> dict[str, Share]:
    """How often an A/A test read twenty times claims something at any of them.

    Without its guardrails, which can only hold back (and where at the first looks nobody complained).
    """
    end, whole = date(2026, 3, 13), definition_of("aa_check")
    running = replace(
        whole, metrics=whole.by_role("primary"), ends=end, as_of=end - timedelta(days=1)
    )
    if not running.running:
        raise ValueError("the test must be read before its end")
    pool = Pool()
    for seed, frame in nothing_happens(seeds, customers, times):
        frame = frame.sort_values("assigned_at", kind="stable")
        claims: dict[str, bool] = defaultdict(bool)
        for look in range(1, LOOKS + 1):
            effects = from_reading(read(frame.iloc[: len(frame) * look // LOOKS], running), running)
            verdict = decide(effects, check(effects)).verdict
            claims["the test: ship or roll_back at any look"] |= verdict in ("ship", "roll_back")
            for e in effects:
                if e.metric.role == "primary":
                    claims[f"{e.metric.name}: always-valid interval"] |= not _holds(e.difference, 0)
                    claims[f"{e.metric.name}: interval of one look, read twenty times"] |= not _holds(e.at_end, 0)
        for what, claimed in claims.items():
            pool.add(what, seed, claimed)
    return pool.shares()


def verdicts(seeds: range, customers: int) -> dict[str, Share]:
    """How often each planted test of the demo gets which verdict."""
    pool = Pool()
    for planted in campaigns.TESTS:
        more = {} if planted.planned_until is None else {"as_of": date(2026, 9, 30)}
        definition = definition_of(planted.name, **more)
        for seed in seeds:
            found = _verdict(drawn(planted.name, customers, seed), definition)
            for verdict in ("ship", "roll_back", "hold", "invalid", REFUSED):
                mark = " (planted)" if verdict == planted.verdict else ""
                pool.add(f"{planted.name}: {verdict}{mark}", seed, found == verdict)
    return {what: found for what, found in pool.shares().items() if found[0] > 0}


def _verdict(frame: pd.DataFrame, definition: Experiment) -> str:
    try:
        effects = from_reading(read(frame, definition), definition)
    except Refused:
        return REFUSED
    return decide(effects, check(effects)).verdict


PARTS: dict[str, tuple[str, Callable[[range, int], dict[str, Share]]]] = {
    "coverage": ("95 % intervals that hold the truth", coverage),
    "engine": ("The same through the engine", coverage_by_engine),
    "aa": ("Nothing happens: verdicts", false_verdicts),
    "looks": (f"Nothing happens: claims of {LOOKS} looks", false_claims_of_looks),
    "verdicts": ("Verdicts of the demo's tests", verdicts),
}


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--seeds", type=int, default=200, help="demo companies drawn")
    parser.add_argument("--customers", type=int, default=5000, help="customers of each")
    parser.add_argument("--first", type=int, default=1000, help="the first seed")
    parser.add_argument("--only", choices=tuple(PARTS))
    options = parser.parse_args()
    seeds = range(options.first, options.first + options.seeds)
    print(f"{options.seeds} seeds, {options.customers:,} customers; ± is the Monte Carlo error (one standard error).")
    for name, (title, ask) in PARTS.items():
        if options.only in (None, name):
            print(f"\n| {title} | share | answers |\n|---|---:|---:|", flush=True)
            for what, (share, error, asked) in ask(seeds, options.customers).items():
                print(f"| {what} | {100 * share:.1f} % ± {100 * error:.1f} | {asked:,} |", flush=True)


if __name__ == "__main__":
    main()
