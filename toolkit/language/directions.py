"""Which way a text runs, and the marks that keep names and numbers in their place inside it.

Unicode Standard Annex 9 (bidirectional algorithm): an isolate keeps what it holds from turning its
surroundings, and a left-to-right mark keeps a sign in front of its number.
"""

from __future__ import annotations

import re
import unicodedata

RIGHT_TO_LEFT = ("he", "ar", "fa", "ur")

LRM = "\u200e"
FSI, RLI, PDI = "\u2068", "\u2067", "\u2069"

_OURS = frozenset({LRM, FSI, RLI, PDI})
_ACTING = ("Cc", "Cf", "Cs", "Zl", "Zp")
_READ = "\n\t\u200d"
_PLAIN = re.compile(r"[\n\t -~\u00a0-\u00ac\u00ae-\u02ff\u2010-\u2027]*")
"""Texts in which no character acts, as nearly all are: told at once."""


def runs_left(language: str) -> bool:
    """Whether `language` is written from right to left."""
    return language in RIGHT_TO_LEFT


def clean(text: str, ours: bool = False) -> str:
    """`text` without characters that act instead of being read: controls and direction marks.

    Parameters
    ----------
    text
        Somebody's words, or a sentence that holds them.
    ours
        The text is a sentence of ours, whose own direction marks stay.
    """
    if _PLAIN.fullmatch(text):
        return text
    return "".join(
        c
        if (unicodedata.category(c) not in _ACTING and not _is_none(c)) or c in _READ or (ours and c in _OURS)
        else "\ufffd"
        for c in text
    )


def _is_none(c: str) -> bool:
    """A code that is no character and never will be: XML has no place for it, and a drawing would end there."""
    return ord(c) & 0xFFFE == 0xFFFE or 0xFDD0 <= ord(c) <= 0xFDEF


def isolate(text: str, language: str) -> str:
    """Somebody's words, kept from turning a right-to-left sentence around them."""
    return f"{FSI}{text}{PDI}" if text and runs_left(language) else text


def whole_line(text: str, language: str) -> str:
    """A line by itself that shall run as `language` does wherever it is drawn."""
    return f"{RLI}{text}{PDI}" if text and runs_left(language) else text
