"""What was found of colleagues' work, as tables and as rows for charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.drawable import Row
from toolkit.language import Quantity, Sentence
from toolkit.service.asked import Aside
from toolkit.service.measured import Key, Measured
from toolkit.service.ranking import Person, Ranked
from toolkit.service.staff.definition import Staff
from toolkit.service.views import View
from toolkit.service.wording import plain
from toolkit.shown import Grid, Shown

Cells = Mapping[tuple[str, ...], Mapping[Key, Mapping[str, Measured]]]
MOST_SHOWN = 12


@dataclass(frozen=True, repr=False)
class Worked(Shown):
    """Colleagues' work; parts that are not declared are empty.

    Attributes
    ----------
    checked
        Set of columns -> group -> ``passed``.
    said
        Likewise ``score``.
    people
        Who keeps to the plan, given the mix of work.
    """

    definition: Staff
    checked: Cells
    said: Cells
    people: Ranked | None
    aside: tuple[Aside, ...] = ()

    @property
    def _named(self) -> bool:
        return self.definition.recognition is not None and self.definition.recognition.show_ids

    def name(self, person: Person) -> str | Sentence:
        """The id where that is allowed, else the place."""
        if self._named:
            return person.name
        return Sentence("colleague at place {rank}", {"rank": person.rank})

    def view(self) -> View:
        """Those at the front, with what is sure about them."""
        title = Sentence("Keeping to the plan, with everyone's mix of work")
        if self.people is None:
            return View(title, reason=Sentence("Recognition is not declared: 'service.recognition'."))
        best = {p.name for p in self.people.best}
        rows = tuple(
            Row(self.name(p), p.value, "better" if p.name in best else "level") for p in self.people.people[:MOST_SHOWN]
        )
        return View(title, rows, reason=Sentence("Nobody has rows enough to be ranked."))

    def grid(self) -> Grid:
        """Those at the front, with their places."""
        title = Sentence("Who keeps to the plan, given the mix of work")
        heads = (Sentence("Colleague"), Sentence("Of"), Sentence("Contacts"), Sentence("Kept"), Sentence("Expected"),
                 Sentence("With everyone's mix"), Sentence("Best place"), Sentence("Worst place"))  # fmt: skip
        if self.people is None:
            return Grid(title, heads, (), Sentence("Recognition is not declared: 'service.recognition'."))
        rows = tuple(
            (self.name(p), plain(p.group) if self.definition.recognition.by else None, p.n, Quantity(p.raw, "percent"),
             Quantity(p.expected, "percent"), p.value, p.rank_low, p.rank_high)
            for p in self.people.people[:MOST_SHOWN]
        )  # fmt: skip
        values = {"n": len(self.people.people), "few": self.people.too_few}
        note = Sentence("Of {n} who are ranked; {few} have too little work to be. All places hold together: overlapping "
                        "ones cannot be told apart.", values)  # fmt: skip
        return Grid(title, heads, rows, note)

    def checks_grid(self) -> Grid:
        """Surprise checks by point and by department."""
        title = Sentence("Surprise checks")
        heads = (Sentence("Point or department"), Sentence("Checked"), Sentence("Passed"))
        if not self.checked:
            return Grid(title, heads, (), Sentence("Surprise checks are not declared: 'service.checks'."))
        rows = tuple(
            (plain(key[0]) if key else Sentence("All together"), c["passed"].n, c["passed"].quantity())
            for cells in self.checked.values() for key, c in cells.items()
        )  # fmt: skip
        return Grid(title, heads, rows)

    def feedback_grid(self) -> Grid:
        """What colleagues say."""
        title = Sentence("What colleagues say")
        heads = (Sentence("Statement or department"), Sentence("Answers"), Sentence("Mean"))
        if not self.said:
            return Grid(title, heads, (), Sentence("Feedback is not declared: 'service.feedback'."))
        rows = tuple(
            (plain(key[0]), c["score"].n, c["score"].quantity("score")) for cells in self.said.values() for key, c in cells.items()
        )
        return Grid(title, heads, rows)
