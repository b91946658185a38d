"""A chart: a specification, what it shows, the same in words, and its data table."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from textwrap import wrap

from toolkit.display.layout import WIDE, at_width
from toolkit.display.picture import drawn, titled
from toolkit.display.words import plain, with_words
from toolkit.language import Sentence
from toolkit.shown import GRID, Grid, clean

VEGALITE = "application/vnd.vegalite.v6+json"
SVG = "image/svg+xml"

UNDRAWN = "TOOLKIT_UNDRAWN"
"""Set in the environment by a run that draws all pictures itself, after its notebooks."""

_TITLE_CHARACTERS = 88


@dataclass(frozen=True, repr=False)
class Chart:
    """A chart as a value; it is drawn when somebody looks at it.

    Attributes
    ----------
    spec
        Vega-Lite 6 as plain data: a single view, or a ``concat`` of panels. It names no address, and
        what comes from tables or params stands in data values and titles only.
    title
        What it shows, as a sentence.
    alt
        The same for a reader who does not see it, with the numbers.
    table
        Its data.
    panel
        The least width of one panel, in pixels.
    left
        What a panel's own axis takes on its left, in pixels.
    """

    spec: dict
    title: Sentence
    alt: Sentence
    table: Grid
    panel: int = 300
    left: int = 0

    @property
    def complete(self) -> dict:
        """The specification with title, alternative text and layout along, for another program."""
        said = {
            "title": self.title.to_json(),
            "alt": self.alt.to_json(),
            "panel": self.panel,
            "left": self.left,
            "words": with_words(self.spec),
        }
        return {**plain(self.spec), "usermeta": {"toolkit": said}}

    @cached_property
    def svg(self) -> str:
        """The still picture at desk width, its title on top."""
        lines = wrap(clean(self.title.text()), _TITLE_CHARACTERS, max_lines=3, placeholder=" …")
        return titled(drawn(at_width(self.complete, WIDE)), lines)

    def __repr__(self) -> str:
        table = self.table.text()
        title = self.title.text()
        return table if table.startswith(title) else f"{title}\n{table}"

    def _repr_mimebundle_(
        self, include: Sequence[str] | None = None, exclude: Sequence[str] | None = None
    ) -> dict:
        # no text/html: JupyterLab would prefer it to the picture, and it would be stored with the notebook
        picture = {} if os.environ.get(UNDRAWN) else {SVG: self.svg}
        return {
            VEGALITE: self.complete,
            **picture,
            GRID: self.table.to_json(),
            "text/plain": repr(self),
        }
