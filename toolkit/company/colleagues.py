"""Colleagues and the system they work with: which tables tell of them."""

from __future__ import annotations

from pydantic import Field

from toolkit.company.base import Name, Part, Sql, Text

_Months = Field(default=None, ge=1, le=120)


class Rows(Part):
    """Rows of one table.

    Attributes
    ----------
    table
        Their table.
    where
        Which rows count.
    months
        Looks back so many months from the end of the period; absent: the period itself.
    """

    table: Name
    where: Sql | None = None
    months: int | None = _Months


class Users(Part):
    """Who works with the CRM system, a row each; `team` is what they are grouped by."""

    table: Name
    user: Name
    team: Name
    access: Name | None = None


class Logins(Part):
    """When the system was used, a row a use."""

    table: Name
    user: Name
    at: Name


class Training(Part):
    """Courses, a row a user and course."""

    table: Name
    user: Name | None = None
    course: Name
    due: Name
    done: Name


class Logging(Rows):
    """What is written down of contacts: SQL that is true where it was so."""

    time: Name
    by: Name | None = None
    unit: Name | None = None
    complete: Sql | None = None
    template: Sql | None = None
    automatic: Sql | None = None


class Adoption(Part):
    """Is the CRM system used?

    Attributes
    ----------
    share
        Adoption is reached when so many have used it.
    active_days
        Who used it in the last so many days counts as active.
    fewest
        Teams of fewer colleagues are shown together: nobody is singled out.
    """

    users: Users | None = None
    logins: Logins | None = None
    training: Training | None = None
    logging: Logging | None = None
    share: float = Field(default=0.8, gt=0, lt=1)
    active_days: int = Field(default=30, ge=1, le=366)
    fewest: int = Field(default=5, ge=2, le=100)
    owner: Text | None = None


class Checks(Rows):
    """Surprise checks, a row a point checked."""

    passed: Sql
    time: Name
    point: Name
    by: Name | None = None
    unit: Name | None = None


class Feedback(Rows):
    """What colleagues say, a row a statement answered."""

    score: Name
    time: Name
    statement: Name
    by: Name | None = None
    unit: Name | None = None


class Recognition(Rows):
    """Who keeps to the plan, given how hard the work is.

    Attributes
    ----------
    staff
        The column of whom.
    kept
        SQL, each true or 1 where the plan was kept.
    mix
        Columns that make work easy or hard: each is held against all work of the same mix.
    fewest
        Whoever has fewer rows is not ranked.
    show_ids
        Whether ids may stand on the page.
    """

    staff: Name
    time: Name
    kept: list[Sql] = Field(min_length=1, max_length=6)
    mix: list[Name] = Field(default=[], max_length=4)
    by: Name | None = None
    fewest: int = Field(default=30, ge=2)
    show_ids: bool = False
