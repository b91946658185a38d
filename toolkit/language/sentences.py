"""A whole sentence with places for quantities and names.

Templates are written in this package's code, one whole sentence each, and are the keys of the
translations. Values come from tables and params and are only ever inserted, never interpreted.
"""

from __future__ import annotations

import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from toolkit.language import formats
from toolkit.language.catalogues import plural_of, text_of, words_of
from toolkit.language.directions import FSI, PDI, RLI, clean, isolate
from toolkit.language.period_names import period_in
from toolkit.language.quantities import Quantity

_PLACES = ("", "range", "size", "sizes", "bare", "signed", "signed_bare", "full", "unit", "short")
OWN = frozenset({"terms", "reason", "why", "method", "unit", "units", "per", "grain", "every", "period", "what", "one", "rule"})
"""Names of places whose text is mostly this package's own: looked up, and left as it stands elsewhere."""

_LONGEST = 120
_PARSE = string.Formatter().parse


@dataclass(frozen=True)
class Sentence:
    """One sentence, or a short heading, in no language yet.

    Attributes
    ----------
    template
        Text with places: ``{x}`` the value with its unit, ``{x:range}`` its interval,
        ``{x:size}`` its absolute value with unit, ``{x:sizes}`` its interval in absolute terms,
        ``{x:bare}`` the number alone, ``{x:signed}`` and ``{x:signed_bare}`` with a plus in front of a gain,
        ``{x:full}`` with its interval behind, ``{x:unit}`` its unit alone, ``{x:short}`` words on
        one line of at most 120 characters.
    values
        What stands in the places: `Quantity`, text, whole numbers, dates, other sentences, and
        tuples of text and sentences, which are listed.
    plural
        The template for all counts but one, where `template` is for one.
    count
        Which value is counted: a whole number.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)
    plural: str | None = None
    count: str | None = None

    def __post_init__(self) -> None:
        if (self.plural is None) != (self.count is None):
            raise ValueError("a plural needs to know what is counted: give both 'plural' and 'count'")
        if self.count is not None and not isinstance(self.values.get(self.count), int):
            raise ValueError(f"what is counted is a whole number; {self.count!r} is {self.values.get(self.count)!r}")
        for name, spec in places(self.template) | places(self.plural or ""):
            if name not in self.values:
                raise ValueError(f"the sentence {self.template!r} has no value for {name!r}")
            if spec not in _PLACES:
                raise ValueError(f"{spec!r} is no form of a value; forms are {', '.join(_PLACES[1:])}")

    def text(self, language: str = "en") -> str:
        """The sentence in `language`."""
        if self.count is not None:
            template = plural_of(self.template, self.plural, self.values[self.count], language)
        else:
            template = text_of(self.template, language)
        said = []
        for literal, name, spec, _ in _PARSE(template):
            said.append(literal)
            if name is not None:
                value = self.values[name]
                own = name in OWN and isinstance(value, str)
                said.append(_own(value, language) if own else _place(value, spec or "", language))
        return "".join(said)

    def __str__(self) -> str:
        return self.text()

    def to_json(self) -> dict:
        """Template and values, so that a page can say it in another language later."""
        out = {"template": self.template, "values": {k: value_to_json(v) for k, v in self.values.items()}}
        return out if self.count is None else {**out, "plural": self.plural, "count": self.count}

    @classmethod
    def from_json(cls, data: dict) -> Sentence:
        """The inverse of `to_json`."""
        values = {k: value_from_json(v) for k, v in data["values"].items()}
        return cls(data["template"], values, data.get("plural"), data.get("count"))


def term(text: str | Sentence) -> Sentence:
    """Words of this package's own that were chosen elsewhere as text: a method's name, what is counted.

    They are looked up as they stand; what no catalogue knows, such as a company's own word, stays.
    """
    return text if isinstance(text, Sentence) else Sentence(text.replace("{", "{{").replace("}", "}}"))


def terms(text: str) -> Sentence:
    """Several terms with commas between, such as a method and how it was adjusted.

    The whole is looked up, and each by itself where the whole is no message.
    """
    return Sentence("{terms}", {"terms": text})


def of_template(text: str, values: Mapping[str, object], plural: str | None, count: str | None) -> Sentence:
    """A sentence whose words stand in a page template, where `extract` finds them."""
    return Sentence(text, values, plural, count)


def places(template: str) -> set[tuple[str, str]]:
    """The places of a template, as (name, form)."""
    return {(name, spec or "") for _, name, spec, _ in _PARSE(template) if name is not None}


def _own(text: str, language: str) -> str:
    said = words_of(text, language)
    return _place(text, "", language) if said == text else said


def _place(value: object, spec: str, language: str) -> str:
    if spec == "short":
        text = value.text(language) if isinstance(value, Sentence) else clean(str(value))
        text = " ".join(text.split())
        text = text if len(text) <= _LONGEST else _cut(text)
        return text if isinstance(value, Sentence) else isolate(text, language)
    if isinstance(value, Sentence):
        return value.text(language)
    if isinstance(value, tuple):
        return ", ".join(_place(v, "", language) for v in value)
    if isinstance(value, str):
        named = period_in(value, language) if language != "en" else None
        return named or isolate(clean(value), language)
    if isinstance(value, Quantity):
        return _FORMS[spec](value, language)
    return formats.anything(value, language)


def _cut(text: str) -> str:
    """As many whole words as there is room for; a word longer than that is broken, an isolate is closed."""
    kept = text[: _LONGEST - 1]
    words = kept if text[_LONGEST - 1] == " " else kept.rpartition(" ")[0]
    kept = (words if len(words) > _LONGEST // 2 else kept).rstrip(" ,;:(")
    still_open = sum(c in (FSI, RLI) for c in kept) - kept.count(PDI)
    return f"{kept}{PDI * still_open}…"


def _size(q: Quantity, language: str) -> str:
    size = Quantity(abs(q.value), q.unit, per=q.per)
    return formats.quantity(size, language, decimals=formats.decimals_of(q))


def _bare(q: Quantity, language: str) -> str:
    return formats.bare(q.value, q.unit, formats.decimals_of(q), language)


_FORMS = {
    "": formats.quantity,
    "range": formats.interval,
    "sizes": lambda q, language: formats.interval(q, language, absolute=True),
    "size": _size,
    "bare": _bare,
    "signed": formats.signed,
    "signed_bare": lambda q, language: formats.plus(q.value, language) + _bare(q, language),
    "full": formats.full,
    "unit": lambda q, language: formats.unit_name(q.unit, language, q.per),
}


def value_to_json(value: object) -> object:
    """A value of a sentence or a cell as JSON: tagged where its kind would be lost."""
    if isinstance(value, Quantity):
        return {"quantity": value.to_json()}
    if isinstance(value, Sentence):
        return {"sentence": value.to_json()}
    if isinstance(value, tuple):
        return {"list": [value_to_json(v) for v in value]}
    if isinstance(value, date):
        return {"day": value.isoformat()}
    if value is None or isinstance(value, str | int | bool):
        return value
    if isinstance(value, float):
        return {"quantity": Quantity(value).to_json()}
    raise TypeError(f"a sentence holds quantities, text, whole numbers and dates, not {type(value).__name__}")


def value_from_json(value: object) -> object:
    """The inverse of `value_to_json`."""
    if isinstance(value, dict):
        (kind, inner), = value.items()
        return {
            "quantity": Quantity.from_json,
            "sentence": Sentence.from_json,
            "list": lambda values: tuple(value_from_json(v) for v in values),
            "day": date.fromisoformat,
        }[kind](inner)
    return value
