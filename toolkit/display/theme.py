"""One look: colours that colour-blind readers can tell apart, system type, light and dark.

We are one strong colour everywhere; rivals and the past are greys; improvement is blue and concern
orange, which stay apart for protanopes and deuteranopes (Okabe & Ito 2008, "Color universal
design"). Each colour has a partner for dark pages with a contrast of at least 4.5 to 1 for text and
3 to 1 for marks (WCAG 2.2, 1.4.3 and 1.4.11). A chart is drawn once in the light colours; style
sheets swap them, because drawn colours stand in attributes that a style sheet may override.
"""

from __future__ import annotations

FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

PAPER = ("#ffffff", "#14171c")
INK = ("#1c2026", "#e9ebee")
MUTED = ("#58616b", "#a3acb7")
RULE = ("#dde1e6", "#343b45")
AXIS = ("#838c96", "#78828e")

TONES = {
    "us": ("#7b2a66", "#e39ccf"),
    "better": ("#1665ad", "#74b6f4"),
    "worse": ("#a94e07", "#f2a65f"),
    "level": ("#4d5660", "#b4bcc6"),
    "rival": ("#79838d", "#929ca7"),
    "past": ("#8d969f", "#7f8994"),
    "unknown": ("#6c757f", "#9aa3ad"),
}
"""Each tone of `toolkit.drawable.TONES` as (light, dark)."""

DRAWN = (PAPER, INK, MUTED, RULE, AXIS, *TONES.values())
"""Every pair that charts are drawn in; each light colour stands for one meaning only."""

HATCH = "M-1,.5L-.5,1M-1,-.1L.1,1M-1,-.7L.7,1M-.7,-1L1,.7M-.1,-1L1,.1M.5,-1L1,-.5"
"""Slanted strokes as a mark, for what is unknown."""


def config() -> dict:
    """The Vega-Lite configuration that every chart carries."""
    ink, muted, rule, axis = INK[0], MUTED[0], RULE[0], AXIS[0]
    return {
        "background": None,
        "aria": False,  # the page names the drawing as a whole and gives its table
        "font": FONT,
        "padding": {"left": 2, "right": 2, "top": 4, "bottom": 4},
        "view": {"stroke": None},
        "concat": {"spacing": 28},
        "axis": {
            "labelFontSize": 12,
            "labelColor": muted,
            "titleFontSize": 12,
            "titleColor": muted,
            "titleFontWeight": "normal",
            "gridColor": rule,
            "domainColor": axis,
            "tickColor": axis,
            "labelPadding": 5,
            # names of rows are no axis labels here, so that none is long; to look whether one is takes a fifth of drawing
            "labelLimit": 0,
            "titleLimit": 0,
            "tickSize": 4,
        },
        "title": {
            "anchor": "start",
            "frame": "bounds",
            "fontSize": 14,
            "fontWeight": 600,
            "color": ink,
            "offset": 10,
            "subtitleFontSize": 12,
            "subtitleColor": muted,
            "subtitlePadding": 3,
        },
        "text": {"fontSize": 13, "color": ink},
        "rule": {"color": axis},
    }


def tone_scale() -> dict:
    """The colour scale of the field ``tone``."""
    return {"domain": list(TONES), "range": [light for light, _ in TONES.values()]}


def swapped_for_dark(inside: str = "", drawn: str | None = None) -> str:
    """Style rules that turn a drawn chart's colours into their dark partners.

    Parameters
    ----------
    inside
        A selector for what holds the drawing; empty inside the picture itself.
    drawn
        The picture, where rules for its own colours are enough.
    """
    where = f"{inside} " if inside else ""
    return "".join(
        f'{where}[{part}="{light}"]{{{part}:{dark}}}'
        for light, dark in DRAWN for part in ("fill", "stroke") if drawn is None or f'{part}="{light}"' in drawn
    )  # fmt: skip
