"""What does a director read before a meeting, without scrolling? The parts of a pack's first screen.

Each part is picked from the findings by what they are about; a part appears only where there is
something to say in it. Numbers stand with their unit, their interval and what they are a number of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from toolkit.findings import VERDICTS, Finding
from toolkit.language import Quantity, Sentence
from toolkit.pack.context import PageLink
from toolkit.pack.markup import mood
from toolkit.pack.strokes import Sketch, line_of, scale_over

MOST_SENTENCES = 5
MOST_DECISIONS = 8
MOST_MEASURED = 8
_ROOM, _ROW, _ROW_LINE, _LEAD_LINE = 320, 9, 16, 21
"""Pixels for all decisions, for what parts two, for a line of one, and for a line of the opening sentences."""
_ROW_LETTERS, _LEAD_LETTERS = 62, 130
"""Letters in a line of a decision and of an opening sentence."""
_COURSE = {"improving": "Improving", "worsening": "Worsening", "steady": "Steady", None: "Cannot be told"}
UNJUDGED = ("invalid", "cannot_be_judged", "not_comparable", "no_data", "not_yet_known")
DECIDED = frozenset({
    "harm", "roll_back", "invalid", "no_worthwhile_effect", "partly_delivered", "behind", "ship", "delivered",
})  # fmt: skip
"""Verdicts that ask for something now; others wait, or only inform."""

_WORDS = {
    "harm": "Drop", "roll_back": "Roll back", "no_worthwhile_effect": "Drop", "partly_delivered": "Adapt",
    "behind": "Set target", "ship": "Ship", "invalid": "Repair", "delivered": "Keep",
}  # fmt: skip
_PLACES = {
    "service/complaints/first": "Fix first", "service/answering/reply/kept": "Answer sooner",
    "service/leads/won": "Move effort", "roi/move": "Move budget", "offers/all": "Choose offers",
    "customer_value/costly/flagged": "Reprice", "scorecard/schedule": "Replan", "scorecard/readiness": "Make ready",
    "scorecard/informed": "Tell sooner", "scorecard/owners": "Name owners",
}  # fmt: skip
_IN_TURN = (
    "Drop", "Roll back", "Fix first", "Adapt", "Move budget", "Set target", "Ship", "Answer sooner", "Move effort",
    "Choose offers", "Repair", "Reprice", "Replan", "Make ready", "Tell sooner", "Name owners", "Keep",
)  # fmt: skip
"""What stops a loss first, what needs nothing new last."""

_TOLD = (
    ("plan_change", ""), ("ab_test", ""), ("competitor_benchmark", ""), ("roi", "roi/budget/money"), ("roi", "roi"),
    ("service", "service/complaints"), ("customer_value", ""),
)  # fmt: skip
"""Whose findings open the report, in turn: notebook and how the id begins; goals stand in a table beside."""


@dataclass(frozen=True)
class Entry:
    """A finding on the first page, and where its evidence stands."""

    finding: Finding
    page: PageLink | None
    sketch: Sketch | None = None


@dataclass(frozen=True)
class Asked:
    """A decision: its word, what it is about, the evidence in numbers, who and by when.

    Attributes
    ----------
    due
        None: now.
    """

    word: Sentence
    about: str | Sentence
    evidence: Sentence
    entry: Entry
    due: date | None


@dataclass(frozen=True)
class GoalLine:
    """A goal: where it stands, what is wanted by when, its last periods, and whether it will be met."""

    label: str | Sentence
    entry: Entry
    now: Quantity
    target: Quantity | None
    pace: tuple[str, float, float] | None
    outlook: Sentence


@dataclass(frozen=True)
class Drawn:
    """A name with its number and its place on a line that it shares with others.

    Attributes
    ----------
    ours
        Whether it is our own among competitors.
    """

    label: str | Sentence
    value: Quantity
    sketch: Sketch | None
    entry: Entry
    said: Sentence | None = None
    ours: bool = False


@dataclass(frozen=True)
class Spent:
    """Money or hours: planned in all, spent so far, expected at the end."""

    label: Sentence
    planned: Quantity
    actual: Quantity
    forecast: Quantity
    entry: Entry


def lead_of(mains: Sequence[Entry]) -> list[Entry]:
    """At most five findings that open the report: harm first, then one of each kind in turn."""
    told = [e for e in in_order(mains) if e.finding.verdict not in (*UNJUDGED, "hold")]
    harmful = [e for e in told if mood(e.finding.verdict) == "harm" and e.finding.notebook == "plan_change"][:2]
    groups = [
        [e for e in told if e.finding.notebook == notebook and e.finding.id.startswith(start) and e not in harmful]
        for notebook, start in _TOLD
    ]
    # goals stand in a table beside; what their page says of all KPIs together does not
    rest = [e for e in told if e.finding.notebook not in {n for n, _ in _TOLD}]
    groups.append([e for e in rest if not is_goal(e) or e.finding.id == e.finding.notebook])
    turns = [group[i] for i in range(MOST_SENTENCES) for group in groups if i < len(group)]
    return list({e.finding.id: e for e in (*harmful, *turns)}.values())[:MOST_SENTENCES]


def in_order(entries: Sequence[Entry]) -> list[Entry]:
    """What harms first, then gains, then the rest; earlier days first."""
    urgent = {"harm": 0, "gain": 1, "even": 2, "open": 3}
    return sorted(entries, key=lambda e: (urgent[mood(e.finding.verdict)], e.finding.due or date.max))


def asks(id_: str, verdict: str, decision: object) -> bool:
    """Whether a finding asks the reader to decide something now."""
    return decision is not None and (verdict in DECIDED or id_ in _PLACES)


def asked_of(mains: Sequence[Entry], kpis: Mapping[str, str], as_of: date | None) -> list[Asked]:
    """Every decision asked of the reader, the most urgent first."""
    found = []
    for e in mains:
        f = e.finding
        place = f.id if f.id in _PLACES else None
        if not asks(f.id, f.verdict, f.decision):
            continue
        word = _PLACES.get(place or "") or _WORDS.get(f.verdict, "Decide")
        due = f.due if f.due and (as_of is None or f.due > as_of) else None
        found.append((_IN_TURN.index(word) if word in _IN_TURN else len(_IN_TURN), _asked(e, word, place, kpis, due)))
    order = in_order(mains)
    return [a for _, a in sorted(found, key=lambda pair: (pair[0], order.index(pair[1].entry)))]


def fitting(asked: Sequence[Asked], lead: Sequence[Entry]) -> int:
    """How many decisions stand on the first screen under such sentences; the others stand behind a switch."""
    lines = sum(math.ceil(len(e.finding.sentence.text()) / _LEAD_LETTERS) for e in lead)
    left = _ROOM - _LEAD_LINE * max(0, lines - MOST_SENTENCES)
    for n, a in enumerate(asked[:MOST_DECISIONS]):
        about = a.about.text() if isinstance(a.about, Sentence) else a.about
        left -= _ROW + _ROW_LINE * math.ceil((len(about) + len(a.evidence.text())) / _ROW_LETTERS)
        if left < 0:
            return max(n, 1)
    return min(len(asked), MOST_DECISIONS)


def _asked(e: Entry, word: str, place: str | None, kpis: Mapping[str, str], due: date | None) -> Asked:
    said = Sentence(_WORD[word])
    short = Sentence("{said:short}", {"said": e.finding.sentence})
    if place or e.page is None:
        return Asked(said, e.finding.decision, short, e, due)
    return Asked(said, e.page.title, evidence_of(e.finding, kpis) or short, e, due)


_WORD = {
    "Drop": "Drop", "Roll back": "Roll back", "Fix first": "Fix first", "Adapt": "Adapt", "Move budget": "Move budget",
    "Set target": "Set target", "Ship": "Ship", "Answer sooner": "Answer sooner", "Move effort": "Move effort",
    "Choose offers": "Choose offers", "Repair": "Repair", "Reprice": "Reprice", "Replan": "Replan",
    "Make ready": "Make ready", "Tell sooner": "Tell sooner", "Name owners": "Name owners", "Keep": "Keep", "Decide": "Decide",
}  # fmt: skip


def evidence_of(finding: Finding, kpis: Mapping[str, str]) -> Sentence | None:
    """The number with its interval and what it is a number of; None where there is none."""
    q = finding.quantity
    if not q.known:
        return None
    named = {"kpi": measure_of(finding, kpis), "value": q}
    change = finding.verdict in (*VERDICTS["test"], *VERDICTS["plan_change"])
    if not change:
        return Sentence("{kpi} {value:full}", named) if finding.kpi else Sentence("{value:full}", named)
    if not finding.kpi:
        return Sentence("{value:signed} ({value:range})", named) if q.low is not None else Sentence("{value:signed}", named)
    if finding.promised is not None and finding.verdict in VERDICTS["plan_change"]:
        named |= {"promised": Quantity(finding.promised, finding.unit)}
        return Sentence("{kpi} {value:signed} ({value:range}); {promised:signed} promised", named)
    return Sentence("{kpi} {value:signed} ({value:range})", named) if q.low is not None else Sentence("{kpi} {value:signed}", named)


def measure_of(finding: Finding, kpis: Mapping[str, str]) -> str:
    """What people call what a finding measures."""
    name = finding.kpi or ""
    return kpis.get(name, name.replace("_", " "))


def told_of(finding: Finding, kpis: Mapping[str, str]) -> Sentence | None:
    """What the list of results says: a number with what it is of, or the finding's own sentence."""
    known = finding.kpi is not None and (finding.kpi in kpis or finding.verdict not in VERDICTS["measure"])
    found = evidence_of(finding, kpis) if known else None
    return found or finding.sentence


def is_goal(entry: Entry) -> bool:
    """Whether a finding is about a goal or a KPI's target."""
    return entry.finding.notebook == "kpi_trends"


def goals_of(mains: Sequence[Entry], kpis: Mapping[str, str]) -> list[GoalLine]:
    """Each goal; where a company names none, each KPI with a target."""
    own = [e for e in mains if e.finding.id.startswith("kpi_trends/goal/")]
    lines = own or [e for e in mains if is_goal(e) and e.finding.promised is not None]
    return [_goal(e, kpis) for e in lines]


def measured_of(entries: Sequence[Entry], kpis: Mapping[str, str]) -> list[GoalLine]:
    """Each KPI and its course, for a company that has set no target yet."""
    lines = [e for e in entries if is_goal(e) and e.finding.id.count("/") == 1 and e.finding.kpi and e.finding.quantity.known]
    return [replace(_goal(e, kpis), outlook=Sentence(_COURSE[e.finding.variation])) for e in lines[:MOST_MEASURED]]


def _goal(e: Entry, kpis: Mapping[str, str]) -> GoalLine:
    f = e.finding
    label = f.question.values.get("goal") or kpis.get(f.kpi or "") or f.subject
    target = None if f.promised is None else Quantity(f.promised, f.unit)
    recent = [v for _, v in sorted(f.numbers.items()) if _.startswith("recent_")]
    return GoalLine(label, e, f.quantity, target, line_of(recent), _outlook(f))


def _outlook(f: Finding) -> Sentence:
    chance = f.numbers.get("chance", math.nan)
    if not math.isnan(chance):
        named = {"chance": Quantity(min(max(chance, 0.01), 0.99), "probability")}
        if chance < 0.01:
            return Sentence("very unlikely (below {chance})", named)
        if chance > 0.99:
            return Sentence("very likely (above {chance})", named)
        if chance >= 0.9:
            return Sentence("very likely ({chance})", named)
        if chance >= 0.6:
            return Sentence("likely ({chance})", named)
        if chance > 0.4:
            return Sentence("as likely as not ({chance})", named)
        return Sentence("unlikely ({chance})", named) if chance > 0.1 else Sentence("very unlikely ({chance})", named)
    words = {
        "reliably_met": "met, and stays so", "hit_and_miss": "met at times", "reliably_missed": "missed as things stand",
    }  # fmt: skip
    return Sentence(words.get(f.verdict, "cannot be told"))


def promises_of(mains: Sequence[Entry]) -> list[Drawn]:
    """Every change judged: the share of its promise that came, on one scale; 0 and 1 are marked."""
    changes = [e for e in mains if e.finding.notebook == "plan_change"]
    shares = [_share(e.finding) for e in changes]
    scale = scale_over([v for s in shares if s.known for v in (s.value, s.low, s.high, 0.0, 1.0) if v is not None], (-2.0, 2.0))
    out = []
    for e, s in zip(changes, shares, strict=True):
        drawn = None
        if scale is not None and s.known:
            ends = (s.low, s.high) if s.low is not None else (s.value, s.value)
            drawn = scale.sketch(ends[0], s.value, ends[1], (1.0,))
        q = e.finding.quantity
        named = {"value": q, "promised": Quantity(e.finding.promised, e.finding.unit)} if e.finding.promised is not None else {}
        said = None
        if named and q.known:
            said = Sentence("{value:bare} of {promised} promised", named)
        elif named:
            said = Sentence("{promised} promised", named)
        out.append(Drawn(e.page.title if e.page else e.finding.subject, s, drawn, e, said))
    return out


def _share(f: Finding) -> Quantity:
    value, low, high = (f.numbers.get(n, math.nan) for n in ("share_of_promise", "share_of_promise_low", "share_of_promise_high"))
    if math.isnan(low) or math.isnan(high):
        return Quantity(value, "percent")
    return Quantity(value, "percent", low, high)


def rivals_of(entries: Sequence[Entry], company: str) -> tuple[Entry, list[Drawn]] | None:
    """The first benchmark's companies on one scale, best first; None where there is none."""
    main = next((e for e in entries if e.finding.notebook == "competitor_benchmark" and e.finding.headline), None)
    if main is None:
        return None
    levels = [e for e in entries if e.finding.id.startswith(f"{main.finding.id}/") and e.finding.id.endswith("/level")]
    metric = next((e.finding.id.split("/")[2] for e in levels), "")
    levels = [e for e in levels if e.finding.id.split("/")[2] == metric and e.finding.quantity.known]
    numbers = [v for e in levels for v in (e.finding.low, e.finding.estimate, e.finding.high)]
    scale = scale_over(numbers)
    if scale is None:
        return None
    ours = next((e.finding.comparison for e in levels if e.finding.estimate == main.finding.estimate), company)
    out = []
    for e in sorted(levels, key=lambda e: -e.finding.estimate):
        f = e.finding
        low, high = (v if math.isfinite(v) else f.estimate for v in (f.low, f.high))
        drawn = scale.sketch(low, f.estimate, high)
        out.append(Drawn(f.comparison or "", f.quantity, drawn, e, ours=f.comparison == ours))
    return main, out


def spending_of(entries: Sequence[Entry]) -> list[Spent]:
    """Money and hours: planned in all, spent, expected at the end."""
    out = []
    for measure, label in (("money", Sentence("Money")), ("hours", Sentence("Hours"))):
        e = next((e for e in entries if e.finding.id == f"roi/budget/{measure}"), None)
        if e is None or not e.finding.quantity.known:
            continue
        n, unit = e.finding.numbers, e.finding.unit
        planned, actual = Quantity(n["planned_in_all"], unit), Quantity(n["actual"], unit)
        out.append(Spent(label, planned, actual, e.finding.quantity, e))
    return out
