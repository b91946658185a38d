"""Is this text one SQL expression over a table's own columns, and nothing else?

What a person writes as ``numerator``, ``where`` or ``target`` ends up in a query. It is parsed
(DuckDB dialect) and allowed piece by piece: known columns, constants, operators and a list of
scalar functions. Whatever is not on the lists is refused with its place marked: statements,
subqueries, other tables, aggregates and windows (the toolkit sums by itself), functions that read
files, settings or the clock.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import lru_cache

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError, SqlglotError
from sqlglot.tokens import Token, TokenType

from toolkit.company.allowed_functions import ALLOWED, all_nodes, nodes_of
from toolkit.problems import quoted

LONGEST = 4000
DEEPEST = 60
MOST_TOKENS = 1500

SQL_WORDS = frozenset(
    "all analyse analyze and any array as asc asymmetric both case cast check collate column "
    "constraint create default deferrable desc describe distinct do else end except false fetch "
    "for foreign from group having in initially intersect into lambda lateral leading limit not "
    "null offset on only or order pivot pivot_longer pivot_wider placing primary qualify "
    "references returning select show some summarize symmetric table then to trailing true union "
    "unique unpivot using variadic when where window with".split()
)
"""The words DuckDB reserves: no column can be called so without quotes."""

_CLOCK = frozenset(
    "now today current_date current_time current_timestamp current_localtime localtime "
    "current_localtimestamp localtimestamp get_current_time get_current_timestamp "
    "transaction_timestamp random setseed uuid gen_random_uuid age".split()
)
_AGGREGATES = frozenset(
    "sum count avg mean median min max stddev stddev_samp stddev_pop variance var_samp var_pop "
    "mode any_value first last arg_max arg_min list array_agg string_agg group_concat quantile "
    "quantile_cont quantile_disc percentile_cont percentile_disc approx_count_distinct corr "
    "covar_samp covar_pop bool_and bool_or product row_number rank dense_rank lag lead ntile "
    "first_value last_value nth_value count_star count_if sum_if histogram fsum favg".split()
)
_OPENS = frozenset({
    TokenType.L_PAREN, TokenType.COMMA, TokenType.AND, TokenType.OR, TokenType.NOT, TokenType.IN,
    TokenType.CASE, TokenType.WHEN, TokenType.THEN, TokenType.ELSE, TokenType.BETWEEN,
    TokenType.LIKE, TokenType.ILIKE, TokenType.IS, TokenType.FROM, TokenType.ALIAS,
    TokenType.INTERVAL, TokenType.ESCAPE, TokenType.DISTINCT,
})  # fmt: skip
_TYPES = {
    "BOOLEAN", "TINYINT", "SMALLINT", "INT", "BIGINT", "INT128", "UTINYINT", "USMALLINT", "UINT",
    "UBIGINT", "FLOAT", "DOUBLE", "DECIMAL", "TEXT", "VARCHAR", "CHAR", "DATE", "TIME",
    "TIMESTAMP", "TIMESTAMPNTZ", "DATETIME", "INTERVAL",
}  # fmt: skip
_TYPES_SHOWN = ("boolean", "integer", "double", "decimal(12, 2)", "text", "date", "timestamp")
_TYPE_NAMES = frozenset({"decimal", "numeric", "dec", "varchar", "char", "text"})
_NODES = (
    exp.Column, exp.Identifier, exp.Literal, exp.Boolean, exp.Null, exp.Paren, exp.Var,
    exp.And, exp.Or, exp.Not, exp.EQ, exp.NEQ, exp.LT, exp.LTE, exp.GT, exp.GTE, exp.Is, exp.In,
    exp.Between, exp.Like, exp.ILike, exp.Escape, exp.NullSafeEQ, exp.NullSafeNEQ, exp.Add,
    exp.Sub, exp.Mul, exp.Div, exp.IntDiv, exp.Mod, exp.Pow, exp.Neg, exp.DPipe, exp.Case, exp.If,
    exp.Cast, exp.TryCast, exp.DataType, exp.DataTypeParam, exp.Interval,
)  # fmt: skip
_WORDS = re.compile(r"\w+")
_NEAR = re.compile(r'at or near "(.+)"')
_A_WORD = "is a word of SQL itself: a column of that name stands in double quotes"
_A_QUERY = "is a query: only an expression over this table's columns may stand here"
_A_SUM = "is an aggregate: the toolkit sums by itself, write what to sum over rows"
_A_WINDOW = "belongs to an aggregate or a window: the toolkit sums by itself"
_THE_CLOCK = "depends on the clock, on chance or on who asks: two runs must agree"
_QUERY_WORDS = frozenset({
    TokenType.SELECT, TokenType.UNION, TokenType.EXCEPT, TokenType.INTERSECT, TokenType.VALUES,
})  # fmt: skip
_WINDOW_WORDS = frozenset({"over", "filter", "group"})
_QUOTED = frozenset({TokenType.STRING, TokenType.IDENTIFIER})
_UNLIKE = {
    exp.Query: _A_QUERY,
    exp.Star: "stands for all columns: name one",
    exp.Window: _A_WINDOW,
    exp.AggFunc: _A_SUM,
    exp.Alias: "cannot be read: an operator is missing here",
    exp.Placeholder: "is a parameter of a query, and there is none",
    exp.Lambda: "is a function of its own, which may not stand here",
}


@dataclass(frozen=True)
class Fault:
    """What is wrong in an expression, and where.

    Attributes
    ----------
    rule
        What should hold.
    position
        Characters before the wrong piece.
    value
        The wrong piece.
    choices
        What may stand there, where that is a short list.
    """

    rule: str
    position: int
    value: str | None = None
    choices: tuple[str, ...] = ()


@dataclass(frozen=True)
class Checked:
    """An expression after its check: its columns, and what is wrong with it."""

    sql: str
    columns: frozenset[str]
    faults: tuple[Fault, ...]

    def marked(self, fault: Fault) -> str:
        """The expression, shortened around the wrong piece, which stands between arrows."""
        sql, end = self.sql, fault.position + max(len(fault.value or ""), 1)
        before, piece, after = sql[: fault.position], sql[fault.position : end], sql[end:]
        before = before if len(before) <= 30 else "…" + before[-29:]
        after = after if len(after) <= 30 else after[:29] + "…"
        return " ".join(f"{before}»{piece}«{after}".split())


def check_expression(sql: str, columns: Iterable[str]) -> Checked:
    """Check one SQL expression against the columns it may use.

    Parameters
    ----------
    sql
        What was written.
    columns
        The names it may use; compared exactly.

    Returns
    -------
    Checked
        All faults in the order of the text; none where the expression may be used.
    """
    return _checked(sql, tuple(columns))


@lru_cache(maxsize=4096)
def _checked(sql: str, known: tuple[str, ...]) -> Checked:
    faults = _text_faults(sql)
    tokens: list[Token] = []
    if not faults:
        tokens, faults = _tokens(sql)
    if faults:
        return Checked(sql, frozenset(), tuple(faults))
    faults = _call_faults(tokens)
    tree, broken = _parsed(sql)
    if tree is None:
        return Checked(sql, frozenset(), tuple(_sorted(faults) or [broken]))
    used = frozenset(c.name for c in tree.find_all(exp.Column))
    within = _tree_faults(tree, sql, known)
    if faults:  # what the parser makes of a refused function tells nothing more, its columns do
        within = [f for f in within if f.choices == known and f.choices]
    faults += within
    if not faults and (unread := _engine_fault(sql, known)):
        faults = [unread]
    return Checked(sql, used, tuple(_sorted(faults)))


def columns_used(sql: str) -> frozenset[str]:
    """The columns that an expression uses.

    Raises
    ------
    ValueError
        Where it cannot be read as one expression.
    """
    tree, broken = _parsed(sql)
    if tree is None:
        raise ValueError(f"{quoted(sql)} {broken.rule}")
    return frozenset(c.name for c in tree.find_all(exp.Column))


def _sorted(faults: list[Fault]) -> list[Fault]:
    return sorted(dict.fromkeys(faults), key=lambda f: f.position)


def _text_faults(sql: str) -> list[Fault]:
    if not sql.strip():
        return [Fault("is empty: must be an SQL expression", 0)]
    if len(sql) > LONGEST:
        return [Fault(f"is longer than {LONGEST:,} characters", LONGEST)]
    odd = next((i for i, c in enumerate(sql) if not c.isprintable() and c not in "\n\t"), None)
    if odd is not None:
        return [Fault(f"holds a character that cannot be seen (U+{ord(sql[odd]):04X})", odd)]
    return []


def _tokens(sql: str) -> tuple[list[Token], list[Fault]]:
    try:
        tokens = sqlglot.tokenize(sql, read="duckdb")
    except SqlglotError:
        return [], [Fault("cannot be read: a quote or a bracket is not closed", len(sql) - 1)]
    if len(tokens) > MOST_TOKENS:
        return tokens, [Fault(f"is longer than {MOST_TOKENS:,} words", tokens[MOST_TOKENS].start)]
    faults, depth, end = [], 0, 0
    for token in tokens:
        if sql[end : token.start].strip():
            break
        end = token.end + 1
        if token.token_type is TokenType.SEMICOLON:
            rule = "ends a statement: only one expression may stand here"
            faults.append(Fault(rule, token.start, ";"))
        if not token.text.isascii() and token.token_type not in _QUOTED:
            rule = "is not written in plain letters: put a column in double quotes, text in single"
            faults.append(Fault(rule, token.start, token.text))
        depth += {TokenType.L_PAREN: 1, TokenType.R_PAREN: -1}.get(token.token_type, 0)
        if depth > DEEPEST:
            return tokens, [Fault(f"is nested more than {DEEPEST} brackets deep", token.start)]
    if rest := sql[end:].strip():
        if end < (tokens[-1].start if tokens else len(sql)) or rest.startswith(("--", "/*")):
            rule = "begins a comment: put it beside the expression, after '#'"
            faults.append(Fault(rule, sql.index(rest, end), rest[:2]))
    return tokens, faults


def _call_faults(tokens: list[Token]) -> list[Fault]:
    """Functions are judged by the name as it is written, before any parser gives it a meaning."""
    faults = []
    for token, following in zip(tokens, [*tokens[1:], None], strict=True):
        name = token.text.lower()
        if token.token_type in _QUERY_WORDS:
            return [*faults, Fault(_A_QUERY, token.start, token.text)]
        called = following is not None and following.token_type is TokenType.L_PAREN
        if not called or token.token_type in _OPENS or token.token_type is TokenType.STRING:
            continue
        if name[:1].isalpha() and name not in ALLOWED | _TYPE_NAMES:
            faults.append(_call_fault(name, token))
    return faults


def _call_fault(name: str, token: Token) -> Fault:
    if name in _CLOCK:
        return Fault(_THE_CLOCK, token.start, token.text)
    if name in _AGGREGATES:
        return Fault(_A_SUM, token.start, token.text)
    if name in _WINDOW_WORDS:
        return Fault(_A_WINDOW, token.start, token.text)
    near = tuple(get_close_matches(name, sorted(ALLOWED), n=4, cutoff=0.6))
    return Fault("is no function that may be called here", token.start, token.text, near)


def _parsed(sql: str) -> tuple[exp.Expression | None, Fault]:
    """The tree of one expression, or what keeps it from being one."""
    try:
        trees = sqlglot.parse(sql, read="duckdb")
    except RecursionError:
        return None, Fault("is nested too deeply", 0)
    except ParseError as error:
        return None, _unreadable(sql, error)
    except (SqlglotError, ValueError, TypeError, AttributeError, LookupError):
        # the parser stumbles over some malformed texts without an error of its own
        return None, Fault("cannot be read as an SQL expression", 0, sql)
    if len(trees) != 1 or trees[0] is None:
        return None, Fault("must be one SQL expression", 0, sql)
    return trees[0], Fault("", 0)


def _engine_fault(sql: str, columns: tuple[str, ...]) -> Fault | None:
    """What DuckDB cannot read, though a more forgiving parser can: it gets the text as it stands."""
    import duckdb  # takes long, and not every params file has an expression

    try:
        one = len(duckdb.extract_statements(f"SELECT (\n{sql}\n)")) == 1
    except duckdb.Error as error:
        near = _NEAR.search(str(error))
        at = sql.rfind(near.group(1)) if near else -1
        word = near.group(1) if at >= 0 else None
        return Fault(_A_WORD if word in columns else "cannot be read as SQL here", max(at, 0), word)
    return None if one else Fault("must be one SQL expression", 0, sql)


def _unreadable(sql: str, error: ParseError) -> Fault:
    where = error.errors[0] if error.errors else {}
    piece = where.get("highlight") or None
    line, last = where.get("line") or 1, where.get("col") or 0
    before = sum(len(text) + 1 for text in sql.split("\n")[: line - 1])
    at = max(0, min(len(sql) - 1, before + last - len(piece or "")))
    if piece and sql[at : at + len(piece)] != piece:
        at = max(sql.find(piece), 0)
    return Fault("cannot be read as SQL here", at, piece)


def _tree_faults(tree: exp.Expression, sql: str, known: tuple[str, ...]) -> list[Fault]:
    faults = []
    calls = frozenset().union(*map(nodes_of, ALLOWED.intersection(_WORDS.findall(sql.lower()))))
    stack = [(tree, 1)]
    while stack:
        node, depth = stack.pop()
        if depth > DEEPEST * 2:
            return [Fault("is nested too deeply: 'in (…)' is shorter than many 'or'", 0)]
        wrong = _node_fault(node, known, calls)
        if wrong is not None:
            rule, choices = wrong
            at, piece = _piece(node, sql)
            faults.append(Fault(rule, at, piece, choices))
        if wrong is None or isinstance(node, (exp.Anonymous, exp.AggFunc)):
            stack.extend((child, depth + 1) for child in node.iter_expressions())
    return faults


def _node_fault(
    node: exp.Expression, known: tuple[str, ...], calls: frozenset[type]
) -> tuple[str, tuple[str, ...]] | None:
    """The rule that a piece of the tree breaks, with the choices; None where it may stand."""
    if isinstance(node, exp.Column):
        return _column_fault(node, known)
    if isinstance(node, exp.DataType):
        allowed = node.this.name in _TYPES
        return None if allowed else ("holds no type that may be cast to", _TYPES_SHOWN)
    if isinstance(node, exp.Anonymous):
        allowed = node.name.lower() in ALLOWED
        return None if allowed else ("is no function that may be called here", ())
    if isinstance(node, exp.In) and not node.args.get("expressions") and not node.args.get("query"):
        return "needs brackets after 'in': in ('a', 'b')", ()
    if type(node) in _NODES:
        return None
    # what no name in the text stands for may be an operator that means the same; all names take long
    if not isinstance(node, exp.AggFunc) and (type(node) in calls or type(node) in all_nodes()):
        return None
    for kind, rule in _UNLIKE.items():
        if isinstance(node, kind):
            return rule, ()
    if type(node).__name__.lower().startswith(("current", "local", "rand")):
        return _THE_CLOCK, ()
    return "may not stand here: write columns, constants, operators and functions of one value", ()


def _column_fault(
    node: exp.Column, known: tuple[str, ...]
) -> tuple[str, tuple[str, ...]] | None:
    if node.args.get("table"):
        return "names a table: columns stand alone, those of other tables come by 'joins'", ()
    if isinstance(node.this, exp.Star):
        return _UNLIKE[exp.Star], ()
    if node.name in known:
        return None
    if node.name.lower() in known:
        return f"is no column of this table: it is written {quoted(node.name.lower())}", known
    return "is no column of this table", known


def _piece(node: exp.Expression, sql: str) -> tuple[int, str]:
    """Where a node stands and its text; operators have only the places of their pieces."""
    placed = [n.meta for n in node.walk() if "start" in n.meta]
    if placed:
        start = min(meta["start"] for meta in placed)
        return start, sql[start : max(meta["end"] for meta in placed) + 1]
    name = node.sql("duckdb")
    start = sql.lower().find(name.lower())
    return (start, sql[start : start + len(name)]) if start >= 0 else (0, sql)


def said(checked: Checked, fault: Fault) -> tuple[str, str]:
    """The wrong piece, and the rule it breaks with its place marked in the expression."""
    if fault.value is None or fault.value.strip() == checked.sql.strip():
        return checked.sql, fault.rule
    return fault.value, f"{fault.rule}, in {quoted(checked.marked(fault))}"
