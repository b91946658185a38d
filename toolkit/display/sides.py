"""A chart for a page that is read from right to left: time and values run leftwards, sides change.

Texts keep their own direction; what changes is where they stand.
"""

from __future__ import annotations

_OTHER = {"left": "right", "right": "left", "start": "end", "end": "start"}
_ENDS = {0: "width", "width": 0}


def mirrored(spec: dict) -> dict:
    """`spec` with its left and right exchanged; `spec` itself stays as it is."""
    out = _view(spec)
    if "concat" in spec:
        out["concat"] = [_view(view) for view in spec["concat"]]
    config = out["config"]
    title = {**config["title"], "anchor": _OTHER.get(config["title"].get("anchor", "start"), "end")}
    return {**out, "config": {**config, "title": title}}


def _view(view: dict) -> dict:
    out = dict(view)
    if "layer" in view:
        out["layer"] = [_view(layer) for layer in view["layer"]]
    encoding = dict(view.get("encoding", {}))
    mark = _mark(view["mark"]) if "mark" in view else None
    for name in ("x", "x2"):
        if name in encoding:
            encoding[name], aside = _across(encoding[name], name)
            if aside and mark is not None:
                mark["dx" if mark.get("type") == "text" else "xOffset"] = (
                    mark.get("dx" if mark.get("type") == "text" else "xOffset", 0) - aside
                )
    if "y" in encoding and encoding["y"].get("axis"):
        encoding["y"] = {**encoding["y"], "axis": {**encoding["y"]["axis"], "orient": "right"}}
    if encoding:
        out["encoding"] = encoding
    if mark is not None:
        out["mark"] = mark
    return out


def _mark(mark: dict | str) -> dict:
    out = dict(mark) if isinstance(mark, dict) else {"type": mark}
    if out.get("align") in _OTHER:
        out["align"] = _OTHER[out["align"]]
    for name in ("dx", "xOffset"):
        if name in out:
            out[name] = -out[name]
    return out


def _across(channel: dict, name: str) -> tuple[dict, float]:
    """The channel from the other side, and how many pixels it stands off that side."""
    if "value" in channel:
        value = channel["value"]
        return ({"value": _ENDS[value]}, 0) if value in _ENDS else ({"value": "width"}, value)
    if name == "x2" or "field" not in channel:
        return channel, 0
    return {**channel, "scale": {**channel.get("scale", {}), "reverse": True}}, 0
