"""Why could a page not be made, in the reader's own words?

What a library or Python says of it is English. The reader gets a sentence in the page's language for each
kind of end, and the message as it came, marked as English, where it says more than the sentence.
"""

from __future__ import annotations

from dataclasses import dataclass

from toolkit.language import Quantity, Sentence
from toolkit.pack.execute import End, Outcome

_KILL = 9


@dataclass(frozen=True)
class Why:
    """What became of a page.

    Attributes
    ----------
    said
        In the reader's language.
    message
        As the program said it, in English; empty where it adds nothing.
    """

    said: Sentence
    message: str = ""


def why_failed(outcome: Outcome) -> Why:
    """Why the notebook did not run to its end."""
    if outcome.problems:
        return Why(Sentence("What it was asked to do was refused."), "\n".join(outcome.problems))
    if outcome.cell is not None:
        return Why(Sentence("Code cell {cell} of its notebook ended with an error.", {"cell": outcome.cell}), outcome.failed or "")
    if outcome.end is not None:
        return _ended(outcome.end)
    return Why(Sentence("It ended with an error."), outcome.failed or "")


def _ended(end: End) -> Why:
    if end.kind == "deadline":
        return Why(Sentence("It did not end within {n} second and was stopped.", {"n": round(end.amount)},
                            plural="It did not end within {n} seconds and was stopped.", count="n"))  # fmt: skip
    if end.kind == "memory":
        return Why(Sentence("It took more than {size} GB of memory and was stopped.", {"size": Quantity(end.amount, "number")}))
    if end.kind == "lost":
        return Why(Sentence("The machine that ran it went away."), end.said)
    number = {"n": round(end.amount)}
    if end.kind == "status":
        return Why(Sentence("Its process ended before it was done (status {n}).", number), end.said)
    if end.amount == _KILL:
        return Why(Sentence("Its process was ended by the system, which may have had too little memory."), end.said)
    return Why(Sentence("Its process was ended by the system (signal {n}).", number), end.said)
