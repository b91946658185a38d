"""Should one believe what is said of KPIs over time: each reason for doubt, with what was seen."""

from __future__ import annotations

from collections.abc import Iterator

from toolkit.findings import Check, Checks
from toolkit.language import Quantity, Sentence
from toolkit.trends.judging import FEWEST_JUDGED
from toolkit.trends.results import KpiTrend, KpiTrends
from toolkit.trends.wording import forecast_by, listed

FEW_PERIODS = {"week": 104, "month": 24, "quarter": 8, "year": FEWEST_JUDGED}
"""Two years: below, a season and a change cannot be told apart; years have no season."""
RESEMBLES = 0.2
_MOST_NAMED = 6


def check(found: KpiTrends) -> Checks:
    """Every reason for doubt over all KPIs.

    Returns
    -------
    Checks
        Params first, then the data, then the methods.
    """
    return Checks(
        tuple(
            [
                *_params(found),
                *_targets(found),
                *_periods(found),
                *_late(found),
                *_gaps(found),
                *_history(found),
                *_alike(found),
                *_hints(found),
                *_forecasts(found),
            ]
        )
    )


def of_kpi(found: KpiTrends, k: KpiTrend) -> tuple[Check, ...]:
    """The checks that bear on one KPI."""
    alone = KpiTrends(found.definition, (k,))
    return tuple(check(alone))


def _params(found: KpiTrends) -> Iterator[Check]:
    for problem in found.problems:
        yield Check(Sentence("Everything asked for can be answered"), False, problem)
    missing = [k.problem for k in found if k.problem]
    yield Check(
        Sentence("Every KPI has rows"), not missing, _named(missing) or Sentence("all have")
    )


def _targets(found: KpiTrends) -> Iterator[Check]:
    aims = [k.aim for k in found if k.aim]
    if aims:
        wrong = [a.problem for a in aims if a.problem]
        yield Check(
            Sentence("Every target can be measured against, and lies ahead"),
            not wrong,
            _named(wrong) or Sentence("all {n} can", {"n": len(aims)}),
        )


def _periods(found: KpiTrends) -> Iterator[Check]:
    period = found.definition.period
    reasons: dict[str, tuple[Sentence, list[str]]] = {}
    for k in found:
        for p, reason in (k.whole.unfinished if k.whole else {}).items():
            if p.start < period.end and p.end > period.start:
                reasons.setdefault(reason.text(), (reason, []))[1].append(k.kpi.title)
    said = [
        Sentence("{reason} ({kpis})", {"reason": reason, "kpis": tuple(names[:_MOST_NAMED])})
        for reason, names in reasons.values()
    ]
    yield Check(
        Sentence("The period asked for is complete"),
        not said,
        _named(said)
        or Sentence("{period} is over, and its rows reach to its end", {"period": period.label}),
    )


def _late(found: KpiTrends) -> Iterator[Check]:
    waits = [k for k in found if k.to_come]
    if not any(k.kpi.recorded for k in found):
        return
    said = [
        Sentence(
            "{kpi}: about {share} of the rows of {period}",
            {"kpi": k.kpi.title, "share": k.to_come[1], "period": k.to_come[0].label},
        )
        for k in waits
    ]
    yield Check(
        Sentence("No rows of the period are still to come"),
        False if waits else True,
        _named(said) or Sentence("rows have always come in by now"),
        numbers={k.kpi.name: k.to_come[1].value for k in waits},
    )


def _gaps(found: KpiTrends) -> Iterator[Check]:
    said = []
    for k in found:
        if k.whole is None or not k.whole.measured.any():
            continue
        seen = k.whole.measured.nonzero()[0]
        gaps = int((~k.whole.measured[seen[0] : seen[-1] + 1]).sum())
        if gaps:
            said.append(
                Sentence(
                    "{kpi}: {n} periods without rows, left out", {"kpi": k.kpi.title, "n": gaps}
                )
            )
    yield Check(
        Sentence("No period is without rows"),
        None if said else True,
        _named(said) or Sentence("none is"),
    )


def _history(found: KpiTrends) -> Iterator[Check]:
    short, same = [], []
    for k in found:
        if k.whole is None:
            continue
        n = int(k.whole.measured.sum())
        named = {"kpi": k.kpi.title, "n": n, "need": FEWEST_JUDGED}
        if k.whole.equal:
            same.append(
                Sentence("{kpi}: all {n} values are equal, so nothing is usual or unusual", named)
            )
        if n < FEWEST_JUDGED:
            short.append(
                Sentence(
                    "{kpi}: {n} complete periods; {need} are needed to know what is usual", named
                )
            )
        elif n < FEW_PERIODS[k.kpi.every]:
            short.append(
                Sentence("{kpi}: {n} periods; its season cannot be told from a change", named)
            )
    yield Check(
        Sentence("Every KPI has been measured long enough"),
        not short,
        _named(short) or Sentence("each for two years or more"),
    )
    if same:
        yield Check(Sentence("Every KPI varies"), False, _named(same))


def _alike(found: KpiTrends) -> Iterator[Check]:
    said = [
        Sentence(
            "{kpi}: by {rho:bare}, so {run} in a row make a signal",
            {"kpi": k.kpi.title, "rho": Quantity(k.whole.rho, "score"), "run": k.whole.run},
        )
        for k in found
        if k.whole and k.whole.told and k.whole.rho >= RESEMBLES
    ]
    if said:
        yield Check(Sentence("Neighbouring periods resemble each other"), None, _named(said))


def _hints(found: KpiTrends) -> Iterator[Check]:
    hints = {k.kpi.title: sum(not s.told for s in k.whole.signals) for k in found if k.whole}
    hints = {name: n for name, n in hints.items() if n}
    if hints:
        yield Check(
            Sentence("The published rules mark more"),
            None,
            Sentence(
                "{n} marks in {kpis} are no reason to act where neighbouring periods resemble "
                "each other",
                {"n": sum(hints.values()), "kpis": ", ".join(list(hints)[:_MOST_NAMED])},
            ),
        )


def _forecasts(found: KpiTrends) -> Iterator[Check]:
    made = [k for k in found if k.outlook.method]
    said = [
        Sentence(
            "{kpi}: {method}, off by {error:size} on average",
            {"kpi": k.kpi.title, "method": forecast_by(k.outlook.method), "error": k.outlook.past_error},
        )
        for k in made
        if k.aim
    ]
    if said:
        yield Check(
            Sentence("Each forecast's method is the one that missed least before"),
            None,
            _named(said),
        )


def _named(said: list[Sentence]) -> Sentence | None:
    """The first few, and how many more."""
    if not said:
        return None
    more = len(said) - _MOST_NAMED
    return listed(
        [*said[:_MOST_NAMED], *([Sentence("and {n} more", {"n": more})] if more > 0 else [])]
    )
