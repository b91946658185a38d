"""A chart as a still picture: SVG that needs no script and follows light and dark by itself."""

from __future__ import annotations

import base64
from functools import lru_cache

from toolkit.display.theme import swapped_for_dark

VEGA_LITE = "6.4"


def drawn(spec: dict) -> str:
    """`spec` as SVG; no data is fetched, whatever the specification says."""
    import vl_convert  # its V8 engine must not be running when a process forks, so not before it is used

    svg = vl_convert.vegalite_to_svg(spec, vl_version=VEGA_LITE, allowed_base_urls=[])
    style = f"<style>@media (prefers-color-scheme:dark){{{swapped_for_dark()}}}</style>"
    end = svg.index(">", svg.index("<svg")) + 1
    return svg[:end] + style + svg[end:]


def as_address(svg: str) -> str:
    """An SVG as the address of an ``<img>``."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


@lru_cache(maxsize=1)
def script() -> str:
    """Vega, Vega-Lite and vega-embed as one script without imports."""
    import vl_convert

    return vl_convert.javascript_bundle(vl_version=VEGA_LITE)
