"""The first page of a pack: what a director reads before a meeting.

What was found in a few sentences, the decisions asked, the results by the kind of question, what could
not be judged and why, and every page. A part appears only where there is something to say in it.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.findings import VERDICTS, Finding, verdict_words
from toolkit.language import Sentence
from toolkit.pack.context import PageContext, PageLink
from toolkit.pack.markup import mood, render
from toolkit.pack.reading import estimate_of, finding_of

_MOST_SENTENCES = 5
_UNJUDGED = ("invalid", "cannot_be_judged", "not_comparable", "no_data", "not_yet_known")
_LEVELS = frozenset({*VERDICTS["target"], *VERDICTS["measure"]})
_URGENT = {"harm": 0, "gain": 1, "even": 2, "open": 3}
_DECIDED = frozenset({
    "harm", "roll_back", "invalid", "no_worthwhile_effect", "partly_delivered", "behind", "ship", "delivered",
})
"""Verdicts that ask for something now; the others stand under their own heading and go on."""
_TOLD = ("plan_change", "test", "benchmark", "measure")
"""The kinds whose findings open the report, in turn; targets stand in a table below."""
_HEADINGS = {
    "target": Sentence("Goals"),
    "plan_change": Sentence("Plan changes"),
    "test": Sentence("Tests"),
    "benchmark": Sentence("Competitors"),
    "measure": Sentence("Measures"),
}
_WIDTH, _EDGE = 132, 6


@dataclass(frozen=True)
class Sketch:
    """An interval in pixels on a line whose middle is zero, and where it is promised or worthwhile."""

    low: float
    value: float
    high: float
    middle: float
    width: int
    marks: tuple[float, ...]


@dataclass(frozen=True)
class Entry:
    """A finding on the index, and where its evidence stands."""

    finding: Finding
    page: PageLink | None
    sketch: Sketch | None


def render_index(findings: Sequence[dict], failed: Mapping[str, str], context: PageContext) -> str:
    """The pack's first page.

    Parameters
    ----------
    findings
        As in ``findings.json``, each with the ``page`` it stands on, in reading order.
    failed
        Why a page could not be made, by its name.
    context
        Whose pack it is; its links are the pages.

    Returns
    -------
    str
        One HTML file without scripts to run for its content.
    """
    links = {link.page: link for link in context.links}
    mains = _mains([(finding_of(f), links.get(f.get("page", ""))) for f in findings])
    urgent = sorted(
        mains, key=lambda e: (_URGENT[mood(e.finding.verdict)], e.finding.due or date.max)
    )
    asked = [e for e in urgent if e.finding.decision and e.finding.verdict in _DECIDED]
    kinds = [
        (
            heading,
            [
                e
                for e in mains
                if e.finding.verdict in VERDICTS[kind] and e.finding.verdict not in _UNJUDGED
            ],
        )
        for kind, heading in _HEADINGS.items()
    ]
    return render(
        "index.html.j2",
        context.language,
        draws=False,
        context=context,
        here="index",
        lead=_lead(urgent),
        asked=asked,
        kinds=[(heading, entries) for heading, entries in kinds if entries],
        unjudged=[e for e in mains if e.finding.verdict in _UNJUDGED],
        failed=[(links[page], reason) for page, reason in failed.items() if page in links],
        verdicts=_by_page(mains),
        shared=_shared(mains),
        verdict_words=verdict_words,
        estimate=estimate_of,
    )


def _lead(urgent: Sequence[Entry]) -> list[Entry]:
    """A few sentences: what does harm first, then the most urgent of each kind in turn."""
    told = [e for e in urgent if e.finding.verdict not in _UNJUDGED and e.finding.verdict != "hold"]
    harmful = [e for e in told if mood(e.finding.verdict) == "harm" and _kind(e) in _TOLD[:2]]
    rest = [[e for e in told if _kind(e) == kind and e not in harmful] for kind in _TOLD]
    in_turn = [group[i] for i in range(_MOST_SENTENCES) for group in rest if i < len(group)]
    return [*harmful[:2], *in_turn][:_MOST_SENTENCES]


def _kind(entry: Entry) -> str:
    return next(kind for kind, verdicts in VERDICTS.items() if entry.finding.verdict in verdicts)


def _shared(mains: list[Entry]) -> frozenset[str]:
    """Pages with several findings on the index: there the question names a finding, not the page."""
    pages = [e.page.page for e in mains if e.page]
    return frozenset(p for p in pages if pages.count(p) > 1)


def sketch_of(finding: Finding) -> Sketch | None:
    """The interval of a difference as a small drawing; None for levels and where there is no finite one."""
    f = finding
    if f.verdict in _LEVELS or not all(math.isfinite(v) for v in (f.estimate, f.low, f.high)):
        return None
    lines = [v for v in (f.promised, f.worthwhile) if v is not None]
    most = max(abs(v) for v in (f.low, f.high, *lines))
    if most == 0:
        return None
    half = _WIDTH / 2
    place = {
        v: round(half + v / most * (half - _EDGE), 1) for v in (f.low, f.estimate, f.high, *lines)
    }
    return Sketch(
        place[f.low], place[f.estimate], place[f.high], half, _WIDTH, tuple(place[v] for v in lines)
    )


def _mains(found: list[tuple[Finding, PageLink | None]]) -> list[Entry]:
    """What belongs on the index: the headlines of each page, or else its first finding."""
    pages: dict[str, list[tuple[Finding, PageLink | None]]] = {}
    for finding, page in found:
        pages.setdefault(page.page if page else "", []).append((finding, page))
    mains = []
    for of_page in pages.values():
        headlines = [(f, p) for f, p in of_page if f.headline]
        mains += [Entry(f, p, sketch_of(f)) for f, p in headlines or of_page[:1]]
    return mains


def _by_page(mains: list[Entry]) -> dict[str, Finding]:
    """The first finding of each page on the index."""
    verdicts: dict[str, Finding] = {}
    for entry in mains:
        if entry.page:
            verdicts.setdefault(entry.page.page, entry.finding)
    return verdicts
