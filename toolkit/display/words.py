"""The words of a chart: English in the specification, and along with it what other languages say there.

A specification is plain data with English text, so that any program can draw it. Its texts remember
the sentences they come from; `with_words` writes those beside the specification, and `in_language`
puts another language in their place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator

from toolkit.display.locales import number_marks, time_words
from toolkit.display.sides import mirrored
from toolkit.language import Quantity, Sentence
from toolkit.language.directions import runs_left, whole_line

Step = str | int


class Words(str):
    """English text that knows its sentence.

    Attributes
    ----------
    sentence
        The same in no language.
    """

    sentence: Sentence

    def __new__(cls, sentence: Sentence) -> Words:
        words = super().__new__(cls, sentence.text())
        words.sentence = sentence
        return words

    def __getnewargs__(self) -> tuple[Sentence]:
        return (self.sentence,)


def label(value: str | Sentence) -> Words:
    """A name or a short saying as one line, shortened where somebody wrote a novel."""
    return Words(Sentence("{label:short}", {"label": value}))


def told(value: str | Sentence, *parts: Quantity | Sentence) -> Words:
    """What is told of a mark: its label and its numbers, each with its interval."""
    if len(parts) == 1:
        return Words(Sentence("{label:short}: {first:full}", {"label": value, "first": parts[0]}))
    values = dict(zip(("first", "second", "third"), parts, strict=False))
    if len(parts) == 2:
        return Words(Sentence("{label:short}: {first:full}; {second:full}", {"label": value, **values}))
    return Words(Sentence("{label:short}: {first:full}; {second:full}; {third}", {"label": value, **values}))


def plain(value: object) -> object:
    """A specification of nothing but plain data."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [plain(inner) for inner in value]
    return str(value) if isinstance(value, Words) else value


def with_words(spec: dict) -> list:
    """Every sentence of `spec` that is not the same in every language, with the places it stands in.

    Returns
    -------
    list
        Pairs of a sentence as JSON and its places, each a list of keys and numbers.
    """
    found: dict[str, list] = {}
    for path, words in _walk(spec, ()):
        values = list(words.sentence.values.values())
        if words.sentence.template == "{label:short}" and isinstance(values[0], str):
            continue
        said = words.sentence.to_json()
        found.setdefault(json.dumps(said, sort_keys=True), [said, []])[1].append(list(path))
    return list(found.values())


def in_language(spec: dict, language: str) -> dict:
    """`spec` with the words, marks and direction of `language`; English is what it has already."""
    ours = spec["usermeta"]["toolkit"]
    if language == "en":
        return spec
    out = json.loads(json.dumps(spec))
    for said, places in ours.get("words", ()):
        text = whole_line(Sentence.from_json(said).text(language), language)
        for place in places:
            _put(out, place, text)
    kept = {
        **{k: v for k, v in out["usermeta"]["toolkit"].items() if k != "words"},
        "numbers": number_marks(language),
        "times": time_words(language),
    }
    out["usermeta"] = {"toolkit": {**kept, "mirrored": True} if runs_left(language) else kept}
    return mirrored(out) if runs_left(language) else out


def _walk(value: object, path: tuple[Step, ...]) -> Iterator[tuple[tuple[Step, ...], Words]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, (*path, key))
    elif isinstance(value, list | tuple):
        for i, inner in enumerate(value):
            yield from _walk(inner, (*path, i))
    elif isinstance(value, Words):
        yield path, value


def _put(spec: dict, place: list[Step], text: str) -> None:
    holder = spec
    for step in place[:-1]:
        holder = holder[step]
    holder[place[-1]] = text
