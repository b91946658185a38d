"""An executed notebook as a page reads it: sections of words, charts, tables, checks and findings.

What a notebook has to keep to:

- ``#`` is the title; the page takes the main finding's question where there is one.
- ``##`` begins a section. "What happened", "Should we believe it?" and "What follows" stand open, in
  the notebook's order; so does any other.
- ``## Details`` opens the part that is closed by default: each ``###`` under it is one.
- A cell tagged ``parameters``, ``injected-parameters`` or ``hidden`` is not on the page. Its code is, in
  the part "Code", unless it is tagged ``hidden``.
- A code cell's output goes where the cell stands. Before the first ``##`` only words are shown.
- The main finding is the first one with a headline, or else the first.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from datetime import date

from toolkit.display.chart import SVG, VEGALITE
from toolkit.findings import FINDING, WORDED, Check, Finding
from toolkit.language import Sentence
from toolkit.language.quantities import unplain
from toolkit.pack.notebook_text import Node
from toolkit.shown import GRID, Grid

DETAILS = "details"
_UNSEEN = frozenset({"parameters", "injected-parameters", "hidden"})
_HEADING = re.compile(r"(#{1,3})\s+(.+?)\s*#*\s*")
_RESULTS = ("Doubt", "Holds", "For information")


@dataclass(frozen=True)
class Words:
    """Markdown that somebody wrote."""

    markdown: str


@dataclass(frozen=True)
class Plain:
    """Printed text."""

    text: str


@dataclass(frozen=True)
class Picture:
    """A picture that is not ours: its media type and its data in base64 or as SVG."""

    media: str
    data: str


@dataclass(frozen=True)
class Drawing:
    """One of our charts."""

    spec: dict
    title: Sentence
    alt: Sentence
    table: Grid


@dataclass(frozen=True)
class CheckList:
    """Named reasons for doubt: result word, name, what was seen."""

    rows: tuple[tuple[str, Sentence, Sentence], ...]

    @property
    def doubts(self) -> int:
        """How many cast doubt."""
        return sum(result == "Doubt" for result, _, _ in self.rows)


@dataclass(frozen=True)
class Said:
    """Findings shown in one place."""

    findings: tuple[Finding, ...]


Block = Words | Plain | Picture | Drawing | CheckList | Said | Grid


@dataclass
class Section:
    """A heading and what stands under it."""

    title: str
    closed: bool = False
    blocks: list[Block] = field(default_factory=list)


@dataclass(frozen=True)
class Story:
    """A whole notebook."""

    title: str
    main: Finding | None
    findings: tuple[Finding, ...]
    sections: tuple[Section, ...]
    code: tuple[str, ...]


def story_of(notebook: Node) -> Story:
    """Read an executed notebook.

    Parameters
    ----------
    notebook
        Version 4, its outputs complete.
    """
    title = ""
    sections = [Section("")]
    details = False
    findings: dict[str, Finding] = {}
    code = []
    for cell in notebook.cells:
        tags = set(cell.metadata.get("tags", []))
        if cell.cell_type == "code" and "hidden" not in tags and cell.source.strip():
            code.append(cell.source)
        if cell.cell_type == "markdown" and not tags & _UNSEEN:
            for level, text in _pieces(cell.source):
                if level == 1 and not title:
                    title = text
                elif level == 2 and text.strip().lower() == DETAILS:
                    details = True
                elif level == 2 or (level == 3 and details):
                    sections.append(Section(text, closed=details))
                elif text.strip():
                    sections[-1].blocks.append(Words(f"{'#' * level} {text}" if level else text))
        if cell.cell_type == "code":
            blocks = [b for output in cell.outputs if (b := _block(output))]
            for block in blocks:
                if isinstance(block, Said):
                    findings |= {f.id: f for f in block.findings}
            if not tags & _UNSEEN and len(sections) > 1:
                sections[-1].blocks += blocks
    every = tuple(findings.values())
    main = next((f for f in every if f.headline), every[0] if every else None)
    return Story(title, main, every, tuple(s for s in sections if s.blocks), tuple(code))


def finding_of(data: dict) -> Finding:
    """A finding from its JSON; the inverse of `Finding.to_json`."""
    said = data["said"]
    numbers = {k: unplain(data[k]) for k in ("estimate", "low", "high", "level", "p_value")}
    optional = {k: None if data[k] is None else float(data[k]) for k in ("promised", "worthwhile")}
    same = (
        "id",
        "notebook",
        "subject",
        "verdict",
        "kpi",
        "comparison",
        "segment",
        "period",
        "unit",
        "n",
        "owner",
        "grade",
        "headline",
        "variation",
    )
    return Finding(
        question=Sentence.from_json(said["question"]),
        sentence=Sentence.from_json(said["sentence"]),
        decision=Sentence.from_json(said["decision"]) if said["decision"] else None,
        due=date.fromisoformat(data["due"]) if data["due"] else None,
        checks=tuple(_check(c) for c in data["checks"]),
        numbers={k: unplain(v) for k, v in data["numbers"].items()},
        answers=tuple(data["answers"]),
        per=data.get("per"),
        **{k: data[k] for k in same},
        **{k: Sentence.from_json(said[k]) if k in said else data[k] for k in WORDED},
        **numbers,
        **optional,
    )


def estimate_of(finding: Finding) -> object:
    """The number to show, or None where a finding is not about one."""
    return None if math.isnan(finding.estimate) else finding.quantity


def checks_of(grid: Grid) -> CheckList | None:
    """A table of checks as a list; None for any other table."""
    words = [row[0].template if isinstance(row[0], Sentence) else None for row in grid.rows]
    if not words or len(grid.columns) != 3 or not set(words) <= set(_RESULTS):
        return None
    if not all(isinstance(cell, Sentence) for row in grid.rows for cell in row):
        return None
    return CheckList(
        tuple((word, row[1], row[2]) for word, row in zip(words, grid.rows, strict=True))
    )


def _check(data: dict) -> Check:
    return Check(
        Sentence.from_json(data["said"]["name"]),
        data["passed"],
        Sentence.from_json(data["said"]["detail"]),
        data["takes_verdict"],
        {k: unplain(v) for k, v in data["numbers"].items()},
    )


def _pieces(markdown: str) -> list[tuple[int, str]]:
    """Headings, as (level, text), and the words between them, as (0, words)."""
    pieces: list[tuple[int, str]] = []
    words: list[str] = []
    fenced = False
    for line in markdown.splitlines():
        fenced ^= line.lstrip().startswith("```")
        heading = None if fenced else _HEADING.fullmatch(line)
        if heading:
            pieces += [(0, "\n".join(words)), (len(heading[1]), heading[2])]
            words = []
        else:
            words.append(line)
    return [*pieces, (0, "\n".join(words))]


def _block(output: Node) -> Block | None:
    """What an output is to a page, richest first; markup made elsewhere is never taken over."""
    if output.output_type == "stream":
        return Plain(output.text) if output.name == "stdout" and output.text.strip() else None
    data = output.get("data", {})
    ours = data.get(VEGALITE, {}).get("usermeta", {}).get("toolkit")
    if ours and GRID in data:
        spec, title, alt = (
            data[VEGALITE],
            Sentence.from_json(ours["title"]),
            Sentence.from_json(ours["alt"]),
        )
        return Drawing(spec, title, alt, Grid.from_json(data[GRID]))
    if FINDING in data:
        shown = data[FINDING]
        return Said(tuple(finding_of(f) for f in (shown if isinstance(shown, list) else [shown])))
    if GRID in data:
        grid = Grid.from_json(data[GRID])
        return checks_of(grid) or grid
    for media in (SVG, "image/png"):
        if media in data:
            return Picture(media, data[media])
    if "text/markdown" in data:
        return Words(data["text/markdown"])
    return Plain(data["text/plain"]) if data.get("text/plain", "").strip() else None
