import json
from dataclasses import FrozenInstanceError
from datetime import date
from math import inf, nan

import pytest

from toolkit.display import charts
from toolkit.display.chart import SVG, VEGALITE
from toolkit.display.layout import NARROW, WIDE, at_width
from toolkit.display.rows import Change, Effect, Line, Mark, Point, Row
from toolkit.language import Quantity, Sentence
from toolkit.shown import GRID, Grid

TITLE = Sentence("Two arms did better")


def two_metrics() -> charts.Chart:
    return charts.effects(
        [
            Effect("Visits", "mail", Quantity(0.02, "points", 0.01, 0.03), worthwhile=0.005),
            Effect("Visits", "call", Quantity(-0.02, "points", -0.03, -0.01)),
            Effect("Wait", "mail", Quantity(-2.0, "hours", -3.0, -1.0), better="lower", margin=0.5),
            Effect("Wait", "call", Quantity(nan, "hours", reason="no calls")),
        ],
        TITLE,
    )


def rows_of(view: dict, field: str) -> list[dict]:
    """The data of the first layer that has `field`."""
    return next(
        layer["data"]["values"] for layer in view["layer"] if field in layer["data"]["values"][0]
    )


def walk(value: object):
    if isinstance(value, dict):
        for key, inner in value.items():
            yield key, inner
            yield from walk(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from walk(inner)


def test_a_notebook_gets_picture_data_and_words_but_no_html():
    chart = two_metrics()
    shown = chart._repr_mimebundle_()
    assert set(shown) == {VEGALITE, SVG, GRID, "text/plain"}
    assert shown[SVG].startswith("<svg") and "Two arms did better" in shown[SVG]
    assert Grid.from_json(shown[GRID]) == chart.table
    assert shown["text/plain"] == repr(chart) == two_metrics().__repr__()
    assert shown["text/plain"].splitlines()[0] == "Two arms did better"
    json.dumps(shown, allow_nan=False)


def test_it_is_drawn_once_and_the_same_every_time():
    chart = two_metrics()
    assert chart.svg is chart.svg
    assert two_metrics().svg == chart.svg
    assert two_metrics() == chart
    with pytest.raises(FrozenInstanceError):
        chart.title = TITLE


@pytest.mark.parametrize(
    "key",
    ["url", "href", "$schema", "expr", "signal", "calculate", "transform", "params", "labelExpr"],
)
def test_specifications_fetch_nothing_and_compute_nothing(key):
    for chart in (two_metrics(), over_time()):
        assert key not in [k for k, _ in walk(chart.complete)]


def test_the_words_hold_every_number_of_the_chart():
    said = two_metrics().alt.text()
    assert said.startswith("Two arms did better. Visits, mail 2.0 percentage points (1.0 to 3.0); ")
    assert "Wait, mail −2.0 hours (−3.0 to −1.0)" in said and "Wait, call no data" in said


def test_better_and_worse_follow_the_metric_and_not_the_sign():
    tones = [
        Effect("m", "a", Quantity(-2.0, "hours", -3.0, -1.0), better="lower").tone,
        Effect("m", "a", Quantity(-2.0, "hours", -3.0, -1.0)).tone,
        Effect("m", "a", Quantity(-2.0, "hours", -3.0, 1.0)).tone,
        Effect("m", "a", Quantity(nan, "hours")).tone,
    ]
    assert tones == ["better", "worse", "level", "unknown"]


def test_shares_are_drawn_in_percentage_points_and_marks_with_them():
    view = two_metrics().spec["concat"][0]
    known = rows_of(view, "value")
    assert [(d["value"], d["low"], d["high"]) for d in known] == [
        (2.0, 1.0, 3.0),
        (-2.0, -3.0, -1.0),
    ]
    marks = [
        d
        for layer in view["layer"]
        for d in layer["data"]["values"]
        if d.get("label") == "worthwhile"
    ]
    assert [m["at"] for m in marks] == [0.5]
    assert view["title"] == {"text": "Visits", "subtitle": "percentage points"}


def test_harm_that_is_acceptable_lies_on_the_bad_side():
    view = two_metrics().spec["concat"][1]
    assert [
        d["at"]
        for layer in view["layer"]
        for d in layer["data"]["values"]
        if d.get("label") == "acceptable"
    ] == [0.5]


def test_what_is_unknown_is_hatched_and_never_a_zero():
    view = two_metrics().spec["concat"][1]
    hatched = [
        layer for layer in view["layer"] if str(layer["mark"].get("shape", "")).startswith("M")
    ]
    assert [d["label"] for layer in hatched for d in layer["data"]["values"]] == ["call"]
    assert {
        d["value"]
        for layer in view["layer"]
        for d in layer["data"]["values"]
        if d.get("label") == "call"
    } == {None}


def test_open_ends_reach_the_edge_of_the_axis():
    chart = charts.dot_interval(
        [Row("a", Quantity(1.0, "hours", 0.5, inf)), Row("b", Quantity(2.0, "hours", 1.5, 4.0))],
        TITLE,
    )
    drawn = rows_of(chart.spec, "value")
    edge = chart.spec["layer"][-3]["encoding"]["x"]["scale"]["domain"][1]
    assert drawn[0]["high"] == edge > 4.0
    json.dumps(chart.complete, allow_nan=False)


def test_one_axis_one_unit():
    with pytest.raises(ValueError, match="one unit; got EUR, hours"):
        charts.dot_interval(
            [Row("a", Quantity(1.0, "hours")), Row("b", Quantity(1.0, "EUR"))], TITLE
        )
    with pytest.raises(ValueError, match="at least one row"):
        charts.effects([], TITLE)
    with pytest.raises(ValueError, match="'blue' is no tone; tones are us"):
        Row("a", Quantity(1.0), "blue")


def test_bars_start_at_zero():
    chart = charts.bars([Row("a", Quantity(800, "count")), Row("b", Quantity(820, "count"))], TITLE)
    bar = next(layer for layer in chart.spec["layer"] if layer["mark"]["type"] == "bar")
    assert bar["encoding"]["x"]["scale"]["domain"][0] == 0.0


def over_time() -> charts.Chart:
    points = tuple(
        Point(date(2026, m, 1), Quantity(5.0 - m / 10, "hours", 4.5, 5.5), m < 6)
        for m in range(1, 7)
    )
    return charts.line_over_time(
        [Line("First reply", points)],
        TITLE,
        changes=[Change(date(2026, 3, 15), "Same-day replies")],
        marks=[Mark(4.0, Sentence("goal"))],
    )


def test_days_are_instants_in_utc():
    days = [d["day"] for d in rows_of(over_time().spec, "low")]
    assert days[0] == 1767225600000  # 2026-01-01T00:00:00Z
    assert days[1] - days[0] == 31 * 86400000


def test_incomplete_periods_are_hollow():
    points = [layer for layer in over_time().spec["layer"] if layer["mark"]["type"] == "point"]
    assert {layer["mark"]["filled"]: len(layer["data"]["values"]) for layer in points} == {
        True: 5,
        False: 1,
    }


def test_a_line_is_in_order_of_time():
    with pytest.raises(ValueError, match="order of time"):
        Line("x", (Point(date(2026, 2, 1), Quantity(1.0)), Point(date(2026, 1, 1), Quantity(1.0))))
    with pytest.raises(ValueError, match="at least one known point"):
        charts.line_over_time([Line("x", (Point(date(2026, 2, 1), Quantity(nan)),))], TITLE)


def test_two_columns_on_a_desk_and_one_on_a_phone():
    chart = two_metrics()
    before = json.dumps(chart.complete)
    wide, narrow = (at_width(chart.complete, w) for w in (WIDE, NARROW))
    assert (wide["columns"], [v["width"] for v in wide["concat"]]) == (2, [342, 342])
    assert (narrow["columns"], [v["width"] for v in narrow["concat"]]) == (1, [338, 338])
    assert narrow["config"]["axisX"]["tickCount"] <= wide["config"]["axisX"]["tickCount"]
    assert json.dumps(chart.complete) == before


def test_names_are_data_and_a_novel_is_cut():
    name = "x" * 10_000
    chart = charts.dot_interval([Row(name, Quantity(1.0, "hours", 0.5, 1.5))], TITLE)
    assert all(len(str(v)) < 1000 for k, v in walk(chart.spec) if isinstance(v, str))
    assert chart.table.rows[0][0] == name
