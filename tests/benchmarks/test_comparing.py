"""Like with like, places with their chance, gaps that agree with them: on answers made up here."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from toolkit.benchmarks import (
    Attribute,
    Benchmark,
    Figures,
    Habits,
    Score,
    Survey,
    check,
    conclude,
    estimate,
)
from toolkit.problems import Refused
from toolkit.stats.multiplicity import adjusted


def answers(seed=1, n=300, means=(7, 7, 8, 5), names=("us", "b", "c", "d"), **columns) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    company = np.repeat(names, n)
    score = np.repeat(means, n) + rng.normal(0, 1.5, n * len(names))
    frame = {"company": company, "score": np.clip(np.rint(score), 1, 10)}
    return pd.DataFrame({**frame, **columns})


SURVEY = Survey("company", (Score("score", 1, 10),))
PLAIN = Benchmark("us", SURVEY)


def test_verdicts_on_a_clear_field():
    found = estimate(answers(), PLAIN)
    verdicts = {g.rival: g.verdict for g in found.gaps}
    assert verdicts == {"b": "cannot_be_told_apart", "c": "behind", "d": "ahead"}
    assert conclude(found, check(found))[0].verdict == "behind"
    assert found.title.text() == "us is ahead of d, behind c, and cannot be told apart from b"


def test_simple_samples_are_compared_by_welch_and_holm():
    frame = answers(seed=2)
    found = estimate(frame, PLAIN)
    by = {c: 100 * (part.score - 1) / 9 for c, part in frame.groupby("company")}
    p = {g.rival: stats.ttest_ind(by["us"], by[g.rival], equal_var=False).pvalue for g in found.gaps}
    corrected = dict(zip(p, adjusted(list(p.values())), strict=True))
    for g in found.gaps:
        assert g.comparison.estimate == pytest.approx(by["us"].mean() - by[g.rival].mean())
        assert g.p_adjusted == pytest.approx(corrected[g.rival], rel=1e-6)


def test_interval_places_and_verdict_never_contradict_each_other():
    only_holm = 0
    for seed in range(25):
        found = estimate(answers(seed, 120, (7, 7.45, 7.2, 6.7)), PLAIN)
        for g in found.gaps:
            assert (g.quantity.low > 0 or g.quantity.high < 0) == g.told
            us, rival = found.us, found.main[g.rival]
            if g.told:
                assert g.p_adjusted <= 0.05 and found.main.told_apart("us", g.rival)
            only_holm += g.p_adjusted <= 0.05 and not g.told
            if g.verdict == "behind":
                assert us.rank_low > 1 and rival.rank_high < 4
    assert only_holm > 0  # the case is there, or this test would prove nothing


def test_equal_companies_are_rarely_told_apart():
    wrong = 0
    runs = 60
    for seed in range(runs):
        frame = answers(1000 + seed, 110, (7,) * 5, ("us", "b", "c", "d", "e"))
        wrong += any(g.told for g in estimate(frame, PLAIN).gaps)
    assert wrong / runs <= 0.05 + 0.05


def test_unlike_answers_are_shown_beside_and_not_ranked():
    frame = answers(frame="panel")
    own = answers(5, 400, (9,), ("us",), frame="own_list")
    survey = Survey("company", (Score("score", 1, 10),), frame="frame")
    found = estimate(pd.concat([frame, own], ignore_index=True), Benchmark("us", survey))
    assert found.us.n == 300  # the kinder answers of our own list do not count
    (beside,) = found.beside
    assert beside.unlike == ("frame",) and beside.members[0].n == 400
    findings = conclude(found, check(found))
    assert [f.verdict for f in findings if "beside" in f.id] == ["not_comparable"]
    assert "other people asked" in found.origins_grid().text() and "400" in found.beside_grid().text()


def test_without_a_rival_asked_alike_nothing_is_ranked():
    frame = pd.concat([answers(1, 200, (7,), ("us",), frame="own"), answers(2, 200, (5,), ("b",), frame="panel")])
    survey = Survey("company", (Score("score", 1, 10),), frame="frame")
    found = estimate(frame, Benchmark("us", survey))
    checks = check(found)
    verdict = conclude(found, checks)[0]
    assert verdict.verdict == "not_comparable" and checks.failed[0].takes_verdict
    assert found.rows() == () and "cannot be compared with anybody" in verdict.sentence.text()


def test_few_answers_are_not_shown_and_some_more_not_ranked():
    frame = pd.concat([answers(), answers(3, 29, (10,), ("tiny",)), answers(4, 60, (10,), ("small",)),
                       answers(5, 1, (3,), ("single",))])
    found = estimate(frame, PLAIN)
    small = found.main["small"]
    assert small.shown and not small.ranked and small.rank == 0
    assert {m.company for m in found.too_few} == {"tiny", "single"}
    said = check(found).grid().text()
    assert "single has answers enough to be shown" in said and "small has answers enough to be ranked" in said
    assert {g.rival for g in found.gaps} == {"b", "c", "d"}
    lower = estimate(frame, Benchmark("us", SURVEY, show_from=10, rank_from=20))
    assert {g.rival for g in lower.gaps} == {"b", "c", "d", "tiny", "small"}


def test_thresholds_count_effective_answers():
    frame = answers(weight=np.where(np.arange(1200) % 30 == 0, 30.0, 0.2))
    survey = Survey("company", (Score("score", 1, 10),), weight="weight")
    found = estimate(frame, Benchmark("us", survey))
    assert found.too_few  # 300 answers whose weights are worth about 12


def test_raking_undoes_who_answers():
    # the old are kinder and answer about us four times as readily
    rng = np.random.default_rng(6)
    rows = []
    for company, old in (("us", 0.8), ("b", 0.5)):
        age = np.where(rng.random(600) < old, "old", "young")
        score = np.clip(np.rint(np.where(age == "old", 8, 5) + rng.normal(0, 1, 600)), 1, 10)
        rows.append(pd.DataFrame({"company": company, "age": age, "score": score}))
    frame = pd.concat(rows, ignore_index=True)
    raw = estimate(frame, PLAIN)
    assert raw.gaps[0].verdict == "ahead"
    for extra in ({"margins": {"age": {"old": 0.5, "young": 0.5}}}, {"mix": ("age",)}):
        found = estimate(frame, Benchmark("us", Survey("company", (Score("score", 1, 10),), **extra)))
        assert found.gaps[0].verdict == "cannot_be_told_apart"
        if "margins" in extra:
            assert found.us.value == pytest.approx(100 * (6.5 - 1) / 9, abs=1.2)
        assert found.us.raw > found.us.value + 4
    assert "Raking met every margin" in check(found).grid().text() or "mix" in extra


def test_margins_and_the_mix_of_another_column_are_met_together():
    rng = np.random.default_rng(16)
    n = 900
    frame = pd.DataFrame({
        "company": np.repeat(["us", "b"], n), "age": rng.choice(["old", "young"], 2 * n),
        "town": np.where(rng.random(2 * n) < np.repeat([0.8, 0.3], n), "yes", "no"),
    })
    frame["score"] = np.clip(np.rint(5 + 3 * (frame.town == "yes") + rng.normal(0, 1, 2 * n)), 1, 10)
    survey = Survey("company", (Score("score", 1, 10),), mix=("town",), margins={"age": {"old": 0.7, "young": 0.3}})
    found = estimate(frame, Benchmark("us", survey))
    weight, company = found.weighed.weight, found.weighed.answered.company
    everybody = (frame.town == "yes").mean()
    for c in ("us", "b"):
        mine = company == c
        share = weight[mine] / weight[mine].sum()
        assert share @ (frame.age[mine] == "old") == pytest.approx(0.7, abs=1e-8)
        assert share @ (frame.town[mine] == "yes") == pytest.approx(everybody, abs=1e-8)
    # as answered we lead by our towns alone; of one mix nobody does, and the table shows both
    assert abs(found.gaps[0].comparison.estimate) < 2.5 < found.us.raw - found.main["b"].raw
    assert found.raw_grid().columns[3].text() == "Place as answered"


def test_one_column_cannot_have_shares_and_a_mix():
    survey = Survey("company", (Score("score", 1, 10),), mix=("age",), margins={"age": {"old": 0.5, "young": 0.5}})
    with pytest.raises(Refused, match="stands under 'mix' and under 'margins'"):
        Benchmark("us", survey)


def test_pairs_come_by_both_families_and_letters_are_read_off_each():
    rng = np.random.default_rng(17)
    # plant growth weighs like this: only the two outer groups differ
    values = {"us": rng.normal(50, 4, 150), "b": rng.normal(51, 4, 150), "c": rng.normal(52.5, 16, 150)}
    frame = pd.DataFrame({"company": np.repeat(list(values), 150), "score": np.concatenate(list(values.values()))})
    survey = Survey("company", (Score("score", 0, 120, "effort"),))
    by_default = estimate(frame, Benchmark("us", survey)).pairs
    declared = estimate(frame, Benchmark("us", survey, equal_variances=True)).pairs
    assert [by_default.family.method, by_default.others[0].method] == ["Games-Howell", "Tukey-Kramer"]
    assert [declared.family.method, declared.others[0].method] == ["Tukey-Kramer", "Games-Howell"]
    tukey = stats.tukey_hsd(*values.values())
    names = list(values)
    for p in declared.family.pairs:
        assert p.p_value == pytest.approx(tukey.pvalue[names.index(p.first), names.index(p.second)], abs=1e-6)
    anova = stats.f_oneway(*values.values()).pvalue
    assert declared.overall.p_value == pytest.approx(anova)
    for family in (by_default.family, *by_default.others):
        for p in family.pairs:
            assert bool(set(family.letters[p.first]) & set(family.letters[p.second])) is not p.told


def test_raked_companies_that_share_nobody_are_independent():
    rng = np.random.default_rng(19)
    frame = pd.DataFrame({
        "company": np.repeat(["us", "b"], 300), "score": rng.integers(1, 11, 600),
        "age": rng.choice(["old", "young"], 600), "town": rng.choice(["no", "yes"], 600, p=[0.3, 0.7]),
    })
    margins = {"age": {"old": 0.6, "young": 0.4}, "town": {"no": 0.5, "yes": 0.5}}
    found = estimate(frame, Benchmark("us", Survey("company", (Score("score", 1, 10),), margins=margins)))
    assert found.pairs.family.method == "Games-Howell" and not found.main.together("us", "b")
    frame["person"] = np.tile(np.arange(300), 2)  # and those that share everybody are not
    survey = Survey("company", (Score("score", 1, 10),), margins=margins, cluster=("person",))
    shared = estimate(frame, Benchmark("us", survey))
    assert shared.main.together("us", "b") and "design-based" in shared.pairs.family.method


def test_the_map_calls_undetermined_what_crosses_a_line():
    rng = np.random.default_rng(18)
    n = 1500
    x = np.clip(np.rint(rng.normal(3.5, 1, (2 * n, 3))), 1, 5)
    company = np.repeat(["us", "b"], n)
    x[company == "us", 0] = np.maximum(x[company == "us", 0] - 1, 1)
    score = np.clip(np.rint(6 + 1.2 * (x[:, 0] - 3) + 0.3 * (x[:, 1] - 3) + rng.normal(0, 0.7, 2 * n)), 1, 10)
    frame = pd.DataFrame({"company": company, "score": score, "a": x[:, 0], "b": x[:, 1], "c": x[:, 2]})
    found = estimate(frame, Benchmark("us", Survey("company", (Score("score", 1, 10),), tuple(Attribute(c, c) for c in "abc"))))
    points = {p.label: p for p in found.map_points()}
    assert points["A"].tone == "worse" and points["A"].said.text() == "matters, and we are worse: fix first"
    upright, level = found.map_lines
    for p in points.values():
        crosses = p.across.low <= upright.value <= p.across.high or p.up.low <= level.value <= p.up.high
        assert (p.said.text() == "undetermined") is crosses
    assert points["C"].said.text() == "undetermined" and points["C"].tone == "level"
    text = found.driver_grid().text()
    assert "associated with satisfaction" in text and "caus" not in text and "caus" not in found.wanted_grid().text()


def test_weighting_narrows_what_the_margins_explain():
    rng = np.random.default_rng(7)
    age = np.tile(np.where(np.arange(500) % 2 == 0, "old", "young"), 2)
    score = np.clip(np.rint(np.where(age == "old", 9, 3) + rng.normal(0, 0.8, 1000)), 1, 10)
    frame = pd.DataFrame({"company": np.repeat(["us", "b"], 500), "age": age, "score": score})
    survey = Survey("company", (Score("score", 1, 10),), margins={"age": {"old": 0.5, "young": 0.5}})
    assert estimate(frame, Benchmark("us", survey)).us.se < 0.4 * estimate(frame, PLAIN).us.se


def test_other_scores_have_their_own_intervals():
    rng = np.random.default_rng(8)
    frame = pd.DataFrame({"company": np.repeat(["us", "b"], 200), "likely": rng.integers(0, 11, 400)})
    survey = Survey("company", (Score("likely", 0, 10, "net_score"), Score("likely", 0, 10, "top_two"),
                                Score("likely", 0, 10, "effort")))
    found = estimate(frame, Benchmark("us", survey))
    mine = frame.likely[frame.company == "us"]
    up, down = (mine >= 9).sum(), (mine <= 6).sum()
    p, q = (up + 0.75) / 203, (down + 0.75) / 203
    half = 100 * stats.norm.isf(0.025) * math.sqrt((p + q - (p - q) ** 2) / 203)
    assert found.us.high - found.us.low == pytest.approx(2 * half, rel=1e-9)  # Rocks (2016)
    share = found.others[0]["us"]
    expected = stats.binomtest(int(up), 200).proportion_ci(method="wilson")
    assert (share.low, share.high) == pytest.approx((expected.low, expected.high), rel=1e-9)
    assert found.others[1]["us"].value == pytest.approx(mine.mean())


def test_published_figures_alone_are_ranked_within_one_source():
    figures = pd.DataFrame({
        "source": ["Regulator"] * 3 + ["App store"] * 3, "who": ["us", "b", "c"] * 2,
        "value": [7.4, 7.3, 9.0, 3.0, 4.5, 4.0], "n": [1200, 1200, 1200, 9000, 9000, 9000],
        "low": [0.0] * 3 + [1.0] * 3, "high": [10.0] * 3 + [5.0] * 3,
    })
    definition = Benchmark("us", figures=Figures("who", "value", "n", "low", "high", source="source"))
    found = estimate(None, definition, published=figures)
    assert len(found.main.standings) == 3 and len(found.beside) == 1
    assert found.beside[0].unlike == ("source", "scale")
    assert conclude(found, check(found))[0].verdict == "behind"


def test_the_widest_spread_stands_in_for_one_not_published():
    figures = pd.DataFrame({"who": ["us", "b"], "value": [9.0, 5.0], "n": [1200, 1200]})
    found = estimate(None, Benchmark("us", figures=Figures("who", "value", "n", 0, 10)), published=figures)
    assert found.us.se == pytest.approx(10 * math.sqrt((10 - 9) * 9 / 1200))


def test_attributes_are_coloured_where_told_apart_and_large():
    rng = np.random.default_rng(9)
    n = 3000
    columns = {}
    for name, ours in (("price", 3.0), ("reach", 4.0), ("speed", 4.1)):
        x = np.concatenate([rng.normal(ours, 0.9, n), rng.normal(4.0, 0.9, n)])
        columns[name] = np.clip(np.rint(x), 1, 5)
    frame = answers(9, n, (7, 7), ("us", "b"), **columns)
    survey = Survey("company", (Score("score", 1, 10),), tuple(Attribute(c, c) for c in columns))
    found = estimate(frame, Benchmark("us", survey, worthwhile=3))
    tone = {c.attribute.name: (c.told, c.tone) for c in found.wants.gaps}
    assert tone["price"] == (True, "worse") and tone["reach"][1] == "level"
    assert tone["speed"] == (True, "level")  # more than chance, and too small to matter


def test_drivers_say_what_goes_with_satisfaction_within_companies():
    rng = np.random.default_rng(10)
    x = np.clip(np.rint(rng.normal(3.5, 1, (1200, 3))), 1, 5)
    company = np.repeat(["us", "b"], 600)
    score = np.clip(np.rint(6 + 1.2 * (x[:, 0] - 3.5) + rng.normal(0, 0.7, 1200)), 1, 10)
    score = np.maximum(score - 2 * (company == "b"), 1)
    x[company == "b", 2] = np.minimum(x[company == "b", 2] + 1, 5)  # a company's level explains nothing
    frame = pd.DataFrame({"company": company, "score": score, "a": x[:, 0], "b": x[:, 1], "c": x[:, 2]})
    survey = Survey("company", (Score("score", 1, 10),), tuple(Attribute(c, c) for c in "abc"))
    found = estimate(frame, Benchmark("us", survey))
    shares = {w.attribute.name: w.share.value for w in found.wants.wanted}
    assert shares["a"] > 0.95 and shares["c"] < 0.02
    assert {w.attribute.name: w.quadrant for w in found.wants.wanted}["c"] == "no_hurry"
    assert {w.attribute.name: w.quadrant for w in found.wants.wanted}["a"] == "undetermined"


def test_gaps_over_waves_and_what_a_year_brought():
    parts = []
    for i, ours in enumerate((5.0, 5.5, 6.0, 6.5, 7.0)):
        part = answers(20 + i, 400, (ours, 8), ("us", "b"))
        parts.append(part.assign(wave=f"w{i}", day=pd.Timestamp("2025-01-15") + pd.DateOffset(months=3 * i)))
    survey = Survey("company", (Score("score", 1, 10),), wave="wave", time="day", waves_a_year=4)
    found = estimate(pd.concat(parts), Benchmark("us", survey))
    (trend,) = found.trends
    assert trend.change.estimate == pytest.approx(100 * 2 / 9, abs=3.5) and trend.p_adjusted < 1e-9
    assert found.us.n == 400  # the last wave is compared
    assert found.target.gained == pytest.approx(100 * 2 / 9, abs=3.5)
    assert found.target.kind == "aim" and found.target.value == pytest.approx(found.target.benchmark)


def test_practices_say_yes_no_and_how_it_is_known():
    rows = pd.DataFrame({
        "company": ["us", "b", "us", "b"], "practice": ["chat", "chat", "hours", "hours"],
        "unit": ["yes_no", "yes_no", "hours", "hours"], "value": [0, 1, 50, 40], "grade": ["own", "hearsay"] * 2,
    })
    habits = Habits("company", "practice", "value", "unit", grade="grade", grades=("own", "hearsay"))
    found = estimate(None, Benchmark("us", habits=habits), practised=rows)
    text = found.practice_grid().text()
    assert {p.name: p.percentile_of("b") for p in found.practices}["hours"] == 0.0
    assert "yes, hearsay" in text and "50, percentile 100, own" in text and "40, percentile 0, hearsay" in text
    assert {p.name: p.percentile for p in found.practices}["hours"] == 1.0
    assert math.isnan(found.practices[1].correlation)  # two companies relate nothing


def test_each_practice_says_its_source_and_date():
    rows = pd.DataFrame({
        "company": ["us", "b", "c"], "practice": ["hours"] * 3, "unit": ["hours"] * 3, "value": [50.0, 40.0, np.nan],
        "grade": ["own_test", "hearsay", "hearsay"], "source": ["records", "visit", "visit"],
        "seen": pd.to_datetime(["2026-08-15", "2026-07-01", "2026-07-01"]),
    })
    habits = Habits("company", "practice", "value", "unit", grade="grade", source="source", date="seen")
    found = estimate(None, Benchmark("us", habits=habits), practised=rows)
    matrix, entries = found.practice_grid().text(), found.practice_sources_grid()
    assert "50, percentile 100, own test (a)" in matrix and "(a) records, 15 Aug 2026" in matrix
    assert "40, percentile 0, hearsay (b)" in matrix and "(b) visit, 1 Jul 2026" in matrix and "not known" in matrix
    assert [row[5] for row in entries.rows] == ["records", "visit"]


def test_the_target_is_a_card_with_its_reasons():
    found = estimate(answers(), Benchmark("us", SURVEY, gained=30.0))
    card = found.target_grid()
    assert card.title.text().startswith("Score: aim for")
    assert "c, the best comparable rival, its luck taken out" in card.text() and "more than chance" in card.text()
    level = estimate(answers(means=(7, 7, 7, 5)), PLAIN).target_grid()
    assert level.title.text().startswith("Score: hold") and "would rest on luck" in level.text()
    assert "more than chance" not in level.text()
