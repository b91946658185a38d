"""What an analysis says: a finding, the checks behind it, and how a notebook hands them on.

A finding is shown in a notebook under its own media type; the runner collects ``findings.json``
from those outputs, so the executed notebook is the complete record.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date

from toolkit.language import Quantity, Sentence, terms
from toolkit.language.quantities import plain, unplain
from toolkit.shown import Grid, Shown, escaped

FINDING = "application/vnd.toolkit.finding+json"

VERDICTS = {
    "test": ("invalid", "roll_back", "ship", "hold"),
    "plan_change": (
        "delivered", "on_track", "partly_delivered", "no_worthwhile_effect", "harm",
        "not_yet_known", "cannot_be_judged",
    ),
    "target": ("reliably_met", "hit_and_miss", "reliably_missed"),
    "benchmark": ("ahead", "behind", "cannot_be_told_apart", "not_comparable"),
    "measure": ("measured", "no_data"),
    "offer": ("go", "pilot_first", "no_go"),
}
"""Every verdict by the kind of question it answers."""

VARIATIONS = ("improving", "worsening", "steady")
"""What a series over time does, apart from whether it meets its target."""

WORDED = ("method", "null", "n_unit", "source")
"""Fields of a finding that are text, or a sentence where something is put in."""

_ALL = frozenset(v for verdicts in VERDICTS.values() for v in verdicts)


@dataclass(frozen=True)
class Check:
    """A named reason for doubt.

    Attributes
    ----------
    name
        What is checked, in plain words, stated as it should be ("the split is as intended").
    passed
        False casts doubt; None informs only.
    detail
        What was seen, with its number.
    takes_verdict
        Failing, it takes the verdict away instead of adding a caveat.
    numbers
        The figures behind it, full precision, by name.
    """

    name: Sentence
    passed: bool | None
    detail: Sentence
    takes_verdict: bool = False
    numbers: dict[str, float] = field(default_factory=dict)

    def to_json(self) -> dict:
        """As it stands in ``findings.json``."""
        return {
            "name": self.name.text(), "passed": self.passed, "detail": self.detail.text(),
            "takes_verdict": self.takes_verdict,
            "numbers": {k: plain(v) for k, v in self.numbers.items()},
            "said": {"name": self.name.to_json(), "detail": self.detail.to_json()},
        }


@dataclass(frozen=True, repr=False)
class Checks(Shown):
    """The checks of one analysis, failed ones first."""

    checks: tuple[Check, ...]

    def __iter__(self) -> Iterator[Check]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)

    @property
    def failed(self) -> tuple[Check, ...]:
        """Those that cast doubt."""
        return tuple(c for c in self.checks if c.passed is False)

    def grid(self) -> Grid:
        """Failed first, then passed, then for information."""
        order = {False: 0, True: 1, None: 2}
        word = {False: Sentence("Doubt"), True: Sentence("Holds"), None: Sentence("For information")}
        rows = [(word[c.passed], c.name, c.detail) for c in sorted(self.checks, key=lambda c: order[c.passed])]
        return Grid(
            Sentence("Should we believe it?"),
            (Sentence("Result"), Sentence("Check"), Sentence("What was seen")),
            tuple(rows),
        )


@dataclass(frozen=True, repr=False)
class Finding(Shown):
    """What an analysis says, with everything needed to believe or doubt it.

    Attributes
    ----------
    id
        ``notebook/subject/kpi/comparison/segment``, the parts that apply: the same question has
        the same id in every run.
    estimate, low, high, level
        The number and its interval; nan where there is none, and `verdict` says why.
    unit
        What `estimate` is in (see `Quantity.unit`).
    per
        What a volume is counted against: ``day``, ``month``, …; None where it is no volume.
    n, n_unit
        How many of what it rests on.
    method
        How it was made. As text it is a name of ours, or several with commas between, which pages look
        up in their language; with something put in it is a sentence. So are `n_unit` and `null`.
    null
        What the p-value is against.
    numbers
        Further figures by name, full precision (statistic, df, value per arm).
    source
        Where the data came from: tables and, where it matters, their `where`.
    grade
        How strong the evidence is: A, B or C.
    headline
        Belongs on a pack's index.
    variation
        Of a series over time: one of `VARIATIONS`; None where it cannot be told.
    """

    id: str
    notebook: str
    question: Sentence
    subject: str
    verdict: str
    sentence: Sentence
    kpi: str | None = None
    comparison: str | None = None
    segment: str | None = None
    period: str | None = None
    estimate: float = math.nan
    low: float = math.nan
    high: float = math.nan
    level: float = 0.95
    p_value: float = math.nan
    unit: str = "number"
    per: str | None = None
    n: int = 0
    n_unit: str | Sentence = "rows"
    method: str | Sentence = ""
    null: str | Sentence | None = None
    source: str | Sentence = ""
    promised: float | None = None
    worthwhile: float | None = None
    decision: Sentence | None = None
    owner: str | None = None
    due: date | None = None
    grade: str | None = None
    checks: tuple[Check, ...] = ()
    numbers: dict[str, float] = field(default_factory=dict)
    answers: tuple[str, ...] = ()
    headline: bool = False
    variation: str | None = None

    def __post_init__(self) -> None:
        if self.verdict not in _ALL:
            raise ValueError(f"{self.verdict!r} is no verdict; verdicts are {', '.join(sorted(_ALL))}")
        if self.variation is not None and self.variation not in VARIATIONS:
            raise ValueError(f"{self.variation!r} is no variation; they are {', '.join(VARIATIONS)}")
        if self.low > self.high:
            raise ValueError(f"{self.id}: an interval's ends are in order; got {self.low} to {self.high}")

    @property
    def quantity(self) -> Quantity:
        """Estimate, interval and unit as one value."""
        if math.isnan(self.estimate) or math.isnan(self.low):
            return Quantity(self.estimate, self.unit, reason=self.sentence.text(), per=self.per)
        return Quantity(self.estimate, self.unit, self.low, self.high, per=self.per)

    def to_json(self) -> dict:
        """As it stands in ``findings.json``: full precision, English text and its parts."""
        out = {f.name: getattr(self, f.name) for f in fields(self)}
        for name in ("estimate", "low", "high", "level", "p_value", "promised", "worthwhile"):
            out[name] = plain(out[name])
        out["question"] = self.question.text()
        out["sentence"] = self.sentence.text()
        out["decision"] = self.decision.text() if self.decision else None
        out["due"] = self.due.isoformat() if self.due else None
        out["checks"] = [c.to_json() for c in self.checks]
        out["numbers"] = {k: plain(v) for k, v in self.numbers.items()}
        out["answers"] = list(self.answers)
        worded = {name: getattr(self, name) for name in WORDED}
        out |= {name: value.text() for name, value in worded.items() if isinstance(value, Sentence)}
        out["said"] = {
            **{name: value.to_json() for name, value in worded.items() if isinstance(value, Sentence)},
            "question": self.question.to_json(),
            "sentence": self.sentence.to_json(),
            "decision": self.decision.to_json() if self.decision else None,
        }
        return out

    def grid(self) -> Grid:
        """The finding as a short table."""
        rows: list[tuple] = [(Sentence("Finding"), self.sentence), (Sentence("Verdict"), verdict_words(self.verdict))]
        if self.decision:
            rows.append((Sentence("What follows"), self.decision))
        if not math.isnan(self.estimate):
            rows.append((Sentence("Estimate"), self.quantity))
        if self.n:
            rows.append((Sentence("Rests on"), Sentence("{n} {unit}", {"n": self.n, "unit": in_words(self.n_unit)})))
        if self.method:
            rows.append((Sentence("Method"), in_words(self.method)))
        return Grid(self.question, (Sentence("Part"), Sentence("Answer")), tuple(rows))

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        said = f'<p class="finding" data-verdict="{escaped(self.verdict)}">{escaped(self.sentence.text())}</p>'
        return {
            "text/plain": self.grid().text(),
            "text/html": f"{said}\n{self.grid().html()}",
            FINDING: self.to_json(),
        }


@dataclass(frozen=True, repr=False)
class Findings(Shown):
    """Several findings shown together; the first is the main one."""

    findings: tuple[Finding, ...]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __len__(self) -> int:
        return len(self.findings)

    def __getitem__(self, index: int) -> Finding:
        return self.findings[index]

    def grid(self) -> Grid:
        """One row a finding."""
        rows = tuple((f.sentence, verdict_words(f.verdict), f.quantity if not math.isnan(f.estimate) else None)
                     for f in self.findings)
        return Grid(Sentence("What follows"), (Sentence("Finding"), Sentence("Verdict"), Sentence("Estimate")), rows)

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict:
        grid = self.grid()
        return {
            "text/plain": grid.text(),
            "text/html": grid.html(),
            FINDING: [f.to_json() for f in self.findings],
        }


_VERDICT_WORDS = {
    "invalid": "Invalid", "roll_back": "Roll back", "ship": "Ship", "hold": "Hold",
    "delivered": "Delivered", "on_track": "On track", "partly_delivered": "Partly delivered",
    "no_worthwhile_effect": "No worthwhile effect", "harm": "Harm",
    "not_yet_known": "Not yet known", "cannot_be_judged": "Cannot be judged",
    "reliably_met": "Reliably met", "hit_and_miss": "Hit and miss", "reliably_missed": "Reliably missed",
    "ahead": "Ahead", "behind": "Behind", "cannot_be_told_apart": "Cannot be told apart",
    "not_comparable": "Not comparable", "measured": "Measured", "no_data": "No data",
    "go": "Go", "pilot_first": "Pilot first", "no_go": "No-go",
}


def quantity_of(data: Mapping) -> Quantity | None:
    """The estimate of a finding that stands in ``findings.json``; None where it has none."""
    if data["estimate"] is None:
        return None
    ends = () if data["low"] is None or data["high"] is None else (unplain(data["low"]), unplain(data["high"]))
    return Quantity(unplain(data["estimate"]), data["unit"], *ends, per=data.get("per"))


def in_words(text: str | Sentence) -> Sentence:
    """A method, a unit that is counted or a hypothesis as a reader sees it."""
    return text if isinstance(text, Sentence) else terms(text)


def verdict_words(verdict: str) -> Sentence:
    """A verdict as a reader sees it."""
    return Sentence(_VERDICT_WORDS[verdict])
