"""What good data means: tables with their rules, who agreed, and the questions that need them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.language import Sentence


@dataclass(frozen=True)
class Use:
    """A question of the params file, and the columns it needs.

    Attributes
    ----------
    part, name
        Where it stands in the params file: ``kpis``, ``on_time_delivery``.
    label
        What it is called.
    columns
        (table, column) pairs.
    """

    part: str
    name: str
    label: str | Sentence = field(compare=False)
    columns: frozenset[tuple[str, str]] = field(compare=False)

    def needs(self, table: str, column: str | None = None) -> bool:
        """Whether it needs that column, or anything of that table."""
        return any(t == table and column in (None, c) for t, c in self.columns)


@dataclass(frozen=True)
class Link:
    """A column that holds keys of another table.

    Attributes
    ----------
    on, other, key
        The column, the other table and its key.
    agree
        Columns that both tables have and that must say the same.
    whole
        `key` is all of the other table's key: by its contract no two of its rows have the same.
    """

    on: str
    other: str
    key: str
    agree: tuple[str, ...] = ()
    whole: bool = False


@dataclass(frozen=True)
class TableRules:
    """What is asked of one table.

    Attributes
    ----------
    time, recorded
        Columns of when a row happened and when it came in.
    keyed
        It has a key, so that rows that repeat it are counted by its contract.
    columns
        All of them; `identifiers` identify people.
    moments
        Dates: empty, they have not come yet.
    there
        Column -> SQL that is true where it must be there.
    inputs
        Columns that a question needs.
    sites
        Its columns that say where a row comes from.
    unit
        The column of whom rows belong to.
    stale_days
        Days of silence that are still usual; found from the table where None.
    keep_days, keep_time
        How long rows are kept, and the column that dates them.
    """

    name: str
    columns: tuple[str, ...]
    time: str | None = None
    recorded: str | None = None
    keyed: bool = True
    identifiers: frozenset[str] = frozenset()
    moments: frozenset[str] = frozenset()
    there: Mapping[str, str] = field(default_factory=dict)
    inputs: frozenset[str] = frozenset()
    sites: tuple[str, ...] = ()
    unit: str | None = None
    links: tuple[Link, ...] = ()
    stale_days: int | None = None
    keep_days: int | None = None
    keep_time: str | None = None


@dataclass(frozen=True)
class Contacted:
    """Contacts that need consent: rows of `table` where `where`, in the period."""

    name: str
    label: str
    table: str
    person: str
    where: str | None = None
    time: str | None = None


@dataclass(frozen=True)
class Agreed:
    """Who agreed: rows of `table` where `given`."""

    table: str
    person: str
    given: str
    contacts: tuple[Contacted, ...] = ()


@dataclass(frozen=True)
class Quality:
    """When the data is good enough.

    Attributes
    ----------
    as_of
        The last day the data covers.
    starts, ends
        First and last day of the period.
    period
        What it is called.
    missing_at_most, uneven_at_least, level
        As in the params.
    least
        Groups of fewer customers are not shown.
    """

    as_of: date
    starts: date
    ends: date
    period: str
    tables: tuple[TableRules, ...]
    uses: tuple[Use, ...] = ()
    agreed: Agreed | None = None
    missing_at_most: float = 0.05
    uneven_at_least: float = 0.01
    level: float = 0.95
    least: int = 10
    owner: str | None = None

    def __post_init__(self) -> None:
        if self.starts > self.ends:
            raise ValueError(f"a period ends after it starts; got {self.starts} to {self.ends}")
