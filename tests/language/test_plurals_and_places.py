"""Sentences in four languages: CLDR's plural rules, numbers, direction.

Expected plural forms are CLDR 46's "Language Plural Rules" (unicode.org/cldr/charts/46/supplemental/
language_plural_rules.html); number marks are those of CLDR's number symbols for each language.
"""

from datetime import date
from decimal import Decimal

import pytest

from toolkit.language import Quantity, Sentence, catalogues, formats, term, terms
from toolkit.language.directions import FSI, LRM, PDI, clean
from toolkit.language.sentences import value_from_json, value_to_json


def said_by(monkeypatch, language, **messages):
    """A catalogue of just these messages."""
    known = {key: forms if isinstance(forms, tuple) else (forms,) for key, forms in messages.items()}
    held = catalogues._catalogue
    monkeypatch.setattr(catalogues, "_catalogue", lambda code: known if code == language else held(code))


@pytest.mark.parametrize(
    ("language", "number", "form"),
    [
        ("en", 1, 0), ("en", 0, 1), ("en", 2, 1), ("en", Decimal("1.0"), 1),
        ("pt", 0, 0), ("pt", 1, 0), ("pt", 2, 1), ("pt", Decimal("1.5"), 0), ("pt", Decimal("2.0"), 1),
        ("es", 0, 1), ("es", 1, 0), ("es", 2, 1), ("es", Decimal("1.0"), 0), ("es", Decimal("1.5"), 1),
        ("he", 0, 2), ("he", 1, 0), ("he", 2, 1), ("he", 3, 2), ("he", 20, 2), ("he", Decimal("2.0"), 2),
    ],
)  # fmt: skip
def test_the_form_is_the_one_that_cldr_gives(monkeypatch, language, number, form):
    forms = tuple(f"form {i}" for i in range(len(catalogues.FORMS[language])))
    said_by(monkeypatch, language, **{"{n} row": forms})
    if language == "en":
        assert catalogues.plural_of("form 0", "form 1", number, "en") == forms[form]
    else:
        assert catalogues.plural_of("{n} row", "{n} rows", number, language) == forms[form]


def test_a_count_chooses_among_english_forms_without_a_catalogue():
    def rows(n):
        return Sentence("{n} row differs", {"n": n}, plural="{n} rows differ", count="n")

    assert [rows(n).text() for n in (0, 1, 2)] == ["0 rows differ", "1 row differs", "2 rows differ"]
    assert Sentence.from_json(rows(2).to_json()) == rows(2)


@pytest.mark.parametrize(
    "given",
    [
        {"plural": "{n} rows"},
        {"count": "n"},
        {"plural": "{n} rows", "count": "m"},
        {"plural": "{m} rows", "count": "n"},
    ],
)
def test_a_plural_without_its_count_is_refused(given):
    with pytest.raises(ValueError):
        Sentence("{n} row", {"n": 1}, **given)


def test_a_translation_may_turn_the_places_round(monkeypatch):
    said_by(monkeypatch, "pt", **{"{arm} beats {other}": "{other} perde para {arm}"})
    sentence = Sentence("{arm} beats {other}", {"arm": "A", "other": "B"})
    assert sentence.text("pt") == "B perde para A"
    assert sentence.text("es") == "A beats B", "what a catalogue lacks is said in English"


def test_terms_are_looked_up_one_by_one_and_a_company_s_words_never(monkeypatch):
    said_by(monkeypatch, "es", **{"Welch": "Welch (es)", "without season": "sin estación", "Orders": "Pedidos"})
    assert terms("Welch, without season, CUPED").text("es") == "Welch (es), sin estación, CUPED"
    assert term("Orders").text("es") == "Pedidos"
    assert Sentence("{kpi}", {"kpi": "Orders"}).text("es") == "Orders"
    assert Sentence("{why}", {"why": "Orders"}).text("es") == "Pedidos"
    assert term("a {brace}").text("es") == "a {brace}"


def test_several_names_are_one_value():
    sentence = Sentence("{arms}", {"arms": ("mail", Sentence("call"))})
    assert sentence.text() == "mail, call"
    assert Sentence.from_json(sentence.to_json()) == sentence
    assert value_from_json(value_to_json(("a", 1))) == ("a", 1)


@pytest.mark.parametrize(
    ("language", "share", "number", "below"),
    [
        ("en", "3.1 %", "1,234.5", "−3.1 %"),
        ("pt", "3,1%", "1.234,5", "−3,1%"),
        ("es", "3,1\u00a0%", "1.234,5", "−3,1\u00a0%"),
        ("he", "3.1%", "1,234.5", f"{LRM}−3.1%"),
    ],
)
def test_marks_are_the_language_s_own(language, share, number, below):
    assert formats.quantity(Quantity(0.031, "percent"), language) == share
    assert formats.bare(1234.5, "number", 1, language) == number
    assert formats.quantity(Quantity(-0.031, "percent"), language) == below


def test_a_day_is_written_as_the_language_writes_it():
    said = {code: formats.day(date(2026, 9, 30), code) for code in catalogues.LANGUAGES}
    assert said == {
        "en": "30 Sep 2026", "pt": "30 de set. de 2026", "es": "30 sept 2026", "he": "30 בספט׳ 2026",
    }  # fmt: skip


@pytest.mark.parametrize("text", ["Q3 2026", "Q1 FY2027", "September 2026", "Week 5 of 2026"])
def test_periods_are_named_and_look_alikes_are_not(monkeypatch, text):
    said_by(monkeypatch, "pt", **{"Q{number} {year}": "{number}º tri. {year}", "Week {number} of {year}": "sem. {number} {year}"})
    said = Sentence("{period}", {"period": text}).text("pt")
    assert said != text and text[-4:] in said
    assert Sentence("{period}", {"period": f"{text} mail"}).text("pt") == f"{text} mail"


def test_hebrew_keeps_names_apart_and_signs_in_front():
    said = Sentence("{name} {q:signed}", {"name": "mail (v2)", "q": Quantity(1.25, "EUR")}).text("he")
    assert said == f"{FSI}mail (v2){PDI} {LRM}+1.25 EUR"


def test_marks_in_somebody_s_words_do_not_act():
    said = Sentence("{name}", {"name": f"a{PDI}\u202eb"}).text("he")
    assert said == f"{FSI}a\ufffd\ufffdb{PDI}"
    assert clean(f"{FSI}a{PDI}\u202e", ours=True) == f"{FSI}a{PDI}\ufffd"


def test_a_language_that_is_not_there_is_named():
    with pytest.raises(ValueError, match="'fr' is no language .* en, pt, es, he"):
        Sentence("no data").text("fr")


def test_a_reason_may_be_a_sentence():
    q = Quantity(float("nan"), reason=Sentence("there are no rows in {period}", {"period": "Q3 2026"}))
    back = Quantity.from_json(q.to_json())
    assert back.reason == q.reason
    assert Sentence("because {reason}", {"reason": back.reason}).text() == "because there are no rows in Q3 2026"


def test_a_reason_with_something_put_in_is_known_by_its_pattern(monkeypatch):
    catalogues._patterns.cache_clear()
    catalogues._by_pattern.cache_clear()
    said_by(monkeypatch, "es", **{
        "{1} values are too few": "{1} valores son muy pocos",
        "{1} values are too few at level {2}": "al nivel {2}, {1} valores son muy pocos",
        "{1}, Holm over {2} rivals": "{1}, Holm sobre {2} rivales", "two waves": "dos oleadas",
    })  # fmt: skip
    assert term("7 values are too few").text("es") == "7 valores son muy pocos"
    assert Sentence("{why}", {"why": "7 values are too few at level 0.95"}).text("es") == "al nivel 0,95, 7 valores son muy pocos"
    assert terms("two waves, Holm over 4 rivals").text("es") == "dos oleadas, Holm sobre 4 rivales"
    assert term("7 values are enough").text("es") == "7 values are enough"
    catalogues._patterns.cache_clear()
    catalogues._by_pattern.cache_clear()


def test_a_short_form_in_hebrew_ends_what_it_isolates():
    name = "a very long name of a thing " * 5
    said = Sentence("{label:short}", {"label": Sentence("{name} ends", {"name": name})}).text("he")
    assert said.endswith("…") and len(said) <= 122
    assert said.count(FSI) == said.count(PDI) == 1


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "9.3 × 10⁻¹⁰"), ("pt", "9,3 × 10⁻¹⁰"), ("es", "9,3 × 10⁻¹⁰"), ("he", f"{FSI}9.3 × 10⁻¹⁰{PDI}")],
)
def test_a_number_too_small_for_decimals_says_its_power_of_ten(language, said):
    assert formats.quantity(Quantity(9.3e-10), language) == said
    assert formats.quantity(Quantity(0.0), language) == "0"


def test_numbers_put_into_a_reason_have_the_language_s_marks(monkeypatch):
    catalogues._patterns.cache_clear()
    catalogues._by_pattern.cache_clear()
    said_by(monkeypatch, "pt", **{"must not be below {1}": "não deve ficar abaixo de {1}", "{1} rows": "{1} linhas"})
    assert term("must not be below 0.5").text("pt") == "não deve ficar abaixo de 0,5"
    assert term("1,234 rows").text("pt") == "1.234 linhas"
    assert Sentence("{rule}", {"rule": "must not be below 2026-09-30"}).text("pt") == "não deve ficar abaixo de 2026-09-30"
    catalogues._patterns.cache_clear()
    catalogues._by_pattern.cache_clear()
