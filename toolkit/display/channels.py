"""What every panel says in the same way: names as data, one unit, one colour a meaning."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.display.theme import MUTED, tone_scale
from toolkit.display.words import Words, label
from toolkit.language import Quantity, Sentence

COLOUR = {"field": "tone", "type": "nominal", "scale": tone_scale(), "legend": None}
TEXT = {"field": "label", "type": "nominal"}
TOLD = {"field": "told", "type": "nominal"}


def said(value: str | Sentence) -> Words:
    """A label as one line of text, shortened where somebody wrote a novel."""
    return label(value)


def one_unit(quantities: Sequence[Quantity]) -> str:
    """The unit that all share; a panel has one axis and so one unit."""
    units = sorted({q.unit for q in quantities})
    if len(units) != 1:
        raise ValueError(f"a panel shows one unit; got {', '.join(units) or 'nothing to show'}")
    return units[0]


def heading(title: str | Sentence | None, unit: str, per: str | None = None) -> dict:
    """A panel's title with its unit under it."""
    subtitle = Words(Sentence("{unit:unit}", {"unit": Quantity(0.0, unit, per=per)}))
    if title is None:
        return (
            {"title": {"text": subtitle, "fontSize": 12, "fontWeight": "normal", "color": MUTED[0]}}
            if subtitle
            else {}
        )
    return {"title": {"text": label(title), **({"subtitle": subtitle} if subtitle else {})}}


def values(rows: list[dict]) -> dict:
    return {"values": rows}
