"""The first screen says what a director needs, from findings made up so that the answer is plain."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
import sample_pages as sample
from test_page import text_of

from toolkit.findings import Finding
from toolkit.language import Sentence
from toolkit.pack import first_screen
from toolkit.pack.around import Around, Wanted
from toolkit.pack.first_screen import Entry
from toolkit.pack.index import render_index
from toolkit.pack.strokes import line_of, scale_over


def found(id_: str, verdict: str, **more) -> Finding:
    question = more.pop("question", Sentence("Is it so?"))
    return Finding(id=id_, notebook=id_.split("/")[0], question=question, subject=id_.split("/")[-1], verdict=verdict,
                   sentence=Sentence("{id} was seen.", {"id": id_}), headline=more.pop("headline", True), **more)  # fmt: skip


def change(name: str, verdict: str, share: float | None = None, **more) -> Finding:
    numbers = {} if share is None else {"share_of_promise": share, "share_of_promise_low": share - 0.1, "share_of_promise_high": share + 0.1}
    return found(f"plan_change/{name}", verdict, decision=Sentence("Do it."), numbers=numbers, **more)


def entries(*findings: Finding) -> list[Entry]:
    return [Entry(f, None) for f in findings]


GOAL = found(
    "kpi_trends/goal/keep", "reliably_missed", kpi="renewals", estimate=0.77, low=0.75, high=0.79, unit="percent", promised=0.85,
    due=date(2027, 12, 31), question=Sentence("Will the goal “{goal}” be met?", {"goal": "Keep customers"}),
    numbers={"chance": 0.03, **{f"recent_{i:02}": 0.8 - i / 100 for i in range(1, 13)}},
)  # fmt: skip


def test_at_most_five_sentences_and_what_does_harm_first():
    mains = entries(*(change(f"c{i}", "delivered") for i in range(9)), change("bad", "harm"), found("ab_test/a", "ship"))
    lead = first_screen.lead_of(mains)
    assert len(lead) == 5 and lead[0].finding.subject == "bad"
    assert "ab_test" in {e.finding.notebook for e in lead}, "one of each kind before a second of any"


def test_what_could_not_be_judged_opens_no_report():
    assert first_screen.lead_of(entries(found("ab_test/a", "invalid"), change("young", "not_yet_known"))) == []


@pytest.mark.parametrize(("verdict", "word"), [
    ("harm", "Drop"), ("no_worthwhile_effect", "Drop"), ("partly_delivered", "Adapt"), ("delivered", "Keep"),
])  # fmt: skip
def test_the_word_of_a_decision_follows_from_the_verdict(verdict, word):
    (asked,) = first_screen.asked_of(entries(change("c", verdict)), {}, None)
    assert asked.word.text() == word


@pytest.mark.parametrize("verdict", ["on_track", "not_yet_known"])
def test_what_simply_goes_on_asks_for_nothing(verdict):
    assert first_screen.asked_of(entries(change("c", verdict)), {}, None) == []


def test_evidence_says_what_it_is_a_number_of():
    f = change("c", "harm", kpi="renewals", estimate=-0.046, low=-0.071, high=-0.02, unit="points", promised=0.03)
    said = first_screen.evidence_of(f, {"renewals": "Renewal rate"}).text()
    assert said == "Renewal rate −4.6 percentage points (−7.1 to −2.0); +3.0 percentage points promised"
    without = replace(f, estimate=float("nan"), low=float("nan"), high=float("nan"))
    assert first_screen.evidence_of(without, {}) is None


def test_a_day_that_has_passed_is_now():
    f = replace(change("c", "harm"), due=date(2026, 9, 30))
    assert first_screen.asked_of(entries(f), {}, date(2026, 9, 30))[0].due is None
    assert first_screen.asked_of(entries(f), {}, date(2026, 9, 29))[0].due == date(2026, 9, 30)


@pytest.mark.parametrize(("chance", "words"), [
    (0.001, "very unlikely (below 1 %)"), (0.03, "very unlikely (3 %)"), (0.3, "unlikely (30 %)"),
    (0.5, "as likely as not (50 %)"), (0.72, "likely (72 %)"), (0.95, "very likely (95 %)"), (0.999, "very likely (above 99 %)"),
])  # fmt: skip
def test_a_chance_in_words(chance, words):
    (goal,) = first_screen.goals_of(entries(replace(GOAL, numbers={"chance": chance})), {})
    assert goal.outlook.text() == words


def test_a_goal_has_its_target_day_and_course():
    (goal,) = first_screen.goals_of(entries(GOAL), {})
    assert (goal.label, goal.target.value, goal.entry.finding.due) == ("Keep customers", 0.85, date(2027, 12, 31))
    path, x, y = goal.pace
    assert path.count("L") == 11 and y == 17.0, "it falls to its lowest, at the end"


def test_where_no_goals_are_named_targets_of_kpis_stand_in():
    kpi = found("kpi_trends/uptime", "reliably_met", kpi="uptime", estimate=0.99, unit="percent", promised=0.98)
    (line,) = first_screen.goals_of(entries(kpi), {"uptime": "System up"})
    assert line.label == "System up" and line.outlook.text() == "met, and stays so"


def test_promises_share_one_scale_and_those_beyond_it_stand_at_its_end():
    drawn = first_screen.promises_of(entries(change("a", "delivered", 1.0), change("b", "harm", -1.0), change("c", "harm", -40.0)))
    one, minus, far = (d.sketch for d in drawn)
    assert one.value == one.marks[0] and one.middle == minus.middle, "all that was promised lies on its mark"
    assert one.value - one.middle == pytest.approx(one.middle - minus.value, abs=0.2)
    assert far.value == min(far.low, far.value) == 6.0


def test_a_change_not_known_has_no_dot():
    (drawn,) = first_screen.promises_of(entries(change("young", "not_yet_known", promised=-1.5, unit="minutes")))
    assert drawn.sketch is None and drawn.said.text() == "−1.5 minutes promised"


def level(company: str, value: float) -> Finding:
    return found(f"competitor_benchmark/s/index/{company}/level", "measured", comparison=company, estimate=value, low=value - 1,
                 high=value + 1, unit="score", headline=False)  # fmt: skip


def test_rivals_stand_best_first_with_us_among_them():
    main = found("competitor_benchmark/s", "behind", estimate=68.0, low=67.0, high=69.0, unit="score")
    _, strip = first_screen.rivals_of(entries(main, level("Us", 68.0), level("Delta", 60.0), level("Celta", 72.0)), "Us plc")
    assert [(d.label, d.ours) for d in strip] == [("Celta", False), ("Us", True), ("Delta", False)]
    assert strip[0].sketch.value > strip[1].sketch.value > strip[2].sketch.value
    assert first_screen.rivals_of(entries(GOAL), "Us plc") is None


def test_money_and_hours_only_where_they_are_known():
    spent = found("roi/budget/money", "measured", estimate=150.0, low=140.0, high=160.0, unit="EUR",
                  numbers={"planned_in_all": 137.0, "actual": 130.0})  # fmt: skip
    (row,) = first_screen.spending_of(entries(spent, found("roi/budget/hours", "no_data")))
    assert (row.planned.value, row.actual.value, row.forecast.high) == (137.0, 130.0, 160.0)


def test_the_page_says_which_table_would_answer_what_is_not_asked():
    wanted = Wanted(Sentence("Where do we stand?"), Sentence("Add `benchmarks`."))
    page = text_of(render_index([], {}, sample.context("index"), Around(wanted=(wanted,))))
    assert "Not asked Where do we stand? Add benchmarks ." in page


def test_a_line_needs_two_points_and_a_scale_two_values():
    assert line_of([1.0]) is None and line_of([1.0, float("nan")]) is None
    assert scale_over([1.0, 1.0]) is None and scale_over([]) is None
    assert line_of([2.0, 2.0, 2.0])[2] == 10.0, "a flat line lies in the middle"


def test_fewer_decisions_stand_beside_longer_words():
    def asked(words: str) -> list[first_screen.Asked]:
        return [first_screen.Asked(Sentence("Drop"), words, Sentence("It was seen."), Entry(GOAL, None), None) for _ in range(12)]

    short, long = asked("A short name"), asked("A decision in so many words that it takes three lines of its column, " * 2)
    lead = entries(GOAL)
    assert first_screen.fitting(short, lead) == first_screen.MOST_DECISIONS
    assert 1 <= first_screen.fitting(long, lead) < first_screen.MOST_DECISIONS
    assert first_screen.fitting(short[:3], lead) == 3 and first_screen.fitting([], lead) == 0


def test_without_any_target_each_kpi_stands_with_its_course():
    kpi = found("kpi_trends/total", "measured", kpi="total", estimate=40.0, unit="EUR", variation="worsening",
                numbers={"recent_01": 50.0, "recent_02": 40.0})  # fmt: skip
    other = [found("kpi_trends", "measured"), found("kpi_trends/total/region/North", "measured", kpi="total", estimate=1.0),
             found("kpi_trends/empty", "no_data", kpi="empty")]  # fmt: skip
    (line,) = first_screen.measured_of(entries(kpi, *other), {"total": "Mean order"})
    assert (line.label, line.target, line.outlook.text()) == ("Mean order", None, "Worsening")
    assert line.pace[1] > 50 and line.pace[2] == 17.0
    assert len(first_screen.measured_of(entries(*[kpi] * 20), {})) == first_screen.MOST_MEASURED


def test_what_is_said_of_all_kpis_together_may_open_a_report_and_no_single_one():
    lead = first_screen.lead_of(entries(found("kpi_trends", "measured"), GOAL, found("data_quality", "measured")))
    assert [e.finding.id for e in lead] == ["kpi_trends", "data_quality"]


def test_columns_over_nothing_are_left_out_of_the_goals():
    kpi = found("kpi_trends/uptime", "measured", kpi="uptime", estimate=0.99, unit="percent", variation="steady")
    context = sample.context("index")
    bare = render_index([{**kpi.to_json(), "page": "kpi_trends"}], {}, context)
    aimed = render_index([{**replace(kpi, verdict="reliably_met", promised=0.98, headline=True).to_json(), "page": "kpi_trends"}], {}, context)
    dated = render_index([{**GOAL.to_json(), "page": "kpi_trends"}], {}, context)
    heads = [re.findall(r'<th scope="col"[^>]*>([^<]+)', re.search(r'<section class="goals".*?</thead>', html, re.S)[0]) for html in (bare, aimed, dated)]
    assert heads[0] == ["KPI", "Now", "Pace", "Variation"]
    assert heads[1] == ["Goal", "Now", "Target", "Pace", "Met in time?"]
    assert heads[2] == ["Goal", "Now", "Target", "Due by", "Pace", "Met in time?"]
