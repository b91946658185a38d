"""What cannot be compared is refused by name; what casts doubt is said; nothing is averaged away."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest

from toolkit.benchmarks import Attribute, Benchmark, Habits, Score, Survey, check, conclude, estimate
from toolkit.problems import Refused

N = 150


def frame(**columns) -> pd.DataFrame:
    rng = np.random.default_rng(1)
    data = {"company": np.repeat(["us", "b"], N), "score": rng.integers(1, 11, 2 * N).astype(float)}
    return pd.DataFrame({**data, **columns})


def definition(**survey) -> Benchmark:
    return Benchmark("us", Survey("company", (Score("score", 1, 10),), **survey))


def refused(rows: pd.DataFrame, asked: Benchmark) -> str:
    with pytest.raises(Refused) as error:
        estimate(rows, asked)
    return str(error.value)


def test_a_code_outside_the_scale():
    rows = frame()
    rows.loc[[3, 9], "score"] = 99
    assert "holds codes outside its scale 1 to 10: 99 (2 times)" in refused(rows, definition())


@pytest.mark.parametrize(("weight", "words"), [(0.0, "must be above 0 (1 row)"), (-1.0, "must be above 0 (1 row)"),
                                               (np.nan, "every answer needs its weight (1 row)")])
def test_weights_that_cannot_be(weight, words):
    weights = np.ones(2 * N)
    weights[5] = weight
    assert words in refused(frame(weight=weights), definition(weight="weight"))


def test_a_margin_level_nobody_answered_and_one_without_a_share():
    rows = frame(age=np.tile(["young", "old"], N))
    rows.loc[rows.company == "b", "age"] = "young"
    said = refused(rows, definition(margins={"age": {"young": 0.5, "old": 0.5}}))
    assert "'b' nobody answered in level 'old' of age" in said
    said = refused(frame(age=np.tile(["young", "old"], N)), definition(margins={"age": {"young": 1.0}}))
    assert "level 'old' of age has no target" in said


def test_raking_that_does_not_converge():
    first = np.tile(["a", "b"], N)
    rows = frame(first=first, second=np.where(first == "a", "x", "y"))
    said = refused(rows, definition(margins={"first": {"a": 0.7, "b": 0.3}, "second": {"x": 0.4, "y": 0.6}}))
    assert "raking does not converge" in said and "'us'" in said and "'b'" in said


def test_an_item_with_one_value_is_refused_or_left_out_by_name():
    assert "has one value only" in refused(frame(score=np.full(2 * N, 7.0)), definition())
    rows = frame(flat=np.full(2 * N, 3.0), fair=np.tile([1.0, 2, 3, 4, 5], 60))
    found = estimate(rows, definition(attributes=(Attribute("flat", "flat"), Attribute("fair", "fair"))))
    assert found.wants.left_out == ("Flat",)
    assert any("Flat was answered" in c.name.text() for c in check(found).failed)


def test_a_company_with_one_answer_is_named_and_not_shown():
    rows = pd.concat([frame(), pd.DataFrame({"company": ["lone"], "score": [10.0]})])
    found = estimate(rows, definition())
    assert [m.company for m in found.too_few] == ["lone"]
    assert "lone has answers enough to be shown" in check(found).grid().text()


def test_a_design_effect_above_four_is_a_doubt_in_the_sentence():
    rng = np.random.default_rng(2)
    cluster = np.tile(np.repeat(np.arange(15), 10), 2)
    rows = frame(cluster=cluster)
    rows["score"] = np.clip(np.rint(5.5 + 2.5 * rng.normal(size=30)[cluster + 15 * (rows.company == "b")]), 1, 10)
    rows["cluster"] = rows.company + rows.cluster.astype(str)
    found = estimate(rows, definition(cluster=("cluster",)))
    assert found.us.design_effect > 4
    checks = check(found)
    assert any("above 4" in c.detail.text() for c in checks.failed)
    assert "The design costs few answers" in conclude(found, checks)[0].sentence.text()


def test_everything_wrong_is_said_at_once():
    rows = frame(weight=np.zeros(2 * N))
    rows.loc[0, "score"] = 98
    rows.loc[1, "company"] = None
    said = refused(rows, definition(weight="weight"))
    for words in ("98 (1 times)", "must be above 0", "every answer is about a company"):
        assert words in said


def test_we_are_not_among_the_companies():
    said = refused(frame(), Benchmark("uss", Survey("company", (Score("score", 1, 10),))))
    assert "Did you mean 'us'?" in said


def test_columns_and_sql_that_lead_nowhere():
    said = refused(frame(), definition(frame="fram", where="scor > 1"))
    assert "'fram' is no column" in said and "scor" in said


def test_a_stratum_of_one_cluster_is_said_or_refused():
    rows = frame(stratum=["lone", *["many"] * (2 * N - 1)])
    found = estimate(rows, definition(strata="stratum"))
    assert any("lone" in c.detail.text() for c in check(found).failed)
    assert "one cluster only" in refused(rows, definition(strata="stratum", lonely="refuse"))


def test_more_drawn_than_there_are():
    assert "more clusters were drawn" in refused(frame(there=np.full(2 * N, 20)), definition(population=("there",)))


def test_two_values_of_one_practice():
    rows = pd.DataFrame({"company": ["us", "us"], "practice": ["chat", "chat"], "value": [1, 0]})
    with pytest.raises(Refused, match="two values for one company"):
        estimate(None, Benchmark("us", habits=Habits("company", "practice", "value")), practised=rows)


def test_a_definition_that_compares_nothing():
    with pytest.raises(Refused, match="nothing to compare"):
        Benchmark("us")
    with pytest.raises(Refused, match="smaller than 'show_from'"):
        Benchmark("us", Survey("company", (Score("score", 1, 10),)), show_from=50, rank_from=40)


def test_a_definition_in_code_keeps_the_rules_of_the_params_file():
    survey = Survey(
        "company", (Score("score", 9, 1), Score("likely", 1, 7, "net_score")), (Attribute("price", "price", 5, 1),),
        margins={"age": {"old": -1.0}}, mix=("age",),
    )  # fmt: skip
    with pytest.raises(Refused) as error:
        Benchmark("us", survey, habits=Habits("company", "practice"))
    said = str(error.value)
    for words in ("scores.score: 'low' must be smaller", "'net_score' is of answers from 0 to 10", "attributes.price: 'low'",
                  "must be shares that are not negative", "under 'mix' and under 'margins'", "'practice' needs 'value'"):
        assert words in said, said


def test_the_command_names_every_problem_of_every_comparison(tmp_path, root):
    rng = np.random.default_rng(4)
    rows = frame(age=np.tile(["young", "old"], N), code=rng.integers(1, 11, 2 * N), flat=np.full(2 * N, 7),
                 zero=np.ones(2 * N), below=np.ones(2 * N), absent=np.ones(2 * N))  # fmt: skip
    rows["same"] = np.where(rows.age == "old", "p", "q")
    rows["lone"] = np.where(rows.company == "b", "young", rows.age)
    rows.loc[[3, 9], "code"] = 99
    rows.loc[5, "zero"], rows.loc[5, "below"], rows.loc[5, "absent"] = 0, -1, np.nan
    rows.to_csv(tmp_path / "answers.csv", index=False)
    texts = ("company", "age", "same", "lone")
    columns = "".join(f"      {c}: {{type: {'text' if c in texts else 'number'}}}\n" for c in rows.columns)
    asked = {
        "code": ("code", ""), "flat": ("flat", ""), "zero": ("score", "weight: zero"), "below": ("score", "weight: below"),
        "absent": ("score", "weight: absent"), "lone": ("score", "margins: {lone: {young: 0.5, old: 0.5}}"),
        "apart": ("score", "margins: {age: {young: 0.5, old: 0.5}, same: {p: 0.3, q: 0.7}}"),
    }  # fmt: skip
    compared = "".join(
        f"  {name}:\n    label: {name}\n    us: us\n    answers:\n      table: answers\n      company: company\n"
        f"      scores: [{{column: {score}, low: 1, high: 10}}]\n      {more}\n"
        for name, (score, more) in asked.items()
    )
    head = "company: {id: bad, name: Bad, as_of: 2026-09-30}\ntables:\n  answers:\n    path: answers.csv\n    columns:\n"
    path = tmp_path / "bad.yaml"
    path.write_text(f"version: 1\n{head}{columns}benchmarks:\n{compared}", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "toolkit.cli", "run", str(path), "--out", str(tmp_path / "out"), "--jobs", "2"],
        cwd=root, capture_output=True, text=True, env={**os.environ, "OMP_NUM_THREADS": "1"}, check=False,
    )
    said = done.stdout + done.stderr
    assert done.returncode == 2 and not list(tmp_path.rglob("index.html")), said
    for words in (
        "benchmarks.code.answers.scores.code: 'code' holds codes outside its scale 1 to 10: 99 (2 times)",
        "benchmarks.flat.answers.scores.flat: 'flat = 7' has one value only",
        "benchmarks.zero.answers.weight: 'zero' must be above 0",
        "benchmarks.below.answers.weight: 'below' must be above 0",
        "benchmarks.absent.answers.weight: 'absent' is missing",
        "benchmarks.lone.answers.margins: 'b' nobody answered in level 'old' of lone",
        "benchmarks.apart.answers.margins: 'us' raking does not converge",
    ):
        assert words in said, said
