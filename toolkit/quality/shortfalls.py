"""From counts to shortfalls: what is wrong, how much of it, and which questions it touches."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from toolkit.data.contract import TableReport
from toolkit.language import Quantity, Sentence
from toolkit.quality.definition import Quality, TableRules, Use
from toolkit.quality.reading import ContactCounts, Counted
from toolkit.stats.shares import Share, interval
from toolkit.stats.uneven_shares import Uneven, against_the_rest

KINDS = {
    "missing": Sentence("Missing"), "rule": Sentence("Against a rule"), "double": Sentence("Double"),
    "stale": Sentence("Too old"), "lost": Sentence("Not found elsewhere"), "differs": Sentence("Says otherwise elsewhere"),
    "uneven": Sentence("Uneven between places"), "consent": Sentence("Without consent"), "kept": Sentence("Kept too long"),
}  # fmt: skip
"""Kinds of shortfalls, by what a reader sees."""


@dataclass(frozen=True)
class Shortfall:
    """One thing that is wrong with the data.

    Attributes
    ----------
    kind
        One of `KINDS`.
    table, column, place
        Where; `column` and `place` where it is about one.
    rows, of
        How many rows, of how many.
    lacks, adds
        What is missing, and what it would add.
    uses
        The questions it touches.
    open
        Those that cannot be answered at all.
    share
        With its interval, where it is compared.
    """

    kind: str
    table: str
    rows: int
    of: int
    lacks: Sentence
    adds: Sentence
    column: str | None = None
    place: str | None = None
    uses: tuple[Use, ...] = ()
    open: bool = False
    share: Quantity | None = None

    @property
    def at(self) -> str:
        """Where, in one word."""
        return f"{self.table}.{self.column}" if self.column else self.table


@dataclass(frozen=True)
class Freshness:
    """How long a table has been silent, against what is usual.

    Attributes
    ----------
    silent, usual
        Days from its last row to the end of the data; days that are usual. nan where not known.
    late
        Within so many days nine of ten rows came in; nan where not recorded.
    """

    table: str
    last: object
    silent: float
    usual: float
    late: float

    @property
    def stale(self) -> bool:
        """Longer silent than usual."""
        return math.isfinite(self.usual) and self.silent > self.usual


@dataclass(frozen=True)
class Place:
    """How often a column is missing in one place, against all others."""

    table: str
    column: str
    site: str
    place: str
    rows: int
    found: Uneven

    def quantity(self) -> Quantity:
        """Its share with its interval."""
        s = self.found.share
        if math.isnan(s.low):
            return Quantity(s.estimate, "percent", reason=s.reason)
        return Quantity(s.estimate, "percent", s.low, s.high)


def freshness(rules: TableRules, report: TableReport, counted: Counted, definition: Quality) -> Freshness | None:
    """None of a table that nothing dates, or whose rows all lie ahead."""
    if rules.time is None or not counted.days:
        return None
    last = counted.days[-1]
    gaps = [(b - a).days for a, b in zip(counted.days, counted.days[1:], strict=False)]
    late = counted.late_days if counted.late_days is not None else math.nan
    usual = math.nan
    if rules.stale_days is not None:
        usual = float(rules.stale_days)
    elif gaps:
        usual = max(gaps) + (late if math.isfinite(late) else 0.0)
    return Freshness(rules.name, last, float((definition.as_of - last).days), usual, late)


def places(tables: Sequence[tuple[TableRules, Counted]], definition: Quality) -> tuple[Place, ...]:
    """Every place, all differences holding together; places of too few rows are left out."""
    cells = []
    for rules, counted in tables:
        for (column, site), by_place in counted.places.items():
            kept = {p: s for p, s in by_place.items() if s.rows >= definition.least}
            if len(kept) > 1:
                cells.append((rules.name, column, site, kept))
    comparisons = sum(len(kept) for *_, kept in cells)
    found = []
    for table, column, site, kept in cells:
        judged = against_the_rest(tuple(kept.values()), level=definition.level, comparisons=comparisons)
        found += [
            Place(table, column, site, place, round(sums.rows), one)
            for (place, sums), one in zip(kept.items(), judged, strict=True)
        ]
    return tuple(found)


def of_table(rules: TableRules, report: TableReport, counted: Counted, fresh: Freshness | None, definition: Quality) -> Iterator[Shortfall]:
    """What is wrong with one table by itself and with the tables it leads to."""
    yield from _missing(rules, report, counted, definition)
    yield from _aside(rules, report, counted)
    if fresh is not None and fresh.stale:
        yield _stale(rules, fresh, counted, definition)
    yield from _links(rules, counted, definition)
    if counted.old:
        values = {"n": counted.old, "days": rules.keep_days, "table": rules.name, "first": counted.oldest}
        yield Shortfall(
            "kept", rules.name, counted.old, counted.rows,
            Sentence(
                "{n} row of {table} is older than the {days} days it may be kept: it is of {first}.", values,
                "{n} rows of {table} are older than the {days} days they may be kept; the oldest is of {first}.", "n",
            ),
            Sentence("Nothing: they are to be deleted."), column=rules.keep_time,
        )  # fmt: skip


def _missing(rules: TableRules, report: TableReport, counted: Counted, definition: Quality) -> Iterator[Shortfall]:
    gone = dict(report.missing)
    for column in rules.columns:
        at = f"{rules.name}.{column}"
        uses = _uses(definition, rules.name, column)
        if column in rules.there:
            of, n = counted.there[column]
            lacks = Sentence("{at} is empty in {n} of {of} rows where it must be there.", {"at": at, "n": n, "of": of})
        elif column in rules.moments or column not in gone:
            continue
        else:
            of, n = report.rows, gone[column]
            if n <= definition.missing_at_most * of:
                continue
            lacks = Sentence("{at} is empty in {n} of {of} rows.", {"at": at, "n": n, "of": of})
        if n:
            adds = Sentence("{n} more row that counts.", {"n": n}, "{n} more rows that count.", "n")
            yield Shortfall("missing", rules.name, n, of, lacks, adds, column, uses=uses, open=n == of, share=share(n, of, definition.level))


def _aside(rules: TableRules, report: TableReport, counted: Counted) -> Iterator[Shortfall]:
    for a in report.set_aside:
        if a.column is None:
            continue
        values = {"n": a.rows, "at": f"{rules.name}.{a.column}", "rule": a.rule.partition(";")[0].partition(" (")[0]}
        yield Shortfall(
            "rule", rules.name, a.rows, report.rows, Sentence("{n} row is set aside: {at} {rule}.", values, "{n} rows are set aside: {at} {rule}.", "n"),
            Sentence(
                "{n} more row that counts, once it is put right.", {"n": a.rows},
                "{n} more rows that count, once they are put right.", "n",
            ), a.column,
        )  # fmt: skip
    double = sum(a.rows for a in report.set_aside if a.column is None) + counted.again
    if double:
        values = {"n": double, "table": rules.name}
        yield Shortfall(
            "double", rules.name, double, report.rows, Sentence("{n} row of {table} stands there twice.", values, "{n} rows of {table} stand there twice.", "n"),
            Sentence("Certainty which of two rows is true; until then the first one counts."),
        )  # fmt: skip


def _stale(rules: TableRules, fresh: Freshness, counted: Counted, definition: Quality) -> Shortfall:
    values = {
        "table": rules.name, "last": fresh.last, "silent": Quantity(fresh.silent, "days"),
        "usual": Quantity(fresh.usual, "days"),
    }  # fmt: skip
    return Shortfall(
        "stale", rules.name, 0, counted.rows,
        Sentence("{table} has no row after {last}: silent for {silent}, where {usual} are usual.", values),
        Sentence("The days since {last}.", {"last": fresh.last}), rules.time, open=fresh.last < definition.starts,
    )  # fmt: skip


def _links(rules: TableRules, counted: Counted, definition: Quality) -> Iterator[Shortfall]:
    for linked in counted.links:
        link = linked.link
        at = f"{rules.name}.{link.on}"
        if linked.lost:
            values = {"n": linked.lost, "at": at, "other": link.other}
            yield Shortfall(
                "lost", rules.name, linked.lost, linked.rows,
                Sentence("{n} row of {at} leads to nothing in {other}.", values, "{n} rows of {at} lead to nothing in {other}.", "n"),
                Sentence("What {other} says of these rows.", {"other": link.other}), link.on,
                uses=_both(definition, rules.name, link.on, link.other), open=linked.lost == linked.rows,
                share=share(linked.lost, linked.rows, definition.level),
            )  # fmt: skip
        for column, (of, n) in linked.agree.items():
            if n:
                values = {"n": n, "at": f"{rules.name}.{column}", "other": f"{link.other}.{column}"}
                yield Shortfall(
                    "differs", rules.name, n, of, Sentence("{at} says otherwise than {other} in {n} row.", values, "{at} says otherwise than {other} in {n} rows.", "n"),
                    Sentence("The same place for a customer on every page."), column,
                    uses=_uses(definition, rules.name, column), share=share(n, of, definition.level),
                )  # fmt: skip


def of_places(found: Sequence[Place], definition: Quality) -> Iterator[Shortfall]:
    """Places where a column is surely missing more often than elsewhere, by as much as matters."""
    for p in found:
        if not (p.found.low > 0 and p.found.difference >= definition.uneven_at_least):
            continue
        more = Quantity(p.found.difference, "points", p.found.low, p.found.high)
        values = {"place": p.place, "at": f"{p.table}.{p.column}", "share": p.quantity(), "more": more}
        yield Shortfall(
            "uneven", p.table, round(p.found.share.estimate * p.rows), p.rows,
            Sentence("In {place}, {at} is missing in {share} of rows, {more} ({more:range}) more than elsewhere.", values),
            Sentence("A comparison of places that is not one of who writes things down."), p.column, p.place,
            uses=_uses(definition, p.table, p.column), open=p.found.share.estimate == 1.0, share=p.quantity(),
        )  # fmt: skip


def of_contacts(found: Sequence[ContactCounts], definition: Quality) -> Iterator[Shortfall]:
    """Contacts of people who did not agree."""
    for c in found:
        if c.without:
            values = {"n": c.without, "of": c.contacts, "label": c.asked.label}
            yield Shortfall(
                "consent", c.asked.table, c.without, c.contacts,
                Sentence("{label}: {n} of {of} went to people who have not agreed.", values),
                Sentence("Nothing: such contacts are to stop."), c.asked.person,
                share=share(c.without, c.contacts, definition.level),
            )  # fmt: skip


def with_uses(shortfall: Shortfall, definition: Quality) -> tuple[Use, ...]:
    """The questions that a shortfall touches: those of its column, or of its whole table."""
    if shortfall.uses or shortfall.kind in ("kept", "missing", "differs", "uneven"):
        return shortfall.uses
    return tuple(u for u in definition.uses if u.needs(shortfall.table))


def share(n: int, of: int, level: float) -> Quantity:
    """A share with Wilson's interval."""
    if not of:
        return Quantity(math.nan, "percent", reason="no rows")
    found = interval(Share(n, of), level=level)
    return Quantity(found.estimate, "percent", found.low, found.high)


def _uses(definition: Quality, table: str, column: str) -> tuple[Use, ...]:
    return tuple(u for u in definition.uses if u.needs(table, column))


def _both(definition: Quality, table: str, on: str, other: str) -> tuple[Use, ...]:
    """Questions that need the key and something of the other table."""
    return tuple(u for u in definition.uses if u.needs(table, on) and u.needs(other))
