"""Which questions cannot be answered, and what is to be put right first."""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.quality.results import Judged
from toolkit.quality.shortfalls import KINDS, Shortfall, share

NOTEBOOK = "data_quality"
QUESTION = Sentence("Is the collected data enough, correct, current, consistent and allowed?")
CONSENT = Sentence("Is only who agreed contacted?")
ANSWERS = ("F26",)
METHOD = "share of rows, Wilson score"
UNEVEN_METHOD = "difference of shares on effective rows, Newcombe, errors divided among all places"


def conclude(judged: Judged, checks: Checks) -> Findings:
    """What stays open, consent, and one finding a shortfall."""
    found = [_whole(judged, checks), *_consent(judged), *_current(judged)]
    found += [_shortfall(judged, s, i) for i, s in enumerate(judged.shortfalls) if s.kind not in ("consent", "stale")]
    return Findings(tuple(found))


def _finding(judged: Judged, *parts: str, said: Sentence, quantity: Quantity | None = None, **more) -> Finding:
    d = judged.definition
    ends = {}
    if quantity is not None and quantity.known:
        ends = {"estimate": quantity.value, "unit": quantity.unit}
        if quantity.low is not None and math.isfinite(quantity.low):
            ends |= {"low": quantity.low, "high": quantity.high}
    more = {"verdict": "measured", "owner": d.owner, **more}
    question = CONSENT if parts[0] == "consent" else QUESTION
    return Finding(
        id="/".join((NOTEBOOK, *parts)), notebook=NOTEBOOK, question=question, subject=parts[0], sentence=said,
        period=d.period, level=d.level, answers=ANSWERS, **ends, **more,
    )  # fmt: skip


def _whole(judged: Judged, checks: Checks) -> Finding:
    uses, shut, touched = judged.definition.uses, judged.open, judged.touched
    values = {"n": len(shut), "of": len(uses), "touched": len(touched), "names": tuple(u.label for u in shut[:3])}
    if not uses:
        said = Sentence("No question of the params file needs a table yet.")
    elif shut:
        said = Sentence(
            "{n} of {of} questions cannot be answered from the data: {names}. Shortfalls touch {touched} more.", values)
    elif touched:
        said = Sentence("Every question can be answered from the data; shortfalls touch {touched} of {of}.", values)
    else:
        said = Sentence("Every question can be answered from the data; nothing is missing, double, late or at odds.", values)
    decision = None
    if judged.shortfalls:
        first = judged.shortfalls[0]
        decision = Sentence("Put right first: {what}", {"what": first.lacks}) if first.uses else None
    return _finding(
        judged, "questions", said=said, n=sum(t.rows for t in judged.tables), n_unit="rows", checks=checks.checks,
        decision=decision, headline=True, verdict="measured" if uses else "no_data",
        numbers={"questions": len(uses), "open": len(shut), "touched": len(touched), "shortfalls": len(judged.shortfalls)},
    )  # fmt: skip


def _consent(judged: Judged) -> Iterator[Finding]:
    """All contacts together on the index; each kind by itself in the details."""
    if judged.definition.agreed is None:
        yield _finding(
            judged, "consent", verdict="no_data",
            said=Sentence("Whether only people who agreed are contacted is not known: consent is not declared."),
        )  # fmt: skip
        return
    of, n = sum(c.contacts for c in judged.contacts), sum(c.without for c in judged.contacts)
    values = {"n": n, "of": of}
    if not of:
        said = Sentence("Nobody was contacted in a way that needs consent.")
    elif n:
        said = Sentence("{n} of {of} contacts that need consent went to people who have not agreed.", values)
    else:
        said = Sentence("All {of} contacts that need consent went to people who agreed.", values)
    yield _finding(
        judged, "consent", said=said, quantity=share(n, of, judged.definition.level), n=of, n_unit="contacts", method=METHOD,
        source=judged.definition.agreed.table, headline=bool(n), verdict="measured" if of else "no_data",
        decision=Sentence("Stop such contacts, and ask those people.") if n else None,
    )  # fmt: skip
    for s in judged.of_kind("consent"):
        name = next(c.asked.name for c in judged.contacts if c.asked.table == s.table and c.without == s.rows and c.contacts == s.of)
        yield _finding(judged, "consent", name, said=s.lacks, quantity=s.share, n=s.of, n_unit="contacts", method=METHOD, source=s.table)


def _current(judged: Judged) -> Iterator[Finding]:
    dated = [t for t in judged.tables if t.fresh is not None]
    stale = judged.of_kind("stale")
    values = {"of": len(dated), "as_of": judged.definition.as_of, "tables": tuple(s.table for s in stale)}
    if not dated:
        said = Sentence("How current the data is cannot be said: no table is dated.")
    elif stale:
        said = Sentence("Silent for longer than is usual: {tables}.", values)
    else:
        said = Sentence("Every dated table is as current on {as_of} as is usual.", values)
    yield _finding(
        judged, "current", said=said, n=len(dated), n_unit="tables", verdict="measured" if dated else "no_data",
        numbers={"stale": len(stale)}, decision=stale[0].adds if stale else None,
    )  # fmt: skip
    for s in stale:
        yield _finding(judged, "current", s.table, said=s.lacks, n=s.of, source=s.table)


def _shortfall(judged: Judged, s: Shortfall, at: int) -> Finding:
    said = Sentence("{kind}: {what}", {"kind": KINDS[s.kind], "what": s.lacks})
    parts = [s.kind, s.table, *filter(None, (s.column, s.place))]
    same = [x for x in judged.shortfalls[:at] if (x.kind, x.table, x.column, x.place) == (s.kind, s.table, s.column, s.place)]
    if same:  # a column may break two rules
        parts.append(str(len(same) + 1))
    return _finding(
        judged, *parts, said=said, quantity=s.share, n=s.of, n_unit="rows", source=s.table, segment=s.place,
        method=UNEVEN_METHOD if s.kind == "uneven" else METHOD if s.share else "",
        numbers={"rows": s.rows, "questions": len(s.uses), "open": float(s.open)},
    )  # fmt: skip
