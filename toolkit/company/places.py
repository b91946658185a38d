"""YAML read safely, every value with the line it stands on.

Only the parser of PyYAML is used, never its constructors. Scalars are read as YAML 1.2 reads them,
minus the surprises: only ``true`` and ``false`` are booleans (``no`` and ``on`` are text), ``007``
and ``+351`` are text, days are text (the models parse them). Keys are always text. Anchors and
aliases may be used; tags, merge keys (``<<``), second documents and duplicate keys are refused.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import yaml

from toolkit.problems import Problem, Refused, quoted

MOST_BYTES = 1_000_000
MOST_VALUES = 50_000
DEEPEST = 30

Path = tuple[str | int, ...]
Spot = tuple[int, int]

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml is ten times faster
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9]{0,17})")
_NUMBER = re.compile(r"-?(?:(?:0|[1-9][0-9]*)(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][-+]?[0-9]+)?")
_LONGEST_NUMBER = 40
_CONSTANTS = {
    "": None, "~": None, "null": None, "Null": None, "NULL": None,
    "true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False,
}  # fmt: skip
_UNWRITABLE = re.compile("[\x00\ud800-\udfff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ufffe\uffff]")
_PASSWORD = re.compile(
    r"(://[^:/@\s]*:)\S*(@)|([?&](?:password|passwd|pwd|token|secret)=)[^&]*"
)
_PLAIN_KEY = re.compile(r"[A-Za-z0-9_.-]{1,63}")
_TIPS = (
    ("mapping values are not", "a text with ': ' in it needs quotes; or the indentation is off"),
    ("expected key", "the indentation is off, or a text with special characters needs quotes"),
    ("expected <block end>", "the indentation is off, or a text needs quotes"),
    ("expected '-'", "the indentation is off, or a '-' is missing"),
    ("expected ',' or", "a bracket is never closed, or a comma is missing"),
    ("escape", "in double quotes a backslash begins an escape: use single quotes"),
)


@dataclass(frozen=True)
class Found:
    """Something wrong at a path of the file, before it is said with its place."""

    loc: Path
    rule: str
    value: object = None
    choices: tuple[str, ...] = ()
    spot: Spot | None = None


@dataclass(frozen=True)
class Places:
    """Where each value of a file stands.

    Attributes
    ----------
    file
        The file as it is named in messages.
    spots
        From a path of keys and positions to (line, column), both from 1. A part with keys of its
        own, or a list, stands where its key stands.
    """

    file: str
    spots: Mapping[Path, Spot]

    def spot(self, *loc: str | int) -> Spot:
        """Line and column of `loc`, or of the nearest part above it that is in the file."""
        while loc not in self.spots and loc:
            loc = loc[:-1]
        return self.spots.get(loc, (1, 1))

    def line(self, *loc: str | int) -> str:
        """``params/demo.yaml:12``."""
        return f"{self.file}:{self.spot(*loc)[0]}"

    def place(self, *loc: str | int) -> str:
        """``params/demo.yaml:12 tests.spring_mail.arm``."""
        return f"{self.line(*loc)} {dotted(loc)}".rstrip()

    def problems(self, found: list[Found]) -> tuple[Problem, ...]:
        """Everything found, in the order of the file."""
        placed = []
        for f in found:
            spot = f.spot or self.spot(*f.loc)
            place = f"{self.file}:{spot[0]} {dotted(f.loc)}".rstrip()
            problem = Problem(place, f.rule, value=without_password(f.value), choices=f.choices)
            placed.append((spot, problem))
        placed.sort(key=lambda p: p[0])
        return tuple(dict.fromkeys(problem for _, problem in placed))


@dataclass(frozen=True)
class Read:
    """What a YAML file says, where, and what is wrong with how it is written."""

    data: object
    places: Places
    found: tuple[Found, ...]


@dataclass
class _Node:
    value: object  # text, or pairs of key and node, or nodes
    kind: str  # plain, quoted, map, list, alias
    spot: Spot


def without_password(value: object) -> object:
    """`value`, the password of a database address in it replaced by stars."""
    return _PASSWORD.sub(r"\1\3***\2", value) if isinstance(value, str) else value


def dotted(loc: Path) -> str:
    """``tests.spring_mail.metrics[0].kpi``; keys that are no plain words are quoted."""
    said = ""
    for step in loc:
        if isinstance(step, int):
            said += f"[{step}]"
        else:
            said += ("." if said else "") + (step if _PLAIN_KEY.fullmatch(step) else quoted(step))
    return said


def read_yaml(raw: bytes, file: str) -> Read:
    """Read the bytes of a YAML file.

    Raises
    ------
    Refused
        Where no value can be made of it at all: too large, not UTF-8, not YAML, too deep.
    """
    text = _decoded(raw, file)
    reader = _Reader(file)
    try:
        root = reader.document(yaml.parse(text, Loader=_Loader))
    except yaml.YAMLError as error:
        raise Refused(_not_yaml(error, text, file, reader)) from None
    data, spots = reader.expanded(root)
    return Read(data, Places(file, dict(spots)), tuple(reader.found))


def scalar(text: str) -> str | int | float | bool | None:
    """What a plain (unquoted) YAML scalar means here."""
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if len(text) <= _LONGEST_NUMBER:
        if _INTEGER.fullmatch(text):
            return int(text)
        if not text.lstrip("-").isdigit() and _NUMBER.fullmatch(text):
            return float(text)
    return text


class _Reader:
    """Builds nodes from parser events, then plain values from nodes."""

    def __init__(self, file: str):
        self.file = file
        self.found: list[Found] = []
        self._anchors: dict[str, _Node | None] = {}
        self._values = 0

    def document(self, events: Iterator[yaml.Event]) -> _Node | None:
        root = None
        for event in events:
            if isinstance(event, yaml.DocumentStartEvent):
                if root is not None:
                    self._wrong(event, "a second document begins here: one file, one company")
                    break  # whatever follows belongs to it
                root = self._node(next(events), events, 0)
        return root

    def _wrong(self, event: yaml.Event, rule: str, value: object = None) -> None:
        self.found.append(Found((), rule, value, spot=_spot(event)))

    def _refuse(self, spot: Spot, rule: str) -> Refused:
        here = Problem(f"{self.file}:{spot[0]}", rule)
        return Refused([*Places(self.file, {}).problems(self.found), here])

    def _node(self, event: yaml.Event, events: Iterator[yaml.Event], depth: int) -> _Node:
        spot = _spot(event)
        if depth > DEEPEST:
            raise self._refuse(spot, f"is nested more than {DEEPEST} levels deep")
        if isinstance(event, yaml.AliasEvent):
            return self._alias(event)
        if event.tag is not None:
            self._wrong(event, "is a tag: tags are not read; write plain values", event.tag)
        if event.anchor:
            self._anchors[event.anchor] = None  # an alias inside its own node would have no end
        if isinstance(event, yaml.ScalarEvent):
            node = self._scalar(event)
        elif isinstance(event, yaml.SequenceStartEvent):
            items = []
            while not isinstance(inner := next(events), yaml.SequenceEndEvent):
                items.append(self._node(inner, events, depth + 1))
            node = _Node(items, "list", spot)
        else:
            node = _Node(self._pairs(events, depth), "map", spot)
        if event.anchor:
            self._anchors[event.anchor] = node
        return node

    def _alias(self, event: yaml.AliasEvent) -> _Node:
        node = self._anchors.get(event.anchor)
        if node is None:
            known = event.anchor in self._anchors
            rule = "refers to itself" if known else "refers to no '&' anchor above it"
            self._wrong(event, rule + "; a text that begins with '*' needs quotes", event.anchor)
            return _Node("", "plain", _spot(event))
        return node

    def _scalar(self, event: yaml.ScalarEvent) -> _Node:
        if _UNWRITABLE.search(event.value):
            rule = "holds a character that is no text (NUL or half of a pair)"
            self._wrong(event, rule, event.value)
            return _Node(_UNWRITABLE.sub("", event.value), "quoted", _spot(event))
        plain = not event.style and event.implicit[0]  # a tag makes it no plain value
        return _Node(event.value, "plain" if plain else "quoted", _spot(event))

    def _pairs(self, events: Iterator[yaml.Event], depth: int) -> list[tuple[str, Spot, _Node]]:
        pairs: dict[str, tuple[str, Spot, _Node]] = {}
        while not isinstance(event := next(events), yaml.MappingEndEvent):
            key = self._node(event, events, depth + 1)
            value = self._node(next(events), events, depth + 1)
            wrong = self._wrong_key(key, pairs)
            if wrong:
                shown = key.value if isinstance(key.value, str) and key.value else None
                self.found.append(Found((), wrong, shown, spot=_spot(event)))
            else:
                pairs[key.value] = (key.value, _spot(event), value)
        return list(pairs.values())

    def _wrong_key(self, key: _Node, pairs: dict[str, tuple[str, Spot, _Node]]) -> str | None:
        if not isinstance(key.value, str):
            return "a key must be text, not a list or a part with keys of its own"
        if not key.value or (key.kind == "plain" and scalar(key.value) is None):
            return "a key is missing before the ':'"
        if key.kind == "plain" and key.value == "<<":
            return (
                "is a merge key, which is not read: write the keys out, "
                "or use an alias for a whole value"
            )
        if key.value != key.value.strip():
            return "begins or ends with a space: a key must not"
        if key.value in pairs:
            return f"stands twice as a key, first in line {pairs[key.value][1][0]}: remove one"
        return None

    def expanded(self, root: _Node | None) -> tuple[object, dict[Path, Spot]]:
        """Plain values, aliases replaced by what they refer to; bounded, so that none explodes."""
        spots: dict[Path, Spot] = {}
        data = None if root is None else self._expand(root, (), root.spot, spots)
        return data, spots

    def _expand(self, node: _Node, loc: Path, spot: Spot, spots: dict[Path, Spot]) -> object:
        self._values += 1
        if self._values > MOST_VALUES:
            rule = f"the file holds more than {MOST_VALUES:,} values, counting each use of an alias"
            raise self._refuse(spot, rule)
        if len(loc) > DEEPEST:
            raise self._refuse(spot, f"is nested more than {DEEPEST} levels deep by its aliases")
        spots[loc] = spot
        if node.kind == "map":
            return {
                key: self._expand(n, (*loc, key), _stands(n, at), spots)
                for key, at, n in node.value
            }
        if node.kind == "list":
            return [self._expand(n, (*loc, i), n.spot, spots) for i, n in enumerate(node.value)]
        return scalar(node.value) if node.kind == "plain" else node.value


def _stands(node: _Node, key: Spot) -> Spot:
    return key if node.kind in ("map", "list") or node.value == "" else node.spot


def _spot(event: yaml.Event) -> Spot:
    return event.start_mark.line + 1, event.start_mark.column + 1


def _decoded(raw: bytes, file: str) -> str:
    if len(raw) > MOST_BYTES:
        rule = f"is larger than {MOST_BYTES:,} bytes: a params file holds definitions, not data"
        raise Refused(Problem(file, rule))
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        raise Refused(Problem(file, "is written in UTF-16: save it as UTF-8"))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        rule = f"is not UTF-8 (byte 0x{raw[error.start]:02x}): save the file as UTF-8"
        raise Refused(Problem(f"{file}:{line}", rule)) from None
    if bad := _CONTROL.search(text):
        place = f"{file}:{text.count(chr(10), 0, bad.start()) + 1}"
        code = f"U+{ord(bad.group()):04X}"
        raise Refused(Problem(place, f"holds a control character ({code}): remove it"))
    return text


def _not_yaml(error: yaml.YAMLError, text: str, file: str, reader: _Reader) -> list[Problem]:
    said = str(getattr(error, "problem", None) or "is not YAML")
    mark = getattr(error, "problem_mark", None)
    began = getattr(error, "context_mark", None)
    lines = text.split("\n")
    at = min(mark.line, len(lines) - 1) if mark else 0
    here = lines[at][mark.column : mark.column + 1] if mark else ""
    if "end of stream" in said and began is not None:
        at, rule = began.line, "a quote that opens here is never closed"
    elif "cannot start any token" in said:
        if here == "\t":
            rule = "a tab cannot indent a line: use spaces"
        else:
            rule = f"a text that begins with {quoted(here)} needs quotes"
    else:
        rule = f"cannot be read as YAML: {said}"
        tips = [tip for part, tip in _TIPS if part in said]
        rule += f" ({tips[0]})" if tips else ""
        if began is not None and began.line != at:
            rule += f"; what it belongs to begins in line {began.line + 1}"
    before = Places(file, {}).problems(reader.found)
    line = without_password(lines[at].strip()) or None
    return [*before, Problem(f"{file}:{at + 1}", rule, value=line)]
