"""Does anything that is about to be published name a person? Then nothing is published.

Every file of a staged pack is read as a reader, or a program, would read it: text and attributes of
pages, what scripts are given as data, packed or not, pictures, tables, notebooks, the manifest.
Looked for are addresses of e-mail, numbers of phones, accounts, cards and persons, and the values of
columns that identify a person directly. Values are looked for in the engine that holds them: the
words of the pack go there, and only counts come back.
"""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import compress, count
from pathlib import Path
from urllib.parse import unquote

import ibis

from toolkit.company.models import Company
from toolkit.data.source import Source
from toolkit.personal import holds_identifiers
from toolkit.problems import Problem, Refused
from toolkit.quality.uses import uses_of

READ = frozenset({".html", ".ipynb", ".json", ".csv", ".svg", ".txt", ".xml", ".md"})
_SHORTEST = 5
_SCRIPT = re.compile(r"<script\b([^>]*)>(.*?)</script\s*>", re.IGNORECASE | re.DOTALL)
_PACKED = re.compile(r"\bid=[\"']?data-")
_STYLE = re.compile(r"<style\b.*?</style\s*>", re.IGNORECASE | re.DOTALL)
_DATA = re.compile(r"data:([a-z]+/[a-z0-9.+-]+)[^,\"'\s]*,([^\"'\s)<>]*)", re.IGNORECASE)
_DRAWING = re.compile(r"\s(?:d|points|transform|viewBox|style)=\\?\"[^\"]*\"")
_ESCAPED = re.compile(r"\\u([0-9a-fA-F]{4})")
_TAG = re.compile(r"<[^>]*>")
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Column:
    """A column whose values identify a person directly."""

    table: str
    name: str


class Named(Refused):
    """What was to be published names a person."""


def direct_identifiers(company: Company) -> tuple[Column, ...]:
    """Columns that identify a person and that nothing in the params file needs.

    A number that rows are counted or joined by stands for a person only within the company; names,
    addresses and the like are for reaching one.
    """
    needed = {pair for use in uses_of(company) for pair in use.columns}
    for name, table in company.tables.items():
        needed |= {(name, c) for c in table.key}
        needed |= {(name, join.on) for join in table.joins.values()}
    keys = {c for t in company.tables.values() for c in t.key}
    return tuple(
        Column(name, c)
        for name, table in company.tables.items() for c, rules in table.columns.items()
        if rules.identifier and (name, c) not in needed and c not in keys
    )  # fmt: skip


def gate(stage: Path, company: Company, source: Source) -> None:
    """Let a staged pack through, or refuse it.

    Raises
    ------
    Named
        With every file that names a person and the kind of what it holds; never the value.
    """
    texts = {path: _text(path) for path in sorted(stage.rglob("*")) if path.is_file() and path.suffix in READ}
    problems = []
    for path, text in texts.items():
        place = str(path.relative_to(stage))
        problems += [Problem(place, rule) for rule in _by_pattern(text)]
        # a name that tells may stand in the file's own name
        problems += [Problem("a file's name", rule) for rule in _by_pattern(path.stem)]
    words = {path: _words(text) for path, text in texts.items()}
    own = " " + " ".join(_words(company.model_dump_json())) + " "
    for column in direct_identifiers(company):
        rule = f"holds values of '{column.table}.{column.name}', which identifies a person: nothing is published"
        problems += [Problem(str(path.relative_to(stage)), rule) for path in _of_column(words, own, column, source)]
    if problems:
        raise Named(dict.fromkeys(problems))


def safely_said(lines: Iterable[str], company: Company, source: Source) -> tuple[str, ...]:
    """Messages of notebooks as they may be printed: one that names a person says only that it does."""
    lines = tuple(lines)
    words = {Path(str(i)): _words(line) for i, line in enumerate(lines)}
    own = " " + " ".join(_words(company.model_dump_json())) + " "
    named = {int(str(path)) for column in direct_identifiers(company) for path in _of_column(words, own, column, source)}
    named |= {i for i, line in enumerate(lines) if holds_identifiers(line)}
    return tuple(dict.fromkeys(_NAMES if i in named else line for i, line in enumerate(lines)))


_NAMES = "a page's question is refused; why is not printed, for it names a person"


def _by_pattern(text: str) -> Iterator[str]:
    for kind in holds_identifiers(text):
        article = "an" if kind.startswith("e") else "a"
        yield f"holds {article} {kind}: nothing is published"


def _text(path: Path) -> str:
    """A file as it can be read, programs and drawings of ours left out."""
    raw = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".html":
        raw = _STYLE.sub(" ", _SCRIPT.sub(_given, raw))
    raw = _DATA.sub(_picture, raw)
    raw = _DRAWING.sub(" ", raw)
    raw = _ESCAPED.sub(lambda m: chr(int(m.group(1), 16)), raw)
    return html.unescape(raw)


def _given(match: re.Match) -> str:
    """What a script is given as data, unpacked where it is packed; nothing of a program."""
    about, held = match.groups()
    if _PACKED.search(about):
        try:
            return f" {gzip.decompress(base64.b64decode(held.strip())).decode('utf-8', 'replace')} "
        except (binascii.Error, ValueError, OSError, EOFError):
            return f" {held} "
    return f" {held} " if "json" in about.lower() else " "


def _picture(match: re.Match) -> str:
    """What a picture within a page says: its text where it is drawn in words, else nothing."""
    kind, held = match.groups()
    if "svg" not in kind and not kind.startswith("text/"):
        return " "
    if ";base64" in match.group(0)[: match.group(0).index(",")]:
        try:
            held = base64.b64decode(held + "=" * (-len(held) % 4)).decode("utf-8", "replace")
        except (binascii.Error, ValueError):
            return " "
    return " " + _DRAWING.sub(" ", unquote(held)) + " "


def _words(text: str) -> list[str]:
    """The words as they are read on, then those within tags: an attribute is read as well."""
    text = text.casefold()
    return [*_WORD.findall(_TAG.sub(" ", text)), "", *(w for tag in _TAG.findall(text) for w in (*_WORD.findall(tag), ""))]


_BETWEEN_WORDS = {"postgres": "[^[:alnum:]]+"}
"""What stands between words, for engines whose expressions do not know classes of Unicode."""


def _of_column(words: dict[Path, list[str]], own: str, column: Column, source: Source) -> list[Path]:
    """The files in which a value of the column stands, which is not among the params file's own words.

    First which words of the pack begin a value, then which runs of words are one.
    """
    table = source.table(column.table)
    between = _BETWEEN_WORDS.get(table.get_backend().name, r"[^\p{L}\p{N}]+")
    value = table[column.name].cast("string").lower().re_replace(between, " ").strip()
    values = table.select(value=value).filter(ibis._.value.notnull() & (ibis._.value != ""))
    values = values.mutate(first=values.value.split(" ")[0], size=values.value.split(" ").length())
    begins = ibis.memtable({"word": sorted({w for of_file in words.values() for w in of_file})}, schema={"word": "string"})
    met = values.semi_join(begins, values.first == begins.word).cache()  # few of millions, and asked twice
    sizes: dict[str, list[int]] = {}
    for row in met.group_by(["first", "size"]).agg(n=ibis._.count()).to_pyarrow().to_pylist():
        sizes.setdefault(row["first"], []).append(int(row["size"]))
    runs = []
    for i, of_file in enumerate(words.values()):
        begin = compress(count(), map(sizes.__contains__, of_file))
        found = {run for at in begin for n in sizes[of_file[at]] if (run := _run(of_file, at, n))}
        runs += [(i, run) for run in found if f" {run} " not in own]
    if not runs:
        return []
    given = ibis.memtable({"file": [i for i, _ in runs], "run": [run for _, run in runs]}, schema={"file": "int64", "run": "string"})
    found = given.semi_join(met, given.run == met.value)
    hit = {r["file"] for r in found.group_by("file").agg(n=found.count()).to_pyarrow().to_pylist()}
    return [path for i, path in enumerate(words) if i in hit]


def _run(words: list[str], at: int, n: int) -> str | None:
    """`n` words that may be a value: several, or one with a figure in it; any other word is a word."""
    run = words[at : at + n]
    if len(run) < n or (n == 1 and not (len(run[0]) >= _SHORTEST and any(c.isdigit() for c in run[0]))):
        return None
    return " ".join(run)
