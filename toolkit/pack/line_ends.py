"""Where must a line of a page not end? Between a number and its unit's sign, and within an interval."""

from __future__ import annotations

import re

_NO_BREAK = "\u00a0"
_INTERVAL = re.compile(r"(?:(?<=\()|(?<=, ))[\u200e−\d.,]+ \w{1,4} [\u200e−\d.,]+(?=\))")
_SIGN = re.compile(r"(?<=\d) (?=%|[A-Z]{3}\b)")


def together(text: str) -> str:
    """`text`, or HTML, with spaces that hold their line: ``3.1 %``, ``12 EUR``, ``(0.5 to 1.2)``."""
    bound = _INTERVAL.sub(lambda found: found[0].replace(" ", _NO_BREAK), text)
    return _SIGN.sub(_NO_BREAK, bound)
