"""What the engine is asked for a test: who is in which arm, then one scan for all metrics.

Only small numbers leave it: counts by arm, and moments by arm, by arm and segment, by arm and
stratum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import ibis.expr.types as ir

from toolkit.aggregates import Aggregates, Moments
from toolkit.data.dialects import answered, name_for
from toolkit.data.frames import ENGINE_ERRORS
from toolkit.data.sql_names import name_of
from toolkit.experiments.columns import place, refuse_unusable, tested_rows, unreadable
from toolkit.experiments.definition import IN_TARGET, OUTSIDE, Experiment, Metric
from toolkit.experiments.samples import COUNT
from toolkit.kpis import Measure, number_sql, queried
from toolkit.problems import Problem, Refused
from toolkit.scan import Unreckonable, aggregate

ARM = "toolkit__arm"
MOST_VALUES = 200
"""A segment or stratum with more values than this is no segment."""

MOST_CELLS = 2000
"""Up to so many combinations of arm, segments and stratum are scanned at once."""

Key = tuple[str, str | None]


@dataclass(frozen=True)
class ArmCount:
    """One arm as found.

    Attributes
    ----------
    units, rows
        What was assigned (rows where no unit is named), and rows.
    kept, dropped
        Rows of the arm that the test's `where` keeps and leaves out.
    in_target
        Rows meant by the target; None where there is none.
    """

    name: str
    units: int
    rows: int
    kept: int
    dropped: int
    in_target: int | None


@dataclass(frozen=True, eq=False)
class Reading:
    """Everything read from a table for one test.

    Attributes
    ----------
    basis
        What moments are over: ``rows``, ``units`` or ``buckets``.
    arms
        In the order of the definition.
    whole
        Moments by arm.
    segments
        Column -> moments by (arm, value); the target's is named ``target``.
    strata
        Moments by (arm, value); empty where there are none.
    covariates
        The columns read as covariates: those declared, and flags of where they are missing.
    repeated
        Units that stand on several rows, where every unit should stand on one.
    crossed
        Units that stand in several arms.
    unobserved
        Metric -> rows assigned too late for its days to be over.
    first, last
        Days of the first and last assignment.
    """

    basis: str
    arms: tuple[ArmCount, ...]
    whole: Mapping[str, Moments]
    segments: Mapping[str, Mapping[Key, Moments]] = field(default_factory=dict)
    strata: Mapping[Key, Moments] = field(default_factory=dict)
    covariates: tuple[str, ...] = ()
    repeated: int = 0
    crossed: int = 0
    unobserved: Mapping[str, int] = field(default_factory=dict)
    first: date | None = None
    last: date | None = None

    @property
    def units(self) -> int:
        """Everything that was assigned."""
        return sum(arm.units for arm in self.arms)

    @property
    def unit_counts(self) -> dict[str, int]:
        """Units by arm."""
        return {arm.name: arm.units for arm in self.arms}


def read(table: ir.Table, definition: Experiment) -> Reading:
    """Ask the engine.

    Raises
    ------
    Refused
        A column is missing or of the wrong type, an arm has no rows, the data hold an arm that is
        not in the definition, rows have no arm or no unit, values are no finite numbers: all problems
        at once.
    """
    refuse_unusable(table, definition)
    rows = tested_rows(table, definition)
    try:
        return _read(table, rows, definition)
    except (*ENGINE_ERRORS, Unreckonable) as error:
        raise unreadable(rows, definition, error) from None


def _read(table: ir.Table, rows: ir.Table, definition: Experiment) -> Reading:
    counts = _counted(rows, definition)
    _refuse_arms(counts, definition)
    found = {r[ARM]: r for r in counts}
    every = _every_row(table, definition)
    units, several, repeated, crossed = _units_apart(rows, definition, found)
    arms = tuple(
        ArmCount(
            a, units[a], int(found[a]["rows"]), int(found[a]["rows"]),
            every.get(a, int(found[a]["rows"])) - int(found[a]["rows"]),
            None if definition.target is None else int(found[a]["target"] or 0),
        )
        for a in definition.arms
    )  # fmt: skip
    covariates, flagged = _with_flags(rows, definition, counts)
    whole, segments, strata = _scanned(flagged, definition, covariates, several, counts)
    basis = next(iter(whole.cells.values())).basis
    return Reading(
        basis, arms, {k[0]: m for k, m in whole.cells.items()},
        {c: dict(a.cells) for c, a in segments.items()},
        dict(strata.cells) if strata else {}, covariates, repeated, crossed,
        {m.name: sum(int(r[f"late_{m.name}"] or 0) for r in counts) for m in _windows(definition)},
        _day(min, (r["first"] for r in counts)), _day(max, (r["last"] for r in counts)),
    )  # fmt: skip


def measure_of(metric: Metric, clip: tuple[float, float] | None = None) -> Measure:
    """The sums behind a metric."""
    return Measure(metric.name, metric.value, metric.denominator, metric.where, clip)


def arm_expression(definition: Experiment) -> str:
    """The arm as text."""
    return f'CAST("{definition.arm}" AS VARCHAR)'


def dims_of(definition: Experiment) -> dict[str, str]:
    """Segment (and ``target``) -> the SQL it is grouped by."""
    named = {c: f'CAST("{c}" AS VARCHAR)' for c in definition.segments}
    if definition.target is not None:
        named["target"] = f"CASE WHEN ({definition.target}) THEN '{IN_TARGET}' ELSE '{OUTSIDE}' END"
    return named


def _windows(definition: Experiment) -> list[Metric]:
    if definition.as_of is None or definition.assigned_at is None:
        return []
    return [m for m in definition.metrics if m.within_days]


def _counted(rows: ir.Table, definition: Experiment) -> list[dict]:
    """One row an arm: rows, what is missing, when assigned."""
    assigned, at = definition.assigned, definition.assigned_at
    counted = {"nameless": f"{name_of(assigned)} IS NULL" if assigned else None, "target": definition.target}
    for m in _windows(definition):
        # the last day of the data is over when the next one begins
        end = f"CAST('{definition.as_of.isoformat()}' AS TIMESTAMP) + INTERVAL 1 DAY"
        counted[f"late_{m.name}"] = f"CAST({name_of(at)} AS TIMESTAMP) + INTERVAL {int(m.within_days)} DAY > {end}"
    counted |= {f"none_{i}": f"{name_of(c)} IS NULL" for i, c in enumerate(definition.covariates)}
    wanted = [f"{arm_expression(definition)} AS {ARM}", "COUNT(*) AS rows"]
    wanted += [f"COUNT(*) FILTER (WHERE ({sql}\n)) AS {name_of(c)}" if sql else f"0 AS {c}" for c, sql in counted.items()]
    wanted += [f"{f'{end}({name_of(at)})' if at else 'CAST(NULL AS DATE)'} AS {c}" for end, c in (("MIN", "first"), ("MAX", "last"))]
    wanted += [f"COUNT(DISTINCT ({sql}\n)) AS values_d{i}" for i, sql in enumerate(_extra(definition).values())]
    return _told(rows, ", ".join(wanted))


def _told(rows: ir.Table, wanted: str) -> list[dict]:
    """Sums by the first of what is wanted."""
    name = name_for(rows)
    return answered(rows, name, f"SELECT {wanted} FROM {name} GROUP BY 1")


def _extra(definition: Experiment) -> dict[str, str]:
    """Everything to group by beside the arm, the stratum last."""
    extra = dims_of(definition)
    if definition.strata:
        extra["toolkit__stratum"] = f'CAST("{definition.strata}" AS VARCHAR)'
    return extra


def _refuse_arms(counts: list[dict], definition: Experiment) -> None:
    found = {r[ARM]: int(r["rows"]) for r in counts}
    seen = tuple(sorted(a for a in found if a is not None))
    problems = []
    if not found:
        part = "where" if definition.where else "arm"
        rule = "leaves no row of the table" if definition.where else "has no rows: the table is empty"
        raise Refused(Problem(place(definition, part), rule, definition.where))
    for arm in definition.arms:
        if arm not in found:
            problems.append(Problem(place(definition, "arms"), "has no rows in the data", arm, seen))
    for arm in seen:
        if arm not in definition.arms:
            rule = "stands in the data and is no arm of the test: name it, or leave it out by 'where'"
            problems.append(
                Problem(place(definition, "arms"), rule, arm, tuple(definition.arms), rows=found[arm]))
    if None in found:
        rule = "is missing: leave these rows out by 'where', or say their arm"
        problems.append(Problem(place(definition, "arm"), rule, definition.arm, rows=found[None]))
    if len(seen) == 1:
        problems.append(Problem(place(definition, "arms"), "is the only arm with rows: a test needs two", seen[0]))
    nameless = sum(int(r["nameless"] or 0) for r in counts)
    if nameless:
        rule = "is missing: every row of a test names its unit"
        problems.append(Problem(place(definition, "unit"), rule, definition.assigned, rows=nameless))
    for i, name in enumerate(_extra(definition)):
        most = max(int(r[f"values_d{i}"]) for r in counts)
        if most > MOST_VALUES:
            column = definition.strata if name == "toolkit__stratum" else name
            rule = f"has {most:,} values in one arm: a segment or stratum has at most {MOST_VALUES}"
            problems.append(Problem(place(definition, "segments"), rule, column))
    if problems:
        raise Refused(problems)


def _every_row(table: ir.Table, definition: Experiment) -> dict[str, int]:
    """Rows by arm before the test's `where`; nothing where there is none."""
    if definition.where is None:
        return {}
    return {r[ARM]: int(r["n"]) for r in _told(table, f"{arm_expression(definition)} AS {ARM}, COUNT(*) AS n")}


def _units_apart(
    rows: ir.Table, definition: Experiment, found: Mapping[str, dict]
) -> tuple[dict[str, int], bool, int, int]:
    """Units by arm; whether some have several rows; how many do and should not; how many are in two arms."""
    by_arm = {arm: int(r["rows"]) for arm, r in found.items()}
    assigned = definition.assigned
    if assigned is None:
        return by_arm, False, 0, 0
    name, unit, arm = name_for(rows), name_of(assigned), arm_expression(definition)
    (all_,) = answered(rows, name, f"SELECT COUNT(DISTINCT {unit}) AS n FROM {name}")
    if sum(by_arm.values()) == int(all_["n"]):
        return by_arm, False, 0, 0
    units = _told(rows, f"{arm} AS {ARM}, COUNT(DISTINCT {unit}) AS units")
    (apart,) = answered(
        rows, name, "SELECT COUNT(*) FILTER (WHERE n > 1) AS repeated, COUNT(*) FILTER (WHERE k > 1) AS crossed "
        f"FROM (SELECT {unit} AS u, COUNT(*) AS n, COUNT(DISTINCT {arm}) AS k FROM {name} GROUP BY 1) AS toolkit_units",
    )  # fmt: skip
    repeated = 0 if definition.cluster else int(apart["repeated"] or 0)
    return {r[ARM]: int(r["units"]) for r in units}, True, repeated, int(apart["crossed"] or 0)


def _with_flags(
    rows: ir.Table, definition: Experiment, counts: list[dict]
) -> tuple[tuple[str, ...], ir.Table]:
    """Covariates with no missing value: a flag of its own says where one was.

    A value of 0 beside a flag is as good as any other (the two span the same adjustments), and
    valid because both were known before assignment.
    """
    columns, names = {}, []
    for i, c in enumerate(definition.covariates):
        names.append(f"toolkit__x{i}")
        columns[names[-1]] = f"COALESCE({number_sql(name_of(c), rows.schema()[c])}, CAST(0 AS DOUBLE))"
        if any(int(r[f"none_{i}"] or 0) for r in counts):
            names.append(f"toolkit__x{i}_missing")
            columns[names[-1]] = f"CASE WHEN {name_of(c)} IS NULL THEN CAST(1 AS DOUBLE) ELSE CAST(0 AS DOUBLE) END"
    chosen = ", ".join(["*", *(f"{sql} AS {c}" for c, sql in columns.items())])
    return tuple(names), (queried(rows, chosen) if columns else rows)


def _scanned(
    rows: ir.Table, definition: Experiment, covariates: tuple[str, ...], several: bool, counts: list[dict]
) -> tuple[Aggregates, dict[str, Aggregates], Aggregates | None]:
    extra = _extra(definition)
    sql = {ARM: arm_expression(definition)} | {f"toolkit__d{i}": s for i, s in enumerate(extra.values())}
    measures = [measure_of(m) for m in definition.metrics if m.quantile is None]
    if not measures or (several and covariates):
        measures.append(Measure(COUNT, "1"))

    def scan(*dims: str) -> Aggregates:
        return aggregate(
            rows, measures, dims, unit=definition.assigned if several else None, covariates=covariates,
            expressions={d: sql[d] for d in dims}, exact_units=definition.exact_units,
            buckets=definition.buckets, disjoint=not several,
        )  # fmt: skip

    names = list(sql)[1:]
    cells = len(definition.arms)
    for i in range(len(names)):
        cells *= max(int(r[f"values_d{i}"]) for r in counts) + 1
    if names and not several and cells <= MOST_CELLS:
        together = scan(*sql)
        whole, parts = together.over(ARM), {n: together.over(ARM, n) for n in names}
    else:
        whole, parts = scan(ARM), {n: scan(ARM, n) for n in names}
    by_name = dict(zip(extra, parts.values(), strict=True))
    return whole, by_name, by_name.pop("toolkit__stratum", None)


def _day(choose, values) -> date | None:
    known = [v.date() if isinstance(v, datetime) else v for v in values if v is not None]
    return choose(known) if known else None
