"""What a reader of a page reads or hears, piece by piece: text, alternative texts, the words in charts."""

from __future__ import annotations

import base64
import gzip
import json
import re
from html.parser import HTMLParser
from xml.etree import ElementTree

_UNREAD = {"script", "style", "pre", "head"}
_HEARD = ("alt", "aria-label", "data-alt", "data-label", "title")
_APART = {
    "p", "li", "td", "th", "h1", "h2", "h3", "h4", "caption", "summary", "dt", "dd", "figcaption", "div", "section",
    "nav", "title", "ul", "ol", "dl", "table", "tr", "tbody", "thead", "main", "header", "details", "figure",
}  # fmt: skip
_EMPTY = {"meta", "link", "img", "source", "br", "path", "circle", "hr", "input"}
_DRAWN = re.compile(r"data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)")
_PACKED = re.compile(r'<script type="text/plain" id="data-\d+">([^<]+)</script>')
_TOLD = frozenset({"text", "title", "subtitle", "label", "number", "told"})
"""What a chart's specification holds for readers, by the name it stands under."""
_MARKS = re.compile("[\u200e\u200f\u2066-\u2069\u2007\u2008]")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.pieces: list[tuple[str, str]] = []
        self._open: list[str] = []
        self._text: list[str] = []

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        for name in _HEARD:
            self.keep(f"{tag} {name}", given.get(name) or "")
        for drawing in {d for name in ("src", "srcset") for d in _DRAWN.findall(given.get(name) or "")}:
            for text in _words_drawn(base64.b64decode(drawing).decode()):
                self.keep("picture", text)
        if tag in _APART:
            self.end()
        elif tag == "span":
            self._text.append(" ")
        if tag not in _EMPTY:
            self._open.append(tag)

    def handle_endtag(self, tag):
        if tag in _APART:
            self.end()
        while self._open and self._open.pop() != tag:
            pass

    def handle_data(self, data):
        if not _UNREAD & set(self._open) or self._open[-1] == "title":
            self._text.append(data)

    def end(self):
        self.keep(next((t for t in reversed(self._open) if t in _APART), ""), "".join(self._text))
        self._text = []

    def keep(self, where, text):
        text = " ".join(_MARKS.sub("", text).split())
        if text:
            self.pieces.append((where, text))


def pieces_of(html: str) -> list[tuple[str, str]]:
    """Every piece of text as (where it stands, text), in the order of the page."""
    reader = _Reader()
    reader.feed(html)
    reader.end()
    for packed in _PACKED.findall(html):
        for text in _words_told(json.loads(gzip.decompress(base64.b64decode(packed))), ""):
            reader.keep("chart", text)
    return list(dict.fromkeys(reader.pieces))


def _words_drawn(svg: str):
    for element in ElementTree.fromstring(svg).iter():
        # what takes several lines is cut anywhere; its words stand whole in the specification
        if element.tag.endswith("}text") and not len(element):
            yield element.text or ""


def _words_told(value: object, name: str):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _words_told(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from _words_told(inner, name)
    elif isinstance(value, str) and name in _TOLD:
        yield value
