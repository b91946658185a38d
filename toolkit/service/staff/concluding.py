"""Whom to recognise, and what checks and colleagues themselves say."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.service.ranking import METHOD as RANK_METHOD
from toolkit.service.staff.results import Worked
from toolkit.service.window import Window
from toolkit.service.wording import figure, names, plain, with_doubts

QUESTION = Sentence("Do colleagues keep to the plan, and what do they say?")


def conclude(found: Worked, checks: Checks) -> Findings:
    """Recognition first, then surprise checks, then feedback."""
    return Findings(tuple([*_recognised(found, checks), *_checked(found), *_said(found)]))


def _figure(found: Worked, *parts: str, window: Window, said: Sentence, quantity: Quantity | None = None, **more) -> Finding:
    more = {"level": found.definition.level, **more}
    return figure(("staff", *parts), QUESTION, said, quantity, window=window, **more)


def _recognised(found: Worked, checks: Checks) -> Iterator[Finding]:
    people, d = found.people, found.definition.recognition
    if people is None:
        return
    best = people.best
    values = {"n": len(best), "of": len(people.people), "few": people.too_few, "kept": Quantity(people.overall, "percent")}
    decision = None
    if not people.people:
        said = Sentence("Nobody has rows enough to be ranked.")
    elif best and d.show_ids:
        values |= {"best": names([p.name for p in best])}
        said = Sentence("{best} surely keep to the plan better than half of {of} colleagues with the same mix of work.", values)
        decision = Sentence("Recognise {best}.", values)
    elif best:
        said = Sentence("{n} of {of} colleagues surely keep to the plan better than half of them, with the same mix of work.", values)
        decision = Sentence("Recognise them; their ids stand in the company's own tables.")
    else:
        said = Sentence("Nobody can be told apart as best: with the same mix of work, differences of {of} colleagues may be luck.", values)
    yield _figure(
        found, "recognition", window=d.window, said=with_doubts(said, checks.checks), source=d.table, answers=("F52",),
        quantity=Quantity(people.overall, "percent"), n=people.n, n_unit="contacts", method=RANK_METHOD,
        checks=checks.checks, decision=decision, owner=found.definition.owner,
        numbers={"surely_best": len(best), "ranked": len(people.people), "too_few": people.too_few},
    )  # fmt: skip
    if not d.show_ids:
        return
    for p in best:
        values = {"who": p.name, "value": p.value, "low": p.rank_low, "high": p.rank_high}
        said = Sentence("{who}: {value} ({value:range}) with everyone's mix of work, place {low} to {high}.", values)
        yield _figure(
            found, "recognition", p.name, window=d.window, said=said, source=d.table, answers=("F52",), quantity=p.value,
            n=p.n, n_unit="contacts", method=RANK_METHOD,
            numbers={"rank": p.rank, "rank_low": p.rank_low, "rank_high": p.rank_high, "raw": p.raw, "expected": p.expected},
        )  # fmt: skip


def _checked(found: Worked) -> Iterator[Finding]:
    d = found.definition.checks
    for columns, cells in found.checked.items():
        for key, c in cells.items():
            m = c["passed"]
            values = {"what": plain(key[0]) if key else "", "share": m.quantity(), "n": m.n}
            said = Sentence("{share} ({share:range}) of {n} points looked at in surprise checks were as they should be.", values)
            if key:
                said = Sentence("{what}: {share} ({share:range}) of {n} points in surprise checks were as they should be.", values)
            if not m.n:
                said = Sentence("There was no surprise check.")
            yield _figure(found, "checks", *columns, *key, window=d.window, said=said, quantity=m.quantity(), n=m.n,
                          n_unit="points checked", method=m.method, source=d.table, answers=("F49",),
                          segment=key[0] if key else None)  # fmt: skip
    if d is not None and not found.checked[()]:
        yield _figure(found, "checks", window=d.window, said=Sentence("There was no surprise check in this time."),
                      source=d.table, answers=("F49",))  # fmt: skip


def _said(found: Worked) -> Iterator[Finding]:
    d = found.definition.feedback
    for columns, cells in found.said.items():
        for key, c in cells.items():
            m = c["score"]
            q = m.quantity("score")
            values = {"what": plain(key[0]), "mean": q, "n": m.n}
            said = Sentence("{what}: colleagues give {mean} ({mean:range}), {n} answers.", values)
            if q.low is None:
                said = Sentence("{what}: colleagues give {mean}, {n} answers.", values)
            yield _figure(found, "feedback", *columns, *key, window=d.window, said=said, quantity=q, n=m.n, n_unit="answers",
                          method=m.method, source=d.table, answers=("F50",), segment=key[0])  # fmt: skip
    if d is not None and not found.said[(d.statement,)]:
        yield _figure(found, "feedback", window=d.window, said=Sentence("Colleagues were not asked in this time."),
                      source=d.table, answers=("F50",))  # fmt: skip
