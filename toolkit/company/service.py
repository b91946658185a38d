"""How the service runs: which tables tell it, and what was promised. Every part is optional."""

from __future__ import annotations

from typing import Literal

from pydantic import Field, model_validator

from toolkit.company.base import Name, Part, Sql, Text
from toolkit.company.colleagues import Adoption, Checks, Feedback, Recognition, Rows


class PerRows(Part):
    """What complaints are counted against: a row each, such as an order; `name` is said of many."""

    table: Name
    time: Name
    where: Sql | None = None
    name: Text = "orders"


class Complaints(Rows):
    """Complaints, a row each.

    Attributes
    ----------
    process
        What went wrong: a column, or SQL that names it.
    opened, resolved
        Columns of when it was made and when it was dealt with.
    unit
        The column of who complained: complaints of one are not independent.
    by
        The column that splits them, such as a region.
    per
        What they are counted against, by the hundred.
    in_favour
        SQL that is true where it was resolved in the customer's favour, empty where undecided.
    cost
        The column of what that cost, in the company's currency.
    progress
        SQL that is true where the customer was told of progress.
    promise_days
        Every complaint is to be dealt with in so many days.
    owners
        Process -> who is to mend it.
    trend_months
        How many months the trend looks back.
    """

    process: Sql
    opened: Name
    resolved: Name | None = None
    unit: Name | None = None
    by: Name | None = None
    per: PerRows | None = None
    in_favour: Sql | None = None
    cost: Name | None = None
    progress: Sql | None = None
    promise_days: float | None = Field(default=None, gt=0)
    owners: dict[Text, Text] = {}
    trend_months: int = Field(default=24, ge=8, le=120)


class Promises(Part):
    """What was promised: a table by department and channel, or the same everywhere.

    Attributes
    ----------
    table, department, channel, reply_hours, resolution_hours, share
        The table and its columns. Without a table, the numbers themselves.
    share
        The share of contacts that is to be answered within it.
    """

    table: Name | None = None
    department: Name | None = None
    channel: Name | None = None
    reply_hours: Name | float | None = None
    resolution_hours: Name | float | None = None
    share: Name | float | None = None

    @model_validator(mode="after")
    def _columns_or_numbers(self) -> Promises:
        wrong = []
        for part in ("reply_hours", "resolution_hours", "share"):
            value = getattr(self, part)
            if value is None:
                continue
            if self.table is not None and not isinstance(value, str):
                wrong.append(f"'{part}' must be a column of the table '{self.table}'")
            if self.table is None and isinstance(value, str):
                wrong.append(f"'{part}' must be a number where there is no 'table'")
            top = 1 if part == "share" else float("inf")
            if not isinstance(value, str) and not 0 < value <= top:
                wrong.append(f"'{part}' must be above 0" + (" and 1 at most" if top == 1 else ""))
        if self.reply_hours is None and self.resolution_hours is None:
            wrong.append("nothing is promised: give 'reply_hours' or 'resolution_hours'")
        if self.table is not None and not (self.department or self.channel):
            wrong.append("'table' needs 'department' or 'channel', the columns that say whose it is")
        if wrong:
            raise ValueError(*wrong)
        return self


class Staffing(Part):
    """Whether a queue has enough colleagues (Erlang C).

    Attributes
    ----------
    where
        Which contacts wait in this line.
    minutes
        The column of the time that one takes.
    agents
        Colleagues on duty in the busiest hour.
    answer_within_seconds, share
        So many of a hundred are to be answered within that time.
    days_a_week
        On how many days the line is open.
    """

    where: Sql | None = None
    minutes: Name
    agents: int = Field(ge=1, le=100_000)
    answer_within_seconds: float = Field(default=20, ge=0)
    share: float = Field(default=0.8, gt=0, lt=1)
    days_a_week: int = Field(default=7, ge=1, le=7)


class Answering(Rows):
    """Contacts and when they were answered, a row each.

    Attributes
    ----------
    opened, replied, resolved
        Columns of when; empty where it has not happened.
    department, channel
        Columns.
    unit
        The column of who made contact.
    """

    opened: Name
    replied: Name | None = None
    resolved: Name | None = None
    department: Name | None = None
    channel: Name | None = None
    unit: Name | None = None
    promises: Promises | None = None
    staffing: Staffing | None = None

    @model_validator(mode="after")
    def _an_end(self) -> Answering:
        if self.replied is None and self.resolved is None:
            raise ValueError("give 'replied' or 'resolved': when a contact was answered or settled")
        return self


class Touchpoint(Rows):
    """One thing that customers meet, and how often it is as it should be.

    Attributes
    ----------
    kept
        SQL: true, or 1, where it was as it should be.
    time
        The column of when.
    by
        The column of departments; absent: one line for all.
    wanted
        The share that is wanted.
    seen
        ``record`` (what systems wrote down), ``observation`` or ``survey``.
    """

    label: Text
    kept: Sql
    time: Name
    by: Name | None = None
    unit: Name | None = None
    wanted: float | None = Field(default=None, gt=0, le=1)
    seen: Literal["record", "observation", "survey"] = "record"


class Outreach(Rows):
    """Contacts that the communication plan asks for, a row each.

    Attributes
    ----------
    kind, medium
        Columns of what for and by which way.
    due, done
        Columns of days.
    grace_days
        In time means so many days late at most.
    automatic
        SQL that is true where a system sent it.
    wanted
        The share that is to be made in time.
    """

    due: Name
    done: Name
    kind: Name | None = None
    medium: Name | None = None
    unit: Name | None = None
    grace_days: int = Field(default=0, ge=0, le=366)
    automatic: Sql | None = None
    wanted: float | None = Field(default=None, gt=0, le=1)


class Requests(Rows):
    """Things asked for that are not offered, a row each."""

    wanted: Name
    time: Name
    unit: Name | None = None


class Surveys(Rows):
    """Whether satisfaction surveys can measure anything.

    Attributes
    ----------
    score
        The column of answers; empty where not answered.
    time
        When it was answered.
    invited
        SQL that is true for people who were asked; a row each, answered or not.
    change
        The smallest change worth seeing, in the answers' points.
    split
        A column, or SQL, of what customers met: the mean is told for each.
    """

    score: Name
    time: Name
    weight: Name | None = None
    invited: Sql | None = None
    change: float | None = Field(default=None, gt=0)
    split: Sql | None = None


class Leads(Rows):
    """Leads, a row each.

    Attributes
    ----------
    created, contacted, handed, opportunity, won, lost
        Columns of when; empty where it has not happened.
    source, owner
        Columns.
    accepted
        SQL that is true where sales took the lead on.
    qualified
        SQL that is true where marketing judged it ready: the two judgements are then compared.
    mature_days
        Only leads so old are judged: younger ones may still be won.
    contact_within_hours
        What is promised to a new lead.
    show_owners
        Whether owners' ids may stand on the page.
    """

    created: Name
    won: Name
    contacted: Name | None = None
    handed: Name | None = None
    opportunity: Name | None = None
    lost: Name | None = None
    source: Name | None = None
    owner: Name | None = None
    accepted: Sql | None = None
    qualified: Sql | None = None
    mature_days: int = Field(default=90, ge=1, le=1100)
    contact_within_hours: float | None = Field(default=None, gt=0)
    show_owners: bool = False
    lead: Text | None = None


class Service(Part):
    """How well the service runs. Every part is optional: the page says what a missing one would add.

    Attributes
    ----------
    touchpoints
        Each under a name of its own.
    level
        Of every interval.
    """

    label: Text = "Service"
    complaints: Complaints | None = None
    answering: Answering | None = None
    touchpoints: dict[Name, Touchpoint] = Field(default={}, max_length=40)
    outreach: Outreach | None = None
    requests: Requests | None = None
    surveys: Surveys | None = None
    adoption: Adoption | None = None
    leads: Leads | None = None
    checks: Checks | None = None
    feedback: Feedback | None = None
    recognition: Recognition | None = None
    owner: Text | None = None
    level: float = Field(default=0.95, gt=0.5, lt=1)
