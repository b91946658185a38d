"""Does a table hold what its params file says? Every violation at once, with rows and examples.

All rules of a table are counted in one query, keys in a second; only what is broken is asked for
examples. Rows that a column or a table tolerates are set aside and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from toolkit.company.tables import Table as TableModel
from toolkit.data.asking import Rows, name_of
from toolkit.data.casting import as_read
from toolkit.data.rules import Rule
from toolkit.problems import Problem, Refused, quoted

if TYPE_CHECKING:
    from toolkit.data.source import Source

_EXAMPLES = 3
_ASIDE, _ROW = name_of("set aside"), name_of("row of the key")


@dataclass(frozen=True)
class SetAside:
    """Rows left out because a rule they break is tolerated to an extent.

    Attributes
    ----------
    column
        The column, or None for rows that repeat a key.
    rule
        What should hold.
    rows
        How many rows break it. A row that breaks two rules is counted under both.
    """

    column: str | None
    rule: str
    rows: int


@dataclass(frozen=True)
class Unmatched:
    """Rows whose lookup in another table found nothing.

    Attributes
    ----------
    table
        The table looked up in.
    rows
        Rows with a value that is not there.
    missing
        Rows without a value to look up.
    """

    table: str
    rows: int
    missing: int


@dataclass(frozen=True)
class TableReport:
    """What was found in a table.

    Attributes
    ----------
    name
        The table, under our name.
    origin
        The file or the database table it was read from.
    rows
        Rows read.
    kept
        Rows left after those set aside and those that `where` leaves out.
    aside
        Rows set aside, each once.
    set_aside
        By rule.
    missing
        Column -> rows without a value (empty or a missing code), columns without any left out.
    unmatched
        By joined table.
    last
        The latest value of the table's `time` among the rows kept; None where it has none.
    violations
        What the table is refused for; empty where its contract holds.
    without_consent
        Rows left out because the person did not agree, or it is not said.
    """

    name: str
    origin: str
    rows: int = 0
    kept: int = 0
    aside: int = 0
    set_aside: tuple[SetAside, ...] = ()
    missing: tuple[tuple[str, int], ...] = ()
    unmatched: tuple[Unmatched, ...] = ()
    last: date | datetime | None = None
    violations: tuple[Problem, ...] = ()
    without_consent: int = 0

    @property
    def holds(self) -> bool:
        """The contract holds."""
        return not self.violations


def check_contract(source: Source, name: str) -> TableReport:
    """Check one table of a source against its contract.

    Raises
    ------
    Refused
        Only for a name that is no table; what is wrong with the table is in the report.
    """
    return source.report(name)


def check_contracts(source: Source, names: Iterable[str] | None = None) -> tuple[TableReport, ...]:
    """Check tables (all of them where `names` is None) and refuse all that do not hold, in one go.

    Raises
    ------
    Refused
        With every violation of every table.
    """
    chosen = tuple(source.company.tables) if names is None else tuple(names)
    reports = tuple(source.report(name) for name in chosen)
    violations = [v for report in reports for v in report.violations]
    if violations:
        raise Refused(dict.fromkeys(violations))
    return reports


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

    def beside(self) -> str:
        """SQL for the rows with each rule's outcome beside the values, and what follows of it."""
        outcomes = "".join(f", {r.broken} AS {_rule(i)}" for i, r in enumerate(self.rules))
        tolerated = [
            _rule(i) for i, r in enumerate(self.rules) if self.model.columns[r.column].tolerate
        ]
        aside = _any(tolerated) if tolerated else "FALSE"
        marked = f"SELECT *{outcomes} FROM {name_of(self.rows.name)}"
        return f"(SELECT *, {aside} AS {_ASIDE} FROM ({marked}) AS marked) AS judged"

    def kept(self, repeats: bool) -> str:
        """SQL for the declared columns of the rows that are not set aside.

        Parameters
        ----------
        repeats
            Rows repeat a key, which is tolerated: one row a key is kept.
        """
        columns = ", ".join(map(name_of, self.model.columns))
        rest = f"FROM {self.beside()} WHERE NOT {_ASIDE}"
        if not repeats:
            return f"SELECT {columns} {rest}"
        # by time, then by every value: which row is kept must not hang on the order they came in
        first = [c for c in (self.model.time,) if c]
        others = (c for c in self.model.columns if c not in self.model.key)
        order = ", ".join(f"{name_of(c)} NULLS LAST" for c in dict.fromkeys([*first, *others]))
        key = ", ".join(map(name_of, self.model.key))
        window = f"PARTITION BY {key}" + (f" ORDER BY {order}" if order else "")
        numbered = f"SELECT *, ROW_NUMBER() OVER ({window}) AS {_ROW} {rest}"
        return f"SELECT {columns} FROM ({numbered}) AS numbered WHERE {_ROW} = 1"


def _rule(i: int) -> str:
    return name_of(f"rule {i}")


def _any(conditions: Iterable[str]) -> str:
    return "(" + " OR ".join(conditions) + ")"


def _counted(condition: str, name: str) -> str:
    return f"COUNT(CASE WHEN {condition} THEN 1 END) AS {name_of(name)}"


@dataclass(frozen=True)
class Verdict:
    """The outcome of `weigh`."""

    rows: int
    kept: int
    set_aside: tuple[SetAside, ...]
    missing: tuple[tuple[str, int], ...]
    violations: tuple[Problem, ...]
    repeats: int
    last: date | datetime | None

    @property
    def aside(self) -> int:
        """Rows set aside, each once."""
        tolerated = any(a.column is None for a in self.set_aside)
        return self.rows - self.kept + (self.repeats if tolerated else 0)


def weigh(
    judged: Judged, place_of: Callable[[str | None], str], position: tuple[str, str] | None
) -> Verdict:
    """Count every rule, and word what is broken beyond what is tolerated.

    Parameters
    ----------
    place_of
        A column (None for the table) -> how messages name it.
    position
        The column that says where a row stands, and the word for it (line, row); None where rows
        have no place.

    Returns
    -------
    Verdict
        Its `kept` and `last` are those of the rows that break no tolerated rule; rows that repeat
        a key are among them.
    """
    rules, model = judged.rules, judged.model
    counts = ['COUNT(*) AS "rows read"', _counted(_ASIDE, "aside")]
    counts += [_counted(_rule(i), f"rule {i}") for i in range(len(rules))]
    for name in model.columns:
        gone = f"{name_of(name)} IS NULL"
        if name in judged.unfit:
            gone += f" AND {name_of(as_read(name))} IS NULL"
        counts.append(_counted(gone, f"missing {name}"))
    for name, mine in _by_column(rules).items():
        if model.columns[name].tolerate:
            counts.append(_counted(_any(map(_rule, mine)), f"any {name}"))
    if model.time:
        latest = f"MAX(CASE WHEN NOT {_ASIDE} THEN {name_of(model.time)} END)"
        counts.append(f'{latest} AS "last"')
    counted = judged.rows.ask(f"SELECT {', '.join(counts)} FROM {judged.beside()}")[0]
    last = counted.pop("last", None)
    rows = counted["rows read"]
    if not rows:
        return Verdict(0, 0, (), (), (Problem(place_of(None), "has no rows"),), 0, None)
    broken, aside = [], []
    for name, mine in _by_column(rules).items():
        share = model.columns[name].tolerate
        mine = [i for i in mine if counted[f"rule {i}"]]
        if mine and share and counted[f"any {name}"] <= share * rows:
            aside += [SetAside(name, rules[i].sentence, counted[f"rule {i}"]) for i in mine]
        else:
            broken += mine
    examples = _examples(judged, broken, position)
    violations = [
        Problem(
            place_of(rules[i].column),
            rules[i].sentence
            + _allowed(model.columns[rules[i].column].tolerate, counted[f"rule {i}"], rows),
            choices=rules[i].choices,
            rows=counted[f"rule {i}"],
            examples=examples[i],
        )
        for i in broken
    ]
    repeats, problem = _keys(judged, rows, place_of, position)
    if problem:
        violations.append(problem)
    elif repeats:
        aside.append(SetAside(None, f"{' and '.join(model.key)} must not be repeated", repeats))
    missing = tuple((n, counted[f"missing {n}"]) for n in model.columns if counted[f"missing {n}"])
    kept = rows - counted["aside"]
    return Verdict(rows, kept, tuple(aside), missing, tuple(violations), repeats, last)


def _by_column(rules: tuple[Rule, ...]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for i, rule in enumerate(rules):
        found.setdefault(rule.column, []).append(i)
    return found


def _allowed(share: float, broken: int, rows: int) -> str:
    if not share:
        return ""
    return f"; {broken / rows:.2%} of the rows do not, and 'tolerate' allows {share:.2%} of them"


def _examples(
    judged: Judged, broken: list[int], position: tuple[str, str] | None
) -> dict[int, tuple[str, ...]]:
    """Up to three rows of each broken rule, the first ones where rows have a place."""
    at = f"CAST({name_of(position[0])} AS BIGINT)" if position else "CAST(NULL AS BIGINT)"
    once = "" if position else "DISTINCT "
    parts = []
    for i in broken:
        shown = judged.rules[i].shown or "CAST(NULL AS VARCHAR)"
        hits = (
            f'SELECT {once}{i} AS "rule", {at} AS "at", {shown} AS "shown" '
            f"FROM {judged.beside()} WHERE {_rule(i)}"
        )
        parts.append(
            f"SELECT * FROM ({hits}) AS hits "
            f'ORDER BY "at" NULLS LAST, "shown" NULLS LAST LIMIT {_EXAMPLES}'
        )
    found: dict[int, list[str]] = {i: [] for i in broken}
    if parts:
        rows = judged.rows.ask(" UNION ALL ".join(f"SELECT * FROM ({p}) AS part" for p in parts))
        for row in sorted(rows, key=lambda r: (r["at"] or 0, r["shown"] or "")):
            words = []
            if position:
                words.append(f"{position[1]} {row['at']}")
            if row["shown"] is not None:
                words.append(quoted(row["shown"]))
            if words:
                found[row["rule"]].append(": ".join(words))
    return {i: tuple(e) for i, e in found.items()}


def _keys(
    judged: Judged,
    rows: int,
    place_of: Callable[[str | None], str],
    position: tuple[str, str] | None,
) -> tuple[int, Problem | None]:
    """How many rows repeat a key, and what is to be said if they are too many."""
    model = judged.model
    if not model.key:
        return 0, None
    key = ", ".join(map(name_of, model.key))
    whole = " AND ".join(f"{name_of(k)} IS NOT NULL" for k in model.key)
    at = name_of(position[0]) if position else "CAST(NULL AS BIGINT)"
    repeated = (
        f'SELECT {key}, COUNT(*) AS "n", MIN({at}) AS "first at", MAX({at}) AS "last at" '
        f"FROM {judged.beside()} WHERE NOT {_ASIDE} AND {whole} GROUP BY {key} HAVING COUNT(*) > 1"
    )
    found = judged.rows.ask(f'SELECT SUM("n" - 1) AS "repeats" FROM ({repeated}) AS repeated')
    repeats = int(found[0]["repeats"] or 0)
    if not repeats or (model.tolerate and repeats <= model.tolerate * rows):
        return repeats, None
    order = name_of("first at") if position else key
    hidden = any(model.columns[k].identifier for k in model.key)
    examples = []
    first = f"SELECT * FROM ({repeated}) AS repeated ORDER BY {order} LIMIT {_EXAMPLES}"
    for row in judged.rows.ask(first):
        words = [] if hidden else [" ".join(quoted(str(row[k])) for k in model.key)]
        if position:
            words.append(f"{position[1]}s {int(row['first at'])} and {int(row['last at'])}")
        if words:
            examples.append(" in ".join(words))
    rule = f"the key {' and '.join(model.key)} must not be repeated"
    return repeats, Problem(
        place_of(None),
        rule + _allowed(model.tolerate, repeats, rows),
        rows=repeats,
        examples=tuple(examples),
    )
