"""A statistic's check as a check of the page: its words, its number and its own false-alarm rate."""

from __future__ import annotations

import math
from collections.abc import Mapping

from toolkit.findings import Check
from toolkit.language import Quantity, Sentence
from toolkit.stats.control_checks import ControlCheck
from toolkit.stats.series_checks import SeriesCheck

SMALLEST_SAID = 0.001
BEYOND_DOUBT = 0.001
"""A check that fails this clearly is no false alarm: it takes the verdict away."""


def check_of(
    name: Sentence,
    found: ControlCheck | SeriesCheck,
    said: Mapping[bool, Sentence],
    decisive: bool = False,
    numbers: Mapping[str, float] | None = None,
) -> Check:
    """The check in the page's words.

    Parameters
    ----------
    said
        What was seen, by whether it holds; where it does not apply, the reason is said.
    decisive
        Failing beyond doubt, it takes the verdict away.
    """
    numbers = {"number": found.number, "limit": found.limit, "false_alarm_rate": found.false_alarm_rate, **(numbers or {})}
    if found.passed is None:
        return Check(name, None, Sentence("it does not apply: {why}", {"why": found.detail}), numbers=numbers)
    takes = decisive and not found.passed and found.number < BEYOND_DOUBT
    return Check(name, found.passed, detail_of(said[found.passed], found), takes_verdict=takes, numbers=numbers)


def detail_of(said: Sentence, found: ControlCheck | SeriesCheck) -> Sentence:
    """What was seen, with the number and how often it would alarm for nothing."""
    rate = Quantity(found.false_alarm_rate, "probability")
    values = {"said": said, "rate": rate}
    if not found.false_alarm_rate or math.isnan(found.number):
        return Sentence("{said}", values)
    return Sentence("{said} (fails for nothing in {rate} of cases)", values)


def p_said(p_value: float) -> Quantity | Sentence:
    """A p-value as people read it."""
    if p_value < SMALLEST_SAID:
        return Sentence("below {smallest}", {"smallest": Quantity(SMALLEST_SAID, "number")})
    return Quantity(round(p_value, 3), "number")


def fake_date_check(found: ControlCheck | SeriesCheck, size: float, effect: float, unit: str) -> Check:
    """Is something found on dates when nothing happened? It takes the verdict where it is as large.

    Parameters
    ----------
    size
        The largest effect found at such a date, from the periods before the change alone; nan
        where none stands out.
    """
    values = {"p": p_said(found.number) if math.isfinite(found.number) else Quantity(math.nan), "size": Quantity(size, unit)}
    failed = Sentence("on a date before the change something like an effect is found, too (p {p})", values)
    if math.isfinite(size):
        failed = Sentence("on a date before the change an effect of {size} is found, too (p {p})", values)
    return check_of(
        Sentence("Nothing is found on dates when nothing happened"), found,
        {True: Sentence("on dates before the change the same method finds nothing (p {p})", values), False: failed},
        decisive=math.isfinite(size) and abs(size) >= abs(effect), numbers={"largest": size},
    )  # fmt: skip
