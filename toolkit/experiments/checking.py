"""Should a test's result be believed: each reason for doubt, with what was seen."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from toolkit.company.expressions import columns_used
from toolkit.experiments.columns import shared_with
from toolkit.experiments.definition import spoken
from toolkit.experiments.effects import Balance, Effects
from toolkit.experiments.robustness import robustness_checks
from toolkit.experiments.segment_checks import segment_checks
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
        *_windows(effects), *_target(effects), *_looks(effects), *segment_checks(effects),
        *robustness_checks(effects),
    ]))


def _split(effects: Effects) -> Iterator[Check]:
    found, definition = effects.sample_ratio, effects.definition
    name = Sentence("The split is as intended")
    counts = listed([
        Sentence("{arm}: {n} of {expected} expected", {"arm": definition.called(arm), "n": n, "expected": Quantity(e, "count")})
        for arm, n, e in zip(definition.arms, found.counts, found.expected, strict=True)
    ])
    numbers = {"statistic": found.statistic, "df": found.df, "p_value": found.p_value, "threshold": THRESHOLD}
    yield Check(name, found.passed, counts, takes_verdict=True, numbers=numbers)


def _units(effects: Effects) -> Iterator[Check]:
    definition, reading = effects.definition, effects.reading
    if definition.assigned is None:
        return
    units = {"units": definition.units, "one": definition.one, "n": reading.crossed}
    yield Check(
        Sentence("Everyone assigned is in one arm only"),
        reading.crossed == 0,
        Sentence("no {one} is in two arms", units) if reading.crossed == 0
        else Sentence("{n} {units} are in more than one arm", units),
        numbers={"units_in_several_arms": reading.crossed},
    )  # fmt: skip
    if definition.cluster is None:
        yield Check(
            Sentence("Everyone assigned stands in the table once"),
            reading.repeated == 0,
            Sentence("no {one} stands on two rows", units) if reading.repeated == 0 else Sentence(
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
    ends = {"low": Quantity(low, "percent"), "high": Quantity(high, "percent")}
    said = Sentence("it keeps {low} to {high} of an arm's rows", ends)
    if not uneven:
        said = Sentence("it keeps {low} of every arm's rows", ends) if high - low < 0.0005 else said
    elif not intended:
        said = Sentence("it keeps {low} to {high} of an arm's rows: other tests may stand in the same table", ends)
    # other tests may stand in the same table with another split: only a split that was right before
    # the filter and is uneven after it speaks against the filter
    if shared := shared_with(definition, columns_used(definition.where)):
        passed, said = False, Sentence("the metric {metric} is made of it", {"metric": shared})
    yield Check(Sentence("The filter uses only what was known before assignment"), passed, said, numbers=numbers)


def _before(effects: Effects) -> Iterator[Check]:
    if effects.balances:
        yield _known_before(effects.balances)
    if effects.used:
        saved = [e.variance_saved for e in effects if math.isfinite(e.variance_saved) and e.metric.role == "primary"]
        if saved:
            yield Check(
                Sentence("Adjusting makes the answer sharper"), max(saved) > 0 or None,
                Sentence("adjusting for {used} saved {saved} of the variance", {
                    "used": spoken(effects.used), "saved": Quantity(sum(saved) / len(saved), "relative")}),
                numbers={"variance_saved": sum(saved) / len(saved)},
            )  # fmt: skip
    if effects.not_used:
        reasons = listed([Sentence("not adjusted for {reason}", {"reason": r}) for r in effects.not_used])
        yield Check(Sentence("Everything declared is used to adjust"), None, reasons)


def _known_before(balances: Sequence[Balance]) -> Check:
    """Covariates, strata and segments in one: those that fail are named."""
    failing, unknown, alike = [], [], []
    for b in balances:
        values = {"column": spoken(b.column), "metric": b.shared_with}
        if b.shared_with:
            failing.append(Sentence("{metric} is made of {column}", values))
        elif not b.trusted:
            failing.append(Sentence(
                "{column} differs between arms more than chance allows, so it may have been measured after assignment",
                values))  # fmt: skip
        else:
            (unknown if math.isnan(b.p_value) else alike).append(values["column"])
    passed: bool | None = False if failing else True if alike else None
    said = failing
    if not failing and alike:
        said = [Sentence("alike in every arm: {columns}", {"columns": ", ".join(alike)})]
    if not failing and unknown:
        said.append(Sentence("cannot be told: {columns}", {"columns": ", ".join(unknown)}))
    numbers = {f"p_value_{b.column}": b.p_value for b in balances}
    name = Sentence("What is adjusted for or split by was known before assignment")
    return Check(name, passed, listed(said), numbers=numbers)


def _missing(effects: Effects) -> Iterator[Check]:
    """Rows that do not count, for every metric that has some."""
    numbers: dict[str, float] = {}
    uneven, even = [], []
    for metric in effects.definition.metrics:
        levels = [v for v in effects.levels if v.metric.name == metric.name]
        total = sum(v.missing for v in levels)
        mix = effects.missing.get(metric.name)
        if mix is None or total == 0:
            continue
        share = total / (total + sum(v.n for v in levels))
        numbers |= {f"missing_{metric.name}": total, f"share_{metric.name}": share,
                    f"p_value_{metric.name}": mix.p_value}  # fmt: skip
        said = Sentence("{n} rows ({share}) for {metric}", {
            "share": Quantity(share, "percent"), "n": total, "metric": metric.title})
        (uneven if mix.p_value < THRESHOLD else even).append(said)
    if not numbers:
        return
    words = {"which": listed(uneven or even)}
    yield Check(
        Sentence("As many rows count in every arm"), not uneven,
        Sentence("left out: {which}, and more in one arm than chance allows", words) if uneven
        else Sentence("left out: {which}, as many in every arm", words),
        numbers=numbers,
    )  # fmt: skip


def _windows(effects: Effects) -> Iterator[Check]:
    """Who was assigned too late to be observed as long as the others; one check a length."""
    definition = effects.definition
    late: dict[int, dict[str, int]] = {}
    for metric in definition.metrics:
        if n := effects.reading.unobserved.get(metric.name, 0):
            late.setdefault(metric.within_days, {})[metric.name] = n
    for days, by_metric in late.items():
        values = {"n": max(by_metric.values()), "units": definition.units, "days": days}
        yield Check(
            Sentence("Everyone is observed for {days} days", values), None,
            Sentence("{n} {units} assigned less than {days} days before the last day of the data do not count yet", values),
            numbers={f"not_counted_yet_{name}": n for name, n in by_metric.items()},
        )  # fmt: skip


def _target(effects: Effects) -> Iterator[Check]:
    definition, arms = effects.definition, effects.reading.arms
    if definition.target is None:
        return
    rows, inside = sum(a.rows for a in arms), sum(a.in_target or 0 for a in arms)
    share = inside / rows
    passed = share >= TARGET_SHARE
    values = {"share": Quantity(share, "percent"), "n": inside, "units": definition.units}
    left = Sentence("{share} of the tested {units} ({n}) are those it is meant for", values)
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
