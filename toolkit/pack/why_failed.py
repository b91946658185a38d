"""Why could a page not be made, in the reader's own words?

What stops a notebook is told in English: by the runner, by a library, by Python. The reader gets a
sentence in the page's language for each kind of end that is known, and the message as it came, marked
as English, where it says more than the sentence.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from toolkit.language import Quantity, Sentence

_TOO_LONG = re.compile(r"it did not end within (\d+) seconds")
_TOO_LARGE = re.compile(r"it took more than ([\d.]+) GB of memory")
_KILLED = re.compile(r"its process was ended by signal (\d+): (.*)", re.S)
_QUIT = re.compile(r"its process ended with status (\d+): (.*)", re.S)
_LOST = re.compile(r"what ran it went away \((.*)\)", re.S)
_NOTHING = "it said nothing"
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


def why_failed(reason: str | Sentence) -> Why:
    """`reason` as the runner gives it, in plain words."""
    if isinstance(reason, Sentence):
        values = reason.values
        if "problems" in values:
            lines = values["problems"]
            return Why(Sentence("What it was asked to do was refused."), "\n".join(lines if isinstance(lines, tuple) else (str(lines),)))
        if "cell" in values:
            return Why(Sentence("Code cell {cell} of its notebook ended with an error.", {"cell": values["cell"]}), str(values["error"]))
        reason = str(values.get("why", reason.text()))
    if found := _TOO_LONG.fullmatch(reason):
        return Why(Sentence("It did not end within {n} second and was stopped.", {"n": int(found[1])},
                            plural="It did not end within {n} seconds and was stopped.", count="n"))  # fmt: skip
    if found := _TOO_LARGE.fullmatch(reason):
        return Why(Sentence("It took more than {size} GB of memory and was stopped.", {"size": Quantity(float(found[1]), "number")}))
    if found := _KILLED.fullmatch(reason):
        said = Sentence("Its process was ended by the system (signal {n}).", {"n": int(found[1])})
        if int(found[1]) == _KILL:
            said = Sentence("Its process was ended by the system, which may have had too little memory.")
        return Why(said, _worth(found[2]))
    if found := _QUIT.fullmatch(reason):
        return Why(Sentence("Its process ended before it was done (status {n}).", {"n": int(found[1])}), _worth(found[2]))
    if found := _LOST.fullmatch(reason):
        return Why(Sentence("The machine that ran it went away."), found[1])
    return Why(Sentence("It ended with an error."), reason)


def _worth(message: str) -> str:
    return "" if message == _NOTHING else message
