"""What was found of touchpoints, as tables and as rows for charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.drawable import Row
from toolkit.findings import verdict_words
from toolkit.language import Quantity, Sentence
from toolkit.service.asked import Aside
from toolkit.service.measured import Key, Measured, verdict_of
from toolkit.service.pareto import Pareto
from toolkit.service.touchpoints.definition import Touchpoint, Touchpoints
from toolkit.service.views import View
from toolkit.service.wording import plain
from toolkit.shown import Grid, Shown

SEEN_WORDS = {
    "record": Sentence("records (indirect)"), "observation": Sentence("observation (direct)"),
    "survey": Sentence("survey (direct)"),
}


@dataclass(frozen=True)
class Level:
    """The level seen at one touchpoint, in one department or all."""

    item: Touchpoint
    group: str | None
    kept: Measured

    @property
    def verdict(self) -> str:
        """Against the level wanted."""
        return verdict_of(self.kept, self.item.wanted)

    @property
    def label(self) -> Sentence:
        """Touchpoint and department."""
        if self.group is None:
            return Sentence("{label}", {"label": self.item.label})
        return Sentence("{label}, {group}", {"label": self.item.label, "group": plain(self.group)})


@dataclass(frozen=True)
class Planned:
    """Contacts of the communication plan.

    Attributes
    ----------
    cells
        Set of columns -> group -> ``kept`` (in time), ``came`` (at all), ``automatic``.
    n, not_due
        Contacts planned, and those that can still be in time.
    each
        Contacts a customer; nan where customers are not declared.
    """

    cells: Mapping[tuple[str, ...], Mapping[Key, Mapping[str, Measured]]]
    n: int
    not_due: int
    each: float

    def of_all(self, name: str) -> Measured | None:
        """One measure of all contacts; None where there were none."""
        return self.cells[()].get((), {}).get(name)


@dataclass(frozen=True)
class Asked:
    """What was asked for in vain."""

    pareto: Pareto


@dataclass(frozen=True)
class Surveyed:
    """What a survey can measure.

    Attributes
    ----------
    mean
        Of the answers.
    answered
        How many.
    rate
        Of those asked; None where that is not declared.
    seen
        The smallest change that two waves like this show with power .8, in points.
    split
        What customers met -> the mean of those who did.
    """

    mean: Measured
    answered: int
    rate: Measured | None
    seen: float
    split: Mapping[str, Measured]


@dataclass(frozen=True, repr=False)
class Met(Shown):
    """What customers met."""

    definition: Touchpoints
    levels: tuple[Level, ...]
    outreach: Planned | None
    requests: Asked | None
    surveys: Surveyed | None
    aside: tuple[Aside, ...] = ()

    def view(self) -> View:
        """The level seen at each touchpoint, blue where it is surely as wanted."""
        tones = {"reliably_met": "better", "reliably_missed": "worse", "no_data": "unknown", "measured": "us"}
        rows = tuple(Row(x.label, x.kept.quantity(), tones.get(x.verdict, "level")) for x in self.levels)
        reason = Sentence("No touchpoint is declared: 'service.touchpoints'.")
        return View(Sentence("The level seen at each touchpoint"), rows, reason=reason)

    def grid(self) -> Grid:
        """Level wanted against seen."""
        heads = (Sentence("Touchpoint"), Sentence("Seen by"), Sentence("Seen"), Sentence("Wanted"), Sentence("Verdict"),
                 Sentence("Rests on"))  # fmt: skip
        rows = tuple(
            (x.label, SEEN_WORDS[x.item.seen], x.kept.quantity(),
             None if x.item.wanted is None else Quantity(x.item.wanted, "percent"), verdict_words(x.verdict), x.kept.n)
            for x in self.levels
        )  # fmt: skip
        return Grid(Sentence("Level wanted against seen"), heads, rows)

    def outreach_grid(self) -> Grid:
        """The communication plan by what for and by which way."""
        title = Sentence("Contacts of the communication plan")
        heads = (Sentence("Contact"), Sentence("Were due"), Sentence("Made in time"), Sentence("Made at all"), Sentence("By a system"))
        if self.outreach is None:
            return Grid(title, heads, (), Sentence("No communication plan is declared: 'service.outreach'."))
        rows = []
        for cells in self.outreach.cells.values():
            for key, cell in cells.items():
                label = Sentence("All together") if not key else plain(", ".join(key))
                automatic = cell["automatic"].quantity() if "automatic" in cell else None
                rows.append((label, cell["kept"].n, cell["kept"].quantity(), cell["came"].quantity(), automatic))
        note = Sentence("{n} contacts can still be in time and are not judged.", {"n": self.outreach.not_due})
        return Grid(title, heads, tuple(rows), note)

    def requests_grid(self) -> Grid:
        """What was asked for in vain, by share and place."""
        title = Sentence("Asked for and not offered")
        heads = (Sentence("Asked for"), Sentence("Requests"), Sentence("Share"), Sentence("Best place"), Sentence("Worst place"))
        if self.requests is None:
            return Grid(title, heads, (), Sentence("No requests are declared: 'service.requests'."))
        rows = tuple((plain(k.name), k.count, k.share, k.rank_low, k.rank_high) for k in self.requests.pareto.kinds)
        return Grid(title, heads, rows, Sentence("All shares hold together, and so do all places."))

    def surveys_grid(self) -> Grid:
        """What the survey can measure."""
        title = Sentence("What the satisfaction survey can measure")
        heads = (Sentence("Part"), Sentence("Value"))
        s = self.surveys
        if s is None:
            return Grid(title, heads, (), Sentence("No survey is declared: 'service.surveys'."))
        rows = [(Sentence("Answers"), s.answered), (Sentence("Mean"), s.mean.quantity("score"))]
        if s.rate is not None:
            rows.append((Sentence("Answered, of those asked"), s.rate.quantity()))
        rows.append((Sentence("Smallest change that two such waves show"), Quantity(s.seen, "score")))
        rows += [(Sentence("Mean where: {what}", {"what": plain(k)}), m.quantity("score")) for k, m in s.split.items()]
        return Grid(title, heads, tuple(rows))
