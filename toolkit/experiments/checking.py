"""Should a test's result be believed: each reason for doubt, with what was seen."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.company.expressions import columns_used
from toolkit.experiments.columns import shared_with
from toolkit.experiments.effects import Effect, Effects, Segmented
from toolkit.experiments.robustness import robustness_checks
from toolkit.experiments.wording import listed
from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.stats.sample_ratio import THRESHOLD

TARGET_SHARE = 0.95
"""So much of the tested population must be of those the offer is meant for."""


def check(effects: Effects) -> Checks:
    """Every reason for doubt; those that fail become caveats or take the verdict away.

    Parameters
    ----------
    effects
        As `estimate` gives them.

    Returns
    -------
    Checks
        Assignment first, then what was measured when, then whether the numbers hold up.
    """
    return Checks(tuple([
        *_split(effects), *_units(effects), *_filter(effects), *_before(effects), *_missing(effects),
        *_windows(effects), *_target(effects), *_looks(effects), *_same_for_all(effects),
        *_turned(effects), *robustness_checks(effects),
    ]))


def _split(effects: Effects) -> Iterator[Check]:
    found, definition = effects.sample_ratio, effects.definition
    name = Sentence("The split is as intended")
    counts = listed([
        Sentence("{arm}: {n} of {expected} expected", {"arm": arm, "n": n, "expected": Quantity(e, "count")})
        for arm, n, e in zip(definition.arms, found.counts, found.expected, strict=True)
    ])
    numbers = {"statistic": found.statistic, "df": found.df, "p_value": found.p_value, "threshold": THRESHOLD}
    yield Check(name, found.passed, counts, takes_verdict=True, numbers=numbers)


def _units(effects: Effects) -> Iterator[Check]:
    definition, reading = effects.definition, effects.reading
    if definition.assigned is None:
        return
    units = {"units": definition.units, "n": reading.crossed}
    yield Check(
        Sentence("Everyone assigned is in one arm only"),
        reading.crossed == 0,
        Sentence("none is in two arms") if reading.crossed == 0
        else Sentence("{n} {units} are in more than one arm", units),
        numbers={"units_in_several_arms": reading.crossed},
    )  # fmt: skip
    if definition.cluster is None:
        yield Check(
            Sentence("Everyone assigned stands in the table once"),
            reading.repeated == 0,
            Sentence("none stands on two rows") if reading.repeated == 0 else Sentence(
                "{n} {units} stand on several rows; errors are computed by unit",
                {**units, "n": reading.repeated}),
            numbers={"units_on_several_rows": reading.repeated},
        )  # fmt: skip


def _filter(effects: Effects) -> Iterator[Check]:
    definition, mix = effects.definition, effects.filter_mix
    if mix is None:
        return
    kept = {a.name: a.kept / max(1, a.kept + a.dropped) for a in effects.reading.arms}
    numbers = {f"kept_{arm}": share for arm, share in kept.items()} | {"p_value": mix.p_value}
    uneven = mix.p_value < THRESHOLD
    intended = bool(effects.filter_before and effects.filter_before.passed)
    passed: bool | None = False if uneven and intended else None if uneven else True
    low, high = min(kept.values()), max(kept.values())
    said = Sentence("it keeps {low} to {high} of an arm's rows", {
        "low": Quantity(low, "percent"), "high": Quantity(high, "percent")})
    # other tests may stand in the same table with another split: only a split that was right before
    # the filter and is uneven after it speaks against the filter
    if shared := shared_with(definition, columns_used(definition.where)):
        passed, said = False, Sentence("the metric {metric} is made of it", {"metric": shared})
    yield Check(Sentence("The filter uses only what was known before assignment"), passed, said, numbers=numbers)


def _before(effects: Effects) -> Iterator[Check]:
    for b in effects.balances:
        detail = Sentence("it looks alike in every arm")
        if b.shared_with:
            detail = Sentence("the metric {metric} is made of it", {"metric": b.shared_with})
        elif not b.trusted:
            detail = Sentence("it differs between arms more than chance allows: it may have been measured after assignment")
        passed: bool | None = b.trusted
        if b.trusted and math.isnan(b.p_value):
            passed, detail = None, Sentence("whether it looks alike in every arm cannot be told")
        yield Check(
            Sentence("{column} was known before assignment", {"column": b.column}), passed, detail,
            numbers={"p_value": b.p_value},
        )  # fmt: skip
    if effects.used:
        saved = [e.variance_saved for e in effects if math.isfinite(e.variance_saved) and e.metric.role == "primary"]
        if saved:
            yield Check(
                Sentence("Adjusting makes the answer sharper"), max(saved) > 0 or None,
                Sentence("adjusting for {used} saved {saved} of the variance", {
                    "used": effects.used, "saved": Quantity(sum(saved) / len(saved), "relative")}),
                numbers={"variance_saved": sum(saved) / len(saved)},
            )  # fmt: skip
    for reason in effects.not_used:
        yield Check(Sentence("Everything declared is used to adjust"), None,
                    Sentence("not adjusted for {reason}", {"reason": reason}))


def _missing(effects: Effects) -> Iterator[Check]:
    for metric in effects.definition.metrics:
        levels = [v for v in effects.levels if v.metric.name == metric.name]
        total = sum(v.missing for v in levels)
        mix = effects.missing.get(metric.name)
        if mix is None or total == 0:
            continue
        share = total / (total + sum(v.n for v in levels))
        uneven = mix.p_value < THRESHOLD
        values = {"share": Quantity(share, "percent"), "n": total, "metric": metric.title}
        yield Check(
            Sentence("As many rows count for {metric} in every arm", {"metric": metric.title}), not uneven,
            Sentence("{n} rows ({share}) do not count, and more of them in one arm than chance allows", values)
            if uneven else Sentence("{n} rows ({share}) do not count, as many in every arm", values),
            numbers={"missing": total, "share": share, "p_value": mix.p_value},
        )  # fmt: skip


def _windows(effects: Effects) -> Iterator[Check]:
    for metric in effects.definition.metrics:
        late = effects.reading.unobserved.get(metric.name, 0)
        if late:
            yield Check(
                Sentence("{metric} is observed for {days} days for everybody", {
                    "metric": metric.title, "days": metric.within_days}),
                None,
                Sentence("{n} {units} assigned less than {days} days before the last day of the data do not count yet", {
                    "n": late, "units": effects.definition.units, "days": metric.within_days}),
                numbers={"not_counted_yet": late},
            )  # fmt: skip


def _target(effects: Effects) -> Iterator[Check]:
    definition, arms = effects.definition, effects.reading.arms
    if definition.target is None:
        return
    rows, inside = sum(a.rows for a in arms), sum(a.in_target or 0 for a in arms)
    share = inside / rows
    passed = share >= TARGET_SHARE
    values = {"share": Quantity(share, "percent"), "n": inside, "units": definition.units}
    left = Sentence("{share} of the tested {units} are of those it is meant for, {n} of them", values)
    numbers = {"share": share, "in_target": inside, "tested": rows}
    numbers |= {f"in_target_{a.name}": a.in_target for a in arms}
    yield Check(Sentence("It was tested on those it is meant for"), passed, left, numbers=numbers)
    if shared := shared_with(definition, columns_used(definition.target)):
        yield Check(
            Sentence("The target uses only what was known before assignment"), False,
            Sentence("the metric {metric} is made of it", {"metric": shared}),
        )  # fmt: skip


def _looks(effects: Effects) -> Iterator[Check]:
    definition = effects.definition
    if definition.running:
        yield Check(
            Sentence("Reading before the end does no harm"), True,
            Sentence("the test runs until {ends}; its intervals hold at every look", {"ends": definition.ends}),
        )  # fmt: skip
    elif definition.ends is None and definition.as_of is not None:
        yield Check(
            Sentence("Reading before the end does no harm"), None,
            Sentence("no end was declared: the intervals count on one look"),
        )  # fmt: skip


def _deciding(effects: Effects) -> Iterator[Segmented]:
    return (s for s in effects.segments if s.metric.role != "exploratory" and s.column != "target")


def _same_for_all(effects: Effects) -> Iterator[Check]:
    for s in _deciding(effects):
        found = s.interaction
        if found.reason is not None:
            continue
        differs = s.p_adjusted <= effects.definition.alpha
        values = {"metric": s.metric.title, "arm": s.arm, "column": s.column}
        yield Check(
            Sentence("The effect of {arm} on {metric} is the same by {column}", values), not differs,
            Sentence("it differs: {low} in {worst} and {high} in {top}", _ends(s)) if differs
            else Sentence("the segments cannot be told apart"),
            numbers={"statistic": found.statistic, "df": found.df, "p_value": found.p_value,
                     "p_adjusted": s.p_adjusted, "inconsistency": found.inconsistency},
        )  # fmt: skip


def _ends(s: Segmented) -> dict[str, object]:
    known = [e for e in s.effects if not math.isnan(e.difference.estimate)]
    low, high = (choose(known, key=lambda e: e.difference.estimate) for choose in (min, max))
    return {"low": _bare(low), "worst": low.segment[1], "high": _bare(high), "top": high.segment[1]}


def _bare(e: Effect) -> Quantity:
    return Quantity(e.difference.estimate, e.unit)


def _turned(effects: Effects) -> Iterator[Check]:
    whole = {(e.metric.name, e.arm): e for e in effects}
    for s in effects.segments:
        if s.column == "target" or s.adjusted.reason is not None:
            continue
        pooled = whole[s.metric.name, s.arm].unadjusted
        told = any(c.reason is None and not c.low <= 0 <= c.high for c in (pooled, s.adjusted))
        values = {"metric": s.metric.title, "arm": s.arm, "column": s.column}
        numbers = {"pooled": pooled.estimate, "within": s.adjusted.estimate}
        if s.risk_ratio is not None and not math.isnan(s.risk_ratio.estimate):
            numbers["mantel_haenszel_risk_ratio"] = 1 + s.risk_ratio.estimate
        turned = s.reversal.reversed and told
        unit = whole[s.metric.name, s.arm].unit
        detail = Sentence("the direction is the same within {column} and over all", values)
        if turned:
            detail = Sentence(
                "over all it is {pooled}, within {column} {within}: the arms differ in their mix",
                {**values, "pooled": Quantity(pooled.estimate, unit), "within": Quantity(s.adjusted.estimate, unit)},
            )  # fmt: skip
        if turned or s.metric.role == "primary":
            yield Check(
                Sentence("The effect of {arm} on {metric} points the same way within {column}", values),
                not turned, detail, numbers=numbers,
            )  # fmt: skip
