from __future__ import annotations

import json

import jsonschema
import pytest

from toolkit.company.models import Company
from toolkit.company.places import read_yaml
from toolkit.company.schema import described, schema_text
from toolkit.company.starter import starter_params
from toolkit.company.tables import Column, Table


@pytest.fixture(scope="module")
def schema() -> dict:
    return json.loads(schema_text())


def errors(schema: dict, text: str) -> list[str]:
    data = read_yaml(text.encode(), "").data  # YAML 1.2, as editors read it
    found = list(jsonschema.Draft202012Validator(schema).iter_errors(data))
    return [e.message for e in found] + [c.message for e in found for c in e.context]


def test_it_is_a_schema_and_stable(schema):
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema_text() == schema_text()
    assert schema_text().endswith("}\n")


def test_it_accepts_what_the_models_accept(schema, good):
    assert errors(schema, good) == []
    assert errors(schema, starter_params("../data")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("from: Customer No", "form: Customer No", "'form' was unexpected"),
        ("role: primary", "role: primry", "'primry' is not one of"),
        ("id: shop", "id: x=1", "'x=1' does not match"),
        ("within_days: 30", "within_days: 0", "0 is less than the minimum of 1"),
        ("  id: shop\n", "", "'id' is a required property"),
    ],
)
def test_an_editor_marks_mistakes(schema, good, old, new, expected):
    assert expected in " ".join(errors(schema, good.replace(old, new)))


def test_keys_carry_the_models_own_words(schema):
    columns = schema["$defs"]["Column"]["properties"]
    assert columns["from"]["description"].startswith("The column's name in the company's table")
    assert "source" not in columns
    assert schema["$defs"]["Kpi"]["properties"]["denominator"]["description"] == (
        schema["$defs"]["Kpi"]["properties"]["numerator"]["description"]
    )
    assert schema["$defs"]["Table"]["description"] == "A table of the company under our name."


def test_descriptions_are_whole_paragraphs():
    summary, attributes = described(Table)
    assert summary == "A table of the company under our name."
    assert attributes["key"] == "Columns that together occur once."
    assert {"min", "max", "currency_column"} <= set(described(Column)[1])
    assert {"tables", "packs"} <= set(described(Company)[1])
