"""Counts by table from the engine: nothing but sums, days and quantiles leaves it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta

import ibis
import ibis.expr.types as ir

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
    there = _there(table, rules)
    empty = {c for c in missing if c not in rules.moments | set(there)} | {c for c, (_, gone) in there.items() if gone}
    # rows that name nobody are rows of their own
    unit = rules.unit if rules.unit not in missing else None
    places = {}
    for site in rules.sites:
        for column in sorted((empty & rules.inputs) - rules.identifiers - {site}):
            places[column, site] = _by_place(table, column, site, rules, unit)
    old, oldest = _old(table, rules, definition)
    return Counted(
        _one(table.count()), there, _days(table, rules, definition), _late(table, rules, definition),
        0 if rules.keyed else _again(table), _links(table, rules, others), old, oldest, places,
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


def _there(table: ir.Table, rules: TableRules) -> dict[str, tuple[int, int]]:
    if not rules.there:
        return {}
    parts = []
    for i, (column, sql) in enumerate(rules.there.items()):
        parts.append(f"COUNT(CASE WHEN ({sql}\n) THEN 1 END) AS n{i}")
        parts.append(f'COUNT(CASE WHEN ({sql}\n) AND "{column}" IS NULL THEN 1 END) AS g{i}')
    row = queried(table, ", ".join(parts)).to_pyarrow().to_pylist()[0]
    return {c: (int(row[f"n{i}"]), int(row[f"g{i}"])) for i, c in enumerate(rules.there)}


def _days(table: ir.Table, rules: TableRules, definition: Quality) -> tuple[date, ...]:
    if rules.time is None:
        return ()
    day = table[rules.time].cast("date")
    rows = table.select(day=day).filter(ibis._.day <= ibis.literal(definition.as_of))
    last = rows["day"].max().execute()
    if last is None or last != last:
        return ()
    last = _day(last)
    within = rows.filter(rows["day"] > ibis.literal(last - timedelta(days=LOOK_BACK))).distinct()
    return tuple(sorted(_day(r["day"]) for r in within.to_pyarrow().to_pylist()))


def _late(table: ir.Table, rules: TableRules, definition: Quality) -> float | None:
    if rules.time is None or rules.recorded is None:
        return None
    since = definition.as_of - timedelta(days=LOOK_BACK)
    rows = table.filter(table[rules.time].cast("date") > ibis.literal(since))
    days = with_expressions(rows, {"days": f'date_diff(\'day\', "{rules.time}", "{rules.recorded}")'})
    found = days["days"].cast("float64").quantile(LATE_QUANTILE).execute()
    return None if found is None or found != found else float(found)


def _again(table: ir.Table) -> int:
    return _one(table.count()) - _one(table.distinct().count())


def _links(table: ir.Table, rules: TableRules, others: Mapping[str, ir.Table]) -> tuple[Linked, ...]:
    found = []
    for link in rules.links:
        other = others.get(link.other)
        # two engines know nothing of each other's rows
        if other is None or other.get_backend() is not table.get_backend():
            continue
        mine = table.filter(table[link.on].notnull()).select(link.on, *link.agree)
        theirs = other.select(toolkit_key=other[link.key], **{f"toolkit_{c}": other[c] for c in link.agree}).distinct()
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


def _old(table: ir.Table, rules: TableRules, definition: Quality) -> tuple[int | None, date | None]:
    if rules.keep_days is None:
        return None, None
    day = table[rules.keep_time].cast("date")
    too_old = day < ibis.literal(definition.as_of - timedelta(days=rules.keep_days))
    row = table.agg(n=too_old.sum(), first=day.min()).to_pyarrow().to_pylist()[0]
    return int(row["n"] or 0), _day(row["first"]) if row["first"] is not None else None


def _by_place(table: ir.Table, column: str, site: str, rules: TableRules, unit: str | None) -> dict[str, Sums]:
    """Rows without a value by place, with what rows of one unit have in common."""
    gone = Measure("gone", f'CASE WHEN "{column}" IS NULL THEN 1 ELSE 0 END', "1", where=rules.there.get(column))
    rows = table.mutate(**{site: table[site].cast("string").fill_null(NOT_SAID)})
    found = aggregate(rows, [gone], (site,), unit=unit if unit != site else None, disjoint=False)

    def second(cell, a: str, b: str) -> float:
        spread = cell.cov_of(a, b) * (cell.n - 1) if cell.n > 1 else 0.0
        return spread + cell.n * cell.mean_of(a) * cell.mean_of(b)

    out = {}
    for (place,), cell in found.cells.items():
        count, n = round(cell.sum_of(gone.num), 6), round(cell.sum_of(gone.den), 6)
        if n:
            out[str(place)] = Sums(
                count, n, second(cell, gone.num, gone.num), second(cell, gone.num, gone.den), second(cell, gone.den, gone.den),
            )  # fmt: skip
    return out


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value
