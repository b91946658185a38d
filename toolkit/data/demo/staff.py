"""Who works at Aurora, do they use the CRM system, and do they keep to the plan?

The staff does not grow with the number of customers: eighty colleagues, sixteen a department.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pyarrow as pa

from toolkit.data.demo import columns as col
from toolkit.data.demo.aurora import AS_OF_DAY, DAY, DEPARTMENTS, MONTH_DAYS, MONTHS, REGIONS
from toolkit.data.demo.chance import choose, stream

STAFF_PER_DEPARTMENT = 16
STAFF = STAFF_PER_DEPARTMENT * len(DEPARTMENTS)
LAUNCH = np.datetime64("2024-02-05")
#: Days from launch until the share of the staff is active; the last fifth is mostly collections.
ADOPTION_DAYS = (0, 5, 12, 20, 30, 44, 60, 80, 104, 190, 420)
#: Colleagues (department, number) who truly keep to the plan better, and by how much.
BEST = ((3, 4), (1, 11), (0, 2))
BEST_LIFT = 0.14
COURSES = ("crm_basics", "complaint_handling", "data_protection", "templates")
CHECKED = ("greeting", "answer_right", "logged", "offer_named", "follow_up_promised")
FEEDBACK = ("system_easy", "process_clear", "touchpoint_useful", "proud_of_service")


@lru_cache(maxsize=1)
def _lifts() -> np.ndarray:
    # A property of the people and not of the draw: the same for every seed.
    lifts = stream(0, "staff/lifts").normal(0.0, 0.025, (len(DEPARTMENTS), STAFF_PER_DEPARTMENT))
    lifts = np.clip(lifts, -0.06, 0.06)
    for department, number in BEST:
        lifts[department, number] = BEST_LIFT
    return lifts


def staff_lift(department: np.ndarray, colleague: np.ndarray) -> np.ndarray:
    """Return what each colleague adds to the chance of a complete log and of a template used."""
    return _lifts()[department, colleague]


def best_staff() -> list[str]:
    """Return the ids of the colleagues planted as the best."""
    return [f"U{d * STAFF_PER_DEPARTMENT + n:04d}" for d, n in BEST]


@lru_cache(maxsize=1)
def first_active_days() -> np.ndarray:
    """Return the day on which each colleague first used the system, collections mostly last."""
    rng = stream(0, "staff/adoption")
    department = np.arange(STAFF) // STAFF_PER_DEPARTMENT
    eager = rng.random(STAFF) + np.where(department == 2, 0.75, 0.0)
    rank = np.argsort(np.argsort(eager))
    after = np.interp((rank + 1) / STAFF, np.linspace(0, 1, len(ADOPTION_DAYS)), ADOPTION_DAYS)
    return int(LAUNCH.astype(np.int64)) + np.round(after).astype(np.int64)


def adoption_day(share: float = 0.8) -> np.datetime64:
    """Return the first day by which that share of the staff had used the system."""
    position = int(np.ceil(share * STAFF - 1e-9)) - 1
    return np.datetime64(int(np.sort(first_active_days())[position]), "D")


def crm_users_table(seed: int) -> pa.Table:
    """Return the `crm_users` rows: one a colleague."""
    rng = stream(seed, "crm_users")
    department = np.arange(STAFF) // STAFF_PER_DEPARTMENT
    joined = int(LAUNCH.astype(np.int64)) - rng.integers(60, 3000, STAFF)
    return pa.table(
        {
            "user_id": col.numbered("U", np.arange(STAFF), 4),
            "department": col.named(DEPARTMENTS, department),
            "team": col.named(REGIONS, choose(rng, (0.25,) * 4, STAFF)),
            "role": col.named(("agent", "lead"), (np.arange(STAFF) % 8 == 0).astype(int)),
            "joined_on": col.days(joined),
            "access_from": col.days(np.full(STAFF, int(LAUNCH.astype(np.int64)))),
        }
    )


def crm_logins_table(seed: int) -> pa.Table:
    """Return the `crm_logins` rows: one a colleague and day of use."""
    rng = stream(seed, "crm_logins")
    days = np.arange(int(LAUNCH.astype(np.int64)), AS_OF_DAY + 1)
    first = first_active_days()
    habit = np.clip(rng.normal(0.45, 0.12, STAFF), 0.08, 0.95)
    # 1970-01-01 was a Thursday; few work at the weekend.
    habit_by_day = habit[:, None] * np.where((days + 3) % 7 < 5, 1.0, 0.04)[None, :]
    used = (rng.random((STAFF, days.size)) < habit_by_day) & (days[None, :] > first[:, None])
    used[np.arange(STAFF), first - days[0]] = True
    user, position = np.nonzero(used)
    second = np.minimum(8.4 * 3600 + rng.gamma(2.0, 2400.0, user.size), 20 * 3600)
    at = days[position] * DAY + second.astype(np.int64)
    return pa.table(
        {
            "user_id": col.numbered("U", user, 4),
            "logged_in_at": col.stamps(at),
            "records_touched": col.whole(rng.poisson(14, user.size)),
            "minutes": col.amounts(rng.gamma(3.0, 25.0, user.size), digits=1),
        }
    )


def training_table(seed: int) -> pa.Table:
    """Return the `training` rows: one a colleague and course; the day done is text, as typed."""
    rng = stream(seed, "training")
    user = np.repeat(np.arange(STAFF), len(COURSES))
    course = np.tile(np.arange(len(COURSES)), STAFF)
    due = int(np.datetime64("2024-06-30").astype(np.int64)) + 120 * course
    done = due + np.round(rng.normal(-10, 60, user.size)).astype(np.int64)
    collections = user // STAFF_PER_DEPARTMENT == 2
    never = rng.random(user.size) < np.where(collections, 0.3, 0.06)
    never |= done > AS_OF_DAY
    text = np.datetime_as_string(done.astype("datetime64[D]"))
    return pa.table(
        {
            "user_id": col.numbered("U", user, 4),
            "course": col.named(COURSES, course),
            "due_on": col.days(due),
            "completed_on": pa.array(text, pa.string(), mask=never),
            "hours": col.amounts(np.array([6.0, 4.0, 2.0, 1.5])[course]),
            "score": col.whole(np.clip(np.round(rng.normal(78, 11, user.size)), 0, 100), never),
        }
    )


def staff_checks_table(seed: int) -> pa.Table:
    """Return the `staff_checks` rows: surprise checks, one row a check and point checked."""
    rng = stream(seed, "staff_checks")
    checks = MONTHS * 16
    month = np.repeat(np.arange(MONTHS), 16)
    user = rng.integers(0, STAFF, checks)
    day = MONTH_DAYS[month] + rng.integers(0, 28, checks)
    check = np.repeat(np.arange(checks), len(CHECKED))
    point = np.tile(np.arange(len(CHECKED)), checks)
    lift = staff_lift(user // STAFF_PER_DEPARTMENT, user % STAFF_PER_DEPARTMENT)
    chance = np.array([0.92, 0.84, 0.72, 0.55, 0.78])[point] + lift[check]
    return pa.table(
        {
            "check_id": col.numbered("K", check, 5),
            "user_id": col.numbered("U", user[check], 4),
            "department": col.named(DEPARTMENTS, (user // STAFF_PER_DEPARTMENT)[check]),
            "checked_on": col.days(day[check]),
            "channel": col.named(("phone", "email", "visit"), rng.integers(0, 3, checks)[check]),
            "point": col.named(CHECKED, point),
            "passed": col.flags(rng.random(check.size) < chance),
        }
    )


def staff_feedback_table(seed: int) -> pa.Table:
    """Return the `staff_feedback` rows: quarterly, 1 to 5 on four statements."""
    rng = stream(seed, "staff_feedback")
    quarters = MONTHS // 3
    user = np.tile(np.repeat(np.arange(STAFF), len(FEEDBACK)), quarters)
    quarter = np.repeat(np.arange(quarters), STAFF * len(FEEDBACK))
    statement = np.tile(np.arange(len(FEEDBACK)), STAFF * quarters)
    mean = np.array([2.9, 3.2, 3.4, 3.6])[statement] + 0.05 * quarter
    mean = mean - np.where(user // STAFF_PER_DEPARTMENT == 2, 0.5, 0.0)
    score = np.clip(np.round(mean + rng.normal(0, 0.9, user.size)), 1, 5)
    answered = rng.random(user.size) < 0.72
    return pa.table(
        {
            "user_id": col.numbered("U", user[answered], 4),
            "department": col.named(DEPARTMENTS, (user // STAFF_PER_DEPARTMENT)[answered]),
            "asked_on": col.days((MONTH_DAYS[3 * quarter + 2] + 20)[answered]),
            "statement": col.named(FEEDBACK, statement[answered]),
            "score": col.whole(score[answered]),
        }
    )


def crm_performance_table(seed: int) -> pa.Table:
    """Return the `crm_performance` rows: how well the CRM system ran, one a day since launch."""
    rng = stream(seed, "crm_performance")
    day = np.arange(int(LAUNCH.astype(np.int64)), AS_OF_DAY + 1)
    trouble = rng.random(day.size) < 0.02
    down = np.where(trouble, rng.gamma(2.0, 35.0, day.size), 0.0)
    slow = 0.9 + 0.35 * rng.gamma(4.0, 0.25, day.size) + 1.4 * trouble
    jobs = rng.poisson(48, day.size)
    return pa.table(
        {
            "day": col.days(day),
            "minutes_planned": col.whole(np.full(day.size, 840)),
            "minutes_down": col.amounts(np.minimum(down, 840), digits=1),
            "slowest_seconds": col.amounts(slow, digits=3),
            "sync_jobs": col.whole(jobs),
            "sync_failures": col.whole(rng.binomial(jobs, 0.012 + 0.15 * trouble)),
        }
    )
