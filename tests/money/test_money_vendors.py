from __future__ import annotations

import math

import pandas as pd
import pytest

from toolkit.money import vendors
from toolkit.money.definition import Vendors
from toolkit.problems import Refused

ASKED = Vendors("choice", "criterion", "weight", "score", cost="cost", hours="hours", months="months", hour_rate=50.0)


def table(scores: dict[str, tuple[float, float]], weights=(0.6, 0.4), **more) -> pd.DataFrame:
    return pd.DataFrame([
        {"choice": c, "criterion": k, "weight": w, "score": s, "cost": 1_000.0, "hours": 10.0, "months": 3, **more}
        for c, each in scores.items() for k, w, s in zip(("fit", "price"), weights, each, strict=True)
    ])  # fmt: skip


def test_score_cost_and_where_the_order_turns():
    # fit at w: suite 8w + 5(1-w), mix 6w + 9(1-w): alike at w = 4/6
    found = vendors.estimate(table({"suite": (8, 5), "mix": (6, 9)}), ASKED)
    assert [c.name for c in found.choices] == ["mix", "suite"]
    assert found.leader.score == pytest.approx(7.2) and found.leader.cost == 1_500
    assert found.nearest[0] == "fit" and found.nearest[1].turns_at == pytest.approx(2 / 3)
    assert found.choices[1].first == pytest.approx(1 / 3, abs=0.02)
    main = vendors.conclude(found, vendors.check(found))[0]
    assert "Fit at 66.7 % instead of 60.0 %" in main.sentence.text() and main.answers == ("F64",)


def test_a_firm_order_is_a_choice():
    found = vendors.estimate(table({"suite": (8, 9), "mix": (6, 5)}), ASKED)
    main = vendors.conclude(found, vendors.check(found))[0]
    assert found.nearest is None and main.decision.text() == "Choose suite."
    assert main.numbers["room"] == math.inf


def test_all_that_is_wrong_is_said_at_once():
    rows = table({"suite": (8, 5), "mix": (6, 9)})
    rows.loc[0, "weight"] = 0.9
    rows.loc[1, "cost"] = 7.0
    rows.loc[2, "score"] = math.nan
    with pytest.raises(Refused) as refused:
        vendors.estimate(rows, ASKED)
    said = str(refused.value)
    assert len(refused.value.problems) == 3
    for part in ("must be one weight for 'fit'", "same in every row of a choice", "is missing for a choice"):
        assert part in said


def test_one_choice_is_none_and_hours_need_a_rate():
    with pytest.raises(Refused, match="nothing to choose between"):
        vendors.estimate(table({"suite": (8, 5)}), ASKED)
    with pytest.raises(Refused, match="hours without a rate"):
        Vendors("choice", "criterion", "weight", "score", hours="hours")
