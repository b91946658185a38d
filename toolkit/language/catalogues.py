"""What the languages say: one gettext catalogue each, read when its language is first asked for.

A message's key is the English template as it stands in the code. English needs no catalogue; what a
catalogue lacks is said in English (a test keeps that from happening to what the package says).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files

LANGUAGES = {"en": "English", "pt": "Português", "es": "Español", "he": "עברית"}
"""Every language by its code (BCP 47), by its own name, in the order of a page's switch."""

FORMS = {"en": ("one", "other"), "pt": ("one", "other"), "es": ("one", "other"), "he": ("one", "two", "other")}
"""Plural forms in the order of a catalogue's entries, by CLDR's names.

CLDR's "many" of Portuguese and Spanish is for compact millions, which nothing here says.
"""

PLURALS = {
    "pt": "nplurals=2; plural=(n > 1);",
    "es": "nplurals=2; plural=(n != 1);",
    "he": "nplurals=3; plural=(n == 1 ? 0 : n == 2 ? 1 : 2);",
}
"""The same, as gettext's tools read it."""


_NUMBERED = re.compile(r"{(\d+)}")
_NUMBER = re.compile(r"-?\d{1,3}(?:,\d{3})*(?:\.\d+)?(?: ?%)?|-?\d+(?:\.\d+)?(?: ?%)?")


def text_of(key: str, language: str) -> str:
    """What `language` says for the English `key`; the key itself where it has nothing.

    A key that is no message may be one with something put in, such as a reason with its numbers:
    then what was put in is looked up too.

    Raises
    ------
    ValueError
        There is no such language.
    """
    said = _catalogue(language).get(key)
    if said or language == "en":
        return said[0] if said else key
    return _by_pattern(key, language) or key


def words_of(text: str, language: str) -> str:
    """Words of this package's own that may be several with commas between: the whole, or each by itself."""
    whole = text_of(text, language)
    if whole != text or ", " not in text:
        return whole
    return ", ".join(text_of(part, language) for part in text.split(", "))


def plural_of(one: str, many: str, number: Decimal | int, language: str) -> str:
    """The form of a message that goes with `number`, as it is written: 1 is not 1.0 everywhere.

    Parameters
    ----------
    one, many
        The English forms; `one` is the key.
    number
        Rounded as it is shown.
    """
    form = _form(str(abs(number)), language)
    said = _catalogue(language).get(one)
    if said and len(said) == len(FORMS[language]):
        return said[FORMS[language].index(form)]
    return one if _form(str(abs(number)), "en") == "one" else many


@lru_cache(maxsize=4096)
def _by_pattern(text: str, language: str) -> str | None:
    for pattern, said in _patterns(language):
        if found := pattern.fullmatch(text):
            return _NUMBERED.sub(lambda place: _put_in(found[f"_{place[1]}"], language), said)
    return None


def _put_in(text: str, language: str) -> str:
    """What a reason has put in: a number with the language's marks, or words of ours."""
    if not _NUMBER.fullmatch(text):
        return words_of(text, language)
    from babel.numbers import get_decimal_symbol, get_group_symbol

    marks = {".": get_decimal_symbol(language), ",": get_group_symbol(language)}
    return "".join(marks.get(c, c) for c in text)


@lru_cache(maxsize=len(LANGUAGES))
def _patterns(language: str) -> list[tuple[re.Pattern[str], str]]:
    """Messages with numbered places as patterns of what they may have become, longest first."""
    keys = sorted((k for k in _catalogue(language) if "{1}" in k), key=lambda k: (-len(k), k))
    return [
        (re.compile(re.sub(r"\\{(\d+)\\}", r"(?P<_\1>.+?)", re.escape(k)), re.DOTALL), _catalogue(language)[k][0])
        for k in keys
    ]


@lru_cache(maxsize=1024)
def _form(number: str, language: str) -> str:
    """By the number as it is written: 1 and 1.0 are equal, and their forms are not."""
    from babel import Locale

    form = Locale.parse(language).plural_form(Decimal(number))
    return form if form in FORMS[language] else "other"


@lru_cache(maxsize=len(LANGUAGES))
def _catalogue(language: str) -> Mapping[str, tuple[str, ...]]:
    """Key -> forms, of what is translated."""
    if language not in LANGUAGES:
        raise ValueError(f"{language!r} is no language of this package; they are {', '.join(LANGUAGES)}")
    if language == "en":
        return {}
    from babel.messages.pofile import read_po

    with (files("toolkit.language") / "catalogues" / f"{language}.po").open("rb") as file:
        catalogue = read_po(file, locale=language)
    return dict(_entries(catalogue))


def _entries(catalogue):
    for message in catalogue:
        key = message.id[0] if isinstance(message.id, tuple) else message.id
        forms = message.string if isinstance(message.string, tuple | list) else (message.string,)
        if key and not message.fuzzy and all(forms):
            yield key, tuple(forms)
