"""Every message is said in every language, with the places it has in English.

To be put at tests/language/test_catalogues.py once the catalogues are complete.
"""

import string

import pytest

from toolkit.language.catalogues import FORMS, LANGUAGES
from toolkit.language import formats
from toolkit.language.extract import messages, missing, read, written

OTHERS = [language for language in LANGUAGES if language != "en"]


@pytest.fixture(scope="module")
def wanted():
    return messages()[0]


def places(template):
    return sorted({(name, spec) for _, name, spec, _ in string.Formatter().parse(template) if name is not None})


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(wanted, language):
    lacking = missing(language, wanted.values())
    assert not lacking, f"{language} lacks {len(lacking)}:\n" + "\n".join(lacking)


@pytest.mark.parametrize("language", OTHERS)
def test_a_translation_has_the_places_of_the_english(wanted, language):
    wrong = []
    for key, forms in read(language).items():
        message = wanted.get(key)
        allowed = [places(key), *([places(message.many)] if message and message.many else [])]
        for form in filter(None, forms):
            try:
                # a form for one or two may say the number in a word
                fits = places(form) in allowed or (len(forms) > 1 and set(places(form)) < set(allowed[-1]))
            except ValueError:
                fits = False
            if not fits:
                wrong.append(f"{key!r} -> {form!r}")
    assert not wrong, "\n".join(wrong)


@pytest.mark.parametrize("language", OTHERS)
def test_the_catalogue_is_as_the_extraction_writes_it(wanted, language, tmp_path):
    from toolkit.language import extract

    path = extract.Path(extract.__file__).parent / "catalogues" / f"{language}.po"
    assert path.read_text(encoding="utf-8") == written(language, wanted, read(language))


@pytest.mark.parametrize("language", OTHERS)
def test_units_keep_their_number(language):
    """A unit's form for one also says 0.5 (CLDR's Hebrew) and −1: the number itself has to stand there."""
    held = read(language)
    assert all("{n}" in form for one, _ in formats.UNITS.values() for form in held[one])


@pytest.mark.parametrize("language", OTHERS)
def test_counted_messages_have_every_form(wanted, language):
    held = read(language)
    short = [k for k, m in wanted.items() if m.many and len(held.get(k, ())) != len(FORMS[language])]
    assert not short, "\n".join(short)
