"""What the rules of a contract say of each row, as SQL over the table's typed rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from toolkit.company.tables import Table as TableModel
from toolkit.data.asking import Rows, name_of
from toolkit.data.casting import as_read
from toolkit.data.rules import Rule

_ASIDE, _ROW = name_of("set aside"), name_of("row of the key")


@dataclass(frozen=True)
class Judged:
    """A table and the rules its rows must keep.

    Attributes
    ----------
    rows
        As `toolkit.data.typed.typed_rows` makes them.
    unfit
        The columns beside which stands what did not fit.
    """

    rows: Rows
    unfit: frozenset[str]
    rules: tuple[Rule, ...]
    model: TableModel

    def counted(self, more: Mapping[str, str]) -> dict[str, Any]:
        """Rows, rows aside, and how many break each rule or miss each value; by one pass over the rows.

        Parameters
        ----------
        more
            Names and SQL of what else is to be computed of all rows.
        """
        counts = ['COUNT(*) AS "rows read"', _counted(_ASIDE, "aside")]
        counts += [_counted(rule_column(i), f"rule {i}") for i in range(len(self.rules))]
        for name in self.model.columns:
            gone = f"{name_of(name)} IS NULL"
            if name in self.unfit:
                gone += f" AND {name_of(as_read(name))} IS NULL"
            counts.append(_counted(gone, f"missing {name}"))
        for name, mine in by_column(self.rules).items():
            if self.model.columns[name].tolerate:
                counts.append(_counted(_any(map(rule_column, mine)), f"any {name}"))
        if self.model.time:
            latest = f"MAX(CASE WHEN NOT {_ASIDE} THEN {name_of(self.model.time)} END)"
            counts.append(f'{latest} AS "last"')
        counts += [f"{sql} AS {name_of(name)}" for name, sql in more.items()]
        return self.rows.ask(f"SELECT {', '.join(counts)} FROM {self.beside()}")[0]

    def beside(self) -> str:
        """SQL for the rows with each rule's outcome beside the values, and what follows of it."""
        outcomes = "".join(f", {r.broken} AS {rule_column(i)}" for i, r in enumerate(self.rules))
        tolerated = [rule_column(i) for i in self._tolerated()]
        aside = _any(tolerated) if tolerated else "FALSE"
        marked = f"SELECT *{outcomes} FROM {name_of(self.rows.name)}"
        return f"(SELECT *, {aside} AS {_ASIDE} FROM ({marked}) AS marked) AS judged"

    def aside(self, broken: frozenset[int] | None) -> str:
        """SQL: whether a row is set aside, where only these rules are broken by any row."""
        conditions = [self.rules[i].broken for i in self._tolerated() if broken is None or i in broken]
        return _any(conditions) if conditions else "FALSE"

    def _tolerated(self) -> list[int]:
        return [i for i, r in enumerate(self.rules) if self.model.columns[r.column].tolerate]

    def kept(self, repeats: bool, broken: frozenset[int] | None = None) -> str:
        """SQL for the declared columns of the rows that are not set aside.

        Parameters
        ----------
        repeats
            Rows repeat a key, which is tolerated: one row a key is kept.
        broken
            The rules that some row breaks; any may be where it is None.
        """
        columns = ", ".join(map(name_of, self.model.columns))
        here = name_of(self.rows.name)
        if not repeats:
            return f"SELECT {columns} FROM {here} WHERE NOT {self.aside(broken)}"
        numbered = self._numbered(f"{here} WHERE NOT {self.aside(broken)}")
        return f"SELECT {columns} FROM ({numbered}) AS numbered WHERE {_ROW} = 1"

    def dropped(self, suspects: str, at: str) -> str:
        """SQL for the places of rows that repeat a key and are not kept; column ``at``.

        Parameters
        ----------
        suspects
            SQL after ``FROM``: rows among which all are that repeat a key.
        at
            SQL: where a row stands.
        """
        return f'SELECT {at} AS "at" FROM ({self._numbered(suspects, at)}) AS numbered WHERE {_ROW} > 1'

    def _numbered(self, rows: str, at: str = "") -> str:
        # by time, then by every value: which row is kept must not hang on the order they came in
        first = [c for c in (self.model.time,) if c]
        others = (c for c in self.model.columns if c not in self.model.key)
        order = ", ".join(f"{name_of(c)} NULLS LAST" for c in dict.fromkeys([*first, *others]))
        order = ", ".join(filter(None, (order, at)))
        key = ", ".join(map(name_of, self.model.key))
        window = f"PARTITION BY {key}" + (f" ORDER BY {order}" if order else "")
        return f"SELECT *, ROW_NUMBER() OVER ({window}) AS {_ROW} FROM {rows}"


def rule_column(i: int) -> str:
    """SQL name of the column beside the values that says whether a row breaks the rule."""
    return name_of(f"rule {i}")


def _any(conditions: Iterable[str]) -> str:
    return "(" + " OR ".join(conditions) + ")"


def _counted(condition: str, name: str) -> str:
    return f"COUNT(CASE WHEN {condition} THEN 1 END) AS {name_of(name)}"


def by_column(rules: tuple[Rule, ...]) -> dict[str, list[int]]:
    """Column -> the numbers of its rules."""
    found: dict[str, list[int]] = {}
    for i, rule in enumerate(rules):
        found.setdefault(rule.column, []).append(i)
    return found
