"""A frame, a table or a file comes in as it is, or is refused by the name of its column."""

from __future__ import annotations

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest

from toolkit.data.frames import as_table
from toolkit.problems import Refused


def test_a_frame_keeps_its_types_and_its_missing_values():
    frame = pd.DataFrame({
        "n": [1, 2, 3], "x": [1.5, np.nan, 2.0], "flag": [True, False, True], "word": ["a", None, "b"],
        "day": pd.to_datetime(["2026-01-01", None, "2026-01-03"]), "kind": pd.Categorical(["p", "q", None]),
        "count": pd.array([1, None, 3], dtype="Int64"), "on": [date(2026, 1, 1)] * 3, "none": [None] * 3,
    })  # fmt: skip
    table = as_table(frame)
    kinds = {name: str(kind).split("(")[0] for name, kind in table.schema().items()}
    assert kinds == {
        "n": "int64", "x": "float64", "flag": "boolean", "word": "string", "day": "timestamp", "kind": "string",
        "count": "int64", "on": "date", "none": "float64",
    }  # fmt: skip
    nulls = table.agg(**{c: table[c].isnull().sum() for c in table.columns}).to_pyarrow().to_pylist()[0]
    assert nulls == {"n": 0, "x": 1, "flag": 0, "word": 1, "day": 1, "kind": 1, "count": 1, "on": 0, "none": 3}


def test_columns_of_several_types_are_named_together():
    frame = pd.DataFrame({"a": [1, "x"], "b": [1, 2], "c": [date(2026, 1, 1), 7]})
    with pytest.raises(Refused) as caught:
        as_table(frame)
    said = str(caught.value)
    assert "frame.a: must hold one type of value (holds int, str)" in said and "frame.c" in said
    assert len(caught.value.problems) == 2


@pytest.mark.parametrize(
    ("frame", "said"),
    [
        (pd.DataFrame(), "has no columns"),
        (pd.DataFrame({0: [1]}), "must be text"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), "stands twice"),
    ],
)
def test_a_frame_without_usable_names(frame, said):
    with pytest.raises(Refused, match=said):
        as_table(frame)


def test_two_frames_do_not_get_in_each_others_way():
    one, two = as_table(pd.DataFrame({"a": [1]})), as_table(pd.DataFrame({"a": [2]}))
    assert (int(one.a.sum().execute()), int(two.a.sum().execute())) == (1, 2)


def test_files(tmp_path):
    frame = pd.DataFrame({"a": [1, 2], "word": ["x, y", 'q"q']})
    frame.to_csv(tmp_path / "t.csv", index=False)
    frame.to_parquet(tmp_path / "odd[1]*.parquet")
    for path in (tmp_path / "t.csv", str(tmp_path / "t.csv"), tmp_path / "odd[1]*.parquet"):
        assert as_table(path).to_pandas().to_dict("list") == frame.to_dict("list")


def test_a_late_word_makes_a_column_text_and_not_missing(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a\n" + "1\n" * 60_000 + "oops\n")
    table = as_table(path)
    assert table.schema()["a"].is_string() and int(table.a.isnull().sum().execute()) == 0


def test_a_ragged_file_is_refused(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n1,2\n3,4,5\n6,7\n")
    with pytest.raises(Refused, match="cannot be read"):
        as_table(path).to_pandas()


def test_a_file_that_is_not_there_and_one_of_another_kind(tmp_path):
    with pytest.raises(Refused, match="is not there"):
        as_table(tmp_path / "no.parquet")
    with pytest.raises(Refused, match="Choices: '.parquet', '.csv'"):
        as_table(tmp_path / "t.xlsx")


def test_an_ibis_table_is_returned_as_it_is_and_anything_else_is_no_table():
    table = ibis.memtable({"a": [1]})
    assert as_table(table) is table
    with pytest.raises(TypeError, match="got list"):
        as_table([1])
