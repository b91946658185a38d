"""The published A&E series from a params file to the page: RRK's signals named as there."""

from __future__ import annotations

import json

import pytest

from toolkit import open_company, trends
from toolkit.pack.run import run

PARAMS = """
version: 1
company: {{id: nhs, name: NHS England, as_of: 2018-03-31}}
folder: {folder}
tables:
  attendances:
    path: nhsr_ae_attendances.csv
    key: [org_code, period, type]
    time: period
    where: period < date '2018-04-01'
    columns:
      period: {{type: date, required: true, future: true}}
      org_code: {{type: text, required: true}}
      type: {{type: text, required: true}}
      breaches: {{type: integer, min: 0}}
kpis:
  rrk:
    label: RRK
    table: attendances
    numerator: breaches
    where: org_code = 'RRK' and type = '1'
    format: count
    better: lower
packs:
  rules: {{label: As published, pages: [{{notebook: kpi_trends, params: {{chart: published}}}}]}}
"""


@pytest.fixture
def params(shared_data, tmp_path):
    path = tmp_path / "nhs.yaml"
    path.write_text(PARAMS.format(folder=json.dumps(str(shared_data / "plan_changes"))))
    return path


def test_rrk_from_params_to_page(params):
    """NHSRplotthedots' vignette, type 1, before April 2018: mean 1711.875, limits 849.793 and
    2573.957, month 10 above, months 11 to 18 eight in a row below the mean."""
    made = run(params, out=params.parent / "out")
    assert not made.failed
    finding = next(
        f
        for f in json.loads((made.folder / "findings.json").read_text())["findings"]
        if f["id"].endswith("/rrk")
    )
    assert finding["numbers"]["centre"] == pytest.approx(1711.875)
    assert finding["numbers"]["lower_limit"] == pytest.approx(849.793, abs=5e-4)
    assert finding["numbers"]["upper_limit"] == pytest.approx(2573.957, abs=5e-4)
    html = next(made.folder.glob("kpi_trends*.html")).read_text()
    for said in (
        "January 2017",
        "above the usual range",
        "February 2017 to September 2017",
        "8 in a row below the centre",
    ):
        assert said in html


def test_by_default_the_same_marks_are_hints_where_months_resemble_each_other(params):
    found = trends.estimate(open_company(str(params)).trends())["rrk"].whole
    assert [(s.rule, str(s.first), str(s.last), s.told) for s in found.signals] == [
        ("above", "2017-01", "2017-01", False),
        ("run_below", "2017-02", "2017-09", False),
    ]
    assert 0.2 < found.rho < 0.8 and found.variation == "steady"
