"""Does every case meet exactly one rule? If not, the rules are refused, with examples."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir

from toolkit.company.expressions import check_expression, said
from toolkit.customers.ledger import asked
from toolkit.kpis import queried
from toolkit.problems import Problem, Refused

_EXAMPLES = 3
_MOST = 12
COUNT = "toolkit_count"


def prove(
    cases: ir.Table, rules: Mapping[str, str], columns: Sequence[str], place: str = "rules", count: str | None = None
) -> dict[str, int]:
    """Every case meets exactly one rule: how many cases each holds.

    Parameters
    ----------
    cases
        The cases: customers, or cells of scores.
    rules
        Name -> SQL over `columns`. What is neither true nor false (a missing value) does not meet
        the rule.
    columns
        The columns that rules may use; examples show those that the rules at fault name.
    place
        Where the rules stand.
    count
        A column of how many each case stands for; 1 where absent.

    Returns
    -------
    dict
        Rule -> cases; 0 where nobody meets it.

    Raises
    ------
    Refused
        Faults of SQL; each pair of rules that share cases and each group that no rule holds, with
        how many and examples. All at once.
    """
    problems, used = [], {}
    for name, text in rules.items():
        checked = check_expression(text, tuple(columns))
        for fault in checked.faults:
            piece, rule = said(checked, fault)
            problems.append(Problem(f"{place}.{name}", rule, piece, fault.choices))
        used[name] = [c for c in columns if c in words(text)]
    if problems:
        raise Refused(problems)
    named = list(rules)
    flags = ", ".join(f'CASE WHEN ({rules[n]}\n) THEN 1 ELSE 0 END AS "in_{i}"' for i, n in enumerate(named))
    met = queried(cases, f"{', '.join(_quoted(c) for c in columns)}, {count or '1'} AS {COUNT}, {flags}")
    hits = " + ".join(f'"in_{i}"' for i in range(len(named)))
    sizes = ", ".join(f'SUM("in_{i}" * {COUNT}) AS "n_{i}"' for i in range(len(named)))
    found = asked(
        met, f"SUM(CASE WHEN {hits} = 0 THEN {COUNT} ELSE 0 END) AS uncovered, "
        f"SUM(CASE WHEN {hits} > 1 THEN {COUNT} ELSE 0 END) AS doubled, {sizes}",
    ).iloc[0].fillna(0)  # fmt: skip
    pairs = [(i, j) for i in range(len(named)) for j in range(i)] if int(found.doubled) else []
    both = ", ".join(f'SUM("in_{i}" * "in_{j}" * {COUNT}) AS "both_{i}_{j}"' for i, j in pairs)
    twice = asked(met, both).iloc[0].fillna(0) if pairs else {}
    for i, j in pairs:
        if shared := int(twice[f"both_{i}_{j}"]):
            one, other = named[i], named[j]
            shown = list(dict.fromkeys(used[other] + used[one]))
            examples = _examples(met, f'"in_{i}" = 1 AND "in_{j}" = 1', shown)
            rule = f"overlaps with '{other}': every case must meet exactly one rule"
            problems.append(Problem(f"{place}.{one}", rule, rules[one], rows=shared, examples=examples))
    if uncovered := int(found.uncovered):
        shown = list(dict.fromkeys(c for n in named for c in used[n]))
        examples = _examples(met, f"{hits} = 0", shown)
        rule = "leave cases out that meet no rule: every case must meet exactly one"
        problems.append(Problem(place, rule, ", ".join(named), rows=uncovered, examples=examples))
    if problems:
        raise Refused(problems[:_MOST])
    return {n: int(found[f"n_{i}"]) for i, n in enumerate(named)}


def _examples(met: ir.Table, where: str, shown: Sequence[str]) -> tuple[str, ...]:
    if not shown:
        return ()
    columns = ", ".join(_quoted(c) for c in shown)
    rows = asked(met, f"{columns}, SUM({COUNT}) AS n", where, f"GROUP BY {columns} ORDER BY n DESC, {columns} LIMIT {_EXAMPLES}")
    return tuple(
        " and ".join(f"{c} = {'nothing' if v is None or v != v else v}" for c, v in zip(shown, row[:-1], strict=True))
        for row in rows.itertuples(index=False)
    )


def words(text: str) -> set[str]:
    """The words of a rule, in small letters: a column that is not among them is not named by it."""
    return {w.lower() for w in "".join(c if c.isalnum() or c == "_" else " " for c in text).split()}


def _quoted(column: str) -> str:
    return f'"{column}"'
