from __future__ import annotations

import json

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.company.allowed_functions import FUNCTIONS
from toolkit.company.expressions import (
    LONGEST,
    SQL_WORDS,
    check_expression,
    columns_used,
    said,
)
from toolkit.problems import quoted

TYPES = {
    "delivered_at": "TIMESTAMP", "promised_at": "DATE", "amount": "DECIMAL(12, 2)",
    "status": "VARCHAR", "visits": "BIGINT", "score": "DOUBLE", "opened": "BOOLEAN",
}  # fmt: skip
COLUMNS = tuple(TYPES)


def faults(sql: str) -> list[str]:
    checked = check_expression(sql, COLUMNS)
    said_of = [said(checked, f) for f in checked.faults]
    return [f"{quoted(piece)} {rule}" for piece, rule in said_of]


@pytest.fixture(scope="module")
def table():
    con = duckdb.connect()
    con.execute(f"create table t ({', '.join(f'{c} {t}' for c, t in TYPES.items())})")
    con.execute(
        "insert into t values ('2026-01-05 10:00', '2026-01-04', 12.5, 'paid', 3, 1.5, true)"
    )
    yield con
    con.close()


ALLOWED = [
    "1", "amount", "amount * (1 - 0.2)", "delivered_at <= promised_at", "not opened", "-visits",
    "case when status = 'paid' then 1 else 0 end", "case visits when 1 then 'a' end",
    "status in ('paid', 'sent') and amount is not null", "status not in ('x')", "amount / visits",
    "visits // 2", "visits % 2 = 0", "score ^ 2", "status || '-' || visits", "amount between 1 and 2",
    "status like 'p%' escape '!'", "status ilike 'P%'", "status is distinct from 'x'",
    "delivered_at + interval '3' day", "delivered_at >= date '2026-01-01'", "amount::double > 3",
    "cast(amount as integer)", "try_cast(status as decimal(12, 2))", "delivered_at::date",
    '"amount" > 1', "status = 'it''s; -- no /* comment */'",
    "opened = true or status is null",
]  # fmt: skip

CALLS = {
    "case": "case when opened then 1 end", "coalesce": "coalesce(amount, 0)",
    "if": "if(opened, 1, 0)", "ifnull": "ifnull(amount, 0)", "nullif": "nullif(visits, 0)",
    "greatest": "greatest(visits, 1)", "least": "least(visits, 1)", "cast": "cast(visits as text)",
    "try_cast": "try_cast(status as date)", "log": "log(10, score)", "round": "round(score, 1)",
    "power": "power(score, 2)", "pow": "pow(score, 2)", "mod": "mod(visits, 2)",
    "atan2": "atan2(score, 1)", "pi": "pi()", "bit_count": "bit_count(visits)",
    "asin": "asin(score / 2)", "acos": "acos(score / 2)",
    "left": "left(status, 1)", "right": "right(status, 1)", "substr": "substr(status, 1, 2)",
    "substring": "substring(status from 1 for 2)", "trim": "trim(both 'p' from status)",
    "replace": "replace(status, 'p', 'q')", "concat": "concat(status, '-')",
    "contains": "contains(status, 'p')", "starts_with": "starts_with(status, 'p')",
    "ends_with": "ends_with(status, 'p')", "prefix": "prefix(status, 'p')",
    "suffix": "suffix(status, 'd')", "position": "position('a' in status)",
    "instr": "instr(status, 'a')", "strpos": "strpos(status, 'a')",
    "split_part": "split_part(status, 'a', 1)", "chr": "chr(65)",
    "regexp_matches": "regexp_matches(status, 'p.')",
    "regexp_full_match": "regexp_full_match(status, 'p.*')",
    "regexp_extract": "regexp_extract(status, 'p(.)', 1)",
    "regexp_replace": "regexp_replace(status, 'p', 'q')",
    "levenshtein": "levenshtein(status, 'paid')", "jaccard": "jaccard(status, 'paid')",
    "translate": "translate(status, 'p', 'q')",
    "date_diff": "date_diff('day', delivered_at, promised_at)",
    "datediff": "datediff('day', delivered_at, promised_at)",
    "date_sub": "date_sub('day', delivered_at, promised_at)",
    "datesub": "datesub('day', delivered_at, promised_at)",
    "date_add": "date_add(promised_at, interval 1 day)",
    "date_trunc": "date_trunc('month', delivered_at)",
    "datetrunc": "datetrunc('month', delivered_at)",
    "date_part": "date_part('year', delivered_at)", "datepart": "datepart('year', delivered_at)",
    "extract": "extract(year from delivered_at)", "strftime": "strftime(delivered_at, '%Y')",
    "strptime": "strptime('2026-01-01', '%Y-%m-%d')",
    "try_strptime": "try_strptime(status, '%Y-%m-%d')", "make_date": "make_date(2026, 1, 1)",
    "to_days": "to_days(1)", "to_hours": "to_hours(1)", "to_minutes": "to_minutes(1)",
    "to_seconds": "to_seconds(1)",
}  # fmt: skip
ARGUMENT = {"conditions": "score", "maths": "score", "text": "status", "dates": "delivered_at"}


@pytest.mark.parametrize("sql", ALLOWED)
def test_expressions_people_write_are_allowed_and_run(sql, table):
    assert faults(sql) == []
    table.execute(f"select {sql} from t").fetchall()


@pytest.mark.parametrize(
    ("name", "sql"),
    [
        (name, CALLS.get(name, f"{name}({ARGUMENT.get(group)})"))
        for group, names in FUNCTIONS.items()
        for name in names.split()
    ],
)
def test_every_function_on_the_list_exists_and_gives_one_value_a_row(name, sql, table):
    assert name in sql
    assert faults(sql) == []
    assert len(table.execute(f"select {sql} from t").fetchall()) == 1


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        ("ammount > 1", "'ammount' is no column of this table, in '»ammount« > 1'"),
        ("Amount", "is no column of this table: it is written 'amount'"),
        ("sum(amount)", "'sum' is an aggregate: the toolkit sums by itself"),
        ("count(*)", "'count' is an aggregate"),
        ("median(amount)", "is an aggregate"),
        ("row_number() over (order by amount)", "'over' belongs to an aggregate or a window"),
        ("amount; drop table t", "';' ends a statement: only one expression may stand here"),
        ("amount;", "';' ends a statement"),
        ("amount -- all", "'--' begins a comment: put it beside the expression"),
        ("amount /* all */", "'/*' begins a comment"),
        ("/* all */ amount", "'/*' begins a comment"),
        ("(select 1)", "'select' is a query"),
        ("amount in (select 1)", "'select' is a query"),
        ("exists(from t)", "'exists' is no function that may be called here"),
        ("from t", "is a query"),
        ("amount union all select 1", "'union' is a query"),
        ("t.amount", "names a table: columns stand alone"),
        ("main.t.amount > 1", "'main.t.amount' names a table"),
        ("read_csv('/etc/passwd')", "'read_csv' is no function that may be called here"),
        ("read_text('x')", "'read_text' is no function"),
        ("getenv('HOME')", "'getenv' is no function"),
        ('"read_csv"(amount)', "'read_csv' is no function"),
        ("main.read_csv('x')", "'read_csv' is no function"),
        ("amount.upper()", "may not stand here"),
        ("current_setting('x')", "is no function"),
        ("nextval('s')", "is no function"),
        ("query('select 1')", "is no function"),
        ("pragma version", "may not stand here"),
        ("attach 'x.db'", "may not stand here"),
        ("copy t to 'x'", "may not stand here"),
        ("install httpfs", "may not stand here"),
        ("delivered_at at time zone 'UTC'", "may not stand here"),
        ("sum(amont)", "'amont' is no column of this table"),
        ("now()", "depends on the clock, on chance or on who asks"),
        ("delivered_at < current_date", "'current_date' depends on the clock"),
        ("current_user", "depends on the clock, on chance or on who asks"),
        ("random()", "'random' depends on the clock"),
        ("*", "stands for all columns: name one"),
        ("columns('a')", "'columns' is no function"),
        ("unnest(status)", "'unnest' is no function"),
        ("list_transform([1], x -> x)", "'list_transform' is no function"),
        ("[1, 2]", "may not stand here"),
        ("{'a': 1}", "may not stand here"),
        ("status[1]", "may not stand here"),
        ("$1", "is a parameter of a query"),
        ("amount = ?", "is a parameter of a query"),
        ("amount as x", "an operator is missing here"),
        ("amount status", "an operator is missing here"),
        ("amount, status", "',' cannot be read as SQL here, in 'amount»,« status'"),
        ("amount >", "cannot be read as SQL"),
        ("case when opened 2 end", "'2' cannot be read as SQL here, in 'case when opened »2« end'"),
        ("status = 'x", "a quote or a bracket is not closed"),
        ("$$x$$", "may not stand here"),
        ("e'x'", "may not stand here"),
        ("cast(amount as json)", "holds no type that may be cast to"),
        ("cast(amount as integer[])", "holds no type that may be cast to"),
        ("status in visits", "needs brackets after 'in'"),
        ("", "is empty"),
        ("amount\x00", "a character that cannot be seen (U+0000)"),
        ("amount\u202e", "a character that cannot be seen (U+202E)"),
        ("émount", "is not written in plain letters"),
        ("(" * 100 + "amount" + ")" * 100, "nested more than 60 brackets deep"),
        ("not " * 900 + "opened", "nested too deeply"),
        ("amount" + "+1" * 300, "nested too deeply"),
        ("1" * (LONGEST + 1), "is longer than 4,000 characters"),
        ("1+" * 1000 + "1", "is longer than 1,500 words"),
        ("repeat(status, 1000000000)", "'repeat' is no function"),
    ],
)
def test_everything_else_is_refused_with_its_place(sql, expected):
    assert expected in "\n".join(faults(sql))


def test_all_faults_of_an_expression_are_told_with_their_positions():
    checked = check_expression("amont * 2 + getenv(stats)", COLUMNS)
    assert [(f.value, f.position) for f in checked.faults] == [
        ("amont", 0), ("getenv", 12), ("stats", 19),
    ]  # fmt: skip
    assert checked.faults[2].choices == COLUMNS


def test_a_function_with_a_typing_error_is_told_the_nearest():
    (fault,) = check_expression("coalesc(amount, 0)", COLUMNS).faults
    assert fault.choices[0] == "coalesce"


def test_a_long_expression_is_shortened_around_the_mark():
    sql = "amount > 1 and " * 20 + "nope = 1" + " and amount > 1" * 20
    (text,) = faults(sql)
    assert "»nope«" in text and len(text) < 170


def test_columns_used():
    assert check_expression("amount > 1 and upper(status) = 'AMOUNT'", COLUMNS).columns == {
        "amount", "status",
    }  # fmt: skip
    assert columns_used("case when opened then visits else 1 end") == {"opened", "visits"}
    with pytest.raises(ValueError, match="cannot be read as SQL"):
        columns_used("a,")


def test_the_words_of_sql_are_those_of_the_engine(table):
    reserved = table.execute(
        "select keyword_name from duckdb_keywords() where keyword_category = 'reserved'"
    ).fetchall()
    assert {word for (word,) in reserved} <= SQL_WORDS


PIECES = st.sampled_from([
    "amount", "status", "nope", "1", "'x'", "(", ")", ",", "+", "-", "*", "/", "=", "<", "and", "or",
    "not", "in", "is", "null", "case", "when", "then", "else", "end", "select", "from", "sum(",
    "read_csv(", "coalesce(", "cast(", "as", "int", "::", "[", "]", "{", "}", ";", "--", "/*", "*/",
    "$1", "?", ".", "'", '"', "over", "interval", "day", "date", "between", "like", "->", ":=",
    "values", "with", "\\", "e'", "$$", "\n", "é", "@", "#", "limit", "group", "by", "distinct",
])  # fmt: skip
LEAVES = st.sampled_from([
    "amount", "visits", "status", "opened", "1", "0.5", "'x'", "null", "true", '"score"', "'--;'",
    "date '2026-01-01'", "interval '1' day", "now()", "*", "t.amount", "current_date", "?", "[1]",
])  # fmt: skip
SHAPES = st.sampled_from([
    "({} + {})", "{} and {}", "coalesce({}, {})", "case when {} then {} end", "{} in ({}, 1)",
    "{} || {}", "{} between 0 and {}", "greatest({}, {})", "{}::date > {}", "not {} = {}",
    "{} like {}", "sum({}) / {}", "{} in (select {})", "{} {}", "left({}, {})", "{} // {}",
    "date_diff('day', {}, {})", "list_value({}, {})", "{} is distinct from {}", "@{} > {}",
    "{} -> {}", "{} ~ {}", "{} in {}", "regexp_matches({}, {})", "{} ^ {}", "{}[{}]", "{} ** {}",
])  # fmt: skip
TREES = st.recursive(
    LEAVES,
    lambda inner: st.tuples(SHAPES, inner, inner).map(lambda t: t[0].format(t[1], t[2])),
    max_leaves=5,
)
OPERATORS = frozenset(
    "+ - * / // % || ^ ** ~~ !~~ ~~* !~~* ~~~ @ ~ !~ like_escape not_like_escape ilike_escape "
    "regexp_full_match date_part list_contains contains concat".split()
)
ALLOWED_NAMES = frozenset(" ".join(FUNCTIONS.values()).split()) | OPERATORS
CLASSES = {
    "COLUMN_REF", "CONSTANT", "FUNCTION", "OPERATOR", "CAST", "CASE", "COMPARISON", "CONJUNCTION",
    "BETWEEN",
}  # fmt: skip


def _expressions(node):
    if isinstance(node, dict):
        if "class" in node:
            yield node
        for value in node.values():
            yield from _expressions(value)
    elif isinstance(node, list):
        for value in node:
            yield from _expressions(value)


@settings(max_examples=600, deadline=None, derandomize=True)
@given(st.lists(PIECES, max_size=14).map(" ".join) | st.text(max_size=30) | TREES)
def test_what_is_allowed_means_the_same_to_the_engines_own_parser(table, sql):
    """The engine's parser is an independent judge of what an allowed text would do there."""
    checked = check_expression(sql, COLUMNS)
    for fault in checked.faults:
        assert 0 <= fault.position <= len(sql)
        assert said(checked, fault)[1]
    if checked.faults:
        return
    (text,) = table.execute("select json_serialize_sql(?)", [f"select ({sql})"]).fetchone()
    read = json.loads(text)
    assert not read["error"], "what the engine cannot read is refused before it gets there"
    (statement,) = read["statements"]
    assert statement["node"]["type"] == "SELECT_NODE"
    assert statement["node"]["from_table"]["type"] == "EMPTY"
    assert len(statement["node"]["select_list"]) == 1
    for node in _expressions(statement["node"]["select_list"]):
        assert node["class"] in CLASSES
        if node["class"] == "COLUMN_REF":
            assert len(node["column_names"]) == 1
            assert node["column_names"][0] in checked.columns <= set(COLUMNS)
        if node["class"] == "FUNCTION":
            assert node["function_name"].lower() in ALLOWED_NAMES
            assert not node["schema"] and not node["catalog"]


@pytest.mark.parametrize("sql", ["order > 3", "amount + order"])
def test_a_column_called_by_a_word_of_sql_is_asked_for_in_quotes(sql):
    (fault,) = check_expression(sql, ["order", "amount"]).faults
    assert "a column of that name stands in double quotes" in fault.rule and fault.value == "order"
    assert not check_expression(sql.replace("order", '"order"'), ["order", "amount"]).faults
