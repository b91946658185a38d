"""How a table stands on a page: beside or under each other, its small lines, its name."""

from __future__ import annotations

import re
from datetime import date
from importlib.resources import files

import pytest

from toolkit.language import Quantity, Sentence
from toolkit.pack.tables import COLUMN, PAPER, PHONE, letters_of, on_page
from toolkit.shown import Grid


def grid(*rows, columns=None, title="What it shows"):
    heads = columns or tuple(f"H{i}" for i in range(len(rows[0])))
    return Grid(Sentence(title), tuple(Sentence(h) for h in heads), tuple(rows))


def marks(table: str) -> set[str]:
    return set(re.match(r'<div class="([^"]+)"', table)[1].split())


def test_letters_are_those_of_the_longest_words_and_the_gaps():
    # "Wednesday" 9 and "Head" 4, two letters after each column
    assert letters_of(grid(("Wednesday", "no"), columns=("Day", "Head"))) == 9 + 2 + 4 + 2
    # a sentence may be broken between words, but keeps ten letters
    assert letters_of(grid(("a b c d e f g h i j k l m",), columns=("X",))) == 10 + 2
    assert letters_of(grid(("incomprehensible, or so",), columns=("X",))) == len("incomprehensible,") + 2


def test_a_number_keeps_its_interval_only_where_it_is_asked_whole():
    q = Quantity(27.1, "EUR", 21.0, 33.0)
    text = "27 EUR (21 to 33)"
    assert letters_of(grid((q,)), whole=True) == len(text) + 2
    assert letters_of(grid((Quantity(1.0, "points", 0.5, 1.5),)), whole=True) > letters_of(grid((Quantity(1.0, "points", 0.5, 1.5),)))


def test_words_of_the_page_s_language_are_counted():
    assert letters_of(grid((Sentence("Verdict"),), columns=("KPI",)), "es") == len("Veredicto") + 2
    assert letters_of(grid(("x",), columns=("Verdict",)), "es") == len("Veredicto") + 2


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        (PHONE - 2, {"scroll"}),
        (PHONE - 1, {"scroll", "tall-phone"}),
        (COLUMN - 1, {"scroll", "wide", "tall-phone", "tall-paper"}),
        (PAPER - 2, {"scroll", "tall-phone"}),
    ],
)
def test_what_is_wider_than_its_place_says_so(letters, expected):
    assert marks(on_page(grid(("x" * letters,)), "en")) == expected


def test_the_box_is_named_reached_by_keyboard_and_harmless():
    table = on_page(grid(("<b>", 'a "quote"'), title="Less < more"), "en")
    assert 'role="group" tabindex="0" aria-label="Less &lt; more"' in table
    assert "<b>" not in table and "&lt;b&gt;" in table


def test_figures_are_padded_to_one_decimal_mark_out_of_sight_of_copies():
    table = on_page(grid(("a", Quantity(1.25, "number")), ("b", Quantity(10.0, "number"))), "en")
    assert '<td class="number" data-label="H1">10<span class="pad">\u2008\u2007\u2007</span></td>' in table


def test_blocks_become_a_line_with_a_point_at_its_end_and_no_words():
    table = on_page(grid(("a", "▁█ Steady"), ("b", "▃▃▃ Steady")), "en")
    assert not set(table) & set("▁▂▃▄▅▆▇█") and table.count("Steady") == 2
    rising, level = re.findall(r'<path d="M([^"]+)"/><circle cx="([^"]+)" cy="([^"]+)"', table)
    (x0, y0), (x1, y1) = (map(float, p.split()) for p in rising[0].split("L"))
    assert x0 < x1 and y0 > y1  # upwards is a smaller y
    assert (float(rising[1]), float(rising[2])) == (x1, y1)
    assert len({p.split()[1] for p in level[0].split("L")}) == 1
    assert table.count('aria-hidden="true"') == 2


def test_a_gap_in_a_series_is_a_gap_in_its_line():
    path = re.search(r'<path d="([^"]+)"', on_page(grid(("a", "▁▂·▄▅"),), "en"))[1]
    assert path.count("M") == 2
    places = [float(x) for x in re.findall(r"[ML]([\d.]+) ", path)]
    steps = [b - a for a, b in zip(places, places[1:], strict=False)]
    assert max(steps) == pytest.approx(2 * min(steps), abs=0.2)


def test_a_dot_between_words_stays():
    assert "one · two" in on_page(grid(("a", "one · two"),), "en")


def test_days_and_units_hold_their_lines():
    table = on_page(grid(("a", date(2026, 9, 30), "at 3.1 % or 12 EUR"),), "en")
    assert '<td class="day"' in table and "3.1\u00a0% or 12\u00a0EUR" in table


def test_paper_and_phone_stand_rows_under_each_other_by_the_same_rules():
    style = (files("toolkit.pack") / "templates" / "page.css").read_text("utf-8")
    phone, paper = ([r for r in style.splitlines() if r.startswith(f"  .tall-{where}")] for where in ("phone", "paper"))
    assert len(phone) >= 10 and [r.replace("phone", "paper") for r in phone] == paper


def test_a_table_without_rows_says_why_instead_of_headings_over_nothing():
    none = Grid(Sentence("Goals"), (Sentence("Goal"), Sentence("Owner")), (), Sentence("The params name none: `goals` would."))
    table = on_page(none, "en")
    assert "<table" not in table and "Owner" not in table
    assert '<p class="label">Goals</p>' in table and 'none: <code dir="ltr">goals</code> would.' in table


def test_what_somebody_writes_in_a_file_is_set_apart_in_the_note_only():
    noted = Grid(Sentence("T"), (Sentence("A"),), (("a `b` c",),), Sentence("Add `goals` and `plan.tests`."))
    table = on_page(noted, "en")
    assert table.count("<code") == 2 and "a `b` c" in table
