"""The charts of a run as pictures in files: SVG for a slide or a page, PNG for anything else.

Each has its title on top, because nothing around it says what it shows. The same bytes for the same run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from textwrap import wrap

from toolkit.display.layout import WIDE, at_width
from toolkit.display.picture import drawn, titled
from toolkit.display.words import in_language
from toolkit.pack.published import Published
from toolkit.pack.reading import Drawing, story_of

_LINE, _SHARP = 90, 2.0
"""Letters in a line of the title; PNG pixels to one of the screen."""


@dataclass(frozen=True)
class Still:
    """One chart: the name of its file, without ending, and its picture."""

    name: str
    svg: str


def stills_of(run: Published, language: str = "en") -> Iterator[Still]:
    """Every chart of `run`, page by page."""
    for page, notebook in run.notebooks:
        taken: set[str] = set()
        for section in story_of(notebook).sections:
            for block in section.blocks:
                if isinstance(block, Drawing):
                    svg = drawn(at_width(in_language(block.spec, language), WIDE))
                    yield Still(f"{page}-{_word(block, taken)}", titled(svg, wrap(block.title.text(language), _LINE)))


def write_svg(run: Published, folder: Path, language: str = "en") -> list[Path]:
    """Every chart of `run` as SVG into `folder`."""
    written = []
    for still in stills_of(run, language):
        written.append(folder / f"{still.name}.svg")
        written[-1].write_text(still.svg, encoding="utf-8")
    return written


def write_png(run: Published, folder: Path, language: str = "en") -> list[Path]:
    """Every chart of `run` as PNG into `folder`, two pixels to one of a screen."""
    import vl_convert  # its V8 engine must not be running when a process forks, so not before it is used

    written = []
    for still in stills_of(run, language):
        written.append(folder / f"{still.name}.png")
        written[-1].write_bytes(vl_convert.svg_to_png(still.svg, scale=_SHARP))
    return written


def _word(block: Drawing, taken: set[str]) -> str:
    words = re.sub(r"[^a-z0-9]+", "-", block.title.text().lower()).strip("-")[:50].strip("-") or "chart"
    name = next(n for n in (words, *(f"{words}-{i}" for i in range(2, 1000))) if n not in taken)
    taken.add(name)
    return name
