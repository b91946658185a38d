"""What does a still picture not need? A page carries two of every chart, and is mailed.

A drawing library writes pictures for programs that go on working with them. What is left out here cannot
be seen: parts for scripts and for readers' aids (the picture's words stand beside it), groups around
nothing, shapes without colour, digits beyond a twentieth of a pixel. Disks, of which there are hundreds,
are written as disks.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from xml.etree import ElementTree
from xml.etree.ElementTree import Element

_SVG = "http://www.w3.org/2000/svg"
_UNREAD = {"class", "role", "pointer-events"}
_PLACES = {"d", "transform", "x", "y", "x1", "x2", "y1", "y2"}
_PAINTED = ("fill", "stroke", "stroke-width")
_NOTHING = ("", "M0,0h0v0h0Z")
_STAY = "translate(0,0)"
_LONG = re.compile(r"-?\d+\.\d{2,}")
_NUMBER = r"(-?\d*\.?\d+)"
_MOVE = re.compile(rf"translate\({_NUMBER},{_NUMBER}\)")
_DISK = re.compile(rf"M{_NUMBER},0A\1,\1,0,1,1,-\1,0A\1,\1,0,1,1,\1,0Z?")
"""Two half circles around the origin."""


def slim(svg: str) -> str:
    """The picture in fewer bytes: nothing that can be seen is other than it was."""
    ElementTree.register_namespace("", _SVG)
    root = ElementTree.fromstring(svg)
    fonts = {e.get("font-family") for e in root.iter(f"{{{_SVG}}}text")}
    if len(fonts) == 1:
        for element in root.iter():
            element.attrib.pop("font-family", None)
    _slim(root, {"fill": "#000", "stroke": "none", "stroke-width": "1"}, is_root=True)
    if len(fonts) == 1 and None not in fonts:
        root.set("font-family", fonts.pop())
    return ElementTree.tostring(root, encoding="unicode")


def _slim(element: Element, given: Mapping[str, str], *, is_root: bool = False) -> None:
    """`element` and all within it; `given` is how it is painted where it does not say."""
    held = element.attrib
    if not is_root:
        for name in [n for n in held if n in _UNREAD or n.startswith("aria-")]:
            del held[name]
    if held.get("opacity") == "1":
        del held["opacity"]
    for name in _PLACES & held.keys():
        held[name] = _LONG.sub(_shorter, held[name])
    if held.get("transform") == _STAY:
        del held["transform"]
    for name in _PAINTED:
        if held.get(name) == given[name]:
            del held[name]
    painted = {name: held.get(name, given[name]) for name in _PAINTED}
    if painted["stroke"] == "none" and not len(element):
        held.pop("stroke-width", None)
    if element.tag == f"{{{_SVG}}}path":
        _as_disk(element)
    for child in element:
        _slim(child, painted)
    element[:] = [kept for child in element for kept in _kept(child, painted)]


def _kept(child: Element, given: Mapping[str, str]) -> Iterator[Element]:
    """What remains of a part: itself, what it holds where it is an idle group, or nothing."""
    if child.tag == f"{{{_SVG}}}g" and not (child.text or "").strip() and not (child.tail or "").strip():
        if not len(child):
            return
        if not child.attrib:
            yield from child
            return
    if child.tag == f"{{{_SVG}}}path":
        unpainted = all(child.get(name, given[name]) == "none" for name in ("fill", "stroke"))
        if (unpainted or child.get("d") in _NOTHING) and not (child.tail or "").strip():
            return
    yield child


def _as_disk(element: Element) -> None:
    """A path around a point as a circle there."""
    disk, move = _DISK.fullmatch(element.get("d", "")), _MOVE.fullmatch(element.get("transform", _STAY))
    if disk is None or move is None or disk[1].startswith("-"):
        return
    element.tag = f"{{{_SVG}}}circle"
    del element.attrib["d"]
    element.attrib.pop("transform", None)
    for name, value in (("cx", move[1]), ("cy", move[2]), ("r", disk[1])):
        element.set(name, value)


def _shorter(match: re.Match) -> str:
    text = f"{float(match[0]):.1f}".removesuffix(".0")
    return "0" if text == "-0" else text
