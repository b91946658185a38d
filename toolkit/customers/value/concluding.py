"""What follows from the customers' value."""

from __future__ import annotations

from toolkit.customers.value.results import Profitability, interval_quantity
from toolkit.findings import Checks, Finding, Findings
from toolkit.language import Quantity, Sentence

NOTEBOOK = "customer_value"
METHOD = "linearised over customers (Langel & Tillé 2013)"


def conclude(found: Profitability, checks: Checks) -> Findings:
    """How few customers bring how much, who is served first, and what is lost."""
    window = found.definition.window
    shared = {
        "notebook": NOTEBOOK, "period": window.period, "owner": window.owner, "level": window.level,
        "n": found.n, "n_unit": "customers", "source": ", ".join(found.definition.tables), "checks": checks.checks,
        "subject": "customers",
    }  # fmt: skip
    total = found.total
    net = total["revenue"] - total["goods"] - total["serving"]
    return Findings((_share(found, shared), _priority(found, shared, net), _cost(found, shared, net)))


def _share(found: Profitability, shared: dict) -> Finding:
    question = Sentence("Which customers are the biggest and the most profitable?")
    top, gini = found.top_fifth, found.gini
    if top.low != top.low:
        said = Sentence("How much the top fifth of customers brings cannot be told: {reason}.",
                        {"reason": top.reason or Sentence("too few customers")})  # fmt: skip
        return Finding(id="customer_value/customers/top_fifth", question=question, verdict="no_data", sentence=said,
                       answers=("F27",), **shared)  # fmt: skip
    values = {"share": interval_quantity(top, "percent"), "n": Quantity(found.n, "count")}  # fmt: skip
    said = Sentence("The top fifth of {n} customers brings {share} of revenue ({share:range}).", values)
    return Finding(
        id="customer_value/customers/top_fifth", question=question, verdict="measured", sentence=said,
        decision=Sentence("Keep the biggest fifth: serve the customers of the priority list first."),
        kpi="revenue", estimate=top.estimate, low=top.low, high=top.high, unit="percent", method=METHOD,
        numbers={"gini": gini.estimate, "gini_low": gini.low, "gini_high": gini.high}, answers=("F27",),
        headline=True, **shared,
    )  # fmt: skip


def _priority(found: Profitability, shared: dict, net: float) -> Finding:
    question = Sentence("Who is served first?")
    values = {"n": Quantity(found.priority_n, "count"), "share": Quantity(found.priority_share, "percent")}
    if found.priority_n == 0:
        said = Sentence("No customer is in the top fifth by value and by return.")
    elif found.definition.bought is None:
        said = Sentence("{n} customers bring most; {share} of all net value is theirs.", values)
    elif found.priority_share != found.priority_share:
        said = Sentence("{n} customers bring most and return most.", values)
    else:
        said = Sentence("{n} customers bring most and return most; {share} of all net value is theirs.", values)
    return Finding(
        id="customer_value/customers/priority", question=question, verdict="measured", sentence=said,
        answers=("F28", "F32"),
        estimate=found.priority_share, unit="percent", method="top fifth by net value and by orders",
        numbers={"customers": found.priority_n}, **shared,
    )  # fmt: skip


def _cost(found: Profitability, shared: dict, net: float) -> Finding:
    total = found.total
    values = {
        "net": found.money(net), "serving": found.money(total["serving"]), "each": interval_quantity(found.net, found.currency),
    }  # fmt: skip
    if any(f.kind == "serving" for f in found.definition.flows):
        said = Sentence("Customers bring {net} net, after {serving} to serve them: {each} a customer.", values)
    else:
        said = Sentence("Customers bring {net}, before what it costs to serve them: {each} a customer.", values)
    ends = {} if found.net.low != found.net.low else {"low": found.net.low, "high": found.net.high}
    return Finding(
        id="customer_value/customers/net", question=Sentence("What do customers bring, net of what they cost?"),
        verdict="measured", sentence=said, kpi="net_value", estimate=found.net.estimate, unit=found.currency,
        method="mean over customers, Student's t", answers=("F27", "F38"), **ends,
        numbers={**total, "net": net, "losing": found.losing, "lost": found.lost}, **shared,
    )  # fmt: skip
