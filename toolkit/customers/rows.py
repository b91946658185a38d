"""Rows that results offer to charts: names and numbers, nothing drawn."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.language import Quantity, Sentence


@dataclass(frozen=True)
class Row:
    """One thing with its number; `tone` is ``us``, ``better``, ``worse``, ``level`` or ``past``."""

    label: str | Sentence
    quantity: Quantity
    tone: str = "us"


@dataclass(frozen=True)
class Cell:
    """A number at a row and a column."""

    row: str | Sentence
    column: str | Sentence
    quantity: Quantity
    tone: str = "level"
