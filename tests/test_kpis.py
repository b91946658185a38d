"""A measure's columns: what counts, what is missing, and queries that stand within each other."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from toolkit.data.frames import as_table
from toolkit.kpis import Measure, measured, queried, with_expressions
from toolkit.problems import Refused

ROWS = pd.DataFrame(
    {
        "i": [0, 1, 2, 3, 4],
        "y": [10.0, None, 30.0, -5.0, 1000.0],
        "x": [1.0, 2.0, None, 0.0, 4.0],
        "won": [True, False, None, True, True],
        "place": ["north", "north", "south", None, "south"],
    }
)


def sums(measure: Measure, table=None) -> list[tuple[float, float]]:
    """Numerator and denominator of each row, in the order of `ROWS`."""
    rows = measured(as_table(ROWS) if table is None else table, [measure], ["i"]).execute()
    rows = rows.sort_values("i")
    return list(zip(rows[measure.num], rows[measure.den], strict=True))


@pytest.mark.parametrize(
    ("measure", "expected"),
    [
        # a missing value is in neither sum; a 0 is in both
        (Measure("m", "y"), [(10, 1), (0, 0), (30, 1), (-5, 1), (1000, 1)]),
        (Measure("m", "y", "x"), [(10, 1), (0, 0), (0, 0), (-5, 0), (1000, 4)]),
        (Measure("m", "won"), [(1, 1), (0, 1), (0, 0), (1, 1), (1, 1)]),
        (Measure("m", "y > 20"), [(0, 1), (0, 0), (1, 1), (0, 1), (1, 1)]),
        # a row whose condition is missing does not count
        (Measure("m", "1", where="place = 'north'"), [(1, 1), (1, 1), (0, 0), (0, 0), (0, 0)]),
        (Measure("m", "y", where="won"), [(10, 1), (0, 0), (0, 0), (-5, 1), (1000, 1)]),
        # drawn in to the two values, a missing one to neither
        (Measure("m", "y", clip=(0, 50)), [(10, 1), (0, 0), (30, 1), (0, 1), (50, 1)]),
        (Measure("m", "y", clip=(0, 50), where="x > 1"), [(0, 0), (0, 0), (0, 0), (0, 0), (50, 1)]),
    ],
)
def test_what_counts(measure, expected):
    assert sums(measure) == [(float(n), float(d)) for n, d in expected]


def test_an_expression_that_fails_on_rows_left_out():
    share = Measure("m", "CASE WHEN x <> 0 THEN y / x END")
    found = sums(share)
    assert found[0] == (10.0, 1.0) and found[3] == (0.0, 0.0)
    assert math.isclose(found[4][0], 250.0)


def test_queries_stand_within_each_other():
    table = queried(as_table(ROWS), "*", "place IS NOT NULL")
    once = with_expressions(table, {"double": "y * 2"}, ["i", "place", "y"])
    twice = with_expressions(once, {"double": "double * 2"}, ["i", "y"])
    assert sums(Measure("m", "double"), twice) == [(40, 1), (0, 0), (120, 1), (4000, 1)]
    rows = measured(once, [Measure("m", "double"), Measure("share", "y > 20")], ["place"])
    means = with_expressions(
        rows.group_by("place").aggregate(n=rows.m__num.sum(), d=rows.m__den.sum()),
        {"mean": "n / d"},
        ["place"],
    )
    assert means.execute().set_index("place")["mean"].to_dict() == {"north": 20.0, "south": 1030.0}


def test_queries_of_different_rows_stand_beside_each_other():
    table = as_table(ROWS)
    above = with_expressions(queried(table, "*", "y > 0"), {"above": "y"}, ["i"])
    below = with_expressions(queried(table, "*", "x > 0"), {"below": "x"}, ["i"])
    both = with_expressions(above.join(below, "i"), {"ratio": "above / below"}, ["i"])
    again = with_expressions(above.join(above.view(), "i"), {"same": "above"}, ["i"])
    assert both.execute().set_index("i")["ratio"].to_dict() == {0: 10.0, 4: 250.0}
    assert sorted(again.execute()["same"]) == [10.0, 30.0, 1000.0]


def test_a_measure_is_named_by_an_identifier():
    with pytest.raises(ValueError, match="identifier; got 'a b'"):
        Measure("a b", "y")


def test_text_and_days_are_no_numbers_to_sum_and_all_that_is_wrong_is_said():
    table = as_table(ROWS.assign(day=pd.Timestamp("2026-09-01")))
    wrong = [Measure("a", "place"), Measure("b", "y", "day"), Measure("c", "day - day", where="place")]
    with pytest.raises(Refused) as refused:
        measured(table, wrong)
    said = [str(p) for p in refused.value.problems]
    assert [p.partition(":")[0] for p in said] == ["a.numerator", "b.denominator", "c.numerator", "c.where"]
    assert "'place' must be a number, or true or false; it is string" in said[0]
    assert "'place' must be true or false for each row" in said[3]
