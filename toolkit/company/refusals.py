"""What pydantic refuses, in our words: the value, the rule, and what may stand there instead."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Annotated, Literal, get_args, get_origin

from pydantic import BaseModel
from pydantic_core import ErrorDetails

from toolkit.company.places import Found, Path

_NAMED = re.compile(r"'([a-z_]+)'")
_KINDS = {
    "string_type": "must be text: put it in quotes",
    "int_type": "must be a whole number",
    "int_parsing": "must be a whole number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a whole number that is not so large",
    "float_type": "must be a number",
    "float_parsing": "must be a number",
    "finite_number": "must be a finite number",
    "bool_type": "must be true or false",
    "bool_parsing": "must be true or false",
    "list_type": "must be a list: [a, b], or lines that begin with '-'",
    "dict_type": "must have entries of its own: lines 'name: …' below it, further to the right",
    "model_type": "must have keys of its own: lines 'key: …' below it, further to the right",
    "model_attributes_type": "must have keys of its own: lines 'key: …' below it",
}
_BOUNDS = {
    "greater_than": "must be more than {gt}",
    "greater_than_equal": "must be {ge} or more",
    "less_than": "must be less than {lt}",
    "less_than_equal": "must be {le} or less",
    "string_too_long": "must be no longer than {max_length} characters",
    "string_pattern_mismatch": "must be written as {pattern} (a regular expression)",
}
_PATTERNS = {"^[A-Z]{3}$": "must be three capital letters of ISO 4217, such as EUR"}


def refusals(
    errors: Iterable[ErrorDetails], data: object, model: type[BaseModel]
) -> tuple[Found, ...]:
    """One `Found` for every rule that is broken.

    Parameters
    ----------
    errors
        What `model` said about `data` (``ValidationError.errors()``).
    data
        The plain values that were read.
    model
        The model of the whole file; the keys and words it allows are the choices.
    """
    found: dict[tuple[Path, str], Found] = {}
    unions: dict[Path, list[str]] = {}
    for error in errors:
        loc, outside = _in_file(error, data)
        if outside and error["type"] not in ("missing", "extra_forbidden"):
            unions.setdefault(loc, []).append(error["type"])
        for f in _said(error, loc, data, model):
            found[(f.loc, f.rule)] = f
    for loc, types in unions.items():  # several readings of one value were tried: one problem
        if len(types) > 1:
            found = {k: f for k, f in found.items() if f.loc != loc}
            rule = _of_kinds(types)
            found[(loc, rule)] = Found(loc, rule, _shown(_at(data, loc)))
    return tuple(found.values())


def _in_file(error: ErrorDetails, data: object) -> tuple[Path, bool]:
    """The path as it stands in the file, and whether steps of the model's own were left out."""
    loc: Path = ()
    steps = list(error["loc"])
    here = data
    for i, step in enumerate(steps):
        if isinstance(here, dict) and step in here:
            here = here[step]
        elif isinstance(here, list) and isinstance(step, int) and step < len(here):
            here = here[step]
        elif i == len(steps) - 1 and error["type"] == "missing":
            return (*loc, step), False
        else:
            return loc, step != "[key]"
        loc = (*loc, step)
    return loc, False


def _said(error: ErrorDetails, loc: Path, data: object, model: type[BaseModel]) -> list[Found]:
    kind, value, context = error["type"], error["input"], error.get("ctx", {})
    if kind == "missing":
        part, key = loc[:-1], loc[-1]
        return [Found(part, f"needs '{key}'{_needed(model, part, str(key))}")]
    if kind == "extra_forbidden":
        rule = "is no key that may stand here"
        return [Found(loc, rule, str(loc[-1]), _keys(model, loc[:-1]))]
    if kind == "literal_error":
        words = tuple(str(w) for w in _words(model, error["loc"]))
        return [Found(loc, "is not one of the words that may stand here", _shown(value), words)]
    if kind == "value_error" and isinstance(value, dict):
        return [_of_part(str(said), loc, value) for said in context["error"].args]
    if value is None:
        return [Found(loc, f"has no value: it {_rule(kind, context, error['msg'])}")]
    rule = _rule(kind, context, error["msg"])
    if isinstance(value, (dict, list)) and kind in _KINDS:
        rule += ", not a list" if isinstance(value, list) else ", not a part with keys"
    return [Found(loc, rule, _shown(value))]


def _of_part(said: str, loc: Path, part: dict) -> Found:
    """A rule between keys stands at the first key it names."""
    named = [key for key in _NAMED.findall(said) if key in part]
    return Found((*loc, named[0]) if named else loc, said)


def _rule(kind: str, context: dict, message: str) -> str:
    if kind == "value_error":
        return "; ".join(str(a) for a in context["error"].args)
    if kind in ("string_too_short", "too_short"):
        least = context.get("min_length", 1)
        things = "characters" if kind == "string_too_short" else "entries"
        return "must not be empty" if least == 1 else f"must have {least} {things} or more"
    if kind == "too_long":
        return f"must have no more than {context.get('max_length')} entries"
    if context.get("pattern") in _PATTERNS:
        return _PATTERNS[context["pattern"]]
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context)
    return _KINDS.get(kind, message[:1].lower() + message[1:])


def _of_kinds(types: list[str]) -> str:
    words = {"string": "text", "int": "a number", "float": "a number", "bool": "true or false"}
    kinds = dict.fromkeys(words[w] for t in types if (w := t.split("_")[0]) in words)
    return "must be " + " or ".join(kinds) if kinds else "is no value that may stand here"


def _needed(model: type[BaseModel], part: Path, key: str) -> str:
    words = _words(model, (*part, key))
    return f": one of {', '.join(str(w) for w in words)}" if words else ""


def _shown(value: object) -> object:
    if isinstance(value, (dict, list)):
        return None  # too long to repeat, and the line says where
    if isinstance(value, bool):
        return "true" if value else "false"
    return value


def _at(data: object, loc: Path) -> object:
    for step in loc:
        data = data[step]  # `loc` was found in `data`
    return data


# what the model allows at a path ---------------------------------------------------------------


def _keys(model: type[BaseModel], loc: Path) -> tuple[str, ...]:
    for kind in _kinds_at(model, loc):
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            return tuple(f.alias or name for name, f in kind.model_fields.items())
    return ()


def _words(model: type[BaseModel], loc: Iterable[str | int]) -> tuple[object, ...]:
    return tuple(
        word
        for kind in _kinds_at(model, tuple(loc))
        if get_origin(kind) is Literal
        for word in get_args(kind)
    )


def _kinds_at(model: type[BaseModel], loc: Path) -> list[object]:
    """The plain types that may stand at `loc`, out of their unions and annotations."""
    kinds = [model]
    for step in loc:
        kinds = [k for kind in kinds for k in _inside(kind, step)]
    return kinds


def _inside(kind: object, step: str | int) -> list[object]:
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        for name, field in kind.model_fields.items():
            if step in (field.alias, name):
                return _alternatives(field.annotation)
        return []
    arguments = get_args(kind)
    if get_origin(kind) in (dict, list) and arguments:
        return _alternatives(arguments[-1])
    return []


def _alternatives(annotation: object) -> list[object]:
    if get_origin(annotation) is Annotated:
        return _alternatives(get_args(annotation)[0])
    if get_origin(annotation) in (None, dict, list, Literal):
        return [annotation]
    return [k for argument in get_args(annotation) for k in _alternatives(argument)]
