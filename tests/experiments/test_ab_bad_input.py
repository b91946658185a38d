"""What cannot be answered is refused by name: the place, the value, the rule, the choices; all at once."""

from __future__ import annotations

import pandas as pd
import pytest
from two_arm_tables import declared, shares, two_arms

from toolkit import experiments
from toolkit.experiments import Experiment, Metric
from toolkit.problems import Refused


def refused(table, definition: Experiment) -> str:
    with pytest.raises(Refused) as caught:
        experiments.estimate(table, definition)
    return str(caught.value)


def test_unknown_columns_are_all_named_with_the_nearest():
    said = refused(
        two_arms(1),
        declared(Metric("z", "yy + 1", role="primary"), covariates=["age"], segments=["regio"]),
    )
    assert "tests.test.covariates: 'age' is no column of the table" in said
    assert "'regio'" in said and "yy" in said
    assert "'y'" in said and len(said.splitlines()) == 3


def test_an_arm_with_no_rows():
    definition = declared(arms={"a": 1, "b": 1, "c": 1})
    said = refused(two_arms(1), definition)
    assert said == "tests.test.arms: 'c' has no rows in the data. Choices: 'a', 'b'"


def test_one_arm_only_names_both_facts():
    table = two_arms(1).query("arm == 'a'")
    said = refused(table, declared())
    assert "'b' has no rows in the data" in said and "'a' is the only arm with rows" in said


def test_an_arm_that_is_not_declared_and_rows_without_one():
    table = two_arms(1)
    table.loc[:2, "arm"] = "x"
    table.loc[5, "arm"] = None
    said = refused(table, declared())
    assert "'x' stands in the data and is no arm of the test" in said and "(3 rows)" in said
    assert "is missing" in said and "(1 row)" in said


def test_an_empty_table_and_a_filter_that_leaves_nothing():
    assert "the table is empty" in refused(two_arms(1).iloc[:0], declared())
    assert "'y > 1000' leaves no row" in refused(two_arms(1), declared(where="y > 1000"))


def test_values_that_are_no_numbers():
    table = two_arms(1).assign(word="x")
    assert "must be a number" in refused(table, declared(Metric("word", role="primary")))
    table.loc[3, "y"] = float("inf")
    assert "no finite numbers" in refused(table, declared())


def test_a_unit_without_a_name():
    table = two_arms(1).assign(customer_id=range(400))
    table["customer_id"] = table["customer_id"].astype("Int64")
    table.loc[7, "customer_id"] = None
    assert "every row of a test names its unit" in refused(table, declared(unit="customer_id"))


def test_a_segment_with_a_value_for_everyone():
    table = two_arms(1, 1000).assign(who=range(1000))
    assert "at most 200" in refused(table, declared(segments=["who"]))


def test_sql_is_one_expression():
    said = refused(two_arms(1), declared(Metric("m", "sum(y)", role="primary"), where="y; DROP TABLE t"))
    assert "metrics.m.numerator" in said and "tests.test.where" in said


def test_a_definition_says_all_that_is_wrong_with_it():
    with pytest.raises(Refused) as caught:
        Experiment(
            arm="arm", control="z", arms={"a": 1, "b": 0}, level=95,
            metrics=[Metric("m", role="guardrail"), Metric("n", role="main", better="more", quantile=2)],
        )  # fmt: skip
    said = str(caught.value)
    for part in ("control: 'z'", "arms.b", "level", "needs 'margin'", "'main'", "'more'", "quantile", "'primary'"):
        assert part in said
    assert "Choices: 'a', 'b'" in said


def test_names_that_are_code_are_refused():
    with pytest.raises(Refused, match="letters, digits"):
        declared(Metric("x=__import__('os')", "y", role="primary"))


def test_one_arm_is_no_test():
    with pytest.raises(Refused, match="compares nothing"):
        Experiment(arm="arm", control="a", arms={"a": 1}, metrics=[Metric("y", role="primary")])


def test_a_table_is_a_frame_a_table_or_a_path():
    with pytest.raises(TypeError, match="pandas frame"):
        experiments.estimate([1, 2], declared())
    with pytest.raises(TypeError, match="needs the definition"):
        experiments.estimate(two_arms(1))


def test_what_is_named_in_values_stays_a_value():
    """Arms and segments hold any text; none of it is read as anything else."""
    odd = "b'); DROP TABLE frame; --<script>"
    table = shares((5, 40), (12, 40))
    table["arm"] = table["arm"].replace({"b": odd})
    table["place"] = pd.Series(['"', "'"] * 40)
    found = experiments.estimate(
        table, Experiment(arm="arm", control="a", arms={"a": 1, odd: 1}, metrics=[Metric("hit", role="primary")],
                          segments=["place"]),
    )  # fmt: skip
    assert found.of("hit").arm == odd
    assert "<script>" not in found._repr_mimebundle_()["text/html"]
