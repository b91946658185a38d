"""What the address of a Spark says."""

from __future__ import annotations

from toolkit.data.spark_sessions import settings_of


def test_a_url_says_a_folder_and_settings():
    assert settings_of("pyspark://") == {}
    said = settings_of("pyspark:///some/place?spark.master=local%5B2%5D&spark.ui.enabled=true")
    assert said == {"spark.sql.warehouse.dir": "/some/place", "spark.master": "local[2]", "spark.ui.enabled": "true"}
