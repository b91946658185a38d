"""A survey in waves: the same people where they repeat, else the mix of respondents held still."""

from __future__ import annotations

import math

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from toolkit.company.expressions import check_expression, said
from toolkit.data.frames import ENGINE_ERRORS
from toolkit.kpis import with_expressions
from toolkit.language import Sentence
from toolkit.plan_changes.definition import PlanChange
from toolkit.plan_changes.effects import Alternative, Fitted, GroupEffect, PathPoint, SegmentTest
from toolkit.plan_changes.grouping import MOST_GROUPS, TOO_FEW, rows_of
from toolkit.plan_changes.reading import CannotBeJudged
from toolkit.problems import Problem, Refused
from toolkit.stats import groups as by_groups
from toolkit.stats.cluster_errors import CannotBeEstimated
from toolkit.stats.suppression import hidden_groups
from toolkit.stats.waves import Wave, WaveChange, paired_change, standardised_change, wave_change

MOST_ANSWERS = 200_000


def answers(table: ir.Table, definition: PlanChange) -> pd.DataFrame:
    """The answers of the wave before and the wave after the change, one a row.

    Raises
    ------
    Refused
        A column or an expression that cannot be used; more answers than a survey has.
    CannotBeJudged
        Nobody was asked before, or after.
    """
    waves = definition.waves
    sql = {"value": waves.value, "day": f"CAST(({definition.time}) AS DATE)"}
    written = {"answers.value": waves.value, "dated": definition.time}
    for i, (name, text) in enumerate(definition.segments.items()):
        written[f"segments.{name}"] = text
        sql[f"toolkit__s{i}"] = f"CAST(({text}) AS VARCHAR)"
    if definition.measure.where:
        sql["kept"] = written["kpi.where"] = definition.measure.where
    if definition.touched:
        sql["touched"] = written["touched"] = definition.touched
    columns = [c for c in (waves.weight, waves.person, *waves.strata) if c]
    problems = [
        Problem(f"changes.{definition.name}.answers", "is no column of the table", c, tuple(table.columns))
        for c in columns if c not in table.columns
    ]  # fmt: skip
    for part, text in written.items():
        checked = check_expression(text, table.columns)
        problems += [Problem(f"changes.{definition.name}.{part}", said(checked, f)[1], said(checked, f)[0]) for f in checked.faults]
    if problems:
        raise Refused(problems)
    try:
        rows = with_expressions(table, sql, columns)
        for flag in ("kept", "touched"):
            if flag in sql:
                rows = rows.filter(rows[flag].cast("boolean").fill_null(False))
        rows = rows.filter(rows.value.notnull() & rows.day.notnull())
        if int(rows.count().execute()) > MOST_ANSWERS:
            raise Refused(Problem(f"changes.{definition.name}.answers", f"has more than {MOST_ANSWERS:,} answers: no survey"))
        frame = rows.to_pandas()
    except ENGINE_ERRORS as error:
        line = str(error).strip().splitlines()[0]
        raise Refused(Problem(f"changes.{definition.name}.answers", f"cannot be computed: {line}")) from None
    frame["period"] = [definition.period_of(pd.Timestamp(d).date()) for d in frame["day"]]
    if definition.since:
        frame = frame[[p.start >= definition.since for p in frame["period"]]]
    if definition.as_of:
        frame = frame[[pd.Timestamp(d).date() <= definition.as_of for d in frame["day"]]]
    return frame


def compared(frame: pd.DataFrame, definition: PlanChange, why: Sentence) -> Fitted:
    """The last wave before the change against the first after it.

    Raises
    ------
    CannotBeJudged
        Nobody was asked before, or after; or a stratum has too few answers.
    """
    before, after = _two_waves(frame, definition)
    try:
        pair = _wave(before, definition), _wave(after, definition)
        found = wave_change(*pair, level=definition.level)
        others = tuple(_others(pair, found, definition))
    except (CannotBeEstimated, ValueError) as error:
        raise CannotBeJudged(Sentence("{reason}", {"reason": str(error)})) from None
    c = found.comparison
    labels = {"paired": "the same people before and after", "standardised": "two waves, the mix of respondents held still"}
    means = frame.groupby("period").apply(lambda f: _mean(f, definition), include_groups=False)
    return Fitted(
        "waves", Sentence(labels[found.method]), why, "before_after", c.estimate, c.low, c.high, c.p_value, c.se,
        found.before, found.after, found.n_before + found.n_after, "answers", others=others,
        path=tuple(PathPoint(p.start, float(v)) for p, v in means.items()), details=found,
        counted=float(found.n_after), numbers={"raw": found.raw, "mix": found.mix, "asked_twice": found.n_both},
    )  # fmt: skip


def _two_waves(frame: pd.DataFrame, definition: PlanChange) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The answers of the last wave before the change and of the first after it."""
    days = pd.to_datetime(frame["day"]).dt.date
    early = frame[days < definition.effective]
    late = frame[days >= definition.effective]
    for wave, when in ((early, "before"), (late, "after")):
        if wave.empty:
            raise CannotBeJudged(Sentence("nobody was asked {when} the change", {"when": when}))
    return early[early["period"] == early["period"].max()], late[late["period"] == late["period"].min()]


def by_group(frame: pd.DataFrame, definition: PlanChange) -> tuple[tuple[GroupEffect, ...], tuple[SegmentTest, ...]]:
    """The change between the two waves in every declared group, and whether groups differ.

    A person answers in one group, so groups are independent.
    """
    rows: list[GroupEffect] = []
    tests: list[SegmentTest] = []
    waves = _two_waves(frame, definition)
    for i, segment in enumerate(definition.segments):
        column = f"toolkit__s{i}"
        values = sorted(set().union(*(set(w[column].dropna()) for w in waves)), key=str)
        if len(values) > MOST_GROUPS:
            tests.append(SegmentTest(segment, math.nan, f"it has {len(values)} groups, more than {MOST_GROUPS}"))
            continue
        found = []
        sizes = [{v: int((w[column] == v).sum()) for v in values} for w in waves]
        hidden = frozenset().union(*(hidden_groups(s, definition.min_cell) for s in sizes))
        rows += [GroupEffect(segment, str(v), *(math.nan,) * 4, False, 0, TOO_FEW) for v in values if v in hidden]
        if values and hidden.issuperset(values):
            tests.append(SegmentTest(segment, math.nan, TOO_FEW))
            continue
        for value in (v for v in values if v not in hidden):
            try:
                pair = tuple(_wave(w[w[column] == value], definition) for w in waves)
                change = wave_change(*pair, level=definition.level)
                c = change.comparison
                one = by_groups.OneEffect(c.estimate, c.se, c.df, c.low, c.high, c.p_value, change.n_before + change.n_after)
                found.append(by_groups.GroupEffect(value, one, math.nan, False, None))
            except (CannotBeEstimated, ValueError) as error:
                found.append(by_groups.GroupEffect(value, None, math.nan, False, str(error)))
        judged = by_groups.judge_groups(tuple(found), better=definition.better, alpha=1 - definition.level)
        rows += rows_of(segment, judged)
        tests.append(SegmentTest(segment, judged.p_same, judged.reason))
    return tuple(rows), tuple(tests)


def _mean(frame: pd.DataFrame, definition: PlanChange) -> float:
    weights = frame[definition.waves.weight] if definition.waves.weight else np.ones(len(frame))
    return float(np.average(frame["value"].astype(float), weights=weights)) if len(frame) else math.nan


def _wave(frame: pd.DataFrame, definition: PlanChange) -> Wave:
    w = definition.waves
    strata = None
    if w.strata:
        strata = frame[list(w.strata)].astype(str).agg(" / ".join, axis=1).to_numpy(dtype=object)
    person = frame[w.person].to_numpy(dtype=object) if w.person else None
    if person is not None and pd.isna(person).any():
        # people without a name cannot be found again: each is somebody else
        person = np.array([f"?{i}" if pd.isna(p) else str(p) for i, p in enumerate(person)], dtype=object)
    weights = frame[w.weight].to_numpy(float) if w.weight else None
    return Wave(frame["value"].to_numpy(float), weights, strata, person)


def _others(pair: tuple[Wave, Wave], found: WaveChange, definition: PlanChange):
    for name, label, method in (
        ("paired", "the same people before and after", paired_change),
        ("standardised", "two waves, the mix of respondents held still", standardised_change),
    ):  # fmt: skip
        if name == found.method:
            continue
        try:
            c = method(*pair, level=definition.level).comparison
        except CannotBeEstimated:
            continue
        yield Alternative(name, Sentence(label), c.estimate, c.low, c.high, c.p_value, {"se": c.se})
    yield Alternative("raw", Sentence("two waves as they answered"), found.raw)
