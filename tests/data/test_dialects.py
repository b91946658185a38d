"""SQL that engines do differently, written out so that each means what DuckDB means.

The written-out text is DuckDB's too: it must give there what the text itself gives.
"""

from __future__ import annotations

import duckdb
import pytest

from toolkit.data.dialects import portable

TEXTS = (
    "SELECT DATE '2024-02-28' + to_days(2)",
    "SELECT DATE '2024-02-28' + to_days(n) FROM (VALUES (1), (366)) AS t(n) ORDER BY 1",
    "SELECT round(x, 2) FROM (VALUES (2.675e0), (-2.345e0), (0.125e0), (-0.125e0), (1e9), (NULL)) AS t(x) ORDER BY x",
    "SELECT date_diff('day', TIMESTAMP '2024-01-01 23:59:00', TIMESTAMP '2024-01-02 00:01:00')",
    "SELECT date_diff('minute', TIMESTAMP '2024-01-01 10:00:59', TIMESTAMP '2024-01-01 10:02:01')",
    "SELECT date_diff('month', DATE '2024-01-31', DATE '2024-02-01'), date_diff('year', DATE '2023-12-31', DATE '2024-01-01')",
    "SELECT CAST(a < 2 AS DOUBLE), CAST(NOT (a < 2) AS INTEGER), CAST((a = 1 AND a IN (1, 2)) AS BIGINT) "
    "FROM (VALUES (1), (2), (NULL)) AS t(a) ORDER BY a",
)


@pytest.mark.parametrize("engine", ["postgres", "pyspark"])
@pytest.mark.parametrize("text", TEXTS)
def test_what_is_written_out_means_the_same(text, engine):
    written = portable(text, engine)
    assert written != text
    assert duckdb.sql(written).fetchall() == duckdb.sql(text).fetchall()


def test_duckdb_gets_the_text_as_it_stands():
    text = "SELECT   round(x,2) from t"
    assert portable(text, "duckdb") == text
