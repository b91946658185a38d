"""A comparison with competitors as the plan declares it: who answered what, and how."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, TypeVar

from pydantic import Field, model_validator

from toolkit.company.base import Better, Name, Part, Sql, Text
from toolkit.company.competitor_rules import (
    ScoreKind,
    attribute_faults,
    comparison_faults,
    practice_faults,
    scale_faults,
    score_faults,
    weighting_faults,
)
from toolkit.company.tables import Names

Sound = TypeVar("Sound", bound=Part)


class Score(Part):
    """One question and what is made of its answers.

    Attributes
    ----------
    column
        Of whole numbers from `low` to `high`. Codes that mean "no answer" are declared with the
        table, under `missing`; any other code outside the scale is refused.
    kind
        ``index``: 0 to 100, from the lowest to the highest answer. ``net_score``: promoters (9, 10)
        less detractors (0 to 6) of a scale 0 to 10. ``top_two``: the share of the two highest
        answers. ``effort``: the mean as it is.
    better
        Which way is good.
    """

    column: Name
    low: float
    high: float
    kind: ScoreKind = "index"
    better: Better = "higher"
    label: Text | None = None

    @model_validator(mode="after")
    def _a_scale(self) -> Score:
        return _sound(self, score_faults(self.kind, self.low, self.high))


class Attribute(Part):
    """Something customers want, and how well each company does it.

    Attributes
    ----------
    column
        How well, from `low` to `high`.
    importance
        The column of how much it matters to the same respondent, on the same scale.
    belongs_to
        Attributes of one name are items of one idea.
    """

    column: Name
    low: float = 1
    high: float = 5
    importance: Name | None = None
    belongs_to: Text | None = None
    label: Text | None = None

    @model_validator(mode="after")
    def _a_scale(self) -> Attribute:
        return _sound(self, scale_faults(self.low, self.high))


class Asked(Part):
    """How answers or figures came about, where it is the same for all rows of a table."""

    source: Text | None = None
    kind: Text | None = None
    frame: Text | None = None
    mode: Text | None = None


class Answers(Part):
    """Respondents' answers, a row for each respondent and company.

    Attributes
    ----------
    where
        Which rows count.
    company
        The column that says which company was rated.
    wave
        The column that names the survey wave. The last one that ends in the period is compared; the
        earlier ones show the trend.
    waves_a_year
        How many waves lie a year apart.
    within_days
        Only answers of so many days before the end of the period, where there is no `wave`.
    kind, frame, source, mode
        Columns that say how an answer came about: survey or review, own list or panel, web or
        phone. Unlike ones are shown beside each other and never ranked together, save for `mode`,
        whose mix is checked.
    asked
        The same where no column says it.
    weight, strata, cluster, population
        The design: what each answer stands for, what was drawn within what, and how many there
        were to draw from.
    lonely
        What becomes of a stratum with one cluster.
    mix
        Columns whose mix every company is given alike: that of all answers (direct standardisation).
        Beside `margins`, of other columns, answers are raked to both.
    margins
        Column -> value -> share of the people asked about: answers are raked to them.
    heaviest
        The largest weight after raking, as a multiple of the mean.
    scores
        The first one is ranked and drives the target.
    attributes
        Under a name each.
    """

    table: Name
    where: Sql | None = None
    company: Name
    wave: Name | None = None
    waves_a_year: int = Field(default=4, ge=1, le=366)
    within_days: int | None = Field(default=None, ge=1, le=3660)
    kind: Name | None = None
    frame: Name | None = None
    source: Name | None = None
    mode: Name | None = None
    asked: Asked = Asked()
    weight: Name | None = None
    strata: Name | None = None
    cluster: Names = []
    population: Names = []
    lonely: Literal["refuse", "adjust", "certainty"] = "adjust"
    mix: list[Name] = Field(default=[], max_length=5)
    margins: dict[Name, dict[Text, float]] = {}
    heaviest: float | None = Field(default=None, gt=1)
    scores: list[Score] = Field(min_length=1, max_length=10)
    attributes: dict[Name, Attribute] = {}

    @model_validator(mode="after")
    def _shares_are_shares(self) -> Answers:
        faults = weighting_faults(self.mix, self.margins, self.heaviest)
        return _sound(self, (*faults, *attribute_faults(self.attributes)))


class Published(Part):
    """Figures that others published, a row for each source and company.

    Attributes
    ----------
    value, answers
        The mean, and how many answered. Without a count there is no interval.
    low, high
        Columns of the scale's ends, or the ends themselves.
    spread
        The column of the answers' standard deviation. Absent: the largest that the scale allows.
    date
        When it was published.
    """

    table: Name
    where: Sql | None = None
    company: Name
    value: Name
    answers: Name
    low: Name | float
    high: Name | float
    spread: Name | None = None
    kind: Name | None = None
    frame: Name | None = None
    source: Name | None = None
    mode: Name | None = None
    date: Name | None = None
    better: Better = "higher"
    asked: Asked = Asked()


class Practices(Part):
    """Who does what: a row for each company and practice, or a column for each practice.

    Attributes
    ----------
    practice, value, unit
        The columns of a long table.
    columns
        Instead: columns of numbers, with which way is good (``{call_wait_s: lower}``).
    grade, source, date
        How it is known, from where, and since when.
    grades
        The grades from the best evidence to the weakest.
    latest
        A column of dates or numbers in order of time: only each company's last row counts. Needs
        `columns`.
    satisfaction
        A column of how satisfied customers are, to hold the practices against. Needs `columns`.
    """

    table: Name
    where: Sql | None = None
    company: Name
    practice: Name | None = None
    value: Name | None = None
    unit: Name | None = None
    columns: dict[Name, Better] = {}
    grade: Name | None = None
    source: Name | None = None
    date: Name | None = None
    grades: list[Text] = []
    latest: Name | None = None
    satisfaction: Name | None = None

    @model_validator(mode="after")
    def _long_or_wide(self) -> Practices:
        return _sound(self, practice_faults(self.columns, self.practice, self.value, self.latest, self.satisfaction))


class TargetRule(Part):
    """How the own target is set.

    Attributes
    ----------
    benchmark
        The ``best`` comparable rival, or the ``top_quartile`` of them.
    gained
        The most that can be gained in a year, in points of the score, where no waves show it.
    power
        Chance that the next wave shows the step.
    """

    benchmark: Literal["best", "top_quartile"] = "best"
    gained: float | None = Field(default=None, gt=0)
    power: float = Field(default=0.8, gt=0.5, lt=1)


class Benchmark(Part):
    """A comparison with competitors.

    Attributes
    ----------
    us
        Our own name, as the tables write it.
    most
        Compare only so many companies, those with most answers (we are always among them).
    show_from, rank_from
        Fewer effective answers than this: not shown; not ranked.
    worthwhile
        The smallest gap that matters, in points of an index from 0 to 100.
    equal_variances
        Whether answers about all companies are known to spread alike: pairs by Tukey-Kramer then,
        else by Games-Howell. The page shows both.
    """

    label: Text
    question: Text | None = None
    us: Text
    answers: Answers | None = None
    published: Published | None = None
    practices: Practices | None = None
    most: int | None = Field(default=None, ge=2, le=200)
    show_from: float = Field(default=30, ge=2)
    rank_from: float = Field(default=100, ge=2)
    worthwhile: float = Field(default=2.0, ge=0)
    equal_variances: bool = False
    target: TargetRule = TargetRule()
    level: float = Field(default=0.95, gt=0.5, lt=1)
    owner: Text | None = None

    @model_validator(mode="after")
    def _something_to_compare(self) -> Benchmark:
        given = (self.answers, self.published, self.practices)
        return _sound(self, comparison_faults(given, self.show_from, self.rank_from))


def _sound(part: Sound, faults: Iterable[str]) -> Sound:
    """The part as it is, or everything that is wrong with it at once."""
    if wrong := tuple(faults):
        raise ValueError(*wrong)
    return part
