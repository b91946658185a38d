"""Rows in, stable text and HTML out: how a result appears in a notebook.

Results stay free of HTML: they offer `Grid` values, and this module writes them. The same grid
travels as JSON beside the HTML, so that a page can be written later in another language.
"""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.language import Quantity, Sentence, formats
from toolkit.language.sentences import value_from_json, value_to_json

GRID = "application/vnd.toolkit.grid+json"

Cell = object
_NUMBERS = (Quantity, int, float)


@dataclass(frozen=True)
class Grid:
    """A table for people.

    Attributes
    ----------
    title
        What it shows.
    columns
        Headings.
    rows
        Cells: `Quantity`, `Sentence`, text, whole numbers, dates, or None for empty.
    note
        A sentence under the table.
    """

    title: Sentence
    columns: tuple[Sentence, ...]
    rows: tuple[tuple[Cell, ...], ...]
    note: Sentence | None = None

    def __post_init__(self) -> None:
        for row in self.rows:
            if len(row) != len(self.columns):
                raise ValueError(f"a row has {len(row)} cells under {len(self.columns)} headings")

    def _numeric(self) -> list[bool]:
        """Which columns hold nothing but numbers: those align on the right."""
        columns = [[r[i] for r in self.rows if r[i] is not None] for i in range(len(self.columns))]
        return [bool(c) and all(isinstance(v, _NUMBERS) for v in c) for c in columns]

    def text(self, language: str = "en") -> str:
        """Aligned plain text."""
        head = [c.text(language) for c in self.columns]
        body = [[cell_text(c, language) for c in row] for row in self.rows]
        right = self._numeric()
        wide = [max(len(r[i]) for r in [head, *body]) for i in range(len(head))]
        lines = [
            "  ".join(t.rjust(w) if r else t.ljust(w) for t, w, r in zip(row, wide, right, strict=True)).rstrip()
            for row in [head, *body]
        ]
        note = [self.note.text(language)] if self.note else []
        return "\n".join([self.title.text(language), *lines, *note])

    def html(self, language: str = "en") -> str:
        """An HTML table; every text escaped."""
        number = self._numeric()
        out = ['<table class="grid">', f"<caption>{escaped(self.title.text(language))}</caption>", "<thead><tr>"]
        for column, is_number in zip(self.columns, number, strict=True):
            out.append(f'<th scope="col"{_class(is_number)}>{escaped(column.text(language))}</th>')
        out.append("</tr></thead>\n<tbody>")
        for row in self.rows:
            cells = []
            for i, (cell, is_number) in enumerate(zip(row, number, strict=True)):
                text = isolated(cell_text(cell, language)) if isinstance(cell, str) else escaped(cell_text(cell, language))
                tag = 'th scope="row"' if i == 0 else "td"
                cells.append(f"<{tag}{_class(is_number)}>{text}</{tag[:2]}>")
            out.append(f"<tr>{''.join(cells)}</tr>")
        out.append("</tbody></table>")
        if self.note:
            out.append(f'<p class="note">{escaped(self.note.text(language))}</p>')
        return "\n".join(out)

    def to_json(self) -> dict:
        """Everything, in no language yet."""
        return {
            "title": self.title.to_json(),
            "columns": [c.to_json() for c in self.columns],
            "rows": [[value_to_json(c) for c in row] for row in self.rows],
            "note": self.note.to_json() if self.note else None,
        }

    @classmethod
    def from_json(cls, data: dict) -> Grid:
        """The inverse of `to_json`."""
        return cls(
            Sentence.from_json(data["title"]),
            tuple(Sentence.from_json(c) for c in data["columns"]),
            tuple(tuple(value_from_json(c) for c in row) for row in data["rows"]),
            Sentence.from_json(data["note"]) if data["note"] else None,
        )


class Shown:
    """Gives a result its appearance in notebooks; it offers ``grid()`` and gets the rest.

    Dataclasses that use it say ``@dataclass(frozen=True, repr=False)``, else their own repr wins.
    """

    def grid(self) -> Grid:
        """The rows to show."""
        raise TypeError(f"{type(self).__name__} offers no grid")

    def __repr__(self) -> str:
        return self.grid().text()

    def _repr_mimebundle_(self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None) -> dict:
        grid = self.grid()
        return {"text/plain": grid.text(), "text/html": grid.html(), GRID: grid.to_json()}


def cell_text(cell: Cell, language: str) -> str:
    """One cell as text; an estimate brings its interval along."""
    if isinstance(cell, Sentence):
        return cell.text(language)
    if isinstance(cell, Quantity) and cell.known and cell.low is not None:
        return f"{formats.quantity(cell, language)} ({formats.interval(cell, language)})"
    return formats.anything(cell, language)


def clean(text: str) -> str:
    """`text` without characters that act instead of being read: controls and direction marks."""
    return "".join(
        c if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Zl", "Zp") or c in "\n\t\u200d" else "\ufffd"
        for c in text
    )


def escaped(text: str) -> str:
    """Safe inside HTML text and quoted attributes."""
    return html.escape(clean(text), quote=True)


def isolated(text: str) -> str:
    """Somebody's words: escaped, and kept from turning the direction of the text around them."""
    return f"<bdi>{escaped(text)}</bdi>"


def _class(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
