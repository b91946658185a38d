"""What a failed check takes back from a verdict, in a few words for its sentence."""

from __future__ import annotations

from collections.abc import Sequence

from toolkit.findings import Check
from toolkit.language import Sentence

CAVEATS = {
    "Everyone assigned is in one arm only": "{n} {units} are in more than one arm",
    "Everyone assigned stands in the table once": "{n} {units} stand in the table more than once",
    "The filter uses only what was known before assignment": "the filter may use what the test itself changes",
    "The target uses only what was known before assignment": "the target uses what the test itself changes",
    "What is adjusted for or split by was known before assignment":
        "something it is split by or adjusted for may have been measured afterwards",
    "As many rows count in every arm": "more rows are missing in one arm than in another",
    "It was tested on those it is meant for": "only {share} of those tested are those it is meant for",
    "The effect is the same in every {column}": "the effect differs by {column}",
    "Pooling the segments turns no effect round": "an effect turns round within segments",
    "There are enough cases for the method": "there are few cases for {metrics}",
    "No single {one} decides a result": "a single {one} decides a result",
    "{metric} is a share": "{metric} is no share",
}  # fmt: skip
"""By the template of the check's name; its places are those of the name and of the detail."""


def caveats_said(failed: Sequence[Check]) -> Sentence:
    """The first doubt in a few words, and how many more there are."""
    first, more = caveat(failed[0]), len(failed) - 1
    if more == 0:
        return first
    if more == 1:
        return Sentence("{first}, and {second}", {"first": first, "second": caveat(failed[1])})
    return Sentence("{first}, and there are {n} more doubts", {"first": first, "n": more})


def caveat(check: Check) -> Sentence:
    """One failed check as what it takes back."""
    template = CAVEATS.get(check.name.template)
    if template is None:
        return Sentence("“{name}” does not hold", {"name": check.name})
    return Sentence(template, {**check.detail.values, **check.name.values})
