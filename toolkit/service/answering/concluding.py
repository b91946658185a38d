"""Is the promise kept, and are there colleagues enough?"""

from __future__ import annotations

import math
from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.service.answering.results import Answered, who
from toolkit.service.measured import verdict_of
from toolkit.service.small_groups import too_few
from toolkit.service.waits import METHOD, Wait
from toolkit.service.wording import figure, with_doubts

QUESTION = Sentence("How soon are customers answered, and is the promise kept?")
_ANSWERS = {"reply": ("F45", "F44"), "resolution": ("F44", "F46")}


def conclude(found: Answered, checks: Checks) -> Findings:
    """The promise first, then waits, then each department and channel, then the queue."""
    findings = []
    for i, measure in enumerate(found.waits):
        findings += _promise(found, measure, checks, headline=i == 0)
    for measure in found.waits:
        findings += _waits(found, measure)
    return Findings(tuple([*findings, *_staffing(found)]))


def _figure(found: Answered, *parts: str, said: Sentence, quantity: Quantity | None = None, **more) -> Finding:
    d = found.definition
    more = {"source": d.table, "level": d.level, "n_unit": "contacts", **more}
    return figure(("answering", *parts), QUESTION, said, quantity, window=d.window, **more)


def kept_said(wait: Wait, measure: str) -> Sentence:
    """The share kept, the share wanted, and what is overdue."""
    values = {"share": wait.kept.quantity(), "wanted": Quantity(wait.wanted, "percent"), "n": wait.kept.n,
              "overdue": wait.overdue}  # fmt: skip
    if not wait.kept.n:
        return Sentence("Whether the promise is kept is not known: none is due yet, or none was made.")
    if not math.isfinite(wait.wanted):
        return Sentence("{share} ({share:range}) of {n} came within the promise, with {overdue} overdue ones "
                        "counted as missed.", values)  # fmt: skip
    said = Sentence("{share} ({share:range}) of {n} matters were settled within the promise; {wanted} are wanted.", values)
    if measure == "reply":
        said = Sentence("{share} ({share:range}) of {n} first replies came within the promise; {wanted} are wanted.", values)
    if not wait.overdue:
        return said
    return Sentence("{said} {overdue} is overdue and counts as missed.", {"said": said, "overdue": wait.overdue},
                    plural="{said} {overdue} are overdue and count as missed.", count="overdue")  # fmt: skip


def _promise(found: Answered, measure: str, checks: Checks, headline: bool) -> Iterator[Finding]:
    total = found.all(measure)
    if not found.promises or not any(getattr(p, measure) is not None for p in found.promises):
        said = Sentence("No promise is declared, so whether it is kept cannot be said.")
        yield _figure(found, measure, "kept", said=said, answers=_ANSWERS[measure], checks=checks.checks)
        return
    if total is None:
        said = Sentence("There were no contacts in this time.")
        yield _figure(found, measure, "kept", said=said, answers=_ANSWERS[measure], checks=checks.checks)
        return
    worst = _worst(found, measure)
    decision = None
    if verdict_of(total.kept, total.wanted) == "reliably_missed" and worst is not None:
        decision = Sentence("Answer sooner, or promise less: {who} is furthest from its promise.", {"who": who(worst)})
    yield _figure(
        found, measure, "kept", said=with_doubts(kept_said(total, measure), checks.checks if headline else ()),
        quantity=total.kept.quantity(), n=total.kept.n, method=total.kept.method, answers=_ANSWERS[measure],
        verdict=verdict_of(total.kept, total.wanted), checks=checks.checks, headline=headline, decision=decision,
        owner=found.definition.owner, promised=None if math.isnan(total.wanted) else total.wanted,
        numbers={"overdue": total.overdue, "not_due": total.not_due, "no_promise": total.no_promise,
                 "backward": total.backward, "still_open": total.still_open},
    )  # fmt: skip
    for group in found.definition.groups[:-1]:
        for w in (w for w in found.by(measure, *group) if w.no_promise < w.n and not too_few(w.kept)):
            said = Sentence("{who}: {said}", {"who": who(w), "said": kept_said(w, measure)})
            yield _figure(
                found, measure, "kept", *_labelled(group, w), said=said, quantity=w.kept.quantity(), n=w.kept.n,
                method=w.kept.method, answers=(*_ANSWERS[measure], "F17"), verdict=verdict_of(w.kept, w.wanted), segment=", ".join(w.group),
                numbers={"overdue": w.overdue, "not_due": w.not_due, "no_promise": w.no_promise, "wanted": w.wanted},
            )  # fmt: skip


def _labelled(group: tuple[str, ...], wait: Wait) -> tuple[str, ...]:
    """Column and value, so that a department and a channel of one name stay apart."""
    return tuple(part for column, value in zip(group, wait.group, strict=True) for part in (column, value))


def _worst(found: Answered, measure: str) -> Wait | None:
    """The department furthest from what it promised, of those that surely miss it."""
    d = found.definition.department
    missed = [w for w in found.by(measure, d) if verdict_of(w.kept, w.wanted) == "reliably_missed"] if d else []
    return min(missed, key=lambda w: (w.kept.value - w.wanted, w.group), default=None)


def _waits(found: Answered, measure: str) -> Iterator[Finding]:
    for group in (g for g in found.definition.groups if len(g) < 2):
        for w in found.by(measure, *group):
            half, slow = w.hours(), w.hours("slowest")
            values = {"who": who(w), "half": half, "slow": slow, "n": w.still_open}
            if not half.known:
                said = Sentence("{who}: how long it takes is not known yet, {n} are still open.", values)
            elif measure == "reply":
                said = Sentence("{who}: half are answered within {half}, nine in ten within {slow}.", values)
            else:
                said = Sentence("{who}: half are settled within {half}, nine in ten within {slow}.", values)
            for name, q, found_ in (("median", half, w.median), ("slowest_tenth", slow, w.slowest)):
                yield _figure(
                    found, measure, name, *_labelled(group, w), said=said, quantity=q, n=w.n,
                    method=found_.method or METHOD, answers=_ANSWERS[measure], segment=", ".join(w.group) or None,
                    numbers={"still_open": w.still_open, "backward": w.backward},
                )  # fmt: skip


def _staffing(found: Answered) -> Iterator[Finding]:
    s, d = found.staffed, found.definition.staffing
    if s is None:
        return
    if s.now is None:
        said = Sentence("How many colleagues the queue needs is not known: {reason}.", {"reason": s.reason})
        yield _figure(found, "staffing", said=said, answers=("F44",))
        return
    values = {"agents": d.agents, "share": Quantity(s.now.within, "percent"), "seconds": Quantity(d.answer_within_seconds, "count"),
              "wanted": Quantity(d.share, "percent"), "needed": s.needed.agents, "high": s.needed_high.agents}  # fmt: skip
    if d.agents >= s.needed_high.agents:
        said = Sentence("{agents} colleagues are enough for the busiest hour: {share} are answered in {seconds} seconds, "
                        "{wanted} are wanted.", values)  # fmt: skip
    elif d.agents >= s.needed.agents:
        said = Sentence("{agents} colleagues are just enough for the busiest hour: {share} are answered in {seconds} seconds; "
                        "if as many come as chance allows, {high} are needed.", values)  # fmt: skip
    else:
        said = Sentence("{agents} colleagues are too few for the busiest hour: {share} are answered in {seconds} seconds, "
                        "{wanted} are wanted; it takes {needed}.", values)  # fmt: skip
    yield _figure(
        found, "staffing", said=said, quantity=Quantity(s.now.within, "percent"), n=s.contacts,
        method="Erlang C, busiest hour of the day", answers=("F44",),
        numbers={"needed": s.needed.agents, "needed_high": s.needed_high.agents, "load": s.now.load,
                 "minutes": s.minutes, "arrivals": s.arrivals, "hour": s.hour},
    )  # fmt: skip
