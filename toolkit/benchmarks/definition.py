"""A comparison with competitors as a value: who we are, who answered what, and what counts.

It holds no data: it can be printed, kept, and used again on the next wave.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.company.competitor_rules import (
    attribute_faults,
    comparison_faults,
    practice_faults,
    scale_faults,
    score_faults,
    weighting_faults,
)
from toolkit.problems import Problem, Refused
from toolkit.stats.answer_scales import Scale

KINDS = {"index": "index", "net_score": "net_score", "top_two": "top_two", "effort": "mean"}
"""What is made of answers -> how `toolkit.stats.answer_scales` calls it."""

SORTED_BY = ("source", "kind", "frame", "mode")
"""How an answer or a figure came about."""


@dataclass(frozen=True)
class Score:
    """One question and what is made of its answers (`KINDS`); `low` and `high` end its scale."""

    column: str
    low: float
    high: float
    kind: str = "index"
    better: str = "higher"
    label: str | None = None

    @property
    def name(self) -> str:
        """Sets it apart: one question may be scored in several ways."""
        return f"{self.column}_{self.kind}"

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.label or self.column.replace("_", " ").capitalize()

    @property
    def scale(self) -> Scale:
        """The ends of its scale."""
        return Scale(self.low, self.high)

    @property
    def unit(self) -> str:
        """The unit of its value."""
        return "percent" if self.kind == "top_two" else "score"

    @property
    def gap_unit(self) -> str:
        """The unit of a difference."""
        return "points" if self.kind == "top_two" else "score"

    @property
    def sign(self) -> float:
        """+1 where more is better, -1 where less is."""
        return 1.0 if self.better == "higher" else -1.0


@dataclass(frozen=True)
class Attribute:
    """Something customers want: how well (`column`) and how important, on one scale."""

    name: str
    column: str
    low: float = 1
    high: float = 5
    importance: str | None = None
    belongs_to: str | None = None
    label: str | None = None

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.label or self.name.replace("_", " ").capitalize()

    @property
    def scale(self) -> Scale:
        """The ends of its scale."""
        return Scale(self.low, self.high)


@dataclass(frozen=True)
class Survey:
    """Respondents' answers, a row for each respondent and company rated.

    `source`, `kind`, `frame` and `mode` are columns; `asked` holds the same where it is one for all
    rows. See `toolkit.company.competitors.Answers` for the rest.
    """

    company: str
    scores: tuple[Score, ...]
    attributes: tuple[Attribute, ...] = ()
    where: str | None = None
    time: str | None = None
    wave: str | None = None
    waves_a_year: int = 4
    within_days: int | None = None
    source: str | None = None
    kind: str | None = None
    frame: str | None = None
    mode: str | None = None
    asked: Mapping[str, str] = field(default_factory=dict)
    weight: str | None = None
    strata: str | None = None
    cluster: tuple[str, ...] = ()
    population: tuple[str, ...] = ()
    lonely: str = "adjust"
    mix: tuple[str, ...] = ()
    margins: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    heaviest: float | None = None
    table: str = "answers"

    def __post_init__(self) -> None:
        for name in ("scores", "attributes", "cluster", "population", "mix"):
            object.__setattr__(self, name, tuple(getattr(self, name)))

    @property
    def main(self) -> Score:
        """The score that is ranked."""
        return self.scores[0]

    @property
    def designed(self) -> bool:
        """Whether answers are anything but a simple random sample of equal weights."""
        return bool(self.weight or self.strata or self.cluster or self.population
                    or self.mix or self.margins)  # fmt: skip

    def columns(self) -> Iterator[tuple[str, str]]:
        """(place, column) of every column it reads."""
        for part in ("company", "time", "wave", *SORTED_BY, "weight", "strata"):
            if getattr(self, part):
                yield part, getattr(self, part)
        for part in ("cluster", "population", "mix"):
            for column in getattr(self, part):
                yield part, column
        for column in self.margins:
            yield "margins", column
        for score in self.scores:
            yield f"scores.{score.column}", score.column
        for a in self.attributes:
            yield f"attributes.{a.name}", a.column
            if a.importance:
                yield f"attributes.{a.name}.importance", a.importance


@dataclass(frozen=True)
class Figures:
    """Published means, a row for each source and company; see `company.competitors.Published`."""

    company: str
    value: str
    answers: str
    low: str | float
    high: str | float
    where: str | None = None
    spread: str | None = None
    source: str | None = None
    kind: str | None = None
    frame: str | None = None
    mode: str | None = None
    date: str | None = None
    better: str = "higher"
    asked: Mapping[str, str] = field(default_factory=dict)
    table: str = "published"

    def columns(self) -> Iterator[tuple[str, str]]:
        """(place, column) of every column it reads."""
        for part in ("company", "value", "answers", "low", "high", "spread", *SORTED_BY, "date"):
            if isinstance(getattr(self, part), str):
                yield part, getattr(self, part)


@dataclass(frozen=True)
class Habits:
    """Who does what; see `company.competitors.Practices`."""

    company: str
    practice: str | None = None
    value: str | None = None
    unit: str | None = None
    wide: Mapping[str, str] = field(default_factory=dict)
    where: str | None = None
    grade: str | None = None
    source: str | None = None
    date: str | None = None
    grades: tuple[str, ...] = ()
    latest: str | None = None
    satisfaction: str | None = None
    table: str = "practices"

    def columns(self) -> Iterator[tuple[str, str]]:
        """(place, column) of every column it reads."""
        for part in ("company", "practice", "value", "unit", "grade", "source", "date", "latest",
                     "satisfaction"):  # fmt: skip
            if getattr(self, part):
                yield part, getattr(self, part)
        for column in self.wide:
            yield "columns", column


@dataclass(frozen=True)
class Benchmark:
    """A comparison with competitors.

    Attributes
    ----------
    us
        Our name, as the tables write it.
    survey, figures, habits
        What there is to compare; one at least.
    most
        Only so many companies, those with most answers and us.
    show_from, rank_from
        Fewer effective answers: not shown; shown and not ranked.
    min_cell
        Of fewer answers nothing is shown, not even how many; a params file says 10.
    worthwhile
        The smallest gap that matters, in points of an index from 0 to 100.
    equal_variances
        Whether answers about all companies are known to spread alike: all pairs by Tukey and Kramer
        then, else by Games and Howell; the other family stands beside.
    benchmark, gained, power
        The rule of the target: see `toolkit.stats.achievable_targets`.
    starts, ends, period
        The days compared, last one included, and how people call them.
    """

    us: str
    survey: Survey | None = None
    figures: Figures | None = None
    habits: Habits | None = None
    name: str = "competitors"
    label: str | None = None
    question: str | None = None
    most: int | None = None
    show_from: float = 30
    rank_from: float = 100
    min_cell: int = 1
    worthwhile: float = 2.0
    equal_variances: bool = False
    benchmark: str = "best"
    gained: float | None = None
    power: float = 0.8
    level: float = 0.95
    starts: date | None = None
    ends: date | None = None
    period: str | None = None
    owner: str | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        if problems := list(self._problems()):
            raise Refused(problems)

    @property
    def title(self) -> str:
        """Its name for people."""
        return self.label or f"{self.us} beside its competitors"

    @property
    def scored(self) -> bool:
        """Whether there are scores to compare, and not practices alone."""
        return self.survey is not None or self.figures is not None

    @property
    def alpha(self) -> float:
        """The chance of a false claim that is accepted."""
        return 1 - self.level

    def place(self, *parts: str) -> str:
        """Where a part of it stands, as messages say it."""
        return ".".join(["benchmarks", self.name, *parts])

    def _problems(self) -> Iterator[Problem]:
        for fault in comparison_faults((self.survey, self.figures, self.habits), self.show_from, self.rank_from):
            yield Problem(self.place(), fault)
        if not 0.5 < self.level < 1:
            yield Problem(self.place("level"), "must lie between 0.5 and 1", self.level)
        if not (math.isfinite(self.worthwhile) and self.worthwhile >= 0):
            yield Problem(self.place("worthwhile"), "must be 0 or more", self.worthwhile)
        if (h := self.habits) is not None:
            for fault in practice_faults(h.wide, h.practice, h.value, h.latest, h.satisfaction):
                yield Problem(self.place("practices"), fault)
        if self.survey is not None:
            yield from self._about_answers(self.survey)

    def _about_answers(self, survey: Survey) -> Iterator[Problem]:
        at = ("answers",)
        if not survey.scores:
            yield Problem(self.place(*at, "scores"), "must hold one at least: the first is ranked")
        for s in survey.scores:
            if s.kind not in KINDS:
                yield Problem(self.place(*at, "scores", s.column), "is none of the kinds", s.kind, tuple(KINDS))
            if s.better not in ("higher", "lower"):
                yield Problem(self.place(*at, "scores", s.column), "must be higher or lower", s.better)
            for fault in score_faults(s.kind, s.low, s.high):
                yield Problem(self.place(*at, "scores", s.column), fault)
        for a in survey.attributes:
            for fault in scale_faults(a.low, a.high):
                yield Problem(self.place(*at, "attributes", a.name), fault)
        faults = weighting_faults(survey.mix, survey.margins, survey.heaviest)
        for fault in (*faults, *attribute_faults(survey.attributes)):
            yield Problem(self.place(*at), fault)
