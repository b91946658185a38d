"""Which leads are won, how soon are they taken up, do marketing and sales agree?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.service.leads.results import Led
from toolkit.service.ranking import METHOD as RANK_METHOD
from toolkit.service.waits import METHOD as WAIT_METHOD
from toolkit.service.wording import figure, names, plain, with_doubts

QUESTION = Sentence("What becomes of leads, and do marketing and sales work together?")


def conclude(found: Led, checks: Checks) -> Findings:
    """Conversion first, by source, then each step, speed, hand-over, agreement, owners."""
    return Findings(tuple([
        _won(found, checks), *_sources(found), *_steps(found), *_speed(found), *_quick(found), *_handover(found),
        *_agreement(found), *_owners(found),
    ]))  # fmt: skip


def _figure(found: Led, *parts: str, said: Sentence, quantity: Quantity | None = None, **more) -> Finding:
    d = found.definition
    more = {"source": d.table, "level": d.level, "n_unit": "leads", "answers": ("F82",), **more}
    return figure(("leads", *parts), QUESTION, said, quantity, window=d.window, **more)


def apart(found: Led) -> tuple[list[str], list[str]]:
    """Sources surely above the share of all leads, and surely below."""
    total = found.of("won").value
    above = [s for s in found.sources if found.of("won", s).low > total]
    return above, [s for s in found.sources if found.of("won", s).high < total]


def _won(found: Led, checks: Checks) -> Finding:
    won, days = found.of("won"), Quantity(found.definition.mature_days, "days")
    if won is None:
        values = {"n": found.n, "days": days}
        said = Sentence("What becomes of leads cannot be said: none of {n} is {days} old.", values)
        if not found.n:
            said = Sentence("There were no leads in this time.")
        return _figure(found, "won", said=said, checks=checks.checks, headline=True)
    above, below = apart(found)
    values = {"share": won.quantity(), "n": won.n, "days": days, "above": names(above), "below": names(below), "young": found.young}
    said = Sentence("{share} ({share:range}) of {n} leads {days} old or more were won.", values)
    decision = None
    if above and below:
        said = Sentence("{share} ({share:range}) of {n} leads {days} old or more were won; {above} brings more than that, "
                        "{below} less.", values)  # fmt: skip
        decision = Sentence("Move effort from {below} to {above}, and see whether it holds.", values)
    elif above:
        said = Sentence("{share} ({share:range}) of {n} leads {days} old or more were won; {above} brings more than that.", values)
    elif below:
        said = Sentence("{share} ({share:range}) of {n} leads {days} old or more were won; {below} brings less than that.", values)
    return _figure(
        found, "won", said=with_doubts(said, checks.checks), quantity=won.quantity(), n=won.n, method=won.method,
        checks=checks.checks, headline=True, decision=decision, owner=found.definition.lead,
        numbers={"young": found.young, "won": won.count},
    )  # fmt: skip


def _sources(found: Led) -> Iterator[Finding]:
    for source in found.sources:
        won = found.of("won", source)
        values = {"source": plain(source), "share": won.quantity(), "n": won.n}
        said = Sentence("{source}: {share} ({share:range}) of {n} mature leads were won.", values)
        yield _figure(found, "won", source, said=said, quantity=won.quantity(), n=won.n, method=won.method, segment=source,
                      numbers={"won": won.count})  # fmt: skip


_STEPS = {
    "contacted": Sentence("were contacted"), "handed": Sentence("were handed over"), "opportunity": Sentence("became an opportunity"),
}


def _steps(found: Led) -> Iterator[Finding]:
    for step, words in _STEPS.items():
        m = found.of(step)
        if m is not None:
            said = Sentence("{share} ({share:range}) of {n} mature leads {step}.", {"share": m.quantity(), "n": m.n, "step": words})
            yield _figure(found, step, said=said, quantity=m.quantity(), n=m.n, method=m.method)
    m = found.of("decided")
    if m is not None:
        said = Sentence("Of {n} mature leads won or lost, {share} were won ({share:range}).", {"share": m.quantity(), "n": m.n})
        if not m.n:
            said = Sentence("No mature lead has been won or lost.")
        yield _figure(found, "win_rate", said=said, quantity=m.quantity(), n=m.n, method=m.method)


def _speed(found: Led) -> Iterator[Finding]:
    d = found.definition
    for group, waits in found.speed.items():
        for key, w in waits.items():
            half, slow = w.hours(), w.hours("slowest")
            values = {"who": plain(key[0]) if key else "", "half": half, "slow": slow, "share": w.kept.quantity(),
                      "hours": Quantity(d.contact_within_hours or 0.0, "hours")}  # fmt: skip
            if not half.known:
                said = Sentence("How soon leads are contacted is not known yet.")
            elif key:
                said = Sentence("{who}: half are contacted within {half}, nine in ten within {slow}.", values)
            else:
                said = Sentence("Half of all leads are contacted within {half}, nine in ten within {slow}.", values)
            segment = key[0] if key else None
            yield _figure(found, "speed", *key, said=said, quantity=half, n=w.n, method=w.median.method or WAIT_METHOD,
                          segment=segment, numbers={"slowest_tenth": slow.value, "still_open": w.still_open,
                                                    "backward": w.backward})  # fmt: skip
            if d.contact_within_hours and w.kept.n:
                said = Sentence("{share} ({share:range}) of leads were contacted within {hours}.", values)
                if key:
                    said = Sentence("{who}: {share} ({share:range}) of leads were contacted within {hours}.", values)
                yield _figure(found, "contacted_in_time", *key, said=said, quantity=w.kept.quantity(), n=w.kept.n,
                              method=w.kept.method, segment=segment)  # fmt: skip


def _quick(found: Led) -> Iterator[Finding]:
    q = found.quick
    if q is None or q.reason is not None:
        return
    gap = Quantity(q.estimate, "points", q.low, q.high)
    values = {"gap": gap, "hours": Quantity(found.definition.contact_within_hours, "hours")}
    if q.low > 0:
        said = Sentence("Leads contacted within {hours} are won more often, by {gap:size} ({gap:sizes}); what makes them quick "
                        "may make them good, too.", values)  # fmt: skip
    elif q.high < 0:
        said = Sentence("Leads contacted within {hours} are won less often, by {gap:size} ({gap:sizes}).", values)
    else:
        said = Sentence("Whether leads contacted within {hours} are won more often cannot be told ({gap:range}).", values)
    yield _figure(found, "quick", said=said, quantity=gap, n=found.mature, method=q.method, p_value=q.p_value, null=q.null)


def _handover(found: Led) -> Iterator[Finding]:
    for waits in found.handover.values():
        for key, w in waits.items():
            half, slow = w.hours(), w.hours("slowest")
            values = {"who": plain(key[0]) if key else "", "half": half, "slow": slow}
            if not half.known:
                said = Sentence("How soon leads are handed over is not known yet.")
            elif key:
                said = Sentence("{who}: from the first contact, half are with sales within {half}, nine in ten within {slow}.", values)
            else:
                said = Sentence("From the first contact, half of all leads are with sales within {half}, nine in ten within {slow}.", values)
            yield _figure(found, "handover", *key, said=said, quantity=half, n=w.n, method=w.median.method or WAIT_METHOD,
                          answers=("F84",), segment=key[0] if key else None,
                          numbers={"slowest_tenth": slow.value, "still_open": w.still_open, "backward": w.backward})  # fmt: skip


def _agreement(found: Led) -> Iterator[Finding]:
    for source in (None, *found.sources):
        m = found.of("accepted", source)
        if m is None or not m.n:
            continue
        values = {"source": plain(source or ""), "share": m.quantity(), "n": m.n}
        said = Sentence("Sales took on {share} ({share:range}) of {n} leads that marketing handed over.", values)
        if source is not None:
            said = Sentence("{source}: sales took on {share} ({share:range}) of {n} leads handed over.", values)
        yield _figure(found, "accepted", *((source,) if source else ()), said=said, quantity=m.quantity(), n=m.n,
                      method=m.method, answers=("F84",), segment=source)  # fmt: skip
    k = found.agreement
    if k is not None:
        q = Quantity(k.estimate, "number", k.low, k.high) if k.reason is None else Quantity(k.estimate, "number", reason=k.reason)
        said = Sentence("Marketing and sales agree on leads beyond chance by {kappa} of 1 ({kappa:range}).", {"kappa": q})
        if k.reason is not None:
            said = Sentence("Whether marketing and sales agree cannot be said: {reason}.", {"reason": k.reason})
        yield _figure(found, "agreement", said=said, quantity=q, n=k.n, method=k.method, answers=("F84",))


def _owners(found: Led) -> Iterator[Finding]:
    o = found.owners
    if o is None:
        return
    values = {"n": len(o.people), "few": o.too_few}
    if len(o.people) < 2:
        said = Sentence("Owners cannot be compared: {few} have too few mature leads.", values)
    elif not o.told:
        said = Sentence("With the same mix of sources, {n} owners cannot be told apart.", values)
    elif found.definition.show_owners and o.best:
        said = Sentence("With the same mix of sources, {best} surely win more than half of the owners.", {"best": names([p.name for p in o.best])})
    else:
        said = Sentence("With the same mix of sources, some of {n} owners can be told apart.", values)
    yield _figure(found, "owners", said=said, quantity=Quantity(o.overall, "percent"), n=o.n, method=RANK_METHOD,
                  numbers={"owners": len(o.people), "too_few": o.too_few, "surely_best": len(o.best)})  # fmt: skip
