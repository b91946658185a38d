"""Should an effect found in one series be believed?"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from toolkit.findings import Check
from toolkit.language import Quantity, Sentence
from toolkit.plan_changes.doubts import check_of, fake_date_check, p_said
from toolkit.plan_changes.effects import PlanEffect
from toolkit.plan_changes.one_series import Interrupted
from toolkit.stats import series_checks as checks
from toolkit.stats.control_checks import FALSE_ALARM_RATES
from toolkit.stats.interrupted import InterruptedResult, interrupted_design, interrupted_series

VOLUME_MOVE = 0.2
"""A change in what counts, of less than this share, is left alone even where it is certain."""


def series_doubts(effect: PlanEffect, details: Interrupted) -> Iterator[Check]:
    """Every check that one series allows."""
    result = details.result
    if result is None or effect.fit.method == "short":
        yield _length(effect)
        if result is None:
            return
        yield _season(result)
        return
    yield _length(effect)
    yield _season(result)
    size = _largest_before(result)
    fit = effect.fit.estimate
    yield fake_date_check(checks.fake_dates(result), math.expm1(size) if details.log else size, fit, effect.unit)
    left = checks.autocorrelation_left(result)
    yield check_of(Sentence("What is left over is noise"), left, {
        True: Sentence("no pattern is left in what the model takes for noise (p {p})", {"p": p_said(left.number)}),
        False: Sentence("a pattern is left in what the model takes for noise (p {p})", {"p": p_said(left.number)}),
    })  # fmt: skip
    extreme = checks.made_after_extreme(result)
    yield check_of(Sentence("It was not made after an extreme"), extreme, {
        True: Sentence("the last three {period} before the change were as usual (p {p})", _p(effect, extreme.number)),
        False: Sentence("the last three {period} before the change were unusual (p {p}): part of the effect is the return to the usual",
                        _p(effect, extreme.number)),
    })  # fmt: skip
    single = checks.leave_one_out(result)
    yield check_of(Sentence("No single period decides"), single, {
        True: Sentence("leaving out any one period changes little"),
        False: Sentence("one period lies out of line and carries the effect (p {p})", {"p": p_said(single.number)}),
    })  # fmt: skip
    yield from _untouched(effect, details)
    yield from _volume(details)


def _largest_before(result: InterruptedResult) -> float:
    """The largest effect that stands out at a date before the change; nan where none does."""
    design = result.design
    before = ~design.after
    spread = np.linspace(design.times[0], design.change, checks.FAKE_DATES + 2)[1:-1].round().astype(int)
    covariates = [i for i, name in enumerate(design.terms) if name.startswith("covariate")]
    sizes = []
    for at in np.unique(spread):
        try:
            fake = interrupted_design(
                design.times[before], int(at), season=design.season,
                covariates=design.matrix[np.ix_(before, covariates)] if covariates else None)
        except ValueError:
            continue
        found = interrupted_series(result.outcome[before], fake, level=1 - checks.ALARM / checks.FAKE_DATES)
        if found.reason is None and not found.low <= 0 <= found.high:
            sizes.append(found.estimate)
    return max(sizes, key=abs, default=math.nan)


def _p(effect: PlanEffect, p: float) -> dict[str, object]:
    return {"period": f"{effect.definition.grain}s", "p": p_said(p)}


def _length(effect: PlanEffect) -> Check:
    seen = np.isfinite(effect.panel.series(True))
    before, after = (int((seen & w).sum()) for w in (~effect.panel.after, effect.panel.after))
    values = {"before": before, "after": after, "period": f"{effect.definition.grain}s",
              "need_before": checks.PERIODS_BEFORE, "need_after": checks.PERIODS_AFTER}  # fmt: skip
    return Check(
        Sentence("There are enough periods"), before >= checks.PERIODS_BEFORE and after >= checks.PERIODS_AFTER,
        Sentence("{before} {period} before and {after} after; {need_before} and {need_after} are needed", values),
        numbers={"before": before, "after": after, "false_alarm_rate": checks.FALSE_ALARM_RATES["enough periods"]},
    )  # fmt: skip


def _season(result: InterruptedResult) -> Check:
    found = checks.season_covered(result)
    name = Sentence("The season is in the model")
    numbers = {"number": found.number, "limit": found.limit, "false_alarm_rate": found.false_alarm_rate}
    if found.passed is None:
        return Check(name, None, Sentence("it was declared to have no season"), numbers=numbers)
    design = result.design
    years = Quantity((design.change - design.times[0]) / (design.season or 12), "number")
    said = Sentence("{years} years lie before the change", {"years": years})
    if not found.passed:
        said = Sentence("less than two years lie before the change, so season and change cannot be told apart")
    return Check(name, found.passed, said, numbers=numbers)


def _untouched(effect: PlanEffect, details: Interrupted) -> Iterator[Check]:
    """Did an outcome that the change should not touch move too?"""
    other = details.other
    if other is None:
        return
    name = Sentence("What it should not touch did not move")
    label = effect.definition.untouched_label or "the untouched outcome"
    if other.reason is not None:
        yield Check(name, None, Sentence("it does not apply: {why}", {"why": other.reason}))
        return
    moved = [other.estimate, other.low, other.high]
    unit = effect.definition.unit_of_level
    if details.log:
        moved, unit = [math.expm1(v) for v in moved], "relative"
    passed = other.p_value >= checks.ALARM
    values = {"label": label, "moved": Quantity(moved[0], unit, moved[1], moved[2]), "p": p_said(other.p_value)}
    said = Sentence("{label} changed by {moved} ({moved:range}), which may be nothing", values)
    if not passed:
        said = Sentence("{label} changed, too: by {moved} ({moved:range})", values)
    means = {"before": float(np.nanmean(details.panel.series(True, other=True)[~details.panel.after])),
             "after": float(np.nanmean(details.panel.series(True, other=True)[details.panel.after]))}  # fmt: skip
    yield Check(name, passed, said, takes_verdict=False, numbers={
        "estimate": moved[0], "low": moved[1], "high": moved[2], "p_value": other.p_value, **means,
        "false_alarm_rate": FALSE_ALARM_RATES["untouched outcome"]})  # fmt: skip


def _volume(details: Interrupted) -> Iterator[Check]:
    """Does as much count after the change as before? A jump hints at another way of recording."""
    volume = details.volume
    if volume is None or volume.reason is not None:
        return
    moved = math.expm1(volume.estimate)
    passed = volume.p_value >= checks.ALARM or abs(moved) < VOLUME_MOVE
    said = Sentence("the number of rows a period changed by {moved}", {"moved": Quantity(moved, "relative")})
    yield Check(Sentence("As much is recorded as before"), passed, said, numbers={
        "moved": moved, "p_value": volume.p_value, "limit": VOLUME_MOVE,
        "false_alarm_rate": FALSE_ALARM_RATES["untouched outcome"]})  # fmt: skip
