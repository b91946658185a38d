"""What is asked of the CRM system's use."""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.service.window import Window


@dataclass(frozen=True)
class Users:
    """Who works with it: columns of the user, the team, and since when access is given."""

    table: str
    user: str
    team: str
    access: str | None = None


@dataclass(frozen=True)
class Logins:
    """When it was used."""

    table: str
    user: str
    at: str


@dataclass(frozen=True)
class Training:
    """Courses due and done; `user` joins them to teams."""

    table: str
    course: str
    due: str
    done: str
    user: str | None = None


@dataclass(frozen=True)
class Logging:
    """What is written down of contacts: SQL that is true where it was so."""

    table: str
    time: str
    window: Window
    where: str | None = None
    by: str | None = None
    unit: str | None = None
    complete: str | None = None
    template: str | None = None
    automatic: str | None = None

    @property
    def asked(self) -> dict[str, str]:
        """Name -> SQL, those that are declared."""
        given = {"complete": self.complete, "template": self.template, "automatic": self.automatic}
        return {k: v for k, v in given.items() if v}


@dataclass(frozen=True)
class Adoption:
    """Each part where it is declared; see the params' ``service.adoption``.

    Attributes
    ----------
    fewest
        Teams of fewer colleagues are shown together.
    min_cell
        Groups of fewer rows (courses due, contacts written down) are not shown; a params file says 10.
    """

    window: Window
    users: Users | None = None
    logins: Logins | None = None
    training: Training | None = None
    logging: Logging | None = None
    share: float = 0.8
    active_days: int = 30
    fewest: int = 5
    min_cell: int = 1
    level: float = 0.95
    owner: str | None = None

    def __post_init__(self) -> None:
        if not 0 < self.share < 1:
            raise ValueError(f"share is {self.share}; it lies between 0 and 1")
        if self.fewest < 2:
            raise ValueError("a team of one is a person: 'fewest' is 2 or more")

    @property
    def tables(self) -> tuple[str, ...]:
        """Names of the tables it needs."""
        parts = (self.users, self.logins, self.training, self.logging)
        return tuple(dict.fromkeys(p.table for p in parts if p))
