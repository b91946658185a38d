"""What is planted in the demo company's service is found, on draws other than its own."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from toolkit.data.demo.leads import leads_table, win_rates
from toolkit.data.demo.service import PROCESS_SHARES, PROCESSES, WANTED, WANTED_SHARES, complaints_table, requests_table
from toolkit.data.demo.staff import adoption_day, crm_logins_table, crm_users_table
from toolkit.data.demo.truths import truths
from toolkit.service import adoption, complaints, leads, touchpoints
from toolkit.service.window import Window

WINDOW = Window(date(2026, 7, 1), date(2026, 10, 1), "2026Q3")
SEEDS = range(4)


def drawn(make, seed, blocks=4):
    return pa.concat_tables([make(seed, block) for block in range(blocks)]).to_pandas()


@pytest.fixture(scope="module")
def complained():
    asked = complaints.Complaints("process", "opened_at", WINDOW.looking_back(12), unit="customer_id", by="region")
    return [complaints.estimate(drawn(complaints_table, seed), asked) for seed in SEEDS]


def test_the_worst_process_is_first_or_its_tie_admitted(complained):
    for found in complained:
        assert "late_delivery" in {k.name for k in found.overall.first}
        # nothing but the second and third process is ever left in a tie with it
        assert {k.name for k in found.overall.first} <= set(PROCESSES[:3])


def test_the_worst_process_is_told_where_there_is_enough_to_tell():
    # a lead of five points over the second, among complaints of three years
    asked = complaints.Complaints("process", "opened_at", WINDOW.looking_back(36), unit="customer_id")
    told = [complaints.estimate(drawn(complaints_table, seed, 8), asked).overall for seed in SEEDS]
    assert [[k.name for k in t.first] for t in told] == [["late_delivery"]] * len(told)


def test_no_region_is_told_a_wrong_first(complained):
    first = {r: PROCESSES[max(range(6), key=s.__getitem__)]
             for r, s in zip(("North", "Centre", "South", "Islands"), PROCESS_SHARES, strict=True)}  # fmt: skip
    for found in complained:
        for region, pareto in found.split.items():
            assert first[region] in {k.name for k in pareto.first}, region


def test_win_rates_lie_in_their_intervals():
    asked = leads.Leads("created_at", "won_at", WINDOW.looking_back(30), source="source", mature_days=120)
    held = total = 0
    for seed in SEEDS:
        found = leads.estimate(drawn(leads_table, seed), asked)
        for source, rate in win_rates().items():
            m = found.of("won", source)
            held, total = held + (m.low <= rate <= m.high), total + 1
        assert found.sources[0] == "referral"
    assert total == 20 and held >= 19  # all five together hold with 95 %


def test_the_day_of_adoption_and_the_last_ones():
    asked = adoption.Adoption(WINDOW, adoption.Users("u", "user_id", "department", "access_from"),
                              adoption.Logins("l", "user_id", "logged_in_at"))  # fmt: skip
    for seed in SEEDS:
        found = adoption.estimate(None, asked, u=crm_users_table(seed).to_pandas(), l=crm_logins_table(seed).to_pandas())
        assert str(found.use.reached) == str(adoption_day())
        assert found.last[0][0].name == truths()["crm_adoption"]["last_fifth_mostly"]


def test_requests_come_in_the_planted_shares():
    asked = touchpoints.Touchpoints(WINDOW, requests=touchpoints.Requests("r", "wanted", "requested_at", WINDOW.looking_back(36), unit="customer_id"))
    held = 0
    for seed in SEEDS:
        found = touchpoints.estimate(None, asked, r=drawn(requests_table, seed)).requests.pareto
        held += all(found[w].share.low <= s <= found[w].share.high for w, s in zip(WANTED, WANTED_SHARES, strict=True))
        assert [k.name for k in found.first] == [WANTED[0]]
    assert held >= 3  # all six together hold with 95 %
