"""A chart as a still picture: SVG that needs no script and follows light and dark by itself."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol
from xml.sax.saxutils import escape

from toolkit.display.program import VEGA_LITE
from toolkit.display.slimming import slim
from toolkit.display.theme import INK, swapped_for_dark

_HEAD = re.compile(r'(<svg[^>]*? width=")(\d+)(" height=")(\d+)" viewBox="0 0 \d+ \d+"([^>]*>)')
_UNSEEN = ("title", "alt", "words")
"""What stands beside a picture and not in it."""
_TITLE_LINE, _TITLE_GAP = 20, 10


class Pictures(Protocol):
    """Somewhere to keep what was drawn."""

    def picture(self, key: str) -> str | None:
        """What was drawn from `key`."""

    def keep_picture(self, key: str, svg: str) -> None:
        """For the next time."""


class _Unkept:
    """Pictures of one run that nobody wants to keep."""

    def __init__(self) -> None:
        self._held: dict[str, str] = {}

    def picture(self, key: str) -> str | None:
        return self._held.get(key)

    def keep_picture(self, key: str, svg: str) -> None:
        self._held[key] = svg


_KEPT: ContextVar[tuple[Pictures, str] | None] = ContextVar("pictures", default=None)


@contextmanager
def keeping(pictures: Pictures | None, made_by: str) -> Iterator[None]:
    """Inside, nothing is drawn twice.

    Parameters
    ----------
    pictures
        Where they are kept; no longer than inside where None.
    made_by
        Changes with whatever draws.
    """
    token = _KEPT.set((pictures if pictures is not None else _Unkept(), made_by))
    try:
        yield
    finally:
        _KEPT.reset(token)


def drawn(spec: dict) -> str:
    """`spec` as SVG; no data is fetched, whatever the specification says."""
    if (kept := _KEPT.get()) is None:
        return _drawn(spec)
    pictures, made_by = kept
    ours = {k: v for k, v in spec.get("usermeta", {}).get("toolkit", {}).items() if k not in _UNSEEN}
    seen = {**spec, "usermeta": ours}
    key = hashlib.sha256(f"{made_by}\n{json.dumps(seen, sort_keys=True)}".encode()).hexdigest()
    svg = pictures.picture(key)
    if svg is None:
        svg = _drawn(spec)
        pictures.keep_picture(key, svg)
    return svg


def _drawn(spec: dict) -> str:
    import vl_convert  # its V8 engine must not be running when a process forks, so not before it is used

    ours = spec.get("usermeta", {}).get("toolkit", {})
    svg = slim(
        vl_convert.vegalite_to_svg(
            spec,
            vl_version=VEGA_LITE,
            allowed_base_urls=[],
            format_locale=ours.get("numbers"),
            time_format_locale=ours.get("times"),
        )
    )
    style = f"<style>@media (prefers-color-scheme:dark){{{swapped_for_dark(drawn=svg)}}}</style>"
    end = svg.index(">", svg.index("<svg")) + 1
    return svg[:end] + style + svg[end:]


def titled(svg: str, lines: Sequence[str]) -> str:
    """A still picture with a title on top of it, where nothing around it says what it shows."""
    head = _HEAD.match(svg)
    if head is None or not lines:
        return svg
    before, width, between, height, after = head.groups()
    down = _TITLE_LINE * len(lines) + _TITLE_GAP
    size = f'{before}{width}{between}{int(height) + down}" viewBox="0 0 {width} {int(height) + down}"{after}'
    text = "".join(
        f'<text x="2" y="{_TITLE_LINE * (i + 1) - 4}" font-size="15" font-weight="600" fill="{INK[0]}">{escape(line)}</text>'
        for i, line in enumerate(lines)
    )
    inner = svg[head.end():].removesuffix("</svg>")
    return f'{size}{text}<g transform="translate(0,{down})">{inner}</g></svg>'


def as_address(svg: str) -> str:
    """An SVG as the address of an ``<img>``."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()
