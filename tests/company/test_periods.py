from __future__ import annotations

from datetime import date, timedelta

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.company.periods import KINDS, Period, count, resolve, span
from toolkit.problems import Refused

DAYS = st.dates(date(1950, 1, 1), date(2150, 12, 31))
STARTS = st.integers(1, 12)
ENDING_MONTHS = "DEC JAN FEB MAR APR MAY JUN JUL AUG SEP OCT NOV".split()


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026-Q3", date(2026, 7, 1), date(2026, 10, 1)),
        ("2026q4", date(2026, 10, 1), date(2027, 1, 1)),
        ("2026-09", date(2026, 9, 1), date(2026, 10, 1)),
        ("2024-02", date(2024, 2, 1), date(2024, 3, 1)),
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("2026W01", date(2025, 12, 29), date(2026, 1, 5)),  # ISO 8601: holds 1 January, a Thursday
        ("2026W53", date(2026, 12, 28), date(2027, 1, 4)),
        ("2027W01", date(2027, 1, 4), date(2027, 1, 11)),
    ],
)
def test_the_written_forms(text, start, end):
    period = Period.parse(text)
    assert (period.start, period.end) == (start, end)
    assert period.last_day == end - timedelta(days=1)
    assert Period.parse(str(period)) == period


def test_leap_days_count():
    assert Period.parse("2024-02").days == 29
    assert Period.parse("2023-02").days == 28
    assert Period.parse("2024").days == 366
    assert Period.of(date(2024, 2, 29), "quarter") == Period.parse("2024Q1")


def test_a_fiscal_year_is_named_for_the_year_in_which_it_ends():
    first = Period.parse("2026Q1", fiscal_year_starts=4)
    assert (first.start, first.end) == (date(2025, 4, 1), date(2025, 7, 1))
    year = Period.parse("2026", fiscal_year_starts=4)
    assert (year.start, year.last_day) == (date(2025, 4, 1), date(2026, 3, 31))
    assert year.label == "FY2026" and first.label == "Q1 FY2026"
    assert Period.parse("2026-04", fiscal_year_starts=4) == Period.parse("2026-04")


@given(DAYS, STARTS)
def test_fiscal_quarters_are_those_of_pandas(day, starts):
    # pandas names Q-MAR quarters for the year that ends in March: an independent implementation
    theirs = pd.Period(day, freq=f"Q-{ENDING_MONTHS[starts - 1]}")
    ours = Period.of(day, "quarter", starts)
    assert (ours.year, ours.number) == (theirs.qyear, theirs.quarter)
    assert (ours.start, ours.last_day) == (theirs.start_time.date(), theirs.end_time.date())
    assert Period.of(day, "year", starts).year == theirs.qyear


@given(DAYS, STARTS, st.sampled_from(KINDS))
def test_periods_of_a_kind_follow_each_other_without_gap_or_overlap(day, starts, kind):
    period = Period.of(day, kind, starts)
    assert period.holds(day)
    assert period.next().start == period.end
    assert period.previous().end == period.start
    assert period.next().previous() == period
    assert period.previous(5).previous(-5) == period
    assert period.previous() < period < period.next()
    assert Period.parse(str(period), starts) == period
    assert sum(p.days for p in period.parts("month")) == period.days or kind == "week"


@given(DAYS, STARTS, st.sampled_from(KINDS))
def test_the_latest_period_is_the_last_complete_one(as_of, starts, kind):
    latest = Period.latest(kind, as_of, starts)
    assert latest.complete(as_of)
    assert not latest.next().complete(as_of)


def test_latest_on_and_before_the_last_day():
    assert str(resolve("latest", date(2026, 9, 30))) == "2026Q3"
    assert str(resolve("latest", date(2026, 9, 29))) == "2026Q2"
    assert str(resolve(" Latest ", date(2026, 9, 30), kind="month")) == "2026-09"
    assert str(resolve("latest", date(2026, 9, 30), kind="week")) == "2026W39"
    assert str(resolve("latest", date(2026, 9, 30), 4)) == "2027Q2"
    assert str(resolve("2025Q1", date(2026, 9, 30))) == "2025Q1"


def test_the_same_period_last_year():
    assert str(Period.parse("2026Q3").same_last_year()) == "2025Q3"
    assert str(Period.parse("2024-02").same_last_year()) == "2023-02"
    assert str(Period.parse("2027W05").same_last_year()) == "2026W05"
    assert str(Period.parse("2026W53").same_last_year()) == "2025W52"
    assert Period.parse("2026Q1", 4).same_last_year().start == date(2024, 4, 1)


def test_iso_years_have_53_weeks_when_they_should():
    # the 71 long years of the 400-year cycle; those of 2000-2099 as ISO 8601 has them
    long = [y for y in range(2000, 2100) if count("week", y) == 53]
    assert long == [2004, 2009, 2015, 2020, 2026, 2032, 2037, 2043, 2048, 2054, 2060, 2065, 2071,
                    2076, 2082, 2088, 2093, 2099]  # fmt: skip
    assert sum(count("week", y) == 53 for y in range(2000, 2400)) == 71


def test_parts_and_span():
    quarter = Period.parse("2026Q3")
    assert [str(p) for p in quarter.parts("month")] == ["2026-07", "2026-08", "2026-09"]
    assert [str(p) for p in span(Period.parse("2025Q3"), Period.parse("2026Q2"))] == [
        "2025Q3", "2025Q4", "2026Q1", "2026Q2",
    ]  # fmt: skip
    with pytest.raises(ValueError, match="not of one kind"):
        list(span(Period.parse("2025Q3"), Period.parse("2026")))


def test_periods_sort_by_their_first_day():
    texts = ["2026Q3", "2026-01", "2026", "2025W52", "2026W02"]
    assert [str(p) for p in sorted(map(Period.parse, texts))] == [
        "2025W52", "2026-01", "2026", "2026W02", "2026Q3",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026Q5", "period: '2026Q5' is no period: a year has quarters 1 to 4"),
        ("2026-13", "a year has months 01 to 12"),
        ("2025W53", "2025 has weeks 1 to 52"),
        ("2026W00", "2026 has weeks 1 to 53"),
        ("0001", "years lie between 1900 and 2200, not 1"),
        ("31/02/2026", "is no period; write a quarter 2026Q3, a month 2026-09, a year 2026"),
        ("2026-09-30", "is no period; write a quarter"),
        ("", "is no period"),
        ("x=__import__('os')", "is no period"),
        ("２０２６", "is no period"),
    ],
)
def test_a_wrong_period_is_refused_with_value_rule_and_forms(text, expected):
    with pytest.raises(Refused) as refused:
        resolve(text, date(2026, 9, 30))
    assert expected in str(refused.value)


def test_a_period_cannot_be_made_wrong():
    for wrong in [("day", 2026), ("quarter", 2026, 5), ("year", 2026, 2), ("month", 2026, 0),
                  ("quarter", 2026, 1, 13), ("year", 1)]:  # fmt: skip
        with pytest.raises(ValueError):
            Period(*wrong)
