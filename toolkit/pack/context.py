"""What a page knows besides its notebook: whose it is, what period, where the other pages are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from toolkit.language import Sentence
from toolkit.language.catalogues import LANGUAGES

_PAGE = re.compile(r"[a-z0-9][A-Za-z0-9_-]{0,199}")


@dataclass(frozen=True)
class PageLink:
    """A page of the pack.

    Attributes
    ----------
    page
        Its file name without ending.
    title
        What the index calls it.
    made
        False where its notebook failed.
    """

    page: str
    title: str | Sentence
    made: bool = True

    def __post_init__(self) -> None:
        if not _PAGE.fullmatch(self.page):
            raise ValueError(
                f"{self.page[:80]!r} is no page's name: letters, digits, '-' and '_' only"
            )

    @property
    def address(self) -> str:
        """Beside the page that links to it."""
        return f"{self.page}.html"


@dataclass(frozen=True)
class SamePage:
    """This page in a language.

    Attributes
    ----------
    language
        Its code.
    name
        What the language calls itself.
    address
        Seen from the page that links to it; empty for the page itself.
    """

    language: str
    name: str
    address: str


def same_pages(page: str, language: str, languages: Sequence[str]) -> tuple[SamePage, ...]:
    """A page in every language of its pack: the first at the top, each other one in its own folder."""
    up = "" if language == languages[0] else "../"
    return tuple(
        SamePage(
            other,
            LANGUAGES[other],
            "" if other == language else f"{up}{'' if other == languages[0] else f'{other}/'}{page}.html",
        )
        for other in languages
    )


@dataclass(frozen=True)
class PageContext:
    """What stands on every page of one run.

    Attributes
    ----------
    page, title
        The page's own name and what the index calls it.
    company, pack, period
        Labels, as the company writes them; a pack of everything is named by this package.
    as_of
        The last day the data covers.
    made_on
        The day of the run, where the page shall say it.
    links
        Every page of the pack, in reading order.
    same
        This page in every language of the pack; empty where there is one only.
    provenance
        What the page was made from: name and value, tables with fingerprints first.
    """

    page: str
    title: str | Sentence
    company: str
    pack: str | Sentence
    period: str
    as_of: date | None = None
    made_on: date | None = None
    language: str = "en"
    links: tuple[PageLink, ...] = ()
    same: tuple[SamePage, ...] = ()
    provenance: tuple[tuple[str | Sentence, str | Sentence], ...] = ()
