"""What was found of the service: one part each, and what is missing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.language import Sentence
from toolkit.service.adoption.results import Adopted
from toolkit.service.answering.results import Answered
from toolkit.service.complaints.results import Complained
from toolkit.service.leads.results import Led
from toolkit.service.missing import PARTS, Missing
from toolkit.service.staff.results import Worked
from toolkit.service.touchpoints.results import Met
from toolkit.service.views import View
from toolkit.service.window import Window
from toolkit.shown import Grid, Shown

Part = Complained | Answered | Met | Adopted | Led | Worked

WORDS = {
    "complaints": Sentence("Complaints"), "answering": Sentence("Answers"), "touchpoints": Sentence("Touchpoints"),
    "adoption": Sentence("The CRM system"), "leads": Sentence("Leads"), "staff": Sentence("Colleagues"),
}  # fmt: skip


@dataclass(frozen=True, repr=False)
class Served(Shown):
    """How well the service runs.

    Attributes
    ----------
    window
        The period.
    parts
        Part -> what was found; parts that are not declared are absent.
    missing
        What is not declared.
    """

    window: Window
    parts: Mapping[str, Part]
    missing: tuple[Missing, ...]

    def view(self, part: str, which: str = "view", *args: str) -> View:
        """What a part offers to draw, by the name of its method; the reason where it is not declared."""
        if part not in self.parts:
            return View(WORDS[part], reason=self._reason(part))
        return getattr(self.parts[part], which)(*args)

    def table(self, part: str, which: str = "grid") -> Grid:
        """A table of a part, by the name of its method; the reason where it is not declared."""
        if part not in self.parts:
            return Grid(WORDS[part], (Sentence("Why there is nothing"),), ((self._reason(part),),))
        return getattr(self.parts[part], which)()

    def _reason(self, part: str) -> Sentence:
        found = [m for m in self.missing if m.place == f"service.{part}"]
        if not found:
            return Sentence("Not declared: no table of this part is named under 'service'.")
        return Sentence("Not declared: '{place}' would tell {adds}.", {"place": found[0].place, "adds": found[0].adds})

    def grid(self) -> Grid:
        """What is not declared, and what it would add."""
        title = Sentence("What is not declared, and what it would tell")
        heads = (Sentence("Part of the params file"), Sentence("What it would tell"), Sentence("Open without it"))
        rows = tuple((m.place, m.adds, ", ".join(m.answers)) for m in self.missing)
        note = None if rows else Sentence("Everything is declared.")
        return Grid(title, heads, rows, note)

    @property
    def in_order(self) -> tuple[str, ...]:
        """The parts that are declared, in reading order."""
        return tuple(p for p in PARTS if p in self.parts)
