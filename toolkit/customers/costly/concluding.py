"""What follows from costly customers."""

from __future__ import annotations

from toolkit.customers.costly.results import Flagged
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence

METHOD = "Student's t over each customer's months, false discovery rate over customers (Storey, Taylor & Siegmund 2004)"


def conclude(found: Flagged, checks: Checks) -> Findings:
    """Who costs more than they bring, with the sum at stake; who causes most trouble."""
    window = found.definition.window
    shared = {
        "notebook": "customer_value", "subject": "costly_customers", "period": window.period, "owner": window.owner,
        "n": found.judged, "n_unit": "customers", "source": ", ".join(found.definition.tables), "checks": checks.checks,
    }  # fmt: skip
    question = Sentence("Which customers cost more than they bring?")
    values = {"n": len(found.flags), "stake": found.stake, "judged": Quantity(found.judged, "count"),
              "months": found.definition.at_least_months}  # fmt: skip
    if found.judged == 0:
        said = Sentence("Nobody was seen for {months} months: who costs more than they bring cannot be told.", values)
        first = Finding(id="customer_value/costly/flagged", question=question, verdict="no_data", sentence=said,
                        answers=("F40",), **shared)  # fmt: skip
    elif not found.flags:
        said = Sentence("No customer of {judged} is shown to cost more than they bring.", values)
        first = Finding(id="customer_value/costly/flagged", question=question, verdict="measured", sentence=said, estimate=0.0,
                        unit="count", method=METHOD, answers=("F40",), **shared)  # fmt: skip
    else:
        said = Sentence(
            "{n} customer costs more than they bring, for sure: {stake} at stake ({stake:range}).", values,
            plural="{n} customers cost more than they bring, for sure: {stake} at stake ({stake:range}).", count="n",
        )  # fmt: skip
        stake = found.stake
        first = Finding(
            id="customer_value/costly/flagged", question=question, verdict="measured", sentence=said, kpi="net_value",
            estimate=stake.value, low=stake.low, high=stake.high, unit=stake.unit, method=METHOD,
            decision=Sentence("Talk to these customers, mend what they complain of, or reprice."), answers=("F40",),
            headline=True, numbers={"flags": len(found.flags), "negative": found.negative, "looked_at": found.looked_at},
            **shared,
        )  # fmt: skip
    return Findings((first, _trouble(found, shared)))


def _trouble(found: Flagged, shared: dict) -> Finding:
    question = Sentence("Which customers cause most trouble: complaints, late payments?")
    if not found.troublesome:
        said = Sentence("What complaints and late payments cost is not declared.")
        return Finding(id="customer_value/costly/trouble", question=question, verdict="no_data", sentence=said,
                       answers=("F39",), **shared)  # fmt: skip
    top = sum(t.trouble for t in found.troublesome)
    values = {"n": len(found.troublesome), "top": Quantity(top, found.currency), "all": Quantity(found.trouble, found.currency)}
    said = Sentence("Complaints and late payments cost {all}, {top} of it by the {n} customers who cause most.", values)
    return Finding(
        id="customer_value/costly/trouble", question=question, verdict="measured", sentence=said, estimate=found.trouble,
        unit=found.currency, method="sum over customers", answers=("F39",), numbers={"top": top}, **shared,
    )  # fmt: skip
