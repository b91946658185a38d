"""A number that says what it is: value, interval and unit together."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toolkit.language.sentences import Sentence

SHARES = ("percent", "points", "relative")
"""Units whose values are held as fractions and shown times 100."""

TIMES = ("hours", "days", "minutes", "weeks")


@dataclass(frozen=True)
class Quantity:
    """A number for people.

    Attributes
    ----------
    value
        Full precision; nan is "no data".
    unit
        ``percent`` (a share), ``points`` (a difference of shares, in percentage points),
        ``relative`` (a change as a share of something), ``count``, ``number``, ``score``,
        ``hours``, ``days``, ``minutes``, ``weeks``, ``probability`` or a currency code.
    low, high
        Ends of its interval where it is an estimate.
    reason
        Why there is no value, where it is nan: text of ours, or a `Sentence` where something is put in.
    per
        What one of the unit is counted against ("customer"), where it is not plain.
    """

    value: float
    unit: str = "number"
    low: float | None = None
    high: float | None = None
    reason: str | Sentence | None = None
    per: str | None = None

    def __post_init__(self) -> None:
        if (self.low is None) != (self.high is None):
            raise ValueError("an interval has two ends: give both 'low' and 'high'")
        if self.low is not None and self.low > self.high:
            raise ValueError(f"an interval's ends are in order; got {self.low} to {self.high}")

    @property
    def known(self) -> bool:
        """Whether there is a number at all."""
        return not math.isnan(self.value)

    def to_json(self) -> dict:
        """Plain values, full precision; nan and infinity as null and as words."""
        out = {"value": plain(self.value), "unit": self.unit}
        if self.low is not None:
            out |= {"low": plain(self.low), "high": plain(self.high)}
        if self.reason:
            out["reason"] = self.reason if isinstance(self.reason, str) else self.reason.to_json()
        if self.per:
            out["per"] = self.per
        return out

    @classmethod
    def from_json(cls, data: dict) -> Quantity:
        """The inverse of `to_json`."""
        number = {k: unplain(data[k]) for k in ("value", "low", "high") if k in data}
        words = {k: data[k] for k in ("unit", "reason", "per") if k in data}
        if isinstance(words.get("reason"), dict):
            from toolkit.language.sentences import Sentence  # sentences hold quantities, and these a sentence

            words["reason"] = Sentence.from_json(words["reason"])
        return cls(**number, **words)


def plain(number: float | int | None) -> float | int | str | None:
    """A number that JSON can hold: nan is null, infinities are the words ``inf`` and ``-inf``."""
    if number is None or (isinstance(number, float) and math.isnan(number)):
        return None
    if isinstance(number, bool | int):
        return number
    number = float(number)
    return number if math.isfinite(number) else ("inf" if number > 0 else "-inf")


def unplain(number: float | int | str | None) -> float:
    """The inverse of `plain`."""
    return math.nan if number is None else float(number)


def effect_unit(kpi_format: str, currency: str) -> str:
    """The unit of a difference between two values of a KPI."""
    return {"percent": "points", "money": currency}.get(kpi_format, kpi_format)


def level_unit(kpi_format: str, currency: str) -> str:
    """The unit of a KPI's own value."""
    return {"money": currency}.get(kpi_format, kpi_format)
