"""Rows as charts of money take them: what was found, ready to be drawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toolkit.language import Quantity, Sentence


@dataclass(frozen=True)
class SpentRow:
    """A part of the budget in one measure: planned in all, spent so far, expected at the end."""

    panel: Sentence
    label: str
    planned: Quantity
    spent: Quantity
    expected: Quantity


@dataclass(frozen=True)
class FlowRow:
    """Money of one stretch of time, and the balance at its end; `seen` is False for what is to come."""

    day: date
    label: str
    flow: Quantity
    balance: Quantity
    seen: bool


@dataclass(frozen=True)
class SwingRow:
    """What one assumption does to the outcome: at its lower and its upper end."""

    label: Sentence
    at_low: Quantity
    at_high: Quantity
    low: Quantity
    high: Quantity


@dataclass(frozen=True)
class BinRow:
    """Share of scenarios with an outcome from `low` to `high`."""

    low: float
    high: float
    share: float


