"""What a run publishes is of the published form, and the forms in docs/ are those of the code."""

from __future__ import annotations

import json

import jsonschema
import nbformat
import pytest

from small_project import notebook
from toolkit.company.schema import schema_text
from toolkit.pack import schemas
from toolkit.pack.run import run

OF = {
    "findings": lambda: schemas.text_of(schemas.findings_schema()),
    "manifest": lambda: schemas.text_of(schemas.manifest_schema()),
    "params": schema_text,
}


@pytest.mark.parametrize("of", OF)
def test_the_published_form_is_the_present_one(of, root):
    published = (root / "docs" / "schemas" / f"{of}.schema.json").read_text(encoding="utf-8")
    assert published == OF[of](), "run: make schemas"
    jsonschema.Draft202012Validator.check_schema(json.loads(published))


def errors(schema: dict, data: dict) -> list[str]:
    return [e.message for e in jsonschema.Draft202012Validator(schema).iter_errors(data)]


def test_a_finished_pack_is_of_the_published_form(project):
    with_findings = notebook("late")
    with_findings.cells.append(nbformat.v4.new_code_cell(
        "from toolkit import open_company, trends\n"
        "found = trends.estimate(open_company(company, period).trends())\n"
        "trends.conclude(found, trends.check(found))"
    ))  # fmt: skip
    nbformat.write(with_findings, project / "notebooks" / "of_late.ipynb")
    made = run(project / "params.yaml", out=project / "reports")
    findings = json.loads((made.folder / "findings.json").read_text())
    manifest = json.loads((made.folder / "manifest.json").read_text())
    assert len(findings["findings"]) >= 2 and len(manifest["pages"]) == 2
    assert errors(schemas.findings_schema(), findings) == []
    assert errors(schemas.manifest_schema(), manifest) == []
    described = schemas.findings_schema()["properties"]["findings"]["items"]["properties"]
    assert set(findings["findings"][0]) == set(described), "every key of a finding is described"
    for broken in ({**findings, "format": 2}, {**findings, "findings": [{**findings["findings"][0], "verdict": "perhaps"}]}):
        assert errors(schemas.findings_schema(), broken)
    assert errors(schemas.manifest_schema(), {k: v for k, v in manifest.items() if k != "files"})
