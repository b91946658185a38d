"""Should an effect found by comparison with others be believed?"""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np

from toolkit.findings import Check
from toolkit.language import Quantity, Sentence
from toolkit.plan_changes.doubts import BEYOND_DOUBT, check_of, fake_date_check, p_said
from toolkit.plan_changes.effects import PlanEffect
from toolkit.plan_changes.with_control import Compared, two_waves
from toolkit.plan_changes.with_donors import Mixed
from toolkit.stats import control_checks as checks
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.differences import before_and_after, difference_in_differences
from toolkit.stats.donor_checks import LARGEST_ERROR, fake_dates, fit_before
from toolkit.stats.event_study import breakdown, pre_trend
from toolkit.stats.limits import p_from_statistic
from toolkit.stats.synthetic_did import leave_one_donor_out_did

LARGEST_LOSS = 0.5
VOLUME_MOVE = 0.2
"""A change in what is recorded, of less than this share, is left alone even where it is certain."""
DONOR_ALARMS = {"placebos": 0.48, "one donor": 0.03, "dates": 0.055, "fit": 0.06}
"""How often a check of a synthetic comparison fails where an effect is there that is found in 80 % of
cases, and nothing else: the largest rate over 16 and 31 units, autocorrelation 0 and .6 (give or take 1; placebos 2.5), by
``python benchmarks/calibrate_donors_and_waves.py``. Placebos fail where the effect is not found."""


def comparison_checks(effect: PlanEffect) -> Iterator[Check]:
    """Every check that a comparison with untouched rows allows."""
    details = effect.fit.details
    if isinstance(details, Compared):
        yield from _parallel(effect, details)
        yield from _fake(effect, details)
        yield from _early(effect, details)
        yield from _untouched(effect, details)
        yield from _single(details)
        for segment, (counts, values) in effect.mixes.items():
            yield _mix(effect, counts, values, segment)
        yield from _volume(details)
        yield _seen(effect)
    elif isinstance(details, Mixed):
        yield from _donors(effect, details)
    else:
        yield from _leads(effect)


def _parallel(effect: PlanEffect, c: Compared) -> Iterator[Check]:
    name = Sentence("Both moved alike before")
    if c.study is None:
        yield Check(name, None, Sentence("it does not apply: there are no periods to see it in"))
        return
    found = checks.parallel_before(c.study)
    try:
        drift = pre_trend(c.study)
    except CannotBeEstimated as error:
        yield Check(name, None, Sentence("it does not apply: {why}", {"why": str(error)}))
        return
    unit = effect.unit
    values = {
        "p": p_said(found.number), "explains": Quantity(drift.explains, unit),
        "slope": Quantity(drift.slope, unit, drift.low, drift.high), "period": effect.definition.grain,
    }  # fmt: skip
    ruled = (
        Sentence("a drift of {explains} a {period} would explain the effect, and is ruled out", values) if drift.ruled_out
        else Sentence("a drift of {explains} a {period} would explain the effect, and cannot be ruled out", values)
    )  # fmt: skip
    values = {**values, "ruled": ruled}
    check = check_of(name, found, {
        True: Sentence("no difference before the change (p {p}); {ruled}", values),
        False: Sentence("they moved apart before the change (p {p}): {slope} a {period}; {ruled}", values),
    })  # fmt: skip
    numbers = {**check.numbers, "slope": drift.slope, "slope_low": drift.low, "slope_high": drift.high,
               "slope_that_explains": drift.explains, "slope_detectable": drift.detectable}  # fmt: skip
    try:
        numbers["breakdown"] = breakdown(c.study).with_error
    except CannotBeEstimated:
        numbers["breakdown"] = math.nan
    takes = found.passed is False and found.number < 0.001 and not drift.ruled_out
    yield Check(name, check.passed, check.detail, takes, numbers)


def _fake(effect: PlanEffect, c: Compared) -> Iterator[Check]:
    found = checks.fake_dates(c.outcome, c.panel.treated, c.panel.change, clusters=_codes(c))
    yield fake_date_check(found, _largest_before(c), effect.fit.estimate, effect.unit)


def _largest_before(c: Compared) -> float:
    """The largest effect that stands out at a date before the change; nan where none does."""
    change = c.panel.change
    places = np.unique(np.linspace(2, change - 2, checks.FAKE_DATES).round().astype(int))
    sizes = []
    for place in places[(places >= 2) & (places <= change - 2)]:
        waves = before_and_after(c.outcome[:, :change], np.arange(change) >= place)
        try:
            found = difference_in_differences(
                *waves, c.panel.treated, clusters=_codes(c), level=1 - checks.ALARM / checks.FAKE_DATES)
        except CannotBeEstimated:
            continue
        if not found.low <= 0 <= found.high:
            sizes.append(found.effect)
    return max(sizes, key=abs, default=math.nan)


def _early(effect: PlanEffect, c: Compared) -> Iterator[Check]:
    """Did those touched react between the announcement and the change?"""
    if c.study is None:
        return
    d = effect.definition
    periods = 1
    if d.announced and d.announced < d.effective:
        periods = max(1, sum(p.start >= d.announced for p in c.panel.periods[: c.panel.change]))
    found = checks.anticipation(c.study, periods)
    values = {"n": periods, "period": f"{d.grain}s" if periods > 1 else d.grain,
              "p": p_said(found.number) if math.isfinite(found.number) else Quantity(math.nan)}  # fmt: skip
    yield check_of(Sentence("Nobody reacted before it began"), found, {
        True: Sentence("in the last {n} {period} before the change nothing moved (p {p})", values),
        False: Sentence("those touched moved in the last {n} {period} before the change already (p {p})", values),
    })  # fmt: skip


def _untouched(effect: PlanEffect, c: Compared) -> Iterator[Check]:
    if c.panel.other_num is None:
        return
    name = Sentence("What it should not touch did not move")
    try:
        placebo = two_waves(c.panel, other=True, level=effect.definition.level)[2]
    except (CannotBeEstimated, ValueError) as error:
        yield Check(name, None, Sentence("it does not apply: {why}", {"why": str(error)}))
        return
    found = checks.untouched_outcome(placebo)
    values = {"label": effect.definition.untouched_label or "the untouched outcome", "p": p_said(placebo.p_value)}
    yield check_of(name, found, {
        True: Sentence("{label} did not move more than chance allows (p {p})", values),
        False: Sentence("{label} moved, too (p {p})", values),
    })  # fmt: skip


def _single(c: Compared) -> Iterator[Check]:
    found = checks.leave_one_cluster_out(c.before, c.after, c.panel.treated, c.difference, clusters=_codes(c))
    yield check_of(Sentence("No single unit decides"), found, {
        True: Sentence("leaving out any one of them changes little"),
        False: Sentence("without one of them most of the effect is gone"),
    })  # fmt: skip


def _codes(c: Compared) -> np.ndarray:
    return np.unique(c.panel.label.astype(str), return_inverse=True)[1]


def _mix(effect: PlanEffect, counts: np.ndarray, values: np.ndarray, segment: str) -> Check:
    """Did the mix of a segment shift differently in the two arms?"""
    found = checks.mix_shift(counts, values, effect.fit.estimate)
    said = {"segment": segment, "share": Quantity(found.number, "relative")}
    return check_of(Sentence("The mix of {segment} did not shift", {"segment": segment}), found, {
        True: Sentence("a shift in its mix explains {share} of the effect", said),
        False: Sentence("a shift in its mix alone explains {share} of the effect", said),
    })  # fmt: skip


def _volume(c: Compared) -> Iterator[Check]:
    """Is as much recorded of those touched as of the others? A jump hints at another way of recording."""
    rows, after, treated = c.panel.rows, c.panel.after, c.panel.treated
    early, late = rows[:, ~after].mean(axis=1), rows[:, after].mean(axis=1)
    grown, growth = np.zeros(len(rows)), {}
    for arm in (True, False):
        own = treated == arm
        # each row's part in the arm's growth, by the delta method
        growth[arm] = late[own].sum() / early[own].sum()
        grown[own] = growth[arm] + (late[own] - growth[arm] * early[own]) / early[own].mean()
    name = Sentence("As much is recorded as before")
    if np.ptp(grown) < 1e-9:  # rounding, no variation
        yield Check(name, True, Sentence("the number of rows of those touched and of the others went together"))
        return
    moved = growth[True] / growth[False] - 1
    try:
        p_value = difference_in_differences(np.zeros(len(rows)), grown, treated, clusters=_codes(c)).p_value
    except CannotBeEstimated:
        p_value = 0.0  # nothing varies within the arms: the difference between them is certain
    said = Sentence("the number of rows of those touched changed by {moved}, the others' change taken off", {
        "moved": Quantity(moved, "relative")})  # fmt: skip
    yield Check(name, bool(p_value >= checks.ALARM or abs(moved) < VOLUME_MOVE), said, numbers={
        "moved": moved, "p_value": p_value, "limit": VOLUME_MOVE,
        "false_alarm_rate": checks.FALSE_ALARM_RATES["untouched outcome"]})  # fmt: skip


def _seen(effect: PlanEffect) -> Check:
    """Were both seen in the same periods?"""
    left = int(effect.fit.numbers["periods_left_out"])
    every = Sentence("those touched and the others were seen in every {period}", {"period": effect.definition.grain})
    said = every if not left else Sentence("{n} {period} are left out, because one of the two was not seen", {
        "n": left, "period": effect.definition.grain if left == 1 else f"{effect.definition.grain}s"})  # fmt: skip
    return Check(Sentence("Both were seen all the time"), True if not left else None, said, numbers={"periods_left_out": left})


def _donors(effect: PlanEffect, m: Mixed) -> Iterator[Check]:
    """Placebos in space and in time, the fit before, and each donor left out."""
    p, n = m.placebos.p_value, len(m.placebos.effects)
    yield Check(
        Sentence("Untouched units show nothing as large"), p <= 0.05 if n >= 19 else None,
        Sentence("{larger} of {n} untouched units show an effect as large where nothing happened", {
            "larger": round(p * (n + 1)) - 1, "n": n}),
        numbers={"p_value": p, "placebos": n, "smallest_p_value": 1 / (n + 1), "limit": 0.05,
                 "false_alarm_rate": DONOR_ALARMS["placebos"]},
    )  # fmt: skip
    without = leave_one_donor_out_did(m.panel, m.found)
    worst = max(without, key=lambda d: abs(without[d] - m.found.effect))
    loss = 1 - without[worst] / m.found.effect if m.found.effect else math.nan
    yield Check(
        Sentence("No single unit decides"), None if math.isnan(loss) else bool(loss <= LARGEST_LOSS),
        Sentence("without {donor} the effect is {effect}", {
            "donor": m.donors[worst], "effect": Quantity(without[worst], effect.unit)}),
        numbers={"lost": loss, "limit": LARGEST_LOSS, "false_alarm_rate": DONOR_ALARMS["one donor"]},
    )  # fmt: skip
    fake = fake_dates(m.panel)
    if fake is not None:
        silent = fake.p_value >= checks.ALARM
        values = {"n": fake.dates, "effect": Quantity(fake.effect, effect.unit), "p": p_said(fake.p_value)}
        said = Sentence("of {n} dates before the change, the same method finds nothing on any (p {p})", values)
        if not silent:
            said = Sentence("of {n} dates before the change, one shows an effect of {effect}, too (p {p})", values)
        yield Check(
            Sentence("Nothing is found on dates when nothing happened"), silent, said,
            takes_verdict=fake.p_value < BEYOND_DOUBT and abs(fake.effect) >= abs(m.found.effect),
            numbers={"largest": fake.effect, "p_value": fake.p_value, "dates": fake.dates, "limit": checks.ALARM,
                     "false_alarm_rate": DONOR_ALARMS["dates"]},
        )  # fmt: skip
    fit = fit_before(m.panel)
    yield Check(
        Sentence("The mix follows the touched unit before the change"), fit.fits if fit.spread else None,
        Sentence("it misses by {error} on average, where the unit itself varied by {spread}", {
            "error": Quantity(fit.error, effect.unit), "spread": Quantity(fit.spread, effect.unit)}),
        numbers={"error_before": fit.error, "spread": fit.spread, "p_value": fit.p_value, "limit": LARGEST_ERROR,
                 "false_alarm_rate": DONOR_ALARMS["fit"]},
    )  # fmt: skip


def _leads(effect: PlanEffect) -> Iterator[Check]:
    """Staggered dates: were the effects before each date nothing?"""
    _, by_event = effect.fit.details
    early = (by_event.at < -1) & np.isfinite(by_event.ses) & (by_event.ses > 0)
    if not early.any():
        yield Check(Sentence("Both moved alike before"), None, Sentence("it does not apply: no period before has a comparison"))
        return
    t = np.abs(by_event.effects[early] / by_event.ses[early])
    p = min(1.0, float(early.sum()) * min(p_from_statistic(float(v), by_event.df) for v in t))
    passed = p >= checks.ALARM
    said = Sentence("no difference before the change (p {p})", {"p": p_said(p)})
    if not passed:
        said = Sentence("they moved apart before the change (p {p})", {"p": p_said(p)})
    yield Check(Sentence("Both moved alike before"), passed, said, numbers={
        "p_value": p, "limit": checks.ALARM, "false_alarm_rate": checks.ALARM})  # fmt: skip
