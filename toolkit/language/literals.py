"""The templates that the code writes, found by reading it.

Words of our own that travel as text (reasons, names of methods) are found by the name they are put
under; where such a text has something put in, what is found is a pattern with numbered places.

A template has to be a literal that can be seen where the sentence is made: text, a choice between
texts, an element of a table of texts, a name that only ever holds one of these. Anything else is
reported, because it could not be translated.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

_SENTENCE, _TERM, _TERMS = "Sentence", "term", "terms"
_WHOLE = frozenset({"reason", "why", "why_not", "what", "edge"})
_RULE = re.compile(r"(?:\{1\} )?must (?!.*\n).*")
_ANALYSES = frozenset(
    {"experiments", "plan_changes", "trends", "benchmarks", "customers", "service", "money", "quality", "scorecard", "pack"}
)
_LISTED = frozenset({"method", "null", "n_unit"})
_REASONED = re.compile(r"CannotBe\w+|undefined\w*|_inapplicable|unknown|SegmentTest|GroupEffect|AdjustedArms|Outcome")
"""Calls that take a reason in words, wherever among their arguments."""
_PROSE = re.compile(r"(?!.*(?:[<>=\n]|\b(?:SELECT|CASE|FROM)\b))[a-z{'][^ ]* .*")
"""Words for readers, not a name, a key or SQL."""


@dataclass(frozen=True)
class Message:
    """A key of the catalogues, with the form for more than one where it is counted."""

    one: str
    many: str | None = None


@dataclass(frozen=True)
class Unseen:
    """A sentence whose template no reader of the code can see."""

    path: Path
    line: int
    code: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}"


class Module:
    """One file of code, with the texts its names may hold."""

    def __init__(self, path: Path, root: Path) -> None:
        self.path = path
        self.root = root
        self.tree = ast.parse(path.read_text(encoding="utf-8"))
        folder = path.relative_to(root).parts[1:2]
        self._calculates = folder == ("stats",)
        self._contracts = folder == ("data",) and path.stem in ("rules", "contract")
        self._analyses = folder and folder[0] in _ANALYSES
        self._parents = {child: node for node in ast.walk(self.tree) for child in ast.iter_child_nodes(node)}

    def messages(self) -> Iterator[Message | Unseen]:
        """Every message, and every sentence that cannot be seen."""
        for node in ast.walk(self.tree):
            if self._contracts and isinstance(node, ast.Constant | ast.JoinedStr):
                yield from self._of_rule(node)
            if isinstance(node, ast.Call):
                yield from self._of_call(node)
            elif isinstance(node, ast.Assign | ast.AnnAssign):
                yield from self._of_constant(node)
            elif isinstance(node, ast.Dict):
                yield from self._of_named(node)
            elif isinstance(node, ast.Return) and (self._calculates or self._says_why(node)):
                yield from self._of_prose(_returned(node.value))

    def _of_call(self, call: ast.Call) -> Iterator[Message | Unseen]:
        called = _last_name(call.func)
        if called == _SENTENCE:
            yield from self._of_sentence(call)
        elif called in (_TERM, _TERMS) and call.args:
            texts = self.texts(call.args[0]) or ()
            yield from (Message(t) for text in texts for t in (text.split(", ") if called == _TERMS else [text]))
        elif _REASONED.fullmatch(called) or ast.unparse(call.func) == "reasons.append":
            yield from self._of_prose(call.args[1:] if called == "_inapplicable" else call.args)
        for keyword in call.keywords:
            if keyword.arg in _WHOLE | _LISTED:
                yield from self._of_words(keyword.value, keyword.arg in _LISTED)

    def _of_rule(self, node: ast.expr) -> Iterator[Message]:
        """What a table's contract asks of values: the whole, and without how to declare it otherwise."""
        if isinstance(self._parents.get(node), ast.JoinedStr):
            return
        for text in self._own_words(node):
            if _RULE.fullmatch(text):
                yield from (Message(t) for t in dict.fromkeys((text, _short(text))))

    def _says_why(self, node: ast.Return) -> bool:
        """Whether it ends an analysis's function that gives a reason, or none."""
        scope = self._scope(node)
        return self._analyses and isinstance(scope, ast.FunctionDef) and scope.returns is not None and (
            "str |" in (said := ast.unparse(scope.returns)) or "| str" in said)

    def _of_prose(self, values: Iterable[ast.expr]) -> Iterator[Message]:
        """Reasons among what a calculation is given or gives back."""
        for value in values:
            yield from (Message(text) for text in self._own_words(value) if _PROSE.fullmatch(text))

    def _of_named(self, words: ast.Dict) -> Iterator[Message]:
        """Words handed on by name: ``{"null": "difference = 0", "method": method}``."""
        for key, value in zip(words.keys, words.values, strict=True):
            if isinstance(key, ast.Constant) and key.value in _WHOLE | _LISTED:
                yield from self._of_words(value, key.value in _LISTED)

    def _of_sentence(self, call: ast.Call) -> Iterator[Message | Unseen]:
        given = {k.arg: k.value for k in call.keywords}
        template = call.args[0] if call.args else given.get("template")
        many = call.args[2] if len(call.args) > 2 else given.get("plural")
        ones = self.texts(template) if template is not None else None
        manys = self.texts(many) if many is not None else [None]
        if ones is None or manys is None or (many is not None and len(ones) != len(manys)):
            yield Unseen(self.path.relative_to(self.root), call.lineno, ast.unparse(call)[:120])
            return
        for i, one in enumerate(ones):
            yield Message(one, manys[i] if many is not None else None)

    def _of_words(self, value: ast.expr, listed: bool) -> Iterator[Message]:
        for text in self._own_words(value):
            whole = not listed or "{1}" in text or "; " in text
            parts = [text] if whole else text.split(", ")
            yield from (Message(part) for part in parts if part)

    def _own_words(self, node: ast.expr) -> list[str]:
        """Texts, and patterns of texts, that `node` may be, as far as they can be seen."""
        if isinstance(node, ast.JoinedStr):
            return [_pattern(node)]
        if isinstance(node, ast.IfExp):
            return self._own_words(node.body) + self._own_words(node.orelse)
        if isinstance(node, ast.BoolOp):
            return [text for part in node.values for text in self._own_words(part)]
        if isinstance(node, ast.Dict):
            return [text for part in node.values for text in self._own_words(part)]
        return self.texts(node) or []

    def _of_constant(self, node: ast.Assign | ast.AnnAssign) -> Iterator[Message]:
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        for target in targets:
            if isinstance(target, ast.Subscript) and _last_name(target.value) == "reasons":
                yield from self._of_prose([node.value])
            name = target.id.strip("_").lower() if isinstance(target, ast.Name) else ""
            last = name if name in _LISTED else name.rpartition("_")[2]
            if last in _WHOLE | _LISTED and node.value is not None:
                yield from self._of_words(node.value, last in _LISTED)

    def texts(self, node: ast.expr) -> list[str] | None:
        """What `node` may be, where it can only be one of some literals; else None."""
        if isinstance(node, ast.Constant):
            return [node.value] if isinstance(node.value, str) else None
        if isinstance(node, ast.IfExp):
            return _all(self.texts(part) for part in (node.body, node.orelse))
        if isinstance(node, ast.Name):
            return self._of_name(node)
        if isinstance(node, ast.Subscript):
            return self._in_table(node.value)
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "get":
            return _all([self._in_table(node.func.value), *(self.texts(a) for a in node.args[1:] if not _is_none(a))])
        return None

    def _in_table(self, node: ast.expr) -> list[str] | None:
        """The texts of a table: a dict or a tuple of literals, in place or under a name."""
        if isinstance(node, ast.Dict):
            return _all(self.texts(v) for v in node.values)
        if isinstance(node, ast.Tuple | ast.List):
            return _all(self.texts(v) for v in node.elts)
        if isinstance(node, ast.Name):
            return _all(owner._in_table(value) for owner, value in self._held(node))
        return None

    def _of_name(self, node: ast.Name) -> list[str] | None:
        looped = self._loop_over(node)
        if looped is not None:
            owner, target, over = looped
            place = _place_in(target, node.id)
            rows = owner._rows(over)
            if place is None or rows is None:
                return None
            return _all(owner.texts(row) if place == () else owner._part(row, place) for row in rows)
        return _all(owner.texts(value) for owner, value in self._held(node))

    def _part(self, row: ast.expr, place: tuple[int, ...]) -> list[str] | None:
        for i in place:
            if not isinstance(row, ast.Tuple | ast.List) or i >= len(row.elts):
                return None
            row = row.elts[i]
        return self.texts(row)

    def _rows(self, over: ast.expr) -> list[ast.expr] | None:
        if isinstance(over, ast.Tuple | ast.List):
            return list(over.elts)
        if isinstance(over, ast.Name):
            held = [(o, v) for o, v in self._held(over) if not _part_of_itself(v, over.id)]
            lists = [v.elts for _, v in held if isinstance(v, ast.Tuple | ast.List)]
            return [e for elts in lists for e in elts] if held and len(lists) == len(held) else None
        if isinstance(over, ast.Call) and isinstance(over.func, ast.Attribute) and isinstance(over.func.value, ast.Name):
            tables = [v for _, v in self._held(over.func.value) if isinstance(v, ast.Dict)]
            if over.func.attr == "values" and tables:
                return [v for t in tables for v in t.values]
            if over.func.attr == "items" and tables:
                return [ast.Tuple([k, v]) for t in tables for k, v in zip(t.keys, t.values, strict=True)]
        return None

    def _loop_over(self, node: ast.Name):
        """The loop or comprehension that `node` runs in, as (module, target, what is looped over)."""
        inner: ast.AST = node
        while inner in self._parents:
            inner = self._parents[inner]
            loops = []
            if isinstance(inner, ast.ListComp | ast.GeneratorExp | ast.SetComp | ast.DictComp):
                loops = inner.generators
            elif isinstance(inner, ast.For):
                loops = [inner]
            for loop in loops:
                if _place_in(loop.target, node.id) is not None:
                    return self, loop.target, loop.iter
        return None

    def _held(self, node: ast.Name) -> list[tuple[Module, ast.expr]]:
        """Everything that is put under a name where `node` stands: in its function, module or import."""
        scope: ast.AST | None = self._scope(node)
        while scope is not None:
            if isinstance(scope, ast.FunctionDef) and node.id in {a.arg for a in ast.walk(scope.args) if isinstance(a, ast.arg)}:
                return []
            values = _assigned(scope, node.id)
            if values:
                return [(self, v) for v in values]
            scope = self._scope(scope) if not isinstance(scope, ast.Module) else None
        return self._imported(node.id)

    def _scope(self, node: ast.AST) -> ast.AST | None:
        node = self._parents.get(node)
        while node is not None and not isinstance(node, ast.FunctionDef | ast.Module):
            node = self._parents.get(node)
        return node

    def _imported(self, name: str) -> list[tuple[Module, ast.expr]]:
        for node in ast.walk(self.tree):
            if isinstance(node, ast.ImportFrom) and node.module and node.module.startswith("toolkit."):
                for alias in node.names:
                    path = self.root / f"{node.module.replace('.', '/')}.py"
                    if (alias.asname or alias.name) == name and path.exists():
                        other = Module(path, self.root)
                        return [(other, v) for v in _assigned(other.tree, alias.name)]
        return []


def _short(rule: str) -> str:
    return rule.partition(";")[0].partition(" (")[0]


def _returned(value: ast.expr | None) -> list[ast.expr]:
    """What a return gives back: the value, the parts of a tuple, what a result is made of."""
    if isinstance(value, ast.Tuple):
        return value.elts
    if isinstance(value, ast.Call):
        # what a check saw is said anew, in a sentence, where its numbers are shown
        return [] if _last_name(value.func) in ("_check", "_inapplicable") else value.args
    return [value] if value else []


def _pattern(node: ast.JoinedStr) -> str:
    """An f-string with its places numbered."""
    out, number = [], 0
    for part in node.values:
        if isinstance(part, ast.Constant):
            out.append(part.value)
        else:
            number += 1
            out.append(f"{{{number}}}")
    return "".join(out)


def _assigned(scope: ast.AST, name: str) -> list[ast.expr]:
    """Values assigned to `name` in a function or module itself, not in what is defined inside it."""
    out: list[ast.expr] = []
    stack = list(getattr(scope, "body", []))
    while stack:
        node = stack.pop(0)
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            continue
        if isinstance(node, ast.Assign):
            for target in node.targets:
                out += _from_target(target, node.value, name)
        elif isinstance(node, ast.AnnAssign) and node.value is not None:
            out += _from_target(node.target, node.value, name)
        stack += [c for c in ast.iter_child_nodes(node) if isinstance(c, ast.stmt | ast.ExceptHandler | ast.match_case)]
    return out


def _from_target(target: ast.expr, value: ast.expr, name: str) -> list[ast.expr]:
    if isinstance(target, ast.Name):
        return [value] if target.id == name else []
    if isinstance(target, ast.Tuple) and isinstance(value, ast.Tuple) and len(target.elts) == len(value.elts):
        return [v for t, e in zip(target.elts, value.elts, strict=True) for v in _from_target(t, e, name)]
    if isinstance(target, ast.Tuple) and any(isinstance(n, ast.Name) and n.id == name for n in ast.walk(target)):
        return [value]  # taken apart from something that cannot be seen
    return []


def _place_in(target: ast.expr, name: str) -> tuple[int, ...] | None:
    """Where `name` stands in the target of a loop: () for the whole, (1,) for its second part."""
    if isinstance(target, ast.Name):
        return () if target.id == name else None
    if isinstance(target, ast.Tuple):
        for i, part in enumerate(target.elts):
            inner = _place_in(part, name)
            if inner is not None:
                return (i, *inner)
    return None


def _all(parts) -> list[str] | None:
    """Every text of every part; None where there is no part, or one cannot be seen."""
    parts = list(parts)
    if not parts or any(p is None for p in parts):
        return None
    return [text for part in parts for text in part]


def _part_of_itself(value: ast.expr, name: str) -> bool:
    """``heads[:-1]`` put under ``heads`` again: nothing new."""
    return (
        isinstance(value, ast.Subscript)
        and isinstance(value.slice, ast.Slice)
        and isinstance(value.value, ast.Name)
        and value.value.id == name
    )


def _is_none(node: ast.expr) -> bool:
    return isinstance(node, ast.Constant) and node.value is None


def _last_name(node: ast.expr) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""
