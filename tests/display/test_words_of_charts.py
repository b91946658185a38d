"""A chart in other languages: its words, its marks, its sides. The English one is the specification itself."""

import copy
import json
import pickle
from datetime import date

import pytest

from toolkit.display import charts
from toolkit.display.layout import WIDE, at_width, from_the_right
from toolkit.display.locales import number_marks, time_words
from toolkit.display.picture import drawn
from toolkit.display.rows import Change, Line, Mark, Point, Row
from toolkit.display.sides import mirrored
from toolkit.display.words import Words, in_language
from toolkit.language import Quantity, Sentence, catalogues
from toolkit.language.directions import PDI, RLI

PROMISED = Sentence("promised to {who}", {"who": "Boreal"})


@pytest.fixture
def hebrew(monkeypatch):
    known = {"promised to {who}": ("הובטח ל{who}",), "hours": ("שעות",), "no data": ("אין נתונים",)}
    held = catalogues._catalogue
    monkeypatch.setattr(catalogues, "_catalogue", lambda code: known if code == "he" else held(code))


def dots() -> charts.Chart:
    rows = [Row("mail", Quantity(-3.1, "hours", -3.9, -2.3)), Row("call", Quantity(float("nan"), "hours"))]
    return charts.dot_interval(rows, Sentence("What came"), marks=[Mark(-4.0, PROMISED)])


def series() -> charts.Chart:
    points = tuple(Point(date(2026, m, 1), Quantity(float(m), "hours", m - 0.5, m + 0.5)) for m in range(1, 10))
    changes = [Change(date(2026, 3, 1), "Loyalty offer")]
    of = {name: [Line(name, points)] for name in ("one", "two", "three")}
    return charts.small_multiples(of, Sentence("Three"), changes=changes)


def texts(value):
    if isinstance(value, dict):
        for key, inner in value.items():
            if key != "usermeta":
                yield from texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from texts(inner)
    elif isinstance(value, str):
        yield value


def test_english_is_the_specification_itself():
    spec = dots().complete
    assert in_language(spec, "en") is spec
    assert not [t for t in texts(spec) if isinstance(t, Words)], "plain data for any program"


def test_words_numbers_and_units_are_said_in_the_page_s_language(hebrew):
    said = list(texts(in_language(json.loads(json.dumps(dots().complete)), "he")))
    assert any("הובטח ל" in t and "Boreal" in t for t in said)
    assert any(t.startswith(RLI) and t.endswith(PDI) and "שעות" in t for t in said)
    assert any("אין נתונים" in t for t in said)
    assert "mail" in said, "a company's own words stay"
    assert not any("promised" in t or "no data" in t for t in said)


def test_only_words_marks_and_sides_differ(hebrew):
    before = dots().complete
    kept = copy.deepcopy(before)
    spoken = in_language(before, "es")
    assert before == kept, "the specification itself stays as it is"
    assert [layer["mark"] for layer in spoken["layer"]] == [layer["mark"] for layer in before["layer"]]
    assert spoken["usermeta"]["toolkit"]["numbers"]["decimal"] == ","


def test_from_the_right_values_run_leftwards_and_labels_change_sides(hebrew):
    view, other = dots().complete, in_language(dots().complete, "he")
    for before, after in zip(view["layer"], other["layer"], strict=True):
        x, turned = before["encoding"].get("x"), after["encoding"].get("x")
        if "field" in x:
            assert turned["scale"]["reverse"] is True
        else:
            assert turned == {"value": 0 if x["value"] == "width" else "width"}
        align = before["mark"].get("align")
        assert after["mark"].get("align") == {"left": "right", "right": "left"}.get(align, align)
    assert other["config"]["title"]["anchor"] == "end"


def test_a_second_mirror_brings_a_view_of_ends_back():
    view = {
        "config": {"title": {"anchor": "start"}},
        "layer": [
            {"mark": {"type": "text", "align": "left", "dx": 4}, "encoding": {"x": {"value": 0}}},
            {"mark": {"type": "rule"}, "encoding": {"x": {"value": 0}, "x2": {"value": "width"}}},
        ],
    }
    assert mirrored(mirrored(view)) == view


def test_what_stands_some_pixels_in_stands_as_many_from_the_other_side():
    view = {
        "config": {"title": {}},
        "layer": [{"mark": {"type": "point"}, "encoding": {"x": {"value": 10}}}],
    }
    assert mirrored(view)["layer"][0] == {"mark": {"type": "point", "xOffset": -10}, "encoding": {"x": {"value": "width"}}}


def test_the_vertical_axis_stands_on_the_right(hebrew):
    view = in_language(series().complete, "he")["concat"][0]
    orients = {layer["encoding"]["y"]["axis"]["orient"] for layer in view["layer"] if layer["encoding"]["y"].get("axis")}
    assert orients == {"right"}


@pytest.mark.parametrize(
    ("count", "columns", "order"),
    [(4, 2, "ba dc"), (3, 2, "ba .c"), (3, 1, "a b c"), (5, 3, "cba .ed"), (2, 2, "ba")],
)
def test_panels_fill_rows_from_the_right(count, columns, order):
    panels = [{"name": name} for name in "abcde"[:count]]
    placed = "".join(p.get("name", ".") for p in from_the_right(panels, columns))
    assert placed == order.replace(" ", "")


def test_pictures_of_every_language_are_drawn(hebrew):
    for language in catalogues.LANGUAGES:
        for chart in (dots(), series()):
            svg = drawn(at_width(in_language(chart.complete, language), WIDE))
            assert svg.startswith("<svg") and "NaN" not in svg


def test_axes_write_months_as_the_language_does():
    assert time_words("he")["months"][0] == "ינואר"
    assert time_words("es")["shortMonths"][:2] == ["ene", "feb"]
    assert time_words("pt")["months"][2] == "março" and time_words("pt")["days"][0] == "domingo"
    assert number_marks("pt")["decimal"] == "," and number_marks("he")["decimal"] == "."
    svg = drawn(at_width(in_language(series().complete, "es"), WIDE))
    assert "abr 2026" in svg and "Apr 2026" not in svg


def test_words_survive_copies():
    words = Words(PROMISED)
    for again in (copy.deepcopy(words), pickle.loads(pickle.dumps(words))):
        assert again == "promised to Boreal" and again.sentence == PROMISED
