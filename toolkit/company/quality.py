"""What good data means for this company: what must be there, who agreed, how long rows are kept."""

from __future__ import annotations

from pydantic import Field

from toolkit.company.base import Name, Part, Sql, Text


class Contacts(Part):
    """Contacts for which a person's consent is needed, a row each.

    Attributes
    ----------
    table, person
        The table, and its column of who was contacted.
    where
        Which of its rows are such contacts.
    time
        The column that dates them; the table's own where absent.
    """

    label: Text
    table: Name
    person: Name
    where: Sql | None = None
    time: Name | None = None


class Consent(Part):
    """Who agreed to be contacted.

    Attributes
    ----------
    table, person
        One row a person, and the column that names them.
    given
        SQL that is true where the person agreed; empty counts as not agreed.
    contacts
        Contacts that need it, each under a name of its own.
    """

    table: Name
    person: Name
    given: Sql
    contacts: dict[Name, Contacts] = Field(min_length=1, max_length=20)


class Retention(Part):
    """How long rows are kept.

    Attributes
    ----------
    days
        A row older than so many days, seen from ``as_of``, should be gone.
    time
        The column that dates it; the table's own where absent.
    """

    days: int = Field(ge=1, le=36_500)
    time: Name | None = None


class Quality(Part):
    """When data is enough, correct, current, consistent and allowed.

    Attributes
    ----------
    there
        Table -> column -> SQL: where it is true, the column must be there. A moment that is empty
        elsewhere has not come yet.
    missing_at_most
        A column of which a larger share is missing is a shortfall of its own.
    sites
        Columns that say where a row comes from (a department, a region): places are compared.
    uneven_at_least
        A place where so much more is missing than elsewhere is named (a difference of shares).
    agree
        Columns that say the same in every table that names the same customer.
    stale_after
        Table -> days without a new row that are still usual; found from the table where absent.
    consent, retention
        Who agreed to be contacted; table -> how long its rows are kept.
    """

    label: Text = "Is the data good enough?"
    owner: Text | None = None
    there: dict[Name, dict[Name, Sql]] = {}
    missing_at_most: float = Field(default=0.05, ge=0, le=1)
    sites: list[Name] = Field(default=[], max_length=5)
    uneven_at_least: float = Field(default=0.01, gt=0, lt=1)
    agree: list[Name] = Field(default=[], max_length=20)
    stale_after: dict[Name, int] = {}
    consent: Consent | None = None
    retention: dict[Name, Retention] = {}
    level: float = Field(default=0.95, gt=0.5, lt=1)
