"""What a KPI can be about: the things that a plan for customer relations usually measures."""

from __future__ import annotations

from typing import Literal, get_args

Subject = Literal[
    "sales", "new_customers", "retention", "conversion", "response_time", "satisfaction",
    "awareness", "contact", "newsletters", "crm_system",
]  # fmt: skip
SUBJECTS: tuple[Subject, ...] = get_args(Subject)
