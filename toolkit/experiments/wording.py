"""What is said of a test, one whole sentence each: the words of the verdict, of an effect, of doubt."""

from __future__ import annotations

import math
from collections.abc import Sequence

from toolkit.experiments.caveats import caveats_said
from toolkit.experiments.deciding import LONGEST_WEEKS, Decision, Wait, margin_of
from toolkit.experiments.definition import IN_TARGET, Experiment, spoken
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
    q, metric = effect.quantity, effect.metric
    values = {
        "metric": metric.title, "arm": effect.after.called, "control": effect.before.called, "difference": q,
    }  # fmt: skip
    if not q.known or q.low is None:
        reason = q.reason or "there is too little data"
        return Sentence("{metric}: {arm} cannot be compared with {control}: {reason}.", {**values, "reason": reason})
    if q.low <= 0 <= q.high:
        return Sentence(
            "{metric}: {arm} and {control} cannot be told apart (difference {difference}, {difference:range}).",
            values,
        )
    more = q.value > 0
    if q.unit in TIMES:
        return Sentence(
            "{metric}: {arm} takes {difference:size} longer than {control} ({difference:sizes})." if more
            else "{metric}: {arm} takes {difference:size} less than {control} ({difference:sizes}).",
            values,
        )  # fmt: skip
    if metric.per and metric.per not in metric.title and len(q.unit) == 3 and q.unit.isupper():
        values["per"] = metric.per
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
    values = {"metric": level.metric.title, "arm": level.called, "value": level.quantity}
    if not level.quantity.known:
        return Sentence("{metric} with {arm}: no data.", values)
    if level.quantity.low is None:
        return Sentence("{metric} with {arm}: {value}.", values)
    return Sentence("{metric} with {arm}: {value} ({value:range}).", values)


def segment_said(effect: Effect) -> Sentence:
    """What one arm did to one metric in one segment."""
    column, value = effect.segment
    if column == "target":
        if value == IN_TARGET:
            return Sentence("In the target: {said}", {"said": effect_said(effect)})
        return Sentence("Outside the target: {said}", {"said": effect_said(effect)})
    return Sentence("{column} {value}, {said}", {
        "column": spoken(column).capitalize(), "value": value, "said": effect_said(effect)})


def not_usable(said: Sentence) -> Sentence:
    """What is measured in a test whose assignment went wrong."""
    return Sentence("Not to be relied on, for the test is invalid: {said}", {"said": said})


def verdict_said(decision: Decision, definition: Experiment, doubts: Sequence[Check]) -> Sentence:
    """The finding of the whole test in one or two sentences, with the checks that failed as caveats."""
    if decision.verdict == "invalid":
        return Sentence(
            "The test cannot be used: assignment did not go as intended ({detail}).",
            {"detail": decision.broken.detail},
        )  # fmt: skip
    if decision.verdict == "no_data":
        said = effect_said(decision.effect)
        return Sentence("The test is over and tells nothing, for there is nothing to compare. {said}", {"said": said})
    said = _verdict(decision, definition, brief=bool(doubts))
    if not doubts:
        return said
    return Sentence("{said} But {caveats}.", {"said": said, "caveats": caveats_said(doubts)})


def _verdict(decision: Decision, definition: Experiment, brief: bool) -> Sentence:
    said = effect_said(decision.effect)
    values = {
        "said": said, "arm": definition.called(decision.arm), "metric": decision.effect.metric.title,
    }  # fmt: skip
    if decision.verdict == "ship":
        others = [definition.called(a) for a, v in decision.by_arm if v == "roll_back"]
        if others:
            return Sentence(
                "{said} {other} does harm and should stop.", {**values, "other": tuple(others), "n": len(others)},
                plural="{said} {other} do harm and should stop.", count="n",
            )  # fmt: skip
        return said if brief else _kept_said(definition, values)
    if decision.verdict == "roll_back":
        margin = margin_of(decision.effect)
        if margin > 0:
            allowed = Quantity(margin, decision.effect.unit)
            return Sentence("{said} At most {margin} would be acceptable.", {**values, "margin": allowed})
        return Sentence("{said} That is worse.", values)
    return _hold(decision.wait, definition, values)


def _kept_said(definition: Experiment, values: dict[str, object]) -> Sentence:
    guarded = [m.title for m in definition.by_role("guardrail")]
    if not guarded:
        return values["said"]
    if len(guarded) == 1:
        return Sentence("{said} {guardrail} stays within what is acceptable.", {**values, "guardrail": guarded[0]})
    if len(guarded) == 2:
        return Sentence("{said} {first} and {second} stay within what is acceptable.", {
            **values, "first": guarded[0], "second": guarded[1]})
    return Sentence("{said} All {n} measures that must not get worse stay within what is acceptable.", {
        **values, "n": len(guarded)})


def _hold(wait: Wait, definition: Experiment, values: dict[str, object]) -> Sentence:
    values = {**values, "aim": Quantity(wait.aim, wait.effect.unit), "more": more_said(wait, definition)}
    if wait.why == "running":
        values |= {"ends": definition.ends, "difference": wait.effect.quantity}
        if not wait.effect.quantity.known or wait.effect.quantity.low is None:
            return Sentence("Too early to tell: the test runs until {ends}. {said}", values)
        return Sentence(
            "Too early to tell: the test runs until {ends}. So far {arm} differs by {difference} ({difference:range}) in {metric}.",
            values,
        )
    if wait.why == "none":
        return Sentence("{said} An effect worth having, {aim}, would have been seen.", values)
    if wait.why == "guardrail" and wait.effect.at_end.reason is not None:
        values["reason"] = wait.effect.at_end.reason
        return Sentence("{arm} is better, but nothing can be said of {metric} so far: {reason}.", values)
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
        return Sentence("{said} To show {aim}, as seen so far, takes {more}.", values)
    return Sentence("{said} To show {aim} takes {more}.", values)


def more_said(wait: Wait, definition: Experiment) -> Sentence:
    """How many more units, and how long they take."""
    if math.isnan(wait.units):
        return Sentence("how many more it takes cannot be told")
    values = {"n": Quantity(_rounded(wait.units), "count"), "units": definition.units}
    if not math.isfinite(wait.weeks):
        return Sentence("about {n} more {units}", values)
    if wait.weeks > LONGEST_WEEKS:
        return Sentence("about {n} more {units} (more than ten years at the present pace)", values)
    weeks = Quantity(math.ceil(wait.weeks), "weeks")
    return Sentence("about {n} more {units} ({weeks})", {**values, "weeks": weeks})


def _rounded(units: float) -> float:
    """Two digits, upwards: what a reckoned size supports."""
    if not math.isfinite(units) or units < 100:
        return units
    step = 10.0 ** (math.floor(math.log10(units)) - 1)
    return math.ceil(units / step) * step


def decision_said(decision: Decision, definition: Experiment) -> Sentence:
    """What to do."""
    values = {
        "arm": definition.called(decision.arm) if decision.arm else None,
        "control": definition.called(definition.control), "ends": definition.ends,
    }  # fmt: skip
    if decision.verdict == "invalid":
        return Sentence("Repair the assignment and run the test again.")
    if decision.verdict == "no_data":
        metric = decision.effect.metric.title
        return Sentence("Find out whether {metric} is recorded for everyone in the test.", {"metric": metric})
    if decision.verdict == "ship":
        return Sentence("Ship {arm}.", values)
    if decision.verdict == "roll_back":
        stopped = ", ".join(definition.called(a) for a, v in decision.by_arm if v == "roll_back")
        return Sentence("Take {arm} back to {control}.", {**values, "arm": stopped})
    wait = decision.wait
    if wait.why == "running":
        return Sentence("Let it run until {ends}.", values)
    if wait.why == "none":
        return Sentence("Keep {control}; end the test.", values)
    if wait.why == "worse" or math.isnan(wait.units):
        return Sentence("Keep {control} until it is clear.", values)
    return Sentence("Keep {control} and go on: {more}.", {**values, "more": more_said(wait, definition)})
