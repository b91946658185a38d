"""The params file of a company as a whole."""

from __future__ import annotations

import re
from typing import Annotated, Literal
from zoneinfo import available_timezones

from pydantic import Field, WithJsonSchema, field_validator, model_validator

from toolkit.company.base import Currency, Day, Name, Part, Text
from toolkit.company.changes import Change
from toolkit.company.competitors import Benchmark
from toolkit.company.customers import Customers
from toolkit.company.goals import Goal, Overall
from toolkit.company.kpis import Kpi
from toolkit.company.money import Money
from toolkit.company.packs import Pack
from toolkit.company.plan import Department, Plan
from toolkit.company.quality import Quality
from toolkit.company.ready import YESTERDAY, Ready, yesterday
from toolkit.company.segments import Segments
from toolkit.company.service import Service
from toolkit.company.tables import Table
from toolkit.company.tests import Test

Language = Literal["en", "pt", "es", "he"]


class About(Part):
    """Who the company is and how it counts.

    Attributes
    ----------
    id
        Names the folder of its reports.
    as_of
        The last day the data covers; nothing may be dated after it. ``yesterday`` where tables grow every day.
    time_zone
        In which days begin (IANA name).
    fiscal_year_starts
        Month 1-12 in which the first quarter begins.
    review_months
        The plan is looked at again so many months after each review.
    min_cell
        Groups of fewer rows than this are not shown by themselves.
    language
        Of the pages: English, Portuguese, Spanish or Hebrew.
    languages
        Several, where every page is wanted in each: the first one opens, the others are one click away.
    ready
        When ``--period latest`` takes a period: tables and how far beyond its end they must reach.
    """

    id: Name
    name: Text
    currency: Currency = "EUR"
    as_of: Annotated[Day, WithJsonSchema({"anyOf": [{"type": "string", "format": "date"}, {"const": YESTERDAY}]})]
    time_zone: str = "UTC"
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)
    review_months: int = Field(default=3, ge=1, le=24)
    min_cell: int = Field(default=10, ge=1, le=1000)
    language: Language = "en"
    languages: list[Language] = Field(default=[], max_length=4)
    ready: list[Ready] = []

    @model_validator(mode="before")
    @classmethod
    def _as_of_yesterday(cls, given: object) -> object:
        if isinstance(given, dict) and given.get("as_of") == YESTERDAY:
            zone = given.get("time_zone", "UTC")
            return {**given, "as_of": yesterday(zone if str(zone) in available_timezones() else "UTC")}
        return given

    @field_validator("time_zone")
    @classmethod
    def _a_known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            raise ValueError("must be a time zone of the IANA list, such as 'Europe/Lisbon'")
        return name

    @model_validator(mode="after")
    def _one_first_language(self) -> About:
        if len(set(self.languages)) < len(self.languages):
            raise ValueError("'languages' names a language twice")
        if self.languages and "language" in self.model_fields_set and self.language != self.languages[0]:
            raise ValueError("'language' is the first of 'languages': give one of them")
        return self

    @property
    def spoken(self) -> tuple[str, ...]:
        """The languages of the pages, the one that opens first."""
        return tuple(self.languages) or (self.language,)


class Engine(Part):
    """How large tables are read.

    Attributes
    ----------
    exact_units
        Up to so many units, variances are computed by unit; beyond, between buckets of units.
    buckets
        How many buckets units are hashed into then.
    threads
        Threads of DuckDB in one notebook. With one, sums come out the same to the last bit in
        every run; more are faster on tables of many millions of rows.
    memory
        Megabytes that DuckDB may take in one notebook before it goes on in files, and as many while a
        run checks the tables.
    """

    exact_units: int = Field(default=1_000_000, ge=0)
    buckets: Literal[16, 256] = 256
    threads: int = Field(default=1, ge=1, le=256)
    memory: int = Field(default=450, ge=100, le=1_000_000)


_HOLDS_A_PASSWORD = re.compile(
    r"://[^/@\s]*:\S+@|[?&](?:password|passwd|pwd|token|secret)=[^&\s]"
)
_FROM_ENVIRONMENT = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")


class Company(Part):
    """Everything the analyst wrote: one YAML file a company.

    Attributes
    ----------
    version
        Of the form of this file.
    company
        Who the company is and how it counts.
    source
        What reads the tables: ``duckdb://`` for files, or the address of a database. Never with a
        password: ``${NAME}`` stands for what the environment holds under that name.
    folder
        Where the tables' paths start, seen from the params file's own folder.
    tables, kpis, goals, tests, changes, benchmarks, packs
        Each under a name of its own.
    overall
        The one line over several KPIs.
    money
        What the plan costs and may return, and which offers are worth it.
    plan, departments
        The plan itself, and departments with a page each.
    segments
        Segments of customers with a page each.
    customers
        What customers bring and cost, who they are, whether they stay.
    service
        How the service runs: complaints, answers, leads, staff.
    quality
        When the data is good enough: what must be there, who agreed, how long rows are kept.
    """

    version: Literal[1] = 1
    company: About
    source: str = Field(default="duckdb://", min_length=3, max_length=500)
    folder: str = Field(default=".", min_length=1, max_length=500)
    engine: Engine = Engine()
    tables: dict[Name, Table] = Field(min_length=1)
    kpis: dict[Name, Kpi] = {}
    goals: dict[Name, Goal] = {}
    overall: Overall | None = None
    tests: dict[Name, Test] = {}
    changes: dict[Name, Change] = {}
    benchmarks: dict[Name, Benchmark] = {}
    customers: Customers | None = None
    service: Service | None = None
    money: Money | None = None
    plan: Plan | None = None
    departments: dict[Name, Department] = {}
    segments: dict[Name, Segments] = {}
    quality: Quality | None = None
    packs: dict[Name, Pack] = {}

    @field_validator("source")
    @classmethod
    def _without_a_password(cls, address: str) -> str:
        if _HOLDS_A_PASSWORD.search(_FROM_ENVIRONMENT.sub("", address)):
            raise ValueError(
                "must not hold a password: keep it in the environment and write ${NAME} in its place"
            )
        return address
