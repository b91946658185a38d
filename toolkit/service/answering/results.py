"""What was found of answers, as tables and as rows for charts."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from toolkit.drawable import Mark, Row
from toolkit.language import Quantity, Sentence
from toolkit.service.answering.definition import Answering
from toolkit.service.answering.promising import Promise
from toolkit.service.answering.staffing import Staffed
from toolkit.service.asked import Aside
from toolkit.service.measured import Key, verdict_of
from toolkit.service.views import View
from toolkit.service.waits import Wait
from toolkit.service.wording import plain
from toolkit.shown import Grid, Shown

_HOW_LONG = {
    "reply": Sentence("How long customers wait for the first reply"),
    "resolution": Sentence("How long it takes until matters are settled"),
}
TITLES = {"reply": Sentence("First reply"), "resolution": Sentence("Settled")}


@dataclass(frozen=True, repr=False)
class Answered(Shown):
    """Waits of the window.

    Attributes
    ----------
    promises
        What was promised to whom.
    waits
        ``reply`` and ``resolution`` -> set of columns -> group -> wait, of groups that are shown.
    seen
        Set of columns -> every group there is, those that are too small to be shown as well.
    staffed
        The queue, where one is declared.
    crossed
        Contacts that were settled before the first reply: told, and left where they are.
    undated
        Contacts without a beginning: in no window.
    """

    definition: Answering
    promises: tuple[Promise, ...]
    waits: Mapping[str, Mapping[tuple[str, ...], Mapping[Key, Wait]]]
    staffed: Staffed | None
    crossed: int
    undated: int
    aside: tuple[Aside, ...] = ()
    seen: Mapping[tuple[str, ...], frozenset[Key]] = field(default_factory=dict)

    def all(self, measure: str) -> Wait | None:
        """Of all contacts together; None where there were none."""
        return self.waits.get(measure, {}).get((), {}).get(())

    def by(self, measure: str, *columns: str) -> tuple[Wait, ...]:
        """Split by columns."""
        return tuple(self.waits.get(measure, {}).get(columns, {}).values())

    @property
    def missing_departments(self) -> tuple[str, ...]:
        """Departments that were promised something and have no contact."""
        d = self.definition.department
        seen = {key[0] for key in self.seen.get((d,), ())} if d else set()
        return tuple(sorted({p.department for p in self.promises if p.department} - seen)) if d else ()

    def view(self, measure: str = "reply") -> View:
        """The share kept in each department, and each channel."""
        title = {"reply": Sentence("First replies within the promise"),
                 "resolution": Sentence("Matters settled within the promise")}[measure]  # fmt: skip
        if not self.promises:
            return View(title, reason=Sentence("No promise is declared: 'service.answering.promises'."))
        total, d = self.all(measure), self.definition
        rows = [Row(Sentence("All together"), total.kept.quantity(), _tone(total))] if total else []
        for column in (d.department, d.channel):
            if column:
                rows += [Row(plain(w.group[0]), w.kept.quantity(), _tone(w)) for w in self.by(measure, column)]
        wanted = {round(w.wanted, 6) for c in (d.department, d.channel) if c for w in self.by(measure, c)
                  if math.isfinite(w.wanted)}  # fmt: skip
        marks = tuple(Mark(v, Sentence("wanted")) for v in wanted) if len(wanted) == 1 else ()
        return View(title, tuple(rows), marks=marks, reason=Sentence("There was nothing to keep a promise on."))

    def grid(self) -> Grid:
        """The first waits declared: of all, by department and by channel."""
        return self._waits_grid(next(iter(self.waits)))

    def settled_grid(self) -> Grid:
        """Until matters are settled."""
        if "resolution" not in self.waits:
            return Grid(_HOW_LONG["resolution"], (Sentence("Who"),), (),
                        Sentence("When matters are settled is not declared: 'service.answering.resolved'."))  # fmt: skip
        return self._waits_grid("resolution")

    def _waits_grid(self, measure: str) -> Grid:
        heads = (Sentence("Who"), Sentence("Contacts"), Sentence("Half within"), Sentence("Nine in ten within"))
        rows = tuple((who(w), w.n, w.hours(), w.hours("slowest")) for g in self._groups for w in self.by(measure, *g))
        return Grid(_HOW_LONG[measure], heads, rows)

    @property
    def _groups(self) -> list[tuple[str, ...]]:
        """All together, then departments, then channels."""
        return sorted((g for g in self.definition.groups if len(g) < 2), key=len)

    def kept_grid(self) -> Grid:
        """Promises kept, of all, by department, by channel, and by both."""
        names = list(self.waits)
        heads = (Sentence("Who"), *(TITLES[m] for m in names), Sentence("Wanted"), Sentence("Overdue"))
        title = Sentence("Kept as promised")
        if not self.promises:
            return Grid(title, heads, (), Sentence("No promise is declared: 'service.answering.promises'."))
        both = [g for g in self.definition.groups if len(g) == 2]
        rows = []
        for group in [*self._groups, *both]:
            for each in zip(*(self.by(m, *group) for m in names), strict=True):
                if any(w.kept.n for w in each):
                    wanted = next((w.wanted for w in each if math.isfinite(w.wanted)), math.nan)
                    kept = (w.kept.quantity() if w.kept.n else None for w in each)
                    rows.append((who(each[0]), *kept, None if math.isnan(wanted) else Quantity(wanted, "percent"),
                                 max(w.overdue for w in each)))  # fmt: skip
        return Grid(title, heads, tuple(rows), self._note())

    def staffing_grid(self) -> Grid:
        """The queue, with the colleagues there are and those it needs."""
        title = Sentence("Colleagues needed in the busiest hour")
        heads = (Sentence("Part"), Sentence("Value"))
        s, d = self.staffed, self.definition.staffing
        if s is None or s.now is None:
            reason = Sentence("No queue is declared: 'service.answering.staffing'.") if s is None else Sentence(
                "Not known: {reason}.", {"reason": s.reason})  # fmt: skip
            return Grid(title, heads, ((Sentence("Colleagues needed"), reason),))
        rows = (
            (Sentence("Busiest hour begins at"), s.hour),
            (Sentence("Contacts in it, a day"), Quantity(s.arrivals)),
            (Sentence("Minutes a contact takes"), Quantity(s.minutes, "minutes")),
            (Sentence("Work at once, in Erlang"), Quantity(s.now.load)),
            (Sentence("Colleagues on duty"), d.agents),
            (Sentence("Answered in time with them"), Quantity(s.now.within, "percent")),
            (Sentence("In time is wanted of"), Quantity(d.share, "percent")),
            (Sentence("Colleagues needed"), s.needed.agents),
            (Sentence("Needed if as many come as chance allows"), s.needed_high.agents),
            (Sentence("Busy of the time with those needed"), Quantity(s.needed.occupancy, "percent")),
        )  # fmt: skip
        note = Sentence("Erlang C: contacts come at random and wait until somebody is free; nobody gives up.")
        return Grid(title, heads, rows, note)

    def _note(self) -> Sentence:
        total = [w for m in self.waits if (w := self.all(m)) is not None]
        n = max((w.no_promise for w in total), default=0)
        return Sentence("Overdue ones are open beyond the promise and count as missed. Nothing is promised to {n} "
                        "contacts: they are not judged.", {"n": n})  # fmt: skip


def who(wait: Wait) -> Sentence:
    """The group a wait is of."""
    if not wait.group:
        return Sentence("All together")
    if len(wait.group) == 1:
        return Sentence("{name}", {"name": plain(wait.group[0])})
    return Sentence("{department}, {channel}", {"department": plain(wait.group[0]), "channel": plain(wait.group[1])})


def _tone(wait: Wait) -> str:
    tones = {"reliably_met": "better", "reliably_missed": "worse", "hit_and_miss": "level"}
    return tones.get(verdict_of(wait.kept, wait.wanted), "us")
