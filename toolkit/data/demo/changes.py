"""Which plan changes did Aurora make, and what did each truly do?

The effects are additive on the KPI's mean and the same for every customer touched, so that the
planted truth is a parameter and not something to be estimated.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.data.demo.aurora import MONTH_DAYS, MONTHS, REGIONS


@dataclass(frozen=True)
class PlantedChange:
    """A plan change as announced, and the effect that it truly had.

    Parameters
    ----------
    promised, worthwhile, truth
        Change of the KPI's mean in the KPI's unit; `truth` is the full effect, once ramped up.
    regions
        Regions touched; all of them means that there is no control group.
    ramp
        Share of the effect reached in the first month; 1 is at once.
    value
        EUR that one unit of the KPI is worth for one row of its table.
    """

    name: str
    label: str
    department: str
    owner: str
    kpi: str
    table: str
    time: str
    unit: str
    better: str
    announced: str
    effective: str
    due: str
    regions: tuple[str, ...]
    promised: float
    worthwhile: float
    truth: float
    verdict: str
    decision: str
    cost_eur: float
    cost_hours: float
    value: float
    ramp: float = 1.0

    def __post_init__(self) -> None:
        unknown = set(self.regions) - set(REGIONS)
        if unknown:
            raise ValueError(f"regions {sorted(unknown)} are not among {REGIONS}")
        if np.datetime64(self.announced) > np.datetime64(self.effective):
            raise ValueError(f"{self.name} is announced after it takes effect")

    @property
    def effective_day(self) -> int:
        """Day since 1970 on which the change takes effect."""
        return int(np.datetime64(self.effective).astype(np.int64))

    @property
    def has_control(self) -> bool:
        """Whether some regions are untouched."""
        return len(self.regions) < len(REGIONS)

    def effect_by_month(self) -> np.ndarray:
        """Return the effect by region and month: shape (4, 36), zero before and where untouched."""
        after = MONTH_DAYS[:MONTHS] >= self.effective_day
        since = np.cumsum(after)
        reached = np.where(after, np.minimum(1.0, self.ramp * since), 0.0)
        touched = np.array([region in self.regions for region in REGIONS], float)
        return touched[:, None] * reached[None, :] * self.truth


CHANGES = (
    PlantedChange(
        name="new_carrier",
        label="New carrier for the Islands",
        department="service",
        owner="Irene Prata",
        kpi="on_time_delivery",
        table="orders",
        time="promised_at",
        unit="share",
        better="higher",
        announced="2025-08-01",
        effective="2025-10-01",
        due="2026-09-30",
        regions=("Islands",),
        promised=0.08,
        worthwhile=0.03,
        truth=0.12,
        verdict="delivered",
        decision="keep",
        cost_eur=4_500.0,
        cost_hours=100.0,
        value=30.0,
    ),
    PlantedChange(
        name="shorter_bills",
        label="Shorter bills",
        department="billing",
        owner="Jaime Lobo",
        kpi="late_payment",
        table="payments",
        time="due_on",
        unit="share",
        better="lower",
        announced="2025-11-15",
        effective="2026-01-01",
        due="2026-09-30",
        regions=REGIONS,
        promised=-0.06,
        worthwhile=-0.03,
        truth=0.0,
        verdict="no_worthwhile_effect",
        decision="drop",
        cost_eur=3_000.0,
        cost_hours=120.0,
        value=4.0,
    ),
    PlantedChange(
        name="loyalty_offer",
        label="Loyalty offer",
        department="promotion",
        owner="Marta Reis",
        kpi="renewal_rate",
        table="renewals",
        time="decided_on",
        unit="share",
        better="higher",
        announced="2025-12-15",
        effective="2026-02-01",
        due="2026-09-30",
        regions=("North", "South"),
        promised=0.03,
        worthwhile=0.01,
        truth=-0.05,
        verdict="harm",
        decision="drop",
        cost_eur=8_000.0,
        cost_hours=160.0,
        value=160.0,
    ),
    PlantedChange(
        name="same_day_replies",
        label="Same-day replies",
        department="service",
        owner="Rui Sousa",
        kpi="first_reply_hours",
        table="interactions",
        time="opened_at",
        unit="hours",
        better="lower",
        announced="2026-02-15",
        effective="2026-04-01",
        due="2026-09-30",
        regions=("North", "Centre"),
        promised=-4.0,
        worthwhile=-1.0,
        truth=-3.1,
        verdict="partly_delivered",
        decision="adapt",
        cost_eur=16_000.0,
        cost_hours=400.0,
        value=7.0,
    ),
    PlantedChange(
        name="chat_assistant",
        label="Chat assistant",
        department="service",
        owner="Rui Sousa",
        kpi="handling_minutes",
        table="interactions",
        time="opened_at",
        unit="minutes",
        better="lower",
        announced="2026-07-01",
        effective="2026-09-01",
        due="2027-03-31",
        regions=REGIONS,
        promised=-1.5,
        worthwhile=-0.5,
        truth=-1.0,
        verdict="not_yet_known",
        decision="wait",
        cost_eur=9_000.0,
        cost_hours=220.0,
        value=0.6,
        ramp=0.2,
    ),
)


def change(name: str) -> PlantedChange:
    """Return the planted change of that name; a ValueError names the choices."""
    for planted in CHANGES:
        if planted.name == name:
            return planted
    raise ValueError(f"{name!r} is no plan change of Aurora: {', '.join(c.name for c in CHANGES)}")


def effect(name: str, region: np.ndarray, month: np.ndarray) -> np.ndarray:
    """Return the effect of a change for rows of a region and month; zero before the window."""
    grid = change(name).effect_by_month()
    return np.where(month >= 0, grid[region, np.maximum(month, 0)], 0.0)
