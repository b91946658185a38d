"""Do the numbers hold up: enough units, no unit that decides alone, a share that is one?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.experiments.effects import Effect, Effects, Level
from toolkit.experiments.wording import listed
from toolkit.findings import Check
from toolkit.language import Quantity, Sentence

FEWEST_EXPECTED = 5
"""Expected with and without, in each arm, below which shares are judged by few cases (Cochran 1954)."""

FEWEST_UNITS = 30
"""Units or clusters an arm below which means and ratios lean on their distribution's shape."""


def robustness_checks(effects: Effects) -> Iterator[Check]:
    """Checks of the numbers themselves."""
    yield from _enough(effects)
    yield from _one_unit(effects)
    yield from _percent(effects)


def _enough(effects: Effects) -> Iterator[Check]:
    few: list[str] = []
    smallest = math.inf
    for metric in effects.definition.metrics:
        levels = [v for v in effects.levels if v.metric.name == metric.name]
        least = _least(levels)
        need = FEWEST_EXPECTED if levels[0].kind == "share" else FEWEST_UNITS
        smallest = min(smallest, least / need)
        if least < need:
            few.append(metric.title)
    named = {"metrics": ", ".join(few)}
    yield Check(
        Sentence("There are enough cases for the method"), not few,
        Sentence("too few for {metrics}", named) if few else Sentence("enough in every arm"),
        numbers={"smallest_share_of_need": smallest},
    )  # fmt: skip


def _least(levels: list[Level]) -> float:
    """The fewest cases in an arm: of the rarer outcome for a share, else of units."""
    if levels[0].kind != "share":
        return min(v.n for v in levels)
    total = sum(v.n for v in levels)
    if total == 0:
        return 0.0
    share = sum(v.n * v.value.estimate for v in levels if v.n) / total
    return min(v.n for v in levels) * min(share, 1 - share)


def _one_unit(effects: Effects) -> Iterator[Check]:
    """Every mean and ratio that decides or guards, and any other that one unit carries.

    What the difference is without the unit is not said: with the difference it tells the unit's value.
    """
    numbers: dict[str, float] = {}
    carried: list[Sentence] = []
    asked = 0
    for e in effects:
        if e.carried is None or e.metric.role == "exploratory" and not e.carried:
            continue
        asked += 1
        numbers |= _figures(e)
        if e.carried:
            carried.append(_carried(e, effects.definition.one))
    if not asked:
        return
    values = {"one": effects.definition.one}
    yield Check(
        Sentence("No single {one} decides a result", values), not carried,
        listed(carried) if carried
        else Sentence("every result stays as it is without its most extreme {one}", values),
        numbers={"comparisons": asked, "carried": len(carried), **numbers},
    )  # fmt: skip


def _figures(e: Effect) -> dict[str, float]:
    if e.winsorised is None:
        return {}
    w = e.winsorised
    numbers = {"winsorised": w.estimate, "winsorised_low": w.low, "winsorised_high": w.high, "winsorised_p": w.p_value}
    return {f"{e.metric.name}/{e.arm}/{name}": value for name, value in numbers.items()}


def _carried(e: Effect, one: str) -> Sentence:
    values = {
        "metric": e.metric.title, "arm": e.after.called, "one": one,
        "difference": Quantity(e.unadjusted.estimate, e.unit),
    }  # fmt: skip
    if e.winsorised is None or e.winsorised.reason is not None:
        return Sentence("{metric} with {arm}: {difference}, which would say something else without one {one}", values)
    return Sentence(
        "{metric} with {arm}: {difference}, which would say something else without one {one}; "
        "{drawn} ({drawn:range}) with extremes drawn in",
        {**values, "drawn": _drawn(e)},
    )


def _drawn(e: Effect) -> Quantity:
    w = e.winsorised
    return Quantity(w.estimate, e.unit, w.low, w.high)


def _percent(effects: Effects) -> Iterator[Check]:
    for metric in effects.definition.metrics:
        if metric.format != "percent":
            continue
        levels = [v for v in effects.levels if v.metric.name == metric.name]
        if any(v.kind == "mean" for v in levels):
            outside = any(not 0 <= v.value.estimate <= 1 for v in levels)
            yield Check(
                Sentence("{metric} is a share", {"metric": metric.title}), False if outside else None,
                Sentence("its rows hold other values than 0 and 1, so it is treated as a mean"),
            )  # fmt: skip
