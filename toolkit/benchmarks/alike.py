"""Which scores may be compared at all? Comparability comes before every number.

Each answer and each figure carries its source, kind (survey, review, complaint rate), frame (own
list, panel, reviews), mode and scale. Those that agree are ranked together; the others are shown
beside them, and the page says why.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.benchmarks.definition import SORTED_BY, Benchmark
from toolkit.benchmarks.reading import Answered, rows_of
from toolkit.language import Quantity, Sentence
from toolkit.problems import Problem, Refused
from toolkit.stats.answer_scales import Scale
from toolkit.stats.limits import critical


@dataclass(frozen=True)
class Manner:
    """How a score came about."""

    source: str
    kind: str
    frame: str
    mode: str
    low: float
    high: float
    origin: str

    def unlike(self, other: Manner) -> tuple[str, ...]:
        """In what two differ, as words."""
        parts = [p for p in SORTED_BY if getattr(self, p) != getattr(other, p)]
        if (self.low, self.high) != (other.low, other.high):
            parts.append("scale")
        return tuple(parts)


@dataclass(frozen=True)
class Member:
    """One company's mean in one manner, as it stands; nan where there is no interval."""

    company: str
    mean: float
    low: float
    high: float
    se: float
    n: float
    day: date | None = None


@dataclass(frozen=True)
class Alike:
    """Scores that came about alike, a member for each company.

    `compared` are those that are ranked; the others say in `unlike` what sets them apart.
    """

    manner: Manner
    members: tuple[Member, ...]
    compared: bool = False
    unlike: tuple[str, ...] = ()

    def member(self, company: str) -> Member | None:
        """The company's own."""
        return next((m for m in self.members if m.company == company), None)

    @property
    def reason(self) -> Sentence:
        """Why it is not ranked with the others."""
        words = {
            "source": Sentence("another source"), "kind": Sentence("another kind of figure"),
            "frame": Sentence("other people asked"), "mode": Sentence("asked another way"),
            "scale": Sentence("another scale"),
        }  # fmt: skip
        said = [words[u] for u in self.unlike]
        if not said:
            return Sentence("compared")
        out = said[-1]
        for part in reversed(said[:-1]):
            out = Sentence("{first}, {rest}", {"first": part, "rest": out})
        return out

    def quantity(self, member: Member) -> Quantity:
        """A member on its own scale."""
        if math.isnan(member.low):
            return Quantity(member.mean)
        low, high = max(self.manner.low, member.low), min(self.manner.high, member.high)
        return Quantity(member.mean, "number", low, high)


def manners(answered: Answered, definition: Benchmark) -> np.ndarray:
    """The manner of each answer; the mode is a mix within a source and sets nothing apart."""
    survey = definition.survey
    parts = []
    for part in SORTED_BY:
        column = getattr(survey, part)
        if part == "mode" or column is None:
            parts.append(np.full(len(answered), survey.asked.get(part, MIXED if column else ""), dtype=object))
        else:
            parts.append(answered.labels[column])
    found = np.empty(len(answered), dtype=object)
    for i, (s, k, f, m) in enumerate(zip(*parts, strict=True)):
        found[i] = Manner(s, k, f, m, survey.main.low, survey.main.high, "answers")
    return found


MIXED = "mixed"
"""How answers came about where a column says it and differs among them."""


def of_answers(answered: Answered, definition: Benchmark) -> list[Alike]:
    """Groups of like answers, each company's plain mean (before any weighting but the answers' own)."""
    survey = definition.survey
    own = manners(answered, definition)
    values = answered.values[survey.main.column]
    found = []
    for manner in dict.fromkeys(own.tolist()):
        rows = (own == manner) & np.isfinite(values)
        members = []
        for company in sorted(set(answered.company[rows].tolist())):
            mine = rows & (answered.company == company)
            members.append(_member(company, values[mine], answered.weight[mine], definition.level))
        found.append(Alike(manner, tuple(members)))
    return found


def of_figures(table: ir.Table, definition: Benchmark) -> list[Alike]:
    """Groups of like published figures.

    Raises
    ------
    Refused
        A value outside its scale, a count that is no count: all at once.
    """
    figures = definition.figures
    frame = rows_of(table, figures, definition)
    at = definition.place("published")
    groups: dict[Manner, list[Member]] = {}
    problems = []
    for row in frame.to_dict("records"):
        low = float(row[figures.low]) if isinstance(figures.low, str) else float(figures.low)
        high = float(row[figures.high]) if isinstance(figures.high, str) else float(figures.high)
        company, value = str(row[figures.company]), row[figures.value]
        if value is None or pd.isna(value):
            continue
        if not low <= value <= high:
            problems.append(Problem(f"{at}.value", f"lies outside its scale {low:g} to {high:g}", f"{company}: {value:g}"))
            continue
        n = row[figures.answers]
        n = 0.0 if n is None or pd.isna(n) else float(n)
        day = row[figures.date] if figures.date else None
        day = None if day is None or pd.isna(day) else pd.Timestamp(day).date()
        if day is not None and definition.ends is not None and day > definition.ends:
            continue
        manner = Manner(*(_said(row, figures, p) for p in SORTED_BY), low, high, "published")
        groups.setdefault(manner, []).append(_published(company, float(value), n, row, manner, day, definition))
    if problems:
        raise Refused(problems)
    return [Alike(m, tuple(sorted(_latest(g), key=lambda x: x.company))) for m, g in groups.items()]


def sorted_out(groups: Iterable[Alike], definition: Benchmark) -> tuple[Alike, ...]:
    """The group that is compared first, and what sets the others apart from it.

    It is one that holds us and a rival: answers before figures, then with most companies, then with
    most answers. Where no group holds us and a rival, none is compared.
    """
    groups = list(groups)

    def fits(group: Alike) -> tuple:
        companies = {m.company for m in group.members if m.n >= 2}
        both = definition.us in companies and len(companies) > 1
        return both, group.manner.origin == "answers", len(companies), sum(m.n for m in group.members)

    groups.sort(key=fits, reverse=True)
    if not groups or not fits(groups[0])[0]:
        return tuple(Alike(g.manner, _shown(g, definition)) for g in groups)
    main = Alike(groups[0].manner, groups[0].members, True)
    others = [Alike(g.manner, _shown(g, definition), False, g.manner.unlike(main.manner)) for g in groups[1:]]
    return (main, *others)


def _shown(group: Alike, definition: Benchmark) -> tuple[Member, ...]:
    """Means of answers too few to be shown are left out; what others published is what it is."""
    if group.manner.origin == "published":
        return group.members
    return tuple(m for m in group.members if m.n >= definition.min_cell)


def _member(company: str, values: np.ndarray, weight: np.ndarray, level: float) -> Member:
    n = len(values)
    share = weight / weight.sum()
    mean = float(share @ values)
    if n < 2:
        return Member(company, mean, math.nan, math.nan, math.nan, n)
    se = math.sqrt(n / (n - 1) * float(((share * (values - mean)) ** 2).sum()))
    half = critical((1 - level) / 2, n - 1) * se
    return Member(company, mean, mean - half, mean + half, se, n)


def _published(company, value, n, row: Mapping, manner: Manner, day, definition: Benchmark) -> Member:
    spread = row[definition.figures.spread] if definition.figures.spread else None
    if n < 2:
        return Member(company, value, math.nan, math.nan, math.nan, n, day)
    known = spread is not None and not pd.isna(spread)
    # without a published spread, the widest that answers on this scale with this mean can have
    sd = float(spread) if known else Scale(manner.low, manner.high).widest_sd(value)
    se = sd / math.sqrt(n)
    half = critical((1 - definition.level) / 2, n - 1) * se
    return Member(company, value, value - half, value + half, se, n, day)


def _latest(members: list[Member]) -> list[Member]:
    """Each company once: its latest figure."""
    found: dict[str, Member] = {}
    for m in members:
        if m.company not in found or (m.day or date.min) >= (found[m.company].day or date.min):
            found[m.company] = m
    return list(found.values())


def _said(row: Mapping, figures, part: str) -> str:
    column = getattr(figures, part)
    if column is None:
        return figures.asked.get(part, "")
    value = row[column]
    return "" if value is None or pd.isna(value) else str(value)
