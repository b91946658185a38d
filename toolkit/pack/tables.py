"""A table on a page: a row's cells beside each other where there is room, under each other where not.

How wide a table must be is told from its longest words and numbers before it is drawn, so that a page
needs no script to choose: the style sheet stands the rows of a table that is marked ``tall-phone`` under
each other on a phone, and of one that is marked ``tall-paper`` on paper as well. What is still wider
than its place scrolls there, with a shadow at the side where there is more.
"""

from __future__ import annotations

import math
import re

from toolkit.language import Quantity
from toolkit.pack.line_ends import together
from toolkit.pack.strokes import line_of
from toolkit.shown import Cell, Grid, cell_text, written

PHONE, COLUMN, PAPER = 38, 66, 66
"""Letters that stand beside each other on a phone 390 pixels wide, with ease in a page's column, and on A4."""
MANY = 6
"""Columns from which units and intervals may take a second line, as in the style sheet."""
_BETWEEN = 2
"""What parts two columns, in letters."""
_LEAST, _REST = 10, 12
"""Letters that a column of words has at least, unless it holds fewer; that a unit and an interval have in two lines."""

_BLOCKS = "▁▂▃▄▅▆▇█"
_SPARK = re.compile(f"[{_BLOCKS}·]*[{_BLOCKS}][{_BLOCKS}·]+")
"""A series as blocks, as plain text shows it; a dot is a gap."""

_CODE = re.compile("`([^`<>]+)`(?=[^<>]*</p>)")
"""In the note below: what somebody writes in a file."""

_PAD = re.compile("([\u2007\u2008]+)(?=</t[dh]>)")


def on_page(grid: Grid, language: str) -> str:
    """The table as HTML in a box of its own, named after its title and reachable by keyboard."""
    many = len(grid.columns) >= MANY
    whole, broken = letters_of(grid, language, whole=True), letters_of(grid, language)
    wide = (("wide", whole > COLUMN), ("tall-phone", (broken if many else whole) > PHONE), ("tall-paper", broken > PAPER))
    marks = ["scroll", *(mark for mark, is_so in wide if is_so)]
    table = _PAD.sub(r'<span class="pad">\1</span>', together(grid.html(language, labelled=True)))
    if not grid.rows and grid.note:  # headings over nothing say nothing
        table = f'<p class="label">{written(grid.title.text(language))}</p>\n' + table.partition("</table>\n")[2]
    table = _CODE.sub(r'<code dir="ltr">\1</code>', table)
    table = _SPARK.sub(lambda found: _drawn(found[0]), table)
    label = written(grid.title.text(language))
    return f'<div class="{" ".join(marks)}" role="group" tabindex="0" aria-label="{label}">\n{table}\n</div>'


def _drawn(blocks: str) -> str:
    """Blocks as a thin line, last point marked; the word beside it says what it shows."""
    line = line_of([_BLOCKS.index(b) if b in _BLOCKS else math.nan for b in blocks])
    if line is None:
        return ""
    path, x, y = line
    return (
        '<svg class="spark" viewBox="0 0 64 20" width="64" height="20" aria-hidden="true" focusable="false">'
        f'<path d="{path}"/><circle cx="{x:g}" cy="{y:g}" r="2.5"/></svg>'
    )


def letters_of(grid: Grid, language: str = "en", *, whole: bool = False) -> int:
    """How many letters the table is wide at least, words broken between words.

    Parameters
    ----------
    whole
        A number keeps its unit and its interval on its line.
    """
    heads = [column.text(language) for column in grid.columns]
    return sum(
        max([_longest(head), *(_least(row[i], language, whole) for row in grid.rows)]) + _BETWEEN for i, head in enumerate(heads)
    )


def _least(cell: Cell, language: str, whole: bool) -> int:
    text = cell_text(cell, language)
    if isinstance(cell, Quantity):
        number, _, rest = text.partition(" ")
        return len(text) if whole or len(rest) <= _REST else len(number) + 1 + max(_REST, _longest(rest))
    return max(_longest(text), min(len(text), _LEAST))


def _longest(text: str) -> int:
    return max(map(len, text.split()), default=0)
