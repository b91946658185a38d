"""A plan change as a params file declares it: what is refused, and what becomes of it."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest
from published import run_pack

from toolkit.company.load import load_company
from toolkit.opened import open_company
from toolkit.problems import Refused

GOOD = """\
version: 1
company: {id: shop, name: Shop, as_of: 2023-12-31}
folder: .
tables:
  calls:
    path: calls.csv
    key: call
    time: day
    columns:
      call: {type: text}
      day: {type: date}
      region: {type: category, values: [north, south]}
      team: {type: text}
      minutes: {type: number}
      solved: {type: integer, min: 0, max: 1}
kpis:
  minutes: {label: Handling time, table: calls, numerator: minutes, unit: team, format: minutes, better: lower}
  solved: {label: Solved at once, table: calls, numerator: solved, unit: team, format: percent}
changes:
  script:
    label: New script
    kpi: minutes
    effective: 2023-01-01
    due: 2023-12-31
    touched: region = 'north'
    promised: -2
    worthwhile: -0.5
    segments: [region]
    untouched_kpi: solved
packs:
  all:
    label: All
    pages:
      - {notebook: plan_change, for_each: changes}
"""
NOTEBOOKS = {"plan_change": ("company", "period", "change")}

WRONG = {
    "the promise is missing": (("    promised: -2\n", ""), "what was promised?"),
    "two promises": (("promised: -2", "promised: -2\n    promised_relative: -0.1"), "one of them"),
    "a promise of nothing": (("promised: -2", "promised: 0"), "promises nothing"),
    "the wrong way": (("promised: -2\n    worthwhile: -0.5", "promised: 2"), "promises the wrong way"),
    "worth more than promised": (("worthwhile: -0.5", "worthwhile: -3"), "more than was promised"),
    "worth of another sign": (("worthwhile: -0.5", "worthwhile: 0.5"), "sign of the promise"),
    "due before it began": (("due: 2023-12-31", "due: 2022-12-31"), "'due' lies before 'effective'"),
    "no such KPI": (("kpi: minutes", "kpi: minuets"), "is no KPI of this file"),
    "no such column": (("region = 'north'", "regoin = 'north'"), "region"),
    "the KPI itself as untouched": (("untouched_kpi: solved", "untouched_kpi: minutes"), "made for"),
    "no such segment": (("segments: [region]", "segments: [regoin]"), "regoin"),
    "a baseline that begins too late": (("due: 2023-12-31", "since: 2023-02-01"), "baseline"),
    "an unknown key": (("promised: -2", "promissed: -2"), "promissed"),
}


def refused(folder: Path, text: str) -> str:
    path = folder / "shop.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(Refused) as found:
        load_company(path, NOTEBOOKS)
    return "\n".join(str(p) for p in found.value.problems)


@pytest.mark.parametrize("case", WRONG)
def test_what_is_wrong_is_named_with_its_line(case, tmp_path):
    (old, new), told = WRONG[case]
    assert old in GOOD
    said = refused(tmp_path, GOOD.replace(old, new, 1))
    assert told in said and "shop.yaml:" in said


def rows(months: int = 48) -> pd.DataFrame:
    days = pd.date_range("2020-01-15", periods=months, freq="30D")
    parts = [
        pd.DataFrame({
            "day": days, "region": "north" if team < 6 else "south", "team": f"t{team}",
            "minutes": [10 + team / 10 + (i * 7 + team * 3) % 5 / 5 - 1.5 * (team < 6 and d >= pd.Timestamp("2023-01-01"))
                        for i, d in enumerate(days)],
            "solved": [(i + team) % 2 for i in range(months)],
        })
        for team in range(12)
    ]  # fmt: skip
    return pd.concat(parts).assign(call=lambda f: [f"c{i}" for i in range(len(f))])


def test_a_declared_change_is_opened_with_its_table(tmp_path):
    rows().to_csv(tmp_path / "calls.csv", index=False)
    (tmp_path / "shop.yaml").write_text(GOOD, encoding="utf-8")
    opened = open_company(str(tmp_path / "shop.yaml"), "2023Q3")
    study = opened.plan_change("script")
    asked = study.definition
    assert (asked.name, asked.promised, asked.unit, asked.better) == ("script", -2.0, "team", "lower")
    assert asked.as_of.isoformat() == "2023-09-30" and asked.period == "2023Q3"
    from toolkit.plan_changes import check, conclude, estimate

    found = estimate(study)
    assert found.fit.estimate == pytest.approx(-1.5, abs=0.2)
    assert "wild bootstrap by team" in found.fit.label.text()  # 12 teams are few
    assert conclude(found, check(found))[0].id == "plan_change/script/minutes"
    assert any(c.name.template == "What it should not touch did not move" for c in check(found))


VISITS = """
  visits:
    path: visits.csv
    key: visit
    time: came
    columns:
      visit: {type: text}
      came: {type: date}
      minutes: {type: number}
kpis:
  stay: {label: Length of stay, table: visits, numerator: minutes, format: minutes}
"""


def test_what_it_should_not_touch_may_lie_in_another_table_unless_others_are_compared(tmp_path):
    beside = GOOD.replace("\nkpis:\n", VISITS, 1).replace("untouched_kpi: solved", "untouched_kpi: stay")
    assert "because touched rows are compared with others" in refused(tmp_path, beside)
    rows().to_csv(tmp_path / "calls.csv", index=False)
    days = pd.date_range("2020-01-15", periods=48, freq="30D").repeat(3)
    pd.DataFrame({"visit": range(144), "came": days, "minutes": [20 + i % 5 for i in range(144)]}).to_csv(
        tmp_path / "visits.csv", index=False)
    alone = beside.replace("    touched: region = 'north'\n", "    season: false\n    gaps: allow\n")
    (tmp_path / "shop.yaml").write_text(alone, encoding="utf-8")
    study = open_company(str(tmp_path / "shop.yaml"), "2023Q3").plan_change("script")
    assert study.definition.untouched_time == '"came"' and "minutes" in study.beside.columns
    from toolkit.plan_changes import check, estimate

    found = next(c for c in check(estimate(study)) if c.name.template == "What it should not touch did not move")
    assert found.passed is True and found.numbers["before"] == pytest.approx(22, abs=0.3)


def test_only_changes_in_effect_stand_in_the_list(tmp_path):
    rows().to_csv(tmp_path / "calls.csv", index=False)
    later = GOOD.replace("packs:", (
        "  later:\n    label: Later\n    kpi: solved\n    effective: 2023-11-01\n    announced: 2023-08-01\n"
        "    promised: 0.1\npacks:"))  # fmt: skip
    (tmp_path / "shop.yaml").write_text(later, encoding="utf-8")
    asked = open_company(str(tmp_path / "shop.yaml"), "2023Q3").plan_changes()
    assert [s.definition.name for s in asked.studies] == ["script"]
    assert asked.announced[0][0] == "Later"
    assert len(open_company(str(tmp_path / "shop.yaml"), "2023Q4").plan_changes().studies) == 2


def test_a_change_there_is_not_is_refused_with_the_choices(tmp_path):
    rows().to_csv(tmp_path / "calls.csv", index=False)
    (tmp_path / "shop.yaml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(Refused, match="script"):
        open_company(str(tmp_path / "shop.yaml"), "2023Q4").plan_change("scrpit")


def test_one_that_cannot_be_judged_has_its_page_and_keeps_no_other_from_it(tmp_path):
    rows().to_csv(tmp_path / "calls.csv", index=False)
    broken = (
        "  tomorrow:\n    label: Tomorrow's change\n    kpi: solved\n    effective: 2023-12-15\n    promised: 0.1\n"
        "  everybody:\n    label: Everybody\n    kpi: solved\n    effective: 2023-01-01\n"
        "    touched: minutes > 0\n    promised: 0.1\n"
        "packs:\n  all:\n    label: All\n    pages:\n      - {notebook: plan_changes}\n"
    )
    text = GOOD.replace("packs:\n  all:\n    label: All\n    pages:\n", broken)
    (tmp_path / "shop.yaml").write_text(text, encoding="utf-8")
    found = run_pack(tmp_path / "shop.yaml", tmp_path / "out")
    verdicts = {f["subject"]: (f["verdict"], f["sentence"]) for f in found.values() if f["notebook"] == "plan_change" and f["headline"]}
    assert verdicts["tomorrow"][0] == verdicts["everybody"][0] == "cannot_be_judged"
    assert "no complete month after" in verdicts["tomorrow"][1]
    assert "everybody is touched" in verdicts["everybody"][1]
    assert verdicts["script"][0] in ("partly_delivered", "delivered")
    assert found["plan_changes/script"]["verdict"] == verdicts["script"][0]
    assert found["plan_changes/tomorrow"]["verdict"] == "cannot_be_judged"
