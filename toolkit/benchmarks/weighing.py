"""Answers weighted so that companies can be compared: raked, given the same mix, or both.

Each company's answers are raked to the margins by themselves, so that every company's customers
look alike on them. Where a mix is asked for as well, the mix of all answers is one margin more. What
the margins explain does not count as chance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toolkit.benchmarks.definition import Benchmark
from toolkit.benchmarks.reading import Answered
from toolkit.problems import Problem, Refused
from toolkit.stats.survey_design import Design, kish
from toolkit.stats.weighting import CannotBeWeighted, rake, standardised


@dataclass(frozen=True, eq=False)
class Weighed:
    """Answers with their final weights.

    Attributes
    ----------
    answered
    weight
        Final.
    margins
        Labels that the weights were made to fit, each company apart; empty where none.
    gap
        The largest distance of a raked share from its target.
    sweeps
        The most that raking took.
    trimmed
        Company -> answers held at the bound.
    """

    answered: Answered
    weight: np.ndarray
    margins: tuple[np.ndarray, ...]
    gap: float = 0.0
    sweeps: int = 0
    trimmed: int = 0

    def design(self, definition: Benchmark) -> Design:
        """How these answers were sampled."""
        survey, labels, values = definition.survey, self.answered.labels, self.answered.values

        def stages(columns, of):
            return np.stack([of[c] for c in columns], axis=1) if columns else None

        try:
            return Design(
                self.weight, strata=labels[survey.strata] if survey.strata else None,
                clusters=stages(survey.cluster, labels), population=stages(survey.population, values),
                lonely=survey.lonely,
            )  # fmt: skip
        except ValueError as error:
            raise Refused(Problem(definition.place("answers", "population"), _rule(error))) from None

    @property
    def n_effective(self) -> dict[str, float]:
        """Company -> Kish's effective number of answers."""
        return {c: kish(self.weight[self.answered.company == c]) for c in sorted(set(self.answered.company.tolist()))}


def weighed(answered: Answered, definition: Benchmark) -> Weighed:
    """The answers with their final weights.

    Raises
    ------
    Refused
        A level of a margin or of the mix that nobody answered about a company; raking that does not
        converge: by company and level, all at once.
    """
    survey = definition.survey
    if survey.margins:
        return _raked(answered, definition)
    if survey.mix:
        joint = _joint([answered.labels[c] for c in survey.mix])
        try:
            weight = standardised(answered.weight, answered.company, joint)
        except CannotBeWeighted as error:
            raise Refused(Problem(definition.place("answers", "mix"), _rule(error), ", ".join(survey.mix))) from None
        return Weighed(answered, weight, (_joint([answered.company, joint]),))
    return Weighed(answered, answered.weight, ())


def _raked(answered: Answered, definition: Benchmark) -> Weighed:
    survey = definition.survey
    weight = answered.weight.copy()
    every = {c: (answered.labels[c], shares) for c, shares in survey.margins.items()}
    if survey.mix:
        joint = _joint([answered.labels[c] for c in survey.mix])
        levels, code = np.unique(joint.astype(str), return_inverse=True)
        mix = np.bincount(code, weights=answered.weight)
        every[" / ".join(survey.mix)] = joint, dict(zip(levels.tolist(), mix.tolist(), strict=True))
    gap, sweeps, trimmed, problems = 0.0, 0, 0, []
    for company in sorted(set(answered.company.tolist())):
        mine = answered.company == company
        margins = {name: (labels[mine], shares) for name, (labels, shares) in every.items()}
        try:
            made = rake(answered.weight[mine], margins, most=survey.heaviest)
        except CannotBeWeighted as error:
            problems.append(Problem(definition.place("answers", "margins"), _rule(error), company))
            continue
        weight[mine] = made.weights
        gap, sweeps, trimmed = max(gap, made.gap), max(sweeps, made.sweeps), trimmed + made.trimmed
    if problems:
        raise Refused(problems)
    labels = tuple(_joint([answered.company, labels]) for labels, _ in every.values())
    return Weighed(answered, weight, labels, gap, sweeps, trimmed)


def _joint(parts: list[np.ndarray]) -> np.ndarray:
    return np.array([" / ".join(p) for p in zip(*parts, strict=True)], dtype=object)


def _rule(error: Exception) -> str:
    return str(error).rstrip(".")
