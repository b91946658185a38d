"""What is said of a test, one whole sentence each: the words of the verdict, of an effect, of doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.experiments.deciding import LONGEST_WEEKS, Decision, Wait, margin_of
from toolkit.experiments.definition import Experiment
from toolkit.experiments.effects import Effect, Level
from toolkit.findings import Check
from toolkit.language import Quantity, Sentence
from toolkit.language.quantities import TIMES



def listed(sentences: Sequence[Sentence]) -> Sentence:
    """Several sayings as one."""
    said = sentences[-1]
    for sentence in reversed(sentences[:-1]):
        said = Sentence("{first}; {rest}", {"first": sentence, "rest": said})
    return said


def question(definition: Experiment) -> Sentence:
    """What the test asks."""
    if definition.question:
        return Sentence("{question}", {"question": definition.question})
    return Sentence("Does {test} bring what it should?", {"test": definition.title})


def effect_said(effect: Effect) -> Sentence:
    """What one arm did to one metric."""
    q, change = effect.quantity, effect.change
    values = {
        "metric": effect.metric.title, "arm": effect.arm, "control": effect.control, "difference": q,
        "change": change,
    }  # fmt: skip
    if not q.known or q.low is None:
        reason = q.reason or "there is too little data"
        return Sentence("{metric}: {arm} cannot be compared with {control}: {reason}.", {**values, "reason": reason})
    if q.low <= 0 <= q.high:
        return Sentence("{metric}: {arm} and {control} cannot be told apart ({difference:range}).", values)
    more = q.value > 0
    if q.unit in TIMES:
        return Sentence(
            "{metric}: {arm} takes {difference:size} longer than {control} ({difference:sizes})." if more
            else "{metric}: {arm} takes {difference:size} less than {control} ({difference:sizes}).",
            values,
        )  # fmt: skip
    if effect.metric.per and len(q.unit) == 3 and q.unit.isupper():
        values["per"] = effect.metric.per
        return Sentence(
            "{metric}: {arm} brings {difference:size} more a {per} than {control} ({difference:sizes})." if more
            else "{metric}: {arm} brings {difference:size} less a {per} than {control} ({difference:sizes}).",
            values,
        )  # fmt: skip
    return Sentence(
        "{metric}: {arm} brings {difference:size} more than {control} ({difference:sizes})." if more
        else "{metric}: {arm} brings {difference:size} less than {control} ({difference:sizes}).",
        values,
    )  # fmt: skip


def level_said(level: Level) -> Sentence:
    """One metric in one arm."""
    values = {"metric": level.metric.title, "arm": level.arm, "value": level.quantity}
    if not level.quantity.known:
        return Sentence("{metric} with {arm}: no data.", values)
    if level.quantity.low is None:
        return Sentence("{metric} with {arm}: {value}.", values)
    return Sentence("{metric} with {arm}: {value} ({value:range}).", values)


def segment_said(effect: Effect) -> Sentence:
    """What one arm did to one metric in one segment."""
    column, value = effect.segment
    return Sentence("{column} {value}: {said}", {"column": column, "value": value, "said": effect_said(effect)})


def verdict_said(decision: Decision, definition: Experiment, doubts: Sequence[Check]) -> Sentence:
    """The finding of the whole test, with the checks that failed as caveats."""
    said = _verdict(decision, definition)
    if not doubts or decision.verdict == "invalid":
        return said
    caveats = [Sentence("“{name}” does not hold: {detail}", {"name": c.name, "detail": c.detail}) for c in doubts[:2]]
    if len(doubts) > 2:
        more = {"n": len(doubts) - 2}
        caveats.append(Sentence("and one more doubt") if more["n"] == 1 else Sentence("and {n} more doubts", more))
    return Sentence("{said} But {caveats}.", {"said": said, "caveats": listed(caveats)})


def _verdict(decision: Decision, definition: Experiment) -> Sentence:
    if decision.verdict == "invalid":
        return Sentence(
            "The test cannot be used: {detail}. Assignment did not go as intended, so the arms are not alike.",
            {"detail": decision.broken.detail},
        )  # fmt: skip
    said = effect_said(decision.effect)
    values = {"said": said, "arm": decision.arm, "metric": decision.effect.metric.title}
    if decision.verdict == "ship":
        others = [a for a, v in decision.by_arm if v == "roll_back"]
        guarded = definition.by_role("guardrail")
        if others:
            return Sentence("{said} {other} does harm and should stop.", {**values, "other": ", ".join(others)})
        if len(guarded) == 1:
            return Sentence("{said} {guardrail} stays within what is acceptable.",
                            {**values, "guardrail": guarded[0].title})  # fmt: skip
        if guarded:
            return Sentence("{said} All {n} guardrails stay within what is acceptable.", {**values, "n": len(guarded)})
        return said
    if decision.verdict == "roll_back":
        margin = margin_of(decision.effect)
        if margin > 0:
            allowed = Quantity(margin, decision.effect.unit)
            return Sentence("{said} That is worse than the {margin} that is acceptable.", {**values, "margin": allowed})
        return Sentence("{said} That is worse.", values)
    return _hold(decision.wait, definition, values)


def _hold(wait: Wait, definition: Experiment, values: dict[str, object]) -> Sentence:
    values = {**values, "aim": Quantity(wait.aim, wait.effect.unit), "more": more_said(wait, definition)}
    if wait.why == "running":
        return Sentence("Too early to tell: the test runs until {ends}. {said}", {**values, "ends": definition.ends})
    if wait.why == "none":
        return Sentence("{said} An effect worth having, {aim}, would have been seen: more {units} would not help.",
                        {**values, "units": definition.units})  # fmt: skip
    if wait.why == "guardrail" and math.isnan(wait.units):
        return Sentence("{arm} is better, but {metric} looks worse than the {aim} that is acceptable.", values)
    if wait.why == "guardrail":
        return Sentence("{arm} is better, but {metric} is not shown to stay within {aim} of what it was: {more}.", values)
    if wait.why == "worse":
        if wait.effect.margin is not None and margin_of(wait.effect) > 0:
            return Sentence("{said} That is worse, though not shown to be beyond what is acceptable.", values)
        return Sentence("{said} That is worse, while another deciding metric is better.", values)
    if math.isnan(wait.units):
        return Sentence("{said} How much more data it takes cannot be told.", values)
    if wait.effect.metric.worthwhile is None:
        return Sentence("{said} To show an effect as large as the one seen, {aim}, takes {more}.", values)
    return Sentence("{said} To see an effect worth having, {aim}, takes {more}.", values)


def more_said(wait: Wait, definition: Experiment) -> Sentence:
    """How many more units, and how long they take."""
    if math.isnan(wait.units):
        return Sentence("how many more it takes cannot be told")
    values = {"n": Quantity(wait.units, "count"), "units": definition.units, "weeks": Quantity(math.ceil(wait.weeks), "weeks")
              if math.isfinite(wait.weeks) else None}  # fmt: skip
    if values["weeks"] is None:
        return Sentence("{n} more {units}", values)
    if wait.weeks > LONGEST_WEEKS:
        return Sentence("{n} more {units}, more than ten years at the present pace", values)
    return Sentence("{n} more {units}, about {weeks} more", values)


def decision_said(decision: Decision, definition: Experiment) -> Sentence:
    """What to do."""
    values = {"arm": decision.arm, "control": definition.control, "ends": definition.ends}
    if decision.verdict == "invalid":
        return Sentence("Repair the assignment and run the test again.")
    if decision.verdict == "ship":
        return Sentence("Ship {arm}.", values)
    if decision.verdict == "roll_back":
        stopped = ", ".join(a for a, v in decision.by_arm if v == "roll_back")
        return Sentence("Take {arm} back to {control}.", {**values, "arm": stopped})
    wait = decision.wait
    if wait.why == "running":
        return Sentence("Let it run until {ends}.", values)
    if wait.why == "none":
        return Sentence("Keep {control}; end the test.", values)
    if wait.why == "worse" or math.isnan(wait.units):
        return Sentence("Keep {control} until it is clear.", values)
    return Sentence("Keep {control} and go on: {more}.", {**values, "more": more_said(wait, definition)})
