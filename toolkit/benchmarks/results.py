"""What the comparison found, and where its rows and tables come from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.benchmarks import drawn, league_tables, practice_tables, wanted_tables
from toolkit.benchmarks.alike import Alike, Member
from toolkit.benchmarks.definition import Benchmark
from toolkit.benchmarks.gaps import Gap, Pairs
from toolkit.benchmarks.over_waves import GapTrend, WaveLeague
from toolkit.benchmarks.places_said import names, practices_said, standing_said
from toolkit.benchmarks.practised import Practice
from toolkit.benchmarks.standings import League, Standing
from toolkit.benchmarks.target_card import target_card
from toolkit.benchmarks.wanted import Wants
from toolkit.benchmarks.weighing import Weighed
from toolkit.drawable import Cell, Line, Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.achievable_targets import Target
from toolkit.stats.mixes import SameMix


@dataclass(frozen=True)
class Mix:
    """Answers by company and by a label, and whether the mix is the same everywhere."""

    column: str
    companies: tuple[str, ...]
    labels: tuple[str, ...]
    counts: np.ndarray
    same: SameMix


@dataclass(frozen=True, repr=False, eq=False)
class Benchmarked(Shown):
    """Everything found about us and the competitors.

    Attributes
    ----------
    alike
        Groups of scores that came about alike; the first one is compared, if any is.
    main
        The league of the first score; None where nothing can be compared.
    others
        The leagues of the other scores.
    gaps, pairs, trends, waves
        We against each; all pairs; gaps over waves; the league of each wave.
    wants
        Attributes; None where none are declared.
    practices, target
    weighed
        Answers with their final weights.
    modes
        How each company's customers were asked.
    left_out
        Companies beyond the most that are compared.
    lonely
        Strata of one cluster.
    """

    definition: Benchmark
    alike: tuple[Alike, ...]
    main: League | None
    others: tuple[League, ...]
    gaps: tuple[Gap, ...]
    pairs: Pairs | None
    trends: tuple[GapTrend, ...]
    waves: tuple[WaveLeague, ...]
    wants: Wants | None
    practices: tuple[Practice, ...]
    target: Target | None
    weighed: Weighed | None
    modes: Mix | None
    left_out: tuple[str, ...]
    lonely: tuple[str, ...]

    @property
    def us(self) -> Standing | None:
        """Our own standing."""
        return self.main.get(self.definition.us) if self.main is not None else None

    @property
    def too_few(self) -> tuple[Member, ...]:
        """Companies with too few answers to be shown."""
        if self.main is None:
            return ()
        shown = {s.company for s in self.main.standings if s.shown} | set(self.left_out)
        return tuple(m for m in self.alike[0].members if m.company not in shown)

    @property
    def beside(self) -> tuple[Alike, ...]:
        """Groups that are shown and not compared."""
        return tuple(g for g in self.alike if not g.compared)

    # what the charts show --------------------------------------------------------------------

    @property
    def title(self) -> Sentence:
        """Ahead of whom, behind whom, and from whom not to be told apart."""
        if not self.definition.scored:
            return practices_said(self.definition.us, self.practices)
        return standing_said(self.definition.us, self.main, self.gaps, self.definition.rank_from)

    @property
    def gap_title(self) -> Sentence:
        """What the chart of gaps shows."""
        told = sum(g.told for g in self.gaps)
        values = {"us": self.definition.us, "n": told, "of": len(self.gaps)}
        return Sentence("{us} less each rival: {n} of {of} gaps are more than chance", values)

    @property
    def heat_title(self) -> Sentence:
        """What the table of attributes shows."""
        cells = self.wants.gaps if self.wants is not None else ()
        behind = list(dict.fromkeys(c.attribute.title for c in cells if c.tone == "worse"))
        ahead = list(dict.fromkeys(c.attribute.title for c in cells if c.tone == "better"))
        if behind:
            values = {"us": self.definition.us, "names": names(behind)}
            return Sentence("{us} is behind a rival on {names}", values)
        if ahead:
            return Sentence("{us} is ahead of a rival on {names}", {"us": self.definition.us, "names": names(ahead)})
        return Sentence("On what customers want, no gap is more than chance and large enough to matter")

    @property
    def trend_title(self) -> Sentence:
        """What the chart of gaps over waves shows."""
        moved = [t.rival for t in self.trends if t.p_adjusted <= self.definition.alpha]
        if moved:
            return Sentence("In a year the gap to {names} moved by more than chance", {"names": names(moved)})
        return Sentence("In a year no gap moved by more than chance")

    @property
    def gap_that_matters(self) -> float | None:
        """The smallest gap that matters, in the unit of the gaps; None where they are no index."""
        if self.main is None or self.main.score.kind != "index":
            return None
        return self.definition.worthwhile or None

    @property
    def map_title(self) -> Sentence:
        """What the map of importance and performance shows."""
        wanted = self.wants.wanted if self.wants is not None else ()
        known = [w for w in wanted if w.quadrant != "undetermined"]
        values = {"n": len(known), "of": len(wanted)}
        fix = [w.attribute.title for w in known if w.quadrant == "fix_first"]
        if fix:
            return Sentence("{names} matters more than most, and the rivals do it better", {"names": names(fix)})
        return Sentence("Importance and performance: {n} of {of} attributes have a clear place", values)

    @property
    def map_lines(self) -> tuple[Quantity, Quantity]:
        """Where the map is divided: an even share, and the rivals' mean."""
        return Quantity(1 / max(1, len(self.wants.wanted) if self.wants else 1), "percent"), Quantity(0.0, "score")

    @property
    def driver_title(self) -> Sentence:
        """What the chart of shares shows."""
        if self.wants is None or self.wants.drivers is None:
            return Sentence("What is associated with satisfaction")
        first = self.wants.by_share[0]
        return Sentence("{share} of what attributes explain of satisfaction is associated with {attribute}",
                        {"share": first.share, "attribute": first.attribute.title})  # fmt: skip

    # for charts --------------------------------------------------------------------------------

    def rows(self) -> tuple[Row, ...]:
        """The league table's scores with their intervals, best first."""
        return drawn.standing_rows(self.main, self.definition.us)

    def gap_rows(self) -> tuple[Row, ...]:
        """We less each rival, coloured where told apart."""
        return drawn.gap_rows(self.gaps)

    def heat_rows(self) -> tuple[Cell, ...]:
        """We less each rival on each attribute."""
        return drawn.heat_rows(self.wants)

    def driver_rows(self) -> tuple[Row, ...]:
        """Shares of the explained variance, largest first."""
        return drawn.driver_rows(self.wants)

    def map_points(self) -> tuple[drawn.MapPoint, ...]:
        """Importance against performance."""
        return drawn.map_points(self.wants)

    def trend_lines(self) -> tuple[Line, ...]:
        """Gaps over waves; empty where the answers are not dated."""
        return drawn.trend_lines(self.trends)

    # tables ------------------------------------------------------------------------------------

    def grid(self) -> Grid:
        """The league table with its uncertainty."""
        name = self.main.score.title if self.main else self.definition.title
        return league_tables.league_grid(self.main, self.pairs, self.too_few, name, self.definition.min_cell)

    def scores_grid(self) -> Grid:
        """Every other score of the same answers."""
        return league_tables.scores_grid(self.main, self.others)

    def origins_grid(self) -> Grid:
        """How scores came about that are not ranked, and what sets them apart."""
        return league_tables.origins_grid(self.beside)

    def beside_grid(self) -> Grid:
        """What cannot be compared with the league."""
        return league_tables.beside_grid(self.beside)

    def raw_grid(self) -> Grid:
        """As answered, and weighted."""
        return league_tables.raw_grid(self.main)

    def gap_grid(self) -> Grid:
        """We less each rival."""
        return league_tables.gap_grid(self.gaps, self.definition.us)

    def pairs_grid(self) -> Grid:
        """Every pair of companies, by each family of tests."""
        return league_tables.pairs_grid(self.pairs)

    def letters_grid(self) -> Grid:
        """Groups read off the pairs of each family of tests."""
        return league_tables.letters_grid(self.pairs)

    def trend_grid(self) -> Grid:
        """Gaps wave by wave."""
        return league_tables.trend_grid(self.trends, self.waves)

    def wanted_grid(self) -> Grid:
        """Importance against performance."""
        return wanted_tables.wanted_grid(self.wants)

    def attribute_grid(self) -> Grid:
        """How well each company meets what customers want."""
        return wanted_tables.attribute_grid(self.wants)

    def driver_grid(self) -> Grid:
        """What is associated with satisfaction."""
        return wanted_tables.driver_grid(self.wants)

    def likeness_grid(self) -> Grid:
        """Whether attributes say different things."""
        return wanted_tables.likeness_grid(self.wants)

    def practice_grid(self) -> Grid:
        """Who does what."""
        return practice_tables.practice_grid(self.practices, self.definition.us)

    def practice_sources_grid(self) -> Grid:
        """Each entry on who does what with its source and date."""
        return practice_tables.practice_sources_grid(self.practices, self.definition.us)

    def target_grid(self) -> Grid:
        """The target as a card."""
        return target_card(self.target, self.us, self.gaps, self.main)
