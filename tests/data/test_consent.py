"""Rows of people who did not agree, or of whom it is not said, are in no figure, and are counted."""

from __future__ import annotations

import pandas as pd
import pytest
from company_tables import opened, said, values, written

from toolkit.company.load import load_company
from toolkit.problems import Refused

FLAGS = "id,agreed,v\n1,1,10\n2,0,20\n3,,30\n4,1,40\n"
COLUMNS = {"id": "text", "agreed": "integer", "v": "number"}


def test_only_rows_of_people_who_agreed_are_there(tmp_path):
    with written(tmp_path, FLAGS, COLUMNS, consent="agreed = 1") as source:
        assert values(source, "id") == [("1",), ("4",)]
        report = source.report("t")
        assert (report.rows, report.kept, report.without_consent, report.aside) == (4, 2, 2, 0)


@pytest.mark.parametrize(("kind", "yes", "no"), [("boolean", "true", "false"), ("integer", "1", "0"), ("text", "true", "rather not")])
def test_a_flag_of_any_kind_means_yes_only_where_it_says_so(tmp_path, kind, yes, no):
    text = f"id,agreed\n1,{yes}\n2,{no}\n3,\n"
    with written(tmp_path, text, {"id": "text", "agreed": kind}, consent="agreed") as source:
        assert values(source, "id") == [("1",)] and source.report("t").without_consent == 2


def test_rows_that_where_or_a_rule_leaves_out_are_not_counted_twice(tmp_path):
    columns = {**COLUMNS, "v": {"type": "number", "max": 35, "tolerate": 0.5}}
    with written(tmp_path, FLAGS, columns, consent="agreed = 1", where="id <> '3'") as source:
        report = source.report("t")
        assert (report.rows, report.kept, report.without_consent, report.aside) == (4, 1, 1, 1)


def test_nobody_agreed_is_said(tmp_path):
    with written(tmp_path, "id,agreed\n1,0\n2,\n", {"id": "text", "agreed": "integer"}, consent="agreed = 1") as source:
        assert said(source) == "tables.t.consent: 'agreed = 1' leaves no row of the table"
        with pytest.raises(Refused):
            source.table("t")


def people(tmp_path, consent: str, of_people: str | None = None):
    (tmp_path / "people.csv").write_text("who,research\na,1\nb,0\nc,\n")
    (tmp_path / "t.csv").write_text("id,who\n1,a\n2,b\n3,c\n4,stranger\n5,a\n")
    own = {"path": "people.csv", "key": "who", "columns": {"who": {"type": "text"}, "research": {"type": "integer"}}}
    answers = {
        "path": "t.csv", "key": "id", "columns": {"id": {"type": "text"}, "who": {"type": "text"}},
        "joins": {"people": {"on": "who", "columns": ["research"]}}, "consent": consent,
    }  # fmt: skip
    return {"people": {**own, **({"consent": of_people} if of_people else {})}, "t": answers}


def test_consent_that_stands_with_the_person_is_looked_up(tmp_path):
    with opened(tmp_path, people(tmp_path, "research = 1")) as source:
        assert values(source, "id") == [("1",), ("5",)] and source.report("t").without_consent == 3
        assert source.table("t").columns == ("id", "who", "research")
    # who is left out of people is a stranger to whoever looks them up
    with opened(tmp_path, people(tmp_path, "coalesce(research, 1) = 1", "research = 1")) as source:
        assert source.report("people").without_consent == 2
        assert values(source, "id") == [("1",), ("2",), ("3",), ("4",), ("5",)]


def test_two_uses_are_two_tables(tmp_path):
    (tmp_path / "t.csv").write_text(FLAGS)
    columns = {c: {"type": k} for c, k in COLUMNS.items()}
    tables = {"t": {"path": "t.csv", "columns": columns},
              "mailed": {"path": "t.csv", "columns": columns, "consent": "agreed = 1"}}  # fmt: skip
    with opened(tmp_path, tables) as source:
        assert source.table("t").count().execute() == 4 and source.table("mailed").count().execute() == 2


PARAMS = """
company: {{id: shop, name: Shop, as_of: 2026-09-30}}
tables:
  a:
    path: a.csv
    key: id
    consent: {of_a}
    columns: {{id: {{type: text}}, other: {{type: text}}, yes: {{type: integer}}}}
    joins: {{b: {{on: other, columns: [agreed]}}}}
  b:
    path: b.csv
    key: id
    consent: {of_b}
    columns: {{id: {{type: text}}, other: {{type: text}}, agreed: {{type: integer}}}}
    joins: {{a: {{on: other, columns: [yes]}}}}
"""


def test_what_cannot_be_asked_is_refused_with_its_place(tmp_path):
    def refused(of_a, of_b):
        (tmp_path / "shop.yaml").write_text(PARAMS.format(of_a=of_a, of_b=of_b).replace("[yes]", "[well]").replace("yes:", "well:"))
        with pytest.raises(Refused) as wrong:
            load_company(tmp_path / "shop.yaml")
        return [str(p) for p in wrong.value.problems]

    (one, *more) = refused("agred = 1", "agreed = 1")
    assert "tables.a.consent" in one and "agred" in one and "'agreed'" in one and not more
    told = refused("agreed = 1", "well = 1")
    assert len(told) == 2 and all("consent is looked up elsewhere" in t for t in told)


def test_a_figure_is_that_of_pandas_over_those_who_agreed(tmp_path):
    from toolkit import open_company
    from toolkit.trends import levels

    frame = pd.DataFrame({"id": range(300), "agreed": [1, 0, None] * 100, "day": "2026-08-05", "v": range(300)})
    frame.to_csv(tmp_path / "t.csv", index=False)
    (tmp_path / "shop.yaml").write_text("""
company: {id: shop, name: Shop, as_of: 2026-09-30}
tables:
  t:
    path: t.csv
    time: day
    consent: agreed = 1
    columns: {id: {type: text}, agreed: {type: integer}, day: {type: date}, v: {type: number}}
kpis:
  v: {label: V, table: t, numerator: v}
""")
    found = levels.estimate(open_company(str(tmp_path / "shop.yaml"), "2026Q3").kpi("v")).whole
    assert found.value.value == pytest.approx(frame[frame.agreed == 1].v.mean()) and found.n == 100
