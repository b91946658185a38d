"""An executed notebook as one HTML page that needs nothing else: the finding first, then the evidence."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.display.layout import NARROW, WIDE, at_width
from toolkit.display.picture import drawn
from toolkit.display.words import in_language
from toolkit.findings import Finding, in_words, verdict_words
from toolkit.language import Sentence
from toolkit.pack.context import PageContext, PageLink
from toolkit.pack.markup import mood, render, signed
from toolkit.pack.notebook_text import Node
from toolkit.pack.reading import (
    CheckList,
    Drawing,
    Grid,
    Picture,
    Plain,
    Said,
    Section,
    Words,
    estimate_of,
    story_of,
)
from toolkit.pack.why_failed import Why

__all__ = ["PageContext", "PageLink", "render_failure", "render_page"]

GRADES = {
    "A": Sentence("A: compared with others at the same time, and no check casts doubt on the comparison"),
    "B": Sentence("B: one series before and after on which no check casts doubt, or a comparison with a doubt"),
    "C": Sentence("C: before and after only, or one series with a doubt"),
}
"""What the grade of evidence means."""

_ALONG = ("panel", "left", "numbers", "times", "mirrored")
"""What a page's script needs to know of a chart's layout."""

_KINDS = {
    Words: "words",
    Plain: "plain",
    Picture: "picture",
    Drawing: "drawing",
    CheckList: "checks",
    Said: "said",
    Grid: "table",
}


@dataclass(frozen=True)
class Drawn:
    """A chart ready for a page: its number there, what its script draws, and two still pictures."""

    number: int
    chart: Drawing
    spec: dict
    wide: str
    narrow: str


@dataclass(frozen=True)
class Method:
    """How findings were made: one row a method."""

    method: Sentence
    null: Sentence | None
    source: str | Sentence
    level: float
    findings: int


def render_page(notebook: Node, context: PageContext) -> str:
    """The page of an executed notebook.

    Parameters
    ----------
    notebook
        With its outputs; see `reading` for what its cells have to keep to.
    context
        Whose page it is.

    Returns
    -------
    str
        HTML that names no address but the other pages' own; the same for the same input.
    """
    story = story_of(notebook)
    charts: dict[int, Drawn] = {}
    for section in story.sections:
        for block in section.blocks:
            if isinstance(block, Drawing):
                charts[id(block)] = _drawn(block, len(charts) + 1, context.language)
    rest = tuple(f for f in story.findings if f is not story.main)
    return render(
        "page.html.j2",
        context.language,
        draws=bool(charts),
        context=context,
        here=context.page,
        story=story,
        main=story.main,
        rest=rest,
        facts=_facts(story.main) if story.main else [],
        open_sections=[s for s in story.sections if not s.closed],
        closed_sections=[s for s in story.sections if s.closed],
        methods=_methods(story.findings),
        charts=charts,
        kind=lambda block: _KINDS[type(block)],
        number=id,
        doubts=_doubts(story.sections),
        narrow=NARROW,
        verdict_words=verdict_words,
        estimate=estimate_of,
    )


def render_failure(context: PageContext, why: Why) -> str:
    """The page of a notebook that could not be run: what happened, in plain words."""
    return render(
        "failure.html.j2",
        context.language,
        draws=False,
        context=context,
        here=context.page,
        why=why,
    )


def __getattr__(name: str) -> object:
    """`PageExporter`, for nbconvert: the runner renders pages without it."""
    if name != "PageExporter":
        raise AttributeError(name)
    from toolkit.pack.exporter import PageExporter

    return PageExporter


def _drawn(chart: Drawing, number: int, language: str) -> Drawn:
    said = in_language(chart.spec, language)
    wide, narrow = (drawn(at_width(said, width)) for width in (WIDE, NARROW))
    # only the layout goes along: options for the drawing program are the page's to give, not the chart's
    ours = {k: v for k, v in said["usermeta"]["toolkit"].items() if k in _ALONG}
    spec = {k: v for k, v in said.items() if k not in ("usermeta", "$schema")}
    return Drawn(
        number,
        chart,
        {**spec, "usermeta": {"toolkit": ours}},
        wide,
        narrow,
    )


def _facts(main: Finding) -> list[tuple[Sentence, object, str]]:
    """What stands beside the finding: name, value, how it looks."""
    facts: list[tuple[Sentence, object, str]] = []
    if main.verdict != "measured":  # says nothing beside its number
        facts.append((Sentence("Verdict"), verdict_words(main.verdict), f"badge {mood(main.verdict)}"))
    if estimate_of(main) is not None:
        name = Sentence("Measured") if main.quantity.low is None else Sentence("Estimate")
        facts.append((name, signed(main), "figure"))
    if main.decision:
        facts.append((Sentence("Decision asked"), main.decision, "strong"))
    if main.owner:
        facts.append((Sentence("Owner"), main.owner, ""))
    if main.due:
        facts.append((Sentence("Decide by"), main.due, ""))
    if main.n:
        facts.append(
            (Sentence("Rests on"), Sentence("{n} {unit}", {"n": main.n, "unit": in_words(main.n_unit)}), "")
        )
    if main.grade:
        facts.append((Sentence("Evidence"), GRADES.get(main.grade, main.grade), ""))
    return facts


def _doubts(sections: tuple[Section, ...]) -> int:
    return sum(b.doubts for s in sections for b in s.blocks if isinstance(b, CheckList))


def _methods(findings: tuple[Finding, ...]) -> list[Method]:
    """Each way in which findings were made, once, in the order of the findings."""
    alike: dict[tuple, list[Finding]] = {}
    for f in findings:
        if f.method:
            alike.setdefault((*(str(w or "") for w in (f.method, f.null, f.source)), f.level), []).append(f)
    return [
        Method(in_words(f.method), in_words(f.null) if f.null else None, f.source, f.level, len(group))
        for f, *rest in alike.values()
        for group in [[f, *rest]]
    ]
