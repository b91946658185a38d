"""Is the level as wanted, the communication plan kept, and what is asked for in vain?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.service.measured import verdict_of
from toolkit.service.pareto import METHOD
from toolkit.service.touchpoints.results import Level, Met
from toolkit.service.window import Window
from toolkit.service.wording import figure, names, plain, with_doubts

QUESTION = Sentence("Is what customers meet as it should be?")
SURVEY_METHOD = "two waves of equal size, power .8"


def conclude(found: Met, checks: Checks) -> Findings:
    """Each touchpoint against its level; the plan's contacts; requests; the survey."""
    return Findings(tuple([
        *_levels(found, checks), *_outreach(found), *_requests(found), *_surveys(found),
    ]))  # fmt: skip


def _figure(found: Met, *parts: str, window: Window, **more) -> Finding:
    more = {"level": found.definition.level, **more}
    return figure(("touchpoints", *parts), QUESTION, more.pop("said"), more.pop("quantity", None), window=window, **more)


def _levels(found: Met, checks: Checks) -> Iterator[Finding]:
    for i, x in enumerate(found.levels):
        said = level_said(x)
        parts = ("seen", x.item.name, *((x.group,) if x.group is not None else ()))
        yield _figure(
            found, *parts, window=x.item.window, said=with_doubts(said, checks.checks) if i == 0 else said,
            quantity=x.kept.quantity(), n=x.kept.n, method=x.kept.method, source=x.item.table, verdict=x.verdict,
            answers=("F16", "F17", "F18"), segment=x.group, promised=x.item.wanted, checks=checks.checks if i == 0 else (),
        )  # fmt: skip


def level_said(x: Level) -> Sentence:
    """Seen and wanted."""
    values = {"label": x.label, "seen": x.kept.quantity(), "n": x.kept.n}
    if not x.kept.n:
        return Sentence("{label}: nothing was seen in this time.", values)
    if x.item.wanted is None:
        return Sentence("{label}: {seen} ({seen:range}) of {n} were as they should be.", values)
    values["wanted"] = Quantity(x.item.wanted, "percent")
    return Sentence("{label}: {seen} ({seen:range}) of {n} were as they should be; {wanted} are wanted.", values)


def _outreach(found: Met) -> Iterator[Finding]:
    plan, d = found.outreach, found.definition.outreach
    if plan is None:
        return
    for columns, cells in plan.cells.items():
        for key, cell in cells.items():
            kept = cell["kept"]
            wanted = d.wanted if kept.n else None
            verdict = verdict_of(kept, wanted)
            label = plain(", ".join(key)) if key else ""
            values = {"label": label, "share": kept.quantity(), "n": kept.n, "came": cell["came"].quantity()}
            if not kept.n:
                said = Sentence("No planned contact was due in this time.")
            elif key:
                said = Sentence("{label}: {share} ({share:range}) of {n} planned contacts were made in time, {came} at all.", values)
            else:
                said = Sentence("{share} ({share:range}) of {n} planned contacts were made in time, {came} at all.", values)
            place = tuple(p for c, k in zip(columns, key, strict=True) for p in (c, k))
            numbers = {"made_at_all": cell["came"].value, "not_due": plan.not_due, "contacts_a_customer": plan.each} if not key else {}
            shared = {"window": d.window, "source": d.table, "segment": label or None, "n_unit": "contacts"}
            yield _figure(found, "outreach", *place, said=said, quantity=kept.quantity(), n=kept.n, method=kept.method,
                          answers=("F20",), verdict=verdict, promised=wanted, numbers=numbers, **shared)  # fmt: skip
            sent = cell.get("automatic")
            if sent is not None and sent.n and len(columns) < 2:
                values["sent"] = sent.quantity()
                said = Sentence("{label}: {sent} ({sent:range}) were sent by a system.", values) if key else Sentence(
                    "{sent} ({sent:range}) of planned contacts were sent by a system.", values)  # fmt: skip
                yield _figure(found, "automatic", *place, said=said, quantity=sent.quantity(), n=sent.n, method=sent.method,
                              answers=("F23",), **shared)  # fmt: skip
    if not plan.cells[()]:
        yield _figure(found, "outreach", said=Sentence("No planned contact was due in this time."), window=d.window,
                      source=d.table, answers=("F20",))  # fmt: skip


def _requests(found: Met) -> Iterator[Finding]:
    if found.requests is None:
        return
    pareto, d = found.requests.pareto, found.definition.requests
    shared = {"window": d.window, "source": d.table, "answers": ("F47",), "n_unit": "requests", "method": METHOD, "n": pareto.n}
    if pareto.n and not pareto.kinds:
        said = Sentence("{n} requests for what is not offered: too few of each kind to be shown.", {"n": pareto.n})
        yield _figure(found, "requests", said=said, **shared)
        return
    if not pareto.kinds:
        yield _figure(found, "requests", said=Sentence("Nothing was asked for in vain, or it was not written down."), **shared)
        return
    top = pareto.kinds[0]
    values = {"wanted": plain(top.name), "share": top.share, "n": pareto.n, "names": names([k.name for k in pareto.first])}
    if pareto.told:
        said = Sentence("Of {n} requests for what is not offered, most are for {wanted}: {share} ({share:range}).", values)
    else:
        said = Sentence("Of {n} requests for what is not offered, {names} cannot be told apart as the most frequent.", values)
    yield _figure(found, "requests", said=said, quantity=top.share, comparison=top.name,
                  numbers={"may_be_first": len(pareto.first)}, **shared)  # fmt: skip
    for k in pareto.kinds:
        said = Sentence("{wanted}: {share} of requests ({share:range}).", {"wanted": plain(k.name), "share": k.share})
        yield _figure(found, "requests", "share", k.name, said=said, quantity=k.share, comparison=k.name,
                      numbers={"count": k.count, "rank_low": k.rank_low, "rank_high": k.rank_high}, **shared)  # fmt: skip


def _surveys(found: Met) -> Iterator[Finding]:
    s, d = found.surveys, found.definition.surveys
    if s is None:
        return
    values = {"mean": s.mean.quantity("score"), "n": s.answered, "seen": Quantity(s.seen, "score"),
              "change": Quantity(d.change or 0.0, "score")}  # fmt: skip
    if not s.seen == s.seen:
        said = Sentence("The survey cannot measure anything yet: {n} answered.", values)
    elif d.change is None:
        said = Sentence("{n} answers put satisfaction at {mean} ({mean:range}); two such waves show a change of {seen}.", values)
    elif d.change >= s.seen:
        said = Sentence("{n} answers put satisfaction at {mean} ({mean:range}); two such waves show {seen}, enough for the "
                        "change of {change} that matters.", values)  # fmt: skip
    else:
        said = Sentence("{n} answers put satisfaction at {mean} ({mean:range}); two such waves show {seen} at best, and the "
                        "change of {change} that matters stays unseen: ask more people.", values)  # fmt: skip
    yield _figure(found, "survey", window=d.window, source=d.table, said=said, quantity=s.mean.quantity("score"), n=s.answered,
                  n_unit="answers", method=SURVEY_METHOD, answers=("F48",), numbers={"smallest_change_seen": s.seen})  # fmt: skip
    for what, m in s.split.items():
        q = m.quantity("score")
        values = {"what": plain(what), "mean": q, "n": m.n}
        said = Sentence("Where it was {what}, {n} answers give {mean} ({mean:range}).", values)
        if q.low is None:
            said = Sentence("Where it was {what}, {n} answers give {mean}.", values)
        yield _figure(found, "survey", "split", what, window=d.window, source=d.table, said=said, quantity=q, n=m.n,
                      n_unit="answers", method=m.method, answers=("F48", "F43"), segment=what)  # fmt: skip
    if s.rate is not None and s.rate.n:
        said = Sentence("{rate} of {n} people asked answered ({rate:range}).", {"rate": s.rate.quantity(), "n": s.rate.n})
        yield _figure(found, "survey", "response", window=d.window, source=d.table, said=said, quantity=s.rate.quantity(),
                      n=s.rate.n, n_unit="people asked", method=s.rate.method, answers=("F48",))  # fmt: skip
