"""How often the verdicts and intervals are wrong, over many drawn tests with known truth."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from two_arm_tables import declared

from toolkit.aggregates import Moments
from toolkit.experiments import Metric, check, decide
from toolkit.experiments.comparing import compared, samples_by_arm
from toolkit.experiments.estimating import from_reading
from toolkit.experiments.reading import ArmCount, Reading

RUNNING = {"ends": date(2026, 9, 30), "as_of": date(2026, 9, 14)}


def moments(**columns: np.ndarray) -> Moments:
    """What the engine gives for rows of plain columns, each with denominator 1."""
    names = tuple(f"{name}__{part}" for name in columns for part in ("num", "den"))
    rows = np.array([v for c in columns.values() for v in (c, np.ones(len(c)))], dtype=float)
    n = rows.shape[1]
    return Moments(names, n, n, rows.mean(1), np.cov(rows), rows.min(1), rows.max(1), "rows")


def reading(a: Moments, b: Moments) -> Reading:
    arms = tuple(ArmCount(name, m.n, m.n, m.n, 0, None) for name, m in (("a", a), ("b", b)))
    return Reading("rows", arms, {"a": a, "b": b})


def false_rate_bound(rate: float, times: int) -> float:
    """Four standard errors of a simulated rate above it."""
    return rate + 4 * np.sqrt(rate * (1 - rate) / times)


def test_where_nothing_happens_one_verdict_in_twenty_at_most_says_otherwise():
    """A/A with two primary metrics, one skewed, and a guardrail whose margin of 0 is the hardest."""
    rng = np.random.default_rng(20260930)
    definition = declared(
        Metric("s", role="primary"), Metric("y", role="primary"), Metric("g", role="guardrail", margin=0)
    )
    times, wrong = 400, 0
    for _ in range(times):
        n = 400 + rng.integers(0, 20, 2)
        a, b = (
            moments(s=rng.binomial(1, 0.15, k), y=rng.gamma(0.5, 4, k), g=rng.normal(5, 1, k)) for k in n
        )
        effects = from_reading(reading(a, b), definition)
        wrong += decide(effects, check(effects)).verdict in ("ship", "roll_back")
    assert wrong / times <= false_rate_bound(0.05, times)


def differences(kind: str, rng: np.random.Generator, times: int, lift: float, running: bool):
    """Differences of `times` drawn tests, and what is true of each."""
    definition = declared(**(RUNNING if running else {}))
    for _ in range(times):
        if kind == "share":
            a, b = rng.binomial(1, 0.2, 300), rng.binomial(1, 0.2 + lift, 350)
        else:
            a, b = rng.gamma(1, 3, 300), rng.gamma(1, 3, 350) + lift
        cells = {"a": moments(y=a), "b": moments(y=b)}
        samples = samples_by_arm(cells, definition.metrics[0], kind, definition, None)
        yield compared(definition.metrics[0], kind, samples, definition)[1][0]


@pytest.mark.parametrize(("kind", "lift"), [("share", 0.05), ("mean", 0.4)])
def test_intervals_hold_the_truth_as_often_as_they_say(kind, lift):
    times = 2000
    found = list(differences(kind, np.random.default_rng(1), times, lift, False))
    covered = np.mean([e.difference.low <= lift <= e.difference.high for e in found])
    assert abs(covered - 0.95) <= 4 * np.sqrt(0.05 * 0.95 / times)
    truth = lift / 0.2 if kind == "share" else lift / 3
    relative = np.mean([e.relative.low <= truth <= e.relative.high for e in found])
    assert abs(relative - 0.95) <= 4 * np.sqrt(0.05 * 0.95 / times) + 0.005


def test_twenty_looks_stay_at_one_in_twenty_where_intervals_are_always_valid():
    """And go far beyond it where every look is taken for the only one."""
    rng = np.random.default_rng(2)
    times, looks = 300, np.arange(1, 21) * 200
    definition, at_end = declared(**RUNNING), 0
    ever = 0
    for _ in range(times):
        a, b = rng.gamma(1, 3, looks[-1]), rng.gamma(1, 3, looks[-1])
        always, once = False, False
        for n in looks:
            cells = {"a": moments(y=a[:n]), "b": moments(y=b[:n])}
            samples = samples_by_arm(cells, definition.metrics[0], "mean", definition, None)
            effect = compared(definition.metrics[0], "mean", samples, definition)[1][0]
            always |= not effect.difference.low <= 0 <= effect.difference.high
            once |= not effect.at_end.low <= 0 <= effect.at_end.high
        ever += always
        at_end += once
    assert ever / times <= false_rate_bound(0.05, times)
    assert at_end / times > 0.15


def test_adjusted_intervals_hold_the_truth():
    """With a covariate that explains half of the spread, through the engine's moments."""
    rng = np.random.default_rng(3)
    definition = declared(covariates=["x"])
    times, covered, saved = 150, 0, []
    for _ in range(times):
        cells = {}
        for arm, lift in (("a", 0.0), ("b", 0.5)):
            x = rng.gamma(2, 1, 200)
            y = 2 * x + rng.normal(0, 2, 200) + lift
            plain = moments(y=y)
            rows = np.array([y, np.ones(200), x])
            cells[arm] = Moments(
                (*plain.columns, "toolkit__x0"), 200, 200, rows.mean(1), np.cov(rows), rows.min(1), rows.max(1), "rows"
            )
        r = reading(cells["a"], cells["b"])
        (effect,) = from_reading(Reading(r.basis, r.arms, r.whole, covariates=("toolkit__x0",)), definition).effects
        covered += effect.difference.low <= 0.5 <= effect.difference.high
        saved.append(effect.variance_saved)
    assert abs(covered / times - 0.95) <= 4 * np.sqrt(0.05 * 0.95 / times)
    assert np.mean(saved) == pytest.approx(8 / 12, abs=0.03)
