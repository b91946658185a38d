"""Which process is to be mended first, and what complaints cost."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.service.complaints.results import Complained, in_days
from toolkit.service.pareto import METHOD, Kind, Pareto
from toolkit.service.waits import METHOD as WAIT_METHOD
from toolkit.service.wording import figure, names, plain, with_doubts

QUESTION = Sentence("Which processes cause most complaints, and are they dealt with?")
FIRST = Sentence("How well does the service run, and which process is to be mended first?")
TREND_LEVEL = 0.05


def conclude(found: Complained, checks: Checks) -> Findings:
    """The first cause, overall and by group; by the hundred; in favour and its cost; told and in time."""
    return Findings(tuple([
        _first(found, checks), *_split(found), *_shares(found), *_rate(found), *_favour(found), *_progress(found),
        *_wait(found),
    ]))  # fmt: skip


def _figure(
    found: Complained, *parts: str, said: Sentence, quantity: Quantity | None = None, question: Sentence = QUESTION, **more
) -> Finding:
    d = found.definition
    more = {"source": d.table, "level": d.level, "n_unit": "complaints", **more}
    return figure(("complaints", *parts), question, said, quantity, window=d.window, **more)


def _first(found: Complained, checks: Checks) -> Finding:
    overall = found.overall
    if overall.n and not overall.kinds:
        values = {"n": overall.n, "least": found.definition.min_cell}
        said = Sentence("{n} complaints were made: fewer than {least} of each kind, so none is shown.", values)
        return _figure(found, "first", question=FIRST, said=said, answers=("F43",), checks=checks.checks, headline=True)
    if not overall.kinds:
        said = Sentence("No complaint was made in this time, or none was written down.")
        return _figure(found, "first", question=FIRST, said=said, answers=("F43",), checks=checks.checks, headline=True)
    top, owner = overall.kinds[0], None
    if overall.told:
        decision = Sentence("Fix first: {process}.", {"process": plain(top.name)})
        owner = found.definition.owners.get(top.name)
    else:
        decision = Sentence(
            "Fix first one of {processes}: take the cheaper, for which causes more is not known.",
            {"processes": names([k.name for k in overall.first])},
        )  # fmt: skip
    return _figure(
        found, "first", question=FIRST, said=with_doubts(first_said(overall), checks.checks), quantity=top.share, n=overall.n,
        method=METHOD, answers=("F43",), decision=decision, owner=owner or found.definition.owner,
        checks=checks.checks, headline=True, comparison=top.name,
        numbers={"may_be_first": len(overall.first), "clusters": overall.clusters, "places_told": float(overall.told)},
    )  # fmt: skip


def first_said(pareto: Pareto) -> Sentence:
    """What comes first, or which cannot be told apart."""
    top = pareto.kinds[0]
    values = {"process": plain(top.name), "share": top.share, "n": pareto.n}
    if pareto.told:
        return Sentence(
            "Most complaints come from {process}: {share} ({share:range}) of {n}, more than from any other.", values)
    values |= {"processes": names([k.name for k in pareto.first])}
    return Sentence(
        "Which process causes most complaints is not known: {processes} cannot be told apart; "
        "{process} has {share} ({share:range}) of {n}.", values)


def _split(found: Complained) -> Iterator[Finding]:
    for group, pareto in found.split.items():
        if not pareto.kinds:
            continue
        values = {"group": plain(group), "said": first_said(pareto)}
        yield _figure(
            found, "first", group, said=Sentence("{group}: {said}", values), quantity=pareto.kinds[0].share,
            n=pareto.n, method=METHOD, answers=("F43",), segment=group, comparison=pareto.kinds[0].name,
            numbers={"may_be_first": len(pareto.first), "places_told": float(pareto.told)},
        )  # fmt: skip


def _shares(found: Complained) -> Iterator[Finding]:
    for k in found.overall.kinds:
        values = {"process": plain(k.name), "share": k.share}
        yield _figure(
            found, "share", k.name, said=Sentence("{process}: {share} of complaints ({share:range}).", values),
            quantity=k.share, n=found.overall.n, method=METHOD, answers=("F43",), comparison=k.name,
            numbers=_places(k),
        )  # fmt: skip


def _places(k: Kind) -> dict[str, float]:
    return {"count": k.count, "rank": k.rank, "rank_low": k.rank_low, "rank_high": k.rank_high, "cumulative": k.cumulative}


def _rate(found: Complained) -> Iterator[Finding]:
    if found.rate is None:
        return
    r, d = found.rate, found.definition
    known = r.low == r.low
    q = Quantity(r.estimate, "number", r.low, r.high) if known else Quantity(r.estimate, "number", reason=r.reason)
    values = {"rate": q, "name": Sentence("{units}", {"units": plain(d.per.name)}), "months": len(found.months)}
    trend, variation = found.trend, None
    if not known:
        said = Sentence("Complaints by the hundred are not known: there were no {name}.", values)
    elif trend is None or trend.reason is not None:
        said = Sentence("There are {rate} complaints to a hundred {name} ({rate:range}).", values)
    elif trend.p_value >= TREND_LEVEL:
        variation = "steady"
        said = Sentence("There are {rate} complaints to a hundred {name} ({rate:range}); "
                        "over {months} months no drift can be seen.", values)  # fmt: skip
    elif trend.slope > 0:
        variation = "worsening"
        said = Sentence("There are {rate} complaints to a hundred {name} ({rate:range}); "
                        "over {months} months they have become more.", values)  # fmt: skip
    else:
        variation = "improving"
        said = Sentence("There are {rate} complaints to a hundred {name} ({rate:range}); "
                        "over {months} months they have become fewer.", values)  # fmt: skip
    numbers = {} if trend is None else {"trend_p": trend.p_value, "slope_a_month": trend.slope}
    yield _figure(found, "per_hundred", said=said, quantity=q, n=found.overall.n, method=r.method,
                  answers=("F43",), variation=variation, numbers=numbers)  # fmt: skip


def _favour(found: Complained) -> Iterator[Finding]:
    favour, cost = found.share("favour"), found.cost()
    if favour is not None:
        q = favour.quantity()
        values = {"share": q, "n": favour.n}
        said = Sentence("{share} of complaints that are decided were resolved in the customer's favour ({share:range}).", values)
        if not q.known:
            said = Sentence("No complaint has been decided yet.")
        yield _figure(found, "in_favour", said=said, quantity=q, n=favour.n, method=favour.method, answers=("F42",))
    if cost is not None:
        q = cost.quantity(found.definition.currency)
        values = {"each": q, "total": Quantity(cost.total, found.definition.currency)}
        said = Sentence("Compensation came to {total}: {each} a decided complaint.", values)
        if not q.known:
            said = Sentence("What complaints cost is not known: none has been decided yet.")
        yield _figure(found, "cost", said=said, quantity=q, n=cost.n, method=cost.method, answers=("F42",),
                      numbers={"total": cost.total})  # fmt: skip


def _progress(found: Complained) -> Iterator[Finding]:
    told = found.share("progress")
    if told is not None:
        q = told.quantity()
        said = Sentence("{share} of those who complained were told of progress ({share:range}).", {"share": q})
        if not q.known:
            said = Sentence("Whether progress was told is not known: there were no complaints.")
        yield _figure(found, "progress", said=said, quantity=q, n=told.n, method=told.method, answers=("F46",))


def _wait(found: Complained) -> Iterator[Finding]:
    wait = found.wait()
    if wait is None:
        return
    half, slow = in_days(wait.hours()), in_days(wait.hours("slowest"))
    numbers = {"still_open": wait.still_open, "backward": wait.backward, "overdue": wait.overdue}
    if half.known and slow.known:
        said = Sentence("Half of all complaints are dealt with in {half}, nine in ten in {slow}.", {"half": half, "slow": slow})
    else:
        said = Sentence("How long complaints take is not known yet: {n} are still open.", {"n": wait.still_open})
    yield _figure(found, "handling_days", said=said, quantity=half, n=wait.n, method=WAIT_METHOD, answers=("F44",),
                  numbers={**numbers, "slowest_tenth_days": slow.value})  # fmt: skip
    if found.definition.promise_days is not None:
        q = wait.kept.quantity()
        values = {"share": q, "days": Quantity(found.definition.promise_days, "days"), "overdue": wait.overdue}
        said = Sentence("{share} of complaints were dealt with in {days} as promised ({share:range}); {overdue} are "
                        "open beyond it and count as missed.", values)  # fmt: skip
        if not q.known:
            said = Sentence("Whether complaints are dealt with in {days} is not known: none is due yet.", values)
        yield _figure(found, "handled_in_time", said=said, quantity=q, n=wait.kept.n, method=wait.kept.method,
                      answers=("F44",), numbers=numbers)  # fmt: skip
