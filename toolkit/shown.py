"""Rows in, stable text and HTML out: how a result appears in a notebook.

Results stay free of HTML: they offer `Grid` values, and this module writes them. The same grid
travels as JSON beside the HTML, so that a page can be written later in another language.
"""

from __future__ import annotations

import html
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.language import Quantity, Sentence, formats
from toolkit.language.directions import clean
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

    def html(self, language: str = "en", *, labelled: bool = False) -> str:
        """An HTML table; every text escaped.

        A column of numbers takes two cells where units or intervals follow them, so that the numbers
        stand under each other on the decimal mark.

        Parameters
        ----------
        labelled
            Each cell names its column, for a page that stands a row's cells under each other.
        """
        columns = [
            _number_cells([r[i] for r in self.rows], language) if is_number else None
            for i, is_number in enumerate(self._numeric())
        ]
        wide = [c is not None and any(rest for _, rest in c) for c in columns]
        out = ['<table class="grid">', f"<caption>{written(self.title.text(language))}</caption>", "<thead><tr>"]
        heads = [written(column.text(language)) for column in self.columns]
        for head, cells, two in zip(heads, columns, wide, strict=True):
            span = ' colspan="2"' if two else ""
            out.append(f'<th scope="col"{span}{_class(cells is not None)}>{head}</th>')
        out.append("</tr></thead>\n<tbody>")
        named = [f' data-label="{head}"' if labelled and i else "" for i, head in enumerate(heads)]
        for number, row in enumerate(self.rows):
            cells = []
            for i, cell in enumerate(row):
                tag = 'th scope="row"' if i == 0 else "td"
                if columns[i] is None:
                    day = ' class="day"' if labelled and isinstance(cell, date) else ""
                    cells.append(f"<{tag}{day}{named[i]}>{_words(cell, language)}</{tag[:2]}>")
                    continue
                figure, rest = columns[i][number]
                cells.append(f'<{tag} class="number"{named[i]}>{figure}</{tag[:2]}>')
                if wide[i]:
                    cells.append(f'<td class="rest">{written(rest)}</td>')
            out.append(f"<tr>{''.join(cells)}</tr>")
        out.append("</tbody></table>")
        if self.note:
            out.append(f'<p class="note">{written(self.note.text(language))}</p>')
        return "\n".join(out)

    def to_json(self) -> dict:
        """Everything, in no language yet."""
        return {
            "title": self.title.to_json(),
            "columns": [c.to_json() for c in self.columns],
            "rows": [[value_to_json(c) for c in row] for row in self.rows],
            "note": self.note.to_json() if self.note else None,
        }

    def _repr_mimebundle_(self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None) -> dict:
        return {"text/plain": self.text(), "text/html": self.html(), GRID: self.to_json()}

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
        return self.grid()._repr_mimebundle_(include, exclude)


def cell_text(cell: Cell, language: str) -> str:
    """One cell as text; an estimate brings its interval along."""
    if isinstance(cell, Sentence):
        return cell.text(language)
    if isinstance(cell, Quantity):
        return formats.full(cell, language)
    return formats.anything(cell, language)


def _words(cell: Cell, language: str) -> str:
    text = cell_text(cell, language)
    return isolated(text) if isinstance(cell, str) else written(text)


def _number_cells(column: Sequence[Cell], language: str) -> list[tuple[str, str]]:
    """Each number and what follows it; numbers padded with figure spaces to one decimal mark."""
    parts = []
    for cell in column:
        if isinstance(cell, Quantity):
            figure, rest = formats.number_and_rest(cell, language)
            if cell.known and cell.low is not None:
                rest = f"{rest} ({formats.interval(cell, language)})".strip()
        else:
            figure, rest = formats.anything(cell, language), ""
        parts.append((figure, rest))
    mark = formats.decimal_mark(language)
    most = max((len(f.partition(mark)[2]) for f, _ in parts), default=0)
    return [(f"{written(f)}{_padding(f, mark, most)}", rest) for f, rest in parts]


def _padding(figure: str, mark: str, most: int) -> str:
    whole, point, decimals = figure.partition(mark)
    if not whole or most == len(decimals):
        return ""
    # U+2008 is as wide as a full stop, U+2007 as a figure
    return ("" if point else "\u2008") + "\u2007" * (most - len(decimals))


def escaped(text: str) -> str:
    """Safe inside HTML text and quoted attributes."""
    return html.escape(clean(text), quote=True)


def written(text: str) -> str:
    """A sentence of ours, safe inside HTML: what it holds was cleaned when it was put in."""
    return html.escape(clean(text, ours=True), quote=True)


def isolated(text: str) -> str:
    """Somebody's words: escaped, and kept from turning the direction of the text around them."""
    return f"<bdi>{escaped(text)}</bdi>"


def _class(is_number: bool) -> str:
    return ' class="number"' if is_number else ""
