"""What an analysis of KPIs over time brings: series, values now, aims; and their tables."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from toolkit.company.periods import Period
from toolkit.language import Quantity, Sentence
from toolkit.shown import Grid, Shown
from toolkit.stats.change_points import OneBreak
from toolkit.trends.aims import Aim, Outlook
from toolkit.trends.definition import Trend, Trends
from toolkit.trends.goals import GoalState, OverallLine
from toolkit.trends.other_methods import OtherAnswers, other_grid
from toolkit.trends.segment_values import SegmentNow
from toolkit.trends.series import Series
from toolkit.trends.wording import VARIATION, assurance_words, chance_words, forecast_by, signals_said


@dataclass(frozen=True)
class KpiTrend:
    """One KPI: the whole, its segments, its value in the period asked for, its aim.

    Attributes
    ----------
    whole, segments
        The series; `whole` is None where no row counts, `problem` then says so.
    by_segment
        Value, change, forecast and aim of each of `segments`, in their order.
    goal_aims
        Aims of goals that set a target of their own.
    now, change, change_last_year
        In the period asked for; against the period before, and the same one last year.
    outlook
        The forecast of the whole.
    aim
        Where it has a target.
    level_change
        The one most likely break in the level of the latest stretch; None where there are too few
        periods.
    others
        What other methods say of trend and level.
    to_come
        The period in the one asked for that misses most rows yet, and the share still to come.
    """

    kpi: Trend
    whole: Series | None
    segments: tuple[Series, ...]
    now: Quantity
    change: Quantity
    change_last_year: Quantity
    n: int = 0
    outlook: Outlook = Outlook(reason="not asked for")
    aim: Aim | None = None
    level_change: OneBreak | None = None
    to_come: tuple[Period, Quantity] | None = None
    problem: Sentence | None = None
    goal_aims: Mapping[str, Aim] = field(default_factory=dict)
    by_segment: tuple[SegmentNow, ...] = ()
    others: OtherAnswers | None = None


@dataclass(frozen=True, repr=False)
class KpiTrends(Shown):
    """All KPIs of a question, in its order."""

    definition: Trends
    kpis: tuple[KpiTrend, ...]
    problems: tuple[Sentence, ...] = field(default=())
    goals: tuple[GoalState, ...] = ()
    overall: OverallLine | None = None

    def __iter__(self) -> Iterator[KpiTrend]:
        return iter(self.kpis)

    def __getitem__(self, name: str) -> KpiTrend:
        return next(k for k in self.kpis if k.kpi.name == name)

    @property
    def title(self) -> Sentence:
        """What a chart of all of them shows."""
        return Sentence(
            "Each KPI over time, its usual range shaded: blue is improvement, orange concern, "
            "hollow not complete"
        )

    def grid(self) -> Grid:
        """One row a KPI: value, changes in its unit, variation and the last year, target."""
        period = self.definition.period
        rows = []
        for k in self.kpis:
            variation = k.whole.variation if k.whole else None
            said = Sentence(VARIATION[variation]) if variation else Sentence("Cannot be told")
            drawn = k.whole.sparkline() if k.whole else ""
            rows.append(
                (
                    k.kpi.title,
                    with_range(k.now),
                    _bare(k.change),
                    _bare(k.change_last_year),
                    Sentence("{drawn} {said}", {"drawn": drawn, "said": said}) if drawn else said,
                    _against(k.aim),
                )
            )
        since = [
            Sentence("Change since {period}", {"period": p.label})
            for p in (period.previous(), period.same_last_year())
        ]
        heads = (
            Sentence("KPI"),
            Sentence("Value"),
            *since,
            Sentence("Variation"),
            Sentence("Target"),
        )
        if rows and all(row[-1] in (None, "") for row in rows):
            heads, rows = heads[:-1], [row[:-1] for row in rows]
        note = Sentence("A change is in the unit of its value; that of a share is in percentage points.")
        return Grid(Sentence("All KPIs in {period}", {"period": period.label}), heads, tuple(rows), note)

    def signal_grid(self) -> Grid:
        """Every signal and hint of the whole KPIs in words."""
        rows = tuple(
            (k.kpi.title, *said) for k in self.kpis if k.whole for said in signals_said(k.whole)
        )
        heads = tuple(Sentence(h) for h in ("KPI", "When", "What", "Meaning"))
        note = Sentence(
            "A hint only: the published rules mark it, but neighbouring periods resemble each "
            "other so much that it is no reason to act."
        )
        return Grid(Sentence("What is more than the usual variation"), heads, rows, note)

    def other_grid(self) -> Grid:
        """What other methods say of each KPI's trend and level."""
        return other_grid((k.whole, k.others) for k in self.kpis if k.whole and k.others)

    def segment_grid(self) -> Grid:
        """One row a KPI and segment: value, change, variation, and where there is a target that."""
        period = self.definition.period
        rows = []
        for k in self.kpis:
            for s in k.by_segment:
                variation = s.series.variation
                said = Sentence(VARIATION[variation]) if variation else Sentence("Cannot be told")
                column, of = s.series.segment
                rows.append(
                    (
                        k.kpi.title,
                        Sentence("{column}: {of}", {"column": column, "of": _shown(of)}),
                        with_range(s.now),
                        _bare(s.change),
                        Sentence(
                            "{drawn} {said}", {"drawn": s.series.sparkline(), "said": said}
                        ),
                        _ahead(s.aim),
                    )
                )
        heads = (
            Sentence("KPI"),
            Sentence("Segment"),
            Sentence("Value"),
            Sentence("Change since {period}", {"period": period.previous().label}),
            Sentence("Variation"),
            Sentence("Target, and forecast for its day"),
        )
        return Grid(
            Sentence("By segment in {period}", {"period": period.label}), heads, tuple(rows)
        )

    def target_grid(self) -> Grid:
        """One row a KPI with a target: where it is, will be and has to go, and who sees to it."""
        rows = []
        for k in self.kpis:
            if k.aim is None:
                continue
            a = k.aim
            rows.append(
                (
                    k.kpi.title,
                    a.wanted.owner or k.kpi.owner or "",
                    with_range(k.now),
                    target_said(a),
                    then_said(a),
                    _pace(a),
                    forecast_by(k.outlook.method) if k.outlook.method else "",
                )
            )
        heads = tuple(
            Sentence(h)
            for h in (
                "KPI",
                "Owner",
                "Now",
                "Target",
                "In time?",
                "Pace a period, needed and seen",
                "Forecast by",
            )
        )
        return Grid(Sentence("Targets"), heads, tuple(rows))


def with_range(value: Quantity) -> Sentence:
    """A value with its interval as words, so that it wraps in a narrow column."""
    if value.known and value.low is not None:
        return Sentence("{value} ({value:range})", {"value": value})
    return Sentence("{value}", {"value": value})


def _bare(change: Quantity) -> Sentence:
    """A change in its KPI's unit, which stands beside it; shares change by percentage points."""
    if not change.known:
        return Sentence("no data")
    if change.low is None:
        return Sentence("{change:bare}", {"change": change})
    return Sentence("{change:bare} ({change:range})", {"change": change})


def _against(aim: Aim | None) -> Sentence | None:
    if aim is None:
        return None
    if not aim.known:
        return Sentence("Cannot be used")
    return Sentence("{level}: {state}", {"level": aim.level, "state": assurance_words(aim)})


def _shown(value: object) -> str:
    return "—" if value is None else str(value)


def _ahead(aim: Aim | None) -> Sentence | None:
    """What is aimed at, and what the forecast says of that day."""
    if aim is None:
        return None
    named = {"level": aim.level, "state": assurance_words(aim), "then": aim.at_due}
    if aim.at_due is None or not aim.at_due.known:
        return Sentence("{level}: {state}", named)
    return Sentence("{level}: {state}; {then} ({then:range})", named)


def target_said(aim: Aim) -> Sentence:
    """The level, its day, and whether things as they stand bring it."""
    if not aim.known:
        return Sentence("Cannot be used")
    named = {"level": aim.level, "day": aim.wanted.due, "state": assurance_words(aim)}
    if aim.wanted.due is None:
        return Sentence("{level}: {state}", named)
    return Sentence("{level} by {day}: {state}", named)


def then_said(aim: Aim) -> Sentence | None:
    """The chance of being there in time, and the forecast for that day."""
    said = chance_words(aim)
    if said is None or aim.at_due is None or not aim.at_due.known:
        return said
    return Sentence(
        "{said}; forecast {then} ({then:range})", {"said": said, "then": aim.at_due}
    )


def _pace(aim: Aim) -> Sentence | None:
    if aim.pace_needed is None:
        return None
    named = {"needed": aim.pace_needed, "seen": aim.pace}
    if aim.pace is None or aim.pace.low is None:
        return Sentence("{needed:bare}", named)
    return Sentence("{needed:bare}; seen {seen:bare} ({seen:range})", named)
