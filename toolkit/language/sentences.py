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
from toolkit.language.quantities import Quantity

_PLACES = ("", "range", "size", "sizes", "bare")


@dataclass(frozen=True)
class Sentence:
    """One sentence, or a short heading, in no language yet.

    Attributes
    ----------
    template
        Text with places: ``{x}`` the value with its unit, ``{x:range}`` its interval,
        ``{x:size}`` its absolute value with unit, ``{x:sizes}`` its interval in absolute terms.
    values
        What stands in the places: `Quantity`, text, whole numbers, dates, other sentences.
    """

    template: str
    values: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for _, name, spec, _ in string.Formatter().parse(self.template):
            if name is None:
                continue
            if name not in self.values:
                raise ValueError(f"the sentence {self.template!r} has no value for {name!r}")
            if spec not in _PLACES:
                raise ValueError(f"{spec!r} is no form of a value; forms are {', '.join(_PLACES[1:])}")

    def text(self, language: str = "en") -> str:
        """The sentence in `language`."""
        said = []
        for literal, name, spec, _ in string.Formatter().parse(self.template):
            said.append(literal)
            if name is not None:
                said.append(_place(self.values[name], spec or "", language))
        return "".join(said)

    def __str__(self) -> str:
        return self.text()

    def to_json(self) -> dict:
        """Template and values, so that a page can say it in another language later."""
        return {"template": self.template, "values": {k: value_to_json(v) for k, v in self.values.items()}}

    @classmethod
    def from_json(cls, data: dict) -> Sentence:
        """The inverse of `to_json`."""
        return cls(data["template"], {k: value_from_json(v) for k, v in data["values"].items()})


def _place(value: object, spec: str, language: str) -> str:
    if isinstance(value, Sentence):
        return value.text(language)
    if isinstance(value, Quantity):
        if spec == "range":
            return formats.interval(value, language)
        if spec == "sizes":
            return formats.interval(value, language, absolute=True)
        if spec == "size":
            size = Quantity(abs(value.value), value.unit, per=value.per)
            return formats.quantity(size, language, decimals=formats.decimals_of(value))
        if spec == "bare":
            return formats.bare(value.value, value.unit, formats.decimals_of(value), language)
    return formats.anything(value, language)


def value_to_json(value: object) -> object:
    """A value of a sentence or a cell as JSON: tagged where its kind would be lost."""
    if isinstance(value, Quantity):
        return {"quantity": value.to_json()}
    if isinstance(value, Sentence):
        return {"sentence": value.to_json()}
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
            "day": date.fromisoformat,
        }[kind](inner)
    return value
