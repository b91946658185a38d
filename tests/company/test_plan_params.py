"""What is wrong under `plan` and `departments` is said with its place, all of it at once."""

from __future__ import annotations

import pytest

from toolkit.company.load import load_company
from toolkit.problems import Refused

SHOP = """\
company: {id: shop, name: Shop, as_of: 2026-09-30}
tables:
  contacts:
    path: contacts.csv
    time: day
    columns: {
      customer_id: {type: text, identifier: true}, department: {type: text}, day: {type: date}, hours: {type: number}
    }
  phases:
    path: phases.csv
    columns: {
      phase: {type: text}, planned_start: {type: date}, planned_end: {type: date}, actual_start: {type: date},
      actual_end: {type: text}
    }
kpis:
  reply: {label: First reply, table: contacts, numerator: hours, better: lower}
"""


def refused(folder, text: str) -> str:
    (folder / "shop.yaml").write_text(SHOP + text, "utf-8")
    with pytest.raises(Refused) as told:
        load_company(folder / "shop.yaml")
    return "\n".join(str(p) for p in told.value.problems)


@pytest.mark.parametrize(("part", "said"), [
    ("objectives: {keep: {label: Keep, judged_by: [kpis.repli]}}", "'repli'"),
    ("objectives: {keep: {label: Keep, judged_by: [goals.keep]}}", "plan.objectives.keep.judged_by[0]"),
    ("objectives: {keep: {label: Keep, judged_by: [reply]}}", "plan.objectives.keep.judged_by[0]"),
    ("touchpoints: {shop: {label: Shop, judged_by: [touchpoints.shop]}}", "no touchpoint under 'service'"),
    ("strategy: {cunning: {label: We win}}", "cunning"),
    ("communication: {policy: We answer, contacts: {mail: {label: Mail, within_hours: 0}}}", "within_hours"),
    ("schedule: {table: phase}", "'phase' is no table of this file. Did you mean 'phases'?"),
    ("schedule: {table: phases}", "'actual_end' must be a column of dates; it is of type 'text'"),
    ("readiness: {table: phases, area: phase, item: phase, needed_by: null, ready: 'redy = 1'}", "'redy' is no column"),
    ("decisions: [{finding: a}]", "needs 'decided'"),
    ("decisions: [{finding: a, decided: b}]\n  decisions_from: {table: phases}", "give 'decisions' or 'decisions_from'"),
    ("decisions_from: {table: phases}", "plan.decisions_from.finding: 'finding' is no column of 'phases'"),
    ("objectives: {keep: {label: Keep, ownr: Ana}}", "Did you mean 'owner'?"),
])  # fmt: skip
def test_a_plan_that_leads_nowhere(tmp_path, part, said):
    assert said in refused(tmp_path, f"plan:\n  label: Plan\n  {part}\n")


@pytest.mark.parametrize(("part", "said"), [
    ("{label: Sales, column: departmant, kpis: [reply]}", "Did you mean 'department'?"),
    ("{label: Sales, column: department, kpis: [replies]}", "'replies' is no KPI"),
    ("{label: Sales, kpis: [reply]}", "give 'column' or 'where', one of them"),
    ("{label: Sales, column: department, where: hours > 1, kpis: [reply]}", "give 'column' or 'where', one of them"),
    ("{label: Sales, where: houres > 1, kpis: [reply]}", "'houres' is no column"),
    ("{label: Sales, column: department, kpis: []}", "kpis"),
])  # fmt: skip
def test_a_department_that_leads_nowhere(tmp_path, part, said):
    assert said in refused(tmp_path, f"departments:\n  sales: {part}\n").replace("nothing under", "no")


def test_all_of_it_at_once(tmp_path):
    told = refused(tmp_path, "plan:\n  label: Plan\n  schedule: {table: nope}\n  informed: {table: nope}\n"
                             "departments:\n  a: {label: A, column: nope, kpis: [reply]}\n")  # fmt: skip
    assert all(place in told for place in ("plan.schedule.table", "plan.informed.table", "departments.a.column"))


def test_a_small_cell_is_at_least_one(tmp_path):
    (tmp_path / "shop.yaml").write_text(SHOP.replace("as_of: 2026-09-30", "as_of: 2026-09-30, min_cell: 0"), "utf-8")
    with pytest.raises(Refused, match="min_cell"):
        load_company(tmp_path / "shop.yaml")
