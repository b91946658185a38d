"""Who does what, how is it known, and how does it go with satisfaction? A description, no more."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from datetime import date

import ibis.expr.types as ir
import pandas as pd
from scipy import stats

from toolkit.benchmarks.definition import Benchmark
from toolkit.benchmarks.reading import rows_of
from toolkit.benchmarks.standings import League
from toolkit.problems import Problem, Refused

FEWEST_TO_RELATE = 5
"""Companies at least before a practice is held against satisfaction."""
YES_NO = frozenset({"yes_no", "yes/no", "boolean"})


@dataclass(frozen=True)
class Cell:
    """What one company does: `value` is nan where nobody knows."""

    company: str
    value: float
    grade: str = ""
    source: str = ""
    day: date | None = None


@dataclass(frozen=True)
class Practice:
    """One practice over all companies.

    Attributes
    ----------
    better
        ``higher``, ``lower``, or empty where neither is better by itself.
    percentile
        Share of the rivals known that do less (of what is better, worse) than we; nan for yes or no.
    correlation
        Spearman's, between the practice and the score over `related` companies; nan below
        `FEWEST_TO_RELATE`. It describes these companies and explains nothing.
    """

    name: str
    unit: str
    cells: tuple[Cell, ...]
    better: str
    percentile: float
    correlation: float
    related: int

    @property
    def yes_no(self) -> bool:
        """Whether it is done or not, rather than how much."""
        return self.unit in YES_NO

    def percentile_of(self, company: str) -> float:
        """Share of the other companies known that do less (of what is better lower, more); ties count half.

        nan for yes or no, where the company is not known, and where no other is.
        """
        own = next((c.value for c in self.cells if c.company == company), math.nan)
        others = [c.value for c in self.cells if c.company != company and math.isfinite(c.value)]
        if self.yes_no or not math.isfinite(own) or not others:
            return math.nan
        sign = -1.0 if self.better == "lower" else 1.0
        return sum((sign * v < sign * own) + 0.5 * (v == own) for v in others) / len(others)

    def cell(self, company: str) -> Cell | None:
        """What a company does."""
        return next((c for c in self.cells if c.company == company), None)


def practices(table: ir.Table, definition: Benchmark, main: League | None) -> tuple[Practice, ...]:
    """Every practice of the table, in its order.

    Raises
    ------
    Refused
        A company with two values of a practice; a value that is no number.
    """
    frame = rows_of(table, definition.habits, definition)
    habits = definition.habits
    if habits.latest:
        order = _in_time(frame[habits.latest])
        frame = frame.assign(toolkit__order=order).sort_values("toolkit__order", kind="stable")
        frame = frame.groupby(habits.company, sort=False).tail(1)
    score = {s.company: s.value for s in main.standings if s.shown} if main else {}
    if habits.satisfaction:
        known = frame[[habits.company, habits.satisfaction]].dropna()
        score = dict(zip(known[habits.company].astype(str), known[habits.satisfaction].astype(float), strict=True))
    long = _long(frame, definition)
    twice = long[long.duplicated(["practice", "company"], keep=False)]
    if len(twice):
        row = twice.iloc[0]
        rule = "has two values for one company"
        raise Refused(Problem(definition.place("practices"), rule, f"{row.practice}, {row.company}", rows=len(twice)))
    found = []
    for name, part in long.groupby("practice", sort=False):
        cells = tuple(
            Cell(r.company, r.value, r.grade, r.source, None if pd.isna(r.day) else r.day) for r in part.itertuples(index=False)
        )
        better = habits.wide.get(name, "")
        unit = str(part.unit.iloc[0])
        found.append(_practice(str(name), unit, cells, better, score, definition))
    return tuple(found)


def _practice(name, unit, cells, better, score, definition: Benchmark) -> Practice:
    both = [(c.value, score[c.company]) for c in cells if c.company in score and math.isfinite(c.value)]
    correlation = math.nan
    varies = len({v for v, _ in both}) > 1 and len({s for _, s in both}) > 1
    if len(both) >= FEWEST_TO_RELATE and varies:
        correlation = float(stats.spearmanr(*zip(*both, strict=True)).statistic)
    made = Practice(name, unit, cells, better, math.nan, correlation, len(both))
    return replace(made, percentile=made.percentile_of(definition.us))


def _long(frame: pd.DataFrame, definition: Benchmark) -> pd.DataFrame:
    """One row a company and practice: company, practice, unit, value, grade, source, day."""
    habits = definition.habits

    def words(column: str | None) -> pd.Series:
        if column is None:
            return pd.Series("", index=frame.index)
        return frame[column].astype(object).where(frame[column].notna(), "").astype(str)

    day = pd.Series(None, index=frame.index, dtype=object)
    if habits.date:
        read = pd.to_datetime(frame[habits.date])
        day = pd.Series([None if pd.isna(v) else v.date() for v in read], index=frame.index, dtype=object)
    common = {"company": frame[habits.company].astype(str), "grade": words(habits.grade),
              "source": words(habits.source), "day": day}  # fmt: skip
    if habits.practice:
        parts = [pd.DataFrame({**common, "practice": words(habits.practice), "unit": words(habits.unit),
                               "value": pd.to_numeric(frame[habits.value], errors="coerce")})]  # fmt: skip
    else:
        parts = [
            pd.DataFrame({**common, "practice": c, "unit": "", "value": pd.to_numeric(frame[c], errors="coerce")})
            for c in habits.wide
        ]
    return pd.concat(parts, ignore_index=True)


def _in_time(column: pd.Series) -> pd.Series:
    """Quarters such as ``Q1 2026``, days and numbers in order of time."""
    text = column.astype(str)
    quarters = text.str.extract(r"^Q([1-4])\s+(\d{4})$")
    if quarters.notna().all().all():
        return quarters[1].astype(int) * 4 + quarters[0].astype(int)
    return column
