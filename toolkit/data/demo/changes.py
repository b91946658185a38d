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
        "new_carrier", "New carrier for the Islands", "service", "Irene Prata",
        "on_time_delivery", "orders", "promised_at", "share", "higher",
        "2025-08-01", "2025-10-01", "2026-09-30", ("Islands",),
        0.08, 0.03, 0.12, "delivered", "keep", 4_500.0, 100.0, 30.0,
    ),
    PlantedChange(
        "shorter_bills", "Shorter bills", "billing", "Jaime Lobo",
        "late_payment", "payments", "due_on", "share", "lower",
        "2025-11-15", "2026-01-01", "2026-09-30", REGIONS,
        -0.06, -0.03, 0.0, "no_worthwhile_effect", "drop", 3_000.0, 120.0, 4.0,
    ),
    PlantedChange(
        "loyalty_offer", "Loyalty offer", "promotion", "Marta Reis",
        "renewal_rate", "renewals", "decided_on", "share", "higher",
        "2025-12-15", "2026-02-01", "2026-09-30", ("North", "South"),
        0.03, 0.01, -0.05, "harm", "drop", 8_000.0, 160.0, 160.0,
    ),
    PlantedChange(
        "same_day_replies", "Same-day replies", "service", "Rui Sousa",
        "first_reply_hours", "interactions", "opened_at", "hours", "lower",
        "2026-02-15", "2026-04-01", "2026-09-30", ("North", "Centre"),
        -4.0, -1.0, -3.1, "partly_delivered", "adapt", 16_000.0, 400.0, 7.0,
    ),
    PlantedChange(
        "chat_assistant", "Chat assistant", "service", "Rui Sousa",
        "handling_minutes", "interactions", "opened_at", "minutes", "lower",
        "2026-07-01", "2026-09-01", "2027-03-31", REGIONS,
        -1.5, -0.5, -1.0, "not_yet_known", "wait", 9_000.0, 220.0, 0.6, 0.2,
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
