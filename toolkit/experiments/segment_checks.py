"""Is the effect the same for everybody, and the same way round within segments as over all?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.experiments.definition import spoken
from toolkit.experiments.effects import Effect, Effects, Segmented
from toolkit.experiments.wording import listed
from toolkit.findings import Check
from toolkit.language import Quantity, Sentence


def segment_checks(effects: Effects) -> Iterator[Check]:
    """One check a segment column, and one whether pooling turns any effect round."""
    yield from _same_for_all(effects)
    yield from _turned(effects)


def _same_for_all(effects: Effects) -> Iterator[Check]:
    """Every deciding metric and guardrail in every arm; corrected over all segment columns."""
    columns = dict.fromkeys(s.column for s in effects.segments if s.column != "target")
    for column in columns:
        asked = [
            s for s in effects.segments
            if s.column == column and s.metric.role != "exploratory" and s.interaction.reason is None
        ]
        if not asked:
            continue
        differing = [s for s in asked if s.p_adjusted <= effects.definition.alpha]
        values = {"column": spoken(column), "n": len(asked)}
        if differing:
            detail = Sentence(
                "{which} ({k} of {n} comparisons differs)",
                {**values, "k": len(differing), "which": listed([_apart(s) for s in differing])},
                plural="{which} ({k} of {n} comparisons differ)", count="k",
            )  # fmt: skip
        elif len(asked) == 1:
            detail = Sentence("one comparison, with no difference beyond chance")
        else:
            detail = Sentence("{n} comparisons, none with a difference beyond chance", values)
        numbers: dict[str, float] = {"comparisons": len(asked), "differing": len(differing)}
        for s in asked:
            found = s.interaction
            numbers |= _named(s, statistic=found.statistic, df=found.df, p_value=found.p_value,
                              p_adjusted=s.p_adjusted, inconsistency=found.inconsistency)  # fmt: skip
        name = Sentence("The effect is the same in every {column}", {"column": spoken(column)})
        yield Check(name, not differing, detail, numbers=numbers)


def _apart(s: Segmented) -> Sentence:
    known = [e for e in s.effects if not math.isnan(e.difference.estimate)]
    low, high = (choose(known, key=lambda e: e.difference.estimate) for choose in (min, max))
    return Sentence("{metric} with {arm}: {low} in {bottom}, {high} in {top}", {
        "metric": s.metric.title, "arm": high.after.called, "low": _bare(low), "bottom": low.segment[1],
        "high": _bare(high), "top": high.segment[1],
    })  # fmt: skip


def _bare(e: Effect) -> Quantity:
    return Quantity(e.difference.estimate, e.unit)


def _turned(effects: Effects) -> Iterator[Check]:
    """Simpson's paradox: primary metrics, and any other whose effect is turned."""
    whole = {(e.metric.name, e.arm): e for e in effects}
    numbers: dict[str, float] = {}
    turned: list[Sentence] = []
    asked = 0
    for s in effects.segments:
        if s.column == "target" or s.adjusted.reason is not None:
            continue
        over_all = whole[s.metric.name, s.arm]
        pooled = over_all.unadjusted
        told = any(c.reason is None and not c.low <= 0 <= c.high for c in (pooled, s.adjusted))
        is_turned = s.reversal.reversed and told
        if not is_turned and s.metric.role != "primary":
            continue
        asked += 1
        numbers |= _named(s, s.column, pooled=pooled.estimate, within=s.adjusted.estimate)
        if s.risk_ratio is not None and not math.isnan(s.risk_ratio.estimate):
            numbers |= _named(s, s.column, mantel_haenszel_risk_ratio=1 + s.risk_ratio.estimate)
        if is_turned:
            turned.append(Sentence("{metric} with {arm}: {pooled} over all, {within} within {column}", {
                "metric": s.metric.title, "arm": over_all.after.called, "column": spoken(s.column),
                "pooled": Quantity(pooled.estimate, over_all.unit),
                "within": Quantity(s.adjusted.estimate, over_all.unit),
            }))  # fmt: skip
    if not asked:
        return
    numbers = {"comparisons": asked, "turned": len(turned), **numbers}
    said = Sentence("every effect points the same way within segments and over all")
    if turned:
        said = Sentence("{which}: the arms differ in their mix", {"which": listed(turned)})
    yield Check(Sentence("Pooling the segments turns no effect round"), not turned, said, numbers=numbers)


def _named(s: Segmented, *before: str, **figures: float) -> dict[str, float]:
    """Figures by the comparison they belong to."""
    at = "/".join([*before, s.metric.name, s.arm])
    return {f"{at}/{name}": value for name, value in figures.items()}
