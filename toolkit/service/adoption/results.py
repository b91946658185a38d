"""What was found of the CRM system's use, as tables and as rows for charts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.drawable import Line, Mark, Point
from toolkit.language import Quantity, Sentence
from toolkit.service.adoption.definition import Adoption
from toolkit.service.adoption.starting import Started, Team
from toolkit.service.asked import Aside
from toolkit.service.measured import Key, Measured
from toolkit.service.views import View
from toolkit.service.wording import plain
from toolkit.shown import Grid, Shown

Cells = Mapping[tuple[str, ...], Mapping[Key, Mapping[str, Measured]]]
LOGGED = {
    "complete": Sentence("Written down completely"), "template": Sentence("With a template"),
    "automatic": Sentence("By a system"),
}


@dataclass(frozen=True)
class Trained:
    """Courses: ``done`` and ``in_time`` of all that are due, by course and by team.

    Attributes
    ----------
    not_due
        Courses that are not due yet: not judged.
    """

    cells: Cells
    not_due: int


@dataclass(frozen=True, repr=False)
class Adopted(Shown):
    """The CRM system's use; parts that are not declared are None."""

    definition: Adoption
    use: Started | None
    trained: Trained | None
    logged: Cells
    aside: tuple[Aside, ...] = ()

    @property
    def last(self) -> tuple[tuple[Team, int], ...]:
        """Teams with colleagues among the last ones, most of them first."""
        if self.use is None:
            return ()
        found = [(t, t.after(self.use.reached)) for t in self.use.teams]
        return tuple(sorted((f for f in found if f[1]), key=lambda f: (-f[1], f[0].name)))

    def view(self) -> View:
        """How many had used it by when."""
        title = Sentence("Colleagues who have used the system")
        if self.use is None:
            reason = Sentence("Users and logins are not declared: 'service.adoption.users' and 'service.adoption.logins'.")
            return View(title, reason=reason)
        points = tuple(Point(day, Quantity(share, "percent")) for day, share in self.use.curve())
        line = Line(Sentence("All together"), points, dots=len(points) < 3)
        return View(title, lines=(line,), marks=(Mark(self.definition.share, Sentence("adopted")),))

    def grid(self) -> Grid:
        """One row a team."""
        heads = (Sentence("Team"), Sentence("Colleagues"), Sentence("Used it lately"), Sentence("Among the last ones"),
                 Sentence("Have never used it"))  # fmt: skip
        title = Sentence("Who uses the system, by team")
        if self.use is None:
            reason = Sentence("Users and logins are not declared: 'service.adoption.users' and 'service.adoption.logins'.")
            return Grid(title, heads, (), reason)
        last = {t.name: n for t, n in self.last}
        rows = tuple(
            (plain(t.name), t.n, Quantity(t.active / t.n, "probability"), last.get(t.name, 0), t.never) for t in self.use.teams
        )
        values = {"days": Quantity(self.definition.active_days, "days"), "share": Quantity(self.definition.share, "probability")}
        note = Sentence("Lately: in the last {days}. The last ones: who began after {share} had, or have not begun.", values)
        return Grid(title, heads, rows, note)

    def training_grid(self) -> Grid:
        """Courses and teams."""
        title = Sentence("Training that is due")
        heads = (Sentence("Course or team"), Sentence("Were due"), Sentence("Done"), Sentence("Done in time"))
        if self.trained is None:
            return Grid(title, heads, (), Sentence("Training is not declared: 'service.adoption.training'."))
        rows = tuple(
            (plain(key[0]) if key else Sentence("All together"), c["done"].n, c["done"].quantity(), c["in_time"].quantity())
            for cells in self.trained.cells.values() for key, c in cells.items()
        )  # fmt: skip
        return Grid(title, heads, rows, Sentence("{n} courses are not due yet.", {"n": self.trained.not_due}))

    def logging_grid(self) -> Grid:
        """What is written down."""
        title = Sentence("What is written down of contacts")
        names = [n for n in LOGGED if self.definition.logging and n in self.definition.logging.asked]
        heads = (Sentence("Who"), Sentence("Contacts"), *(LOGGED[n] for n in names))
        if not names:
            return Grid(title, heads, (), Sentence("What is written down is not declared: 'service.adoption.logging'."))
        rows = tuple(
            (plain(key[0]) if key else Sentence("All together"), max(c[n].n for n in names), *(c[n].quantity() for n in names))
            for cells in self.logged.values() for key, c in cells.items()
        )  # fmt: skip
        return Grid(title, heads, rows)
