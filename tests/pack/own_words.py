"""What on a page may stay as it is in every language: the company's own words, identifiers, SQL, and names."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import duckdb

from toolkit.company.load import load_company
from toolkit.language.catalogues import LANGUAGES
from toolkit.language.extract import messages
from toolkit.pack import manifest

NAMES = frozenset(
    # methods named after people
    "Benjamini-Hochberg Boschloo DerSimonian-Laird Fader Fisher Games-Howell Gamma-Gamma Garwood Goodman Greenwood Hamed "
    "Hardie Holm Kaplan-Meier Koopman Langel Lee Lipke Mann-Kendall Mogstad Newcombe Newey-West Prais-Winsten Rao Romano "
    "Sen Shaikh Siegmund Storey Taylor Tillé Tukey-Kramer Wald Welch Wilhelm Woodruff Yates "
    # abbreviations, programs, and how a method writes itself
    "AR BG/NBD CPI CR2 CRM CSV Erlang GLS HTMT IRR LMG MIRR NPV REML ROI SMAA SPI SQL Stata XmR alpha beta log log-rank "
    "raking sha256 A/B et al. n rfm".split()
)
"""Latin words that translations write on purpose."""

_SOME = re.compile(r"[A-Za-z]{2,}")
_ID = re.compile(r"[a-z][a-z0-9_]*")
_MARKED = re.compile(r"sha256:? ?[0-9a-f]{64}|\b[0-9a-f]{12}\b|`[^`]+`|'[a-z_.]+'|\"[a-z_.]+\"")
_SQL = re.compile(r"\b(?:where|and|or|not|is|null|case|when|then|else|end|in|as|sum|epoch|r|f|m)\b")
_RULE = re.compile(r"[<>=*]|\bis not null\b")
_QUOTED = re.compile(r"'([^']+)'")
_MOST = 2000
"""A column with more texts than this holds no labels."""


class OwnWords:
    """The words of one company: everything its params say, and what its tables hold.

    Identifiers (tables, columns, names in the params) that are English words this package says too,
    such as ``customers``, are its own only where something shows them to be one: beside what they
    name, in a list of tables, or in SQL.
    """

    def __init__(self, params: Path) -> None:
        file = load_company(params)
        ours = {w.lower() for m in messages()[0].values() for w in (m.one, m.many or "")}
        form = set(_fields(type(file.company).model_json_schema()))
        held = set(_texts(file.company.model_dump(mode="json"), form))
        columns, values = _held_by(params.parent / file.company.folder)
        values |= {said for text in held for said in _QUOTED.findall(text)}
        named = {v for v in held | columns if _ID.fullmatch(v)}
        both = {n for n in named if n in ours}
        own = (held | columns) - both | values
        own |= {w.replace("_", " ") for w in own} | {w.rpartition("/")[2] for w in own if "/" in w}
        own = {w for w in own if _SOME.search(w)}
        own |= {w[0].upper() + w[1:] for w in own}
        listed = _any_of(own | NAMES | set(LANGUAGES.values()) | set(manifest.versions()))
        some, table, value = _any_of(named | both), _any_of(set(file.company.tables)), _any_of(values)
        self._places = [
            re.compile(rf"(?:^|· ){table}(?:, {table})*$"),  # the tables a figure comes from
            re.compile(rf"{some}(?:\.{some})+"),
            re.compile(rf"(?:^|(?<=[א-ת,·] )){_either_case(named | both)}(?=(?:=|: | ){value}(?!\w| ?[a-z]))"),  # a column and its value
        ]
        self._named = [
            re.compile(rf"(טבלה|סכום של|לפי|בכל|התמהיל של|כמשרת|פלחים:|מגיבים:|לאן:) {some}(?!\w)"),  # Hebrew says what it is
            re.compile(rf"(?<!\w){some}(?= [\d−])"),  # and its number
            re.compile(rf"(?:(?<=, )|(?<=: )){some}(?=[,.:]|$)"),  # in a list of columns
            re.compile(rf"(?:^|(?<=[א-ת] )){some}(?=: |$)"),
        ]
        self._own = own
        self._words = re.compile(rf"(?<!\w){some}(?!\w)")
        self._listed = re.compile(rf"(?<![\w.]){listed}(?!\w)")

    def left(self, text: str) -> str:
        """What is neither the company's own nor a name, in one line; empty where nothing is."""
        *cut, last = text.split("…")
        text = " ".join([*(self._uncut(part.rstrip()) for part in cut), last])
        rule = bool(_RULE.search(text))
        for own in (_MARKED, *self._places, self._listed, *self._named):
            text = own.sub(" ", text)
        if rule:
            text = self._words.sub(" ", _SQL.sub(" ", text))
        return " ".join(_SOME.findall(text))

    def _uncut(self, text: str) -> str:
        """A shortened line without the beginning of a name at its end."""
        for start in (m.start() for m in re.finditer(r"(?<!\S)\S", text)):
            if any(w.startswith(text[start:]) for w in self._own):
                return text[:start]
        return text.rpartition(" ")[0]


def _any_of(words: set[str]) -> str:
    return "(?:" + "|".join(re.escape(w) for w in sorted(words, key=lambda w: (-len(w), w))) + ")"


def _either_case(words: set[str]) -> str:
    return _any_of(words | {w.capitalize().replace("_", " ") for w in words})


def _texts(value: object, form: set[str]) -> Iterator[str]:
    """What somebody wrote: texts, and the keys of what they named themselves."""
    if isinstance(value, dict):
        if not set(value) <= form:
            yield from map(str, value)
        for inner in value.values():
            yield from _texts(inner, form)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner, form)
    elif isinstance(value, str):
        yield value


def _fields(schema: object) -> Iterator[str]:
    """What the params file itself calls its parts: names of ours."""
    if isinstance(schema, dict):
        yield from schema.get("properties", {})
        for inner in schema.values():
            yield from _fields(inner)
    elif isinstance(schema, list):
        for inner in schema:
            yield from _fields(inner)


def _held_by(folder: Path) -> tuple[set[str], set[str]]:
    """The columns of the tables in `folder`, and the texts of those that hold labels."""
    columns: set[str] = set()
    values: set[str] = set()
    for path in sorted(folder.glob("*.parquet")):
        table = duckdb.sql(f"SELECT * FROM '{path}'")
        columns |= set(table.columns)
        for column in (c for c, kind in zip(table.columns, table.types, strict=True) if str(kind) == "VARCHAR"):
            found = duckdb.sql(f"SELECT DISTINCT \"{column}\" FROM '{path}' LIMIT {_MOST + 1}").fetchall()
            if len(found) <= _MOST:
                values |= {text for (text,) in found if text and _SOME.search(text)}
    return columns, values
