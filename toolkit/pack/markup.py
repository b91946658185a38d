"""Templates, and what keeps a page harmless: escaping, and a policy that lets nothing else in.

A page is one file. Its policy (Content Security Policy Level 3, W3C) forbids every address; the only
scripts and styles that run are the ones whose hashes it names.
"""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from functools import lru_cache
from importlib.resources import files

import mistune
from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from toolkit.display import picture, program, theme
from toolkit.findings import VERDICTS, Finding
from toolkit.language import Sentence, formats
from toolkit.language.directions import runs_left
from toolkit.language.period_names import period_in
from toolkit.language.prose import prose_in
from toolkit.language.sentences import of_template
from toolkit.pack.line_ends import together
from toolkit.pack.tables import on_page
from toolkit.shown import cell_text, clean, escaped, isolated, written

_GAIN = frozenset({"ship", "delivered", "on_track", "reliably_met", "ahead", "go"})
_HARM = frozenset({"roll_back", "harm", "reliably_missed", "behind", "no_go"})
_OPEN = frozenset(
    {
        "invalid",
        "cannot_be_judged",
        "not_yet_known",
        "not_comparable",
        "no_data",
        "cannot_be_told_apart",
    }
)

_DIFFERENCES = frozenset({*VERDICTS["test"], *VERDICTS["plan_change"]})

# JSON inside HTML must not be able to end its element, and a script must not see a line end in it
_UNSAFE = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def as_data(value: object) -> Markup:
    """`value` as JSON that can stand inside a ``<script type="application/json">``."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return Markup(text.translate(_UNSAFE))


def packed_data(value: object) -> str:
    """`value` as JSON, compressed, in base64: a chart's rows weigh a tenth of themselves that way."""
    return base64.b64encode(gzip.compress(str(as_data(value)).encode(), 9, mtime=0)).decode()


def mood(verdict: str) -> str:
    """How a verdict looks: ``gain``, ``harm``, ``open`` (no answer) or ``even``."""
    return (
        "gain"
        if verdict in _GAIN
        else "harm"
        if verdict in _HARM
        else "open"
        if verdict in _OPEN
        else "even"
    )


def signed(finding: Finding) -> Sentence:
    """A finding's estimate with its interval; a difference says by its sign which way it goes."""
    q = finding.quantity
    if finding.verdict in _DIFFERENCES:
        if q.known and q.low is not None:
            return Sentence("{value:signed} ({value:range})", {"value": q})
        return Sentence("{value:signed}", {"value": q})
    return Sentence("{value:full}", {"value": q})


def hashed(text: str) -> str:
    """`text` as a source of a policy."""
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


@lru_cache(maxsize=1)
def style() -> str:
    """The one stylesheet."""
    swap = theme.swapped_for_dark(".drawn")
    return _asset("page.css").replace("/* drawn charts in the dark */", swap).strip()


@lru_cache(maxsize=1)
def page_script() -> str:
    """What a page runs by itself: it draws the charts and opens everything for print."""
    return _asset("page.js").strip()


@lru_cache(maxsize=1)
def packed_script() -> tuple[str, str]:
    """The drawing program, compressed, in base64; and its policy source.

    It is a third of a page's weight that way. The page's own script unpacks it, and the policy lets it
    run because it names its hash.
    """
    code = program.script()
    return base64.b64encode(gzip.compress(code.encode(), 9, mtime=0)).decode(), hashed(code)


def policy(draws: bool) -> str:
    """The content security policy of a page, with or without charts to draw."""
    scripts = [hashed(page_script())] + ([packed_script()[1]] if draws else [])
    return (
        f"default-src 'none'; script-src {' '.join(scripts)}; style-src {hashed(style())}; img-src data:; "
        "base-uri 'none'; form-action 'none'"
    )


def render(template: str, language: str, draws: bool, **values: object) -> str:
    """A template as a whole page.

    Parameters
    ----------
    template
        Its name among the package's templates.
    draws
        Whether the page has charts and so carries the program that draws them.
    """
    environment = _environment(language)
    return environment.get_template(template).render(
        language=language,
        direction="rtl" if runs_left(language) else "ltr",
        policy=Markup(escaped(policy(draws))),
        style=Markup(style()),
        script=Markup(page_script()),
        packed=packed_script()[0] if draws else None,
        **values,
    )


@lru_cache(maxsize=8)
def _environment(language: str) -> Environment:
    """The templates in a language; compiled once."""

    def say(value: object, plural: str | None = None, count: str | None = None, **values: object) -> Markup:
        """A sentence, or text of a template as one, in the page's language."""
        sentence = value if isinstance(value, Sentence) else of_template(value, values, plural, count)
        return Markup(together(written(sentence.text(language))))

    def cell(value: object) -> Markup:
        text = cell_text(value, language)
        return Markup(isolated(text) if isinstance(value, str) else together(written(text)))

    environment = Environment(
        loader=PackageLoader("toolkit.pack"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=False,
        finalize=_cleaned,
    )
    environment.filters |= {
        "say": say,
        "cell": cell,
        "mood": mood,
        "packed": packed_data,
        "words": lambda markdown: _words(prose_in(markdown, language)),
        "heading": lambda text: Markup(escaped(text)) if "{" in text or "}" in text else say(text),
        "name": lambda text: Markup(isolated(text)),
        "plain": lambda text: Markup(written(text.text(language))) if isinstance(text, Sentence) else text,
        "label": lambda text: say(text) if isinstance(text, Sentence) else Markup(isolated(text)),
        "period": lambda text: Markup(_period(text, language)),
        "table": lambda grid: Markup(on_page(grid, language)),
        "day": lambda day: Markup(written(formats.day(day, language))),
        "address": picture.as_address,
        "signed": lambda finding: say(signed(finding)),
    }
    environment.globals["say"] = say
    return environment


def _cleaned(value: object) -> object:
    return clean(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _period(text: str, language: str) -> str:
    named = period_in(text, language) if language != "en" else None
    return written(named) if named else isolated(text)


def _asset(name: str) -> str:
    return (files("toolkit.pack") / "templates" / name).read_text("utf-8")


class _Words(mistune.HTMLRenderer):
    """Markdown without pictures: they would have to be fetched."""

    def image(self, text: str, url: str, title: str | None = None) -> str:
        return text


_MARKDOWN = mistune.create_markdown(renderer=_Words(escape=True), plugins=["table"])


def _words(markdown: str) -> Markup:
    """Markdown as HTML: no raw markup, no pictures from elsewhere, no addresses that act."""
    return Markup(_MARKDOWN(clean(markdown)))
