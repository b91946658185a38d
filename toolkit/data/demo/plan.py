"""What did the plan ask for: changes, goals in steps, schedule, readiness, who was told when?"""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa

from toolkit.data.demo.aurora import DEPARTMENTS, HOUR_COST
from toolkit.data.demo.changes import CHANGES


def _day(text: str) -> date:
    return date.fromisoformat(text)


def plan_changes_table(customers: int) -> pa.Table:
    """Return the `plan_changes` rows as the plan announced them; the truth is not among them."""
    scale = customers / 20_000
    return pa.Table.from_pylist(
        [
            {
                "change": planned.name,
                "label": planned.label,
                "department": planned.department,
                "owner": planned.owner,
                "kpi": planned.kpi,
                "unit": planned.unit,
                "better": planned.better,
                "announced_on": _day(planned.announced),
                "effective_on": _day(planned.effective),
                "due_on": _day(planned.due),
                "regions": ", ".join(planned.regions),
                "promised_effect": planned.promised,
                "worthwhile_effect": planned.worthwhile,
                "value_per_unit": planned.value,
                "cost_eur": round(planned.cost_eur * scale, 2),
                "cost_hours": round(planned.cost_hours * scale, 1),
                "hour_rate": HOUR_COST,
            }
            for planned in CHANGES
        ]
    )


_STEPS = (
    # goal, step, measure, due, done, owner, reason
    ("renewal_rate", "Find why customers leave", "200 exit calls made", "2025-06-30",
     "2025-06-12", "Marta Reis", "Nobody knew the reasons"),
    ("renewal_rate", "Reminder 30 days before", "90 % of reminders sent", "2025-12-31",
     "2026-01-20", "Marta Reis", "Contracts ended unnoticed"),
    ("renewal_rate", "Loyalty offer for those at risk", "offer made to every renewal",
     "2026-06-30", "2026-02-01", "Marta Reis", "To keep those who compare prices"),
    ("renewal_rate", "One colleague for each business", "all small businesses have a name",
     "2026-12-31", None, "Ana Melo", "They ask for one"),
    ("first_reply", "Templates for the ten usual questions", "ten templates in use",
     "2025-03-31", "2025-02-26", "Rui Sousa", "Answers were written anew"),
    ("first_reply", "Same-day replies in two regions", "two regions live", "2026-04-30",
     "2026-04-01", "Rui Sousa", "To learn before all regions"),
    ("first_reply", "Same-day replies everywhere", "four regions live", "2026-08-31", None,
     "Rui Sousa", "If the first two regions keep the promise"),
    ("on_time_delivery", "New carrier for the Islands", "carrier live", "2025-10-31",
     "2025-10-01", "Irene Prata", "One in four came late there"),
    ("on_time_delivery", "Tell customers of delays", "message within 2 hours", "2026-11-30", None,
     "Irene Prata", "Silence costs more than the delay"),
    ("satisfaction", "Survey of our own and the rivals' customers", "twelve waves", "2026-09-30",
     "2026-09-15", "Ana Melo", "Without the rivals a score says little"),
)  # fmt: skip


def plan_steps_table() -> pa.Table:
    """Return the `plan_steps` rows: each goal's ordered steps, done or not."""
    names = ("goal", "step", "measure", "due_on", "done_on", "owner", "reason")
    rows, order = [], {}
    for step in _STEPS:
        row = dict(zip(names, step, strict=True))
        order[row["goal"]] = order.get(row["goal"], 0) + 1
        row["due_on"] = _day(row["due_on"])
        row["done_on"] = _day(row["done_on"]) if row["done_on"] else None
        rows.append({"goal": row.pop("goal"), "position": order[step[0]], **row})
    return pa.Table.from_pylist(rows)


_PHASES = (
    ("prepare", "2023-10-01", "2024-02-04", "2023-10-01", "2024-02-04"),
    ("launch", "2024-02-05", "2024-06-30", "2024-02-05", "2024-08-19"),
    ("integrate", "2024-07-01", "2024-12-31", "2024-08-20", "2025-03-14"),
    ("improve", "2025-01-01", "2026-06-30", "2025-03-15", None),
    ("review", "2026-07-01", "2026-12-31", None, None),
)


def schedule_table() -> pa.Table:
    """Return the `schedule` rows: phases as planned and as they came."""
    return pa.Table.from_pylist(
        [
            {
                "phase": phase,
                "planned_start": _day(start),
                "planned_end": _day(end),
                "actual_start": _day(began) if began else None,
                "actual_end": _day(ended) if ended else None,
            }
            for phase, start, end, began, ended in _PHASES
        ]
    )


_READY = (
    ("hardware", "Headsets and second screens", "service", "2024-01-15", True),
    ("hardware", "Tablets for installers", "service", "2024-01-31", True),
    ("data", "Customer list without duplicates", "billing", "2024-01-20", True),
    ("data", "Old tickets imported", "service", "2024-03-31", True),
    ("data", "Consent recorded for everyone", "promotion", "2024-06-30", False),
    ("skills", "Two trainers a department", "sales", "2024-01-25", True),
    ("skills", "Collections trained", "collections", "2024-06-30", False),
    ("integrations", "Billing shows in the CRM system", "billing", "2024-09-30", True),
    ("integrations", "Shop orders show in the CRM system", "sales", "2024-12-31", True),
    ("integrations", "Phone system logs calls by itself", "service", "2025-03-31", False),
)


def readiness_table() -> pa.Table:
    """Return the `readiness` rows: what had to be there, and whether it is."""
    return pa.Table.from_pylist(
        [
            {
                "area": area,
                "item": item,
                "department": who,
                "needed_by": _day(day),
                "ready": int(ok),
            }
            for area, item, who, day, ok in _READY
        ]
    )


def informed_table() -> pa.Table:
    """Return the `informed` rows: when each department was told of each change.

    Collections heard of every change only after it took effect, the others two to five weeks
    before.
    """
    rows = []
    for planned in CHANGES:
        for position, department in enumerate(DEPARTMENTS):
            effective = _day(planned.effective)
            ahead = -6 if department == "collections" else 14 + 5 * position
            rows.append(
                {
                    "change": planned.name,
                    "department": department,
                    "informed_on": effective - timedelta(days=ahead),
                    "effective_on": effective,
                    "how": "meeting" if position % 2 == 0 else "e-mail",
                }
            )
    return pa.Table.from_pylist(rows)


_PROMISES = (
    # department, channel, hours to the first reply, hours to the solution, share wanted
    ("sales", "phone", 1.0, 24.0, 0.9),
    ("sales", "email", 8.0, 48.0, 0.9),
    ("billing", "phone", 2.0, 24.0, 0.9),
    ("billing", "email", 12.0, 72.0, 0.9),
    ("collections", "phone", 4.0, 48.0, 0.8),
    ("collections", "email", 24.0, 96.0, 0.8),
    ("service", "phone", 2.0, 24.0, 0.9),
    ("service", "email", 8.0, 48.0, 0.9),
    ("service", "chat", 2.0, 24.0, 0.9),
    ("promotion", "email", 24.0, 96.0, 0.8),
    ("promotion", "social", 12.0, 48.0, 0.8),
)


def service_promises_table() -> pa.Table:
    """Return the `service_promises` rows: the level wanted at each touchpoint."""
    return pa.Table.from_pylist(
        [
            {
                "department": department,
                "channel": channel,
                "first_reply_hours": reply,
                "resolution_hours": resolution,
                "share_wanted": share,
            }
            for department, channel, reply, resolution, share in _PROMISES
        ]
    )
