"""How often do the checks of a synthetic control and of survey waves fail where nothing is wrong?

    python benchmarks/calibrate_donors_and_waves.py [--cases 400] [--seed 1] [--only donors|waves]

The checks as the page makes them. A case has an effect that a test with known variance would find
in 80 % of cases, and nothing else. Donors: one touched unit of 16 or 31, 20 periods before and 6
after, unit and period effects, a common wave to which each unit answers in its own way, and
noise with autocorrelation 0 or .6. Waves: about as many answers before and after (Poisson), three
strata whose means differ by half a standard deviation, their shares the same in both waves but
for chance. Prints markdown with Monte Carlo errors.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Iterator
from datetime import date

import numpy as np
import pandas as pd

from toolkit.company.periods import Period, span
from toolkit.kpis import Measure
from toolkit.language import Sentence
from toolkit.plan_changes import PlanChange, PlanEffect, Waves, check
from toolkit.plan_changes.reading import Panel
from toolkit.plan_changes.survey_waves import compared
from toolkit.plan_changes.with_donors import mixed
from toolkit.stats.synthetic_control import DonorPanel
from toolkit.stats.synthetic_did import synthetic_difference

BEFORE, AFTER = 20, 6
FOUND_IN_80 = 2.8015852  # 1.959964 + .841621
FIRST = Period.of(date(2023, 1, 1), "month", 1)
WHY = Sentence("it is simulated")
CHANGE = PlanChange(
    "simulated", Measure("kpi", "value"), "day", date(2024, 9, 1), 1.0, unit="unit",
    touched="touched", season=False)


def paths(units: int, rho: float, rng: np.random.Generator) -> np.ndarray:
    """Outcome of every unit (units, periods); the touched one is the first."""
    periods = BEFORE + AFTER
    noise = rng.normal(size=(units, periods))
    for t in range(1, periods):
        noise[:, t] = rho * noise[:, t - 1] + math.sqrt(1 - rho**2) * noise[:, t]
    wave = np.cumsum(rng.normal(size=periods)) * 0.5
    own = rng.normal(size=(units, 1)) * 3 + rng.uniform(0.5, 1.5, (units, 1)) * wave
    return own + rng.normal(size=periods) + noise


def donor_cases(
    units: int, rho: float, cases: int, rng: np.random.Generator
) -> Iterator[PlanEffect]:
    """One touched unit and the others; the effect is planted."""
    nothing = [
        synthetic_difference(DonorPanel(y[1:], y[0], BEFORE)).effect
        for y in (paths(units, rho, rng) for _ in range(200))
    ]
    planted = FOUND_IN_80 * float(np.std(nothing))
    periods = [FIRST]
    while len(periods) < BEFORE + AFTER:
        periods.append(periods[-1].next())
    months = tuple(span(periods[0], periods[-1]))
    first = np.where(np.arange(units) == 0, float(BEFORE), math.inf)
    for _ in range(cases):
        y = paths(units, rho, rng)
        y[0, BEFORE:] += planted
        one = np.ones_like(y)
        panel = Panel(months, np.arange(len(months)), np.arange(units).astype(object), first, y, one, one)
        yield PlanEffect(CHANGE, mixed(panel, CHANGE, WHY), math.nan, math.nan, panel=panel)


def wave_cases(
    answers: int, paired: bool, cases: int, rng: np.random.Generator
) -> Iterator[PlanEffect]:
    """Two waves of a survey; the effect is planted."""
    definition = PlanChange(
        "simulated", Measure("kpi", "value"), "day", date(2024, 9, 1), 1.0,
        waves=Waves("value", None, "person" if paired else None, () if paired else ("kind",)))
    # the same people's answers go together by a half, so their changes vary as one answer does
    planted = FOUND_IN_80 * math.sqrt((1.0 if paired else 2.0) / answers)
    for _ in range(cases):
        waves = []
        for number, day in enumerate((date(2024, 8, 15), date(2024, 9, 15))):
            n = int(rng.poisson(answers))
            kind = rng.choice(3, size=n, p=[0.5, 0.3, 0.2])
            who = rng.permutation(int(1.25 * answers) + 50)[:n]
            waves.append(pd.DataFrame({
                "day": day, "period": CHANGE.period_of(day), "kind": kind, "person": who,
                "value": planted * number + 0.5 * kind + rng.normal(size=n)}))
        if paired:
            level = rng.normal(size=int(1.25 * answers) + 50)
            for wave in waves:
                wave["value"] = wave["value"] - 0.5 * wave["kind"] + level[wave["person"]]
        frame = pd.concat(waves, ignore_index=True)
        yield PlanEffect(definition, compared(frame, definition, WHY), math.nan, math.nan)


def failures(effects: Iterator[PlanEffect], shown: list[str]) -> list[str]:
    """The share of cases in which each check fails, of those in which it applies."""
    failed, applied = dict.fromkeys(shown, 0), dict.fromkeys(shown, 0)
    for effect in effects:
        for one in check(effect):
            name = one.name.template
            if name in failed:
                applied[name] += one.passed is not None
                failed[name] += one.passed is False
    return [share(failed[name], applied[name]) for name in shown]


def share(count: int, cases: int) -> str:
    """A percentage with its Monte Carlo error."""
    if cases == 0:
        return "not applicable"
    p = count / cases
    return f"{100 * p:.1f} % ± {100 * math.sqrt(max(p * (1 - p), 1 / cases) / cases):.1f}"


DONOR_CHECKS = [
    "Untouched units show nothing as large", "No single unit decides",
    "Nothing is found on dates when nothing happened",
    "The mix follows the touched unit before the change",
]
WAVE_CHECKS = ["As many answered before and after", "The mix of respondents explains little"]


def main() -> None:
    """Read the options and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--cases", type=int, default=400, help="cases a cell; waves four times")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", choices=("donors", "waves"))
    options = parser.parse_args()
    if options.only != "waves":
        print(f"\n| units | rho | {' | '.join(DONOR_CHECKS)} |\n|{'---|' * (2 + len(DONOR_CHECKS))}")
        for number, (units, rho) in enumerate(((16, 0.0), (16, 0.6), (31, 0.0), (31, 0.6))):
            rng = np.random.default_rng([options.seed, number])
            found = failures(donor_cases(units, rho, options.cases, rng), DONOR_CHECKS)
            print(f"| {units} | {rho:g} | {' | '.join(found)} |", flush=True)
    if options.only != "donors":
        print(f"\n| answers a wave | compared | {' | '.join(WAVE_CHECKS)} |\n|{'---|' * (2 + len(WAVE_CHECKS))}")
        for number, (answers, paired) in enumerate(((60, False), (200, False), (800, False), (200, True))):
            rng = np.random.default_rng([options.seed, 50 + number])
            found = failures(wave_cases(answers, paired, 4 * options.cases, rng), WAVE_CHECKS)
            how = "the same people" if paired else "two samples"
            print(f"| {answers} | {how} | {' | '.join(found)} |", flush=True)


if __name__ == "__main__":
    main()
