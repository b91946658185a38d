"""What the comparison found, as rows for charts and as tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

import numpy as np

from toolkit.benchmarks.alike import Alike, Member
from toolkit.benchmarks.definition import Benchmark
from toolkit.benchmarks.gaps import Gap, Pairs
from toolkit.benchmarks.over_waves import GapTrend, WaveLeague
from toolkit.benchmarks.places_said import names, practices_said, standing_said
from toolkit.benchmarks.practised import Practice
from toolkit.benchmarks.standings import League, Standing
from toolkit.benchmarks.wanted import Wants
from toolkit.benchmarks.weighing import Weighed
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.achievable_targets import Target
from toolkit.stats.mixes import SameMix

_TONES = {"ahead": "better", "behind": "worse", "cannot_be_told_apart": "level"}


@dataclass(frozen=True)
class Mix:
    """Answers by company and by a label, and whether the mix is the same everywhere."""

    column: str
    companies: tuple[str, ...]
    labels: tuple[str, ...]
    counts: np.ndarray
    same: SameMix


@dataclass(frozen=True)
class PlainRow:
    """One thing with its number, for charts."""

    label: str | Sentence
    quantity: Quantity
    tone: str


@dataclass(frozen=True)
class HeatRow:
    """One cell of a table of gaps, for charts."""

    row: str
    column: str
    quantity: Quantity
    tone: str


@dataclass(frozen=True)
class WavePoint:
    """One wave of a series, for charts."""

    day: date
    quantity: Quantity


@dataclass(frozen=True)
class WaveLine:
    """A series over waves, for charts."""

    label: str
    points: tuple[WavePoint, ...]
    tone: str


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

    # for charts --------------------------------------------------------------------------------

    def rows(self) -> tuple[PlainRow, ...]:
        """The league table's scores with their intervals, best first."""
        if self.main is None:
            return ()
        return tuple(
            PlainRow(_ranked_label(s), s.quantity, "us" if s.company == self.definition.us else "rival")
            for s in self.main.standings if s.shown
        )  # fmt: skip

    def gap_rows(self) -> tuple[PlainRow, ...]:
        """We less each rival, coloured where told apart."""
        return tuple(PlainRow(g.rival, g.quantity, _TONES[g.verdict]) for g in self.gaps)

    def heat_rows(self) -> tuple[HeatRow, ...]:
        """We less each rival on each attribute."""
        if self.wants is None:
            return ()
        return tuple(HeatRow(c.attribute.title, c.rival, c.quantity, c.tone) for c in self.wants.gaps)

    def driver_rows(self) -> tuple[PlainRow, ...]:
        """Shares of the explained variance, largest first."""
        if self.wants is None or self.wants.drivers is None:
            return ()
        order = sorted(self.wants.wanted, key=lambda w: -w.share.value)
        tones = {"fix_first": "worse", "keep_up": "better"}
        return tuple(PlainRow(w.attribute.title, w.share, tones.get(w.quadrant, "level")) for w in order)

    def trend_lines(self) -> tuple[WaveLine, ...]:
        """Gaps over waves; empty where the answers are not dated."""
        found = []
        for t in self.trends:
            points = tuple(WavePoint(day, q) for _, day, q in t.points if day is not None)
            if points:
                found.append(WaveLine(t.rival, points, "level"))
        return tuple(found)

    # tables ------------------------------------------------------------------------------------

    def grid(self) -> Grid:
        """The league table with its uncertainty."""
        heads = ("Company", "Score", "Place", "Places it may have", "Answers", "Effective answers",
                 "Design effect", "Told apart by letters")  # fmt: skip
        rows = []
        for s in self.main.standings if self.main else ():
            shared = self.pairs.letters.get(s.company) if self.pairs else None
            effect = None if math.isnan(s.design_effect) or not self.main.designed else s.design_effect
            rows.append((
                s.company, s.quantity if s.shown else None, s.rank or None, _places(s), s.n,
                Quantity(s.n_effective, "count"), effect, shared,
            ))  # fmt: skip
        rows += [
            (m.company, None, None, Sentence("too few answers"), int(m.n), None, None, None)
            for m in self.too_few if self.main.get(m.company) is None
        ]  # fmt: skip
        note = Sentence(
            "Places hold for all companies together. Companies that share a letter cannot be told apart."
        )
        name = self.main.score.title if self.main else self.definition.title
        return Grid(Sentence("{score}, best first", {"score": name}), _heads(heads), tuple(rows), note)

    def scores_grid(self) -> Grid:
        """Every other score of the same answers, side by side."""
        heads = ("Company", *(lg.score.title for lg in self.others))
        rows = []
        for s in self.main.standings if self.main else ():
            cells = [lg.get(s.company) for lg in self.others]
            if s.shown:
                rows.append((s.company, *(c.quantity if c else None for c in cells)))
        return Grid(Sentence("Other scores of the same answers"), _heads(heads), tuple(rows))

    def beside_grid(self) -> Grid:
        """What cannot be compared with the league, on its own scale, and why."""
        heads = ("Source", "Kind", "Who was asked", "Company", "Value", "Scale", "Answers", "Date",
                 "Not ranked with the others because of")  # fmt: skip
        rows = []
        for group in self.beside:
            for m in group.members:
                rows.append((
                    group.manner.source or None, group.manner.kind or None, group.manner.frame or None, m.company,
                    group.quantity(m), Sentence("{low} to {high}", {"low": group.manner.low, "high": group.manner.high}),
                    int(m.n) if m.n else None, m.day, group.reason,
                ))  # fmt: skip
        return Grid(Sentence("Shown beside, not ranked together"), _heads(heads), tuple(rows))

    def raw_grid(self) -> Grid:
        """Scores as the answers came beside those weighted, and how ranks moved."""
        heads = ("Company", "As answered", "Weighted", "Place as answered", "Place weighted", "Moved up by")
        rows = []
        for s in self.main.ranked if self.main else ():
            rows.append((
                s.company, Quantity(s.raw, s.unit), s.quantity, s.raw_rank, s.rank, s.raw_rank - s.rank,
            ))  # fmt: skip
        return Grid(Sentence("As answered, and weighted"), _heads(heads), tuple(rows))

    def gap_grid(self) -> Grid:
        """We less each rival."""
        heads = ("Rival", "We less the rival", "p, corrected", "In standard deviations", "Verdict")
        words = {"ahead": "ahead", "behind": "behind", "cannot_be_told_apart": "cannot be told apart"}
        rows = []
        for g in self.gaps:
            size = None if g.size is None or g.size.reason else Quantity(g.size.estimate, "number", g.size.low, g.size.high)
            rows.append((g.rival, g.quantity, Quantity(g.p_adjusted), size, Sentence(words[g.verdict])))
        title = Sentence("{us} less each rival", {"us": self.definition.us})
        return Grid(title, _heads(heads), tuple(rows))

    def pairs_grid(self) -> Grid:
        """Every pair of companies."""
        heads = ("First", "Second", "Second less first", "p over all pairs", "Told apart")
        rows = tuple(
            (p.first, p.second, p.difference, Quantity(p.p_value), p.told)
            for p in (self.pairs.pairs if self.pairs else ())
        )
        return Grid(Sentence("All pairs"), _heads(heads), rows)

    def attribute_grid(self) -> Grid:
        """How well each company meets what customers want."""
        companies = list(self.wants.companies) if self.wants else []
        heads = ("Attribute", *companies)
        rows = []
        for w in self.wants.wanted if self.wants else ():
            cells = (self.wants.companies[c].get(w.attribute.name) for c in companies)
            rows.append((w.attribute.title, *cells))
        return Grid(Sentence("How well each company does, index 0 to 100"), _heads(heads), tuple(rows))

    def wanted_grid(self) -> Grid:
        """Importance against performance."""
        heads = ("Attribute", "Importance as said", "Goes with satisfaction", "How well we do",
                 "We less the rivals' mean", "What that says")  # fmt: skip
        words = {
            "keep_up": "matters, and we are better: keep it up",
            "fix_first": "matters, and we are worse: fix first",
            "no_hurry": "matters less, and we are worse: no hurry",
            "more_than_asked": "matters less, and we are better",
            "undetermined": "undetermined: an interval crosses a line",
        }
        rows = tuple(
            (w.attribute.title, w.stated, w.share, w.ours, w.beside, Sentence(words[w.quadrant]))
            for w in (self.wants.wanted if self.wants else ())
        )
        note = Sentence("Shares say what goes together with satisfaction, not what causes it.")
        return Grid(Sentence("What customers want, and how well it is met"), _heads(heads), rows, note)

    def practice_grid(self) -> Grid:
        """Who does what; every cell with its grade of evidence."""
        companies = list(dict.fromkeys(c.company for p in self.practices for c in p.cells))
        companies.sort(key=lambda c: c != self.definition.us)
        heads = ("Practice", *companies, "Ahead of rivals", "Goes with satisfaction")
        rows = []
        for p in self.practices:
            cells = [_said(p, p.cell(c)) for c in companies]
            ahead = None if math.isnan(p.percentile) else Quantity(p.percentile, "probability")
            related = None if math.isnan(p.correlation) else Quantity(p.correlation)
            rows.append((p.name.replace("_", " "), *cells, ahead, related))
        note = Sentence(
            "A rank correlation over so few companies describes them; it explains nothing and predicts nothing."
        )
        return Grid(Sentence("Who does what, and how it is known"), _heads(heads), tuple(rows), note)

    def target_grid(self) -> Grid:
        """The target and what it rests on."""
        t, rows = self.target, []
        if t is not None and self.us is not None:
            unit = self.us.unit
            rows = [
                (Sentence("Our score now"), self.us.quantity),
                (Sentence("Benchmark, its luck taken out"), Quantity(t.benchmark, unit)),
                (Sentence("From us to the benchmark"), Quantity(t.gap, self.main.score.gap_unit)),
                (Sentence("Most gained in a year, its luck taken out"), Quantity(t.gained, self.main.score.gap_unit)),
                (Sentence("Smallest change the next wave can see"), Quantity(t.visible, self.main.score.gap_unit)),
                (Sentence("Target in a year"), Quantity(t.value, unit)),
                (Sentence("Answers a wave to see it"), None if math.isnan(t.answers) else int(t.answers)),
            ]
        return Grid(Sentence("The target and what it rests on"), _heads(("Part", "Value")), tuple(rows))

    def trend_grid(self) -> Grid:
        """Gaps wave by wave, and the change over the last year."""
        heads = ("Rival", *(w.wave for w in self.waves), "Change in a year")
        rows = []
        for t in self.trends:
            held = {wave: q for wave, _, q in t.points}
            c = t.change
            change = None if c is None or c.reason else Quantity(c.estimate, t.unit, c.low, c.high)
            rows.append((t.rival, *(held.get(w.wave) for w in self.waves), change))
        return Grid(Sentence("Gaps over the waves"), _heads(heads), tuple(rows))


def _heads(words) -> tuple[Sentence, ...]:
    return tuple(Sentence("{head}", {"head": w}) for w in words)


def _places(s: Standing) -> Sentence:
    if not s.shown:
        return Sentence("too few answers")
    if not s.ranked:
        return Sentence("not ranked")
    if s.rank_low == s.rank_high:
        return Sentence("{low}", {"low": s.rank_low})
    return Sentence("{low} to {high}", {"low": s.rank_low, "high": s.rank_high})


def _ranked_label(s: Standing) -> Sentence:
    if not s.ranked:
        return Sentence("{company}, not ranked", {"company": s.company})
    if s.rank_low == s.rank_high:
        return Sentence("{company}, place {low}", {"company": s.company, "low": s.rank_low})
    return Sentence("{company}, place {low} to {high}", {"company": s.company, "low": s.rank_low, "high": s.rank_high})


def _said(practice: Practice, cell) -> object:
    if cell is None or math.isnan(cell.value):
        return Sentence("not known")
    value: object = Quantity(cell.value, "percent" if practice.unit == "share" else "number")
    if practice.yes_no:
        value = Sentence("yes") if cell.value else Sentence("no")
    if not cell.grade:
        return value
    return Sentence("{value}, {grade}", {"value": value, "grade": cell.grade.replace("_", " ")})
