"""A slim picture looks as the drawing library's own: both are painted by another program and compared."""

from __future__ import annotations

import re
import struct
import zlib

import numpy as np
import pytest
import vl_convert

from toolkit.display.slimming import slim

_HEAD = '<svg xmlns="http://www.w3.org/2000/svg" width="80" height="60" viewBox="0 0 80 60">'


def painted(svg: str) -> np.ndarray:
    """The pixels (height, width, 4) of a picture, as resvg paints it."""
    png = vl_convert.svg_to_png(svg)
    at, packed, size = 8, b"", (0, 0)
    while at < len(png):
        length, kind = struct.unpack(">I4s", png[at : at + 8])
        part = png[at + 8 : at + 8 + length]
        size = struct.unpack(">II", part[:8]) if kind == b"IHDR" else size
        packed += part if kind == b"IDAT" else b""
        at += 12 + length
    width, height = size
    rows = np.frombuffer(zlib.decompress(packed), np.uint8).reshape(height, 1 + 4 * width)
    out = np.zeros((height + 1, 4 + 4 * width), np.uint8)
    for y, row in enumerate(rows):
        how, line, above = row[0], row[1:], out[y]
        for x, byte in enumerate(line):
            left, up, corner = int(out[y + 1, x]), int(above[x + 4]), int(above[x])
            guess = (0, left, up, (left + up) // 2, _nearest(left, up, corner))[how]
            out[y + 1, x + 4] = (int(byte) + guess) % 256
    return out[1:, 4:].reshape(height, width, 4)


def _nearest(left: int, up: int, corner: int) -> int:
    """Paeth's filter (ISO/IEC 15948, 9.4)."""
    p = left + up - corner
    return min((abs(p - left), 0, left), (abs(p - up), 1, up), (abs(p - corner), 2, corner))[2]


def apart(a: np.ndarray, b: np.ndarray) -> float:
    """How much of the ink of a picture stands elsewhere in the other."""
    ink = np.abs(a.astype(int) - a[0, 0].astype(int)).sum()
    return float(np.abs(a.astype(int) - b.astype(int)).sum() / ink)


def spec(mark: dict, **encoding: dict) -> dict:
    rows = [{"x": i, "y": (i * 7) % 5, "z": "ab"[i % 2]} for i in range(9)]
    places = {"x": {"field": "x", "type": "quantitative"}, "y": {"field": "y", "type": "quantitative"}}
    return {"data": {"values": rows}, "mark": mark, "encoding": {**places, **encoding}, "width": 90, "height": 60}


CHARTS = {
    "disks": spec({"type": "point", "filled": True, "size": 60}, color={"field": "z", "type": "nominal"}),
    "rings": spec({"type": "point", "size": 60, "strokeWidth": 2}, shape={"field": "z", "type": "nominal"}),
    "line": spec({"type": "line", "point": True, "strokeDash": [4, 2]}),
    "area": spec({"type": "area", "opacity": 0.4, "line": True}),
    "bars": spec({"type": "bar"}, color={"value": "#1b6ca8"}),
    "words": spec({"type": "text", "fontSize": 14}, text={"field": "z"}),
}


@pytest.mark.parametrize("name", CHARTS)
def test_a_slim_picture_looks_the_same(name):
    raw = vl_convert.vegalite_to_svg(CHARTS[name], vl_version="6.4", allowed_base_urls=[])
    thin = slim(raw)
    assert len(thin) < 0.7 * len(raw)
    assert apart(painted(raw), painted(thin)) < 0.05
    lacking = re.sub(r"<(circle|path|text)\b[^>]*(/>|>.*?</\1>)(?!.*<\1\b)", "", thin, count=1, flags=re.DOTALL)
    assert lacking != thin and apart(painted(raw), painted(lacking)) > apart(painted(raw), painted(thin))


def test_what_is_painted_by_what_stands_around_it_keeps_its_colour():
    svg = (
        f'{_HEAD}<g fill="none"><g fill="#cc0000" stroke="#0000cc" stroke-width="4"><rect x="5" y="5" width="20" height="20" />'
        '<path fill="none" d="M40,10L70,50" /><path stroke="none" d="M5,40h20v15h-20Z" /></g><path d="M0,0h80v60h-80Z" /></g></svg>'
    )
    assert apart(painted(svg), painted(slim(svg))) == 0
    assert "h80v60" not in slim(svg)  # nobody sees it


def test_words_between_parts_and_groups_that_move_stay():
    svg = f'{_HEAD}<g><g transform="translate(10,20)"><text>a <tspan>b</tspan> c</text></g><g></g></g></svg>'
    assert re.sub(r"\s+", " ", slim(svg)).endswith('<g transform="translate(10,20)"><text>a <tspan>b</tspan> c</text></g></svg>')
