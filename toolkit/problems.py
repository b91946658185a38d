"""What is refused, and how it is said: the place, the value, the rule and the choices.

Everything that reads something a person wrote (a params file, a table, a command line) collects
`Problem` values and raises them together as one `Refused`, so that a person fixes them in one go.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

from toolkit.personal import blotted

_LONGEST_VALUE = 120
_MOST_CHOICES = 12


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong.

    Attributes
    ----------
    place
        Where: ``params/demo.yaml:12 tests.spring_mail.metrics`` or ``orders.amount``.
    rule
        What should hold, as a sentence without a full stop: ``"must be after the start"``.
    value
        What stands there instead; shown quoted and shortened. ``None`` where nothing stands there.
    choices
        What would have been accepted; the nearest ones to `value` are named first.
    rows
        How many rows break the rule, for tables.
    examples
        Up to three of them, as text.
    """

    place: str
    rule: str
    value: object = None
    choices: tuple[str, ...] = ()
    rows: int | None = None
    examples: tuple[str, ...] = field(default=())

    def __str__(self) -> str:
        said = f"{self.place}: " if self.place else ""
        if self.value is not None:
            said += f"{quoted(self.value)} "
        said += self.rule
        if self.rows is not None:
            said += f" ({self.rows:,} row{'' if self.rows == 1 else 's'}"
            said += f", for example {', '.join(self.examples)})" if self.examples else ")"
        if self.choices:
            said += ". " + offered(self.value, self.choices)
        return _printable(said)  # a rule may quote a library that quotes a file


class Refused(Exception):
    """Something a person wrote cannot be used; nothing was written.

    Attributes
    ----------
    problems
        All of them, in the order of their places.
    """

    def __init__(self, problems: Iterable[Problem] | Problem):
        self.problems = (problems,) if isinstance(problems, Problem) else tuple(problems)
        super().__init__("\n".join(str(p) for p in self.problems))

    def __reduce__(self):
        return (Refused, (self.problems,))


def quoted(value: object) -> str:
    """`value` as one short line, safe to print: no line breaks, no control characters, no person's address or number."""
    text = value if isinstance(value, str) else repr(value)
    text = _printable(text if "://" in text else blotted(text))
    if len(text) > _LONGEST_VALUE:
        text = text[: _LONGEST_VALUE - 1] + "…"
    return f"'{text}'" if isinstance(value, str) else text


def _printable(text: str) -> str:
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def offered(value: object, choices: Iterable[str]) -> str:
    """The sentence that names the choices, the nearest to `value` first."""
    choices = tuple(str(c) for c in choices)
    near = get_close_matches(str(value), choices, n=1, cutoff=0.5) if value is not None else []
    listed = ", ".join(quoted(c) for c in choices[:_MOST_CHOICES])
    more = f" and {len(choices) - _MOST_CHOICES} more" if len(choices) > _MOST_CHOICES else ""
    hint = f"Did you mean {quoted(near[0])}? " if near else ""
    return f"{hint}Choices: {listed}{more}"
