"""What was found of the data, as tables and rows for charts."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from toolkit.language import Quantity, Sentence
from toolkit.quality.definition import Quality, TableRules, Use
from toolkit.quality.reading import ContactCounts, Counted
from toolkit.quality.shortfalls import KINDS, Freshness, Place, Shortfall, share
from toolkit.shown import Grid, Shown

MOST_NAMED = 4
MOST_DRAWN = 12


@dataclass(frozen=True)
class Column:
    """A column with values missing.

    Attributes
    ----------
    n, of
        Rows without it, of the rows where it must be there (of all, where nothing is said).
    expected
        Empty means missing; a date of which nothing is said has not come yet.
    used
        A question needs it.
    """

    name: str
    n: int
    of: int
    share: Quantity
    expected: bool
    used: bool


@dataclass(frozen=True)
class TableState:
    """One table: rows read, its counts, how fresh it is, and its columns with values missing."""

    rules: TableRules
    rows: int
    counted: Counted
    fresh: Freshness | None
    columns: tuple[Column, ...]


@dataclass(frozen=True)
class Row:
    """One thing with its number; `tone` says what the mark says about itself."""

    label: str | Sentence
    quantity: Quantity
    tone: str = "us"


@dataclass(frozen=True)
class View:
    """What to draw: rows of one unit, or the reason why there are none."""

    title: Sentence
    rows: tuple[Row, ...] = ()
    axis: Sentence | None = None
    reason: Sentence | None = None
    lines: tuple = ()
    marks: tuple = ()
    table: Grid | None = None


@dataclass(frozen=True, repr=False)
class Judged(Shown):
    """Whether the data is good enough, and for which questions.

    Attributes
    ----------
    tables
        In the order of the params file.
    shortfalls
        Those that leave a question open first, then those that touch one, by share.
    places, contacts
        Places compared; contacts that need consent.
    """

    definition: Quality
    tables: tuple[TableState, ...]
    shortfalls: tuple[Shortfall, ...]
    places: tuple[Place, ...] = ()
    contacts: tuple[ContactCounts, ...] = ()

    def of_kind(self, *kinds: str) -> tuple[Shortfall, ...]:
        """The shortfalls of these kinds."""
        return tuple(s for s in self.shortfalls if s.kind in kinds)

    @property
    def open(self) -> tuple[Use, ...]:
        """Questions that cannot be answered at all."""
        return tuple(dict.fromkeys(u for s in self.shortfalls if s.open for u in s.uses))

    @property
    def touched(self) -> tuple[Use, ...]:
        """Questions that can be answered, of fewer or less certain rows than there should be."""
        shut = set(self.open)
        kinds = [s for s in self.shortfalls if s.kind not in ("kept", "consent")]
        return tuple(u for u in dict.fromkeys(u for s in kinds for u in s.uses) if u not in shut)

    def grid(self) -> Grid:
        """Shortfall by shortfall: what is missing, which questions it touches, what it would add."""
        heads = (
            Sentence("Kind"), Sentence("What is missing"), Sentence("Questions it touches"),
            Sentence("Can they be answered?"), Sentence("What it would add"),
        )  # fmt: skip
        rows = tuple((KINDS[s.kind], s.lacks, _named(s.uses), _answered(s), s.adds) for s in self.shortfalls)
        note = None if rows else Sentence("Nothing is missing, double, late, at odds or kept too long.")
        return Grid(Sentence("What is wrong with the data, and which questions it touches"), heads, rows, note)

    def questions_grid(self) -> Grid:
        """Question by question: its tables, and what is wrong with them."""
        rows = []
        for use in self.definition.uses:
            mine = [s for s in self.shortfalls if use in s.uses]
            tables = tuple(dict.fromkeys(sorted(t for t, _ in use.columns)))
            rows.append((use.label, tables if len(tables) > 1 else tables[0], len(mine), _state(use, self)))
        heads = (Sentence("Question"), Sentence("Tables"), Sentence("Shortfalls"), Sentence("Can it be answered?"))
        shown = tuple((a, _joined(b), c, d) for a, b, c, d in rows)
        return Grid(Sentence("Every question of the params file"), heads, shown)

    def completeness_grid(self) -> Grid:
        """Every column with values missing."""
        heads = (
            Sentence("Column"), Sentence("Rows without it"), Sentence("Of"), Sentence("Share"),
            Sentence("Does empty mean missing?"), Sentence("Does a question need it?"),
        )  # fmt: skip
        rows = tuple(
            (f"{t.rules.name}.{c.name}", c.n, c.of, c.share, _yes(c.expected), _yes(c.used)) for t in self.tables for c in t.columns
        )
        note = Sentence("A date that is empty has not come yet, unless the params file says where it must be there.")
        return Grid(Sentence("What is missing"), heads, rows, note)

    def freshness_grid(self) -> Grid:
        """How long each table has been silent, against what is usual."""
        heads = (
            Sentence("Table"), Sentence("Last row"), Sentence("Silent for"), Sentence("Usual silence"),
            Sentence("Nine of ten rows come in within"), Sentence("Rows"),
        )  # fmt: skip
        rows = tuple(
            (t.rules.name, t.fresh.last, _days(t.fresh.silent), _days(t.fresh.usual), _days(t.fresh.late), t.rows)
            for t in self.tables if t.fresh is not None
        )  # fmt: skip
        note = Sentence("Usual is the longest silence of the year before the last row, and the time rows take to come in.")
        return Grid(Sentence("How current each table is"), heads, rows, note)

    def links_grid(self) -> Grid:
        """What leads from one table to another, and what the two say alike."""
        heads = (
            Sentence("Column"), Sentence("Leads to"), Sentence("Rows"), Sentence("Not found"), Sentence("Different ones"),
            Sentence("Says otherwise"),
        )  # fmt: skip
        rows = tuple(
            (f"{t.rules.name}.{x.link.on}", x.link.other, x.rows, x.lost, x.ids, sum(d for _, d in x.agree.values()) if x.agree else None)
            for t in self.tables for x in t.counted.links
        )  # fmt: skip
        return Grid(Sentence("Whether tables agree"), heads, rows)

    def places_grid(self) -> Grid:
        """What is missing in one place against all others."""
        heads = (
            Sentence("Column"), Sentence("Place"), Sentence("Rows"), Sentence("Missing"), Sentence("More than elsewhere"),
        )  # fmt: skip
        rows = tuple((f"{p.table}.{p.column}", p.place, p.rows, p.quantity(), _more(p)) for p in self.places)
        note = Sentence("All differences hold together; places of fewer rows than may be shown are left out.")
        if not rows:
            note = Sentence("No column that a question needs is missing anywhere, or no column says where rows come from.")
        return Grid(Sentence("Missing values by place"), heads, rows, note)

    def privacy_grid(self) -> Grid:
        """Consent and retention."""
        heads = (Sentence("Rule"), Sentence("Rows"), Sentence("Against it"), Sentence("Share"))
        rows = [
            (Sentence("{label}: only people who agreed", {"label": c.asked.label}), c.contacts, c.without, _share_of(c, self.definition))
            for c in self.contacts
        ]  # fmt: skip
        for t in self.tables:
            if t.counted.old is not None:
                values = {"table": t.rules.name, "days": t.rules.keep_days}
                of = Quantity(t.counted.old / t.counted.rows if t.counted.rows else math.nan, "percent")
                rows.append((Sentence("{table}: kept {days} days at most", values), t.counted.rows, t.counted.old, of))
        note = None if rows else Sentence("Neither consent nor retention is declared under 'quality'.")
        return Grid(Sentence("Consent and retention"), heads, tuple(rows), note)

    def places_view(self) -> View:
        """Places where most is missing, with intervals."""
        title = Sentence("Where values are missing most often, by place")
        most = sorted(self.places, key=lambda p: -p.found.share.estimate)[:MOST_DRAWN]
        flagged = {(s.table, s.column, s.place) for s in self.of_kind("uneven")}
        rows = tuple(
            Row(
                Sentence("{place}, {at}", {"place": p.place, "at": f"{p.table}.{p.column}"}), p.quantity(),
                "concern" if (p.table, p.column, p.place) in flagged else "us",
            )
            for p in most
        )  # fmt: skip
        reason = Sentence("No column that a question needs is missing anywhere, or no column says where rows come from.")
        return View(title, rows, Sentence("Rows without a value"), reason)

    def shares_view(self) -> View:
        """The largest shares of rows that something is wrong with."""
        title = Sentence("How many rows each shortfall touches")
        most = sorted((s for s in self.shortfalls if s.share is not None), key=lambda s: -s.share.value)[:MOST_DRAWN]
        rows = tuple(
            Row(Sentence("{kind}: {at}", {"kind": KINDS[s.kind], "at": s.at if s.place is None else f"{s.at}, {s.place}"}), s.share)
            for s in most
        )  # fmt: skip
        return View(title, rows, Sentence("Rows"), Sentence("Nothing is wrong that has a share."))


def _named(uses: tuple[Use, ...]) -> object:
    if not uses:
        return Sentence("none")
    shown = tuple(u.label for u in uses[:MOST_NAMED])
    values = {"names": shown, "n": len(uses) - MOST_NAMED}
    return Sentence("{names} and {n} more", values) if len(uses) > MOST_NAMED else Sentence("{names}", values)


def _joined(value: object) -> object:
    return Sentence("{names}", {"names": value}) if isinstance(value, tuple) else value


def _answered(s: Shortfall) -> Sentence | None:
    if not s.uses:
        return None
    if s.open:
        return Sentence("No, not in {place}", {"place": s.place}) if s.place else Sentence("No")
    return Sentence("Yes, of fewer rows") if s.kind in ("missing", "rule", "lost", "stale") else Sentence("Yes, with this doubt")


def _state(use: Use, judged: Judged) -> Sentence:
    if use in judged.open:
        return Sentence("No")
    return Sentence("Yes, with shortfalls") if use in judged.touched else Sentence("Yes")


def _yes(value: bool) -> Sentence:
    return Sentence("Yes") if value else Sentence("No")


def _days(value: float) -> Quantity | date | None:
    return Quantity(value, "days") if math.isfinite(value) else None


def _more(p: Place) -> Quantity:
    if math.isnan(p.found.low):
        return Quantity(math.nan, "points", reason=p.found.reason)
    return Quantity(p.found.difference, "points", p.found.low, p.found.high)


def _share_of(c: ContactCounts, definition: Quality) -> Quantity:
    return share(c.without, c.contacts, definition.level)
