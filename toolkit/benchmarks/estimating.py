"""How do customers see us beside the competitors? Comparability first, then every number."""

from __future__ import annotations

import numpy as np

from toolkit.benchmarks.alike import Alike, manners, of_answers, of_figures, sorted_out
from toolkit.benchmarks.assemble import BenchmarkStudy
from toolkit.benchmarks.definition import SORTED_BY, Benchmark
from toolkit.benchmarks.gaps import gaps, pairs
from toolkit.benchmarks.over_waves import WaveLeague, gap_trends, leagues, yearly_gains
from toolkit.benchmarks.practised import practices
from toolkit.benchmarks.reading import Answered, read_answers
from toolkit.benchmarks.results import Benchmarked, Mix
from toolkit.benchmarks.standings import League, league, published_league
from toolkit.benchmarks.wanted import wants
from toolkit.benchmarks.weighing import Weighed, weighed
from toolkit.data.frames import TableLike, as_table
from toolkit.stats.achievable_targets import Target, achievable_target
from toolkit.stats.mixes import same_mix
from toolkit.stats.survey_design import kish, lonely_strata
from toolkit.study import shared


@shared
def estimate(
    table: TableLike | BenchmarkStudy | None,
    definition: Benchmark | None = None,
    *,
    published: TableLike | None = None,
    practised: TableLike | None = None,
) -> Benchmarked:
    """Where do we stand beside the competitors?

    Parameters
    ----------
    table
        Answers, a row for each respondent and company rated: a pandas frame, an Ibis table or the path
        of a Parquet or CSV file; or a study, which brings everything along.
    definition
        Who we are and what counts.
    published, practised
        Published figures and practices, where the definition has `figures` or `habits`.

    Raises
    ------
    Refused
        The tables cannot answer: a code outside a scale, a weight of 0, a margin nobody answered,
        raking that does not converge. All problems of a table at once.
    """
    if isinstance(table, BenchmarkStudy):
        published, practised = table.published, table.practices
        table, definition = table.table, definition or table.definition
    if definition is None:
        raise TypeError("a table needs the comparison: estimate(table, Benchmark(…))")
    answered = current = None
    groups: list[Alike] = []
    if definition.survey is not None:
        answered = read_answers(as_table(table), definition)
        current = answered.at(answered.wave == answered.waves[-1]) if definition.survey.wave else answered
        groups += of_answers(current, definition)
    if definition.figures is not None and published is not None:
        groups += of_figures(as_table(published), definition)
    alike = sorted_out(groups, definition)
    main, weighed_, mode_mix, left_out = _main(alike, answered, current, definition)
    waves = _waves(alike, answered, definition) if main is not None and weighed_ is not None else ()
    found_gaps = gaps(main, definition) if main is not None else ()
    others = () if weighed_ is None else tuple(
        league(weighed_, s, definition) for s in definition.survey.scores[1:]
    )  # fmt: skip
    habits = ()
    if definition.habits is not None and practised is not None:
        habits = practices(as_table(practised), definition, main)
    return Benchmarked(
        definition=definition, alike=alike, main=main, others=others, gaps=found_gaps,
        pairs=pairs(main, definition) if main is not None else None,
        trends=gap_trends(waves, tuple(g.rival for g in found_gaps), definition) if waves else (),
        waves=waves, wants=wants(weighed_, main, definition) if weighed_ is not None else None,
        practices=habits, target=_target(main, found_gaps, waves, definition), weighed=weighed_,
        modes=mode_mix, left_out=left_out,
        lonely=lonely_strata(weighed_.design(definition)) if weighed_ is not None else (),
    )  # fmt: skip


def _main(
    alike: tuple[Alike, ...], answered: Answered | None, current: Answered | None, definition: Benchmark
) -> tuple[League | None, Weighed | None, Mix | None, tuple[str, ...]]:
    """The league of the group that is compared; those left out by `most`."""
    if not alike or not alike[0].compared:
        return None, None, None, ()
    group = alike[0]
    if group.manner.origin == "published":
        kept, left_out = _most({m.company: m.n for m in group.members}, definition)
        members = tuple(m for m in group.members if m.company in kept)
        return published_league(Alike(group.manner, members, True), definition), None, None, left_out
    rows = manners(current, definition) == group.manner
    values = current.values[definition.survey.main.column]
    counted = {m.company: m.n for m in group.members}
    kept, left_out = _most(counted, definition)
    # too few answers cannot be raked, nor shown: they are counted and left out of the numbers
    enough = [
        c for c in kept
        if kish(current.weight[rows & (current.company == c) & np.isfinite(values)]) >= definition.show_from
    ]  # fmt: skip
    rows &= np.isin(current.company.astype(str), enough or kept)
    made = weighed(current.at(rows), definition)
    return league(made, definition.survey.main, definition), made, _modes(made, definition), left_out


def _most(counted: dict[str, float], definition: Benchmark) -> tuple[list[str], tuple[str, ...]]:
    order = sorted(counted, key=lambda c: (c != definition.us, -counted[c], c))
    if definition.most is None:
        return order, ()
    return order[: definition.most], tuple(order[definition.most :])


def _modes(made: Weighed, definition: Benchmark) -> Mix | None:
    """Whether every company's customers were asked in the same mix of ways."""
    column = definition.survey.mode
    if column is None:
        return None
    labels, companies = made.answered.labels[column], made.answered.company
    names, who = sorted(set(labels.tolist())), sorted(set(companies.tolist()))
    counts = np.array([[int(((labels == m) & (companies == c)).sum()) for m in names] for c in who])
    return Mix(SORTED_BY[3], tuple(who), tuple(names), counts, same_mix(counts))


def _waves(alike: tuple[Alike, ...], answered: Answered, definition: Benchmark) -> tuple[WaveLeague, ...]:
    if not definition.survey.wave or len(answered.waves) < 2:
        return ()
    rows = manners(answered, definition) == alike[0].manner
    return leagues(answered.at(rows), definition)


def _target(
    main: League | None, found_gaps, waves: tuple[WaveLeague, ...], definition: Benchmark
) -> Target | None:
    us = main.get(definition.us) if main is not None else None
    if us is None or not us.ranked or not found_gaps:
        return None
    gains = yearly_gains(waves, definition) if waves else ()
    if not gains and definition.gained is not None:
        gains = ((main.score.sign * definition.gained, 1e-9),)
    rivals = [main[g.rival] for g in found_gaps]
    return achievable_target(
        us.value, us.se, us.n, [r.value for r in rivals], [r.se for r in rivals],
        [g.p_adjusted for g in found_gaps], gains=gains, benchmark=definition.benchmark,
        better=main.score.better, level=definition.level, power=definition.power,
    )  # fmt: skip
