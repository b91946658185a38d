"""What does the plan cost, what may it return, and what could go wrong?"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from toolkit.data.demo.aurora import HOUR_COST
from toolkit.data.demo.chance import stream
from toolkit.data.demo.changes import CHANGES

#: Budgets run on to the end of the year; actuals stop at `AS_OF`.
BUDGET_MONTHS = 39
ACTUAL_MONTHS = 36
_COMPONENTS = (
    # component, department, phase, first month, last month, EUR a month, hours a month,
    # true overrun of money, of hours
    ("crm_system", "sales", "prepare", 0, 3, 1_900.0, 60.0, 1.00, 1.10),
    ("crm_system", "sales", "launch", 4, 8, 1_400.0, 45.0, 1.02, 1.15),
    ("crm_system", "sales", "improve", 15, 38, 620.0, 10.0, 1.00, 1.00),
    ("integration", "billing", "integrate", 9, 14, 2_600.0, 80.0, 1.24, 1.35),
    ("integration", "billing", "improve", 15, 38, 260.0, 8.0, 1.10, 1.20),
    ("training", "service", "launch", 4, 8, 900.0, 120.0, 0.95, 1.05),
    ("training", "collections", "improve", 15, 38, 180.0, 24.0, 1.05, 1.30),
    ("campaigns", "promotion", "improve", 15, 38, 1_150.0, 30.0, 1.01, 1.00),
    ("surveys", "service", "improve", 0, 38, 240.0, 6.0, 1.00, 1.00),
)


def budgets_table(seed: int, customers: int) -> pa.Table:
    """Return the `budgets` rows: one a component, department, phase and month.

    `share_done` is how much of the month's planned work is done by `AS_OF`; actuals of months to
    come are null. A plan change is a component of its own, spent from its announcement on.
    """
    rng = stream(seed, "budgets")
    scale = customers / 20_000
    rows = []
    for component, department, phase, first, last, eur, hours, more_eur, more_hours in _lines():
        for month in range(first, last + 1):
            noise = np.exp(rng.normal(0.0, 0.06, 2))
            known = month < ACTUAL_MONTHS
            done = 1.0 if month < ACTUAL_MONTHS - 4 else 1.0 - 0.08 * (month - ACTUAL_MONTHS + 5)
            rows.append(
                {
                    "month": _month(month),
                    "component": component,
                    "phase": phase,
                    "department": department,
                    "planned_eur": round(eur * scale, 2),
                    "actual_eur": round(eur * scale * more_eur * noise[0], 2) if known else None,
                    "planned_hours": round(hours * scale, 1),
                    "actual_hours": (
                        round(hours * scale * more_hours * noise[1], 1) if known else None
                    ),
                    "share_done": round(done, 2) if known else None,
                    "hour_rate": HOUR_COST,
                }
            )
    return pa.Table.from_pylist(rows)


def _lines() -> list[tuple]:
    lines = list(_COMPONENTS)
    for planned in CHANGES:
        first = _position(planned.announced)
        last = min(BUDGET_MONTHS - 1, max(first + 2, _position(planned.due)))
        months = last - first + 1
        eur, hours = planned.cost_eur / months, planned.cost_hours / months
        name, department = planned.name, planned.department
        lines.append((name, department, "improve", first, last, eur, hours, 1.0, 1.0))
    return lines


def _position(day: str) -> int:
    when = date.fromisoformat(day)
    return (when.year - 2023) * 12 + when.month - 10


def _month(position: int) -> date:
    years, month = divmod(position + 9, 12)
    return date(2023 + years, month + 1, 1)


@dataclass(frozen=True)
class Offer:
    """An idea for an offer: what is hoped of it (low, likely, high), and what it truly brings.

    Money in EUR for the first year at 20,000 customers; `fails` is the chance that it has to be
    withdrawn, at `loss`. `truth` is the true yearly margin before set-up costs.
    """

    name: str
    origin: str
    wanted: str | None
    margin: tuple[float, float, float]
    setup_eur: float
    setup_hours: float
    fails: float
    loss: float
    truth: float

    @property
    def net(self) -> float:
        """True expected value of the first year: margin and failure less set-up."""
        return (
            (1 - self.fails) * self.truth
            - self.fails * self.loss
            - self.setup_eur
            - self.setup_hours * HOUR_COST
        )


OFFERS = (
    Offer("static_address_pack", "customers", "static_address", (9e3, 15e3, 22e3), 2_500.0, 60.0,
          0.05, 1_000.0, 15_000.0),
    Offer("evening_installation", "staff", "evening_installation", (5e3, 12e3, 20e3), 1_200.0,
          90.0, 0.10, 2_000.0, 12_500.0),
    Offer("island_fibre", "customers", "fibre_on_the_islands", (20e3, 110e3, 220e3), 45_000.0,
          600.0, 0.25, 30_000.0, 118_000.0),
    Offer("device_rental", "staff", "device_rental", (2e3, 6e3, 11e3), 14_000.0, 240.0,
          0.35, 18_000.0, 6_000.0),
    Offer("loyal_bundle", "staff", None, (4e3, 11e3, 19e3), 3_000.0, 40.0, 0.12, 3_000.0, 11_000.0),
)  # fmt: skip
LOSER = "device_rental"


def offers_table(customers: int) -> pa.Table:
    """Return the `offers` rows: ideas with their estimates; the truth is not among them."""
    scale = customers / 20_000
    return pa.Table.from_pylist(
        [
            {
                "offer": offer.name,
                "origin": offer.origin,
                "wanted": offer.wanted,
                "margin_low": offer.margin[0] * scale,
                "margin_likely": offer.margin[1] * scale,
                "margin_high": offer.margin[2] * scale,
                "setup_eur": offer.setup_eur * scale,
                "setup_hours": offer.setup_hours * scale,
                "failure_chance": offer.fails,
                "failure_loss": offer.loss * scale,
                "proposed_on": date(2026, 3 + number, 12),
            }
            for number, offer in enumerate(OFFERS)
        ]
    )


_CRITERIA = (("fits_processes", 0.3), ("integrations", 0.25), ("price", 0.2), ("support", 0.15),
             ("privacy", 0.1))  # fmt: skip
_VENDORS = (
    ("One suite", "one", 58_000.0, 420.0, 7, (7, 9, 5, 7, 8)),
    ("Best of each", "several", 47_000.0, 760.0, 11, (9, 5, 7, 6, 7)),
    ("Extend the present system", "one", 31_000.0, 510.0, 5, (5, 6, 9, 6, 7)),
)


def vendors_table() -> pa.Table:
    """Return the `vendors` rows: one a choice and criterion, scored 0 to 10."""
    return pa.Table.from_pylist(
        [
            {
                "choice": choice,
                "vendors": kind,
                "criterion": criterion,
                "weight": weight,
                "score": score,
                "cost_eur": cost,
                "effort_hours": hours,
                "months": months,
            }
            for choice, kind, cost, hours, months, scores in _VENDORS
            for (criterion, weight), score in zip(_CRITERIA, scores, strict=True)
        ]
    )


_WORST = (
    ("data_breach", "Customer data gets out", (0.005, 0.015, 0.04), (40e3, 120e3, 400e3)),
    ("lost_integration", "Billing stops showing in the CRM system", (0.05, 0.1, 0.2),
     (4e3, 9e3, 25e3)),
    ("vendor_leaves", "The vendor ends the product", (0.01, 0.03, 0.06), (30e3, 60e3, 110e3)),
    ("key_person_leaves", "The only one who knows the set-up leaves", (0.1, 0.2, 0.3),
     (3e3, 8e3, 16e3)),
)  # fmt: skip


def worst_cases_table(customers: int) -> pa.Table:
    """Return the `worst_cases` rows: chance a year and cost, each low, likely and high."""
    scale = customers / 20_000
    return pa.Table.from_pylist(
        [
            {
                "worst_case": name,
                "label": label,
                "yearly_chance_low": chance[0],
                "yearly_chance": chance[1],
                "yearly_chance_high": chance[2],
                "cost_low": cost[0] * scale,
                "cost": cost[1] * scale,
                "cost_high": cost[2] * scale,
            }
            for name, label, chance, cost in _WORST
        ]
    )
