"""What is planted in the demo company? Every true value, with its unit and where it is seen."""

from __future__ import annotations

from dataclasses import asdict

import numpy as np

from toolkit.data.demo.aurora import (
    AS_OF,
    HOUR_COST,
    MINUTE_COST,
    PRICE_ELASTICITY,
    PRODUCTS,
    REGION_SHARES,
    REGIONS,
    SEGMENT_SHARES,
    SEGMENTS,
    START,
)
from toolkit.data.demo.campaign_truths import planted_truth
from toolkit.data.demo.campaigns import TESTS
from toolkit.data.demo.changes import CHANGES
from toolkit.data.demo.chance import BLOCK
from toolkit.data.demo.customers import (
    COSTLY_EVERY,
    COSTLY_REMAINDER,
    LEAVE_ALPHA,
    LEAVE_BETA,
    ORDER_MEAN,
    ORDER_SHAPE,
    SEGMENT_RENEWAL,
    draw_customers,
)
from toolkit.data.demo.dirt import declared_dirt
from toolkit.data.demo.leads import win_rates
from toolkit.data.demo.money import LOSER, OFFERS
from toolkit.data.demo.orders import FAVOURITE_CHANCE, ON_TIME
from toolkit.data.demo.satisfaction import survey_truths
from toolkit.data.demo.service import PROCESS_SHARES, PROCESSES, WANTED, WANTED_SHARES
from toolkit.data.demo.staff import BEST_LIFT, LAUNCH, adoption_day, best_staff

#: Costly customers are named only where they were there long enough to be seen.
COSTLY_SECONDS = 365 * 86_400
MOST_NAMED = 2_000
#: Columns that speak of the future by their nature.
MAY_BE_LATER = (
    "plan_changes.due_on",
    "plan_steps.due_on",
    "schedule.planned_end",
    "budgets.month",
)


def costly_customers(customers: int, seed: int) -> list[str]:
    """Return the ids planted to cost more than they bring, a year or longer with us.

    At most `MOST_NAMED`, the first ones; the rule in the truths holds for all.
    """
    found: list[str] = []
    for block in range(-(-customers // BLOCK)):
        who = draw_customers(seed, block)
        first, last = who.exposure
        seen = who.costly & (last - first >= COSTLY_SECONDS) & (who.number <= customers)
        found += [f"C{number:07d}" for number in who.number[seen]]
        if len(found) >= MOST_NAMED:
            return found[:MOST_NAMED]
    return found


def same_product_again() -> float:
    """Return the chance that two orders of a customer begin with the same product."""
    popular = sum(p.share**2 for p in PRODUCTS)
    return FAVOURITE_CHANCE**2 + (1 - FAVOURITE_CHANCE**2) * popular


def change_truths() -> dict[str, object]:
    """Return each plan change's true effect beside its promise, and the verdict that is right."""
    return {
        planned.name: {
            "label": planned.label,
            "kpi": planned.kpi,
            "seen_in": f"{planned.table}, dated by {planned.time}",
            "unit": planned.unit,
            "better": planned.better,
            "effective": planned.effective,
            "treated_regions": list(planned.regions),
            "has_control": planned.has_control,
            "promised": planned.promised,
            "worthwhile": planned.worthwhile,
            "truth": planned.truth,
            "reached_in_first_month": planned.ramp,
            "same_for_new_and_existing": True,
            "verdict": planned.verdict,
            "decision": planned.decision,
        }
        for planned in CHANGES
    }


def plan_return(counts: dict[str, int], customers: int) -> dict[str, object]:
    """Return the planted return of the plan's changes to date.

    `counts` holds, by change, the rows of its table touched since it took effect: each is worth
    the true effect times the value of one unit. Costs are money and hours at the stated rate.
    """
    scale = customers / 20_000
    lines, benefit, cost = {}, 0.0, 0.0
    for planned in CHANGES:
        sign = 1.0 if planned.better == "higher" else -1.0
        touched = counts.get(planned.name, 0)
        worth = sign * planned.truth * planned.ramp * planned.value * touched
        spent = (planned.cost_eur + planned.cost_hours * HOUR_COST) * scale
        lines[planned.name] = {"rows_touched": touched, "benefit": worth, "cost": spent}
        benefit, cost = benefit + worth, cost + spent
    return {
        "unit": "EUR to date; ROI is a share of the cost",
        "seen_in": "plan_changes (costs, value of a unit) and each change's own table",
        "changes": lines,
        "benefit": benefit,
        "cost": cost,
        "net": benefit - cost,
        "roi": (benefit - cost) / cost,
    }


def truths(customers: int = 20_000, seed: int = 7) -> dict[str, object]:
    """Return everything planted, from the model's parameters and not from the drawn sample.

    Parameters
    ----------
    customers, seed
        As in `write_demo`; only the list of costly customers depends on them.

    Returns
    -------
    dict
        Machine readable; each part says its unit and the table in which it is seen. The file
        `truths.json` has the plan's return beside it, which needs the rows' counts.
    """
    first = {
        name: 1 - LEAVE_ALPHA / (LEAVE_ALPHA + LEAVE_BETA) + shift
        for name, shift in zip(SEGMENTS, SEGMENT_RENEWAL, strict=True)
    }
    overall = np.average(list(PROCESS_SHARES), axis=0, weights=REGION_SHARES)
    return {
        "customers": customers,
        "seed": seed,
        "starts": str(START),
        "as_of": str(AS_OF),
        "tests": {test.name: planted_truth(test) for test in TESTS},
        "plan_changes": change_truths(),
        "retention": {
            "seen_in": "renewals",
            "unit": "share renewed at the first contract end, before the loyalty offer",
            "first_renewal_by_segment": first,
            "first_renewal": float(np.dot(SEGMENT_SHARES, list(first.values()))),
            "leaving_beta": {"alpha": LEAVE_ALPHA, "beta": LEAVE_BETA},
        },
        "orders": {
            "seen_in": "orders, order_items",
            "unit": "orders a year at season and price one",
            "rate_gamma": {"shape": ORDER_SHAPE, "mean": ORDER_MEAN},
            "on_time_by_region_before": dict(zip(REGIONS, ON_TIME, strict=True)),
            "first_product_same_again": same_product_again(),
            "price_elasticity_by_segment": PRICE_ELASTICITY,
        },
        "costly_customers": {
            "seen_in": "payments, order_items, interactions, complaints by customer_id",
            "unit": f"customers; a colleague's minute costs {MINUTE_COST} EUR",
            "rule": f"the number in customer_id modulo {COSTLY_EVERY} is {COSTLY_REMAINDER}",
            "ids": costly_customers(customers, seed),
        },
        "complaints": {
            "seen_in": "complaints.process by region",
            "unit": "share of complaints",
            "worst": "late_delivery",
            "first_by_region": {
                region: PROCESSES[int(np.argmax(shares))]
                for region, shares in zip(REGIONS, PROCESS_SHARES, strict=True)
            },
            "shares": dict(zip(PROCESSES, overall.tolist(), strict=True)),
            "shares_by_region": {
                region: dict(zip(PROCESSES, shares, strict=True))
                for region, shares in zip(REGIONS, PROCESS_SHARES, strict=True)
            },
        },
        "requests": {
            "seen_in": "requests.wanted",
            "unit": "share of requests",
            "shares": dict(zip(WANTED, WANTED_SHARES, strict=True)),
        },
        "satisfaction": survey_truths(),
        "leads": {
            "seen_in": "leads.won_at by source, cohorts of four months and older",
            "unit": "share of leads won in the end",
            "win_rate_by_source": win_rates(),
        },
        "crm_adoption": {
            "seen_in": "crm_logins, first login of each user",
            "unit": "day",
            "launch": str(LAUNCH),
            "eighty_percent_active_on": str(adoption_day()),
            "last_fifth_mostly": "collections",
        },
        "staff": {
            "seen_in": "interactions.logged_complete, template_used; staff_checks.passed",
            "unit": "share above the others",
            "best": best_staff(),
            "lift": BEST_LIFT,
        },
        "offers": {
            "seen_in": "offers",
            "unit": "EUR in the first year, set-up paid",
            "loser": LOSER,
            "net": {offer.name: offer.net * customers / 20_000 for offer in OFFERS},
        },
        "dirty": [asdict(dirt) for dirt in declared_dirt(customers)],
        "may_be_later_than_as_of": list(MAY_BE_LATER),
    }
