"""Counts by table from the engine: nothing but sums, days and quantiles leaves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

import ibis
import ibis.expr.types as ir

from toolkit.data.dialects import answered, name_for
from toolkit.data.sql_names import name_of
from toolkit.kpis import Measure, queried, with_expressions
from toolkit.quality.definition import Agreed, Contacted, Link, Quality, TableRules
from toolkit.scan import aggregate
from toolkit.stats.uneven_shares import Sums

LOOK_BACK = 365
"""Days of the past that tell how often a table usually has rows."""

LATE_QUANTILE = 0.9
NOT_SAID = "not said"
"""Stands where a place is empty."""


@dataclass(frozen=True)
class Linked:
    """What became of one link: `rows` with a key, of which `lost` are not found; `ids` different ones."""

    link: Link
    rows: int
    lost: int
    ids: int
    agree: Mapping[str, tuple[int, int]] = field(default_factory=dict)  # column -> (compared, differ)


@dataclass(frozen=True)
class Counted:
    """One table in numbers.

    Attributes
    ----------
    rows
        Rows kept.
    there
        Column -> (rows where it must be there, those without it).
    days
        Days with a row in the year before the last one, in order.
    late_days
        Within so many days nine of ten rows have come in.
    again
        Rows that repeat another in all columns, of a table without a key.
    old, oldest
        Rows older than they may be kept; the oldest day. None where nothing is declared.
    places
        (column, site column) -> place -> sums of rows without a value.
    """

    rows: int
    there: Mapping[str, tuple[int, int]]
    days: tuple[date, ...]
    late_days: float | None
    again: int
    links: tuple[Linked, ...]
    old: int | None
    oldest: date | None
    places: Mapping[tuple[str, str], Mapping[str, Sums]]


@dataclass(frozen=True)
class ContactCounts:
    """Contacts in the period, those of people who did not agree, and how many people that is."""

    asked: Contacted
    contacts: int
    without: int
    people: int


def counted(table: ir.Table, rules: TableRules, others: Mapping[str, ir.Table], definition: Quality, missing: frozenset[str]) -> Counted:
    """One table's counts.

    Parameters
    ----------
    missing
        Its columns of which some values are missing.
    """
    once = _at_once(table, rules, definition)
    there = {c: (once[f"n{i}"], once[f"g{i}"]) for i, c in enumerate(rules.there)}
    empty = {c for c in missing if c not in rules.moments | set(there)} | {c for c, (_, gone) in there.items() if gone}
    # rows that name nobody are rows of their own
    unit = rules.unit if rules.unit not in missing else None
    places = {}
    for site in rules.sites:
        columns = sorted((empty & rules.inputs) - rules.identifiers - {site})
        places |= {(c, site): sums for c, sums in _by_place(table, columns, site, rules, unit).items()}
    kept = rules.keep_days is not None
    return Counted(
        once["rows_"], there, _days(table, rules, definition, once["last_"]), _late(table, rules, definition),
        0 if rules.keyed else once["rows_"] - _one(table.distinct().count()), _links(table, rules, others),
        once["old_"] if kept else None, _day(once["oldest_"]) if kept and once["oldest_"] is not None else None, places,
    )  # fmt: skip


def contacted(people: ir.Table, contacts: ir.Table, agreed: Agreed, asked: Contacted, definition: Quality) -> ContactCounts:
    """How many contacts of the period went to people who did not agree."""
    yes = with_expressions(people, {"toolkit_given": agreed.given}, [agreed.person])
    yes = yes.filter(yes["toolkit_given"].cast("boolean").fill_null(False)).select(toolkit_person=yes[agreed.person]).distinct()
    rows = queried(contacts, "*", asked.where) if asked.where else contacts
    if asked.time:
        day = rows[asked.time].cast("date")
        rows = rows.filter((day >= ibis.literal(definition.starts)) & (day <= ibis.literal(definition.ends)))
    joined = rows.left_join(yes, rows[asked.person] == yes["toolkit_person"])
    without = joined["toolkit_person"].isnull()
    found = joined.agg(n=joined.count(), gone=without.sum(), people=joined[asked.person].nunique(where=without))
    row = found.to_pyarrow().to_pylist()[0]
    return ContactCounts(asked, int(row["n"]), int(row["gone"] or 0), int(row["people"] or 0))


def _one(value: ir.Value) -> int:
    return int(value.execute())


def _at_once(table: ir.Table, rules: TableRules, definition: Quality) -> dict[str, Any]:
    """What one scan tells: rows, those that lack what must be there, the last day, those kept too long."""
    parts = ["COUNT(*) AS rows_", "CAST(NULL AS DATE) AS last_"]
    if rules.time is not None:
        day = f"CAST({name_of(rules.time)} AS DATE)"
        parts[1] = f"MAX(CASE WHEN {day} <= DATE '{definition.as_of}' THEN {day} END) AS last_"
    if rules.keep_days is not None:
        day, since = f"CAST({name_of(rules.keep_time)} AS DATE)", definition.as_of - timedelta(days=rules.keep_days)
        parts += [f"COUNT(CASE WHEN {day} < DATE '{since}' THEN 1 END) AS old_", f"MIN({day}) AS oldest_"]
    for i, (column, sql) in enumerate(rules.there.items()):
        parts.append(f"COUNT(CASE WHEN ({sql}\n) THEN 1 END) AS n{i}")
        parts.append(f"COUNT(CASE WHEN ({sql}\n) AND {name_of(column)} IS NULL THEN 1 END) AS g{i}")
    name = name_for(table)
    return answered(table, name, f"SELECT {', '.join(parts)} FROM {name}")[0]


def _days(table: ir.Table, rules: TableRules, definition: Quality, last: date | datetime | None) -> tuple[date, ...]:
    if last is None:
        return ()
    name, day = name_for(table), f"CAST({name_of(rules.time)} AS DATE)"
    since = _day(last) - timedelta(days=LOOK_BACK)
    found = answered(
        table, name, f"SELECT DISTINCT {day} AS day FROM {name} WHERE {day} <= DATE '{definition.as_of}' AND {day} > DATE '{since}'"
    )
    return tuple(sorted(_day(r["day"]) for r in found))


def _late(table: ir.Table, rules: TableRules, definition: Quality) -> float | None:
    if rules.time is None or rules.recorded is None:
        return None
    since = definition.as_of - timedelta(days=LOOK_BACK)
    rows = table.filter(table[rules.time].cast("date") > ibis.literal(since))
    days = with_expressions(rows, {"days": f'date_diff(\'day\', "{rules.time}", "{rules.recorded}")'})
    found = days["days"].cast("float64").quantile(LATE_QUANTILE).execute()
    return None if found is None or found != found else float(found)


def _links(table: ir.Table, rules: TableRules, others: Mapping[str, ir.Table]) -> tuple[Linked, ...]:
    found = []
    for link in rules.links:
        other = others.get(link.other)
        # two engines know nothing of each other's rows
        if other is None or other.get_backend() is not table.get_backend():
            continue
        mine = table.filter(table[link.on].notnull()).select(link.on, *link.agree)
        theirs = other.select(toolkit_key=other[link.key], **{f"toolkit_{c}": other[c] for c in link.agree})
        theirs = theirs if link.whole else theirs.distinct()
        joined = mine.left_join(theirs, mine[link.on] == theirs["toolkit_key"])
        gone = joined["toolkit_key"].isnull()
        wanted = {"n": joined.count(), "lost": gone.sum(), "ids": joined[link.on].nunique(where=gone)}
        for c in link.agree:
            both = joined[c].notnull() & joined[f"toolkit_{c}"].notnull()
            differ = joined[c].cast("string") != joined[f"toolkit_{c}"].cast("string")
            wanted |= {f"n_{c}": both.sum(), f"d_{c}": (both & differ).sum()}
        row = joined.agg(**wanted).to_pyarrow().to_pylist()[0]
        agree = {c: (int(row[f"n_{c}"] or 0), int(row[f"d_{c}"] or 0)) for c in link.agree}
        found.append(Linked(link, int(row["n"]), int(row["lost"] or 0), int(row["ids"] or 0), agree))
    return tuple(found)


def _by_place(
    table: ir.Table, columns: Sequence[str], site: str, rules: TableRules, unit: str | None
) -> dict[str, dict[str, Sums]]:
    """Of each column rows without a value by place, with what rows of one unit have in common; one scan for all."""
    if not columns:
        return {}
    gone = {
        c: Measure(f"gone{i}", f'CASE WHEN "{c}" IS NULL THEN 1 ELSE 0 END', "1", where=rules.there.get(c))
        for i, c in enumerate(columns)
    }
    place = {"toolkit_place": f"COALESCE(CAST({name_of(site)} AS VARCHAR), '{NOT_SAID}')"}
    found = aggregate(
        table, gone.values(), tuple(place), unit=unit if unit != site else None, expressions=place, disjoint=False,
    )  # fmt: skip

    def second(cell, a: str, b: str) -> float:
        spread = cell.cov_of(a, b) * (cell.n - 1) if cell.n > 1 else 0.0
        return spread + cell.n * cell.mean_of(a) * cell.mean_of(b)

    out: dict[str, dict[str, Sums]] = {c: {} for c in columns}
    for (where,), cell in found.cells.items():
        for c, m in gone.items():
            count, n = round(cell.sum_of(m.num), 6), round(cell.sum_of(m.den), 6)
            if n:
                out[c][str(where)] = Sums(
                    count, n, second(cell, m.num, m.num), second(cell, m.num, m.den), second(cell, m.den, m.den),
                )  # fmt: skip
    return out


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
