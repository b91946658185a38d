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
    "SELECT round(date_diff('day', a, a + to_days(3)) / 7, 1) FROM (VALUES (DATE '2024-02-28')) AS t(a)",
)
SPARK_ONLY = (
    "SELECT epoch(b - a) / 3600.0 FROM (VALUES (TIMESTAMP '2024-01-01 10:00:59', TIMESTAMP '2024-01-01 10:02:01.5')) AS t(a, b)",
    "SELECT CAST(UNNEST(generate_series(DATE '2024-01-31', DATE '2024-04-30', INTERVAL 1 MONTH)) AS DATE) AS month",
    "SELECT a / 7.0, a / 2 / 3, SUM(a) / COUNT(*) FROM (VALUES (1), (NULL), (30)) AS t(a) GROUP BY a ORDER BY a",
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


@pytest.mark.parametrize("text", SPARK_ONLY)
def test_what_is_written_out_for_spark_means_the_same(text):
    duckdb.sql("CREATE OR REPLACE TEMP MACRO unix_micros(moment) AS epoch_us(moment)")  # Spark's name of it
    written = portable(text, "pyspark")
    assert written != text
    assert duckdb.sql(written).fetchall() == duckdb.sql(text).fetchall()


def test_what_stands_within_others_is_written_out_too():
    written = portable("SELECT round(epoch(b - a) / 60.0, 1) FROM t", "pyspark")
    assert "UNIX_MICROS" in written
    assert "ROUND" not in written


def test_nothing_is_divided_by_zero_in_spark():
    assert duckdb.sql(portable("SELECT a / (a - 1) FROM (VALUES (1), (3)) AS t(a) ORDER BY a", "pyspark")).fetchall() == [(None,), (1.5,)]
