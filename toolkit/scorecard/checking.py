"""Should what is said of the plan be believed? Reasons for doubt about its tables."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Check, Checks
from toolkit.language import Sentence
from toolkit.scorecard.results import Scored

_STALE_DAYS = 92


def check(found: Scored) -> Checks:
    """Whether the tables are whole and kept up to date."""
    return Checks(tuple([*_schedule(found), *_readiness(found), *_informed(found), *_strategy(found)]))


def _schedule(found: Scored) -> Iterator[Check]:
    if found.schedule is None:
        return
    phases = found.schedule.phases
    bare = [p.name for p in phases if not (p.planned_start and p.planned_end)]
    said = Sentence("all of {n} have them", {"n": len(phases)})
    if bare:
        said = Sentence("without: {names}", {"names": tuple(bare)})
    yield Check(Sentence("Every phase has its planned days"), not bare, said, numbers={"without": len(bare)})
    backward = [p.name for p in phases if p.actual_start and p.actual_end and p.actual_end < p.actual_start]
    said = Sentence("none ends before it began") if not backward else Sentence("it is so for: {names}", {"names": tuple(backward)})
    yield Check(Sentence("No phase ends before it began"), not backward, said, numbers={"backward": len(backward)})
    known = [d for p in phases for d in (p.actual_start, p.actual_end) if d]
    age = (found.schedule.until - max(known)).days if known else 0
    said = Sentence("the last entry is {days} days old", {"days": age}) if known else Sentence("nothing was ever entered")
    late = any(p.open_end for p in phases)
    yield Check(
        Sentence("The schedule is kept up to date"), not (late and age > _STALE_DAYS) and bool(known), said,
        numbers={"days_old": age},
    )  # fmt: skip


def _readiness(found: Scored) -> Iterator[Check]:
    if found.readiness is None:
        return
    unsaid = sum(i.ready is None for i in found.readiness.items)
    said = Sentence("{n} items do not say", {"n": unsaid})
    yield Check(Sentence("Every item says whether it is ready"), unsaid == 0, said, numbers={"unsaid": unsaid})


def _informed(found: Scored) -> Iterator[Check]:
    if found.informed is None:
        return
    told = {t.change for t in found.informed.tellings}
    absent = [label for label in found.definition.changes.values() if label not in told]
    said = Sentence("all of {n} changes stand in the table", {"n": len(told)})
    if absent:
        said = Sentence("not in the table: {names}", {"names": tuple(absent)})
    yield Check(Sentence("Every change of the plan stands in the table"), not absent, said, numbers={"absent": len(absent)})


def _strategy(found: Scored) -> Iterator[Check]:
    silent = [t.name for t in found.strategy.tests if not t.evidence]
    said = Sentence("{n} of the five tests have none", {"n": len(silent)})
    yield Check(Sentence("Each test of the strategy has evidence"), not silent, said, numbers={"without": len(silent)})
