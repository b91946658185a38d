"""What was found of leads, as tables and as rows for charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.service.asked import Aside
from toolkit.service.leads.definition import Leads
from toolkit.service.measured import Key, Measured
from toolkit.service.ranking import Ranked
from toolkit.service.views import View
from toolkit.service.waits import Wait
from toolkit.service.wording import plain
from toolkit.shown import Grid, Shown
from toolkit.stats.comparisons import Comparison, Interval

Waits = Mapping[tuple[str, ...], Mapping[Key, Wait]]


@dataclass(frozen=True, repr=False)
class Led(Shown):
    """Leads of the window.

    Attributes
    ----------
    n, mature
        Leads, and those old enough to be judged.
    cells
        Set of columns -> group -> the share of mature leads at each step: ``contacted``, ``handed``,
        ``accepted``, ``opportunity``, ``won``; and ``decided``: won, of those won or lost.
    speed, handover
        Waits until the first contact, and from there until sales had it.
    quick
        Won of those contacted in time less won of the others: an association.
    agreement
        Cohen's kappa of marketing and sales.
    owners
        Won by owner, adjusted for the sources.
    """

    definition: Leads
    n: int
    mature: int
    cells: Mapping[tuple[str, ...], Mapping[Key, Mapping[str, Measured]]]
    speed: Waits
    handover: Waits
    quick: Comparison | None
    agreement: Interval | None
    owners: Ranked | None
    aside: tuple[Aside, ...] = ()

    @property
    def young(self) -> int:
        """Leads that may still be won, and are not judged."""
        return self.n - self.mature

    def of(self, name: str, source: str | None = None) -> Measured | None:
        """A step of all mature leads, or of one source's."""
        group = () if source is None else (self.definition.source,)
        return self.cells.get(group, {}).get(() if source is None else (source,), {}).get(name)

    @property
    def sources(self) -> tuple[str, ...]:
        """Sources with a mature lead, most won first."""
        cells = self.cells.get((self.definition.source,), {}) if self.definition.source else {}
        return tuple(sorted((k[0] for k in cells), key=lambda s: (-cells[(s,)]["won"].value, s)))

    def view(self) -> View:
        """Won, by source."""
        rows = []
        if self.of("won") is not None:
            rows.append(Row(Sentence("All together"), self.of("won").quantity(), "level"))
        rows += [Row(plain(s), self.of("won", s).quantity()) for s in self.sources]
        return View(Sentence("Leads won, of those old enough to tell"), tuple(rows), reason=self._empty())

    def _empty(self) -> Sentence:
        values = {"n": self.n, "days": Quantity(self.definition.mature_days, "days")}
        if not self.n:
            return Sentence("There were no leads in this time.")
        return Sentence("None of {n} leads is {days} old, so none can be judged.", values)

    def grid(self) -> Grid:
        """One row a source: the way to a customer."""
        names = [n for n in ("contacted", "handed", "accepted", "opportunity", "won", "decided")
                 if self.of(n) is not None]  # fmt: skip
        words = {"contacted": Sentence("Contacted"), "handed": Sentence("Handed over"), "accepted": Sentence("Taken on by sales"),
                 "opportunity": Sentence("Opportunity"), "won": Sentence("Won"), "decided": Sentence("Won of decided")}  # fmt: skip
        heads = (Sentence("Source"), Sentence("Mature leads"), *(words[n] for n in names))
        rows = []
        for source in (None, *self.sources):
            if self.of("won", source) is None:
                continue
            label = Sentence("All together") if source is None else plain(source)
            rows.append((label, self.of("won", source).n, *(self.of(n, source).quantity() for n in names)))
        values = {"young": self.young, "days": Quantity(self.definition.mature_days, "days")}
        note = Sentence("{young} leads younger than {days} are not judged. What is said of all sources holds together.", values) if self.mature else self._empty()
        return Grid(Sentence("What became of leads"), heads, tuple(rows), note)

    def speed_grid(self) -> Grid:
        """Waits by source."""
        heads = (Sentence("Source"), Sentence("Leads"), Sentence("Half contacted within"), Sentence("Nine in ten within"),
                 Sentence("Within the promise"), Sentence("Half handed over within"))  # fmt: skip
        rows = []
        for group in self.speed:
            for key, w in self.speed[group].items():
                over = self.handover.get(group, {}).get(key)
                rows.append((plain(key[0]) if key else Sentence("All together"), w.n, w.hours(), w.hours("slowest"),
                             w.kept.quantity() if w.kept.n else None, over.hours() if over else None))  # fmt: skip
        note = None if rows else Sentence("First contacts are not declared: 'service.leads.contacted'.")
        return Grid(Sentence("How soon leads are taken up"), heads, tuple(rows), note)

    def owners_grid(self) -> Grid:
        """Owners with places; ids only where that is allowed."""
        title = Sentence("Who wins leads, with the same mix of sources")
        heads = (Sentence("Owner"), Sentence("Leads"), Sentence("Won"), Sentence("With everyone's mix"), Sentence("Best place"),
                 Sentence("Worst place"))  # fmt: skip
        if self.owners is None:
            return Grid(title, heads, (), Sentence("Owners are not declared: 'service.leads.owner'."))
        if not self.definition.show_owners:
            return Grid(title, heads, (), Sentence("{n} owners are compared; their ids are not to be shown ('show_owners').",
                                                   {"n": len(self.owners.people)}))  # fmt: skip
        rows = tuple((p.name, p.n, Quantity(p.raw, "percent"), p.value, p.rank_low, p.rank_high) for p in self.owners.people)
        return Grid(title, heads, rows, Sentence("All places hold together: overlapping ones cannot be told apart."))
