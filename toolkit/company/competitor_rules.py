"""What holds of a comparison with competitors, however it is declared: in a params file or in code.

Each rule yields a sentence for everything that is wrong.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Literal

ScoreKind = Literal["index", "net_score", "top_two", "effort"]
MOST_ATTRIBUTES = 16


def scale_faults(low: float, high: float) -> Iterator[str]:
    """A scale goes up."""
    if not low < high:
        yield "'low' must be smaller than 'high': they are the scale's ends"


def score_faults(kind: str, low: float, high: float) -> Iterator[str]:
    """A scale goes up, and a net score has its own."""
    yield from scale_faults(low, high)
    if kind == "net_score" and (low, high) != (0, 10):
        yield "a 'net_score' is of answers from 0 to 10"


def weighting_faults(
    mix: Collection[str], margins: Mapping[str, Mapping[str, float]], heaviest: float | None
) -> Iterator[str]:
    """Margins are shares; a column is given known shares or the mix of all answers, never both."""
    for column, shares in margins.items():
        if any(not v >= 0 for v in shares.values()) or not sum(shares.values()) > 0:
            yield f"'margins' of '{column}' must be shares that are not negative"
    if heaviest is not None and not margins:
        yield "'heaviest' belongs to 'margins'"
    for column in mix:
        if column in margins:
            yield (
                f"'{column}' stands under 'mix' and under 'margins': a column is given the mix of all "
                "answers, or known shares; leave it under one of them"
            )


def attribute_faults(attributes: Collection) -> Iterator[str]:
    """Every set of attributes is looked at, so they are not many."""
    if len(attributes) > MOST_ATTRIBUTES:
        yield f"'attributes' are {MOST_ATTRIBUTES} at most"


def practice_faults(
    columns: Collection[str], practice: str | None, value: str | None, latest: str | None, satisfaction: str | None
) -> Iterator[str]:
    """A table of practices is long or wide."""
    if bool(columns) == bool(practice):
        yield "give 'practice' and 'value', or 'columns', one of them"
    if practice and not value:
        yield "'practice' needs 'value'"
    if (latest or satisfaction) and not columns:
        yield "'latest' and 'satisfaction' belong to 'columns'"


def comparison_faults(given: Collection[object | None], show_from: float, rank_from: float) -> Iterator[str]:
    """There is something to compare, and what is ranked is shown."""
    if all(part is None for part in given):
        yield "nothing to compare: give 'answers', 'published' or 'practices'"
    if rank_from < show_from:
        yield "'rank_from' must not be smaller than 'show_from'"
