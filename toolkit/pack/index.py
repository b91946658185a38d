"""The first page of a pack: what a director reads before a meeting.

The first screen (`first_screen`): the quarter in a few sentences, the decisions asked, goals, changes,
competitors, money. Below it, the results by what they are about, what could not be judged and what
would make it possible, what became of earlier decisions, what changed since, and every page. A part
appears only where there is something to say in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from toolkit.findings import Finding, verdict_words
from toolkit.language import Sentence
from toolkit.pack import first_screen
from toolkit.pack.around import Around
from toolkit.pack.context import PageContext, PageLink
from toolkit.pack.first_screen import UNJUDGED, Entry
from toolkit.pack.markup import render
from toolkit.pack.reading import finding_of
from toolkit.pack.strokes import sketch_of
from toolkit.pack.why_failed import Why

_GROUPS = (
    (Sentence("Plan changes"), ("plan_change", "plan_changes")),
    (Sentence("Tests"), ("ab_test",)),
    (Sentence("Goals and trends"), ("kpi_trends",)),
    (Sentence("Competitors"), ("competitor_benchmark",)),
    (Sentence("Customers"), ("customer_value",)),
    (Sentence("Service"), ("service",)),
    (Sentence("Money and offers"), ("roi", "offers")),
    (Sentence("The plan itself"), ("scorecard", "the_plan")),
    (Sentence("Departments"), ("department",)),
    (Sentence("Segments"), ("segment",)),
    (Sentence("The data"), ("data_quality",)),
)
"""What findings and pages are about -> their notebooks, in reading order; others come last."""
_OTHER = Sentence("More pages")
_MOST_CHANGED = 12


def render_index(
    findings: Sequence[dict], failed: Mapping[str, Why], context: PageContext, around: Around = Around()
) -> str:
    """The pack's first page.

    Parameters
    ----------
    findings
        As in ``findings.json``, each with the ``page`` it stands on, in reading order.
    failed
        Why a page could not be made, by its name.
    context
        Whose pack it is; its links are the pages.
    around
        Names, what is not declared, and what came before.

    Returns
    -------
    str
        One HTML file without scripts to run for its content.
    """
    links = {link.page: link for link in context.links}
    entries = [Entry(f, links.get(given.get("page", "")), sketch_of(f)) for given in findings for f in [finding_of(given)]]
    mains = _mains(entries)
    asked = first_screen.asked_of(mains, around.kpis, context.as_of)
    lead = first_screen.lead_of(mains)
    most = first_screen.fitting(asked, lead)
    rivals = first_screen.rivals_of(entries, context.company)
    judged = [e for e in mains if e.finding.verdict not in UNJUDGED]
    return render(
        "index.html.j2",
        context.language,
        draws=False,
        context=context,
        here="index",
        lead=lead,
        asked=asked[:most],
        asked_later=asked[most:],
        goals=first_screen.goals_of(mains, around.kpis) or first_screen.measured_of(entries, around.kpis),
        promises=first_screen.promises_of(mains),
        rivals=rivals,
        measure=first_screen.measure_of(rivals[0].finding, around.kpis) if rivals else "",
        spending=first_screen.spending_of(entries),
        groups=_grouped(judged),
        unjudged=[e for e in mains if e.finding.verdict in UNJUDGED],
        failed=[(links[page], why) for page, why in failed.items() if page in links],
        around=around,
        changed=[c for c in around.changed if c.headline][:_MOST_CHANGED],
        pages=_pages(context.links),
        links=links,
        verdicts=_by_page(mains),
        shared=_shared(mains),
        verdict_words=verdict_words,
        told=lambda f: first_screen.told_of(f, around.kpis),
    )


def _mains(entries: Sequence[Entry]) -> list[Entry]:
    """What belongs on the index: the headlines of each page, or else its first finding."""
    pages: dict[str, list[Entry]] = {}
    for e in entries:
        pages.setdefault(e.page.page if e.page else "", []).append(e)
    return [e for of_page in pages.values() for e in ([e for e in of_page if e.finding.headline] or of_page[:1])]


def _grouped(entries: Sequence[Entry]) -> list[tuple[Sentence, list[Entry]]]:
    known = {n for _, notebooks in _GROUPS for n in notebooks}
    groups = [(title, [e for e in entries if e.finding.notebook in notebooks]) for title, notebooks in _GROUPS]
    groups.append((_OTHER, [e for e in entries if e.finding.notebook not in known]))
    return [(title, found) for title, found in groups if found]


def _pages(links: Sequence[PageLink]) -> list[tuple[Sentence, list[PageLink]]]:
    """Every page under what it is about; a page's name begins with its notebook's."""
    known = {n for _, notebooks in _GROUPS for n in notebooks}
    groups = [(title, [k for k in links if k.page.split("-")[0] in notebooks]) for title, notebooks in _GROUPS]
    groups.append((_OTHER, [k for k in links if k.page.split("-")[0] not in known]))
    return [(title, found) for title, found in groups if found]


def _shared(mains: Sequence[Entry]) -> frozenset[str]:
    """Pages with several findings on the index: there the question names a finding, not the page."""
    pages = [e.page.page for e in mains if e.page]
    return frozenset(p for p in pages if pages.count(p) > 1)


def _by_page(mains: Sequence[Entry]) -> dict[str, Finding]:
    """The first finding of each page on the index."""
    verdicts: dict[str, Finding] = {}
    for entry in mains:
        if entry.page:
            verdicts.setdefault(entry.page.page, entry.finding)
    return verdicts
