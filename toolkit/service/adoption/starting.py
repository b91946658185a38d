"""When did each colleague first use the system? Counted by team and day: no colleague leaves the engine."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import ibis
import ibis.expr.types as ir

from toolkit.service.adoption.definition import Adoption
from toolkit.service.asked import beside, settled
from toolkit.service.measured import NOT_SAID
from toolkit.service.window import as_moment

SMALLER = "smaller teams"


@dataclass(frozen=True)
class Team:
    """One team's use.

    Attributes
    ----------
    started
        Day -> colleagues who first used the system on it.
    never
        Who have not yet.
    active
        Who used it lately.
    """

    name: str
    n: int
    started: Mapping[date, int]
    never: int
    active: int

    def after(self, day: date | None) -> int:
        """Who started after a day, or have not; all of them where there is no such day."""
        if day is None:
            return self.never
        return self.never + sum(c for d, c in self.started.items() if d > day)


@dataclass(frozen=True)
class Started:
    """All teams' use.

    Attributes
    ----------
    reached
        The first day by which the share asked about had used it; None where it is not reached.
    opened
        Since when most had access; None where that is not declared.
    logins
        All of them by the end of the window.
    strangers
        Logins of nobody in the list of users.
    later
        Users whose access begins after the window: not among those counted.
    """

    teams: tuple[Team, ...]
    reached: date | None
    opened: date | None
    logins: int
    strangers: int
    later: int

    @property
    def n(self) -> int:
        """Colleagues with access."""
        return sum(t.n for t in self.teams)

    @property
    def active(self) -> int:
        """Colleagues who used it lately."""
        return sum(t.active for t in self.teams)

    @property
    def never(self) -> int:
        """Colleagues who have not used it."""
        return sum(t.never for t in self.teams)

    def curve(self) -> tuple[tuple[date, float], ...]:
        """Last day with somebody's first use in each week -> the share that had used it by then."""
        counts: dict[date, int] = {}
        for team in self.teams:
            for day, count in team.started.items():
                counts[day] = counts.get(day, 0) + count
        weeks, so_far = {}, 0
        for day in sorted(counts):
            so_far += counts[day]
            weeks[day.isocalendar()[:2]] = (day, so_far / self.n)
        return tuple(weeks.values())


def started(users: ir.Table, logins: ir.Table, asked: Adoption) -> Started:
    """First and last use by team, as it stood at the end of the window."""
    u, at = asked.users, asked.logins
    now = ibis.literal(asked.window.now)
    people = users.select(
        who=users[u.user].cast("string"), team=users[u.team].cast("string").fill_null(NOT_SAID),
        access=as_moment(users[u.access]) if u.access else ibis.null("timestamp"),
    ).distinct()  # fmt: skip
    people = beside(people, logins)
    uses = logins.select(login=logins[at.user].cast("string"), at=as_moment(logins[at.at]))
    uses = uses.filter(uses.at < now)
    uses = uses.group_by("login").agg(first=uses.at.min(), last=uses.at.max(), uses=uses.count())
    each = people.left_join(uses, people.who == uses.login)
    recent = ibis.literal(asked.window.now - timedelta(days=asked.active_days))
    each = each.select(
        "team", day=each.first.cast("date"), active=(each["last"] >= recent).fill_null(False).cast("int32"),
        later=(each.access >= now).fill_null(False), opened=each.access.cast("date"),
    )  # fmt: skip
    each = settled(each)
    later = int(each.filter(each.later).count().execute())
    there = each.filter(~each.later)
    records = there.group_by(["team", "day"]).agg(n=there.count(), active=there.active.sum()).to_pyarrow().to_pylist()
    dated = there.filter(there.opened.notnull())
    given = dated.group_by("opened").agg(n=dated.count()).to_pyarrow().to_pylist()
    total = uses.agg(n=uses.uses.sum()).to_pyarrow().to_pylist()[0]["n"]
    strangers = uses.anti_join(people, uses.login == people.who)
    found = strangers.agg(n=strangers.uses.sum()).to_pyarrow().to_pylist()[0]["n"]
    teams = _teams(records, asked.fewest)
    opened = max(given, key=lambda r: (r["n"], r["opened"]))["opened"] if given else None
    return Started(teams, _reached(teams, asked.share), opened, int(total or 0), int(found or 0), later)


def _teams(records: list[dict], fewest: int) -> tuple[Team, ...]:
    sizes: dict[str, int] = {}
    for r in records:
        sizes[r["team"]] = sizes.get(r["team"], 0) + int(r["n"])
    small = {t for t, n in sizes.items() if n < fewest}
    parts: dict[str, list[dict]] = {}
    for r in records:
        parts.setdefault(SMALLER if r["team"] in small else r["team"], []).append(r)
    out = []
    for name in sorted(parts, key=lambda t: (t == SMALLER, t)):
        days: dict[date, int] = {}
        for r in parts[name]:
            if r["day"] is not None:
                days[r["day"]] = days.get(r["day"], 0) + int(r["n"])
        n = sum(int(r["n"]) for r in parts[name])
        out.append(Team(name, n, dict(sorted(days.items())), n - sum(days.values()), sum(int(r["active"]) for r in parts[name])))
    return tuple(out)


def _reached(teams: tuple[Team, ...], share: float) -> date | None:
    n = sum(t.n for t in teams)
    days = sorted(d for t in teams for d, c in t.started.items() for _ in range(c))
    needed = math.ceil(share * n - 1e-9)
    return days[needed - 1] if n and len(days) >= needed else None
