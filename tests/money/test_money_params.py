"""The section on money as a params file declares it: what is refused, and where."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from toolkit.company.load import load_company
from toolkit.company.money import Money
from toolkit.opened import open_company
from toolkit.problems import Refused

GOOD = """\
version: 1
company: {id: shop, name: Shop, currency: EUR, as_of: 2026-06-30}
folder: .
tables:
  ledger:
    path: ledger.csv
    columns:
      month: {type: date, future: true}
      part: {type: text}
      plan: {type: money, currency: EUR}
      spent: {type: money, currency: EUR}
      plan_hours: {type: number}
      hours: {type: number}
  calls:
    path: calls.csv
    time: day
    columns: {day: {type: date}, minutes: {type: number}, who: {type: text}}
kpis:
  minutes: {label: Minutes, table: calls, numerator: minutes, format: minutes, better: lower}
changes:
  script: {label: Script, kpi: minutes, effective: 2026-03-01, promised: -1, value_per_unit: 2}
money:
  hour_rate: 30
  budgets: {table: ledger, month: month, component: part, planned: plan, actual: spent, planned_hours: plan_hours, actual_hours: hours}
  values: {script: {value: {low: 1, likely: 2, high: 3}, source: wages}}
"""
LEDGER = """\
month,part,plan,spent,plan_hours,hours
2026-02-01,script,100,120,2,3
2026-03-01,script,100,110,2,2
2026-07-01,script,50,,1,
"""
CALLS = "day,minutes,who\n" + "".join(
    f"{2025 + (m > 11)}-{m % 12 + 1:02d}-{d:02d},{8 + d % 3},W{d % 5}\n" for m in range(18) for d in range(1, 20)
)


@pytest.fixture
def written(tmp_path):
    def write(text: str = GOOD):
        (tmp_path / "shop.yaml").write_text(text, "utf-8")
        (tmp_path / "ledger.csv").write_text(LEDGER, "utf-8")
        (tmp_path / "calls.csv").write_text(CALLS, "utf-8")
        return tmp_path / "shop.yaml"

    return write


def test_it_loads_and_asks_what_it_says(written):
    from toolkit.money import budgets, returns

    opened = open_company(str(written()), "2026Q2")
    assert budgets.estimate(opened.budgets()).whole("money").value.actual == 230
    found = returns.estimate(opened.plan_return())
    assert found.cost == 230 + 5 * 30 + 50 + 30
    assert [b.name for b in found.definition.benefits] == ["script"]
    assert found.definition.benefits[0].value.likely == 2


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("spent: {type: money, currency: EUR}", "spent: {type: money, currency: USD}", "money.budgets.actual: 'spent' is in USD, and the company counts in EUR"),
        ("component: part", "component: prat", "money.budgets.component: 'prat' is no column of 'ledger'. Did you mean 'part'?"),
        ("month: month,", "month: part,", "money.budgets.month: 'part' must be a column of dates"),
        ("planned: plan,", "planned: part,", "money.budgets.planned: 'part' must be a column of numbers"),
        ("table: ledger, month", "table: legder, month", "money.budgets.table: 'legder' is no table of this file. Did you mean 'ledger'?"),
        ("values: {script", "values: {scrip", "is no plan change of this file. Did you mean 'script'?"),
        ("  hour_rate: 30\n", "", "'budgets' has hours without a rate: give 'hour_rate'"),
        ("hour_rate: 30", "hour_rate: 30\n  discount_rate: -1", "must lie between 0 and 1: 0.08 is 8 % a year"),
        ("hour_rate: 30", "hour_rate: 30\n  discount_rate: 10", "must lie between 0 and 1: 0.08 is 8 % a year"),
        ("low: 1, likely: 2", "low: 4, likely: 2", "'low', 'likely' and 'high' must be in order"),
        ("hour_rate: 30", "hour_rate: 30\n  returns: {cac: {label: CAC, formula: a / b, parts: {a: {table: calls, sum: minutes}}}}",
         "'formula' names 'b', which 'parts' does not have"),
        ("hour_rate: 30", "hour_rate: 30\n  together: [{of: script, with: script, correlation: 0.5}]", "is the same plan change"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(written, old, new, said):
    assert old in GOOD
    with pytest.raises(Refused) as refused:
        load_company(written(GOOD.replace(old, new, 1)))
    assert said in str(refused.value)


def test_several_mistakes_are_said_at_once(written):
    text = GOOD.replace("planned: plan,", "planned: plam,").replace("currency: EUR}\n      plan_hours", "currency: CHF}\n      plan_hours")
    with pytest.raises(Refused) as refused:
        load_company(written(text))
    assert len(refused.value.problems) == 2


def test_without_the_section_the_question_is_refused_by_name(written):
    opened = open_company(str(written(GOOD.split("money:\n")[0])), "2026Q2")
    with pytest.raises(Refused, match="has no section on money"):
        opened.budgets()


def test_parts_that_are_not_declared_are_no_data_by_name(written):
    from toolkit.money import budgets, offers, returns, vendors

    text = GOOD[: GOOD.index("  budgets:")]
    opened = open_company(str(written(text)), "2026Q2")
    for module, study in ((budgets, opened.budgets()), (offers, opened.offers()), (vendors, opened.vendors())):
        found = module.estimate(study)
        main = module.conclude(found, module.check(found))[0]
        assert main.verdict == "no_data" and "money." in main.sentence.text()
        found.grid().text()
        assert found.title.text()
    found = returns.estimate(opened.plan_return())
    assert "no cost stands" in found.roi.reason


def test_rules_between_parts():
    with pytest.raises(ValidationError, match="needs 'failure_chance'"):
        Money.model_validate({"offers": {"table": "o", "name": "n", "margin": ["a", "b", "c"], "setup": "s", "failure_loss": "l"}})
    with pytest.raises(ValidationError, match="whom is 'x' offered to"):
        Money.model_validate({"offers": {"table": "o", "name": "n", "margin": ["a", "b", "c"], "setup": "s", "pilots": {"x": {"margin": 3}}}})
    with pytest.raises(ValidationError, match="both or neither"):
        Money.model_validate({"budgets": {"table": "t", "month": "m", "component": "c", "planned": "p", "actual": "a", "planned_hours": "h"}})
