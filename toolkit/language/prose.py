"""The prose of a notebook, in pieces that are translated one by one.

A piece is a heading, a paragraph or an item of a list; what stands around it (marks of headings and
lists, code, tables) is the same in every language.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from toolkit.language.catalogues import text_of

_MARK = re.compile(r"(\s*(?:#{1,6}|[-*+]|\d+[.)])\s+)(.*)")


def pieces(markdown: str) -> Iterator[str]:
    """Every piece, its lines joined, in order."""
    found: list[str] = []

    def keep(piece: str) -> str:
        found.append(piece)
        return piece

    _over(markdown, keep)
    yield from found


def prose_in(markdown: str, language: str) -> str:
    """`markdown` with every piece in `language` that its catalogue knows."""
    if language == "en":
        return markdown
    return _over(markdown, lambda piece: text_of(piece, language))


def _over(markdown: str, say: Callable[[str], str]) -> str:
    out: list[str] = []
    lines: list[str] = []
    mark = ""
    fenced = False

    def end() -> None:
        nonlocal mark
        if lines:
            out.append(mark + say(" ".join(line.strip() for line in lines)))
        lines.clear()
        mark = ""

    for line in markdown.splitlines():
        fence = line.lstrip().startswith("```")
        if fence or fenced or not line.strip() or line.lstrip().startswith("|"):
            end()
            out.append(line)
            fenced ^= fence
            continue
        marked = _MARK.fullmatch(line)
        if marked:
            end()
            mark = marked[1]
            lines.append(marked[2])
            if mark.lstrip().startswith("#"):
                end()
        else:
            lines.append(line)
    end()
    return "\n".join(out)
