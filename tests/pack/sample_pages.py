"""Pages made by hand for tests of rendering: a three-arm e-mail test as the notebook would show it.

The numbers are those of the MineThatData challenge (Hillstrom 2008): 64,000 customers, three arms: no
e-mail, a men's and a women's one; intervals by Newcombe and Welch.
"""

from __future__ import annotations

from datetime import date
from math import nan

import nbformat
from sample_charts import (
    MENS,
    ORDER_M,
    SPEND_M,
    SPEND_W,
    VISIT_M,
    VISIT_W,
    WOMENS,
    by_segment,
    effects,
    levels,
)

from toolkit.findings import Check, Checks, Finding, Findings
from toolkit.language import Quantity, Sentence
from toolkit.pack.page import PageContext, PageLink
from toolkit.pack.why_failed import Why

LINKS = (
    PageLink("ab_test-spring_mail", "Spring e-mail"),
    PageLink("ab_test-new_checkout", "New checkout"),
    PageLink("ab_test-welcome_call", "Welcome call"),
    PageLink("ab_test-price_page", "Price page"),
    PageLink("ab_test-loyalty_card", "Loyalty card", made=False),
)


def context(page: str = "ab_test-spring_mail", **changes: object) -> PageContext:
    """Aurora's third quarter."""
    values = {
        "page": page,
        "title": "Spring e-mail",
        "company": "Aurora",
        "pack": "Quarterly plan review",
        "period": "Q3 2026",
        "as_of": date(2026, 9, 30),
        "made_on": date(2026, 10, 2),
        "links": LINKS,
        "provenance": (
            (
                "Table customers",
                "sha256 8d1f20c5e6b74c0c9a3c5a94b1c0f3e2a7e6d5c4b3a29180f1e2d3c4b5a69788, 64,000 rows",
            ),
            ("Params", "sha256 5b0c1d2e3f405162738495a6b7c8d9eafb0c1d2e3f405162738495a6b7c8d9ea"),
            ("toolkit", "0.1.0"),
            ("pandas", "3.1.0"),
            ("duckdb", "2.0.1"),
        ),
    }
    return PageContext(**(values | changes))


def finding(**changes: object) -> Finding:
    """The main finding of the spring e-mail."""
    values = {
        "id": "ab_test/spring_mail/spend/mens",
        "notebook": "ab_test",
        "subject": "spring_mail",
        "verdict": "ship",
        "question": Sentence("Which spring e-mail should customers get?"),
        "sentence": Sentence(
            "Send {arm} to everyone: it brings {spend} more ({spend:range}) and {visits} more visits, and no "
            "guardrail got worse.",
            {"arm": MENS, "spend": SPEND_M, "visits": VISIT_M},
        ),
        "kpi": "spend",
        "comparison": MENS,
        "period": "2026Q3",
        "estimate": SPEND_M.value,
        "low": SPEND_M.low,
        "high": SPEND_M.high,
        "p_value": 1.16e-7,
        "unit": "USD",
        "n": 64000,
        "n_unit": "customers",
        "method": "Difference of means with Welch's interval; shares with Newcombe's; Holm over arms and primary metrics",
        "null": "no difference to the control arm",
        "source": "customers",
        "worthwhile": 0.2,
        "decision": Sentence("Ship {arm}", {"arm": MENS}),
        "owner": "Sales",
        "due": date(2026, 10, 15),
        "grade": "A",
        "headline": True,
        "checks": checks().checks,
    }
    return Finding(**(values | changes))


def checks() -> Checks:
    """One failed, three that hold, one for information."""
    return Checks(
        (
            Check(
                Sentence("The split is as intended"),
                True,
                Sentence(
                    "21,306, 21,387 and 21,307 customers; a split this uneven or more comes up in {p} of tests by chance",
                    {"p": Quantity(0.9037, "probability")},
                ),
                takes_verdict=True,
            ),
            Check(
                Sentence("Every customer appears once"),
                None,
                Sentence("The table has no customer number; 6,562 rows are the same as another"),
            ),
            Check(
                Sentence("No single customer carries the result"),
                True,
                Sentence(
                    "With the largest 0.1 % of spending cut back, the effect is {e} ({e:range})",
                    {"e": Quantity(0.71, "USD", 0.45, 0.97, per="customer")},
                ),
            ),
            Check(
                Sentence("The effect is the same in every segment"),
                False,
                Sentence(
                    "Buyers of women's goods gain more visits from the women's e-mail: look by segment before writing the next one"
                ),
            ),
            Check(
                Sentence("Nothing measured after assignment was filtered on"),
                True,
                Sentence("No filter is used"),
            ),
        )
    )


def findings() -> Findings:
    """The main one and seven beside it."""

    def other(metric: str, arm: str, q: Quantity, verdict: str, sentence: Sentence) -> Finding:
        return finding(
            id=f"ab_test/spring_mail/{metric}/{arm}",
            kpi=metric,
            comparison=arm,
            estimate=q.value,
            low=q.low,
            high=q.high,
            unit=q.unit,
            verdict=verdict,
            sentence=sentence,
            decision=None,
            owner=None,
            due=None,
            headline=False,
            checks=(),
        )

    return Findings(
        (
            finding(),
            other(
                "spend",
                WOMENS,
                SPEND_W,
                "ship",
                Sentence("{a} brings {q} more ({q:range}).", {"a": WOMENS, "q": SPEND_W}),
            ),
            other(
                "visits",
                MENS,
                VISIT_M,
                "ship",
                Sentence("{a} brings {q} more visits ({q:range}).", {"a": MENS, "q": VISIT_M}),
            ),
            other(
                "visits",
                WOMENS,
                VISIT_W,
                "ship",
                Sentence("{a} brings {q} more visits ({q:range}).", {"a": WOMENS, "q": VISIT_W}),
            ),
            other(
                "order",
                MENS,
                ORDER_M,
                "hold",
                Sentence(
                    "Spend per order cannot be told apart from no e-mail ({q:range} USD).",
                    {"q": ORDER_M},
                ),
            ),
        )
    )


def notebook(
    *more: object, title: str = "Which spring e-mail should customers get?"
) -> nbformat.NotebookNode:
    """The executed notebook; `more` is shown under "By month"."""
    made = nbformat.v4.new_notebook()

    def words(text: str) -> None:
        made.cells.append(nbformat.v4.new_markdown_cell(text))

    def shows(source: str, *values: object, tags: tuple[str, ...] = ()) -> None:
        cell = nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)} if tags else {})
        cell.outputs = [
            nbformat.v4.new_output("execute_result", v._repr_mimebundle_(), execution_count=1)
            for v in values
        ]
        made.cells.append(cell)

    words(f"# {title}\n\nThree arms, two weeks, no e-mail as control.")
    shows(
        'company = "params/demo.yaml"\ntest = "spring_mail"\nperiod = "2026Q3"',
        tags=("parameters",),
    )
    shows(
        "from toolkit import charts, experiments, open_company\n\nstudy = open_company(company, period).test(test)"
    )
    words("## What happened")
    shows("result = experiments.estimate(study)\ncharts.effects(result)", effects())
    words("The level of each arm stands beside its difference to control.")
    shows("charts.arms(result)", levels())
    words("## Should we believe it?")
    shows("checks = experiments.check(result); checks", checks())
    words("## What follows")
    shows("experiments.conclude(result, checks)", findings())
    words("## Details\n\n### By segment")
    table = nbformat.v4.new_code_cell("result.segments")
    grid = by_segment()
    data = {
        "text/plain": grid.text(),
        "text/html": grid.html(),
        "application/vnd.toolkit.grid+json": grid.to_json(),
    }
    table.outputs = [nbformat.v4.new_output("execute_result", data, execution_count=1)]
    made.cells.append(table)
    words(
        "### Definitions\n\n**Visits**: customers with at least one visit to the site within two weeks.\n\n"
        "**Spend**: money spent within two weeks, counted for every customer, buyers or not."
    )
    if more:
        words("### By month")
        shows("charts.line_over_time(result.months)", *more)
    for i, cell in enumerate(made.cells):
        cell["id"] = f"cell-{i:02d}"
    return made


def pack_findings() -> list[dict]:
    """What the index is made from: four tests."""
    calls = Quantity(-0.012, "points", -0.019, -0.005)
    return [
        *({**f.to_json(), "page": "ab_test-spring_mail"} for f in findings()),
        {
            **finding(
                id="ab_test/new_checkout/conversion",
                subject="new_checkout",
                kpi="conversion",
                verdict="roll_back",
                comparison="new",
                question=Sentence("Does the new checkout sell more?"),
                sentence=Sentence(
                    "The new checkout sells less: {q:size} fewer customers buy ({q:sizes}).",
                    {"q": calls},
                ),
                estimate=calls.value,
                low=calls.low,
                high=calls.high,
                unit="points",
                n=18240,
                worthwhile=0.005,
                decision=Sentence("Roll back {arm}", {"arm": "the new checkout"}),
                owner="Product",
                due=date(2026, 10, 5),
            ).to_json(),
            "page": "ab_test-new_checkout",
        },
        {
            **finding(
                id="ab_test/welcome_call/renewal",
                subject="welcome_call",
                kpi="renewal",
                verdict="hold",
                comparison="call",
                question=Sentence("Do welcome calls keep customers?"),
                sentence=Sentence(
                    "Too early to tell whether welcome calls keep customers: 7 more weeks."
                ),
                estimate=0.011,
                low=-0.004,
                high=0.026,
                unit="points",
                n=6120,
                worthwhile=0.01,
                decision=Sentence("Keep the test running to {day}", {"day": date(2026, 11, 20)}),
                owner="Service",
                due=date(2026, 11, 20),
            ).to_json(),
            "page": "ab_test-welcome_call",
        },
        {
            **finding(
                id="ab_test/price_page/conversion",
                subject="price_page",
                kpi="conversion",
                verdict="invalid",
                comparison="short",
                question=Sentence("Does a shorter price page sell more?"),
                sentence=Sentence(
                    "The price page test cannot be judged: 5,210 customers got the short page and 4,790 the long "
                    "one, where half and half was meant. Find out which were lost before trusting it."
                ),
                estimate=nan,
                low=nan,
                high=nan,
                p_value=nan,
                n=10000,
                worthwhile=None,
                decision=None,
                owner=None,
                due=None,
            ).to_json(),
            "page": "ab_test-price_page",
        },
    ]


FAILED = {
    "ab_test-loyalty_card": Why(
        Sentence("It ended with an error."), "The arm 'gold' of the test 'loyalty_card' has no rows in table 'assignments'."
    )
}
