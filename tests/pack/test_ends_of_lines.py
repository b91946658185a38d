"""Where a line of a page must not end."""

from __future__ import annotations

import pytest

from toolkit.pack.line_ends import together

_HELD = "\u00a0"


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("3.1 % more", "3.1_% more"),
        ("costs 12 EUR a month", "costs 12_EUR a month"),
        ("moved (0.5 to 1.2) so far", "moved (0.5_to_1.2) so far"),
        ("moved (−7,1 a −2,0).", "moved (−7,1_a_−2,0)."),
        ("(difference −0.1 EUR, −0.4 to 0.3)", "(difference −0.1_EUR, −0.4_to_0.3)"),
        ("(\u200e−7.1 עד 2.0)", "(\u200e−7.1_עד_2.0)"),
        ("(1,000 to 2,000)", "(1,000_to_2,000)"),
    ],
)
def test_a_number_keeps_its_sign_and_an_interval_its_ends(text, held):
    assert together(text) == held.replace("_", _HELD)


@pytest.mark.parametrize(
    "text",
    ["3 hours", "12 Apples", "Q3 2026", "(see page 3 to learn)", "(from 1 to many)", "1 to 2", "in 3 EURO", "a b"],
)
def test_everything_else_may_be_broken(text):
    assert together(text) == text


def test_markup_stays_as_it_is():
    assert together('<td class="number">3.1 %</td>') == f'<td class="number">3.1{_HELD}%</td>'
