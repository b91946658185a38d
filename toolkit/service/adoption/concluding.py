"""When was the system adopted, who is still to be won, is training done and are contacts written down?"""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.service.adoption.results import Adopted
from toolkit.service.measured import verdict_of
from toolkit.service.small_groups import too_few
from toolkit.service.window import Window
from toolkit.service.wording import figure, names, plain, with_doubts

QUESTION = Sentence("Is the CRM system used, and used well?")


def conclude(found: Adopted, checks: Checks) -> Findings:
    """The day of adoption and the last ones; training; what is written down."""
    return Findings(tuple([*_use(found, checks), *_training(found), *_logged(found)]))


def _figure(found: Adopted, *parts: str, said: Sentence, quantity: Quantity | None = None, window: Window | None = None, **more) -> Finding:
    more = {"level": found.definition.level, "owner": found.definition.owner, **more}
    return figure(("adoption", *parts), QUESTION, said, quantity, window=window or found.definition.window, **more)


def adopted_said(found: Adopted) -> Sentence:
    """The day, and who the last ones are."""
    use, d = found.use, found.definition
    last = sum(n for _, n in found.last)
    values = {"share": Quantity(d.share, "probability"), "n": use.n, "day": use.reached, "last": last,
              "active": Quantity(use.active / use.n, "probability"), "days": Quantity(d.active_days, "days")}  # fmt: skip
    if use.reached is None:
        values["now"] = Quantity(1 - use.never / use.n, "probability")
        return Sentence("{now} of {n} colleagues have used the CRM system; {share} is not reached yet.", values)
    if not found.last:
        return Sentence("{share} of {n} colleagues had used the CRM system by {day}, and all have since.", values)
    most = [(t, n) for t, n in found.last if n == found.last[0][1]]
    values |= {"team": names([t.name for t, _ in most]), "of_team": sum(n for _, n in most)}
    return Sentence("{share} of {n} colleagues had used the CRM system by {day}; of the last {last}, {of_team} are of "
                    "{team}. {active} used it in the last {days}.", values)  # fmt: skip


def _use(found: Adopted, checks: Checks) -> Iterator[Finding]:
    use, d = found.use, found.definition
    if use is None:
        return
    source = ", ".join((d.users.table, d.logins.table))
    if not use.n:
        yield _figure(found, "adopted", said=Sentence("Nobody has access to the CRM system yet."), answers=("F80",),
                      source=source, checks=checks.checks, headline=True)  # fmt: skip
        return
    decision = None
    if found.last and use.reached is None or use.never:
        decision = Sentence("Win over the rest, beginning with {team}.", {"team": names([found.last[0][0].name])})
    numbers = {"active_lately": use.active, "never": use.never, "last_ones": sum(n for _, n in found.last)}
    if use.reached is not None:
        numbers["reached_ordinal"] = use.reached.toordinal()
        if use.opened is not None:
            numbers["days_since_access"] = (use.reached - use.opened).days
    used = Quantity(1 - use.never / use.n, "percent")
    yield _figure(
        found, "adopted", said=with_doubts(adopted_said(found), checks.checks), quantity=used, n=use.n,
        n_unit="colleagues", method="counted: all colleagues with access", answers=("F80",), source=source,
        checks=checks.checks, headline=True, decision=decision, numbers=numbers,
    )  # fmt: skip
    for team in use.teams:
        late = team.after(use.reached)
        values = {"team": plain(team.name), "late": late, "n": team.n, "active": Quantity(team.active / team.n, "probability")}
        said = Sentence("{team}: {late} of {n} colleagues are among the last ones; {active} used the system lately.", values)
        yield _figure(
            found, "adopted", team.name, said=said, quantity=Quantity(team.active / team.n, "percent"), n=team.n,
            n_unit="colleagues", method="counted: all colleagues with access", answers=("F80",), source=source,
            segment=team.name, numbers={"last_ones": late, "never": team.never},
        )  # fmt: skip


def _training(found: Adopted) -> Iterator[Finding]:
    if found.trained is None:
        return
    source = found.definition.training.table
    if not found.trained.cells[()]:
        yield _figure(found, "training", said=Sentence("No course is written down."), answers=("F81",), source=source)
    for columns, cells in found.trained.cells.items():
        for key, c in cells.items():
            values = {"who": plain(key[0]) if key else "", "done": c["done"].quantity(), "in_time": c["in_time"].quantity(), "n": c["done"].n}
            if not c["done"].n:
                said = Sentence("No course is due yet.")
            elif key:
                said = Sentence("{who}: {done} ({done:range}) of {n} courses due are done, {in_time} in time.", values)
            else:
                said = Sentence("{done} ({done:range}) of {n} courses due are done, {in_time} in time.", values)
            yield _figure(
                found, "training", *columns, *key, said=said, quantity=c["done"].quantity(), n=c["done"].n, n_unit="courses",
                method=c["done"].method, answers=("F81",), source=source, segment=key[0] if key else None,
                verdict=verdict_of(c["done"], None), numbers={"in_time": c["in_time"].value},
            )  # fmt: skip


_SAID = {
    "complete": Sentence("of contacts are written down completely"),
    "template": Sentence("of contacts used a template"),
    "automatic": Sentence("of contacts were sent by a system"),
}
_ANSWERS = {"complete": ("F22",), "template": ("F23",), "automatic": ("F23",)}


def _logged(found: Adopted) -> Iterator[Finding]:
    part = found.definition.logging
    for cells in found.logged.values():
        for key, cell in cells.items():
            for name, m in ((n, m) for n, m in cell.items() if not too_few(m)):
                values = {"who": plain(key[0]) if key else "", "share": m.quantity(), "what": _SAID[name]}
                if not m.n:
                    said = Sentence("There were no contacts to write down.")
                elif key:
                    said = Sentence("{who}: {share} ({share:range}) {what}.", values)
                else:
                    said = Sentence("{share} ({share:range}) {what}.", values)
                yield _figure(
                    found, name, *key, said=said, quantity=m.quantity(), n=m.n, n_unit="contacts", method=m.method,
                    answers=_ANSWERS[name], source=part.table, segment=key[0] if key else None, window=part.window,
                )  # fmt: skip
