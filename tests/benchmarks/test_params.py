"""Names in a comparison of the params file lead somewhere, or are said with their place."""

from __future__ import annotations

import pytest

from benchmarks_params import MOBILE
from toolkit.company.load import load_company
from toolkit.problems import Refused


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("company: provider", "company: provder", "'provder' is no column of 'answers'"),
        ("table: answers\n      company", "table: answer\n      company", "'answer' is no table of this file"),
        ("column: cusa", "column: provider", "must be a column of numbers"),
        ("low: 1, high: 7", "low: 7, high: 1", "'low' must be smaller than 'high'"),
        ("high: 7, label", "high: 7, kind: net_score, label", "a 'net_score' is of answers from 0 to 10"),
        ("rank_from: 30", "rank_from: 10", "'rank_from' must not be smaller than 'show_from'"),
        ("kind: index", "kind: index", None),
        ("rank_from: 30", "where: 1", "where"),
    ],
)
def test_a_comparison_with_something_wrong(written, old, new, words):
    path = written("mobile", MOBILE.replace(old, new))
    if words is None:
        assert load_company(path).company.benchmarks["providers"].us == "3"
        return
    with pytest.raises(Refused) as error:
        load_company(path)
    assert words in str(error.value)


def test_one_column_under_mix_and_margins_is_refused_with_the_choice(written):
    text = MOBILE.replace("company: provider\n", "company: provider\n      mix: [provider]\n      margins: {provider: {'1': 1}}\n", 1)
    with pytest.raises(Refused, match="'provider' stands under 'mix' and under 'margins'.*leave it under one"):
        load_company(written("mobile", text))
