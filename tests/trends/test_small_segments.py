"""Few rows of a segment in a period: neither shown nor left over when the shown ones are subtracted."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from series_tables import MONTHS, asked, kpi

from toolkit import trends
from toolkit.kpis import Measure
from toolkit.trends import levels


def rows(**counts) -> pd.DataFrame:
    """Rows of each shop by month: a number, or numbers of the last months after 20 each before."""
    rng = np.random.default_rng(5)
    parts = []
    for shop, n in counts.items():
        last = n if isinstance(n, list) else [n] * 3
        each = [max(last[0], 20)] * (36 - len(last)) + last
        days = np.repeat([pd.Timestamp(m.start) for m in MONTHS[:36]], each)
        parts.append(pd.DataFrame({"day": days, "shop": shop, "y": rng.normal(10, 1, len(days))}))
    return pd.concat(parts)


KINDS = {
    "ratio": kpi("y", segments=("shop",)),
    "percentile": kpi("y", segments=("shop",), quantile=0.9),
    "volume": kpi("y", segments=("shop",), measure=Measure("y", "1"), per="day"),
}


@pytest.mark.parametrize("kind", KINDS)
def test_a_segment_of_few_rows_in_the_period_is_left_out_with_the_next_smallest(kind):
    frame = rows(a=40, b=30, c=[3, 3, 3])
    found = trends.estimate(frame, asked(KINDS[kind], min_cell=10))["y"]
    assert [s.series.segment[1] for s in found.by_segment] == ["a"]
    assert [s.series.segment[1] for s in trends.estimate(frame, asked(KINDS[kind]))["y"].by_segment] == ["a", "b", "c"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_month_of_few_rows_is_not_shown_nor_what_would_tell_it(kind):
    frame = rows(a=40, b=30, c=[20, 4, 20])
    frame = frame[~((frame.shop == "b") & (frame.day == "2024-03-01"))]
    few = (frame.shop == "c") & (frame.day == "2024-06-01")
    frame = pd.concat([frame[~few], frame[few].head(7)])
    found = trends.estimate(frame, asked(KINDS[kind], min_cell=10))["y"]
    a, b, c = (s.series for s in found.by_segment)
    at = {str(p): i for i, p in enumerate(c.periods)}
    # the month of seven rows takes the smallest of the others with it, not the third
    for series, hidden in ((a, False), (b, True), (c, True)):
        assert np.isnan(series.values[at["2024-06"]]) == hidden
        assert series.rows[at["2024-06"]] == (0 if hidden else 40)
    assert "too few to be shown" in c.quantity_at(at["2024-06"]).reason
    # the quarter's own value is shown: of its months all or none, of two segments or none
    quarter = [at[m] for m in ("2025-10", "2025-11", "2025-12")]
    assert np.isnan(c.values[quarter]).all() and np.isnan(b.values[quarter]).all()
    assert np.isfinite(a.values[quarter]).all() and np.isfinite(c.values[at["2025-09"]])
    # the whole is no group, and stays
    assert np.isfinite(found.whole.values).all()


def test_a_change_does_not_tell_of_the_period_before():
    frame = rows(a=[40] * 6, b=[35] * 6, c=[2, 2, 2, 30, 30, 30])
    a, b, c = trends.estimate(frame, asked(KINDS["ratio"], min_cell=10))["y"].by_segment
    assert a.change.known and c.now.known
    assert not c.change.known and not b.change.known and "too few" in c.change.reason


def test_no_finding_speaks_of_a_hidden_segment():
    found = trends.estimate(rows(a=40, b=30, c=[3, 3, 3]), asked(KINDS["percentile"], min_cell=10))
    said = [f.segment for f in trends.conclude(found, trends.check(found)) if f.segment]
    assert said == ["shop=a"]
    assert "shop: a" in found.segment_grid().text() and "shop: c" not in found.segment_grid().text()


def test_a_level_by_segment_hides_what_is_too_few():
    frame = pd.DataFrame({"shop": ["a"] * 40 + ["b"] * 25 + ["c"] * 4, "y": np.arange(69.0)})
    question = levels.KpiLevel("y", Measure("y", "y"), segments=("shop",), min_cell=10)
    found = levels.estimate(frame, question)
    by = {v.of: v for v in found.levels}
    assert by["a"].value.value == pytest.approx(19.5) and by["a"].rows == 40
    assert [by[k].rows for k in "bc"] == [0, 0] and "too few" in by["c"].value.reason
    assert not any(q.value.known for q in (by["b"], by["c"]))
