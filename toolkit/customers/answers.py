"""All questions about customers answered at once: those that the params ask, and which they do not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.customers import costly, lifetime, prices, repeat, retention, segments, value
from toolkit.customers.assemble import PARTS, CustomerStudies
from toolkit.drawable import Row
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Sentence
from toolkit.shown import Grid, Shown

_HOME = {
    "value": value, "costly": costly, "segments": segments, "repeat": repeat, "staying": retention, "shop": lifetime,
    "contracts": lifetime, "prices": prices,
}  # fmt: skip

_ASKED: Mapping[str, tuple[Sentence, str]] = {
    "value": (Sentence("What customers bring and cost"), "customers.money"),
    "costly": (Sentence("Customers who cost more than they bring"), "customers.costly"),
    "segments": (Sentence("Segments"), "customers.segments"),
    "repeat": (Sentence("Who comes back"), "customers.purchases"),
    "staying": (Sentence("How long customers stay"), "customers.staying"),
    "shop": (Sentence("Lifetime value of customers without a contract"), "customers.purchases.margin"),
    "contracts": (Sentence("Lifetime value of customers under contract"), "customers.contracts"),
    "prices": (Sentence("Prices and purchases"), "customers.prices"),
}
"""Part -> what it is called, and where the params ask it."""


@dataclass(frozen=True, repr=False)
class Unasked(Shown):
    """A question that the params do not ask."""

    title: Sentence
    place: str
    rows: tuple[Row, ...] = ()

    def grid(self) -> Grid:
        """How to ask it."""
        note = Sentence("Not asked: declare {place} in the params file.", {"place": self.place})
        return Grid(self.title, (Sentence("What"), Sentence("Value")), (), note)


@dataclass(frozen=True, repr=False)
class Answers(Shown):
    """The answer to each question, an `Unasked` where there is none."""

    value: value.Profitability | Unasked
    costly: costly.Flagged | Unasked
    segments: segments.Segmented | Unasked
    repeat: repeat.Repeated | Unasked
    staying: object
    shop: lifetime.LifetimeValue | Unasked
    contracts: lifetime.LifetimeValue | Unasked
    prices: prices.Responded | Unasked

    @property
    def asked(self) -> tuple[str, ...]:
        """The parts that are answered."""
        return tuple(p for p in PARTS if not isinstance(getattr(self, p), Unasked))

    def details(self, part: str, *names: str) -> tuple[object, ...]:
        """What a part shows beside its main table: its attributes of these names, tuples opened.

        A part that is not asked says so once.
        """
        found = getattr(self, part)
        if isinstance(found, Unasked):
            return (found,)
        out: list[object] = []
        for name in names:
            shown = getattr(found, name)
            out += shown if isinstance(shown, tuple) else [shown]
        return tuple(out)

    def grid(self) -> Grid:
        """Which questions are answered."""
        words = {True: Sentence("answered"), False: Sentence("not asked")}
        rows = tuple((_ASKED[p][0], words[p in self.asked], _ASKED[p][1]) for p in PARTS)
        heads = (Sentence("Question"), Sentence("State"), Sentence("Asked in the params by"))
        return Grid(Sentence("Questions about customers"), heads, rows)


def estimate(studies: CustomerStudies) -> Answers:
    """Every question that is asked, answered.

    Parameters
    ----------
    studies
        From `open_company(...).customers()`.

    Raises
    ------
    Refused
        As each part: columns, SQL, rules that overlap or leave customers out.
    """
    found = {}
    for part in PARTS:
        study = getattr(studies, part)
        found[part] = Unasked(*_ASKED[part]) if study is None else _HOME[part].estimate(study)
    return Answers(**found)


def check(found: Answers) -> Checks:
    """The checks of every part; what two parts say alike is said once."""
    out = {}
    for part in found.asked:
        for one in _HOME[part].check(getattr(found, part)):
            out.setdefault((one.name.text(), one.detail.text()), one)
    return Checks(tuple(out.values()))


def conclude(found: Answers, checks: Checks | None = None) -> Findings:
    """The main findings of every part, each with its own checks; headlines first.

    `checks` are those of all parts; each finding carries its own part's, so they may be left out.
    What is said of each segment by itself: `conclude_segments`.
    """
    return Findings(tuple(sorted((f for f in _said(found) if f.headline or f.segment is None), key=lambda f: not f.headline)))


def conclude_segments(found: Answers) -> Findings:
    """What each part says of each segment by itself."""
    return Findings(tuple(f for f in _said(found) if f.segment is not None and not f.headline))


def _said(found: Answers) -> list[Finding]:
    out: list[Finding] = []
    for part in found.asked:
        answer = getattr(found, part)
        said = _HOME[part].conclude(answer, _HOME[part].check(answer))
        out += [said] if isinstance(said, Finding) else list(said)
    return out
