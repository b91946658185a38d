"""Does a table hold what its params file says? Every violation at once, with rows and examples.

All rules of a table are counted in one query, keys in a second; only rules that are broken are
asked for examples. Rows that a column or a table tolerates are set aside and counted.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

import ibis
from ibis.expr.types import Table

from toolkit.company.tables import Table as TableModel
from toolkit.data.casting import as_read
from toolkit.data.rules import Rule
from toolkit.problems import Problem, Refused, quoted

if TYPE_CHECKING:
    from toolkit.data.source import Source

_EXAMPLES = 3
ASIDE = "set aside"
_ROW = "row of the key"

Run = Callable[[Table], list[dict[str, Any]]]


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
    """A table with each rule's outcome beside its values.

    Attributes
    ----------
    table
        Columns ``rule 0``, ``rule 1`` ... say whether a row breaks that rule, `ASIDE` whether it is
        set aside.
    """

    table: Table
    rules: tuple[Rule, ...]
    model: TableModel

    def kept(self, repeats: bool) -> Table:
        """The declared columns of the rows that are not set aside.

        Parameters
        ----------
        repeats
            Rows repeat a key, which is tolerated: one row a key is kept.
        """
        columns = list(self.model.columns)
        rows = self.table.filter(~self.table[ASIDE])
        if not repeats:
            return rows.select(*columns)
        # by time, then by every value: which row is kept must not hang on the order they came in
        first = [c for c in (self.model.time,) if c]
        order = [
            rows[c].asc(nulls_first=False)
            for c in dict.fromkeys([*first, *(c for c in columns if c not in self.model.key)])
        ]
        window = ibis.window(group_by=[rows[k] for k in self.model.key], order_by=order or None)
        numbered = rows.mutate(**{_ROW: ibis.row_number().over(window)})
        return numbered.filter(numbered[_ROW] == 0).select(*columns)


def judged(table: Table, rules: list[Rule], model: TableModel, alias: str) -> Judged:
    """Put the outcome of every rule beside the values of `table`."""
    marked = table.mutate(
        **{_rule(i): r.broken for i, r in enumerate(rules)},
        **{_shown(i): r.shown for i, r in enumerate(rules) if r.shown is not None},
    ).alias(f"{alias} by rule")
    tolerated = [marked[_rule(i)] for i, r in enumerate(rules) if model.columns[r.column].tolerate]
    aside = reduce(or_, tolerated) if tolerated else ibis.literal(False)
    return Judged(marked.mutate(**{ASIDE: aside}).alias(f"{alias} judged"), tuple(rules), model)


def _rule(i: int) -> str:
    return f"rule {i}"


def _shown(i: int) -> str:
    return f"shown {i}"


@dataclass(frozen=True)
class Verdict:
    """The outcome of `weigh`."""

    rows: int
    aside: int
    set_aside: tuple[SetAside, ...]
    missing: tuple[tuple[str, int], ...]
    violations: tuple[Problem, ...]
    repeats: int


def weigh(
    judged: Judged,
    place_of: Callable[[str | None], str],
    position: tuple[str, str] | None,
    run: Run,
) -> Verdict:
    """Count every rule, and word what is broken beyond what is tolerated.

    Parameters
    ----------
    place_of
        A column (None for the table) -> how messages name it.
    position
        The column that says where a row stands, and the word for it (line, row); None where rows
        have no place.
    """
    table, rules, model = judged.table, judged.rules, judged.model
    sums = {_rule(i): table[_rule(i)].sum() for i in range(len(rules))}
    empty = {}
    for name in model.columns:
        gone = table[name].isnull()
        if as_read(name) in table.columns:
            gone = gone & table[as_read(name)].isnull()
        empty[f"missing {name}"] = gone.sum()
    any_of = {}
    for name, mine in _by_column(rules).items():
        if model.columns[name].tolerate:
            any_of[f"any {name}"] = reduce(or_, (table[_rule(i)] for i in mine)).sum()
    counted = run(
        table.aggregate(rows=table.count(), aside=table[ASIDE].sum(), **sums, **empty, **any_of)
    )[0]
    counted = {k: int(v or 0) for k, v in counted.items()}
    rows = counted["rows"]
    if not rows:
        return Verdict(0, 0, (), (), (Problem(place_of(None), "has no rows"),), 0)
    broken, aside = [], []
    for name, mine in _by_column(rules).items():
        share = model.columns[name].tolerate
        mine = [i for i in mine if counted[_rule(i)]]
        if mine and share and counted[f"any {name}"] <= share * rows:
            aside += [SetAside(name, rules[i].sentence, counted[_rule(i)]) for i in mine]
        else:
            broken += mine
    examples = _examples(judged, broken, position, run)
    violations = [
        Problem(
            place_of(rules[i].column),
            rules[i].sentence
            + _allowed(model.columns[rules[i].column].tolerate, counted[_rule(i)], rows),
            choices=rules[i].choices,
            rows=counted[_rule(i)],
            examples=examples[i],
        )
        for i in broken
    ]
    repeats, problem = _keys(judged, rows, place_of, position, run)
    if problem:
        violations.append(problem)
    elif repeats:
        aside.append(SetAside(None, f"{' and '.join(model.key)} must not be repeated", repeats))
    missing = tuple((n, counted[f"missing {n}"]) for n in model.columns if counted[f"missing {n}"])
    total = counted["aside"] + (0 if problem else repeats)
    return Verdict(rows, total, tuple(aside), missing, tuple(violations), repeats)


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
    judged: Judged, broken: list[int], position: tuple[str, str] | None, run: Run
) -> dict[int, tuple[str, ...]]:
    """Up to three rows of each broken rule, the first ones where rows have a place."""
    parts = []
    for i in broken:
        rule, table = judged.rules[i], judged.table
        shown = ibis.literal(None, "string") if rule.shown is None else table[_shown(i)]
        at = table[position[0]].cast("int64") if position else ibis.literal(None, "int64")
        hits = table.filter(table[_rule(i)]).select(
            rule=ibis.literal(i, "int64"), at=at, shown=shown
        )
        if position is None:
            hits = hits.distinct()
        parts.append(hits.order_by(["at", "shown"]).limit(_EXAMPLES))
    found: dict[int, list[str]] = {i: [] for i in broken}
    if parts:
        union = reduce(lambda a, b: a.union(b), parts)
        for row in sorted(run(union), key=lambda r: (r["at"] or 0, r["shown"] or "")):
            words = []
            if position:
                words.append(f"{position[1]} {int(row['at'])}")
            if row["shown"] is not None:
                words.append(quoted(row["shown"]))
            if words:
                found[int(row["rule"])].append(": ".join(words))
    return {i: tuple(e) for i, e in found.items()}


def _keys(judged, rows, place_of, position, run) -> tuple[int, Problem | None]:
    model = judged.model
    if not model.key:
        return 0, None
    table = judged.table
    whole = reduce(or_, (table[k].isnull() for k in model.key))
    usable = table.filter(~table[ASIDE] & ~whole)
    at = usable[position[0]] if position else ibis.literal(None, "int64")
    usable = usable.select(*model.key, at=at)
    groups = usable.group_by(list(model.key)).aggregate(
        n=usable.count(), first=usable["at"].min(), last=usable["at"].max()
    )
    repeated = groups.filter(groups["n"] > 1)
    found = run(repeated.aggregate(repeats=(repeated["n"] - 1).sum()))[0]
    repeats = int(found["repeats"] or 0)
    if not repeats or (model.tolerate and repeats <= model.tolerate * rows):
        return repeats, None
    order = ["first"] if position else list(model.key)
    hidden = any(model.columns[k].identifier for k in model.key)
    examples = []
    for row in run(repeated.order_by(order).limit(_EXAMPLES)):
        words = [] if hidden else [" ".join(quoted(str(row[k])) for k in model.key)]
        if position:
            words.append(f"{position[1]}s {int(row['first'])} and {int(row['last'])}")
        if words:
            examples.append(" in ".join(words))
    rule = f"the key {' and '.join(model.key)} must not be repeated"
    return repeats, Problem(
        place_of(None),
        rule + _allowed(model.tolerate, repeats, rows),
        rows=repeats,
        examples=tuple(examples),
    )
