"""Companies, waves and attributes of few answers: nothing of them is shown, not even how many there were."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from test_comparing import answers

from toolkit.benchmarks import Attribute, Benchmark, Score, Survey, check, conclude, estimate

SCORE = (Score("score", 1, 10),)


def everything(found) -> str:
    grids = [getattr(found, n)() for n in (
        "grid", "scores_grid", "beside_grid", "raw_grid", "gap_grid", "pairs_grid", "trend_grid", "wanted_grid", "attribute_grid")]
    checks = check(found)
    findings = conclude(found, checks)
    return " ".join([*(g.text() for g in grids), checks.grid().text(),
                     *(f"{f.sentence.text()} {f.to_json()}" for f in findings)])


def test_how_many_answers_a_company_has_is_not_told_where_they_are_few():
    frame = pd.concat([answers(), answers(3, 7, (10,), ("tiny",)), answers(4, 17, (9,), ("few",))])
    found = estimate(frame, Benchmark("us", Survey("company", SCORE), show_from=20, min_cell=10))
    rows = {r[0]: r for r in found.grid().rows}
    assert rows["tiny"][1] is None and rows["tiny"][3] is None and rows["tiny"][4] is None
    assert rows["few"][1] is None and rows["few"][3] == 17  # too few to be judged, and not few people
    numbers = {c.name.text(): dict(c.numbers) for c in check(found)}
    assert numbers["tiny has answers enough to be shown"] == {} and numbers["few has answers enough to be shown"] == {"n": 17}


def test_an_attribute_that_few_answered_about_a_company_has_no_gap():
    frame = answers(1, 200, (7, 7, 8), ("us", "b", "c"))
    rng = np.random.default_rng(2)
    frame["price"] = rng.integers(1, 6, len(frame)).astype(float)
    frame["speed"] = rng.integers(1, 6, len(frame)).astype(float)
    of_b = (frame.company == "b").to_numpy().nonzero()[0]
    frame.loc[of_b[6:], "price"] = np.nan  # six answers
    survey = Survey("company", SCORE, (Attribute("price", "price"), Attribute("speed", "speed")))
    found = estimate(frame, Benchmark("us", survey, show_from=10, rank_from=20, min_cell=10))
    cells = {(c.attribute.name, c.rival) for c in found.wants.gaps}
    assert cells == {("price", "c"), ("speed", "b"), ("speed", "c")}
    assert not found.wants.companies["b"]["price"].known and found.wants.companies["c"]["price"].known
    # the mean of the rivals would tell of the one that is hidden
    ours, theirs = (frame[frame.company == c].price for c in ("us", "c"))
    price = next(w for w in found.wants.wanted if w.attribute.name == "price")
    assert price.beside.value == pytest.approx(25 * (ours.mean() - theirs.mean()))


def test_a_wave_with_few_answers_has_no_gap():
    parts = []
    for i, n in enumerate((200, 6, 200, 200, 200)):
        part = answers(20 + i, 200, (6, 8), ("us", "b"))
        keep = part[(part.company == "us") | (part.groupby("company").cumcount() < n)]
        parts.append(keep.assign(wave=f"w{i}", day=pd.Timestamp("2025-01-15") + pd.DateOffset(months=3 * i)))
    survey = Survey("company", SCORE, wave="wave", time="day", waves_a_year=4)
    found = estimate(pd.concat(parts), Benchmark("us", survey, show_from=10, rank_from=20, min_cell=10))
    (trend,) = found.trends
    assert [wave for wave, _, _ in trend.points] == ["w0", "w2", "w3", "w4"]
    assert found.trend_grid().rows[1][1] is None


def test_what_is_shown_beside_keeps_to_it_as_well():
    panel = answers().assign(frame="panel")
    own = answers(7, 5, (9, 9), ("us", "b")).assign(frame="own_list")
    survey = Survey("company", SCORE, frame="frame")
    shown = estimate(pd.concat([panel, own]), Benchmark("us", survey))
    hidden = estimate(pd.concat([panel, own]), Benchmark("us", survey, min_cell=10))
    assert len(shown.beside_grid().rows) == 2 and hidden.beside_grid().rows == ()
    assert "beside_1" in everything(shown) and "beside_1" not in everything(hidden)
